"""What the diary keeps: days left out, items left out, numbers rounded, signs noted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from worlds.draws import Streams
from worlds.kinds import FIRST_SIGN, KINDS
from worlds.live import MOOD_MEAN, MOOD_MEAN_SD, MOVERS_AT, Days
from worlds.signs import lived_signs, starts_tomorrow
from worlds.world import World

Column = NDArray[np.float32]
MISSING_SD = 0.4
SEVERITY_MEAN, SEVERITY_MEAN_SD, SEVERITY_SD = 5.0, 0.8, 1.5
LOW_MOOD = 4


def write(
    world: World, days: Days, dips: NDArray[np.bool_], kept: int, streams: Streams
) -> dict[str, Column]:
    """Return the day table's columns, each of shape (people, kept); nan = not recorded."""
    people = days.headache.shape[1]
    gone = _left_out(world, days.headache[:kept], streams)
    starts = starts_tomorrow(days.headache)[:kept]
    mood = MOOD_MEAN + MOOD_MEAN_SD * streams.normal("mean mood", people) + days.mood[:kept]
    mood = np.clip(np.round(mood - world.dip * (starts & dips)), 0, 10)
    written = {"headache": _column(days.headache[:kept], gone)}
    written["mood"] = _column(mood, gone | _skipped(world, "mood", gone.shape, streams))
    known = np.isfinite(written["mood"])
    written["low_mood"] = np.where(known, written["mood"] <= LOW_MOOD, np.nan).astype(np.float32)
    severity = _severity(world, days, streams)[:kept]
    written["severity"] = _column(severity, gone | ~days.headache[:kept])
    written["entered"] = _column(~gone, np.zeros_like(gone))
    written["headache_known"] = written["entered"].copy()
    for at, values in _factors(world, days, streams).items():
        skipped = _skipped(world, KINDS[at].name, gone.shape, streams)
        written[KINDS[at].column] = _column(values[:kept], gone | skipped)
    if world.course:
        written["course.preventive"] = _column(days.ramp[:kept] > 0, np.zeros_like(gone))
    if world.is_dated:
        written |= _calendar(kept, people)
    return written


def _column(values: NDArray[np.generic], gone: NDArray[np.bool_]) -> Column:
    """Return (people, days), nan where gone."""
    out = values.T.astype(np.float32)
    out[gone.T] = np.nan
    return out


def _left_out(world: World, headache: NDArray[np.bool_], streams: Streams) -> NDArray[np.bool_]:
    habit = MISSING_SD * streams.normal("habit of leaving out", headache.shape[1])
    share = np.where(headache, logit(world.missing_headache), logit(world.missing_free)) + habit
    return np.asarray(streams.uniform("left out", *headache.shape) < 1 / (1 + np.exp(-share)))


def _skipped(
    world: World, item: str, shape: tuple[int, ...], streams: Streams
) -> NDArray[np.bool_]:
    return np.asarray(streams.uniform(f"{item} skipped", *shape) < world.item_missing)


def _factors(world: World, days: Days, streams: Streams) -> dict[int, NDArray[np.generic]]:
    """Return each factor's days by its position in ``KINDS``, in that order."""
    out: dict[int, NDArray[np.generic]] = {at: days.factors[:, i] for i, at in enumerate(MOVERS_AT)}
    out |= dict(enumerate(lived_signs(world, days.headache, streams), start=FIRST_SIGN))
    return dict(sorted(out.items()))


def _severity(world: World, days: Days, streams: Streams) -> NDArray[np.floating]:
    """Return how strong a headache of each day would be; factors matter at their own lag."""
    shape = days.headache.shape
    level = SEVERITY_MEAN + SEVERITY_MEAN_SD * streams.normal("mean severity", shape[1])
    noise = SEVERITY_SD * streams.normal("severity", *shape)
    points = world.severity_points * days.pushed
    return np.clip(np.round(level + noise + points), 0, 10)


def _calendar(kept: int, people: int) -> dict[str, Column]:
    day = np.arange(kept)
    weekend = np.isin(day % 7, (5, 6))
    season = 2 * np.pi * ((day + 5) % 365.25) / 365.25  # the first day is 6 January 2025
    return {
        "weekend": np.tile(weekend.astype(np.float32), (people, 1)),
        "season": np.tile(season.astype(np.float32), (people, 1)),
    }
