"""How a database is opened: encrypted SQLite in the folder, or PostgreSQL.

On SQLite every transaction that may write begins with ``BEGIN IMMEDIATE``, so that two
programs queue instead of failing; one that only reads says so (``reading``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.pool import NullPool, QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from twofold.errors import DamagedStore, StoreBusy, StoreError, StoreFull, TwofoldError
from twofold.store import durable

PATIENCE = 30
"""Seconds to wait for another program's transaction."""

_SETTINGS = (
    "synchronous = FULL",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    f"busy_timeout = {PATIENCE * 1000}",
)


def embedded(
    path: Path,
    key: bytes,
    *,
    journal: str = "WAL",
    pooled: bool = True,
    foreign_keys: bool = True,
) -> sa.Engine:
    """Return the engine of an encrypted SQLite file; the file is made when it is not there.

    Parameters
    ----------
    journal : str
        ``"WAL"`` for a living diary; ``"DELETE"`` where one file must hold everything.
    pooled : bool
        Whether connections stay open for the next transaction.
    foreign_keys : bool
        False only while tables are made anew.
    """
    pool: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        pool = {"poolclass": QueuePool, "pool_size": 4, "max_overflow": 60}

    def connect() -> Any:
        settings = (*_SETTINGS, f"foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        return _connection(path, key, (*settings, f"journal_mode = {journal}"))

    engine = sa.create_engine(
        "sqlite://", module=sqlcipher, creator=connect, hide_parameters=True, **pool
    )
    event.listen(engine, "begin", _begin)
    _speak(engine, where=str(path))
    return engine


def elsewhere(address: str) -> sa.Engine:
    """Return the engine of a PostgreSQL database; a commit returns when it is on the disk."""
    url = _address(address)
    engine = sa.create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "options": "-c synchronous_commit=on -c lock_timeout=30s",
            "connect_timeout": 10,
            "application_name": "twofold",
        },
    )
    _speak(engine, where=url.render_as_string(hide_password=True))
    return engine


def _address(written: str) -> sa.URL:
    """Read an address without repeating it: it may hold a passphrase."""
    try:
        url = sa.make_url(written)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    is_server = url is not None and url.get_backend_name() in ("postgresql", "postgres")
    if url is None or not is_server or "[" in (url.host or ""):
        raise StoreError(
            "this is not an address of a PostgreSQL database.",
            remedy="Write it as postgresql://user@host/name.",
        )
    return url.set(drivername="postgresql+psycopg")


def reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for transactions that only read: they never wait for a writer."""
    return engine.execution_options(twofold_reads=True)


@contextmanager
def outside_transactions(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection on which every statement stands alone, as VACUUM must."""
    options = {"twofold_plain": True} if is_embedded(engine) else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def is_embedded(engine: sa.Engine) -> bool:
    """Whether the database is the encrypted file in the folder."""
    return engine.dialect.name == "sqlite"


def _connection(path: Path, key: bytes, settings: Iterable[str]) -> Any:
    connection = sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=PATIENCE
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to the terminal
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for setting in settings:
            connection.execute(f"PRAGMA {setting}").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("twofold_plain"):
        reads = options.get("twofold_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _speak(engine: sa.Engine, *, where: str) -> None:
    """Turn what a database says into an error with a remedy, wherever the engine is used."""

    def told(context: ExceptionContext) -> None:
        error = context.original_exception
        sentence = error if isinstance(error, TwofoldError) else _sentence(error, where)
        if isinstance(sentence, DamagedStore | StoreFull) and is_embedded(engine):
            # SQLCipher answers nothing more on a connection that met one bad read or write.
            context.is_disconnect = True
        if sentence is not None:
            raise sentence from error

    event.listen(engine, "handle_error", told)


def _sentence(error: BaseException, where: str) -> TwofoldError | None:
    words = str(error).lower()
    if "locked" in words or "lock timeout" in words or "database is busy" in words:
        return StoreBusy(
            "another program is writing to this diary: this was not kept.",
            where=where,
            remedy="Wait until it is done, then try again.",
        )
    if "is full" in words or "no space left" in words:
        return durable.full(where)
    if "readonly" in words or "read-only" in words or "unable to open database" in words:
        return durable.read_only(where)
    if "disk i/o error" in words:
        at_limit = durable.is_at_limit(Path(where))
        return durable.too_long(where) if at_limit else durable.disk_failed(where)
    if any(sign in words for sign in _DAMAGE):
        return damaged(where)
    if any(sign in words for sign in _ABSENT):
        return _absent(where)
    return None


_DAMAGE = ("not a database", "malformed", "file is encrypted", "invalid page")
_ABSENT = (
    "connection failed",
    "connection refused",
    "connection to server",
    "connection is bad",
    "connection timeout",
    "could not connect",
    "server closed",
    "terminating connection",
)


def damaged(where: str) -> DamagedStore:
    """Say that the database cannot be read, and what to do."""
    return DamagedStore(
        "the database is damaged, or it is not the one that these keys belong to.",
        where=where,
        remedy=(
            "Do not delete it. Copy the whole folder to another place first, then put back your "
            "newest backup with `twofold restore FILE`; `twofold check` tells what is damaged."
        ),
    )


def _absent(where: str) -> StoreError:
    return StoreError(
        "the database does not answer: this was not kept.",
        where=where,
        remedy="Check that PostgreSQL is running and that TWOFOLD_DATABASE names it.",
    )
