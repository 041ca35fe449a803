"""The store: one person's or one clinic's diaries, kept encrypted, nothing ever overwritten."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from twofold.errors import DamagedStore, RecordError, StoreError
from twofold.people.person import Person
from twofold.store import (
    backup,
    checking,
    copies,
    door_chain,
    erasing,
    locks,
    schema,
    sealing,
    writing,
)
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.checking import Health
from twofold.store.entry import Batch, Body, Change, Conflict, Entry, Written
from twofold.store.reading_on import Fresh, ReadingOn
from twofold.store.ring import Ring
from twofold.store.using import Use

if TYPE_CHECKING:
    from twofold.diary.diary import Diary

Keep = Literal["mine", "other", "both"]
_OUTBOX = "outbox"
_FEW = 200
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NO_SPAN = (dt.date.min, dt.date.max)


class Store:
    """An open diary. ``create`` and ``open_store`` of ``store/opening.py`` make one.

    Parameters
    ----------
    folder : Path
        Where the key ring lies, and the database when it is embedded.
    engine : Engine
        The database; for modules of ``store/`` only.
    ring : Ring
        The key ring as it was read.
    key : bytes
        The database key.
    use : Use
        That this program uses the folder.
    """

    def __init__(self, folder: Path, engine: sa.Engine, ring: Ring, key: bytes, use: Use) -> None:
        self.folder, self.engine = folder, engine
        self._ring, self._key, self._use = ring, key, use
        self._keys: dict[str, bytes] = {}
        self._diaries = ReadingOn()

    def close(self) -> None:
        """Close the database; nothing is lost when this is never called."""
        self.engine.dispose()
        self._use.end()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Who.

    def people(self) -> tuple[Person, ...]:
        """Return everyone whose diary is kept here, in the order in which they came."""
        with self._reads() as connection:
            rows = connection.execute(sa.select(schema.person).order_by(schema.person.c.seq)).all()
        return tuple(self._person(row) for row in rows if self._is_here(row.id))

    def person(self, person: str) -> Person | None:
        """Return one person, ``None`` when they are not here."""
        if not writing.is_id(person):
            return None
        found = sa.select(schema.person).where(schema.person.c.id == person)
        with self._reads() as connection:
            row = connection.execute(found).one_or_none()
        return self._person(row) if row is not None and self._is_here(row.id) else None

    def add_person(self, label: str, *, zone: str = "", language: str = "en") -> Person:
        """Take in one more person, with a key of their own; durable on return."""
        _check_label(label)
        person = Person(str(uuid.uuid4()), label, zone, language)
        key = self._add_key(person.id)
        sealed = sealing.seal_person(key, person.id, _told(person))
        number = sa.select(sa.func.coalesce(sa.func.max(schema.person.c.seq), 0) + 1)
        row = {"id": person.id, "seq": number.scalar_subquery(), "sealed": sealed}
        with self.engine.begin() as connection:
            connection.execute(sa.insert(schema.person).values(row))
        return person

    def change_person(self, person: Person) -> None:
        """Keep another label, zone or language of a person."""
        _check_label(person.label)
        sealed = sealing.seal_person(self._key_of(person.id), person.id, _told(person))
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(schema.person)
                .where(schema.person.c.id == person.id)
                .values(sealed=sealed)
            )

    # Writing.

    def write(
        self, person: str, changes: Sequence[Change], *, received: dt.datetime
    ) -> tuple[Written, ...]:
        """Keep changes: all or none of them, on the disk when this returns.

        Parameters
        ----------
        changes : sequence of Change
            In the order in which they were made. One that was kept before is ``known``;
            one whose ``base`` is no longer the entry's head is kept apart (``conflict``).
        received : datetime
            Now, with its zone.

        Raises
        ------
        RecordError
            When one of them cannot be kept; then none is.
        StoreError
            When the database could not be written; then none is kept.
        """
        if received.tzinfo is None:
            raise RecordError("the moment of writing needs its zone.")
        key = self._key_of(person)
        with self.engine.begin() as connection:
            self._hold(connection, person)
            return writing.write(connection, person, key, changes, received)

    def settle(self, person: str, change: str, keep: Keep, *, now: dt.datetime) -> None:
        """Decide a conflict: keep the entry as it is, the other change, or both as two entries."""
        if keep not in ("mine", "other", "both"):
            raise RecordError("a conflict is settled as mine, other or both.")
        key = self._key_of(person)
        with self.engine.begin() as connection:
            self._hold(connection, person)
            apart = self._apart(connection, person)
            if change not in apart:
                return
            settled = _settling(
                apart[change], keep, self._standing(connection, person, apart[change]), now
            )
            writing.write(connection, person, key, settled, now)
            _mark_settled(connection, person, _with_ancestors(change, apart), keep, now)

    def undo_batch(self, person: str, batch: str, *, now: dt.datetime) -> int:
        """Take an import out again, but for what the person has changed since.

        Returns
        -------
        int
            How many entries were taken out.
        """
        key = self._key_of(person)
        with self.engine.begin() as connection:
            self._hold(connection, person)
            brought = _brought(connection, person, batch)
            out = [
                Change(
                    str(uuid.uuid4()), row.id, row.kind, None, now, base=row.head_id, batch=batch
                )
                for row in brought
            ]
            writing.write(connection, person, key, out, now)
        return sum(one.kind != "import" for one in out)

    # Reading.

    def entries(
        self,
        person: str,
        *,
        kinds: Collection[str] = (),
        first: dt.date | None = None,
        last: dt.date | None = None,
        with_out: bool = False,
    ) -> tuple[Entry, ...]:
        """Return the entries as they stand, by day and then by when they were written.

        Parameters
        ----------
        kinds : collection of str
            Only these; empty: all.
        first, last : date, optional
            Only those about a day from ``first`` to ``last``.
        with_out : bool
            Also those that were taken out.
        """
        asked = _entries(person)
        entry = schema.entry.c
        if kinds:
            asked = asked.where(entry.kind.in_(list(kinds)))
        if first is not None or last is not None:
            asked = asked.where(entry.day.between(first or _NO_SPAN[0], last or _NO_SPAN[1]))
        if not with_out:
            asked = asked.where(entry.is_out == 0)
        return self._read(person, asked.order_by(entry.day, entry.moment, entry.head))

    def entry(self, person: str, entry: str) -> Entry | None:
        """Return one entry, also when it was taken out; ``None`` when it was never there."""
        if not writing.is_id(entry):
            return None
        found = self._read(person, _entries(person).where(schema.entry.c.id == entry))
        return found[0] if found else None

    def history(self, person: str, entry: str) -> tuple[Change, ...]:
        """Return all that was ever written about an entry, oldest first."""
        if not writing.is_id(entry) or not writing.is_id(person):
            return ()
        change = schema.change.c
        asked = sa.select(schema.change).where(change.person == person, change.entry == entry)
        with self._reads() as connection:
            rows = connection.execute(asked.order_by(change.seq)).all()
        return tuple(self._change(row) for row in rows)

    def conflicts(self, person: str) -> tuple[Conflict, ...]:
        """Return what the person still has to decide, oldest first."""
        with self._reads() as connection:
            apart = self._apart(connection, person)
        later = {one.base for one in apart.values()}
        open_ones = [one for one in apart.values() if one.id not in later]
        found = ((self.entry(person, one.entry), one) for one in open_ones)
        return tuple(Conflict(entry, one) for entry, one in found if entry is not None)

    def batches(self, person: str) -> tuple[Batch, ...]:
        """Return the imports, oldest first."""
        imports = self.entries(person, kinds=("import",), with_out=True)
        firsts = {one.batch: self.history(person, one.id)[0] for one in imports}
        with self._reads() as connection:
            rows = connection.execute(_batch_sizes(person)).all()
        return tuple(sorted((_batch(row, firsts.get(row.batch)) for row in rows), key=_when))

    def undone(self, person: str) -> frozenset[str]:
        """Return the entries that were taken out together with the import that brought them."""
        if not writing.is_id(person):
            return frozenset()
        head = schema.change.c
        asked = _entries(person).where(schema.entry.c.is_out == 1, head.batch != "")
        with self._reads() as connection:
            return frozenset(row.id for row in connection.execute(asked))

    def diary(self, person: str, *, today: dt.date) -> Diary:
        """Return the person's diary, as every stage of a review reads it."""
        return self._diaries.diary(person, today, partial(self._changed_after, person))

    # The sealed outbox of a phone.

    def sealing_key(self) -> bytes:
        """Return the public point (P-256, uncompressed) that a phone seals its entries to."""
        return sealing.point_of(self._outbox_key())

    def unseal(self, id: str, epk: bytes, iv: bytes, ct: bytes) -> bytes:
        """Open what a phone sealed to this store.

        Raises
        ------
        RecordError
            When it was sealed to another store, or altered.
        """
        return sealing.unseal(self._outbox_key(), id, epk, iv, ct)

    # The whole of it.

    def erase(self, person: str) -> tuple[Path, ...]:
        """Erase a person for good: first their key, then all that it opened.

        A program that is stopped in between leaves nothing that can be read; the next
        opening finishes.

        Returns
        -------
        tuple of Path
            Copies that this store had put aside and that could not be cleared: they are
            damaged, or nothing can be written there. What the person copied is not known here.
        """
        if self.person(person) is None:
            raise _nobody()
        self._ring = rings.forget_person(self.folder, person)
        self._keys.pop(person, None)
        self._diaries.forget()
        erasing.finish(self.engine, (person,))
        copies.clear_handed_over(self.folder)
        return copies.clear(self.folder, self._key, self._ring.erased)

    def check(self) -> Health:
        """Look through everything, and say what is wrong and what to do."""
        ring = self._read_ring()
        health = checking.check(self.engine, ring, self._key)
        copied = copies.clear(self.folder, self._key, ring.erased)
        left = backup.left_behind(self.folder)
        log = door_chain.look(self.engine, locks.derived(self._key, "doors"), ring.erased)
        also = (*map(checking.uncleared, copied), *map(checking.left_behind, left))
        said = (*health.says, *also, *checking.told_of_doors(log))
        return Health(health.is_well and log.broken is None, said)

    def mend(self) -> int:
        """Make the table of entries again from the changes; return how many were put right."""
        self._diaries.forget()
        return checking.mend(self.engine, self._read_ring(), self._key)

    def backup(self, path: Path, *, keys: Path | None = None) -> None:
        """Write a backup; ``keys``: the key ring apart from it (see ``store/backup.py``)."""
        backup.write(path, self.engine, self.folder, self._key, keys=keys)

    # Within.

    def _reads(self) -> Any:
        return engines.reading(self.engine).begin()

    def _hold(self, connection: sa.Connection, person: str) -> None:
        """Queue behind other writers of this person; PostgreSQL needs to be asked for it."""
        here = sa.select(schema.person.c.id).where(schema.person.c.id == person)
        if connection.scalar(here.with_for_update()) is None:
            raise _nobody()

    def _read(self, person: str, asked: sa.Select[Any]) -> tuple[Entry, ...]:
        if not writing.is_id(person):
            return ()
        with self._reads() as connection:
            rows = connection.execute(asked).all()
        return tuple(self._entry(row) for row in rows)

    def _changed_after(self, person: str, number: int) -> Iterator[Fresh]:
        """Give the entries whose newest change comes after this number."""
        if not writing.is_id(person):
            return
        with self._reads() as connection:
            rows = connection.execute(_changed(connection, person, number)).all()
        for row in rows:
            place = (row.day or _NO_SPAN[0], row.moment, row.head)
            yield Fresh(row.head, place, self._entry(row))

    def _entry(self, row: Any) -> Entry:
        return Entry(
            id=row.id,
            kind=row.kind,
            body=self._opened(row.person, row.id, row.head_id, row.body),
            day=row.day,
            head=row.head_id,
            at=dt.datetime.fromisoformat(row.at),
            batch=row.batch,
            versions=row.versions,
        )

    def _change(self, row: Any) -> Change:
        return Change(
            id=row.id,
            entry=row.entry,
            kind=row.kind,
            body=self._opened(row.person, row.entry, row.id, row.body),
            at=dt.datetime.fromisoformat(row.at),
            zone=row.zone,
            base=row.base,
            device=row.device,
            batch=row.batch,
        )

    def _opened(self, person: str, entry: str, change: str, body: bytes | None) -> Body | None:
        if body is None:
            return None
        key = self._key_of(person)
        return sealing.opened(key, bytes(body), person=person, entry=entry, change=change)

    def _apart(self, connection: sa.Connection, person: str) -> dict[str, Change]:
        """Return the changes that met another one and were not decided yet."""
        change = schema.change.c
        decided = sa.select(schema.settled.c.change).where(schema.settled.c.person == person)
        asked = sa.select(schema.change).where(
            change.person == person, change.outcome == "conflict", change.seq.not_in(decided)
        )
        rows = connection.execute(asked.order_by(change.seq)).all()
        return {row.id: self._change(row) for row in rows}

    def _standing(self, connection: sa.Connection, person: str, change: Change) -> Entry:
        asked = _entries(person).where(schema.entry.c.id == change.entry)
        return self._entry(connection.execute(asked).one())

    def _person(self, row: Any) -> Person:
        told = sealing.opened_person(self._key_of(row.id), row.id, bytes(row.sealed))
        if told is None:
            raise DamagedStore(
                "a person's name cannot be opened: it was altered on the disk.",
                remedy="Put back a backup with `twofold restore FILE`.",
            )
        return Person(row.id, **told)

    def _is_here(self, person: str) -> bool:
        """Whether a person was not erased (their rows go right after their key)."""
        return person in self._ring.people or person in self._read_ring().people

    def _key_of(self, person: str) -> bytes:
        if not writing.is_id(person):
            raise _nobody()
        if person not in self._keys:
            ring = self._ring if person in self._ring.people else self._read_ring()
            key = ring.key_of(person, self._key)
            if key is None:
                raise _nobody()
            self._keys[person] = key
        return self._keys[person]

    def _read_ring(self) -> Ring:
        self._ring = rings.read(self.folder)
        return self._ring

    def _add_key(self, person: str) -> bytes:
        key = sealing.fresh_key()
        with rings.held(self.folder):
            self._ring = rings.read(self.folder).with_person(person, key, self._key)
            rings.save(self.folder, self._ring)
        return key

    def _outbox_key(self) -> bytes:
        if _OUTBOX not in self._keys:
            found = sa.select(schema.secret.c.sealed).where(schema.secret.c.name == _OUTBOX)
            with self._reads() as connection:
                sealed = connection.scalar(found)
            self._keys[_OUTBOX] = sealing.opened_secret(self._key, _OUTBOX, sealed)
        return self._keys[_OUTBOX]


