"""Counts that never hide a day: so many of so many known, and what the unknown days could add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column

WINDOW = 28
"""Days in a "month" of this project: rates are per 28 days and say so (decision 3)."""


@dataclass(frozen=True)
class Count:
    """``hits`` of ``known`` days, in a stretch of ``days``.

    >>> Count(8, 21, 28).most
    15
    """

    hits: int
    known: int
    days: int

    @property
    def unknown(self) -> int:
        """Days in the stretch of which nothing is known."""
        return self.days - self.known

    @property
    def most(self) -> int:
        """The count if every unknown day were a hit; ``hits`` is the least."""
        return self.hits + self.unknown

    @property
    def is_mostly_known(self) -> bool:
        """Whether at least 80 % of the days are known (the line under which nothing is named)."""
        return self.days > 0 and self.known >= 0.8 * self.days


def count(column: Column) -> Count:
    """Count a yes/no column; ``nan`` is unknown.

    Parameters
    ----------
    column : ndarray, shape (days,)
        1.0 yes, 0.0 no, nan not recorded.
    """
    known = column[~np.isnan(column)]
    return Count(int(known.sum()), int(known.size), int(column.size))


def blocks(column: Column, window: int = WINDOW) -> tuple[Count, ...]:
    """Count a column in stretches of ``window`` days from the first; the last may be shorter."""
    return tuple(count(column[i : i + window]) for i in range(0, column.size, window))


CLEARLY = 5
"""Days by which the last 28 must lie outside everything before them to be called a change.

In simulated diaries of 112 days and more in which nothing changes (headache on three
days in ten, alone or in runs) a change is then said in at most 3 of 100.
"""

EARLIER_DAYS = 84
"""Days that must lie before the last 28 for a comparison."""


@dataclass(frozen=True)
class Change:
    """How the last 28 days compare with any 28 days in a row before them.

    ``kind`` is ``"fewest"`` or ``"most"`` when the last 28 days lie at least
    ``CLEARLY`` days below (above) all earlier ones, whatever the unknown days
    were; ``"between"`` when they do not; ``"too_short"`` with fewer than
    ``EARLIER_DAYS`` before them, and ``"mostly_unknown"`` when under 80 % of
    the last 28 days are known. ``earlier`` holds the stretches that are known
    well enough to compare with; they overlap.
    """

    kind: str
    last: Count
    earlier: tuple[Count, ...] = ()


def change(column: Column) -> Change:
    """Compare the last 28 days with any 28 days in a row before them.

    No probability is involved: the answer follows from the counts and the
    bounds for unknown days.
    """
    last = count(column[-WINDOW:])
    if not last.is_mostly_known:
        return Change("mostly_unknown", last)
    starts = range(column.size - 2 * WINDOW + 1)
    stretches = [count(column[start : start + WINDOW]) for start in starts]
    earlier = tuple(one for one in stretches if one.is_mostly_known)
    if column.size - WINDOW < EARLIER_DAYS or 2 * len(earlier) < len(stretches):
        return Change("too_short", last, earlier)
    if all(last.most + CLEARLY <= one.hits for one in earlier):
        return Change("fewest", last, earlier)
    if all(last.hits - CLEARLY >= one.most for one in earlier):
        return Change("most", last, earlier)
    return Change("between", last, earlier)
