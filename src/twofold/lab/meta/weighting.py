"""Weighted means and regressions of many trials at once: the sums that every estimator needs.

Effects are ``y`` with shape (..., k): the last axis are the trials, every
leading axis is a meta-analysis of its own. ``X`` is the design, (k, p) or
(..., k, p); ``None`` stands for the plain mean (p = 1), which needs sums only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Design = Array | None


@dataclass(frozen=True)
class Weighted:
    """A weighted least-squares fit at given weights.

    Parameters
    ----------
    coefficients : array (..., p)
    bread : array (..., p, p)
        ``(X'WX)^-1``: the covariance of the coefficients when ``W`` is the inverse of
        the variances.
    residuals : array (..., k)
    """

    coefficients: Array
    bread: Array
    residuals: Array


def fit(y: Array, w: Array, X: Design = None) -> Weighted:
    """Return the weighted least-squares fit of ``y`` at the weights ``w``."""
    return _mean(y, w) if X is None else _line(y, w, X)


def _mean(y: Array, w: Array) -> Weighted:
    bread = np.asarray(1 / w.sum(-1))
    mean = np.asarray((w * y).sum(-1) * bread)
    return Weighted(mean[..., None], np.asarray(bread[..., None, None]), y - mean[..., None])


def _line(y: Array, w: Array, X: Array) -> Weighted:
    wX = w[..., None] * X
    turned = np.swapaxes(wX, -1, -2)
    bread = np.linalg.inv(turned @ X)
    coefficients = (bread @ (turned @ y[..., None]))[..., 0]
    residuals = y - (X @ coefficients[..., None])[..., 0]
    return Weighted(coefficients, np.asarray(bread, dtype=np.float64), residuals)


def forms(y: Array, w: Array, X: Design = None) -> tuple[Array, Array, Array]:
    """Return ``y'Py``, ``y'PPy`` and ``y'PPPy`` with ``P = W - WX(X'WX)^-1 X'W``.

    The first is Cochran's Q; the others are its first and half its second
    derivative by the variance that is added to every trial, but for the sign.
    """
    found = fit(y, w, X)
    first = w * found.residuals  # Py
    second = apply_p(first, w, X)  # PPy
    return (
        (found.residuals * first).sum(-1),
        (first * first).sum(-1),
        (first * second).sum(-1),
    )


def apply_p(u: Array, w: Array, X: Design = None) -> Array:
    """Return ``P u``."""
    return w * fit(u, w, X).residuals


def traces(w: Array, X: Design = None, v: Array | None = None) -> tuple[Array, Array]:
    """Return ``tr(PD)`` and ``tr(PDPD)``, where ``D`` is the diagonal of ``v`` (one: as is)."""
    d = np.ones_like(w) if v is None else v
    if X is None:
        total = w.sum(-1)
        first = (w * w * d).sum(-1) / total
        cross = (w**3 * d**2).sum(-1) / total
        return (w * d).sum(-1) - first, ((w * d) ** 2).sum(-1) - 2 * cross + first**2
    bread = np.linalg.inv(_gram(w, X))
    inner = bread @ _gram(w * w * d, X)
    cross = np.trace(bread @ _gram(w**3 * d**2, X), axis1=-2, axis2=-1)
    once = np.trace(inner, axis1=-2, axis2=-1)
    again = np.trace(inner @ inner, axis1=-2, axis2=-1)
    return (w * d).sum(-1) - once, ((w * d) ** 2).sum(-1) - 2 * cross + again


def rank(X: Design) -> int:
    """Return how many coefficients the design has."""
    return 1 if X is None else int(X.shape[-1])


def leverage(w: Array, X: Design = None) -> Array:
    """Return the diagonal of the hat matrix, (..., k)."""
    if X is None:
        return np.asarray(w / w.sum(-1, keepdims=True))
    bread = np.linalg.inv(_gram(w, X))
    return np.asarray(w * ((X @ bread) * X).sum(-1))


def _gram(w: Array, X: Any) -> Any:
    return np.swapaxes(w[..., None] * X, -1, -2) @ X
