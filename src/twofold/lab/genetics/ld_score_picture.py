"""Mean χ² against LD score: a line whose slope is the heritability."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from zlib import crc32

import numpy as np

from twofold.charts import FONT, TOKENS
from twofold.lab.tables import Column

WIDTH, HEIGHT = 560, 360
LEFT, RIGHT, TOP, FOOT = 64, 20, 34, 56
BINS = 40
PAINTS = (("f", "ink", "fill"), ("f", "ink2", "fill"), ("f", "mood", "fill"),
          ("s", "edge", "stroke"), ("s", "headache", "stroke"))  # fmt: skip


def binned(ld: Column, products: Column, bins: int = BINS) -> tuple[Column, Column]:
    """Return the mean LD score and the mean product of ``bins`` equally large groups of SNPs."""
    order = np.argsort(ld, kind="stable")
    groups = np.array_split(order, min(bins, len(order)))
    return tuple(np.array([one[group].mean() for group in groups]) for one in (ld, products))  # type: ignore[return-value]


def chi2_against_ld(
    ld: Column, chi2: Column, *, slope: float, intercept: float, name: str
) -> str:  # fmt: skip
    """Return the picture as SVG: one disc for each fortieth of the SNPs, and the fitted line.

    Parameters
    ----------
    ld, chi2 : array, shape (SNPs,)
    slope : float
        Rise of the expected χ² with each unit of LD score, at the mean sample size.
    intercept : float
    name : str
        Of the trait.
    """
    x, y = binned(ld, chi2)
    ends = _ends(0.0, float(x.max())), _ends(min(1.0, intercept, float(y.min())), float(y.max()))
    title = f"Mean χ² against LD score: {name}"
    desc = (
        f"{len(x)} groups of SNPs; mean χ² {y[0]:.2f} at LD score {x[0]:.0f} to {y[-1]:.2f} at "
        f"{x[-1]:.0f}. The line starts at {intercept:.3f}."
    )
    parts = [*_axes(ends), *_line(ends, slope, intercept), *_discs(ends, x, y)]
    return _svg(title, desc, parts)


def _ends(low: float, high: float) -> tuple[float, float]:
    step = _step(high - low)
    return np.floor(low / step) * step, np.ceil(high / step) * step


def _step(span: float) -> float:
    """Return a round distance of ticks, for four to eight of them."""
    raw = max(span, 1e-6) / 5
    power = 10.0 ** np.floor(np.log10(raw))
    return float(next(one * power for one in (1, 2, 5, 10) if one * power >= raw))


def _place(ends: Sequence[tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    (x0, x1), (y0, y1) = ends
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT
    return LEFT + (x - x0) / (x1 - x0) * wide, HEIGHT - FOOT - (y - y0) / (y1 - y0) * high


def _axes(ends: Sequence[tuple[float, float]]) -> list[str]:
    (x0, x1), (y0, y1) = ends
    foot, left = HEIGHT - FOOT, LEFT
    parts = [
        f'<path d="M{left} {TOP}V{foot}H{WIDTH - RIGHT}" class="s-edge" fill="none"/>',
        f'<text x="{(left + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle" '
        'class="f-ink2">LD score of the SNP</text>',
        '<text x="4" y="18" class="f-ink2">mean χ²</text>',
    ]
    for value in np.arange(x0, x1 + 1e-9, _step(x1 - x0)):
        at = _place(ends, float(value), y0)[0]
        parts.append(f'<path d="M{at:.1f} {foot}v5" class="s-edge"/>'
                     f'<text x="{at:.1f}" y="{foot + 22}" text-anchor="middle" class="f-ink2">'
                     f"{value:g}</text>")  # fmt: skip
    for value in np.arange(y0, y1 + 1e-9, _step(y1 - y0)):
        at = _place(ends, x0, float(value))[1]
        parts.append(f'<path d="M{left - 5} {at:.1f}h5" class="s-edge"/>'
                     f'<text x="{left - 9}" y="{at + 5:.1f}" text-anchor="end" class="f-ink2">'
                     f"{round(float(value), 6):g}</text>")  # fmt: skip
    return parts


def _line(ends: Sequence[tuple[float, float]], slope: float, intercept: float) -> list[str]:
    """Draw the fitted line as far as it stays inside the picture."""
    (x0, x1), (_, y1) = ends
    if slope > 0:
        x1 = min(x1, (y1 - intercept) / slope)
    start, stop = _place(ends, x0, intercept), _place(ends, x1, intercept + slope * x1)
    path = f"M{start[0]:.1f} {start[1]:.1f}L{stop[0]:.1f} {stop[1]:.1f}"
    return [f'<path d="{path}" class="s-headache" stroke-width="2.4" fill="none"/>']


def _discs(ends: Sequence[tuple[float, float]], x: Column, y: Column) -> list[str]:
    at = [_place(ends, float(a), float(b)) for a, b in zip(x, y, strict=True)]
    return [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" class="f-mood"/>' for a, b in at]


def _svg(title: str, desc: str, parts: Sequence[str]) -> str:
    key = f"ld{crc32(f'{title}|{desc}'.encode()):08x}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{key}" role="img" '
        f'aria-labelledby="{key}-t {key}-d" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(desc)}</desc>'
        f"<style>{_style(key)}</style>{''.join(parts)}</svg>"
    )


def _style(key: str) -> str:
    system = "".join(f"#{key} .{kind}-{token}{{{what}:CanvasText}}" for kind, token, what in PAINTS)
    return (
        f"#{key} text{{font:14.5px {FONT}}}{_rules(key, 'warm')}"
        f"@media(prefers-color-scheme:dark){{{_rules(key, 'dark')}}}"
        "@media(prefers-contrast:more) and (prefers-color-scheme:light)"
        f"{{{_rules(key, 'contrast')}}}@media print{{{_rules(key, 'print')}}}"
        f"@media(forced-colors:active){{{system}}}"
    )


def _rules(key: str, theme: str) -> str:
    return "".join(
        f"#{key} .{kind}-{token}{{{what}:{TOKENS[theme][token]}}}" for kind, token, what in PAINTS
    )
