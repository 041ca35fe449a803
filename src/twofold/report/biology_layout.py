"""Where everything stands in the picture of the map: places at the sides, conditions in the middle.

The layout is computed, never drawn by hand, and the same input gives the same
picture. Every link to a condition has a lane of its own beside its place, so
that its number and its line have room; links between places run as arcs along
the outer margin. All measures are px of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from twofold.knowledge.mechanism import Edge, Node, NodeKind, node_kinds, nodes

LANE = 19.0
"""Height of one lane: a line of words or numbers with room around it."""

BOX, NUMBER, FAN, MIDDLE = 130.0, 34.0, 114.0, 140.0
LEFT_MARGIN, RIGHT_MARGIN = 88.0, 54.0
HEAD, BETWEEN, GROUP_GAP, TOP = 20.0, 1.5, 4.0, 1.0
SLOT, SLOT_LEAST, PILL_GAP = 6.6, 28.0, 22.0

MIDDLE_LEFT = LEFT_MARGIN + BOX + NUMBER + FAN
MIDDLE_RIGHT = MIDDLE_LEFT + MIDDLE
RIGHT = MIDDLE_RIGHT + FAN + NUMBER
WIDTH = RIGHT + BOX + RIGHT_MARGIN

BOTH = "both"
PILLS = ("aura", "attack", "pain", BOTH, "migraine", "depression", "chronic_migraine", "anxiety")
"""The middle column from top to bottom; ``both`` takes the links told of both conditions."""

ROOM_BELOW = {"migraine": 62.0, "depression": 40.0}
"""How much room a condition needs below it, for arrows to the next one."""


@dataclass(frozen=True)
class Box:
    """A place, or a condition in the middle."""

    node: str
    label: str
    x: float
    y: float
    width: float
    height: float
    is_linked: bool

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Heading:
    """The name of a pathway above its places."""

    words: str
    x: float
    y: float


@dataclass(frozen=True)
class Number:
    """The number of a link, beside the place from which it starts."""

    edge: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """One strand of a link: an SVG path, its end, and where a strike goes through it."""

    edge: str
    path: str
    target: str
    strike: tuple[float, float]
    arrow: tuple[float, float, int, int] | None = None


@dataclass(frozen=True)
class Layout:
    """The finished picture as plain numbers."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    headings: tuple[Heading, ...]
    numbers: tuple[Number, ...]
    lines: tuple[Line, ...]


@dataclass
class _Place:
    """A place while it is being laid out: what starts and ends at its two sides."""

    node: Node
    inner: list[tuple[Edge, str]] = field(default_factory=list)
    through: list[tuple[Edge, str]] = field(default_factory=list)
    inner_in: int = 0
    outer: list[tuple[Edge, list[str]]] = field(default_factory=list)
    outer_in: int = 0
    box: Box | None = None

    @property
    def lanes(self) -> int:
        inner = len(self.inner) + len(self.through) + bool(self.inner_in)
        return max(1, inner, len(self.outer) + bool(self.outer_in))

    @property
    def is_linked(self) -> bool:
        return bool(self.inner or self.through or self.inner_in or self.outer or self.outer_in)


def layout(edges: Sequence[Edge]) -> Layout:
    """Return where every place, link and number of the map stands.

    Parameters
    ----------
    edges : sequence of Edge
        The links to draw; a place without any is drawn as one that has none yet.

    Returns
    -------
    Layout
    """
    places = _places(edges)
    columns = {side: _column(places, side) for side in ("left", "right")}
    tall = max(_height(column) for column in columns.values())
    headings = [one for column in columns.values() for one in _stack(places, column, tall)]
    middle = _middle(places, edges, tall)
    lines, numbers = _draw(places, middle, edges)
    boxes = [place.box for place in places.values() if place.box] + list(middle.values())
    return Layout(
        WIDTH, TOP + tall + 4, tuple(boxes), tuple(headings), tuple(numbers), tuple(lines)
    )


def port(targets: Sequence[str]) -> tuple[str, ...]:
    """Return where in the middle a link ends: both conditions at once are one place."""
    return (BOTH,) if set(targets) == {"migraine", "depression"} else tuple(targets)


# ------------------------------------------------------------------ what starts and ends where


def _side(node: str) -> str:
    return node_kinds()[nodes()[node].kind].side


