"""A backup that was killed leaves a folder: it is named, and cleared by the next one there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from store.entries import PASSPHRASE

from twofold.store import backup
from twofold.store.store import Store

KILLED = """
import os, signal, sys
from pathlib import Path
from twofold.store.opening import open_store

def dies(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

store = open_store(Path(sys.argv[1]), sys.argv[3], database="")
setattr(os, sys.argv[4], dies)
store.backup(Path(sys.argv[2]))
"""


def killed(folder: Path, path: Path, step: str) -> list[Path]:
    """Begin a backup in a program that is killed at a step, and return the folders it left."""
    before = set(path.parent.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(path), PASSPHRASE, step], check=False
    )
    assert done.returncode == -9
    return sorted(set(path.parent.iterdir()) - before)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder elsewhere, for backups."""
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.mark.parametrize("step", ["mkdir", "replace"])
def test_the_next_backup_to_the_same_place_clears_what_a_killed_one_left(
    store: Store, stick: Path, step: str
) -> None:
    left = killed(store.folder, stick / "diary.backup", step)
    assert len(left) == (step == "replace")
    store.backup(stick / "diary.backup")
    assert sorted(one.name for one in stick.iterdir()) == ["diary.backup"]
    assert not list(store.folder.glob(f"{backup.UNDER_WAY}*"))


def test_the_check_names_what_a_killed_backup_left_until_it_is_gone(
    store: Store, stick: Path
) -> None:
    (left,) = killed(store.folder, stick / "diary.backup", "replace")
    health = store.check()
    assert health.is_well
    assert [one for one in health.says if str(left) in one and "next backup" in one]
    store.backup(stick / "diary.backup")
    assert len(store.check().says) == 1


def test_a_backup_elsewhere_leaves_it_and_it_stays_named(store: Store, stick: Path) -> None:
    (left,) = killed(store.folder, stick / "diary.backup", "replace")
    store.backup(stick / "another.backup")
    assert left.is_dir() and any(str(left) in one for one in store.check().says)


def test_nothing_else_is_ever_cleared(store: Store, stick: Path) -> None:
    (left,) = killed(store.folder, stick / "diary.backup", "replace")
    (left / "a letter").write_text("mine")
    mine = stick / ".diary.backup.ab12cd34"
    mine.mkdir()
    (mine / "diary.db").write_bytes(b"of another program")
    store.backup(stick / "diary.backup")
    assert [one.name for one in left.iterdir()] == ["a letter"]
    assert (mine / "diary.db").read_bytes() == b"of another program"
    assert any(str(left) in one for one in store.check().says)


def test_a_backup_that_is_under_way_is_not_cleared_by_another(store: Store, stick: Path) -> None:
    path = stick / "diary.backup"
    with backup.beside(path, store.folder) as place:
        (place / "packed").write_bytes(b"half")
        store.backup(path)
        assert (place / "packed").exists() and len(store.check().says) == 1
    assert sorted(one.name for one in stick.iterdir()) == ["diary.backup"]


def test_erasing_clears_what_killed_backups_left_wherever_it_lies(
    store: Store, stick: Path
) -> None:
    ada = store.add_person("Ada").id
    (left,) = killed(store.folder, stick / "diary.backup", "replace")
    handed = store.folder / ".backup-ab12cd34"  # a tap on a page, and the server was killed
    handed.mkdir()
    (handed / "backup").write_bytes(b"with the key of everyone inside")
    assert store.erase(ada) == ()
    assert not left.exists() and not handed.exists()
    assert len(store.check().says) == 1


@pytest.mark.parametrize("content", ["", "[]", '{"place": 3}', '{"place": "/"}', "\udcff"])
def test_a_note_that_says_something_else_clears_nothing(
    store: Store, stick: Path, content: str
) -> None:
    made = store.folder / f"{backup.UNDER_WAY}ab12cd34.json"
    made.write_bytes(content.encode("utf-8", "surrogateescape"))
    store.backup(stick / "diary.backup")
    assert store.check().is_well and not made.exists()


def test_a_backup_is_made_also_while_the_diarys_own_disk_is_full(
    store: Store, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Any, *more: Any, **named: Any) -> int:
        if Path(path).name.startswith(backup.UNDER_WAY):
            raise OSError(errno.ENOSPC, "No space left on device")
        return opens(path, *more, **named)

    opens = os.open
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        store.backup(stick / "diary.backup")
    assert (stick / "diary.backup").is_file()
