"""Words of self-harm are heard in every free text of every form, taken or not; the routes are walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from web_visit import Home, Visitor

from twofold.app.web.gate import Visit
from twofold.app.web.hearing import OWN_PLACE, SECRET
from twofold.app.web.safety import flag_of
from twofold.errors import StoreFull
from twofold.safety.flag import OpenFlag

from .every_page import PAGES, begin_attack, fill

NUMBERS = "Someone to talk to, at any time:"
TOO_LONG = " and the light hurts" * 520
NOT_FREE = {"hidden", "radio", "checkbox", "password", "file", "submit", "date", "time", "number"}
NEVER_SENT = ("/close", "/account/devices")
"""Sending these signs the browser out."""


@dataclass
class Sheet:
    """A form of a page, with what a browser sends of it when nothing is filled in."""

    to: str
    plain: dict[str, list[str]] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)


class Sheets(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.every, self.open = path, list[Sheet](), False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = told.get("method", "get").lower() == "post"
            if self.open:
                self.every.append(Sheet(told.get("action") or self.path))
        name, kind = told.get("name", ""), told.get("type", "text")
        if not (self.open and name):
            return
        if tag == "textarea" or (tag == "input" and kind not in NOT_FREE):
            self.every[-1].free.append(name)
        elif tag == "input" and (kind == "hidden" or "checked" in told):
            self.every[-1].plain.setdefault(name, []).append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "form"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("heard") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def flag(you: Visitor) -> Any:
    person = you.store.person(you.person)
    assert person is not None
    return flag_of(Visit(you.store, person, you.now, "UTC"))


def sheets_of(browser: Any, path: str) -> list[Sheet]:
    """Return the forms of a page that have a free text."""
    answer = browser.get(path)
    read = Sheets(path)
    if "text/html" in answer.headers.get("content-type", ""):
        read.feed(answer.text)
    return [one for one in read.every if one.free and not one.to.startswith(NEVER_SENT)]


def every_sheet(home: Home) -> Iterator[tuple[Visitor, Sheet]]:
    """Give every form with a free text, of every page that any route answers with."""
    full, running, empty = home.someone(), home.someone(), home.someone()
    people = {"": full, "full": full, "running": running, "empty": empty}
    names = fill(full) | {"running": begin_attack(running)}
    seen = set()
    for path in [one for places in PAGES.values() for one in places]:
        who, _, where = path.rpartition(":/")
        if person := people.get(who):
            for sheet in sheets_of(person.client, f"/{where.lstrip('/')}".format(**names)):
                to = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d", "*", sheet.to)
                if (to, *sheet.free) not in seen:
                    seen.add((to, *sheet.free))
                    yield person, sheet


def every_way(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Give each free text of a form, and once more one that is too long to be taken."""
    yield from ((name, "") for name in sheet.free)
    yield sheet.free[0], TOO_LONG


def is_answered_with_numbers(answer: Any) -> bool:
    """Whether the safety page comes next, or the numbers stand above all else on this page."""
    if answer.status_code == 303:
        return bool(answer.headers["location"] == "/help")
    first = answer.text.find(NUMBERS)
    return 0 <= first < answer.text.index("<h1")


def is_as_it_should_be(sheet: Sheet, name: str, answer: Any) -> bool:
    if name in SECRET:
        return not is_answered_with_numbers(answer)
    is_kept_where_it_belongs = sheet.to in OWN_PLACE and answer.status_code == 303
    return is_answered_with_numbers(answer) is not is_kept_where_it_belongs


def test_every_free_text_of_every_form_is_heard_also_where_the_form_is_not_taken(
    home: Home,
) -> None:
    taken, refused, deaf = set(), set(), []
    ways = ((*one, *way) for one in every_sheet(home) for way in every_way(one[1]))
    for n, (person, sheet, name, more) in enumerate(ways):
        words = f"I want to die, said for the {n:04}th time.{more}"
        answer = person.client.post(sheet.to, data={**sheet.plain, name: words})
        (taken if answer.status_code == 303 else refused).add(sheet.to.split("/")[1])
        if not is_as_it_should_be(sheet, name, answer):
            deaf.append((sheet.to, name, answer.status_code, len(more)))
    assert deaf == []
    assert {"attack", "days", "evening", "week", "medicines", "factors", "plan"} <= taken
    assert {"attack", "days", "evening", "week", "medicines", "factors", "plan"} <= refused


# Whoever writes the same again, or makes a mistake, is neither asked twice nor left alone.
WORDS = "I want to die"


def test_words_in_a_form_that_is_not_taken_open_the_flag_once_they_are_sent(you: Visitor) -> None:
    sent = {"medicine": "topiramate", "words": WORDS}
    page = you.client.post("/medicines/effects", data=sent)
    assert page.status_code == 422 and WORDS in page.text and NUMBERS in page.text
    assert isinstance(flag(you), OpenFlag)


def test_a_sentence_that_stands_in_the_diary_is_not_asked_about_again(you: Visitor) -> None:
    assert you.fill("/medicines/add", "/medicines/add", name=WORDS, purpose="acute") == "/help"
    you.get("/help")
    (medicine,) = you.entries("medicine")
    edit = f"/medicines/{medicine.id}/edit"
    leads = you.fill(edit, edit, name=WORDS, purpose="preventive")
    assert leads != "/help"
    events = [one["event"] for one in you.bodies("safety_event")]
    assert events == ["triggered", "shown"]


def test_a_form_without_such_words_brings_no_numbers(you: Visitor) -> None:
    page = you.refused("/medicines/effects", medicine="topiramate", words="tired")
    assert NUMBERS not in page and flag(you) is None


def test_the_numbers_stand_there_although_nothing_can_be_written(
    you: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreFull("the disk is full.", remedy="Make room.")

    monkeypatch.setattr(type(you.store), "write", full)
    answer = you.client.post("/medicines/add", data={"name": WORDS, "purpose": "acute"})
    assert answer.status_code == 507 and NUMBERS in answer.text


def test_a_passphrase_is_no_word_to_anybody(you: Visitor) -> None:
    answer = you.client.post("/data/erase", data={"typed": "erase", "passphrase": WORDS})
    assert answer.status_code == 422 and NUMBERS not in answer.text
    stranger = you.stranger().post("/open", data={"name": WORDS, "passphrase": "x"})
    assert stranger.status_code != 303 and NUMBERS in stranger.text
