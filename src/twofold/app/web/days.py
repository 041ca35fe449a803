"""The days: a calendar, each day with all that stands on it, and every entry to be changed."""

from __future__ import annotations

import calendar
import datetime as dt
import uuid
from typing import Any

from babel.dates import format_date
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold import charts
from twofold.app.web.attack_form import (
    AURA,
    QUALITIES,
    SIDES,
    SYMPTOMS,
    own_words,
    rows_of,
    still_name,
)
from twofold.app.web.attack_reach import reach_of
from twofold.app.web.attack_steps import Kept, attack_of, closed
from twofold.app.web.day_reading import (
    SHOWN,
    after_today,
    begins,
    glances,
    gone,
    last_body,
    path_of,
    pictures,
    told,
)
from twofold.app.web.day_sheet import GUTS, headache_told, sheet_of
from twofold.app.web.dose_notices import tell_drafts
from twofold.app.web.entry_forms import KINDS, PURPOSES, RELIEF, span_of
from twofold.app.web.forms import EARLIEST, Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, keep
from twofold.app.web.medicine_entries import medicines_of
from twofold.app.web.pages import page as plain_page
from twofold.app.web.pages import to, words_for
from twofold.app.web.pictures import bare
from twofold.app.web.safety import look_through
from twofold.diary.building import UnfitError, build
from twofold.diary.headache import Attack
from twofold.diary.medication import Dose
from twofold.diary.plain import to_plain
from twofold.errors import RecordError
from twofold.facts.attack_days import days_of, last_day_of
from twofold.store.entry import Body, Entry
from twofold.units import DOSE_UNITS

router = APIRouter()
ROWS = 6
"""How many rows of 28 days the picture holds: half a year."""

WEEKS = 52
ONE = dt.timedelta(1)


def page(
    request: Request, template: str, visit: Visit, status: int = 200, **values: Any
) -> Response:
    """Return a page that can say days and moments in the person's language."""
    language = words_for(request, visit).language
    return plain_page(
        request,
        template,
        visit,
        status=status,
        told=told,
        when=lambda day, form="EEEE d MMMM y": format_date(_date(day), form, locale=language),
        **values,
    )


def _date(day: object) -> dt.date:
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day))


# --- the calendar and the timeline


@router.get("/days")
def days(request: Request, visit: Door) -> Response:
    """Show this month."""
    return _month(request, visit, visit.today.replace(day=1))


@router.get("/days/month/{written}")
def month(request: Request, visit: Door, written: str) -> Response:
    """Show a month, written as 2026-11."""
    return _month(request, visit, _day(f"{written}-01", visit.today))


@router.get("/days/go")
def go(request: Request, visit: Door, day: str = "") -> Response:
    """Lead to a day that was typed."""
    return to(f"/days/{_day(day, visit.today)}") if day else to("/days")


@router.get("/timeline")
def timeline(request: Request, visit: Door) -> Response:
    """Show the weeks up to now, everything on one axis."""
    return _weeks(request, visit, visit.today)


@router.get("/timeline/{written}")
def earlier_weeks(request: Request, visit: Door, written: str) -> Response:
    """Show the weeks up to a day."""
    return _weeks(request, visit, _day(written, visit.today))


def _month(request: Request, visit: Visit, first: dt.date) -> Response:
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    last = min(last, visit.today)
    begun = begins(visit)
    back = max(EARLIEST, last - (28 * ROWS - 1) * ONE)
    seen = glances(visit, min(first, back), last)
    drawn = [one.cell for one in seen if begun is not None and max(back, begun) <= one.day]
    shown = [one for one in seen if one.day >= first]
    return page(
        request,
        "days.html.jinja",
        visit,
        first=first,
        shown=shown[::-1],
        known=sum(not one.is_unknown for one in shown),
        picture=bare(charts.calendar(drawn)) if drawn else "",
        before=first - ONE if first > EARLIEST else None,
        after=last + ONE if last < visit.today else None,
        begun=begun,
        later=len(after_today(visit)),
    )


