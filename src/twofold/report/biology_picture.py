"""The map as one SVG: places as soft boxes, links as lines whose weight is their strength."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil

from twofold.charts import FONT, TOKENS
from twofold.knowledge.mechanism import Edge, Strength, edges, nodes, strengths
from twofold.report.biology_layout import MIDDLE_LEFT, Box, Layout, Line, Number, layout

WIDTHS = {4: 4.6, 3: 3.0, 2: 1.8, 1: 1.5}
DASHES = {2: "7 4", 1: "2 4.5"}
TONES = {"M": "headache", "D": "mood", "B": "ink2"}
MARK_ROOM = 46.0
"""How high a condition must be to hold its shape above its name."""

SHAPES = {
    "aura": "M", "attack": "M", "pain": "M", "migraine": "M", "chronic_migraine": "M",
    "depression": "D", "anxiety": "D", "both": "both",
}  # fmt: skip
TITLE = "The shared biology of migraine and depression"

STYLE = (
    "text{font-family:" + FONT + ";font-size:14.5px;fill:var(--ink)}"
    ".head{font-weight:600}"
    ".no text{fill:var(--ink2);font-variant-numeric:tabular-nums}"
    ".box{fill:var(--sunk)}"
    ".none .box{fill:none;stroke:var(--unknown);stroke-width:1.2;stroke-dasharray:2 3}"
    ".none text{fill:var(--ink2)}"
    ".pill{fill:var(--surface);stroke:var(--ink2);stroke-width:1.5}"
    ".pill-M{stroke:var(--headache);stroke-width:2.2}.pill-D{stroke:var(--mood);stroke-width:2.2}"
    ".pill-name{font-weight:600;font-size:15px}"
    ".line{fill:none;stroke-linecap:butt;opacity:.72}"
    ".hit{fill:none;stroke:transparent;stroke-width:11}"
    ".t-M{stroke:var(--headache)}.t-D{stroke:var(--mood)}.t-B{stroke:var(--ink2)}"
    ".tip{stroke:none;opacity:.85}"
    ".tip.t-M{fill:var(--headache)}.tip.t-D{fill:var(--mood)}.tip.t-B{fill:var(--ink2)}"
    ".strike{stroke:var(--ink);stroke-width:1.8}"
    ".struck text{text-decoration:line-through}"
    ".m-headache{fill:var(--headache)}.m-mood{fill:var(--mood)}"
)
"""The picture's own style; the colours are the page's variables, or literal hex when alone."""


def picture(shown: Sequence[Edge], *, theme: str = "", links: bool = True) -> str:
    """Return the map as SVG.

    Parameters
    ----------
    shown : sequence of Edge
        The links to draw.
    theme : str, optional
        A theme of ``charts.TOKENS`` for a picture that stands alone; "" leaves
        the colours to the page.
    links : bool, optional
        Whether a number leads to ``#E01`` on the page.
    """
    drawn = layout(shown)
    width, height = ceil(drawn.width), ceil(drawn.height)
    parts = [*_lines(drawn, links), *map(_box, drawn.boxes), *_headings(drawn)]
    firsts = {number.edge: number for number in reversed(drawn.numbers)}
    parts += [
        _number(number, links, is_first=firsts[number.edge] is number) for number in drawn.numbers
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="group" '
        f'aria-labelledby="map-title map-desc" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" style="--w:{width}px;max-width:{width}px">'
        f'<title id="map-title">{TITLE}</title><desc id="map-desc">{_desc(shown)}</desc>'
        f"<style>{_style(theme)}</style>{''.join(parts)}</svg>"
    )


def swatch(strength: Strength) -> str:
    """Draw a short line as links of this strength are drawn."""
    dash = f' stroke-dasharray="{DASHES[strength.weight]}"' if strength.is_dashed else ""
    cross = '<path class="strike" d="M20 3l8 8M20 11l8 -8"/>' if strength.is_struck else ""
    return (
        '<svg class="swatch" aria-hidden="true" width="48" height="14" viewBox="0 0 48 14">'
        f'<path class="line t-B" d="M1 7H47" stroke-width="{WIDTHS[strength.weight]}"{dash}/>'
        f"{cross}</svg>"
    )


def _style(theme: str) -> str:
    if not theme:
        return STYLE
    style = STYLE
    for token in sorted(TOKENS[theme], key=len, reverse=True):
        style = style.replace(f"var(--{token})", TOKENS[theme][token])
    return style


def _desc(shown: Sequence[Edge]) -> str:
    counts = [
        f"{sum(edge.strength == strength.id for edge in shown)} {strength.label}"
        for strength in strengths().values()
    ]
    return (
        f"{len(shown)} links between {len(nodes())} places: {', '.join(counts)}. "
        "The same links are in the list and in the table below."
    )


def _headings(drawn: Layout) -> Iterator[str]:
    for one in drawn.headings:
        yield f'<text class="head" x="{one.x:.1f}" y="{one.y:.1f}">{escape(one.words)}</text>'


def _lines(drawn: Layout, links: bool) -> Iterator[str]:
    """Draw the lines, the thinnest last, so that none hides below a thicker one."""
    weight = strengths()
    order = sorted(drawn.lines, key=lambda line: -weight[edges()[line.edge].strength].weight)
    return (_line(line, links) for line in order)


def _line(line: Line, links: bool) -> str:
    edge = edges()[line.edge]
    strength = strengths()[edge.strength]
    dash = f' stroke-dasharray="{DASHES[strength.weight]}"' if strength.is_dashed else ""
    body = (
        f'<path class="line t-{edge.condition}" d="{line.path}" '
        f'stroke-width="{WIDTHS[strength.weight]}"{dash}/>{_tip(line, edge.condition)}'
        f"{_strike(line) if strength.is_struck else ''}"
    )
    if links:
        hit = f'<path class="hit" d="{line.path}"/>'
        body = f'<a href="#{edge.id}" tabindex="-1" aria-hidden="true">{body}{hit}</a>'
    return f'<g data-edge="{edge.id}">{body}</g>'


def _tip(line: Line, condition: str) -> str:
    if line.arrow is None:
        return ""
    x, y, across, down = line.arrow
    back = (x - 8 * across, y - 8 * down)
    side = (4.2 * down, 4.2 * across)
    points = [
        (x, y),
        (back[0] + side[0], back[1] + side[1]),
        (back[0] - side[0], back[1] - side[1]),
    ]
    return (
        f'<polygon class="tip t-{condition}" points="'
        + " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        + '"/>'
    )


def _strike(line: Line) -> str:
    x, y = line.strike
    return (
        f'<path class="strike" d="M{x - 5:.1f} {y - 5:.1f}l10 10M{x - 5:.1f} {y + 5:.1f}l10 -10"/>'
    )


def _box(box: Box) -> str:
    if box.x == MIDDLE_LEFT:
        return _pill(box)
    x, y = box.centre
    none = "" if box.is_linked else ' class="none"'
    return (
        f'<g data-node="{box.node}"{none}><rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" rx="6"/>'
        f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{escape(box.label)}</text></g>'
    )


def _pill(box: Box) -> str:
    """Draw a condition; its shape, disc for headache and diamond for mood, says which it is."""
    x, y = box.centre
    marks = SHAPES.get(box.node, "") if box.is_linked else ""
    look = f"pill pill-{marks or 'none'}" if box.is_linked else "box"
    none = "" if box.is_linked else ' class="none"'
    has_room = bool(marks) and box.height > MARK_ROOM
    down = 14 if has_room else 5
    return (
        f'<g data-node="{box.node}"{none}><rect class="{look}" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" rx="12"/>'
        f"{_marks(marks, x, y - 9) if has_room else ''}"
        f'<text class="pill-name" x="{x:.1f}" y="{y + down:.1f}" text-anchor="middle">'
        f"{escape(box.label)}</text></g>"
    )


def _marks(marks: str, x: float, y: float) -> str:
    disc = f'<circle class="m-headache" cx="%.1f" cy="{y:.1f}" r="6"/>'
    diamond = f'<path class="m-mood" d="M%.1f {y - 7:.1f}l7 7l-7 7l-7 -7Z"/>'
    if marks == "both":
        return disc % (x - 9) + diamond % (x + 9)
    return (disc if marks == "M" else diamond) % x


def _number(number: Number, links: bool, *, is_first: bool) -> str:
    """Write a link's number; the keyboard stops once at each link, however often it stands."""
    edge = edges()[number.edge]
    strength = strengths()[edge.strength]
    struck = " struck" if strength.is_struck else ""
    text = (
        f'<text x="{number.x:.1f}" y="{number.y + 5:.1f}" text-anchor="middle">'
        f"{number.edge.removeprefix('E').removeprefix('0')}</text>"
    )
    if links:
        words = escape(f"{edge.id}, {strength.label}: {edge.claim}")
        stop = "" if is_first else ' tabindex="-1" aria-hidden="true"'
        text = f'<a href="#{edge.id}" aria-label="{words}"{stop}>{text}</a>'
    return f'<g class="no{struck}" data-edge="{edge.id}">{text}</g>'
