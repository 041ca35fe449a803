"""What no browser of a person sends: each is refused in words, signed as every page, and harmless."""

from __future__ import annotations

import io
import json
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_visit import NOON, Home, Visitor, readable

from twofold.app.web.guard import POLICY
from twofold.app.web.serving import clear_away
from twofold.app.web.unusual import KIND, QUESTIONS


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("hostile") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def person(home: Home) -> Visitor:
    return home.someone()


def part(letters: str) -> tuple[bytes, str]:
    """A form of several parts that names the encoding of its letters."""
    body = b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800 x\r\n--B--\r\n'
    return body, f"multipart/form-data; boundary=B; charset={letters}"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "http://evil.example"])
def test_an_origin_that_is_none_is_refused(person: Visitor, origin: str) -> None:
    answer = person.client.post("/free-day", headers={"origin": origin})
    assert answer.status_code == 403
    assert not person.entries()


@pytest.mark.parametrize("letters", ["undefined", "unicode_escape", "raw_unicode_escape", "\x00"])
def test_a_form_in_letters_that_no_browser_uses_is_refused_or_read(
    person: Visitor, letters: str
) -> None:
    content, kind = part(letters)
    answer = person.client.post("/medicines/add", content=content, headers={"content-type": kind})
    assert answer.status_code in (400, 422)
    assert "This page is not here" not in answer.text


UNREADABLE = {
    "letters": part("undefined"),
    "letters that are no such": part("utf-16"),
    "no boundary": (b"x", "multipart/form-data"),
    "broken parts": (b"--B\r\nx\r\n", "multipart/form-data; boundary=B"),
    "too many answers": (b"a=1&" * 500, "application/x-www-form-urlencoded"),
    "a file": (
        b'--B\r\nContent-Disposition: form-data; name="x"; filename="y"\r\n\r\nz\r\n--B--\r\n',
        "multipart/form-data; boundary=B",
    ),
}


@pytest.mark.parametrize("path", ["/medicines/add", "/data/add"])
@pytest.mark.parametrize("why", ["letters", "no boundary", "broken parts"])
def test_a_form_that_cannot_be_read_is_told_as_that_on_every_page(
    person: Visitor, path: str, why: str
) -> None:
    content, kind = UNREADABLE[why]
    answer = person.client.post(path, content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "What was sent could not be read" in readable(answer.text)


@pytest.mark.parametrize("why", ["too many answers", "a file"])
def test_a_form_with_more_than_a_page_asks_is_told_as_that(person: Visitor, why: str) -> None:
    content, kind = UNREADABLE[why]
    answer = person.client.post("/medicines/add", content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "What was sent could not be read" in readable(answer.text)


def test_a_page_that_is_not_there_is_still_told_as_that(person: Visitor) -> None:
    assert "This page is not here" in readable(person.get("/days/no-day", status=404))


@pytest.mark.parametrize("name", [b"a\x00b.json", "ü".encode() * 199 + b".json", b"\\ud800.json"])
def test_a_file_may_have_any_name(person: Visitor, name: bytes) -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    letters = "unicode_escape" if name.startswith(b"\\") else "utf-8"
    answer = person.client.post(
        "/data/add",
        content=head + b"{}\r\n--B--\r\n",
        headers={"content-type": f"multipart/form-data; boundary=B; charset={letters}"},
    )
    assert answer.status_code == 422
    assert "this is JSON, but not a Twofold diary" in readable(answer.text)


def test_half_a_letter_in_an_outbox_is_answered_and_holds_up_no_other(person: Visitor) -> None:
    key = person.client.get("/sync").json()["key_id"]
    bad = {"id": "\ud800", "key": key, "epk": "AA==", "iv": "AA==", "ct": "AA=="}
    content = json.dumps({"entries": [bad, {**bad, "key": "\ud800"}, {"id": "x"}]}).encode()
    answer = person.client.post("/sync", content=content)
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["not_read"]] == ["?", "?", "x"]


def test_a_page_that_tells_of_a_defect_carries_the_policy_too(
    person: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person.home.house, "clock", lambda: 1 / 0)
    monkeypatch.setattr(person.client._transport, "raise_server_exceptions", False)
    answer = person.client.get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"


def test_a_form_that_is_sent_again_with_other_answers_is_kept_too(person: Visitor) -> None:
    attack = person.post("/attack").rsplit("/", 1)[-1]
    path = f"/attack/{attack}"
    shown = person.sheet(f"{path}/medicine")
    for name in ("Sumatriptan", "Ibuprofen", "Sumatriptan", "Ibuprofen"):
        person.post(f"{path}/dose", **shown, other=name)
        person.later(minutes=1)
    assert sorted(one["name"] for one in person.bodies("dose")) == ["Ibuprofen", "Sumatriptan"]

    shown = person.sheet(f"{path}/more")
    for note in ("first", "first", "first and second", "first and second"):
        person.post(f"{path}/more", **shown, note=note)
    assert person.bodies("attack")[0]["note"] == "first and second"

    shown = person.sheet(f"{path}/end")
    for time in ("12:30", "12:30", "12:31"):
        person.post(f"{path}/end", **shown, end_day="2026-11-22", end_time=time)
    assert person.bodies("attack")[0]["end"]["time"] == "12:31:00"
    assert person.store.conflicts(person.person) == ()


def test_other_answers_about_what_is_unusual_are_the_ones_that_count(person: Visitor) -> None:
    shown = person.sheet("/unusual")
    calm = person.post("/unusual", **shown, **dict.fromkeys(QUESTIONS, "no"))
    again = person.post("/unusual", **shown, **dict.fromkeys(QUESTIONS, "no"))
    grave = person.post("/unusual", **shown, **dict.fromkeys(QUESTIONS, "yes"))
    assert calm == again != grave
    answers = [one["answers"] for one in person.bodies(KIND)]
    assert dict.fromkeys(QUESTIONS, True) in answers
    assert readable(person.get(calm)) != readable(person.get(grave))


@pytest.mark.parametrize("year", [1970, 2190])
def test_everything_goes_out_whatever_the_clock_says(person: Visitor, year: int) -> None:
    person.now = NOON.replace(year=year)
    person.sign_in()
    person.post("/attack")
    answer = person.client.get("/data/out.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert b'"kind": "attack"' in packed.read("changes.jsonl")


@pytest.fixture
def short_files() -> Iterator[None]:
    """No file may grow beyond 2.5 megabytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_for_which_there_is_no_room_is_answered_in_words(
    person: Visitor, short_files: None
) -> None:
    answer = person.client.post("/data/add", files={"files": ("a.json", b"{}" + b" " * 3_000_000)})
    assert answer.status_code == 507
    assert "may not grow any further" in readable(answer.text)
    assert not list(person.home.house.folder.glob(".reading-*"))


def test_what_a_crash_left_of_a_reading_goes_when_the_server_starts(tmp_path: Path) -> None:
    for name in (".reading-x1", ".backup-x2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "diary.json").write_text("{}")
    (tmp_path / "keys.json").write_text("{}")
    clear_away(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_a_tap_on_a_page_that_back_brought_again_is_another_tap(visitor: Any) -> None:
    visitor.goto("/")
    ids = visitor.locator("input[name=once]")
    before = ids.evaluate_all("(all) => all.map((one) => one.value)")
    visitor.evaluate(BACK)
    after = ids.evaluate_all("(all) => all.map((one) => one.value)")
    assert before and len(after) == len(before)
    assert set(before).isdisjoint(after)
