"""Everything in Mendelian randomisation that is a formula, for many exposures in one call.

Arrays are (exposures, snps); an exposure with fewer SNPs is filled up with ``nan``.
Inverse-variance weighting and Cochran's Q: Burgess 2013 (Genet Epidemiol 37:658);
MR-Egger: Bowden 2015 (IJE 44:512).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from twofold.lab.mr.direction import Steiger, steiger
from twofold.lab.mr.pairs import Array, Pairs, dot, pairs
from twofold.lab.mr.strength import Strength, strength
from twofold.lab.mr.tails import Distribution, chi2_p, p_of

Orientation = Literal["exposure increasing", "as given"]


@dataclass(frozen=True, eq=False)
class Slope:
    """One estimate for each exposure, each array of shape (exposures,).

    Parameters
    ----------
    b : array
    se, se_fixed : array
        With multiplicative random effects (times the residual standard error), and fixed.
    q, df : array
        Heterogeneity about this estimate and its degrees of freedom.
    sigma : array
        Residual standard error, ``sqrt(q / df)``; ``nan`` without degrees of freedom.
    distribution : {"normal", "t"}
        What the p-values use.
    """

    b: Array
    se: Array
    se_fixed: Array
    q: Array
    df: Array
    sigma: Array
    distribution: Distribution = "normal"

    @property
    def p(self) -> Array:
        """Two-sided p-values with random effects."""
        return p_of(self.b / self.se, self.df, self.distribution)

    @property
    def p_fixed(self) -> Array:
        """Two-sided p-values with fixed effects."""
        return p_of(self.b / self.se_fixed, self.df, self.distribution)

    @property
    def q_p(self) -> Array:
        """P-values of the heterogeneity; ``nan`` without degrees of freedom."""
        return chi2_p(self.q, self.df)


def ivw(data: Pairs, *, floor: bool = True) -> Slope:
    """Return inverse-variance weighted estimates with first-order weights.

    Parameters
    ----------
    data : Pairs
    floor : bool
        The random-effects SE is never below the fixed one, so that chance agreement
        does not make it too small. With one SNP the Wald ratio comes out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = dot(data.wx, data.bx)
        b = dot(data.wx, data.by) / size
        fixed = 1.0 / np.sqrt(size)
        rest = data.by - b[:, None] * data.bx
        q, df = dot(data.w * rest, rest), data.count - 1
        sigma = _sigma(q, df)
        return Slope(b, fixed * _times(sigma, floor), fixed, q, df, sigma)


def _sigma(q: Array, df: Array) -> Array:
    return np.sqrt(np.where(df > 0, q / np.maximum(df, 1), np.nan))


def _times(sigma: Array, floor: bool) -> Array:
    """Return by what the fixed SE is multiplied; 1 where nothing can be said."""
    known = np.where(np.isfinite(sigma), sigma, 1.0)
    return np.maximum(known, 1.0) if floor else known


@dataclass(frozen=True, eq=False)
class EggerFit:
    """MR-Egger for each exposure: the slope, and the intercept that tests directional pleiotropy.

    Parameters
    ----------
    slope : Slope
    intercept, intercept_se : array, shape (exposures,)
        The mean pleiotropic effect for the alleles that raise the exposure.
    """

    slope: Slope
    intercept: Array
    intercept_se: Array

    @property
    def intercept_p(self) -> Array:
        """Two-sided p-values of the intercept."""
        slope = self.slope
        return p_of(self.intercept / self.intercept_se, slope.df, slope.distribution)


def egger(
    data: Pairs,
    *,
    orientation: Orientation = "exposure increasing",
    distribution: Distribution = "t",
    floor: bool = True,
) -> EggerFit:
    """Return MR-Egger regressions; ``nan`` for exposures with fewer than three SNPs.

    Parameters
    ----------
    data : Pairs
    orientation : {"exposure increasing", "as given"}
        Every SNP for the allele that raises the exposure (Bowden 2015), or as coded:
        the slope depends on it, so the name is always told.
    distribution : {"t", "normal"}
        What the p-values use; t has ``snps - 2`` degrees of freedom.
    floor : bool
        SEs are never multiplied by less than 1.
    """
    bx, by = data.bx, data.by
    if orientation == "exposure increasing":
        bx, by = np.abs(bx), np.copysign(1.0, bx) * by
    with np.errstate(divide="ignore", invalid="ignore"):
        total, df = data.w.sum(1), np.where(data.count < 3, np.nan, data.count - 2)
        x, y = dot(bx, data.w) / total, dot(by, data.w) / total
        dx, dy = bx - x[:, None], by - y[:, None]
        wdx = data.w * dx
        spread = dot(wdx, dx)
        b = np.where(df > 0, dot(wdx, dy) / spread, np.nan)
        rest = dy - b[:, None] * dx
        q = dot(data.w * rest, rest)
        sigma = _sigma(q, df)
        fixed, times = 1.0 / np.sqrt(spread), _times(sigma, floor)
        at_zero = y - b * x
        se_zero = times * np.sqrt(1.0 / total + x * x / spread)
        slope = Slope(b, fixed * times, fixed, q, df, sigma, distribution)
        return EggerFit(slope, at_zero, se_zero)


