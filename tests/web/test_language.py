"""The pages in the person's language: every sentence is there, and says the same with the same gaps."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from web_visit import Home, readable

from twofold.app.web.language import (
    LANGUAGES,
    spoken_day,
    spoken_number,
    spoken_weekday,
    wished,
    words_of,
)


@pytest.fixture(scope="module")
def words(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("words", root / "tools/words.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_the_pages_is_in_every_language(words: ModuleType) -> None:
    gathered = words.gathered()
    assert len(gathered) > 500
    assert set(words.PLURALS) == set(LANGUAGES) - {"en"}
    assert [line for code in words.PLURALS for line in words.missing(code, gathered)] == []


def test_a_missing_an_unsure_and_a_changed_sentence_are_noticed(words: ModuleType) -> None:
    gathered = words.gathered()
    gathered.add("A sentence that nobody has translated, %(n)s")
    assert len(list(words.missing("de", gathered))) == 1


def test_every_language_fills_the_same_gaps(words: ModuleType) -> None:
    for message in words.spoken("de"):
        ids, said = (
            [one] if isinstance(one, str) else list(one) for one in (message.id, message.string)
        )
        for one in said:
            assert gaps(one) <= gaps(ids[-1]), message.id
            assert len(said) > 1 or gaps(one) == gaps(ids[0]), message.id


def gaps(sentence: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|%s", sentence))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"), ("de", "de"), ("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr-CH, fr;q=0.9, de;q=0.5", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"), ("ja", "en"), ("de;q=0", "en"), ("de;q=x,en", "en"),
        ("*", "en"), (";;;,,,", "en"), ("x" * 10_000 + ",de", "en"), ("DE", "de"),
    ],
)  # fmt: skip
def test_the_browser_is_answered_in_the_first_language_that_is_spoken(header, code) -> None:
    assert wished(header) == code


DAY = dt.date(2026, 3, 5)


def test_days_and_numbers_are_said_as_each_language_says_them() -> None:
    assert (spoken_day(DAY, "en"), spoken_day(DAY, "de")) == ("5 March 2026", "5. März 2026")
    assert spoken_weekday(DAY, "de") == "Donnerstag, 5. März"
    assert (spoken_number(7.5, "en"), spoken_number(7.5, "de")) == ("7.5", "7,5")


def test_a_number_chooses_the_form_of_its_sentence() -> None:
    one, many = "%(n)s day unknown.", "%(n)s days unknown."
    assert [words_of("de").plural(one, many, n) for n in (0, 1, 2)] == [
        "0 Tage unbekannt.", "1 Tag unbekannt.", "2 Tage unbekannt.",
    ]  # fmt: skip
    assert words_of("en").plural(one, many, 1) == "1 day unknown."


def test_a_language_that_is_not_spoken_is_english() -> None:
    assert words_of("tlh")("Medicines") == "Medicines"


def test_what_has_no_translation_stays_readable_in_german() -> None:
    assert words_of("de")("Nobody has written this, %(n)s", n=3) == "Nobody has written this, 3"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("language") / "diary")
    yield one
    one.house.close()


def test_the_choice_of_the_person_goes_before_that_of_the_browser(home: Home) -> None:
    person = home.someone()
    german = {"accept-language": "de"}
    assert '<html lang="de" dir="ltr"' in person.client.get("/settings", headers=german).text
    person.post("/settings", language="en")
    assert '<html lang="en"' in person.client.get("/settings", headers=german).text
    person.post("/settings", language="de")
    assert "Einstellungen" in readable(person.get("/settings"))


def test_a_mistake_is_said_in_the_language_of_the_page(home: Home) -> None:
    person = home.someone()
    person.post("/settings", language="de")
    said = person.refused("/medicines/add", name="ibuprofen", purpose="acute", amount="400")
    assert "Zu dieser Zahl fehlt die Einheit." in said
    said = person.refused("/medicines/add", name="ibuprofen", purpose="acute", count="-1")
    assert "liegt nicht zwischen" in said or "ist keine" in said


def test_checked_wording_stays_english_is_marked_so_and_the_page_says_so(home: Home) -> None:
    person = home.someone()
    person.post("/settings", language="de")
    page = person.get("/scales/phq9/all")
    assert re.search(r'lang="en"[^>]*>[^<]*Over the last 2 weeks', page, re.IGNORECASE)
    assert "bleiben auf Englisch" in readable(page)
    person.post("/settings", language="en")
    assert "stay in English" not in readable(person.get("/scales/phq9/all"))