def _weeks(request: Request, visit: Visit, last: dt.date) -> Response:
    begun = begins(visit)
    back = max(EARLIEST, last - (7 * WEEKS - 1) * ONE)
    first = max(back, begun) if begun is not None and begun <= last else last
    drawn = pictures(visit, first, last)
    svg = charts.timeline(
        drawn.days,
        courses=drawn.courses,
        acute=drawn.acute,
        cycle_days=drawn.cycle_days,
        has_low_mood_rule=drawn.has_low_mood_rule,
    )
    return page(
        request,
        "timeline.html.jinja",
        visit,
        picture=bare(svg) if begun is not None else "",
        rows=_counted(drawn.days),
        span=charts.days_a_column(len(drawn.days)),
        before=back - ONE if begun is not None and begun < back else None,
        is_now=last == visit.today,
    )


def _counted(days: tuple[charts.DayMark, ...]) -> list[dict[str, object]]:
    """Return the picture as a table: 28 days a row, the latest first."""
    rows = []
    for end in range(len(days), 0, -28):
        part = days[max(0, end - 28) : end]
        rows.append(
            {
                "first": dt.date.fromisoformat(part[0].label),
                "last": dt.date.fromisoformat(part[-1].label),
                "headache": sum(one.headache is True for one in part),
                "known": sum(one.headache is not None for one in part),
                "low": sum(one.low_mood is True for one in part),
                "mood_known": sum(one.low_mood is not None for one in part),
                "unknown": sum(one.headache is None for one in part),
            }
        )
    return rows


# --- one day


@router.get("/days/out")
def out(request: Request, visit: Door) -> Response:
    """Show what was taken out, to be put back."""
    return page(request, "days_out.html.jinja", visit, gone=gone(visit))


@router.get("/days/after")
def later(request: Request, visit: Door) -> Response:
    """Show what is dated after today, to be moved, changed or taken out."""
    return page(request, "days_after.html.jinja", visit, later=after_today(visit), kinds=KINDS)


@router.get("/days/{written}")
def one_day(request: Request, visit: Door, written: str) -> Response:
    """Show everything of a day."""
    return _day_page(request, visit, _day(written, visit.today))


@router.post("/days/{written}/free")
def free(request: Request, visit: Door, written: str) -> Response:
    """Write down that there was no headache on a day."""
    day = _day(written, visit.today)
    sheet = sheet_of(visit, day)
    try:
        drafts = headache_told(sheet, "none")
    except FormError as error:
        return _day_page(request, visit, day, error)
    keep(visit, drafts, {one.id: one.head for one in sheet.entries})
    return to(f"/days/{day}")


def _day_page(
    request: Request, visit: Visit, day: dt.date, error: FormError | None = None
) -> Response:
    sheet = sheet_of(visit, day)
    attacks = [one for one in sheet.attacks if one.day != day]
    stands = [one for one in sheet.entries if one.kind in SHOWN and not one.is_out]
    stands.sort(key=lambda one: (SHOWN.index(one.kind), _time(one.body)))
    away = [
        (one, last_body(visit, one)) for one in sheet.entries if one.is_out and one.kind in SHOWN
    ]
    return page(
        request,
        "days_one.html.jinja",
        visit,
        status=422 if error else 200,
        day=day,
        sheet=sheet,
        lasting=attacks,
        stands=[one for one in stands if one.kind != "check_in"],
        gone=[(one, body) for one, body in away if body is not None],
        has_free=bool(sheet.of_kind("free_day")),
        begun=begins(visit),
        errors=[error] if error else [],
        before=day - ONE if day > EARLIEST else None,
        after=day + ONE if day < visit.today else None,
        kinds=KINDS,
    )


def _time(body: Body | None) -> str:
    for name in ("onset", "when"):
        told = (body or {}).get(name)
        if isinstance(told, dict):
            return str(told.get("time") or "")
    return ""