def _places(edges: Sequence[Edge]) -> dict[str, _Place]:
    named = {node for edge in edges for step in edge.path for node in step}
    places = {
        node.id: _Place(node)
        for node in nodes().values()
        if _side(node.id) != "middle" and (node.named_in == "list" or node.id in named)
    }
    for edge in edges:
        for here, there in zip(edge.path, edge.path[1:], strict=False):
            for start in here:
                if start in places:
                    _add(places, edge, start, there)
    return places


def _add(places: dict[str, _Place], edge: Edge, start: str, there: Sequence[str]) -> None:
    place = places[start]
    to_middle = [end for end in there if end not in places]
    same = [end for end in there if end in places and _side(end) == _side(start)]
    across = [end for end in there if end in places and _side(end) != _side(start)]
    place.inner += [(edge, end) for end in port(to_middle)] if to_middle else []
    if same:
        place.outer.append((edge, same))
    place.through += [(edge, end) for end in across]
    for end in same:
        places[end].outer_in += 1
    for end in across:
        places[end].inner_in += 1


# ------------------------------------------------------------------ the columns


Column = list[tuple[NodeKind, list[_Place]]]


def _column(places: dict[str, _Place], side: str) -> Column:
    """Return the pathways of one side; within each, what leads up in the middle stands higher."""
    groups = [
        (kind, [place for place in places.values() if place.node.kind == kind.id])
        for kind in node_kinds().values()
        if kind.side == side
    ]
    return [(kind, sorted(group, key=_aim)) for kind, group in groups if group]


def _aim(place: _Place) -> float:
    """Return where in the middle a place's links end, on average; without any, at the end."""
    ends = [PILLS.index(end) for _, end in place.inner]
    if ends:
        return sum(ends) / len(ends)
    return len(PILLS) - (1.0 if place.is_linked else 0.0)


def _height(column: Column) -> float:
    boxes = sum(HEAD + sum(place.lanes * LANE + BETWEEN for place in group) for _, group in column)
    return boxes + GROUP_GAP * (len(column) - 1)


def _stack(places: dict[str, _Place], column: Column, tall: float) -> Iterator[Heading]:
    """Put a column's boxes one below the other; what room is left goes between its groups."""
    spare = (tall - _height(column)) / max(1, len(column) - 1)
    x = LEFT_MARGIN if column[0][0].side == "left" else RIGHT
    y = TOP
    for kind, group in column:
        yield Heading(kind.label, x, y + 14.5)
        y += HEAD
        for place in group:
            height = place.lanes * LANE
            node = place.node
            place.box = Box(node.id, node.label, x, y, BOX, height, place.is_linked)
            y += height + BETWEEN
        y += GROUP_GAP + spare


def _middle(places: dict[str, _Place], edges: Sequence[Edge], tall: float) -> dict[str, Box]:
    """Put each condition in the middle, as high as its lines need, as near to them as it can."""
    linked = {end for edge in edges for step in edge.path for end in (*step, *port(step))}
    heights = [_pill_height(places, pill) for pill in PILLS]
    tops = _settled([_starts(places, pill) for pill in PILLS], heights, tall)
    return {
        pill: Box(pill, _pill_label(pill), MIDDLE_LEFT, top, MIDDLE, height, pill in linked)
        for pill, top, height in zip(PILLS, tops, heights, strict=True)
    }


def _starts(places: dict[str, _Place], pill: str) -> list[float]:
    """Return the heights at which the lines to a condition start."""
    return [
        _lane_y(place, lane)
        for place in places.values()
        for lane, (_, end) in enumerate(place.inner)
        if end == pill
    ]


