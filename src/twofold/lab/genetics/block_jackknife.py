"""Weighted least squares whose uncertainty comes from leaving out one stretch of genome at a time.

Neighbouring SNPs are not independent; blocks of thousands of neighbours nearly
are. Leaving out one block costs no new sweep over the SNPs: the normal
equations are sums over blocks, so those without one block are a subtraction.

Source: Bulik-Sullivan et al. 2015, Nature Genetics 47:291, Supplementary Note
(block jackknife); Busing, Meijer and van der Leeden 1999, Statistics and
Computing 9:3 (pseudo-values).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.genetics.byte_columns import Whole
from twofold.lab.tables import Column

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Jackknifed:
    """Coefficients with their uncertainty.

    Parameters
    ----------
    estimate : array, shape (p,)
        Of all blocks together.
    without : array, shape (blocks, p)
        Of all blocks but one.
    """

    estimate: Column
    without: Matrix

    @property
    def covariance(self) -> Matrix:
        """Covariance of the estimate, shape (p, p)."""
        return np.atleast_2d(covariance(self.estimate, self.without))

    @property
    def se(self) -> Column:
        """Standard errors of the estimate, shape (p,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def covariance(estimate: Column, without: Matrix) -> Matrix:
    """Return the jackknife covariance from leave-one-block-out values.

    Parameters
    ----------
    estimate : array, shape (p,)
    without : array, shape (blocks, p)

    >>> float(covariance(np.array([2.0]), np.array([[2.5], [2.0], [1.5]]))[0, 0])
    0.3333333333333333
    """
    blocks = len(without)
    pseudo = blocks * estimate - (blocks - 1) * without
    return np.atleast_2d(np.cov(pseudo.T, ddof=1)) / blocks


def edges_of(rows: int, blocks: int) -> Whole:
    """Return where blocks of neighbours begin, and the end; ``blocks + 1`` places.

    Raises
    ------
    LabError
        When there are fewer than two rows a block.
    """
    if rows < 2 * blocks:
        raise LabError(
            f"{rows:,} SNPs are too few for {blocks} blocks.",
            remedy="Give all SNPs of the file, or fewer blocks.",
        )
    return cast(Whole, np.floor(np.linspace(0, rows, blocks + 1)).astype(np.int64))


def block_sums(X: Matrix, y: Column, weight: Column, edges: Whole) -> tuple[Matrix, Matrix]:
    """Return the normal equations of each block.

    Parameters
    ----------
    X : array, shape (p, rows)
    y, weight : array, shape (rows,)
        The weight is the inverse variance.
    edges : array of int, shape (blocks + 1,)

    Returns
    -------
    XtWX : array, shape (blocks, p, p)
    XtWy : array, shape (blocks, p)
    """
    blocks, p = len(edges) - 1, len(X)
    left, right = np.empty((blocks, p, p)), np.empty((blocks, p))
    for i in range(p):
        weighed = X[i] * weight
        right[:, i] = np.add.reduceat(weighed * y, edges[:-1])
        for j in range(i + 1):
            left[:, i, j] = left[:, j, i] = np.add.reduceat(weighed * X[j], edges[:-1])
    return left, right


def solved(left: Matrix, right: Matrix) -> Column:
    """Return the coefficients of the normal equations.

    Raises
    ------
    LabError
        When regressors cannot be told apart.
    """
    try:
        return np.asarray(np.linalg.solve(left, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        raise LabError(
            "the annotations cannot be told apart: one is the sum of others, or constant.",
            remedy="Leave one of them out.",
        ) from None


def jackknife(X: Matrix, y: Column, weight: Column, edges: Whole) -> Jackknifed:
    """Return the weighted least-squares fit with its leave-one-block-out values."""
    left, right = block_sums(X, y, weight, edges)
    whole_left, whole_right = left.sum(axis=0), right.sum(axis=0)
    without = solved(whole_left - left, whole_right - right)
    return Jackknifed(solved(whole_left, whole_right), without)
