"""A world's people as the engine sees them, and three things it may believe beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from worlds import WORLDS, simulate
from worlds.lives import Lives

from twofold.daytable import DayTables, FactorInfo
from twofold.inference.cohort_state import UNLINKED, CohortState
from twofold.inference.learning import learn
from twofold.inference.priors import HEADACHE_TO_MOOD, MOOD_TO_HEADACHE
from twofold.knowledge.load import claims

AT_ONCE = 1000
SIGNS = ("factor.neck_pain", "factor.yawning", "factor.chocolate")
LEARNT_FROM = 800
LEARNT_FROM_WRONG = 200
OTHER_PEOPLE = 100_000  # added to a seed: the people learnt from are not the people asked


def tables(lives: Lives) -> DayTables:
    """Return everyone's days as written."""
    infos = tuple(FactorInfo(one.column, one.column[7:], one.claim) for one in lives.factors)
    return DayTables(dict(lives.columns), lives.world.is_dated, infos)


def parts(world: str, *, people: int, days: int, seed: int) -> Iterator[Lives]:
    """Give the people of a world, some at a time, so that memory stays flat.

    All parts share the world's own shares and sizes, which its seed decides.
    """
    for part, start in enumerate(range(0, people, AT_ONCE)):
        count = min(AT_ONCE, people - start)
        yield simulate(WORLDS[world], people=count, days=days, seed=seed, part=part)


@cache
def learnt(world: str, *, days: int, seed: int) -> CohortState:
    """Return what other people of the same world teach: 800, or 200 when the table is wrong."""
    count = LEARNT_FROM_WRONG if world == "wrong_evidence" else LEARNT_FROM
    lives = simulate(WORLDS[world], people=count, days=days, seed=seed, part=OTHER_PEOPLE)
    return learn(tables(lives), lives.claims(claims()))


def true_state(lives: Lives, taught: CohortState) -> CohortState:
    """Return the world's own hyper-parameters of every effect; usual levels as learnt."""
    truth, effects = lives.truth, dict(taught.effects)
    for i, factor in enumerate(lives.factors):
        if factor.column not in SIGNS:
            effects[factor.claim or UNLINKED] = _row(
                truth.share[i], truth.middle[i], truth.spread[i]
            )
    effects[MOOD_TO_HEADACHE] = _row(truth.mood_share, truth.mood_middle, truth.mood_spread)
    effects[HEADACHE_TO_MOOD] = taught.effects[HEADACHE_TO_MOOD]
    return CohortState(taught.people, taught.days, effects, taught.nuisances, 0.01)


def _row(share: float, middle: float, spread: float) -> tuple[float, float, float]:
    return float(np.clip(share, 1e-3, 0.95)), float(middle), float(max(spread, 0.05))
