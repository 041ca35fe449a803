"""Simulated people whose truth is known, written before the engine was tried on them.

The description is section C0 of the statistics sheet; the code and the numbers
are our own. A person has exposures that repeat themselves, some of which raise
the odds of a headache the next day; early signs and dips of mood that come
before a headache without causing it; headache days that change what is
written; slow drift; and days without an entry, more of them when it hurts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import DayTable, FactorInfo
from twofold.knowledge.claim import Claim

Array = np.ndarray

# claim, yes/no rate (None: a rating), day-to-day correlation, change on a headache day. What is
# read on the headache day itself (the night before, weather) cannot be changed by that headache.
EXPOSURES: tuple[tuple[str, float | None, float, float], ...] = (
    ("meal_skipped", 0.2, 0.1, 0.3),
    ("dehydration", 0.25, 0.2, 0.2),
    ("sleep_quality_poor", None, 0.3, 0.0),
    ("sleep_short", None, 0.3, 0.0),
    ("sleep_efficiency_low", None, 0.3, 0.4),
    ("sleep_long", 0.15, 0.1, 0.0),
    ("stress_high", None, 0.5, 0.5),
    ("stress_let_down", 0.2, 0.0, 0.0),
    ("alcohol", 0.3, 0.2, -0.2),
    ("alcohol_five_drinks", 0.1, 0.1, -0.1),
    ("caffeine_rise", 0.2, 0.1, 0.2),
    ("caffeine_drop", 0.2, 0.1, 0.2),
    ("weather_pressure_fall", None, 0.4, 0.0),
    ("weather_heat", None, 0.8, 0.0),
    ("air_pollution", None, 0.6, 0.0),
    ("exercise_unusual", 0.15, 0.1, -0.1),
    ("exercise_regular", 0.4, 0.3, -0.3),
    ("travel", 0.1, 0.3, 0.0),
    ("light_bright", 0.2, 0.2, 0.3),
    ("smell_strong", 0.15, 0.1, 0.3),
)
UNLINKED = (("full moon", 0.1, 0.0, 0.0), ("video calls", 0.4, 0.3, 0.0))
SIGNS = ("neck_pain", "yawning", "chocolate")
AMBIGUOUS_SIGNS = 0.5  # share of people in whom a sign comes before a headache
DRIFT_SD, DRIFT_DAILY = 0.4, 0.97


@dataclass(frozen=True)
class Person:
    """One simulated person: the diary as a table, and what was really so.

    Parameters
    ----------
    effects : dict of str to float
        Column and log-odds (yes against no; a rating: per SD), real ones only.
    """

    table: DayTable
    effects: dict[str, float]
    mood_to_headache: bool
    headache_to_mood: bool
    mood_dips_first: bool
    next_days: Array


def people(
    claims: dict[str, Claim],
    *,
    count: int,
    days: int,
    seed: int,
    size: float = 1.0,
    share_turned: float = 0.0,
    is_null: bool = False,
    mood_acts_same_day: bool = False,
) -> list[Person]:
    """Simulate ``count`` people for ``days`` days, and 28 more that nobody has seen yet.

    ``size`` multiplies every real effect, ``share_turned`` of them run against
    the studies, and in a null world nothing comes before anything. With
    ``mood_acts_same_day`` everyone's low mood raises the odds of a headache on
    that very day, and no headache carries over to the next day's mood.
    """
    rng = np.random.default_rng(seed)
    truth = _truth(claims, count, rng, size, share_turned, is_null)
    if mood_acts_same_day:
        truth |= {"mood_lag": np.zeros(count, dtype=int), "mood_effect": np.full(count, 0.4)}
        truth |= {"carry": np.zeros(count), "same_day": np.zeros(count)}
    course = _live(claims, truth, days + 28, rng)
    return [_write(course, truth, person, days, rng) for person in range(count)]


def _names() -> list[str]:
    return [one[0] for one in (*EXPOSURES, *UNLINKED)]


def _truth(claims, count, rng, size, share_turned, is_null):  # type: ignore[no-untyped-def]
    """Draw who has which effect: shares as in the claims, but not exactly (e^(z/2))."""
    shares, middles = [], []
    for name in _names():
        claim = claims.get(name)
        noise = np.exp(0.5 * rng.standard_normal())
        shares.append(min(0.6, (claim.pi if claim else 0.05) * noise) * 0.75)
        middles.append(claim.m if claim and claim.m else 0.35)
    real = rng.random((count, len(shares))) < np.array(shares)
    effect = (np.array(middles) + 0.2 * rng.standard_normal(real.shape)) * real * size
    effect *= np.where(rng.random(real.shape) < share_turned, -1, 1)
    harm = rng.random(count) < 0.2
    carry = rng.random(count) < 0.4
    keep = 0.0 if is_null else 1.0
    return {
        "effect": effect * keep,
        "mood_effect": harm * np.maximum(rng.normal(0.4, 0.15, count), 0.1) * size * keep,
        "mood_lag": rng.integers(1, 3, count),
        "carry": carry * np.maximum(rng.normal(0.8, 0.3, count), 0.2) * size * keep,
        "same_day": (rng.random(count) < 0.6) * 0.8,
        "sign": rng.random((count, len(SIGNS))) < AMBIGUOUS_SIGNS,
        "dip": rng.random(count) < 0.2,
        "base": rng.normal(-1.35, 0.45, count),
        "stay": rng.normal(-0.2, 0.35, count),
    }


def _live(claims, truth, days, rng):  # type: ignore[no-untyped-def]
    """Live all days of all people at once."""
    count = len(truth["effect"])
    kinds = (*EXPOSURES, *UNLINKED)
    lag0 = np.array([name in claims and claims[name].lag == 0 for name, *_ in kinds])
    exposure = _exposures(kinds, count, days, rng)
    standard = _standard(kinds, exposure)
    headache = np.zeros((count, days))
    headache[:, 0] = rng.random(count) < 0.2
    deep = _deep_mood(count, days, rng)
    level = DRIFT_SD * rng.standard_normal(count)
    mood, signs = np.full((count, days), np.nan), np.zeros((count, days, len(SIGNS)))
    phase = rng.random(count) * 2 * np.pi
    for t in range(days - 1):
        level = DRIFT_DAILY * level + np.sqrt(1 - DRIFT_DAILY**2) * DRIFT_SD * rng.standard_normal(
            count
        )
        past = headache[:, t - 1] if t else np.zeros(count)
        felt = deep[:, t] - truth["carry"] * past * (1 - headache[:, t])
        x = np.where(lag0, standard[:, t + 1], standard[:, t])
        low = -deep[np.arange(count), np.maximum(t + 1 - truth["mood_lag"], 0)] / 1.6
        eta = truth["base"] + level + 0.2 * np.sin(2 * np.pi * t / 365 + phase)
        eta = eta + (x * truth["effect"]).sum(1) + truth["mood_effect"] * low - 0.5 * past
        eta = np.where(headache[:, t] == 1, truth["stay"] + level, eta)
        headache[:, t + 1] = rng.random(count) < 1 / (1 + np.exp(-eta))
        begins = (headache[:, t + 1] == 1) & (headache[:, t] == 0)
        early = begins[:, None] & truth["sign"]
        signs[:, t] = rng.random(early.shape) < np.where(early, 0.5, 0.12)
        felt = felt - truth["same_day"] * headache[:, t] - 0.8 * (truth["dip"] & begins)
        mood[:, t] = np.clip(np.round(6 + felt), 0, 10)
    return {
        "exposure": _marked(kinds, exposure, headache, rng),
        "headache": headache,
        "mood": mood,
        "signs": signs,
        "lag0": lag0,
    }


def _deep_mood(count, days, rng):  # type: ignore[no-untyped-def]
    """Return mood as it would be without headaches: a slow tide and quick ripples."""
    deep = np.zeros((count, days))
    slow, quick = 1.2 * rng.standard_normal(count), np.zeros(count)
    for t in range(days):
        slow = 0.97 * slow + np.sqrt(1 - 0.97**2) * 1.2 * rng.standard_normal(count)
        quick = 0.3 * quick + 1.0 * rng.standard_normal(count)
        deep[:, t] = slow + quick
    return deep


def _exposures(kinds, count, days, rng):  # type: ignore[no-untyped-def]
    from scipy.special import ndtri

    latent = rng.standard_normal((count, days, len(kinds)))
    for t in range(1, days):
        for i, (_, _, again, _) in enumerate(kinds):
            fresh = np.sqrt(1 - again**2) * latent[:, t, i]
            latent[:, t, i] = again * latent[:, t - 1, i] + fresh
    for i, (_, rate, _, _) in enumerate(kinds):
        if rate is not None:
            latent[..., i] = latent[..., i] > -ndtri(rate)
    return latent


def _standard(kinds, exposure):  # type: ignore[no-untyped-def]
    rate = np.array([0.0 if one[1] is None else one[1] for one in kinds])
    spread = np.array([1.0 if one[1] is None else np.sqrt(one[1] * (1 - one[1])) for one in kinds])
    return (exposure - rate) / spread


def _marked(kinds, exposure, headache, rng):  # type: ignore[no-untyped-def]
    """Let a headache day change what is done and written that day."""
    marked = exposure.copy()
    for i, (_, rate, _, change) in enumerate(kinds):
        if rate is None:
            marked[..., i] += change * headache
        else:
            turned = (rng.random(headache.shape) < abs(change)) & (headache == 1)
            marked[..., i] = np.where(turned, float(change > 0), marked[..., i])
    return marked


def _write(course, truth, person, days, rng):  # type: ignore[no-untyped-def]
    """Write one person's table: days left out, items left out, numbers rounded."""
    headache = course["headache"][person]
    gone = rng.random(days) < np.where(headache[:days] == 1, 0.33, 0.2)
    kinds = (*EXPOSURES, *UNLINKED)
    columns = {"headache": _hide(headache[:days], gone), "mood": course["mood"][person, :days]}
    columns["mood"] = _hide(columns["mood"], gone | (rng.random(days) < 0.03))
    columns["low_mood"] = np.where(
        np.isnan(columns["mood"]), np.nan, (columns["mood"] <= 4).astype(float)
    )
    columns["entered"] = (~gone).astype(float)
    columns["headache_known"] = columns["entered"].copy()
    infos = []
    rows = [*((one[0], course["exposure"][person, :days, i]) for i, one in enumerate(kinds))]
    rows += [(name, course["signs"][person, :days, i]) for i, name in enumerate(SIGNS)]
    linked = {one[0] for one in EXPOSURES} | set(SIGNS)
    for name, values in rows:
        columns[f"factor.{name}"] = _hide(values, gone | (rng.random(days) < 0.03))
        infos.append(FactorInfo(f"factor.{name}", name, name if name in linked else None))
    table = DayTable(columns, tuple(f"day {i + 1}" for i in range(days)), False, tuple(infos))
    return Person(
        table,
        _effects(kinds, truth["effect"][person]),
        bool(truth["mood_effect"][person] > 0),
        bool(truth["carry"][person] > 0),
        bool(truth["dip"][person]),
        headache[days:],
    )


def _effects(kinds, effect):  # type: ignore[no-untyped-def]
    out = {}
    for (name, rate, _, _), size in zip(kinds, effect, strict=True):
        if size:
            spread = 1.0 if rate is None else np.sqrt(rate * (1 - rate))
            out[f"factor.{name}"] = float(size / spread)
    return out


def _hide(values, gone):  # type: ignore[no-untyped-def]
    return np.where(gone, np.nan, values)
