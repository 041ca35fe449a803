"""The tau² that makes the trials most likely: ML, REML and empirical Bayes, to the last digit.

Score and information after Harville (1977, JASA 72:320); Fisher scoring as in
Viechtbauer (2005).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from twofold.lab.meta.weighting import Array, Design, forms, rank, traces

TINY = 1e-13
MOST_STEPS = 500


def _score_ml(y: Array, v: Array, X: Design, t2: Array) -> tuple[Array, Array, Array]:
    """Return score, expected and observed information of tau², each doubled."""
    w = 1 / (v + t2[..., None])
    _, second, third = forms(y, w, X)
    return second - w.sum(-1), (w**2).sum(-1), 2 * third - (w**2).sum(-1)


def _score_reml(y: Array, v: Array, X: Design, t2: Array) -> tuple[Array, Array, Array]:
    w = 1 / (v + t2[..., None])
    _, second, third = forms(y, w, X)
    once, twice = traces(w, X)
    return second - once, twice, 2 * third - twice


def _score_eb(y: Array, v: Array, X: Design, t2: Array) -> tuple[Array, Array, Array]:
    k = y.shape[-1]
    w = 1 / (v + t2[..., None])
    q, second, _ = forms(y, w, X)
    grown = k / (k - rank(X))
    return q * grown - k, w.sum(-1), second * grown


Scores = Callable[[Array, Array, Design, Array], tuple[Array, Array, Array]]
SCORED: dict[str, Scores] = {"ML": _score_ml, "REML": _score_reml, "EB": _score_eb}


def optimum(y: Array, v: Array, X: Design, start: Array, scores: Scores) -> Array:
    """Return the optimum: Newton where the likelihood bends down, Fisher scoring elsewhere.

    A step that turns back is halved. Only those that still move are worked on.
    """
    lead, k = y.shape[:-1], y.shape[-1]
    flat_y, flat_v = y.reshape(-1, k), v.reshape(-1, k)
    found = start.reshape(-1).copy()
    moving, last = np.arange(len(found)), np.zeros(len(found))
    for _ in range(MOST_STEPS):
        part = None if X is None else _rows(X, moving)
        score, expected, observed = scores(flat_y[moving], flat_v[moving], part, found[moving])
        step = score / np.where(observed > 0.25 * expected, observed, expected)
        turned = (step * last[moving] < 0) & (np.abs(step) > 0.7 * np.abs(last[moving]))
        new = np.maximum(found[moving] + np.where(turned, step / 2, step), 0.0)
        last[moving] = new - found[moving]
        found[moving] = new
        moving = moving[np.abs(last[moving]) > TINY * (1 + new)]
        if not len(moving):
            break
    return found.reshape(lead)


def _rows(X: Array, rows: Any) -> Array:
    return X if X.ndim == 2 else np.asarray(X.reshape(-1, *X.shape[-2:])[rows])


def scored(
    y: Array, v: Array, X: Design, start: Array, scores: Scores, *, tolerance: float
) -> Array:
    """Return tau² by Fisher scoring, steps halved at the border 0."""
    found = start
    moving = np.ones(found.shape, dtype=bool)
    for _ in range(MOST_STEPS):
        score, expected, _ = scores(y, v, X, found)
        step = score / expected
        while np.any(found + step < 0):
            step = np.where(found + step < 0, np.where(found > 0, step / 2, 0.0), step)
        found = np.where(moving, found + step, found)
        moving &= np.abs(step) > tolerance
        if not moving.any():
            break
    return found
