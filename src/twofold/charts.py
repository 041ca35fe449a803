"""Pictures as SVG text: numbers and words in, one accessible SVG out.

Every picture carries its own style, a ``<title>`` (the question) and a
``<desc>`` (the numbers in words), so that the page and the paper show the
same. Shape comes before colour: headache = disc, low mood = diamond, daily
dose = step, acute medicine = square, not recorded = dashed. Nothing here
knows a subject's rules.

The theme ``"auto"`` follows the reader's own setting (warm, dark, more
contrast, forced colours, paper) by CSS; every other theme writes plain hex
colours, for programs that do not read CSS.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal, Protocol, TypeVar
from zlib import crc32

from twofold.units import MONTHS, spoken

Theme = Literal["auto", "warm", "dark", "attack", "contrast", "print"]
Tone = Literal["headache", "mood"]
HillTone = Literal["headache", "mood", "dose"]
Better = Literal["", "low", "high"]
Item = TypeVar("Item")

TOKEN_NAMES = (
    "bg", "surface", "sunk", "ink", "ink2", "line", "edge", "headache", "mood", "dose", "cycle",
    "unknown", "action", "on_action", "focus", "emergency", "rest",
)  # fmt: skip


def _palette(hexes: str) -> dict[str, str]:
    return dict(zip(TOKEN_NAMES, hexes.split(), strict=True))


TOKENS: dict[str, dict[str, str]] = {
    "warm": _palette(
        "#f3efe6 #faf7f0 #e9e3d6 #2a2d2b #565b57 #d8d1c2 #857e70 #7a4660 #2f6b66 #85601c #66568f "
        "#857e70 #35594f #faf7f0 #1f5f8a #9c2a20 #d8d1c2"
    ),
    "dark": _palette(
        "#1a1d1b #222624 #2b302d #d3d0c6 #a5a49a #363b38 #7b807a #c893ab #7fb8b0 #c9a660 #a99bd0 "
        "#858a83 #2f4a43 #dfe8e2 #8fbfe0 #e39a8e #3d433f"
    ),
    "attack": _palette(
        "#0b0f0c #111713 #18201a #9db59f #7f9a82 #202a22 #566b58 #8aa48d #7f9a82 #6f8872 #6f8872 "
        "#566b58 #1c2a20 #a9c0ab #b6cdb8 #9db59f #232e25"
    ),
    "contrast": _palette(
        "#ffffff #ffffff #f0f0f0 #000000 #1f1f1f #6b6b6b #000000 #5a0038 #00443e #573900 #2c1a70 "
        "#4a4a4a #00332b #ffffff #0038a8 #8f0000 #cfcfcf"
    ),
    "print": _palette(
        "#ffffff #ffffff #e8e6e1 #2a2d2b #565b57 #cfc9bc #857e70 #7a4660 #2f6b66 #85601c #66568f "
        "#857e70 #35594f #ffffff #1f5f8a #9c2a20 #d5d0c5"
    ),
}
"""Hex colours by theme and token; the contrast of each is computed in a test."""

SOFTNESS = {"warm": 0.78, "dark": 0.78, "attack": 0.62, "contrast": 1.0, "print": 0.78}
"""Opacity of marks that stand side by side: many of them flicker if as strong as words."""

MILD = {"warm": 0.66, "dark": 0.66, "attack": 0.52, "contrast": 0.72, "print": 0.66}
"""Opacity of a calendar cell with a headache that was not strong."""

FONT = (
    "'Atkinson Hyperlegible Next','Atkinson Hyperlegible',system-ui,-apple-system,'Segoe UI',"
    "Roboto,'Noto Sans',sans-serif"
)

MOST_COLUMNS = 60
MOST_STRIPS = 4
DAYS_A_ROW = 28
HILL = 56
"""Height of an outlook's hill, in px."""
TALL = 190
"""Height of a questionnaire's range, in px."""
LEAST_LINE = 14
"""Lines that are nearer than this, in px, would run into one another with their numbers."""
JOINED_DAYS = 60
"""Totals that are further apart are joined by a dashed line only: nobody asked in between."""
MOST_SCORES = 40
"""How many totals are written out; the earlier ones are counted."""


class DayMark(Protocol):
    """One day as the pictures need it; ``None`` = not recorded."""

    @property
    def label(self) -> str:
        """An ISO date, or words such as ``"day 12"`` in an undated diary."""

    @property
    def headache(self) -> bool | None:
        """Whether it was a headache day."""

    @property
    def is_strong(self) -> bool | None:
        """Whether the headache was strong."""

    @property
    def low_mood(self) -> bool | None:
        """Whether it was a low-mood day."""


class Course(Protocol):
    """A daily dose over the days; ``None`` = not recorded or not running."""

    @property
    def name(self) -> str:
        """What the person reads."""

    @property
    def unit(self) -> str:
        """Such as ``"mg a day"``."""

    @property
    def amounts(self) -> tuple[float | None, ...]:
        """One amount a day."""


class Acute(Protocol):
    """Days on which an acute medicine was taken; ``None`` = not recorded."""

    @property
    def name(self) -> str:
        """What the person reads."""

    @property
    def taken(self) -> tuple[bool | None, ...]:
        """One answer a day."""


class ScoreMark(Protocol):
    """One filled-in questionnaire as the picture needs it; no total = not scored."""

    @property
    def at(self) -> int:
        """How many days after the first one."""

    @property
    def label(self) -> str:
        """An ISO date, or words such as ``"day 12"`` in an undated diary."""

    @property
    def total(self) -> float | None:
        """The total, where there is one."""

    @property
    def is_estimated(self) -> bool:
        """Whether open questions were filled in."""


class Range(Protocol):
    """A named range of totals; it ends where the next one begins."""

    @property
    def low(self) -> float:
        """The lowest total of the range."""

    @property
    def name(self) -> str:
        """What the reader reads."""


# ------------------------------------------------------------------ the pictures


def timeline(
    days: Sequence[DayMark],
    *,
    courses: Sequence[Course] = (),
    acute: Sequence[Acute] = (),
    cycle_days: Sequence[int | None] = (),
    has_low_mood_rule: bool = True,
    theme: Theme = "auto",
    key: str = "timeline",
) -> str:
    """Return what happened, week by week, on one time axis.

    Headache days rise as discs from one line and low-mood days hang from it
    as diamonds. A day that nobody recorded is a dashed ring; a stretch of two
    weeks or more of them is one dashed strip. Below: each course as a step,
    acute medicines as squares, the cycle as a strip. A subject that nobody
    recorded keeps its strip, dashed.

    Parameters
    ----------
    days : sequence of DayMark, length n
    courses, acute : sequences
        Each with n values. Four of each are drawn; the picture says how many
        more there are.
    cycle_days : sequence of int or None, length n or 0
        1 = first day of bleeding, −1 = the day before. The days −2 to 3 are
        drawn darker.
    has_low_mood_rule : bool
        ``False``: this diary has no rule for a low-mood day.
    theme : Theme
    key : str
        Makes the ids of this picture its own in a page.
    """
    axis = _axis(len(days))
    canvas = Canvas(
        704, title=_timeline_title(days), theme=theme, key=key,
        desc=_timeline_desc(days, courses, acute, cycle_days, has_low_mood_rule),
    )  # fmt: skip
    stack = _stack(days, axis)
    foot = _draw_days(canvas, days, axis, stack, has_low_mood_rule)
    for strip in courses[:MOST_STRIPS]:
        foot = _draw_course(canvas, strip, days, axis, foot)
    for row in acute[:MOST_STRIPS]:
        foot = _draw_acute(canvas, row, axis, foot)
    foot = _draw_more(canvas, len(courses), len(acute), foot)
    if not courses and not acute:
        foot = _draw_not_recorded(canvas, "Medicines", axis, foot)
    foot = _draw_cycle(canvas, cycle_days, axis, foot)
    _draw_dates(canvas, days, axis, foot - 8)
    canvas.height = foot
    return canvas.svg()


def calendar(days: Sequence[DayMark], *, theme: Theme = "auto", key: str = "calendar") -> str:
    """Return the days as soft cells, 28 to a row so that rows compare.

    Tone = how strong the headache was, diamond = low mood, dashed cell with
    "?" = not recorded, nothing = not yet. At the right: headache days of the
    days that are known.
    """
    rows = _chunks(days, DAYS_A_ROW)
    labels = _row_labels(rows)
    left = 12 + max((width_of(label, 14) for label in labels), default=0)
    pitch = min(19.2, (704 - 118 - left) / DAYS_A_ROW)
    right = left + pitch * DAYS_A_ROW
    counts = "; ".join(f"from {date_words(row[0].label)}: {_tally_words(row)}" for row in rows)
    canvas = Canvas(
        right + 118, title="Your days, 28 to a row", desc=f"{counts}.", theme=theme, key=key
    )
    canvas.text(right + 12, 13, "headache days", size=14)
    for number, (label, row) in enumerate(zip(labels, rows, strict=True)):
        _draw_calendar_row(canvas, label, row, (left, pitch), 22 + pitch * number)
    canvas.height = 30 + pitch * len(rows)
    return canvas.svg()


