"""Same-day correlation, as symptom trackers show it.

Source: Bearable's help page (statistics sheet A4; peers.md 1.2): a factor's
effect is shown from three days with it and three without, as a difference of
averages, without an interval and without a correction for how many were looked
at. The p-value is a courtesy that the app does not extend.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from peers.written import Array, Written

LEAST_DAYS_EACH_SIDE = 3


def accuse(written: Written) -> tuple[Array, Array]:
    """Return correlation and two-sided p of each factor with the same day's headache; shape (q,).

    ``nan`` where there are fewer than three days with the factor or without.
    A number counts as "with" above the person's own median.
    """
    headache = written.headache[:, None]
    known = np.isfinite(written.factors) & np.isfinite(headache)
    count = known.sum(0)
    x, y = (
        _centred(np.where(known, one, 0), known)
        for one in (written.factors, np.broadcast_to(headache, known.shape))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (x * y).sum(0) / np.sqrt((x**2).sum(0) * (y**2).sum(0))
        t = np.abs(r) * np.sqrt((count - 2) / (1 - r**2))
    p = 2 * stdtr(np.maximum(count - 2, 1).astype(float), -t)
    shown = _fewest_on_a_side(written.factors, known) >= LEAST_DAYS_EACH_SIDE
    return np.where(shown, r, np.nan), np.where(shown, p, np.nan)


def _centred(values: Array, known: np.ndarray) -> Array:
    middle = values.sum(0) / np.maximum(known.sum(0), 1)
    return np.where(known, values - middle, 0)


def _fewest_on_a_side(factors: Array, known: np.ndarray) -> np.ndarray:
    is_yes_no = np.all(~known | np.isin(factors, (0.0, 1.0)), axis=0)
    middle = np.array([np.median(factors[k, i]) if k.any() else 0 for i, k in enumerate(known.T)])
    above = factors > np.where(is_yes_no, 0, middle)
    return np.minimum((known & above).sum(0), (known & ~above).sum(0))
