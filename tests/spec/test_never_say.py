"""What is never said: not in any table, not in any report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from never_say import never_said_in

import twofold
from twofold.safety.never_say import Excepted, NeverRule, broken, exceptions, found_in, never_rules

KNOWLEDGE = Path(twofold.__file__).parent / "knowledge"
ITS_OWN = KNOWLEDGE / "wording" / "never_say.toml"
SELF_HARM = "15"
"""The words of item 9 stand in the scales and on the safety page; no shared report shows them."""

NOT_SENTENCES = {"id", "aliases", "names", "patterns", "noticed", "not_noticed", "link", "expects"}
CONDITIONS = {"when", "unless", "is", "or_when", "and_when", "open_when", "path", "only_if"}
REPORTS = 150
"""In the usual run; ``make slow`` reads 1,000."""

PAIRS = [(rule, words) for rule in never_rules() for words in rule.must_match]
GOOD = [(rule, words) for rule in never_rules() for words in rule.must_not_match]


@pytest.mark.parametrize(("rule", "words"), PAIRS, ids=lambda one: str(one)[:50])
def test_each_rule_finds_what_must_never_be_said(rule: NeverRule, words: str) -> None:
    assert rule.id in {one.rule for one in found_in(words)}


@pytest.mark.parametrize(("rule", "words"), GOOD, ids=lambda one: str(one)[:50])
def test_the_words_to_use_instead_are_found_by_no_rule(rule: NeverRule, words: str) -> None:
    assert found_in(words) == ()


def test_each_of_the_16_things_has_its_rule_with_examples_of_both_kinds() -> None:
    assert [rule.id for rule in never_rules()] == [str(number) for number in range(1, 17)]
    assert all(len(rule.must_match) >= 3 and rule.must_not_match for rule in never_rules())


def test_capitals_line_breaks_and_curly_apostrophes_hide_nothing() -> None:
    for words in ("YOU HAVE\n chronic migraine".replace("\n", ""), "You’re bipolar.", "It’s SAFE."):
        assert found_in(words)
    assert [one.sentence for one in found_in("All is well. It is all in your head.")] == [
        "It is all in your head."
    ]


FILES = sorted(file for file in KNOWLEDGE.rglob("*.toml") if file != ITS_OWN)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(KNOWLEDGE)))
def test_no_sentence_of_the_tables_says_it(file: Path) -> None:
    found = [
        (one.rule, one.words, one.sentence)
        for text in sentences_of(tomllib.loads(file.read_text("utf-8")))
        for one in broken(text, without=(SELF_HARM,))
    ]
    assert found == []


def test_the_tables_hold_thousands_of_sentences() -> None:
    texts = [t for file in FILES for t in sentences_of(tomllib.loads(file.read_text("utf-8")))]
    assert len(texts) > 2000


def sentences_of(value: Any) -> Iterator[str]:
    """Give every text of a table that is more than one word, but names and conditions."""
    match value:
        case str() if " " in value:
            yield value
        case dict():
            for key, one in value.items():
                if key not in NOT_SENTENCES | CONDITIONS:
                    yield from sentences_of(one)
        case list():
            for one in value:
                yield from sentences_of(one)


@pytest.mark.parametrize("one", exceptions(), ids=lambda one: one.text[:50])
def test_each_exception_is_needed_has_a_reason_and_excepts_one_sentence_only(one: Excepted) -> None:
    assert len(one.why) > 20 and len(one.text) >= 20
    assert one.rule in {found.rule for found in found_in(one.example)} and one.text in one.example
    everything = "\n".join(file.read_text("utf-8") for file in FILES)
    assert one.text in everything


def test_an_exception_holds_for_its_own_rule_alone() -> None:
    one = next(one for one in exceptions() if one.rule == "16")
    assert not broken(one.text)
    assert broken(f"{one.text[:-1]}, but it is safe.")


def test_no_report_of_many_invented_diaries_says_it_for_any_reader() -> None:
    assert never_said_in(range(REPORTS)) == []


OLD_NUMBERS = (
    "1-800-273-8255",
    "1-800-273-TALK",
    "800-273-8255",
    "08457 90 90 90",
    "0845 790 9090",
)


@pytest.mark.parametrize("number", OLD_NUMBERS)
def test_no_old_crisis_number_stands_in_any_table(number: str) -> None:
    bare = number.replace(" ", "").replace("-", "")
    for file in FILES:
        assert bare not in file.read_text("utf-8").replace(" ", "").replace("-", "")
