"""What a diary lets other rules know: its medicines by role, its patterns, and what is not shared."""

from __future__ import annotations

import datetime as dt

import pytest

from twofold.diary.diary import Diary
from twofold.diary.item9 import Answered, NotAsked
from twofold.diary.medication import Course, Dose
from twofold.diary.mood import ScaleAnswer
from twofold.facts.answers import Answers
from twofold.facts.classification import Classification, Pattern
from twofold.facts.diary_shelf import diary_shelf
from twofold.facts.facts import gather
from twofold.facts.known import known, with_patterns
from twofold.facts.private import unshared, unshared_scales
from twofold.units import When

FIRST, LAST = dt.date(2025, 3, 1), dt.date(2025, 4, 29)
PATTERNS = ("1.1", "1.2", "1.2.2", "1.2.3", "1.3")


def test_medicines_are_told_by_what_they_are_taken_for() -> None:
    one = Diary(
        "you",
        FIRST,
        LAST,
        courses=(
            Course("sertraline", FIRST),
            Course("topiramate", FIRST, LAST - dt.timedelta(20)),
        ),
        doses=(
            Dose(When(LAST - dt.timedelta(12), dt.time(9)), "ibuprofen"),
            Dose(When(LAST, dt.time(9)), "sumatriptan"),
            Dose(When(LAST, dt.time(12)), "sumatriptan"),
        ),
    )
    facts = gather(one)
    told = known(facts, diary_shelf(one, facts.table))
    assert told["current"] == ("sertraline",)
    assert sorted(told["as_needed"]) == ["ibuprofen", "sumatriptan"]
    assert told["stopped"] == ("topiramate stopped 20 days ago",)


def patterns(**status: str) -> Classification:
    """Return a classification in which some patterns are settled, and the others are unknown."""
    said = {name.replace("_", ".").strip("p"): one for name, one in status.items()}
    told = (Pattern(one, one, said.get(one, "unknown"), (), (), False, "", ()) for one in PATTERNS)
    return Classification(tuple(told), (), (), (), (), False, (), ())


# What the patterns say, and what follows: (chronic, aura, hemiplegic or brainstem).
SETTLED = [
    ({}, (None, None, None)),
    ({"p1_3": "met"}, (True, None, None)),
    ({"p1_3": "not met"}, (False, None, None)),
    ({"p1_2": "met"}, (None, True, None)),
    ({"p1_2": "not met"}, (None, None, None)),
    ({"p1_2_2": "met"}, (None, None, True)),
    ({"p1_2_3": "met"}, (None, None, True)),
    ({"p1_2_2": "not met", "p1_2_3": "not met"}, (None, None, None)),
]


@pytest.mark.parametrize(("status", "follows"), SETTLED)
def test_patterns_settle_what_nobody_answered(status, follows) -> None:
    told = with_patterns(Answers({}, NotAsked()), patterns(**status))
    assert (told["chronic"], told["aura"], told["hemiplegic_or_brainstem"]) == follows


def test_an_answer_stands_before_a_pattern() -> None:
    said = Answers({"chronic": False, "aura": False}, NotAsked())
    told = with_patterns(said, patterns(p1_3="met", p1_2="met"))
    assert (told["chronic"], told["aura"]) == (False, False)


@pytest.mark.parametrize("item9", [0, 3, None])
def test_what_is_not_shared_looks_the_same_whatever_was_answered(item9: int | None) -> None:
    """Eight items are 1 each; the ninth shows neither in a part, nor a note, nor as an open one."""
    items = {str(place): 1 for place in range(1, 9)} | {"9": item9}
    one = Diary(
        "you", FIRST, LAST, scale_answers=(ScaleAnswer(When(LAST), "phq9", items),)
    )  # fmt: skip
    (scale,) = unshared_scales(gather(one).mood.scales)
    score = scale.readings[0].score
    hidden = (score.parts, score.notes, score.asks, score.known, score.missing)
    assert hidden == ((), (), (), (), ())
    assert (score.item9, score.safety, score.why_no_total) == (NotAsked(), False, "")
    said = Answers({"shares_safety": None}, NotAsked() if item9 is None else Answered(item9))
    assert unshared(said).item9 == NotAsked()