# --- adding and changing


@router.get("/days/{written}/add/{kind}")
def adding(request: Request, visit: Door, written: str, kind: str) -> Response:
    """Show the form of a new entry on a day."""
    day = _day(written, visit.today)
    if kind not in KINDS or not KINDS[kind].is_added:
        raise HTTPException(404)
    given = KINDS[kind].empty(day).given
    return _form(request, visit, day, kind, Form({**given, "entry": [str(uuid.uuid4())]}))


@router.post("/days/{written}/add/{kind}")
def add(request: Request, visit: Door, form: Filled, written: str, kind: str) -> Response:
    """Keep a new entry on a day; sent twice, it is kept once."""
    day = _day(written, visit.today)
    if kind not in KINDS or not KINDS[kind].is_added:
        raise HTTPException(404)
    try:
        entry = form.id("entry") or str(uuid.uuid4())
        return _kept(visit, day, kind, entry, KINDS[kind].read(form, visit, day, None), None, {})
    except FormError as error:
        return _form(request, visit, day, kind, form, error)


@router.get("/days/entry/{entry:uuid}")
def editing(request: Request, visit: Door, entry: uuid.UUID) -> Response:
    """Show an entry as a form."""
    there = the(visit, entry)
    if there.kind not in KINDS:
        return to(f"/days/entry/{there.id}/history")
    assert there.body is not None and there.day is not None
    form = Form({**KINDS[there.kind].shown(there.body).given, "base": [there.head]})
    return _form(request, visit, there.day, there.kind, form, entry=there)


