"""Scoring: from answers to a score. It knows no scale by name; every rule is in the scale's table.

An open item is unknown. It is filled in only where the scale's table allows it,
and the suicide question never is: without an answer there is no total, and
``item9`` says that it was not asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from twofold.diary.case import Value
from twofold.diary.item9 import Item9, NotAsked, item9_of
from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.score import CutScore, NoteScore, PartScore, Score
from twofold.knowledge.condition import condition
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording
from twofold.knowledge.scale import Band, Check, Item, Part, Scale, find_scale, grouped

Given = Mapping[str, int | None]
"""Answers by item id; ``None``, or no entry, is an open item."""

ITEM_9 = "item9"

FEW = 8
"""So many answers are named one by one in an error."""


def score(scale: str, answers: Sequence[int | None], *, day: str = "") -> Score:
    """Score a questionnaire from its answers in the order of its items.

    Parameters
    ----------
    scale : str
        Id, name or alias (``"phq9"``, ``"PHQ-9"``).
    answers : sequence of int or None
        One place for each scored item; items that are not scored may follow.
        ``None`` is an open item.
    day : str
        The ISO date on which it was answered, when known.

    Returns
    -------
    Score

    Raises
    ------
    RecordError
        When no scale has that name, the number of places is wrong, or an
        answer is not one that the item offers.

    Examples
    --------
    >>> score("PHQ-9", [2, 2, 2, 2, 2, 0, 1, 0, 0]).band
    'moderate'
    """
    table = find_scale(scale)
    if table.items and len(answers) not in (len(table.scored), len(table.items)):
        raise RecordError(
            f"{_counted(len(answers), 'place')} given, but the {table.name} has {_sizes(table)}.",
            where=table.id,
            remedy="Leave the place of an open item empty, as in 0,1,,3.",
        )
    given = zip(table.items, answers, strict=False)
    return score_items(table.id, {item.id: answer for item, answer in given}, day=day)


def score_items(scale: str, answers: Given, *, day: str = "") -> Score:
    """Score a questionnaire from its answers by item id; an item that is absent is open.

    Raises
    ------
    RecordError
        When no scale has that name, the scale has no such item, an answer is
        not one that the item offers, or the answers contradict each other.
    """
    table = find_scale(scale)
    if not table.items:
        raise RecordError(
            f"the items of the {table.name} are not known here.",
            where=table.id,
            remedy="Give its total, as one number.",
        )
    _check(table, answers)
    return _told(_Filled(table, answers, day=day))


def total_only(
    scale: str, total: float, *, day: str = "", scored_by: str = "", is_raw: bool = False
) -> Score:
    """Take a total that was scored elsewhere; its items, item 9 among them, stay unknown.

    Parameters
    ----------
    total : int or float
        The number as typed in.
    day, scored_by : str
        The ISO date it belongs to, and who scored it, when known.
    is_raw : bool
        Whether it is the plain sum of a scale whose total is stretched.

    Raises
    ------
    RecordError
        When the scale has no total, or the number cannot be one.
    """
    table = find_scale(scale)
    if not table.has_total:
        raise RecordError(
            f"the {table.name} has no total.", where=table.id, remedy="Give its answers instead."
        )
    typed = _typed_raw(table, total) if is_raw else _typed(table, total)
    return _told(_Filled(table, {}, typed=typed, day=day, scored_by=scored_by))


def score_written(scale: str, written: str, *, day: str = "", scored_by: str = "") -> Score:
    """Score what was typed on one line.

    Parameters
    ----------
    written : str
        Answers with commas, an empty place for an open item (``"0,1,,3"``); or
        one number, which is a total (``"14"``), or a plain sum (``"raw 13"``).

    Raises
    ------
    RecordError
        As for ``score`` and ``total_only``; and when a place is not a number.
    """
    table = find_scale(scale)
    text = written.strip().casefold()
    if "," in text or len(table.scored) == 1:
        return score(table.id, _places(table, text), day=day)
    is_raw = text.startswith("raw")
    total = _number(text.removeprefix("raw").strip(" =:"), where=f"{table.id}, total")
    return total_only(table.id, total, day=day, scored_by=scored_by, is_raw=is_raw)


def known_answers(found: Score) -> dict[str, Value]:
    """Return what a score lets other rules know, by field id; item 9 has a type and is not here."""
    return dict(found.known)


@dataclass(frozen=True)
class _Filled:
    """A questionnaire as it was filled in, or a total as it was typed in."""

    table: Scale
    answers: Given
    typed: float | None = None
    day: str = ""
    scored_by: str = ""

    @property
    def is_imported(self) -> bool:
        return self.typed is not None

    @property
    def expected(self) -> tuple[Item, ...]:
        """The scored items that need an answer, after what earlier answers let one leave out."""
        left = {
            one
            for skip in self.table.skips
            if self.answers.get(skip.after) == skip.answer
            for one in skip.leaves
        }
        return tuple(item for item in self.table.scored if item.id not in left)

    @property
    def missing(self) -> tuple[str, ...]:
        if self.is_imported:
            return ()
        return tuple(item.id for item in self.expected if self.answers.get(item.id) is None)


def _told(filled: _Filled) -> Score:
    """Put a score together: everything that follows from the answers or the typed total."""
    table, item9, parts = filled.table, _item9(filled), _parts(filled)
    why = _why_no_total(filled)
    total = None if why else _total(filled)
    band, ends, cuts = _band(table, total), _ends(filled), _cuts(table, total)
    known = _known(filled, total, parts)
    return Score(
        scale=table.id,
        name=table.name,
        total=total,
        least=ends[0],
        most=ends[1],
        high=table.high,
        band=band.name if band else None,
        band_label=band.label if band else None,
        band_id=band.id if band else None,
        band_sources=band.sources if band else (),
        is_estimated=total is not None and bool(filled.missing),
        is_imported=filled.is_imported,
        day=filled.day,
        scored_by=filled.scored_by,
        answered=sum(filled.answers.get(item.id) is not None for item in table.scored),
        missing=filled.missing,
        why_no_total=why,
        parts=parts,
        item9=item9,
        safety=_leads_to_safety(filled),
        asks=_asks(filled, item9),
        cuts=cuts,
        offers=_offers(table, cuts),
        known=tuple(known.items()),
        notes=_notes(table, known, item9),
        cautions=table.cautions,
        warnings=_warnings(filled),
        sources=table.sources,
        reviewed=table.reviewed,
    )


# --- the total


def _why_no_total(filled: _Filled) -> str:
    """Return why there is no total, in words; empty when there is one."""
    table, missing = filled.table, filled.missing
    words, rule = wording("scales")["why"], table.missing
    if not table.has_total:
        return str(words["no_common_total" if table.parts else "never_a_total"])
    if missing and len(missing) == len(filled.expected):
        return str(words["nothing_answered"])
    if rule and set(missing) & set(rule.never):
        return str(words["never_filled_in"])
    most = rule.at_most if rule else 0
    if len(missing) > most:
        return str(words["too_many_open"].format(missing=len(missing), most=most))
    return ""


def _total(filled: _Filled) -> float:
    """Return the total; open items stand at the mean of the answered ones, halves rounded up."""
    if filled.typed is not None:
        return filled.typed
    table = filled.table
    units = _units(table)
    points = [_points(filled, unit) for unit in units]
    known = [one for one in points if one is not None]
    raw = (2 * sum(known) * len(units) + len(known)) // (2 * len(known))
    return _stretched(table, raw) if table.is_stretched else raw


def _units(table: Scale) -> tuple[tuple[str, ...], ...]:
    """Return the scored items one by one, those that are asked twice together."""
    return grouped(table.higher_of, (item.id for item in table.scored))


def _points(filled: _Filled, unit: tuple[str, ...]) -> int | None:
    """Return what one item adds, or the higher of two that ask the same; ``None`` when open."""
    points = [_point(filled, one) for one in unit]
    known = [one for one in points if one is not None]
    return max(known) if len(known) == len(points) else None


def _point(filled: _Filled, item_id: str) -> int | None:
    answer = filled.answers.get(item_id)
    return None if answer is None else filled.table.item(item_id).points(answer)


def _stretched(table: Scale, raw: float) -> float:
    """Return a plain sum on the ends of the total."""
    if table.low is None or table.high is None:
        return raw
    ends = table.raw_ends(item.id for item in table.scored)
    return _onto(raw, ends, (table.low, table.high))


def _onto(raw: float, ends: tuple[int, int], onto: tuple[float, float]) -> float:
    """Return where a number between two ends lies between two others.

    >>> _onto(13, (0, 25), (0, 100))
    52
    """
    exact = onto[0] + (raw - ends[0]) * (onto[1] - onto[0]) / (ends[1] - ends[0])
    return round(exact) if exact == round(exact) else exact


def _ends(filled: _Filled) -> tuple[float | None, float | None]:
    """Return the ends of the total, whatever the open items would be."""
    table = filled.table
    if filled.typed is not None or not table.has_total:
        return filled.typed, filled.typed
    ends = [
        sum(max(_end(filled, one, side) for one in unit) for unit in _units(table))
        for side in ("low", "high")
    ]
    if table.is_stretched:
        return _stretched(table, ends[0]), _stretched(table, ends[1])
    return ends[0], ends[1]


def _end(filled: _Filled, item_id: str, side: str) -> int:
    point, item = _point(filled, item_id), filled.table.item(item_id)
    if point is not None:
        return point
    return item.low if side == "low" else item.high


def _parts(filled: _Filled) -> tuple[PartScore, ...]:
    return tuple(_part(filled, part) for part in filled.table.parts)


def _part(filled: _Filled, part: Part) -> PartScore:
    points = [_point(filled, one) for one in part.items]
    known = [one for one in points if one is not None]
    total: float | None = sum(known) if len(known) == len(points) else None
    if total is not None and part.is_stretched:
        total = _onto(total, filled.table.raw_ends(part.items), (part.low, part.high))
    return PartScore(part.id, part.name, part.label, total, part.high)


# --- safety: what was answered, and what is open


def _item9(filled: _Filled) -> Item9:
    """Return the suicide question as it was answered here; anything else is not asked."""
    for item in filled.table.items:
        if item.is_item9:
            return item9_of(filled.answers.get(item.id))
    return NotAsked()


def _leads_to_safety(filled: _Filled) -> bool:
    """Say whether an answer, or a total that is too high without one, leads to the safety page."""
    return any(_is_reached(filled, item) for item in filled.table.scored)


def _is_reached(filled: _Filled, item: Item) -> bool:
    if item.safety_from is None:
        return False
    if filled.typed is not None:
        others = [one.id for one in filled.table.scored if one is not item]
        return filled.typed - filled.table.raw_ends(others)[1] >= item.safety_from
    answer = filled.answers.get(item.id)
    return answer is not None and answer >= item.safety_from


def _asks(filled: _Filled, item9: Item9) -> tuple[str, ...]:
    """Return what must be asked before anything is concluded from silence."""
    unasked = (ITEM_9,) if filled.table.is_depression_scale and item9 == NotAsked() else ()
    items = (filled.table.item(one) for one in filled.missing)
    return unasked + tuple(
        f"{filled.table.id}.{item.id}"
        for item in items
        if item.safety_from is not None and not item.is_item9
    )


# --- what belongs to a total


def _band(table: Scale, total: float | None) -> Band | None:
    if total is None:
        return None
    return next((band for band in table.bands if band.low <= total <= band.high), None)


def _cuts(table: Scale, total: float | None) -> tuple[CutScore, ...]:
    if total is None:
        return ()
    return tuple(
        CutScore(
            id=cut.id,
            among=cut.among,
            is_reached=cut.low <= total <= cut.high,
            says=cut.says,
            sources=cut.sources,
            confidence=cut.confidence,
        )
        for cut in table.cuts
    )


def _offers(table: Scale, cuts: tuple[CutScore, ...]) -> tuple[str, ...]:
    reached = {cut.id for cut in cuts if cut.is_reached}
    then = (cut.then for cut in table.cuts if cut.id in reached)
    return tuple(dict.fromkeys(one for one in then if one is not None))


def _known(filled: _Filled, total: float | None, parts: tuple[PartScore, ...]) -> dict[str, Value]:
    """Return what the fields of a case are told: the total, its parts, and single answers."""
    table = filled.table
    found: dict[str, Value | None] = {table.id: total}
    found |= {f"{table.id}_{part.name}": part.total for part in parts}
    found |= {item.field: _worded(filled, item) for item in table.items}
    found |= {table.safety_field: _is_positive(filled)}
    return {name: value for name, value in found.items() if name in fields() and value is not None}


def _worded(filled: _Filled, item: Item) -> Value | None:
    """Return an answer as its field has it: the number, or the word that it stands for."""
    answer = filled.answers.get(item.id)
    field = fields().get(item.field)
    if answer is None or field is None:
        return None
    return dict(field.words)[str(answer)] if field.choices else answer


def _is_positive(filled: _Filled) -> bool | None:
    """Say whether any safety item was answered so; an open one leaves it unknown, never no."""
    if _leads_to_safety(filled):
        return True
    items = [item for item in filled.expected if item.safety_from is not None]
    is_open = filled.is_imported or any(item.id in filled.missing for item in items)
    return None if is_open or not items else False


def _notes(table: Scale, known: dict[str, Value], item9: Item9) -> tuple[NoteScore, ...]:
    """Return the notes whose condition holds; one that cannot be told is not said."""
    answers = Answers(known, item9)
    return tuple(
        NoteScore(note.id, note.text, note.sources)
        for note in table.notes
        if condition(note.when).holds(answers) is True
    )


# --- what was typed, and whether it can be


def _check(table: Scale, answers: Given) -> None:
    for item_id, answer in answers.items():
        if item_id not in {item.id for item in table.items}:
            raise RecordError(
                f"the {table.name} has no item {item_id!r}.",
                where=table.id,
                remedy=f"Its items are {', '.join(item.id for item in table.items)}.",
            )
        _check_answer(table, table.item(item_id), answer)
    for check in table.checks:
        if check.kind == "error" and _is_above(check, answers):
            raise RecordError(check.says, where=table.id, remedy="Please check these answers.")


def _check_answer(table: Scale, item: Item, answer: int | None) -> None:
    if answer is None:
        return
    if isinstance(answer, bool) or not isinstance(answer, int) or answer not in item.values:
        raise RecordError(
            f"{answer!r} is not one of its answers.",
            where=f"{table.id}, item {item.id}",
            remedy=_choices(item),
        )


def _choices(item: Item) -> str:
    whole = item.values == tuple(range(item.low, item.high + 1))
    if whole and len(item.values) > FEW:
        return f"Use a whole number from {item.low} to {item.high}."
    return f"Use {', '.join(str(one) for one in item.values[:-1])} or {item.high}."


def _is_above(check: Check, answers: Given) -> bool:
    """Say whether the answers given already add up to more than the limit."""
    given = [answer for one in check.items if (answer := answers.get(one)) is not None]
    limit = check.at_most if check.at_most_item is None else answers.get(check.at_most_item)
    return limit is not None and sum(given) > limit


def _warnings(filled: _Filled) -> tuple[str, ...]:
    checks = (check for check in filled.table.checks if check.kind == "warning")
    return tuple(check.says for check in checks if _is_above(check, filled.answers))


def _typed(table: Scale, total: float) -> float:
    """Return a typed total, after asking whether the scale can give it."""
    low, high = table.low, table.high
    if isinstance(total, bool) or not math.isfinite(total) or low is None:
        raise _not_a_total(table, total)
    if total < low or (high is not None and total > high):
        raise _not_a_total(table, total)
    step = _step(table)
    if step.is_integer() and (total - low) % step:
        raise _not_a_total(table, total)
    return int(total) if float(total).is_integer() else float(total)


def _step(table: Scale) -> float:
    """Return by how much the total goes up when the plain sum goes up by one."""
    return float(_stretched(table, 1) - _stretched(table, 0)) if table.is_stretched else 1.0


def _not_a_total(table: Scale, total: float) -> RecordError:
    ends = f"from {table.low}" + ("" if table.high is None else f" to {table.high}")
    step = _step(table)
    steps = f" in steps of {step:g}" if step.is_integer() and step > 1 else ""
    raw = " A plain sum is typed as: raw 13." if table.is_stretched else ""
    return RecordError(
        f"{total} cannot be a total.",
        where=f"{table.id}, total",
        remedy=f"Totals of the {table.name} go {ends}{steps}.{raw}",
    )


def _typed_raw(table: Scale, raw: float) -> float:
    """Return the total of a plain sum."""
    ends = table.raw_ends(item.id for item in table.scored)
    if isinstance(raw, bool) or raw not in range(ends[0], ends[1] + 1):
        raise RecordError(
            f"{raw} cannot be a plain sum.",
            where=f"{table.id}, total",
            remedy=f"The plain sum of the {table.name} goes from {ends[0]} to {ends[1]}.",
        )
    return _stretched(table, raw) if table.is_stretched else _typed(table, raw)


def _places(table: Scale, text: str) -> list[int | None]:
    names = [item.id for item in table.items]
    return [
        _whole(one.strip(), where=f"{table.id}, item {name}") if one.strip() else None
        for one, name in zip_longest(text.split(","), names, fillvalue="")
    ][: text.count(",") + 1]


def _whole(text: str, *, where: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise RecordError(
            f"{text!r} is not a whole number.", where=where, remedy="An open item is left empty."
        )
    return int(text)


def _number(text: str, *, where: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise RecordError(
            f"{text!r} is not a number.",
            where=where,
            remedy="Type the total, or the answers with commas, as in 0,1,,3.",
        )
    return float(text) if "." in text else int(text)


def _sizes(table: Scale) -> str:
    size, more = len(table.scored), len(table.items) - len(table.scored)
    extra = f", or {size + more} with what is not scored" if more else ""
    return f"{_counted(size, 'item')}{extra}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
