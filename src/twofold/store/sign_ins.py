"""Sessions: which browsers are signed in. The browser holds a token, the store only its hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from twofold.store import engine as engines
from twofold.store import locks
from twofold.store.accounts import key_of, told
from twofold.store.accounts_schema import session

if TYPE_CHECKING:
    from twofold.store.store import Store

Stage = Literal["first", "enrol", "renew", "full"]
"""Passphrase given, second factor asked; second factor still to be set up; a new passphrase
to be chosen; signed in."""

WAITING = dt.timedelta(minutes=15)
"""How long a sign-in may stay half done."""

MOST = 50
"""Browsers at once of one person; the longest unseen one goes."""

_NOTE_EVERY = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Lasting:
    """How long a session lasts unseen, and at most."""

    idle: dt.timedelta
    longest: dt.timedelta


@dataclass(frozen=True)
class Session:
    """One signed-in browser.

    Parameters
    ----------
    way : str
        How it signed in: ``"database"``, ``"passphrase+app"`` …
    """

    id: str
    person: str
    stage: Stage
    way: str
    device: str
    begun: dt.datetime
    seen: dt.datetime


class SignIns:
    """The sessions of an open store."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._key = key_of(store)

    def begin(
        self, person: str, *, stage: Stage, way: str, device: str, now: dt.datetime
    ) -> tuple[str, str]:
        """Sign a browser in.

        Returns
        -------
        tuple of str
            The session's id, and the token for the browser's cookie: it is kept nowhere else.
        """
        token, name = secrets.token_urlsafe(32), str(uuid.uuid4())
        row = {"id": name, "token": _hashed(token), "person": person, "stage": stage}
        about = {"way": way, "device": device[:80], "begun": told(now), "seen": told(now)}
        with self._engine.begin() as connection:
            _make_room(connection, person)
            connection.execute(sa.insert(session).values(**row, **about))
        return name, token

    def of(self, token: str | None, lasting: Lasting, *, now: dt.datetime) -> Session | None:
        """Return the session of a token, ``None`` when it is unknown or has run out."""
        if not token or len(token) > 100:
            return None
        digest = _hashed(token)
        with engines.reading(self._engine).begin() as connection:
            asked = sa.select(session).where(session.c.token == digest)
            row = connection.execute(asked).one_or_none()
        if row is None or not hmac.compare_digest(row.token, digest):
            return None
        found = _session(row)
        if has_run_out(found, lasting, now=now):
            self.end(found.id)
            return None
        self._note(found, now)
        return found

    def all_of(self, person: str) -> tuple[Session, ...]:
        """Return a person's signed-in browsers, the last seen first."""
        which = (session.c.person == person, session.c.stage == "full")
        asked = sa.select(session).where(*which).order_by(session.c.seen.desc())
        with engines.reading(self._engine).begin() as connection:
            return tuple(_session(row) for row in connection.execute(asked))

    def end(self, name: str, *, person: str | None = None) -> bool:
        """Sign a browser out; with ``person``, only one of theirs."""
        which = [session.c.id == name]
        if person is not None:
            which.append(session.c.person == person)
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(session).where(*which)).rowcount == 1

    def end_all(self, person: str, *, but: str = "") -> int:
        """Sign all browsers of a person out, but perhaps one."""
        which = (session.c.person == person, session.c.id != but)
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(session).where(*which)).rowcount

    def end_those_by(self, way: str) -> None:
        """Sign out everyone who came in a certain way, which no longer suffices."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(session).where(session.c.way == way))

    def ask(self, name: str, pending: bytes | None) -> None:
        """Keep what a session is being asked (a challenge, a new secret), sealed."""
        sealed = pending and locks.wrap(self._key, pending, about=f"pending {name}")
        with self._engine.begin() as connection:
            change = sa.update(session).where(session.c.id == name)
            connection.execute(change.values(pending=sealed))

    def asked(self, name: str) -> bytes | None:
        """Return what a session is being asked."""
        with engines.reading(self._engine).begin() as connection:
            sealed = connection.scalar(sa.select(session.c.pending).where(session.c.id == name))
        return locks.unwrap(self._key, bytes(sealed), about=f"pending {name}") if sealed else None

    def _note(self, found: Session, now: dt.datetime) -> None:
        """Keep when a browser was last seen; not at every page, as each is a write."""
        if now - found.seen < _NOTE_EVERY:
            return
        with self._engine.begin() as connection:
            change = sa.update(session).where(session.c.id == found.id)
            connection.execute(change.values(seen=told(now)))


def has_run_out(found: Session, lasting: Lasting, *, now: dt.datetime) -> bool:
    """Say whether a session is over: unseen too long, too old, or begun in the future."""
    longest = lasting.longest if found.stage == "full" else WAITING
    since, age = now - found.seen, now - found.begun
    return since > lasting.idle or age > longest or age < -dt.timedelta(days=1)


def _make_room(connection: sa.Connection, person: str) -> None:
    own = sa.select(session.c.id).where(session.c.person == person)
    rest = connection.scalars(own.order_by(session.c.seen.desc()).offset(MOST - 1)).all()
    if rest:
        connection.execute(sa.delete(session).where(session.c.id.in_(rest)))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _session(row: Any) -> Session:
    begun, seen = dt.datetime.fromisoformat(row.begun), dt.datetime.fromisoformat(row.seen)
    return Session(row.id, row.person, row.stage, row.way, row.device, begun, seen)
