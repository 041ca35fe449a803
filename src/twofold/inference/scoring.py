"""One step uphill: how a cohort's answers move shares, sizes and spreads of effects.

Each kind of effect has three hyper-parameters, in log-odds of the share, mean,
and log spread. Studies hold them, people's answers pull. One diary, and even a
thousand, can hardly tell few large effects from many small ones of one kind: a
ridge. But studies are wrong together, since large findings are printed first.
So what all claims with a direction share is learnt with them: by how much
shares are higher or lower, and effects larger or smaller, than studies say.
There the kinds speak with one voice.

Sources: Berndt, Hall, Hall and Hausman 1974 (scoring); Efron 2010 (empirical
Bayes).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from twofold.inference.cohort_state import LEAST_SPREAD, CohortState
from twofold.inference.engine import Array
from twofold.inference.onset import MOOD_LAGS, Claims
from twofold.inference.priors import (
    HEADACHE_TO_MOOD,
    MOOD_TO_HEADACHE,
    EffectPrior,
    joined_over_lags,
    split_over_lags,
)
from twofold.knowledge.claim import Claim

# The longest step of one round: log-odds of the share, mean, log of the spread.
LONGEST_STEP = np.array([0.7, 0.2, 0.3])
# Parts of n0 people who had the effect and knew its size.
SHARE_HOLD, MEAN_HOLD, SPREAD_HOLD = 0.1, 0.3, 2.0
LEAST_HOLD = 1e-6 * np.eye(3)
# What all studies share, before any diary: shares off by a factor of e in the odds, sizes by a
# factor of two, each one SD.
LEAN_HOLD = np.array([1.0, math.log(2)]) ** -2
LONGEST_LEAN = np.array([0.7, 0.3])
LEAST_SHARE, MOST_SHARE = 1e-3, 0.95
N0 = 20  # people, for a factor without a claim
# Questions with a direction: over how many lags, and which sign is asked about.
ASKED = {MOOD_TO_HEADACHE: (len(MOOD_LAGS), 1), HEADACHE_TO_MOOD: (1, -1)}
Row = tuple[float, float, float]


@dataclass(frozen=True)
class Answers:
    """The marginal mixtures of one kind of effect in everyone who could tell; shape (n, 3)."""

    weights: Array
    means: Array
    variances: Array


@dataclass(frozen=True)
class Studies:
    """What studies say, and how far all of them together seem to be off.

    Parameters
    ----------
    state : CohortState
        The studies' own shares, means and spreads.
    lean : ndarray, shape (2,)
        For every claim with a direction: what is added to the log-odds of its
        share, and to the log of its mean and spread.
    """

    state: CohortState
    lean: Array = field(default_factory=lambda: np.zeros(2))


@dataclass(frozen=True)
class _Pull:
    """Where one kind of effect stands and is pulled.

    ``now`` and ``apart``: log-odds of the share, mean, log spread, and how far
    they are from the studies. ``slope``, ``information`` are the people's,
    ``hold`` is the studies'. ``along``, shape (3, 2): how it moves with the lean.
    """

    now: Array
    apart: Array
    slope: Array
    information: Array
    hold: Array
    along: Array


def uphill(
    state: CohortState,
    told: Mapping[str, Answers],
    studies: Studies,
    claims: Claims,
    *,
    part: float = 1.0,
) -> tuple[CohortState, Studies]:
    """Take one step with every kind of effect, and with what all studies share.

    The step is scoring, with the people's own scores as information: the plain
    turns of expectation–maximisation hardly move where each diary says little.

    Parameters
    ----------
    told : mapping of str to Answers
        By claim id; other kinds stay as they are.
    part : float
        How much of the step is taken.
    """
    pulls = {
        name: _pull(name, answers, state, studies, claims.get(name))
        for name, answers in told.items()
    }
    lean = _lean_step(list(pulls.values()), studies.lean)
    moved = {name: _moved(name, pull, lean, state, part) for name, pull in pulls.items()}
    return (
        replace(state, effects={**state.effects, **moved}),
        replace(studies, lean=studies.lean + part * lean),
    )


def _pull(
    name: str, told: Answers, state: CohortState, studies: Studies, claim: Claim | None
) -> _Pull:
    """Weigh what people's answers say of one kind of effect against what studies say.

    ``n0`` people whose diaries say as much as these hold on to the studies, and
    more firmly to size and spread, which short diaries hardly know and on which
    the intervals hang.
    """
    lags, sign = ASKED.get(name, (1, 0))
    n0 = lags * float(N0 if claim is None else claim.n0)
    pi, m, tau = _each_lag(state.effects[name], lags, sign, state.surprise)
    pi0, m0, tau0 = _each_lag(studies.state.effects[name], lags, sign, state.surprise)
    scores = _scores(told, pi, m, tau)
    information = scores.T @ scores
    hold = np.diag(np.diag(information)) * n0 / max(len(scores), 1) + LEAST_HOLD
    hold[0, 0] = max(hold[0, 0], SHARE_HOLD * n0 * pi0 * (1 - pi0))
    hold[1, 1] += MEAN_HOLD * n0 * pi0 / tau**2
    hold[2, 2] += SPREAD_HOLD * n0 * pi0
    more, larger = studies.lean if _leans(name, claim) else (0.0, 0.0)
    middle = m0 * math.exp(larger)
    centre = np.array([_log_odds(pi0) + more, middle, math.log(tau0) + larger])
    along = np.array([[1.0, 0.0], [0.0, middle], [0.0, 1.0]]) * _leans(name, claim)
    now = np.array([_log_odds(pi), m, math.log(tau)])
    return _Pull(now, now - centre, scores.sum(0), information, hold, along)


def _leans(name: str, claim: Claim | None) -> bool:
    """Say whether one kind of effect moves with what all studies share.

    Mood is another question, an early sign is no effect, and a claim without a
    direction says nothing of its size.
    """
    if claim is None or name in ASKED:
        return False
    return claim.m != 0 and claim.claim_class != "sign"


def _lean_step(pulls: list[_Pull], now: Array) -> Array:
    """Return the step of what all studies share, with each kind's own step taken out."""
    if not any(one.along.any() for one in pulls):
        return np.zeros(2)
    slope, information = -LEAN_HOLD * now, np.diag(LEAN_HOLD)
    for one in pulls:
        given = one.information @ np.linalg.inv(one.information + one.hold)
        own = given @ (one.slope - one.hold @ one.apart)
        slope = slope + one.along.T @ (one.slope - own)
        left = one.information - given @ one.information
        information = information + one.along.T @ left @ one.along
    return np.clip(np.linalg.solve(information, slope), -LONGEST_LEAN, LONGEST_LEAN)