def _entries(person: str) -> sa.Select[Any]:
    entry, change = schema.entry, schema.change
    return (
        sa.select(entry, change.c.id.label("head_id"), change.c.body, change.c.at)
        .join(change, change.c.seq == entry.c.head)
        .where(entry.c.person == person, entry.c.id == change.c.entry)
    )


def _changed(connection: sa.Connection, person: str, number: int) -> sa.Select[Any]:
    """Ask for the entries that changed after a number: a few by their ids, else all of them."""
    change = schema.change.c
    if number == 0:
        return _entries(person)
    after = sa.select(change.person, change.entry).where(change.seq > number).limit(_FEW + 1)
    rows = connection.execute(after).all()
    if len(rows) > _FEW:
        return _entries(person).where(change.seq > number)
    names = {row.entry for row in rows if row.person == person}
    return _entries(person).where(schema.entry.c.id.in_(names))


def _brought(connection: sa.Connection, person: str, batch: str) -> Sequence[Any]:
    """Return the entries of an import that nobody touched since."""
    change = schema.change.c
    return connection.execute(
        _entries(person).where(
            schema.entry.c.batch == batch, change.batch == batch, schema.entry.c.is_out == 0
        )
    ).all()


def _settling(other: Change, keep: Keep, entry: Entry, now: dt.datetime) -> list[Change]:
    """Return the changes that a decision makes."""
    if keep == "mine" or (keep == "both" and other.body is None):
        return []
    name = other.entry if keep == "other" else str(uuid.uuid5(uuid.UUID(other.entry), other.id))
    base = entry.head if keep == "other" else None
    return [Change(str(uuid.uuid4()), name, other.kind, other.body, now, other.zone, base)]


