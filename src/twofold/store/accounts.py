"""Accounts: who may sign in, with which passphrase, and by which invitation.

A name is kept as a keyed hash and a passphrase as argon2id, so that a stolen database
of a clinic tells neither.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from twofold.errors import RecordError
from twofold.store import engine as engines
from twofold.store import locks, recovery
from twofold.store.accounts_schema import account, invitation

if TYPE_CHECKING:
    from twofold.store.store import Store

Purpose = Literal["join", "renew"]
INVITATION_LASTS = dt.timedelta(days=7)
LONGEST_NAME = 80
_HASHER = PasswordHasher()
_AT_ONCE = threading.Semaphore(2)
"""argon2id takes 64 MiB a time: a crowd at the door must not take all memory."""


@dataclass(frozen=True)
class Account:
    """One person's account; the keeper looks after the diary and invites others."""

    person: str
    is_keeper: bool
    passphrase: str


@dataclass(frozen=True)
class Invitation:
    """What a code opens: a new account (``join``), or a new passphrase (``renew``)."""

    person: str
    purpose: Purpose


class Accounts:
    """The accounts of an open store."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._key = key_of(store)

    def of(self, person: str) -> Account | None:
        """Return a person's account, ``None`` when they have none."""
        return self._found(account.c.person == person)

    def named(self, name: str) -> Account | None:
        """Return the account of a name, however it is capitalised."""
        return self._found(account.c.name == self._name(name))

    def make(self, person: str, name: str, passphrase: str, *, now: dt.datetime) -> None:
        """Make a person's account, or give it another name and passphrase.

        Raises
        ------
        RecordError
            When another account has this name.
        """
        check_name(name)
        row = {"name": self._name(name), "passphrase": hashed(passphrase)}
        with self._engine.begin() as connection:
            taken = sa.select(account.c.person).where(account.c.name == row["name"])
            if connection.scalar(taken) not in (None, person):
                raise RecordError("this name is taken.", remedy="Please choose another one.")
            if not _changed(connection, person, row):
                connection.execute(sa.insert(account).values(_fresh(connection, person, now) | row))

    def change_passphrase(self, person: str, passphrase: str) -> None:
        """Keep another passphrase."""
        with self._engine.begin() as connection:
            _changed(connection, person, {"passphrase": hashed(passphrase)})

    def several(self) -> bool:
        """Return whether more than one person's diary is kept here."""
        from twofold.store.schema import person

        with engines.reading(self._engine).begin() as connection:
            count = connection.scalar(sa.select(sa.func.count()).select_from(person))
        return bool(count and count > 1)

    # Invitations.

    def invite(self, person: str, purpose: Purpose, *, now: dt.datetime) -> str:
        """Return a code that lets a person in once, within a week; an earlier one ends."""
        code = fresh_code(4)
        row = {"person": person, "purpose": purpose, "until": told(now + INVITATION_LASTS)}
        with self._engine.begin() as connection:
            connection.execute(sa.delete(invitation).where(invitation.c.person == person))
            connection.execute(sa.insert(invitation).values(row | {"digest": self._digest(code)}))
        return code

    def invited(self, code: str, *, now: dt.datetime) -> Invitation | None:
        """Return what a code opens, ``None`` when it is unknown, used or too old."""
        asked = sa.select(invitation).where(invitation.c.digest == self._digest(code))
        with engines.reading(self._engine).begin() as connection:
            row = connection.execute(asked).one_or_none()
        if row is None or dt.datetime.fromisoformat(row.until) < now:
            return None
        return Invitation(row.person, row.purpose)

    def take_invitation(self, code: str) -> bool:
        """Use a code up; ``False`` when another did so first."""
        used = sa.delete(invitation).where(invitation.c.digest == self._digest(code))
        with self._engine.begin() as connection:
            return connection.execute(used).rowcount == 1

    # Within.

    def _found(self, which: sa.ColumnElement[bool]) -> Account | None:
        with engines.reading(self._engine).begin() as connection:
            row = connection.execute(sa.select(account).where(which)).one_or_none()
        return None if row is None else Account(row.person, bool(row.is_keeper), row.passphrase)

    def _name(self, name: str) -> str:
        return self._keyed("name", unicodedata.normalize("NFKC", name).casefold().strip())

    def _digest(self, code: str) -> str:
        return self._keyed("code", plain_code(code))

    def _keyed(self, what: str, words: str) -> str:
        told = f"{what} {words}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()


def key_of(store: Store) -> bytes:
    """Return the key of the doors, which comes from the database key."""
    return locks.derived(store._key, "doors")


def check_name(name: str) -> None:
    """Refuse a name that is empty, endless, or holds what cannot be typed again.

    Raises
    ------
    RecordError
        With how long it may be.
    """
    if not 1 <= len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise RecordError(f"a name has 1 to {LONGEST_NAME} letters, on one line.")


def hashed(passphrase: str) -> str:
    """Return a passphrase as argon2id keeps it."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(passphrase))


def fits(kept: Account | None, passphrase: str) -> bool:
    """Say whether this is the passphrase of an account; an unknown account takes as long."""
    try:
        with _AT_ONCE:
            _HASHER.verify(kept.passphrase if kept else _nobodys(), _plain(passphrase))
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


def fresh_code(groups: int) -> str:
    """Return a random code of letters and digits that look unlike each other."""
    drawn = ("".join(secrets.choice(recovery.LETTERS) for _ in range(5)) for _ in range(groups))
    return "-".join(drawn)


def plain_code(code: str) -> str:
    """Return a code as it is compared, however it was typed."""
    kept = str.maketrans("OIL", "011", " -–—\t\r\n·")
    return code.upper().translate(kept)


def told(at: dt.datetime) -> str:
    """Return a moment as it is kept: UTC, and it sorts."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _plain(passphrase: str) -> bytes:
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_bytes(16))


def _fresh(connection: sa.Connection, person: str, now: dt.datetime) -> dict[str, Any]:
    first = connection.scalar(sa.select(sa.func.count()).select_from(account)) == 0
    return {"person": person, "made": told(now), "is_keeper": int(first), "totp_step": 0}


def _changed(connection: sa.Connection, person: str, row: dict[str, Any]) -> bool:
    done = connection.execute(sa.update(account).where(account.c.person == person).values(row))
    return bool(done.rowcount)
