"""Four pictures of Mendelian randomisation: scatter, forest, funnel, leave-one-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twofold.charts import Canvas, Theme, shortened, width_of
from twofold.lab.mr.axes import (
    SIZE,
    SMALL,
    WIDTH,
    Axis,
    ground,
    legend,
    line_look,
    number,
    padded,
    titles,
)  # fmt: skip
from twofold.lab.mr.pairs import Array
from twofold.lab.mr.table import Instruments
from twofold.lab.result import Estimate

MOST_ROWS = 40
MOST_POINTS = 1_000
NORMAL_95 = 1.959963984540054


def scatter(
    table: Instruments, lines: Sequence[tuple[str, float, float]], *, theme: Theme = "auto"
) -> str:
    """Return effect on the outcome against effect on the exposure, with the methods' lines.

    Parameters
    ----------
    table : Instruments
    lines : sequence of (name, intercept, slope)
        For alleles that raise the exposure; up to four are drawn.
    theme : Theme
    """
    turned = table.turned()
    if len(turned) > MOST_POINTS:
        strong = np.argsort(-np.abs(turned.beta_exposure) / turned.se_exposure, kind="stable")
        turned = turned.rows(np.sort(strong[:MOST_POINTS]))
    bx, by = turned.beta_exposure, turned.beta_outcome
    far_x, far_y = NORMAL_95 * turned.se_exposure, NORMAL_95 * turned.se_outcome
    lines = [line for line in lines if np.isfinite(line[1:]).all()][:4]
    told = "; ".join(f"{name}: slope {slope:.3g}" for name, _, slope in lines)
    canvas = _canvas(
        f"{len(table)} SNPs: effect on {table.outcome} against effect on {table.exposure}",
        f"Each SNP for the allele that raises {table.exposure}, with 95 % intervals. {told}.",
        theme, "mr-scatter",
    )  # fmt: skip
    x = Axis(0.0, float((bx + far_x).max()) * 1.03, 84, WIDTH - 214)
    y = Axis(*_around(by - far_y, by + far_y), 440, 36)
    ground(canvas, x, y)
    thin: dict[str, Any] = {"stroke": "edge" if len(table) <= 30 else "rest", "width": 1}
    for row in range(len(turned)):
        across, up = x.at(bx[row]), y.at(by[row])
        canvas.line(x.at(bx[row] - far_x[row]), up, x.at(bx[row] + far_x[row]), up, **thin)
        canvas.line(across, y.at(by[row] - far_y[row]), across, y.at(by[row] + far_y[row]), **thin)
        canvas.disc(across, up, 3.6, fill="mood", is_soft=True)
    _draw_lines(canvas, lines, x, y)
    some = f"; the {len(turned)} strongest SNPs" * (len(turned) < len(table))
    below = _unit(table.exposure, table.exposure_unit) + some
    titles(canvas, x, y, below, _outcome(table))
    canvas.height = 494
    return canvas.svg()


def forest(
    table: Instruments, ratio: Array, se: Array, sums: Sequence[Estimate], *, theme: Theme = "auto"
) -> str:
    """Return each SNP's own estimate, and the estimates from all of them below.

    Parameters
    ----------
    table : Instruments
    ratio, se : array, shape (snps,)
        Wald ratios; of more than forty SNPs those with the smallest SE are drawn.
    sums : sequence of Estimate
    theme : Theme
    """
    kept = np.sort(np.argsort(se, kind="stable")[:MOST_ROWS])
    kept = kept[np.argsort(ratio[kept], kind="stable")]
    some = [
        (table.snp[i], ratio[i], ratio[i] - NORMAL_95 * se[i], ratio[i] + NORMAL_95 * se[i])
        for i in kept
    ]
    all_of = [(one.name, one.value, *_ends(one)) for one in sums]
    told = "; ".join(
        f"{name} {value:.3g} ({low:.3g} to {high:.3g})" for name, value, low, high in all_of
    )
    canvas = _canvas(
        f"Effect of {table.exposure} on {table.outcome}, from each SNP and from all",
        f"{len(table)} SNPs. {told}.", theme, "mr-forest",
    )  # fmt: skip
    note = f"{len(kept)} of {len(table)} SNPs, those with the smallest SE" * (
        len(kept) < len(table)
    )
    _draw_rows(canvas, some, all_of, note, f"effect on {_outcome(table)}")
    return canvas.svg()


def left_out(
    table: Instruments, without: Array, se: Array, whole: Estimate, *, theme: Theme = "auto"
) -> str:
    """Return the IVW estimate without each SNP in turn.

    Parameters
    ----------
    table : Instruments
    without, se : array, shape (snps,)
        Of more than forty SNPs those that move it most are drawn.
    whole : Estimate
    theme : Theme
    """
    moved = np.abs(without - whole.value)
    kept = np.argsort(-np.nan_to_num(moved), kind="stable")[:MOST_ROWS]
    kept = kept[np.argsort(without[kept], kind="stable")]
    some = [
        (f"without {table.snp[i]}", without[i], without[i] - NORMAL_95 * se[i],
         without[i] + NORMAL_95 * se[i])
        for i in kept
    ]  # fmt: skip
    low, high = float(np.nanmin(without)), float(np.nanmax(without))
    canvas = _canvas(
        f"Effect of {table.exposure} on {table.outcome} without each SNP",
        f"All {len(table)} SNPs: {whole.value:.3g}. Without one of them: {low:.3g} to {high:.3g}.",
        theme, "mr-leave-one-out",
    )  # fmt: skip
    note = f"{len(kept)} of {len(table)} SNPs, those that move it most" * (len(kept) < len(table))
    whole_row = [(f"all: {whole.name}", whole.value, *_ends(whole))]
    _draw_rows(canvas, some, whole_row, note, f"effect on {_outcome(table)}")
    return canvas.svg()


def funnel(
    table: Instruments, ratio: Array, se: Array, sums: Sequence[Estimate], *, theme: Theme = "auto"
) -> str:
    """Return each SNP's precision against its estimate; a lopsided funnel tells of pleiotropy.

    Parameters
    ----------
    table : Instruments
    ratio, se : array, shape (snps,)
    sums : sequence of Estimate
        Up to four, as upright lines.
    theme : Theme
    """
    kept = np.argsort(se, kind="stable")[:MOST_POINTS]
    precise = 1.0 / se[kept]
    told = "; ".join(f"{one.name} {one.value:.3g}" for one in sums[:4])
    left = int((ratio < sums[0].value).sum())
    canvas = _canvas(
        f"Funnel of {len(table)} SNPs: {table.exposure} on {table.outcome}",
        f"{left} SNPs lie left of {sums[0].name} and {len(table) - left} right of it. {told}.",
        theme, "mr-funnel",
    )  # fmt: skip
    x = Axis(*_middle(ratio, [one.value for one in sums[:4]]), 84, WIDTH - 24)
    y = Axis(0.0, float(precise.max()) * 1.05, 440, 92)
    ground(canvas, x, y)
    for value, height in zip(ratio[kept], precise, strict=True):
        canvas.disc(x.at(value), y.at(height), 3.6, fill="mood", is_soft=True)
    for place, one in enumerate(sums[:4]):
        canvas.line(x.at(one.value), 92, x.at(one.value), 440, **line_look(place))
    legend(canvas, [one.name for one in sums], 84, 14)
    outside = int(((ratio < x.low) | (ratio > x.high)).sum())
    beyond = f"; {outside} lie beyond and stand at the edge" * (outside > 0)
    beyond += f"; the {len(kept)} most precise SNPs" * (len(kept) < len(table))
    titles(canvas, x, y, f"effect on {_outcome(table)}{beyond}", "1 / SE of the SNP's estimate")
    canvas.height = 494
    return canvas.svg()


Row = tuple[str, float, float, float]


def _canvas(title: str, desc: str, theme: Theme, key: str) -> Canvas:
    return Canvas(WIDTH, title=title, desc=desc, theme=theme, key=key)


def _draw_lines(
    canvas: Canvas, lines: Sequence[tuple[str, float, float]], x: Axis, y: Axis
) -> None:
    """Draw each line as far as it stays in the picture, and its name beside it."""
    ends = []
    for place, (name, start, slope) in enumerate(lines):
        first, last = _inside(start, slope, x, y)
        one, two = (start + slope * end for end in (first, last))
        canvas.line(x.at(first), y.at(one), x.at(last), y.at(two), **line_look(place))
        ends.append((y.at(start + slope * last), place, name))
    below = -20.0
    for height, place, name in sorted(ends):
        below = max(height, below + 20, 30)
        canvas.line(x.stop + 8, below, x.stop + 32, below, **line_look(place))
        canvas.text(x.stop + 38, below + 5, shortened(name, 176, SMALL), ink="ink", size=SMALL)


def _inside(start: float, slope: float, x: Axis, y: Axis) -> tuple[float, float]:
    if abs(slope) < 1e-300:
        return x.low, x.high
    across = sorted(((y.low - start) / slope, (y.high - start) / slope))
    return max(x.low, min(across[0], x.high)), min(x.high, max(across[1], x.low))


def _draw_rows(
    canvas: Canvas, some: Sequence[Row], sums: Sequence[Row], note: str, below: str
) -> None:
    names = [name for name, *_ in (*some, *sums)]
    left = min(230.0, max(width_of(name, SMALL) for name in names) + 16)
    x = Axis(*_middle_rows([*some, *sums]), left, WIDTH - 196)
    foot = 24.0 + 20 * len(some) + 26 * len(sums) + 10
    for value, words in x.ticks():
        is_zero = abs(value) < 1e-12
        look: dict[str, Any] = {
            "stroke": "edge" if is_zero else "line",
            "width": 1.6 if is_zero else 1,
        }
        canvas.line(x.at(value), 8, x.at(value), foot, **look)
        canvas.text(x.at(value), foot + 20, words, size=SMALL, anchor="middle")
    y = 20.0
    for row in some:
        _draw_row(canvas, row, x, y, is_sum=False)
        y += 20
    y += 10
    for row in sums:
        _draw_row(canvas, row, x, y, is_sum=True)
        y += 26
    canvas.text(left, foot + 44, shortened(below, WIDTH - left, SIZE), size=SIZE)
    if note:
        canvas.text(left, foot + 66, note, size=SMALL)
    canvas.height = foot + (76 if note else 54)


def _draw_row(canvas: Canvas, row: Row, x: Axis, y: float, *, is_sum: bool) -> None:
    name, value, low, high = row
    tone = "headache" if is_sum else "mood"
    canvas.text(
        0, y + 5, shortened(name, x.start - 12, SMALL), ink="ink" if is_sum else "ink2", size=SMALL
    )
    if np.isfinite([low, high]).all():
        canvas.line(x.at(low), y, x.at(high), y, stroke=tone, width=3.2 if is_sum else 1.8)
    if is_sum:
        canvas.diamond(x.at(value), y, 6.5, fill=tone)
    else:
        canvas.disc(x.at(value), y, 3.8, fill=tone)
    words = f"{number(value)} ({number(low)} to {number(high)})"
    canvas.text(WIDTH, y + 5, words, size=SMALL, anchor="end", ink="ink" if is_sum else "ink2")


def _middle_rows(rows: Sequence[Row]) -> tuple[float, float]:
    ends = np.array([[low, high] for _, _, low, high in rows], dtype=float)
    values = np.array([value for _, value, _, _ in rows])
    wide = np.nanquantile(ends[:, 1] - ends[:, 0], 0.75)
    low = float(np.nanmin(np.where(np.isfinite(ends[:, 0]), ends[:, 0], values)))
    high = float(np.nanmax(np.where(np.isfinite(ends[:, 1]), ends[:, 1], values)))
    centre = float(np.median(values))
    low, high = max(low, centre - 3 * wide), min(high, centre + 3 * wide)
    return padded(min(low, 0.0), max(high, 0.0))


def _middle(ratio: Array, values: Sequence[float]) -> tuple[float, float]:
    """Return ends that hold most SNPs; a few may lie far away."""
    first, last = (
        np.quantile(ratio, [0.02, 0.98]) if len(ratio) > 10 else (ratio.min(), ratio.max())
    )
    return padded(min(float(first), *values, 0.0), max(float(last), *values, 0.0))


def _around(low: Array, high: Array) -> tuple[float, float]:
    return padded(min(float(low.min()), 0.0), max(float(high.max()), 0.0))


def _ends(one: Estimate) -> tuple[float, float]:
    missing = one.low is None or one.high is None
    return (np.nan, np.nan) if missing else (float(one.low or 0.0), float(one.high or 0.0))


def _outcome(table: Instruments) -> str:
    return _unit(table.outcome, table.outcome_unit)


def _unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name
