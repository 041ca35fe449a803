"""After a crash: what a power cut leaves is opened, what damage leaves is told."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from store.entries import NOW, PASSPHRASE, note, put

from twofold.errors import DamagedStore, StoreError
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


@pytest.mark.parametrize("cut", [1, RECORD])
def test_a_write_that_a_power_cut_broke_off_is_not_called_damage(crashed: Path, cut: int) -> None:
    log = crashed / "diary.db-wal"
    log.write_bytes(log.read_bytes()[: ends(crashed)[-1] + RECORD - cut])
    assert sorted(notes(crashed)) == [f"entry {number}" for number in range(WRITES - 1)]


@pytest.mark.parametrize("part", [0, 8, 16, 24])
def test_damage_before_the_last_write_is_told_once_with_its_file_and_its_size(
    crashed: Path, part: int
) -> None:
    third = ends(crashed)[-3]
    damage(crashed, third + part)
    with pytest.raises(DamagedStore, match=r"diary\.db-wal: .* up to [23] writes"):
        open_store(crashed, PASSPHRASE, database="")
    assert sorted(notes(crashed)) == [f"entry {number}" for number in range(WRITES - 3)]
    assert len(list(crashed.glob("diary.db-wal.*.damaged"))) == 1


@pytest.mark.parametrize("at", [0, 25])
def test_damage_of_the_head_of_the_log_is_told(crashed: Path, at: int) -> None:
    damage(crashed, at)
    with pytest.raises(DamagedStore, match="Open the diary again to go on without them"):
        open_store(crashed, PASSPHRASE, database="")
    assert notes(crashed) == []


# Logs by hand: each write as so many records, and what stands behind them from before.


def sums(part: bytes, first: int, second: int) -> tuple[int, int]:
    for at in range(0, len(part), 8):
        first = (first + int.from_bytes(part[at : at + 4], "little") + second) % 2**32
        second = (second + int.from_bytes(part[at + 4 : at + 8], "little") + first) % 2**32
    return first, second


def written(before: bytes, records: int, *, at: int) -> bytes:
    """A log with one more write of so many records, begun at the record ``at``."""
    log = before[: 32 + at * RECORD]
    for number in range(records):
        told = log[24:32] if len(log) == 32 else log[-RECORD + 16 : -RECORD + 24]
        head = struct.pack(">2I", 7, 9 if number == records - 1 else 0)
        page = bytes([records, number]) * 2048
        chain = sums(head + page, *struct.unpack(">2I", told))
        log += head + log[16:24] + struct.pack(">2I", *chain) + page
    return log + before[len(log) :]


def empty(salts: bytes = b"saltsalt") -> bytes:
    head = struct.pack(">4I", 0x377F0682, 3007000, 4096, 0) + salts
    return head + struct.pack(">2I", *sums(head, 0, 0))


def several(*records: int, begin: bytes) -> bytes:
    log, at = begin, 0
    for one in records:
        log, at = written(log, one, at=at), at + one
    return log


def broken(log: bytes, record: int) -> bytes:
    at = 32 + record * RECORD + 100
    return log[:at] + bytes([log[at] ^ 1]) + log[at + 1 :]


FIVE = several(2, 3, 1, 2, 2, begin=empty())
REFUSED = written(written(written(several(3, begin=empty()), 20, at=3), 15, at=3), 5, at=3)
OLDER = several(2, 2, begin=empty(b"new salt") + several(*[3] * 9, begin=empty())[32:])


@pytest.mark.parametrize(
    ("log", "behind"),
    [
        (b"", 0),
        (empty(), 0),
        (FIVE, 0),
        (broken(FIVE, 0), 5),
        (broken(FIVE, 5), 3),
        (broken(FIVE, 7), 2),
        (broken(FIVE, 8), 0),
        (broken(FIVE, 9), 0),
        (bytes(32) + FIVE[32:], 5),
        (FIVE[:6] + bytes(100) + FIVE[106:], 5),
        (FIVE[:6] + bytes(30), 0),
        (REFUSED, 0),
        (OLDER, 0),
        (broken(OLDER, 1), 2),
        (broken(OLDER, 2), 0),
    ],
)
def test_finished_writes_behind_a_gap_are_counted_and_nothing_else(
    log: bytes, behind: int, tmp_path: Path
) -> None:
    path = tmp_path / "diary.db-wal"
    path.write_bytes(log)
    assert log_gap.behind_gap(path) == behind


def test_an_altered_letter_in_a_persons_key_is_a_sentence(store: Store) -> None:
    person = store.add_person("Ada").id
    store.close()
    ring = store.folder / "keys.json"
    words = ring.read_text(encoding="utf-8")
    place = words.index('"', words.index(person) + len(person) + 1) + 3
    ring.write_text(words[:place] + "!" + words[place + 1 :], encoding="utf-8")
    with open_store(store.folder, PASSPHRASE, database="") as again:
        with pytest.raises(StoreError, match="is not in this diary"):
            again.people()
        assert "Put back the keys.json" in " ".join(again.check().says)


def test_a_log_that_another_program_is_using_is_left_alone(store: Store) -> None:
    person = store.add_person("Ada").id
    for number in range(WRITES):
        store.write(person, [put(note(f"entry {number}"))], received=NOW)
    damage(store.folder, 25)
    log_gap.check(store.folder)
    assert list(store.folder.glob("*.damaged")) == []
