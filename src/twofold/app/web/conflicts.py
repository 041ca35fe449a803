"""Two versions of one entry, both kept: shown plainly, and the person says which holds."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.attack import since_words
from twofold.app.web.forms import Filled
from twofold.app.web.gate import Door, Visit
from twofold.app.web.pages import page, to
from twofold.app.web.sync import QUESTION
from twofold.diary.building import UnfitError, build
from twofold.store.entry import Body, Change, Conflict, Entry
from twofold.store.store import Keep
from twofold.units import When

router = APIRouter()

KEEPS: tuple[Keep, ...] = ("mine", "other", "both")
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Version:
    """One version: what it says, when it was written, and on which device."""

    lines: tuple[tuple[str, str], ...]
    is_out: bool
    at: str
    device: str


@dataclass(frozen=True)
class Two:
    """Two versions of one entry."""

    change: str
    kind: str
    mine: Version
    other: Version
    can_keep_both: bool


@router.get("/conflicts")
def conflicts(request: Request, visit: Door) -> Response:
    """Show every pair, what differs first, and moments that a phone's clock got wrong."""
    asked = visit.store.entries(visit.person.id, kinds=(QUESTION,))
    return page(
        request,
        "conflicts.html.jinja",
        visit,
        pairs=[_two(visit, one) for one in visit.store.conflicts(visit.person.id)],
        times=[(one.id, _time_words(one.body)) for one in asked if one.body],
    )


@router.post("/conflicts/{change:uuid}")
def settle(visit: Door, form: Filled, change: uuid.UUID) -> Response:
    """Keep what the person chose; the other version stays in the history."""
    chosen = form.one_of("keep", KEEPS)
    for one in KEEPS:
        if one == chosen:
            visit.store.settle(visit.person.id, str(change), one, now=visit.now)
    return to("/conflicts")


@router.post("/conflicts/time/{question:uuid}")
def time_is_right(visit: Door, question: uuid.UUID) -> Response:
    """Let a question about a clock rest."""
    found = visit.entry(str(question), kind=QUESTION)
    if found is not None:
        visit.take_out(found)
    return to("/conflicts")


def _two(visit: Visit, one: Conflict) -> Two:
    mine, other = _lines(one.entry.body), _lines(one.other.body)
    differs = {name for name in {**mine, **other} if mine.get(name) != other.get(name)}
    head = _head(visit, one.entry)
    return Two(
        change=one.other.id,
        kind=one.entry.kind,
        mine=_version(mine, differs, one.entry.is_out, head),
        other=_version(other, differs, one.other.body is None, one.other),
        can_keep_both=one.other.body is not None and not one.entry.is_out,
    )


def _head(visit: Visit, entry: Entry) -> Change | None:
    history = visit.store.history(visit.person.id, entry.id)
    return next((one for one in history if one.id == entry.head), None)


def _version(
    lines: Mapping[str, str], differs: set[str], is_out: bool, change: Change | None
) -> Version:
    told = sorted(lines.items(), key=lambda pair: pair[0] not in differs)
    at = change.at.strftime("%d.%m. %H:%M") if change else ""
    return Version(tuple(told), is_out, at, change.device if change else "")


def _lines(body: Body | None) -> dict[str, str]:
    """Return what a body says, a line for each part; parts of a part are written out."""
    return {name: _said(value)[:LONGEST_SHOWN] for name, value in (body or {}).items()}


def _said(value: Any) -> str:
    match value:
        case {"day": _, **rest} if set(rest) <= {"time", "offset_minutes"}:
            return _moment(value)
        case dict():
            return ", ".join(f"{name} {_said(part)}" for name, part in value.items())
        case list():
            return "; ".join(_said(part) for part in value)
        case bool():
            return "yes" if value else "no"
        case None:
            return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _moment(when: Mapping[str, Any]) -> str:
    try:
        return since_words(build(When, dict(when)), dt.date.min)
    except UnfitError:
        return str(dict(when))


def _time_words(body: Mapping[str, Any]) -> dict[str, str]:
    words = {"entry": str(body.get("entry")), "kind": str(body.get("kind"))}
    for name in ("said", "kept"):
        moment = dt.datetime.fromisoformat(str(body.get(name)))
        words[name] = moment.strftime("%Y-%m-%d %H:%M")
    return words
