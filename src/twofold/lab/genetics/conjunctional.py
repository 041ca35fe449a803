"""Which SNPs belong to both traits: the conjunctional false discovery rate, and how false it is.

Given that a SNP is at most p₂ in the second trait, the chance that it is
nothing in the first is at most p₁ / F(p₁ | P₂ ≤ p₂), F being how common so
small a p₁ is among such SNPs. The conjunctional rate is the larger of both
directions (Andreassen et al. 2013, PLoS Genetics 9:e1003455). It takes the two
studies' errors to be independent; people who are in both make it too small.

It is the rate of a corner of the plane. Calling every SNP whose own corner is
below a limit calls the union of many corners, and of those more are false than
the limit says (Liley and Wallace 2015, PLoS Genetics 11:e1004926). So the share
of false ones among those called is worked out as well, by drawing the p-values
that a SNP of one trait alone would have.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.genetics.byte_columns import Whole
from twofold.lab.genetics.dominance import Points
from twofold.lab.tables import Column

PRUNINGS = 10
NULL_DRAWS = 10
FEWEST = 1000
HIGHEST_RATE = 0.2


def conjunctional_fdr(
    p1: Column, p2: Column, *, blocks: Whole | None = None, prunings: int = PRUNINGS, seed: int = 1
) -> Column:
    """Return the conjunctional false discovery rate of each SNP.

    Parameters
    ----------
    p1, p2 : array, shape (SNPs,)
        Two-sided p-values of the same SNPs in two traits.
    blocks : array of int, optional
        The stretch of genome of each SNP. How common small p-values are is
        counted on one random SNP of each stretch, ``prunings`` times, so that a
        long stretch of correlated SNPs does not count many times.
    prunings : int
    seed : int

    Returns
    -------
    array, shape (SNPs,)
        From 0 to 1.

    Raises
    ------
    LabError
        When p-values are not between 0 and 1, or there are under 1,000 SNPs
        (or stretches) to count on.
    """
    one, two = conditional_fdr(p1, p2, blocks=blocks, prunings=prunings, seed=seed)
    return np.maximum(one, two)


def conditional_fdr(
    p1: Column, p2: Column, *, blocks: Whole | None = None, prunings: int = PRUNINGS, seed: int = 1
) -> tuple[Column, Column]:
    """Return the rate of the first trait given the second, and of the second given the first.

    Parameters and errors as for ``conjunctional_fdr``.
    """
    _refuse_bad(p1, p2, blocks)
    return _rates(_counted(p1, p2, blocks, prunings, seed), p1, p2)


def false_shares(
    p1: Column, p2: Column, *, blocks: Whole | None = None, prunings: int = PRUNINGS, seed: int = 1
) -> tuple[Column, Column]:
    """Return each SNP's conjunctional rate, and the share that is false when it is called.

    The share is that of all SNPs with a rate as low or lower. SNPs that are
    nothing in the first trait are drawn with a uniform p₁ and the p₂ that are
    there, and the other way round; those that are nothing in both would be
    counted twice and are taken off. All SNPs count as if they could be such,
    so the share is rather too large.

    Parameters and errors as for ``conjunctional_fdr``.

    Returns
    -------
    rate, share : array, shape (SNPs,)
        Both from 0 to 1; rates above 0.2 are given a share of 1.
    """
    _refuse_bad(p1, p2, blocks)
    counted = _counted(p1, p2, blocks, prunings, seed)
    rate = np.maximum(*_rates(counted, p1, p2))
    rng = np.random.default_rng(seed)
    called = np.sort(rate)
    false = np.zeros(len(p1))
    for _ in range(NULL_DRAWS):
        u1, u2 = rng.uniform(size=(2, len(p1)))
        for q1, q2, sign in ((u1, p2, 1), (p1, u2, 1), (u1, u2, -1)):
            drawn = _rates_below(counted, q1, q2)
            false += sign * np.searchsorted(drawn, called, side="right") / NULL_DRAWS
    share = np.clip(false / np.searchsorted(called, called, side="right"), 0, 1)
    share[called > HIGHEST_RATE] = 1
    share = np.minimum.accumulate(share[::-1])[::-1]
    return rate, share[np.searchsorted(called, rate)]


def _rates_below(counted: Sequence[Points], p1: Column, p2: Column) -> Column:
    """Return the conjunctional rates of points up to 0.2, sorted; no rate is below its own p."""
    low = np.flatnonzero(np.maximum(p1, p2) <= HIGHEST_RATE)
    return np.sort(np.maximum(*_rates(counted, p1[low], p2[low])))


def _rates(counted: Sequence[Points], p1: Column, p2: Column) -> tuple[Column, Column]:
    below, first, second = (np.zeros(len(p1)) for _ in range(3))
    for points in counted:
        size = len(points.x)
        below += points.below(p1, p2) / size
        first += points.first_below(p1) / size
        second += points.second_below(p2) / size
    # Where nothing counted lies so low, the SNP's own p says all.
    with np.errstate(divide="ignore", invalid="ignore"):
        given_second = np.where(below > 0, p1 * second / below, p1 * np.maximum(second, 1))
        given_first = np.where(below > 0, p2 * first / below, p2 * np.maximum(first, 1))
    return np.minimum(given_second, 1), np.minimum(given_first, 1)


def _counted(
    p1: Column, p2: Column, blocks: Whole | None, prunings: int, seed: int
) -> list[Points]:  # fmt: skip
    return [Points.of(p1[rows], p2[rows]) for rows in _pruned(len(p1), blocks, prunings, seed)]


def _refuse_bad(p1: Column, p2: Column, blocks: Whole | None) -> None:
    for name, p in (("first", p1), ("second", p2)):
        bad = np.flatnonzero(~((p >= 0) & (p <= 1)))
        if len(bad):
            raise LabError(
                f"row {bad[0] + 1}: p of the {name} trait is {p[bad[0]]:g}.",
                remedy="p-values lie between 0 and 1; leave the row out.",
            )
    counted = len(p1) if blocks is None else len(np.unique(blocks))
    if counted < FEWEST:
        raise LabError(
            f"{counted:,} SNPs or stretches are too few to count how common small p-values are.",
            remedy="Give genome-wide tables, not the strongest SNPs alone.",
        )


def _pruned(
    rows: int, blocks: Whole | None, prunings: int, seed: int
) -> list[NDArray[np.int64]]:  # fmt: skip
    if blocks is None:
        return [np.arange(rows)]
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(prunings):
        order = rng.permutation(rows)
        drawn.append(np.sort(order[np.unique(blocks[order], return_index=True)[1]]))
    return drawn


def null_correlation(z1: Column, z2: Column) -> float:
    """Return the correlation of the errors: far from 0, people are in both studies.

    From SNPs with |z| below 1 in both traits, whose correlation is smaller than
    that of all errors; the bivariate normal says by how much. A warning light:
    the intercept of the covariance in LD score regression is the estimate.
    """
    small = (np.abs(z1) < 1) & (np.abs(z2) < 1)
    if np.count_nonzero(small) < FEWEST:
        return float("nan")
    truths = np.linspace(-0.98, 0.98, 99)
    seen = np.array([_within_one(truth) for truth in truths])
    return float(np.interp(np.corrcoef(z1[small], z2[small])[0, 1], seen, truths))


def _within_one(correlation: float) -> float:
    """Return the correlation of a bivariate normal in the square from −1 to 1, by midpoints."""
    x = (np.arange(80) + 0.5) / 40 - 1
    a, b = np.meshgrid(x, x)
    density = np.exp(-(a**2 - 2 * correlation * a * b + b**2) / (2 * (1 - correlation**2)))
    return float((density * a * b).sum() / (density * a**2).sum())
