"""Options to discuss as the tables hold them: gates, options, care team, the experimental panel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.load import Row, rows

GRADES = ("A", "B", "C", "D", "X")
"""From several good trials in the same people (A) to no benefit or harm (X)."""


@dataclass(frozen=True)
class Derived:
    """An answer that is worked out from others: ``id`` is true where ``holds`` is."""

    id: str
    condition: Condition


@dataclass(frozen=True)
class Gate:
    """Something that is looked at before any option.

    Parameters
    ----------
    hides : tuple of str
        The tags of options that wait while the gate is open to its condition.
    says, says_to_person : str
        The same for the clinician and for the person.
    """

    id: str
    when: Condition
    hides: tuple[str, ...]
    says: str
    says_to_person: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Level:
    """One level of the rule on when to raise prevention."""

    id: str
    when: Condition
    says: str


@dataclass(frozen=True)
class Prevention:
    """When prevention is raised at all; its levels from the firmest to the weakest."""

    id: str
    says: str
    note: str
    levels: tuple[Level, ...]
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Ground:
    """What brings an option: any one of its grounds.

    Parameters
    ----------
    id : str
        The option's own id, or with a suffix ``.w1``, ``.w2`` … where a worked
        example widened the rule.
    when : Condition or None
        ``None``: it is meant for everybody.
    asks : tuple of str
        Fields to ask although the ground holds without them.
    """

    id: str
    when: Condition | None
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """A line for or against, or a reason to hold an option back.

    Parameters
    ----------
    says : str
    when : Condition or None
        ``None``: it always stands.
    given : str
        The person's words for it in "Could this suit me, given …?".
    """

    says: str
    when: Condition | None
    given: str


@dataclass(frozen=True)
class Named:
    """A medicine that an option names while nothing speaks against it.

    Parameters
    ----------
    kinds : tuple of str
        Its ingredient or group; one that did not help is left out.
    """

    name: str
    kinds: tuple[str, ...]
    unless: Condition | None


@dataclass(frozen=True)
class CautionRow:
    """A caution beside an option, by the id of the interaction rule.

    Parameters
    ----------
    medicine : str
        Told only while the option names this one; ``""``: always.
    """

    id: str
    severity: str
    says: str
    when: Condition | None
    medicine: str


@dataclass(frozen=True)
class Position:
    """What one guideline says where guidelines disagree."""

    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Option:
    """An option to discuss, with everything that may be said for and against it.

    Parameters
    ----------
    tags : tuple of str
        What kind it is; gates hide by kind.
    title : str
        ``{medicines}`` stands for the medicines that it still names.
    question_to_bring : str
        The person's question; it names no medicine.
    questions : tuple of str
        Questions for the clinician's card; ``{given}`` stands for what fits.
    named_before, named_before_when
        The option before which it is told, and when.
    """

    id: str
    tags: tuple[str, ...]
    title: str
    question_to_bring: str
    questions: tuple[str, ...]
    grade: str
    grade_note: str
    evidence: str
    grounds: tuple[Ground, ...]
    unless: tuple[Reason, ...]
    medicines: tuple[Named, ...]
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    cautions: tuple[CautionRow, ...]
    positions: tuple[Position, ...]
    named_before: str
    named_before_when: Condition | None
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Care:
    """Someone of the care team who could be asked.

    Parameters
    ----------
    stays : bool
        Whether it stands while a safety question is open.
    asks_nothing : bool
        Whether unknown answers leave it silent.
    """

    id: str
    when: Condition
    who: str
    says: str
    question_to_bring: str
    stays: bool
    asks_nothing: bool
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Experimental:
    """A row of the experimental panel: information only."""

    id: str
    title: str
    grade: str
    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class First:
    """The kinds of option that are told first, and when; otherwise the tables' order holds."""

    tags: tuple[str, ...]
    when: Condition


