"""Mood: low-mood days by the diary's stated rule, and how they changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import DayTable
from twofold.facts.counting import Change, Count, blocks, change, count


@dataclass(frozen=True)
class MoodFacts:
    """What follows by rule about mood over the diary.

    ``low`` is ``None`` when the diary states no rule for a low-mood day;
    ``median`` is on 0–10, higher is better, ``None`` when no mood was recorded.
    """

    low: Count | None
    blocks: tuple[Count, ...]
    change: Change | None
    recorded: Count
    median: float | None


def mood_facts(table: DayTable) -> MoodFacts:
    """Count low-mood days and recorded mood days; unknown days stay unknown."""
    mood, low = table["mood"], table["low_mood"]
    has_rule = "low_mood" in table.columns
    known = ~np.isnan(mood)
    return MoodFacts(
        low=count(low) if has_rule else None,
        blocks=blocks(low) if has_rule else (),
        change=change(low) if has_rule else None,
        recorded=Count(int(known.sum()), int(known.sum()), len(table)),
        median=float(np.median(mood[known])) if known.any() else None,
    )
