"""Are small trials with small effects missing? Tests of the funnel, and what they cannot say.

Egger et al. (1997, BMJ 315:629) as a mixed-effects and as a weighted linear
regression, Begg & Mazumdar (1994, Biometrics 50:1088), trim and fill of Duval
& Tweedie (2000, Biometrics 56:455). Small trials may differ for other reasons
than missing ones (Sterne et al. 2011, BMJ 343:d4002).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.pooled import Pooled, coefficients, pool
from twofold.lab.meta.weighting import Array, fit

FEW = 10
MODELS = ("mixed", "weighted")
PREDICTORS = ("se", "variance", "1/n", "1/sqrt(n)")
ESTIMATORS = ("L0", "R0")
MOST_ROUNDS = 100
MOST_EXACT = 50


@dataclass(frozen=True)
class Asymmetry:
    """A regression of effects on how exact they are.

    Parameters
    ----------
    slope, se, statistic, p : float
        The test of the slope: z for ``"mixed"``, t with k-2 for ``"weighted"``.
    limit, limit_low, limit_high : float
        What an endless trial would show, if the line held (PET with the standard
        error, PEESE with the variance).
    of : int
    caution : str
        What it cannot say; empty from ten trials on.
    """

    slope: float
    se: float
    statistic: float
    p: float
    limit: float
    limit_low: float
    limit_high: float
    of: int
    caution: str


def egger(
    y: Array,
    v: Array,
    *,
    model: str = "mixed",
    predictor: str = "se",
    n: Array | None = None,
    method: str = "REML",
) -> Asymmetry:
    """Return Egger's test.

    Parameters
    ----------
    y, v : array (k,)
    model : str
        ``"mixed"``: a meta-regression with its own tau². ``"weighted"``: Egger's
        own, a linear regression with weights 1/v and a free scale.
    predictor : str
        One of ``PREDICTORS``.
    n : array (k,), optional
        Sample sizes, for the last two predictors.
    method : str
        Estimator of tau² of ``"mixed"``.

    Raises
    ------
    LabError
        With fewer than three trials, or when they are all equally exact.
    """
    from scipy.special import stdtr, stdtrit

    X = np.column_stack([np.ones(len(y)), _predictor(v, predictor, n)])
    if len(y) < 3 or np.ptp(X[:, 1]) <= 1e-12 * np.abs(X[:, 1]).max():
        raise LabError("a funnel needs at least three trials of different exactness.")
    if model == "mixed":
        found = coefficients(y, v, method, X)
        (limit, slope), (_, se) = found.values, found.se
        low, high, p = found.low[0], found.high[0], found.p[1]
    elif model == "weighted":
        line = fit(y, 1 / v, X)
        df = len(y) - 2
        spread = (line.residuals**2 / v).sum() / df * np.diagonal(line.bread)
        (limit, slope), (limit_se, se) = line.coefficients, np.sqrt(spread)
        reach = stdtrit(df, 0.975) * limit_se
        low, high, p = limit - reach, limit + reach, 2 * stdtr(df, -abs(slope / se))
    else:
        raise LabError(f"there is no model {model!r}.", remedy=f"There are: {', '.join(MODELS)}.")
    return Asymmetry(
        float(slope), float(se), float(slope / se), float(p), float(limit), float(low),
        float(high), len(y), caution(len(y)),
    )  # fmt: skip


def begg(y: Array, v: Array) -> tuple[float, float]:
    """Return Kendall's tau between deviation and variance, and its p (Begg and Mazumdar).

    The p is exact with fewer than fifty trials of which no two are the same, else
    the normal one with ties.
    """
    mean = fit(y, 1 / v)
    deviation = (y - mean.coefficients[0]) / np.sqrt(v - mean.bread[0, 0])
    return kendall(deviation, v)


def kendall(x: Array, y: Array) -> tuple[float, float]:
    """Return Kendall's tau-b and its two-sided p (Kendall 1938, Biometrika 30:81)."""
    n = len(x)
    i, j = np.triu_indices(n, 1)
    signs_x, signs_y = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
    score, pairs = float(signs_x @ signs_y), n * (n - 1) / 2
    size = float(np.sqrt((signs_x != 0).sum() * (signs_y != 0).sum()))
    if size == pairs and n < MOST_EXACT:
        ways = _inversions(n)
        few = round((pairs - abs(score)) / 2)  # pairs of the rarer kind
        return score / size, min(1.0, 2 * float(ways[: few + 1].sum()))
    spread = _spread_with_ties(n, np.unique(x, return_counts=True)[1] * 1.0,
                               np.unique(y, return_counts=True)[1] * 1.0)  # fmt: skip
    return score / size, _two_sided(score / np.sqrt(spread))


def _inversions(n: int) -> Array:
    """Return the chance of each count of inversions in a random order of n."""
    ways = np.ones(1)
    for length in range(2, n + 1):
        ways = np.convolve(ways, np.full(length, 1 / length))
    return ways