def of_100(
    label: str,
    hits: int,
    days: int,
    *,
    tone: Tone = "headache",
    theme: Theme = "auto",
    key: str = "of-100",
) -> str:
    """Return a chance as counts: a field of 100, filled from the left.

    Draw two of them side by side, the days with and the days without; never
    one alone, and none when a group has under 8 days.
    """
    share = _whole(100 * hits / days) if days else 0
    counts = f"{hits} of {days} {_noun(days, 'day')}"
    lines = _wrapped(label, 236, 15)
    canvas = Canvas(
        244, title=f"Of 100 days like this: {label}", theme=theme, key=key,
        desc=f"{counts}, about {share} of 100.",
    )  # fmt: skip
    for number, line in enumerate(lines):
        canvas.text(2, 15 + 19 * number, line, ink="ink", size=15, weight=600)
    top = 19 * len(lines) + 13
    for place in range(100):
        x, y = 7 + place // 5 * 11.8, top + (4 - place % 5) * 11.8
        if place < share:
            canvas.mark(tone, x, y, 4.1)
        else:
            canvas.disc(x, y, 3.4, fill="rest")
    canvas.text(2, top + 75, f"{share} of 100", ink="ink", size=15, weight=600, then=f" ({counts})")
    canvas.height = top + 84
    return canvas.svg()


def before_now(
    prior: float | None,
    posterior: float,
    *,
    likely_from: float = 80,
    likely: str = "likely",
    theme: Theme = "auto",
    key: str = "before-now",
) -> str:
    """Return where studies start and where this person's days moved it, of 100.

    One rail with three zones: unlikely (under 20), cannot tell, likely (over
    ``likely_from``, called ``likely``). Hollow = before your days, filled =
    now. ``prior`` may be ``None``.
    """
    before = f"Before your days: {chance_words(prior)} of 100. " if prior is not None else ""
    now = chance_words(posterior)
    canvas = Canvas(
        536, title="The chance that this is real", theme=theme, key=key, is_fluid=True,
        desc=f"{before}Now: {now} of 100. "
        f"Under 20 is unlikely, over {number_words(likely_from)} is {likely}.",
    )  # fmt: skip
    rail = 73 if prior is not None else 55
    canvas.text(0, 15, "Chance that this is real, of 100", size=14.5)
    zones = ((0, 20, "unlikely"), (20, likely_from, "cannot tell"), (likely_from, 100, likely))
    _draw_zones(canvas, posterior, zones, rail)
    if prior is not None:
        canvas.line(_percent(prior), rail, _percent(posterior), rail, stroke="ink2", width=2)
        canvas.disc(_percent(prior), rail, 6, fill="surface", stroke="ink2", width=1.6)
        _draw_over(canvas, prior, rail - 33, f"before your days {chance_words(prior)}", weight=400)
    canvas.disc(_percent(posterior), rail, 7.5, fill="ink")
    _draw_over(canvas, posterior, rail - 15, f"now {now}", weight=600)
    canvas.height = rail + 33
    return canvas.svg()


def interval(
    label: str,
    value: float,
    low: float,
    high: float,
    *,
    ends: tuple[float, float] = (0, 100),
    is_ratio: bool = False,
    unit: str = "of 100",
    usual: float | None = None,
    usual_label: str = "your usual day",
    tone: Tone = "headache",
    theme: Theme = "auto",
    key: str = "interval",
) -> str:
    """Return a number as a dot on a bar; the bar is where 95 % of the draws lie.

    Parameters
    ----------
    label : str
        What the number is, such as ``"tomorrow"``.
    value, low, high : float
        In ``unit``. Drawn inside ``ends``; written as they are.
    ends : (float, float)
        Both ends of the axis. "No difference" is marked when it lies between
        them.
    is_ratio : bool
        The number says how many times as much: 1 is no difference, and a half
        stands as far from it as a double.
    usual : float, optional
        A tick to compare with, such as the person's usual day.
    """
    words = interval_words(value, low, high, unit)
    compared = f" {_capital(usual_label)}: {number_words(usual)}." if usual is not None else ""
    desc = f"{_capital(label)}: {words}.{compared}"
    canvas = Canvas(500, title=_capital(label), desc=desc, theme=theme, key=key, is_fluid=True)
    lines = _wrapped(label, 250, 14.5)
    for number, line in enumerate(lines):
        canvas.text(0, 15 + 19 * number, _capital(line) if not number else line)
    rail = 32 + 19 * len(lines)
    canvas.line("0%", rail, "100%", rail, stroke="line", width=3)
    at = [_place(one, ends, is_ratio) for one in (value, low, high)]
    same = 1 if is_ratio else 0
    if ends[0] < same < ends[1]:
        _draw_tick(canvas, _place(same, ends, is_ratio), rail, "no difference", "edge")
    canvas.line(_percent(at[1]), rail, _percent(at[2]), rail, stroke=tone, width=6)
    canvas.disc(_percent(at[0]), rail, 8.5, fill=tone)
    _draw_over(canvas, at[0], rail - 16, number_words(value, high - low), weight=600)
    if usual is not None:
        words = f"{usual_label} {number_words(usual)}"
        _draw_tick(canvas, _place(usual, ends, is_ratio), rail, words, "ink2")
    _draw_ends(canvas, ends, rail + (32 if usual is None or 8 <= _place(usual, ends) <= 84 else 54))
    return canvas.svg()


def chance(
    value: float,
    low: float,
    high: float,
    *,
    usual: float,
    label: str = "tomorrow",
    theme: Theme = "auto",
    key: str = "chance",
) -> str:
    """Return a chance of 100 for tomorrow, never without the person's usual day."""
    return interval(label, value, low, high, usual=usual, theme=theme, key=key)


def heading(
    value: float,
    low: float,
    high: float,
    *,
    today: float | None = None,
    label: str = "next 28 days",
    theme: Theme = "auto",
    key: str = "heading",
) -> str:
    """Return the headache days of the next 28, with today's count as the tick."""
    return interval(
        label, value, low, high, ends=(0, 28), unit="days in 28", usual=today,
        usual_label="your last 28 days", theme=theme, key=key,
    )  # fmt: skip


def outlook(
    shares: Sequence[float],
    value: float,
    low: float,
    high: float,
    *,
    lines: Sequence[int] = (),
    usual: float | None = None,
    usual_label: str = "your last 28 days",
    label: str = "next 28 days",
    tone: HillTone = "headache",
    theme: Theme = "auto",
    key: str = "outlook",
) -> str:
    """Return how likely each count of days to come is, as one hill over the counts.

    The hill is higher where a count is likelier; it is darker between ``low``
    and ``high``, where 95 of 100 lie. It has no gaps, so that it does not
    flicker.

    Parameters
    ----------
    shares : sequence of float
        Chance, of 100, of 0, 1, 2 … days.
    value, low, high : float
        Mean and ends of the 95 % interval, in days.
    lines : sequence of int
        Counts to be written under the hill.
    usual : float, optional
        A tick to compare with, such as the last 28 days.
    """
    words = interval_words(value, low, high, "days")
    compared = f" {_capital(usual_label)}: {number_words(usual)}." if usual is not None else ""
    rows = "; ".join(f"{name}: {share} of 100" for name, share in outlook_rows(shares))
    canvas = Canvas(
        500, title=_capital(label), theme=theme, key=key, is_fluid=True,
        desc=f"{_capital(label)}: {words}.{compared} {rows}.",
    )  # fmt: skip
    canvas.text(0, 15, _capital(label))
    base = 46 + HILL
    _draw_hill(canvas, shares, (low, high), tone, base)
    _draw_over(canvas, _column(value, shares), 39, f"about {_whole(value)}", weight=600)
    canvas.line("0%", base, "100%", base, stroke="edge", width=1.2)
    _draw_counts(canvas, shares, lines, base + 18)
    if usual is not None:
        at = _percent(_column(usual, shares))
        canvas.line(at, base - 12, at, base + 5, stroke="ink2", width=2.4)
        words = f"{usual_label} {number_words(usual)}"
        _draw_over(canvas, _column(usual, shares), base + 38, words, weight=400)
    canvas.height = base + (24 if usual is None else 44)
    return canvas.svg()


