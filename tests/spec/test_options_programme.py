"""The programme of twelve sessions: its outline, who needs a therapist first, and what is known."""

from __future__ import annotations

import pytest

from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.guidance.programme import offer
from twofold.knowledge.mechanism import edges
from twofold.knowledge.programme import alone_gates, evidence, modules, programme, sessions
from twofold.knowledge.scale import scales

CALM = {
    "phq9": 8,
    "psychosis": False,
    "depression_subtype": "none",
    "self_harm_thoughts": False,
    "unsafe": False,
    "mania_screen": False,
    "bipolar": False,
}


@pytest.mark.parametrize(
    ("changed", "item9", "alone", "because"),
    [
        ({}, Answered(0), True, ()),
        ({}, Answered(1), False, ("item 9 is answered with 1 or more",)),
        ({"phq9": 20}, Answered(0), False, ("PHQ-9 is 20 or more",)),
        ({"phq9": 19}, Answered(0), True, ()),
        ({"psychosis": True}, Answered(0), False, ("psychosis",)),
        ({"self_harm_thoughts": True}, Answered(0), False, ("active self-harm, or thoughts of it",)),
        ({"mania_screen": True}, Answered(0), False, ("a positive mania screen or bipolar disorder",)),
        ({"phq9": None}, Answered(0), None, ()),
        ({}, NotAsked(), None, ()),
    ],
)  # fmt: skip
def test_on_ones_own_only_where_nothing_asks_for_a_therapist(
    changed: dict[str, object], item9: Item9, alone: bool | None, because: tuple[str, ...]
) -> None:
    told = offer(Answers.of(CALM | changed, item9))
    assert told.alone is alone
    assert told.because == because


def test_a_suicide_question_that_was_not_asked_is_asked_before_the_programme_is_offered() -> None:
    told = offer(Answers.of(CALM, NotAsked()))
    assert told.alone is None
    assert [one.field for one in told.need_to_know] == ["item9"]


def test_the_label_says_that_the_self_guided_version_is_not_tested() -> None:
    assert offer(Answers.of(CALM, Answered(0))).honesty == programme().honesty
    assert "not tested" in programme().honesty and "psychologists" in programme().honesty
    assert "not the trial's own manual" in programme().origin


def test_there_are_twelve_sessions_in_order() -> None:
    assert [one.number for one in sessions()] == list(range(1, 13))
    assert programme().weeks == len(sessions())
    assert all(one.goals and one.exercises and one.homework for one in sessions())


def test_the_full_mood_questionnaire_comes_every_two_weeks_and_never_the_short_one_alone() -> None:
    full = [one.number for one in sessions() if "phq9" in one.measures]
    assert {1, 4, 8, 12} <= set(full)
    assert max(b - a for a, b in zip(full, full[1:], strict=False)) <= 2
    assert not any({"phq9", "phq2"} <= set(one.measures) for one in sessions())


def test_anxiety_and_lost_days_are_measured_when_the_outline_says() -> None:
    assert [one.number for one in sessions() if "gad7" in one.measures] == [1, 4, 8, 12]
    assert [one.number for one in sessions() if "midas" in one.measures] == [1, 12]


def test_every_measure_is_a_scale_and_every_link_is_in_the_map() -> None:
    assert {name for one in sessions() for name in one.measures} <= set(scales())
    assert {name for one in sessions() for name in one.edges} <= set(edges())


def test_every_study_has_a_source_and_the_one_on_both_conditions_comes_first() -> None:
    assert all(one.sources for one in evidence())
    assert evidence()[0].people == 66


def test_every_module_that_can_stir_something_up_says_how_to_end_it() -> None:
    told = {one.id: " ".join(one.steps).casefold() for one in modules()}
    assert "stop" in told["PM-muscle"]
    assert "stop" in told["PM-body-scan"]
    assert "as usual again" in told["PM-breathing"]


def test_the_gates_are_the_five_of_the_outline() -> None:
    assert [gate.id for gate in alone_gates()] == ["PG-1", "PG-2", "PG-3", "PG-4", "PG-5"]


def test_the_person_reads_each_reason_once_and_no_score() -> None:
    told = offer(
        Answers.of(CALM | {"phq9": 21, "psychosis": True, "mania_screen": True}, Answered(1))
    )
    assert told.says_to_person == (
        "Please reach someone from your care team first.",
        "Your mood is very low now. A therapist should go with you.",
        "A therapist should go with you.",
    )
    assert len(told.because) == 4
