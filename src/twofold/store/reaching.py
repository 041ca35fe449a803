"""Is the database there, and one that a diary can be kept in? Asked before a server listens."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from twofold.errors import StoreError
from twofold.store import engine as engines
from twofold.store import upgrading

OLDEST = 11
"""The first PostgreSQL that knows ``EXECUTE FUNCTION``, with which changes are kept as they are."""


@dataclass(frozen=True)
class Server:
    """What a database says of itself.

    Parameters
    ----------
    name : str
        How it calls itself, with its version.
    number : int
        Its version as one number (150006 is 15.6).
    letters : str
        How it writes letters down.
    may_make_tables : bool
        Whether this user may; tables that are there already count, too.
    """

    name: str
    number: int
    letters: str
    is_read_only: bool
    may_make_tables: bool


def check(address: str) -> None:
    """Refuse a database that does not answer or that no diary can be kept in.

    Raises
    ------
    StoreError
        With what to try; nothing was changed.
    """
    engine = engines.elsewhere(address)
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            revision = upgrading.revision_of(connection)
            server = _asked(connection, is_made=revision is not None)
    except (StoreError, sa.exc.DBAPIError) as error:
        raise _told(str(error.__cause__ or error), where) from None
    finally:
        engine.dispose()
    upgrading.check_known(revision, where=where)
    wrong = wrong_with(server, where)
    if wrong is not None:
        raise wrong


def wrong_with(server: Server, where: str) -> StoreError | None:
    """Return why no diary can be kept there, ``None`` when one can."""
    if not server.name.startswith("PostgreSQL ") or server.number < OLDEST * 10_000:
        return StoreError(
            f"this database is {server.name[:60]}, in which no diary can be kept.",
            where=where,
            remedy=f"Use PostgreSQL {OLDEST} or newer.",
        )
    if server.letters != "UTF8":
        return StoreError(
            f"this database writes letters as {server.letters}: some would be lost.",
            where=where,
            remedy="Make one with `createdb --encoding=UTF8 --template=template0 NAME`.",
        )
    if server.is_read_only:
        return StoreError(
            "this database can only be read: nothing could be kept.",
            where=where,
            remedy="Name the main server and not a copy of it, or lift its read-only setting.",
        )
    if not server.may_make_tables:
        return StoreError(
            "this user may not make tables in this database.",
            where=where,
            remedy="As its owner, run `GRANT CREATE ON SCHEMA public TO` and the user's name.",
        )
    return None


def _asked(connection: sa.Connection, *, is_made: bool) -> Server:
    name, number, letters, is_read_only, may_make = connection.exec_driver_sql(
        "SELECT version(), current_setting('server_version_num')::int, "
        "current_setting('server_encoding'), "
        "current_setting('transaction_read_only') = 'on', "
        "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
    ).one()
    return Server(str(name).split(" on ")[0], number, letters, is_read_only, may_make or is_made)


_KNOWN = {
    r"password authentication failed": (
        "the database does not take this user's password.",
        "Check the user and the password in TWOFOLD_DATABASE.",
    ),
    r"no password supplied": (
        "the database asks for a password.",
        "Write it as postgresql://user:password@host/name, or use a .pgpass file.",
    ),
    r"no pg_hba\.conf entry|peer authentication failed": (
        "the database does not let this user in from this machine.",
        "Allow it in the server's pg_hba.conf, and let the server read it again.",
    ),
    r'role ".*" does not exist': (
        "the database knows no user of this name.",
        "Make it with `createuser NAME`, or correct TWOFOLD_DATABASE.",
    ),
    r'database ".*" does not exist': (
        "there is no such database on this server.",
        "Make it with `createdb NAME`, or correct TWOFOLD_DATABASE.",
    ),
}
"""What a server says when it lets nobody in, and what to try."""


def _told(said: str, where: str) -> StoreError:
    for sign, (what, remedy) in _KNOWN.items():
        if re.search(sign, said):
            return StoreError(what, where=where, remedy=remedy)
    return StoreError(
        "the database does not answer.",
        where=where,
        remedy=(
            "Check that PostgreSQL is running and that TWOFOLD_DATABASE names it, then start "
            "again. Nothing was changed."
        ),
    )
