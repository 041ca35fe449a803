"""Heritability and genetic correlation from summary statistics, by LD score regression.

A SNP that tags more of its neighbourhood has, on average, a larger χ² when a
trait is polygenic: E[χ²] = N h² ℓ / M + intercept. The slope holds the
heritability, the intercept what is not polygenic. For two traits,
E[z₁z₂] = √(N₁N₂) ρ ℓ / M + intercept, and r_g = ρ / √(h₁² h₂²).

Own code from the formulas in Bulik-Sullivan et al. 2015, Nature Genetics 47:291
(heritability, weights, two-step estimator) and 47:1236 (genetic correlation,
its weights, overlap of samples), and Finucane et al. 2015, Nature Genetics
47:1228 (several annotations).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.block_jackknife import (
    Jackknifed,
    Matrix,
    block_sums,
    covariance,
    edges_of,
    jackknife,
    solved,
)
from twofold.lab.genetics.byte_columns import Mask, Whole
from twofold.lab.tables import Column

BLOCKS = 200
TWO_STEP = 30.0
"""χ² above which a SNP does not help to fix the intercept (first step)."""
REWEIGHTINGS = 2
Variance = Callable[[float, float, "Mask | None"], Column]


@dataclass(frozen=True)
class Regression:
    """A fitted line of products of z over LD scores.

    Parameters
    ----------
    slopes : Jackknifed
        Heritability (or genetic covariance) carried by each annotation.
    intercept : float
    intercept_se : float or None
        ``None`` where the intercept was given.
    snps : int
    mean : float
        Of the products: the mean χ² for one trait.
    beyond_first_step : int
        SNPs that did not help to fix the intercept.
    """

    slopes: Jackknifed
    intercept: float
    intercept_se: float | None
    snps: int
    mean: float
    beyond_first_step: int = 0

    @property
    def total(self) -> float:
        """Sum over the annotations."""
        return float(self.slopes.estimate.sum())

    @property
    def total_se(self) -> float:
        """Standard error of the total."""
        return float(np.sqrt(self.slopes.covariance.sum()))

    @property
    def total_without(self) -> Column:
        """The total without each block."""
        return np.asarray(self.slopes.without.sum(axis=1))

    @property
    def ratio(self) -> tuple[float, float | None] | None:
        """Share of the mean χ² above 1 that is not polygenic, and its standard error.

        ``None`` where the mean χ² is not above 1.
        """
        if self.mean <= 1:
            return None
        above = self.mean - 1
        se = None if self.intercept_se is None else self.intercept_se / above
        return (self.intercept - 1) / above, se


@dataclass(frozen=True)
class Correlation:
    """The genetic correlation of two traits, and what it is made of."""

    value: float
    se: float
    covariance: Regression
    first: Regression
    second: Regression


def heritability(
    chi2: Column, scores: Matrix, weights: Column, n: Column, counts: Column, *,
    blocks: int = BLOCKS, intercept: float | None = None, two_step: float | None = TWO_STEP,
) -> Regression:  # fmt: skip
    """Return the SNP heritability on the observed scale.

    Parameters
    ----------
    chi2, n, weights : array, shape (SNPs,)
        z², sample sizes, and LD scores over the SNPs of the regression; in genome order.
    scores : array, shape (SNPs, annotations)
        LD scores.
    counts : array, shape (annotations,)
        SNPs over which the scores were summed.
    blocks : int
        Of the jackknife.
    intercept : float, optional
        Held at this value instead of estimated.
    two_step : float or None
        The intercept comes from SNPs with χ² below it. Not with several
        annotations, nor with a given intercept, as in the source.

    Returns
    -------
    Regression

    Raises
    ------
    LabError
        When there are too few SNPs, or annotations cannot be told apart.
    """
    every = counts.sum()
    total = scores.sum(axis=1)
    start = _aggregate(chi2, total * n, every, 1.0 if intercept is None else intercept)

    per_heritability = n * np.maximum(total, 1.0) / every

    def variance(slope: float, cut: float, some: Mask | None) -> Column:
        expected = per_heritability if some is None else per_heritability[some]
        expected = expected * min(max(slope, 0.0), 1.0) + cut
        expected *= expected
        return np.asarray(2 * expected)

    step = None if intercept is not None or scores.shape[1] > 1 else two_step
    first = None if step is None else chi2 < step
    return _fitted(chi2, scores, weights, n, counts, variance, start,
                   1.0 if intercept is None else intercept, blocks, intercept, first)  # fmt: skip


def genetic_covariance(
    z1: Column, z2: Column, scores: Matrix, weights: Column, n1: Column, n2: Column,
    counts: Column, first: Regression, second: Regression, *, blocks: int = BLOCKS,
    intercept: float | None = None, two_step: float | None = TWO_STEP,
) -> Regression:  # fmt: skip
    """Return the genetic covariance of two traits on the observed scale.

    Parameters
    ----------
    z1, z2 : array, shape (SNPs,)
        Of the same allele in both traits.
    first, second : Regression
        The heritabilities of both, for the weights.

    Others as for ``heritability``; SNPs help to fix the intercept when the χ²
    of both traits are below ``two_step``.
    """
    every, n = counts.sum(), np.sqrt(n1 * n2)
    total, products = scores.sum(axis=1), z1 * z2
    start = _aggregate(products, total * n, every, 0.0 if intercept is None else intercept)

    ld = np.maximum(total, 1.0) / every
    both = first.intercept + n1 * ld * min(max(first.total, 0.0), 1.0)
    both *= second.intercept + n2 * ld * min(max(second.total, 0.0), 1.0)
    per_covariance = n * ld

    def variance(slope: float, cut: float, some: Mask | None) -> Column:
        parts = (per_covariance, both)
        shared, own = parts if some is None else (one[some] for one in parts)
        shared = shared * min(max(slope, -1.0), 1.0) + cut
        shared *= shared
        shared += own
        return np.asarray(shared)

    step = None if intercept is not None or scores.shape[1] > 1 else two_step
    low = None if step is None else (z1**2 < step) & (z2**2 < step)
    return _fitted(products, scores, weights, n, counts, variance, start,
                   0.0 if intercept is None else intercept, blocks, intercept, low)  # fmt: skip


def genetic_correlation(
    z1: Column, z2: Column, scores: Matrix, weights: Column, n1: Column, n2: Column,
    counts: Column, *, blocks: int = BLOCKS,
    intercepts: tuple[float | None, float | None, float | None] = (None, None, None),
    two_step: float | None = TWO_STEP,
) -> Correlation:  # fmt: skip
    """Return the genetic correlation of two traits with its jackknife standard error.

    Parameters
    ----------
    intercepts : (float or None, float or None, float or None)
        Of the first trait, the second, and their covariance, where they are given.

    Others as for ``genetic_covariance``. Value and error are ``nan`` where a
    heritability is not above 0.
    """

    def of_trait(z: Column, n: Column, given: float | None) -> Regression:
        return heritability(
            z**2, scores, weights, n, counts, blocks=blocks, intercept=given, two_step=two_step
        )

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(of_trait, (z1, z2), (n1, n2), intercepts[:2])
    shared = genetic_covariance(
        z1, z2, scores, weights, n1, n2, counts, first, second, blocks=blocks,
        intercept=intercepts[2], two_step=two_step,
    )  # fmt: skip
    if first.total <= 0 or second.total <= 0:
        return Correlation(np.nan, np.nan, shared, first, second)
    value = shared.total / np.sqrt(first.total * second.total)
    product = first.total_without * second.total_without
    if (product <= 0).any():
        return Correlation(float(value), np.nan, shared, first, second)
    without = shared.total_without / np.sqrt(product)
    se = np.sqrt(covariance(np.array([value]), without[:, None])[0, 0])
    return Correlation(float(value), float(se), shared, first, second)


def liability_factor(share_of_cases: float, prevalence: float) -> float:
    """Return by what an observed-scale heritability is multiplied to stand on the liability scale.

    K²(1−K)² / (P(1−P) φ(t)²) with P the share of cases in the study, K the
    prevalence in the population and t the threshold of liability (Lee et al.
    2011, American Journal of Human Genetics 88:294, formula 23).

    >>> round(liability_factor(0.5, 0.01), 4)
    0.5519

    Raises
    ------
    LabError
        When either is not between 0 and 1.
    """
    from scipy.special import ndtri

    if not (0 < share_of_cases < 1 and 0 < prevalence < 1):
        raise LabError(
            "the share of cases and the prevalence must be above 0 and below 1.",
            remedy="Give 0.15 for 15 of 100.",
        )
    height = np.exp(-(ndtri(prevalence) ** 2) / 2) / np.sqrt(2 * np.pi)
    spread = prevalence * (1 - prevalence)
    return float(spread**2 / (share_of_cases * (1 - share_of_cases) * height**2))


def _aggregate(products: Column, sizes: Column, count: float, cut: float) -> float:
    """Return the slope that the means alone give, to start the weights from."""
    return float(count * (products.mean() - cut) / sizes.mean())


def _fitted(
    y: Column, scores: Matrix, weights: Column, n: Column, counts: Column, variance: Variance,
    start: float, start_cut: float, blocks: int, given: float | None, first: Mask | None,
) -> Regression:  # fmt: skip
    """Return the line, in two steps where ``first`` says which SNPs fix the intercept."""
    middle = float(n.mean())
    X = np.ascontiguousarray(scores.T) * (n / middle)
    counting = 1 / np.maximum(weights, 1.0)
    weight = counting / variance(start, start_cut, None)
    edges = edges_of(len(y), blocks)
    to_total = float(counts.sum()) / middle
    mean = float(y.mean())
    if given is not None:
        slope = _iterated(X, y - given, weight, edges, counting, variance, to_total, given, None)
        return Regression(_scaled(slope, counts / middle), given, None, len(y), mean)
    ones = np.ones((1, len(y)))
    if first is None or first.all():
        fit = _iterated(np.vstack((X, ones)), y, weight, edges, counting, variance, to_total, None)
        return _with_intercept(fit, counts / middle, len(y), mean)
    return _two_steps(X, y, weight, counting, variance, to_total, first, blocks,
                      counts / middle, mean)  # fmt: skip


def _iterated(
    X: Matrix, y: Column, weight: Column, edges: Whole, counting: Column, variance: Variance,
    to_total: float, cut: float | None, some: Mask | None = None,
) -> Jackknifed:  # fmt: skip
    """Fit, take new weights from the fit twice, and leave out blocks at the last weights.

    With several annotations the first weights stay, as in Finucane 2015.
    """
    regressors = len(X) - (cut is None)
    for _ in range(REWEIGHTINGS if regressors == 1 else 0):
        left, right = block_sums(X, y, weight, edges)
        found = solved(left.sum(axis=0), right.sum(axis=0))
        weight = counting / variance(
            to_total * float(found[0]), float(found[-1]) if cut is None else cut, some
        )
    return jackknife(X, y, weight, edges)


def _two_steps(
    X: Matrix, y: Column, weight: Column, counting: Column, variance: Variance, to_total: float,
    first: Mask, blocks: int, scale: Column, mean: float,
) -> Regression:  # fmt: skip
    """Take the intercept from SNPs of small χ², then the slope from all SNPs.

    The slope without a block is corrected for the intercept without that block:
    the intercept's uncertainty belongs to the slope.
    """
    places = np.flatnonzero(first)
    inner = edges_of(len(places), blocks)
    X1 = np.vstack((X[:, places], np.ones((1, len(places)))))
    one = _iterated(X1, y[places], weight[places], inner, counting[places], variance, to_total,
                    None, first)  # fmt: skip
    cut = float(one.estimate[-1])
    edges = np.concatenate(([0], places[inner[1:-1]], [len(y)]))
    two = _iterated(X, y - cut, weight, edges, counting, variance, to_total, cut)
    ld = X[0]
    lever = (weight @ ld) / (weight @ ld**2)
    moved = two.without[:, 0] - lever * (one.without[:, -1] - cut)
    slope = Jackknifed(two.estimate, moved[:, None])
    return Regression(_scaled(slope, scale), cut, float(one.se[-1]), len(y), mean,
                      len(y) - len(places))  # fmt: skip


def _with_intercept(fit: Jackknifed, scale: Column, snps: int, mean: float) -> Regression:
    slopes = Jackknifed(fit.estimate[:-1], fit.without[:, :-1])
    return Regression(
        _scaled(slopes, scale), float(fit.estimate[-1]), float(fit.se[-1]), snps, mean
    )


def _scaled(slopes: Jackknifed, scale: Column) -> Jackknifed:
    return Jackknifed(slopes.estimate * scale, slopes.without * scale)
