"""Contamination mixture: the effect on which the largest group of SNPs agrees.

Burgess 2020 (Nat Commun 11:376). The profile likelihood is a parabola between the slopes
at which a SNP joins or leaves the group, so maximum and interval are found exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.mr.pairs import Array, Mask

CHI2_95 = 3.841458820694124
WIDEST = 1e12


@dataclass(frozen=True, eq=False)
class Contaminated:
    """The estimate of one exposure.

    Parameters
    ----------
    b : float
    ranges : tuple of (low, high)
        The 95 % interval; more than one range when groups of SNPs say different things.
    valid : array of bool, shape (snps,)
        Which SNPs belong to the group.
    spread : float
        Standard deviation that is taken for the other SNPs' effects.
    sigma : float
        Residual standard error of the group, at least 1.
    p : float
        Likelihood ratio test of no effect.
    """

    b: float
    ranges: tuple[tuple[float, float], ...]
    valid: Mask
    spread: float
    sigma: float
    p: float


def contamination(bx: Array, by: Array, sy: Array, *, spread: float | None = None) -> Contaminated:
    """Return the estimate of the largest group of SNPs that agree.

    Parameters
    ----------
    bx, by, sy : array, shape (snps,)
        At least three SNPs.
    spread : float, optional
        Of the invalid SNPs' effects; 1.5 standard deviations of the ratios when not given.
    """
    ratio, se = by / bx, sy / np.abs(bx)
    spread = 1.5 * float(ratio.std(ddof=1)) if spread is None else spread
    wide = spread**2 + se**2
    out = -0.5 * ratio**2 / wide - 0.5 * np.log(wide)
    reach = np.sqrt(np.maximum(-2.0 * (out + np.log(se)), 0.0)) * se
    starts, curves = _parabolas(ratio, se, out, reach)
    tops, heights = _tops(starts, curves)
    best = int(np.argmax(heights))
    b = float(tops[best])
    valid = np.abs(b - ratio) <= reach * (1 + 1e-12)
    sigma = _sigma(ratio[valid], se[valid])
    line = float(heights[best]) - 0.5 * CHI2_95 * sigma**2
    at_zero = _height(np.searchsorted(starts, 0.0, side="right") - 1, 0.0, curves)
    p = _tail(2.0 * (float(heights[best]) - at_zero) / sigma**2)
    return Contaminated(b, _above(starts, curves, line), valid, spread, sigma, p)


def _parabolas(ratio: Array, se: Array, out: Array, reach: Array) -> tuple[Array, Array]:
    """Return where each piece starts, and the three numbers of its parabola, (pieces, 3)."""
    members = reach > 0
    weight = se[members] ** -2.0
    r = ratio[members]
    joins = np.column_stack([
        -0.5 * weight, weight * r, -0.5 * weight * r**2 - np.log(se[members]) - out[members],
    ])  # fmt: skip
    places = np.concatenate([r - reach[members], r + reach[members]])
    order = np.argsort(places, kind="stable")
    steps = np.concatenate([joins, -joins])[order]
    curves = np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
    curves[:, 2] += out.sum()
    return np.concatenate([[-WIDEST], places[order]]), curves


def _tops(starts: Array, curves: Array) -> tuple[Array, Array]:
    """Return each piece's best slope, held inside the piece, and how high it is there."""
    ends = np.append(starts[1:], WIDEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        peak = np.where(curves[:, 0] < 0, -curves[:, 1] / (2.0 * curves[:, 0]), 0.0)
    tops = np.clip(peak, starts, ends)
    is_flat = ~(curves[:, 0] < -1e-9 * np.abs(curves[:, 0]).max())
    heights = (curves[:, 0] * tops + curves[:, 1]) * tops + curves[:, 2]
    return tops, np.where(is_flat, -np.inf, heights)


def _height(piece: int | np.integer, slope: float, curves: Array) -> float:
    a, b, c = curves[piece]
    return float((a * slope + b) * slope + c)


def _sigma(ratio: Array, se: Array) -> float:
    """Return the residual standard error of the group about its own mean."""
    if len(ratio) < 2:
        return 1.0
    mean = np.average(ratio, weights=se**-2.0)
    return max(1.0, float(np.sqrt(np.sum(((ratio - mean) / se) ** 2) / (len(ratio) - 1))))


def _above(starts: Array, curves: Array, line: float) -> tuple[tuple[float, float], ...]:
    """Return the slopes whose likelihood lies above a line."""
    ends = np.append(starts[1:], WIDEST)
    found: list[tuple[float, float]] = []
    for low, high, (a, b, c) in zip(starts, ends, curves, strict=True):
        root = b * b - 4.0 * a * (c - line)
        if a >= 0 or root <= 0:
            continue
        far = np.sqrt(root) / (-2.0 * a)
        middle = -b / (2.0 * a)
        left, right = max(low, middle - far), min(high, middle + far)
        if left >= right:
            continue
        if found and left <= found[-1][1] * (1 + 1e-12) + 1e-15:
            found[-1] = (found[-1][0], float(right))
        else:
            found.append((float(left), float(right)))
    return tuple(found)


def _tail(chi2: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(1, max(chi2, 0.0)))
