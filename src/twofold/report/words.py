"""How numbers and days are put into words; no rule and no opinion."""

from __future__ import annotations

import datetime as dt

from twofold.units import MONTHS

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> number(1, "unknown day"), number(3, "day")
    ('1 unknown day', '3 days')
    """
    return f"{count} {noun}" + ("" if count == 1 else "s")


def be(count: int) -> str:
    """Return "is" or "are" for a count.

    >>> be(1), be(0)
    ('is', 'are')
    """
    return "is" if count == 1 else "are"


def small(count: int) -> str:
    """Return a small count as a word.

    >>> small(9), small(12)
    ('nine', '12')
    """
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def short(label: str, *, year: bool = False) -> str:
    """Return a day's label shortly: "8 Oct"; a label that is no date stays as it is.

    >>> short("2012-10-08")
    '8 Oct'
    """
    try:
        day = dt.date.fromisoformat(label)
    except ValueError:
        return label
    return f"{day.day} {MONTHS[day.month - 1][:3]}" + (f" {day.year}" if year else "")


def of_100(chance: float) -> int:
    """Return a probability as a count of 100, never 0 and never 100.

    >>> of_100(0.083), of_100(0.9999)
    (8, 99)
    """
    return min(99, max(1, round(100 * chance)))
