"""Mood: low-mood days by the diary's stated rule, and what its questionnaires say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.case import Value
from twofold.diary.diary import Diary
from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.diary.mood import ScaleAnswer
from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.counting import Change, Count, blocks, change, count
from twofold.facts.scale_change import ScaleChange
from twofold.facts.scale_change import change as scale_change
from twofold.facts.scales import known_answers, score_items, total_only
from twofold.facts.score import Score
from twofold.knowledge.scale import find_scale, scale_of
from twofold.units import days_between


@dataclass(frozen=True)
class ScaleContext:
    """The days that a questionnaire asked about, as the diary knows them.

    Parameters
    ----------
    on_headache_day : bool or None
        Whether it was answered on a headache day; ``None`` when nothing is
        known about that day.
    headache, migraine : Count
        Over the days of the questionnaire's recall; days before the diary
        began are unknown.
    """

    on_headache_day: bool | None
    headache: Count
    migraine: Count


@dataclass(frozen=True)
class ScaleReading:
    """One questionnaire, answered once: the day's label, the score, and the days around it."""

    day: str
    score: Score
    context: ScaleContext | None


@dataclass(frozen=True)
class ScaleFacts:
    """All readings of one questionnaire, the earliest first.

    ``since_first`` and ``since_last`` compare the latest with the first and
    with the one before it; ``None`` while there is only one.
    """

    scale: str
    name: str
    readings: tuple[ScaleReading, ...]
    since_first: ScaleChange | None
    since_last: ScaleChange | None

    @property
    def latest(self) -> ScaleReading:
        """The reading closest to today."""
        return self.readings[-1]


@dataclass(frozen=True)
class MoodFacts:
    """What follows by rule about mood over the diary.

    ``low`` is ``None`` when the diary states no rule for a low-mood day;
    ``median`` is on 0–10, higher is better, ``None`` when no mood was recorded.
    ``scales`` are the questionnaires in the order in which they first appear,
    ``item9`` is what stands about the suicide question, and ``not_scored`` says
    of the others why they were not scored.
    """

    low: Count | None
    blocks: tuple[Count, ...]
    change: Change | None
    recorded: Count
    median: float | None
    scales: tuple[ScaleFacts, ...]
    item9: Item9
    not_scored: tuple[str, ...]


def mood_facts(diary: Diary, table: DayTable) -> MoodFacts:
    """Count low-mood days and recorded mood days, and score the questionnaires.

    Unknown days, and questions that were not asked, stay unknown.
    """
    mood, low = table["mood"], table["low_mood"]
    has_rule = "low_mood" in table.columns
    known = ~np.isnan(mood)
    readings, not_scored = _readings(diary, table)
    return MoodFacts(
        low=count(low) if has_rule else None,
        blocks=blocks(low) if has_rule else (),
        change=change(low) if has_rule else None,
        recorded=Count(int(known.sum()), int(known.sum()), len(table)),
        median=float(np.median(mood[known])) if known.any() else None,
        scales=_by_scale(readings, table),
        item9=standing_item9(reading.score for reading in readings),
        not_scored=not_scored,
    )


def score_answer(answer: ScaleAnswer, *, day: str = "") -> Score:
    """Score a questionnaire of a diary: from its items where any was answered, else its total.

    Raises
    ------
    RecordError
        When no scale has its name, or its answers cannot be.
    """
    if any(one is not None for one in answer.items.values()) or answer.total is None:
        return score_items(answer.scale, answer.items, day=day)
    return total_only(answer.scale, answer.total, day=day)


def answers_from(mood: MoodFacts) -> Answers:
    """Return what the latest questionnaires let other rules know."""
    known: dict[str, Value] = {}
    for scale in mood.scales:
        known |= known_answers(scale.latest.score)
    return Answers(known, mood.item9)


def standing_item9(scores: Iterable[Score]) -> Item9:
    """Return what stands about the suicide question after some scores, the earliest first.

    An answer of 1 or more stands until a later answer of 0. Apart from that the
    latest score of a depression scale decides: when it did not ask, then what
    stands is that it was not asked, however long ago a "no" was given.
    """
    standing: Item9 = NotAsked()
    for score in scores:
        if find_scale(score.scale).is_depression_scale:
            standing = _later(standing, score.item9)
    return standing


def _later(standing: Item9, said: Item9) -> Item9:
    match standing, said:
        case Answered(answer), NotAsked() if answer >= 1:
            return standing
        case _:
            return said


def _readings(diary: Diary, table: DayTable) -> tuple[tuple[ScaleReading, ...], tuple[str, ...]]:
    """Return the readings up to the table's last day, and why others were not scored."""
    found: list[ScaleReading] = []
    refused: list[str] = []
    for row, answer in sorted(_rows(diary, len(table)), key=lambda one: one[0]):
        label = table.labels[row]
        try:
            score = score_answer(answer, day=label)
        except RecordError as error:
            refused.append(f"{label}: {error.sentence()}")
        else:
            found.append(ScaleReading(label, score, _context(table, row, score)))
    return tuple(found), tuple(refused)


def _rows(diary: Diary, size: int) -> list[tuple[int, ScaleAnswer]]:
    """Return each questionnaire that Twofold knows with its row; later days are not seen."""
    rows = (
        (days_between(diary.first_day, answer.when.day), answer)
        for answer in diary.scale_answers
        if scale_of(answer.scale) is not None
    )
    return [(row, answer) for row, answer in rows if 0 <= row < size]


def _context(table: DayTable, row: int, score: Score) -> ScaleContext | None:
    days = find_scale(score.scale).recall_days
    if days is None:
        return None
    today = table["headache"][row]
    return ScaleContext(
        on_headache_day=None if np.isnan(today) else bool(today),
        headache=_recalled(table["headache"], row, days),
        migraine=_recalled(table["migraine"], row, days),
    )


def _recalled(column: Column, row: int, days: int) -> Count:
    """Count the days up to and with a row; those before the diary began are unknown."""
    seen = count(column[max(0, row - days + 1) : row + 1])
    return Count(seen.hits, seen.known, days)


def _by_scale(readings: tuple[ScaleReading, ...], table: DayTable) -> tuple[ScaleFacts, ...]:
    grouped: dict[str, list[ScaleReading]] = defaultdict(list)
    for reading in readings:
        grouped[reading.score.scale].append(reading)
    return tuple(_scale_facts(scale, tuple(found), table) for scale, found in grouped.items())


def _scale_facts(scale: str, readings: tuple[ScaleReading, ...], table: DayTable) -> ScaleFacts:
    latest = readings[-1]
    return ScaleFacts(
        scale=scale,
        name=latest.score.name,
        readings=readings,
        since_first=_compared(readings[0], latest, table) if len(readings) > 1 else None,
        since_last=_compared(readings[-2], latest, table) if len(readings) > 1 else None,
    )


def _compared(before: ScaleReading, after: ScaleReading, table: DayTable) -> ScaleChange:
    apart = table.labels.index(after.day) - table.labels.index(before.day)
    return scale_change(before.score, after.score, days_apart=apart)
