"""How far do trials differ beyond chance? Every estimator of tau², Q, I² and H².

All take effects ``y`` and sampling variances ``v`` of shape (..., k) and work
on all leading axes at once; ``X`` is a design for what differs after
meta-regression. Written from Viechtbauer (2005, J Educ Behav Stat 30:261),
Veroniki et al. (2016, Res Synth Methods 7:55), Sidik & Jonkman (2005),
Paule & Mandel (1982), Brannick et al. (2019, HSk), Viechtbauer (2021, PMM).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.likelihood import MOST_STEPS, SCORED, TINY, optimum, scored
from twofold.lab.meta.weighting import Array, Design, forms, rank, traces


def tau2(
    y: Array, v: Array, method: str = "REML", X: Design = None, *, tolerance: float = 0.0
) -> Array:
    """Return the variance between trials, (...,).

    Parameters
    ----------
    y, v : array (..., k)
        Effects and their sampling variances.
    method : str
        A name of ``METHODS``.
    X : array (k, p) or (..., k, p), optional
        Design of a meta-regression; the plain mean where it is not given.
    tolerance : float
        Only for ``ML``, ``REML`` and ``EB``: stop Fisher scoring as soon as a step is
        below it. metafor stops at 1e-5, which leaves its sixth digit open; the
        default 0 goes on to the optimum.

    Raises
    ------
    LabError
        When the method is unknown, or there are no more trials than coefficients.
    """
    if method not in METHODS:
        raise LabError(
            f"there is no estimator of tau² {method!r}.",
            remedy=f"There are: {', '.join(METHODS)}.",
        )
    y, v = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(v, dtype=float))
    if method not in ("FE", "EE", "CE") and y.shape[-1] <= rank(X):
        raise LabError("the variance between trials needs more trials than coefficients.")
    if tolerance and method in SCORED:
        return scored(y, v, X, _hedges(y, v, X), SCORED[method], tolerance=tolerance)
    return METHODS[method](y, v, X)


def tau2_se(y: Array, v: Array, t2: Array, method: str, X: Design = None) -> Array:
    """Return the large-sample standard error of tau², (...,); ``nan`` for a fixed effect.

    Moment estimators are a quadratic form ``c·y'Py``, whose variance is
    ``2c²·tr(PSPS)`` with ``S = V + tau²``; likelihood ones use the information.
    """
    k, p = y.shape[-1], rank(X)
    w = 1 / (v + np.asarray(t2)[..., None])
    if method in ("FE", "EE", "CE"):
        return np.full(np.shape(t2), np.nan)
    if method == "ML":
        return np.asarray(np.sqrt(2 / (w**2).sum(-1)))
    if method == "REML":
        return np.asarray(np.sqrt(2 / traces(w, X)[1]))
    if method in ("EB", "PM", "PMM", "SJIT"):
        return np.asarray(np.sqrt(2 * k**2 / (k - p)) / w.sum(-1))
    weights, scale = _quadratic(y, v, t2, method, X)
    return np.asarray(scale * np.sqrt(2 * traces(weights, X, 1 / w)[1]))


def cochran_q(y: Array, v: Array, X: Design = None) -> Array:
    """Return Cochran's Q, (...,): what is left after a fixed-effect fit."""
    return forms(y, 1 / v, X)[0]


def typical_variance(v: Array, X: Design = None) -> Array:
    """Return the "typical" sampling variance of Higgins & Thompson (2002), (...,)."""
    return np.asarray((v.shape[-1] - rank(X)) / traces(1 / v, X)[0])


@dataclass(frozen=True)
class Spread:
    """How far trials differ: Q with its p, I² in percent, H², and tau² with 95 % limits.

    Parameters
    ----------
    q, q_p : float
    q_df : int
    tau2, tau2_se, tau2_low, tau2_high : float
        The limits are the Q-profile's; ``inf`` where no limit was found.
    i2, i2_low, i2_high : float
    h2 : float
    """

    q: float
    q_df: int
    q_p: float
    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    i2: float
    i2_low: float
    i2_high: float
    h2: float


def spread(y: Array, v: Array, t2: float, method: str, X: Design = None) -> Spread:
    """Return how far the trials of one meta-analysis differ; ``y`` and ``v`` are (k,)."""
    from scipy.special import gammaincc

    df = y.shape[-1] - rank(X)
    q = float(cochran_q(y, v, X))
    low, high = (float(end) for end in q_profile(y, v, X)) if df > 0 else (0.0, np.inf)
    typical = float(typical_variance(v, X)) if df > 0 else np.nan
    fixed = method in ("FE", "EE", "CE")
    h2 = q / df if fixed and df > 0 else t2 / typical + 1
    i2 = max(0.0, 100 * (1 - 1 / h2)) if h2 > 0 else 0.0
    ends = [100 * end / (typical + end) if np.isfinite(end) else 100.0 for end in (low, high)]
    return Spread(
        q, df, float(gammaincc(df / 2, q / 2)) if df > 0 else np.nan,
        float(t2), float(tau2_se(y, v, np.asarray(t2), method, X)) if df > 0 else np.nan,
        low, high, i2, ends[0], ends[1], h2,
    )  # fmt: skip


