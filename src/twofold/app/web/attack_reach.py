"""How far each kept attack reaches, by the rule that counts the days, too (``attack_days``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from twofold.app.web.attack_steps import Kept, kept_of
from twofold.app.web.gate import Visit
from twofold.diary.building import UnfitError, build
from twofold.diary.headache import FreeDay
from twofold.diary.medication import Dose
from twofold.facts.attack_days import DOSE_WITHIN, Days, known_days, last_day_of
from twofold.store.entry import Entry
from twofold.units import Day, days_between

LOOK_BACK = dt.timedelta(45)
"""So far back an attack that still runs may have begun; so many days are read for its pages."""

KINDS = ("attack", "dose", "free_day")
FIRST, LAST = dt.date.min, dt.date.max


@dataclass(frozen=True)
class Reach:
    """An attack with the days on which it is known.

    Parameters
    ----------
    days : frozenset of date
        The days on which it makes a headache known.
    free : frozenset of date
        The days near it of which the person said that there was no headache.
    """

    kept: Kept
    days: Days
    free: Days

    @property
    def began(self) -> dt.date:
        """The day on which it began."""
        return _dated(self.kept.attack.onset.day)

    @property
    def last(self) -> dt.date:
        """The last day of which something was said that shows it."""
        return _dated(last_day_of(self.kept.attack, self.days))

    def is_open_on(self, day: dt.date) -> bool:
        """Whether nobody said of a day after its last word if it was still there."""
        said_free = any(isinstance(one, dt.date) and self.last < one <= day for one in self.free)
        return bool(self.kept.attack.is_running) and self.last < day and not said_free

    def is_rated_0_on(self, day: dt.date) -> bool:
        """Whether only ratings of 0 are told of it on a day."""
        has_any = any(one.when.day == day for one in self.kept.attack.pain)
        return has_any and day not in self.days

    def is_old(self, today: dt.date) -> bool:
        """Whether the last word is of the day before yesterday, or older."""
        return days_between(self.last, today) > 1


def reaches_on(visit: Visit, day: dt.date, *, since: dt.date | None = None) -> tuple[Reach, ...]:
    """Return the attacks that may have been there on a day, the newest first.

    Parameters
    ----------
    since : date, optional
        Also those of the days from this one on.
    """
    last = day + dt.timedelta(DOSE_WITHIN) if day < LAST - LOOK_BACK else day
    found = reaches(visit, _back(since or day), last)
    return tuple(one for one in found if one.began <= day)


def reaches(visit: Visit, first: dt.date, last: dt.date | None = None) -> tuple[Reach, ...]:
    """Return the attacks that began in a stretch, the newest first."""
    entries = visit.store.entries(visit.person.id, kinds=KINDS, first=first, last=last)
    return reaches_of(entries)


def reaches_of(entries: Sequence[Entry]) -> tuple[Reach, ...]:
    """Return the attacks among entries, the newest first, with what the others say of them."""
    attacks = kept_of([one for one in entries if one.kind == "attack"])
    if not attacks:
        return ()
    free = list(_read(entries, "free_day", FreeDay))
    each = known_days([one.attack for one in attacks], _read(entries, "dose", Dose), free)
    said = frozenset(one.day for one in free)
    return tuple(Reach(one, days, said) for one, days in zip(attacks, each, strict=True))


def reach_of(visit: Visit, one: Kept) -> Reach:
    """Return how far one attack reaches; of one that was taken out, what it says itself."""
    first = _dated(one.attack.onset.day)
    found = {each.kept.id: each for each in reaches(visit, first)}
    there = found.get(one.id)
    if there is not None and there.kept.attack == one.attack:
        return there
    return Reach(one, *_alone(one))


def open_now(visit: Visit) -> tuple[Reach, ...]:
    """Return the attacks that run, as far as anybody said, the newest first."""
    found = reaches(visit, _back(visit.today))
    return tuple(
        one
        for one in found
        if one.kept.attack.is_running and (one.last >= visit.today or one.is_open_on(visit.today))
    )


def _dated(day: Day) -> dt.date:
    assert isinstance(day, dt.date), "a kept diary has dates"
    return day


def _back(day: dt.date) -> dt.date:
    return day - LOOK_BACK if day > FIRST + LOOK_BACK else FIRST


def _alone(one: Kept) -> tuple[Days, Days]:
    (days,) = known_days([one.attack], (), ())
    return days, frozenset()


def _read(entries: Iterable[Entry], kind: str, record: Any) -> Iterable[Any]:
    for one in entries:
        if one.kind == kind and one.body is not None:
            try:
                yield build(record, one.body)
            except UnfitError:
                continue
