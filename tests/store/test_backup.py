"""A backup comes back whole, or says why not and changes nothing."""

from __future__ import annotations

import os
import random
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from store.entries import NOW, PASSPHRASE, QUICK, note, put

from twofold.errors import StoreBusy, StoreError, TwofoldError, WrongKey
from twofold.store import backup, restoring
from twofold.store import engine as engines
from twofold.store.opening import change_passphrase, create, open_store
from twofold.store.restoring import restore
from twofold.store.store import Store

Address = Callable[[], str]


def filled(store: Store) -> str:
    person = store.add_person("Ada", zone="Europe/Berlin").id
    first = put(note("first"))
    edit = put(note("edited"), entry=first.entry, base=first.id)
    apart = put(note("apart"), entry=first.entry, base=first.id)
    store.write(person, [first, edit, apart, put(note("other"))], received=NOW)
    return person


def told(store: Store, person: str) -> tuple[object, ...]:
    """All that can be read of a person."""
    entries = store.entries(person, with_out=True)
    histories = tuple(store.history(person, one.id) for one in entries)
    return (store.people(), entries, histories, store.conflicts(person), store.sealing_key())


@pytest.mark.parametrize("to", ["an encrypted file", "PostgreSQL"])
def test_a_backup_of_either_database_comes_back_in_either(
    fresh_store: Store, tmp_path: Path, fresh_database: Address, to: str
) -> None:
    person = filled(fresh_store)
    before = told(fresh_store, person)
    fresh_store.backup(tmp_path / "backup")
    address = fresh_database() if to == "PostgreSQL" else ""
    elsewhere = tmp_path / "elsewhere"
    assert restore(tmp_path / "backup", elsewhere, PASSPHRASE, database=address) is None
    with open_store(elsewhere, PASSPHRASE, database=address) as again:
        assert told(again, person) == before
        assert again.check().is_well
        again.write(person, [put(note("goes on"))], received=NOW)
        again.add_person("Bob")
        assert again.check().is_well


def test_what_was_there_is_moved_aside_and_still_opens(store: Store, tmp_path: Path) -> None:
    person = filled(store)
    store.backup(tmp_path / "backup")
    later = put(note("written after the backup"))
    store.write(person, [later], received=NOW)
    store.close()
    aside = restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.entry(person, later.entry) is None
    with open_store(aside, PASSPHRASE, database="") as old:
        assert old.entry(person, later.entry) is not None


def test_an_open_diary_is_not_replaced(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "backup")
    with pytest.raises(StoreBusy, match="open"):
        restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    store.add_person("still there")


def test_a_diary_elsewhere_is_not_replaced(
    folder: Path, tmp_path: Path, fresh_database: Address
) -> None:
    address = fresh_database()
    with create(folder, PASSPHRASE, database=address, cost=QUICK)[0] as store:
        person = filled(store)
        store.backup(tmp_path / "backup")
        before = told(store, person)
    with pytest.raises(StoreError, match="already"):
        restore(tmp_path / "backup", folder, PASSPHRASE, database=address)
    with open_store(folder, PASSPHRASE, database=address) as store:
        assert told(store, person) == before


def test_the_passphrase_of_today_opens_a_backup_of_yesterday(store: Store, tmp_path: Path) -> None:
    filled(store)
    store.backup(tmp_path / "backup")
    store.close()
    change_passphrase(store.folder, PASSPHRASE, "another good passphrase")
    with pytest.raises(WrongKey):
        restore(tmp_path / "backup", store.folder, "neither of the two", database="")
    restore(tmp_path / "backup", store.folder, "another good passphrase", database="")
    open_store(store.folder, "another good passphrase", database="").close()


def test_a_person_added_after_the_backup_is_not_there_and_does_no_harm(
    store: Store, tmp_path: Path
) -> None:
    filled(store)
    store.backup(tmp_path / "backup")
    store.add_person("Bob")
    store.close()
    restore(tmp_path / "backup", store.folder, PASSPHRASE, database="")
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert [one.label for one in again.people()] == ["Ada"] and again.check().is_well