def q_profile(y: Array, v: Array, X: Design = None, *, level: float = 0.95) -> tuple[Array, Array]:
    """Return the exact limits of tau² where Q(tau²) meets chi-squared (Viechtbauer 2007).

    Both are 0 where even tau² = 0 leaves Q below the lower quantile.
    """
    from scipy.special import chdtri

    df = y.shape[-1] - rank(X)
    tail = (1 - level) / 2
    return root_of_q(y, v, X, chdtri(df, tail)), root_of_q(y, v, X, chdtri(df, 1 - tail))


def root_of_q(y: Array, v: Array, X: Design, goal: float) -> Array:
    """Return the tau² ≥ 0 at which ``Q(tau²) = goal``.

    Q falls and is convex, so Newton from 0 climbs to the root without passing it.
    """
    found = np.zeros(y.shape[:-1])
    for _ in range(MOST_STEPS):
        q, slope, _ = forms(y, 1 / (v + found[..., None]), X)
        step = np.where(slope > 0, (q - goal) / np.where(slope > 0, slope, 1), 0.0)
        new = np.maximum(found + step, 0.0)
        if np.all(np.abs(new - found) <= TINY * (1 + new)):
            return new
        found = new
    return found


# ------------------------------------------------------------------ moments


def _fixed(y: Array, v: Array, X: Design) -> Array:
    return np.zeros(y.shape[:-1])


def _dersimonian_laird(y: Array, v: Array, X: Design) -> Array:
    return _moments(y, v, 1 / v, X)


def _hedges(y: Array, v: Array, X: Design) -> Array:
    return _moments(y, v, np.ones_like(v), X)


def _general_q(y: Array, v: Array, X: Design) -> Array:
    """Return the estimate with weights 1/√v (DerSimonian & Kacker 2007)."""
    return _moments(y, v, 1 / np.sqrt(v), X)


def _moments(y: Array, v: Array, w: Array, X: Design) -> Array:
    """Return ``(y'Py - tr(PV))/tr(P)``, never below 0: any weights give an unbiased one."""
    left = forms(y, w, X)[0] - traces(w, X, v)[0]
    return np.asarray(np.maximum(left / traces(w, X)[0], 0.0))


def _hunter_schmidt(y: Array, v: Array, X: Design, *, is_corrected: bool = False) -> Array:
    k = y.shape[-1]
    grown = k / (k - rank(X)) if is_corrected else 1.0
    return np.asarray(np.maximum((forms(y, 1 / v, X)[0] * grown - k) / (1 / v).sum(-1), 0.0))


def _sidik_jonkman(y: Array, v: Array, X: Design) -> Array:
    start = _crude(y)
    w = 1 / (v + start[..., None])
    return np.asarray(start * forms(y, w, X)[0] / (y.shape[-1] - rank(X)))


def _paule_mandel(y: Array, v: Array, X: Design) -> Array:
    """Return the tau² at which Q is what is expected; empirical Bayes comes to the same."""
    return root_of_q(y, v, X, y.shape[-1] - rank(X))


def _sidik_jonkman_iterated(y: Array, v: Array, X: Design) -> Array:
    """Return Paule and Mandel's root: iterating Sidik and Jonkman's step ends there."""
    return _paule_mandel(y, v, X)


def _median_unbiased(y: Array, v: Array, X: Design) -> Array:
    from scipy.special import chdtri

    return root_of_q(y, v, X, chdtri(y.shape[-1] - rank(X), 0.5))


def _crude(y: Array) -> Array:
    return np.asarray(y.var(-1))


def _quadratic(y: Array, v: Array, t2: Array, method: str, X: Design) -> tuple[Array, Array]:
    """Return weights and factor of the quadratic form that a moment estimator is."""
    k, p = y.shape[-1], rank(X)
    if method == "SJ":
        start = _crude(y)
        return 1 / (v + start[..., None]), start / (k - p)
    weights = {
        "HE": np.ones_like(v),
        "GENQ": 1 / np.sqrt(v),
    }.get(method, 1 / v)
    if method in ("HS", "HSk"):
        return weights, (k / (k - p) if method == "HSk" else 1) / weights.sum(-1)
    return weights, np.asarray(1 / traces(weights, X)[0])


def _likelihood(y: Array, v: Array, X: Design, *, name: str) -> Array:
    return optimum(y, v, X, _hedges(y, v, X), SCORED[name])


METHODS: dict[str, Callable[[Array, Array, Design], Array]] = {
    "FE": _fixed,
    "EE": _fixed,
    "CE": _fixed,
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": partial(_hunter_schmidt, is_corrected=True),
    "SJ": _sidik_jonkman,
    "SJIT": _sidik_jonkman_iterated,
    "ML": partial(_likelihood, name="ML"),
    "REML": partial(_likelihood, name="REML"),
    "EB": _paule_mandel,
    "PM": _paule_mandel,
    "PMM": _median_unbiased,
    "GENQ": _general_q,
}
"""Estimators of tau² by the names that metafor made common."""
