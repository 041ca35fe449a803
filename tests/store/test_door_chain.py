"""The log at the doors is a chain: whoever alters the database by hand is seen by the check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.entries import NOW, PASSPHRASE, QUICK

from twofold.store import engine as engines
from twofold.store import ring as rings
from twofold.store import schema, sealing, upgrading, using
from twofold.store.accounts_schema import door, door_chain
from twofold.store.door_log import Decision, DoorLog
from twofold.store.opening import open_store
from twofold.store.restoring import restore
from twofold.store.store import Store


def told(store: Store, *people: str) -> None:
    """Write a line for each, at a second of its own."""
    log = DoorLog(store)
    for n, person in enumerate(people):
        at = NOW + dt.timedelta(seconds=n)
        log.write(Decision(at, "sign-in", bool(n % 2), person, "wrong passphrase", "192.0.2.7"))


def by_hand(store: Store, *statements: str) -> None:
    """Do what only who may drop the triggers can do."""
    with store.engine.begin() as connection:
        for name in ("door_stays", "door_remains", "door_chain_stays", "door_chain_remains"):
            table = "door_chain" if "chain" in name else "door"
            where = "" if engines.is_embedded(store.engine) else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{where}")
        for one in statements:
            connection.exec_driver_sql(one)


def lines(store: Store) -> list[int]:
    with engines.reading(store.engine).begin() as connection:
        return list(connection.scalars(sa.select(door.c.seq).order_by(door.c.seq)))


def said_of(store: Store) -> str:
    """Return what the check says of the log."""
    return next((one for one in store.check().says if "log at the doors" in one), "")


def test_an_untouched_log_is_whole(fresh_store: Store) -> None:
    ada = fresh_store.add_person("Ada").id
    assert said_of(fresh_store) == ""  # no line yet
    told(fresh_store, ada, "", ada)
    health = fresh_store.check()
    assert health.is_well and "The log at the doors is whole: 3 lines." in health.says


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE door SET allowed = 1 - allowed WHERE seq = {2}", 2),
        ("UPDATE door SET address = '' WHERE seq = {1}", 1),
        ("UPDATE door SET at = '2026-11-22T10:00:01+00:00', why = 'x' WHERE seq = {3}", 3),
        ("UPDATE door SET person = '' WHERE seq = {0}", 0),
        ("DELETE FROM door WHERE seq = {2}", 2),
        ("DELETE FROM door_chain WHERE seq = {1}", 1),
        ("UPDATE door_chain SET content = link WHERE seq = {1}", 1),
        ("UPDATE door_chain SET whose = link WHERE seq = {1}", 1),
        ("UPDATE door_chain SET was_there = 1 WHERE seq = {1}", 1),
        ("UPDATE door_chain SET link = content WHERE seq = {2}", 2),
        (
            "INSERT INTO door (at, person, what, allowed, why, address, device) "
            "VALUES ('2026-11-22T10:00:09+00:00', '', 'visit', 1, '', '', '')",
            5,
        ),
    ],
    ids=["allowed", "address", "moment", "person", "gone", "link gone", "content", "whose",
         "taken over", "link", "added"],
)  # fmt: skip
def test_whatever_is_altered_by_hand_the_first_line_that_does_not_fit_is_named(
    fresh_store: Store, statement: str, names: int
) -> None:
    ada = fresh_store.add_person("Ada").id
    told(fresh_store, ada, ada, "", ada, "")
    numbers = lines(fresh_store)
    by_hand(fresh_store, statement.format(*numbers))
    health = fresh_store.check()
    first = (numbers[-1] + 1) if names == 5 else numbers[names]
    assert not health.is_well and f"line {first}" in said_of(fresh_store)
    assert "without Twofold" in said_of(fresh_store)


def test_a_line_and_its_link_taken_out_of_the_middle_are_missed(fresh_store: Store) -> None:
    told(fresh_store, "", "", "")
    second, third = lines(fresh_store)[1:]
    by_hand(
        fresh_store,
        f"DELETE FROM door WHERE seq = {second}",
        f"DELETE FROM door_chain WHERE seq = {second}",
    )
    assert f"line {third}" in said_of(fresh_store)


def test_two_lines_that_changed_places_are_seen(fresh_store: Store) -> None:
    told(fresh_store, "", "", "")
    first, second = lines(fresh_store)[:2]
    with engines.reading(fresh_store.engine).begin() as connection:
        ats = list(connection.scalars(sa.select(door.c.at).order_by(door.c.seq)))
    by_hand(
        fresh_store,
        f"UPDATE door SET at = '{ats[1]}', allowed = 1 WHERE seq = {first}",
        f"UPDATE door SET at = '{ats[0]}', allowed = 0 WHERE seq = {second}",
    )
    assert f"line {first}" in said_of(fresh_store)


def test_the_lines_of_who_was_erased_may_be_gone_and_no_others(fresh_store: Store) -> None:
    ada, bob = fresh_store.add_person("Ada").id, fresh_store.add_person("Bob").id
    told(fresh_store, ada, bob, "", ada, bob)
    fresh_store.erase(ada)
    health = fresh_store.check()
    assert health.is_well
    assert "whole: 5 lines, 2 of them of people who were erased." in said_of(fresh_store)
    with engines.reading(fresh_store.engine).begin() as connection:
        assert ada not in repr(connection.execute(sa.select(door_chain)).all())
    told(fresh_store, bob)
    assert fresh_store.check().is_well
    by_hand(fresh_store, f"DELETE FROM door WHERE seq = {lines(fresh_store)[0]}")
    assert not fresh_store.check().is_well


def test_the_chain_cannot_be_altered_or_shortened(fresh_store: Store) -> None:
    told(fresh_store, "", "")
    for sentence in ("UPDATE door_chain SET link = ''", "DELETE FROM door_chain"):
        with (
            pytest.raises(Exception, match=r"never (altered|deleted)"),
            fresh_store.engine.begin() as connection,
        ):
            connection.exec_driver_sql(sentence)


def test_a_log_that_was_altered_does_not_keep_a_backup_from_being_put_back(
    store: Store, tmp_path: Path
) -> None:
    ada = store.add_person("Ada").id
    told(store, ada, ada)
    by_hand(store, f"DELETE FROM door WHERE seq = {lines(store)[0]}")
    store.backup(tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "elsewhere", PASSPHRASE, database="")
    with open_store(tmp_path / "elsewhere", PASSPHRASE, database="") as again:
        assert again.person(ada) is not None and "line" in said_of(again)


@pytest.mark.parametrize("to", ["an encrypted file", "PostgreSQL"])
def test_the_chain_holds_in_a_backup_of_either_database_and_goes_on_there(
    fresh_store: Store, tmp_path: Path, fresh_database: Callable[[], str], to: str
) -> None:
    ada, bob = fresh_store.add_person("Ada").id, fresh_store.add_person("Bob").id
    told(fresh_store, ada, bob, "")
    fresh_store.erase(bob)
    fresh_store.backup(tmp_path / "backup")
    address = fresh_database() if to == "PostgreSQL" else ""
    restore(tmp_path / "backup", tmp_path / "elsewhere", PASSPHRASE, database=address)
    with open_store(tmp_path / "elsewhere", PASSPHRASE, database=address) as again:
        told(again, ada)
        assert "whole: 4 lines" in said_of(again) and again.check().is_well


@pytest.mark.parametrize("where", ["an encrypted file", "PostgreSQL"])
def test_lines_of_an_older_program_are_taken_over_as_they_stood_and_that_is_said(
    folder: Path, fresh_database: Callable[[], str], where: str
) -> None:
    address = fresh_database() if where == "PostgreSQL" else ""
    an_older_log(folder, address, count=3)
    with open_store(folder, PASSPHRASE, database=address) as again:
        assert "3 lines" in said_of(again) and "not chained yet" in said_of(again)
        told(again, "")
        said = said_of(again)
        assert again.check().is_well and "whole: 4 lines" in said
        assert "3 of them stood there before they were chained" in said
        first = lines(again)[0]
        by_hand(again, f"UPDATE door SET why = 'x' WHERE seq = {first}")
        assert f"line {first}" in said_of(again)


def an_older_log(folder: Path, address: str, *, count: int) -> None:
    """A diary as schema 0003 kept it, with lines in its log."""
    folder.mkdir()
    ring, key, _ = rings.fresh(PASSPHRASE, QUICK)
    rings.save(folder, rings.replace(ring, is_made=True))
    engine = engines.elsewhere(address) if address else engines.embedded(folder / "diary.db", key)
    with engine.begin() as connection:
        upgrading.upgrade(connection, "0003")
        connection.execute(sa.insert(schema.store).values(id=ring.store))
        sealed = sealing.seal_secret(key, "outbox", sealing.fresh_outbox_key())
        connection.execute(sa.insert(schema.secret).values(name="outbox", sealed=sealed))
        for n in range(count):
            row = {
                "person": "",
                "what": "visit",
                "allowed": 0,
                "why": "",
                "address": "",
                "device": "",
            }
            connection.execute(sa.insert(door).values(at=f"2026-11-2{n}T10:00:00+00:00", **row))
    Store(folder, engine, ring, key, using.begin(folder)).close()


def test_many_programs_write_one_chain(fresh_store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: told(fresh_store, "", ""), range(12)))
    assert "whole: 24 lines." in said_of(fresh_store) and fresh_store.check().is_well


@given(words=st.lists(st.text(max_size=6), min_size=4, max_size=4), place=st.integers(0, 3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_move_from_one_field_to_the_next_unseen(
    any_store: Store, words: list[str], place: int
) -> None:
    """What is hashed says where each field ends: "a" and "b" is not "ab" and nothing."""
    from twofold.store.door_chain import content_of

    fields = ["at", "what", "why", "address"]
    row = dict(zip(fields, words, strict=True)) | {"person": "", "allowed": 1, "device": ""}
    other = {**row, fields[place]: row[fields[place]] + "x"}
    key = bytes(32)
    assert content_of(key, row) == content_of(key, dict(row)) != content_of(key, other)
    whole = [f"{words[0]}{words[1]}", "", words[2], words[3]]
    moved = {**row, **dict(zip(fields, whole, strict=True))}
    assert (content_of(key, moved) == content_of(key, row)) == (words[1] == "")
