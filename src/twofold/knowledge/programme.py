"""The programme of twelve sessions as the tables hold it: outline, gates, evidence, modules."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.load import rows


@dataclass(frozen=True)
class Programme:
    """What the programme is, and what it is not.

    Parameters
    ----------
    honesty : str
        The label that always stands beside it.
    origin : str
        Where the outline comes from.
    response, measuring, stop : str
        How change is told, what is measured when, and how an exercise ends early.
    """

    id: str
    title: str
    weeks: int
    minutes: int
    honesty: str
    origin: str
    response: str
    measuring: str
    stop: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class AloneGate:
    """A reason for which the programme is not offered without a therapist."""

    id: str
    when: Condition
    says: str
    says_to_person: str


@dataclass(frozen=True)
class Session:
    """One session.

    Parameters
    ----------
    measures : tuple of str
        Questionnaires by their ids; diary and item 9's rule hold in every session.
    edges : tuple of str
        Links of the shared-biology map that it tells.
    """

    id: str
    number: int
    title: str
    goals: str
    exercises: tuple[str, ...]
    homework: str
    measures: tuple[str, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """What one study found; ``people`` is 0 where the table has no number."""

    id: str
    says: str
    people: int
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Module:
    """A short exercise in steps."""

    id: str
    title: str
    steps: tuple[str, ...]


@cache
def programme() -> Programme:
    """Return the one programme of the tables."""
    (row,) = rows("programme", "programme")
    return Programme(**{part.name: row[part.name] for part in fields(Programme)})


@cache
def alone_gates() -> tuple[AloneGate, ...]:
    """Return every reason for a therapist first."""
    return tuple(
        AloneGate(row["id"], condition(row["when"]), row["says"], row["says_to_person"])
        for row in rows("programme", "gate")
    )


@cache
def sessions() -> tuple[Session, ...]:
    """Return the sessions in order."""
    return tuple(
        Session(
            row["id"],
            row["number"],
            row["title"],
            row["goals"],
            tuple(row["exercises"]),
            row["homework"],
            tuple(row["measures"]),
            tuple(row.get("edges", ())),
        )
        for row in rows("programme", "session")
    )


@cache
def evidence() -> tuple[Study, ...]:
    """Return what studies found, the one on both conditions first."""
    return tuple(
        Study(row["id"], row["says"], row.get("people", 0), row["sources"], row["confidence"])
        for row in rows("programme", "evidence")
    )


@cache
def modules() -> tuple[Module, ...]:
    """Return the short modules of the self-help library."""
    return tuple(
        Module(row["id"], row["title"], tuple(row["steps"])) for row in rows("programme", "module")
    )
