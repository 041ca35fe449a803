"""Erased is erased in the copies, too, that the store itself put aside; others' rows stay there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from store.entries import NOW, PASSPHRASE, QUICK, note, put

from twofold.store import copying, schema, sealing, upgrading, using
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.opening import create, open_store
from twofold.store.restoring import restore
from twofold.store.store import Store


def two_people(store: Store) -> tuple[str, str]:
    people = store.add_person("Ada").id, store.add_person("Bob").id
    for person in people:
        store.write(person, [put(note("kept"))], received=NOW)
    return people


def put_aside(store: Store, tmp_path: Path) -> Path:
    """Restore a backup over the diary, and return the copy of what was there."""
    store.backup(tmp_path / "backup")
    store.close()
    aside = restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    assert aside is not None
    return aside / "diary.db"


def before_a_migration(folder: Path) -> tuple[Path, str, str]:
    """Begin a diary with the oldest schema, open it with today's, and return the copy of it."""
    folder.mkdir()
    ring, key, _ = rings.fresh(PASSPHRASE, QUICK)
    rings.save(folder, rings.replace(ring, is_made=True))
    engine = engines.embedded(folder / "diary.db", key)
    with engine.begin() as connection:
        upgrading.upgrade(connection, "0001")
        connection.execute(sa.insert(schema.store).values(id=ring.store))
        sealed = sealing.seal_secret(key, "outbox", sealing.fresh_outbox_key())
        connection.execute(sa.insert(schema.secret).values(name="outbox", sealed=sealed))
    with Store(folder, engine, ring, key, using.begin(folder)) as store:
        ada, bob = two_people(store)
    open_store(folder, PASSPHRASE, database="").close()
    (copy,) = folder.glob("before-schema-*.db")
    return copy, ada, bob


def named_in(copy: Path, key: bytes, person: str) -> list[str]:
    """Return the tables of a copy in which a person is named."""
    engine = engines.embedded(copy, key, pooled=False, journal="WAL")
    found = sa.MetaData()
    with engines.reading(engine).begin() as connection:
        found.reflect(connection)
        return [
            table.name
            for table in found.sorted_tables
            for row in connection.execute(sa.select(table)).mappings()
            if person in {str(value) for value in row.values()}
        ]


def key_of(folder: Path) -> bytes:
    return rings.opened(rings.read(folder), PASSPHRASE, where="")


def test_a_copy_from_before_a_migration_holds_nothing_of_an_erased_person(folder: Path) -> None:
    copy, ada, bob = before_a_migration(folder)
    assert set(named_in(copy, key_of(folder), ada)) == {"person", "change", "entry"}
    of_bob = named_in(copy, key_of(folder), bob)
    with open_store(folder, PASSPHRASE, database="") as store:
        assert store.erase(ada) == ()
        assert store.check().is_well
    assert named_in(copy, key_of(folder), ada) == []
    assert named_in(copy, key_of(folder), bob) == of_bob


def test_a_copy_from_before_a_restore_holds_nothing_of_an_erased_person(
    store: Store, tmp_path: Path
) -> None:
    ada, bob = two_people(store)
    copy = put_aside(store, tmp_path)
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.erase(ada) == ()
    assert named_in(copy, key_of(store.folder), ada) == []
    with open_store(copy.parent, PASSPHRASE, database="") as old:
        assert [one.id for one in old.people()] == [bob] and old.check().is_well


def test_a_crash_before_the_copies_were_cleared_is_finished_by_the_next_opening(
    store: Store, tmp_path: Path
) -> None:
    ada, _ = two_people(store)
    copy = put_aside(store, tmp_path)
    rings.forget_person(store.folder, ada)  # and here the power goes
    open_store(store.folder, PASSPHRASE, database="").close()
    assert named_in(copy, key_of(store.folder), ada) == []


def test_a_copy_of_a_diary_on_postgresql_is_cleared_too(
    folder: Path, fresh_database: Callable[[], str]
) -> None:
    address = fresh_database()
    with create(folder, PASSPHRASE, database=address, cost=QUICK)[0] as store:
        ada, bob = two_people(store)
        copy = folder / "before-schema-0002-1234abcd.db"
        copying.into_file(store.engine, copy, key_of(folder))
        assert named_in(copy, key_of(folder), ada)
        store.erase(ada)
    assert named_in(copy, key_of(folder), ada) == []
    assert named_in(copy, key_of(folder), bob)


def test_a_damaged_copy_is_left_as_it_is_and_named(store: Store, tmp_path: Path) -> None:
    ada, _ = two_people(store)
    copy = put_aside(store, tmp_path)
    content = bytearray(copy.read_bytes())
    content[:4096] = bytes(4096)
    copy.write_bytes(content)
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.erase(ada) == (copy,)
        health = again.check()
    assert copy.read_bytes() == content
    assert health.is_well and any(str(copy) in one for one in health.says)


def test_a_copy_of_another_diary_is_not_touched(store: Store, tmp_path: Path) -> None:
    ada, _ = two_people(store)
    with create(tmp_path / "other", PASSPHRASE, database="", cost=QUICK)[0] as other:
        two_people(other)
        other.backup(tmp_path / "of another")
    store.close()
    aside = restore(tmp_path / "of another", store.folder, PASSPHRASE, database="")
    assert aside is not None
    before = (aside / "diary.db").read_bytes()
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.erase(again.people()[0].id) == ()
    assert (aside / "diary.db").read_bytes() == before
    with open_store(aside, PASSPHRASE, database="") as old:
        assert ada in {one.id for one in old.people()}


@pytest.mark.parametrize("is_marked", [True, False], ids=["a switch waits", "killed before it"])
def test_what_a_killed_restore_unpacked_goes_unless_a_switch_waits_for_it(
    store: Store, is_marked: bool
) -> None:
    ada, _ = two_people(store)
    left = store.folder / "restored-2026-11-22-100000-ab12"
    left.mkdir()
    (left / "diary.db").write_bytes(b"unpacked")
    if is_marked:
        (store.folder / "restoring.json").write_text("{}")
    store.erase(ada)
    assert left.exists() is is_marked
