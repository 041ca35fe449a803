"""What do the trials say on the whole? Pooled effects with honest intervals.

Hartung & Knapp (2001, Stat Med 20:3875), Sidik & Jonkman (2002), the floor of
Knapp & Hartung (2003), prediction intervals after Higgins, Thompson &
Spiegelhalter (2009) and as metafor gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.heterogeneity import tau2
from twofold.lab.meta.weighting import Array, Design, fit, rank

TESTS = ("z", "HK", "HK with floor")
"""How the interval is made: normal; Hartung and Knapp's t; the same, never narrower than the
normal one's standard error (metafor calls the last two ``knha`` and ``adhoc``)."""

PREDICTIONS = ("normal", "t, k-1", "t, k-2")
"""Quantiles of a prediction interval: metafor's without and with Hartung–Knapp, and Higgins'."""


@dataclass(frozen=True)
class Pooled:
    """One pooled effect.

    Parameters
    ----------
    estimate, se, low, high, p : float
    df : float
        Degrees of freedom of the t distribution; ``inf`` for the normal one.
    tau2 : float
    weights : array (k,)
        Shares that add up to 1.
    of : int
        How many trials.
    method, test : str
        As asked for.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    df: float
    tau2: float
    weights: Array
    of: int
    method: str
    test: str


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of many fits at once, with intervals.

    Parameters
    ----------
    values, se, low, high, p : array (..., p)
    covariance : array (..., p, p)
    df : float
    tau2 : array (...,)
    """

    values: Array
    se: Array
    low: Array
    high: Array
    p: Array
    covariance: Array
    df: float
    tau2: Array


def pool(
    y: Array,
    v: Array,
    method: str = "REML",
    *,
    test: str = "HK with floor",
    level: float = 0.95,
    t2: float | None = None,
) -> Pooled:
    """Return the pooled effect of one meta-analysis.

    Parameters
    ----------
    y, v : array (k,)
        Effects and their sampling variances.
    method : str
        Estimator of tau², a name of ``heterogeneity.METHODS``.
    test : str
        One of ``TESTS``.
    level : float
    t2 : float, optional
        tau², where it is already known.

    Raises
    ------
    LabError
        When there is no trial, or one and more than a fixed effect is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> found = pool(np.array([0.1, 0.3]), np.array([0.04, 0.04]), "FE", test="z")
    >>> round(found.estimate, 3), round(found.se, 4)
    (0.2, 0.1414)
    """
    known = None if t2 is None else np.asarray(t2)
    found = coefficients(y, v, method, test=test, level=level, t2=known)
    weights = 1 / (v + found.tau2)
    return Pooled(
        float(found.values[0]), float(found.se[0]), float(found.low[0]), float(found.high[0]),
        float(found.p[0]), found.df, float(found.tau2), weights / weights.sum(), len(y), method,
        test,
    )  # fmt: skip


def coefficients(
    y: Array,
    v: Array,
    method: str = "REML",
    X: Design = None,
    *,
    test: str = "z",
    level: float = 0.95,
    t2: Array | None = None,
) -> Coefficients:
    """Return the coefficients of every meta-analysis (..., k) at once.

    Raises
    ------
    LabError
        When the test is unknown or there are too few trials.
    """
    from scipy.special import ndtri, stdtrit

    k, p = y.shape[-1], rank(X)
    _check(k, p, method, test)
    found_t2 = tau2(y, v, method, X) if t2 is None else np.asarray(t2)
    w = 1 / (v + found_t2[..., None])
    found = fit(y, w, X)
    scale, df = np.ones(found_t2.shape), np.inf
    if test != "z":
        scale, df = (w * found.residuals**2).sum(-1) / (k - p), float(k - p)
    if test == "HK with floor":
        scale = np.maximum(scale, 1.0)
    covariance = found.bread * scale[..., None, None]
    se = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    reach = ndtri((1 + level) / 2) if df == np.inf else stdtrit(df, (1 + level) / 2)
    values = found.coefficients
    return Coefficients(
        values, se, values - reach * se, values + reach * se,
        2 * _tail(_over(np.abs(values), se), df), covariance, df, found_t2,
    )  # fmt: skip


def prediction(found: Pooled, convention: str = "t, k-2", *, level: float = 0.95) -> Array:
    """Return where the effect of a new trial would lie, (2,); ``nan`` where it cannot be said.

    Parameters
    ----------
    found : Pooled
    convention : str
        One of ``PREDICTIONS``. Higgins' needs three trials, ``"t, k-1"`` two.
    level : float
    """
    from scipy.special import ndtri, stdtrit

    if convention not in PREDICTIONS:
        raise LabError(
            f"there is no prediction interval {convention!r}.",
            remedy=f"There are: {', '.join(PREDICTIONS)}.",
        )
    spread = np.sqrt(found.se**2 + found.tau2)
    df = {"normal": np.inf, "t, k-1": found.of - 1, "t, k-2": found.of - 2}[convention]
    if df <= 0:
        return np.array([np.nan, np.nan])
    reach = ndtri((1 + level) / 2) if df == np.inf else stdtrit(df, (1 + level) / 2)
    return np.array([found.estimate - reach * spread, found.estimate + reach * spread])


def one_left_out(
    y: Array, v: Array, method: str = "REML", *, test: str = "HK with floor"
) -> Coefficients:
    """Return the pooled effect without each trial in turn, all k in one call."""
    rows = without_each(len(y))
    return coefficients(y[rows], v[rows], method, test=test)


def cumulative(
    y: Array, v: Array, order: Array, method: str = "REML", *, test: str = "z"
) -> tuple[Pooled, ...]:
    """Return the pooled effect after the first, the first two … trials in an order.

    Parameters
    ----------
    y, v : array (k,)
    order : array (k,) of int
        Rows as they come; a stable argsort of the year, say.
    method : str
    test : str
        The first trial alone has a normal interval whatever the test.
    """
    first = pool(y[order[:1]], v[order[:1]], "FE", test="z")
    return (
        first,
        *(
            pool(y[order[:n]], v[order[:n]], method, test=test)
            for n in range(2, len(order) + 1)
        ),
    )  # fmt: skip


def without_each(k: int) -> np.ndarray:
    """Return the k rows of indices (k, k-1) that leave one trial out each."""
    every = np.broadcast_to(np.arange(k), (k, k))
    return every[~np.eye(k, dtype=bool)].reshape(k, k - 1)


def _over(values: Array, se: Array) -> Array:
    """Return how many standard errors it is; ``inf`` or ``nan`` where all trials found the same."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(values / se)


def _tail(t: Array, df: float) -> Array:
    from scipy.special import ndtr
    from scipy.special import stdtr as student

    return np.asarray(ndtr(-t) if df == np.inf else student(df, -t))


def _check(k: int, p: int, method: str, test: str) -> None:
    if test not in TESTS:
        raise LabError(f"there is no test {test!r}.", remedy=f"There are: {', '.join(TESTS)}.")
    if k < p:
        raise LabError(f"{k} trials cannot carry {p} coefficients.")
    if k == p and (method not in ("FE", "EE", "CE") or test != "z"):
        raise LabError(
            f"{k} {'trial' if k == 1 else 'trials'} cannot tell how far trials differ.",
            remedy="Look at the trial itself, or find another one.",
        )
