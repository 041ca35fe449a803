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


@dataclass(frozen=True)
class Change:
    """How the last 28 days compare with every full 28-day stretch before them.

    ``kind`` is ``"fewest"`` or ``"most"`` when the last stretch lies below
    (above) each earlier one whatever the unknown days were, ``"between"`` when
    it does not, ``"too_short"`` with fewer than two earlier stretches, and
    ``"mostly_unknown"`` when under 80 % of the last 28 days are known.
    """

    kind: str
    last: Count
    earlier: tuple[Count, ...] = ()


def change(column: Column) -> Change:
    """Compare the last 28 days with the full stretches of 28 days before them.

    The stretches are laid back from the end, so that none overlaps. No
    probability is involved: the answer follows from the counts and the bounds
    for unknown days.
    """
    ends = range(column.size, WINDOW - 1, -WINDOW)
    last, *earlier = [count(column[end - WINDOW : end]) for end in ends] or [count(column)]
    known = tuple(one for one in earlier if one.known > 0)
    if not last.is_mostly_known:
        return Change("mostly_unknown", last, known)
    if len(known) < 2:
        return Change("too_short", last, known)
    if all(last.most < one.hits for one in known):
        return Change("fewest", last, known)
    if all(last.hits > one.most for one in known):
        return Change("most", last, known)
    return Change("between", last, known)
