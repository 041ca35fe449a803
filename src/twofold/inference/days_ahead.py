"""The state equation: from each day to the next, for many people at once.

What ``treatment`` and ``burden`` share. Headaches start and stay, by the days
just before; both drift together from week to week; and a course of treatment
moves both, slowly, towards its full effect. The drift is an
Ornstein–Uhlenbeck walk (SD 0.4 on the log-odds, correlation 0.97 from day to
day; statistics sheet D1). Without it, people who begin a treatment at their
worst would seem to be helped by it.

Every known day makes a row. After a day that nobody wrote about it has an
intercept of its own, and tells of the drift and of the courses alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from twofold.inference.engine import Array, Posterior, Prior, fit
from twofold.inference.priors import EffectPrior, mixture

DRIFT_SD = 0.4
DRIFT_DAILY = 0.97
BIN_DAYS = 7
MOST_BINS = 160  # three years in weeks; a longer diary has longer bins
# A start, by the days before it: three free days or more, one, two; then staying: the first day,
# and a later one; then any day after an unknown one. Day-after and second-day terms are added to
# the intercept of their side.
STATE_MEANS = np.array([-1.4, -0.3, -0.1, -0.4, 0.0, -1.0])
STATE_SDS = np.array([1.2, 0.6, 0.4, 0.6, 0.5, 0.4])
STATES = len(STATE_MEANS)
START, STAY, UNKNOWN = 0, 3, 5
# People differ much in how often headaches start, and less in how much likelier a second day is
# than a first: in the diaries of 89 people by 0.83 on the log-odds, SD 0.31 (Kostecki-Dillon;
# statistics sheet C9). So what is believed of staying moves with what is believed of starting,
# with twice that SD, for one study's people are not everyone. A day after an unknown one lies
# between the two.
# Days with headache are written about less often, or more, than free days; then the rate among the
# known days is not the rate of all. That only moves the intercepts, and nothing in the diary tells
# how far. Log-odds of a headache on an unknown day beyond a known one: from about as likely to
# clearly likelier, between the sheet's two milder worlds (C3: 0 and 0.8).
UNKNOWN_MIDDLE = 0.4
UNKNOWN_SPREAD = 0.4
# How differently a course may act on staying than on starting, in log-odds.
COURSE_ON_STAYING_SD = 0.3
# People begin a course when things are bad, and only later is it known that they never were as bad
# again: so the four weeks before the first change lie above a person's drift. They get a step of
# their own, nearly free, and the course is not credited with the return. (Without it, a chance of
# 0.57 was true in 0.43 to 0.49 of people who began at their worst; chosen on 400 people of seed 7.)
EVE_DAYS = 28
EVE_MIDDLE = 0.3
EVE_SD = 1.0


@dataclass(frozen=True)
class StateRows:
    """The rows of many people, and what is believed of their columns.

    Parameters
    ----------
    x : ndarray, shape (people, days − 1, columns)
        Row t leads from day t to day t + 1. Columns: six states, drift bins,
        the eve of each course, each course while a headache stays, each course.
    y, weight : ndarray, shape (people, days − 1)
        Headache on day t + 1; 1 where that day is known.
    courses : int
        How many courses there are.
    headache : ndarray, shape (people, days)
        What the rows were made of.
    """

    x: Array
    y: Array
    weight: Array
    prior: Prior
    courses: int
    headache: Array

    @property
    def bins(self) -> int:
        """How many drift bins there are."""
        return int(self.x.shape[2]) - STATES - 3 * self.courses


@dataclass(frozen=True)
class Drawn:
    """Draws of the parameters, for each of many people.

    Parameters
    ----------
    states : ndarray, shape (people, draws, 6)
    drift : ndarray, shape (people, draws, bins)
    eve, on_staying, course : ndarray, shape (people, draws, courses)
        The four weeks before each course; then its effect: while a headache
        stays beyond its effect on starts, and on both; log-odds at full effect.
    """

    states: Array
    drift: Array
    eve: Array
    on_staying: Array
    course: Array


def state_rows(
    headache: Array, courses: Array | None = None, *, effect: EffectPrior | None = None
) -> StateRows:
    """Return the rows of the state equation.

    Parameters
    ----------
    headache : ndarray, shape (people, days)
        1, 0, or nan where nothing is known.
    courses : ndarray, shape (people, days, courses), optional
        How much of each course's full effect can be there: 0 to 1, known on every day.
    effect : EffectPrior, optional
        What is believed of each course.
    """
    people, days = headache.shape
    reach = np.zeros((people, days, 0)) if courses is None else courses
    today = np.nan_to_num(headache[:, :-1])
    drift = drift_columns(days)[:-1]
    parts = [
        _states(headache),
        np.broadcast_to(drift, (people, *drift.shape)),
        eve_columns(reach)[:, 1:],
        reach[:, 1:] * today[..., None],
        reach[:, 1:],
    ]
    weight = np.isfinite(headache[:, 1:])
    y = np.where(weight, np.nan_to_num(headache[:, 1:]), 0.0)
    prior = _prior(days, [effect] * reach.shape[2] if effect else [])
    x = np.concatenate(parts, axis=2)
    return StateRows(x, y, weight.astype(float), prior, reach.shape[2], headache)


def eve_columns(reach: Array) -> Array:
    """Mark the four weeks before the first change of each course; shaped as ``reach``."""
    moved = np.cumsum(np.abs(reach - reach[:, :1]) > 1e-9, axis=1) > 0
    soon = np.concatenate([moved[:, EVE_DAYS:], np.repeat(moved[:, -1:], EVE_DAYS, axis=1)], axis=1)
    return np.asarray((soon[:, : reach.shape[1]] & ~moved).astype(float))


def drift_columns(days: int) -> Array:
    """Return which drift bin each day lies in, as columns; shape (days, bins)."""
    bins = np.array([_bin(day, days) for day in range(days)], dtype=int)
    return np.asarray((bins[:, None] == np.arange(bins[-1] + 1)).astype(float))


def drift_spread(days: int, *, sd: float) -> Array:
    """Return what is believed of the drift: a walk's covariance from bin to bin, (bins, bins)."""
    at = np.arange(_bin(days - 1, days) + 1)
    return np.asarray(sd**2 * DRIFT_DAILY ** (_step(days) * np.abs(at[:, None] - at)))


