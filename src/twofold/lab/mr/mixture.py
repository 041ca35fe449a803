"""MRMix: the slope at which most SNPs leave nothing but noise.

Qi and Chatterjee 2019 (Nat Commun 10:1941). At each slope, the residuals ``by - b bx`` are
a mixture: a share ``pi0`` has the noise of both effects alone, the rest has the variance
``sigma2``. The slope with the largest share is the estimate. Effects must be on the
standardised scale (:func:`standardised`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array

GRID = np.round(np.arange(-100, 101) / 100.0, 2)
VARIANCES, HALVINGS, NARROWINGS = 40, 36, 36
GOLD = 0.6180339887498949
APART = 1e-4
TIE, NONE = 1e-9, 1e-6


@dataclass(frozen=True, eq=False)
class Mixed:
    """The estimate of one exposure.

    Parameters
    ----------
    b : float
        A slope of the grid; ``nan`` when no SNP counts as valid at any.
    se : float
        By infinitesimal jackknife; ``nan`` when the share is no smooth hill there. The
        paper's program approximates it in another way and may give more.
    pi0, sigma2 : float
        Share of SNPs with nothing but noise, and the variance of the others' residuals.
    profile : array, shape (slopes, 3)
        Slope, share and variance.
    """

    b: float
    se: float
    pi0: float
    sigma2: float
    profile: Array


def standardised(
    beta: Array, se: Array, *, n: Array | None = None, eaf: Array | None = None
) -> tuple[Array, Array]:
    """Return effects and SEs for one SD of the genotype.

    Parameters
    ----------
    beta, se : array, shape (snps,)
    n : array, optional
        Sample sizes, for a measured trait: z / √n, in SDs of the trait.
    eaf : array, optional
        Allele frequencies, for log odds: times √(2 f (1 - f)).
    """
    times = 1.0 / (se * np.sqrt(n)) if n is not None else _genotype_sd(eaf)
    return beta * times, se * times


def _genotype_sd(eaf: Array | None) -> Array:
    if eaf is None:
        raise LabError("to standardise, sample sizes or allele frequencies are needed.")
    found: Array = np.sqrt(2.0 * eaf * (1.0 - eaf))
    return found


def mixture(bx: Array, sx: Array, by: Array, sy: Array, *, grid: Array = GRID) -> Mixed:
    """Return the slope of the grid with the largest share of valid SNPs.

    Where several slopes share the largest, the one in their middle; where no slope leaves any
    SNP with nothing but noise, there is no estimate (``nan``).

    Parameters
    ----------
    bx, sx, by, sy : array, shape (snps,)
        On the standardised scale.
    grid : array, shape (slopes,)
    """
    pi0, sigma2 = _shares(grid, bx, sx, by, sy)
    profile = np.column_stack([grid, pi0, sigma2])
    alike = np.flatnonzero(pi0 >= pi0.max() - TIE)
    top = int(alike[len(alike) // 2])
    if pi0[top] < NONE:
        return Mixed(np.nan, np.nan, 0.0, float(sigma2[top]), profile)
    b = float(grid[top])
    se = _error(b, float(pi0[top]), float(sigma2[top]), bx, sx, by, sy)
    return Mixed(b, se, float(pi0[top]), float(sigma2[top]), profile)


def _shares(slopes: Array, bx: Array, sx: Array, by: Array, sy: Array) -> tuple[Array, Array]:
    """Return the likeliest share and variance at each slope.

    A grid of variances first, so that no lower hill is taken; then a golden section around
    the best. The variance is at least twice the median noise: with less, the two parts of the
    mixture are one and the share means nothing. Given the variance the likelihood of the share
    has one hill.
    """
    rest = (by - slopes[:, None] * bx) ** 2
    noise = sy**2 + (slopes[:, None] * sx) ** 2
    ends = np.log(2.0 * np.median(noise)), np.log(rest.max() * 10)
    logs = np.linspace(*ends, VARIANCES)
    height = np.stack([_best_share(rest, noise, np.full(len(slopes), one))[1] for one in logs])
    top = np.argmax(height, axis=0)
    low, high = logs[np.maximum(top - 1, 0)], logs[np.minimum(top + 1, VARIANCES - 1)]
    for _ in range(NARROWINGS):
        left, right = high - GOLD * (high - low), low + GOLD * (high - low)
        is_left = _best_share(rest, noise, left)[1] > _best_share(rest, noise, right)[1]
        low, high = np.where(is_left, low, left), np.where(is_left, right, high)
    middle = (low + high) / 2
    return _best_share(rest, noise, middle)[0], np.exp(middle)


def _best_share(rest: Array, noise: Array, log_variance: Array) -> tuple[Array, Array]:
    """Return the likeliest share for each variance, shape (slopes,), and the log likelihood."""
    ratio = _odds(rest, noise, np.exp(log_variance)[:, None])
    low, high = np.zeros(len(rest)), np.ones(len(rest))
    for _ in range(HALVINGS):
        share = (low + high) / 2
        pull = ((1 - ratio) / (ratio + share[:, None] * (1 - ratio))).sum(1)
        low, high = np.where(pull > 0, share, low), np.where(pull > 0, high, share)
    share = (low + high) / 2
    found = np.log(ratio + share[:, None] * (1 - ratio)).sum(1)
    return share, found - 0.5 * (np.log(noise) + rest / noise).sum(1)


def _odds(rest: Array, noise: Array, variance: Array | float) -> Array:
    """Return how much likelier each residual is with the variance than with noise alone."""
    power = 0.5 * np.log(noise / variance) + 0.5 * rest * (1 / noise - 1 / variance)
    found: Array = np.exp(np.minimum(power, 500.0))
    return found


def _error(
    b: float, pi0: float, sigma2: float, bx: Array, sx: Array, by: Array, sy: Array
) -> float:
    """Return the SE by infinitesimal jackknife.

    A SNP's weight moves the share at each slope by the influence of its score; the top
    of the hill moves by that influence's slope over the hill's bend.
    """
    shares, influence, at = [], [], (pi0, sigma2)
    for slope in (b, b - APART, b + APART):
        rest, noise = (by - slope * bx) ** 2, sy**2 + (slope * sx) ** 2
        solved = _solved(rest, noise, *at)
        if solved is None:
            return float("nan")
        at = solved
        score, bend = _score(rest, noise, *solved)
        shares.append(solved[0])
        influence.append(-np.linalg.solve(bend, score)[0])
    hill = (shares[1] + shares[2] - 2 * shares[0]) / APART**2
    if not hill < 0:
        return float("nan")
    moved = -(influence[2] - influence[1]) / (2 * APART) / hill
    return float(np.sqrt(np.sum(moved**2)))


def _solved(rest: Array, noise: Array, pi0: float, sigma2: float) -> tuple[float, float] | None:
    """Take Newton's steps to the top of the likelihood; ``None`` when they leave its inside."""
    at = np.array([pi0, sigma2])
    for _ in range(60):
        score, bend = _score(rest, noise, float(at[0]), float(at[1]))
        if abs(np.linalg.det(bend)) == 0:
            return None
        step = np.linalg.solve(bend, score.sum(1))
        at = at - step
        if not (0 < at[0] < 1 and at[1] > 0):
            return None
        if abs(step[0]) < 1e-14 and abs(step[1]) < 1e-14 * at[1] + 1e-20:
            break
    return float(at[0]), float(at[1])


def _score(rest: Array, noise: Array, pi0: float, sigma2: float) -> tuple[Array, Array]:
    """Return each SNP's score (2, snps) for share and variance, and the summed bend (2, 2)."""
    ratio = _odds(rest, noise, sigma2)
    tilt = 0.5 * (rest / sigma2 - 1) / sigma2
    bent = (0.5 - rest / sigma2) / sigma2**2
    density = pi0 + (1 - pi0) * ratio
    one, two = (1 - ratio) / density, (1 - pi0) * ratio * tilt / density
    across = -np.sum(ratio * tilt / density + one * two)
    down = np.sum((1 - pi0) * ratio * (tilt**2 + bent) / density - two**2)
    return np.stack([one, two]), np.array([[-np.sum(one**2), across], [across, down]])