def _moved(name: str, pull: _Pull, lean: Array, state: CohortState, part: float) -> Row:
    """Return share, mean and spread of one kind of effect after the step."""
    lags, sign = ASKED.get(name, (1, 0))
    shared = pull.along @ lean
    left = pull.slope - pull.information @ shared - pull.hold @ pull.apart
    step = part * (shared + np.linalg.solve(pull.information + pull.hold, left))
    at = pull.now + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    mean, spread = float(at[1]), max(math.exp(at[2]), LEAST_SPREAD)
    each = EffectPrior(1 / (1 + math.exp(-at[0])), mean, spread, state.surprise)
    return min(max(joined_over_lags(each, lags, sign), LEAST_SHARE), MOST_SHARE), mean, spread


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _each_lag(row: Row, lags: int, sign: int, surprise: float) -> Row:
    return split_over_lags(EffectPrior(*row, surprise), lags, sign), row[1], row[2]


def _scores(told: Answers, pi: float, m: float, tau: float) -> Array:
    """Return each answer's slope of the evidence: log-odds of the share, mean, log spread."""
    weight, apart = told.weights[:, 1], told.means[:, 1] - m
    return np.column_stack([
        1 - told.weights[:, 0] - pi,
        weight * apart / tau**2,
        weight * ((told.variances[:, 1] + apart**2) / tau**2 - 1),
    ])  # fmt: skip
