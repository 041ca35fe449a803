"""Median estimators: right as long as half of the SNPs (or half of the weight) are valid.

Bowden 2016 (Genet Epidemiol 40:304). Two conventions of weights are in use and give
other numbers, so each has a name: ``"first-order"`` (1 / (sy / bx)², the R package
MendelianRandomization) and ``"delta"`` (second-order, the R package TwoSampleMR).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array, Pairs
from twofold.lab.mr.tails import chi2_p, two_sided

Weights = Literal["first-order", "delta"]
Kind = Literal["simple", "weighted", "penalised"]

KINDS: tuple[Kind, ...] = ("simple", "weighted", "penalised")
PENALTY = 20.0
"""How many times a SNP's heterogeneity p-value its weight is at most (Bowden 2016)."""
LEAST_SNPS = 3
CELLS = 400_000
"""Numbers a block of bootstraps may hold, so that it stays in the processor's cache."""


@dataclass(frozen=True)
class Bootstrapped:
    """One estimate whose SE comes from a parametric bootstrap.

    Parameters
    ----------
    b, se, p : float
        ``p`` two-sided, normal.
    draws : int
        Bootstraps.
    """

    b: float
    se: float
    p: float
    draws: int


def weighted_median(ratio: Array, weight: Array) -> Array:
    """Return the weighted median along the last axis, between neighbours where it falls there.

    Parameters
    ----------
    ratio : array, shape (..., snps)
    weight : array, shape (snps,) or (..., snps)

    Examples
    --------
    >>> float(weighted_median(np.array([3.0, 1.0, 2.0]), np.ones(3)))
    2.0
    """
    order = ratio.argsort(-1)
    value = np.take_along_axis(ratio, order, -1)
    share = weight[order] if weight.ndim == 1 else np.take_along_axis(weight, order, -1)
    middle = share.cumsum(-1)
    half = middle[..., -1:] / 2
    middle -= share / 2
    below = np.maximum((middle < half).sum(-1, keepdims=True) - 1, 0)
    above = np.minimum(below + 1, value.shape[-1] - 1)
    low, high = (np.take_along_axis(middle, at, -1) for at in (below, above))
    first, second = (np.take_along_axis(value, at, -1) for at in (below, above))
    with np.errstate(divide="ignore", invalid="ignore"):
        way = np.clip(np.where(high > low, (half - low) / (high - low), 0.0), 0.0, 1.0)
    found: Array = (first + (second - first) * way)[..., 0]
    return found


def weights(data: Pairs, kind: Kind, convention: Weights = "first-order") -> Array:
    """Return the weight of each SNP of the first exposure, shape (snps,)."""
    bx, sx, by, sy = data.bx[0], data.sx[0], data.by[0], data.sy[0]
    if kind == "simple":
        return np.ones_like(bx)
    variance = (sy / bx) ** 2
    if convention == "delta":
        variance = variance + (by * sx / bx**2) ** 2
    plain: Array = 1.0 / variance
    if kind == "weighted":
        return plain
    ratio = by / bx
    about = weighted_median(ratio, plain)
    penalty = chi2_p(plain * (ratio - about) ** 2, np.ones_like(ratio))
    penalised: Array = plain * np.minimum(1.0, PENALTY * penalty)
    return penalised


def median(
    data: Pairs,
    kind: Kind = "weighted",
    *,
    convention: Weights = "first-order",
    draws: int = 1_000,
    seed: int = 1,
) -> Bootstrapped:
    """Return a median estimate of the first exposure with its bootstrap SE.

    Parameters
    ----------
    data : Pairs
        One exposure, at least three SNPs.
    kind : {"simple", "weighted", "penalised"}
    convention : {"first-order", "delta"}
        See the top of this file.
    draws, seed : int
        Each draw moves both effects of each SNP by their SE; the weights stay.

    Raises
    ------
    LabError
        When there are fewer than three SNPs.
    """
    if data.bx.shape[1] < LEAST_SNPS:
        raise LabError("a median needs three SNPs or more.", remedy="Use the IVW estimate.")
    weight = weights(data, kind, convention)
    b = float(weighted_median(data.by[0] / data.bx[0], weight))
    se = float(np.std(_bootstraps(data, [weight], draws, seed)[0], ddof=1))
    return Bootstrapped(b, se, float(two_sided(b / se)), draws)


def medians(
    data: Pairs, *, convention: Weights = "first-order", draws: int = 1_000, seed: int = 1
) -> dict[Kind, Bootstrapped]:
    """Return all three medians from the same draws."""
    if data.bx.shape[1] < LEAST_SNPS:
        raise LabError("a median needs three SNPs or more.", remedy="Use the IVW estimate.")
    every = [weights(data, kind, convention) for kind in KINDS]
    ratio = data.by[0] / data.bx[0]
    values = [float(weighted_median(ratio, weight)) for weight in every]
    errors = np.std(_bootstraps(data, every, draws, seed), axis=1, ddof=1)
    return {
        kind: Bootstrapped(b, float(se), float(two_sided(b / se)), draws)
        for kind, b, se in zip(KINDS, values, errors, strict=True)
    }


def _bootstraps(data: Pairs, every: list[Array], draws: int, seed: int) -> Array:
    """Return (kinds, draws) medians of redrawn ratios."""
    rng = np.random.default_rng(seed)
    snps = data.bx.shape[1]
    centre, scale = (
        np.stack(two)[:, None] for two in ((data.by[0], data.bx[0]), (data.sy[0], data.sx[0]))
    )
    found = np.empty((len(every), draws))
    step = max(1, CELLS // (2 * snps))
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        noise = rng.standard_normal((2, rows, snps))
        noise *= scale
        noise += centre
        ratio = np.divide(noise[0], noise[1], out=noise[0])
        order = ratio.argsort(-1)
        value = ratio.ravel()[order + np.arange(0, rows * snps, snps)[:, None]]
        for place, weight in enumerate(every):
            found[place, start : start + rows] = _of_sorted(value, weight[order])
    return found


def _of_sorted(value: Array, share: Array) -> Array:
    """Return the weighted median of rows that are sorted already."""
    middle = share.cumsum(-1)
    half = middle[:, -1] / 2
    share *= 0.5
    middle -= share
    rows = np.arange(len(value))
    above = np.clip((middle >= half[:, None]).argmax(-1), 1, value.shape[1] - 1)
    below = above - 1
    low, high = middle[rows, below], middle[rows, above]
    way = np.clip((half - low) / np.where(high > low, high - low, 1.0), 0.0, 1.0)
    first = value[rows, below]
    found: Array = first + (value[rows, above] - first) * way
    return found
