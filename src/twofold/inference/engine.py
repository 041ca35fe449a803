"""The one estimation engine: a regression whose evidence enters as Gaussian sites.

Every question of Twofold is one of two regressions, logistic (does a headache
begin tomorrow?) or Gaussian (what is tomorrow's mood?), with two kinds of
columns. *Nuisances* have a Gaussian prior. *Candidates* have a mixture prior:
"no effect worth naming", "the effect that studies describe", "a surprise".

The posterior is found by expectation propagation. Each candidate's mixture is
replaced by a Gaussian site, and each day's logistic likelihood by another; the
sites are matched to the exact moments against the rest of the posterior until
nothing moves. A leading axis carries many people, or many moments of one.

Sources: Minka 2001 (expectation propagation); Hernández-Lobato 2015
(spike-and-slab by sites); the accuracy against exact sampling is in
``tests/models``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Likelihood = Literal["logistic", "gaussian"]

MOST_ROUNDS = 80
SETTLED = 1e-3
SMALLEST_SITE = 1e-6
# Weak knowledge of a residual spread: as if 2 days had been seen, with variance 0.5 of a
# standardised outcome.
NOISE_DAYS = 2.0
NOISE_VARIANCE = 0.5


@dataclass(frozen=True)
class Prior:
    """What is believed of each column before the days.

    Parameters
    ----------
    mean, precision : ndarray, shapes (k,) and (k, k)
        Gaussian belief about the nuisances; rows and columns of candidates
        are zero.
    candidates : ndarray of int, shape (q,)
        Which columns are candidates.
    weights, means, sds : ndarray, shape (q, c)
        Each candidate's mixture. Component 0 is "no effect worth naming".
    """

    mean: Array
    precision: Array
    candidates: NDArray[np.intp]
    weights: Array
    means: Array
    sds: Array


@dataclass(frozen=True)
class Posterior:
    """What is believed afterwards, for each member of the leading axis.

    Parameters
    ----------
    mean, covariance : ndarray, shapes (b, k) and (b, k, k)
    p_real : ndarray, shape (b, q)
        Probability that a candidate's effect is not "none".
    p_positive : ndarray, shape (b, q)
        Probability that the effect is real *and* above zero.
    weights, means, variances : ndarray, shape (b, q, c)
        Each candidate's marginal: a mixture of Gaussians.
    site_precision, site_shift : ndarray, shape (b, q)
        The Gaussian sites that stand in for the mixtures.
    noise : ndarray, shape (b,)
        Residual variance (1 for the logistic).
    converged : ndarray of bool, shape (b,)
        Where this is false no number may be shown.
    """

    mean: Array
    covariance: Array
    p_real: Array
    p_positive: Array
    weights: Array
    means: Array
    variances: Array
    site_precision: Array
    site_shift: Array
    noise: Array
    converged: NDArray[np.bool_]


def fit(
    x: Array,
    y: Array,
    *,
    prior: Prior,
    likelihood: Likelihood,
    weight: Array | None = None,
    settled: float = SETTLED,
) -> Posterior:
    """Estimate the regression of ``y`` on ``x``.

    Parameters
    ----------
    x : ndarray, shape (b, n, k)
        One row a day; columns in the order of ``prior``.
    y : ndarray, shape (b, n)
        0/1 for the logistic; a standardised number for the Gaussian.
    weight : ndarray, shape (b, n), optional
        1 where the row counts, 0 where it does not.
    settled : float
        Sites are settled when no mean and no chance moves by more than this.

    Returns
    -------
    Posterior
        Always finite. Where the sites did not settle, ``converged`` is false.

    Raises
    ------
    ValueError
        When shapes disagree or a number is not finite; a bug in the caller,
        for unknown days have no row.
    """
    weight = np.ones_like(y) if weight is None else weight
    _check(x, y, weight, prior)
    with np.errstate(all="ignore"):
        state = _begin(x, y, weight, prior, likelihood)
        try:
            _solve(state)
            _settle(state, settled)
        except np.linalg.LinAlgError:
            state.moved[:] = np.inf
    return _finish(state, settled)


def draw(posterior: Posterior, member: int, *, count: int, rng: np.random.Generator) -> Array:
    """Draw parameters of one member from its Gaussian posterior; shape (count, k)."""
    root = np.linalg.cholesky(_symmetric(posterior.covariance[member]))
    steps = rng.standard_normal((count, root.shape[0]))
    return np.asarray(posterior.mean[member] + steps @ root.T)


def intervals(posterior: Posterior) -> Array:
    """Return the 95 % interval of each candidate's marginal mixture; shape (b, q, 2)."""
    from scipy.special import ndtr

    share = np.array([0.025, 0.975])
    means = posterior.means[..., None, :]
    sds = np.sqrt(posterior.variances)[..., None, :]
    weights = posterior.weights[..., None, :]
    low = np.broadcast_to((means - 9 * sds).min(-1), (*posterior.p_real.shape, 2))
    high = np.broadcast_to((means + 9 * sds).max(-1), low.shape)
    for _ in range(32):
        middle = (low + high) / 2
        is_below = (weights * ndtr((middle[..., None] - means) / sds)).sum(-1) < share
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.asarray((low + high) / 2)