def not_yet(
    have: int, need: int, *, unit: str = "days", theme: Theme = "auto", key: str = "not-yet"
) -> str:
    """Return what is there and what is missing: a disc for each day, a dashed ring for the rest."""
    canvas = Canvas(
        252, title="How far the diary is", desc=not_yet_words(have, need, unit), theme=theme,
        key=key,
    )  # fmt: skip
    each = max(1, ceil(need / 100))
    for place in range(ceil(need / each)):
        x, y = 7 + place % 20 * 12.4, 10 + place // 20 * 15
        if (place + 1) * each <= have:
            canvas.disc(x, y, 4.6, fill="edge")
        else:
            canvas.ring(x, y, 4.4)
    foot = 10 + ceil(ceil(need / each) / 20) * 15
    if each > 1:
        canvas.text(2, foot + 8, f"one disc is {each} {unit}", size=14)
    canvas.height = foot + 14 if each > 1 else foot
    return canvas.svg()


def scores(
    name: str,
    points: Sequence[ScoreMark],
    *,
    low: float = 0,
    high: float | None = None,
    bands: Sequence[Range] = (),
    better: Better = "",
    theme: Theme = "auto",
    key: str = "scores",
) -> str:
    """Return the totals of one questionnaire over time, on the full range of its totals.

    A disc is a total, a ring with a dot an estimated one, a dashed ring at the
    foot one that was not scored. A thin line joins the totals; it is dashed
    over more than sixty days, and over one that was not scored. The ranges are
    dotted lines with their names at the right edge; those that lie too close to
    be told apart are in the words alone.

    Parameters
    ----------
    name : str
        The questionnaire's name.
    points : sequence of ScoreMark
        The earliest first.
    low, high : float
        The ends of the total; with ``None`` the axis ends at the next round
        number.
    bands : sequence of Range
        From the lowest up.
    better : {"", "low", "high"}
        Which end is the better one; it is said in words.
    """
    top_end = _top_end(points, low, high)
    heads = _heads(name, better)
    rail = _Scale(low, top_end, top=19 * len(heads) + 24)
    labels = _band_labels(bands, rail)
    canvas = Canvas(
        500, title=f"{name} over time", theme=theme, key=key, is_fluid=True,
        desc=_scores_desc(points, high, bands, better), sides=_sides(rail, labels),
    )  # fmt: skip
    for number, line in enumerate(heads):
        canvas.text("0%", 15 + 19 * number, line, shift=-canvas.sides[0])
    _draw_bands(canvas, bands, rail, labels)
    _draw_points(canvas, points, rail)
    _draw_first_and_last(canvas, points, rail.foot + 22)
    return canvas.svg()


# ------------------------------------------------------------------ the same in words


def score_words(points: Sequence[ScoreMark], *, high: float | None = None) -> str:
    """Return totals with their days, such as ``"13 (20 May), 16 (18 September) of 27"``."""
    earlier = max(0, len(points) - MOST_SCORES)
    has_years = len({date.year for one in points if (date := _date(one.label))}) > 1
    told = ", ".join(
        f"{total_words(one)} ({spoken(one.label, year=has_years)})" for one in points[earlier:]
    )
    before = f"{earlier} earlier, then " if earlier else ""
    if high is None or not points:
        return f"{before}{told}"
    link = ", each" if points[-1].total is None else ""
    return f"{before}{told}{link} of {_short(high)}"


def total_words(point: ScoreMark) -> str:
    """Return a total as it is written; an estimated one says so."""
    if point.total is None:
        return "not scored"
    return f"about {_short(point.total)}" if point.is_estimated else _short(point.total)


def better_words(better: Better) -> str:
    """Return which end of a total is the better one.

    >>> better_words("low"), better_words("")
    ('Lower is better.', '')
    """
    return {"low": "Lower is better.", "high": "Higher is better.", "": ""}[better]


def band_words(bands: Sequence[Range]) -> str:
    """Return the ranges of a total, such as ``"From 0 minimal, from 5 mild."``."""
    told = ", ".join(f"from {_short(band.low)} {band.name}" for band in bands)
    return f"{_capital(told)}." if told else ""


def joins(points: Sequence[ScoreMark]) -> list[tuple[ScoreMark, ScoreMark, bool]]:
    """Return each total with the next one, and whether they are near enough for a whole line."""
    scored = [(place, one) for place, one in enumerate(points) if one.total is not None]
    return [
        (before, after, after.at - before.at <= JOINED_DAYS and place == earlier + 1)
        for (earlier, before), (place, after) in pairwise(scored)
    ]


def not_yet_words(have: int, need: int, unit: str = "days") -> str:
    """Return how far the diary is.

    >>> not_yet_words(19, 28)
    '19 of 28 days. 9 more to go.'
    >>> not_yet_words(28, 28)
    '28 of 28 days.'
    """
    more = f" {need - have} more to go." if need > have else ""
    return f"{have} of {need} {unit}.{more}"


def outlook_rows(shares: Sequence[float], *, wide: int = 5) -> list[tuple[str, int]]:
    """Return an outlook as rows of ``wide`` counts, each with its chance in whole numbers of 100.

    Rows under 1 of 100 at either end are left out; the others add up to 100
    but for rounding.

    >>> outlook_rows([0, 0, 10, 20, 30, 20, 10, 10, 0, 0, 0])
    [('0 to 4 days', 60), ('5 to 9 days', 40)]
    """
    rows = [(start, sum(shares[start : start + wide])) for start in range(0, len(shares), wide)]
    told = [place for place, (_, share) in enumerate(rows) if _whole(share) >= 1]
    if not told:
        return []
    last = len(shares) - 1
    return [
        (_span_words(start, min(start + wide - 1, last)), _whole(share))
        for start, share in rows[told[0] : told[-1] + 1]
    ]


def _span_words(first: int, last: int) -> str:
    return f"{first} to {last} days" if first < last else f"{first} days"


def interval_words(value: float, low: float, high: float, unit: str) -> str:
    """Return a number with its interval.

    >>> interval_words(38, 22, 56, "of 100")
    '38 of 100, likely between 22 and 56'
    """
    width = high - low
    between = f"likely between {number_words(low, width)} and {number_words(high, width)}"
    return f"{number_words(value, width)} {unit}, {between}".replace(" ,", ",")


def chance_words(chance_of_100: float) -> str:
    """Return a chance of 100 as a whole number, never 0 and never 100.

    >>> [chance_words(chance) for chance in (0.2, 8.4, 99.8)]
    ['1', '8', '99']
    """
    return str(min(99, max(1, _whole(chance_of_100))))


def number_words(number: float, width: float | None = None) -> str:
    """Return a number with as many digits as a reader needs, with a true minus.

    ``width`` is that of its interval: a number is never finer than a tenth of it.

    >>> [number_words(number) for number in (38.4, 3.52, -0.31, 6.0)]
    ['38', '3.5', '−0.3', '6']
    >>> number_words(0.03125)
    '0.03'
    >>> number_words(1.0067, 0.18), number_words(8.73, 15)
    ('1.01', '9')
    """
    size = abs(number)
    if width is None:
        digits = 0 if size >= 10 else 1 if size >= 0.1 or size == 0 else min(4, -floor(log10(size)))
    else:
        digits = min(4, max(0, 1 - floor(log10(width)))) if width > 0 else 1
    words = f"{size:.{digits}f}"
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return f"−{words}" if number < 0 and words != "0" else words


def date_words(label: str, *, with_year: bool = False) -> str:
    """Return an ISO date as people read it; other labels come back as they are.

    >>> date_words("2012-10-08"), date_words("2012-10-08", with_year=True), date_words("day 3")
    ('8 Oct', '8 Oct 2012', 'day 3')
    """
    date = _date(label)
    if date is None:
        return label
    return f"{date.day} {MONTHS[date.month - 1][:3]}" + (f" {date.year}" if with_year else "")


def days_a_column(days: int) -> int:
    """Return how many days one column of the timeline holds.

    >>> [days_a_column(days) for days in (14, 420, 421, 2000)]
    [7, 7, 28, 56]
    """
    if days <= 7 * MOST_COLUMNS:
        return 7
    span = 28
    while days > span * MOST_COLUMNS:
        span *= 2
    return span


# ------------------------------------------------------------------ parts of the timeline


