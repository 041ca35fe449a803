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
    sx, sy = data.sx, data.sy
    if data.there is not None:
        sx, sy = np.where(data.there, sx, 1.0), np.where(data.there, sy, 1.0)
    inverse = 1.0 / sx
    z = data.bx * inverse
    f = z * z
    size, share = np.abs(data.bx), sy * inverse
    weight, other = inverse * inverse, share * share
    if data.there is not None:
        weight, other = np.where(data.there, weight, 0.0), np.where(data.there, other, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = f.sum(1) / data.count
        plain = _i2(size, weight, data.count)
        weighted = _i2(size / sy, other, data.count)
    least = f if data.there is None else np.where(data.there, f, np.inf)
    return Strength(mean, least.min(1), plain, weighted)


def _i2(value: Array, weight: Array, count: Array) -> Array:
    mean = dot(value, weight) / weight.sum(1)
    rest = value - mean[:, None]
    q = dot(rest * weight, rest)
    return np.maximum(0.0, (q - (count - 1)) / q)
