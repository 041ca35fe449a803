"""From a world to lives: everything true kept beside everything written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable, FactorInfo
from twofold.knowledge.claim import Claim
from worlds.course import change_per_28, ramp_from, random_start, worst_start
from worlds.draws import Streams
from worlds.evening import chance_with_signs, evening_chance
from worlds.kinds import KINDS
from worlds.live import Days, live, surroundings
from worlds.truth import Effects, Floats, draw_effects
from worlds.world import World
from worlds.write import Column, write

UNSEEN_DAYS = 28
SHUFFLE_SEED = 20
FIRST_DATE = dt.date(2025, 1, 6)


@dataclass(frozen=True)
class WorldFactor:
    """One candidate as a column of the diary.

    Parameters
    ----------
    lag : int
        The claim's lag, which the engine is told. 0: read on the day itself.
    acts_at : int
        The lag at which the world really acts.
    """

    column: str
    claim: str | None
    claim_class: str | None
    lag: int
    is_yes_no: bool
    acts_at: int


@dataclass(frozen=True)
class Truth:
    """What no diary shows.

    Parameters
    ----------
    headache : ndarray of uint8, shape (people, days + 28)
    chance : ndarray of float32, shape (people, days + 28)
        The chance of each day's headache given all causes until the day
        before, as the evening before can know it at best. The first day is nan.
        Signs and dips are consequences, and not looked at.
    chance_with_signs : ndarray of float32, shape (people, days + 28)
        The same after a look at the three signs of the day before.
    morning_chance : ndarray of float32, shape (people, days + 28)
        The chance from which the day was drawn: the night and the weather
        (factors of lag 0) are known as well.
    effect : ndarray, shape (people, q)
        Log-odds per SD of the factor; 0 = none.
    severity_effect : ndarray, shape (people, q)
        Points of severity per SD.
    treatment_change : ndarray, shape (people,)
        Expected change in headache days per 28 at full effect.
    """

    headache: NDArray[np.uint8]
    chance: NDArray[np.float32]
    chance_with_signs: NDArray[np.float32]
    morning_chance: NDArray[np.float32]
    effect: Floats
    severity_effect: Floats
    mood_to_headache: Floats
    mood_lag: NDArray[np.int64]
    headache_to_mood: Floats
    mood_dips_first: NDArray[np.bool_]
    share: Floats
    middle: Floats
    spread: Floats
    mood_share: float
    mood_middle: float
    mood_spread: float
    carry_share: float
    carry_middle: float
    carry_spread: float
    treatment_start: NDArray[np.int64]
    treatment_effect: Floats
    is_responder: NDArray[np.bool_]
    treatment_change: Floats
    ramp_days: int


@dataclass(frozen=True)
class Lives:
    """Many people's diaries, and the truth behind them."""

    world: World
    columns: dict[str, Column]
    factors: tuple[WorldFactor, ...]
    truth: Truth

    def table(self, person: int) -> DayTable:
        """Return one person's day table."""
        columns = {name: values[person].astype(float) for name, values in self.columns.items()}
        days = len(columns["entered"])
        infos = tuple(FactorInfo(one.column, one.column[7:], one.claim) for one in self.factors)
        return DayTable(columns, _labels(self.world, days), self.world.is_dated, infos)

    def claims(self, claims: Mapping[str, Claim]) -> dict[str, Claim]:
        """Return the claims as the engine is told them."""
        if not self.world.evidence_is_shuffled:
            return dict(claims)
        ids = [one.claim for one in self.factors if one.claim and one.claim in claims]
        order = np.random.default_rng(SHUFFLE_SEED).permutation(len(ids))
        swapped = {
            here: replace(
                claims[here],
                pi=claims[ids[there]].pi,
                m=claims[ids[there]].m,
                log_odds=None,
                log_odds_sd=None,
            )
            for here, there in zip(ids, order, strict=True)
        }
        return {**claims, **swapped}


def simulate(world: World, *, people: int, days: int, seed: int, part: int = 0) -> Lives:
    """Live ``days`` days that are written down, and 28 more that nobody has seen yet.

    Parameters
    ----------
    people, days : int
    seed : int
        Same world, sizes and seed: same lives.
    part : int
        Other people of the same world: they share its shares and sizes.
    """
    streams = Streams(seed, part)
    effects = draw_effects(world, people, streams)
    is_responder = streams.chosen("responder", world.responders, people) & (
        world.course is not None
    )
    strength = world.treatment_spread * streams.normal("treatment strength", people)
    treatment = is_responder * (world.treatment_middle + strength.astype(float))
    start = np.full(people, -1)
    if world.course:
        start = random_start(people, days, streams)
    lived = _lived(world, effects, treatment, start, days, streams)
    if world.course == "worst":
        without = _lived(world, effects, np.zeros(people), start, days, streams)
        start = worst_start(without.headache[:days])
        lived = _lived(world, effects, treatment, start, days, streams)
    dips = streams.chosen("mood dips first", world.dip_share, people)
    columns = write(world, lived, dips, days, streams)
    course: dict[str, Any] = {
        "treatment_start": start,
        "treatment_effect": treatment,
        "is_responder": is_responder,
        "treatment_change": change_per_28(world, lived, treatment),
        "ramp_days": world.ramp_days,
    }
    truth = Truth(
        mood_dips_first=dips,
        **_lived_truth(world, lived, effects, streams),
        **_effects_truth(world, effects),
        **course,
    )
    return Lives(world, columns, _factors(world), truth)


def _lived(
    world: World,
    effects: Effects,
    treatment: Floats,
    start: NDArray[np.int64],
    days: int,
    streams: Streams,
) -> Days:
    count = days + UNSEEN_DAYS
    ramp = ramp_from(start, count, world.ramp_days)
    around = surroundings(world, len(start), count, streams, ramp)
    return live(world, around, effects, treatment, streams)


def _lived_truth(world: World, lived: Days, effects: Effects, streams: Streams) -> dict[str, Any]:
    chance = evening_chance(world, lived, effects, streams)
    with_signs = chance_with_signs(world, lived, chance, streams)
    return {
        "headache": lived.headache.T.astype(np.uint8),
        "chance": chance.T.astype(np.float32),
        "chance_with_signs": with_signs.T.astype(np.float32),
        "morning_chance": lived.chance.T.astype(np.float32),
    }


def _effects_truth(world: World, effects: Effects) -> dict[str, Any]:
    return {
        "effect": effects.effect,
        "severity_effect": world.severity_points * effects.effect,
        "mood_to_headache": effects.mood_to_headache,
        "mood_lag": effects.mood_lag,
        "headache_to_mood": effects.headache_to_mood,
        "share": effects.share,
        "middle": effects.middle,
        "spread": effects.spread,
        "mood_share": world.mood_share,
        "mood_middle": world.size * world.mood_middle,
        "mood_spread": world.size * world.mood_spread,
        "carry_share": world.carry_share,
        "carry_middle": world.size * world.carry_middle,
        "carry_spread": world.size * world.carry_spread,
    }


def _factors(world: World) -> tuple[WorldFactor, ...]:
    return tuple(
        WorldFactor(
            kind.column,
            kind.claim,
            kind.claim_class,
            kind.lag,
            kind.rate is not None,
            kind.lag if world.lag is None else world.lag,
        )
        for kind in KINDS
    )


def _labels(world: World, days: int) -> tuple[str, ...]:
    if not world.is_dated:
        return tuple(f"day {day + 1}" for day in range(days))
    return tuple((FIRST_DATE + dt.timedelta(day)).isoformat() for day in range(days))
