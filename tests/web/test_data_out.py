"""Everything out and in: one zip that reads back equal, a file in with a yes, gone for good."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from web_visit import NOON, PASSPHRASE, Home, Visitor, readable

from twofold import read
from twofold.app.everything import cell, table, zipped
from twofold.diary.diary import Diary
from twofold.diary.factors import Note
from twofold.diary.medication import Dose
from twofold.intake import native
from twofold.store.entry import Change, Entry
from twofold.units import When

from .conftest import Server, unlock

CANARY = "heron-canary-77"
MAPPING = """format = "twofold-mapping-1"
[[table]]
file = "mine.csv"
shape = "day"
day = { column = "date", format = "%Y-%m-%d" }
headache = [{ column = "pain", span = [0, 10] }]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("data") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def put(you: Visitor, kind: str, body: dict[str, Any]) -> str:
    name = str(uuid.uuid4())
    change = Change(str(uuid.uuid4()), name, kind, body, you.now)
    you.store.write(you.person, [change], received=you.now)
    return name


def everything(you: Visitor) -> zipfile.ZipFile:
    answer = you.client.get("/data/out.zip")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    return packed


def rows(packed: zipfile.ZipFile, kind: str) -> list[dict[str, str]]:
    text = packed.read(f"tables/{kind}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def send(you: Visitor, *files: tuple[str, str | bytes]) -> Any:
    """Choose files on the page, and return its answer."""
    given_ = [("files", (name, text if isinstance(text, bytes) else text.encode())) for name, text in files]  # fmt: skip
    return you.client.post("/data/add", files=given_)


def say_yes(you: Visitor, page: str, **more: str) -> str:
    token = re.search(r'name="token" value="(.*?)"', page)
    assert token is not None
    return you.post("/data/add/yes", token=token[1], **more)


# --- out


def test_the_zip_reads_back_equal(you: Visitor, tmp_path: Path) -> None:
    put(you, "attack", {"onset": {"day": "2026-11-18", "time": "07:30:00"}, "note": "מיגרנה"})
    put(you, "dose", {"when": {"day": "2026-11-18"}, "name": "sumatriptan", "purpose": "acute"})
    put(you, "note", {"day": "1912-03-01", "text": "\U0001f327 line\nline"})
    put(you, "check_in", {"day": "2026-11-19", "asked": ["medicine"], "how": "full", "near": None})
    (tmp_path / "diary.json").write_bytes(everything(you).read("diary.json"))
    reading = read(tmp_path / "diary.json")
    assert reading.unread == ()
    assert reading.diary == you.store.diary(you.person, today=you.now.date())


def test_the_zip_of_an_empty_diary_is_whole(you: Visitor, tmp_path: Path) -> None:
    packed = everything(you)
    assert {"README.txt", "diary.json", "changes.jsonl", "report.html"} <= set(packed.namelist())
    (tmp_path / "diary.json").write_bytes(packed.read("diary.json"))
    assert read(tmp_path / "diary.json").diary.attacks == ()


def test_the_history_in_the_zip_holds_what_was_changed_and_taken_out(you: Visitor) -> None:
    name = put(you, "note", {"day": "2026-11-18", "text": "first"})
    you.fill(f"/days/entry/{name}", f"/days/entry/{name}", text="second")
    you.post(f"/days/entry/{name}/out", base=you.entries("note")[0].head)
    put(you, "setting", {"name": "evening", "value": "low"})
    changes = [json.loads(line) for line in everything(you).read("changes.jsonl").splitlines()]
    of_note = [one["body"] and one["body"]["text"] for one in changes if one["entry"] == name]
    assert of_note == ["first", "second", None]
    assert "setting" in {one["kind"] for one in changes}


def test_an_empty_cell_is_never_a_no_and_units_are_named(you: Visitor) -> None:
    put(you, "attack", {"onset": {"day": "2026-11-18"}, "symptoms": {"nausea": False}})
    put(you, "sleep", {"day": "2026-11-18", "duration": 6.5})
    packed = everything(you)
    (attack,), (night,) = rows(packed, "attack"), rows(packed, "sleep")
    assert attack["symptoms.nausea"] == "no" and attack["symptoms.vomiting"] == ""
    assert attack["aura.visual"] == "" and attack["disability_0_to_3"] == ""
    assert night["duration_hours"] == "6.5" and night["efficiency_percent"] == ""
    assert "aura.duration_hours" in attack


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_is_taken_for_a_formula(you: Visitor, text: str) -> None:
    put(you, "note", {"day": "2026-11-18", "text": text})
    (row,) = rows(everything(you), "note")
    assert row["text"] == f"'{text}"


def test_numbers_stay_numbers(you: Visitor) -> None:
    body = {"when": {"day": "2026-11-18"}, "name": "pressure", "level": -3}
    put(you, "factor", body)
    (row,) = rows(everything(you), "factor")
    assert row["level"] == "-3"


@given(st.text(max_size=40))
def test_any_text_comes_back_from_a_table(text: str) -> None:
    entry = Entry("id", "note", {"day": "2026-11-18", "text": text}, None, "head", NOON)
    told = b"".join(table("note", [entry])).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(told, newline=""))
    read_back = row["text"].removeprefix("'") if str(cell(text)).startswith("'") else row["text"]
    kept = text.replace("\x00", "")
    assert read_back == (kept.removeprefix("'") if kept.startswith("'") else kept)


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.lists(st.binary())), max_size=5, unique_by=lambda one: one[0]))  # fmt: skip
def test_a_zip_made_piece_by_piece_holds_what_went_in(files: list[tuple[str, list[bytes]]]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(b"".join(zipped(files, now=NOON))))
    assert packed.testzip() is None
    assert [(name, packed.read(name)) for name in packed.namelist()] == [
        (name, b"".join(pieces)) for name, pieces in files
    ]


