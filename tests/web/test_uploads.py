"""A diary that is put in lies in clear nowhere but in the diary's own folder, and only briefly."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_visit import Home, Visitor, readable

from twofold.app.web.guard import LONGEST_UPLOAD
from twofold.report import text  # noqa: F401  (loaded before the disk is watched)

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TMPFILE
CANARY = "heron-on-the-lake"


class Watch:
    """Notes which files are opened to be written, while it is asked to."""

    def __init__(self) -> None:
        self.is_on, self.seen = False, list[str]()
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event == "open" and is_written(*arguments):
            self.seen.append(os.fsdecode(arguments[0]))


def is_written(path: Any, mode: Any, flags: int | None) -> bool:
    return not isinstance(path, int) and bool((flags or 0) & WRITES)


WATCH = Watch()


@pytest.fixture
def watch() -> Iterator[Watch]:
    WATCH.seen, WATCH.is_on = [], True
    yield WATCH
    WATCH.is_on = False


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("uploads") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def person(home: Home) -> Visitor:
    return home.someone()


def diary(person: Visitor, length: int) -> bytes:
    """A diary in Twofold's own form, filled up with blanks."""
    person.post("/days/2026-11-20/add/note", day="2026-11-20", text=CANARY)
    zipped = io.BytesIO(person.client.get("/data/out.zip").content)
    with zipfile.ZipFile(zipped) as packed:
        content = packed.read("diary.json")
    assert CANARY.encode() in content and json.loads(content)
    return content + b" " * (length - len(content))


def outside(watch: Watch, home: Home) -> list[str]:
    inside = str(home.house.folder)
    return [one for one in watch.seen if not one.startswith(inside) and one != os.devnull]


def test_the_watch_sees_a_spool_in_the_temp_folder(watch: Watch, home: Home) -> None:
    with tempfile.SpooledTemporaryFile(max_size=1) as spool:
        spool.write(b"in clear")
    assert any(one.startswith(tempfile.gettempdir()) for one in outside(watch, home))


@pytest.mark.parametrize("length", [20_000, 3_000_000])
def test_no_upload_touches_the_disk_outside_the_diarys_own_folder(
    person: Visitor, watch: Watch, length: int
) -> None:
    content = diary(person, length)
    watch.seen.clear()
    answer = person.client.post("/data/add", files={"files": ("mine.json", content)})
    watch.is_on = False
    assert answer.status_code == 200, readable(answer.text)
    assert outside(watch, person.home) == []
    assert any("mine.json" in one for one in watch.seen)  # read in the folder, and gone from it
    assert not [one for one in person.home.house.folder.rglob("*") if one.name == "mine.json"]


def test_an_upload_works_where_there_is_no_temp_folder_at_all(
    person: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = diary(person, 3_000_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    answer = person.client.post("/data/add", files={"files": ("mine.json", content)})
    assert answer.status_code == 200, readable(answer.text)


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "not announced"])
def test_more_than_the_limit_is_refused_before_it_is_all_in_memory(
    person: Visitor, is_announced: bool
) -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.json"\r\n\r\n'

    def sent() -> Iterator[bytes]:
        yield head
        piece = bytes(1_000_000)
        for _ in range(LONGEST_UPLOAD // len(piece) + 40):
            yield piece

    headers = {"content-type": "multipart/form-data; boundary=B"}
    if is_announced:
        headers["content-length"] = str(LONGEST_UPLOAD + 1)
        answer = person.client.post("/data/add", content=head, headers=headers)
    else:
        answer = person.client.post("/data/add", content=sent(), headers=headers)
    assert answer.status_code == 413
    assert "too long" in readable(answer.text)
