"""The candidate factors that a person chose to write down: at most twelve at a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from twofold.app.web.gate import Visit
from twofold.knowledge.load import claims

FactorKind = Literal["yes_no", "count", "rating"]
KINDS: tuple[FactorKind, ...] = get_args(FactorKind)
MOST = 12
LONGEST_NAME = 60
ENTRY = "factor_choice"


@dataclass(frozen=True)
class Chosen:
    """One candidate factor that is asked about in the evening.

    Parameters
    ----------
    name : str
        As the person reads it.
    factor_id : str, optional
        The row of the tables that tells what studies say; ``None``: the person's own.
    """

    name: str
    kind: FactorKind
    factor_id: str | None = None

    @property
    def field(self) -> str:
        """Its name in a form."""
        return f"factor-{uuid.uuid5(uuid.NAMESPACE_URL, self.name).hex[:12]}"

    @property
    def claim(self) -> str | None:
        """The claim that an entry of it is linked to, where there is one."""
        return self.factor_id if self.factor_id in claims() else None

    def to_plain(self) -> dict[str, Any]:
        """Return it as the store keeps it."""
        return {"name": self.name, "kind": self.kind, "factor_id": self.factor_id}


def chosen_factors(visit: Visit) -> tuple[Chosen, ...]:
    """Return what the person chose; what is kept and cannot be read is left out."""
    entry = visit.store.entry(visit.person.id, visit.only(ENTRY))
    body = (entry.body or {}) if entry is not None else {}
    listed = body.get("factors")
    found = [_chosen(one) for one in listed] if isinstance(listed, list) else []
    return tuple(one for one in found if one is not None)[:MOST]


def _chosen(one: Any) -> Chosen | None:
    if not isinstance(one, Mapping) or one.get("kind") not in KINDS:
        return None
    name, factor_id = one.get("name"), one.get("factor_id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        return None
    return Chosen(name, one["kind"], factor_id if isinstance(factor_id, str) else None)