@router.post("/days/entry/{entry:uuid}")
def edit(request: Request, visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Keep an entry as it was changed; if another device was faster, both are kept apart."""
    there = known(visit, entry)
    if there.kind not in KINDS or there.day is None:
        raise HTTPException(404)
    before = there.body
    try:
        before = before or _seen_body(visit, there, form)
        body = KINDS[there.kind].read(form, visit, there.day, before)
        body = _with_its_days(visit, there, body)
        seen = {there.id: form.id("base") or there.head}
        return _kept(visit, there.day, there.kind, there.id, body, before, seen)
    except FormError as error:
        return _form(request, visit, there.day, there.kind, form, error, entry=there)


def the(visit: Visit, entry: uuid.UUID) -> Entry:
    """Return an entry of this person that stands on a day.

    Raises
    ------
    HTTPException
        404 when there is none, or it is of a kind that belongs to no day.
    """
    found = known(visit, entry)
    if found.is_out:
        raise HTTPException(404)
    return found


def known(visit: Visit, entry: uuid.UUID) -> Entry:
    """Return an entry of this person, also when it was taken out.

    Raises
    ------
    HTTPException
        404 when there is none, or it is of a kind that belongs to no day.
    """
    found = visit.store.entry(visit.person.id, str(entry))
    if found is None or found.kind not in SHOWN:
        raise HTTPException(404)
    return found


def _seen_body(visit: Visit, there: Entry, form: Form) -> Body | None:
    """Return what the writer had seen of an entry that was taken out meanwhile."""
    base = form.id("base")
    changes = visit.store.history(visit.person.id, there.id)
    return next((one.body for one in changes if one.id == base), None)


def _kept(
    visit: Visit,
    day: dt.date,
    kind: str,
    entry: str,
    body: Body,
    before: Body | None,
    seen: dict[str, str],
) -> Response:
    """Write an entry, and lead on: to the day, to what has to be decided, or to help."""
    drafts = [Draft(kind, entry, body)]
    if kind == "attack":
        denied = free_days_under(visit, body)
        drafts += [Draft("free_day", one.id, None) for one in denied]
        seen = {**seen, **{one.id: one.head for one in denied}}
    is_whole = keep(visit, drafts, seen)
    tell_drafts(visit, {entry: before}, drafts)
    if look_through(visit, *_new_words(body, before)):
        return to("/help")
    at = _day_of(kind, body) or day
    return to(path_of(visit, at) if is_whole else "/conflicts")


def _with_its_days(visit: Visit, there: Entry, body: Body) -> Body:
    """Return an attack that is now over at no known time with the days known while it ran."""
    before = attack_of(there) if there.kind == "attack" else None
    if before is None or not before.is_running:
        return body
    now: Attack = build(Attack, body)
    if now.is_running is not False or now.end is not None or now.onset.day != before.onset.day:
        return body
    kept: Body = to_plain(closed(now, reach_of(visit, Kept(there, before)).last))
    return kept


def free_days_under(visit: Visit, body: Body) -> list[Entry]:
    """Return the days that were said to be free, and on which this attack now lies."""
    attack: Attack = build(Attack, body)
    first, last = attack.onset.day, last_day_of(attack)
    assert isinstance(first, dt.date) and isinstance(last, dt.date)
    found = visit.store.entries(visit.person.id, kinds=("free_day",), first=first, last=last)
    known = days_of(attack, free=frozenset(one.day for one in found if one.day is not None))
    return [one for one in found if one.day in known]


def _stills(kind: str, entry: Entry | None) -> list[tuple[str, dict[str, Any]]]:
    """Return the words that an attack was still there: as the form names each, and its moment."""
    attack = attack_of(entry) if kind == "attack" else None
    return [(still_name(one), to_plain(one)) for one in attack.still] if attack else []


def _day_of(kind: str, body: Body) -> object:
    found = body.get("onset" if kind == "attack" else "when")
    return found.get("day") if isinstance(found, dict) else body.get("day")


def _new_words(body: Body, before: Body | None) -> list[str]:
    was = before or {}
    plain = [
        str(body[n]) for n in ("text", "line", "name") if body.get(n) and body[n] != was.get(n)
    ]
    signs = own_words(was)
    return [*plain, *(words for words in own_words(body) if words not in signs)]


def _form(
    request: Request,
    visit: Visit,
    day: dt.date,
    kind: str,
    form: Form,
    error: FormError | None = None,
    *,
    entry: Entry | None = None,
) -> Response:
    return page(
        request,
        "days_entry.html.jinja",
        visit,
        status=422 if error else 200,
        day=day,
        kind=kind,
        form=form,
        entry=entry,
        errors=[error] if error else [],
        span=span_of(kind, entry.body if entry else None),
        night=span_of("sleep", entry.body if entry else None),
        pain_rows=rows_of(form),
        stills=_stills(kind, entry),
        symptoms=SYMPTOMS,
        aura=AURA,
        sides=SIDES,
        qualities=QUALITIES,
        purposes=PURPOSES,
        relief=tuple(RELIEF),
        units=DOSE_UNITS,
        guts=GUTS,
        names=_names(visit) if kind == "dose" else (),
    )


def _names(visit: Visit) -> tuple[str, ...]:
    """Return the names to choose from when a dose is written: the list's, and the last taken."""
    taken = visit.store.entries(visit.person.id, kinds=("dose",), first=visit.today - 90 * ONE)
    written = [one.name for one in medicines_of(visit)]
    for entry in taken:
        try:
            written.append(build(Dose, entry.body).name)
        except UnfitError:
            continue
    return tuple(dict.fromkeys(written))


def _day(written: str, today: dt.date) -> dt.date:
    """Return the day in an address.

    Raises
    ------
    HTTPException
        404 when it is no date at all.
    RecordError
        When it lies before 1900 or has not come yet.
    """
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        raise HTTPException(404) from None
    if written != day.isoformat():
        raise HTTPException(404)
    if day > today:
        raise RecordError(
            "This day has not come yet.", remedy="Today is the last day to write about."
        )
    if day < EARLIEST:
        raise RecordError("The calendar here begins in 1900.", remedy="Nothing was changed.")
    return day
