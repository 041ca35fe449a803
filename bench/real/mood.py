"""Tomorrow's mood, out of sample: the engine's mood equation without its headache term.

Twofold shows no forecast of mood. This asks whether the equation that carries
"is mood lower after a headache?" describes the course of mood in people for
whom mood is the illness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from real.measures import Array
from real.people import Person
from twofold.daytable import DayTable
from twofold.inference.engine import Prior, fit
from twofold.inference.rows import before, mean_before

FIRST_ROWS = 30
REFIT_EVERY = 7
LEAST_SCORED = 30


# Mean and SD of what is believed of each column, as in ``twofold.inference.coupling``: trend,
# mood today, yesterday and in the week before, each for one SD; then the constant.
MEANS = np.array([0.0, 0.3, 0.1, 0.2, 0.0])
SDS = np.array([0.3, 0.3, 0.25, 0.3, 1.0])
NOBODY = np.zeros((0, 3))
BELIEF = Prior(MEANS, np.diag(SDS**-2), np.zeros(0, dtype=np.intp), NOBODY, NOBODY, NOBODY)


@dataclass(frozen=True)
class MoodForecasts:
    """Forecasts of tomorrow's mood (0–10) of one person, each from the days before.

    Parameters
    ----------
    said, low, high : ndarray, shape (scored days,)
        The forecast and its 95 % interval.
    usual, today, outcome : ndarray, shape (scored days,)
        The person's running mean, the mood of the day itself, and what came.
    """

    person: str
    said: Array
    low: Array
    high: Array
    usual: Array
    today: Array
    outcome: Array
    week: NDArray[np.intp]


def mood_forecasts(person: Person) -> MoodForecasts | None:
    """Forecast mood from the thirty-first recorded tomorrow on, fitting anew every seven rows.

    ``None`` when fewer than 30 can be scored, when mood never moves before
    them, or when a fit did not settle.
    """
    past, mood = _past(person.table), person.table["mood"]
    tomorrow = before(mood, -1)
    rows = np.flatnonzero(np.isfinite(tomorrow))
    x, y = past[rows], tomorrow[rows]
    if len(rows) < FIRST_ROWS + LEAST_SCORED or np.ptp(y[:FIRST_ROWS]) == 0:
        return None
    parts = [_next_seven(x, y, cut) for cut in range(FIRST_ROWS, len(rows), REFIT_EVERY)]
    made = [one for one in parts if one is not None]
    if len(made) < len(parts):
        return None
    said, spread = np.concatenate(made, axis=1)
    ahead, usual = rows[FIRST_ROWS:], _running_mean(mood)
    return MoodForecasts(
        person.name,
        said,
        said - 1.96 * spread,
        said + 1.96 * spread,
        usual[ahead],
        np.where(np.isfinite(mood), mood, usual)[ahead],
        y[FIRST_ROWS:],
        ahead // 7,
    )


def _past(table: DayTable) -> Array:
    """Return what is known on each day's evening; shape (days, 4), ``nan`` = not recorded."""
    mood = table["mood"]
    week = mean_before(mood, first=7, last=1)
    return np.column_stack([np.arange(len(table), dtype=float), mood, before(mood, 1), week])


def _next_seven(x: Array, y: Array, cut: int) -> Array | None:
    """Return forecast and its standard deviation for the seven rows after ``cut``; shape (2, 7).

    The fit sees nothing of later rows, not even through a column's scale.
    """
    scaled = _scaled(x, x[:cut])
    middle, width = float(y[:cut].mean()), float(y[:cut].std())
    seen = fit(
        scaled[None, :cut], ((y[:cut] - middle) / width)[None], prior=BELIEF, likelihood="gaussian"
    )
    if not seen.converged.all():
        return None
    ahead = scaled[cut : cut + REFIT_EVERY]
    spread = ((ahead @ seen.covariance[0]) * ahead).sum(-1) + seen.noise[0]
    return np.stack([middle + width * (ahead @ seen.mean[0]), width * np.sqrt(spread)])


def _scaled(x: Array, seen: Array) -> Array:
    """Centre and scale by what was seen; what was not recorded stands at the centre."""
    known = np.maximum(np.isfinite(seen).sum(0), 1)
    centre = np.nansum(seen, axis=0) / known
    width = np.sqrt(np.nansum((seen - centre) ** 2, axis=0) / known)
    columns = np.nan_to_num((x - centre) / np.where(width > 1e-9, width, np.inf))
    return np.column_stack([columns, np.ones(len(x))])


def _running_mean(column: Array) -> Array:
    """Return, at each day, the mean of what is known so far."""
    known = np.isfinite(column)
    total = np.cumsum(np.where(known, column, 0))
    return np.asarray(total / np.maximum(np.cumsum(known), 1))
