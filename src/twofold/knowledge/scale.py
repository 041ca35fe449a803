"""The scale: a questionnaire as a table, with items, bands and change lines and their sources."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from twofold.errors import KnowledgeError, RecordError
from twofold.knowledge.claim import Source
from twofold.knowledge.load import Row, rows

ROOM = "scales"
GENERAL = "general"

Better = Literal["low", "high"]
Audience = Literal["person", "clinician"]


@dataclass(frozen=True)
class Choice:
    """One answer that an item offers, with its code where one was verified."""

    value: int
    text: str
    code: str


@dataclass(frozen=True)
class Item:
    """One question of a scale.

    Parameters
    ----------
    id : str
        Its place in the scale (``"9"``, ``"8a"``).
    text : str
        The question; empty where the licence does not let it be shown.
    code : str
        LOINC code; empty where none was verified.
    values : tuple of int
        The answers that may be given.
    answers : tuple of Choice
        The same in words, where they may be shown.
    is_scored, is_reversed : bool
        Whether it counts towards the total, and whether a high answer counts low.
    safety_from : int or None
        From this answer on, the safety page comes first. ``None``: never.
    is_item9 : bool
        Whether this is the suicide question of the PHQ-9.
    field : str
        The field of a case that its answer also tells; empty: none.
    """

    id: str
    text: str
    code: str
    values: tuple[int, ...]
    answers: tuple[Choice, ...]
    is_scored: bool
    is_reversed: bool
    safety_from: int | None
    is_item9: bool
    field: str

    @property
    def low(self) -> int:
        """The lowest answer."""
        return self.values[0]

    @property
    def high(self) -> int:
        """The highest answer."""
        return self.values[-1]

    def points(self, answer: int) -> int:
        """Return what an answer adds to the sum."""
        return self.low + self.high - answer if self.is_reversed else answer


@dataclass(frozen=True)
class Licence:
    """Whether the questions may be shown, and on what ground."""

    may_show_items: bool
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Band:
    """A named range of the total, both ends included."""

    id: str
    name: str
    label: str
    low: float
    high: float
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Part:
    """A sum over some of the items, shown beside the total or instead of one."""

    id: str
    name: str
    label: str
    items: tuple[str, ...]
    low: float
    high: float
    is_stretched: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Missing:
    """How many open items a total bears, and which it never bears."""

    at_most: int
    never: tuple[str, ...]
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Skip:
    """Items that need no answer after a certain answer to another."""

    after: str
    answer: int
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A sum of items that cannot be (``error``), or hardly is (``warning``), above a limit."""

    id: str
    items: tuple[str, ...]
    at_most: int | None
    at_most_item: str | None
    kind: Literal["error", "warning"]
    says: str


