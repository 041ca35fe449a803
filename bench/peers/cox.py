"""One Cox regression per factor, from the end of an attack to the next start.

Source: Peris and colleagues 2017 (Cephalalgia), Casanova and colleagues
2022–23 (Headache), as in N1-Headache (statistics sheet A2; peers.md 1.1):
univariable proportional hazards within one person, p < .05, no correction for
the number of factors. Exposure changes daily and enters with the day before.

``by_lifelines`` is the library's own fit and takes a second a person;
``accuse`` is the same estimator (Efron's partial likelihood, Newton's method)
for all factors at once. A test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peers.written import Array, Written, at_risk, later

LARGEST = 12.0  # log hazard per SD; beyond it a factor separates starts from other days
ROUNDS = 40


@dataclass(frozen=True)
class Gaps:
    """Days at risk: how long free of headache, whether one began, what came before.

    Parameters
    ----------
    clock : ndarray of int, shape (n,)
        Days since the last headache ended, from 1.
    gap : ndarray of int, shape (n,)
        Which gap between two headaches the day belongs to.
    began : ndarray, shape (n,)
        1 where the next day had a headache.
    x : ndarray, shape (n, q)
        Factors before that next day; ``nan`` = not recorded.
    """

    clock: NDArray[np.intp]
    gap: NDArray[np.intp]
    began: Array
    x: Array


def gaps(written: Written) -> Gaps:
    """Cut the diary into gaps; days whose next day is unknown are not at risk."""
    days = np.arange(len(written.headache))
    last = np.maximum.accumulate(np.where(written.headache == 1, days, -1))
    rows = at_risk(written.headache)
    _, gap = np.unique(last[rows], return_inverse=True)
    began = later(written.headache)[rows]
    return Gaps((days - last)[rows], gap, began, written.before_tomorrow[rows])


def accuse(written: Written) -> tuple[Array, Array]:
    """Return log hazard ratio per SD and Wald p of each factor; shape (q,), ``nan`` if constant."""
    days = gaps(written)
    known = np.isfinite(days.x) & np.isfinite(days.began)[:, None]
    x, spread = _per_sd(days.x, known)
    is_usable = (spread > 0) & (days.began @ known > 0)
    slope, information = _newton(_at_once(days, x, known), is_usable)
    with np.errstate(invalid="ignore"):
        p = 2 * ndtr(-np.abs(slope) * np.sqrt(information))
    return np.where(is_usable, slope, np.nan), np.where(is_usable, p, np.nan)


def by_lifelines(written: Written, factor: int) -> tuple[float, float]:
    """Return the same two numbers for one factor from lifelines' CoxTimeVaryingFitter."""
    import pandas as pd
    from lifelines import CoxTimeVaryingFitter

    days = gaps(written)
    known = np.isfinite(days.x[:, factor])
    x = days.x[known, factor]
    table = pd.DataFrame(
        {
            "gap": days.gap[known],
            "start": days.clock[known] - 1,
            "stop": days.clock[known],
            "began": days.began[known].astype(bool),
            "x": (x - x.mean()) / x.std(),
        }
    )
    fitted = CoxTimeVaryingFitter().fit(
        table, id_col="gap", event_col="began", start_col="start", stop_col="stop"
    )
    row = fitted.summary.loc["x"]
    return float(row["coef"]), float(row["p"])


@dataclass(frozen=True)
class _AtOnce:
    """All columns' partial likelihoods, side by side; starts in rows, factors in columns."""

    x: Array
    known: Array
    starts: NDArray[np.intp]
    time: NDArray[np.intp]
    member: Array
    taken: Array


def _per_sd(x: Array, known: NDArray[np.bool_]) -> tuple[Array, Array]:
    count = np.maximum(known.sum(0), 1)
    centred = np.where(known, x - np.where(known, x, 0).sum(0) / count, 0)
    spread = np.sqrt((centred**2).sum(0) / count)
    return centred / np.where(spread > 0, spread, 1), spread


def _at_once(days: Gaps, x: Array, known: NDArray[np.bool_]) -> _AtOnce:
    """Lay out who is at risk when, and how much of its tied starts each start finds taken."""
    times, time = np.unique(days.clock, return_inverse=True)
    starts = np.flatnonzero(days.began == 1)
    starts = starts[np.argsort(time[starts], kind="stable")]
    member = (np.arange(len(times))[:, None] == time).astype(float)
    at_start = known[starts].astype(float)
    so_far = at_start.cumsum(0) - at_start
    first = np.searchsorted(time[starts], time[starts])
    tied = (member[:, starts] @ at_start)[time[starts]]
    taken = (so_far - so_far[first]) / np.maximum(tied, 1)
    return _AtOnce(x, known.astype(float), starts, time[starts], member, taken)


def _newton(all_factors: _AtOnce, is_usable: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Maximise Efron's partial likelihood of each factor by itself."""
    slope = np.zeros(all_factors.x.shape[1])
    for _ in range(ROUNDS):
        score, information = _score(all_factors, slope)
        step = np.where(is_usable, np.clip(score / np.maximum(information, 1e-9), -1, 1), 0)
        slope = np.clip(slope + step, -LARGEST, LARGEST)
        if np.abs(step).max(initial=0) < 1e-6:
            break
    return slope, _score(all_factors, slope)[1]


def _score(all_factors: _AtOnce, slope: Array) -> tuple[Array, Array]:
    """Return the first derivative and the observed information, column by column."""
    x, starts = all_factors.x, all_factors.starts
    weight = np.exp(x * slope) * all_factors.known
    sums = []
    for power in range(3):
        term = weight * x**power
        whole, tied = all_factors.member @ term, all_factors.member[:, starts] @ term[starts]
        sums.append(whole[all_factors.time] - all_factors.taken * tied[all_factors.time])
    counts = all_factors.known[starts]
    total = np.where(counts > 0, sums[0], 1)
    mean = sums[1] / total
    return (
        (counts * (x[starts] - mean)).sum(0),
        (counts * (sums[2] / total - mean**2)).sum(0),
    )
