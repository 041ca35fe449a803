"""One schema on both databases; an older diary is brought up to date, with a copy beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store.entries import NOW, PASSPHRASE, QUICK, note, put

from twofold.store import accounts_schema, schema, sealing, upgrading, using
from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store.opening import open_store
from twofold.store.store import Store


def test_the_tables_in_the_code_are_those_that_the_migrations_make(fresh_store: Store) -> None:
    assert accounts_schema.account.metadata is schema.METADATA
    with fresh_store.engine.begin() as connection:
        differing = compare_metadata(MigrationContext.configure(connection), schema.METADATA)
    assert [one for one in differing if one[0] not in UNNAMED] == []


UNNAMED = {"remove_constraint", "add_constraint"}  # SQLite does not keep the names of UNIQUE


def test_the_newest_migration_is_the_one_that_the_program_knows() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(Path(upgrading.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(settings)
    assert scripts.get_heads() == [schema.REVISION]
    names = [one.revision for one in scripts.walk_revisions()]
    assert names == sorted(names, reverse=True)  # compared as text: the newer is the greater


@pytest.mark.parametrize("where", ["an encrypted file", "PostgreSQL"])
def test_an_older_diary_is_brought_up_to_date_and_a_copy_of_it_stays(
    folder: Path, fresh_database: Callable[[], str], where: str
) -> None:
    address = fresh_database() if where == "PostgreSQL" else ""
    person, change = an_older_diary(folder, address)
    with open_store(folder, PASSPHRASE, database=address) as store:
        assert store.check().is_well
        assert store.entry(person, change.entry).body == change.body
        with engines.reading(store.engine).begin() as connection:
            assert upgrading.revision_of(connection) == schema.REVISION
        key = store._key
    (copy,) = folder.glob("before-schema-*.db")
    before = engines.embedded(copy, key, journal="DELETE", pooled=False)
    with engines.reading(before).begin() as connection:
        assert upgrading.revision_of(connection) == "0001"
        assert connection.scalar(sa.select(schema.change.c.id)) == change.id
    open_store(folder, PASSPHRASE, database=address).close()
    assert list(folder.glob("before-schema-*.db")) == [copy]  # once


def an_older_diary(folder: Path, address: str) -> tuple[str, object]:
    """A diary as the first version of the schema kept it."""
    folder.mkdir()
    ring, key, _ = rings.fresh(PASSPHRASE, QUICK)
    rings.save(folder, rings.replace(ring, is_made=True))
    path = folder / "diary.db"
    engine = engines.elsewhere(address) if address else engines.embedded(path, key)
    with engine.begin() as connection:
        upgrading.upgrade(connection, "0001")
        connection.execute(sa.insert(schema.store).values(id=ring.store))
        sealed = sealing.seal_secret(key, "outbox", sealing.fresh_outbox_key())
        connection.execute(sa.insert(schema.secret).values(name="outbox", sealed=sealed))
    change = put(note("kept by an older program"))
    with Store(folder, engine, ring, key, using.begin(folder)) as store:
        person = store.add_person("Ada").id
        store.write(person, [change], received=NOW)
    return person, change
