"""Answers that cannot both be true, and what to do about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twofold.knowledge.condition import Condition, condition
from twofold.knowledge.load import rows


@dataclass(frozen=True)
class Contradiction:
    """Two answers that exclude each other."""

    id: str
    when: Condition
    says: str
    remedy: str


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Return every contradiction that is looked for, in the order of the tables."""
    return tuple(
        Contradiction(row["id"], condition(row["when"]), row["says"], row["remedy"])
        for row in rows("case", "contradiction")
    )
