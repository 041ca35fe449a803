"""What a person may read: plain, sourced, and never more certain than the links behind it."""

from __future__ import annotations

import re

import pytest

from twofold.guidance.questions import _passage as page_of_passage
from twofold.knowledge.education import Passage, passages
from twofold.knowledge.load import rows
from twofold.knowledge.mechanism import edges
from twofold.report.joint import _passage

LONGEST = 20
"""Words in a sentence."""

STRENGTH = {"S": "strong", "M": "some", "W": "weak", "H": "unknown", "X": "some"}
"""What the map's letters are called; a refutation (X) is some evidence against the simple form."""

RANK = ("unknown", "weak", "some", "strong")
WITHDRAWN = [
    "low serotonin causes",
    "a drop triggers",
    "consistently less diverse",
    "direct, causal",
    "bacteria restored",
    "promising",
    "no definitive genes",
    "twice as likely",
    "just about anyone",
    "starts to heal",
    "cluster migraine",
    "leaving depression untreated",
    "trigger",
    "abuse",
    "you have",
]


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-zA-Z’']+|\d+", text)


def syllables(word: str) -> int:
    """Count groups of vowels; a silent e at the end is none."""
    plain = re.sub(r"(?:e|es|ed)$", "", word.casefold()) or word.casefold()
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def grade(text: str) -> float:
    """Give the Flesch-Kincaid grade, by this simple counter."""
    sentences = [one for one in re.split(r"[.!?]+\s*", text) if one]
    words = words_of(text)
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


@pytest.mark.parametrize("passage", passages(), ids=lambda one: one.id)
def test_a_passage_is_written_for_a_reader_of_eleven_or_twelve(passage: Passage) -> None:
    lengths = [len(words_of(one.text)) for one in passage.sentences]
    assert sum(lengths) / len(lengths) < 15
    assert max(lengths) <= LONGEST
    assert grade(passage.text()) <= 7


def test_the_counter_tells_hard_text_from_easy_text() -> None:
    assert grade("The cat sat. It was warm. It slept.") < 2
    assert grade("Serotonergic neurotransmission modulates nociceptive hypersensitivity.") > 15


@pytest.mark.parametrize("passage", passages(), ids=lambda one: one.id)
def test_every_sentence_has_its_source_and_its_links_of_the_map(passage: Passage) -> None:
    known = set(edges())
    assert passage.sentences
    for one in passage.sentences:
        assert one.sources and all(source.title for source in one.sources)
        assert one.edges and set(one.edges) <= known


@pytest.mark.parametrize("passage", passages(), ids=lambda one: one.id)
def test_no_sentence_is_more_certain_than_the_strongest_link_behind_it(passage: Passage) -> None:
    strength = {name: edge.strength for name, edge in edges().items()}
    for one in passage.sentences:
        letters = [letter for edge in one.edges for letter in strength[edge].split("/")]
        most = max(RANK.index(STRENGTH[letter]) for letter in letters)
        assert RANK.index(one.evidence) <= most, one.id


def test_nothing_is_repeated_that_the_map_corrects() -> None:
    whole = " ".join(passage.text() for passage in passages()).casefold()
    assert [phrase for phrase in WITHDRAWN if phrase in whole] == []


def test_the_sentence_on_low_serotonin_is_followed_by_what_it_does_not_say() -> None:
    serotonin = next(one for one in passages() if one.id == "ED-serotonin")
    told = [one.text for one in serotonin.sentences]
    place = told.index("Studies do not show that low serotonin is behind depression.")
    assert told[place + 1] == "That says nothing about whether antidepressants work."


def test_mind_and_brain_come_first_then_the_three_pathways_then_what_else_is_shared() -> None:
    assert [one.id for one in passages()] == [
        "ED-mind", "ED-serotonin", "ED-inflammation", "ED-stress", "ED-genes", "ED-hormones",
        "ED-gut", "ED-circuits", "ED-help",
    ]  # fmt: skip


def test_a_sentence_without_a_source_would_not_be_shown() -> None:
    shown = {one.id for passage in passages() for one in passage.sentences}
    assert shown == {row["id"] for row in rows("education", "sentence") if row["sources"]}


def test_what_was_worked_out_of_a_sentence_stands_beside_it_in_the_report_and_in_the_questions() -> (
    None
):
    gut = next(one for one in passages() if one.id == "ED-gut")
    claims = [claim for one in gut.sentences for claim in one.worked_out]
    assert {claim.id for claim in claims} == {"migraine-gut-shannon", "migraine-gut-observed"}
    entry = _passage(gut)
    assert entry.more[1].heading == "Worked out here from open data"
    assert entry.more[1].lines == tuple(claim.says for claim in claims)
    read = "\n".join(page_of_passage(gut))
    assert all(f"Worked out here from open data: {claim.says}" in read for claim in claims)


def test_a_passage_of_which_nothing_was_worked_out_says_nothing_of_it() -> None:
    mind = next(one for one in passages() if one.id == "ED-mind")
    assert len(_passage(mind).more) == 1
    assert "Worked out" not in "\n".join(page_of_passage(mind))
