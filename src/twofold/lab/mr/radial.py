"""Radial regression: which SNPs pull the estimate away from the others?

Bowden 2018 (IJE 47:1264). Each SNP is a point (√W, ratio · √W); the radial IVW is a line
through zero, radial MR-Egger one with an intercept, and each SNP's share of Q tells
whether it is an outlier. The weights have names: first-order, second-order, and modified
second-order, which contain the slope and are therefore iterated (Bowden 2019, IJE 48:728).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array, Mask, Pairs
from twofold.lab.mr.tails import chi2_p, p_of

Weights = Literal["first-order", "second-order", "modified"]
STEPS = 200
TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Radial:
    """A radial line through one exposure's SNPs.

    Parameters
    ----------
    b, se, p : float
        Slope; ``p`` normal for IVW, t for Egger.
    intercept, intercept_se, intercept_p : float
        0, ``nan``, ``nan`` for the IVW line.
    q, df : float
        Heterogeneity about the line.
    x, y : array, shape (snps,)
        √W and ratio · √W.
    shares, shares_p : array, shape (snps,)
        Each SNP's part of Q, and its p-value (χ² with one degree of freedom).
    outliers : array of bool, shape (snps,)
    """

    b: float
    se: float
    p: float
    intercept: float
    intercept_se: float
    intercept_p: float
    q: float
    df: float
    x: Array
    y: Array
    shares: Array
    shares_p: Array
    outliers: Mask


def radial_ivw(
    data: Pairs, *, weights: Weights = "modified", alpha: float = 0.05, floor: bool = True
) -> Radial:
    """Return the radial IVW line of the first exposure.

    Parameters
    ----------
    data : Pairs
    weights : {"first-order", "second-order", "modified"}
        With ``"modified"`` weights and slope are worked out in turns until they agree.
    alpha : float
        A SNP is an outlier when its share's p-value is below this.
    floor : bool
        The SE is never below the fixed-effect one.
    """
    ratio = data.by[0] / data.bx[0]
    weight = _weights(data, weights, 0.0)
    b = _line(weight, ratio)
    if weights == "modified":
        b = _line(_weights(data, "first-order", 0.0), ratio)
        for _ in range(STEPS):
            weight = _weights(data, weights, b)
            before, b = b, _line(weight, ratio)
            if abs(b - before) <= TOLERANCE * (abs(b) + TOLERANCE):
                break
    shares = weight * (ratio - b) ** 2
    q, df = float(shares.sum()), float(len(ratio) - 1)
    sigma2 = q / df if df else 1.0
    se = float(np.sqrt((max(sigma2, 1.0) if floor else sigma2) / weight.sum()))
    p = float(p_of(np.asarray(b / se), np.asarray(df), "normal"))
    line = (b, se, p, 0.0, np.nan, np.nan)
    return _radial(line, q, df, weight, ratio, shares, alpha)


def radial_egger(data: Pairs, *, weights: Weights = "modified", alpha: float = 0.05) -> Radial:
    """Return the radial MR-Egger line of the first exposure; see :func:`radial_ivw`.

    Raises
    ------
    LabError
        When there are fewer than three SNPs.
    """
    if data.bx.shape[1] < 3:
        raise LabError("radial MR-Egger needs three SNPs or more.")
    ratio = data.by[0] / data.bx[0]
    slope = radial_ivw(data, weights=weights).b if weights == "modified" else 0.0
    weight = _weights(data, weights, slope)
    x = np.sqrt(weight)
    y = ratio * x
    dx = x - x.mean()
    b = float(dx @ y / (dx @ dx))
    at_zero = float(y.mean() - b * x.mean())
    shares = (y - at_zero - b * x) ** 2
    q, df = float(shares.sum()), float(len(ratio) - 2)
    sigma = np.sqrt(q / df)
    se = float(sigma / np.sqrt(dx @ dx))
    se_zero = float(sigma * np.sqrt(1 / len(x) + x.mean() ** 2 / (dx @ dx)))
    p, p_zero = (
        float(p_of(np.asarray(value), np.asarray(df), "t")) for value in (b / se, at_zero / se_zero)
    )
    return _radial((b, se, p, at_zero, se_zero, p_zero), q, df, weight, ratio, shares, alpha)


def _weights(data: Pairs, name: Weights, slope: float) -> Array:
    bx, sx, by, sy = data.bx[0], data.sx[0], data.by[0], data.sy[0]
    variance = (sy / bx) ** 2
    if name == "second-order":
        variance = variance + (by * sx / bx**2) ** 2
    elif name == "modified":
        variance = variance + (slope * sx / bx) ** 2
    elif name != "first-order":
        raise LabError(f"there are no weights {name!r}.")
    found: Array = 1.0 / variance
    return found


def _line(weight: Array, ratio: Array) -> float:
    return float((weight * ratio).sum() / weight.sum())


def _radial(
    line: tuple[float, float, float, float, float, float],
    q: float,
    df: float,
    weight: Array,
    ratio: Array,
    shares: Array,
    alpha: float,
) -> Radial:
    p = chi2_p(shares, np.ones_like(shares))
    x = np.sqrt(weight)
    return Radial(*line, q, df, x, ratio * x, shares, p, p < alpha)
