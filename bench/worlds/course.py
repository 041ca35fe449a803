"""A course of treatment: when it starts, how it comes to full effect, and what it changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worlds.draws import Reals, Streams
from worlds.live import Days, chance_of
from worlds.truth import Floats
from worlds.world import World

WINDOW = 28
NOT_BEFORE = 60


def random_start(people: int, days: int, streams: Streams) -> NDArray[np.int64]:
    """Return a day in the middle third."""
    third = days / 3
    return (third + third * streams.uniform("treatment start", people)).astype(np.int64)


def worst_start(headache: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the day after the 28 days with most headache; ``headache`` is (days, people).

    Not before day 60, and with as many days left; in a diary of less than 180
    days, in its middle third.
    """
    days = len(headache)
    total = np.vstack([np.zeros(headache.shape[1], int), np.cumsum(headache, 0)])
    early = min(NOT_BEFORE, days // 3)
    starts = np.arange(max(early, WINDOW), days - early + 1)
    return np.asarray(starts[np.argmax(total[starts] - total[starts - WINDOW], axis=0)])


def ramp_from(start: NDArray[np.int64], count: int, ramp_days: int) -> Reals:
    """Return the share of full effect, shape (count, people); above 0 from the start on."""
    since = np.arange(count)[:, None] - start + 1
    return np.where(start < 0, 0, np.clip(since / ramp_days, 0, 1)).astype(np.float32)


def change_per_28(world: World, days: Days, treatment: Floats) -> Floats:
    """Return how many headache days in 28 full effect adds (negative: fewer) to a person's days.

    Exact for the surroundings that were lived: the chances of being free, free
    again, in a first or a later headache day are carried from day to day.
    """
    if world.course is None:
        return np.zeros_like(treatment)
    return WINDOW * (_expected(world, days, treatment) - _expected(world, days, 0 * treatment))


def _expected(world: World, days: Days, treatment: Floats) -> Floats:
    """Return the expected share of headache days."""
    people = len(treatment)
    rested, free, first, later = (
        np.ones(people),
        np.zeros(people),
        np.zeros(people),
        np.zeros(people),
    )
    total = np.zeros(people)
    for onset, stay in zip(days.toward_onset[1:], days.toward_stay[1:], strict=True):
        begins = rested * chance_of(world, onset + treatment)
        begins = begins + free * chance_of(world, onset + treatment + world.refractory)
        stays = first * chance_of(world, stay + treatment)
        stays = stays + later * chance_of(world, stay + treatment + world.third_day)
        ends = first + later - stays
        rested, free, first, later = rested + free - begins, ends, begins, stays
        total += first + later
    return total / (len(days.toward_onset) - 1)
