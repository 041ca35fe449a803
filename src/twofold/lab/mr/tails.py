"""P-values: the tails of the normal, Student's t and χ² distributions, elementwise."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Distribution = Literal["t", "normal"]


def two_sided(z: Any) -> Array:
    """Return the two-sided p-value of a normal statistic."""
    from scipy.special import ndtr

    found: Array = 2.0 * ndtr(-np.abs(z))
    return found


def chi2_p(q: Array, df: Array) -> Array:
    """Return the upper tail of χ²; ``nan`` without degrees of freedom."""
    from scipy.special import chdtrc

    with np.errstate(invalid="ignore"):
        found: Array = np.where(df > 0, chdtrc(np.maximum(df, 1), np.maximum(q, 0.0)), np.nan)
    return found


def t_p(t: Array, df: Array) -> Array:
    """Return the two-sided p-value of Student's t."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore"):
        found: Array = 2.0 * stdtr(np.where(df > 0, df, np.nan), -np.abs(t))
    return found


def t_quantile(df: float, level: float = 0.95) -> float:
    """Return the t value that holds a central share of the distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2)) if df > 0 else math.nan


def p_of(t: Array, df: Array, distribution: Distribution) -> Array:
    """Return the two-sided p-value of a statistic by the distribution's name."""
    return t_p(t, df) if distribution == "t" else two_sided(t)
