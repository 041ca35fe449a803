"""What studies of groups measured: how common the two are, how linked, and what goes with both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows


@dataclass(frozen=True)
class Measure:
    """One measurement of groups of people; never a prior and never about one person.

    Parameters
    ----------
    id : str
    topic : str
        What was measured.
    outcome : str
        Of what: a figure without its outcome says nothing.
    figure : str
        The numbers, for clinicians.
    says : str
        The same for everybody, with a range and "linked"; "" where it is for
        clinicians alone, or where no source was found.
    note : str
        Of whom the studies were; told with every figure.
    confidence_is_for : str
        What alone the confidence is for; "" for the whole row.
    sources : tuple of Source
    confidence : {"high", "medium", "low"}
    checked, reviewed : str
    """

    id: str
    topic: str
    outcome: str
    figure: str
    says: str
    note: str
    confidence_is_for: str
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
    reviewed: str

    @property
    def is_for_a_person(self) -> bool:
        """Whether a person may see it: it has words for them, and a source."""
        return bool(self.says and self.sources)


@cache
def measures() -> dict[str, Measure]:
    """Return every measurement by id.

    Raises
    ------
    KnowledgeError
        When a row without a source has words for a person, or one for
        clinicians alone has.
    """
    return {row["id"]: _measure(row) for row in rows("epidemiology", "measure")}


def _measure(row: Row) -> Measure:
    is_held = row.get("only_for_clinicians", False) or not row["sources"]
    if bool(row["says"]) == bool(is_held):
        raise KnowledgeError(f"the measurement {row['id']} has words for whom it is not for.")
    return Measure(
        id=row["id"],
        topic=row["topic"],
        outcome=row["outcome"],
        figure=row["figure"],
        says=row["says"],
        note=_note(),
        confidence_is_for=row.get("confidence_is_for", ""),
        sources=row["sources"],
        confidence=row["confidence"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )


def _note() -> str:
    (telling,) = rows("epidemiology", "telling")
    return str(telling["note"])
