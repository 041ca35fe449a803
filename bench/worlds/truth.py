"""What is true of people before a day is lived: who has which effect, and how strongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worlds.draws import Streams
from worlds.kinds import KINDS
from worlds.world import World

Floats = NDArray[np.float64]
MOST_SHARE = 0.6
SHARE_NOISE = 0.5


@dataclass(frozen=True)
class Effects:
    """What moves what, for each person.

    Parameters
    ----------
    share, middle, spread : ndarray, shape (q,)
        The world's own hyper-parameters of each factor.
    effect : ndarray, shape (people, q)
        Log-odds per SD; 0 = none.
    mood_to_headache : ndarray, shape (people,)
        Log-odds per SD of low mood; 0 = none.
    headache_to_mood : ndarray, shape (people,)
        Points of 0–10 by which mood is lower on the free day after; 0 = none.
    """

    share: Floats
    middle: Floats
    spread: Floats
    effect: Floats
    mood_to_headache: Floats
    mood_lag: NDArray[np.int64]
    headache_to_mood: Floats


def draw_effects(world: World, people: int, streams: Streams) -> Effects:
    """Draw who has which effect."""
    share = _shares(world, streams)
    middle = world.size * np.array([kind.middle for kind in KINDS])
    spread = np.full(len(KINDS), world.size * world.effect_sd)
    columns = [_one(world, at, share[at], people, streams) for at in range(len(KINDS))]
    low = streams.chosen("mood acts", world.mood_share, people)
    strength = world.mood_middle + world.mood_spread * streams.normal("mood strength", people)
    carries = streams.chosen("headache carries", world.carry_share, people)
    points = world.carry_middle + world.carry_spread * streams.normal("carry strength", people)
    return Effects(
        share,
        middle,
        spread,
        np.column_stack(columns),
        world.size * low * np.maximum(strength, 0.1).astype(float),
        1 + (streams.uniform("mood lag", people) < 0.5).astype(np.int64),
        world.size * carries * np.maximum(points, world.carry_least).astype(float),
    )


def _shares(world: World, streams: Streams) -> Floats:
    """Return shares near those of the studies, but not theirs: times exp(z / 2), one z each."""
    noise = [float(streams.normal(f"share of {kind.name}", 1)[0]) for kind in KINDS]
    shares = np.array([kind.told_share for kind in KINDS]) * np.exp(SHARE_NOISE * np.array(noise))
    wanted = max(world.effects_per_person - world.mood_share, 0.0)
    return np.asarray(np.minimum(shares * wanted / shares.sum(), MOST_SHARE))


def _one(world: World, at: int, share: float, people: int, streams: Streams) -> Floats:
    kind = KINDS[at]
    real = streams.chosen(f"{kind.name} is real", share, people)
    strength = kind.middle + world.effect_sd * streams.normal(f"{kind.name} strength", people)
    turned = streams.chosen(f"{kind.name} is flipped", world.flipped, people)
    return np.asarray(world.size * real * strength.astype(float) * np.where(turned, -1, 1))
