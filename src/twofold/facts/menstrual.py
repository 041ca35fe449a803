"""Attacks around the first day of bleeding: in how many cycles, and at what other times.

The first day of bleeding is day 1 and the day before it day −1; there is no
day 0. The window runs from day −2 to day 3 (ICHD-3, appendix A1.1).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.cycle import LONGEST_CYCLE, WINDOW_DAYS
from twofold.units import Day, days_between

CYCLES = 3
"""So many cycles in a row are looked at; the criterion asks for two of three."""


@dataclass(frozen=True)
class CyclesTold:
    """What a diary says about attacks and the cycle.

    Parameters
    ----------
    recorded : int
        Cycles in a row, the newest last, of whose window every day is known.
    with_attack : int
        Of the last three of them, those in whose window an attack began.
    outside : bool or None
        Whether attacks began at other times of these cycles; ``None`` while
        unknown days leave it open.
    """

    recorded: int
    with_attack: int
    outside: bool | None


def day_of_cycle(day: Day, first_day_of_bleeding: Day) -> int:
    """Return the place of a day in the cycle; there is no day 0.

    >>> day_of_cycle(8, 10), day_of_cycle(9, 10), day_of_cycle(10, 10), day_of_cycle(13, 10)
    (-2, -1, 1, 4)
    """
    days = days_between(first_day_of_bleeding, day)
    return days + 1 if days >= 0 else days


def is_around_bleeding(day_of_the_cycle: int) -> bool:
    """Return whether a day of the cycle lies in the window.

    >>> [is_around_bleeding(day) for day in (-3, -2, -1, 1, 2, 3, 4)]
    [False, True, True, True, True, True, False]
    """
    return day_of_the_cycle in WINDOW_DAYS


def cycles_told(table: DayTable) -> CyclesTold | None:
    """Return what the diary says; ``None`` where no first day of bleeding is known."""
    day, onset = table["cycle_day"], table["onset"]
    windows = [_Window(start, found) for start in _firsts(day) if (found := _cut(start, onset))]
    if not windows:
        return None
    last = _settled_in_a_row(windows)
    looked_at = last[-CYCLES:]
    since = looked_at[0].start if looked_at else 0
    return CyclesTold(
        recorded=len(last),
        with_attack=sum(True in one.onsets for one in looked_at),
        outside=_outside(day[since:], onset[since:]),
    )


def told_by_days(answers: Answers) -> CyclesTold | None:
    """Return what named days say: first days of bleeding, and all days on which an attack began.

    Raises
    ------
    RecordError
        When a day cannot be read, or dates and day numbers are mixed.
    """
    starts, attacks = _days(answers, "period_starts"), _days(answers, "attack_days")
    if starts is None or attacks is None or not starts:
        return None
    last = sorted(starts, key=lambda day: days_between(starts[0], day))[-CYCLES:]
    since = [day for day in attacks if day_of_cycle(day, last[0]) >= min(WINDOW_DAYS)]
    inside = [day for day in since if any(_is_inside(day, start) for start in last)]
    with_attack = sum(any(_is_inside(day, start) for day in attacks) for start in last)
    return CyclesTold(len(last), with_attack, outside=len(inside) < len(since))


def _is_inside(day: Day, start: Day) -> bool:
    return is_around_bleeding(day_of_cycle(day, start))


def _days(answers: Answers, field: str) -> list[Day] | None:
    told = answers[field]
    return [_day(word, field) for word in told] if isinstance(told, tuple) else None


def _day(word: str, field: str) -> Day:
    try:
        return int(word) if word.isdigit() else dt.date.fromisoformat(word)
    except ValueError:
        raise RecordError(
            f"{word!r} is not a day.",
            where=field,
            remedy="Write it as 2025-06-10, or as a day number.",
        ) from None


def with_named_days(answers: Answers) -> Answers:
    """Return the answers with what named days say about the cycle, where nothing else was told."""
    return _with(told_by_days(answers), answers)


def with_cycles(answers: Answers, table: DayTable) -> Answers:
    """Return the answers with what the diary says about the cycle, where nothing else was told."""
    return _with(cycles_told(table), answers)


def _with(told: CyclesTold | None, answers: Answers) -> Answers:
    """Return the answers with what is told of the cycle; an answer that was given stays."""
    if told is None:
        return answers
    found: dict[str, bool | int | None] = {"menstruates": True, "cycles_recorded": told.recorded}
    if told.recorded >= CYCLES:
        found |= {"cycles_with_attack": told.with_attack, "attacks_outside_window": told.outside}
    return answers.having(**{name: one for name, one in found.items() if answers[name] is None})


@dataclass(frozen=True)
class _Window:
    """The first day of bleeding as a row, and whether an attack began on each day around it."""

    start: int
    onsets: tuple[bool | None, ...]

    @property
    def is_settled(self) -> bool:
        """Whether an attack began in it, or every day of it is known."""
        return True in self.onsets or None not in self.onsets


def _firsts(day: Column) -> list[int]:
    return [int(row) for row in np.flatnonzero(day == 1)]


def _cut(start: int, onset: Column) -> tuple[bool | None, ...]:
    """Return the onsets of a window; nothing where it does not lie inside the diary."""
    first, stop = start + min(WINDOW_DAYS), start + max(WINDOW_DAYS)
    if first < 0 or stop > onset.size:
        return ()
    return tuple(None if np.isnan(one) else bool(one) for one in onset[first:stop])


def _settled_in_a_row(windows: list[_Window]) -> list[_Window]:
    """Return the newest settled windows without a cycle left out between them, oldest first."""
    found: list[_Window] = []
    for window in reversed(windows):
        is_next = not found or found[0].start - window.start <= LONGEST_CYCLE
        if not window.is_settled or not is_next:
            break
        found.insert(0, window)
    return found


def _outside(day: Column, onset: Column) -> bool | None:
    """Whether an attack began at another time; a day of unknown place leaves it open."""
    elsewhere = onset[~np.isnan(day) & ~np.isin(day, WINDOW_DAYS)]
    if (elsewhere == 1).any():
        return True
    is_open = np.isnan(elsewhere).any() or (np.isnan(day) & ~(onset == 0)).any()
    return None if is_open else False