def test_nobody_gets_what_somebody_else_kept(home: Home, you: Visitor) -> None:
    put(you, "note", {"day": "2026-11-18", "text": CANARY})
    other = everything(home.someone())
    assert all(CANARY.encode() not in other.read(name) for name in other.namelist())
    assert home.browser().get("/data/out.zip").headers["location"] == "/open"


def test_one_of_several_people_gets_no_backup_of_all(you: Visitor) -> None:
    assert "Save a backup" not in you.get("/data")
    you.get("/data/backup", 404)


# --- in


def invented() -> Diary:
    first, last = dt.date(2026, 11, 1), dt.date(2026, 11, 9)
    return Diary(
        "you",
        first,
        last,
        doses=(Dose(When(first), "ibuprofen"),),
        notes=(Note(last, "last"),),
        attested_days=(first, last),
    )


def test_a_file_is_looked_into_first_and_taken_in_only_after_a_yes(you: Visitor) -> None:
    page = send(you, ("diary.json", native.dump(invented()))).text
    assert "1 dose" in page and "1 note" in page and "Everything in the file could be read" in page
    assert you.entries() == ()
    assert say_yes(you, page) == "/data#imports"
    assert {one.kind for one in you.entries()} == {"dose", "note", "import"}
    assert "in your diary already" in send(you, ("diary.json", native.dump(invented()))).text


def test_a_person_who_puts_their_own_export_back_in_doubles_nothing(you: Visitor) -> None:
    put(you, "attack", {"onset": {"day": "2026-11-18", "time": "07:30:00"}, "disability": 0})
    you.fill("/evening/2026-11-19", "/evening/2026-11-19", headache="none", mood="4", took="none")
    before = you.store.diary(you.person, today=you.now.date())
    page = send(you, ("diary.json", everything(you).read("diary.json"))).text
    assert "Nothing new" in page
    say_yes(you, page)
    assert you.store.diary(you.person, today=you.now.date()) == before


def test_an_import_can_be_taken_out_again(you: Visitor) -> None:
    put(you, "note", {"day": "2026-11-18", "text": "own"})
    say_yes(you, send(you, ("diary.json", native.dump(invented()))).text)
    batch = re.search(r'name="batch" value="(.*?)"', you.get("/data"))
    assert batch is not None
    you.post("/data/undo", batch=batch[1])
    assert [one.body for one in you.entries()] == [{"day": "2026-11-18", "text": "own"}]
    assert "taken out" in you.get("/data")


def test_a_table_with_its_mapping_says_what_was_not_read(you: Visitor) -> None:
    table_ = "date,pain\n2026-11-01,3\n2026-02-31,4\n2026-11-02,x\n2026-11-03,0\n"
    page = send(you, ("mine.csv", table_), ("my.toml", MAPPING)).text
    assert "2 headache ratings" in page and "Not read: 2 lines" in page
    say_yes(you, page)
    assert len(you.entries("headache_rating")) == 2


