"""What one person wrote, as plain arrays: all that a peer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Written:
    """One person's days; ``nan`` means not recorded.

    Parameters
    ----------
    headache : ndarray, shape (days,)
        1 on a headache day, 0 on a day known to be free of it.
    mood : ndarray, shape (days,)
        0–10, higher is better.
    stress : ndarray, shape (days,)
        Higher is more; all ``nan`` where it was never asked.
    factors : ndarray, shape (days, q)
        Yes/no (1, 0) or any number.
    lags : ndarray of int, shape (q,)
        0 for what is known to come before that day's headache (the night
        before, the weather), else 1.
    """

    headache: Array
    mood: Array
    stress: Array
    factors: Array
    lags: NDArray[np.intp]

    def until(self, days: int) -> Written:
        """Return the first ``days`` days."""
        return Written(
            self.headache[:days],
            self.mood[:days],
            self.stress[:days],
            self.factors[:days],
            self.lags,
        )

    @property
    def before_tomorrow(self) -> Array:
        """At day t, the factors that come before day t + 1: its own night, the day before's food."""
        return np.where(self.lags == 0, later(self.factors), self.factors)


def of_person(columns: Mapping[str, Array], factors: Sequence, person: int) -> Written:
    """Take one person out of a simulated world's columns, each of shape (people, days)."""
    named = {one.column: np.asarray(columns[one.column][person], dtype=float) for one in factors}
    headache = np.asarray(columns["headache"][person], dtype=float)
    return Written(
        headache=headache,
        mood=np.asarray(columns["mood"][person], dtype=float),
        stress=_stress(columns, factors, named, person, len(headache)),
        factors=np.column_stack(list(named.values())),
        lags=np.array([one.lag for one in factors], dtype=np.intp),
    )


def _stress(columns, factors, named, person: int, days: int) -> Array:  # type: ignore[no-untyped-def]
    """Return the column named stress, or else the factor that is linked to high stress."""
    if "stress" in columns:
        return np.asarray(columns["stress"][person], dtype=float)
    linked = (named[one.column] for one in factors if one.claim == "stress_high")
    return next(linked, np.full(days, np.nan))


def later(column: Array) -> Array:
    """Return each day's tomorrow; the last day's is unknown."""
    moved = np.full(column.shape, np.nan)
    moved[:-1] = column[1:]
    return moved


def earlier(column: Array, days: int = 1) -> Array:
    """Return the column as it stood ``days`` earlier; the first days' is unknown."""
    moved = np.full(column.shape, np.nan)
    moved[days:] = column[: len(column) - days]
    return moved


def at_risk(headache: Array) -> NDArray[np.intp]:
    """Return the days known to be free of headache whose next day is known."""
    return np.flatnonzero((headache == 0) & np.isfinite(later(headache)))


def benjamini_hochberg(p: Array, share: float = 0.10) -> NDArray[np.bool_]:
    """Return which of several p-values are kept at a false-discovery rate of ``share``.

    Source: Benjamini and Hochberg 1995. What was not tested (``nan``) does not count.
    """
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested])]
    passes = p[order] <= share * np.arange(1, len(order) + 1) / max(len(order), 1)
    kept = np.zeros(len(p), dtype=bool)
    kept[order[: np.max(np.flatnonzero(passes), initial=-1) + 1]] = True
    return kept
