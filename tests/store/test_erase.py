"""Erased is erased: first the key, then the rows, and no backup or crash brings them back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from store.entries import NOW, PASSPHRASE, note, put

from twofold.errors import StoreError
from twofold.store import accounts_schema, erasing, schema
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.opening import open_store
from twofold.store.restoring import restore
from twofold.store.store import Store


def written(store: Store, name: str) -> str:
    person = store.add_person(name).id
    change = put(note(f"of {name}"))
    other = put(note("apart"), entry=change.entry, base=change.id)
    store.write(
        person, [change, put(note("x"), entry=change.entry, base=change.id), other], received=NOW
    )
    store.settle(person, other.id, "both", now=NOW)
    return person


def reopened(store: Store) -> Store:
    address = "" if engines.is_embedded(store.engine) else str(store.engine.url)
    store.close()
    return open_store(store.folder, PASSPHRASE, database=address)


def test_nothing_of_an_erased_person_is_left_and_nothing_of_others_is_touched(
    fresh_store: Store,
) -> None:
    ada, bob = written(fresh_store, "Ada"), written(fresh_store, "Bob")
    before = fresh_store.entries(bob)
    fresh_store.erase(ada)
    with fresh_store.engine.begin() as connection:
        for table in schema.METADATA.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                assert ada not in {str(value) for value in row.values()}, table.name
    assert fresh_store.entries(ada) == () and fresh_store.person(ada) is None
    assert fresh_store.entries(bob) == before and fresh_store.check().is_well
    with pytest.raises(StoreError, match="not in this diary"):
        fresh_store.write(ada, [put(note("after"))], received=NOW)
    with pytest.raises(StoreError, match="not in this diary"):
        fresh_store.erase(ada)


def test_every_table_that_names_a_person_is_cleared_when_one_is_erased() -> None:
    named = {
        table for table in schema.METADATA.sorted_tables
        if "person" in table.columns and table is not schema.erasing
    }  # fmt: skip
    assert named == set(erasing._OF_A_PERSON)
    assert set(accounts_schema.OF_A_PERSON) <= named


def test_the_key_is_on_no_ring_any_more_also_none_that_was_moved_aside(
    store: Store, tmp_path: Path
) -> None:
    ada = written(store, "Ada")
    store.backup(tmp_path / "backup")
    store.close()
    restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    with open_store(store.folder, PASSPHRASE, database="") as again:
        key = rings.read(store.folder).people[ada]
        again.erase(ada)
    for path in store.folder.rglob("*"):
        assert not path.is_file() or key.encode() not in path.read_bytes(), path
    assert rings.read(store.folder).erased == (ada,)


@pytest.mark.parametrize("where", ["after the key", "in the rows", "after the rows"])
def test_a_crash_while_erasing_is_finished_by_the_next_opening(
    fresh_store: Store, where: str
) -> None:
    ada, bob = written(fresh_store, "Ada"), written(fresh_store, "Bob")
    rings.forget_person(fresh_store.folder, ada)
    if where == "in the rows":
        connection = fresh_store.engine.connect()
        erasing.take_rows(connection, [ada])
        connection.invalidate()  # the transaction ends as it does when the power goes
        connection.close()
    if where == "after the rows":
        with fresh_store.engine.begin() as rows:
            erasing.take_rows(rows, [ada])
    with reopened(fresh_store) as again:
        assert [one.id for one in again.people()] == [bob]
        assert again.entries(ada) == () and again.check().is_well


def test_an_open_program_sees_that_a_person_was_erased_by_another(store: Store) -> None:
    ada = written(store, "Ada")
    assert store.entries(ada)
    with open_store(store.folder, PASSPHRASE, database="") as other:
        other.erase(ada)
    assert store.people() == () and store.entries(ada) == ()
    with pytest.raises(StoreError):
        store.write(ada, [put(note("x"))], received=NOW)
    bob = store.add_person("Bob").id
    assert set(rings.read(store.folder).people) == {bob}  # nobody's old ring brought a key back


def test_a_backup_from_before_does_not_bring_an_erased_person_back(
    store: Store, tmp_path: Path
) -> None:
    ada, bob = written(store, "Ada"), written(store, "Bob")
    store.backup(tmp_path / "backup")
    store.erase(ada)
    store.close()
    restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert [one.id for one in again.people()] == [bob] and again.check().is_well


def test_a_backup_with_its_keys_apart_cannot_bring_one_back_anywhere(
    store: Store, tmp_path: Path
) -> None:
    ada, bob = written(store, "Ada"), written(store, "Bob")
    keys = tmp_path / "keys"
    store.backup(tmp_path / "old", keys=keys)
    store.erase(ada)
    store.backup(tmp_path / "new", keys=keys)  # the newest keys take the place of the old
    elsewhere = tmp_path / "elsewhere"
    restore(tmp_path / "old", elsewhere, PASSPHRASE, keys=keys, database="")
    with open_store(elsewhere, PASSPHRASE, database="") as again:
        assert [one.id for one in again.people()] == [bob] and again.check().is_well
