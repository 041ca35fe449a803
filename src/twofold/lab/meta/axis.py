"""A line with numbers: where a value lies on it, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log, log10

import numpy as np

from twofold.charts import Canvas, width_of

SIZE = 14.0
RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Axis:
    """Where a value lies between two ends, in px."""

    left: float
    right: float
    low: float
    high: float

    def at(self, value: float) -> float:
        """Return the place of a value; what lies outside is put at the end."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def is_outside(self, value: float) -> bool:
        """Return whether the axis does not reach that far."""
        return not self.low <= value <= self.high


def ticks(canvas: Canvas, axis: Axis, foot: float, is_ratio: bool) -> None:
    """Draw as many marks with numbers below a line as fit."""
    if is_ratio:
        values = [log(one) for one in RATIOS if axis.low <= log(one) <= axis.high]
    else:
        values = steps(axis.low, axis.high, 5)
    last = -1e9
    for value in values:
        words = _tick(value, is_ratio)
        x, half = axis.at(value), width_of(words, SIZE) / 2
        if x - half < last + 6 and value != 0:
            continue
        canvas.line(x, foot, x, foot + 5, stroke="edge", width=1.2)
        canvas.text(x, foot + 19, words, size=SIZE, anchor="middle")
        last = x + half


def steps(low: float, high: float, count: int) -> list[float]:
    """Return round values between two ends."""
    rough = (high - low) / count
    unit = 10.0 ** floor(log10(rough))
    step = next((unit * by for by in (1, 2, 5, 10) if unit * by >= rough), unit)
    first = int(np.ceil(low / step - 1e-9))
    return [one * step for one in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _tick(value: float, is_ratio: bool) -> str:
    return f"{exp(value):g}" if is_ratio else spoken(value)


def spoken(value: float) -> str:
    """Return a number with a true minus."""
    return f"{value:.6g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def shown(value: float, is_ratio: bool) -> str:
    """Return a number as two digits after the point, fewer where it is large."""
    number = exp(min(value, 50.0)) if is_ratio else value
    digits = 2 if abs(number) < 100 else 0
    return f"{number:.{digits}f}".replace("-", "−")
