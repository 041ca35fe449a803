"""Every finding that can be made can be told, and never in words that say more than it does."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args, get_type_hints

import pytest

from twofold.diary.diary import Diary
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import FreeDay
from twofold.facts.facts import Facts, gather
from twofold.inference.finding import Estimate, Finding, Pair, Question, Refusal
from twofold.knowledge.claim import ClaimClass
from twofold.knowledge.load import wording
from twofold.report.telling import card, cards
from twofold.report.words import of_100
from twofold.units import When

REASONS = get_args(get_type_hints(Refusal)["reason"])
QUESTIONS = get_args(Question)


def facts() -> Facts:
    """Thirty free days, with one factor said yes or no and one rated."""
    factors = [FactorEntry(When(day), "wine", float(day % 2)) for day in range(1, 31)]
    factors += [FactorEntry(When(day), "noise", float(day % 5)) for day in range(1, 31)]
    free = tuple(FreeDay(day) for day in range(1, 31))
    return gather(Diary("you", 1, 30, free_days=free, factors=tuple(factors)))


FACTS = facts()


def finding(question: str, verdict: str, claim_class: str | None = None) -> Finding:
    return Finding(
        question,  # type: ignore[arg-type]
        f"{question}.wine",
        verdict,  # type: ignore[arg-type]
        subject="wine",
        claim_class=claim_class,
        p_real=0.62,
        prior=0.14,
        effect=Estimate(1.4, 0.9, 2.1, "odds ratio"),
        pair=Pair(9, 24, 20, 88),
        lag_days=(1, 2),
        usual=0.24,
        source_ids=("alcohol",),
    )


TOLD = [
    *[
        ("factor", verdict, name)
        for name in get_args(ClaimClass)
        for verdict in wording("findings")[name]
        if not verdict.endswith("_fewer")
    ],
    *[
        (question, verdict, None)
        for question in ("mood_to_headache", "headache_to_mood", "same_day")
        for verdict in wording("findings")[question]
        if verdict != "other_way"
    ],
    ("tomorrow", "undecided", None),
    ("burden", "undecided", None),
]


@pytest.mark.parametrize(("question", "verdict", "claim_class"), TOLD)
def test_each_verdict_has_its_answer_and_leaves_no_gap_in_the_sentence(
    question: str, verdict: str, claim_class: str | None
) -> None:
    told = card(finding(question, verdict, claim_class), FACTS)
    for words in (told.question, told.answer, told.sentence, told.caution, told.would_change):
        assert "{" not in words and "None" not in words and "  " not in words
    assert told.answer and told.would_change


@pytest.mark.parametrize("claim_class", get_args(ClaimClass))
@pytest.mark.parametrize("verdict", ["established", "suspect"])
def test_a_factor_after_which_headaches_are_fewer_is_told_as_fewer(
    verdict: str, claim_class: str
) -> None:
    if f"{verdict}_fewer" not in wording("findings")[claim_class]:
        return  # ambiguous and sign are never established
    fewer = Estimate(0.6, 0.4, 0.9, "odds ratio")
    told = card(replace(finding("factor", verdict, claim_class), effect=fewer), FACTS)
    assert "less often" in told.answer
    more = card(finding("factor", verdict, claim_class), FACTS)
    assert "less often" not in more.answer


@pytest.mark.parametrize("question", ["mood_to_headache", "headache_to_mood", "same_day"])
def test_days_that_lean_the_other_way_are_told_so_and_decide_nothing(question: str) -> None:
    leaning = replace(finding(question, "undecided"), p_real=0.02)
    told = card(leaning, FACTS)
    assert told.verdict == "cannot tell" and "looks unlikely" in told.caution
    assert "{" not in told.caution


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_refusal_is_told_and_shows_no_number(question: str, reason: str) -> None:
    refused = Finding(question, question, "not_yet", refusal=Refusal(reason, 19, 28, "days", 3))
    told = card(refused, FACTS)
    assert told.verdict == "not yet" and told.answer and told.sentence
    assert told.number is None and told.posterior is None and told.groups == ()
    assert "{" not in told.sentence and "None" not in told.sentence


def test_a_refusal_says_how_many_days_there_are_and_how_long_it_would_take() -> None:
    refused = Finding(
        "mood_to_headache", "m", "not_yet", refusal=Refusal("too_few_days", 19, 30, "days", 3)
    )
    told = card(refused, FACTS)
    assert told.sentence == (
        "We have 19 of 30 days. 11 more to go, about 3 weeks at the pace of this diary."
    )


def test_refusals_for_one_and_the_same_reason_are_told_once() -> None:
    refusal = Refusal("nothing_recorded")
    same = tuple(
        Finding(question, question, "not_yet", refusal=refusal)
        for question in ("mood_to_headache", "headache_to_mood", "same_day")
    )
    assert len(cards(same, "coupling", FACTS)) == 1
    other = (*same[:2], Finding("same_day", "s", "not_yet", refusal=Refusal("too_few_days", 1, 2)))
    assert len(cards(other, "coupling", FACTS)) == 3


def test_a_rated_factor_is_told_as_more_of_it_and_a_yes_or_no_as_such_days() -> None:
    yes_no = card(finding("factor", "undecided", "behaviour"), FACTS)
    assert "9 of 24 such days, and after 20 of 88 other days" in yes_no.sentence
    rated = replace(finding("factor", "undecided", "behaviour"), subject="noise")
    assert "9 of 24 days with more of it" in card(rated, FACTS).sentence


def test_what_is_read_on_the_day_itself_is_told_as_on_such_days() -> None:
    same_day = replace(finding("factor", "undecided", "exogenous"), lag_days=(0,))
    assert "Headache began on 9 of 24 such days" in card(same_day, FACTS).sentence


def test_a_factor_without_a_study_is_told_so_and_never_as_clear() -> None:
    own = replace(finding("factor", "suspect", "ambiguous"), source_ids=())
    assert "No study is linked" in card(own, FACTS).caution
    assert "established" not in wording("findings")["unlinked"]


def test_few_days_are_only_called_few_when_they_are() -> None:
    few = finding("mood_to_headache", "unlikely")
    assert "So few low days" in card(few, FACTS).caution
    many = replace(few, pair=Pair(50, 153, 40, 117))
    assert "So few" not in card(many, FACTS).caution


def test_where_plain_counts_point_the_other_way_the_card_says_so() -> None:
    claim = finding("headache_to_mood", "established")
    assert "counts of low days alone" not in card(claim, FACTS).caution
    against = replace(claim, pair=Pair(1, 79, 15, 190))
    assert "counts of low days alone do not show it" in card(against, FACTS).caution


def test_low_mood_before_a_headache_always_carries_the_early_sign() -> None:
    told = card(finding("mood_to_headache", "suspect"), FACTS)
    assert "can be its first sign" in told.caution


def test_a_treatment_card_always_says_not_to_change_a_dose_alone() -> None:
    for reason in ("too_many_changes", "too_soon", "not_built"):
        refused = Finding("treatment", "t", "not_yet", subject="x", refusal=Refusal(reason, 1, 28))
        assert "do not change a dose on your own" in card(refused, FACTS).caution


@pytest.mark.parametrize(("p", "shown"), [(0.0, 1), (0.004, 1), (0.083, 8), (0.5, 50), (1.0, 99)])
def test_nothing_is_ever_shown_as_never_or_always(p: float, shown: int) -> None:
    assert of_100(p) == shown
