"""The same questions for many people at once, and what a cohort teaches.

Columns come from the very functions that serve one person (``onset.py``); the
compiled rounds of ``kernel.py`` replace ``engine.fit``. People are taken in
small groups, one group a thread, so that memory does not grow with their
number. Needs the extra ``fast`` (numba).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTables
from twofold.errors import NeedsExtra
from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array
from twofold.inference.onset import (
    TREND,
    Claims,
    at_risk,
    for_forecast,
    in_headache,
    onset_features,
    persistence_features,
)
from twofold.inference.priors import mixture
from twofold.inference.rows import MOST_FLAGS, Feature, before

Question = Literal["onset", "persistence"]
Single = NDArray[np.float32]
Yes = NDArray[np.bool_]

GROUP = 256
SETTLED = 1e-2
MOST_ROUNDS = 60
KINDS = {"as is": 0, "centre": 1, "per SD": 2}


@dataclass(frozen=True)
class Fits:
    """One equation, estimated for each of many people.

    Parameters
    ----------
    names : tuple of str, length k
        The columns; ``candidates`` gives the positions of the q candidates.
    mean, variance : ndarray, shape (people, k)
        Log-odds per scaled column.
    p_real : ndarray, shape (people, q)
        Chance that a candidate's effect is not "none"; for a column that is
        silent in someone, the prior's.
    weights, means, variances : ndarray, shape (people, q, 3)
        Each candidate's marginal mixture.
    scale : ndarray, shape (people, k)
        What a column was divided by; ``inf`` where it is silent.
    before_mean, before_sd : ndarray, shape (k,)
        What was believed of each nuisance before the days (``inf`` for candidates).
    rows : ndarray of int, shape (people,)
        Days that entered.
    converged : ndarray of bool, shape (people,)
    log_odds, log_odds_variance : ndarray, shape (people, days)
        Of a headache on the next day; ``nan`` where not asked.
    """

    names: tuple[str, ...]
    candidates: NDArray[np.intp]
    before_mean: Array
    before_sd: Array
    mean: Single
    variance: Single
    p_real: Single
    weights: Single
    means: Single
    variances: Single
    scale: Single
    rows: NDArray[np.int64]
    converged: Yes
    log_odds: Single
    log_odds_variance: Single

    def silent(self) -> Yes:
        """Say which candidates had nothing to tell in whom; shape (people, q)."""
        return np.isinf(self.scale[:, self.candidates])


def fit_many(
    tables: DayTables,
    claims: Claims,
    *,
    question: Question = "onset",
    state: CohortState | None = None,
    until: int | None = None,
    ahead: bool = False,
    is_cohort: bool = False,
    settled: float = SETTLED,
    group: int = GROUP,
) -> Fits:
    """Estimate one equation for every person.

    Parameters
    ----------
    tables : DayTables
        Columns of shape (people, days).
    state : CohortState, optional
        What a cohort has taught.
    until : int, optional
        Learn from the days before this one only.
    ahead : bool
        Whether to give the log-odds of the next day for every day that can.
        What is known only on the next day itself is then left out.
    is_cohort : bool
        Whether the answers are only added up: a factor with few days on one
        side, of which nobody alone is told, then counts as well.

    Returns
    -------
    Fits

    Raises
    ------
    NeedsExtra
        When numba is not installed.
    """
    how = {"question": question, "state": state, "until": until, "ahead": ahead}
    parts = groups(tables, claims, group=group, is_cohort=is_cohort, settled=settled, **how)
    return _joined(list(parts))


def groups(tables: DayTables, claims: Claims, *, group: int = GROUP, **how: Any) -> Iterator[Fits]:
    """Give the fits of one group of people after the other; memory stays flat."""
    kernel = _kernel()
    tables = tables.plausible()
    starts = range(0, tables.shape[0], group)

    def one(start: int) -> Fits:
        return _fit_group(tables.people(start, start + group), claims, kernel, **how)

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        yield from threads.map(one, starts)


def _kernel() -> Callable[..., None]:
    try:
        from twofold.inference.kernel import fit_people
    except ImportError as error:
        raise NeedsExtra("numba", extra="fast") from error
    return fit_people


def _fit_group(
    tables: DayTables,
    claims: Claims,
    kernel: Callable[..., None],
    *,
    question: Question = "onset",
    state: CohortState | None = None,
    until: int | None = None,
    ahead: bool = False,
    is_cohort: bool = False,
    settled: float = SETTLED,
) -> Fits:
    mask = at_risk(tables) if question == "onset" else in_headache(tables)
    if question == "onset":
        features = onset_features(tables, claims, mask, state=state, is_forecast=ahead)
        features = for_forecast(features, mask) if ahead else features
    else:
        features = persistence_features(tables, mask, state=state)
    seen = mask.copy()
    if until is not None:
        seen[:, max(until - 1, 0) :] = False
    if is_cohort:
        features = [replace(one, needs_sides=False) for one in features]
    if ahead and until is not None:
        features = [_held(one, until) for one in features]
    asked = (tables["headache"] == (question == "persistence")) & ahead
    outcome = np.nan_to_num(before(tables["headache"], -1))
    return _run(kernel, features, seen, outcome, asked, settled)


def _held(feature: Feature, until: int) -> Feature:
    """Hold the trend where the last day that was learnt from left it."""
    if feature.name != TREND:
        return feature
    return replace(feature, values=np.minimum(feature.values, until - 1))


def _run(
    kernel: Callable[..., None],
    features: list[Feature],
    seen: Yes,
    outcome: Array,
    asked: Yes,
    settled: float,
) -> Fits:
    people, days = seen.shape
    values = np.empty((people, len(features), days), np.float32)
    for i, feature in enumerate(features):
        values[:, i] = feature.values
    is_held = np.array([one.effect is not None for one in features])
    held = np.flatnonzero(is_held)
    mixture_at = np.full(len(features), -1)
    mixture_at[held] = np.arange(len(held))
    mean = np.array([0.0 if one.effect else one.mean for one in features])
    sharp = np.array([0.0 if one.effect else one.sd**-2 for one in features])
    shares = mixture([one.effect for one in features if one.effect is not None])
    k, q = len(features), len(held)
    out = _Room(people, days, k, q)
    kernel(
        values, seen, outcome.astype(np.float32), asked,
        np.array([KINDS[one.scaling] for one in features]),
        np.array([one.needs_sides for one in features]),
        np.array([one.is_flagged for one in features]),
        mixture_at, _single(mean), _single(sharp), *(_single(one) for one in shares),
        np.float32(settled), MOST_ROUNDS, *out.arrays(),
    )  # fmt: skip
    p_real = 1 - out.weights[..., 0]
    finite = np.isfinite(out.mean).all(1) & np.isfinite(p_real).all(1)
    return Fits(
        tuple(one.name for one in features), held, mean,
        np.array([np.inf if one.effect else one.sd for one in features]), out.mean,
        out.variance, p_real, out.weights,
        out.means, out.variances, out.scale[:, :k], out.rows, out.converged & finite,
        out.log_odds, out.log_odds_variance,
    )  # fmt: skip


class _Room:
    """The arrays that the kernel writes."""

    def __init__(self, people: int, days: int, k: int, q: int) -> None:
        self.mean, self.variance = _empty(people, k), _empty(people, k)
        self.weights, self.means, self.variances = (_empty(people, q, 3) for _ in range(3))
        self.centre, self.scale = (_empty(people, k + MOST_FLAGS) for _ in range(2))
        self.log_odds, self.log_odds_variance = (_empty(people, days) for _ in range(2))
        self.converged = np.zeros(people, dtype=bool)
        self.rows = np.zeros(people, dtype=np.int64)

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Return them in the kernel's order."""
        return (
            self.mean, self.variance, self.weights, self.means, self.variances, self.centre,
            self.scale, self.log_odds, self.log_odds_variance, self.converged, self.rows,
        )  # fmt: skip


def _empty(*shape: int) -> Single:
    return np.zeros(shape, np.float32)


def _single(numbers: Array) -> Single:
    return np.ascontiguousarray(numbers, dtype=np.float32)


def _joined(parts: list[Fits]) -> Fits:
    shared = ("names", "candidates", "before_mean", "before_sd")
    columns: dict[str, Any] = {name: getattr(parts[0], name) for name in shared}
    for one in fields(Fits):
        if one.name not in columns:
            columns[one.name] = np.concatenate([getattr(part, one.name) for part in parts])
    return Fits(**columns)
