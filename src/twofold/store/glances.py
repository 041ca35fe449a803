"""Quick looks at a diary that open nothing of it: has it changed, and what was taken out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from twofold.store import engine as engines
from twofold.store import schema, writing

if TYPE_CHECKING:
    from twofold.store.store import Store


def stamp(store: Store, person: str) -> int:
    """Return a number that grows with every change of a person; 0 where there is none."""
    seq = schema.change.c.seq
    newest = sa.select(seq).where(schema.change.c.person == person)
    return int(_one(store, newest.order_by(seq.desc()).limit(1)) or 0)


def has_imports(store: Store, person: str) -> bool:
    """Say whether a person's diary holds an import that was not taken out again."""
    entry = schema.entry.c
    found = sa.select(sa.literal(1)).where(
        entry.person == person, entry.kind == "import", entry.is_out == 0
    )
    return _one(store, found.limit(1)) is not None


def first_day(store: Store, person: str) -> dt.date | None:
    """Return the day of the earliest entry that stands; ``None`` where there is none."""
    entry = schema.entry.c
    days = sa.select(sa.func.min(entry.day)).where(
        entry.person == person, entry.is_out == 0, entry.kind != "course"
    )
    found: dt.date | None = _one(store, days)
    return found


def taken_out(store: Store, person: str, *, most: int) -> tuple[str, ...]:
    """Return the ids of the entries that were taken out, the latest first."""
    if not writing.is_id(person):
        return ()
    entry = schema.entry.c
    asked = sa.select(entry.id).where(entry.person == person, entry.is_out == 1)
    with engines.reading(store.engine).begin() as connection:
        return tuple(connection.scalars(asked.order_by(entry.moment.desc()).limit(most)))


def _one(store: Store, asked: sa.Select[Any]) -> Any:
    with engines.reading(store.engine).begin() as connection:
        return connection.scalar(asked)
