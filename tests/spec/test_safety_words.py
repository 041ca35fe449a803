"""Words of self-harm in a person's own text: noticed generously, and nothing is made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.item9 import Answered
from twofold.facts.answers import Answers
from twofold.safety.assess import assess
from twofold.safety.words import WordGroup, as_plain, noticed, still_noticed, word_groups

NOTICED = [(group, words) for group in word_groups() for words in group.noticed]
NOT = [words for group in word_groups() for words in group.not_noticed]


@pytest.mark.parametrize(("group", "words"), NOTICED, ids=lambda one: str(one)[:60])
def test_such_words_are_noticed(group: WordGroup, words: str) -> None:
    assert group.id in noticed(words)


@pytest.mark.parametrize("words", NOT)
def test_everyday_words_are_not(words: str) -> None:
    assert noticed(words) == ()


def test_each_kind_of_words_has_examples_of_both_kinds() -> None:
    assert len(word_groups()) >= 12
    assert all(len(group.noticed) >= 2 and group.not_noticed for group in word_groups())


@pytest.mark.parametrize(
    "words",
    [
        "I DON'T WANT TO LIVE",
        "i dont want to live",
        "I don’t want  to\nlive.",
        "“I do not want to live,” she said",
        "…i don't want to live!!!",
        "Wánt to díe",
        "want to dieeee",
        "kill-myself",
        "𝕀 𝕨𝕒𝕟𝕥 𝕥𝕠 𝕕𝕚𝕖",
        "the doctor asked whether I think of suicide; I do not",
    ],
)
def test_capitals_accents_line_breaks_and_punctuation_hide_nothing(words: str) -> None:
    assert noticed(words)


@given(st.sampled_from([words for _, words in NOTICED]), st.text(max_size=40), st.text(max_size=40))
def test_text_around_them_never_hides_them(words: str, before: str, after: str) -> None:
    assert noticed(f"{before} . {words} . {after}")


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert as_plain(as_plain(text)) == as_plain(text)
    assert set(noticed(text)) <= {group.id for group in word_groups()}


def test_the_page_says_that_words_were_noticed_and_repeats_none_of_them() -> None:
    text = "Everything hurts and I want to end it all tonight."
    safety = assess(Answers.of({"free_text": text}, Answered(0)))
    told = " ".join(safety.lines())
    assert "We noticed words in what you wrote." in told and "end it all" not in told
    assert safety.triggers == ("words",) and safety.hides_options


def test_a_text_without_such_words_opens_nothing_and_a_text_that_is_not_there_says_nothing() -> (
    None
):
    quiet = assess(Answers.of({"free_text": "Rain. Headache at noon, gone by four."}, Answered(0)))
    assert quiet.flow == "none"
    assert assess(Answers.of({}, Answered(0))).flow == "none"


DARK, QUIET = "I want to die.", "A quiet day."


@pytest.mark.parametrize(
    ("written", "zeros", "stands"),
    [
        ([], [], False),
        ([(1, QUIET)], [], False),
        ([(1, DARK)], [], True),
        ([(1, DARK), (9, QUIET)], [], True),
        ([(1, DARK)], [2], False),
        ([(1, DARK)], [1], True),
        ([(5, DARK)], [2], True),
        ([(5, DARK)], [2, 7], False),
        ([(5, DARK), (8, DARK)], [7], True),
    ],
)
def test_words_stand_until_item_9_is_answered_0_on_a_later_day(
    written: list[tuple[int, str]], zeros: list[int], stands: bool
) -> None:
    assert still_noticed(written, zeros) is stands


def test_a_no_in_the_case_does_not_outweigh_the_persons_own_words() -> None:
    told = {"free_text": DARK, "noticed_words": False}
    assert assess(Answers.of(told, Answered(0))).triggers == ("words",)
