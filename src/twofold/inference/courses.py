"""Courses of treatment: what changed on which day, and how much of each can be there by then.

What ``treatment``, ``treatment_mood`` and ``burden`` share. A start is a slow
ramp, not a step. A dose that is raised step by step is one slow ramp as well; two
courses changed together, a dose that went up and down again, or one lowered in many
steps, cannot be separated from what else happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.engine import Array
from twofold.inference.finding import Refusal

RAMP_DAYS = 28
"""How long a course takes to its full effect, and as long to lose it."""


@dataclass(frozen=True)
class Steps:
    """The changes of one course, in order.

    Parameters
    ----------
    days : ndarray of int, shape (changes,)
        On which a course started, stopped or changed its dose.
    ways : ndarray of int, shape (changes,)
        1 up, -1 down; 0 where nobody wrote down which.
    """

    days: NDArray[np.intp]
    ways: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.days)


Changes = Mapping[str, Steps]


def courses(table: DayTable) -> list[str]:
    """Return the names of all courses, whether a dose is recorded or not."""
    names = [name for family in ("course", "dose") for name, _ in table.family(family)]
    return list(dict.fromkeys(names))


def changes_of(table: DayTable, name: str) -> Steps:
    """Return a course's changes.

    A gap in the record is no change; a level that differs after it is.
    """
    days = np.unique(np.concatenate([_moved(one) for one in _columns(table, name)]))
    if not len(days):
        return Steps(days, days)  # perhaps nobody ever wrote about it
    height = level(table, name)
    return Steps(days, np.sign(height[days] - height[days - 1]).astype(np.intp))


def level(table: DayTable, name: str) -> Array:
    """Return the level on every day: the dose where one is recorded, else running or not.

    Through a gap, and before the record, it stays as it was. Where it ran on
    days whose dose nobody wrote down, its doses cannot be compared.
    """
    running, dose = _columns(table, name)
    is_untold = bool(((running == 1) & np.isnan(dose)).any())
    told = running if is_untold else dose
    known = np.flatnonzero(np.isfinite(told))
    latest = np.searchsorted(known, np.arange(len(told)), side="right") - 1
    return np.asarray(told[known[np.maximum(latest, 0)]])


def reach(table: DayTable, name: str, *, ramp_days: int = RAMP_DAYS) -> Array:
    """Return how much of a course's full effect can be there on each day; shape (days,)."""
    return ramped(level(table, name), ramp_days=ramp_days)


def ramped(level: Array, *, ramp_days: int = RAMP_DAYS) -> Array:
    """Return a level over its highest as the mean of the last days, 0 to 1.

    So a start is a straight ramp up, and a stop a straight ramp down. What ran
    on the first day is taken to have run before it.

    Parameters
    ----------
    level : ndarray, shape (..., days)

    >>> ramped(np.array([0.0, 2.0, 2.0, 2.0]), ramp_days=2)
    array([0. , 0.5, 1. , 1. ])
    """
    earlier = np.repeat(level[..., :1], ramp_days, axis=-1)
    total = np.cumsum(np.concatenate([earlier, level], axis=-1), axis=-1)
    mean = (total[..., ramp_days:] - total[..., :-ramp_days]) / ramp_days
    highest = level.max(axis=-1, keepdims=True)
    return np.asarray(mean / np.where(highest > 0, highest, 1.0))


def not_separable(
    outcome: Array, name: str, changes: Changes, *, ramp_days: int = RAMP_DAYS
) -> Refusal | None:
    """Return why a course cannot be told from other changes, or not yet; ``None`` when it can.

    Parameters
    ----------
    outcome : ndarray, shape (days,)
        What it may change; nan where unknown.
    changes : mapping of str to Steps
        Every course's changes.
    """
    own = changes[name]
    if not len(own):
        return Refusal("no_variation", 0, 1, "changes")
    others = [steps for other, steps in changes.items() if other != name]
    others_close = sum(_close(own, one) for one in others)
    if _turns_back(own) or others_close:
        return Refusal("too_many_changes", len(own) + others_close, 1, "changes")
    return _too_soon(np.isfinite(outcome), own.days, ramp_days)


def _columns(table: DayTable, name: str) -> tuple[Array, Array]:
    return table[f"course.{name}"], table[f"dose.{name}"]


def _moved(column: Array) -> NDArray[np.intp]:
    known = np.flatnonzero(np.isfinite(column))
    is_other = np.diff(column[known]) != 0
    return np.asarray(known[1:][is_other], dtype=np.intp)


def _turns_back(own: Steps) -> bool:
    """Say whether a course changed twice within 14 days, and not both times upwards.

    A dose that is built up week by week is one ramp.
    """
    is_close = np.diff(own.days) <= trust.TREATMENT_CHANGES_APART
    is_built_up = (own.ways[1:] == 1) & (own.ways[:-1] == 1)
    return bool((is_close & ~is_built_up).any())


def _close(own: Steps, others: Steps) -> int:
    """Count another course's changes that lie within 14 days of one of this course."""
    gaps = np.abs(others.days[:, None] - own.days[None, :])
    return int((gaps <= trust.TREATMENT_CHANGES_APART).any(1).sum())


def _too_soon(known: NDArray[np.bool_], own: NDArray[np.intp], ramp_days: int) -> Refusal | None:
    """Refuse until 28 days are known at the course's full effect, and 28 before it began."""
    need, full = trust.TREATMENT_DAYS_EACH_SIDE, int(own[-1]) + ramp_days
    have = int(known[full:].sum())
    if have < need:
        wait = max(full - len(known), 0) + need - have
        unit = f"days from {ramp_days // 7} weeks after"
        return Refusal("too_soon", have, need, unit, -(-wait // 7))
    have = int(known[: own[0]].sum())
    return Refusal("too_soon", have, need, "days before") if have < need else None
