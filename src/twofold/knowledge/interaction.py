"""Interaction rules as the books list them: which medicines, how severe, and on what it depends.

A rule keeps the id of its table ("PK-04"). Its clauses say for which medicines,
doses, times and answers it holds and how severe it then is. A clause names class
tags and ingredients, never brands; what it needs of a person stands in the
language of ``condition.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.field import fields
from twofold.knowledge.load import Row, rows, wording
from twofold.knowledge.medicine import names

Severity = Literal["minor", "moderate", "serious", "contraindicated"]
Audience = Literal["everyone", "clinician"]
Locale = Literal["US", "EU", "UK"]
Side = Literal["a", "b"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
LOCALES: tuple[Locale, ...] = get_args(Locale)
ANY = "any"
"""The key of a wash-out that holds for every medicine not named itself."""


@dataclass(frozen=True)
class Told:
    """What is said when a clause holds, and where it comes from.

    Parameters
    ----------
    say : str
        To the person.
    urgent : str
        Signs that need urgent help, or ``""``.
    action : str or None
        Whom to ask; ``None``: the sentence that goes with the severity.
    mechanism, note : str
        To the clinician.
    audience : {"everyone", "clinician"}
        What is for clinicians is never shown to the person.
    sources : tuple of Source
        Empty: no source was found, and the person is never shown it.
    """

    say: str
    urgent: str
    action: str | None
    mechanism: str
    note: str
    audience: Audience
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
    reviewed: str


@dataclass(frozen=True)
class Clause:
    """One case of a rule: who, on what it depends, and how severe it is.

    Parameters
    ----------
    id : str
        The rule's id, or the same with a letter.
    a, b, third : tuple of str
        Class tags or ingredients; without ``b`` the rule is about one medicine
        and the person. ``third`` must stand on the same list as well.
    a_from, b_from : tuple of str
        Answers in one of which the medicine must be named ("stopped_suddenly").
    when : Condition or None
        What must hold of the person.
    at_least : int
        For a rule that counts: so many different medicines of ``a``.
    in_last_24_h : tuple of str
        For a rule that counts: these count only when taken in the last 24 hours.
    a_over_mg, b_over_mg : float or None
        Only above this much a day.
    a_single_over_mg, a_total_24_h_over_mg : float or None
        Only above this much at once, or in 24 hours.
    after_a_d, after_b_d : tuple of (str, int)
        For how many days after that medicine was stopped it still holds.
    within_h : float or None
        It holds unless it is known that so many hours lie between the two.
    recorded : tuple of {"a", "b"}
        Whose intake must have been recorded.
    locales : tuple of str
        Where it holds.
    is_hard : bool
        Whether it is told at every recorded intake.
    """

    id: str
    severity: Severity
    told: Told
    a: tuple[str, ...]
    b: tuple[str, ...]
    third: tuple[str, ...]
    a_from: tuple[str, ...]
    b_from: tuple[str, ...]
    when: Condition | None
    at_least: int
    in_last_24_h: tuple[str, ...]
    a_over_mg: float | None
    b_over_mg: float | None
    a_single_over_mg: float | None
    a_total_24_h_over_mg: float | None
    after_a_d: tuple[tuple[str, int], ...]
    after_b_d: tuple[tuple[str, int], ...]
    within_h: float | None
    recorded: tuple[Side, ...]
    locales: tuple[Locale, ...]
    is_hard: bool

    @property
    def rank(self) -> tuple[int, bool]:
        """How strongly it speaks: by severity, then whether it is told at every intake."""
        return SEVERITIES.index(self.severity), self.is_hard

    @property
    def is_of_an_intake(self) -> bool:
        """Whether it is about a recorded intake, so that it is told each time."""
        return self.is_hard or self.within_h is not None


@dataclass(frozen=True)
class Example:
    """What a rule must say about a list of medicines, so that its table can be signed.

    Parameters
    ----------
    medicines : tuple of str
        As people write them.
    case : tuple of (str, object)
        What is known of the person.
    expects : str
        A severity, ``"none"``, or ``"ask"``: nothing yet, but something to ask.
    asks : tuple of str
        What must at least be asked.
    is_hard : bool or None
        Whether it must be told at every intake; ``None``: not looked at.
    audience : {"everyone", "clinician"}
    """

    medicines: tuple[str, ...]
    case: tuple[tuple[str, Any], ...]
    locale: Locale
    expects: str
    asks: tuple[str, ...]
    is_hard: bool | None
    audience: Audience


@dataclass(frozen=True)
class Rule:
    """One rule: its clauses from the table's order, and the examples that it must meet."""

    id: str
    title: str
    clauses: tuple[Clause, ...]
    examples: tuple[Example, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every answer that any of its clauses looks at."""
        return frozenset(name for clause in self.clauses for name in _looked_at(clause))


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the subjects.

    Raises
    ------
    KnowledgeError
        When a clause names a class, ingredient, answer, severity or key that
        does not exist.
    """
    order = [f"interactions/{subject}.toml" for subject in wording("interactions")["order"]]
    found = sorted(rows("interactions", "rule"), key=lambda row: order.index(row["table"]))
    return tuple(_rule(row) for row in found)


def _looked_at(clause: Clause) -> Iterable[str]:
    asked = clause.when.names if clause.when is not None else frozenset()
    return (*asked, *clause.a_from, *clause.b_from)


def _rule(row: Row) -> Rule:
    return Rule(
        id=row["id"],
        title=row["title"],
        clauses=tuple(_clause(one, row) for one in row["case"]),
        examples=tuple(_example(one, row) for one in row["example"]),
    )


_CLAUSE_KEYS = {
    *("id", "severity", "a", "b", "third", "a_from", "b_from", "when", "at_least"),
    *("in_last_24_h", "a_over_mg", "b_over_mg", "a_single_over_mg", "a_total_24_h_over_mg"),
    *("after_a_d", "after_b_d", "within_h", "recorded", "locale", "hard"),
    *("say", "urgent", "mechanism", "note", "audience", "confidence", "unsourced"),
}
_EXAMPLE_KEYS = {"medicines", "case", "locale", "expects", "asks", "hard", "audience"}


def _clause(one: Row, row: Row) -> Clause:
    _refuse_unknown(set(one) - _CLAUSE_KEYS, f"{one.get('id')} has the unknown key")
    _refuse_unknown({one["severity"]} - set(SEVERITIES), f"{one['id']} has the unknown severity")
    _refuse_unknown(_tags_of(one) - _known_tags(), f"{one['id']} names the unknown medicine")
    lists = (*one.get("a_from", ()), *one.get("b_from", ()))
    _refuse_unknown(set(lists) - set(fields()), f"{one['id']} looks at the unknown answer")
    return Clause(
        id=one["id"],
        severity=one["severity"],
        told=_told(one, row),
        a=tuple(one["a"]),
        b=tuple(one.get("b", ())),
        third=tuple(one.get("third", ())),
        a_from=tuple(one.get("a_from", ())),
        b_from=tuple(one.get("b_from", ())),
        when=condition(one["when"]) if "when" in one else None,
        at_least=one.get("at_least", 0),
        in_last_24_h=tuple(one.get("in_last_24_h", ())),
        a_over_mg=one.get("a_over_mg"),
        b_over_mg=one.get("b_over_mg"),
        a_single_over_mg=one.get("a_single_over_mg"),
        a_total_24_h_over_mg=one.get("a_total_24_h_over_mg"),
        after_a_d=tuple(one.get("after_a_d", {}).items()),
        after_b_d=tuple(one.get("after_b_d", {}).items()),
        within_h=one.get("within_h"),
        recorded=tuple(one.get("recorded", ())),
        locales=tuple(one.get("locale", LOCALES)),
        is_hard=one.get("hard", False),
    )


def _told(one: Row, row: Row) -> Told:
    whole = row | one
    return Told(
        say=whole["say"],
        urgent=whole.get("urgent", ""),
        action=row.get("action"),
        mechanism=whole["mechanism"],
        note=whole.get("note", ""),
        audience=whole.get("audience", "everyone"),
        sources=() if one.get("unsourced") else row["sources"],
        confidence=whole["confidence"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )


def _example(one: Row, row: Row) -> Example:
    _refuse_unknown(set(one) - _EXAMPLE_KEYS, f"an example of {row['id']} has the unknown key")
    return Example(
        medicines=tuple(part.strip() for part in one["medicines"].split(",")),
        case=tuple(one.get("case", {}).items()),
        locale=one.get("locale", "US"),
        expects=one["expects"],
        asks=tuple(one.get("asks", ())),
        is_hard=one.get("hard"),
        audience=one.get("audience", "everyone"),
    )


def _tags_of(one: Row) -> set[str]:
    washed = {tag for side in ("after_a_d", "after_b_d") for tag in one.get(side, {})}
    listed = {tag for key in ("a", "b", "third", "in_last_24_h") for tag in one.get(key, ())}
    return listed | (washed - {ANY})


@cache
def _known_tags() -> frozenset[str]:
    """Return every class tag and ingredient that some name leads to."""
    return frozenset(
        tag for named in names().values() for tag in (*named.classes, *named.ingredients)
    )


def _refuse_unknown(strange: set[str], what: str) -> None:
    if strange:
        raise KnowledgeError(f"interactions: {what} {min(strange)!r}.")
