"""What goes with larger effects? Meta-regression of trials on what differs between them.

Mixed-effects models after van Houwelingen, Arends & Stijnen (2002, Stat Med
21:589) and Knapp & Hartung (2003, Stat Med 22:2693). Trials were never drawn
to differ in their moderators: what is found is an association between trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.heterogeneity import Spread, spread, tau2
from twofold.lab.meta.pooled import Coefficients, coefficients, pool
from twofold.lab.meta.weighting import Array, Design

TRIALS_A_MODERATOR = 10
"""Fewer trials for each coefficient, and the Cochrane Handbook (10.11.4) advises against it."""


@dataclass(frozen=True)
class Regression:
    """A meta-regression.

    Parameters
    ----------
    names : tuple of str
        Of the coefficients; the first is the intercept.
    coefficients : Coefficients
    moderators : float
        The omnibus test of all but the intercept: chi-squared (QM), or F after
        Hartung–Knapp.
    moderators_df : tuple
        Its degrees of freedom (the second is ``inf`` for chi-squared).
    moderators_p : float
    r2 : float
        Share of tau² that the moderators take away, in percent, never below 0.
    left : Spread
        How far trials differ still.
    warning : str
        That there are few trials, or empty.
    """

    names: tuple[str, ...]
    coefficients: Coefficients
    moderators: float
    moderators_df: tuple[int, float]
    moderators_p: float
    r2: float
    left: Spread
    warning: str


def regress(
    y: Array,
    v: Array,
    columns: Mapping[str, Array],
    method: str = "REML",
    *,
    test: str = "z",
) -> Regression:
    """Return a meta-regression of effects on columns.

    Parameters
    ----------
    y, v : array (k,)
    columns : mapping of str to array (k,)
        Moderators; ``indicators`` makes them from words.
    method, test : str
        As in ``pooled``.

    Raises
    ------
    LabError
        When a column is no number everywhere, stands still, or repeats others.
    """
    X = design(columns, len(y))
    _check(X, columns)
    found = coefficients(y, v, method, X, test=test)
    names = ("intercept", *columns)
    value, df, p = omnibus(found, len(columns))
    alone = float(tau2(y, v, method))
    fixed = method in ("FE", "EE", "CE")
    r2 = np.nan if fixed or not alone else 100 * max(0.0, (alone - float(found.tau2)) / alone)
    few = len(y) < TRIALS_A_MODERATOR * len(columns)
    warning = (
        f"{len(y)} trials for {len(columns)} moderators: with fewer than "
        f"{TRIALS_A_MODERATOR} for each, chance findings are common."
    )
    left = spread(y, v, float(found.tau2), method, X)
    return Regression(names, found, value, df, p, r2, left, warning if few else "")


def design(columns: Mapping[str, Array], k: int) -> Array:
    """Return the design (k, 1 + p) with an intercept first."""
    return np.column_stack([np.ones(k), *columns.values()])


def indicators(words: Sequence[str]) -> dict[str, Array]:
    """Return one column of 0 and 1 for each word but the first in the alphabet."""
    levels = sorted(set(words))
    return {one: np.array([float(word == one) for word in words]) for one in levels[1:]}


def omnibus(found: Coefficients, count: int) -> tuple[float, tuple[int, float], float]:
    """Return the joint test of the last ``count`` coefficients, its df and its p."""
    from scipy.special import chdtrc, fdtrc

    values, covariance = found.values[-count:], found.covariance[-count:, -count:]
    value = float(values @ np.linalg.solve(covariance, values))
    if found.df == np.inf:
        return value, (count, np.inf), float(chdtrc(count, value))
    return value / count, (count, found.df), float(fdtrc(count, found.df, value / count))


@dataclass(frozen=True)
class Subgroup:
    """One subgroup's pooled effect.

    Parameters
    ----------
    name : str
    of : int
    estimate, se, low, high, p, tau2 : float
    """

    name: str
    of: int
    estimate: float
    se: float
    low: float
    high: float
    p: float
    tau2: float


def subgroups(
    y: Array, v: Array, words: Sequence[str], method: str = "REML", *, test: str = "HK with floor"
) -> tuple[tuple[Subgroup, ...], float, float]:
    """Return each subgroup's effect, and Q and p of the difference between them.

    Each has its own tau²; one trial alone is told with its own normal interval.

    Returns
    -------
    tuple of Subgroup, float, float
        Q between and p are ``nan`` where there is only one subgroup.
    """
    from scipy.special import chdtrc

    parts = []
    for name in sorted(set(words)):
        rows = np.array([word == name for word in words])
        alone = rows.sum() == 1
        how = ("FE", "z") if alone else (method, test)
        one = pool(y[rows], v[rows], how[0], test=how[1])
        parts.append(
            Subgroup(name, one.of, one.estimate, one.se, one.low, one.high, one.p, one.tau2)
        )
    if len(parts) < 2:
        return tuple(parts), np.nan, np.nan
    means = np.array([one.estimate for one in parts])
    weights = np.array([one.se**-2 for one in parts])
    q = float((weights * (means - np.average(means, weights=weights)) ** 2).sum())
    return tuple(parts), q, float(chdtrc(len(parts) - 1, q))


def _check(X: Design, columns: Mapping[str, Array]) -> None:
    assert X is not None
    for name, values in columns.items():
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
            raise LabError(
                f"row {row}: the moderator {name} is not known.",
                remedy="Leave the row out, or take another moderator.",
            )
        if np.ptp(values) == 0:
            raise LabError(f"the moderator {name} is the same in every trial.")
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise LabError("the moderators repeat one another.", remedy="Take one of them out.")
