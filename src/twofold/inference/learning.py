"""What a cohort teaches: shares, sizes and usual levels, learnt from many diaries at once.

Empirical Bayes: every person's equation is
estimated with the present hyper-parameters; then each hyper-parameter moves
towards what the people's answers say (``scoring.py``), with the studies counted as ``n0``
people more, so that two hundred diaries can overrule a wrong table and two cannot.

Source: Efron 2010 (empirical Bayes); statistics sheet C3 and D1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from twofold.daytable import DayTables
from twofold.inference.cohort_state import UNLINKED, CohortState
from twofold.inference.many import Fits, fit_many
from twofold.inference.many_moods import Moods, fit_moods
from twofold.inference.onset import MOOD_LAGS, Claims, mood_name
from twofold.inference.priors import (
    HEADACHE_TO_MOOD,
    LEAST_TAU,
    MOOD_TO_HEADACHE,
    SURPRISE_SHARE,
    UNLINKED_SHARE,
)
from twofold.inference.scoring import Answers, Studies, uphill

ROUNDS, ROUNDS_STAY, ROUNDS_MOODS = 14, 8, 8
ROUNDS_WHOLE = 3  # then half steps: whole ones would go back and forth across the ridge
MOST_SHIFT, MOST_STRETCH = 0.4, 0.3
SETTLED_TO_LEARN = 0.02
MOST_PEOPLE = 4000  # more people no longer move a hyper-parameter
MOST_FOR_MOODS = 400
SURPRISE_N0 = 40.0  # real effects' worth of weight behind the usual share of surprises
NUISANCE_N0 = 5.0


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
    studies = Studies(first)
    for turn in range(rounds):
        onset = fit_many(tables, claims, state=state, is_cohort=True, settled=SETTLED_TO_LEARN)
        told = {name: _of_columns(onset, at) for name, at in _kinds(tables, onset, claims).items()}
        part = 1.0 if turn < ROUNDS_WHOLE else 0.5
        state, studies = uphill(state, told, studies, claims, part=part)
        state = replace(_with_nuisances(state, "onset", onset), surprise=_surprise(told))
    for _ in range(ROUNDS_MOODS):
        moods = fit_moods(tables.people(0, MOST_FOR_MOODS), claims, state=state)
        if moods.is_asked:
            told = {HEADACHE_TO_MOOD: _of_moods(moods)}
            state, studies = uphill(state, told, studies, claims)
    return state


def studies_alone(tables: DayTables, claims: Claims) -> CohortState:
    """Return the state before any diary: the studies' shares as they stand, not hedged."""
    told = [one.claim for one in tables.factors if one.claim]
    named = [claims[one] for one in told if one in claims]
    named += [claims[one] for one in (MOOD_TO_HEADACHE, HEADACHE_TO_MOOD) if one in claims]
    effects = {one.id: (one.pi, one.m, max(one.tau, LEAST_TAU)) for one in named}
    effects[UNLINKED] = (UNLINKED_SHARE, 0.0, LEAST_TAU)
    return CohortState(0, 0, effects, {}, SURPRISE_SHARE)


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


def _of_columns(fits: Fits, columns: list[int]) -> Answers:
    loud = ~fits.silent()[:, columns] & fits.converged[:, None]
    return Answers(
        *(one[:, columns][loud].astype(float) for one in (fits.weights, fits.means, fits.variances))
    )


def _of_moods(moods: Moods) -> Answers:
    return Answers(*(one[moods.usable] for one in (moods.weights, moods.means, moods.variances)))


def _surprise(told: Mapping[str, Answers]) -> float:
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
