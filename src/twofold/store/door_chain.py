"""The chain beside the log at the doors: each link holds the one before it and its own line.

The hashes are keyed (HMAC-SHA-256 under a key that comes from the database key), so that
who may write to the database but cannot open the diary can make none. What is cut off at
the end, line and link, is not missed; nor is it seen that a whole chain was taken away and
begun anew, but that the check then calls all lines older than the chain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twofold.store import engine as engines
from twofold.store.accounts_schema import door, door_chain

_LOCK = 0x747768  # on PostgreSQL, one program at a time puts a link to the end
_FIELDS = ("at", "person", "what", "allowed", "why", "address", "device")


@dataclass(frozen=True)
class Verdict:
    """What became of the log.

    Parameters
    ----------
    lines : int
        How many there are or were.
    erased : int
        Of how many only the link is left, because their person was erased.
    were_there : int
        How many are older than the chain: they are kept as they stood when it began.
    broken : int or None
        The number of the first line that does not fit.
    loose : int
        How many lines there are while the chain has not begun.
    """

    lines: int
    erased: int
    were_there: int
    broken: int | None
    loose: int = 0


def write(connection: sa.Connection, key: bytes, row: Mapping[str, Any]) -> None:
    """Write a line and its link, within the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    before = _last(connection)
    if before is None:
        before = _taken_over(connection, key)
    number = connection.scalar(sa.insert(door).values(**row).returning(door.c.seq))
    _add(connection, key, before, number, row, was_there=0)


def look(engine: sa.Engine, key: bytes, erased: Collection[str]) -> Verdict:
    """Go along the whole chain.

    Parameters
    ----------
    erased : collection of str
        People whose lines may be gone.
    """
    gone = {whose(key, one) for one in erased}
    before, lines, missing, were_there = "", 0, 0, 0
    with engines.reading(engine).begin() as connection:
        added = _first_without_link(connection)
        for one in connection.execute(_ALONG).yield_per(500):
            if added is not None and added < one.seq:
                break
            if one.link != _link(key, before, one) or not _fits(key, one, gone):
                return Verdict(lines, missing, were_there, one.seq)
            before, lines = one.link, lines + 1
            missing += one.at is None
            were_there += one.was_there
        loose = connection.scalar(sa.select(sa.func.count()).select_from(door)) or 0
    if not lines:
        return Verdict(0, 0, 0, None, loose)
    return Verdict(lines, missing, were_there, added)


def content_of(key: bytes, row: Mapping[str, Any]) -> str:
    """Return the hash of what a line says, with where each part of it ends."""
    return _hash(key, json.dumps([row[name] for name in _FIELDS], ensure_ascii=True))


def whose(key: bytes, person: str) -> str:
    """Return a word for a person that tells nothing, and outlasts them."""
    return _hash(key, f"person {person}")


def _fits(key: bytes, one: Any, gone: Collection[str]) -> bool:
    if one.at is None:
        return one.whose in gone
    return (content_of(key, dict(one._mapping)), whose(key, one.person)) == (one.content, one.whose)


def _last(connection: sa.Connection) -> str | None:
    newest = sa.select(door_chain.c.link).order_by(door_chain.c.seq.desc()).limit(1)
    found: str | None = connection.scalar(newest)
    return found


def _taken_over(connection: sa.Connection, key: bytes) -> str:
    """Begin the chain with the lines that an older program wrote, as they stand now."""
    before = ""
    for row in connection.execute(sa.select(door).order_by(door.c.seq)).all():
        before = _add(connection, key, before, row.seq, dict(row._mapping), was_there=1)
    return before


def _add(
    connection: sa.Connection,
    key: bytes,
    before: str,
    number: int | None,
    row: Mapping[str, Any],
    *,
    was_there: int,
) -> str:
    parts = {
        "seq": number,
        "was_there": was_there,
        "whose": whose(key, row["person"]),
        "content": content_of(key, row),
    }
    link = _hash(key, json.dumps([before, *parts.values()]))
    connection.execute(sa.insert(door_chain).values(**parts, link=link))
    return link


def _link(key: bytes, before: str, one: Any) -> str:
    return _hash(key, json.dumps([before, one.seq, one.was_there, one.whose, one.content]))


def _hash(key: bytes, words: str) -> str:
    return hmac.new(key, f"door {words}".encode(), hashlib.sha256).hexdigest()


def _first_without_link(connection: sa.Connection) -> int | None:
    links = sa.select(door_chain.c.seq)
    found: int | None = connection.scalar(
        sa.select(sa.func.min(door.c.seq)).where(door.c.seq.not_in(links))
    )
    return found


_ALONG = (
    sa.select(door_chain, *(door.c[name] for name in _FIELDS))
    .outerjoin(door, door.c.seq == door_chain.c.seq)
    .order_by(door_chain.c.seq)
)
