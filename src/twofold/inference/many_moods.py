"""Mood after a headache, for many people at once: the Gaussian equation of ``coupling.py``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTables
from twofold.inference.cohort_state import CohortState
from twofold.inference.coupling import (
    HEADACHE,
    next_mood_features,
    next_mood_rows,
    same_day_features,
    same_day_rows,
)
from twofold.inference.engine import Array, Posterior, Prior, fit
from twofold.inference.onset import Claims
from twofold.inference.priors import HEADACHE_TO_MOOD
from twofold.inference.rows import FLAG_IF_MISSING_OVER, Feature, before, prior_of

GROUP = 128
SETTLED = 1e-3
LEAST_ROWS = 30
LEAST_ENDED = 5


@dataclass(frozen=True)
class Moods:
    """The headache's effect on the next free day's mood, person by person.

    Parameters
    ----------
    weights, means, variances : ndarray, shape (people, 3)
        The marginal mixture, in standard deviations of mood per one of headache.
    p_real, p_better : ndarray, shape (people,)
        Chance of any effect, and of one that is real and above zero.
    points : ndarray, shape (people,)
        Points of 0–10 for one unit of the mixtures' scale.
    usable : ndarray of bool, shape (people,)
        Settled, with at least 30 rows and 5 headaches that ended.
    is_asked : bool
        False where the claims or the diaries hold nothing about it.
    """

    weights: Array
    means: Array
    variances: Array
    p_real: Array
    p_better: Array
    points: Array
    usable: NDArray[np.bool_]
    is_asked: bool = True


def fit_moods(tables: DayTables, claims: Claims, *, state: CohortState | None = None) -> Moods:
    """Estimate mood after a headache for every person."""
    people = tables.shape[0]
    if HEADACHE_TO_MOOD not in claims or not np.isfinite(tables["mood"]).any():
        nothing = np.zeros((people, 3))
        return Moods(nothing, nothing, nothing, nothing[:, 0], nothing[:, 0], nothing[:, 0],
                     np.zeros(people, dtype=bool), is_asked=False)  # fmt: skip
    parts = [
        _group(tables.people(start, start + GROUP), claims, state)
        for start in range(0, people, GROUP)
    ]
    joined: dict[str, Any] = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(Moods)
        if one.name != "is_asked"
    }
    return Moods(**joined)


def _group(tables: DayTables, claims: Claims, state: CohortState | None) -> Moods:
    same = _estimate(same_day_features(tables, claims), same_day_rows(tables), tables["mood"])
    dent = same.points() * np.nan_to_num(tables["headache"])
    features = next_mood_features(tables, claims, tables["mood"] - dent, state=state)
    rows = next_mood_rows(tables)
    found = _estimate(features, rows, before(tables["mood"], -1))
    ended = (rows & (tables["headache"] == 1)).sum(-1)
    post = found.posterior
    usable = post.converged & (rows.sum(-1) >= LEAST_ROWS) & (ended >= LEAST_ENDED)
    return Moods(
        post.weights[:, 0], post.means[:, 0], post.variances[:, 0], post.p_real[:, 0],
        post.p_positive[:, 0], found.unit[:, 0], usable,
    )  # fmt: skip


@dataclass(frozen=True)
class _Estimated:
    """A Gaussian equation for each person; ``unit`` turns an effect into points."""

    posterior: Posterior
    at: int
    unit: Array

    def points(self) -> Array:
        """Return headache against none, in points; shape (people, 1)."""
        return self.posterior.mean[:, [self.at]] * self.unit


def _estimate(features: list[Feature], rows: NDArray[np.bool_], outcome: Array) -> _Estimated:
    features = features + [_flag(one, rows) for one in features if one.is_flagged]
    weight = rows.astype(float)
    raw = np.stack([one.values for one in features], axis=-1).astype(float)
    known = np.isfinite(raw) & rows[..., None]
    count = np.maximum(known.sum(1), 1)
    filled = np.where(known, raw, 0.0)
    centre = filled.sum(1) / count
    spread = np.sqrt(np.maximum((filled**2).sum(1) / count - centre**2, 0))
    kinds = np.array([one.scaling for one in features])
    centre = np.where(kinds == "as is", 0, centre)
    scale = np.where(kinds == "per SD", spread, 1.0)
    scale = np.where(scale <= 1e-9, np.inf, scale)
    x = np.where(known, (filled - centre[:, None]) / scale[:, None], 0.0)
    y, y_scale = _standard(outcome, rows)
    prior: Prior = prior_of(tuple(features))
    posterior = fit(x, y, prior=prior, likelihood="gaussian", weight=weight, settled=SETTLED)
    at = next(i for i, one in enumerate(features) if one.name == HEADACHE)
    return _Estimated(posterior, at, (y_scale / scale[:, at])[:, None])


def _flag(feature: Feature, rows: NDArray[np.bool_]) -> Feature:
    gone = np.isnan(feature.values)
    share = (gone & rows).sum(-1) / np.maximum(rows.sum(-1), 1)
    is_needed = (share > FLAG_IF_MISSING_OVER) & (share < 1)
    return Feature(
        f"no {feature.name}", gone * is_needed[:, None].astype(float), 0.0, 0.3, scaling="centre"
    )


def _standard(outcome: Array, rows: NDArray[np.bool_]) -> tuple[Array, Array]:
    count = np.maximum(rows.sum(-1), 1)
    filled = np.where(rows, outcome, 0.0)
    middle = filled.sum(-1) / count
    spread = np.sqrt(np.where(rows, (filled - middle[:, None]) ** 2, 0).sum(-1) / count)
    spread = np.where(spread > 0, spread, 1.0)
    return np.where(rows, (filled - middle[:, None]) / spread[:, None], 0.0), spread
