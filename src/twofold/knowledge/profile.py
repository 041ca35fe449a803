"""The short questionnaire and the themes of the profile, as the tables hold them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.field import Field, fields
from twofold.knowledge.load import Row, claims, rows

MOST_QUESTIONS = 25


@dataclass(frozen=True)
class Asked:
    """One question of the questionnaire; not asked of those whom it does not concern."""

    field: Field
    unless: Condition | None


@dataclass(frozen=True)
class Clue:
    """Something in the answers that points to a theme."""

    id: str
    when: Condition
    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Theme:
    """A mechanism that is worth asking about.

    Parameters
    ----------
    evidence : {"strong", "some", "weak", "unknown"}
        In studies of many people, not in this person.
    edges : tuple of str
        Links of the shared-biology map.
    track : tuple of str
        Ids of claims, the most telling first.
    """

    id: str
    label: str
    evidence: str
    edges: tuple[str, ...]
    question_to_bring: str
    track: tuple[str, ...]
    clues: tuple[Clue, ...]
    sources: tuple[Source, ...]


@cache
def questionnaire() -> tuple[Asked, ...]:
    """Return the questions in order.

    Raises
    ------
    KnowledgeError
        When there are more than 25, or one is no field.
    """
    asked = rows("profile", "question")
    if len(asked) > MOST_QUESTIONS:
        raise KnowledgeError(f"the questionnaire asks {len(asked)} questions; 25 are allowed.")
    strange = [row["id"] for row in asked if row["id"] not in fields()]
    if strange:
        raise KnowledgeError(f"the questionnaire asks {strange[0]}, which is no field.")
    return tuple(Asked(fields()[row["id"]], _unless(row)) for row in asked)


@cache
def mood_scales() -> tuple[str, ...]:
    """Return the questionnaires of mood whose totals the profile tells."""
    return tuple(row["id"] for row in rows("profile", "mood"))


@cache
def themes() -> tuple[Theme, ...]:
    """Return the themes in the order in which they are told.

    Raises
    ------
    KnowledgeError
        When a theme tracks something that is no claim.
    """
    return tuple(_theme(row) for row in rows("profile", "theme"))


def _theme(row: Row) -> Theme:
    strange = sorted(set(row["track"]) - set(claims()))
    if strange:
        raise KnowledgeError(f"the theme {row['id']} tracks {strange[0]}, which is no claim.")
    return Theme(
        id=row["id"],
        label=row["label"],
        evidence=row["evidence"],
        edges=tuple(row["edges"]),
        question_to_bring=row["question_to_bring"],
        track=tuple(row["track"]),
        clues=tuple(_clue(one) for one in rows("profile", "clue") if one["theme"] == row["id"]),
        sources=row["sources"],
    )


def _clue(row: Row) -> Clue:
    return Clue(row["id"], condition(row["when"]), row["says"], row["sources"])


def _unless(row: Row) -> Condition | None:
    return condition(row["unless"]) if "unless" in row else None