def joint_weights(
    posterior: Posterior, prior: Prior, pair: tuple[int, int], *, member: int = 0
) -> tuple[Array, Array, Array]:
    """Return two candidates' joint mixture: weights (c, c), means and covariances.

    Two correlated candidates stand in for each other: each may be doubtful
    while "one of the two" is not. Their sites are taken out together and all
    pairs of components weighed exactly.

    Returns
    -------
    weights : ndarray, shape (c, c)
    means : ndarray, shape (c, c, 2)
    covariances : ndarray, shape (c, c, 2, 2)
    """
    at = [int(prior.candidates[one]) for one in pair]
    covariance = posterior.covariance[member][np.ix_(at, at)]
    site = np.diag(posterior.site_precision[member, list(pair)])
    around = np.linalg.inv(covariance) - site
    toward = np.linalg.solve(covariance, posterior.mean[member, at])
    toward = toward - posterior.site_shift[member, list(pair)]
    return _weigh_pairs(prior, pair, around, toward)


def _weigh_pairs(
    prior: Prior, pair: tuple[int, int], around: Array, toward: Array
) -> tuple[Array, Array, Array]:
    count = prior.weights.shape[1]
    logs = np.empty((count, count))
    means, covariances = np.empty((count, count, 2)), np.empty((count, count, 2, 2))
    for i in range(count):
        for j in range(count):
            parts = ((pair[0], i), (pair[1], j))
            sharp = np.array([prior.sds[one] ** -2 for one in parts])
            pull = sharp * np.array([prior.means[one] for one in parts])
            inside = around + np.diag(sharp)
            covariances[i, j] = np.linalg.inv(inside)
            means[i, j] = covariances[i, j] @ (toward + pull)
            logs[i, j] = (
                sum(np.log(prior.weights[one]) for one in parts)
                + 0.5 * (np.log(sharp).sum() - np.linalg.slogdet(inside)[1])
                + 0.5 * ((toward + pull) @ means[i, j] - (pull**2 / sharp).sum())
            )
    weights = np.exp(logs - logs.max())
    return weights / weights.sum(), means, covariances


def _check(x: Array, y: Array, weight: Array, prior: Prior) -> None:
    if x.ndim != 3 or y.shape != x.shape[:2] or weight.shape != y.shape:
        raise ValueError(f"rows do not fit: x {x.shape}, y {y.shape}, weight {weight.shape}")
    if prior.mean.shape != (x.shape[2],) or prior.precision.shape != (x.shape[2],) * 2:
        raise ValueError(f"the prior is for {prior.mean.shape[0]} columns, x has {x.shape[2]}")
    if prior.weights.shape[0] != len(prior.candidates):
        raise ValueError("every candidate needs a mixture")
    if not all(np.isfinite(one).all() for one in (x, y, weight)):
        raise ValueError("a row holds a number that is not finite; an unknown day has no row")


