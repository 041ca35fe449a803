"""Putting a backup back: looked through first, then switched, whole or not at all.

The switch is written down before it begins (``restoring.json``); a power cut in the
middle of it is finished by the next opening. What was there is moved aside, never over.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from twofold.errors import DamagedStore, StoreError, WrongKey
from twofold.store import backup, checking, copying, durable, erasing, schema, upgrading, using
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.ring import Ring

MARK = "restoring.json"
UNPACKED = "restored-"
"""How the folders begin in which a backup is unpacked."""
_DATABASE = (backup.DATABASE, f"{backup.DATABASE}-wal", f"{backup.DATABASE}-shm")


def restore(
    path: Path,
    folder: Path,
    secret: str,
    *,
    keys: Path | None = None,
    database: str | None = None,
    now: dt.datetime | None = None,
) -> Path | None:
    """Put a backup back.

    Parameters
    ----------
    path : Path
        The backup.
    folder : Path
        Where the diary is, or shall be.
    secret : str
        The passphrase or the recovery key, as it is now or as it was then.
    keys : Path, optional
        The key ring, when it was written apart. Default: that of the folder.
    database : str, optional
        An empty PostgreSQL database. Default: ``TWOFOLD_DATABASE``, else a file in the folder.

    Returns
    -------
    Path or None
        Where the diary that was there is now; ``None`` when there was none.

    Raises
    ------
    StoreError
        When the backup is damaged, the secret does not fit or another program has the
        diary open. Then nothing was changed.
    """
    address = os.environ.get("TWOFOLD_DATABASE", "") if database is None else database
    stamp = (now or dt.datetime.now(dt.UTC)).strftime("%Y-%m-%d-%H%M%S")
    durable.make_folder(folder)
    with using.alone(folder), rings.held(folder):
        finish(folder)
        stamp = f"{stamp}-{secrets.token_hex(2)}"
        place = folder / f"{UNPACKED}{stamp}"
        with durable.told(folder):
            place.mkdir(mode=0o700)
        try:
            ring, key = _unpacked(path, place, folder, secret, keys)
            _clear(place / backup.DATABASE, ring, key)
            durable.write(place / rings.NAME, rings.as_bytes(ring))
            return _switch(folder, place, f"{rings.ASIDE}{stamp}", key, address)
        finally:
            if not (folder / MARK).exists():
                shutil.rmtree(place, ignore_errors=True)


def finish(folder: Path) -> Path | None:
    """Finish a switch that was cut short; does nothing when there is none."""
    mark = folder / MARK
    if not mark.exists():
        return None
    with durable.told(folder):
        try:
            told = json.loads(mark.read_bytes())
            place, aside = folder / str(told["from"]), folder / str(told["aside"])
            names = [str(name) for name in told["names"]]
        except (ValueError, KeyError, TypeError):
            raise _unfinished(str(mark)) from None
        moved = _moved(folder, place, aside, names)
        mark.unlink()
        durable.sync_folder(folder)
        shutil.rmtree(place, ignore_errors=True)
    return moved


def is_unfinished(folder: Path) -> bool:
    """Whether a switch was cut short here."""
    return (folder / MARK).exists()


def _unpacked(
    path: Path, place: Path, folder: Path, secret: str, keys: Path | None
) -> tuple[Ring, bytes]:
    """Unpack the backup, and return the ring that it shall have and the database key."""
    told, packed = backup.read(path, place)
    living = _living(folder, told.store)
    apart = rings.from_bytes(_content(keys), where=str(keys)) if keys else None
    ring = apart or packed or living
    if ring is None:
        raise StoreError(
            "this backup was written without its keys, and they are not in this folder either.",
            where=str(path),
            remedy="Name them: `twofold restore FILE --keys KEYS`.",
        )
    if ring.store != told.store:
        raise StoreError(
            "these keys belong to another diary than this backup. Nothing was changed.",
            where=str(path),
            remedy="Name the keys that were written with it.",
        )
    return _joined(ring, living, secret, where=str(path))


def _joined(ring: Ring, living: Ring | None, secret: str, *, where: str) -> tuple[Ring, bytes]:
    """Return the backup's ring with what happened since: a new passphrase, people erased."""
    if living is None:
        return replace(ring, is_made=True), rings.opened(ring, secret, where=where)
    locked = living
    try:
        key = rings.opened(living, secret, where=where)
    except WrongKey:
        locked, key = ring, rings.opened(ring, secret, where=where)
    people = {**ring.people, **living.people}
    joined = replace(locked, people=people, is_made=True)
    return joined.without((*ring.erased, *living.erased)), key


