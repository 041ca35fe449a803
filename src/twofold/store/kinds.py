"""Kinds of entries: which are records of the diary, and on which day an entry stands."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from twofold.diary.building import UnfitError, build
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack, FreeDay, HeadacheRating
from twofold.diary.medication import Course, Dose
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.errors import RecordError
from twofold.store.entry import Body

DIARY_KINDS: dict[str, tuple[str, Any]] = {
    "attack": ("attacks", Attack),
    "headache_rating": ("headache_ratings", HeadacheRating),
    "free_day": ("free_days", FreeDay),
    "mood_note": ("mood_notes", MoodNote),
    "scale_answer": ("scale_answers", ScaleAnswer),
    "sleep": ("sleep", Sleep),
    "energy": ("energy", DayRating),
    "stress": ("stress", DayRating),
    "cycle": ("cycle", CycleDay),
    "dose": ("doses", Dose),
    "course": ("courses", Course),
    "factor": ("factors", FactorEntry),
    "note": ("notes", Note),
}
"""The kind of an entry to the diary's list of such records, and the record's class."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DIARY_DAYS = (("day",), ("when", "day"), ("onset", "day"), ("start",))
_OWN_DAYS = (("day",), ("at",))
_YEARS = range(1900, 2201)


def record_of(kind: str, body: Body) -> Any:
    """Return the diary's record that a body holds.

    Raises
    ------
    UnfitError
        When it does not fit, or has no calendar day.
    """
    record = build(DIARY_KINDS[kind][1], body)
    if day_of(kind, body) is None:
        raise UnfitError("an entry of a kept diary needs a calendar day.")
    return record


def check(kind: str, body: Body) -> None:
    """Refuse a body that the diary could not give back.

    Raises
    ------
    RecordError
        With what is wrong; nothing is kept of it.
    """
    if not _KIND.fullmatch(kind):
        raise RecordError(f"{kind[:40]!r} is not a kind of entry.")
    day = day_of(kind, body)
    if day is not None and day.year not in _YEARS:
        raise RecordError(f"the year {day.year} is outside 1900 to 2200.")
    if kind in DIARY_KINDS:
        try:
            record_of(kind, body)
        except UnfitError as complaint:
            at = f"{kind}.{complaint.at}".rstrip(".")
            raise RecordError(complaint.reason, where=at) from None


def day_of(kind: str, body: Body) -> dt.date | None:
    """Return the local date that an entry is about; ``None`` when it is about no day."""
    for path in _DIARY_DAYS if kind in DIARY_KINDS else _OWN_DAYS:
        day = _date(_at(body, path))
        if day is not None:
            return day
    return None


def _at(body: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
