"""Everything that follows by rule from one diary, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.daytable import DayTable
from twofold.diary.diary import Diary
from twofold.facts.conventions import check_conventions
from twofold.facts.cycle import CycleFacts, cycle_facts
from twofold.facts.days import day_table, redrawn
from twofold.facts.headache import HeadacheFacts, headache_facts
from twofold.facts.medication import MedicationFacts, medication_facts
from twofold.facts.mood import MoodFacts, mood_facts
from twofold.units import Day


@dataclass(frozen=True)
class Threshold:
    """What another line of the headache-day rule would give."""

    at_least: float
    headache: HeadacheFacts
    is_used: bool


@dataclass(frozen=True)
class Facts:
    """What follows by rule; no probability, no opinion."""

    table: DayTable
    headache: HeadacheFacts
    mood: MoodFacts
    medication: MedicationFacts
    cycle: CycleFacts | None
    thresholds: tuple[Threshold, ...]


def gather(diary: Diary, *, today: Day | None = None) -> Facts:
    """Return the facts of one diary, as of ``today`` (default: its last day).

    Raises
    ------
    NeedsCalendar
        When ``today`` does not fit the diary's kind of days.
    RecordError
        When the diary's own rules name what it does not hold.
    """
    check_conventions(diary)
    table = day_table(diary, today=today)
    return Facts(
        table=table,
        headache=headache_facts(diary, table),
        mood=mood_facts(diary, table),
        medication=medication_facts(diary, table),
        cycle=cycle_facts(table),
        thresholds=_thresholds(diary, table),
    )


def _thresholds(diary: Diary, table: DayTable) -> tuple[Threshold, ...]:
    rule = diary.conventions.headache_day
    if rule is None or rule.at_least is None or not diary.headache_ratings:
        return ()
    lines = sorted({rule.at_least, *rule.alternatives})
    return tuple(
        Threshold(line, headache_facts(diary, redrawn(table, diary, line)), line == rule.at_least)
        for line in lines
    )
