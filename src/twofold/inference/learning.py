"""What a cohort teaches: shares, sizes and usual levels, learnt from many diaries at once.

Empirical Bayes by expectation–maximisation: every person's equation is
estimated with the present hyper-parameters; then each hyper-parameter moves to
what the people's answers say, with the studies counted as ``n0`` people more,
so that two hundred diaries can overrule a wrong table and two cannot.

Source: Efron 2010 (empirical Bayes); statistics sheet C3 and D1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from twofold.daytable import DayTables
from twofold.inference.cohort_state import LEAST_SPREAD, UNLINKED, CohortState
from twofold.inference.engine import Array
from twofold.inference.many import Fits, fit_many
from twofold.inference.many_moods import Moods, fit_moods
from twofold.inference.onset import MOOD_LAGS, Claims, mood_name
from twofold.inference.priors import (
    HEADACHE_TO_MOOD,
    LEAST_TAU,
    MOOD_TO_HEADACHE,
    SURPRISE_SHARE,
    UNLINKED_SHARE,
    EffectPrior,
    joined_over_lags,
    split_over_lags,
)

ROUNDS, ROUNDS_STAY, ROUNDS_MOODS = 18, 5, 5
STRIDE = 1.8
SETTLED_TO_LEARN = 0.02
MOST_PEOPLE = 4000  # more people no longer move a hyper-parameter
MOST_FOR_MOODS = 400
SURPRISE_N0 = 40.0  # real effects' worth of weight behind the usual share of surprises
NUISANCE_N0 = 5.0
N0 = 20  # people, for a factor without a claim
# Questions with a direction: over how many lags, and which sign is asked about.
ASKED = {MOOD_TO_HEADACHE: (len(MOOD_LAGS), 1), HEADACHE_TO_MOOD: (1, -1)}


@dataclass(frozen=True)
class _Seen:
    """What the people's answers say about one kind of effect, added up."""

    people: float
    real: float
    told: float
    total: float
    square: float
    surprising: float


def learn(
    tables: DayTables, claims: Claims, *, rounds: int = ROUNDS, start: CohortState | None = None
) -> CohortState:
    """Learn a cohort's hyper-parameters.

    Parameters
    ----------
    tables : DayTables
        People of one cohort; beyond 4,000 the first 4,000 are used.
    claims : mapping of str to Claim
        What studies say: the starting point, and ``n0`` people of weight.
    start : CohortState, optional
        An earlier state of the same cohort, as a warm start.

    Returns
    -------
    CohortState

    Raises
    ------
    NeedsExtra
        When numba is not installed.
    """
    tables = tables.people(0, MOST_PEOPLE)
    first = studies_alone(tables, claims)
    state = replace(
        start or first,
        people=tables.shape[0],
        days=int(np.isfinite(tables["headache"]).sum()),
    )
    for _ in range(ROUNDS_STAY):
        stay = fit_many(tables, claims, question="persistence", state=state)
        state = _with_nuisances(state, "persistence", stay)
    for turn in range(rounds):
        onset = fit_many(tables, claims, state=state, settled=SETTLED_TO_LEARN)
        seen = {name: _of_columns(onset, at) for name, at in _kinds(tables, onset, claims).items()}
        is_last = turn == rounds - 1
        state = _with_effects(state, seen, first, claims, stride=1.0 if is_last else STRIDE)
        state = replace(_with_nuisances(state, "onset", onset), surprise=_surprise(seen))
    for _ in range(ROUNDS_MOODS):
        moods = fit_moods(tables.people(0, MOST_FOR_MOODS), claims, state=state)
        if moods.is_asked:
            seen = {HEADACHE_TO_MOOD: _of_moods(moods)}
            state = _with_effects(state, seen, first, claims, stride=1.0)
    return state


def studies_alone(tables: DayTables, claims: Claims) -> CohortState:
    """Return the state before any diary: the studies' shares as they stand, not hedged."""
    told = [one.claim for one in tables.factors if one.claim]
    named = [claims[one] for one in told if one in claims]
    named += [claims[one] for one in (MOOD_TO_HEADACHE, HEADACHE_TO_MOOD) if one in claims]
    effects = {one.id: (one.pi, one.m, max(one.tau, LEAST_TAU)) for one in named}
    effects[UNLINKED] = (UNLINKED_SHARE, 0.0, LEAST_TAU)
    return CohortState(0, 0, effects, {}, SURPRISE_SHARE)


