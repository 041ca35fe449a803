"""What changes add up to. Pure: the entry table is compared with it, and made again from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Kept:
    """One kept change, as far as it tells how its entry stands."""

    seq: int
    entry: str
    kind: str
    day: dt.date | None
    moment: int
    is_out: bool
    batch: str


@dataclass(frozen=True)
class Sum:
    """How an entry stands: a row of the table ``entry``."""

    id: str
    kind: str
    day: dt.date | None
    moment: int
    head: int
    is_out: bool
    batch: str
    versions: int


def add_up(changes: Iterable[Kept]) -> dict[str, Sum]:
    """Return how every entry stands after these changes, which come in their order."""
    sums: dict[str, Sum] = {}
    for one in changes:
        before = sums.get(one.entry)
        sums[one.entry] = _first(one) if before is None else _next(before, one)
    return sums


def _first(one: Kept) -> Sum:
    return Sum(one.entry, one.kind, one.day, one.moment, one.seq, one.is_out, one.batch, 1)


def _next(before: Sum, one: Kept) -> Sum:
    """Return the entry after one more change; taken out, it stays on its day."""
    return replace(
        before,
        day=before.day if one.is_out else one.day,
        moment=one.moment,
        head=one.seq,
        is_out=one.is_out,
        versions=before.versions + 1,
    )
