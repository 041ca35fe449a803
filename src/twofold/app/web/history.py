"""What became of an entry: every version, who wrote it and when, and the way back to each."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.day_reading import last_body, path_of
from twofold.app.web.day_sheet import sheet_of
from twofold.app.web.days import free_days_under, known, page, the
from twofold.app.web.forms import Filled, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft, keep
from twofold.app.web.pages import to
from twofold.store.entry import Body, Entry

router = APIRouter()


@router.get("/days/entry/{entry:uuid}/history")
def history(request: Request, visit: Door, entry: uuid.UUID) -> Response:
    """Show every version of an entry, the latest first."""
    there = known(visit, entry)
    changes = visit.store.history(visit.person.id, there.id)
    apart = {one.other.id for one in visit.store.conflicts(visit.person.id)}
    return page(
        request,
        "days_history.html.jinja",
        visit,
        entry=there,
        changes=changes[::-1],
        apart=apart,
    )


@router.post("/days/entry/{entry:uuid}/out")
def take_out(visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Take an entry out of its day; it can be put back at any time."""
    there = the(visit, entry)
    is_whole = _turned(visit, there, None, form)
    return to(path_of(visit, there.day) if is_whole else "/conflicts")


@router.post("/days/entry/{entry:uuid}/back")
def put_back(visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Put an entry back that was taken out."""
    there = known(visit, entry)
    body = last_body(visit, there)
    if not there.is_out or body is None:
        return to(path_of(visit, there.day))
    is_whole = _turned(visit, there, body, form)
    return to(path_of(visit, there.day) if is_whole else "/conflicts")


@router.post("/days/entry/{entry:uuid}/day")
def move(visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Move an entry to the day that was meant: a new one there, and the old one taken out.

    Its id may say its day, so that the old one keeps it. Sent twice, it is moved once.
    """
    there = known(visit, entry)
    day = form.day("day", visit.today)
    if day is None:
        raise FormError("day", "On which day was it?")
    name = str(uuid.uuid5(entry, f"on {day}"))
    if there.body is not None and there.day is not None:
        body = _moved(there.body, day - there.day)
        denied = _denied(visit, there.kind, body, day)
        drafts = [Draft(there.kind, name, body), Draft(there.kind, there.id, None)]
        drafts += [Draft("free_day", one.id, None) for one in denied]
        if not keep(visit, drafts, {one.id: one.head for one in (there, *denied)}):
            return to("/conflicts")
    return to(path_of(visit, day))


def _moved(body: Body, by: dt.timedelta) -> Body:
    try:
        moved: Body = shifted(body, by)
    except (ValueError, OverflowError):
        raise FormError("day", "This entry cannot be moved there.") from None
    return moved


def _denied(visit: Visit, kind: str, body: Body, day: dt.date) -> list[Entry]:
    """Return the days that were said to be free, and on which a moved headache now lies."""
    if kind == "free_day" and sheet_of(visit, day).attacks:
        raise FormError("day", "A headache is written down for this day already.")
    return free_days_under(visit, body) if kind == "attack" else []


def shifted(value: Any, by: dt.timedelta) -> Any:
    """Return a body with every day in it so much later or earlier.

    >>> shifted({"onset": {"day": "2027-03-01"}, "note": "2027-03-01"}, dt.timedelta(-1))
    {'onset': {'day': '2027-02-28'}, 'note': '2027-03-01'}
    """
    if isinstance(value, list):
        return [shifted(one, by) for one in value]
    if not isinstance(value, dict):
        return value
    moved = {name: shifted(part, by) for name, part in value.items()}
    if isinstance(value.get("day"), str):
        moved["day"] = str(dt.date.fromisoformat(value["day"]) + by)
    return moved


@router.post("/days/entry/{entry:uuid}/version")
def restore(visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Let an earlier version hold again; the later ones stay in the history."""
    there = known(visit, entry)
    wanted = form.raw("version")
    changes = visit.store.history(visit.person.id, there.id)
    found = next((one for one in changes if one.id == wanted and one.body is not None), None)
    if found is None:
        raise HTTPException(404)
    is_whole = _turned(visit, there, found.body, form)
    return to(f"/days/entry/{there.id}/history" if is_whole else "/conflicts")


def _turned(visit: Visit, there: Entry, body: Body | None, form: Filled) -> bool:
    """Write another version of an entry; ``False``: another device was faster."""
    try:
        base = form.id("base") or there.head
    except FormError:
        raise HTTPException(404) from None
    return keep(visit, [Draft(there.kind, there.id, body)], {there.id: base})
