"""What was decided at the doors, and how often someone failed there.

The log only grows: the database refuses to alter or delete a line of it, but for a
person who is being erased. Who alters it all the same breaks its chain (``door_chain.py``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from twofold.store import door_chain
from twofold.store import engine as engines
from twofold.store.accounts import key_of, told
from twofold.store.accounts_schema import attempt, door

if TYPE_CHECKING:
    from twofold.store.store import Store

FORGOTTEN = dt.timedelta(days=1)
"""After a day without a failure, counting begins anew."""


@dataclass(frozen=True)
class Decision:
    """One decision at a door.

    Parameters
    ----------
    person : str
        Whose it is; empty when nobody was recognised.
    what : str
        ``"sign-in"``, ``"visit"`` … ; ``why`` says the reason in a few words, never a secret.
    address, device : str
        From where, as far as the server can tell.
    """

    at: dt.datetime
    what: str
    allowed: bool
    person: str = ""
    why: str = ""
    address: str = ""
    device: str = ""


@dataclass(frozen=True)
class Attempts:
    """How often in a row someone failed, and when last."""

    failures: int = 0
    last: dt.datetime | None = None


class DoorLog:
    """The log and the counters of an open store."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._key = key_of(store)

    def write(self, one: Decision) -> None:
        """Write a decision down."""
        row = {
            "at": told(one.at),
            "person": one.person,
            "what": one.what[:20],
            "allowed": int(one.allowed),
            "why": _line(one.why, 160),
            "address": _line(one.address, 64),
            "device": _line(one.device, 80),
        }
        with self._engine.begin() as connection:
            door_chain.write(connection, self._key, row)

    def of(self, person: str, *, most: int = 200, nobody_too: bool = False) -> tuple[Decision, ...]:
        """Return a person's decisions, the newest first, and perhaps those about nobody known."""
        whose = [person, ""] if nobody_too else [person]
        asked = sa.select(door).where(door.c.person.in_(whose)).order_by(door.c.seq.desc())
        with engines.reading(self._engine).begin() as connection:
            return tuple(_decision(row) for row in connection.execute(asked.limit(most)))

    def has_come(self, person: str, address: str) -> bool:
        """Return whether a person signed in from this address before."""
        c = door.c
        here = (c.person == person, c.address == address, c.what == "sign-in", c.allowed == 1)
        with engines.reading(self._engine).begin() as connection:
            return connection.scalar(sa.select(c.seq).where(*here).limit(1)) is not None

    # Attempts.

    def attempts(self, subject: str, *, now: dt.datetime) -> Attempts:
        """Return how often a subject (an account, an address) failed in a row."""
        asked = sa.select(attempt).where(attempt.c.subject == self._name(subject))
        with engines.reading(self._engine).begin() as connection:
            row = connection.execute(asked).one_or_none()
        last = now if row is None else dt.datetime.fromisoformat(row.last)
        return Attempts() if row is None or now - last > FORGOTTEN else Attempts(row.failures, last)

    def fail(self, subject: str, *, now: dt.datetime) -> None:
        """Count one more failure."""
        name, old = self._name(subject), attempt.c.last < told(now - FORGOTTEN)
        more = {"failures": attempt.c.failures + 1, "last": told(now)}
        with self._engine.begin() as connection:
            connection.execute(sa.delete(attempt).where(old))
            change = sa.update(attempt).where(attempt.c.subject == name).values(more)
            if not connection.execute(change).rowcount:
                row = {"subject": name, "failures": 1, "last": told(now)}
                connection.execute(sa.insert(attempt).values(row))

    def clear(self, subject: str) -> None:
        """Forget the failures of a subject."""
        with self._engine.begin() as connection:
            which = attempt.c.subject == self._name(subject)
            connection.execute(sa.delete(attempt).where(which))

    def _name(self, subject: str) -> str:
        return hmac.new(
            self._key, f"attempt {subject}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()


def _line(words: str, most: int) -> str:
    """Return words as one line of the log: nothing in them can end it or paint over it."""
    return "".join(one if one.isprintable() else "�" for one in words)[:most]


def _decision(row: Any) -> Decision:
    at = dt.datetime.fromisoformat(row.at)
    return Decision(at, row.what, bool(row.allowed), row.person, row.why, row.address, row.device)
