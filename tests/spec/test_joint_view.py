"""The joint view: safety first, options for clinicians only, and self-harm private until shared."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from twofold.diary.diary import Conventions, Diary
from twofold.diary.factors import Note
from twofold.diary.headache import Attack, FreeDay, PainRating, Symptoms
from twofold.diary.item9 import Answered, NotAsked
from twofold.diary.medication import Course, Dose
from twofold.diary.mood import ScaleAnswer
from twofold.facts.answers import Answers
from twofold.facts.private import TOPIC, unshared
from twofold.intake.case_file import case_of
from twofold.knowledge.crisis_line import lines_of
from twofold.knowledge.field import fields
from twofold.pipeline import review
from twofold.report import html, text
from twofold.report.report import Audience, Report
from twofold.units import Pain, When

FIRST = dt.date(2025, 1, 1)
CLINICIANS: tuple[Audience, ...] = ("neurologist", "psychiatrist", "therapist")


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(number - 1)


def attack(number: int) -> Attack:
    begun = When(day(number), dt.time(8))
    return Attack(
        begun,
        When(day(number), dt.time(20)),
        pain=(PainRating(begun, Pain(7.0)),),
        side="left",
        quality="pulsating",
        symptoms=Symptoms(
            nausea=True, photophobia=True, phonophobia=True, worse_with_activity=True
        ),
    )


def diary(item9: int | None = 0, *, sleep: int = 1) -> Diary:
    """Return 56 known days with nine attacks, a triptan, an antidepressant and a PHQ-9."""
    aching = range(2, 56, 6)
    items = {str(place): 1 for place in range(1, 9)} | {"3": sleep, "9": item9}
    return Diary(
        "you",
        FIRST,
        day(56),
        attacks=tuple(attack(number) for number in aching),
        free_days=tuple(FreeDay(day(n)) for n in range(1, 57) if n not in aching),
        doses=tuple(Dose(When(day(number)), "sumatriptan") for number in aching),
        asked_acute_days=tuple(day(number) for number in range(1, 57)),
        courses=(Course("sertraline", day(1)),),
        scale_answers=(ScaleAnswer(When(day(50)), "phq9", items),),
        conventions=Conventions(),
    )


def chapter(report: Report, name: str) -> tuple[str, ...]:
    """Return every word of one chapter, or nothing."""
    return tuple(
        word
        for one in report.chapters
        if one.id == name
        for entry in one.entries
        for part in entry.more or ()
        for word in (entry.title, *entry.says, part.heading, *part.lines)
    ) + tuple(
        word
        for one in report.chapters
        if one.id == name
        for entry in one.entries
        for word in (entry.title, *entry.says)
    )


def everything(report: Report) -> str:
    return report.to_json()


def test_a_diarys_attacks_are_held_against_the_criteria() -> None:
    told = " ".join(chapter(review(diary()), "pattern"))
    assert "Migraine without aura (1.1)" in told
    assert "9 of 9 attacks of the diary" in told


def test_a_person_reads_no_option_and_no_grade() -> None:
    report = review(diary())
    assert {one.id for one in report.chapters}.isdisjoint({"options", "care_team"})
    words = " ".join(chapter(report, "questions") + report.ask)
    assert "amitriptyline" not in words and "propranolol" not in words


@pytest.mark.parametrize("audience", CLINICIANS)
def test_a_clinician_reads_options_once_the_question_is_shared(audience: Audience) -> None:
    case = case_of({"shares_safety": True, "disability": "some"})
    report = review(diary(), case=case, audience=audience)
    assert {one.id for one in report.chapters} >= {"options"}
    assert "not shared" not in everything(report)


def test_a_therapist_reads_no_medicine_among_the_options() -> None:
    case = case_of({"shares_safety": True})
    words = " ".join(chapter(review(diary(), case=case, audience="therapist"), "options"))
    assert "CBT" in words and "propranolol" not in words and "venlafaxine" not in words


@pytest.mark.parametrize("audience", CLINICIANS)
def test_a_page_for_a_clinician_is_the_same_whatever_was_answered_until_it_is_shared(
    audience: Audience,
) -> None:
    """The totals are kept equal, so that only item 9 differs: nothing may be read from the page."""
    reports = [review(diary(item9, sleep=3 - item9), audience=audience) for item9 in range(4)]
    pages = {everything(one) for one in reports}
    assert len(pages) == 1
    assert all(one.help is None for one in reports)
    words = pages.pop().casefold()
    assert "better off dead" not in words and "dark thoughts" not in words and "suicid" not in words


@pytest.mark.parametrize("audience", CLINICIANS)
def test_a_question_that_was_left_open_is_not_told_to_a_clinician_either(
    audience: Audience,
) -> None:
    words = everything(review(diary(None), audience=audience)).casefold()
    assert "open question" not in words and "is answered" not in words


@pytest.mark.parametrize("audience", CLINICIANS)
def test_what_was_not_shared_is_said_to_be_open_and_options_wait(audience: Audience) -> None:
    report = review(diary(), audience=audience)
    assert "not shared here, or not asked" in everything(report)
    assert "Some people discuss" not in " ".join(chapter(report, "options"))
    assert all("(O-" not in entry.title for one in report.chapters for entry in one.entries)


def test_agreeing_is_a_yes_and_nothing_else() -> None:
    for answer in (None, False):
        report = review(diary(2), case=case_of({"shares_safety": answer}), audience="psychiatrist")
        assert "not shared here" in everything(report)


@pytest.mark.parametrize(
    ("text_day", "zero_day", "is_first"), [(40, None, True), (40, 50, False), (55, 50, True)]
)
def test_words_of_self_harm_in_a_note_open_the_safety_page_until_a_later_no(
    text_day: int, zero_day: int | None, is_first: bool
) -> None:
    whole = diary(0) if zero_day == 50 else replace(diary(0), scale_answers=())
    noted = replace(whole, notes=(Note(day(text_day), "I do not want to be alive any more"),))
    assert (review(noted).help is not None) is is_first
    assert "alive" not in everything(review(noted, audience="neurologist"))


def test_words_written_on_an_attack_are_looked_through_too() -> None:
    noted = replace(attack(54), note="this pain, I want to kill myself")
    assert review(replace(diary(0), attacks=(noted,))).help is not None


@pytest.mark.parametrize("render", [html.render, text.render])
def test_the_safety_page_stands_before_every_other_word(render) -> None:
    report = review(diary(1), country="UK")
    assert report.help is not None
    page = render(report)
    first = page.index("116 123")
    assert first < page.index(report.first_sentence.split(".")[0])
    assert first < page.index("Are you safe right now?")


def test_the_numbers_are_those_of_the_country_and_a_strange_country_still_has_some() -> None:
    for country in ("UK", "Germany", "Atlantis", None):
        report = review(diary(3), country=country)
        assert report.help is not None and report.help.numbers
        listed = [line.number for line in lines_of(country).lines]
        assert all(any(one.number == line for one in report.help.numbers) for line in listed)


@pytest.mark.parametrize("item9", [None, 0])
def test_without_such_an_answer_there_is_no_safety_page(item9: int | None) -> None:
    assert review(diary(item9)).help is None


@pytest.mark.parametrize("item9", [None, 7])
def test_a_question_that_was_left_open_or_cannot_be_read_is_asked_again(item9: int | None) -> None:
    asked = "Item 9 of the PHQ-9 was not asked. That is not a no."
    assert any(line.startswith(asked) for line in review(diary(item9)).today)
    assert not any(line.startswith(asked) for line in review(diary(0)).today)


def test_an_unanswered_suicide_question_holds_options_back_from_a_clinician_too() -> None:
    case = case_of({"shares_safety": True})
    report = review(diary(None), case=case, audience="psychiatrist")
    words = " ".join(chapter(report, "options"))
    assert "item 9" in words.casefold() and "Some people discuss" not in words


def test_every_answer_about_self_harm_is_left_out_of_what_is_not_shared() -> None:
    private = {one.id for one in fields().values() if one.topic == TOPIC}
    assert {"item9", "free_text", "past_attempt", "self_harm_thoughts", "help_now"} <= private
    known = {name: True for name in private if fields()[name].kind == "yes_no"}
    told = unshared(Answers.of({**known, "age": 30}, Answered(3)))
    assert told.item9 == NotAsked()
    assert told.known() == {"age": 30}


def test_interactions_of_a_diary_are_told_to_both_with_what_each_may_read() -> None:
    person = " ".join(chapter(review(diary()), "interactions"))
    doctor = " ".join(chapter(review(diary(), audience="neurologist"), "interactions"))
    assert "Often used together" in person and "SER-01" not in person
    assert "SER-01" in doctor


def test_the_most_severe_interaction_is_read_first_and_a_missing_source_is_said() -> None:
    two = replace(diary(), courses=(Course("sertraline", day(1)), Course("lithium", day(1))))
    aching = tuple(Dose(When(day(number)), "ibuprofen") for number in range(2, 56, 6))
    both = replace(two, doses=(*two.doses, *aching))
    doctor = chapter(review(both, audience="psychiatrist"), "interactions")
    person = " ".join(chapter(review(both), "interactions"))
    heads = [word for word in doctor if word.endswith(("(PK-18)", "(SER-01)", "(BLD-01)"))]
    assert [head[-8:].strip("() ") for head in heads] == ["PK-18", "BLD-01", "SER-01"]
    assert "Source: not found." in doctor
    assert "PK-18" not in person and "Source: not found." not in person
    assert "There is more on this list to look at." in person


def test_the_same_diary_gives_the_same_report() -> None:
    assert everything(review(diary())) == everything(review(diary()))