@dataclass(frozen=True, eq=False)
class Ratios:
    """Wald ratios, shape (exposures, snps); ``nan`` where there is no SNP."""

    b: Array
    se: Array
    se_delta: Array


def wald(data: Pairs) -> Ratios:
    """Return each SNP's own estimate, with first-order and with second-order (delta) SE."""
    with np.errstate(divide="ignore", invalid="ignore"):
        b = data.by / data.bx
        se = data.sy / np.abs(data.bx)
        delta = np.sqrt(se * se + (b * data.sx / data.bx) ** 2)
    return Ratios(b, se, delta)


@dataclass(frozen=True, eq=False)
class Left:
    """IVW with random effects without each SNP, shape (exposures, snps)."""

    b: Array
    se: Array


def leave_one_out(data: Pairs, whole: Slope | None = None) -> Left:
    """Return the IVW estimate without each SNP, exactly, from the sums alone.

    With the full estimate ``b`` and residual ``r_j``, leaving out SNP ``j`` moves it by
    ``-w_j x_j r_j / (S - w_j x_j²)`` and Q by ``-w_j r_j² S / (S - w_j x_j²)``.

    Parameters
    ----------
    data : Pairs
    whole : Slope, optional
        What :func:`ivw` gave for the same data.
    """
    whole = whole or ivw(data)
    size = (1.0 / whole.se_fixed**2)[:, None]
    df = data.count[:, None] - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        less = size - data.wx * data.bx
        rest = data.by - whole.b[:, None] * data.bx
        b = whole.b[:, None] - data.wx * rest / less
        rest *= rest
        rest *= data.w
        q = whole.q[:, None] - rest * size / less
        se = np.sqrt(np.maximum(q / np.maximum(df, 1.0), 1.0) / less)
    if (df < 1).any():
        se = np.where(df < 1, np.sqrt(1.0 / np.where(df == 0, less, np.nan)), se)
        b = np.where(df < 0, np.nan, b)
    if data.there is not None:
        b, se = np.where(data.there, b, np.nan), np.where(data.there, se, np.nan)
    return Left(b, se)


@dataclass(frozen=True, eq=False)
class Everything:
    """Every closed form, for all exposures: see the functions of this file."""

    ivw: Slope
    egger: EggerFit
    left: Left
    strength: Strength
    steiger: Steiger | None


def everything(
    bx: Array, sx: Array, by: Array, sy: Array,
    *, n_exposure: float | None = None, n_outcome: float | None = None, block: int = 512,
) -> Everything:  # fmt: skip
    """Return every closed form, block by block so that each stays in the processor's cache.

    Parameters
    ----------
    bx, sx, by, sy : array, shape (exposures, snps)
    n_exposure, n_outcome : float, optional
        Sample sizes; without them there is no Steiger test.
    block : int
        Exposures at a time; blocks are shared out over the processor's cores.
    """

    def of_rows(start: int) -> Everything:
        rows = slice(start, start + block)
        data = pairs(bx[rows], sx[rows], by[rows], sy[rows])
        whole = ivw(data)
        way = steiger(data, n_exposure, n_outcome) if n_exposure and n_outcome else None
        return Everything(whole, egger(data), leave_one_out(data, whole), strength(data), way)

    starts = range(0, len(bx), block)
    if len(starts) == 1:
        return of_rows(0)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        joined: Everything = joined_rows(list(pool.map(of_rows, starts)))
    return joined


def joined_rows(parts: Any) -> Any:
    """Return results of the same kind as one, row under row."""
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if not hasattr(first, "__dataclass_fields__"):
        return first
    names = first.__dataclass_fields__
    return type(first)(*(joined_rows([getattr(one, name) for one in parts]) for name in names))
