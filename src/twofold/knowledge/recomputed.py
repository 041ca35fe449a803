"""The claims that the lab recomputes from open data: what was found, and does it stand?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows

Stands = Literal["supported", "not supported", "refuted", "cannot say"]
STANDS: tuple[str, ...] = get_args(Stands)


@dataclass(frozen=True)
class Recomputed:
    """One claim with the number behind it, as the lab last worked it out.

    Parameters
    ----------
    id : str
        Stable id of the row.
    recipe : str
        The recipe that names data, method and claim.
    question : str
        What was asked.
    says : str
        The sentence, its numbers filled in.
    stands : {"supported", "not supported", "refuted", "cannot say"}
        What the numbers say of it.
    popular : str
        The popular sentence that it checks; "" for none.
    estimate : str
        The name of the number.
    value : float
    low, high, p : float or None
        95 % interval and two-sided p-value, where the method gives them.
    of : int or None
        How many rows (SNPs, trials, samples) it comes from.
    scale : str
        The unit.
    method : str
        The lab's method.
    data : tuple of str
        The files, each with the first letters of its SHA-256.
    version : str
        The version of Twofold that worked it out.
    edges : tuple of str
        Links of the shared-biology map to which it belongs.
    what_would_change_our_mind : str
    warnings : tuple of str
    sources : tuple of Source
    confidence : {"high", "medium", "low"}
    checked, reviewed : str
    """

    id: str
    recipe: str
    question: str
    says: str
    stands: Stands
    popular: str
    estimate: str
    value: float
    low: float | None
    high: float | None
    p: float | None
    of: int | None
    scale: str
    method: str
    data: tuple[str, ...]
    version: str
    edges: tuple[str, ...]
    what_would_change_our_mind: str
    warnings: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
    reviewed: str


@cache
def recomputed() -> dict[str, Recomputed]:
    """Return every recomputed claim by id, in the order of their recipes.

    Raises
    ------
    KnowledgeError
        When a row says neither whether it stands nor with which number.
    """
    return {row["id"]: of_row(row) for row in rows("claims", "recomputed")}


def of_edge(edge: str) -> tuple[Recomputed, ...]:
    """Return the recomputed claims that belong to one link of the map."""
    return tuple(one for one in recomputed().values() if edge in one.edges)


def of_row(row: Row) -> Recomputed:
    """Return one row as a claim.

    Raises
    ------
    KnowledgeError
        When it says neither whether it stands nor with which number.
    """
    if row.get("stands") not in STANDS:
        raise KnowledgeError(f"claim {row['id']} does not say whether it stands: {STANDS}.")
    if not isinstance(row.get("value"), float):
        raise KnowledgeError(f"claim {row['id']} has no number.")
    return Recomputed(
        id=row["id"],
        recipe=row["recipe"],
        question=row["question"],
        says=row["says"],
        stands=row["stands"],
        popular=row.get("popular", ""),
        estimate=row["estimate"],
        value=row["value"],
        low=row.get("low"),
        high=row.get("high"),
        p=row.get("p"),
        of=row.get("of"),
        scale=row.get("scale", ""),
        method=row["method"],
        data=tuple(row["data"]),
        version=row["version"],
        edges=tuple(row.get("edges", ())),
        what_would_change_our_mind=row["would_change"],
        warnings=tuple(row.get("warnings", ())),
        sources=row["sources"],
        confidence=row["confidence"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )
