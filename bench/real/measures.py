"""How good chances are: pure functions of what was said and what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import rankdata

Array = NDArray[np.float64]
Span = tuple[float, float]

SEED = 20261122
DRAWS = 2000
BIN_DAYS = 40  # in a bin of the calibration error; at least 3 bins, at most 10
FEWEST_OF_EACH = 5  # outcomes of either kind before an AUC or a slope is given


@dataclass(frozen=True)
class Line:
    """A calibration line: outcome against the log-odds that were said. 0 and 1 are perfect."""

    intercept: float
    slope: float
    slope_span: Span


def auc(chance: Array, outcome: Array) -> float:
    """Return how often a day with headache had been given more than one without; ``nan`` if few."""
    hits = outcome == 1
    count = int(hits.sum()), int((~hits).sum())
    if min(count) < FEWEST_OF_EACH:
        return float("nan")
    above = rankdata(chance)[hits].sum() - count[0] * (count[0] + 1) / 2
    return float(above / (count[0] * count[1]))


def brier(chance: Array, outcome: Array) -> float:
    """Return the mean squared error of the chances."""
    return float(((chance - outcome) ** 2).mean())


def skill(loss: Array, plain: Array) -> float:
    """Return 1 − loss / plain loss: 1 is perfect, 0 no better, below 0 worse."""
    return float(1 - loss.sum() / plain.sum()) if plain.sum() > 0 else 0.0


def skill_span(loss: Array, plain: Array, block: Array) -> Span:
    """Return the 95 % interval of the skill when whole blocks (weeks, or people) are drawn again."""
    _, at = np.unique(block, return_inverse=True)
    sums = np.array([np.bincount(at, one) for one in (loss, plain)])
    drawn = np.random.default_rng(SEED).integers(sums.shape[1], size=(DRAWS, sums.shape[1]))
    top, bottom = sums[:, drawn].sum(-1)
    skills = 1 - top[bottom > 0] / bottom[bottom > 0]
    low, high = np.quantile(skills, [0.025, 0.975]) if len(skills) else (np.nan, np.nan)
    return float(low), float(high)


def line(chance: Array, outcome: Array) -> Line | None:
    """Fit the calibration line; ``None`` when few days of one kind came, or all chances agree.

    Both numbers come from one logistic regression, by Newton's method.
    """
    said = logit(np.clip(chance, 1e-6, 1 - 1e-6))
    few = min((outcome == 1).sum(), (outcome == 0).sum()) < FEWEST_OF_EACH
    if few or said.std() < 1e-6:
        return None
    x = np.column_stack([np.ones_like(said), said])
    middle, information = maximum_likelihood(x, outcome)
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    slope = float(middle[1])
    return Line(float(middle[0]), slope, (slope - 1.96 * error, slope + 1.96 * error))


def maximum_likelihood(x: Array, y: Array) -> tuple[Array, Array]:
    """Return coefficients and information of a logistic regression, by Newton's method."""
    middle = np.zeros(x.shape[1])
    for _ in range(30):
        p = expit(x @ middle)
        information = (x * (p * (1 - p))[:, None]).T @ x
        middle = middle + np.linalg.solve(information, x.T @ (y - p))
    return middle, information


def calibration_error(chance: Array, outcome: Array) -> float:
    """Return the expected calibration error: said minus came, in bins of equal size."""
    return _error(outcome[None], *_bins(chance))


def calibration_error_by_luck(chance: Array) -> float:
    """Return the same error as it would be on average if every chance were exactly right."""
    order = np.random.default_rng(SEED).random((200, len(chance))) < chance
    return _error(order.astype(float), *_bins(chance))


def _bins(chance: Array) -> tuple[Array, list[NDArray[np.intp]]]:
    count = min(max(len(chance) // BIN_DAYS, 3), 10)
    return chance, list(np.array_split(np.argsort(chance, kind="stable"), count))


def _error(outcomes: Array, chance: Array, bins: list[NDArray[np.intp]]) -> float:
    apart = [len(at) * np.abs(outcomes[:, at].mean(1) - chance[at].mean()) for at in bins]
    return float(np.mean(np.sum(apart, axis=0)) / len(chance))


def running_chain(headache: Array) -> Array:
    """Return, at each day, the chance of tomorrow's headache by the person's own Markov chain.

    Counts of the pairs of neighbouring known days so far, each begun with half
    a day of either kind; ``nan`` where today is unknown.
    """
    chances = np.full(len(headache), np.nan)
    pairs = np.array([[0.5, 0.5], [0.5, 0.5]])
    for day, today in _known(headache):
        if day and np.isfinite(headache[day - 1]):
            pairs[int(headache[day - 1]), today] += 1
        chances[day] = pairs[today, 1] / pairs[today].sum()
    return chances


def _known(headache: Array) -> Iterator[tuple[int, int]]:
    for day in np.flatnonzero(np.isfinite(headache)):
        yield int(day), int(headache[day])