@dataclass
class _State:
    """The sites while they move."""

    x: Array
    y: Array
    weight: Array
    prior: Prior
    likelihood: Likelihood
    row_precision: Array
    row_shift: Array
    site_precision: Array
    site_shift: Array
    noise: Array
    mean: Array
    covariance: Array
    marginals: tuple[Array, Array, Array]
    moved: Array


def _begin(x: Array, y: Array, weight: Array, prior: Prior, likelihood: Likelihood) -> _State:
    members, _, columns = x.shape
    q, c = prior.weights.shape
    middle = (prior.weights * prior.means).sum(-1)
    spread = (prior.weights * (prior.sds**2 + prior.means**2)).sum(-1) - middle**2
    # Start every day at the value that a chance of one half would give it.
    row_precision = weight * (0.25 if likelihood == "logistic" else 1.0)
    row_shift = weight * (y - 0.5 if likelihood == "logistic" else y)
    empty = np.zeros((members, q, c))
    return _State(
        x, y, weight, prior, likelihood, row_precision, row_shift,
        np.tile(1 / spread, (members, 1)), np.tile(middle / spread, (members, 1)),
        np.ones(members), np.zeros((members, columns)),
        np.tile(np.eye(columns), (members, 1, 1)), (empty, empty, empty), np.ones(members),
    )  # fmt: skip


def _settle(state: _State, settled: float) -> None:
    """Take turns until nothing moves; smaller steps when that takes long."""
    for turn in range(MOST_ROUNDS):
        _turn(state, damp=1.0 if turn < 2 else 0.8 if turn < 20 else 0.4)
        if (state.moved < settled).all():
            return


def _turn(state: _State, *, damp: float) -> None:
    """Match every site once, and note how far the answer moved."""
    before = state.mean, state.marginals[0]
    if state.likelihood == "logistic":
        _match_days(state, damp)
    else:
        _estimate_noise(state)
    _match_candidates(state, damp)
    _solve(state)
    state.moved = np.maximum(
        np.abs(state.mean - before[0]).max(-1, initial=0),
        np.abs(state.marginals[0] - before[1]).max((-1, -2), initial=0),
    )


def _solve(state: _State) -> None:
    """One weighted least squares with all sites in place."""
    prior, at = state.prior, state.prior.candidates
    weighted = state.x * state.row_precision[..., None]
    precision = np.swapaxes(weighted, 1, 2) @ state.x + prior.precision
    precision[:, at, at] += state.site_precision
    shift = (state.row_shift[:, None, :] @ state.x)[:, 0] + prior.precision @ prior.mean
    shift[:, at] += state.site_shift
    state.covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    state.mean = (state.covariance @ shift[..., None])[..., 0]


def _match_days(state: _State, damp: float) -> None:
    """Match each day's Gaussian to the logistic, against all other days."""
    middle = np.einsum("bnk,bk->bn", state.x, state.mean)
    spread = ((state.x @ state.covariance) * state.x).sum(-1)
    room = np.maximum(1 - state.row_precision * spread, 1e-3)
    cavity_spread = spread / room
    cavity_middle = (middle - spread * state.row_shift) / room
    tilted_middle, tilted_spread = logistic_moments(state.y, cavity_middle, cavity_spread)
    precision = np.maximum(1 / tilted_spread - 1 / cavity_spread, SMALLEST_SITE)
    shift = tilted_middle / tilted_spread - cavity_middle / cavity_spread
    state.row_precision += damp * (precision * state.weight - state.row_precision)
    state.row_shift += damp * (shift * state.weight - state.row_shift)