@dataclass(frozen=True)
class Cut:
    """A screening line, with the people it was measured in; for clinicians.

    ``then`` is the scale that is worth answering once the line is reached.
    """

    id: str
    low: float
    high: float
    among: str
    then: str | None
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Line:
    """What studies or custom call a change, a response or a remission.

    Parameters
    ----------
    kind : {"meaningful", "noticed", "response", "remission"}
        Meaningful holds in both directions, the others only for the better.
    audience : {"person", "group"}
        A line between groups is never applied to one person.
    among : str
        The people it was measured in (``"general"``).
    from_total : (float, float) or None
        The first totals it holds for.
    points : (float, float) or None
        The change needed; two numbers where methods disagree, and between
        them nothing can be told.
    percent : float or None
        The change needed, as a share of the first total.
    below : float or None
        The second total must lie below it, and the first must not.
    """

    id: str
    kind: Literal["meaningful", "noticed", "response", "remission"]
    audience: Literal["person", "group"]
    among: str
    from_total: tuple[float, float] | None
    points: tuple[float, float] | None
    percent: float | None
    below: float | None
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Note:
    """A sentence that belongs to a score when its condition holds."""

    id: str
    when: str
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Scale:
    """A questionnaire with everything that its tables say.

    Parameters
    ----------
    id, name, about : str
        Its id (``"phq9"``), the name people know, and what it is about in words.
    aliases : tuple of str
        Other names under which it may be asked for.
    recall : str
        The time it asks about, in words; ``recall_days`` as days, where it is days.
    days_apart : int
        Totals closer together than this are not compared.
    items : tuple of Item
        Scored items first, in their order; empty where only a total is taken.
    higher_of : tuple of tuple of str
        Items that are asked twice: the higher answer counts.
    low, high : float or None
        The ends of the total; no ``low``: there is no total; no ``high``: the
        end is not known.
    better : {"low", "high"}
        Which end of the total is the better one.
    is_stretched : bool
        Whether the sum is stretched onto the ends of the total.
    is_depression_scale : bool
        Whether using it makes the suicide question a question that must be asked.
    safety_field : str
        The yes-or-no field of a case that its safety items answer together;
        empty: none.
    audience : {"person", "clinician"}
        Who may fill it in here.
    """

    id: str
    name: str
    about: str
    aliases: tuple[str, ...]
    recall: str
    recall_days: int | None
    days_apart: int
    stem: str
    panel: str
    code: str
    system: str
    items: tuple[Item, ...]
    higher_of: tuple[tuple[str, ...], ...]
    skips: tuple[Skip, ...]
    low: float | None
    high: float | None
    better: Better
    is_stretched: bool
    is_depression_scale: bool
    safety_field: str
    audience: Audience
    cautions: tuple[str, ...]
    licence: Licence
    missing: Missing | None
    bands: tuple[Band, ...]
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    cuts: tuple[Cut, ...]
    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]
    confidence: str
    reviewed: str

    @property
    def scored(self) -> tuple[Item, ...]:
        """The items that count."""
        return tuple(item for item in self.items if item.is_scored)

    @property
    def has_total(self) -> bool:
        """Whether its answers make one number."""
        return self.low is not None

    def item(self, item_id: str) -> Item:
        """Return one item by its id."""
        return next(item for item in self.items if item.id == item_id)

    def raw_ends(self, ids: Iterable[str]) -> tuple[int, int]:
        """Return the least and the most that some items can add up to, each group once."""
        units = grouped(self.higher_of, ids)
        low = sum(max(self.item(one).low for one in unit) for unit in units)
        return low, sum(max(self.item(one).high for one in unit) for unit in units)


