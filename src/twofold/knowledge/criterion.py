"""The criteria of headache patterns, as tables: what must be met, and what stands before what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.field import fields
from twofold.knowledge.load import Row, rows

Weight = Literal["definite", "probable", "within", "beside"]
Kind = Literal["primary", "secondary"]
Tier = Literal["emergency", "same_day", "prompt", "note"]


@dataclass(frozen=True)
class Feature:
    """One of several features, of which a part asks for a number."""

    says: str
    when: Condition


@dataclass(frozen=True)
class AllButOne:
    """All but one of the named parts of another pattern; its other parts are met."""

    pattern: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One criterion of a pattern.

    Parameters
    ----------
    id : str
        Its letter (``"A"``).
    says : str
        The criterion in plain words.
    per_attack : bool
        Whether it is said of one attack, so that a diary is asked attack by attack.
    when : Condition or None
        What must hold.
    least, of : int, tuple of Feature
        How many of the features must hold.
    fits_any : tuple of str
        Patterns of which one must be met.
    all_but_one : AllButOne or None
    needs_examination : bool
        Whether no answer can meet it.
    or_when, and_when : Condition or None
        What is enough instead, and what must hold as well.
    attacks_of : tuple of str
        Patterns of which a diary counts the attacks: ``least`` of them are enough as well.
    over_months : int or None
        For more than how many months ``when`` must have held.
    open_when : Condition or None
        Where this holds, the criterion cannot be judged, as ``open_because`` says.
    """

    id: str
    says: str
    per_attack: bool
    when: Condition | None
    least: int
    of: tuple[Feature, ...]
    fits_any: tuple[str, ...]
    all_but_one: AllButOne | None
    needs_examination: bool
    attacks_of: tuple[str, ...]
    or_when: Condition | None
    and_when: Condition | None
    over_months: int | None
    open_when: Condition | None
    open_because: str


@dataclass(frozen=True)
class PatternFlag:
    """What must be said today where a pattern is met, or where its own condition holds."""

    tier: Tier
    says: str
    when: Condition | None
    unless: Condition | None


@dataclass(frozen=True)
class HeadachePattern:
    """One entry of the classification.

    ``weight``: a definite pattern stands before a probable one; those *within*
    belong to another one, those *beside* stand with any. ``group`` is the
    entry of the classification that a probable pattern belongs to.
    ``discuss``: a clinician should hear of it.
    """

    id: str
    name: str
    kind: Kind
    weight: Weight
    group: str
    discuss: bool
    flag: PatternFlag | None
    parts: tuple[Part, ...]
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Follows:
    """What an answer says about another question that was left open.

    Exactly one of ``as_condition``, ``copies`` and ``value`` gives the answer.
    ``is_reading``: a later answer may correct it, so reasons that rest on it
    say so. ``overrides``: it holds even where the field was answered.
    """

    id: str
    field: str
    as_condition: Condition | None
    copies: str | None
    value: bool | int | str | None
    when: Condition | None
    is_reading: bool
    overrides: bool
    says: str


@dataclass(frozen=True)
class Precedence:
    """Which met pattern stands before which, by id, by group (``"2."``) or by weight."""

    id: str
    says: str
    if_met: tuple[str, ...]
    sets_aside: tuple[str, ...]
    keeps_first_group: bool
    unless: Condition | None


@dataclass(frozen=True)
class Lasting:
    """When "for more than n months" is met, and when it is not; else it is open."""

    met: str
    not_met: str

    def conditions(self, months: int) -> tuple[Condition, Condition]:
        """Return both conditions for a number of months."""
        return condition(self.met.format(n=months)), condition(self.not_met.format(n=months))


@dataclass(frozen=True)
class Note:
    """A sentence beside a pattern that is met (not met, unknown), or where ``when`` holds."""

    id: str
    says: str
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]
    where_discussed: bool
    when: Condition | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class DayRule:
    """What makes a day one of a kind of day: an attack on it that meets the parts and ``when``."""

    id: str
    day: str
    pattern: str
    parts: tuple[str, ...]
    when: Condition | None


