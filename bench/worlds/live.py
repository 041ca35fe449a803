"""The days as they are lived, all people at once; the loop is over days only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri

from worlds.draws import Reals, Streams, repeated
from worlds.kinds import ANXIETY, AT_ANXIETY, EXPOSURES, FIRST_SIGN, Kind
from worlds.truth import Effects, Floats
from worlds.world import World

MOVERS: tuple[Kind, ...] = (*EXPOSURES, ANXIETY)
MOVERS_AT = (*range(FIRST_SIGN), AT_ANXIETY)
QUICK_MOOD_DAILY, QUICK_MOOD_SD, SLOW_MOOD_DAILY = 0.3, 1.0, 0.97
MOOD_MEAN, MOOD_MEAN_SD = 6.0, 0.6
MOOD_SD = 1.6
ANXIETY_FROM_MOOD = 0.4
PROBIT_SLOPE = 0.25 * float(np.sqrt(2 * np.pi))
FIRST_DAY_CHANCE = 0.24
WINDOW_OF_CYCLE = 5


@dataclass
class Days:
    """What surrounds a headache and what follows from it. First axis: days; last: people.

    Parameters
    ----------
    factors : ndarray, shape (days, movers, people)
        As lived: a headache has left its mark on its own day.
    around : ndarray, shape (days, people)
        Log-odds from susceptibility (as it stands the evening before), season,
        weekend and cycle.
    mood : ndarray, shape (days, people)
        Around its mean; without the dip before a headache.
    ramp : ndarray, shape (days, people)
        Share of the treatment's full effect.
    chance : ndarray, shape (days, people)
        The chance from which the day's headache was drawn, in the morning.
    log_odds : ndarray, shape (days, people)
        The same before the link.
    pushed, pushed_this_morning : ndarray, shape (days, people)
        Log-odds that the factors add to an onset; those of lag 0 alone.
    toward_onset, toward_stay : ndarray, shape (days, people)
        Log-odds without refractory day, third day and treatment.
    """

    factors: Reals
    around: Reals
    mood: Reals
    ramp: Reals
    onset: Floats
    stay: Floats
    headache: NDArray[np.bool_] = field(init=False)
    chance: Floats = field(init=False)
    log_odds: Floats = field(init=False)
    pushed: Floats = field(init=False)
    pushed_this_morning: Floats = field(init=False)
    toward_onset: Floats = field(init=False)
    toward_stay: Floats = field(init=False)

    def __post_init__(self) -> None:
        shape = self.around.shape
        self.headache = np.zeros(shape, dtype=bool)
        self.chance = np.full(shape, np.nan)
        self.log_odds = np.zeros(shape)
        self.pushed, self.pushed_this_morning = np.zeros(shape), np.zeros(shape)
        self.toward_onset, self.toward_stay = np.zeros(shape), np.zeros(shape)


def surroundings(world: World, people: int, days: int, streams: Streams, ramp: Reals) -> Days:
    """Draw everything that no headache changes."""
    quick = repeated(streams.normal("quick mood", days, people), QUICK_MOOD_DAILY)
    slow = repeated(streams.normal("slow mood", days, people), SLOW_MOOD_DAILY)
    quick_sd = QUICK_MOOD_SD / np.sqrt(1 - QUICK_MOOD_DAILY**2)
    factors = np.stack([_unmarked(kind, people, days, streams) for kind in MOVERS], axis=1)
    own = np.sqrt(1 - ANXIETY_FROM_MOOD**2)
    factors[:, -1] = own * factors[:, -1] - ANXIETY_FROM_MOOD * quick
    return Days(
        factors,
        _around(world, people, days, streams),
        np.float32(world.slow_mood_sd) * slow + np.float32(quick_sd) * quick,
        ramp,
        world.onset[0] + world.onset[1] * streams.normal("onset", people).astype(float),
        world.stay[0] + world.stay[1] * streams.normal("stay", people).astype(float),
    )


def _unmarked(kind: Kind, people: int, days: int, streams: Streams) -> Reals:
    latent = latent_days(kind, (days, people), streams)
    if kind.rate is None:
        return latent
    return np.asarray(latent > -ndtri(kind.rate), dtype=np.float32)


def latent_days(kind: Kind, shape: tuple[int, ...], streams: Streams) -> Reals:
    """Return the Gaussian behind a factor: the rating itself, or what is cut for a yes/no."""
    return repeated(streams.normal(f"{kind.name} days", *shape), kind.daily)


def _around(world: World, people: int, days: int, streams: Streams) -> Reals:
    level = repeated(streams.normal("susceptibility", days, people), world.susceptibility_daily)
    phase = 2 * np.pi * streams.uniform("season's phase", people)
    day = np.arange(days)[:, None]
    season = world.season * np.sin(2 * np.pi * day / 365.25 + phase)
    weekend = np.isin(day % 7, (5, 6)) * world.weekend_sd * streams.normal("weekend", people)
    length = 26 + np.floor(5 * streams.uniform("cycle's length", people))
    begin = np.floor(length * streams.uniform("cycle's begin", people))
    has_cycle = streams.chosen("cycle", world.cycle_share, people)
    cycle = world.cycle * has_cycle * ((day + begin) % length < WINDOW_OF_CYCLE)
    return np.asarray(world.susceptibility_sd * level + season + weekend + cycle, np.float32)


def live(world: World, days: Days, effects: Effects, treatment: Floats, streams: Streams) -> Days:
    """Live day after day: each day's chance, its headache, and the mark that this leaves."""
    count, people = days.around.shape
    marks = _Marks(count, people, streams)
    push = _Push(world, effects)
    luck = streams("headache").random((count, people))
    dents = world.dent * streams.chosen("dent", world.dent_share, people).astype(np.float64)
    for day in range(count):
        if day:
            days.pushed[day], days.pushed_this_morning[day] = push.toward(days.factors, day)
            _look_ahead(world, days, day, effects, treatment)
        chance = np.full(people, FIRST_DAY_CHANCE) if day == 0 else days.chance[day]
        days.headache[day] = luck[day] < chance
        marks.leave(days.factors[day], days.headache[day])
        _dent(days, day, dents, effects.headache_to_mood)
    return days


