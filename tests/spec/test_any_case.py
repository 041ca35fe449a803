"""Whatever is answered: every rule gives its answer, or one plain sentence; never anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twofold.app.cli.case_verbs import _plain
from twofold.diary.case import Value
from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.errors import TwofoldError
from twofold.facts.answers import Answers
from twofold.facts.classification import classify
from twofold.facts.overuse import overuse, with_overuse
from twofold.facts.shelf import Shelf
from twofold.guidance.interactions import check
from twofold.guidance.options import Discussion, discuss, for_clinician, for_person
from twofold.guidance.profile import profile
from twofold.knowledge.field import Field, fields
from twofold.knowledge.medicine import names
from twofold.safety.assess import assess

MEDICINES = st.sampled_from(sorted(names()))
TAKEN = st.tuples(MEDICINES, st.sampled_from(["", " 50", " prn", " stopped 20 d ago"])).map("".join)
LISTS = {
    "current": TAKEN, "current_from_neurologist": TAKEN, "current_from_psychiatrist": TAKEN,
    "as_needed": TAKEN, "stopped": TAKEN, "failed": TAKEN,
    "acute_days": st.tuples(MEDICINES, st.integers(0, 31)).map(lambda one: f"{one[0]} {one[1]}"),
    "acute_by_month": st.integers(0, 31).map(lambda days: f"sumatriptan {days}"),
    "mhd_by_month": st.integers(0, 31).map(str),
    "intakes": st.tuples(st.integers(1, 90), MEDICINES).map(lambda one: f"{one[0]}: {one[1]}"),
}  # fmt: skip


def _answer(field: Field) -> st.SearchStrategy[Value]:
    """Return any answer that fits a field."""
    match field.kind:
        case "yes_no":
            return st.booleans()
        case "choice":
            return st.sampled_from(field.choices)
        case "number":
            low, high = field.low or 0, 1000 if field.high is None else field.high
            return st.integers(int(low), int(high)) if field.is_whole else st.floats(low, high)
        case "list" if field.choices:
            return st.lists(st.sampled_from(field.choices), max_size=3).map(tuple)
        case "list":
            words = LISTS.get(field.id, st.text(max_size=8))
            return st.lists(words, max_size=3).map(tuple)
        case _:
            return st.text(max_size=20)


ITEM_9: st.SearchStrategy[Item9] = st.just(NotAsked()) | st.integers(0, 3).map(Answered)
ONE_ANSWER = st.sampled_from([one for one in fields().values() if one.id != "item9"]).flatmap(
    lambda field: st.tuples(st.just(field.id), _answer(field))
)
ANSWERS = st.builds(
    lambda told, item9: Answers(dict(told), item9), st.lists(ONE_ANSWER, max_size=30), ITEM_9
)


def _told(question: Callable[[], object]) -> object | None:
    """Return an answer, which can be said and written, or ``None`` for one plain sentence."""
    try:
        found = question()
    except TwofoldError as error:
        assert error.exit_code == 2, f"a table is blamed for an answer: {error}"
        assert error.sentence().strip()
        return None
    view: Any = found
    json.dumps(_plain(view), allow_nan=False)
    assert isinstance(view.lines(), tuple)
    return found


def _discussed(answers: Answers) -> Discussion:
    answers = with_overuse(answers)
    checked = check(Shelf.of_answers(answers), answers)
    return discuss(answers, assess(answers), checked)


QUESTIONS: dict[str, Callable[[Answers], object]] = {
    "classify": classify,
    "overuse": overuse,
    "safety": assess,
    "interactions": lambda answers: check(Shelf.of_answers(answers), answers),
    "options for a person": lambda answers: for_person(_discussed(answers)),
    "options for a clinician": lambda answers: for_clinician(_discussed(answers)),
    "profile": lambda answers: profile(answers, classify(answers)),
}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_any_answers_are_answered_or_refused_in_a_sentence(answers: Answers) -> None:
    for ask in QUESTIONS.values():
        _told(lambda ask=ask: ask(answers))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_safety_is_never_refused_and_a_question_not_asked_is_never_a_no(answers: Answers) -> None:
    found = assess(answers)
    if answers.item9 == NotAsked():
        assert found.item9 == NotAsked() and found.flow != "none"


@pytest.mark.parametrize("field_id", ["current", "as_needed", "stopped"])
@settings(max_examples=12, deadline=None)
@given(st.lists(TAKEN, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_medicines_never_matters(field_id, written, random) -> None:
    mixed = list(written)
    random.shuffle(mixed)
    told = [_discussed(Answers.of({field_id: tuple(words)})) for words in (written, mixed)]
    assert told[0].ids == told[1].ids
    checks = [
        check(Shelf.of_answers(one), one)
        for one in (Answers.of({field_id: tuple(words)}) for words in (written, mixed))
    ]
    assert checks[0] == checks[1]
