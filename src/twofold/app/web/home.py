"""Home: one button in the lower third, or the attack that is running."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web import once
from twofold.app.web.attack import long_words, running_page
from twofold.app.web.attack_reach import open_now
from twofold.app.web.day_sheet import LOOK_BACK, Sheet, headache_told, sheet_of
from twofold.app.web.forms import Filled, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, keep, seen_in
from twofold.app.web.pages import page, to
from twofold.app.web.safety import offer_again, safety_banner

router = APIRouter()


@router.get("/")
def home(request: Request, visit: Door) -> Response:
    """Show one button, or the attack that is running."""
    if offer_again(visit):
        return to("/help")
    running, banner = open_now(visit), safety_banner(visit, request)
    lately = next((one.kept for one in running if not one.is_old(visit.today)), None)
    if lately is not None:
        others = [one.kept for one in running if one.kept.id != lately.id]
        return running_page(request, visit, lately, others=others, banner=banner)
    today = sheet_of(visit, visit.today)
    return page(
        request,
        "home.html.jinja",
        visit,
        banner=banner,
        sheet=today,
        is_free=bool(today.of_kind("free_day")) and not today.attacks,
        yesterday=open_yesterday(visit),
        left=[(one.kept, long_words(one.kept, visit)) for one in running],
        once=once.fresh,
        conflicts=len(visit.store.conflicts(visit.person.id)),
    )


@router.post("/free-day")
def free_day(request: Request, visit: Door, form: Filled) -> Response:
    """Write that there was no headache today; the same again changes nothing."""
    sheet = sheet_of(visit, visit.today)
    try:
        drafts = free_day_of(sheet)
    except FormError:
        return to("/")  # a headache is written down by now: the first page shows it
    seen = seen_in(form) or {one.id: one.head for one in sheet.seen}
    return to("/" if keep(visit, drafts, seen) else "/conflicts")


def free_day_of(sheet: Sheet) -> list[Draft]:
    """Return what "no headache" makes of a day.

    Raises
    ------
    FormError
        When a headache is written down for it.
    """
    before = sheet.body("check_in")
    asked = ["headache", *(one for one in before.get("asked") or () if one != "headache")]
    body = {
        "day": sheet.day.isoformat(),
        "asked": asked,
        "how": before.get("how") or "low",
        "near": before.get("near"),
    }
    return [*headache_told(sheet, "none"), Draft("check_in", sheet.id("check_in"), body)]


def open_yesterday(visit: Visit) -> dt.date | None:
    """Return yesterday while nothing about headache is known of it, in a diary that has begun."""
    day = visit.today - dt.timedelta(1)
    yesterday = sheet_of(visit, day)
    if not yesterday.is_open:
        return None
    before = visit.store.entries(visit.person.id, first=day - LOOK_BACK, last=day)
    return day if before else None


@router.get("/calm")
def calm(request: Request, visit: Door) -> Response:
    """Show a quiet page on which nothing moves."""
    return page(request, "calm.html.jinja", visit)
