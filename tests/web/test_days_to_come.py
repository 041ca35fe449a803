"""What is dated after today can be seen, changed, moved and taken out; no door lets more of it in."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from store.entries import PASSPHRASE, QUICK
from web.test_sync import body_of, go_over, made
from web_visit import NOON, Home, Visitor, readable

from twofold.app.cli.main import main
from twofold.app.web.gate import Visit
from twofold.store.entry import Change
from twofold.store.opening import create, open_store

TODAY = NOON.date()
LATER = "2027-03-01"
SPAN = {"low": 0, "high": 10}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("to-come") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def person(home: Home) -> Visitor:
    return home.someone()


def put(person: Visitor, kind: str, body: dict[str, Any]) -> str:
    """Write an entry as an older program let it in, and return its id."""
    name = str(uuid.uuid4())
    change = Change(str(uuid.uuid4()), name, kind, body, person.now)
    person.store.write(person.person, [change], received=person.now)
    return name


KINDS: Mapping[str, dict[str, Any]] = {
    "attack": {"onset": {"day": LATER, "time": "08:00:00"}, "end": {"day": "2027-03-02"}},
    "free_day": {"day": LATER},
    "dose": {"when": {"day": LATER}, "name": "Ibuprofen"},
    "mood_note": {"when": {"day": LATER}, "item": "mood", "level": 4, "span": SPAN,
                  "better": "high"},
    "sleep": {"day": LATER, "duration": 7},
    "energy": {"day": LATER, "level": 3, "span": SPAN},
    "note": {"day": LATER, "text": "a line"},
    "food": {"day": LATER, "line": "soup", "gut": None},
    "check_in": {"day": LATER, "asked": ["headache"], "how": "full", "near": None},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_after_today_is_listed_and_can_be_taken_out_and_put_back(
    person: Visitor, kind: str
) -> None:
    name = put(person, kind, KINDS[kind])
    assert "1 entry is dated after today" in readable(person.get("/days"))
    page = person.get("/days/after")
    assert "1 March 2027" in readable(page) and f"/days/entry/{name}/history" in page
    person.get(f"/days/entry/{name}/history")
    assert person.post(f"/days/entry/{name}/out") == "/days/after"
    assert "Nothing is dated after today" in readable(person.get("/days/after"))
    assert person.post(f"/days/entry/{name}/back") == "/days/after"
    assert person.bodies(kind) == [KINDS[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_after_today_can_be_moved_to_the_day_that_was_meant(
    person: Visitor, kind: str
) -> None:
    name = put(person, kind, KINDS[kind])
    assert person.post(f"/days/entry/{name}/day", day="2026-11-20") == "/days/2026-11-20"
    (moved,) = person.entries(kind)
    assert str(moved.day) == "2026-11-20"
    said = json.dumps(KINDS[kind]).replace(LATER, "2026-11-20").replace("2027-03-02", "2026-11-21")
    assert moved.body == json.loads(said)
    assert person.store.entry(person.person, name).body is None  # type: ignore[union-attr]
    person.get("/days/2026-11-20")
    again = person.post(f"/days/entry/{name}/day", day="2026-11-20")  # a double tap
    assert again == "/days/2026-11-20" and len(person.entries(kind)) == 1


@pytest.mark.parametrize("day", ["2026-11-23", "1899-12-31", "soon", ""])
def test_an_entry_is_not_moved_to_a_day_that_cannot_be(person: Visitor, day: str) -> None:
    name = put(person, "note", KINDS["note"])
    assert person.client.post(f"/days/entry/{name}/day", data={"day": day}).status_code == 422
    assert person.bodies("note") == [KINDS["note"]]


@pytest.mark.parametrize("kind", ["attack", "dose", "note", "sleep"])
def test_an_entry_after_today_opens_as_a_form_and_saving_loses_nothing(
    person: Visitor, kind: str
) -> None:
    name = put(person, kind, KINDS[kind])
    page = person.get(f"/days/entry/{name}")
    assert "1 March 2027" in readable(page)
    if kind == "note":
        assert person.fill(f"/days/entry/{name}", f"/days/entry/{name}", text="more") == (
            "/days/after"
        )


def test_a_diary_without_such_entries_says_nothing_of_them(person: Visitor) -> None:
    put(person, "note", {"day": str(TODAY), "text": "today"})
    assert "after today" not in readable(person.get("/days"))


def test_a_free_day_is_not_moved_onto_a_headache_and_a_headache_takes_a_free_day_out(
    person: Visitor,
) -> None:
    put(person, "attack", {"onset": {"day": "2026-11-19"}})
    free = put(person, "free_day", {"day": LATER})
    page = person.client.post(f"/days/entry/{free}/day", data={"day": "2026-11-19"})
    assert page.status_code == 422 and "A headache is written down" in readable(page.text)
    assert person.post(f"/days/entry/{free}/day", day="2026-11-18") == "/days/2026-11-18"
    later = put(person, "attack", {"onset": {"day": LATER}})
    assert person.post(f"/days/entry/{later}/day", day="2026-11-18") == "/days/2026-11-18"
    assert person.bodies("free_day") == [] and len(person.bodies("attack")) == 2


def test_a_day_in_an_entry_that_no_calendar_has_is_a_sentence(person: Visitor) -> None:
    body = {"day": "1950-01-01", "asked": [], "more": {"day": "9999-12-31"}}
    name = put(person, "check_in", body)
    page = person.client.post(f"/days/entry/{name}/day", data={"day": "2026-11-18"})
    assert page.status_code == 422 and "cannot be moved" in readable(page.text)
    assert person.bodies("check_in") == [body]


def test_nobody_sees_or_moves_what_somebody_else_dated_after_today(
    home: Home, person: Visitor
) -> None:
    name = put(person, "note", KINDS["note"])
    other = home.someone()
    assert "a line" not in other.get("/days/after")
    answer = other.client.post(f"/days/entry/{name}/day", data={"day": "2026-11-20"})
    assert answer.status_code == 404


def test_what_is_dated_after_today_counts_for_nothing_and_still_goes_out(person: Visitor) -> None:
    put(person, "note", {"day": "2026-11-20", "text": "before"})
    before = visit_of(person).diary()
    put(person, "attack", KINDS["attack"])
    put(person, "note", KINDS["note"])
    assert visit_of(person).diary() == before and before.last_day == TODAY
    with zipfile.ZipFile(io.BytesIO(person.client.get("/data/out.zip").content)) as packed:
        diary = json.loads(packed.read("diary.json"))
        assert b"a line" in packed.read("tables/note.csv")
    assert [one["day"] for one in diary["notes"]] == ["2026-11-20", LATER]
    assert len(diary["attacks"]) == 1


def visit_of(person: Visitor) -> Visit:
    found = person.store.person(person.person)
    assert found is not None
    return Visit(person.store, found, NOON, "UTC")


# What a phone brings.

FAR = {"day": "2027-05-01", "time": "09:00:00", "offset_minutes": 60}


@pytest.mark.parametrize(
    ("kind", "body", "at"),
    [
        ("attack", {"onset": FAR}, "onset"),
        ("dose", {"when": FAR, "name": "Ibuprofen"}, "when"),
        ("free_day", {"day": "2027-05-01"}, "day"),
        ("mood_note", {"when": FAR, "item": "mood", "level": 4, "span": SPAN, "better": "high"},
         "when"),
    ],
    ids=["attack", "dose", "free day", "mood"],
)  # fmt: skip
def test_what_a_phone_dates_far_ahead_is_kept_on_its_day_and_asked_about(
    person: Visitor, kind: str, body: dict[str, Any], at: str
) -> None:
    told = made(kind, body)
    assert go_over(person, told) == ["kept"]
    (kept,) = person.entries(kind)
    assert kept.day == TODAY
    page = readable(person.get("/conflicts"))
    assert "Is this time right?" in page and "2027-05-01" in page
    assert go_over(person, told) == ["known"]  # sent again
    assert len(person.entries(kind)) == 1 and len(person.entries("time_question")) == 1


def test_every_moment_of_what_a_phone_brings_is_held_back(person: Visitor) -> None:
    near = {"day": "2026-11-22", "time": "12:00:00", "offset_minutes": 0}
    told = made("attack", {"onset": near, "end": FAR, "pain": [{"when": FAR, "pain": 7}]})
    assert go_over(person, told) == ["kept"]
    body = body_of(person, told["entry"])
    assert body is not None and "2027" not in json.dumps(body)
    assert body["onset"] == near and body["pain"][0]["pain"] == 7


def test_an_end_far_ahead_ends_the_attack_now_and_is_asked_about(person: Visitor) -> None:
    near = {"day": "2026-11-22", "time": "11:00:00", "offset_minutes": 0}
    told = made("attack", {"onset": near, "is_running": True})
    assert go_over(person, told, made("over", FAR, entry=told["entry"])) == ["kept", "kept"]
    body = body_of(person, told["entry"])
    assert body is not None and body["end"]["day"] == "2026-11-22"
    assert "Is this time right?" in readable(person.get("/conflicts"))


def test_tomorrow_is_taken_as_it_is_for_who_travels(person: Visitor) -> None:
    told = made("dose", {"when": {"day": "2026-11-23", "time": "01:00:00", "offset_minutes": 780},
                         "name": "Ibuprofen"})  # fmt: skip
    assert go_over(person, told) == ["kept"]
    assert body_of(person, told["entry"])["when"]["day"] == "2026-11-23"  # type: ignore[index]
    assert person.entries("time_question") == ()


def test_a_mood_dated_far_ahead_never_takes_the_place_of_todays(person: Visitor) -> None:
    def mood(day: str, level: int) -> dict[str, Any]:
        body = {"when": {"day": day}, "item": "mood", "level": level, "span": SPAN}
        return made("mood_note", {**body, "better": "high"})

    assert go_over(person, mood("2026-11-22", 7)) == ["kept"]
    assert go_over(person, mood("2027-05-01", 2)) == ["conflict"]
    assert [one["level"] for one in person.bodies("mood_note")] == [7]
    assert "Written twice" in readable(person.get("/conflicts"))


# What a file brings.


def test_a_file_is_added_without_what_lies_beyond_tomorrow_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = dt.date.today()
    with create(tmp_path / "kept", PASSPHRASE, database="", cost=QUICK)[0] as store:
        person = store.add_person("you").id
        for days in (-1, 1, 2, 400):
            name, day = str(uuid.uuid4()), str(today + dt.timedelta(days))
            one = Change(str(uuid.uuid4()), name, "note", {"day": day, "text": f"{days}"}, NOON)
            store.write(person, [one], received=NOON)
        from twofold.intake import native

        far = today + dt.timedelta(500)
        (tmp_path / "diary.json").write_text(native.dump(store.diary(person, today=far)))
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    monkeypatch.setenv("TWOFOLD_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    monkeypatch.setenv("TWOFOLD_FOLDER", str(tmp_path / "other"))
    monkeypatch.delenv("TWOFOLD_DATABASE", raising=False)
    assert main(["add", str(tmp_path / "diary.json")]) == 0
    assert "Left out, because their days have not come yet: 2." in capsys.readouterr().out
    with open_store(tmp_path / "other", PASSPHRASE, database="") as store:
        (you,) = store.people()
        kept = [one.body["text"] for one in store.entries(you.id, kinds=("note",)) if one.body]
    assert kept == ["-1", "1"]
