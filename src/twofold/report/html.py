"""The report as one HTML page that needs nothing else: no network, no script, no second file.

The page follows the reader's own light, dark, contrast and paper settings.
Its pictures come from ``charts``, its shared sentences from ``sentences``.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING

from twofold import charts
from twofold.report import sentences
from twofold.report.report import Card, Number, Pictures, Report, ScorePicture

if TYPE_CHECKING:
    from markupsafe import Markup

FONT_FILE = "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
MOST_TIMELINE_DAYS = 28 * 60
MOST_CALENDAR_DAYS = 28 * 26
FEWEST_FOR_A_FIELD = 8
POSSIBLE_FROM = {"coupling": 80.0}
POSSIBLE_FROM_ELSE = 50.0
"""From which chance, of 100, the answer's word is "possible": as ``inference/trust.py`` has it."""


def render(report: Report) -> str:
    """Return ``report`` as one self-contained HTML page.

    Every word of the person is escaped; control characters are dropped. The
    page's own policy forbids every load, also when a reader has edited it.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    room = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    room.lstrip_blocks, room.finalize = True, _shown
    return room.from_string(_resource("page.html.jinja").decode()).render(
        report=report,
        sentences=sentences,
        style=Markup(_style(report)),
        timeline=Markup(_timeline(report.pictures)),
        timeline_note=_timeline_note(report.pictures),
        timeline_key=_timeline_key(report.pictures),
        calendar=Markup(_calendar(report.pictures)),
        calendar_key=_calendar_key(report.pictures),
        calendar_note=_calendar_note(report.pictures),
        cards=[_told(card, place, Markup) for place, card in enumerate(report.cards)],
        unread=report.unread[: sentences.MOST_UNREAD],
        draw_scores=lambda picture, key: Markup(_scores(picture, key)),
        score_key=_score_key,
        score_rows=_score_rows,
        score_note=_score_note,
    )


@dataclass(frozen=True)
class Told:
    """A card with its pictures drawn."""

    card: Card
    fields: tuple[Markup, ...]
    pictures: tuple[Markup, ...]


def _told(card: Card, place: int, markup: type[Markup]) -> Told:
    key = f"card-{place}"
    fields = tuple(markup(svg) for svg in _fields(card, key))
    pictures = (_number(card, key), _chance(card, key), _not_yet(card, key))
    return Told(card, fields, tuple(markup(svg) for svg in pictures if svg))


def _fields(card: Card, key: str) -> list[str]:
    """Draw both fields of 100, or none: one alone, or one of few days, would mislead."""
    if len(card.groups) != 2 or min(group.days for group in card.groups) < FEWEST_FOR_A_FIELD:
        return []
    return [
        charts.of_100(group.label, group.hits, group.days, tone=_tone(card), key=f"{key}-{side}")
        for side, group in enumerate(card.groups)
    ]


def _tone(card: Card) -> charts.Tone:
    return "mood" if card.outcome == "low mood" else "headache"


def _number(card: Card, key: str) -> str:
    number = card.number
    if number is None:
        return ""
    value, low, high = number.value, number.low, number.high
    if card.topic == "tomorrow":
        return _tomorrow(card, key)
    if card.outlook is not None:
        return charts.outlook(
            card.outlook.shares,
            value,
            low,
            high,
            lines=card.outlook.lines,
            usual=card.usual,
            usual_label=sentences.USUAL[card.topic].lower(),
            label=number.label,
            tone="dose" if card.topic == "medicine" else "headache",
            key=f"{key}-number",
        )
    if card.topic == "burden" and low >= 0 and high <= 28:
        return charts.heading(
            value, low, high, today=card.usual, label=number.label, key=f"{key}-number"
        )
    return _effect(card, number, f"{key}-number")


def _effect(card: Card, number: Number, key: str) -> str:
    """Draw a number on an axis of its own; odds stand as far below 1 as above it."""
    is_ratio = number.unit == sentences.ODDS and min(number.low, number.value) > 0
    ends = charts.ratio_ends if is_ratio else charts.axis_ends
    return charts.interval(
        number.label,
        number.value,
        number.low,
        number.high,
        ends=ends(number.value, number.low, number.high),
        is_ratio=is_ratio,
        unit=sentences.unit_words(number.unit),
        tone=_tone(card),
        key=key,
    )


def _tomorrow(card: Card, key: str) -> str:
    """Draw tomorrow beside the usual day; without the usual there is no picture."""
    if card.number is None or card.usual is None:
        return ""
    number = card.number
    return charts.chance(
        number.value,
        number.low,
        number.high,
        usual=card.usual,
        label=number.label,
        key=f"{key}-number",
    )


def _chance(card: Card, key: str) -> str:
    if card.posterior is None:
        return ""
    likely_from = POSSIBLE_FROM.get(card.topic, POSSIBLE_FROM_ELSE)
    return charts.before_now(
        card.prior,
        card.posterior,
        likely_from=likely_from,
        likely="possible",
        key=f"{key}-chance",
    )


def _not_yet(card: Card, key: str) -> str:
    if card.not_yet is None:
        return ""
    missing = card.not_yet
    return charts.not_yet(missing.have, missing.need, unit=missing.unit, key=f"{key}-not-yet")


def _scores(picture: ScorePicture, key: str) -> str:
    return charts.scores(
        picture.name,
        picture.points,
        low=picture.low,
        high=picture.high,
        bands=picture.bands,
        better=picture.better,
        key=key,
    )


def _score_key(picture: ScorePicture) -> Sequence[tuple[str, str]]:
    """Return what the shapes mean; nothing where every questionnaire is a plain total."""
    points = picture.points
    rows = [
        ("eye", "estimated", any(one.is_estimated and one.total is not None for one in points)),
        ("ring", "not scored", any(one.total is None for one in points)),
        (
            "gap",
            f"over {charts.JOINED_DAYS} days apart, or one not scored",
            not all(is_near for _, _, is_near in charts.joins(points)),
        ),
    ]
    used = [(shape, words) for shape, words, is_there in rows if is_there]
    return [("spot", "total"), *used] if used else []


def _score_rows(picture: ScorePicture) -> Sequence[tuple[str, str, str]]:
    """Return the picture as a table: day, total, and the range's name."""
    return [
        (
            charts.date_words(one.label, with_year=True),
            charts.total_words(one) + (" (estimated)" if one.is_estimated else ""),
            _range_name(picture, one.total),
        )
        for one in picture.points[-charts.MOST_SCORES :]
    ]


