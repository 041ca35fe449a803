"""Looking through a diary for damage, and saying what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from twofold.errors import DamagedStore, StoreError
from twofold.store import engine as engines
from twofold.store import kinds, schema, sealing, writing
from twofold.store.adding_up import Kept, Sum, add_up
from twofold.store.door_chain import Verdict
from twofold.store.ring import Ring

_BACKUP = "Put back your newest backup with `twofold restore FILE`; what is here is moved aside."
_MOST = 20


@dataclass(frozen=True)
class Health:
    """What a check found.

    Parameters
    ----------
    is_well : bool
        Whether nothing is wrong.
    says : tuple of str
        What is wrong and what to do, or what was looked through.
    """

    is_well: bool
    says: tuple[str, ...]


def check(engine: sa.Engine, ring: Ring, database_key: bytes) -> Health:
    """Look through all of a diary."""
    try:
        wrong = [*_file(engine), *_people(engine, ring, database_key)]
        counts = _counts(engine)
    except DamagedStore as error:
        return Health(False, (error.sentence(),))
    return Health(not wrong, tuple(wrong) or (counts,))


def uncleared(copy: Path) -> str:
    """Say that a copy still names someone who was erased."""
    return (
        f"This copy of the diary cannot be opened, so it may still name someone who was erased "
        f"(what they wrote cannot be read any more): {copy}. Delete it when you do not need it."
    )


def left_behind(place: Path) -> str:
    """Say what a backup left that was stopped before it was done."""
    return (
        f"A backup was stopped before it was done, and left a hidden folder: {place}. It is "
        "encrypted. The next backup to the same place takes it away; you can also delete it."
    )


def told_of_doors(log: Verdict) -> Iterator[str]:
    """Say whether the log at the doors is as it was written."""
    if log.broken is not None:
        yield (
            f"The log at the doors was altered without Twofold: line {log.broken} is the first "
            "that does not fit. What the diary holds is looked through apart from that. Change "
            "the passphrases of the diary and of its database, and compare with a backup."
        )
    elif log.loose:
        yield (
            f"The log at the doors has {log.loose} lines that are not chained yet: the next one "
            "begins the chain, and takes them over as they stand."
        )
    elif log.lines:
        erased = f", {log.erased} of them of people who were erased" if log.erased else ""
        older = (
            f" {log.were_there} of them stood there before they were chained: of these only what "
            "came later is seen."
        )
        yield (
            f"The log at the doors is whole: {log.lines} lines{erased}."
            f"{older if log.were_there else ''}"
        )


def mend(engine: sa.Engine, ring: Ring, database_key: bytes) -> int:
    """Make the table of entries again from the changes, where it differs from them.

    Returns
    -------
    int
        How many entries were put right.
    """
    mended = 0
    with engine.begin() as connection:
        for person in connection.scalars(sa.select(schema.person.c.id)).all():
            key = ring.key_of(person, database_key)
            if key is not None:
                mended += _mended(connection, person, key)
    return mended


def _file(engine: sa.Engine) -> Iterator[str]:
    """Ask the database itself."""
    if not engines.is_embedded(engine):
        return
    with engines.outside_transactions(engine) as connection:
        _write_back(connection)
        pages = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
        if pages:
            yield f"{len(pages)} pages of the file were altered or damaged. {_BACKUP}"
        found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        if found != ["ok"]:
            yield f"The database is damaged ({'; '.join(map(str, found))[:400]}). {_BACKUP}"
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            yield f"{len(lost)} rows point to something that is gone. {_BACKUP}"


def _write_back(connection: sa.Connection) -> None:
    """Bring the log into the file, which is what is looked through; a reader may hinder it."""
    try:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except StoreError:
        return


def _people(engine: sa.Engine, ring: Ring, database_key: bytes) -> Iterator[str]:
    with engines.reading(engine).begin() as connection:
        if connection.scalars(sa.select(schema.store.c.id)).all() != [ring.store]:
            yield "The database and the key ring belong to two different diaries. " + _BACKUP
            return
        for row in connection.execute(sa.select(schema.person)).all():
            yield from _person(connection, row, ring, database_key)


def _person(connection: sa.Connection, row: Any, ring: Ring, key: bytes) -> Iterator[str]:
    own = ring.key_of(row.id, key)
    if own is None:
        if row.id not in ring.erased:
            yield (
                "The key of one person is missing from keys.json: their diary cannot be opened. "
                "Put back the keys.json of a backup."
            )
        return
    if sealing.opened_person(own, row.id, bytes(row.sealed)) is None:
        yield "A person's name was altered on the disk. " + _BACKUP
    shut: list[str] = []
    sums = add_up(_kept(connection, row.id, own, shut))
    if shut:
        yield f"{len(shut)} entries cannot be opened: {', '.join(shut[:_MOST])}. {_BACKUP}"
    differing = _differing(sums, _standing(connection, row.id))
    if differing:
        yield (
            f"{len(differing)} entries do not show their newest version. Nothing is lost: "
            "`twofold check --mend` puts them right."
        )


def _kept(connection: sa.Connection, person: str, key: bytes, shut: list[str]) -> Iterator[Kept]:
    """Give the kept changes in their order; every one is opened, also those kept apart."""
    asked = sa.select(schema.change).where(schema.change.c.person == person)
    for row in connection.execute(asked.order_by(schema.change.c.seq)).yield_per(500):
        day = _day(row, key, shut)
        if row.outcome == "kept":
            moment = writing.moment_of(dt.datetime.fromisoformat(row.at))
            yield Kept(row.seq, row.entry, row.kind, day, moment, row.body is None, row.batch)


def _day(row: Any, key: bytes, shut: list[str]) -> dt.date | None:
    if row.body is None:
        return None
    try:
        body = sealing.opened(
            key, bytes(row.body), person=row.person, entry=row.entry, change=row.id
        )
    except DamagedStore:
        shut.append(row.entry)
        return None
    return kinds.day_of(row.kind, body)


def _standing(connection: sa.Connection, person: str) -> dict[str, Sum]:
    asked = sa.select(schema.entry).where(schema.entry.c.person == person)
    return {
        row.id: Sum(
            row.id, row.kind, row.day, row.moment, row.head, bool(row.is_out), row.batch,
            row.versions,
        )
        for row in connection.execute(asked)
    }  # fmt: skip


def _differing(sums: dict[str, Sum], standing: dict[str, Sum]) -> list[str]:
    names = [*sums, *(name for name in standing if name not in sums)]
    return [name for name in names if sums.get(name) != standing.get(name)]


def _mended(connection: sa.Connection, person: str, key: bytes) -> int:
    shut: list[str] = []
    sums = add_up(_kept(connection, person, key, shut))
    entry = schema.entry
    wrong = [one for one in _differing(sums, _standing(connection, person)) if one not in shut]
    for name in wrong:
        connection.execute(sa.delete(entry).where(entry.c.person == person, entry.c.id == name))
        if name in sums:
            row = {**vars(sums[name]), "person": person, "is_out": int(sums[name].is_out)}
            connection.execute(sa.insert(entry).values(row))
    return len(wrong)


def _counts(engine: sa.Engine) -> str:
    with engines.reading(engine).begin() as connection:
        people, entries, changes = (
            connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (schema.person, schema.entry, schema.change)
        )
    return (
        f"All is well. People: {people}; entries: {entries}; changes: {changes}. "
        "Every one of them opens, and every entry shows its newest version."
    )
