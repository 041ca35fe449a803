"""A stretch of the calendar, read without the rest of the diary, each day at a glance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from twofold.app.web.attack_reach import KINDS, LOOK_BACK
from twofold.app.web.gate import Visit
from twofold.diary.diary import Diary
from twofold.pipeline import pictures_of
from twofold.report.report import DayCell, Pictures
from twofold.store.diary_of import diary as diary_of
from twofold.store.entry import Body, Entry
from twofold.store.glances import first_day, has_imports, taken_out

SHOWN = (
    "attack", "headache_rating", "free_day", "dose", "mood_note", "sleep", "energy", "stress",
    "cycle", "factor", "food", "note", "scale_answer", "side_effect", "check_in",
)  # fmt: skip
"""The kinds that a day's page shows, in its order."""

Cell = TypeVar("Cell")
MOST_GONE = 100
FAR_BACK = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Glance:
    """One day at a glance; ``None`` = nobody wrote about it.

    Parameters
    ----------
    cell : DayCell
        What the pictures draw.
    mood : float, optional
        The last mood of the day, of 10; only on the diary's own scale.
    doses : int
        How many doses are written down.
    others : int
        How many other entries there are.
    """

    day: dt.date
    cell: DayCell
    mood: float | None = None
    doses: int = 0
    others: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known about headache on this day."""
        return self.cell.headache is None


def entries_of(visit: Visit, first: dt.date, last: dt.date) -> tuple[Entry, ...]:
    """Return what stands on these days, and what lasts into them or holds for all days."""
    read, person = visit.store.entries, visit.person.id
    back = first - LOOK_BACK if first > FAR_BACK + LOOK_BACK else FAR_BACK
    before = read(person, kinds=KINDS, first=back, last=first - dt.timedelta(1))
    return (
        *before,
        *read(person, kinds=("course",)),
        *(one for one in read(person, first=first, last=last) if one.kind != "course"),
    )


def stretch(visit: Visit, first: dt.date, last: dt.date) -> tuple[tuple[Entry, ...], Diary]:
    """Return the entries of a stretch, and the diary that they make.

    Where files were imported, how days are counted depends on all that was ever written:
    then the whole diary is read.
    """
    entries = entries_of(visit, first, last)
    if has_imports(visit.store, visit.person.id):
        return entries, visit.diary()
    return entries, diary_of(entries, today=last)


def pictures(visit: Visit, first: dt.date, last: dt.date) -> Pictures:
    """Return a stretch as the pictures draw it, one cell for each day, unknown ones included."""
    _, diary = stretch(visit, first, last)
    return _cut(pictures_of(diary), first, last)


def glances(visit: Visit, first: dt.date, last: dt.date) -> tuple[Glance, ...]:
    """Return each day of a stretch at a glance."""
    entries, diary = stretch(visit, first, last)
    of_day: dict[dt.date, list[Entry]] = defaultdict(list)
    for one in entries:
        if one.day is not None and one.kind in SHOWN:
            of_day[one.day].append(one)
    drawn = _cut(pictures_of(diary), first, last)
    return tuple(_glance(cell, of_day) for cell in drawn.days)


def begins(visit: Visit) -> dt.date | None:
    """Return the first day of the diary; ``None`` while nothing is written."""
    return first_day(visit.store, visit.person.id)


def after_today(visit: Visit) -> tuple[Entry, ...]:
    """Return what is dated after today, in its order; no calendar reaches so far."""
    tomorrow = visit.today + dt.timedelta(1)
    found = visit.store.entries(visit.person.id, kinds=SHOWN, first=tomorrow)
    return tuple(one for one in found if one.body is not None)


def path_of(visit: Visit, day: object) -> str:
    """Return the address of the page that shows a day: one for all that have not come yet."""
    return "/days/after" if str(day) > str(visit.today) else f"/days/{day}"


class Told(dict[str, Any]):
    """A kept body as a page reads it: what it does not hold is ``None``."""

    def __missing__(self, name: str) -> None:
        """Return that nothing was told."""


def told(value: Any) -> Any:
    """Return plain values so that a page may ask for what they do not hold."""
    if isinstance(value, dict):
        return Told({name: told(part) for name, part in value.items()})
    return [told(part) for part in value] if isinstance(value, list) else value


def last_body(visit: Visit, entry: Entry) -> Body | None:
    """Return what an entry said before it was taken out."""
    changes = visit.store.history(visit.person.id, entry.id)
    return next((one.body for one in reversed(changes) if one.body is not None), None)


def gone(visit: Visit) -> list[tuple[Entry, Body]]:
    """Return what was taken out last, each with what it said."""
    found = []
    for name in taken_out(visit.store, visit.person.id, most=MOST_GONE):
        entry = visit.store.entry(visit.person.id, name)
        body = last_body(visit, entry) if entry and entry.kind in SHOWN else None
        if entry is not None and body is not None:
            found.append((entry, body))
    return found


def _glance(cell: DayCell, of_day: dict[dt.date, list[Entry]]) -> Glance:
    day = dt.date.fromisoformat(cell.label)
    entries = of_day.get(day, [])
    moods = [
        float(one.body["level"])
        for one in entries
        if one.kind == "mood_note" and one.body and one.body.get("span") == {"low": 0, "high": 10}
    ]
    doses = sum(one.kind == "dose" for one in entries)
    others = sum(one.kind not in ("dose", "check_in") for one in entries)
    return Glance(day, cell, moods[-1] if moods else None, doses, others)


def _cut(drawn: Pictures, first: dt.date, last: dt.date) -> Pictures:
    """Return the days from ``first`` to ``last``, each of them: where nothing is told, unknown."""
    place = {cell.label: n for n, cell in enumerate(drawn.days)}
    days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    at = [place.get(str(day)) for day in days]
    return replace(
        drawn,
        days=tuple(
            DayCell(str(day), None, None, None) if n is None else drawn.days[n]
            for day, n in zip(days, at, strict=True)
        ),
        courses=tuple(replace(one, amounts=_taken(one.amounts, at)) for one in drawn.courses),
        acute=tuple(replace(one, taken=_taken(one.taken, at)) for one in drawn.acute),
        cycle_days=_taken(drawn.cycle_days, at),
    )


def _taken(values: Sequence[Cell | None], at: Sequence[int | None]) -> tuple[Cell | None, ...]:
    return tuple(None if n is None or n >= len(values) else values[n] for n in at)
