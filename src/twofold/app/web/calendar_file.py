"""A small calendar file (RFC 5545): notes that come again at a time of day, in neutral words.

Times are floating: they mean the wall clock wherever the person is, so they need
no time zone and a change of the clocks moves nothing.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NEUTRAL = "A small note for yourself"
"""What a locked screen may show; never a word about health."""

RULES = {
    "day": "FREQ=DAILY",
    "week": "FREQ=WEEKLY",
    "4 weeks": "FREQ=WEEKLY;INTERVAL=4",
    "month": "FREQ=MONTHLY",
    "3 months": "FREQ=MONTHLY;INTERVAL=3",
}
WIDTH = 75
"""Bytes in a line, its end not counted (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Note:
    """One note that comes again.

    Parameters
    ----------
    id : str
        Stays the same when the note is changed, so that a calendar replaces it.
    first : date
        The first day.
    at : time
    every : str
        A key of ``RULES``.
    words : str
        The person's own; empty: the neutral ones.
    """

    id: str
    first: dt.date
    at: dt.time
    every: str = "day"
    words: str = ""


def calendar_file(notes: Iterable[Note], *, made: dt.datetime) -> str:
    """Return the notes as the text of a calendar file.

    Parameters
    ----------
    made : datetime
        When the file was made, with its zone.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//notes//notes//EN", "CALSCALE:GREGORIAN"]
    for note in notes:
        lines += _event(note, made)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(note: Note, made: dt.datetime) -> Iterator[str]:
    words = escaped(note.words or NEUTRAL)
    yield "BEGIN:VEVENT"
    yield f"UID:{note.id}"
    yield f"DTSTAMP:{made.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART:{dt.datetime.combine(_day(note), note.at):%Y%m%dT%H%M%S}"
    yield "DURATION:PT5M"
    yield f"RRULE:{RULES[note.every]}"
    yield f"SUMMARY:{words}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield "TRIGGER:PT0S"
    yield f"DESCRIPTION:{words}"
    yield "END:VALARM"
    yield "END:VEVENT"


def _day(note: Note) -> dt.date:
    """Return the first day; a day after the 28th would be skipped in some months."""
    if note.every in ("month", "3 months") and note.first.day > 28:
        return note.first.replace(day=28)
    return note.first


def escaped(words: str) -> str:
    """Return a text as a value: what has a meaning of its own is escaped, controls are left out."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(one for one in plain if one == "\n" or unicodedata.category(one) != "Cc")
    for mark, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark, instead)
    return plain


def folded(line: str) -> list[str]:
    """Return a line in parts of at most 75 bytes; each further part begins with a space.

    A letter of several bytes is never cut in two.
    """
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > WIDTH:
            parts.append(part)
            part = " "
        part += letter
    return [*parts, part]
