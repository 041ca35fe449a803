"""What must be said today: from facts alone, before any statistics and without them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.facts.counting import Count, count
from twofold.facts.facts import Facts
from twofold.facts.medication import CourseFacts
from twofold.knowledge.load import notices
from twofold.units import spoken

LEAST_KNOWN_DAYS = 14
"""Known mood days needed on both sides before the two are compared (project rule)."""

MORE_DAYS_PER_28 = 3
"""A rise of this many low-mood days in 28 is said; low on purpose: better once too often."""


@dataclass(frozen=True)
class TodayNotice:
    """A sentence to be said first; ``id`` is its row in ``knowledge/wording``."""

    id: str
    text: str


def what_must_be_said(facts: Facts) -> tuple[TodayNotice, ...]:
    """Return the notices of today, the most specific first; the last always stands."""
    found = [_after_course(course, facts) for course in facts.medication.courses]
    general = TodayNotice("someone_today", notices()["someone_today"].text)
    return (*(notice for notice in found if notice is not None), general)


def _after_course(course: CourseFacts, facts: Facts) -> TodayNotice | None:
    if not course.is_antidepressant or facts.mood.low is None:
        return None
    turn = course.end_row if course.has_ended else max(course.change_rows, default=None)
    if turn is None:
        return None
    low = facts.table["low_mood"]
    before = count(low[course.start_row : min(course.change_rows, default=turn)])
    if not _is_more_common(before, count(low[turn:])):
        return None
    key = "ended" if course.has_ended else "changed"
    text = notices()[f"low_mood_after_antidepressant_{key}"].text
    return TodayNotice(
        f"low_mood_after_antidepressant_{key}", text.format(**{key: _spoken(facts, turn)})
    )


def _is_more_common(before: Count, after: Count) -> bool:
    if min(before.known, after.known) < LEAST_KNOWN_DAYS:
        return False
    rise = 28 * (after.hits / after.known - before.hits / before.known)
    return bool(np.greater_equal(rise, MORE_DAYS_PER_28))


def _spoken(facts: Facts, row: int) -> str:
    """Return the day as it is read aloud; the course ended on the day before ``row``."""
    return spoken(facts.table.labels[min(row, len(facts.table) - 1)])
