"""Quantities as types, so that hours are never taken for days, nor milligrams for grams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NewType

from twofold.errors import RecordError, UnitError

Hours = NewType("Hours", float)
WholeDays = NewType("WholeDays", int)
Pain = NewType("Pain", float)  # 0 (none) to 10 (worst imaginable)
Per28Days = NewType("Per28Days", float)

Day = dt.date | int
"""A person's local calendar date, or a day index in a diary that has no dates."""

DOSE_UNITS = ("mg", "g", "µg", "ml", "tablet", "puff", "drop", "IU")


@dataclass(frozen=True)
class Quantity:
    """An amount with its unit; a dose is never a bare number.

    Raises
    ------
    UnitError
        When the unit is not one of ``DOSE_UNITS``.
    RecordError
        When the amount is negative or not a number.
    """

    value: float
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in DOSE_UNITS:
            raise UnitError(
                f"the unit {self.unit!r} is not known.",
                remedy=f"Use one of: {', '.join(DOSE_UNITS)}.",
            )
        if not self.value >= 0 or self.value == float("inf"):
            raise RecordError(f"an amount cannot be {self.value}.", remedy="Use zero or more.")


@dataclass(frozen=True)
class Span:
    """The ends of a rating: the numbers a person could choose between.

    Raises
    ------
    RecordError
        When the high end is not above the low end.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise RecordError(f"a scale cannot run from {self.low} to {self.high}.")

    def holds(self, level: float) -> bool:
        """Say whether ``level`` could have been chosen."""
        return self.low <= level <= self.high

    def to_ten(self, level: float) -> float:
        """Return ``level`` moved to 0–10.

        >>> Span(-3, 3).to_ten(0)
        5.0
        """
        return 10 * (level - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class When:
    """A moment as the person lived it: the local day, and what more is known.

    Parameters
    ----------
    day : datetime.date or int
        The local calendar date; in an undated diary the day index.
    time : datetime.time, optional
        Local wall-clock time. ``None``: only the day is known.
    offset_minutes : int, optional
        Minutes east of UTC at that moment. ``None``: not known.
    """

    day: Day
    time: dt.time | None = None
    offset_minutes: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.day, dt.datetime) or (
            self.time is not None and self.time.tzinfo is not None
        ):
            raise RecordError("a moment takes a plain date and a plain wall-clock time.")
        if self.offset_minutes is not None and not -14 * 60 <= self.offset_minutes <= 14 * 60:
            raise RecordError(f"no place on earth is {self.offset_minutes} minutes from UTC.")

    @property
    def is_dated(self) -> bool:
        """Whether the day is a calendar date."""
        return isinstance(self.day, dt.date)


def days_between(earlier: Day, later: Day) -> int:
    """Return how many whole days lie from ``earlier`` to ``later`` (negative if before).

    >>> days_between(3, 5)
    2
    """
    if isinstance(earlier, dt.date) and isinstance(later, dt.date):
        return (later - earlier).days
    if isinstance(earlier, int) and isinstance(later, int):
        return later - earlier
    raise RecordError("a dated and an undated day cannot be compared.")


def day_after(day: Day, days: int) -> Day:
    """Return the day that lies ``days`` later.

    >>> day_after(3, 2)
    5
    """
    return day + dt.timedelta(days) if isinstance(day, dt.date) else day + days


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def spoken(label: str, *, year: bool = False) -> str:
    """Return a day's label as people say it; a label that is no ISO date stays as it is.

    >>> spoken("2012-11-19")
    '19 November'
    >>> spoken("day 12")
    'day 12'
    """
    try:
        day = dt.date.fromisoformat(label)
    except ValueError:
        return label
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
