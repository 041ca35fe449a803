"""A mixed model for tomorrow: today's headache, today's stress, each person's own level.

Source: Houle and colleagues 2017 (Headache; HAPRED-I): a generalised linear
mixed model with current headache and daily stress and a random intercept
(statistics sheet A1, C6). Its likelihood is integrated over the intercept by
Gauss–Hermite quadrature; a new person's intercept is learned from the own days
so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from peers.written import Array, Written, later

POINTS, LOG_SHARES = (lambda at: (at[0], np.log(at[1] / at[1].sum())))(
    np.polynomial.hermite_e.hermegauss(21)
)


@dataclass(frozen=True)
class Mixed:
    """What many people's days gave.

    Parameters
    ----------
    slopes : ndarray, shape (3,)
        Intercept, headache today, stress today (per SD).
    spread : float
        SD of people's intercepts.
    stress : tuple of float
        Mean and SD of stress over all of them.
    """

    slopes: Array
    spread: float
    stress: tuple[float, float]


def fit(people: Sequence[Written]) -> Mixed:
    """Maximise the marginal likelihood over other people's days."""
    from scipy.optimize import minimize

    told = np.concatenate([one.stress for one in people])
    told = told[np.isfinite(told)]
    stress = (float(told.mean()), float(told.std()) or 1.0) if len(told) else (0.0, 1.0)
    rows = [_rows(one, stress) for one in people]
    x, y = (np.concatenate([row[i] for row in rows]) for i in range(2))
    person = np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows])
    starts = np.searchsorted(person, np.unique(person))

    def loss(theta: Array) -> float:
        fit_of_day = _log_likelihood(x @ theta[:3], np.exp(theta[3]), y)
        return -float(logsumexp(np.add.reduceat(fit_of_day, starts) + LOG_SHARES, axis=1).sum())

    best = minimize(loss, np.array([-1.0, 0.5, 0.0, np.log(0.5)]), method="BFGS").x
    return Mixed(best[:3], float(np.exp(best[3])), stress)


def forecast(model: Mixed, written: Written, first: int | None = None) -> Array:
    """Return, at each day, tomorrow's chance; ``nan`` where today is unknown. Shape (days,).

    With ``first``, the person's intercept is learned from that many days only.
    """
    x = _design(written, model.stress)
    linear = x @ model.slopes
    tomorrow = later(written.headache)
    known = np.isfinite(linear) & np.isfinite(tomorrow)
    gained = np.zeros((len(linear), len(POINTS)))
    gained[known] = _log_likelihood(linear[known], model.spread, tomorrow[known])
    # Today's pair of days is complete only tomorrow.
    past = np.vstack([np.zeros(len(POINTS)), gained.cumsum(0)[:-1]]) + LOG_SHARES
    if first is not None:
        past[first:] = past[first - 1]
    weights = np.exp(past - logsumexp(past, axis=1, keepdims=True))
    return np.asarray((weights * expit(linear[:, None] + model.spread * POINTS)).sum(1))


def _rows(written: Written, stress: tuple[float, float]) -> tuple[Array, Array]:
    x, y = _design(written, stress), later(written.headache)
    known = np.isfinite(x).all(1) & np.isfinite(y)
    return x[known], y[known]


def _design(written: Written, stress: tuple[float, float]) -> Array:
    """Return intercept, headache and stress; stress that was not written stands at its mean."""
    told = np.nan_to_num((written.stress - stress[0]) / stress[1])
    return np.column_stack([np.ones(len(told)), written.headache, told])


def _log_likelihood(linear: Array, spread: float, y: Array) -> Array:
    """Return each day's log-likelihood at each quadrature point; shape (n, points)."""
    side = (2 * y - 1)[:, None]
    return -np.logaddexp(0, -side * (linear[:, None] + spread * POINTS))