def test_a_damaged_backup_changes_nothing(store: Store, tmp_path: Path) -> None:
    person = filled(store)
    path = tmp_path / "backup"
    store.backup(path)
    whole = path.read_bytes()
    before = told(store, person)
    store.close()
    rng = random.Random(1)
    cases = [b"", b"PK", whole[: len(whole) // 2], whole[:-1]]
    for _ in range(25):
        place = rng.randrange(len(whole))
        cases.append(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
    names = sorted(one.name for one in store.folder.iterdir())
    refused = 0
    for content in cases:
        path.write_bytes(content)
        try:
            restore(path, tmp_path / "elsewhere", PASSPHRASE, database="")
        except TwofoldError as error:
            refused += 1
            assert error.remedy
            left = {one.name for one in (tmp_path / "elsewhere").iterdir()}
            assert left <= {"diary.lock", "keys.json.lock"}
            continue
        with open_store(tmp_path / "elsewhere", PASSPHRASE, database="") as again:
            assert told(again, person) == before  # a byte of the zip that says nothing
        for one in (tmp_path / "elsewhere").iterdir():
            one.unlink()
    assert refused >= 20
    assert sorted(one.name for one in store.folder.iterdir()) == names


@pytest.mark.parametrize("kind", ["endless", "pipe", "folder"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = {"endless": Path("/dev/zero"), "pipe": tmp_path / "pipe", "folder": tmp_path}[kind]
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(TwofoldError, match="not a whole backup"):
        restore(path, tmp_path / "elsewhere", PASSPHRASE, database="")
    left = {one.name for one in (tmp_path / "elsewhere").iterdir()}
    assert left <= {"diary.lock", "keys.json.lock"}


def test_a_zip_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        told = (
            '{"format": "twofold-backup-1", "store": "x", "made": "x", "digest": "", "size": 4096}'
        )
        bomb.writestr("backup.json", told)
        bomb.writestr("diary.db", b"\0" * 50_000_000)
    with pytest.raises(TwofoldError, match="not a whole backup"):
        restore(path, tmp_path / "elsewhere", PASSPHRASE, database="")
    with zipfile.ZipFile(path, "w") as sly:
        sly.writestr("backup.json", told)
        sly.writestr("diary.db", b"")
        sly.writestr("../../escaped", b"x")
    with pytest.raises(TwofoldError, match="not a whole backup"):
        restore(path, tmp_path / "elsewhere", PASSPHRASE, database="")


def test_a_backup_replaces_an_older_backup_and_no_other_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    store.backup(path)
    store.backup(path)
    mine = tmp_path / "letter.txt"
    mine.write_text("a letter")
    with pytest.raises(StoreError, match="no backup"):
        store.backup(mine)
    with pytest.raises(StoreError, match="no backup"):
        store.backup(path, keys=mine)
    assert mine.read_text() == "a letter"
    with pytest.raises(StoreError, match="no such folder"):
        store.backup(tmp_path / "absent" / "backup")


def test_a_backup_is_of_one_moment_while_others_write(fresh_store: Store, tmp_path: Path) -> None:
    person = fresh_store.add_person("Ada").id
    stop = threading.Event()

    def write_on() -> None:
        while not stop.is_set():
            first = put(note("a"))
            fresh_store.write(person, [first, put(note("b"), entry=first.entry)], received=NOW)

    writer = threading.Thread(target=write_on)
    writer.start()
    for turn in range(3):
        fresh_store.backup(tmp_path / f"{turn}")
    stop.set()
    writer.join()
    restore(tmp_path / "2", tmp_path / "elsewhere", PASSPHRASE, database="")
    with open_store(tmp_path / "elsewhere", PASSPHRASE, database="") as again:
        assert again.check().is_well
        assert {entry.body["text"] for entry in again.entries(person)} <= {"b"}


CALLS = ["replace", "mkdir", "unlink"]


def test_a_switch_that_is_cut_short_anywhere_is_finished_or_never_begun(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is stopped at its first, second, third … step that changes a name."""
    person = filled(store)
    store.backup(tmp_path / "backup")
    store.write(person, [put(note("after the backup"))], received=NOW)
    store.close()
    kept = {path.name: path.read_bytes() for path in store.folder.iterdir()}
    outcomes = []
    for step in range(1, 40):
        folder = tmp_path / f"cut-{step}"
        folder.mkdir()
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        finished = cut_at(step, tmp_path / "backup", folder, monkeypatch)
        with open_store(folder, PASSPHRASE, database="") as again:
            assert again.check().is_well
            outcomes.append(len(again.entries(person)))
        if finished:
            break
    assert finished and step > 8
    assert outcomes == sorted(outcomes, reverse=True) and set(outcomes) == {2, 3}
    assert not list(folder.glob("restored-*")) and not (folder / restoring.MARK).exists()


class Cut(BaseException):
    """The power goes."""


def cut_at(step: int, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    import os

    left = [step]
    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "mkdir", "rmdir"):
            patch.setattr(os, name, counted(getattr(os, name), left))
        try:
            restore(path, folder, PASSPHRASE, database="")
        except Cut:
            return False
    return True


def counted(call: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def made(*arguments: object, **named: object) -> object:
        if left[0] <= 0:
            raise Cut
        left[0] -= 1
        return call(*arguments, **named)

    return made


def test_the_address_of_a_database_is_read_from_the_environment(
    folder: Path, fresh_database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWOFOLD_DATABASE", fresh_database())
    with create(folder, PASSPHRASE, cost=QUICK)[0] as store:
        assert not engines.is_embedded(store.engine)
    open_store(folder, PASSPHRASE).close()
    assert backup.FORMAT == "twofold-backup-1"