def _living(folder: Path, store: str) -> Ring | None:
    """Return the ring of the folder, when it is one of the same diary."""
    if not (folder / rings.NAME).exists():
        return None
    try:
        ring = rings.read(folder)
    except DamagedStore:
        return None
    return ring if ring.store == store else None


def _clear(path: Path, ring: Ring, key: bytes) -> None:
    """Bring the unpacked database up to date, erase who was erased, and look all through it."""
    engine = engines.embedded(path, key, journal="DELETE", pooled=False)
    with engine.begin() as connection:
        revision = upgrading.revision_of(connection)
        upgrading.check_known(revision, where=str(path.name))
        if revision != schema.REVISION:
            upgrading.upgrade(connection)
        copying.forget_sessions(connection)
        erasing.take_rows(connection, erasing.leftover(connection, ring.erased))
    erasing.tidy(engine)
    health = checking.check(engine, ring, key)
    if not health.is_well:
        raise DamagedStore(
            f"this backup is damaged: {' '.join(health.says)[:600]} Nothing was changed.",
            remedy="Use another backup.",
        )
    durable.sync(path)


def _into_server(path: Path, key: bytes, address: str) -> None:
    """Copy the looked-through file into an empty PostgreSQL database, all or nothing."""
    target = engines.elsewhere(address)
    with target.begin() as connection:
        if upgrading.revision_of(connection) is not None:
            raise StoreError(
                "there is a diary in this database already. Nothing was changed.",
                remedy="Name an empty database in TWOFOLD_DATABASE; the old one stays as it is.",
            )
        upgrading.upgrade(connection)
        copying.into(engines.embedded(path, key, journal="DELETE", pooled=False), connection)


def _switch(folder: Path, place: Path, aside: str, key: bytes, address: str) -> Path | None:
    """Write down what is to be moved, then move it."""
    names = [rings.NAME] if address else [*_DATABASE, rings.NAME]
    told = {"from": place.name, "aside": aside, "names": names}
    durable.write(folder / MARK, json.dumps(told).encode())
    if address:
        try:
            _into_server(place / backup.DATABASE, key, address)
        except BaseException:
            (folder / MARK).unlink()
            raise
    return finish(folder)


def _moved(folder: Path, place: Path, aside: Path, names: list[str]) -> Path | None:
    """Move what is there aside and the new files in; done a second time, it changes nothing.

    The new files wait in ``place`` until all the old ones are aside.
    """
    waiting = [name for name in names if (place / name).exists()]
    for name in names:
        if (folder / name).exists() and (name in waiting or name.endswith(("-wal", "-shm"))):
            aside.mkdir(mode=0o700, exist_ok=True)
            if not (aside / name).exists():
                os.replace(folder / name, aside / name)
    if aside.exists():
        durable.sync_folder(aside)
    durable.sync_folder(folder)
    for name in waiting:
        os.replace(place / name, folder / name)
    durable.sync_folder(folder)
    return aside if aside.exists() else None


def _content(path: Path | None) -> bytes:
    assert path is not None
    with durable.told(path):
        return path.read_bytes()


def _unfinished(where: str) -> DamagedStore:
    return DamagedStore(
        "a backup was being put back here and what was noted of it is damaged.",
        where=where,
        remedy="Copy the folder to another place, then take this file away and restore again.",
    )
