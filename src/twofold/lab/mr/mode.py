"""Mode estimators: right as long as the largest group of agreeing SNPs is valid.

Hartwig 2017 (IJE 46:1985): the peak of a smoothed density of the SNPs' ratios, with
Bickel's bandwidth (2002). Where the peak lies depends on how the density is worked out,
so each way has a name: ``"exact"`` (the maximum of the density itself), ``"R before 4.4"``
and ``"R from 4.4"`` (the highest of 512 points as R's ``density()`` gives them; from 4.4
on the kernel is laid on the same grid as the data, before it was 0.1 % too wide).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.median import CELLS, LEAST_SNPS, Bootstrapped
from twofold.lab.mr.pairs import Array, Pairs
from twofold.lab.mr.tails import two_sided

Kind = Literal["simple", "weighted"]
Density = Literal["exact", "R before 4.4", "R from 4.4"]
Errors = Literal["delta", "first-order"]

POINTS = 512
CUT = 3.0
BEYOND = 4.0
STARTS, FEW_STARTS = 64, 3
"""From how many places to climb: all peaks for the estimate, the likeliest for a draw."""
STEPS = 40
NEAR = 1e-7
"""Steps shorter than this share of the bandwidth have arrived (Newton squares it once more)."""
DIRECT = 200
"""Up to so many SNPs the density is worked out at the SNPs themselves to find its peaks."""


def bandwidth(ratio: Array, phi: float = 1.0) -> Array:
    """Return the bandwidth of each row: 0.9 min(sd, 1.4826 mad) / n^(1/5), times ``phi``."""
    count = ratio.shape[-1]
    centre = np.median(ratio, -1, keepdims=True)
    mad = 1.4826 * np.median(np.abs(ratio - centre), -1)
    wide = 0.9 * np.minimum(ratio.std(-1, ddof=1), mad) / count**0.2
    found: Array = np.maximum(wide * phi, 1e-8)
    return found


def peak(
    ratio: Array, weight: Array, wide: Array, density: Density = "exact", *, starts: int = STARTS
) -> Array:
    """Return where the weighted density of each row is highest.

    Parameters
    ----------
    ratio : array, shape (rows, snps)
    weight : array, shape (snps,)
        Adds up to 1.
    wide : array, shape (rows,)
        Bandwidths.
    density : {"exact", "R before 4.4", "R from 4.4"}
    starts : int
        From how many places of high density the exact maximum is sought.
    """
    if density == "exact":
        return _climbed(ratio, weight, wide, _starts(ratio, weight, wide, starts))
    points, height = r_density(ratio, weight, wide, is_old=density == "R before 4.4")
    best = height.argmax(-1)[:, None]
    found: Array = np.take_along_axis(points, best, -1)[:, 0]
    return found


def mode(
    data: Pairs,
    kind: Kind = "weighted",
    *,
    density: Density = "exact",
    errors: Errors = "delta",
    phi: float = 1.0,
    draws: int = 1_000,
    seed: int = 1,
) -> Bootstrapped:
    """Return a mode estimate of the first exposure with its bootstrap SE.

    Parameters
    ----------
    data : Pairs
        One exposure, at least three SNPs.
    kind : {"simple", "weighted"}
    density : {"exact", "R before 4.4", "R from 4.4"}
        See the top of this file.
    errors : {"delta", "first-order"}
        SEs of the ratios, for weights and for the draws.
    phi : float
        Times the bandwidth.
    draws, seed : int
        The SE is 1.4826 times the median absolute deviation of the draws' peaks.

    Raises
    ------
    LabError
        When there are fewer than three SNPs.
    """
    if data.bx.shape[1] < LEAST_SNPS:
        raise LabError("a mode needs three SNPs or more.", remedy="Use the IVW estimate.")
    ratio = data.by[0] / data.bx[0]
    se = data.sy[0] / np.abs(data.bx[0])
    if errors == "delta":
        se = np.hypot(se, ratio * data.sx[0] / data.bx[0])
    weight = np.ones_like(se) if kind == "simple" else se**-2.0
    weight = weight / weight.sum()
    b = float(peak(ratio[None], weight, bandwidth(ratio[None], phi), density)[0])
    found = _bootstraps(ratio, se, weight, phi, density, draws, seed)
    spread = 1.4826 * float(np.median(np.abs(found - np.median(found))))
    p = float(two_sided(b / spread)) if spread > 0 else math.nan
    return Bootstrapped(b, spread, p, draws)


def _bootstraps(
    ratio: Array, se: Array, weight: Array, phi: float, density: Density, draws: int, seed: int
) -> Array:
    rng = np.random.default_rng(seed)
    cost = min(len(ratio), DIRECT) * len(ratio) if density == "exact" else 4 * POINTS
    step = max(1, CELLS // max(cost, len(ratio)))
    found = np.empty(draws)
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        drawn = ratio + se * rng.standard_normal((rows, len(ratio)))
        found[start : start + rows] = peak(
            drawn, weight, bandwidth(drawn, phi), density, starts=FEW_STARTS
        )
    return found


def _starts(ratio: Array, weight: Array, wide: Array, starts: int) -> Array:
    """Return a few places near the highest peaks, shape (rows, starts)."""
    if ratio.shape[1] > DIRECT:
        points, height = r_density(ratio, weight, wide, is_old=False)
    else:
        points, height = _at_the_snps(ratio, weight, wide)
    inner = height[:, 1:-1]
    is_top = (inner >= height[:, :-2]) & (inner >= height[:, 2:])
    top = np.concatenate([height[:, :1], np.where(is_top, inner, -1.0), height[:, -1:]], 1)
    few = min(starts, top.shape[1])
    best = np.argpartition(-top, few - 1, -1)[:, :few]
    found: Array = np.take_along_axis(points, best, -1)
    return found


def _at_the_snps(ratio: Array, weight: Array, wide: Array) -> tuple[Array, Array]:
    """Return the density at each ratio and half way between neighbours, from left to right.

    Single precision is enough here: the places are only where climbing starts.
    """
    value = np.sort(ratio, -1)
    points = np.empty((len(value), 2 * value.shape[1] - 1))
    points[:, ::2] = value
    points[:, 1::2] = (value[:, 1:] + value[:, :-1]) / 2
    scale = (wide * math.sqrt(2))[:, None]
    at, centre = ((one / scale).astype(np.float32) for one in (points, ratio))
    apart = at[:, :, None] - centre[:, None, :]
    np.multiply(apart, apart, out=apart)
    np.negative(apart, out=apart)
    height = np.exp(apart, out=apart) @ weight.astype(np.float32)
    return points, height.astype(np.float64)


def _climbed(ratio: Array, weight: Array, wide: Array, starts: Array) -> Array:
    """Climb from each start to its peak and return the highest, for each row.

    Newton's step is taken where the density is curved like a peak, and halved when it
    passed the peak; elsewhere a mean-shift step, which always climbs. Those that arrived rest.
    """
    place = starts.ravel().copy()
    height = np.full(place.shape, -1.0)
    last = np.zeros_like(place)
    going = np.arange(len(place))
    row = going // starts.shape[1]
    for _ in range(STEPS):
        apart = (ratio[row[going]] - place[going, None]) / wide[row[going], None]
        kernel = np.exp(-0.5 * apart * apart) * weight
        level, slope = kernel.sum(-1), np.einsum("rs,rs->r", kernel, apart)
        curve = np.einsum("rs,rs,rs->r", kernel, apart, apart) - level
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(curve < -1e-3 * level, -slope / curve, slope / level)
        step = np.clip(np.where(level > 0, step, 0.0), -0.5, 0.5)
        is_lower = level < height[going] * (1 - 1e-13)
        step = np.where(is_lower, -last[going] / 2, step)
        height[going] = np.maximum(level, height[going])
        last[going] = np.where(is_lower, last[going] / 2, step)
        place[going] += step * wide[row[going]]
        going = going[np.abs(step) > NEAR]
        if not len(going):
            break
    best = height.reshape(starts.shape).argmax(-1)
    found: Array = place.reshape(starts.shape)[np.arange(len(best)), best]
    return found


def r_density(ratio: Array, weight: Array, wide: Array, *, is_old: bool) -> tuple[Array, Array]:
    """Return 512 points and the density there, as R's ``density()`` works them out.

    The data are shared out linearly among a grid, convolved with a Gaussian by Fourier
    transform, and read off between the grid's points (Silverman 1982, AS 176).

    Parameters
    ----------
    ratio : array, shape (rows, snps)
    weight : array, shape (snps,)
        Adds up to 1.
    wide : array, shape (rows,)
    is_old : bool
        The kernel's grid as before R 4.4.
    """
    count = max(POINTS, 1 << math.ceil(math.log2(max(ratio.shape[1], 2))))
    low = ratio.min(-1) - CUT * wide
    high = ratio.max(-1) + CUT * wide
    left, right = low - BEYOND * wide, high + BEYOND * wide
    gap = (right - left) / (count - 1)
    shared = _shared_out(ratio, weight, left, gap, count)
    step = 2 * (right - left) / (2 * count - 1) if is_old else gap
    at = np.arange(count + 1) * (step / wide)[:, None]
    half = np.exp(-0.5 * at * at) / (wide[:, None] * math.sqrt(2 * math.pi))
    kernel = np.concatenate([half, half[:, -2:0:-1]], 1)
    turned = np.fft.irfft(np.fft.rfft(shared) * np.fft.rfft(kernel).real, 2 * count)
    height = np.maximum(turned[:, :count], 0.0)
    points = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, POINTS)
    return points, _between(points, height, left, gap)


def _shared_out(ratio: Array, weight: Array, left: Array, gap: Array, count: int) -> Array:
    rows = len(ratio)
    place = (ratio - left[:, None]) / gap[:, None]
    below = np.clip(np.floor(place).astype(np.intp), 0, count - 2)
    part = place - below
    first = (np.arange(rows)[:, None] * 2 * count + below).ravel()
    cells = rows * 2 * count
    shared: Array = np.bincount(first, (weight * (1 - part)).ravel(), cells).astype(np.float64)
    shared += np.bincount(first + 1, (weight * part).ravel(), cells)
    return shared.reshape((rows, 2 * count))


def _between(points: Array, height: Array, left: Array, gap: Array) -> Array:
    place = (points - left[:, None]) / gap[:, None]
    below = np.clip(np.floor(place).astype(np.intp), 0, height.shape[1] - 2)
    part = place - below
    first = np.take_along_axis(height, below, -1)
    found: Array = first + (np.take_along_axis(height, below + 1, -1) - first) * part
    return found