def _range_name(picture: ScorePicture, total: float | None) -> str:
    reached = [band.name for band in picture.bands if total is not None and band.low <= total]
    return reached[-1] if reached else ""


def _score_note(picture: ScorePicture) -> str:
    """Return what stands over the table: the ranges, and how many rows are not in it."""
    hidden = len(picture.points) - charts.MOST_SCORES
    left_out = f"The first {hidden} are in the picture only." if hidden > 0 else ""
    ends = "" if picture.high is None else f"Totals go from {picture.low:g} to {picture.high:g}."
    parts = (ends, charts.band_words(picture.bands), left_out)
    return " ".join(part for part in parts if part)


def _timeline(pictures: Pictures) -> str:
    shown = _last(pictures, MOST_TIMELINE_DAYS)
    return charts.timeline(
        shown.days,
        courses=shown.courses,
        acute=shown.acute,
        cycle_days=shown.cycle_days,
        has_low_mood_rule=shown.has_low_mood_rule,
    )


def _calendar(pictures: Pictures) -> str:
    return charts.calendar(pictures.days[_calendar_start(len(pictures.days)) :])


def _calendar_start(days: int) -> int:
    """Return the first day drawn: whole rows of 28 are left out, so that rows keep their dates."""
    return max(0, -(-(days - MOST_CALENDAR_DAYS) // 28) * 28)


def _last(pictures: Pictures, most: int) -> Pictures:
    """Return the pictures' last ``most`` days."""
    return replace(
        pictures,
        days=pictures.days[-most:],
        courses=tuple(replace(one, amounts=one.amounts[-most:]) for one in pictures.courses),
        acute=tuple(replace(one, taken=one.taken[-most:]) for one in pictures.acute),
        cycle_days=pictures.cycle_days[-most:],
    )


def _timeline_note(pictures: Pictures) -> str:
    hidden = len(pictures.days) - MOST_TIMELINE_DAYS
    span = charts.days_a_column(min(len(pictures.days), MOST_TIMELINE_DAYS))
    column = (
        "One column is one week."
        if span == 7
        else f"One column is {span} days; one mark is one day."
    )
    return column + (f" The first {hidden} days are in the table only." if hidden > 0 else "")


def _calendar_note(pictures: Pictures) -> str:
    hidden = _calendar_start(len(pictures.days))
    return f"The first {hidden} days are in the table above." if hidden else ""


def _timeline_key(pictures: Pictures) -> Sequence[tuple[str, str]]:
    """Return what the shapes mean: (name of the shape in the style, words)."""
    rows = [("disc", "headache day")]
    if any(day.low_mood is not None for day in pictures.days):
        rows.append(("diamond", "low-mood day"))
    if pictures.acute:
        rows.append(("square", "acute medicine taken"))
    if any(day is not None for day in pictures.cycle_days):
        rows.append(("pill", "two days before to three days into the period"))
    return [*rows, ("ring", "not recorded")]


def _calendar_key(pictures: Pictures) -> Sequence[tuple[str, str]]:
    days = pictures.days
    rows = [
        ("mild", "headache", any(day.headache and not day.is_strong for day in days)),
        ("strong", "stronger", any(day.headache and day.is_strong for day in days)),
        ("calm", "no headache", any(day.headache is False for day in days)),
        ("diamond", "low mood", any(day.low_mood for day in days)),
        ("open", "not recorded", any(day.headache is None for day in days)),
    ]
    return [(shape, words) for shape, words, is_there in rows if is_there]


def in_theme(page: str, theme: str) -> str:
    """Return a rendered page that always shows one theme on a screen, whatever the reader's own.

    Parameters
    ----------
    page : str
        As ``render`` returned it; on paper it stays as it is.
    theme : {"", "warm", "dark", "attack", "contrast"}
        Empty: the page follows the reader's setting, as it was.
    """
    shown = {"warm": (), "dark": (_DARK,), "attack": (_DARK,), "contrast": (_CONTRAST,)}
    if theme not in shown:
        return page
    return re.sub(
        r"(?<=<style>).*?(?=</style>)",
        lambda style: _always(style[0], shown[theme], is_dim=theme == "attack"),
        page,
        flags=re.DOTALL,
    )


_DARK = "(prefers-color-scheme:dark)"
_CONTRAST = "(prefers-contrast:more) and (prefers-color-scheme:light)"


def _always(style: str, shown: Sequence[str], *, is_dim: bool) -> str:
    """Let these media queries always hold, and the others never."""
    for query in (_CONTRAST, _DARK):
        always = "all" if query in shown else "not all"
        style = re.sub(rf"@media ?{re.escape(query)}", f"@media {always}", style)
    if shown == (_DARK,):
        style = style.replace("color-scheme:light dark", "color-scheme:dark")
    return _dimmed(style) if is_dim else style


def _dimmed(style: str) -> str:
    """Turn the dark theme into the one for an attack: its colours, and its softer marks."""
    begin, dark, rest = style.partition("@media all{")
    end = rest.find("}}") + 1
    block, after = rest[:end], rest[end:]
    for token, tone in charts.TOKENS["dark"].items():
        block = block.replace(tone, charts.TOKENS["attack"][token])
    for veil, softness in (("soft", charts.SOFTNESS), ("mild", charts.MILD)):
        block = block.replace(
            f".{veil}{{opacity:{softness['dark']:g}}}", f".{veil}{{opacity:{softness['attack']:g}}}"
        )
    return f"{begin}{dark}{block}{after}"


def _style(report: Report) -> str:
    """Return the page's style with its colours, its font and its printed line."""
    themes = {name: _variables(name) for name in ("warm", "dark", "contrast", "print")}
    font = b64encode(_resource(FONT_FILE)).decode()
    style = _resource("page.css").decode()
    for name, variables in themes.items():
        style = style.replace(f"/* {name} */", variables)
    paper = _css_string(sentences.paper_words(report))
    style = style.replace("/* paper line */", f"content:{paper};")
    return style.replace("/* font */", f"src:url(data:font/woff2;base64,{font}) format('woff2');")


def _variables(theme: str) -> str:
    return "".join(
        f"--{token.replace('_', '-')}:{tone};" for token, tone in charts.TOKENS[theme].items()
    )


def _css_string(words: str) -> str:
    """Quote words for CSS; every sign that could end a string or a style is written as a number."""
    signs = (
        sign if (sign.isascii() and sign.isalnum()) or sign in " .,;" else f"\\{ord(sign):06x}"
        for sign in _clean(words)
    )
    return f"'{''.join(signs)}'"


def _shown(value: object) -> object:
    """Drop control characters from every value that the template writes."""
    return _clean(value) if type(value) is str else value


def _clean(words: str) -> str:
    return "".join(sign for sign in words if unicodedata.category(sign) not in ("Cc", "Cs", "Cf"))


def _resource(name: str) -> bytes:
    return files("twofold.report").joinpath(*name.split("/")).read_bytes()
