"""Centred log-ratios and linear models: a second opinion beside ANCOM-BC.

Aitchison 1986. Each taxon's log count minus the mean log count of its sample
does not depend on how deep the sample was read; it does still depend on what
the other taxa do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twofold.lab.gut.linear import Fit, Matrix, least_squares
from twofold.lab.tables import Column


def centred_log_ratios(counts: NDArray[np.int64], *, pseudo: float = 0.5) -> Matrix:
    """Return log count minus the sample's mean log count, shape (n, p)."""
    logs = np.log(counts + pseudo)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def log_ratio_fit(counts: NDArray[np.int64], design: Matrix, *, pseudo: float = 0.5) -> Fit:
    """Return the linear model of every taxon's centred log-ratio, with HC3 errors.

    Without covariates and with two groups it is the comparison of Welch (1947)
    up to its degrees of freedom.
    """
    return least_squares(centred_log_ratios(counts, pseudo=pseudo), design)


def set_against_rest(
    counts: NDArray[np.int64], inside: NDArray[np.bool_], *, pseudo: float = 0.5
) -> Column:
    """Return the log of all reads of some taxa over all other reads, shape (n,)."""
    own = counts[:, inside].sum(axis=1)
    other = counts[:, ~inside].sum(axis=1)
    return np.asarray(np.log(own + pseudo) - np.log(other + pseudo))
