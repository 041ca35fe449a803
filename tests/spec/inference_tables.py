"""Small day tables for the inference tests, written as strips of signs."""

from __future__ import annotations

import numpy as np

from twofold.daytable import Column, DayTable, FactorInfo

NAN = float("nan")


def strip(signs: str) -> Column:
    """Return 1 for ``#``, 0 for ``.`` and nan for ``?``.

    >>> strip("#.?")
    array([ 1.,  0., nan])
    """
    return np.array([{"#": 1.0, ".": 0.0, "?": NAN}[one] for one in signs])


def table_of(
    headache: Column,
    *,
    mood: Column | None = None,
    low_mood: Column | None = None,
    factors: dict[str, Column] | None = None,
    claims: dict[str, str] | None = None,
    **columns: Column,
) -> DayTable:
    """Return an undated day table."""
    known = np.isfinite(headache).astype(float)
    held = {"headache": headache, "headache_known": known, "entered": known, **columns}
    if mood is not None:
        held["mood"] = mood
        low = np.where(np.isfinite(mood), (mood < 4).astype(float), NAN)
        held["low_mood"] = low if low_mood is None else low_mood
    infos = []
    for name, column in (factors or {}).items():
        held[f"factor.{name}"] = column
        infos.append(FactorInfo(f"factor.{name}", name, (claims or {}).get(name)))
    labels = tuple(f"day {i + 1}" for i in range(len(headache)))
    return DayTable(held, labels, False, tuple(infos))


def year(seed: int, *, days: int = 300, effect: float = 0.0) -> DayTable:
    """Return a simulated diary with two ratings and a yes/no thing; the first may matter."""
    rng = np.random.default_rng(seed)
    rating, other = rng.standard_normal((2, days))
    yes = (rng.random(days) < 0.3).astype(float)
    mood = np.clip(np.round(6 + 1.5 * rng.standard_normal(days)), 0, 10)
    headache = np.zeros(days)
    for t in range(days - 1):
        eta = -0.3 if headache[t] else -1.6 + effect * rating[t]
        headache[t + 1] = rng.random() < 1 / (1 + np.exp(-eta))
    return table_of(headache, mood=mood, factors={"rating": rating, "other": other, "yes": yes})
