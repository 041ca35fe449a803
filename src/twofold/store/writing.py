"""Writing: changes go in, the entries that they add up to are written beside them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from twofold.errors import RecordError
from twofold.store import kinds, schema, sealing
from twofold.store.entry import Change, Outcome, Written

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_FEW = 200
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Standing:
    """An entry as the table holds it: what a change is compared with."""

    kind: str
    day: dt.date | None
    head: str
    batch: str
    versions: int
    is_fresh: bool = False


def is_id(words: object) -> bool:
    """Say whether this is an id as this store writes them: a UUID in small letters."""
    return isinstance(words, str) and _ID.fullmatch(words) is not None


def write(
    connection: sa.Connection,
    person: str,
    key: bytes,
    changes: Sequence[Change],
    received: dt.datetime,
) -> tuple[Written, ...]:
    """Write changes in their order, within the connection's transaction."""
    checked = [(change, check(change)) for change in changes]
    known = _known(connection, person, [change.id for change in changes])
    standing = _standing(connection, person, {change.entry for change in changes})
    rows: list[dict[str, Any]] = []
    told = []
    for change, words in checked:
        outcome = _outcome(change, known, standing)
        told.append(Written(change.id, change.entry, outcome))
        if outcome == "known":
            continue
        known[change.id] = change.entry
        rows.append(_row(person, key, change, words, received, outcome))
        if outcome == "kept":
            standing[change.entry] = _after(change, standing.get(change.entry))
    if rows:
        _insert(connection, person, rows, standing)
    return tuple(told)


def check(change: Change) -> str | None:
    """Check a change before anything is written, and return its body as text.

    Raises
    ------
    RecordError
        When an id, a name, a time or the body cannot be kept.
    """
    ids = [change.id, change.entry, *filter(None, (change.base, change.batch))]
    if not all(is_id(one) for one in ids):
        raise RecordError("the id of a change or an entry is not a UUID.")
    for words in (change.kind, change.zone, change.device):
        _check_name(words)
    if not 1900 <= change.at.year <= 2200:
        raise RecordError(f"the year {change.at.year} is outside 1900 to 2200.")
    if change.body is None:
        return None
    words = sealing.to_text(change.body)
    kinds.check(change.kind, change.body)
    return words


def moment_of(at: dt.datetime) -> int:
    """Return an instant as a number that sorts: microseconds since 1970."""
    since = at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return since // dt.timedelta(microseconds=1)


def _check_name(words: object) -> None:
    fits = isinstance(words, str) and len(words) <= _LONGEST_NAME
    if not fits or any(unicodedata.category(one)[0] == "C" for one in str(words)):
        raise RecordError("a name in this change is too long, or holds what is no letter.")


def _outcome(change: Change, known: dict[str, str], standing: dict[str, Standing]) -> Outcome:
    if change.id in known:
        if known[change.id] != change.entry:
            raise RecordError("the id of this change was used for another entry before.")
        return "known"
    there = standing.get(change.entry)
    if there is None:
        return "kept"
    if there.kind != change.kind:
        raise RecordError("an entry keeps its kind: write a new entry instead.")
    return "conflict" if change.base is not None and change.base != there.head else "kept"


def _after(change: Change, before: Standing | None) -> Standing:
    day = None if change.body is None else kinds.day_of(change.kind, change.body)
    if before is None:
        return Standing(change.kind, day, change.id, change.batch, 1, is_fresh=True)
    day = before.day if change.body is None else day
    return replace(before, day=day, head=change.id, versions=before.versions + 1)


def _row(
    person: str,
    key: bytes,
    change: Change,
    words: str | None,
    received: dt.datetime,
    outcome: Outcome,
) -> dict[str, Any]:
    body = None
    if words is not None:
        body = sealing.seal(key, words, person=person, entry=change.entry, change=change.id)
    return {
        "person": person,
        "id": change.id,
        "entry": change.entry,
        "kind": change.kind,
        "body": body,
        "at": change.at.isoformat(),
        "zone": change.zone,
        "base": change.base,
        "device": change.device,
        "batch": change.batch,
        "received": received.isoformat(),
        "outcome": outcome,
    }


def _known(connection: sa.Connection, person: str, changes: Collection[str]) -> dict[str, str]:
    """Return which of these changes are there already, and to which entry they belong."""
    found = _among(connection, _CHANGES, schema.change.c.id, person, changes)
    return {row.id: row.entry for row in found}


def _standing(
    connection: sa.Connection, person: str, entries: Collection[str]
) -> dict[str, Standing]:
    return {
        row.id: Standing(row.kind, row.day, row.head_id, row.batch, row.versions)
        for row in _among(connection, _ENTRIES, schema.entry.c.id, person, entries)
    }


def _among(
    connection: sa.Connection,
    asked: sa.Select[Any],
    column: sa.Column[Any],
    person: str,
    ids: Collection[str],
) -> Iterable[Any]:
    """Ask for a few rows by their ids; of many, it is quicker to read all of the person's."""
    if len(ids) > _FEW:
        return connection.execute(asked, {"of": person})
    few = asked.where(column.in_(sa.bindparam("ids", expanding=True)))
    return connection.execute(few, {"of": person, "ids": list(ids)})


def _insert(
    connection: sa.Connection,
    person: str,
    rows: Sequence[dict[str, Any]],
    standing: dict[str, Standing],
) -> None:
    """Insert the changes, and write how the entries that they touch stand now."""
    numbers = {row.id: row.seq for row in connection.execute(_INSERT, rows)}
    heads = {row["id"]: row for row in rows}
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    for name, now in standing.items():
        if now.head in heads:
            row = _entry_row(person, name, now, heads[now.head]) | {"head": numbers[now.head]}
            (new if now.is_fresh else old).append(row)
    if new:
        connection.execute(sa.insert(schema.entry), new)
    if old:
        connection.execute(_UPDATE, [{f"to_{name}": row[name] for name in row} for row in old])


def _entry_row(person: str, name: str, now: Standing, head: dict[str, Any]) -> dict[str, Any]:
    return {
        "person": person,
        "id": name,
        "kind": now.kind,
        "day": now.day,
        "moment": moment_of(dt.datetime.fromisoformat(head["at"])),
        "head": now.head,
        "is_out": int(head["body"] is None),
        "batch": now.batch,
        "versions": now.versions,
    }


_CHANGES = sa.select(schema.change.c.id, schema.change.c.entry).where(
    schema.change.c.person == sa.bindparam("of")
)
_ENTRIES = (
    sa.select(schema.entry, schema.change.c.id.label("head_id"))
    .join(schema.change, schema.change.c.seq == schema.entry.c.head)
    .where(schema.entry.c.person == sa.bindparam("of"))
)
_INSERT = sa.insert(schema.change).returning(schema.change.c.id, schema.change.c.seq)
_UPDATE = (
    sa.update(schema.entry)
    .where(
        schema.entry.c.person == sa.bindparam("to_person"),
        schema.entry.c.id == sa.bindparam("to_id"),
    )
    .values(
        {
            name: sa.bindparam(f"to_{name}")
            for name in ("day", "moment", "head", "is_out", "versions")
        }
    )
)
