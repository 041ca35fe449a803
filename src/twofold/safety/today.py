"""What must be said today: from facts alone, before any statistics and without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from twofold.daytable import Column
from twofold.facts.counting import count
from twofold.facts.facts import Facts
from twofold.facts.medication import CourseFacts
from twofold.knowledge.load import notices, wording
from twofold.units import spoken


@dataclass(frozen=True)
class Worse:
    """When mood counts as worse after a turn of an antidepressant.

    Parameters
    ----------
    known_days_before, known_days_after : int
        So many days of known mood are needed on each side.
    more_low_days : float
        A rise of so many low-mood days in 28 is said.
    lower_by : float
        Without a rule for low days: a fall of the mean mood by so many of 10 points.
    """

    known_days_before: int
    known_days_after: int
    more_low_days: float
    lower_by: float


@cache
def worse() -> Worse:
    """Return the rule of the table."""
    return Worse(**wording("today")["worse"])


@dataclass(frozen=True)
class TodayNotice:
    """A sentence to be said first; ``id`` is its row in ``knowledge/wording``."""

    id: str
    text: str


def what_must_be_said(facts: Facts) -> tuple[TodayNotice, ...]:
    """Return the notices of today, the most specific first; the last always stands."""
    found = [_around_course(course, facts) for course in facts.medication.courses]
    general = TodayNotice("someone_today", notices()["someone_today"].text)
    return (*(notice for notice in found if notice is not None), general)


def _around_course(course: CourseFacts, facts: Facts) -> TodayNotice | None:
    """Look at every turn of an antidepressant: its end, its changes, its start."""
    if not course.is_antidepressant:
        return None
    for word, row in _turns(course):
        told = _worse(facts, before=_steady(course, row), after=slice(row, None))
        if told is not None:
            key = f"{told}_after_antidepressant_{word}"
            return TodayNotice(key, notices()[key].text.format(day=_spoken(facts, row)))
    return None


def _turns(course: CourseFacts) -> Iterator[tuple[str, int]]:
    if course.has_ended:
        yield "ended", course.end_row
    yield from (("changed", row) for row in reversed(course.change_rows) if row < course.end_row)
    if course.start_row > 0:
        yield "started", course.start_row


def _steady(course: CourseFacts, turn: int) -> slice:
    """Return the days to compare with: on the course before its first change, else before it."""
    if turn == course.start_row:
        return slice(0, turn)
    return slice(course.start_row, min([turn, *course.change_rows]))


def _worse(facts: Facts, *, before: slice, after: slice) -> str | None:
    if facts.mood.low is not None:
        low = facts.table["low_mood"]
        return "low_days" if _is_more_common(low[before], low[after]) else None
    mood = facts.table["mood"]
    return "lower_mood" if _is_lower(mood[before], mood[after]) else None


def _is_more_common(before: Column, after: Column) -> bool:
    was, now = count(before), count(after)
    if was.known < worse().known_days_before or now.known < worse().known_days_after:
        return False
    return 28 * (now.hits / now.known - was.hits / was.known) >= worse().more_low_days


def _is_lower(before: Column, after: Column) -> bool:
    was, now = before[~np.isnan(before)], after[~np.isnan(after)]
    if was.size < worse().known_days_before or now.size < worse().known_days_after:
        return False
    return bool(was.mean() - now.mean() >= worse().lower_by)


def _spoken(facts: Facts, row: int) -> str:
    return spoken(facts.table.labels[min(row, len(facts.table) - 1)])
