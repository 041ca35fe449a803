"""Which schema a database has, and how an older one is brought up to this program's."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from twofold.errors import NewerStore
from twofold.store.schema import REVISION

_LOCK = 0x747766  # any number that nobody else locks
_FOLDER = Path(__file__).parent / "migrations"


def revision_of(connection: sa.Connection) -> str | None:
    """Return the revision of a database, ``None`` when it has no tables of Twofold's."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def check_known(revision: str | None, *, where: str) -> None:
    """Refuse a database that a newer Twofold wrote.

    Raises
    ------
    NewerStore
        With the remedy; nothing was changed.
    """
    if revision is not None and revision > REVISION:
        raise NewerStore(
            f"a newer Twofold wrote this diary (schema {revision}; this one knows {REVISION}).",
            where=where,
            remedy="Use the newer Twofold. Nothing was changed.",
        )


def upgrade(connection: sa.Connection, revision: str = REVISION) -> None:
    """Bring the database to a schema, within the connection's transaction.

    Two programs that do so on PostgreSQL at once wait for each other.
    """
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    settings.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    command.upgrade(settings, revision)