def _settled(starts: Sequence[list[float]], heights: Sequence[float], tall: float) -> list[float]:
    """Return tops in order, each as near as it can be to the middle of its lines' starts.

    Boxes that would overlap settle together around the mean of all their
    lines (isotonic regression by pooling neighbours).
    """
    rooms = [ROOM_BELOW.get(pill, PILL_GAP) for pill in PILLS]
    before = [sum(heights[:i]) + sum(rooms[:i]) for i in range(len(heights))]
    most = TOP + tall - before[-1] - heights[-1]
    pools: list[tuple[float, float, int]] = []
    for found, height, above in zip(starts, heights, before, strict=True):
        wish = sum(found) / len(found) - height / 2 - above if found else _last(pools)
        pools.append((wish, max(len(found), 0.01), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, weight, many), (other, heavier, more) = pools[-2:]
            both = weight + heavier
            pools[-2:] = [((one * weight + other * heavier) / both, both, many + more)]
    shifts = [min(max(wish, TOP + HEAD), most) for wish, _, many in pools for _ in range(many)]
    return [shift + above for shift, above in zip(shifts, before, strict=True)]


def _last(pools: Sequence[tuple[float, float, int]]) -> float:
    """Return where the box before stands: a condition without lines stays close to it."""
    return pools[-1][0] if pools else TOP


def _pill_label(pill: str) -> str:
    return "both together" if pill == BOTH else nodes()[pill].label


def _pill_height(places: dict[str, _Place], pill: str) -> float:
    """Return how high a condition is: by its lines on its busier side."""
    ends = [
        _side(place.node.id) for place in places.values() for _, end in place.inner if end == pill
    ]
    most = max(ends.count("left"), ends.count("right"))
    return max(SLOT_LEAST, (most + 1) * SLOT + 8)


# ------------------------------------------------------------------ lines and numbers


def _draw(
    places: dict[str, _Place], middle: dict[str, Box], edges: Sequence[Edge]
) -> tuple[list[Line], list[Number]]:
    slots = _slots(places, middle)
    marks = list(_between(middle, edges))
    for place in places.values():
        marks += [*_inner(place, slots), *_across(places, place, middle), *_outer(places, place)]
    lines = [mark for mark in marks if isinstance(mark, Line)]
    return lines, [mark for mark in marks if isinstance(mark, Number)]


def _slots(
    places: dict[str, _Place], middle: dict[str, Box]
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return where each line ends: in the order of their starts, so that they do not cross."""
    ends: dict[tuple[str, str], list[tuple[float, str, str]]] = {}
    for place in places.values():
        for lane, (edge, target) in enumerate(place.inner):
            key = (_side(place.node.id), target)
            ends.setdefault(key, []).append((_lane_y(place, lane), edge.id, place.node.id))
    found = {}
    for (side, target), starts in ends.items():
        box = middle[target]
        step = min(SLOT * 2.2, (box.height - 8) / (len(starts) + 1))
        first = box.centre[1] - step * (len(starts) - 1) / 2
        for number, (_, edge_id, node) in enumerate(sorted(starts)):
            x = box.x if side == "left" else box.x + box.width
            found[edge_id, node, target] = (x, first + step * number)
    return found


def _lane_y(place: _Place, lane: int, of: int | None = None) -> float:
    """Return the height of a lane; fewer lanes than the box has stand in its middle."""
    assert place.box is not None
    count = of or len(place.inner) + len(place.through) + bool(place.inner_in)
    top = place.box.y + (place.box.height - count * LANE) / 2
    return top + LANE * (lane + 0.5)


def _gate(place: _Place) -> tuple[float, float, int]:
    """Return where a place's inner lines start, where its numbers stand, and which way they go."""
    assert place.box is not None
    if _side(place.node.id) == "left":
        edge = place.box.x + BOX
        return edge + NUMBER, edge + NUMBER / 2, 1
    return place.box.x - NUMBER, place.box.x - NUMBER / 2, -1


def _inner(
    place: _Place, slots: dict[tuple[str, str, str], tuple[float, float]]
) -> Iterator[Line | Number]:
    if not place.inner:
        return
    start, at, _ = _gate(place)
    for lane, (edge, target) in enumerate(place.inner):
        y = _lane_y(place, lane)
        x2, y2 = slots[edge.id, place.node.id, target]
        yield Number(edge.id, at, y)
        yield Line(edge.id, _curve(start, y, x2, y2), target, ((start + x2) / 2, (y + y2) / 2))


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a line that leaves and arrives level."""
    return f"M{_n(x1)} {_n(y1)}{_bend(x1, y1, x2, y2)}"


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x1 + x2) / 2
    return f"C{_n(bend)} {_n(y1)} {_n(bend)} {_n(y2)} {_n(x2)} {_n(y2)}"


def _across(
    places: dict[str, _Place], place: _Place, middle: dict[str, Box]
) -> Iterator[Line | Number]:
    """Lead a link from one side to the other through a gap of the middle column."""
    for lane, (edge, end) in enumerate(place.through, len(place.inner)):
        start, at, way = _gate(place)
        y = _lane_y(place, lane)
        yield Number(edge.id, at, y)
        yield _passage(edge, places[end], middle, (start, y), way)


def _passage(
    edge: Edge, there: _Place, middle: dict[str, Box], start: tuple[float, float], way: int
) -> Line:
    stop, _, _ = _gate(there)
    y = _lane_y(there, len(there.inner) + len(there.through))
    gap = _gap(middle, (start[1] + y) / 2)
    near, far = (MIDDLE_LEFT, MIDDLE_RIGHT) if way > 0 else (MIDDLE_RIGHT, MIDDLE_LEFT)
    tip = stop + way * NUMBER
    path = (
        f"{_curve(*start, near, gap)}L{_n(far)} {_n(gap)}{_bend(far, gap, stop, y)}"
        f"L{_n(tip - 6 * way)} {_n(y)}"
    )
    return Line(edge.id, path, there.node.id, ((near + far) / 2, gap), (tip - way, y, way, 0))


def _gap(middle: dict[str, Box], near: float) -> float:
    """Return the middle of the free gap between two conditions that is nearest to a height."""
    pills = list(middle.values())
    gaps = [
        (upper.y + upper.height + lower.y) / 2
        for upper, lower in zip(pills, pills[1:], strict=False)
        if upper.node not in ROOM_BELOW
    ]
    return min(gaps, key=lambda gap: abs(gap - near))


def _outer(places: dict[str, _Place], place: _Place) -> Iterator[Line | Number]:
    """Draw links between places of one side as arcs along the outer margin."""
    if not place.outer or place.box is None:
        return
    way = -1 if _side(place.node.id) == "left" else 1
    edge_x = place.box.x + (BOX if way > 0 else 0.0)
    count = len(place.outer) + bool(place.outer_in)
    for lane, (edge, ends) in enumerate(place.outer):
        y = _lane_y(place, lane, count)
        yield Number(edge.id, edge_x + way * NUMBER / 2, y)
        for end in ends:
            yield _arc(edge, places[end], edge_x, y, way)


def _arc(edge: Edge, there: _Place, edge_x: float, y: float, way: int) -> Line:
    y2 = _lane_y(there, len(there.outer), len(there.outer) + 1)
    x = edge_x + way * (NUMBER - 2)
    margin = LEFT_MARGIN if way < 0 else RIGHT_MARGIN
    reach = x + way * min((margin - NUMBER) * 1.28, 16 + abs(y2 - y) * 0.16)
    path = (
        f"M{_n(x)} {_n(y)}C{_n(reach)} {_n(y)} {_n(reach)} {_n(y2)} {_n(x)} {_n(y2)}"
        f"L{_n(edge_x + way * 6)} {_n(y2)}"
    )
    middle = ((x + 3 * reach) / 4, (y + y2) / 2)
    return Line(edge.id, path, there.node.id, middle, (edge_x + way, y2, -way, 0))


def _between(middle: dict[str, Box], edges: Sequence[Edge]) -> Iterator[Line | Number]:
    """Draw links from one condition to another as upright arrows, side by side."""
    gaps: dict[tuple[str, str], list[tuple[Edge, bool]]] = {}
    for edge in edges:
        for start, end in edge.strands():
            if start in middle and end in middle:
                down = PILLS.index(start) < PILLS.index(end)
                key = (start, end) if down else (end, start)
                gaps.setdefault(key, []).append((edge, down))
    for (upper, lower), arrows in gaps.items():
        top, foot = middle[upper].y + middle[upper].height, middle[lower].y
        for number, (edge, down) in enumerate(arrows):
            x = MIDDLE_LEFT + MIDDLE * (number + 0.5) / len(arrows) - 10
            root, tip, way = (top, foot, 1) if down else (foot, top, -1)
            path = f"M{_n(x)} {_n(root)}L{_n(x)} {_n(tip - 6 * way)}"
            target = lower if down else upper
            yield Line(edge.id, path, target, (x, (top + foot) / 2), (x, tip - way, 0, way))
            yield Number(edge.id, x + 16, (top + foot) / 2)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
