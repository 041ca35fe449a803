"""Conditions over answers: three-valued, checked when they are read, open where it matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.item9 import Answered
from twofold.errors import KnowledgeError
from twofold.facts.answers import Answers
from twofold.knowledge.condition import all_of, any_of, at_least, condition, opposite

TRUTH = st.sampled_from([True, False, None])

LINES = [
    ("age >= 65", {"age": 70}, True),
    ("age >= 65", {"age": 64}, False),
    ("age >= 65", {}, None),
    ("18 <= age <= 65", {"age": 17}, False),
    ("18 <= age <= 65", {"age": 65}, True),
    ("bp == 'high'", {"bp": "high"}, True),
    ("bp in ['low', 'high']", {"bp": "normal"}, False),
    ("bp not in ['low', 'high']", {"bp": "normal"}, True),
    ("asthma and age > 18", {"asthma": False}, False),
    ("asthma and age > 18", {"asthma": True}, None),
    ("asthma or age > 18", {"asthma": True}, True),
    ("asthma or age > 18", {"asthma": False}, None),
    ("not asthma", {}, None),
    ("not asthma", {"asthma": False}, True),
    ("at_least(2, asthma, smoking, age > 60)", {"asthma": True, "age": 61}, True),
    ("at_least(2, asthma, smoking, age > 60)", {"asthma": False, "smoking": False}, False),
    ("at_least(2, asthma, smoking, age > 60)", {"asthma": True}, None),
    ("at_most(1, asthma, smoking)", {"asthma": True, "smoking": True}, False),
    ("at_most(1, asthma, smoking)", {"asthma": False}, True),
    ("known(age)", {}, False),
    ("known(age)", {"age": 0}, True),
    ("first(pregnancy_weeks, age) > 20", {"age": 30}, True),
    ("first(pregnancy_weeks, age) > 20", {"age": 30, "pregnancy_weeks": 9}, False),
    ("age - pregnancy_weeks > 20", {"age": 30}, None),
    ("age - 5 * 2 == 20", {"age": 30}, True),
]


@pytest.mark.parametrize(("line", "known", "expected"), LINES)
def test_a_line_holds_does_not_hold_or_cannot_be_told(line, known, expected) -> None:
    assert condition(line).holds(Answers.of(known)) is expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ag >= 65", "not a field"),
        ("age", "not a yes/no field"),
        ("bp == 'hihg'", "not a choice of bp"),
        ("age >=", "cannot be read"),
        ("__import__('os').system('ls')", "not a condition"),
        ("age.real > 3", "not a value"),
        ("(lambda: asthma)()", "not a condition"),
        ("at_least(asthma, 2)", "a number and conditions"),
        ("age is 3", "unknown way"),
        ("[x for x in bp] == 3", "not a value"),
        ("asthma if smoking else asthma", "not a condition"),
        ("age ** 9999 > 1", "not a value"),
    ],
)
def test_a_line_that_is_not_in_the_language_is_refused_when_it_is_read(line, words) -> None:
    with pytest.raises(KnowledgeError, match=words):
        condition(line)


def test_what_stays_open_is_only_what_could_still_decide() -> None:
    line = condition("asthma and (smoking or age > 60)")
    assert line.open(Answers.of({"asthma": True, "smoking": False})) == ("age",)
    assert line.open(Answers.of({"asthma": False})) == ()
    assert line.open(Answers.of({})) == ("asthma", "smoking", "age")


def test_the_parts_say_which_of_them_held() -> None:
    line = condition("at_least(1, asthma, age > 60)")
    parts = line.parts(Answers.of({"asthma": False, "age": 61}))
    assert [(part.text, part.holds) for part in parts] == [("asthma", False), ("age > 60", True)]


@given(st.lists(TRUTH, max_size=6), st.integers(0, 7))
def test_the_unknown_never_decides_what_an_answer_could_change(truths, least) -> None:
    """Every way to answer what is unknown must agree with a verdict that was given."""
    unknown = [at for at, one in enumerate(truths) if one is None]
    for join in (all_of, any_of, lambda told: at_least(least, told)):
        verdict = join(truths)
        filled = set()
        for pattern in range(2 ** len(unknown)):
            told = list(truths)
            for bit, at in enumerate(unknown):
                told[at] = bool(pattern >> bit & 1)
            filled.add(join(told))
        assert filled == {verdict} if verdict is not None else filled == {True, False}


def test_not_of_unknown_is_unknown() -> None:
    assert opposite(None) is None


def test_the_unasked_suicide_question_satisfies_no_condition_and_no_denial_of_one() -> None:
    asked = Answers.of({}, Answered(0))
    not_asked = Answers.of({})
    for line in ("item9 >= 1", "not item9 >= 1", "item9 == 0", "item9 < 1", "item9 != 0"):
        assert condition(line).holds(not_asked) is None
        assert condition(line).holds(asked) is not None
    assert condition("known(item9)").holds(not_asked) is False
