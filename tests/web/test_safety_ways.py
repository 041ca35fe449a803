"""Every way on which thoughts of self-harm come in opens the safety page, and none closes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from web_visit import Home, Visitor

from twofold.app.web.gate import Visit
from twofold.app.web.safety import flag_of
from twofold.diary.diary import Diary
from twofold.diary.mood import ScaleAnswer
from twofold.intake import native
from twofold.safety.flag import OpenFlag
from twofold.units import When

from .test_sync import go_over, made

TODAY = "2026-11-22"
WORDS = "I want to die"
AT = {"day": TODAY, "time": "12:00:00", "offset_minutes": 0}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("ways") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def is_open(you: Visitor) -> bool:
    person = you.store.person(you.person)
    assert person is not None
    return isinstance(flag_of(Visit(you.store, person, you.now, "UTC")), OpenFlag)


def an_attack(you: Visitor) -> str:
    return you.fill("/", "/attack")


@pytest.mark.parametrize("field", ("note", "premonitory", "postdrome"))
def test_whatever_is_written_freely_about_an_attack_opens_the_page(
    you: Visitor, field: str
) -> None:
    more = f"{an_attack(you)}/more"
    assert you.fill(more, more, **{field: WORDS}) == "/help"
    assert is_open(you)


@pytest.mark.parametrize("field", ("note", "premonitory", "postdrome"))
def test_a_headache_of_an_earlier_day_opens_the_page_too(you: Visitor, field: str) -> None:
    form = "/days/2026-11-10/add/attack"
    assert you.fill(form, form, onset_day="2026-11-10", **{field: f"tired\n{WORDS}"}) == "/help"


def test_words_that_stood_there_before_do_not_open_it_again(you: Visitor) -> None:
    attack = an_attack(you)
    you.fill(f"{attack}/more", f"{attack}/more", postdrome=WORDS)
    assert you.fill(f"{attack}/more", f"{attack}/more", side="left") == attack


def test_the_name_of_an_own_factor_opens_the_page_and_is_kept(you: Visitor) -> None:
    assert you.fill("/factors", "/factors", **{"own-0": WORDS}) == "/help"
    assert you.bodies("factor_choice")[0]["factors"][0]["name"] == WORDS
    assert you.fill("/factors", "/factors", **{"own-0": WORDS, "own-1": "tea"}) == "/evening/all"


def test_what_a_phone_brings_is_offered_although_an_earlier_page_was_seen(you: Visitor) -> None:
    you.get("/help")
    you.fill("/help/question", "/help/question", item9="0")
    you.later(hours=1)
    answer = made("scale_answer", {"when": {**AT, "time": "13:00:00"}, "scale": "phq9",
                                   "items": {"9": 2}}, at=f"{TODAY}T13:00:05+00:00")  # fmt: skip
    go_over(you, answer)
    assert is_open(you)
    assert you.client.get("/").headers["location"] == "/help"
    assert you.client.get("/").status_code == 200, "once a session, not for ever"


def test_an_answer_that_a_phone_brought_stays_heard_when_it_is_taken_out(you: Visitor) -> None:
    answer = made("scale_answer", {"when": AT, "scale": "phq9", "items": {"9": 1}})
    go_over(you, answer)
    you.post(f"/days/entry/{answer['id']}/out", base=you.entries("scale_answer")[0].head)
    assert you.entries("scale_answer") == ()
    assert is_open(you)


@pytest.mark.parametrize(
    "body",
    (
        {"onset": AT, "is_running": True, "note": WORDS},
        {"onset": AT, "is_running": True, "postdrome": [WORDS]},
    ),
)
def test_words_that_a_phone_brings_open_the_page(you: Visitor, body: dict[str, Any]) -> None:
    go_over(you, made("attack", body))
    assert is_open(you)


def imported(you: Visitor, *answers: ScaleAnswer) -> str:
    days = [one.when.day for one in answers]
    diary = Diary("you", min(days), max(days), scale_answers=answers)
    sent = ("d.json", native.dump(diary).encode(), "application/json")
    page = you.client.post("/data/add", files={"files": sent}).text
    token = re.search(r'name="token" value="(.*?)"', page)
    assert token is not None, page
    return you.post("/data/add/yes", token=token[1])


def answer_on(day: int, scale: str = "phq9", **items: int) -> ScaleAnswer:
    told = {name.removeprefix("i"): n for name, n in items.items()}
    return ScaleAnswer(When(dt.date(2026, 11, day)), scale, told)


@pytest.mark.parametrize(
    ("answers", "leads_to"),
    (
        ((answer_on(20, i9=1),), "/help"),
        ((answer_on(20, scale="mdi", i6=1),), "/help"),
        ((answer_on(20, i9=0),), "/data#imports"),
        ((answer_on(18, i9=1), answer_on(20, i9=0)), "/data#imports"),
    ),
)
def test_an_import_leads_to_the_page_while_no_later_0_stands(
    you: Visitor, answers: tuple[ScaleAnswer, ...], leads_to: str
) -> None:
    assert imported(you, *answers) == leads_to
    assert is_open(you) is (leads_to == "/help")


def test_no_other_scale_closes_the_flag(you: Visitor) -> None:
    imported(you, answer_on(18, i9=1), answer_on(20, scale="mdi", i6=0))
    assert is_open(you)


# --- an attack's end, as it was said


def test_over_at_an_unknown_time_stays_over_when_details_are_added(you: Visitor) -> None:
    form = "/days/2026-11-10/add/attack"
    you.fill(form, form, onset_day="2026-11-10", state="over")
    attack = you.entries("attack")[0].id
    you.fill(f"/attack/{attack}/more", f"/attack/{attack}/more", side="left")
    (body,) = you.bodies("attack")
    assert (body["is_running"], body["side"]) == (False, "left")


def test_a_forgotten_attack_does_not_claim_the_days_after_it(you: Visitor) -> None:
    attack = an_attack(you)
    you.later(days=3)
    you.sign_in()
    you.fill("/evening/all", "/evening/2026-11-25", mood="4")
    assert "headache" not in you.bodies("check_in")[0]["asked"], "headache was not answered"
    assert 'value="2026-11-25"' not in you.get(f"{attack}/end"), "no day is filled in for them"
    you.fill(f"{attack}/end", f"{attack}/end", end_day="2026-11-22")
    assert "No headache on this day" in you.get("/days/2026-11-25"), "the day is open again"


def test_an_attack_of_today_offers_today_as_its_end(you: Visitor) -> None:
    assert f'value="{TODAY}"' in you.get(f"{an_attack(you)}/end")


# --- the profile


def asked(you: Visitor, **answers: str) -> str:
    return you.fill("/profile/questions", "/profile", **answers)


def test_a_number_that_cannot_be_read_does_not_hold_item_9_back(you: Visitor) -> None:
    assert asked(you, item9="1", age="abc", sex="female") == "/help"
    assert is_open(you)
    (case,) = you.bodies("case")
    assert case["answers"] == {"item9": 1, "sex": "female"}


def test_without_item_9_a_number_that_cannot_be_read_is_asked_about(you: Visitor) -> None:
    form = you.sheet("/profile/questions")
    assert "is not a" in you.refused("/profile", **{**form, "item9": "0", "age": "abc"})
    assert you.bodies("case") == []


def test_item_9_is_asked_anew_and_the_same_answer_is_heard_again(you: Visitor) -> None:
    asked(you, item9="1")
    you.later(hours=1)
    you.fill("/help/question", "/help/question", item9="0")
    you.later(hours=1)
    assert not is_open(you)
    field = re.findall(r'<input[^>]*name="item9"[^>]*>', you.get("/profile/questions"))
    assert field and not any("checked" in one for one in field)
    assert asked(you, age="40") == "/profile", "left open, it says nothing new"
    assert not is_open(you)
    assert "The help page comes first" not in you.get("/profile"), "the later 0 holds"
    assert asked(you, item9="1") == "/help"
    assert is_open(you)


def test_words_in_a_form_that_needs_a_correction_bring_the_numbers_and_are_not_lost(
    you: Visitor,
) -> None:
    form = {**you.sheet("/evening/all"), "note": WORDS, "took": ["none"], "other": "ibuprofen"}
    page = you.refused(f"/evening/{TODAY}", **form)
    assert page.index("Someone to talk to") < page.index("Nothing was saved yet")
    assert WORDS in page and is_open(you)
    assert you.post(f"/evening/{TODAY}", **{**form, "other": ""}) == "/help"


def test_a_form_that_needs_a_correction_brings_no_numbers_otherwise(you: Visitor) -> None:
    form = {**you.sheet("/evening/all"), "note": "tired", "took": ["none"], "other": "ibuprofen"}
    assert "Someone to talk to" not in you.refused(f"/evening/{TODAY}", **form)


# --- a side effect


def noticed(you: Visitor, *signs: str, **more: str) -> str:
    told = {"medicine": "sertraline", "day": TODAY, "words": "restless", **more}
    return you.post("/medicines/effects", **told, sign=list(signs))


def test_danger_that_is_ticked_alone_opens_the_safety_page(you: Visitor) -> None:
    assert noticed(you, "risk_to_self_or_others") == "/help"
    assert is_open(you)


def test_danger_beside_a_sign_that_must_be_seen_shows_that_sign_and_opens_the_flag(
    you: Visitor,
) -> None:
    assert "call" in you.get(noticed(you, "risk_to_self_or_others", "mania_signs")).casefold()
    assert is_open(you)


def test_danger_that_was_over_long_ago_is_a_note(you: Visitor) -> None:
    noticed(you, "risk_to_self_or_others", day="2026-10-01", until="2026-10-02")
    assert not is_open(you)


@pytest.mark.parametrize("sign", ("agitated", "mood_worse"))
def test_a_sign_that_hangs_on_an_open_question_asks_it_and_takes_open_for_no_no(
    you: Visitor, sign: str
) -> None:
    page = you.get(noticed(you, sign))
    assert "Was an antidepressant started, stopped or changed in the last weeks?" in page
    again = noticed(you, sign, "antidepressant_changed")
    assert "should be told today" in you.get(again)


# --- what a label forbids


def listed(you: Visitor, name: str, purpose: str) -> None:
    check = you.fill("/medicines/add", "/medicines/add", name=name, purpose=purpose)
    if check.endswith("/check") and you.client.get(check).status_code == 200:
        you.post(check.replace("/check", "/seen"))


def test_what_a_label_forbids_stands_beside_every_dose_although_it_was_seen(you: Visitor) -> None:
    listed(you, "moclobemide", "preventive")
    listed(you, "rizatriptan", "acute")
    one = next(e.id for e in you.entries("medicine") if (e.body or {})["name"] == "rizatriptan")
    for path in (f"{an_attack(you)}/medicine", f"/medicines/{one}/dose"):
        page = you.get(path)
        assert "moclobemide" in page and "The label says these must not be combined" in page
        assert "Record it" in page, "the dose can be recorded all the same"
