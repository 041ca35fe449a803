"""Axes, round numbers and line looks that the pictures of this folder share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np

from twofold.charts import Canvas, shortened

WIDTH = 704.0
SIZE = 14.5
SMALL = 14.0
DASHES = ("", "9 5", "2 5", "12 4 2 4")


@dataclass(frozen=True)
class Axis:
    """A straight axis from numbers to pixels."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Return the pixel, held inside the axis."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.stop - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Return three to seven round numbers inside the axis, each with its text."""
        step = _round_step((self.high - self.low) / 5)
        first = ceil(self.low / step - 1e-9)
        return [
            (n * step, tick(n * step, step))
            for n in range(first, floor(self.high / step + 1e-9) + 1)
        ]


def line_look(number: int) -> dict[str, Any]:
    """Return colour, width and dash of the n-th line; the dash alone tells them apart."""
    return {"stroke": "headache" if number % 2 else "ink", "width": 2.0, "dash": DASHES[number]}


def ground(canvas: Canvas, x: Axis, y: Axis) -> None:
    """Draw both axes' numbers and the lines across."""
    for value, words in x.ticks():
        canvas.text(x.at(value), y.start + 22, words, size=SMALL, anchor="middle")
    for value, words in y.ticks():
        is_zero = abs(value) < 1e-12
        look: dict[str, Any] = {
            "stroke": "edge" if is_zero else "line",
            "width": 1.4 if is_zero else 1,
        }
        canvas.line(x.start, y.at(value), x.stop, y.at(value), **look)
        canvas.text(x.start - 8, y.at(value) + 5, words, size=SMALL, anchor="end")


def titles(canvas: Canvas, x: Axis, y: Axis, below: str, beside: str) -> None:
    """Write what the axes are: across below the picture, upward above it."""
    middle = (x.start + x.stop) / 2
    canvas.text(middle, y.start + 46, shortened(below, 600, SIZE), anchor="middle", size=SIZE)
    canvas.text(0, y.stop - 14, shortened(beside, 600, SIZE), size=SIZE)


def padded(low: float, high: float) -> tuple[float, float]:
    """Return ends with a little room beyond both."""
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _round_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return size * next(step for step in (1, 2, 5, 10) if step * size >= rough * 0.999)


def number(value: float) -> str:
    """Return a number of a table with three digits at least; a true minus sign."""
    if not np.isfinite(value):
        return "?"
    if abs(value) < 1e-12:
        return "0"
    size = floor(log10(abs(value)))
    text = f"{value:.{min(max(2 - size, 0), 3)}f}" if size >= -1 else f"{value:.2g}"
    return text.replace("-", "−")


def tick(value: float, step: float) -> str:
    """Return a number of an axis with the digits that its step needs."""
    digits = max(0, -floor(log10(step) + 1e-9))
    return "0" if abs(value) < step / 1e3 else f"{value:.{digits}f}".replace("-", "−")


def legend(canvas: Canvas, names: Sequence[str], left: float, top: float) -> None:
    """Draw up to four lines with their names, two in a row."""
    for place, name in enumerate(names[:4]):
        x, y = left + 260 * (place % 2), top + 22 * (place // 2)
        canvas.line(x, y, x + 34, y, **line_look(place))
        canvas.text(x + 42, y + 5, name, size=SMALL)
