"""Forest and funnel plots as accessible SVG: each trial, the whole, and a new one to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from twofold.charts import Canvas, Theme, shortened, width_of
from twofold.lab.meta.axis import SIZE, Axis, shown, spoken, steps, ticks
from twofold.lab.meta.weighting import Array

WIDE, NARROW = 704.0, 344.0
MOST_ROWS = 60


@dataclass(frozen=True)
class Row:
    """One line of a forest plot; logarithms where the plot is one of ratios.

    Parameters
    ----------
    label : str
    value, low, high : float
    weight : float
        Share of the trial, 0 to 1: the area of its square.
    """

    label: str
    value: float
    low: float
    high: float
    weight: float = 0.0


def forest(
    rows: Sequence[Row],
    *,
    title: str,
    scale: str,
    is_ratio: bool = False,
    whole: Row | None = None,
    expected: tuple[float, float] | None = None,
    theme: Theme = "auto",
    key: str = "forest",
    is_narrow: bool = False,
) -> str:
    """Return a forest plot.

    Parameters
    ----------
    rows : sequence of Row
        The first sixty are drawn; the picture says how many more there are.
    title, scale : str
        The question, and what stands on the axis.
    is_ratio : bool
        The values are logarithms; the axis shows the ratios.
    whole : Row, optional
        The pooled effect, a diamond below the others.
    expected : tuple of float, optional
        The prediction interval, a thin bar below the diamond.
    theme : Theme
    key : str
    is_narrow : bool
        For a telephone: each name above its bar.
    """
    width = NARROW if is_narrow else WIDE
    drawn = rows[:MOST_ROWS]
    canvas = Canvas(
        width, title=title, theme=theme, key=f"{key}{width:.0f}",
        desc=_forest_words(rows, whole, expected, scale, is_ratio),
    )  # fmt: skip
    side = (14.0, width - 14) if is_narrow else (206.0, width - 190)
    axis = Axis(*side, *_range(drawn, whole, expected, is_ratio))
    pitch, top = (43.0, 12.0) if is_narrow else (24.0, 8.0)
    count = len(drawn) + (whole is not None) + (expected is not None)
    foot = top + pitch * count + 4 + (10 if whole else 0)
    rows_y = [top + pitch * (i + 1) - 10 + 10 * (i >= len(drawn)) for i in range(count)]
    _ground(canvas, axis, [(y - 6, y + 8) for y in rows_y] if is_narrow else [(top, foot)], foot)
    y = top + pitch - 10
    most = max((one.weight for one in drawn), default=0.0) or 1.0
    for one in drawn:
        _words(canvas, one.label, _numbers(one, is_ratio), y, width, is_narrow=is_narrow)
        _bar(canvas, axis, one, y, 2.5 + 4 * (one.weight / most) ** 0.5)
        y += pitch
    if whole is not None:
        y += 10
        canvas.line(6, y - pitch + 9, width - 6, y - pitch + 9, stroke="line", width=1.2)
        words = _numbers(whole, is_ratio)
        _words(canvas, whole.label, words, y, width, is_narrow=is_narrow, is_strong=True)
        _diamond(canvas, axis, whole, y)
        y += pitch
    if expected is not None and isfinite(expected[0]):
        _expected(canvas, axis, expected, y, width, is_ratio, is_narrow)
    ticks(canvas, axis, foot, is_ratio)
    canvas.text((axis.left + axis.right) / 2, foot + 38, scale, size=SIZE, anchor="middle")
    canvas.height = foot + 48
    if len(rows) > MOST_ROWS:
        canvas.text(6, foot + 60, f"{len(rows) - MOST_ROWS} more are not drawn.", size=SIZE)
        canvas.height = foot + 70
    return canvas.svg()


def funnel(
    y: Array,
    v: Array,
    centre: float,
    *,
    title: str,
    scale: str,
    is_ratio: bool = False,
    filled: tuple[Array, Array] | None = None,
    theme: Theme = "auto",
    key: str = "funnel",
) -> str:
    """Return a funnel plot: effect across, standard error downwards.

    Parameters
    ----------
    y, v : array (k,)
        Effects and variances.
    centre : float
        The pooled effect, where the funnel stands.
    title, scale : str
    is_ratio : bool
    filled : tuple of array, optional
        What trim and fill mirrored, drawn hollow.
    theme : Theme
    key : str
    """
    width, top, foot = 440.0, 14.0, 300.0
    se = np.sqrt(v)
    most = float(se.max()) * 1.06
    more = filled if filled is not None else (np.empty(0), np.empty(0))
    across = np.concatenate([y, more[0], [centre - 1.96 * most, centre + 1.96 * most]])
    room = 0.04 * float(np.ptp(across))
    axis = Axis(58, width - 12, float(across.min()) - room, float(across.max()) + room)
    canvas = Canvas(
        width, title=title, theme=theme, key=key,
        desc=_funnel_words(y, se, centre, len(more[0]), is_ratio),
    )  # fmt: skip

    def down(error: float) -> float:
        return top + (foot - top) * error / most

    canvas.polygon(
        [(axis.at(centre), top), (axis.at(centre + 1.96 * most), foot),
         (axis.at(centre - 1.96 * most), foot)], "sunk", 1,
    )  # fmt: skip
    canvas.line(axis.at(centre), top, axis.at(centre), foot, stroke="ink2", width=1.2, dash="4 4")
    canvas.line(axis.left, foot, axis.right, foot, stroke="edge", width=1.2)
    canvas.line(axis.left, top, axis.left, foot, stroke="edge", width=1.2)
    for value, error in zip(more[0], np.sqrt(more[1]), strict=True):
        canvas.disc(axis.at(value), down(error), 4.5, fill="surface", stroke="ink2")
    for value, error in zip(y, se, strict=True):
        canvas.disc(axis.at(value), down(error), 4.5, fill="mood", stroke="surface")
    for error in steps(0, most, 4):
        canvas.text(axis.left - 8, down(error) + 5, spoken(error), size=SIZE, anchor="end")
    ticks(canvas, axis, foot, is_ratio)
    canvas.text((axis.left + axis.right) / 2, foot + 38, scale, size=SIZE, anchor="middle")
    canvas.text(6, foot + 60, "Up: more exact trials (smaller standard error, left).", size=SIZE)
    canvas.height = foot + 70
    if len(more[0]):
        canvas.text(6, foot + 80, "Hollow: what trim and fill would add.", size=SIZE)
        canvas.height = foot + 90
    return canvas.svg()


# ------------------------------------------------------------------ parts


def _range(
    rows: Sequence[Row], whole: Row | None, expected: tuple[float, float] | None, is_ratio: bool
) -> tuple[float, float]:
    """Return ends that hold every value, most intervals, and no effect."""
    every = [*rows, *([whole] if whole else [])]
    must = [0.0, *(one.value for one in every), *(expected or ())]
    must += [end for one in [whole] if one for end in (one.low, one.high)]
    lows = sorted(one.low for one in every if isfinite(one.low))
    highs = sorted(one.high for one in every if isfinite(one.high))
    if lows:
        must += [lows[len(lows) // 10], highs[-1 - len(highs) // 10]]
    known = [one for one in must if isfinite(one)]
    low, high = min(known), max(known)
    room = 0.05 * ((high - low) or 1.0)
    return low - room, high + room


def _ground(
    canvas: Canvas, axis: Axis, stretches: Sequence[tuple[float, float]], foot: float
) -> None:
    """Draw the axis, and the line of no effect where it crosses no words."""
    canvas.line(axis.left, foot, axis.right, foot, stroke="edge", width=1.2)
    for start, stop in stretches:
        canvas.line(axis.at(0), start, axis.at(0), stop, stroke="edge", width=1.2, dash="4 4")


def _words(
    canvas: Canvas, label: str, numbers: str, y: float, width: float, *, is_narrow: bool,
    is_strong: bool = False,
) -> None:  # fmt: skip
    weight = 600 if is_strong else 400
    line = y - 12 if is_narrow else y + 5
    room = width - width_of(numbers, SIZE) - 24 if is_narrow else 192.0
    canvas.text(6, line, shortened(label, room, SIZE), ink="ink", size=SIZE, weight=weight)
    canvas.text(width - 6, line, numbers, ink="ink", size=SIZE, anchor="end", weight=weight)


def _bar(canvas: Canvas, axis: Axis, one: Row, y: float, radius: float) -> None:
    canvas.line(axis.at(one.low), y, axis.at(one.high), y, stroke="mood", width=1.6)
    for end, way in ((one.low, -1), (one.high, 1)):
        if axis.is_outside(end):
            tip = axis.at(end)
            canvas.polygon([(tip, y - 4), (tip + 6 * way, y), (tip, y + 4)], "mood", 1)
    x = axis.at(one.value)
    canvas.cell(x - radius, y - radius, 2 * radius, 2 * radius, fill="mood", round_by=0)


def _diamond(canvas: Canvas, axis: Axis, whole: Row, y: float) -> None:
    x = axis.at(whole.value)
    ends = (axis.at(whole.low), axis.at(whole.high))
    canvas.polygon([(ends[0], y), (x, y - 8), (ends[1], y), (x, y + 8)], "headache", 1)


def _expected(
    canvas: Canvas, axis: Axis, expected: tuple[float, float], y: float, width: float,
    is_ratio: bool, is_narrow: bool,
) -> None:  # fmt: skip
    numbers = f"{shown(expected[0], is_ratio)} to {shown(expected[1], is_ratio)}"
    _words(canvas, "a new trial: 95 of 100", numbers, y, width, is_narrow=is_narrow)
    low, high = (axis.at(end) for end in expected)
    canvas.line(low, y, high, y, stroke="headache", width=3)
    for end in (low, high):
        canvas.line(end, y - 5, end, y + 5, stroke="headache", width=2)


def _numbers(one: Row, is_ratio: bool) -> str:
    low, high = shown(one.low, is_ratio), shown(one.high, is_ratio)
    return f"{shown(one.value, is_ratio)} ({low} to {high})"


def _forest_words(
    rows: Sequence[Row], whole: Row | None, expected: tuple[float, float] | None, scale: str,
    is_ratio: bool,
) -> str:  # fmt: skip
    parts = [f"{scale}. {len(rows)} rows."]
    if whole is not None:
        parts.append(f"{whole.label}: {_numbers(whole, is_ratio)}.")
    if expected is not None and isfinite(expected[0]):
        low, high = (shown(end, is_ratio) for end in expected)
        parts.append(f"A new trial would lie between {low} and {high}, 95 times of 100.")
    parts += [f"{one.label}: {_numbers(one, is_ratio)}." for one in rows[:MOST_ROWS]]
    return " ".join(parts)


def _funnel_words(y: Array, se: Array, centre: float, filled: int, is_ratio: bool) -> str:
    right = int((y > centre).sum())
    added = f" Trim and fill would add {filled}." if filled else ""
    return (
        f"{len(y)} trials around {shown(centre, is_ratio)}; {right} lie to the right of it and "
        f"{len(y) - right} to the left. Standard errors from {spoken(float(se.min()))} to "
        f"{spoken(float(se.max()))}.{added}"
    )
