"""Copies of a whole diary: one encrypted SQLite file, whichever database it comes from.

The file has the same tables and the same key, so that a backup of a clinic's PostgreSQL
can be put back into a folder, and the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from twofold.store import accounts_schema, schema, upgrading
from twofold.store import engine as engines

_AT_ONCE = 500
_PASSING: tuple[sa.Table, ...] = (accounts_schema.session, accounts_schema.attempt)
"""What ends with the server that it belongs to: no copy brings a session back."""


def into_file(engine: sa.Engine, path: Path, key: bytes) -> None:
    """Write the whole database into a new file, as it is at one moment."""
    if not engines.is_embedded(engine):
        with engines.reading(engine).begin() as connection:
            revision = upgrading.revision_of(connection) or schema.REVISION
        target = _made(path, key, revision)
        with target.begin() as writes:
            into(engine, writes)
        return
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with engines.outside_transactions(engine) as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))


def into(source: sa.Engine, writes: sa.Connection) -> None:
    """Copy every row of a database into empty tables, within the connection's transaction."""
    with _at_one_moment(source) as rows:
        tables = _tables(writes)
        for table in tables:
            for some in _rows(rows, table):
                writes.execute(sa.insert(table), some)
        if writes.dialect.name == "postgresql":
            _count_on(writes, tables)


def forget_sessions(connection: sa.Connection) -> None:
    """Take out what must not come back with a copy."""
    for table in _PASSING:
        connection.execute(sa.delete(table))


def _made(path: Path, key: bytes, revision: str) -> sa.Engine:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    target = engines.embedded(path, key, journal="DELETE", pooled=False)
    with target.begin() as connection:
        upgrading.upgrade(connection, revision)
    return target


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Return the tables as they are there: the copied schema may be an older one."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _at_one_moment(source: sa.Engine) -> Any:
    if engines.is_embedded(source):
        return engines.reading(source).begin()
    return source.execution_options(isolation_level="REPEATABLE READ").begin()


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    found = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
    for some in found.mappings().partitions(_AT_ONCE):
        yield [dict(row) for row in some]


def _count_on(connection: sa.Connection, tables: list[sa.Table]) -> None:
    """Let PostgreSQL number new rows after the copied ones."""
    for table in tables:
        if "seq" in table.primary_key.columns:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'seq'), "
                f"GREATEST((SELECT MAX(seq) FROM {table.name}), 1))"
            )
