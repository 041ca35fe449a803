"""A case file: what fits its field is read, what does not is told with its place and a remedy."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.diary.item9 import Answered, NotAsked, answer_of, item9_of
from twofold.errors import RecordError, SchemaError, TwofoldError
from twofold.facts.answers import Answers, of_case
from twofold.intake.case_file import case_of, read_case
from twofold.knowledge.field import by_name, fields


def test_answers_are_read_by_field_and_by_alias() -> None:
    case = case_of({"age": 34, "blood_pressure": "High", "smoker": "no", "QT": None})
    assert dict(case.answers) == {"age": 34, "bp": "high", "smoking": False, "qt_problem": None}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"age": 200}, "age cannot be 200"),
        ({"age": "34"}, "Give a number"),
        ({"age": True}, "age cannot be true"),
        ({"age": float("inf")}, "age cannot be"),
        ({"age": float("nan")}, "age cannot be"),
        ({"bp": "purple"}, "Choose one of: low, normal, high"),
        ({"asthma": 1}, "Answer true, false, or null"),
        ({"asthma": []}, "asthma cannot be"),
        ({"bp": "low", "blood_pressure": "high"}, "answered twice"),
        ({"asthmaa": True}, "Did you mean 'asthma'"),
        ({"item9": 4}, "item 9|suicid|hurting"),
        ({"sex": "male", "pregnancy": "pregnant"}, "Correct one of the two"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_in_plain_words(told, words) -> None:
    with pytest.raises(SchemaError, match=words):
        case_of(told)


def test_a_key_that_nobody_asked_for_is_listed_and_nothing_is_made_of_it() -> None:
    assert case_of({"favourite_colour": "blue"}).not_read == ("favourite_colour",)


@pytest.mark.parametrize("word", ["unknown", "", "not asked", None])
def test_a_word_for_not_known_is_not_known(word) -> None:
    assert case_of({"age": word}).answers["age"] is None


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ({"triptan": 4, "nsaid": 10}, ("triptan 4", "nsaid 10")),
        (["triptan 4"], ("triptan 4",)),
        ("triptan 4", ("triptan 4",)),
        ([{"day": 3, "medicines": ["a", "b"]}], ("3: a, b",)),
        ([{"headache": 16, "sumatriptan": 11}], ("headache 16, sumatriptan 11",)),
        ({"3": ["a", "b"]}, ("3: a, b",)),
        ([16, 17.5], ("16", "17.5")),
    ],
)
def test_a_list_may_be_written_as_lines_or_as_objects(told, lines) -> None:
    assert case_of({"acute_days": told}).answers["acute_days"] == lines


@pytest.mark.parametrize(
    "told", [3, True, [True], [[1]], [float("nan")], {"a": True}, {"a": None}, [{"day": 3}]]
)
def test_a_list_of_anything_else_is_refused(told) -> None:
    with pytest.raises(SchemaError, match="Give a list of words"):
        case_of({"acute_days": told})


def test_an_unanswered_item_nine_is_not_asked_and_an_answered_one_keeps_its_answer() -> None:
    assert case_of({"phq9": 3}).item9 == NotAsked()
    assert case_of({"item9": None}).item9 == NotAsked()
    assert case_of({"item9": 0}).item9 == Answered(0)


@pytest.mark.parametrize("item9", [NotAsked(), Answered(0), Answered(3)])
def test_item_nine_has_no_truth_value_no_number_and_no_order(item9) -> None:
    for reading in (
        bool,
        int,
        float,
        lambda one: one >= 1,
        lambda one: one < 1,
        lambda one: not one,
    ):
        with pytest.raises(TypeError, match=r"^the suicide question has no truth value"):
            reading(item9)


def test_item_nine_takes_only_its_four_answers() -> None:
    for answer in (-1, 4, True, 1.0, "0"):
        with pytest.raises(RecordError) as refused:
            Answered(answer)
        told = f"item 9 cannot be {answer!r}. Answer 0, 1, 2 or 3."
        assert refused.value.sentence() == told
    assert [answer_of(item9_of(one)) for one in (None, 0, 3)] == [None, 0, 3]


def test_answers_that_change_keep_the_others_and_can_become_unknown() -> None:
    answers = of_case(case_of({"age": 34, "item9": 1}))
    changed = answers.having(age=None, asthma=True)
    assert (changed["age"], changed["asthma"], changed["item9"]) == (None, True, 1)
    assert answers.having(item9=None).item9 == NotAsked()
    with pytest.raises(KeyError):
        answers["no such field"]
    with pytest.raises(KeyError):
        Answers.of({"item9": 0})  # the question has a type; it cannot slip in as a number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{",
        '{"age": 3, "age": 4}',
        "\x00",
        "[" * 5000,
        '{"age": %s}' % ("9" * 400),
        '{"age": %s}' % ("9" * 5000),
        '{"free_text": "half a letter \\ud800"}',
        '{"free_text": "%s"}' % ("long " * 250_000),
        json.dumps({f"unheard of {number}": 1 for number in range(3000)}),
    ],
    ids=lambda text: text[:20],
)
def test_a_file_that_is_no_case_is_refused_in_one_sentence(tmp_path, text) -> None:
    path = tmp_path / "case.json"
    path.write_text(text)
    with pytest.raises(TwofoldError):
        read_case(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(by_name())) | st.text(max_size=9), JSON, max_size=5))
def test_any_json_object_is_a_case_or_a_plain_refusal(tmp_path_factory, told) -> None:
    path = tmp_path_factory.mktemp("case") / "case.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    try:
        case = read_case(path)
    except TwofoldError as error:
        assert "Traceback" not in error.sentence() and error.sentence().strip()
    else:
        assert set(case.answers) <= set(fields())
