"""Many outcomes on one set of columns: the design, least squares, and many p-values at once.

Standard errors are HC3 (MacKinnon & White 1985), so groups may vary by
different amounts. ``false_discovery`` is Benjamini & Hochberg 1995.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.gut.samples import Samples

Matrix = NDArray[np.float64]
FEW = 5
"""A group of a covariate with fewer samples joins the others that are as rare."""


@dataclass(frozen=True)
class Fit:
    """Least squares for m outcomes.

    Parameters
    ----------
    beta, se : array, shape (k, m)
        Coefficients and their HC3 standard errors.
    freedom : int
        Rows minus columns.
    residuals : array, shape (n, m)
    """

    beta: Matrix
    se: Matrix
    freedom: int
    residuals: Matrix

    def p(self) -> Matrix:
        """Return two-sided p-values by Student's t, shape (k, m)."""
        from scipy.stats import t

        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(2 * t.sf(np.abs(self.beta / self.se), self.freedom))

    def half_width(self) -> Matrix:
        """Return half of the 95 % interval, shape (k, m)."""
        from scipy.stats import t

        return np.asarray(t.ppf(0.975, self.freedom) * self.se)


def columns_of(samples: Samples, name: str) -> tuple[Matrix, tuple[str, ...]]:
    """Return a covariate's columns, shape (n, k), and their names.

    A number stays one column; a category becomes one column for each group but
    its most frequent. Every answer has to be known.
    """
    if name in samples.numbers:
        return samples.numbers[name][:, None], (name,)
    groups = [str(one) for one in samples.categories[name]]
    sizes = Counter(groups)
    groups = [one if sizes[one] >= FEW else "(rare)" for one in groups]
    levels = [level for level, _ in Counter(groups).most_common()][1:]
    made = np.array([[one == level for level in levels] for one in groups], dtype=np.float64)
    return made.reshape(len(groups), len(levels)), tuple(f"{name}: {one}" for one in levels)


def least_squares(outcomes: Matrix, design: Matrix) -> Fit:
    """Return the fit of every outcome on the same columns.

    Parameters
    ----------
    outcomes : array, shape (n, m)
    design : array, shape (n, k)
        With the column of ones.

    Raises
    ------
    LabError
        When there are not more rows than columns, or the columns hang together.
    """
    n, k = design.shape
    if n <= k + 1:
        raise LabError(f"{n} samples are too few for {k} columns.", remedy="Name fewer covariates.")
    if np.linalg.matrix_rank(design) < k:
        raise LabError(
            "the columns hang together, so they cannot be told apart.",
            remedy="Leave out a covariate that says the same as another.",
        )
    inverse = np.linalg.inv(design.T @ design)
    lever = inverse @ design.T
    beta = lever @ outcomes
    residuals = outcomes - design @ beta
    pull = np.einsum("nk,kn->n", design, lever)
    scaled = residuals / np.maximum(1 - pull, 1e-9)[:, None]
    se = np.sqrt((lever**2) @ scaled**2)
    return Fit(beta, se, n - k, residuals)


def with_ones(parts: Sequence[Matrix] | Mapping[str, Matrix], rows: int) -> Matrix:
    """Return a column of ones and all parts side by side, shape (n, k)."""
    given: Any = parts.values() if isinstance(parts, Mapping) else parts
    return np.hstack([np.ones((rows, 1)), *given])
