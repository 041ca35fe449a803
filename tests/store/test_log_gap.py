"""After a crash: what a power cut leaves is opened, what damage leaves is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from store.entries import NOW, PASSPHRASE, note, put

from twofold.errors import DamagedStore
from twofold.store import log_gap
from twofold.store.opening import open_store
from twofold.store.store import Store

WRITES = 5
RECORD = 24 + 4096


@pytest.fixture
def crashed(store: Store, tmp_path: Path) -> Path:
    """A diary as a killed program leaves it: the last writes are in the log alone."""
    person = store.add_person("Ada").id
    for number in range(WRITES):
        store.write(person, [put(note(f"entry {number}"))], received=NOW)
    return shutil.copytree(store.folder, tmp_path / "crashed")


def damage(folder: Path, at: int) -> None:
    log = folder / "diary.db-wal"
    content = bytearray(log.read_bytes())
    content[at] ^= 1
    log.write_bytes(content)


def notes(folder: Path) -> list[str]:
    with open_store(folder, PASSPHRASE, database="") as store:
        assert store.check().is_well
        return [entry.body["text"] for one in store.people() for entry in store.entries(one.id)]


def ends(folder: Path) -> list[int]:
    log = (folder / "diary.db-wal").read_bytes()
    return list(log_gap.ends(log, log[16:24]))


def test_after_a_crash_everything_in_the_log_is_there(crashed: Path) -> None:
    assert sorted(notes(crashed)) == [f"entry {number}" for number in range(WRITES)]


@pytest.mark.parametrize("cut", [1, 100, RECORD - 1, RECORD])
def test_a_write_that_a_power_cut_broke_off_is_not_called_damage(crashed: Path, cut: int) -> None:
    log = crashed / "diary.db-wal"
    log.write_bytes(log.read_bytes()[: ends(crashed)[-1] + RECORD - cut])
    assert sorted(notes(crashed)) == [f"entry {number}" for number in range(WRITES - 1)]


@pytest.mark.parametrize("part", [0, 8, 16, 24, RECORD - 1])
def test_damage_before_the_last_write_is_told_once_with_its_file_and_its_size(
    crashed: Path, part: int
) -> None:
    third = ends(crashed)[-3]
    damage(crashed, third + part)
    with pytest.raises(DamagedStore, match=r"diary\.db-wal: .* up to [23] writes"):
        open_store(crashed, PASSPHRASE, database="")
    assert sorted(notes(crashed)) == [f"entry {number}" for number in range(WRITES - 3)]
    assert len(list(crashed.glob("diary.db-wal.*.damaged"))) == 1


@pytest.mark.parametrize("at", [0, 9, 17, 25])
def test_damage_of_the_head_of_the_log_is_told(crashed: Path, at: int) -> None:
    damage(crashed, at)
    with pytest.raises(DamagedStore, match="Open the diary again to go on without them"):
        open_store(crashed, PASSPHRASE, database="")
    assert notes(crashed) == []


def test_a_log_that_another_program_is_using_is_left_alone(store: Store) -> None:
    person = store.add_person("Ada").id
    for number in range(WRITES):
        store.write(person, [put(note(f"entry {number}"))], received=NOW)
    damage(store.folder, 25)
    log_gap.check(store.folder)
    assert list(store.folder.glob("*.damaged")) == []
