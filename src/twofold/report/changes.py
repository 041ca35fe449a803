"""How the change that a treatment makes is put into words: as more or fewer, never as a sign."""

from __future__ import annotations

from twofold.inference.finding import Estimate
from twofold.report.words import number


def headache_days(effect: Estimate) -> str:
    """Return a change in headache days per 28 with its interval.

    >>> headache_days(Estimate(-3.2, -5.6, -0.6, "days per 28"))
    'About 3 fewer headache days in 28 with it than without, likely between 6 fewer and 1 fewer.'
    """
    value, low, high = (_days(one) for one in (effect.value, effect.low, effect.high))
    between = f"likely between {_side(low, 'fewer', 'more')} and {_side(high, 'fewer', 'more')}"
    if value == 0:
        return f"About as many headache days with it as without, {between}."
    noun = number(abs(value), f"{'fewer' if value < 0 else 'more'} headache day")
    return f"About {noun} in 28 with it than without, {between}."


def mood_points(effect: Estimate) -> str:
    """Return a change in mood, in points of 0 to 10, with its interval.

    >>> mood_points(Estimate(0.74, -0.04, 1.5, "mood points"))
    'Mood about 0.7 of 10 points higher with it than without, likely between none and 1.5 higher.'
    """
    value, low, high = (round(one, 1) + 0.0 for one in (effect.value, effect.low, effect.high))
    between = f"likely between {_side(low, 'lower', 'higher')} and {_side(high, 'lower', 'higher')}"
    if value == 0:
        return f"Mood about the same with it as without, {between}."
    way = "lower" if value < 0 else "higher"
    return f"Mood about {abs(value):g} of 10 points {way} with it than without, {between}."


def _days(change: float) -> int:
    """Round half away from zero, as people do."""
    whole = int(abs(change) + 0.5)
    return -whole if change < 0 else whole


def _side(change: float, below: str, above: str) -> str:
    if change == 0:
        return "none"
    return f"{abs(change):g} {below if change < 0 else above}"
