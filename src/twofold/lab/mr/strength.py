"""Are the instruments strong enough? F statistics and I²_GX (Bowden 2016, IJE 45:1961)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.mr.pairs import Array, Pairs, dot


@dataclass(frozen=True, eq=False)
class Strength:
    """How strong the instruments are, each shape (exposures,).

    Parameters
    ----------
    mean_f, least_f : array
        Mean and least F statistic, ``(bx / sx)²``.
    i2_gx, i2_gx_weighted : array
        How little measurement error flattens MR-Egger's slope (1 = not at all).
    """

    mean_f: Array
    least_f: Array
    i2_gx: Array
    i2_gx_weighted: Array


def strength(data: Pairs) -> Strength:
    """Return F statistics and I²_GX, unweighted and weighted by the outcome's SE."""
    there = np.ones_like(data.bx, dtype=bool) if data.there is None else data.there
    sx, sy = np.where(there, data.sx, 1.0), np.where(there, data.sy, 1.0)
    f = (data.bx / sx) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = f.sum(1) / data.count
        size = np.abs(data.bx)
        plain = _i2(size, np.where(there, 1.0 / sx**2, 0.0), data.count)
        weighted = _i2(size / sy, np.where(there, (sy / sx) ** 2, 0.0), data.count)
    return Strength(mean, np.where(there, f, np.inf).min(1), plain, weighted)


def _i2(value: Array, weight: Array, count: Array) -> Array:
    mean = dot(value, weight) / weight.sum(1)
    rest = value - mean[:, None]
    q = dot(rest * weight, rest)
    return np.maximum(0.0, (q - (count - 1)) / q)
