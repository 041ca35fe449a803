"""The key ring: ``keys.json`` beside the database.

It holds no key in the open. The database key is there twice, under the passphrase and
under the recovery key; each person's key is there once, under the database key. Erasing
a person is taking their key off the ring.
"""

from __future__ import annotations

import json
import os
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from twofold.errors import DamagedStore, NewerStore, StoreBusy, WrongKey
from twofold.store import durable, locks, recovery

NAME = "keys.json"
FORMAT = "twofold-keys-1"
ASIDE = "before-"
"""How the folders begin in which a restore leaves what was there."""
BEFORE_SCHEMA = "before-schema-"
"""How the files begin in which a migration leaves what was there."""
LONGEST = 20_000_000
_PATIENCE = 30.0


@dataclass(frozen=True)
class Ring:
    """The key ring as it stands on the disk.

    Parameters
    ----------
    store : str
        UUID of the diary that it belongs to.
    passphrase, recovery : mapping
        The database key, locked.
    people : mapping of str to str
        Each person's key, sealed under the database key.
    erased : tuple of str
        Ids of those who were erased; a restored backup is cleared of them.
    is_made : bool
        False only while a diary is being created.
    """

    store: str
    passphrase: Mapping[str, Any]
    recovery: Mapping[str, Any]
    people: Mapping[str, str] = field(default_factory=dict)
    erased: tuple[str, ...] = ()
    is_made: bool = False

    def with_person(self, person: str, key: bytes, database_key: bytes) -> Ring:
        """Return the ring with one more person's key."""
        sealed = locks.wrap(database_key, key, about=_of_person(self.store, person))
        return replace(self, people={**self.people, person: locks.text(sealed)})

    def without(self, people: Iterator[str] | tuple[str, ...]) -> Ring:
        """Return the ring without these keys, which nothing brings back."""
        gone = dict.fromkeys((*self.erased, *people))
        left = {one: key for one, key in self.people.items() if one not in gone}
        return replace(self, people=left, erased=tuple(gone))

    def key_of(self, person: str, database_key: bytes) -> bytes | None:
        """Return a person's key; ``None`` when it is not on the ring or does not open."""
        sealed = self.people.get(person)
        if sealed is None:
            return None
        try:
            wrapped = locks.raw(sealed)
        except ValueError:  # a letter of it was altered
            return None
        return locks.unwrap(database_key, wrapped, about=_of_person(self.store, person))


def fresh(passphrase: str, cost: locks.Cost) -> tuple[Ring, bytes, str]:
    """Return a new ring, its database key, and the recovery key to print."""
    key = secrets.token_bytes(locks.KEY_BYTES)
    ring, printed = with_recovery(Ring(str(uuid.uuid4()), {}, {}), key)
    return with_passphrase(ring, key, passphrase, cost), key, printed


def with_passphrase(ring: Ring, key: bytes, passphrase: str, cost: locks.Cost) -> Ring:
    """Return the ring with its database key under another passphrase."""
    about = f"{ring.store} passphrase"
    return replace(ring, passphrase=locks.lock(key, passphrase, about=about, cost=cost))


def with_recovery(ring: Ring, key: bytes) -> tuple[Ring, str]:
    """Return the ring with its database key under a new recovery key, and that one to print."""
    printed = recovery.fresh()
    return replace(ring, recovery=_under_recovery(key, printed, ring.store)), printed


