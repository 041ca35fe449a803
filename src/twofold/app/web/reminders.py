"""Reminders: off unless the person wants them, and never a word about health on a locked screen.

A reminder is a line in a calendar file that the person downloads, or a note that
an open page shows. Nothing is sent anywhere, and nothing is counted as missed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from twofold.app.web.calendar_file import NEUTRAL, RULES, Note, calendar_file
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.pages import page, to

router = APIRouter()
SETTING = "reminders"
MOST = 8
LONGEST_WORDS = 80
LATEST = dt.timedelta(days=366)
"""How far ahead a first day may lie."""


@dataclass(frozen=True)
class Reminders:
    """What the person asked for.

    Parameters
    ----------
    notes : tuple of Note
    by_page : bool
        Whether an open page shows them too.
    """

    notes: tuple[Note, ...] = ()
    by_page: bool = False


@router.get("/reminders")
def all_(request: Request, visit: Door) -> Response:
    """Show the reminders, and a form for one more."""
    return _page(request, visit, Form({}))


@router.post("/reminders")
def add(request: Request, visit: Door, form: Filled) -> Response:
    """Keep one more reminder, or a changed one."""
    kept = reminders_of(visit)
    try:
        note = note_in(form, visit.today)
        others = tuple(one for one in kept.notes if one.id != note.id)
        if len(others) >= MOST:
            raise FormError("at", "Eight reminders are the most that are kept here.")
    except FormError as error:
        return _page(request, visit, form, error)
    _keep(visit, Reminders((*others, note), kept.by_page))
    return to("/reminders")


@router.post("/reminders/page")
def by_page(visit: Door, form: Filled) -> Response:
    """Keep whether an open page shows the reminders."""
    answer = form.one_of("by_page", ("yes", "no"))
    if answer:
        _keep(visit, Reminders(reminders_of(visit).notes, answer == "yes"))
    return to("/reminders")


@router.post("/reminders/{note:uuid}/out")
def out(visit: Door, note: uuid.UUID) -> Response:
    """Take a reminder out."""
    kept = reminders_of(visit)
    rest = tuple(one for one in kept.notes if one.id != str(note))
    if len(rest) == len(kept.notes):
        raise HTTPException(404)
    _keep(visit, Reminders(rest, kept.by_page))
    return to("/reminders")


@router.get("/reminders/notes.ics")
def download(visit: Door) -> Response:
    """Return the reminders as a calendar file."""
    text = calendar_file(reminders_of(visit).notes, made=visit.now)
    headers = {"content-disposition": 'attachment; filename="notes.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/reminders/notes.json")
def times(visit: Door) -> Response:
    """Return what an open page shows today, and when; nothing when it was not asked for."""
    kept = reminders_of(visit)
    due = [one for one in kept.notes if comes_on(one, visit.today)] if kept.by_page else []
    told = [
        {"id": one.id, "at": one.at.isoformat("minutes"), "words": one.words or NEUTRAL}
        for one in due
    ]
    return JSONResponse({"day": visit.today.isoformat(), "notes": told})


def comes_on(note: Note, day: dt.date) -> bool:
    """Return whether a note comes on a day.

    >>> comes_on(Note("a", dt.date(2026, 1, 1), dt.time(20), "4 weeks"), dt.date(2026, 1, 29))
    True
    """
    days = (day - note.first).days
    if days < 0:
        return False
    if note.every in ("month", "3 months"):
        months = 12 * (day.year - note.first.year) + day.month - note.first.month
        step = 1 if note.every == "month" else 3
        return day.day == min(note.first.day, 28) and months % step == 0
    return days % {"day": 1, "week": 7, "4 weeks": 28}[note.every] == 0


def reminders_of(visit: Visit) -> Reminders:
    """Return what the person asked for; without an answer there is none."""
    told = visit.setting(SETTING)
    if not isinstance(told, dict):
        return Reminders()
    notes = [note for one in told.get("notes") or () if (note := _note_of(one))]
    return Reminders(tuple(notes[:MOST]), told.get("by_page") is True)


def _note_of(told: Any) -> Note | None:
    try:
        note = Note(
            id=str(uuid.UUID(told["id"])),
            first=dt.date.fromisoformat(told["first"]),
            at=dt.time.fromisoformat(told["at"]).replace(tzinfo=None),
            every=told["every"],
            words=str(told["words"])[:LONGEST_WORDS],
        )
    except (KeyError, TypeError, ValueError):
        return None
    return note if note.every in RULES else None


def note_in(form: Form, today: dt.date) -> Note:
    """Return a reminder as a form tells it.

    Raises
    ------
    FormError
        When it has no time, or a first day too far away.
    """
    at, first = form.time("at"), form.day("first", today + LATEST)
    if at is None:
        raise FormError("at", "Please say at what time.")
    if first is not None and first < today - LATEST:
        raise FormError(
            "first", "This first day is more than a year ago. Please write a later one."
        )
    every = form.one_of("every", tuple(RULES))
    if every is None:
        raise FormError("every", "Please say how often.")
    return Note(
        id=form.id("id") or str(uuid.uuid4()),
        first=first or today,
        at=at.replace(second=0),
        every=every,
        words=" ".join((form.text("words", most=LONGEST_WORDS) or "").split()),
    )


def _keep(visit: Visit, kept: Reminders) -> None:
    notes = [
        {
            "id": one.id,
            "first": one.first.isoformat(),
            "at": one.at.isoformat(),
            "every": one.every,
            "words": one.words,
        }
        for one in kept.notes
    ]
    visit.set(SETTING, {"notes": notes, "by_page": kept.by_page})


def _page(request: Request, visit: Visit, form: Form, error: FormError | None = None) -> Response:
    return page(
        request,
        "reminders.html.jinja",
        visit,
        status=422 if error else 200,
        kept=reminders_of(visit),
        form=form,
        error=error,
        every=tuple(RULES),
        neutral=NEUTRAL,
        fresh=str(uuid.uuid4()),
    )
