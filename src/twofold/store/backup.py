"""A backup: one file with the encrypted database and the key ring.

It is a plain zip of three parts: ``backup.json`` says what the others must be,
``diary.db`` is the database as it was at one moment, encrypted as before, and
``keys.json`` the key ring. With the ring written apart, a person who is erased later is
erased from this backup, too: their key is in it nowhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from twofold.errors import DamagedStore, NewerStore, StoreError
from twofold.store import copying, durable
from twofold.store import ring as rings
from twofold.store.ring import Ring

FORMAT = "twofold-backup-1"
DATABASE, KEYS, TOLD = "diary.db", "keys.json", "backup.json"
_WHOLE = (sorted((DATABASE, KEYS, TOLD)), sorted((DATABASE, TOLD)))
_ONE_DAY = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 1 << 20
_PACKED = "packed"
_OWN = (DATABASE, f"{DATABASE}-journal", _PACKED)
UNDER_WAY = "backing-up-"
"""How the notes begin in the diary's folder that say where a backup is being written."""


@dataclass(frozen=True)
class Backup:
    """A backup as it says of itself; nothing of it is believed before it was compared.

    Parameters
    ----------
    store : str
        Of which diary.
    made : str
        When.
    digest : str
        SHA-256 of the database.
    size : int
        Its length in bytes.
    """

    store: str
    made: str
    digest: str
    size: int


