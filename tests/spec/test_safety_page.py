"""The safety page and its numbers: word for word, from the first moment, without a network."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

import twofold
from twofold.diary.item9 import Answered, NotAsked
from twofold.facts.answers import Answers
from twofold.knowledge.condition import condition
from twofold.knowledge.crisis_line import crisis_lines, lines_of
from twofold.knowledge.criterion import Tier
from twofold.knowledge.emergency import emergencies, headings, page_steps, triggers
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording
from twofold.knowledge.red_flag import warning_signs
from twofold.safety.assess import Safety, assess
from twofold.safety.page import page_of

SOURCE = Path(twofold.__file__).parent

# The reference's own table, typed here once more.
LINES = [
    ("US", ["911"], [("988", "call or text")], "high"),
    ("CA", ["911"], [("988", "call or text")], "high"),
    ("GB", ["999", "112"], [("116 123", "call"), ("111", "call"), ("85258", "text the word SHOUT")], "high"),
    ("IE", ["999", "112"], [("116 123", "call")], "high"),
    ("AU", ["000"], [("13 11 14", "call")], "high"),
    ("NZ", ["111"], [("1737", "call or text"), ("0800 543 354", "call")], "medium"),
    ("DE", ["112"], [("0800 111 0 111", "call"), ("116 123", "call")], "high"),
    ("FR", ["15", "112"], [("3114", "call")], "medium"),
    ("CH", ["144"], [("143", "call")], "high"),
    ("AT", ["144", "112"], [("142", "call")], "medium"),
    ("NL", ["112"], [("113", "call"), ("0800-0113", "call")], "medium"),
    ("ES", ["112"], [("024", "call")], "medium"),
    ("DK", ["112"], [("70 201 201", "call")], "high"),
    ("NO", ["113"], [("116 123", "call")], "medium"),
    ("SE", ["112"], [("90101", "call")], "medium"),
    ("BE", ["112"], [("1813", "call"), ("0800 32 123", "call")], "medium"),
    ("IN", ["112"], [("14416", "call")], "medium"),
    ("JP", ["119"], [("0120-279-338", "call")], "medium"),
    ("KR", ["119"], [("109", "call")], "medium"),
    ("BR", ["192"], [("188", "call")], "medium"),
    ("MX", ["911"], [("800 911 2000", "call")], "medium"),
    ("ZA", ["112"], [("0800 567 567", "call")], "high"),
    ("other", [], [("findahelpline.com", "look up")], "medium"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "emergency", "lines", "confidence"), LINES)
def test_each_country_has_the_numbers_of_the_reference(
    country: str, emergency: list[str], lines: list[tuple[str, str]], confidence: str
) -> None:
    row = crisis_lines()[country]
    assert list(row.emergency) == emergency
    assert [(line.number, line.how) for line in row.lines] == lines
    assert row.lines[0].confidence == confidence


def test_there_is_no_other_country_and_each_says_when_it_was_last_dialled() -> None:
    assert list(crisis_lines()) == [row[0] for row in LINES]
    assert all(row.verified_on for row in crisis_lines().values())


WORDS = [
    ("de", "DE"), ("Germany", "DE"), ("deutschland", "DE"), ("uk", "GB"), ("U.K.", "GB"),
    ("  united   states ", "US"), ("USA", "US"), ("Ireland", "IE"), ("Narnia", "other"),
    ("", "other"), (None, "other"), ("other", "other"), ("germny", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "country"), WORDS)
def test_a_country_is_known_by_code_or_name_and_a_misspelt_one_never_hides_the_way_to_help(
    word: str | None, country: str
) -> None:
    assert lines_of(word).id == country
    assert lines_of(word).lines


# --- the page ---------------------------------------------------------------------------------------

S1 = (
    "Thank you for telling us. Thoughts like this can come with pain and low mood, and help works. "
    "Are you safe right now?"
)
BUTTONS = [
    ("I am not safe / I might act now", "S2a"),
    ("I have thoughts but I am safe now", "S2b"),
    ("I pressed it by mistake / not for me", "S2c"),
]


def page(country: str | None = "DE", **told: object) -> Safety:
    return assess(Answers.of(told, Answered(1)), country=country)  # type: ignore[arg-type]


def test_the_page_stands_word_for_word() -> None:
    safety = page()
    assert safety.page is not None and safety.page.id == "S1" and safety.page.text == S1
    assert [(one.text, one.leads_to) for one in safety.page.buttons] == BUTTONS


def test_where_the_person_is_not_safe_the_emergency_number_is_first_and_nothing_is_asked() -> None:
    safety = page(safety_answer="not_safe")
    assert (
        safety.page is not None
        and safety.page.buttons == ()
        and "?" not in " ".join(safety.lines())
    )
    assert [one.number for one in safety.page.numbers] == ["112", "0800 111 0 111", "116 123"]
    told = " ".join((safety.page.text, *safety.page.then))
    assert (
        "If you have already taken too much of any medicine or hurt yourself, call the emergency "
        "number now, even if you feel well" in told
    )
    assert "Do not stay alone; move away from means (medicines, weapons)" in told
    assert "a person you have chosen" not in told, "nobody is known to be chosen"


@pytest.mark.parametrize("has_chosen", (True, False), ids=("chosen", "nobody"))
def test_a_message_is_offered_only_to_a_person_who_was_chosen(has_chosen: bool) -> None:
    told = page_of("S2a", lines_of("DE"), has_chosen=has_chosen)
    assert told is not None
    offered = "You can send a message to a person you have chosen."
    assert (offered in told.then) is has_chosen
    for state in ("S1", "S2b", "S2c"):
        other = page_of(state, lines_of("DE"), has_chosen=True)
        assert other is not None and offered not in other.then


def test_where_the_person_is_safe_now_the_plan_and_whom_to_tell_stand_there() -> None:
    safety = page(safety_answer="safe_now")
    assert safety.page is not None and "at the next working day" in safety.page.text
    assert len(safety.page.then) == 6 and "You decide." in safety.page.then[-1]


@pytest.mark.parametrize("answer", [None, "not_safe", "safe_now", "mistake", "left"])
@pytest.mark.parametrize("country", ["DE", "GB", None, "Narnia"])
def test_the_numbers_stand_above_the_words_in_every_state(
    answer: str | None, country: str | None
) -> None:
    lines = page(country, safety_answer=answer).lines()
    emergency = next(i for i, line in enumerate(lines) if line.startswith("Emergency: "))
    listen = next(i for i, line in enumerate(lines) if line.startswith("Someone to listen"))
    shown = page(country, safety_answer=answer).page
    assert shown is not None and emergency < listen < lines.index(shown.text)
    assert "This app is not watched by staff." in lines


@pytest.mark.parametrize(
    ("age", "is_young"), [(17, True), (17.9, True), (18, False), (None, False)]
)
def test_under_18_lines_for_young_people_stand_there_as_well(
    age: float | None, is_young: bool
) -> None:
    safety = page(age=age)
    assert (safety.young is not None) is is_young
    assert ("young people" in " ".join(safety.lines())) is is_young
    assert ("tell an adult you trust" in " ".join(safety.lines())) is is_young


def test_the_heading_is_the_first_line_and_without_one_the_emergency_number_is() -> None:
    assert assess(Answers.of({}, Answered(2))).lines()[0] == "Please contact someone today."
    assert page().lines()[0] == "Emergency: 112 (call)"


def test_where_no_country_is_known_the_number_is_told_by_region() -> None:
    regions = "your local emergency number (112 in Europe, 911 in the US and Canada)"
    safety = assess(Answers.of({"thunderclap": True}, Answered(1)))
    assert safety.page is not None and safety.page.numbers[0].number == regions
    assert safety.flags[0].do == f"Call {regions} now."


@pytest.mark.parametrize(
    ("told", "is_said"),
    [
        ({"free_text": "I want to die"}, True),
        ({"free_text": "I want to die", "safety_answer": "safe_now"}, False),
        ({"free_text": "a quiet day"}, False),
        ({}, False),
    ],
)
def test_that_words_were_noticed_is_said_on_the_first_page_alone(
    told: dict[str, object], is_said: bool
) -> None:
    assert ("We noticed words" in " ".join(page(**told).lines())) is is_said


def test_no_score_total_or_level_stands_on_the_page() -> None:
    safety = assess(Answers.of({"phq9": 23, "gad7": 17}, Answered(3)))
    told = " ".join(safety.lines()).casefold()
    assert not re.search(r"\b(23|17|phq|gad|severe|risk|score|total|level)\b", told)


@pytest.mark.parametrize(
    ("told", "answer", "note"),
    [
        ({"shares_safety": True, "item9_date": "4 March"}, 1, "Item 9 = 1 on 4 March."),
        ({"shares_safety": True}, 0, "Item 9 = 0."),
        ({"shares_safety": False, "item9_date": "4 March"}, 1, ""),
        ({"item9_date": "4 March"}, 1, ""),
        ({"shares_safety": True}, None, ""),
    ],
)
def test_a_clinician_reads_value_and_date_only_where_the_person_agreed(
    told: dict[str, object], answer: int | None, note: str
) -> None:
    item9 = NotAsked() if answer is None else Answered(answer)
    assert assess(Answers.of(told, item9)).clinician_note == note  # type: ignore[arg-type]


def test_the_safety_room_needs_neither_network_nor_disk_nor_clock_nor_statistics() -> None:
    for file in sorted((SOURCE / "safety").glob("*.py")):
        named = {
            ".".join(name.split(".")[:2])
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            for name in imported(node)
        }
        assert not {one for one in named if one.startswith(("urllib", "http", "socket", "pathlib"))}
        assert not named & {"twofold.inference", "twofold.guidance", "twofold.store"}
        assert "now()" not in file.read_text("utf-8")


def imported(node: ast.AST) -> list[str]:
    match node:
        case ast.ImportFrom(module=str(module)):
            return [module]
        case ast.Import(names=names):
            return [one.name for one in names]
    return []


# --- the tables -------------------------------------------------------------------------------------


def test_every_warning_sign_has_words_for_each_of_its_tiers() -> None:
    words = {one.red_flag: {step.tier for step in one.steps} for one in emergencies()}
    for sign in warning_signs():
        assert {rule.tier for rule in sign.tiers} <= words[sign.id], sign.id


def test_every_step_says_what_it_is_and_what_to_do_and_an_emergency_names_the_number() -> None:
    for one in emergencies():
        tiers = [get_args(Tier).index(step.tier) for step in one.steps]
        assert tiers == sorted(tiers) and one.sources, one.id
        assert one.red_flag or one.steps[-1].when is None, one.id
        for step in one.steps:
            assert step.says.endswith(".") and step.do.endswith("."), one.id
            assert ("{emergency}" in step.do) or step.tier != "emergency", one.id


def test_every_name_that_the_page_rules_use_is_a_field_that_is_asked_or_worked_out() -> None:
    for rule in (*triggers(), *headings(), *page_steps()):
        assert rule.when.names <= set(fields())


def test_every_button_leads_to_a_page_that_has_words() -> None:
    words = wording("safety")["page"]
    choices = set(fields()["safety_answer"].choices)
    assert {one["id"] for one in words["S1"]["button"]} | {"left"} == choices
    assert all(one["leads_to"] in words for one in words["S1"]["button"])


@pytest.mark.parametrize("one", [one for one in emergencies() if one.when], ids=lambda one: one.id)
def test_a_sign_is_never_raised_by_what_nobody_asked(one: object) -> None:
    assert condition(one.when.text).holds(Answers.of()) is None  # type: ignore[attr-defined]


def test_plain_words_stay_short() -> None:
    table = tomllib.loads((SOURCE / "knowledge/criteria/emergencies.toml").read_text("utf-8"))
    for row in table["emergency"]:
        for step in row["step"]:
            for sentence in re.split(r"(?<=[.:])\s+", f"{step['says']} {step['do']}"):
                assert len(sentence.split()) < 20, sentence
