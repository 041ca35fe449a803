"""Making a diary, and opening it again."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from twofold.errors import DamagedStore, RecordError, StoreError
from twofold.store import (
    copies,
    copying,
    durable,
    erasing,
    locks,
    log_gap,
    restoring,
    schema,
    sealing,
    upgrading,
    using,
)
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.ring import Ring
from twofold.store.store import Store

DATABASE = "diary.db"
COST = locks.Cost()
_SMALLEST = 4096
SHORTEST, LONGEST = 8, 1024
"""How many letters a passphrase has; what makes a good one is said where it is chosen."""


def data_folder() -> Path:
    """Return where this person's diary is kept: ``TWOFOLD_FOLDER``, or the system's own place."""
    named = os.environ.get("TWOFOLD_FOLDER")
    if named:
        return Path(named).expanduser().absolute()
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "Twofold"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Twofold"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "twofold"


def is_there(folder: Path) -> bool:
    """Say whether a diary was made in this folder; a file whose making was cut short was not.

    In a database elsewhere that cannot be seen from here: opening it finishes the making.
    """
    if (folder / DATABASE).exists() or restoring.is_unfinished(folder):
        return True
    if not (folder / rings.NAME).exists():
        return False
    return rings.read(folder).is_made or bool(_address(None))


def _check_empty(folder: Path) -> None:
    if is_there(folder):
        raise StoreError(
            "there is a diary in this folder already.",
            where=str(folder),
            remedy="Open it with its passphrase, or choose another folder.",
        )


def create(
    folder: Path, passphrase: str, *, database: str | None = None, cost: locks.Cost = COST
) -> tuple[Store, str]:
    """Make an empty diary that survives a power cut from its first entry on.

    Parameters
    ----------
    folder : Path
        For the key ring, and the database when it is embedded.
    database : str, optional
        ``"postgresql://…"``. Default: ``TWOFOLD_DATABASE``, else a file in the folder.
    cost : Cost
        How hard it is made to guess the passphrase.

    Returns
    -------
    tuple of Store and str
        The open store, and the recovery key: it is shown once and kept nowhere.

    Raises
    ------
    StoreError
        When a diary is there already, or nothing can be written.
    RecordError
        When the passphrase is too short.
    """
    check_passphrase(passphrase)
    durable.make_folder(folder)
    use = _use(folder)
    try:
        with rings.held(folder):
            _check_empty(folder)
            ring, key, printed = rings.fresh(passphrase, cost)
            rings.save(folder, ring)
            engine = _made(folder, ring, key, _address(database))
            ring = replace(ring, is_made=True)
            rings.save(folder, ring)
    except BaseException:
        use.end()
        raise
    return Store(folder, engine, ring, key, use), printed


def open_store(folder: Path, secret: str, *, database: str | None = None) -> Store:
    """Open a diary with its passphrase or its recovery key.

    Raises
    ------
    WrongKey
        When neither fits.
    DamagedStore
        When the database or the key ring is damaged or gone.
    NewerStore
        When a newer Twofold wrote it; nothing was changed.
    """
    address = _address(database)
    log_gap.check(folder)
    use = _use(folder)
    try:
        ring = rings.read(folder)
        key = rings.opened(ring, secret, where=str(folder / rings.NAME))
        engine = _engine(folder, key, address)
        try:
            ring = _bring_up(folder, engine, ring, key)
        except BaseException:
            engine.dispose()
            raise
    except BaseException:
        use.end()
        raise
    return Store(folder, engine, ring, key, use)


def change_passphrase(folder: Path, old: str, new: str) -> None:
    """Lock the diary with another passphrase; the recovery key stays as it is.

    Parameters
    ----------
    old : str
        The passphrase, or the recovery key.

    Raises
    ------
    WrongKey
        When ``old`` does not open it; nothing was changed.
    """
    check_passphrase(new)
    with rings.held(folder):
        ring = rings.read(folder)
        key = rings.opened(ring, old, where=str(folder / rings.NAME))
        rings.save(folder, rings.with_passphrase(ring, key, new, COST), forget=True)


def new_recovery_key(folder: Path, secret: str) -> str:
    """Make another recovery key and return it, to be printed; the old one opens nothing more.

    Raises
    ------
    WrongKey
        When ``secret`` does not open the diary; nothing was changed.
    """
    with rings.held(folder):
        ring = rings.read(folder)
        key = rings.opened(ring, secret, where=str(folder / rings.NAME))
        ring, printed = rings.with_recovery(ring, key)
        rings.save(folder, ring, forget=True)
    return printed


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is too short or endless.

    Raises
    ------
    RecordError
        With how long it may be.
    """
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise RecordError(
            f"a passphrase has {SHORTEST} to {LONGEST:,} letters.",
            remedy="Four or five words that do not belong together are a good one.",
        )


def _address(database: str | None) -> str:
    return database if database is not None else os.environ.get("TWOFOLD_DATABASE", "")


