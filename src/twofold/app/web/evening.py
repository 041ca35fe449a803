"""The evening check-in: under a minute, every question may be skipped, nothing is overdue.

The same day can be opened again and changed: each answer has one entry a day, so
nothing doubles.
"""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.day_sheet import (
    HEADACHE,
    LOOK_BACK,
    YESTERDAY,
    Sheet,
    day_in,
    drafts_of,
    filled,
    headache_told,
    joined,
    new_words,
    sheet_of,
)
from twofold.app.web.dose_notices import tell_drafts
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, keep, seen_in
from twofold.app.web.pages import page, to
from twofold.app.web.safety import look_through
from twofold.app.web.scale_offers import offers_of
from twofold.knowledge.scale import scales

router = APIRouter()


@router.get("/evening")
def evening(request: Request, visit: Door) -> Response:
    """Show today, in the way that the person chose."""
    how = visit.setting("evening", "full")
    if how == "week":
        return to("/week")
    return _form(request, visit, visit.today, how="low" if how == "low" else "full")


@router.get("/evening/short")
def short(request: Request, visit: Door) -> Response:
    """Show the one question for a day without strength."""
    return _form(request, visit, visit.today, how="low")


@router.get("/evening/all")
def whole(request: Request, visit: Door) -> Response:
    """Show all questions about today, whatever was chosen."""
    return _form(request, visit, visit.today)


@router.get("/evening/kept")
def kept_today(request: Request, visit: Door) -> Response:
    """Say that today is kept."""
    return _kept(request, visit, visit.today)


@router.get("/evening/{written}")
def earlier(request: Request, visit: Door, written: str) -> Response:
    """Show an earlier day."""
    return _form(request, visit, day_in(written, visit.today))


@router.get("/evening/{written}/kept")
def kept(request: Request, visit: Door, written: str) -> Response:
    """Say that an earlier day is kept."""
    return _kept(request, visit, day_in(written, visit.today))


@router.post("/evening/{written}")
def save(request: Request, visit: Door, form: Filled, written: str) -> Response:
    """Keep what was answered; with nothing answered, only that the day was looked at."""
    day = day_in(written, visit.today)
    sheet = sheet_of(visit, day)
    try:
        drafts = drafts_of(sheet, form)
        is_whole = keep(visit, joined([*drafts, *_yesterday(sheet, form)]), seen_in(form))
    except FormError as error:
        how = "low" if form.raw("how") == "low" else "full"
        return _form(request, visit, day, how=how, form=form, error=error)
    tell_drafts(visit, {one.id: one.body for one in sheet.entries}, drafts)
    if look_through(visit, *new_words(sheet, drafts)):
        return to("/help")
    if not is_whole:
        return to("/conflicts")
    return to("/evening/kept" if day == visit.today else f"/evening/{day}/kept")


def _form(
    request: Request,
    visit: Visit,
    day: dt.date,
    *,
    how: str = "full",
    form: Form | None = None,
    error: FormError | None = None,
) -> Response:
    sheet = sheet_of(visit, day)
    gap = _gap(sheet) if how == "full" else None
    return page(
        request,
        "evening_short.html.jinja" if how == "low" else "evening.html.jinja",
        visit,
        status=422 if error else 200,
        sheet=sheet,
        day=day,
        is_today=day == visit.today,
        form=form or filled(sheet),
        gap=gap,
        seen=list({one.id: one for one in (*sheet.seen, *(gap.seen if gap else ()))}.values()),
        errors=[error] if error else [],
        has_cycle=bool(visit.setting("cycle", False)),
        names=[(one.id, one.name) for one in sheet.medicines],
    )


def _gap(sheet: Sheet) -> Sheet | None:
    """Return yesterday while it is open and was not asked about; a diary that begins has none."""
    day = sheet.day - dt.timedelta(1)
    if sheet.day != sheet.visit.today or YESTERDAY in sheet.asked:
        return None
    before = sheet.visit.store.entries(
        sheet.visit.person.id, first=day - LOOK_BACK, last=day - dt.timedelta(1)
    )
    yesterday = sheet_of(sheet.visit, day)
    has_begun = bool(before or yesterday.entries)
    return yesterday if has_begun and yesterday.is_open else None


def _yesterday(sheet: Sheet, form: Form) -> list[Draft]:
    """Return what an answer about yesterday makes of it; without one it stays open."""
    choice = form.one_of(YESTERDAY, HEADACHE)
    if choice is None or sheet.day != sheet.visit.today:
        return []
    yesterday = sheet_of(sheet.visit, sheet.day - dt.timedelta(1))
    if not yesterday.is_open:
        return []
    before = yesterday.body("check_in")
    asked = ["headache", *(before.get("asked") or ())]
    body = {"day": yesterday.day.isoformat(), "asked": asked, "how": before.get("how") or "low",
            "near": before.get("near")}  # fmt: skip
    check_in = Draft("check_in", yesterday.id("check_in"), body)
    return [*headache_told(yesterday, choice), check_in]


def _kept(request: Request, visit: Visit, day: dt.date) -> Response:
    sheet = sheet_of(visit, day)
    return page(
        request,
        "evening_kept.html.jinja",
        visit,
        sheet=sheet,
        day=day,
        is_today=day == visit.today,
        offers=[one for one in offers_of(visit) if one.state == "open"],
        names={one.id: one.name for one in scales().values()},
    )