def write(
    path: Path,
    engine: sa.Engine,
    folder: Path,
    key: bytes,
    *,
    keys: Path | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Write a backup, whole or not at all.

    Parameters
    ----------
    keys : Path, optional
        Write the key ring there and not into the backup.

    Raises
    ------
    StoreFull
        When it cannot be written; an older file of that name is still there.
    """
    _check_free(path, keys)
    with durable.told(path), beside(path, folder) as place:
        snapshot, packed = place / DATABASE, place / _PACKED
        copying.into_file(engine, snapshot, key)
        ring = rings.read(folder)  # after the snapshot: who was erased meanwhile has no key in it
        told = _told(snapshot, ring, now or dt.datetime.now(dt.UTC))
        _pack(packed, snapshot, told, None if keys else rings.as_bytes(ring))
        os.replace(packed, path)
        durable.sync_folder(path.parent)
    if keys:
        durable.write(keys, rings.as_bytes(ring), forget=True)


def read(path: Path, into: Path) -> tuple[Backup, Ring | None]:
    """Unpack a backup into an empty folder, and compare it with what it says of itself.

    Returns
    -------
    tuple of Backup and Ring or None
        ``None`` when the ring was written apart.

    Raises
    ------
    DamagedStore
        When it is not a whole backup.
    """
    if path.exists() and not path.is_file():  # a device or a pipe would be read for ever
        raise _no_backup(str(path))
    with durable.told(path):
        try:
            with zipfile.ZipFile(path) as packed:
                return _unpacked(packed, into, str(path))
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
            raise _no_backup(str(path)) from None


def _unpacked(packed: zipfile.ZipFile, into: Path, where: str) -> tuple[Backup, Ring | None]:
    names = packed.namelist()
    if len(set(names)) != len(names) or not {DATABASE, TOLD} <= set(names) <= {
        DATABASE,
        KEYS,
        TOLD,
    }:
        raise _no_backup(where)
    told = _read_told(_small(packed, TOLD, where), where)
    with packed.open(DATABASE) as source:
        _unpack(source, into / DATABASE, told, where)
    ring = None
    if KEYS in names:
        ring = rings.from_bytes(_small(packed, KEYS, where), where=where)
    return told, ring


def _unpack(source: IO[bytes], target: Path, told: Backup, where: str) -> None:
    """Copy the database out, never more of it than the backup says there is."""
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while part := source.read(min(_AT_ONCE, told.size + 1 - size)):
            digest.update(part)
            size += len(part)
            if size > told.size:
                break
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    if size != told.size or digest.hexdigest() != told.digest:
        raise _no_backup(where)


def _small(packed: zipfile.ZipFile, name: str, where: str) -> bytes:
    with packed.open(name) as part:
        content = part.read(rings.LONGEST + 1)
    if len(content) > rings.LONGEST:
        raise _no_backup(where)
    return content


def _read_told(content: bytes, where: str) -> Backup:
    try:
        plain: dict[str, Any] = json.loads(content)
        found = plain.pop("format")
        if found != FORMAT:
            raise NewerStore(
                f"this backup is written as {str(found)[:40]!r}; this Twofold knows {FORMAT!r}.",
                where=where,
                remedy="Use the newer Twofold. Nothing was changed.",
            )
        told = Backup(**plain)
        if not 0 <= int(told.size) < 1 << 40:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _no_backup(where) from None
    return told


def _check_free(path: Path, keys: Path | None) -> None:
    """Let a backup replace only an older backup, and keys only older keys."""
    if path.exists() and not zipfile.is_zipfile(path):
        raise _taken(path)
    if keys is not None and keys.exists():
        try:
            rings.from_bytes(keys.read_bytes(), where=str(keys))
        except (DamagedStore, OSError):
            raise _taken(keys) from None


def _taken(path: Path) -> StoreError:
    return StoreError(
        "there is another file of this name, and it is no backup.",
        where=str(path),
        remedy="Choose another name. Nothing was changed.",
    )


@contextmanager
def beside(path: Path, folder: Path) -> Iterator[Path]:
    """Give an empty hidden folder on the same disk as a backup, and take it away at the end.

    It is noted in the diary's folder, so that what a program left that was killed is found again.
    """
    if not path.parent.is_dir():
        raise StoreError(
            "there is no such folder.", where=str(path.parent), remedy="Make it first."
        )
    clear_left_behind(folder, path)
    token = secrets.token_hex(4)
    place = Path(os.path.abspath(path)).with_name(f".{path.name}.{token}")
    with _noted(folder / f"{UNDER_WAY}{token}.json", place):
        os.mkdir(place, 0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def left_behind(folder: Path) -> tuple[Path, ...]:
    """Return the hidden folders that backups left which were killed."""
    return tuple(place for place in _notes(folder).values() if place is not None)


@contextmanager
def _noted(note: Path, place: Path) -> Iterator[None]:
    """Note where a backup is being written; the lock on the note ends with the program."""
    try:
        handle = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:  # the diary's disk may be full: all the more a backup is needed
        yield
        return
    try:
        rings.taken(handle)
        with suppress(OSError):
            os.write(handle, json.dumps({"place": str(place)}).encode())
            os.fsync(handle)
        yield
    finally:
        note.unlink(missing_ok=True)
        os.close(handle)


def _notes(folder: Path) -> dict[Path, Path | None]:
    """Return the notes of backups that were killed, each with what it left, if it is there."""
    notes = sorted(folder.glob(f"{UNDER_WAY}*.json"))
    return {note: _place_in(note) for note in notes if not _is_under_way(note)}


def _is_under_way(note: Path) -> bool:
    try:
        handle = os.open(note, os.O_RDWR)
    except OSError:
        return True
    try:
        return not rings.taken(handle)
    finally:
        os.close(handle)


def _place_in(note: Path) -> Path | None:
    token = note.stem.removeprefix(UNDER_WAY)
    try:
        place = Path(json.loads(note.read_bytes())["place"])
        is_one = place.name.startswith(".") and place.name.endswith(f".{token}")
        return place if is_one and place.is_dir() and not place.is_symlink() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear_left_behind(folder: Path, path: Path | None = None) -> None:
    """Take away what killed backups left: their own files, nothing else.

    Parameters
    ----------
    path : Path, optional
        Only what a backup to this very place left.
    """
    only = path and Path(os.path.abspath(path))
    for note, place in _notes(folder).items():
        if place is not None and only in (None, place.with_name(place.name[1:-9])):
            for name in _OWN:
                (place / name).unlink(missing_ok=True)
            with suppress(OSError):  # something else lies in it: it stays, and is named
                place.rmdir()
        if place is None or not place.exists():
            note.unlink(missing_ok=True)


def _told(snapshot: Path, ring: Ring, now: dt.datetime) -> dict[str, Any]:
    with open(snapshot, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "format": FORMAT,
        "store": ring.store,
        "made": now.isoformat(timespec="seconds"),
        "digest": digest,
        "size": snapshot.stat().st_size,
    }


def _pack(packed: Path, snapshot: Path, told: dict[str, Any], ring: bytes | None) -> None:
    handle = os.open(packed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as parts:
            parts.writestr(zipfile.ZipInfo(TOLD, _ONE_DAY), json.dumps(told, indent=1))
            if ring is not None:
                parts.writestr(zipfile.ZipInfo(KEYS, _ONE_DAY), ring)
            with (
                open(snapshot, "rb") as source,
                parts.open(zipfile.ZipInfo(DATABASE, _ONE_DAY), "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target, _AT_ONCE)
        file.flush()
        os.fsync(file.fileno())


def _no_backup(where: str) -> DamagedStore:
    return DamagedStore(
        "this is not a whole backup of a Twofold diary. Nothing was changed.",
        where=where,
        remedy="Use another backup, or copy this one again from where it was kept.",
    )