@dataclass(frozen=True)
class DayKind:
    """A kind of day that is counted; one of its rules is enough."""

    id: str
    says: str
    rules: tuple[DayRule, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class PainLine:
    """From which pain on 0 to 10 a word for its strength holds."""

    word: str
    least: float


@cache
def day_kinds() -> dict[str, DayKind]:
    """Return the kinds of days that are counted, by id."""
    rules = [_day_rule(row) for row in rows("criteria", "day")]
    return {
        row["id"]: DayKind(
            id=row["id"],
            says=row["says"],
            rules=tuple(one for one in rules if one.day == row["id"]),
            sources=row["sources"],
        )
        for row in rows("criteria", "day_kind")
    }


def _day_rule(row: Row) -> DayRule:
    meets = row.get("attack_meets", {})
    return DayRule(
        id=row["id"],
        day=row["day"],
        pattern=meets.get("of", ""),
        parts=tuple(meets.get("parts", ())),
        when=optional(row, "when"),
    )


@cache
def pain_lines() -> tuple[PainLine, ...]:
    """Return the words for pain on 0 to 10, the strongest first."""
    lines = [PainLine(row["id"], row["from"]) for row in rows("criteria", "pain_line")]
    return tuple(sorted(lines, key=lambda one: -one.least))


@cache
def patterns() -> dict[str, HeadachePattern]:
    """Return every pattern by its id, in the order of the classification.

    Raises
    ------
    KnowledgeError
        When a row names a pattern or a part that is not there, or says nothing.
    """
    found = {row["id"]: _pattern(row) for row in rows("criteria", "pattern")}
    for pattern in found.values():
        _check_names(pattern, found)
    return found


@cache
def follows() -> tuple[Follows, ...]:
    """Return what follows from an answer, in the order in which it is applied."""
    return tuple(_follows(row) for row in rows("criteria", "follows"))


@cache
def precedences() -> tuple[Precedence, ...]:
    """Return the rules of which pattern stands before which."""
    return tuple(
        Precedence(
            id=row["id"],
            says=row["says"],
            if_met=tuple(row["if_met"]),
            sets_aside=tuple(row.get("sets_aside", ())),
            keeps_first_group=row.get("keeps_first_group", False),
            unless=optional(row, "unless"),
        )
        for row in rows("criteria", "precedence")
    )


@cache
def lasting() -> Lasting:
    """Return what "for more than n months" means."""
    (row,) = rows("criteria", "lasting")
    return Lasting(row["met"], row["not_met"])


@cache
def pattern_notes() -> tuple[Note, ...]:
    """Return the sentences that stand beside patterns."""
    return tuple(
        Note(
            id=row["id"],
            says=row["says"],
            met=tuple(row.get("met", ())),
            not_met=tuple(row.get("not_met", ())),
            unknown=tuple(row.get("unknown", ())),
            where_discussed=row.get("met_and") == "discuss",
            when=optional(row, "when"),
            sources=row["sources"],
        )
        for row in rows("criteria", "note")
    )


def optional(row: Row, key: str) -> Condition | None:
    """Return the condition under a key of a row, if it has one."""
    return condition(row[key]) if key in row else None


def _pattern(row: Row) -> HeadachePattern:
    if row["weight"] not in get_args(Weight) or row["kind"] not in get_args(Kind):
        raise KnowledgeError(f"the pattern {row['id']} has a weight or kind that is not known.")
    return HeadachePattern(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        weight=row["weight"],
        group=str(row.get("group", row["id"])),
        discuss=row.get("discuss", False),
        flag=_flag(row["flag"]) if "flag" in row else None,
        parts=tuple(_part(one, row["id"]) for one in row["part"]),
        sources=row["sources"],
        confidence=row["confidence"],
    )


def _flag(row: Row) -> PatternFlag:
    return PatternFlag(row["tier"], row["says"], optional(row, "when"), optional(row, "unless"))


_TESTS = ("when", "of", "fits_any", "all_but_one", "examination")


def _part(row: Row, pattern: str) -> Part:
    if sum(key in row for key in _TESTS) != 1:
        raise KnowledgeError(f"the part {row['id']} of {pattern} must be tested in one way.")
    return Part(
        id=row["id"],
        says=row["says"],
        per_attack=row.get("per") == "attack",
        when=optional(row, "when"),
        least=row.get("least", 0),
        of=tuple(Feature(one["says"], condition(one["when"])) for one in row.get("of", ())),
        fits_any=tuple(row.get("fits_any", ())),
        all_but_one=_all_but_one(row.get("all_but_one")),
        needs_examination=row.get("examination", False),
        attacks_of=tuple(row.get("attacks_of", ())),
        or_when=optional(row, "or_when"),
        and_when=optional(row, "and_when"),
        over_months=row.get("over_months"),
        open_when=optional(row, "open_when"),
        open_because=row.get("open_because", ""),
    )


def _all_but_one(row: Any) -> AllButOne | None:
    return None if row is None else AllButOne(row["of"], tuple(row["parts"]))


def _follows(row: Row) -> Follows:
    for name in (row["field"], row.get("copies", row["field"])):
        if name not in fields():
            raise KnowledgeError(f"the row {row['id']} names {name!r}, which is not a field.")
    if sum(key in row for key in ("as", "copies", "value")) != 1:
        raise KnowledgeError(f"the row {row['id']} must give its answer in one way.")
    return Follows(
        id=row["id"],
        field=row["field"],
        as_condition=optional(row, "as"),
        copies=row.get("copies"),
        value=row.get("value"),
        when=optional(row, "when"),
        is_reading=row.get("read_as", False),
        overrides=row.get("overrides", False),
        says=row["says"],
    )


def _check_names(pattern: HeadachePattern, found: dict[str, HeadachePattern]) -> None:
    """Refuse names of patterns that do not stand before this one, and of unheard-of parts."""
    before = list(found)[: list(found).index(pattern.id)]
    for part in pattern.parts:
        other = part.all_but_one
        named = (*part.fits_any, *part.attacks_of, *((other.pattern,) if other else ()))
        strange = [one for one in named if one not in before]
        if strange:
            raise KnowledgeError(
                f"{pattern.id} names {strange[0]}, which does not stand before it."
            )
        if other and not set(other.parts) <= {one.id for one in found[other.pattern].parts}:
            raise KnowledgeError(f"{pattern.id} names a part that {other.pattern} does not have.")