@cache
def firsts() -> tuple[First, ...]:
    """Return what is told first, and when."""
    return tuple(
        First(tuple(row["tags"]), condition(row["when"])) for row in rows("options", "first")
    )


@cache
def derived() -> tuple[Derived, ...]:
    """Return what is worked out before the tables are asked, in the order of working out."""
    return tuple(Derived(row["id"], condition(row["is"])) for row in rows("options", "derived"))


@cache
def gates() -> tuple[Gate, ...]:
    """Return the gates in the order in which they are looked at."""
    return tuple(
        Gate(
            row["id"],
            condition(row["when"]),
            tuple(row["hides"]),
            row["says"],
            row["says_to_person"],
            row["sources"],
        )
        for row in rows("options", "gate")
    )


@cache
def prevention() -> Prevention:
    """Return the rule on when to raise prevention."""
    (row,) = rows("options", "prevention")
    levels = tuple(Level(one["id"], condition(one["when"]), one["says"]) for one in row["level"])
    return Prevention(
        row["id"], row["says"], row["note"], levels, row["sources"], row["confidence"]
    )


@cache
def options() -> tuple[Option, ...]:
    """Return the options in the order of the tables, which is no ranking.

    Raises
    ------
    KnowledgeError
        When an option has no ground, or a grade that is not known.
    """
    return tuple(_option(row) for row in rows("options", "option"))


@cache
def care_team() -> tuple[Care, ...]:
    """Return the care-team suggestions in the order of the tables."""
    return tuple(
        Care(
            row["id"],
            condition(row["when"]),
            row["who"],
            row["says"],
            row["question_to_bring"],
            row.get("stays", False),
            row.get("asks_nothing", False),
            row["sources"],
            row["confidence"],
        )
        for row in rows("options", "care")
    )


@cache
def experimental() -> tuple[Experimental, ...]:
    """Return the experimental panel."""
    return tuple(
        Experimental(row["id"], row["title"], row["grade"], row["says"], row["sources"])
        for row in rows("options", "experimental")
    )


def _option(row: Row) -> Option:
    if not row.get("ground"):
        raise KnowledgeError(f"the option {row['id']} has no ground.")
    if row["grade"][:1] not in GRADES:
        raise KnowledgeError(f"the option {row['id']} has the unknown grade {row['grade']!r}.")
    return Option(
        id=row["id"],
        tags=tuple(row["tags"]),
        title=row["title"],
        question_to_bring=row["question_to_bring"],
        questions=tuple(row["questions"]),
        grade=row["grade"],
        grade_note=row["grade_note"],
        evidence=row["evidence"],
        grounds=tuple(_ground(one) for one in row["ground"]),
        unless=tuple(_reason(one, says="because") for one in row.get("unless", [])),
        medicines=tuple(_named(one) for one in row.get("medicine", [])),
        reasons_for=tuple(_reason(one) for one in row.get("for", [])),
        reasons_against=tuple(_reason(one) for one in row.get("against", [])),
        cautions=tuple(_caution(one) for one in row.get("caution", [])),
        positions=tuple(
            Position(one["says"], one["sources"])
            for one in rows("options", "position")
            if one["option"] == row["id"]
        ),
        named_before=row.get("named_before", ""),
        named_before_when=_maybe(row.get("named_before_when")),
        sources=row["sources"],
        confidence=row["confidence"],
    )


def _maybe(text: str | None) -> Condition | None:
    return None if text is None else condition(text)


def _ground(one: Row) -> Ground:
    return Ground(one["id"], _maybe(one.get("when")), tuple(one.get("asks", ())))


def _reason(one: Row, *, says: str = "says") -> Reason:
    return Reason(one[says], _maybe(one.get("when")), one.get("given", ""))


def _named(one: Row) -> Named:
    return Named(one["name"], tuple(one["is"]), _maybe(one.get("unless")))


def _caution(one: Row) -> CautionRow:
    return CautionRow(
        one["id"], one["severity"], one["says"], _maybe(one.get("when")), one.get("medicine", "")
    )
