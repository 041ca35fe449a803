"""IVW and MR-Egger for SNPs in linkage disequilibrium: generalised least squares.

Burgess 2016 (Stat Med 35:1880). The correlation of the SNPs must be told for the same
alleles as the effects; a SNP that is turned turns its row and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.tails import chi2_p, two_sided

REMEDY = "Give the correlation matrix of exactly these SNPs, for these effect alleles."


@dataclass(frozen=True)
class Correlated:
    """One estimate from correlated SNPs.

    Parameters
    ----------
    b, se, se_fixed, p : float
        With random effects (never below fixed), and fixed; ``p`` normal.
    q, df, q_p : float
    intercept, intercept_se, intercept_p : float or None
        ``None`` for IVW.
    """

    b: float
    se: float
    se_fixed: float
    p: float
    q: float
    df: int
    q_p: float
    intercept: float | None = None
    intercept_se: float | None = None
    intercept_p: float | None = None


def ivw_correlated(table: Instruments, rho: ArrayLike) -> Correlated:
    """Return the IVW estimate with correlated SNPs.

    Parameters
    ----------
    table : Instruments
    rho : array, shape (snps, snps)
        Correlation of the SNPs, for the effect alleles of the table.

    Raises
    ------
    LabError
        When the matrix is no correlation matrix of these SNPs.
    """
    design = table.beta_exposure[:, None]
    value, cover, q = _fitted(table.beta_outcome, table.se_outcome, design, _checked(table, rho))
    return _estimate(value, cover, q, len(table) - 1)


def egger_correlated(table: Instruments, rho: ArrayLike) -> Correlated:
    """Return MR-Egger with correlated SNPs, each for the allele that raises the exposure.

    Raises
    ------
    LabError
        As :func:`ivw_correlated`, and with fewer than three SNPs.
    """
    if len(table) < 3:
        raise LabError("MR-Egger needs three SNPs or more.", where=table.where)
    sign = np.where(table.beta_exposure < 0, -1.0, 1.0)
    turned = _checked(table, rho) * sign[:, None] * sign
    design = np.stack([np.abs(table.beta_exposure), np.ones(len(table))], 1)
    value, cover, q = _fitted(table.beta_outcome * sign, table.se_outcome, design, turned)
    return _estimate(value, cover, q, len(table) - 2)


def _checked(table: Instruments, rho: ArrayLike) -> Array:
    found = np.asarray(rho, dtype=np.float64)
    snps = len(table)
    if found.shape != (snps, snps):
        what = f"the correlation matrix has the shape {found.shape} for {snps} SNPs."
        raise LabError(what, where=table.where, remedy=REMEDY)
    is_symmetric = bool(np.allclose(found, found.T, atol=1e-6))
    if not is_symmetric or not np.allclose(np.diag(found), 1.0, atol=1e-6):
        what = "the correlation matrix is not symmetric with ones on its diagonal."
        raise LabError(what, where=table.where, remedy=REMEDY)
    return (found + found.T) / 2


def _fitted(y: Array, se: Array, design: Array, rho: Array) -> tuple[Array, Array, float]:
    """Return coefficients, their fixed-effect covariance, and Q."""
    try:
        root: NDArray[Any] = np.linalg.cholesky(rho)
    except np.linalg.LinAlgError:
        raise LabError(
            "the correlation matrix is not positive definite: some SNPs say the same.",
            remedy="Leave out SNPs that are copies of others (prune at r² 0.95 or below).",
        ) from None
    a = np.linalg.solve(root, design / se[:, None])
    b = np.linalg.solve(root, y / se)
    cover = np.linalg.inv(a.T @ a)
    value = cover @ (a.T @ b)
    rest = b - a @ value
    return value, cover, float(rest @ rest)


def _estimate(value: Array, cover: Array, q: float, df: int) -> Correlated:
    sigma = max(1.0, float(np.sqrt(q / df))) if df > 0 else 1.0
    fixed = np.sqrt(np.diag(cover))
    se = fixed * sigma
    p = two_sided(value / se)
    q_p = float(chi2_p(np.asarray(q), np.asarray(df)))
    found = (float(value[0]), float(se[0]), float(fixed[0]), float(p[0]), q, df, q_p)
    if len(value) == 1:
        return Correlated(*found)
    return Correlated(*found, float(value[1]), float(se[1]), float(p[1]))