def _made(folder: Path, ring: Ring, key: bytes, address: str) -> sa.Engine:
    """Make the database; a file gets its name only when all of it is on the disk."""
    if address:
        engine = engines.elsewhere(address)
        with engine.begin() as connection:
            _fill(connection, ring, key)
        return engine
    with durable.told(folder):
        for left in folder.glob(f"{DATABASE}.*{durable.UNFINISHED}*"):
            left.unlink()  # of a making that was cut short: nothing was ever kept in it
        fresh = folder / f"{DATABASE}.{secrets.token_hex(4)}{durable.UNFINISHED}"
        try:
            _build(fresh, ring, key)
            durable.sync(fresh)
            os.replace(fresh, folder / DATABASE)
            durable.sync_folder(folder)
        finally:
            for one in (fresh, fresh.with_name(f"{fresh.name}-journal")):
                one.unlink(missing_ok=True)
    return engines.embedded(folder / DATABASE, key)


def _build(path: Path, ring: Ring, key: bytes) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    engine = engines.embedded(path, key, journal="DELETE", pooled=False)
    with engine.begin() as connection:
        _fill(connection, ring, key)
    engine.dispose()


def _fill(connection: sa.Connection, ring: Ring, key: bytes) -> None:
    if upgrading.revision_of(connection) is not None:
        raise StoreError(
            "there is a diary in this database already.",
            remedy="Open it with its own folder and passphrase, or name an empty database.",
        )
    upgrading.upgrade(connection)
    connection.execute(sa.insert(schema.store).values(id=ring.store))
    sealed = sealing.seal_secret(key, "outbox", sealing.fresh_outbox_key())
    connection.execute(sa.insert(schema.secret).values(name="outbox", sealed=sealed))


def _use(folder: Path) -> using.Use:
    """Begin to use the folder; a restore that was cut short is finished first."""
    if not folder.is_dir():
        raise _gone(str(folder))
    if restoring.is_unfinished(folder):
        with using.alone(folder):
            restoring.finish(folder)
    return using.begin(folder)


def _engine(folder: Path, key: bytes, address: str) -> sa.Engine:
    if address:
        return engines.elsewhere(address)
    path = folder / DATABASE
    if not path.exists() or path.stat().st_size < _SMALLEST:  # SQLite would begin a new one
        raise _gone(str(path))
    return engines.embedded(path, key)


def _bring_up(folder: Path, engine: sa.Engine, ring: Ring, key: bytes) -> Ring:
    """Compare the database with the ring, and finish what a crash cut short."""
    where = str(folder) if engines.is_embedded(engine) else engine.url.render_as_string()
    with engines.reading(engine).begin() as connection:
        revision = upgrading.revision_of(connection)
    upgrading.check_known(revision, where=where)
    if revision is None:
        _fill_anew(engine, ring, key, where)
    elif revision != schema.REVISION:
        _upgrade(folder, engine, key, revision)
    _compare(engine, ring, where)
    erasing.finish(engine, ring.erased)
    copies.clear(folder, key, ring.erased)
    return ring if ring.is_made else _finished(folder)


def _fill_anew(engine: sa.Engine, ring: Ring, key: bytes, where: str) -> None:
    if ring.is_made:
        raise _gone(where)
    with engine.begin() as connection:
        _fill(connection, ring, key)


def _upgrade(folder: Path, engine: sa.Engine, key: bytes, revision: str) -> None:
    """Bring an older schema up to date; a copy of how it was stays beside it."""
    before = folder / f"{rings.BEFORE_SCHEMA}{schema.REVISION}-{secrets.token_hex(4)}.db"
    copying.into_file(engine, before, key)
    durable.sync(before)
    durable.sync_folder(folder)
    path = folder / DATABASE
    own = engines.is_embedded(engine)
    at_work = engines.embedded(path, key, pooled=False, foreign_keys=False) if own else engine
    with at_work.begin() as connection:
        if upgrading.revision_of(connection) == revision:
            upgrading.upgrade(connection)
        if own and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise engines.damaged(str(path))


def _compare(engine: sa.Engine, ring: Ring, where: str) -> None:
    with engines.reading(engine).begin() as connection:
        found = connection.scalar(sa.select(schema.store.c.id))
    if found != ring.store:
        raise DamagedStore(
            "the database and the key ring belong to two different diaries.",
            where=where,
            remedy="Put back the keys.json of this diary, or name its own database.",
        )


def _finished(folder: Path) -> Ring:
    """Note that the making of a diary, cut short before, is done."""
    with rings.held(folder):
        ring = replace(rings.read(folder), is_made=True)
        rings.save(folder, ring)
    return ring


def _gone(where: str) -> DamagedStore:
    return DamagedStore(
        "the keys of a diary are here, but its database is gone or empty.",
        where=where,
        remedy="Put back your newest backup with `twofold restore FILE`.",
    )
