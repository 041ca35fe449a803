"""Samples as points and taxa as bars of uncertainty, drawn as the other pictures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twofold.charts import Canvas, Theme, shortened
from twofold.lab.gut.ordination import Ordination

WIDE, TALL, EDGE = 704, 440, 52
TONES = ("unknown", "headache", "mood", "dose")
MOST_POINTS = 1500


def points_picture(
    found: Ordination, groups: Sequence[str], kind: str, *, theme: Theme = "auto"
) -> str:
    """Return the samples on the first two principal coordinates, and each group's mean.

    Shape and tone tell the groups apart; a mean is a large mark with its name.
    """
    first, second = (100 * share for share in found.shares[:2])
    levels = sorted(set(groups), key=lambda one: (one not in ("no", "neither"), one))
    canvas = Canvas(
        WIDE, title=f"How unlike the samples are ({kind})", theme=theme, key="gut-points",
        desc=f"{len(groups)} samples on two axes that hold {first:.1f} and {second:.1f} of 100 "
        f"parts of the distances; {_counts(groups, levels)}.",
    )  # fmt: skip
    place = _placed(found.points)
    every = max(1, -(-len(groups) // MOST_POINTS))
    labels = np.asarray(groups)
    for tone, level in zip(TONES, levels, strict=False):
        for x, y in place[labels == level][::every]:
            _mark(canvas, tone, x, y, 2.6)
    top = 24.0
    for tone, level in zip(TONES, levels, strict=False):
        x, y = place[labels == level].mean(axis=0)
        _mark(canvas, tone, x, y, 8, is_mean=True)
        _mark(canvas, tone, EDGE + 6, top, 5, is_mean=True)
        canvas.text(EDGE + 18, top + 5, f"{level} ({(labels == level).sum()})")
        top += 22
    canvas.text(WIDE / 2, TALL + 26, f"axis 1: {first:.1f} of 100 parts", anchor="middle")
    canvas.text(WIDE - EDGE, 20, f"axis 2 (upward): {second:.1f} of 100 parts", anchor="end")
    canvas.line(EDGE, TALL, WIDE - EDGE, TALL, stroke="line", width=1.4)
    canvas.line(EDGE, 32, EDGE, TALL, stroke="line", width=1.4)
    canvas.height = TALL + 40
    return canvas.svg()


def taxa_picture(rows: Sequence[Mapping[str, Any]], term: str, *, theme: Theme = "auto") -> str:
    """Return each taxon's change with its 95 % interval; filled where both ways agree."""
    told = "; ".join(f"{row['name']} {row['change']:.2f}" for row in rows)
    canvas = Canvas(
        WIDE, title=f"Microbes with and without {term}", theme=theme, key="gut-taxa",
        desc=f"Change of the natural logarithm, those with the smallest p first: {told}.",
    )  # fmt: skip
    reach = max((abs(row["change"]) + 1.96 * row["se"] for row in rows), default=1.0)
    middle, half = 490.0, 200.0
    foot = 26 + 26 * len(rows)
    canvas.line(middle, 20, middle, foot, stroke="edge", width=1.4)
    for at, row in enumerate(rows):
        y = 36 + 26 * at
        low, high = (row["change"] + side * 1.96 * row["se"] for side in (-1, 1))
        canvas.text(12, y + 5, shortened(str(row["name"]), 272, 14.5))
        canvas.line(
            middle + half * low / reach, y, middle + half * high / reach, y,
            stroke="headache", width=3,
        )  # fmt: skip
        is_clear = max(row["q"], row["q_ratio"]) < 0.05
        canvas.disc(
            middle + half * row["change"] / reach, y, 5.5,
            fill="headache" if is_clear else "surface", stroke="headache", width=1.6,
        )  # fmt: skip
    canvas.text(middle - half, foot + 20, f"{-reach:.1f}: less with it")
    canvas.text(middle, foot + 20, "0", anchor="middle")
    canvas.text(middle + half, foot + 20, f"more with it: {reach:.1f}", anchor="end")
    canvas.height = foot + 32
    return canvas.svg()


def _placed(points: Any) -> Any:
    low, high = points.min(axis=0), points.max(axis=0)
    share = (points - low) / np.where(high > low, high - low, 1)
    return np.column_stack(
        [EDGE + 12 + share[:, 0] * (WIDE - 2 * EDGE - 24), TALL - 12 - share[:, 1] * (TALL - 130)]
    )


def _mark(
    canvas: Canvas, tone: str, x: float, y: float, radius: float, *, is_mean: bool = False
) -> None:
    if tone in ("headache", "dose"):
        edge = "surface" if is_mean else None
        canvas.disc(x, y, radius, fill=tone, stroke=edge, is_soft=not is_mean)
    elif tone == "mood":
        canvas.diamond(x, y, radius, is_soft=not is_mean)
    else:
        canvas.disc(x, y, radius, fill="surface", stroke="edge", width=1.2)


def _counts(groups: Sequence[str], levels: Sequence[str]) -> str:
    return ", ".join(f"{level}: {list(groups).count(level)}" for level in levels)
