"""Early signs: written the day before a headache begins, and never its cause."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worlds.draws import Streams
from worlds.kinds import SIGNS, Kind
from worlds.world import World

Yes = NDArray[np.bool_]
BEFORE_A_HEADACHE = 0.5


def starts_tomorrow(headache: Yes) -> Yes:
    """Say of each day (first axis) whether a headache begins on the next."""
    starts = np.zeros_like(headache)
    starts[:-1] = headache[1:] & ~headache[:-1]
    return starts


def carriers(world: World, sign: Kind, people: int, streams: Streams) -> Yes:
    """Choose the people in whom a sign comes before headaches."""
    share = world.chocolate_share if sign.name == "chocolate" else world.sign_share
    return np.asarray(streams.chosen(f"{sign.name} comes before", share, people))


def lived_signs(world: World, headache: Yes, streams: Streams) -> list[Yes]:
    """Return each sign's days, shape (days, people), in the order of ``SIGNS``."""
    starts, people = starts_tomorrow(headache), headache.shape[1]
    out = []
    for sign in SIGNS:
        early = starts & carriers(world, sign, people, streams)
        chance = np.where(early, BEFORE_A_HEADACHE, sign.rate or 0.0)
        out.append(streams.uniform(f"{sign.name} days", *headache.shape) < chance)
    return out
