"""Warning signs, as a table: when each is there, how soon it must be seen, and what excuses it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Condition
from twofold.knowledge.criterion import Tier, optional
from twofold.knowledge.load import Row, rows


@dataclass(frozen=True)
class TierRule:
    """How soon a warning sign must be seen, where ``when`` holds and ``unless`` does not."""

    tier: Tier
    when: Condition | None
    unless: Condition | None


@dataclass(frozen=True)
class WarningSign:
    """One warning sign.

    ``unless`` and ``is_history`` count only where they are certain: an
    unanswered question never excuses a sign.
    """

    id: str
    name: str
    when: Condition
    unless: Condition | None
    is_history: Condition | None
    tiers: tuple[TierRule, ...]
    sources: tuple[Source, ...]


@cache
def warning_signs() -> tuple[WarningSign, ...]:
    """Return every warning sign, in the order of the table.

    Raises
    ------
    KnowledgeError
        When a sign has a tier that is not known.
    """
    return tuple(_sign(row) for row in rows("criteria", "flag"))


def _sign(row: Row) -> WarningSign:
    when = optional(row, "when")
    if when is None or any(one["tier"] not in get_args(Tier) for one in row["tiers"]):
        raise KnowledgeError(f"the warning sign {row['id']} has no condition or an unknown tier.")
    return WarningSign(
        id=row["id"],
        name=row["name"],
        when=when,
        unless=optional(row, "unless"),
        is_history=optional(row, "is_history"),
        tiers=tuple(_tier(one) for one in row["tiers"]),
        sources=row["sources"],
    )


def _tier(row: Row) -> TierRule:
    return TierRule(row["tier"], optional(row, "when"), optional(row, "unless"))
