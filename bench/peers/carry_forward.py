"""The next 28 days as the last 28 were, with the spread of a coin or of a doubtful coin.

Source: monthly counts carried forward, as diaries and clinics do; the
beta-binomial after Di Tanna and colleagues 2019 (statistics sheet A4, C7).
"""

from __future__ import annotations

import numpy as np

from peers.written import Array

AHEAD = 28
ENDS = np.array([0.025, 0.975])


def binomial(headache: Array, window: int = AHEAD) -> tuple[float, float]:
    """Return the 95 % interval of the next 28 days' count, at the last ``window`` days' share."""
    from scipy.stats import binom

    known = _known(headache[-window:])
    share = known.mean() if len(known) else np.nan
    low, high = binom.ppf(ENDS, AHEAD, share)
    return float(low), float(high)


def beta_binomial(headache: Array, window: int | None = None) -> tuple[float, float]:
    """Return the 95 % interval when the share itself is known only from ``window`` days (or all)."""
    from scipy.stats import betabinom

    known = _known(headache if window is None else headache[-window:])
    hits = known.sum()
    low, high = betabinom.ppf(ENDS, AHEAD, hits + 0.5, len(known) - hits + 0.5)
    return float(low), float(high)


def _known(headache: Array) -> Array:
    return headache[np.isfinite(headache)]
