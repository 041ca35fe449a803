"""How many findings among many would be chance: the step-up rule of Benjamini and Hochberg."""

from __future__ import annotations

import numpy as np
from scipy.stats import false_discovery_control

from twofold.lab.tables import Column


def false_discovery(p: Column) -> Column:
    """Return Benjamini and Hochberg's adjusted p-values (1995); ``nan`` stays and is not counted.

    Parameters
    ----------
    p : ndarray, shape (tests,)

    Returns
    -------
    ndarray, shape (tests,)

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    found = np.full(len(p), np.nan)
    known = np.isfinite(p)
    if known.any():
        found[known] = false_discovery_control(p[known])
    return found