def _with_ancestors(change: str, apart: dict[str, Change]) -> list[str]:
    """Return a change and those before it on the same device: the last one holds them all."""
    line = [change]
    while (base := apart[line[-1]].base) in apart and base not in line:
        line.append(base or "")
    return line


def _mark_settled(
    connection: sa.Connection, person: str, changes: Iterable[str], keep: Keep, now: dt.datetime
) -> None:
    change = schema.change.c
    number = sa.select(change.seq).where(change.person == person)
    connection.execute(
        sa.insert(schema.settled),
        [
            {
                "change": connection.scalar(number.where(change.id == one)),
                "person": person,
                "keep": keep,
                "at": now.isoformat(),
            }
            for one in changes
        ],
    )


def _batch_sizes(person: str) -> sa.Select[Any]:
    """Count what each import brought and what of it is out; nothing has to be opened for it."""
    entry = schema.entry.c
    is_record = sa.case((entry.kind == "import", 0), else_=1)
    return (
        sa.select(
            entry.batch,
            sa.func.sum(is_record).label("kept"),
            sa.func.sum(is_record * entry.is_out).label("out"),
            sa.func.min(entry.is_out).label("all_out"),
            sa.func.min(entry.moment).label("moment"),
        )
        .where(entry.person == person, entry.batch != "")
        .group_by(entry.batch)
    )


def _batch(row: Any, first: Change | None) -> Batch:
    told = (first.body or {}) if first else {}
    at = first.at if first else _EPOCH + dt.timedelta(microseconds=row.moment)
    is_out = row.out == row.kept if row.kept else bool(row.all_out)
    return Batch(row.batch, str(told.get("source", "")), at, row.kept, is_out)


def _when(batch: Batch) -> tuple[dt.datetime, str]:
    return batch.at, batch.id


def _told(person: Person) -> dict[str, Any]:
    return {"label": person.label, "zone": person.zone, "language": person.language}


def _check_label(label: str) -> None:
    if not 1 <= len(label.strip()) <= 120 or not label.isprintable():
        raise RecordError(
            "a name has 1 to 120 letters, on one line.", remedy="Choose a shorter one."
        )


def _nobody() -> StoreError:
    return StoreError(
        "this person is not in this diary (any more).",
        remedy="Sign in again; `twofold check` tells who is here.",
    )