def opened(ring: Ring, secret: str, *, where: str) -> bytes:
    """Return the database key.

    Raises
    ------
    WrongKey
        When ``secret`` is neither the passphrase nor the recovery key.
    DamagedStore
        When the ring itself is damaged.
    """
    try:
        key = _by_recovery(ring, secret) or locks.unlock(
            ring.passphrase, secret, about=f"{ring.store} passphrase"
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(where, "a lock in it is damaged") from None
    if key is None:
        raise _wrong(secret)
    return key


def read(folder: Path) -> Ring:
    """Read the ring of a folder.

    Raises
    ------
    DamagedStore
        When it is missing or damaged.
    NewerStore
        When a newer Twofold wrote it.
    """
    path = folder / NAME
    if not path.exists():
        raise _damaged(str(path), "it is missing")
    with durable.told(path):
        if path.stat().st_size > LONGEST:
            raise _damaged(str(path), "it is far too long")
        return from_bytes(path.read_bytes(), where=str(path))


def from_bytes(content: bytes, *, where: str) -> Ring:
    """Read a ring from what ``as_bytes`` wrote."""
    try:
        plain = json.loads(content)
        found = plain.pop("format")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise _damaged(where, "it is not complete") from None
    if found != FORMAT:
        raise NewerStore(
            f"this key ring is written as {str(found)[:40]!r}; this Twofold knows {FORMAT!r}.",
            where=where,
            remedy="Use the newer Twofold. Nothing was changed.",
        )
    return _checked(plain, where)


def as_bytes(ring: Ring) -> bytes:
    """Return the ring as it stands on the disk."""
    return (json.dumps({"format": FORMAT, **asdict(ring)}, indent=1) + "\n").encode()


def save(folder: Path, ring: Ring, *, forget: bool = False) -> None:
    """Put the ring on the disk, whole or not at all; durable on return. Keep it ``held``."""
    with durable.told(folder / NAME):
        durable.forget_unfinished(folder / NAME)
    durable.write(folder / NAME, as_bytes(ring), forget=forget)


def forget_person(folder: Path, person: str) -> Ring:
    """Take a person's key off the ring and off every ring that a restore moved aside."""
    with held(folder):
        ring = read(folder).without((person,))
        save(folder, ring, forget=True)
        for path in sorted(folder.glob(f"{ASIDE}*/{NAME}")):
            try:
                save(path.parent, read(path.parent).without((person,)), forget=True)
            except (DamagedStore, NewerStore):
                continue  # what cannot be read holds no key that anyone could use
    return ring


@contextmanager
def held(folder: Path, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Keep every other program from changing the ring meanwhile.

    Raises
    ------
    StoreBusy
        When another program does not let go of it.
    """
    path = folder / f"{NAME}.lock"
    with durable.told(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for(handle, time.monotonic() + patience, path)
        yield
    finally:
        os.close(handle)  # lets go of it, too


def _wait_for(handle: int, until: float, path: Path) -> None:
    while not taken(handle):
        if time.monotonic() > until:
            raise StoreBusy(
                "another program is changing the keys of this diary.",
                where=str(path),
                remedy="Wait until it is done, then try again.",
            )
        time.sleep(0.05)


def taken(handle: int) -> bool:
    """Lock a file if nobody else has, and say whether it worked; it ends with the program."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _checked(plain: dict[str, Any], where: str) -> Ring:
    try:
        people = {str(uuid.UUID(one)): str(key) for one, key in plain["people"].items()}
        erased = tuple(str(uuid.UUID(one)) for one in plain["erased"])
        ring = Ring(**{**plain, "people": people, "erased": erased})
        uuid.UUID(ring.store)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(where, "a part of it is damaged") from None
    return ring


def _under_recovery(key: bytes, printed: str, store: str) -> dict[str, Any]:
    under = locks.derived(recovery.as_bytes(printed), "recovery key")
    return {"sealed": locks.text(locks.wrap(under, key, about=f"{store} recovery"))}


def _by_recovery(ring: Ring, secret: str) -> bytes | None:
    if not recovery.is_one(secret):
        return None
    under = locks.derived(recovery.as_bytes(secret), "recovery key")
    return locks.unwrap(under, locks.raw(ring.recovery["sealed"]), about=f"{ring.store} recovery")


def _of_person(store: str, person: str) -> str:
    return f"{store} person {person}"


def _wrong(secret: str) -> WrongKey:
    if recovery.looks_like_one(secret) and not recovery.is_one(secret):
        groups = ", ".join(str(one) for one in recovery.mistakes(secret))
        return WrongKey(
            f"this recovery key has a typing mistake in group {groups}.",
            remedy="Compare it with the printed one, group by group.",
        )
    return WrongKey(
        "this passphrase does not open the diary. Nothing was changed.",
        remedy="Try again: capital letters count. The printed recovery key opens it, too.",
    )


def _damaged(where: str, how: str) -> DamagedStore:
    return DamagedStore(
        f"the key ring cannot be read: {how}. Without it the diary cannot be opened.",
        where=where,
        remedy=(
            "Put back keys.json from a backup of this diary (`twofold restore FILE`). "
            "Do not delete diary.db."
        ),
    )
