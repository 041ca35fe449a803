"""One page a week, for those who prefer it: the days with a headache, and the week as a whole.

What is said about the week stays about the week: its mood is never spread over
its days, and a day without an answer stays unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.day_sheet import HEADACHE, Sheet, day_in, headache_told, joined, sheets_of
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, keep, seen_in
from twofold.app.web.language import spoken_weekday
from twofold.app.web.pages import page, to
from twofold.app.web.safety import look_through
from twofold.store.entry import Entry

router = APIRouter()

RATED = ("mood", "energy", "stress", "sleep")


@router.get("/week")
def this_week(request: Request, visit: Door) -> Response:
    """Show this week, Monday to today."""
    return _form(request, visit, monday_of(visit.today))


@router.get("/week/{written}")
def earlier(request: Request, visit: Door, written: str) -> Response:
    """Show the week of a day."""
    return _form(request, visit, monday_of(day_in(written, visit.today)))


@router.post("/week/{written}")
def save(request: Request, visit: Door, form: Filled, written: str) -> Response:
    """Keep what was answered about a week."""
    monday = monday_of(day_in(written, visit.today))
    sheets = _sheets(visit, monday)
    try:
        week = _week(sheets, form)
        days = [one for sheet in sheets for one in _day(sheet, form)]
        is_whole = keep(visit, joined([week, *days]), seen_in(form))
    except FormError as error:
        return _form(request, visit, monday, form=form, error=error)
    before = sheets[0].body("week").get("note")
    note = (week.body or {}).get("note")
    if note != before and look_through(visit, note):
        return to("/help")
    return to(f"/week/{monday}" if is_whole else "/conflicts")


def monday_of(day: dt.date) -> dt.date:
    """Return the first day of a day's week."""
    return day - dt.timedelta(day.weekday())


def _sheets(visit: Visit, monday: dt.date) -> list[Sheet]:
    days = (monday + dt.timedelta(n) for n in range(7))
    return sheets_of(visit, [day for day in days if day <= visit.today])


def _week(sheets: list[Sheet], form: Form) -> Draft:
    told: dict[str, Any] = {name: form.whole(name, 0, 10) for name in RATED}
    told["note"] = form.text("note")
    first = sheets[0].day
    stretch = {"first": first.isoformat(), "last": (first + dt.timedelta(6)).isoformat()}
    is_told = any(value is not None for value in told.values())
    body = {"day": first.isoformat(), **stretch, **told} if is_told else None
    return Draft("week", sheets[0].id("week"), body)


def _day(sheet: Sheet, form: Form) -> Iterator[Draft]:
    """Return what is said about one day; a day that is left alone stays as it is."""
    name = field_of(sheet)
    if name not in form.given:
        return
    choice = form.one_of(name, HEADACHE)
    yield from headache_told(sheet, choice)
    before = sheet.body("check_in")
    asked = [one for one in sheet.asked if one != "headache"]
    if choice is not None or before:
        body = {
            "day": sheet.day.isoformat(),
            "asked": asked if choice is None else ["headache", *asked],
            "how": before.get("how") or "week",
            "near": before.get("near"),
        }
        yield Draft("check_in", sheet.id("check_in"), body)


def field_of(sheet: Sheet) -> str:
    """Return the name of a day's cell in the form."""
    return f"day-{sheet.day}"


def _form(
    request: Request,
    visit: Visit,
    monday: dt.date,
    *,
    form: Form | None = None,
    error: FormError | None = None,
) -> Response:
    sheets = _sheets(visit, monday)
    return page(
        request,
        "week.html.jinja",
        visit,
        status=422 if error else 200,
        sheets=sheets,
        monday=monday,
        before=monday - dt.timedelta(7),
        after=monday + dt.timedelta(7) if monday + dt.timedelta(7) <= visit.today else None,
        form=form or _filled(sheets),
        seen=_seen(sheets),
        errors=[error] if error else [],
        field_of=field_of,
        weekday=spoken_weekday,
    )


def _seen(sheets: list[Sheet]) -> list[Entry]:
    found = (entry for sheet in sheets for entry in sheet.seen if _is_ours(entry.kind))
    return list({entry.id: entry for entry in found}.values())


def _is_ours(kind: str) -> bool:
    return kind in ("week", "free_day", "attack", "check_in")


def _filled(sheets: list[Sheet]) -> Form:
    week = sheets[0].body("week")
    given = {name: [str(week[name])] for name in RATED if week.get(name) is not None}
    given["note"] = [str(week.get("note") or "")]
    for sheet in sheets:
        said = "unsure" if "headache" in sheet.asked and not sheet.attacks else ""
        given[field_of(sheet)] = ["none" if sheet.of_kind("free_day") else said]
    return Form(given)
