"""The whole history of a person, change by change, without holding all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twofold.store import engine as engines
from twofold.store import schema, writing
from twofold.store.entry import Change

if TYPE_CHECKING:
    from twofold.store.store import Store

_AT_ONCE = 500


def all_changes(store: Store, person: str) -> Iterator[Change]:
    """Give everything that a person ever wrote here, in the order in which it was kept.

    Each part is read in a transaction of its own, so that nobody who writes has to wait;
    what is written meanwhile comes too.
    """
    seq = 0
    while writing.is_id(person):
        with engines.reading(store.engine).begin() as connection:
            rows = connection.execute(_after(person, seq)).all()
        for row in rows:
            yield store._change(row)
        if len(rows) < _AT_ONCE:
            return
        seq = rows[-1].seq


def _after(person: str, seq: int) -> sa.Select[tuple[object, ...]]:
    change = schema.change.c
    asked = sa.select(schema.change).where(change.person == person, change.seq > seq)
    return asked.order_by(change.seq).limit(_AT_ONCE)