@dataclass(frozen=True)
class _Axis:
    """Where days and columns stand from left to right, in px."""

    days: int
    span: int
    left: float = 138
    width: float = 558

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def columns(self) -> int:
        return max(1, ceil(self.days / self.span))

    @property
    def step(self) -> float:
        return self.width / self.columns

    def centre(self, column: int) -> float:
        return self.left + self.step * (column + 0.5)

    def at(self, day: int) -> float:
        return self.left + self.step * day / self.span

    def stretch(self, start: int, stop: int) -> tuple[float, float]:
        """Return where the columns from ``start`` to before ``stop`` begin and end."""
        end = self.right if stop >= self.columns else self.at(stop * self.span)
        return self.at(start * self.span), end


@dataclass(frozen=True)
class _Stack:
    """How marks pile up in a column."""

    pitch: float
    abreast: int
    is_month: bool = False

    @property
    def radius(self) -> float:
        return self.pitch * 0.385

    def rows(self, marks: int) -> int:
        return ceil(marks / self.abreast)

    def place(self, number: int) -> tuple[float, float]:
        """Return how far a mark stands from the column's middle, and from its foot."""
        across = number % self.abreast - (self.abreast - 1) / 2
        return across * self.pitch, number // self.abreast * self.pitch


def _axis(days: int) -> _Axis:
    return _Axis(days, days_a_column(days))


