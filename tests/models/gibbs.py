"""The exact referee: Pólya–Gamma Gibbs sampling of the same model, many chains side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from polyagamma import random_polyagamma

from twofold.inference.engine import Array, Prior


@dataclass(frozen=True)
class Sampled:
    """What the chains say.

    Parameters
    ----------
    halves : ndarray, shape (2, q)
        P(real) from either half of the chains: their difference tells how exact the referee is.
    mean, sd : ndarray, shape (k,)
    """

    halves: Array
    mean: Array
    sd: Array

    @property
    def p_real(self) -> Array:
        """P(real), shape (q,)."""
        return np.asarray(self.halves.mean(0))


def p_real_and_mean(
    x: Array,
    y: Array,
    prior: Prior,
    *,
    seed: int,
    chains: int = 48,
    keep: int = 150,
    burn: int = 40,
) -> tuple[Array, Array, Array]:
    """Return P(real) (q,), posterior mean (k,) and sd (k,), by sampling."""
    found = sampled(x, y, prior, seed=seed, chains=chains, keep=keep, burn=burn)
    return found.p_real, found.mean, found.sd


def sampled(
    x: Array,
    y: Array,
    prior: Prior,
    *,
    seed: int,
    chains: int = 48,
    keep: int = 150,
    burn: int = 40,
) -> Sampled:
    """Run the chains, an even number of them.

    Each candidate's component is drawn with its own effect summed out, so that
    chains move freely between "none" and "some".
    """
    rng = np.random.default_rng(seed)
    k = x.shape[1]
    beta = np.tile(prior.mean, (chains, 1)) + 0.1 * rng.standard_normal((chains, k))
    free = np.setdiff1d(np.arange(k), prior.candidates)
    inner = prior.precision[np.ix_(free, free)]
    pull = inner @ prior.mean[free]
    real = np.zeros((2, len(prior.candidates)))
    total, squares = np.zeros(k), np.zeros(k)
    for sweep in range(burn + keep):
        omega = random_polyagamma(1, beta @ x.T, random_state=rng)
        gram = np.matmul(x.T[None] * omega[:, None, :], x)
        score = np.broadcast_to((y - 0.5) @ x, (chains, k))
        _draw_free(beta, gram, score, free, inner, pull, rng)
        chance = _draw_candidates(beta, gram, score, prior, rng)
        if sweep >= burn:
            real += chance.reshape(2, chains // 2, -1).mean(1)
            total += beta.mean(0)
            squares += (beta**2).mean(0)
    mean = total / keep
    return Sampled(real / keep, mean, np.sqrt(squares / keep - mean**2))


def _draw_free(beta, gram, score, free, inner, pull, rng) -> None:  # type: ignore[no-untyped-def]
    """Draw all nuisances together."""
    rest = np.setdiff1d(np.arange(beta.shape[1]), free)
    precision = gram[:, free[:, None], free[None, :]] + inner
    cross = (gram[:, free[:, None], rest[None, :]] @ beta[:, rest, None])[..., 0]
    shift = score[:, free] - cross + pull
    middle = np.linalg.solve(precision, shift[..., None])[..., 0]
    root = np.linalg.cholesky(precision)
    noise = rng.standard_normal(middle.shape)
    beta[:, free] = middle + np.linalg.solve(np.swapaxes(root, 1, 2), noise[..., None])[..., 0]


def _draw_candidates(beta, gram, score, prior, rng):  # type: ignore[no-untyped-def]
    """Draw each candidate's component and effect; return the chance of "some"."""
    chances = np.empty((len(beta), len(prior.candidates)))
    chains = np.arange(len(beta))
    for i, column in enumerate(prior.candidates):
        sharp = gram[:, column, column]
        others = (gram[:, column] * beta).sum(1) - sharp * beta[:, column]
        toward = score[:, column] - others
        own = prior.sds[i] ** -2
        width = sharp[:, None] + own
        lean = toward[:, None] + prior.means[i] * own
        logs = np.log(prior.weights[i]) + 0.5 * np.log(own / width)
        logs = logs + 0.5 * (lean**2 / width - prior.means[i] ** 2 * own)
        weights = np.exp(logs - logs.max(1, keepdims=True))
        weights /= weights.sum(1, keepdims=True)
        chances[:, i] = 1 - weights[:, 0]
        pick = (rng.random((len(beta), 1)) > weights.cumsum(1)[:, :-1]).sum(1)
        spread = 1 / width[chains, pick]
        beta[:, column] = lean[chains, pick] * spread + np.sqrt(spread) * rng.standard_normal(
            len(beta)
        )
    return chances
