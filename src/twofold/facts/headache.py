"""Headache: days by the diary's stated rule, and attacks by the rule of two calendar lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.diary import Diary
from twofold.diary.headache import Attack
from twofold.facts.counting import Change, Count, blocks, change, count
from twofold.units import When, days_between

ATTACK_RULE = (
    "Headache on days that follow each other is one attack. A new attack begins after a day "
    "that was attested headache-free, or 48 hours or more after the last one ended. "
    "An unknown day between two headaches neither joins nor separates them."
)
"""After ICHD-3, glossary 'attack duration' and 'attack frequency'; the hours are a project rule."""

SAME_WITHIN_HOURS = 24
NEW_AFTER_HOURS = 48


@dataclass(frozen=True)
class AttackCount:
    """How many attacks: ``at_least`` when every open gap joins, ``at_most`` when none does."""

    at_least: int
    at_most: int


@dataclass(frozen=True)
class HeadacheFacts:
    """What follows by rule about headache over the diary.

    ``migraine`` is ``None`` when the diary does not let one say which days were
    migraine days.
    """

    whole: Count
    migraine: Count | None
    onsets: int
    attacks: AttackCount
    blocks: tuple[Count, ...]
    change: Change


def headache_facts(diary: Diary, table: DayTable) -> HeadacheFacts:
    """Count headache days, onsets and attacks; unknown days stay unknown."""
    headache, migraine = table["headache"], table["migraine"]
    can_tell_migraine = bool(np.nansum(migraine) > 0)
    return HeadacheFacts(
        whole=count(headache),
        migraine=count(migraine) if can_tell_migraine else None,
        onsets=int(np.nansum(table["onset"])),
        attacks=attack_count(diary, headache),
        blocks=blocks(headache),
        change=change(headache),
    )


def attack_count(diary: Diary, headache: Column) -> AttackCount:
    """Count attacks by ``ATTACK_RULE``.

    Parameters
    ----------
    headache : ndarray, shape (days,)
        1.0, 0.0 or nan, from the first day of the diary.

    Notes
    -----
    Attacks written with their end are joined by hours; all others by days.
    """
    attacks = _timed_attacks(diary, headache.size)
    if attacks and not diary.headache_ratings and all(attack.end for attack in attacks):
        gaps = _gaps_by_hours(attacks, diary, headache)
    else:
        gaps = _gaps_by_days(headache)
    if not (headache == 1).any():
        return AttackCount(0, 0)
    return AttackCount(1 + gaps.count("new"), 1 + len(gaps) - gaps.count("same"))


def _gaps_by_days(headache: Column) -> list[str]:
    rows = np.flatnonzero(headache == 1)
    return [_gap(headache[a + 1 : b]) for a, b in zip(rows, rows[1:], strict=False)]


def _gap(between: Column) -> str:
    if between.size == 0:
        return "same"
    return "new" if (between == 0).any() else "open"


def _timed_attacks(diary: Diary, days: int) -> list[Attack]:
    """Return the attacks that began inside the table, in order, without any inside another."""
    kept: list[Attack] = []
    for attack in sorted(diary.attacks, key=lambda one: _sort_key(one.onset)):
        is_inside_table = days_between(diary.first_day, attack.onset.day) < days
        if is_inside_table and not (kept and _ends_before(attack, kept[-1])):
            kept.append(attack)
    return kept


def _ends_before(attack: Attack, other: Attack) -> bool:
    if attack.end is None or other.end is None:
        return False
    return _sort_key(attack.end) <= _sort_key(other.end)


def _gaps_by_hours(ordered: list[Attack], diary: Diary, headache: Column) -> list[str]:
    return [_hour_gap(a, b, diary, headache) for a, b in zip(ordered, ordered[1:], strict=False)]


def _hour_gap(earlier: Attack, later: Attack, diary: Diary, headache: Column) -> str:
    assert earlier.end is not None
    hours = hours_between(earlier.end, later.onset)
    first = days_between(diary.first_day, earlier.end.day) + 1
    last = days_between(diary.first_day, later.onset.day)
    by_day = _gap(headache[max(0, first) : max(0, last)])
    if hours is None or SAME_WITHIN_HOURS <= hours < NEW_AFTER_HOURS:
        return by_day
    if hours < SAME_WITHIN_HOURS:
        return "same"
    return "new" if by_day != "open" else "open"


def hours_between(earlier: When, later: When) -> float | None:
    """Return the hours from one moment to another; ``None`` where a time of day is not known."""
    if earlier.time is None or later.time is None:
        return None
    hours = 24 * days_between(earlier.day, later.day) + (_clock(later) - _clock(earlier)) / 60
    if earlier.offset_minutes is None or later.offset_minutes is None:
        return hours  # wall clocks; a place that is not known shifts nothing
    return hours - (later.offset_minutes - earlier.offset_minutes) / 60


def _clock(when: When) -> float:
    """Return the wall clock in minutes."""
    assert when.time is not None
    return when.time.hour * 60 + when.time.minute


def _sort_key(when: When) -> tuple[int, float]:
    day = when.day if isinstance(when.day, int) else when.day.toordinal()
    return day, _clock(when) if when.time is not None else -1.0


STRONG_FROM = 7.0
"""On 0–10, where the diary states no line of its own: severe pain begins at 7 (project rule)."""


def strong_days(diary: Diary, table: DayTable) -> Column:
    """Mark headache days on which the headache was strong; nan when its strength is unknown."""
    rule = diary.conventions.headache_day
    line = STRONG_FROM
    if rule is not None and rule.strong_at_least is not None and diary.headache_ratings:
        line = diary.headache_ratings[0].span.to_ten(rule.strong_at_least)
    severity = table["severity"]
    strong = np.where(np.isnan(severity), np.nan, (severity >= line - 1e-9).astype(float))
    return np.asarray(np.where(table["headache"] == 1, strong, 0.0))
