"""The two plainest forecasts: one's own rate, and whether yesterday's headache stays.

Source: the person's base rate, which every forecast must beat; the Markov
chain of attack days after Barra and MacGregor 2019–20 (statistics sheet A4, C6, C7).
"""

from __future__ import annotations

import numpy as np

from peers.written import Array, later

AHEAD = 28


def base_rate(headache: Array, first: int | None = None) -> Array:
    """Return, at each day, the share of headache days among the known ones so far; shape (days,).

    With ``first``, nothing more is learned after that many days. A rate that
    goes on learning drops on each day without headache, and so ends up ordering
    the days of a short window the wrong way round.
    """
    known = np.isfinite(headache)
    hits = np.cumsum(np.where(known, headache, 0))
    return _held((hits + 0.5) / (np.cumsum(known) + 1), first)


def markov(headache: Array, first: int | None = None) -> Array:
    """Return, at each day, tomorrow's chance given today's state, from the days so far.

    Each of the two chances starts from the person's own rate, with the weight
    of four days; ``nan`` where today is unknown. ``first`` as in ``base_rate``.
    """
    tomorrow, usual = later(headache), base_rate(headache)
    chance = np.full(len(headache), np.nan)
    for state in (0, 1):
        seen = (headache == state) & np.isfinite(tomorrow)
        # A pair of days counts from the day after it: today's pair is not yet known today.
        days = np.concatenate([[0], np.cumsum(seen)[:-1]])
        hits = np.concatenate([[0], np.cumsum(np.where(seen, tomorrow, 0))[:-1]])
        own = _held((hits + 4 * usual) / (days + 4), first)
        chance = np.where(headache == state, own, chance)
    return chance


def _held(learned: Array, first: int | None) -> Array:
    """Keep what was learned in the first days for all days after them."""
    if first is None:
        return learned
    return np.concatenate([learned[:first], np.full(len(learned) - first, learned[first - 1])])


def markov_ahead(headache: Array) -> tuple[float, float]:
    """Return the 95 % interval of the next 28 days' count, chances taken as if known."""
    tomorrow = later(headache)
    start, stay = (_share(tomorrow[headache == state]) for state in (0, 1))
    known = np.flatnonzero(np.isfinite(headache))
    today = float(headache[known[-1]]) if len(known) else 0.0
    chance = np.zeros((2, AHEAD + 1))
    chance[int(today), 0] = 1
    for _ in range(AHEAD):
        free, ill = chance
        chance = np.array([free * (1 - start) + ill * (1 - stay), np.zeros(AHEAD + 1)])
        chance[1, 1:] = (free * start + ill * stay)[:-1]
    below = chance.sum(0).cumsum()
    return float(np.searchsorted(below, 0.025)), float(np.searchsorted(below, 0.975))


def _share(outcome: Array) -> float:
    known = outcome[np.isfinite(outcome)]
    return float((known.sum() + 0.5) / (len(known) + 1))
