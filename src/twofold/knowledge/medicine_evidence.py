"""What guidelines, trials and reviews say about medicines, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows
from twofold.knowledge.medicine import medicines

Direction = Literal["for", "against", "unclear"]


@dataclass(frozen=True)
class Guideline:
    """One guideline or review in our own words; ``audience`` is empty or ``"clinician"``."""

    id: str
    says: str
    audience: str
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Evidence:
    """What one source says about one or more medicines for one condition.

    ``level`` is the source's own grade, ``""`` where it gives none.
    """

    id: str
    medicines: tuple[str, ...]
    condition: str
    direction: Direction
    level: str
    says: str
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Disagreement:
    """A question on which guidelines differ: every position is shown, none is chosen."""

    id: str
    about: str
    positions: tuple[tuple[Guideline, ...], ...]


@cache
def guidelines() -> dict[str, Guideline]:
    """Return the guidelines and reviews by id."""
    return {
        row["id"]: Guideline(
            row["id"], row["says"], row.get("audience", ""), row["sources"], row["confidence"]
        )
        for row in rows("medicines", "guideline")
    }


@cache
def disagreements() -> tuple[Disagreement, ...]:
    """Return the questions on which guidelines differ, each with all its positions."""
    return tuple(
        Disagreement(
            row["id"],
            row["about"],
            tuple(tuple(guidelines()[one] for one in side) for side in row["positions"]),
        )
        for row in rows("medicines", "disagreement")
    )


@cache
def all_evidence() -> tuple[Evidence, ...]:
    """Return every row of evidence.

    Raises
    ------
    KnowledgeError
        When a row names a medicine or a direction that does not exist.
    """
    return tuple(_evidence(row) for row in rows("medicines", "evidence"))


def evidence_of(medicine: str, condition: str | None = None) -> tuple[Evidence, ...]:
    """Return the evidence about a medicine, by its id, for one condition or for both."""
    return tuple(
        one
        for one in all_evidence()
        if medicine in one.medicines and condition in (None, one.condition)
    )


def _evidence(row: Row) -> Evidence:
    unknown = [name for name in row["medicines"] if name not in medicines()]
    if unknown:
        raise KnowledgeError(f"the evidence {row['id']} names the unknown medicine {unknown[0]}.")
    if row["direction"] not in get_args(Direction):
        raise KnowledgeError(f"the evidence {row['id']} has an unknown direction.")
    return Evidence(
        id=row["id"],
        medicines=tuple(row["medicines"]),
        condition=row["condition"],
        direction=row["direction"],
        level=row.get("level", ""),
        says=row["says"],
        sources=row["sources"],
        confidence=row["confidence"],
    )