def fit_rows(rows: StateRows) -> Posterior:
    """Fit the state equation of all people."""
    return fit(rows.x, rows.y, prior=rows.prior, likelihood="logistic", weight=rows.weight)


def draw_rows(
    posterior: Posterior,
    rows: StateRows,
    *,
    count: int,
    rng: np.random.Generator,
    asked: int | None = None,
) -> Drawn:
    """Draw parameters of everybody, for all days and not only the known ones.

    Parameters
    ----------
    asked : int, optional
        The course in question: its effect is drawn from its own mixture, with
        "none" as often as it is believed, and all else from the Gaussian that
        goes with it.
    """
    theta = _draw(posterior, count, rng)
    if asked is not None:
        theta = _honour_mixture(theta, posterior, rows.prior, asked, rng)
    theta[..., [START, STAY]] += _unwritten(rows.headache, count, rng)[..., None]
    ends = np.cumsum([STATES, rows.bins, rows.courses, rows.courses])
    return Drawn(*np.split(theta, ends, axis=2))


def usual_share(states: Array, *, starting: Array, staying: Array) -> Array:
    """Return the long-run share of headache days.

    The mean length of a headache over the mean length of a whole round, from
    one beginning to the next: starts differ on the first, second and later
    free days; stays on the first and later headache days.

    Parameters
    ----------
    states : ndarray, shape (..., 6)
    starting, staying : ndarray, shape (...)
        What is added to the log-odds of starting and of staying.

    >>> even = np.zeros(6)
    >>> float(usual_share(even, starting=np.array(0.0), staying=np.array(0.0)))
    0.5
    """
    soon = expit(states[..., 0] + states[..., 1] + starting)
    later = expit(states[..., 0] + states[..., 2] + starting)
    anew = expit(states[..., 0] + starting)
    second = expit(states[..., 3] + staying)
    again = expit(states[..., 3] + states[..., 4] + staying)
    headache = 1 + second / np.maximum(1 - again, 1e-12)
    free = 1 + (1 - soon) + (1 - soon) * (1 - later) / np.maximum(anew, 1e-12)
    return np.asarray(headache / (headache + free))