def logistic_moments(y: Array, middle: Array, spread: Array) -> tuple[Array, Array]:
    """Return mean and variance of N(middle, spread) times the logistic chance of ``y``.

    Gauss–Hermite quadrature with 9 points; the sign trick makes ``y = 0`` a
    ``y = 1`` on the other side.
    """
    from scipy.special import expit

    points, shares = hermite(9)
    side = 2 * y - 1
    at = (side * middle)[..., None] + np.sqrt(spread)[..., None] * points
    mass = expit(at) * shares
    total = mass.sum(-1)
    offset = (mass @ points) / total
    width = (mass @ points**2) / total - offset**2
    return middle + side * np.sqrt(spread) * offset, spread * width


@cache
def hermite(count: int) -> tuple[Array, Array]:
    """Return points and shares of Gauss–Hermite quadrature for a standard normal."""
    points, shares = np.polynomial.hermite_e.hermegauss(count)
    return points, shares / shares.sum()


def _estimate_noise(state: _State) -> None:
    """Give the residual variance its mean under a weak inverse-gamma belief."""
    middle = np.einsum("bnk,bk->bn", state.x, state.mean)
    spread = ((state.x @ state.covariance) * state.x).sum(-1)
    squares = (state.weight * ((state.y - middle) ** 2 + spread)).sum(-1)
    days = state.weight.sum(-1)
    state.noise = (squares + NOISE_DAYS * NOISE_VARIANCE) / (days + NOISE_DAYS)
    state.row_precision = state.weight / state.noise[:, None]
    state.row_shift = state.row_precision * state.y


def _match_candidates(state: _State, damp: float) -> None:
    """Match each candidate's Gaussian to its mixture, against everything else."""
    at = state.prior.candidates
    spread = np.diagonal(state.covariance, axis1=1, axis2=2)[:, at]
    middle = state.mean[:, at]
    room = np.maximum(1 / spread - state.site_precision, 1e-8)
    cavity_spread = 1 / room
    cavity_middle = cavity_spread * (middle / spread - state.site_shift)
    state.marginals = _mix(state.prior, cavity_middle, cavity_spread)
    weights, means, variances = state.marginals
    new_middle = (weights * means).sum(-1)
    new_spread = (weights * (variances + (means - new_middle[..., None]) ** 2)).sum(-1)
    # A mixture can be wider than what surrounds it; its site is then kept barely positive.
    precision = np.maximum(1 / new_spread - room, SMALLEST_SITE)
    shift = new_middle * (precision + room) - cavity_middle * room
    state.site_precision += damp * (precision - state.site_precision)
    state.site_shift += damp * (shift - state.site_shift)


def _mix(prior: Prior, middle: Array, spread: Array) -> tuple[Array, Array, Array]:
    """Weigh each component against what the rest of the model says of the effect."""
    room = spread[..., None]
    width = prior.sds**2 + room
    logs = np.log(prior.weights) - 0.5 * np.log(width)
    logs = logs - 0.5 * (middle[..., None] - prior.means) ** 2 / width
    weights = np.exp(logs - logs.max(-1, keepdims=True))
    variances = room * prior.sds**2 / width
    means = (middle[..., None] * prior.sds**2 + prior.means * room) / width
    return weights / weights.sum(-1, keepdims=True), means, variances


def _finish(state: _State, settled: float) -> Posterior:
    from scipy.special import ndtr

    weights, means, variances = state.marginals
    above = (weights * ndtr(means / np.sqrt(np.maximum(variances, 1e-12))))[..., 1:].sum(-1)
    fields: dict[str, Any] = {
        "mean": state.mean,
        "covariance": state.covariance,
        "p_real": 1 - weights[..., 0],
        "p_positive": above,
        "weights": weights,
        "means": means,
        "variances": variances,
        "site_precision": state.site_precision,
        "site_shift": state.site_shift,
        "noise": state.noise,
    }
    finite = np.all(
        [np.isfinite(one).reshape(len(state.y), -1).all(-1) for one in fields.values()], axis=0
    )
    converged = finite & (state.moved < settled) & (state.noise > 0)
    return Posterior(**{k: np.nan_to_num(v) for k, v in fields.items()}, converged=converged)


def _symmetric(matrix: Array) -> Array:
    return np.asarray((matrix + matrix.T) / 2)