def _spread_with_ties(n: int, ties_x: Any, ties_y: Any) -> float:
    def sums(t: Any) -> tuple[float, float, float]:
        return (
            float((t * (t - 1) * (2 * t + 5)).sum()),
            float((t * (t - 1)).sum()),
            float((t * (t - 1) * (t - 2)).sum()),
        )

    (a, b, c), (d, e, f) = sums(ties_x), sums(ties_y)
    whole = (n * (n - 1) * (2 * n + 5) - a - d) / 18
    return whole + b * e / (2 * n * (n - 1)) + c * f / (9 * n * (n - 1) * (n - 2))


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


@dataclass(frozen=True)
class Filled:
    """Trim and fill: how many trials seem to be missing, and what they would change.

    Parameters
    ----------
    missing : int
    missing_se : float
    missing_p : float
        Only ``R0`` has one; ``nan`` otherwise.
    side : str
        ``"left"`` or ``"right"``: where they are missing.
    pooled : Pooled
        With the filled-in mirror images.
    y, v : array (k + missing,)
    """

    missing: int
    missing_se: float
    missing_p: float
    side: str
    pooled: Pooled
    y: Array
    v: Array


def trim_and_fill(
    y: Array, v: Array, method: str = "REML", *, estimator: str = "L0", side: str | None = None
) -> Filled:
    """Return what Duval and Tweedie's method fills in.

    A sensitivity analysis, never a correction: it assumes that the most extreme
    results, and nothing else, are missing on one side.

    Parameters
    ----------
    y, v : array (k,)
    method : str
        Estimator of tau² in every round and at the end.
    estimator : str
        ``"L0"`` or ``"R0"``.
    side : str, optional
        Where trials are missing; from the sign of Egger's slope if not given.

    Raises
    ------
    LabError
        When the estimator is unknown or there are fewer than three trials.
    """
    if estimator not in ESTIMATORS:
        raise LabError(f"there is no estimator {estimator!r}.", remedy="There are: L0, R0.")
    if len(y) < 3:
        raise LabError("trim and fill needs at least three trials.")
    side = side or ("right" if egger(y, v, method=method).slope < 0 else "left")
    turned = -y if side == "right" else y  # trials are missing on the left of this one
    order = np.argsort(turned, kind="stable")
    turned, exact = turned[order], v[order]
    missing, centre, raw = _trim(turned, exact, method, estimator)
    k = len(y)
    extra = slice(k - missing, k) if missing else slice(0, 0)
    filled = np.concatenate([turned, 2 * centre - turned[extra]])
    filled = -filled if side == "right" else filled
    variances = np.concatenate([exact, exact[extra]])
    se, p = _missing_se(missing, raw, k, estimator)
    return Filled(
        missing, se, p, side, pool(filled, variances, method, test="z"), filled, variances
    )


def _trim(y: Array, v: Array, method: str, estimator: str) -> tuple[int, float, float]:
    """Return how many to take off the right, the centre without them, and L0 or R0 unrounded."""
    k, missing, seen, raw = len(y), 0, -1, 0.0
    for _ in range(MOST_ROUNDS):
        kept = slice(0, k - missing)
        centre = pool(y[kept], v[kept], method, test="z").estimate
        away = y - centre
        signs = np.sign(away) * _ranks(np.abs(away))
        if missing == seen:
            break
        raw = _count(signs, k, estimator)
        seen, missing = missing, min(max(0, round(raw)), k - 2)
    return missing, centre, raw


def _ranks(values: Array) -> Array:
    """Return ranks from 1; ties in the order in which they stand."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def _count(signs: Array, k: int, estimator: str) -> float:
    if estimator == "R0":
        return float(k - np.max(np.where(signs < 0, -signs, 0)) - 1)
    total = signs[signs > 0].sum()
    return float((4 * total - k * (k + 1)) / (2 * k - 1))


def _missing_se(missing: int, raw: float, k: int, estimator: str) -> tuple[float, float]:
    """Return the standard error, for L0 at its unrounded value as metafor does, and R0's p."""
    m = raw
    if estimator == "R0":
        return float(np.sqrt(2 * missing + 2)), float(0.5 ** (missing + 1))
    spread = (
        k * (k + 1) * (2 * k + 1) + 10 * m**3 + 27 * m**2 + 17 * m
        - 18 * k * m**2 - 18 * k * m + 6 * k**2 * m
    ) / 24  # fmt: skip
    return float(4 * np.sqrt(spread) / (2 * k - 1)), np.nan


def caution(k: int) -> str:
    """Return what a test of the funnel cannot say with so few trials."""
    if k >= FEW:
        return ""
    return (
        f"with {k} trials a test of the funnel cannot tell chance from missing trials "
        f"(it wants at least {FEW}); a calm result is no sign that nothing is missing."
    )


def _predictor(v: Array, name: str, n: Array | None) -> Array:
    if name in ("1/n", "1/sqrt(n)"):
        if n is None:
            raise LabError(f"the predictor {name} needs sample sizes.")
        return np.asarray(1 / n if name == "1/n" else 1 / np.sqrt(n))
    if name not in PREDICTORS:
        raise LabError(
            f"there is no predictor {name!r}.", remedy=f"There are: {', '.join(PREDICTORS)}."
        )
    return np.sqrt(v) if name == "se" else v
