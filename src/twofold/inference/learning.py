"""What a cohort teaches: shares, sizes and usual levels, learnt from many diaries at once.

Empirical Bayes: every person's equation is
estimated with the present hyper-parameters; then each hyper-parameter moves
towards what the people's answers say, with the studies counted as ``n0`` people more,
so that two hundred diaries can overrule a wrong table and two cannot.

Source: Efron 2010 (empirical Bayes); statistics sheet C3 and D1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

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

ROUNDS, ROUNDS_STAY, ROUNDS_MOODS = 14, 8, 8
# The longest step of one round: log-odds of the share, mean, log of the spread.
LONGEST_STEP = np.array([0.7, 0.2, 0.3])
MOST_SHIFT, MOST_STRETCH = 0.4, 0.3
SHARE_HOLD, MEAN_HOLD, SPREAD_HOLD = (
    0.1,
    0.3,
    2.0,
)  # of n0 people who had the effect and knew its size
LEAST_HOLD = 1e-6 * np.eye(3)
SETTLED_TO_LEARN = 0.02
MOST_PEOPLE = 4000  # more people no longer move a hyper-parameter
MOST_FOR_MOODS = 400
SURPRISE_N0 = 40.0  # real effects' worth of weight behind the usual share of surprises
NUISANCE_N0 = 5.0
N0 = 20  # people, for a factor without a claim
# Questions with a direction: over how many lags, and which sign is asked about.
ASKED = {MOOD_TO_HEADACHE: (len(MOOD_LAGS), 1), HEADACHE_TO_MOOD: (1, -1)}


@dataclass(frozen=True)
class _Answers:
    """The marginal mixtures of one kind of effect in everyone who could tell; shape (n, 3)."""

    weights: Array
    means: Array
    variances: Array


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
    for _ in range(rounds):
        onset = fit_many(tables, claims, state=state, is_cohort=True, settled=SETTLED_TO_LEARN)
        told = {name: _of_columns(onset, at) for name, at in _kinds(tables, onset, claims).items()}
        state = _with_effects(state, told, first, claims)
        state = replace(_with_nuisances(state, "onset", onset), surprise=_surprise(told))
    for _ in range(ROUNDS_MOODS):
        moods = fit_moods(tables.people(0, MOST_FOR_MOODS), claims, state=state)
        if moods.is_asked:
            state = _with_effects(state, {HEADACHE_TO_MOOD: _of_moods(moods)}, first, claims)
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
    state: CohortState, told: Mapping[str, _Answers], first: CohortState, claims: Claims
) -> CohortState:
    effects = dict(state.effects)
    for name, answers in told.items():
        n0 = float(claims[name].n0) if name in claims else float(N0)
        effects[name] = _moved(
            name, answers, effects[name], first.effects[name], n0=n0, surprise=state.surprise
        )
    return replace(state, effects=effects)


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


def _of_columns(fits: Fits, columns: list[int]) -> _Answers:
    loud = ~fits.silent()[:, columns] & fits.converged[:, None]
    return _Answers(
        *(one[:, columns][loud].astype(float) for one in (fits.weights, fits.means, fits.variances))
    )


def _of_moods(moods: Moods) -> _Answers:
    return _Answers(*(one[moods.usable] for one in (moods.weights, moods.means, moods.variances)))


def _moved(
    name: str,
    told: _Answers,
    now: tuple[float, float, float],
    studies: tuple[float, float, float],
    *,
    n0: float,
    surprise: float,
) -> tuple[float, float, float]:
    """Return share, mean and spread after one step uphill.

    The people's answers pull; ``n0`` people whose diaries say as much as these
    hold on to the studies, and more firmly to size and spread, which short
    diaries hardly know and on which the intervals hang. The step is scoring,
    with the people's own scores as information (Berndt, Hall, Hall and Hausman
    1974): the plain turns of expectation–maximisation hardly move where each
    diary says little.
    """
    lags, sign = ASKED.get(name, (1, 0))
    pi, m, tau = _each_lag(now, lags, sign, surprise)
    pi0, m0, tau0 = _each_lag(studies, lags, sign, surprise)
    scores = _scores(told, pi, m, tau)
    information = scores.T @ scores
    hold = np.diag(np.diag(information)) * n0 * lags / max(len(scores), 1) + LEAST_HOLD
    hold[0, 0] = max(hold[0, 0], SHARE_HOLD * n0 * lags * pi0 * (1 - pi0))
    hold[1, 1] += MEAN_HOLD * n0 * lags * pi0 / tau**2
    hold[2, 2] += SPREAD_HOLD * n0 * lags * pi0
    back = np.array([_log_odds(pi0) - _log_odds(pi), m0 - m, math.log(tau0 / tau)])
    step = np.linalg.solve(information + hold, scores.sum(0) + hold @ back)
    step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    share = 1 / (1 + math.exp(-(_log_odds(pi) + step[0])))
    mean, spread = float(m + step[1]), max(tau * math.exp(step[2]), LEAST_SPREAD)
    share = joined_over_lags(EffectPrior(share, mean, spread, surprise), lags, sign)
    return min(max(share, 1e-3), 0.95), mean, spread


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _each_lag(
    row: tuple[float, float, float], lags: int, sign: int, surprise: float
) -> tuple[float, float, float]:
    return split_over_lags(EffectPrior(*row, surprise), lags, sign), row[1], row[2]


def _scores(told: _Answers, pi: float, m: float, tau: float) -> Array:
    """Return each answer's slope of the evidence: log-odds of the share, mean, log spread."""
    weight, apart = told.weights[:, 1], told.means[:, 1] - m
    return np.column_stack([
        1 - told.weights[:, 0] - pi,
        weight * apart / tau**2,
        weight * ((told.variances[:, 1] + apart**2) / tau**2 - 1),
    ])  # fmt: skip


def _surprise(told: Mapping[str, _Answers]) -> float:
    real = sum(float((1 - one.weights[:, 0]).sum()) for one in told.values())
    surprising = sum(float(one.weights[:, 2].sum()) for one in told.values())
    return (surprising + SURPRISE_N0 * SURPRISE_SHARE) / (real + SURPRISE_N0)


def _nuisances(equation: str, fits: Fits) -> dict[str, tuple[float, float]]:
    """Return mean and spread between people of every nuisance that was not silent, a step on."""
    told = {}
    for i, name in enumerate(fits.names):
        loud = np.isfinite(fits.scale[:, i]) & fits.converged
        if i in fits.candidates or loud.sum() < 2 * NUISANCE_N0:
            continue
        middle, spread = float(fits.before_mean[i]), float(fits.before_sd[i])
        apart = fits.mean[loud, i].astype(float) - middle
        along = apart / spread**2
        wider = (fits.variance[loud, i] + apart**2) / spread**2 - 1
        step = along.sum() / ((along**2).sum() + NUISANCE_N0 / spread**2)
        stretch = wider.sum() / ((wider**2).sum() + 2 * NUISANCE_N0)
        middle += float(np.clip(step, -MOST_SHIFT, MOST_SHIFT))
        spread *= math.exp(float(np.clip(stretch, -MOST_STRETCH, MOST_STRETCH)))
        told[f"{equation}.{name}"] = (middle, max(spread, 0.02))
    return told
