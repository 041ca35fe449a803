"""What an import says of self-harm is told at once, with its day, and goes with the import alone."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_visit import PASSPHRASE, Home, Visitor, readable

from twofold.app import heard
from twofold.app.cli.main import main
from twofold.diary.diary import Diary
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack
from twofold.diary.medication import Dose
from twofold.diary.mood import ScaleAnswer
from twofold.intake import native
from twofold.safety.flag import ClosedFlag, OpenFlag
from twofold.store.entry import Change
from twofold.units import When

WORDS = "I want to die"
NUMBERS = "Someone to talk to, at any time:"
OLD, TODAY = dt.date(2026, 3, 5), dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("imports") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def flag(you: Visitor) -> Any:
    return heard.flag_of(you.store, you.person, dt.UTC)


def noted(*notes: Note, **lists: Any) -> Diary:
    return Diary("you", OLD, TODAY, notes=notes, **lists)


def item9(answer: int, day: dt.date, time: dt.time | None = None) -> ScaleAnswer:
    return ScaleAnswer(When(day, time), "phq9", {"9": answer})


def looked_into(you: Visitor, diary: Diary) -> str:
    sent = ("d.json", native.dump(diary).encode(), "application/json")
    return str(you.client.post("/data/add", files={"files": sent}).text)


def imported(you: Visitor, diary: Diary) -> str:
    """Put a diary in, and return where that leads."""
    token = re.search(r'name="token" value="(.*?)"', looked_into(you, diary))
    assert token is not None
    return you.post("/data/add/yes", token=token[1])


def batch(you: Visitor) -> str:
    return you.store.batches(you.person)[-1].id


HIDDEN = {
    "a note": noted(Note(OLD, f"rain, {WORDS}")),
    "beside an attack": noted(attacks=(Attack(When(OLD), note=WORDS),)),
    "a sign before it": noted(attacks=(Attack(When(OLD), premonitory=(WORDS,)),)),
    "the name of a medicine": noted(doses=(Dose(When(OLD), WORDS),)),
    "the name of a factor": noted(factors=(FactorEntry(When(OLD), WORDS, 1.0),)),
}


@pytest.mark.parametrize("place", HIDDEN)
def test_words_in_an_import_lead_to_the_page_with_their_day(you: Visitor, place: str) -> None:
    assert NUMBERS in looked_into(you, HIDDEN[place]), "the numbers stand there before a yes, too"
    assert flag(you) is None, "nothing is written yet"
    assert imported(you, HIDDEN[place]) == "/help"
    page = readable(you.get("/help"))
    assert "We noticed words in what you wrote." in page
    assert "from a file, written on: 5 March 2026." in page
    assert flag(you).opened_at.date() == OLD, "it is not told as just written"
    assert "help_now" not in [one.get("trigger") for one in you.bodies("safety_event")]


def test_an_import_without_such_words_leads_on_as_ever(you: Visitor) -> None:
    assert imported(you, noted(Note(OLD, "rain"))) == "/data#imports"
    assert flag(you) is None and NUMBERS not in you.get("/data")


def test_words_that_a_later_no_has_answered_bring_the_numbers_and_open_nothing(
    you: Visitor,
) -> None:
    later = item9(0, OLD + dt.timedelta(30))
    assert imported(you, noted(Note(OLD, WORDS), scale_answers=(later,))) == "/data#imports"
    page = you.get("/data")
    assert NUMBERS in page and "5 March 2026" in page
    assert isinstance(flag(you), ClosedFlag)
    you.later(days=8)
    assert NUMBERS not in you.get("/data")


def test_words_are_told_again_although_a_flag_was_open_and_seen(you: Visitor) -> None:
    assert you.fill("/medicines/add", "/medicines/add", name=WORDS, purpose="acute") == "/help"
    you.get("/help")
    assert imported(you, noted(Note(OLD, WORDS))) == "/help"


def test_of_many_days_the_latest_are_named(you: Visitor) -> None:
    notes = [Note(OLD + dt.timedelta(n), f"{WORDS} {n}") for n in range(5)]
    imported(you, noted(*notes))
    page = readable(you.get("/help"))
    assert "9 March 2026; 8 March 2026; 7 March 2026. And on 2 other days." in page


# --- an answer to item 9 without its time


def test_an_answer_of_today_s_file_is_earlier_than_what_its_person_says_next(
    you: Visitor,
) -> None:
    assert imported(you, noted(scale_answers=(item9(1, TODAY),))) == "/help"
    assert flag(you).opened_at <= you.now
    you.later(minutes=5)
    assert you.post("/help", answer="safe_now") == "/help#b"
    assert flag(you).page == "S2b", "the page knows that it was answered"
    assert you.fill("/help/question", "/help/question", item9="0") == "/"
    assert isinstance(flag(you), ClosedFlag)


def test_an_old_answer_is_told_with_its_day_and_without_a_banner_of_now(you: Visitor) -> None:
    assert imported(you, noted(scale_answers=(item9(2, OLD),))) == "/help"
    page = readable(you.get("/help"))
    assert "written on: 5 March 2026." in page and "We noticed words" not in page
    assert flag(you).opened_at.date() == OLD and not flag(you).shows_banner(you.now)
    assert NUMBERS not in you.get("/")


def test_an_old_answer_hides_no_later_one_of_its_own_day_that_has_a_time(you: Visitor) -> None:
    """Which came first is unknown only where one has no time; then the flag asks again."""
    first, then = (item9(n, OLD, dt.time(h)) for n, h in ((1, 9), (0, 20)))
    imported(you, noted(scale_answers=(first, then)))
    assert isinstance(flag(you), ClosedFlag)


# --- taken out again


def test_an_import_that_alone_opened_the_flag_takes_it_away_again(you: Visitor) -> None:
    imported(you, noted(Note(OLD, WORDS), scale_answers=(item9(1, OLD),)))
    you.get("/help")
    assert isinstance(flag(you), OpenFlag)
    you.post("/data/undo", batch=batch(you))
    assert flag(you) is None and NUMBERS not in you.get("/data")
    assert imported(you, noted(Note(OLD, WORDS))) == "/help", "and back again, it opens it again"


OTHERWISE = {
    "words of one's own": lambda you: you.fill(
        "/medicines/add", "/medicines/add", name=f"{WORDS} too", purpose="acute"
    ),
    "an answer of one's own": lambda you: you.fill("/help/question", "/help/question", item9="1"),
    "asking for help": lambda you: you.get("/help"),
}


@pytest.mark.parametrize("is_first", (True, False), ids=("before it", "after it"))
@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_taking_an_import_out_closes_nothing_that_something_else_opened(
    you: Visitor, otherwise: str, is_first: bool
) -> None:
    do = OTHERWISE[otherwise]
    if is_first:
        do(you)
        you.later(hours=1)
    imported(you, noted(Note(OLD, WORDS), scale_answers=(item9(1, OLD),)))
    if not is_first:
        you.later(hours=1)
        do(you)
    you.post("/data/undo", batch=batch(you))
    assert isinstance(flag(you), OpenFlag)


@pytest.mark.parametrize(
    ("button", "stays"), (("not_safe", True), ("safe_now", True), ("mistake", False))
)
def test_what_a_person_said_on_the_page_stays_said(you: Visitor, button: str, stays: bool) -> None:
    imported(you, noted(Note(OLD, WORDS)))
    you.get("/help")
    you.later(minutes=1)
    you.post("/help", answer=button)
    you.post("/data/undo", batch=batch(you))
    assert isinstance(flag(you), OpenFlag) is stays


def test_an_entry_that_was_changed_since_stays_and_holds_the_flag(you: Visitor) -> None:
    imported(you, noted(scale_answers=(item9(1, OLD),)))
    (answer,) = you.entries("scale_answer")
    person = you.store.person(you.person)
    assert person is not None and answer.body is not None
    name = "0b6f3c52-5b0c-4f0a-9b53-2a4b2c1d7e10"
    edited = Change(name, answer.id, "scale_answer", {**answer.body, "items": {"9": 2}}, you.now)
    you.store.write(you.person, [edited], received=you.now)
    you.post("/data/undo", batch=batch(you))
    assert isinstance(flag(you), OpenFlag)


# --- from the command line


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A diary in its own place, closed, its passphrase in a file."""
    one = Home(tmp_path / "diary")
    one.house.close()
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    monkeypatch.setenv("TWOFOLD_FOLDER", str(tmp_path / "diary"))
    monkeypatch.setenv("TWOFOLD_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    monkeypatch.delenv("TWOFOLD_DATABASE", raising=False)
    return one


def test_the_command_line_prints_the_numbers_first_and_names_the_day(
    at_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.json"
    file.write_text(native.dump(noted(Note(OLD, WORDS))), encoding="utf-8")
    for more in (["--dry-run"], []):
        assert main(["add", str(file), *more]) == 0
        said = capsys.readouterr().out
        assert said.startswith("Emergency: ") and "Someone to listen" in said
        assert "We noticed words in what you wrote." in said
        assert said.index("It stands in the file on: 2026-03-05.") < said.index("entries: 1 note")
    assert main(["add", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["safety_first"] == [] and told["known"] == 1, "nothing new came in"


def test_taken_out_by_the_command_line_the_flag_goes_too(
    at_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.json"
    file.write_text(native.dump(noted(scale_answers=(item9(2, OLD),))), encoding="utf-8")
    assert main(["add", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "Please contact someone today." in told["safety_first"][0]
    assert main(["add", "--undo", told["batch"]]) == 0
    assert main(["add", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["safety_first"]
