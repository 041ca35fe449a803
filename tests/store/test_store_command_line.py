"""The diary that is kept, from the command line: plain words, right exit codes, no traceback."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from store.entries import PASSPHRASE, QUICK

import twofold
from twofold.app.cli.main import main
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.intake import native
from twofold.store.opening import create, open_store
from twofold.units import When

ROOT = Path(__file__).resolve().parents[2]
OURA = str(ROOT / "examples" / "oura_migraine_n1")
CPASS = str(ROOT / "examples" / "cpass_pmdd_drsp")


@pytest.fixture
def at_home(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A diary in its own place, its passphrase in a file."""
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
    monkeypatch.setenv("TWOFOLD_FOLDER", str(folder))
    monkeypatch.setenv("TWOFOLD_PASSPHRASE_FILE", str(secret))
    monkeypatch.delenv("TWOFOLD_DATABASE", raising=False)
    return folder


@pytest.fixture
def kept(at_home: Path) -> Path:
    """That diary, begun, with one person in it."""
    store, _ = create(at_home, PASSPHRASE, cost=QUICK)
    with store:
        store.add_person("Ada")
    return at_home


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """What a verb prints as JSON."""
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_first_file_begins_a_diary_and_shows_its_recovery_key_once(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", OURA]) == 0
    shown = capsys.readouterr()
    assert "3243 entries" in shown.out and "--undo" in shown.out
    key = shown.err.split("Recovery key: ")[1].split()[0]
    open_store(at_home, key).close()
    assert main(["check"]) == 0
    again = capsys.readouterr()
    assert "All is well" in again.out and key not in again.out + again.err


def test_a_file_is_added_once_counted_and_taken_out_again(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dry = told(capsys, "add", OURA, "--dry-run")
    assert dry["would_add"]["attack"] == 122 and dry["added"] == {} and dry["batch"] == ""
    first = told(capsys, "add", OURA)
    assert first["added"] == dry["would_add"] and first["person"] == "Ada"
    second = told(capsys, "add", OURA)
    assert second["added"] == {} and second["known"] == sum(first["added"].values())
    out = tmp_path / "diary.json"
    told(capsys, "export", str(out))
    assert len(native.load(out).diary.attacks) == 122
    undone = told(capsys, "add", "--undo", first["batch"])
    assert undone["taken_out"] == sum(first["added"].values())
    told(capsys, "export", str(out))
    assert native.load(out).diary.attacks == ()


def test_an_exported_diary_is_reviewed_as_the_file_that_was_added(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", OURA]) == 0
    assert main(["export", str(tmp_path / "diary.json")]) == 0
    capsys.readouterr()
    back, whole = twofold.read(tmp_path / "diary.json").diary, twofold.read(OURA).diary
    assert set(back.attacks) == set(whole.attacks) and back.conventions == whole.conventions


def test_what_cannot_be_added_says_why_and_what_to_do(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, words in (
        (["add", CPASS], "13 people"),
        (["add", CPASS, "--person", "person 2"], "no dates"),
        (["add", "/no/such/file.json"], "no such"),
        (["add"], "what shall be added"),
        (["add", "--undo", "x"], "no import has the id"),
        (["add", OURA, "--to", "Bob"], "nobody of this name"),
        (["export", "diary.html"], "written as .json"),
        (["export", "diary.json", "--person", "Bob"], "Name one of: Ada"),
        (["restore", "/no/such/backup"], "No such file"),
    ):
        assert main(arguments) == 2, arguments
        said = capsys.readouterr().err
        assert words.lower() in said.lower() and said.count("\n") == 1, (arguments, said)


def test_a_backup_goes_out_and_comes_back(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, keys = str(tmp_path / "backup"), str(tmp_path / "keys")
    assert main(["backup", path]) == 0 and main(["backup", path, "--keys", keys]) == 0
    assert "without them nobody can open it" in capsys.readouterr().out
    assert told(capsys, "restore", path, "--keys", keys)["aside"]
    elsewhere = str(tmp_path / "elsewhere")
    assert main(["restore", path, "--folder", elsewhere]) == 2
    assert "without its keys" in capsys.readouterr().err
    assert told(capsys, "restore", path, "--keys", keys, "--folder", elsewhere)["aside"] is None
    assert told(capsys, "check", "--folder", elsewhere)["is_well"]


def test_a_damaged_diary_ends_with_5_and_says_what_to_do(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = kept / "diary.db"
    content = bytearray(database.read_bytes())
    content[5 * 4096 + 100] ^= 1
    database.write_bytes(content)
    assert main(["check"]) == 5
    shown = capsys.readouterr()
    assert "twofold restore" in shown.out + shown.err
    os.truncate(database, 10)
    assert main(["check"]) == 5
    assert "twofold restore" in capsys.readouterr().err


def test_only_who_types_the_name_erases_and_then_for_good(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in ("", "\n", "ada\n", "Ad", "yes\n"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert main(["erase"]) == 2
        assert "Nothing was erased" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("Ada\n"))
    assert main(["erase", "--person", "Ada"]) == 0
    said = capsys.readouterr()
    assert "delete those backups" in said.out and "were cleared, too" in said.out
    assert main(["export", "diary.json"]) == 2


def test_a_wrong_passphrase_and_no_passphrase_are_sentences(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "passphrase").write_text("wrong horse", encoding="utf-8")
    assert main(["check"]) == 2
    assert "does not open the diary" in capsys.readouterr().err
    monkeypatch.setenv("TWOFOLD_PASSPHRASE_FILE", str(tmp_path))
    assert main(["check"]) == 2
    assert "cannot be read" in capsys.readouterr().err
    monkeypatch.delenv("TWOFOLD_PASSPHRASE_FILE")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["check"]) == 2
    assert "TWOFOLD_PASSPHRASE_FILE" in capsys.readouterr().err


def test_where_there_is_no_diary_only_adding_begins_one(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ["check"],
        ["export", "x.json"],
        ["backup", "x"],
        ["erase"],
        ["add", OURA, "--dry-run"],
    ):
        assert main(arguments) == 2, arguments
        assert "no diary here yet" in capsys.readouterr().err
    assert not at_home.exists()


def test_a_passphrase_is_asked_for_without_being_shown(kept: Path) -> None:
    """On a terminal: nothing that is typed appears, and a wrong one is a sentence."""
    import pty

    child, terminal = pty.fork()
    if child == 0:
        environment = {k: v for k, v in os.environ.items() if k != "TWOFOLD_PASSPHRASE_FILE"}
        environment |= {"PYTHONPATH": str(ROOT / "src")}
        os.execve(sys.executable, [sys.executable, "-m", "twofold", "check"], environment)
    shown = b""
    while b"key: " not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    while True:
        try:
            part = os.read(terminal, 1000)
        except OSError:
            break
        if not part:
            break
        shown += part
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, shown
    assert PASSPHRASE.encode() not in shown and b"All is well" in shown


def test_the_store_is_loaded_by_its_own_verbs_only() -> None:
    code = (
        "import sys, twofold; from twofold.app.cli.main import parser; parser().format_help();"
        "bad = [m for m in sys.modules if m.split('.')[0] in"
        " ('sqlalchemy', 'sqlcipher3', 'alembic', 'argon2', 'cryptography', 'psycopg')];"
        "assert not bad, bad"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, check=False
    )
    assert done.returncode == 0


def with_medicines(path: Path, **records: Any) -> str:
    """A file of one's own with what was taken, up to today."""
    today = dt.date.today()
    diary = Diary("you", today - dt.timedelta(30), today, **records)
    path.write_text(native.dump(diary), encoding="utf-8")
    return str(path)


def test_what_the_medicines_of_a_file_meet_is_told_when_it_is_added(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today = dt.date.today()
    month_ago, yesterday = today - dt.timedelta(30), today - dt.timedelta(1)
    course = with_medicines(tmp_path / "one.json", courses=(Course("moclobemide", month_ago),))
    dose = with_medicines(
        tmp_path / "two.json",
        doses=(
            Dose(When(yesterday, dt.time(9)), "rizatriptan"),
            Dose(When(yesterday, dt.time(9)), "Grandmother's tea"),
            Dose(When(month_ago, dt.time(9)), "Tea of long ago"),
        ),
    )
    assert told(capsys, "add", course)["medicines"] == []
    assert told(capsys, "add", dose, "--dry-run")["medicines"] == []
    found = told(capsys, "add", dose)["medicines"]
    assert any("moclobemide" in one and "rizatriptan" in one for one in found), found
    assert any(one.startswith("Grandmother's tea: this name is not in our tables") for one in found)
    assert not any("long ago" in one for one in found)
    assert told(capsys, "add", dose)["medicines"] == []  # nothing new came


def test_the_words_stand_under_their_own_heading(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = with_medicines(
        tmp_path / "one.json",
        courses=(Course("phenelzine", dt.date.today()), Course("sertraline", dt.date.today())),
    )
    assert main(["add", file]) == 0
    said = capsys.readouterr().out
    assert "not clinically reviewed yet" in said and "phenelzine" in said.split("taken now")[1]
