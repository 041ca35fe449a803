"""What must be seen now, today or soon, and what opens the safety page: as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.criterion import Tier, optional
from twofold.knowledge.load import Row, rows

ROOM = "criteria"


@dataclass(frozen=True)
class Step:
    """How soon something must be seen where ``when`` holds, with the words for it."""

    tier: Tier
    when: Condition | None
    says: str
    do: str


@dataclass(frozen=True)
class Emergency:
    """One thing that must be seen.

    Parameters
    ----------
    id, name : str
    red_flag : str
        The warning sign whose words these are; then that table says when it is
        there. Empty: ``when`` says it.
    when, unless : Condition or None
        ``unless`` counts only where it is certain.
    steps : tuple of Step
        The most urgent first.
    """

    id: str
    name: str
    red_flag: str
    when: Condition | None
    unless: Condition | None
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Rule:
    """A condition with its id, and what it says when it holds."""

    id: str
    when: Condition
    says: str


@dataclass(frozen=True)
class Takes:
    """A yes/no field that the list of medicines answers: any of these names or class tags."""

    field: str
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Quiet:
    """For how many days a checked sign is told more quietly, and where it may be at all."""

    days: int
    when: Condition


@cache
def emergencies() -> tuple[Emergency, ...]:
    """Return everything that must be seen, in the order of the table.

    Raises
    ------
    KnowledgeError
        When a row has no step, an unknown tier, or nothing that says when it is there.
    """
    return tuple(_emergency(row) for row in rows(ROOM, "emergency"))


@cache
def triggers() -> tuple[Rule, ...]:
    """Return what opens the safety page; any one is enough."""
    return _rules("trigger")


@cache
def headings() -> tuple[Rule, ...]:
    """Return the rules under which the safety page is headed "someone today"."""
    return _rules("heading")


@cache
def scale_rules() -> tuple[Rule, ...]:
    """Return the rules under which item 9 must be asked before anything else."""
    return _rules("ask_item9")


@cache
def page_steps() -> tuple[Rule, ...]:
    """Return where each answer on the safety page leads."""
    return _rules("step")


@cache
def takes() -> tuple[Takes, ...]:
    """Return the fields that the list of medicines answers."""
    return tuple(Takes(row["id"], tuple(row["any_of"])) for row in rows(ROOM, "takes"))


@cache
def quiet() -> Quiet:
    """Return the rule for a sign that a doctor has already checked."""
    (row,) = rows(ROOM, "quiet")
    return Quiet(row["days"], condition(row["when"]))


def _rules(kind: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(row["id"], condition(row["when"]), row.get("says", "")) for row in rows(ROOM, kind)
    )


def _emergency(row: Row) -> Emergency:
    steps = tuple(_step(one, row["id"]) for one in row.get("step", ()))
    when, red_flag = optional(row, "when"), row.get("red_flag", "")
    if not steps or (when is None) is (red_flag == ""):
        raise KnowledgeError(f"{row['id']} needs steps, and a condition or a warning sign.")
    return Emergency(
        id=row["id"],
        name=row["name"],
        red_flag=red_flag,
        when=when,
        unless=optional(row, "unless"),
        steps=steps,
        sources=row["sources"],
    )


def _step(row: Row, owner: str) -> Step:
    if row["tier"] not in get_args(Tier):
        raise KnowledgeError(f"{owner} has the unknown tier {row['tier']!r}.")
    return Step(row["tier"], optional(row, "when"), row["says"], row["do"])
