"""The chance of a headache tomorrow as the evening before can know it at best.

A day's headache is drawn in the morning, when the night and the weather (lag 0)
are known. The evening before knows only how they go on from today, so those
factors are averaged out: ratings by Gauss–Hermite quadrature over their sum,
yes/no things and steps by going through all their combinations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from worlds.draws import Reals, Streams
from worlds.kinds import SIGNS, Kind
from worlds.live import MOVERS, MOVERS_AT, Days, chance_of, latent_days, step_above_one_sd
from worlds.signs import BEFORE_A_HEADACHE, carriers, lived_signs
from worlds.truth import Effects, Floats
from worlds.world import World

POINTS = 9


@dataclass(frozen=True)
class _TwoValued:
    """A factor that is one of two things tomorrow; arrays of shape (days, people)."""

    chance: Floats
    yes: Floats
    no: Floats


def evening_chance(world: World, days: Days, effects: Effects, streams: Streams) -> Floats:
    """Return the chance of each day given all causes until the day before; (days, people).

    Factors act on beginnings alone: after a headache day nothing is averaged out.
    """
    at = [i for i, kind in enumerate(MOVERS) if kind.lag == 0 and world.lag is None]
    chance = days.chance.copy()
    effect = effects.effect[:, [MOVERS_AT[i] for i in at]]
    latent = {i: latent_days(MOVERS[i], days.around.shape, streams) for i in at}
    rest = days.log_odds - days.pushed_this_morning
    for who, acting in _alike(effect):
        strength = {at[j]: effect[who, j] for j in acting}
        own = {i: latent[i][:, who] for i in strength}
        chance[:, who] = _averaged(world, rest[:, who], strength, own)
    chance[1:] = np.where(days.headache[:-1], days.chance[1:], chance[1:])
    chance[0] = np.nan
    return chance


def _alike(effect: Floats) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give groups of people with the same acting factors, and which these are."""
    patterns, group = np.unique(effect != 0, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        if pattern.any():
            yield np.flatnonzero(group.ravel() == number), np.flatnonzero(pattern)


def _averaged(
    world: World, rest: Floats, strength: dict[int, Floats], latent: dict[int, Reals]
) -> Floats:
    """Average out the acting factors of lag 0; arrays of shape (days, people)."""
    parts, middle, variance = [], rest.copy(), np.zeros(rest.shape[1])
    for i, effect in strength.items():
        if MOVERS[i].rate is not None or world.shape == "threshold":
            parts.append(_two_valued(MOVERS[i], latent[i], effect))
        else:
            middle += effect * _from_today(MOVERS[i], latent[i])
            variance += effect**2 * (1 - MOVERS[i].daily ** 2)
    return _over_all_sides(world, middle, np.sqrt(variance), parts)


def chance_with_signs(world: World, days: Days, chance: Floats, streams: Streams) -> Floats:
    """Return ``chance`` after a look at the three signs of the day before (Bayes' rule).

    A sign says something in people in whom it comes before headaches, on free days.
    """
    log_ratio = np.zeros(chance.shape)
    signs = lived_signs(world, days.headache, streams)
    for sign, seen in zip(SIGNS, signs, strict=True):
        often = float(sign.rate or 0.0)
        yes = np.log(BEFORE_A_HEADACHE / often)
        no = np.log((1 - BEFORE_A_HEADACHE) / (1 - often))
        says = np.where(seen, yes, no) * carriers(world, sign, chance.shape[1], streams)
        log_ratio[1:] += (says * ~days.headache)[:-1]
    return np.asarray(expit(logit(chance) + log_ratio))


def _from_today(kind: Kind, latent: Reals) -> Floats:
    """Return tomorrow's expected latent value, standing on tomorrow's row."""
    out = np.zeros(latent.shape)
    out[1:] = kind.daily * latent[:-1]
    return out


def _two_valued(kind: Kind, latent: Reals, effect: Floats) -> _TwoValued:
    line = 1.0 if kind.rate is None else float(-ndtri(kind.rate))
    chance = ndtr((_from_today(kind, latent) - line) / np.sqrt(1 - kind.daily**2))
    if kind.rate is None:
        no, yes = step_above_one_sd(np.array([0.0, 2.0]))
    else:
        no, yes = -kind.rate / kind.sd, (1 - kind.rate) / kind.sd
    return _TwoValued(chance, yes * effect, no * effect)


def _over_all_sides(world: World, rest: Floats, sd: Floats, parts: list[_TwoValued]) -> Floats:
    nodes, shares = np.polynomial.hermite_e.hermegauss(POINTS)
    if not sd.any():
        nodes, shares = np.zeros(1), np.ones(1)
    total = np.zeros(rest.shape)
    for sides in product((False, True), repeat=len(parts)):
        weight, at = np.ones(rest.shape), rest.copy()
        for part, is_yes in zip(parts, sides, strict=True):
            weight *= part.chance if is_yes else 1 - part.chance
            at += part.yes if is_yes else part.no
        for node, share in zip(nodes, shares / shares.sum(), strict=True):
            total += weight * share * chance_of(world, at + node * sd)
    return total