def grouped(
    higher_of: tuple[tuple[str, ...], ...], ids: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the ids one by one, items that are asked twice together.

    >>> grouped((("8a", "8b"),), ["7", "8a", "8b", "9"])
    (('7',), ('8a', '8b'), ('9',))
    """
    twice = {one: group for group in higher_of for one in group}
    return tuple(dict.fromkeys(twice.get(one, (one,)) for one in ids))


@cache
def scales() -> dict[str, Scale]:
    """Return every scale by its id, in the order of the tables.

    Raises
    ------
    KnowledgeError
        When a row belongs to no scale, or a scale's numbers do not fit together.
    """
    found = {row["id"]: _scale(row) for row in rows(ROOM, "scale")}
    for kind in ("licence", "item", "missing", "bands", "part", "check", "cut", "line", "note"):
        for row in rows(ROOM, kind):
            _demand(_owner(row) in found, row["id"], "belongs to no scale")
    for scale in found.values():
        check_scale(scale)
    return found


def scale_of(name: str) -> Scale | None:
    """Return the scale of an id, a name or an alias, or ``None``: never a guess.

    >>> scale_of("PHQ-9").id
    'phq9'
    """
    return _by_name().get(_plain(name))


def find_scale(name: str) -> Scale:
    """Return the scale of an id, a name or an alias.

    Raises
    ------
    RecordError
        When no scale has that name; with the nearest one as a suggestion.
    """
    scale = scale_of(name)
    if scale is None:
        raise RecordError(f"there is no scale called {name!r}.", where="scale", remedy=_near(name))
    return scale


def _near(name: str) -> str:
    close = difflib.get_close_matches(_plain(name), _by_name(), n=1)
    hint = f"Did you mean {_by_name()[close[0]].id}? " if close else ""
    return f"{hint}Known scales: {', '.join(scales())}."


@cache
def _by_name() -> dict[str, Scale]:
    named: dict[str, Scale] = {}
    for scale in scales().values():
        for name in (scale.id, scale.name, *scale.aliases):
            if named.setdefault(_plain(name), scale) is not scale:
                raise KnowledgeError(f"two scales share the name {name!r}.")
    return named


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _scale(row: Row) -> Scale:
    low, high = (*row.get("total", ()), None, None)[:2]
    return Scale(
        id=row["id"],
        name=row["name"],
        about=row["about"],
        aliases=tuple(row.get("aliases", ())),
        recall=row.get("recall", ""),
        recall_days=row.get("recall_days"),
        days_apart=row.get("days_apart", 0),
        stem=row.get("stem", ""),
        panel=row.get("panel", ""),
        code=row.get("code", ""),
        system=row.get("system", ""),
        items=_items(row),
        higher_of=tuple(tuple(group) for group in row.get("higher_of", ())),
        skips=tuple(
            Skip(one["after"], one["is"], tuple(one["leaves"])) for one in row.get("skips", ())
        ),
        low=low,
        high=high,
        better=row["better"],
        is_stretched=row.get("is_stretched", False),
        is_depression_scale=row.get("is_depression_scale", False),
        safety_field=row.get("safety", {}).get("field", ""),
        audience=row.get("audience", "person"),
        cautions=tuple(row.get("cautions", ())),
        licence=_licence(row["id"]),
        missing=_missing(row["id"]),
        bands=_bands(row["id"]),
        parts=tuple(_part(one) for one in _of(row["id"], "part")),
        checks=tuple(_check_row(one) for one in _of(row["id"], "check")),
        cuts=tuple(_cut(one) for one in _of(row["id"], "cut")),
        lines=tuple(_line(one) for one in _of(row["id"], "line")),
        notes=tuple(
            Note(one["id"], one["when"], one["text"], one["sources"])
            for one in _of(row["id"], "note")
        ),
        sources=row["sources"],
        confidence=row["confidence"],
        reviewed=row["reviewed"],
    )


def _owner(row: Row) -> str:
    """Return the scale that a row belongs to: what stands before the dot of its id."""
    return str(row["id"]).partition(".")[0]


def _of(scale: str, kind: str) -> tuple[Row, ...]:
    return tuple(row for row in rows(ROOM, kind) if _owner(row) == scale)


def _items(row: Row) -> tuple[Item, ...]:
    """Return the items of a scale; some are the very items of another scale."""
    own = row.get("items", ())
    said = {one["id"]: one for one in rows(ROOM, "item")}
    ids = [*own, *row.get("unscored", ())]
    originals = dict(zip(own, row.get("same_as", ()), strict=False))
    return tuple(
        _item(row, one, said.get(originals.get(one, f"{row['id']}.{one}"), {})) for one in ids
    )


def _item(scale: Row, item_id: str, row: Row) -> Item:
    safety = scale.get("safety", {})
    return Item(
        id=item_id,
        text=row.get("text", ""),
        code=row.get("code", ""),
        values=_values(row) or _values(scale),
        answers=tuple(_choice(one) for one in row.get("answers") or scale.get("answers", ())),
        is_scored=item_id in scale["items"],
        is_reversed=item_id in scale.get("reversed", ()),
        safety_from=safety["from"] if item_id in safety.get("items", ()) else None,
        is_item9=item_id == scale.get("item9"),
        field=row.get("field", ""),
    )


def _values(row: Row) -> tuple[int, ...]:
    if "between" in row:
        return tuple(range(row["between"][0], row["between"][1] + 1))
    return tuple(row.get("values", ()))


def _choice(row: Row) -> Choice:
    return Choice(row["value"], row["text"], row.get("code", ""))


def _licence(scale: str) -> Licence:
    found = _of(scale, "licence")
    _demand(len(found) == 1, scale, "needs one licence row")
    row = found[0]
    return Licence(row["may_show_items"], row["says"], row["sources"], row["confidence"])


def _missing(scale: str) -> Missing | None:
    for row in _of(scale, "missing"):
        return Missing(
            row["at_most"], tuple(row["never"]), row["says"], row["sources"], row["confidence"]
        )
    return None


def _bands(scale: str) -> tuple[Band, ...]:
    return tuple(
        Band(
            id=f"{scale}.{one['name'].replace(' ', '_')}",
            name=one["name"],
            label=one.get("label", one["name"]),
            low=one["from"],
            high=one["to"],
            sources=row["sources"],
            confidence=row["confidence"],
        )
        for row in _of(scale, "bands")
        for one in row["ranges"]
    )


def _part(row: Row) -> Part:
    return Part(
        id=row["id"],
        name=row["name"],
        label=row["label"],
        items=tuple(row["items"]),
        low=row["total"][0],
        high=row["total"][1],
        is_stretched=row.get("is_stretched", False),
        sources=row["sources"],
    )


def _check_row(row: Row) -> Check:
    return Check(
        id=row["id"],
        items=tuple(row["items"]),
        at_most=row.get("at_most"),
        at_most_item=row.get("at_most_item"),
        kind=row["kind"],
        says=row["says"],
    )


def _cut(row: Row) -> Cut:
    return Cut(
        id=row["id"],
        low=row.get("at_least", float("-inf")),
        high=row.get("at_most", float("inf")),
        among=row["among"],
        then=row.get("then"),
        says=row["says"],
        sources=row["sources"],
        confidence=row["confidence"],
    )


def _line(row: Row) -> Line:
    return Line(
        id=row["id"],
        kind=row["kind"],
        audience=row.get("for", "person"),
        among=row.get("among", GENERAL),
        from_total=_pair(row.get("from_total")),
        points=_pair(row.get("points")),
        percent=row.get("percent"),
        below=row.get("below"),
        says=row["says"],
        sources=row["sources"],
        confidence=row["confidence"],
    )


def _pair(pair: list[float] | None) -> tuple[float, float] | None:
    return None if pair is None else (pair[0], pair[1])


def check_scale(scale: Scale) -> None:
    """Refuse tables whose numbers do not fit together: a slip of a digit must not pass.

    Raises
    ------
    KnowledgeError
        Naming the row.
    """
    _check_items(scale)
    _check_total(scale)
    _check_bands(scale)
    names = {item.id for item in scale.items}
    for part in scale.parts:
        _demand(names >= set(part.items), part.id, "names an item that its scale does not have")
        fits = part.is_stretched or scale.raw_ends(part.items) == (part.low, part.high)
        _demand(fits, part.id, "has a total that its items cannot give")
    for line in scale.lines:
        ways = [way for way in (line.points, line.percent, line.below) if way is not None]
        _demand(len(ways) == 1, line.id, "needs one of points, percent and below")
        fits_side = line.below is None or scale.better == "low"
        _demand(fits_side, line.id, "says below, where a higher total is the better one")


def _check_items(scale: Scale) -> None:
    for item in scale.items:
        _demand(bool(item.values), f"{scale.id}.{item.id}", "has no answers")
        _demand(list(item.values) == sorted(set(item.values)), scale.id, "has answers out of order")
        shown = bool(item.text)
        _demand(scale.licence.may_show_items or not shown, scale.id, "shows text without a licence")
    never = scale.missing.never if scale.missing else ()
    asked = [item.id for item in scale.items if item.is_item9]
    _demand(set(asked) <= set(never), scale.id, "would fill in the suicide question")


def _check_total(scale: Scale) -> None:
    if not scale.items or scale.low is None:
        return
    ends = scale.raw_ends(item.id for item in scale.scored)
    within = any(check.kind == "error" for check in scale.checks)
    fits = scale.is_stretched or within or ends == (scale.low, scale.high)
    _demand(fits, scale.id, f"has a total that its items ({ends[0]} to {ends[1]}) cannot give")


def _check_bands(scale: Scale) -> None:
    """Demand that the bands lie side by side and fill the whole total."""
    if not scale.bands:
        return
    edges = [scale.low, *(band.high + 1 for band in scale.bands[:-1])]
    _demand([band.low for band in scale.bands] == edges, scale.id, "has bands that leave a gap")
    _demand(scale.bands[-1].high == scale.high, scale.id, "has bands that end too soon")


def _demand(holds: bool, row: str, what: str) -> None:
    if not holds:
        raise KnowledgeError(f"{ROOM}: {row} {what}.")
