"""The cycle: where a day lies from the first day of bleeding, and the window around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.diary import Diary
from twofold.facts.counting import Count, count
from twofold.units import Day

WINDOW_DAYS = (-2, -1, 1, 2, 3)
"""ICHD-3 appendix A1.1.1: day 1 ± 2 of menstruation; there is no day 0."""

NEW_PERIOD_AFTER_FREE_DAYS = 7
"""A first bleeding day has no recorded bleeding in the seven days before it (project rule)."""

LONGEST_CYCLE = 45
"""A next period within this many days shows that none was left out in between (project rule)."""

SURE_DAYS = 21
"""Days after which, without a next period, the place in the cycle is unknown (project rule)."""


@dataclass(frozen=True)
class CycleFacts:
    """Headache days inside and outside the window of days −2 to +3.

    ``unrecorded`` are the days of the window (of −2, −1, 1, 2, 3) that the
    diary never holds.
    """

    inside: Count
    outside: Count
    unrecorded: tuple[int, ...]


def columns(diary: Diary, size: int, row: Callable[[Day], int | None]) -> dict[str, Column]:
    """Return ``cycle_day`` and ``perimenstrual``; nothing when no cycle was recorded.

    Parameters
    ----------
    size : int
        Rows of the table.
    row : callable
        From a day to its row, or ``None`` outside the table.
    """
    if not diary.cycle:
        return {}
    stated = np.full(size, np.nan)
    bleeding = np.full(size, np.nan)
    for entry in diary.cycle:
        at = row(entry.day)
        if at is not None and entry.day_from_onset is not None:
            stated[at] = entry.day_from_onset
        if at is not None and entry.bleeding is not None:
            bleeding[at] = float(entry.bleeding)
    cycle_day = np.where(np.isnan(stated), _from_bleeding(bleeding), stated)
    inside = np.where(np.isnan(cycle_day), np.nan, np.isin(cycle_day, WINDOW_DAYS).astype(float))
    return {"cycle_day": cycle_day, "perimenstrual": inside}


def _from_bleeding(bleeding: Column) -> Column:
    """Count from each first bleeding day; the seven days before it count backwards."""
    day = np.full(bleeding.size, np.nan)
    firsts = [int(i) for i in np.flatnonzero(bleeding == 1) if _is_first(bleeding, int(i))]
    for start in firsts:
        following = min((one for one in firsts if one > start), default=None)
        is_next = following is not None and following - start <= LONGEST_CYCLE
        known = following - start if following is not None and is_next else SURE_DAYS
        for step in range(min(known, bleeding.size - start)):
            day[start + step] = step + 1
    for start in firsts:
        for back in range(1, min(7, start) + 1):
            day[start - back] = -back
    return day


def _is_first(bleeding: Column, at: int) -> bool:
    """Whether a period began here; on the diary's first day it may have begun before."""
    before = bleeding[max(0, at - NEW_PERIOD_AFTER_FREE_DAYS) : at]
    return at > 0 and not (before == 1).any()


def cycle_facts(table: DayTable) -> CycleFacts | None:
    """Count headache days inside and outside the window; ``None`` without a cycle."""
    inside = table["perimenstrual"]
    if np.isnan(inside).all():
        return None
    headache, cycle_day = table["headache"], table["cycle_day"]
    held = set(cycle_day[~np.isnan(headache) & ~np.isnan(cycle_day)].astype(int))
    return CycleFacts(
        inside=count(headache[inside == 1]),
        outside=count(headache[inside == 0]),
        unrecorded=tuple(day for day in WINDOW_DAYS if day not in held),
    )
