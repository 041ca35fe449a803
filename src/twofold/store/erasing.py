"""Erasing for good: the key goes first, and what it opened is then only noise.

A crash between the two leaves rows that nothing can open; the next opening takes them away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from twofold.errors import StoreError
from twofold.store import accounts_schema, schema
from twofold.store import engine as engines

_OF_A_PERSON: tuple[sa.Table, ...] = (
    schema.settled,
    schema.entry,
    schema.change,
    *accounts_schema.OF_A_PERSON,
)


def leftover(connection: sa.Connection, erased: Collection[str]) -> list[str]:
    """Return those whose key is gone and whose rows are still there."""
    if not erased:
        return []
    here = sa.select(schema.person.c.id)
    return [one for one in connection.scalars(here) if one in set(erased)]


def take_rows(connection: sa.Connection, people: Sequence[str]) -> None:
    """Delete every row of these people, within the connection's transaction."""
    here = set(sa.inspect(connection).get_table_names()) if people else set()
    tables = [table for table in _OF_A_PERSON if table.name in here]  # an old copy has fewer
    for person in people:
        connection.execute(sa.insert(schema.erasing).values(person=person))
        for table in tables:
            connection.execute(sa.delete(table).where(table.c.person == person))
        connection.execute(sa.delete(schema.person).where(schema.person.c.id == person))
        connection.execute(sa.delete(schema.erasing).where(schema.erasing.c.person == person))


def finish(engine: sa.Engine, erased: Collection[str]) -> int:
    """Take away the rows of all who were erased, and leave no trace of them in the file.

    Returns
    -------
    int
        Of how many people there still were rows.
    """
    with engines.reading(engine).begin() as connection:
        left = leftover(connection, erased)
    if left:
        with engine.begin() as connection:
            take_rows(connection, left)
        tidy(engine)
    return len(left)


def tidy(engine: sa.Engine) -> None:
    """Write the file anew without what was deleted.

    On SQLite the pages were overwritten when the rows went (``secure_delete``): where
    another program reads just now, or the disk has no room for a copy, this waits for later.
    """
    with engines.outside_transactions(engine) as connection:
        steps = (
            ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
            if engines.is_embedded(engine)
            else ("VACUUM",)
        )
        try:
            for step in steps:
                connection.exec_driver_sql(step)
        except StoreError:
            return