def test_what_lies_after_today_is_counted_and_left_out(you: Visitor) -> None:
    far = invented()
    far = Diary("you", far.first_day, dt.date(2090, 1, 1), notes=(*far.notes, Note(dt.date(2090, 1, 1), "far")))  # fmt: skip
    page = send(you, ("diary.json", native.dump(far))).text
    assert "1 entry lies after today" in page
    say_yes(you, page)
    assert [one.day for one in you.entries("note")] == [dt.date(2026, 11, 9)]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("a.json", "{")], "not complete JSON"),
        ([("a.json", b"\xff\xfe\x00")], "a.json"),
        ([("a.csv", "x")], "mapping"),
        ([("a.pdf", b"%PDF-1.7")], "is not known"),
        ([("a.csv", "x"), ("b.csv", "y")], "one mapping"),
        ([("mine.csv", "date,pain\n"), ("my.toml", "format = 1")], "Nothing was saved yet"),
        ([("../../etc/x.json", "{")], "not complete JSON"),
        ([("..", "{")], "Nothing was saved yet"),
        ([(".json", "")], "Nothing was saved yet"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence_and_nothing_changes(
    you: Visitor, home: Home, files: list[tuple[str, str | bytes]], says: str
) -> None:
    answer = send(you, *files)
    assert answer.status_code == 422 and says in readable(answer.text)
    assert you.entries() == ()
    assert not list(home.house.folder.glob(".reading-*"))


def test_a_yes_to_a_file_that_is_gone_adds_nothing(you: Visitor) -> None:
    answer = you.client.post("/data/add/yes", data={"token": str(uuid.uuid4())})
    assert answer.status_code == 422 and "Nothing was added" in readable(answer.text)


def test_of_several_people_in_a_file_one_has_to_be_named(you: Visitor, tmp_path: Path) -> None:
    several = MAPPING + 'person = { column = "who" }\n'
    table_ = "date,pain,who\n2026-11-01,3,ann\n2026-11-01,4,bob\n"
    page = send(you, ("mine.csv", table_), ("my.toml", several)).text
    token = re.search(r'name="token" value="(.*?)"', page)
    assert token is not None and "ann" in page and "bob" in page
    answer = you.client.post("/data/add/yes", data={"token": token[1]})
    assert answer.status_code == 422
    page = send(you, ("mine.csv", table_), ("my.toml", several)).text
    say_yes(you, page, who="bob")
    assert [one.body and one.body["level"] for one in you.entries("headache_rating")] == [4]


# --- gone for good


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Visitor]:
    """The only person of a diary."""
    one = Home(tmp_path / "diary")
    assert one.house.store is not None
    yield Visitor(one, one.house.store, one.house.store.people()[0].id)
    one.house.close()


@pytest.mark.parametrize(
    "given_", [{}, {"typed": "erase"}, {"typed": "yes", "passphrase": PASSPHRASE},
               {"typed": "erase", "passphrase": "quiet river lantern mist"}],
)  # fmt: skip
def test_erasing_needs_the_typed_word_and_the_passphrase(
    alone: Visitor, given_: dict[str, str]
) -> None:
    put(alone, "note", {"day": "2026-11-18", "text": "mine"})
    assert "Nothing was erased" in alone.refused("/data/erase", **given_)
    assert len(alone.entries("note")) == 1


def test_erasing_leaves_nothing_that_can_be_read(alone: Visitor) -> None:
    put(alone, "note", {"day": "2026-11-18", "text": CANARY})
    alone.get("/review")
    store, folder = alone.store, alone.home.house.folder
    assert alone.post("/data/erase", typed="Erase", passphrase=PASSPHRASE) == "/open/erased"
    page = readable(str(alone.client.get("/open/erased").text))
    assert "nothing opens what was kept here" in page and "backups" in page
    assert alone.client.get("/days").headers["location"] == "/open"
    assert store.people() == () and store.history(alone.person, alone.person) == ()
    for path in folder.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path
            assert alone.person.encode() not in path.read_bytes() or path.name == "keys.json"
    found = sa.MetaData()
    with store.engine.connect() as connection:
        found.reflect(connection)
        for one in found.sorted_tables:
            if "person" in one.columns or one.name == "person":
                told = str(connection.execute(sa.select(one)).all())
                assert alone.person not in told, one.name


def test_who_erases_is_told_of_a_damaged_copy_that_could_not_be_cleared(alone: Visitor) -> None:
    (alone.home.house.folder / "before-schema-0002-1234abcd.db").write_bytes(bytes(8192))
    leads = alone.post("/data/erase", typed="erase", passphrase=PASSPHRASE)
    page = readable(str(alone.client.get(leads).text))
    assert "is damaged" in page and "Delete it by hand" in page


def test_a_backup_made_by_a_tap_opens_with_the_passphrase(alone: Visitor, tmp_path: Path) -> None:
    from twofold.store.opening import open_store
    from twofold.store.restoring import restore

    put(alone, "note", {"day": "2026-11-18", "text": CANARY})
    packed = alone.client.get("/data/backup").content
    assert CANARY.encode() not in packed
    (tmp_path / "one.backup").write_bytes(packed)
    restore(tmp_path / "one.backup", tmp_path / "again", PASSPHRASE)
    with open_store(tmp_path / "again", PASSPHRASE) as store:
        (note,) = store.entries(alone.person, kinds=("note",))
    assert note.body == {"day": "2026-11-18", "text": CANARY}
    assert not list(alone.home.house.folder.glob(".backup-*"))


# --- in a browser


def test_a_file_goes_in_and_everything_comes_out_in_a_browser_without_scripts(
    browser: Any, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "mine.json").write_text(native.dump(invented()), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    unlock(page, server)
    page.goto("/data")
    page.get_by_label("Files").set_input_files(tmp_path / "mine.json")
    page.get_by_role("button", name="Look into it").click()
    page.get_by_role("button", name="Add it to my diary").click()
    assert "mine.json" in page.locator("main").inner_text()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Everything as one zip").click()
    packed = zipfile.ZipFile(begun.value.path())
    assert native.loads(packed.read("diary.json").decode()).diary.notes == invented().notes
    context.close()
