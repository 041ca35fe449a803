"""A small world of its own: headaches, a slow drift, and one course begun at random or at the worst."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from twofold.inference.engine import Array

RAMP = 28
AHEAD = 28


@dataclass(frozen=True)
class Courses:
    """What was lived, and what is true.

    headache: (people, days), nan where nobody wrote; course: (people, days) 0/1; lived: with
    AHEAD days more; effect: (people,) log-odds at full effect; change: headache days per 28.
    """

    headache: Array
    course: Array
    lived: Array
    effect: Array
    change: Array


def courses_world(
    *, people: int, days: int, seed: int, at_worst: bool, responders: float = 0.5
) -> Courses:
    """Simulate: half respond by N(-0.8, 0.3); other factors move the odds by SD 0.5 a day."""
    rng = np.random.default_rng(seed)
    base, stay = rng.normal(-1.35, 0.45, people), rng.normal(-0.2, 0.35, people)
    effect = (rng.random(people) < responders) * rng.normal(-0.8, 0.3, people)
    whole = days + AHEAD
    other = 0.5 * rng.standard_normal((people, whole))
    chance = rng.random((people, whole))
    drift = _drift(people, whole, rng)
    none = np.zeros((people, whole))
    if at_worst:
        start = _worst(_live(base, stay, drift + other, none, chance), days)
    else:
        start = rng.integers(days // 3, days // 2 + 1, people)
    since = np.arange(whole)[None] - start[:, None] + 1
    course = np.clip(since / RAMP, 0, 1)
    lived = _live(base, stay, drift + other, course * effect[:, None], chance)
    headache = lived[:, :days].copy()
    gone = rng.random(headache.shape) < np.where(headache == 1, 0.33, 0.2)
    headache[gone] = np.nan
    running = (since[:, :days] > 0).astype(float)
    recent = drift[:, days - 28 : days].mean(1)
    change = 28 * (_share(base, stay, recent + effect, rng) - _share(base, stay, recent, rng))
    return Courses(headache, running, lived, effect, change)


def _drift(people, days, rng):  # type: ignore[no-untyped-def]
    level = np.empty((people, days))
    now = 0.4 * rng.standard_normal(people)
    for t in range(days):
        now = 0.97 * now + np.sqrt(1 - 0.97**2) * 0.4 * rng.standard_normal(people)
        level[:, t] = now
    return level


def _live(base, stay, level, course, chance):  # type: ignore[no-untyped-def]
    headache = np.zeros(level.shape)
    for t in range(1, level.shape[1]):
        yesterday = headache[:, t - 2] if t > 1 else 0
        eta = np.where(headache[:, t - 1] == 1, stay, base - 0.5 * yesterday)
        headache[:, t] = chance[:, t] < expit(eta + level[:, t] + course[:, t])
    return headache


def _worst(lived, days):  # type: ignore[no-untyped-def]
    """Return the day after the 28 with most headaches, where enough days lie on both sides."""
    total = np.cumsum(lived, axis=1)
    window = total[:, 28:days] - total[:, : days - 28]
    first, last = max(days // 4, 35), days - 28 - max(days // 4, 35)
    return 28 + first - 28 + np.argmax(window[:, first - 28 : last], axis=1)


def _share(base, stay, level, rng):  # type: ignore[no-untyped-def]
    """Return the share of headache days at a level that stays, by living 600 days of it."""
    days = 600
    other = 0.5 * rng.standard_normal((len(base), days))
    flat = level[:, None] + other
    total = np.zeros(len(base))
    for _ in range(4):
        lived = _live(base, stay, flat, np.zeros(flat.shape), rng.random(flat.shape))
        total += lived[:, 50:].mean(1)
    return total / 4
