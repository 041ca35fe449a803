"""What became of an entry: every version, who wrote it and when, and the way back to each."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.day_reading import last_body
from twofold.app.web.days import known, page, the
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
    return to(f"/days/{there.day}" if is_whole else "/conflicts")


@router.post("/days/entry/{entry:uuid}/back")
def put_back(visit: Door, form: Filled, entry: uuid.UUID) -> Response:
    """Put an entry back that was taken out."""
    there = known(visit, entry)
    body = last_body(visit, there)
    if not there.is_out or body is None:
        return to(f"/days/{there.day}")
    is_whole = _turned(visit, there, body, form)
    return to(f"/days/{there.day}" if is_whole else "/conflicts")


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
