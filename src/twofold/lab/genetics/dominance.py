"""How many points lie below and to the left of each of a million points, exactly.

Counting pairs would take n² steps. Here one coordinate is sorted, the ranks of
the other are kept bit by bit, and each question walks down the bits: n log n
in all (a wavelet matrix; Claude, Navarro and Ordóñez 2015, Information Systems 47:15).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.genetics.byte_columns import Whole
from twofold.lab.tables import Column


@dataclass(frozen=True)
class Points:
    """Points in the plane, ready to be counted.

    Parameters
    ----------
    x, y : array, shape (points,)
        Each coordinate, sorted.
    zeros : tuple of array of int
        For each bit of the ranks of y, highest first: how many zeros stand before each place.
    """

    x: Column
    y: Column
    zeros: tuple[Whole, ...]

    @classmethod
    def of(cls, x: Column, y: Column) -> Points:
        """Return points by their coordinates."""
        ordered = np.sort(y)
        ranks = np.searchsorted(ordered, y, side="left")[np.argsort(x, kind="stable")]
        bits = max(len(x).bit_length(), 1)
        zeros = []
        for bit in range(bits - 1, -1, -1):
            is_one = (ranks >> bit) & 1 == 1
            zeros.append(np.concatenate(([0], np.cumsum(~is_one))))
            ranks = np.concatenate((ranks[~is_one], ranks[is_one]))
        return cls(np.sort(x), ordered, tuple(zeros))

    def below(self, x: Column, y: Column) -> Whole:
        """Return how many points have both coordinates at most these.

        >>> Points.of(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0])).below(
        ...     np.array([2.0, 3.0]), np.array([2.0, 3.0])).tolist()
        [1, 3]
        """
        rank = np.searchsorted(self.y, y, side="right")
        start, stop = np.zeros(len(rank), np.int64), np.searchsorted(self.x, x, side="right")
        found = np.zeros(len(rank), np.int64)
        for level, before in enumerate(self.zeros):
            is_one = (rank >> (len(self.zeros) - 1 - level)) & 1 == 1
            low, high = before[start], before[stop]
            found += np.where(is_one, high - low, 0)
            start = np.where(is_one, before[-1] + start - low, low)
            stop = np.where(is_one, before[-1] + stop - high, high)
        return found

    def first_below(self, x: Column) -> Whole:
        """Return how many points have a first coordinate of at most this."""
        return np.asarray(np.searchsorted(self.x, x, side="right"))

    def second_below(self, y: Column) -> Whole:
        """Return how many points have a second coordinate of at most this."""
        return np.asarray(np.searchsorted(self.y, y, side="right"))