def drift_lately(drawn: Drawn, rows: StateRows, *, days: int) -> Array:
    """Return the mean drift of the last ``days`` days; shape (people, draws)."""
    bins = -(-days // _step(rows.x.shape[1] + 1))
    return np.asarray(drawn.drift[..., -bins:].mean(-1))


def simulate(
    headache: Array,
    drawn: Drawn,
    *,
    ahead: int,
    rng: np.random.Generator,
    courses: Array | None = None,
) -> NDArray[np.bool_]:
    """Live the days to come, once for each draw; shape (people, draws, ahead).

    The walk begins on each person's last known day, so that days at the end
    that nobody wrote about are lived through as well.

    Parameters
    ----------
    courses : ndarray, shape (people, days + ahead, courses), optional
        As for ``state_rows``, and for the days to come.
    """
    days = headache.shape[1]
    reach = np.zeros((len(headache), days + ahead, 0)) if courses is None else courses
    eve = eve_columns(reach)
    shape = drawn.states.shape[:2]
    last = days - 1 - np.argmax(np.isfinite(headache[:, ::-1]), axis=1)
    lived = np.nan_to_num(headache)
    past = [np.zeros(shape)] * 3
    level, made = drawn.drift[..., -1], np.zeros((*shape, ahead), dtype=bool)
    for day in range(max(int(last.min()) - 2, 0), days + ahead):
        if day >= days:
            noise = np.sqrt(1 - DRIFT_DAILY**2) * DRIFT_SD * rng.standard_normal(shape)
            level = DRIFT_DAILY * level + noise
        here = level if day >= days else drawn.drift[..., _bin(max(day - 1, 0), days)]
        starting = here + _added(drawn.course, reach, day) + _added(drawn.eve, eve, day)
        staying = starting + _added(drawn.on_staying, reach, day)
        log_odds = np.where(
            past[-1] == 1,
            _stays(drawn.states, past) + staying,
            _starts(drawn.states, past) + starting,
        )
        now = rng.random(shape) < expit(log_odds)
        if day < days:
            written = (last >= day)[:, None]
            now = np.where(written, lived[:, min(day, days - 1), None] == 1, now)
        else:
            made[..., day - days] = now
        past = [*past[1:], now.astype(np.float64)]
    return made


def _starts(states: Array, past: list[Array]) -> Array:
    two_ago, yesterday, _ = past
    starts = states[..., 0] + states[..., 1] * yesterday
    return np.asarray(starts + states[..., 2] * (1 - yesterday) * two_ago)


def _stays(states: Array, past: list[Array]) -> Array:
    return np.asarray(states[..., 3] + states[..., 4] * past[1])


def _added(effect: Array, columns: Array, day: int) -> Array:
    """Return what the courses add to the log-odds of a day; shape (people, draws)."""
    return np.asarray((effect * columns[:, day, None]).sum(-1))


def _states(headache: Array) -> Array:
    filled = np.nan_to_num(headache)
    empty = np.zeros((len(filled), 2))
    padded = np.concatenate([empty, filled], axis=1)
    today, yesterday, two_ago = padded[:, 2:-1], padded[:, 1:-2], padded[:, :-3]
    known = np.isfinite(headache[:, :-1]).astype(float)
    free = known - today
    starts = [free, free * yesterday, free * (1 - yesterday) * two_ago]
    return np.stack([*starts, today, today * yesterday, 1 - known], axis=2)


def _bin(day: int, days: int) -> int:
    """Return the drift bin of a day; bins are counted back from the end, so the last is whole."""
    return (days - 1) // _step(days) - (days - 1 - day) // _step(days)


def _step(days: int) -> int:
    return BIN_DAYS * -(-days // (BIN_DAYS * MOST_BINS))


def _prior(days: int, effects: list[EffectPrior]) -> Prior:
    """Return beliefs about states and courses, and one dense block for the drift."""
    block = drift_spread(days, sd=DRIFT_SD)
    bins, courses = len(block), len(effects)
    columns = STATES + bins + 3 * courses
    spread = np.diag(STATE_SDS**2)
    together = np.zeros(STATES)
    together[[STAY, UNKNOWN]] = 1.0
    along = np.eye(STATES) + np.outer(together, np.eye(STATES)[START])
    spread = along @ spread @ along.T
    precision = np.zeros((columns, columns))
    precision[:STATES, :STATES] = np.linalg.inv(spread)
    precision[STATES : STATES + bins, STATES : STATES + bins] = np.linalg.inv(block)
    eve = np.arange(STATES + bins, STATES + bins + courses)
    stay = eve + courses
    precision[eve, eve], precision[stay, stay] = EVE_SD**-2, COURSE_ON_STAYING_SD**-2
    mean = np.concatenate([STATE_MEANS, np.zeros(columns - STATES)])
    mean[eve] = EVE_MIDDLE
    return Prior(mean, precision, stay + courses, *mixture(effects))


def _draw(posterior: Posterior, count: int, rng: np.random.Generator) -> Array:
    covariance = (posterior.covariance + np.swapaxes(posterior.covariance, 1, 2)) / 2
    root = np.linalg.cholesky(covariance)
    steps = rng.standard_normal((len(root), count, root.shape[1]))
    return np.asarray(posterior.mean[:, None] + steps @ np.swapaxes(root, 1, 2))


def _unwritten(headache: Array, count: int, rng: np.random.Generator) -> Array:
    """Draw how far the log-odds of all days lie above those of the known ones.

    Where whether a day is known depends on that day's headache alone, every
    log-odds among known days is off by one and the same number.
    """
    known = np.isfinite(headache)
    share = known.mean(1)[:, None]
    usual = ((np.nansum(headache, axis=1) + 0.5) / (known.sum(1) + 1))[:, None]
    steps = rng.standard_normal((len(headache), count))
    elsewhere = expit(logit(usual) + UNKNOWN_MIDDLE + UNKNOWN_SPREAD * steps)
    return np.asarray(logit(share * usual + (1 - share) * elsewhere) - logit(usual))


def _honour_mixture(
    theta: Array, posterior: Posterior, prior: Prior, asked: int, rng: np.random.Generator
) -> Array:
    """Give one candidate its own mixture, and move all else along with it.

    The others' conditional Gaussian given the candidate does not depend on the
    candidate's site, so a draw is moved by their regression on it.
    """
    column = int(prior.candidates[asked])
    shape = theta.shape[:2]
    shares = posterior.weights[:, asked].cumsum(-1)
    pick = (rng.random(shape)[..., None] > shares[:, None, :-1]).sum(-1)
    middle = np.take_along_axis(posterior.means[:, asked], pick, axis=1)
    spread = np.sqrt(np.take_along_axis(posterior.variances[:, asked], pick, axis=1))
    value = middle + spread * rng.standard_normal(shape)
    slope = posterior.covariance[:, column] / posterior.covariance[:, column, column, None]
    return np.asarray(theta + slope[:, None] * (value - theta[..., column])[..., None])