def _stack(days: Sequence[DayMark], axis: _Axis) -> _Stack:
    abreast = 1 if axis.span == 7 else max(1, min(4, int(axis.step // 9)))
    most = max((_most_marks(part) for part in _chunks(days, axis.span)), default=1)
    pitch = min(13.5 if axis.span == 7 else 9.0, axis.step / abreast * 0.96)
    return _Stack(min(pitch, 240 / max(1, ceil(most / abreast))), abreast, axis.span > 7)


def _most_marks(part: Sequence[DayMark]) -> int:
    low = sum(day.low_mood is True for day in part)
    return max(sum(day.headache is not False for day in part), low)


def _draw_days(
    canvas: Canvas,
    days: Sequence[DayMark],
    axis: _Axis,
    stack: _Stack,
    has_low_mood_rule: bool,
) -> float:
    parts = _chunks(days, axis.span)
    aches = _gaps([[day.headache for day in part] for part in parts], axis.span)
    highest = max(
        (stack.rows(_upper(part)) for i, part in enumerate(parts) if i not in aches), default=0
    )
    middle = max(96.0, 40 + stack.pitch * (highest + stack.is_month))
    known = any(day.headache is not None for day in days)
    canvas.text(
        0, middle - 22, "Headache days", ink="headache" if known else "ink2", size=15.5, weight=600
    )
    canvas.line(axis.left, middle, axis.right, middle, stroke="edge", width=1.2)
    for number, part in enumerate(parts):
        if number not in aches:
            _draw_headaches(canvas, part, axis.centre(number), middle - 10, stack)
    for start, stop in _runs(aches):
        _draw_gap(canvas, axis.stretch(start, stop), middle - 33)
    return _draw_low_moods(canvas, parts, axis, stack, middle, has_low_mood_rule)


def _upper(part: Sequence[DayMark]) -> int:
    return sum(day.headache is not False for day in part)


def _draw_headaches(
    canvas: Canvas, part: Sequence[DayMark], middle: float, foot: float, stack: _Stack
) -> None:
    aches = sorted((bool(day.is_strong) for day in part if day.headache), reverse=True)
    unknown = sum(day.headache is None for day in part)
    for number in range(len(aches) + unknown):
        across, up = stack.place(number)
        if number < len(aches):
            size = stack.radius * (1.13 if aches[number] else 1)
            canvas.mark("headache", middle + across, foot - up, size)
        elif not stack.is_month:
            canvas.ring(middle + across, foot - up, stack.radius)
    if unknown and stack.is_month:
        _draw_open(canvas, middle, foot, stack, len(aches), unknown, way=-1)


def _draw_open(
    canvas: Canvas,
    middle: float,
    foot: float,
    stack: _Stack,
    known: int,
    unknown: int,
    *,
    way: int,
) -> None:
    """Close a month's unknown days into one dashed cell, as high as their rings would be."""
    near = foot + way * (stack.rows(known) - 0.5) * stack.pitch
    far = near + way * stack.rows(unknown) * stack.pitch
    wide = stack.abreast * stack.pitch
    canvas.cell(
        middle - wide / 2,
        min(near, far) + 1,
        wide,
        abs(far - near) - 1,
        stroke="unknown",
        round_by=3.5,
        dash="2 3",
    )


def _draw_low_moods(
    canvas: Canvas,
    parts: Sequence[Sequence[DayMark]],
    axis: _Axis,
    stack: _Stack,
    middle: float,
    has_rule: bool,
) -> float:
    gaps = _gaps([[day.low_mood for day in part] for part in parts], axis.span)
    is_known = len(gaps) < len(parts)
    canvas.text(
        0, middle + 28, "Low-mood days", ink="mood" if is_known else "ink2", size=15.5, weight=600
    )
    deepest = 1
    for number, part in enumerate(parts):
        if number not in gaps:
            _draw_hanging(canvas, part, axis.centre(number), middle + 11, stack)
            deepest = max(deepest, stack.rows(_lower(part)) + stack.is_month)
    for start, stop in _runs(gaps):
        words = "not recorded" if has_rule else "this diary has no rule for a low day"
        _draw_gap(canvas, axis.stretch(start, stop), middle + 11, words)
    return middle + max(44, 14 + stack.pitch * deepest) + 8


def _lower(part: Sequence[DayMark]) -> int:
    return sum(_hangs(day) for day in part)


def _hangs(day: DayMark) -> bool:
    """Whether a day has a mark below the line; a day nobody wrote has its ring above it."""
    return day.low_mood is True or (day.low_mood is None and day.headache is not None)


def _draw_hanging(
    canvas: Canvas, part: Sequence[DayMark], middle: float, top: float, stack: _Stack
) -> None:
    low = sum(day.low_mood is True for day in part)
    for number in range(_lower(part)):
        across, down = stack.place(number)
        if number < low:
            canvas.mark("mood", middle + across, top + down, stack.radius)
        elif not stack.is_month:
            canvas.diamond(middle + across, top + down, stack.radius * 0.9, is_hollow=True)
    unknown = _lower(part) - low
    if unknown and stack.is_month:
        _draw_open(canvas, middle, top, stack, low, unknown, way=1)


def _draw_course(
    canvas: Canvas, course: Course, days: Sequence[DayMark], axis: _Axis, top: float
) -> float:
    _draw_name(canvas, course.name, course.unit, "dose", top + 32)
    if all(amount is None for amount in course.amounts):
        _draw_gap(canvas, (axis.left, axis.right), top + 16)
        return top + 58
    foot, most = top + 62, max(amount for amount in course.amounts if amount is not None) or 1.0
    for start, stop in _known_runs(course.amounts):
        steps = _steps(course.amounts[start:stop], start)
        points = [(axis.at(day), foot - 44 * amount / most) for day, amount in steps]
        canvas.polygon([(axis.at(start), foot), *points, (axis.at(stop), foot)], "dose", 0.16)
        canvas.path(points, "dose", 2)
    for start, stop in _known_runs(
        [None if amount is not None else 0.0 for amount in course.amounts]
    ):
        canvas.line(
            axis.at(start), foot, axis.at(stop), foot, stroke="unknown", width=1.2, dash="2 5"
        )
    _draw_amounts(canvas, course, days, axis, foot, most)
    return foot + 12


def _draw_amounts(
    canvas: Canvas, course: Course, days: Sequence[DayMark], axis: _Axis, foot: float, most: float
) -> None:
    """Write the first amount above 0, and the last one with its first day."""
    held = _held(course.amounts)
    first, last = next((one for one in held if one[2] > 0), held[0]), held[-1]
    left, right = axis.at(first[0]), axis.at(last[1])
    head, tail = f"{first[2]:g}", f"{last[2]:g} since {date_words(days[last[0]].label)}"
    if first != last and right - left < width_of(head, 14) + width_of(tail, 14) + 24:
        words = f"{head} to {last[2]:g}"
        x = min(left, axis.right - width_of(words, 14))
        canvas.text(x, foot - 50, words, ink="dose", size=14)
        return
    has_room = axis.at(first[1]) - left > width_of(head, 14) + 12 and first[2] > most * 0.6
    x, y = (left + 7, foot - 44 * first[2] / most + 18) if has_room else (left, foot - 50)
    canvas.text(x, y, head, ink="dose", size=14)
    if first != last:
        has_room = right - axis.at(last[0]) > width_of(tail, 14) + 8 and last[2] < most * 0.6
        y = foot - 44 * last[2] / most - 7 if has_room else foot - 50
        canvas.text(right, y, tail, ink="dose", size=14, anchor="end")


def _draw_acute(canvas: Canvas, row: Acute, axis: _Axis, top: float) -> float:
    parts = _chunks(row.taken, axis.span)
    gaps = _gaps(parts, axis.span)
    across = max(1, min(4, int(axis.step // 7)))
    most = max((sum(bool(day) for day in part) for part in parts), default=0)
    stack = _Stack(min(7.5, axis.step / across), across)
    foot = top + max(30, 12 + stack.pitch * (stack.rows(most) + 1))
    _draw_name(canvas, row.name, "days taken", "dose", foot - 12)
    canvas.line(axis.left, foot, axis.right, foot, stroke="line", width=1.2)
    for number, part in enumerate(parts):
        if number not in gaps:
            _draw_taken(canvas, part, axis.centre(number), foot - 6, stack)
    for start, stop in _runs(gaps):
        _draw_gap(canvas, axis.stretch(start, stop), foot - 25)
    return foot + 14


def _draw_taken(
    canvas: Canvas, part: Sequence[bool | None], middle: float, foot: float, stack: _Stack
) -> None:
    taken = sum(bool(day) for day in part)
    unsure = any(day is None for day in part)
    for number in range(taken + unsure):
        across, up = stack.place(number)
        side = stack.pitch * 0.72
        x, y = middle + across - side / 2, foot - up - side / 2
        if number < taken:
            canvas.cell(x, y, side, side, fill="dose", round_by=1.5, is_soft=True)
        else:
            canvas.cell(x, y, side, side, stroke="unknown", round_by=1.5, dash="1.6 1.6")


def _draw_more(canvas: Canvas, courses: int, acute: int, top: float) -> float:
    hidden = [
        f"{count - MOST_STRIPS} more {_noun(count - MOST_STRIPS, noun)}"
        for count, noun in ((courses, "course"), (acute, "acute medicine"))
        if count > MOST_STRIPS
    ]
    if not hidden:
        return top
    verb = "is" if hidden[0].startswith("1 ") and len(hidden) == 1 else "are"
    canvas.text(138, top + 16, f"{' and '.join(hidden)} {verb} not drawn", size=14)
    return top + 24


def _draw_cycle(canvas: Canvas, cycle_days: Sequence[int | None], axis: _Axis, top: float) -> float:
    if all(day is None for day in cycle_days):
        return _draw_not_recorded(canvas, "Cycle", axis, top)
    _draw_name(canvas, "Cycle", "", "cycle", top + 27)
    for start, stop in _known_runs(cycle_days):
        left, right = axis.at(start), axis.at(stop)
        canvas.cell(left, top + 11, right - left, 22, fill="cycle", round_by=8, opacity=0.22)
    for start, stop in _known_runs([day if _is_around_period(day) else None for day in cycle_days]):
        left, right = axis.at(start), axis.at(stop)
        canvas.cell(left, top + 11, right - left, 22, fill="cycle", round_by=5, is_soft=True)
    missing = [0 if day is None else None for day in cycle_days]
    for start, stop in _known_runs(missing):
        _draw_gap(canvas, (axis.at(start), axis.at(stop)), top + 11)
    return top + 48


def _is_around_period(cycle_day: int | None) -> bool:
    return cycle_day is not None and -2 <= cycle_day <= 3


def _draw_not_recorded(canvas: Canvas, name: str, axis: _Axis, top: float) -> float:
    _draw_name(canvas, name, "", "ink2", top + 27)
    _draw_gap(canvas, (axis.left, axis.right), top + 11)
    return top + 48


def _draw_name(canvas: Canvas, name: str, unit: str, ink: str, y: float) -> None:
    lines = _wrapped(_capital(name), 130, 15.5, most=1 if unit else 2)
    for number, line in enumerate(lines):
        canvas.text(0, y + 18 * number, line, ink=ink, size=15.5, weight=600)
    if unit:
        canvas.text(0, y + 18, _wrapped(unit, 130, 14, most=1)[0], size=14)


def _draw_gap(
    canvas: Canvas, stretch: tuple[float, float], top: float, words: str = "not recorded"
) -> None:
    left, right = stretch
    canvas.cell(
        left + 1, top, max(4.0, right - left - 2), 22, stroke="unknown", round_by=10, dash="2 5"
    )
    if right - left > width_of(words, 14) + 26:
        canvas.text(left + 13, top + 16, words, size=14)
    elif right - left > 16:
        canvas.text((left + right) / 2, top + 16, "?", size=14, anchor="middle")


def _draw_dates(canvas: Canvas, days: Sequence[DayMark], axis: _Axis, foot: float) -> None:
    """Write month names (or day numbers) that have room, each over a dotted line."""
    last = -1e9
    for day, words in _date_marks(days, axis):
        x = axis.at(day)
        if x < last or x + 5 + width_of(words, 14) > axis.right + 8:
            continue
        if day:
            canvas.line(x, 24, x, foot, stroke="line", width=1, dash="1 6")
        canvas.text(x + (5 if day else 0), 15, words, size=14)
        last = x + width_of(words, 14) + 14


def _date_marks(days: Sequence[DayMark], axis: _Axis) -> list[tuple[int, str]]:
    dates = [_date(day.label) for day in days]
    if not days or any(date is None for date in dates):
        every = 28 * max(1, ceil(64 / (28 * axis.step / axis.span)))
        return [(day, days[day].label) for day in range(0, len(days), every)]
    firsts = [(i, date) for i, date in enumerate(dates) if date and date.day == 1]
    months = _month_marks(firsts, 30.4 * axis.step / axis.span, is_long=len(days) > 365)
    return _with_start(months, days, axis)


def _month_marks(
    firsts: Sequence[tuple[int, dt.date]], room: float, *, is_long: bool
) -> list[tuple[int, str]]:
    """Return the months to name: all of them, each quarter, or the years alone."""
    letters = None if room >= 82 else 3
    every = 1 if room >= 40 else 3 if room >= 15 else 12
    return [
        (day, str(date.year) if is_long and date.month == 1 else MONTHS[date.month - 1][:letters])
        for day, date in firsts
        if (date.month - 1) % every == 0
    ]


def _with_start(
    months: list[tuple[int, str]], days: Sequence[DayMark], axis: _Axis
) -> list[tuple[int, str]]:
    """Put the first date before the first month, when it has room there."""
    start = date_words(days[0].label, with_year=not months)
    room = axis.at(months[0][0]) - axis.left if months else axis.width
    return [(0, start), *months] if room > width_of(start, 14) + 16 else months


def _timeline_title(days: Sequence[DayMark]) -> str:
    if not days:
        return "Headache, low mood and medicines, week by week"
    first, last = (date_words(day.label, with_year=True) for day in (days[0], days[-1]))
    return f"Headache, low mood and medicines, week by week, {first} to {last}"


def _timeline_desc(
    days: Sequence[DayMark],
    courses: Sequence[Course],
    acute: Sequence[Acute],
    cycle_days: Sequence[int | None],
    has_low_mood_rule: bool,
) -> str:
    words = [_count_words("headache", [day.headache for day in days])]
    if has_low_mood_rule:
        words.append(_count_words("low-mood", [day.low_mood for day in days]))
    words += [_course_words(course) for course in courses]
    words += [_count_words(row.name, row.taken) for row in acute]
    if all(day is None for day in cycle_days):
        words.append("Cycle: not recorded")
    return ". ".join(words) + ". The same numbers are in the table below."


def _count_words(name: str, answers: Sequence[bool | None]) -> str:
    known = [answer for answer in answers if answer is not None]
    if not known:
        return f"{_capital(name)} days: not recorded"
    unknown = len(answers) - len(known)
    return f"{sum(known)} {name} days in {len(known)} known days, {unknown} not recorded"


def _course_words(course: Course) -> str:
    if all(amount is None for amount in course.amounts):
        return f"{course.name}: not recorded"
    first, last = _ends(course.amounts)
    return (
        f"{course.name}: from {course.amounts[first]:g} to {course.amounts[last]:g} {course.unit}"
    )


# ------------------------------------------------------------------ parts of the others


def _draw_calendar_row(
    canvas: Canvas, label: str, row: Sequence[DayMark], grid: tuple[float, float], top: float
) -> None:
    left, pitch = grid
    base = top + pitch / 2 + 4.2
    canvas.text(0, base, label, size=14)
    strips = {run for run in _runs(_silent(row)) if run[1] - run[0] >= 3}
    hidden = {day for run in strips for day in range(*run)}
    for number, day in enumerate(row):
        if number not in hidden:
            _draw_day(canvas, day, left + pitch * number + 1.6, top + 0.6, pitch - 3.2)
    for start, stop in sorted(strips):
        _draw_silence(canvas, left + pitch * start + 1.6, top + 0.6, stop - start, pitch)
    hits, known = _tally(row)
    x = left + pitch * DAYS_A_ROW + 12
    canvas.text(x, base, f"{hits} of {known}", ink="ink", size=14.5, weight=600)


def _silent(row: Sequence[DayMark]) -> set[int]:
    return {i for i, day in enumerate(row) if day.headache is None and not day.low_mood}


def _draw_silence(canvas: Canvas, x: float, y: float, days: int, pitch: float) -> None:
    """Draw neighbours without a record as one dashed cell, so that a gap stays calm."""
    wide = pitch * days - 3.2
    canvas.cell(x, y, wide, pitch - 3.2, stroke="unknown", round_by=5, dash="2 4")
    choices = (f"{days} days not recorded", f"{days} unknown", "?")
    words = next((words for words in choices if width_of(words, 14) < wide - 10), "?")
    canvas.text(x + wide / 2, y + pitch / 2 + 3.4, words, size=14, anchor="middle")


def _draw_day(canvas: Canvas, day: DayMark, x: float, y: float, side: float) -> None:
    middle = side / 2
    if day.headache is None:
        canvas.cell(x, y, side, side, stroke="unknown", round_by=5, dash="2 2.6")
        if not day.low_mood:
            canvas.text(x + middle, y + middle + 5, "?", size=14, anchor="middle")
    elif day.headache:
        canvas.cell(x, y, side, side, fill="headache", round_by=5, is_mild=not day.is_strong)
    else:
        canvas.cell(x, y, side, side, fill="sunk", round_by=5)
    if day.low_mood:
        fill = "surface" if day.headache else "mood"
        canvas.diamond(x + middle, y + middle, 3.1, fill=fill)


def _row_labels(rows: Sequence[Sequence[DayMark]]) -> list[str]:
    """Return each row's first date; over a year, the year where it begins."""
    labels, shown = [], ""
    for row in rows:
        date = _date(row[0].label)
        year = str(date.year) if date and len(rows) > 13 else ""
        labels.append(date_words(row[0].label, with_year=bool(year) and year != shown))
        shown = year
    return labels


def _tally(row: Sequence[DayMark]) -> tuple[int, int]:
    known = [day.headache for day in row if day.headache is not None]
    return sum(known), len(known)


def _tally_words(row: Sequence[DayMark]) -> str:
    hits, known = _tally(row)
    return f"{hits} headache {_noun(hits, 'day')} of {known} known"


def _draw_zones(
    canvas: Canvas, posterior: float, zones: Sequence[tuple[float, float, str]], rail: float
) -> None:
    middle = zones[1]
    held = zones[0] if posterior < middle[0] else zones[2] if posterior > middle[1] else middle
    for zone in zones:
        low, high, word = zone
        is_here = zone == held
        canvas.cell(
            f"{low + (0.4 if low else 0)}%", rail - 7, f"{high - low - (0.4 if low else 0)}%", 14,
            fill="sunk", stroke="edge" if is_here else None, round_by=7,
        )  # fmt: skip
        canvas.text(
            f"{(low + high) / 2}%", rail + 28, word, ink="ink" if is_here else "ink2", size=14,
            anchor="middle", weight=600 if is_here else 400,
        )  # fmt: skip


def _draw_hill(
    canvas: Canvas, shares: Sequence[float], ends: tuple[float, float], tone: HillTone, base: float
) -> None:
    """Draw one column for each count, edge to edge."""
    highest = max(shares, default=0.0) or 1.0
    wide = 100 / max(len(shares), 1)
    for count, share in enumerate(shares):
        tall = HILL * share / highest
        if tall < 0.4:
            continue
        is_likely = ends[0] <= count <= ends[1]
        canvas.cell(
            f"{count * wide:.3f}%", base - tall, f"{wide:.3f}%", tall,
            fill=tone if is_likely else "rest", round_by=0, is_mild=is_likely, is_crisp=True,
        )  # fmt: skip


def _draw_counts(canvas: Canvas, shares: Sequence[float], lines: Sequence[int], y: float) -> None:
    """Write the first and the last count under the hill, and those that the books name."""
    last = len(shares) - 1
    canvas.text("0%", y, "0", size=14)
    for line in (line for line in lines if 0 < line < last):
        canvas.text(_percent(_column(line, shares)), y, str(line), size=14, anchor="middle")
    canvas.text("100%", y, str(last), size=14, anchor="end")


def _column(count: float, shares: Sequence[float]) -> float:
    """Return where the middle of a count's column is, 0 to 100."""
    return 100 * (min(max(count, 0), len(shares) - 1) + 0.5) / max(len(shares), 1)


def _draw_over(canvas: Canvas, percent: float, y: float, words: str, *, weight: int) -> None:
    """Write words over a place on a rail, without leaving the rail."""
    anchor = "start" if percent < 30 else "end" if percent > 70 else "middle"
    at = max(0.0, percent - 2) if anchor == "start" else percent + 2 if anchor == "end" else percent
    ink = "ink" if weight == 600 else "ink2"
    canvas.text(f"{min(100, at):.1f}%", y, words, ink=ink, size=15, anchor=anchor, weight=weight)


def _draw_tick(canvas: Canvas, percent: float, rail: float, words: str, ink: str) -> None:
    canvas.line(_percent(percent), rail - 12, _percent(percent), rail + 12, stroke=ink, width=2.4)
    _draw_over(canvas, percent, rail + 32, words, weight=400)


def _draw_ends(canvas: Canvas, ends: tuple[float, float], foot: float) -> None:
    canvas.text("0%", foot, number_words(ends[0]), size=14)
    canvas.text("100%", foot, number_words(ends[1]), size=14, anchor="end")
    canvas.height = foot + 6


def _place(number: float, ends: tuple[float, float], is_ratio: bool = False) -> float:
    """Return where a number stands between the ends, 0 to 100."""
    inside = min(max(number, ends[0]), ends[1])
    if is_ratio:
        return 100 * log10(inside / ends[0]) / log10(ends[1] / ends[0])
    return 100 * (inside - ends[0]) / (ends[1] - ends[0])


@dataclass(frozen=True)
class _Scale:
    """Where totals stand from top to foot, in px."""

    low: float
    high: float
    top: float

    @property
    def foot(self) -> float:
        return self.top + TALL

    def y(self, total: float) -> float:
        inside = min(max(total, self.low), self.high)
        return self.foot - TALL * (inside - self.low) / (self.high - self.low)


def _top_end(points: Sequence[ScoreMark], low: float, high: float | None) -> float:
    totals = [one.total for one in points if one.total is not None]
    end = axis_ends(low, *totals)[1] if high is None else high
    return max(end, low + 1)


def _heads(name: str, better: Better) -> list[str]:
    """Return what stands over the picture: the name and its better end, on one line if it fits."""
    words = better_words(better).rstrip(".")
    together = f"{name}, {words.lower()}" if words else name
    if width_of(together, 14.5) <= 250:
        return [together]
    return [*_wrapped(name, 250, 14.5), *([words] if words else [])]


def _scores_desc(
    points: Sequence[ScoreMark], high: float | None, bands: Sequence[Range], better: Better
) -> str:
    told = f"{score_words(points, high=high)}." if points else "None is filled in yet."
    parts = (told, band_words(bands), better_words(better))
    return " ".join(part for part in parts if part)


def _lines(bands: Sequence[Range], rail: _Scale) -> list[float]:
    """Return the totals at which a line is drawn: both ends, and where a range begins."""
    lines = [rail.low]
    for band in bands:
        above, below = rail.y(band.low) - rail.top, rail.y(lines[-1]) - rail.y(band.low)
        if above >= LEAST_LINE and below >= LEAST_LINE:
            lines.append(band.low)
    return [*lines, rail.high]


def _band_labels(bands: Sequence[Range], rail: _Scale) -> list[tuple[float, list[str]]]:
    """Return the middle of each stretch that is one range, with its name in lines."""
    labels = []
    for low, high in pairwise(_lines(bands, rail)):
        inside = [band for band in bands if low <= band.low < high]
        if len(inside) == 1 and inside[0].low == low:
            room = max(1, int((rail.y(low) - rail.y(high)) // 16))
            middle = (rail.y(low) + rail.y(high)) / 2
            labels.append((middle, _wrapped(inside[0].name, 94, 14, most=min(2, room))))
    return labels


def _sides(rail: _Scale, labels: Sequence[tuple[float, list[str]]]) -> tuple[float, float]:
    """Return the room for the numbers at the left, and for the names at the right."""
    left = max(width_of(_short(end), 14) for end in (rail.low, rail.high)) + 14
    names = [width_of(line, 14) for _, lines in labels for line in lines]
    return left, max(names, default=0) + 20


def _draw_bands(
    canvas: Canvas, bands: Sequence[Range], rail: _Scale, labels: Sequence[tuple[float, list[str]]]
) -> None:
    """Draw the foot, and a dotted line with its number where a range begins."""
    for total in _lines(bands, rail):
        y, is_foot = rail.y(total), total == rail.low
        stroke, width = ("edge", 1.2) if is_foot else ("line", 1.4)
        canvas.line("0%", y, "100%", y, stroke=stroke, width=width, dash="" if is_foot else "1 6")
        canvas.text("0%", y + 5, _short(total), size=14, anchor="end", shift=-13)
    for middle, lines in labels:
        for number, line in enumerate(lines):
            y = middle + 5 + 16 * (number - (len(lines) - 1) / 2)
            canvas.text("100%", y, line, size=14, shift=18)


def _draw_points(canvas: Canvas, points: Sequence[ScoreMark], rail: _Scale) -> None:
    for before, after, is_near in joins(points):
        ends = (_along(before, points), rail.y(before.total or 0), _along(after, points))
        look = ("ink2", "") if is_near else ("unknown", "3 5")
        canvas.line(*ends, rail.y(after.total or 0), stroke=look[0], width=1.4, dash=look[1])
    radius = 5.6 if len(points) <= 20 else 4.2 if len(points) <= 60 else 3
    for one in points:
        _draw_point(canvas, one, _along(one, points), rail, radius)
    if any(one.total is not None for one in points):
        _draw_latest(canvas, points, rail)


def _draw_point(canvas: Canvas, one: ScoreMark, x: str, rail: _Scale, radius: float) -> None:
    if one.total is None:
        canvas.ring(x, rail.foot, radius, fill="surface")
    elif one.is_estimated:
        canvas.disc(x, rail.y(one.total), radius, fill="surface", stroke="ink", width=1.8)
        canvas.disc(x, rail.y(one.total), radius * 0.4, fill="ink")
    else:
        canvas.disc(x, rail.y(one.total), radius, fill="ink")


def _draw_latest(canvas: Canvas, points: Sequence[ScoreMark], rail: _Scale) -> None:
    """Write the latest total at its mark, on the side where the line does not come from."""
    latest = [one for one in points if one.total is not None][-2:]
    y, before = rail.y(latest[-1].total or 0), rail.y(latest[0].total or 0)
    is_under = before < y < rail.foot - 24
    canvas.text(
        _along(latest[-1], points), y + (23 if is_under else -12), _short(latest[-1].total or 0),
        ink="ink", size=15, anchor="middle", weight=600, is_clear=True,
    )  # fmt: skip


def _along(one: ScoreMark, points: Sequence[ScoreMark]) -> str:
    """Return where a day stands between the first and the last."""
    first, last = points[0].at, points[-1].at
    return _percent(100 * (one.at - first) / (last - first) if last > first else 50)


def _draw_first_and_last(canvas: Canvas, points: Sequence[ScoreMark], y: float) -> None:
    """Write the first and the last day; years stand below, where they differ."""
    ends = [(points[0], "0%", "start"), (points[-1], "100%", "end")] if points else []
    if ends and points[0].at == points[-1].at:
        ends = [(points[0], "50%", "middle")]
    years = [date.year for one, _, _ in ends if (date := _date(one.label))]
    for one, x, anchor in ends:
        canvas.text(x, y, date_words(one.label), size=14, anchor=anchor)
    canvas.height = y + 6
    if len(set(years)) > 1:
        for year, (_, x, anchor) in zip(years, ends, strict=True):
            canvas.text(x, y + 17, str(year), size=14, anchor=anchor)
        canvas.height = y + 23


def _short(number: float) -> str:
    """Return a number without idle decimals."""
    return f"{round(number, 1):g}"


def _percent(number: float) -> str:
    return f"{min(max(number, 0), 100):.1f}%"


def axis_ends(*numbers: float) -> tuple[float, float]:
    """Return round ends for an axis that holds 0 and every number.

    >>> axis_ends(-1.2, 3.4), axis_ends(0.5, 62)
    ((-4.0, 4.0), (0.0, 70.0))
    """
    most = max(abs(number) for number in numbers) or 1.0
    unit = 10.0 ** floor(log10(most))
    end = ceil(most / unit) * unit
    return (-end if min(numbers) < 0 else 0.0), end


def ratio_ends(*numbers: float) -> tuple[float, float]:
    """Return ends as far below 1 as above it, for an axis of "how many times as much".

    >>> ratio_ends(0.96, 1.14), ratio_ends(0.3, 1.2)
    ((0.5, 2.0), (0.25, 4.0))
    """
    far = max(max(one, 1 / one) for one in numbers if one > 0)
    end = 2.0
    while end < far:
        end *= 2
    return 1 / end, end


# ------------------------------------------------------------------ the canvas


class Canvas:
    """An SVG in the making; it gathers shapes and the colours that they use."""

    def __init__(
        self, width: float, *, title: str, desc: str, theme: Theme, key: str,
        is_fluid: bool = False, sides: tuple[float, float] = (0, 0),
    ) -> None:  # fmt: skip
        self.width, self.height, self.is_fluid, self.sides = width, 0.0, is_fluid, sides
        self.title, self.desc, self.theme = _clean(title), _clean(desc), theme
        self.id = f"tf{crc32(f'{key}|{title}|{desc}'.encode('utf-8', 'replace')):08x}"
        self.parts: list[str] = []
        self.paints: set[tuple[str, str]] = set()

    def text(
        self,
        x: float | str,
        y: float,
        words: str,
        *,
        ink: str = "ink2",
        size: float = 14.5,
        anchor: str = "start",
        weight: int = 400,
        then: str = "",
        shift: float = 0,
        is_clear: bool = False,
    ) -> None:
        """Write words at a place."""
        look = f' text-anchor="{anchor}"' if anchor != "start" else ""
        look += f' dx="{_px(shift)}"' if shift else ""
        look += ' stroke-width="5" paint-order="stroke"' if is_clear else ""
        look += f' font-weight="{weight}"' if weight != 400 else ""
        tail = f'<tspan font-weight="400" {self._paint(fill="ink2")}>{escape(then)}</tspan>'
        self.parts.append(
            f'<text x="{_px(x)}" y="{_px(y)}" font-size="{size}"{look} '
            f"{self._paint(fill=ink, stroke='surface' if is_clear else None)}>"
            f"{escape(_clean(words))}{tail if then else ''}</text>"
        )

    def line(
        self, x1: float | str, y1: float, x2: float | str, y2: float, *, stroke: str,
        width: float, dash: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        ends = f'x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"'
        self._shape(f"line {ends}", stroke=stroke, width=width, dash=dash)

    def disc(
        self, x: float | str, y: float, radius: float, *, fill: str, stroke: str | None = None,
        width: float = 1.2, is_soft: bool = False,
    ) -> None:  # fmt: skip
        """Draw a filled circle."""
        circle = f'circle cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}"'
        self._shape(circle, fill=fill, stroke=stroke, width=width, is_soft=is_soft)

    def ring(self, x: float | str, y: float, radius: float, *, fill: str | None = None) -> None:
        """Draw a dashed circle: the sign for unknown."""
        circle = f'circle cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}"'
        self._shape(circle, fill=fill, stroke="unknown", width=1.5, dash="2 2.3")

    def cell(
        self, x: float | str, y: float, width: float | str, height: float, *,
        fill: str | None = None, stroke: str | None = None, round_by: float = 4, dash: str = "",
        opacity: float = 1, is_soft: bool = False, is_mild: bool = False, is_crisp: bool = False,
    ) -> None:  # fmt: skip
        """Draw a rounded box."""
        size = f'width="{_px(width)}" height="{_px(height)}" rx="{round_by}"'
        size += ' shape-rendering="crispEdges"' if is_crisp else ""
        self._shape(
            f'rect x="{_px(x)}" y="{_px(y)}" {size}', fill=fill, stroke=stroke, width=1.3,
            dash=dash, opacity=opacity, is_soft=is_soft, is_mild=is_mild,
        )  # fmt: skip

    def diamond(
        self, x: float, y: float, radius: float, *, fill: str = "mood", is_soft: bool = False,
        is_hollow: bool = False,
    ) -> None:  # fmt: skip
        """Draw a square on its tip."""
        reach = radius * 1.15
        corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
        shape = f'path d="M{"L".join(f"{_px(a)} {_px(b)}" for a, b in corners)}Z"'
        if is_hollow:
            self._shape(shape, stroke="unknown", width=1.3, dash="2 2")
        else:
            self._shape(shape, fill=fill, stroke=fill, width=1.2, is_soft=is_soft)

    def mark(self, tone: Tone, x: float, y: float, radius: float) -> None:
        """Draw a headache as a disc, a low mood as a diamond."""
        if tone == "headache":
            self.disc(x, y, radius, fill="headache", is_soft=True)
        else:
            self.diamond(x, y, radius, is_soft=True)

    def path(self, points: Sequence[tuple[float, float]], stroke: str, width: float) -> None:
        """Draw a line through points."""
        self._shape(f'polyline points="{_points(points)}"', stroke=stroke, width=width)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, opacity: float) -> None:
        """Fill a shape between points."""
        self._shape(f'polygon points="{_points(points)}"', fill=fill, opacity=opacity)

    def svg(self) -> str:
        """Return the finished SVG."""
        width, height = ceil(self.width), ceil(self.height)
        box = "" if self.is_fluid else f' viewBox="0 0 {width} {height}"'
        fit = f"width:100%;height:{height}px;overflow:visible;" if self.is_fluid else ""
        if any(self.sides):
            left, right = (ceil(side) for side in self.sides)
            fit += f"box-sizing:border-box;padding:0 {right}px 0 {left}px;"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{self.id}" role="img" '
            f'aria-labelledby="{self.id}-t {self.id}-d" width="{width}" height="{height}"{box} '
            f'style="{fit}--w:{width}px;max-width:{width}px">'
            f'<title id="{self.id}-t">{escape(self.title)}</title>'
            f'<desc id="{self.id}-d">{escape(self.desc)}</desc>'
            f"<style>{self._style()}</style>{''.join(self.parts)}</svg>"
        )

    def _shape(
        self, shape: str, *, fill: str | None = None, stroke: str | None = None, width: float = 1.2,
        dash: str = "", opacity: float = 1, is_soft: bool = False, is_mild: bool = False,
    ) -> None:  # fmt: skip
        look = f' stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'
        look = (look if stroke else "") + (f' stroke-dasharray="{dash}"' if dash else "")
        look += f' opacity="{opacity:g}"' if opacity != 1 else ""
        veil = "soft" if is_soft else "mild" if is_mild else None
        self.parts.append(f"<{shape}{look} {self._paint(fill=fill, stroke=stroke, veil=veil)}/>")

    def _paint(
        self, *, fill: str | None = None, stroke: str | None = None, veil: str | None = None
    ) -> str:
        """Return the colours of a shape: as classes when they follow the reader, else as hex."""
        chosen = [(kind, token) for kind, token in (("fill", fill), ("stroke", stroke)) if token]
        empty = "" if fill else 'fill="none" '
        if self.theme != "auto":
            look = [f'{kind}="{TOKENS[self.theme][token]}"' for kind, token in chosen]
            look += [f'opacity="{_veils(self.theme)[veil]:g}"'] if veil else []
            return empty + " ".join(look)
        self.paints |= {*chosen, *([("veil", veil)] if veil else [])}
        names = [f"{kind[0]}-{token}" for kind, token in chosen] + ([veil] if veil else [])
        return f'{empty}class="{" ".join(names)}"'

    def _style(self) -> str:
        font = f"#{self.id} text{{font-family:{FONT}}}"
        if self.theme != "auto":
            return font
        return (
            font
            + self._rules("warm")
            + f"@media(prefers-color-scheme:dark){{{self._rules('dark')}}}"
            + "@media(prefers-contrast:more) and (prefers-color-scheme:light)"
            + f"{{{self._rules('contrast')}}}"
            + f"@media print{{{self._rules('print')}}}"
            + f"@media(forced-colors:active){{{self._forced_rules()}}}"
        )

    def _rules(self, theme: str) -> str:
        return "".join(
            f"#{self.id} .{name}{{opacity:{_veils(theme)[name]:g}}}"
            if kind == "veil"
            else f"#{self.id} .{kind[0]}-{name}{{{kind}:{TOKENS[theme][name]}}}"
            for kind, name in sorted(self.paints)
        )

    def _forced_rules(self) -> str:
        """Return the system's colours: ground stays ground, every mark and word is text."""
        ground = {"bg": "Canvas", "surface": "Canvas", "sunk": "Canvas"}
        faint = dict.fromkeys(("line", "rest"), "GrayText")
        rules = "".join(
            f"#{self.id} .{kind[0]}-{name}{{{kind}:{(ground | faint).get(name, 'CanvasText')}}}"
            for kind, name in sorted(self.paints)
            if kind != "veil"
        )
        edge = f"#{self.id} .f-sunk:not(.s-edge){{stroke:GrayText}}"
        return rules + (edge if ("fill", "sunk") in self.paints else "")


def _veils(theme: str) -> dict[str, float]:
    return {"soft": SOFTNESS[theme], "mild": MILD[theme]}


# ------------------------------------------------------------------ numbers, dates and words


def _chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _gaps(columns: Sequence[Sequence[object]], span: int) -> set[int]:
    """Return the columns that lie in a stretch of two weeks or more without any record."""
    empty = {i for i, part in enumerate(columns) if all(answer is None for answer in part)}
    wide = ceil(14 / span)
    runs = [range(*run) for run in _runs(empty)]
    return {i for run in runs if len(run) >= wide or len(run) == len(columns) for i in run}


def _runs(columns: set[int]) -> Iterator[tuple[int, int]]:
    """Give the stretches of neighbours as (start, stop)."""
    for start in sorted(column for column in columns if column - 1 not in columns):
        stop = start
        while stop in columns:
            stop += 1
        yield start, stop


def _known_runs(values: Sequence[float | None]) -> Iterator[tuple[int, int]]:
    return _runs({day for day, value in enumerate(values) if value is not None})


def _steps(amounts: Sequence[float | None], start: int) -> Iterator[tuple[int, float]]:
    """Give the corners of a step line: each day's amount from its morning to the next."""
    before: float | None = None
    for day, amount in enumerate(amounts, start):
        if amount is not None and amount != before:
            if before is not None:
                yield day, before
            yield day, amount
            before = amount
    if before is not None:
        yield start + len(amounts), before


def _ends(amounts: Sequence[float | None]) -> tuple[int, int]:
    known = [day for day, amount in enumerate(amounts) if amount is not None]
    return known[0], known[-1]


def _held(amounts: Sequence[float | None]) -> list[tuple[int, int, float]]:
    """Return the stretches of one amount, as (first day, day after the last, amount)."""
    stretches: list[tuple[int, int, float]] = []
    for day, amount in enumerate(amounts):
        if amount is None:
            continue
        if stretches and stretches[-1][1:] == (day, amount):
            stretches[-1] = (stretches[-1][0], day + 1, amount)
        else:
            stretches.append((day, day + 1, amount))
    return stretches


def _date(label: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(label)
    except ValueError:
        return None


def _whole(number: float) -> int:
    """Round half up, as people do."""
    return int(number + 0.5)


def _noun(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _px(number: float | str) -> str:
    return number if isinstance(number, str) else f"{number:.1f}".removesuffix(".0")


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_px(x)},{_px(y)}" for x, y in points)


def _clean(words: str) -> str:
    """Drop what XML does not allow and what turns the reading direction."""
    return "".join(sign for sign in words if unicodedata.category(sign) not in ("Cc", "Cs", "Cf"))


def width_of(words: str, size: float) -> float:
    """Estimate how wide words are, in px; rather too wide than too narrow."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in words)
    return size * (0.57 * (len(words) - wide) + wide)


def _wrapped(words: str, width: float, size: float, *, most: int = 2) -> list[str]:
    """Break words into at most ``most`` lines; the last one ends in "…" when it is cut."""
    lines = [""]
    for word in _clean(words).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(lines) < most and width_of(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, width, size) for line in lines]


def shortened(line: str, width: float, size: float) -> str:
    """Return a line that fits into a width in px; what is cut off ends in "…"."""
    if width_of(line, size) <= width:
        return line
    kept = line
    while kept and width_of(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"