def _with_effects(
    state: CohortState,
    seen: Mapping[str, _Seen],
    first: CohortState,
    claims: Claims,
    *,
    stride: float,
) -> CohortState:
    effects = dict(state.effects)
    for name, one in seen.items():
        n0 = float(claims[name].n0) if name in claims else float(N0)
        told = _effect(name, one, first.effects[name], n0, state.surprise)
        effects[name] = _step(effects[name], told, stride)
    return replace(state, effects=effects)


def _step(
    before: tuple[float, float, float], told: tuple[float, float, float], stride: float
) -> tuple[float, float, float]:
    """Go further than told, on scales without an edge: expectation–maximisation is slow."""

    def free(row: tuple[float, float, float]) -> Array:
        return np.array([math.log(row[0] / (1 - row[0])), row[1], math.log(row[2])])

    share, mean, spread = free(before) + stride * (free(told) - free(before))
    share = 1 / (1 + math.exp(-share))
    return min(max(share, 1e-3), 0.95), float(mean), max(math.exp(spread), LEAST_SPREAD)


def _with_nuisances(state: CohortState, equation: str, fits: Fits) -> CohortState:
    return replace(state, nuisances={**state.nuisances, **_nuisances(equation, fits)})


def _kinds(tables: DayTables, onset: Fits, claims: Claims) -> dict[str, list[int]]:
    """Return the candidates' positions by the effect that they share."""
    where = {onset.names[column]: i for i, column in enumerate(onset.candidates)}
    kinds: dict[str, list[int]] = {}
    for one in tables.factors:
        name = one.claim if one.claim in claims else UNLINKED
        if one.column in where:
            kinds.setdefault(str(name), []).append(where[one.column])
    lags = [where[mood_name(lag)] for lag in MOOD_LAGS if mood_name(lag) in where]
    return {**kinds, MOOD_TO_HEADACHE: lags} if lags else kinds


def _of_columns(fits: Fits, columns: list[int]) -> _Seen:
    loud = (~fits.silent()[:, columns] & fits.converged[:, None]).astype(float)
    weights, means = fits.weights[:, columns], fits.means[:, columns]
    return _seen(weights, means, fits.variances[:, columns], loud)


def _of_moods(moods: Moods) -> _Seen:
    weights = moods.weights[:, None]
    loud = moods.usable[:, None].astype(float)
    return _seen(weights, moods.means[:, None], moods.variances[:, None], loud)


def _seen(weights: Any, means: Any, variances: Any, loud: Array) -> _Seen:
    told = weights[..., 1] * loud
    return _Seen(
        people=float(loud.sum()),
        real=float(((1 - weights[..., 0]) * loud).sum()),
        told=float(told.sum()),
        total=float((told * means[..., 1]).sum()),
        square=float((told * (variances[..., 1] + means[..., 1] ** 2)).sum()),
        surprising=float((weights[..., 2] * loud).sum()),
    )


def _effect(
    name: str,
    seen: _Seen,
    studies: tuple[float, float, float],
    n0: float,
    surprise: float,
) -> tuple[float, float, float]:
    """Return share, mean and spread: the people's answers, and n0 people from the studies."""
    pi, m, tau = studies
    lags, sign = ASKED.get(name, (1, 0))
    pi = split_over_lags(EffectPrior(pi, m, tau, surprise), lags, sign)
    share = (seen.real + n0 * lags * pi) / (seen.people + n0 * lags)
    behind = n0 * pi
    mean = (seen.total + behind * m) / (seen.told + behind)
    square = seen.square - 2 * mean * seen.total + seen.told * mean**2
    spread = math.sqrt((square + behind * (tau**2 + (m - mean) ** 2)) / (seen.told + behind))
    spread = max(spread, LEAST_SPREAD)
    share = joined_over_lags(EffectPrior(share, mean, spread, surprise), lags, sign)
    return min(max(share, 1e-3), 0.95), mean, spread


def _surprise(seen: Mapping[str, _Seen]) -> float:
    real = sum(one.real for one in seen.values())
    surprising = sum(one.surprising for one in seen.values())
    return (surprising + SURPRISE_N0 * SURPRISE_SHARE) / (real + SURPRISE_N0)


def _nuisances(equation: str, fits: Fits) -> dict[str, tuple[float, float]]:
    """Return mean and spread between people of every nuisance that was not silent."""
    told = {}
    for i, name in enumerate(fits.names):
        loud = np.isfinite(fits.scale[:, i]) & fits.converged
        if i in fits.candidates or loud.sum() < 2 * NUISANCE_N0:
            continue
        means, variances = fits.mean[loud, i], fits.variance[loud, i]
        middle = float(means.mean())
        spread = float(np.sqrt((variances + (means - middle) ** 2).mean()))
        told[f"{equation}.{name}"] = (middle, max(spread, 0.02))
    return told