def _look_ahead(world: World, days: Days, day: int, effects: Effects, treatment: Floats) -> None:
    """Write down the chance of a headache on ``day``."""
    today, before = days.headache[day - 1], days.headache[max(day - 2, 0)] & (day > 1)
    mood = np.where(effects.mood_lag == 1, days.mood[day - 1], days.mood[max(day - 2, 0)])
    days.toward_onset[day] = (
        days.onset + days.around[day] + days.pushed[day] - effects.mood_to_headache * mood / MOOD_SD
    )
    days.toward_stay[day] = days.stay + days.around[day]
    treated = treatment * days.ramp[day]
    begins = days.toward_onset[day] + world.refractory * before
    stays = days.toward_stay[day] + world.third_day * before
    days.log_odds[day] = np.where(today, stays, begins) + treated
    days.chance[day] = chance_of(world, days.log_odds[day])


def chance_of(world: World, log_odds: Floats) -> Floats:
    """Return the chance that belongs to log-odds, by the world's link."""
    if world.link == "probit":
        return np.asarray(ndtr(PROBIT_SLOPE * log_odds))
    return np.asarray(expit(log_odds))


def _dent(days: Days, day: int, dents: Floats, carry: Floats) -> None:
    ached = days.headache[day - 1] if day else np.zeros_like(days.headache[0])
    days.mood[day] -= dents * days.headache[day] + carry * (ached & ~days.headache[day])


class _Marks:
    """What a headache does to the factors of its own day."""

    def __init__(self, count: int, people: int, streams: Streams) -> None:
        kinds = list(enumerate(MOVERS))
        self.ratings = [at for at, one in kinds if one.rate is None and one.change]
        self.moves = np.array([MOVERS[at].change for at in self.ratings], np.float32)[:, None]
        self.turned = {
            at: (
                streams.uniform(f"{one.name} turned", count, people) < abs(one.change),
                one.change > 0,
            )
            for at, one in kinds
            if one.rate is not None and one.change
        }
        self.day = 0

    def leave(self, today: Reals, headache: NDArray[np.bool_]) -> None:
        """Mark one day; days come in order."""
        today[self.ratings] += self.moves * headache
        for at, (turned, to) in self.turned.items():
            today[at][turned[self.day] & headache] = to
        self.day += 1


class _Push:
    """What the factors add to the log-odds of a day."""

    def __init__(self, world: World, effects: Effects) -> None:
        lags = np.array([kind.lag if world.lag is None else world.lag for kind in MOVERS])
        self.at = {int(lag): np.flatnonzero(lags == lag) for lag in np.unique(lags)}
        self.effect = effects.effect[:, MOVERS_AT].T
        self.middle = np.array([kind.rate or 0.0 for kind in MOVERS])[:, None]
        self.sd = np.array([kind.sd for kind in MOVERS])[:, None]
        self.is_rating = np.array([kind.rate is None for kind in MOVERS])
        self.shape = world.shape
        self.pair = _most_common_pair(effects)

    def toward(self, factors: Reals, day: int) -> tuple[Floats, Floats]:
        """Return the sum over factors for ``day``, and over those of lag 0; shapes (people,)."""
        lived = np.tile(self.middle, self.effect.shape[1])
        for lag, at in self.at.items():
            if day >= lag:
                lived[at] = factors[day - lag, at]
        acting = (lived - self.middle) / self.sd
        if self.shape == "threshold":
            acting[self.is_rating] = step_above_one_sd(lived[self.is_rating])
        if self.shape == "together":
            one, other = self.pair
            acting[[one, other]] *= lived[[other, one]] > 0
        added = acting * self.effect
        return added.sum(0), added[self.at.get(0, [])].sum(0)


def _most_common_pair(effects: Effects) -> NDArray[np.intp]:
    """Return the two likeliest causes among those of the day before."""
    share = effects.share[list(MOVERS_AT)] * [kind.lag > 0 for kind in MOVERS]
    return np.argsort(-share, kind="stable")[:2]


def step_above_one_sd(rating: Floats) -> Floats:
    """Return a step at +1 SD, itself with mean 0 and SD 1."""
    share = float(ndtr(-1.0))
    return np.asarray(((rating > 1) - share) / np.sqrt(share * (1 - share)))
