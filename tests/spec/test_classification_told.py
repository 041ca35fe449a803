"""How headache patterns are told: flags first, then patterns, never a diagnosis, a few questions."""

from __future__ import annotations

from typing import Any

import pytest

from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.classification import classify
from twofold.facts.criteria import CriterionResult
from twofold.knowledge.field import fields

MIGRAINE: dict[str, Any] = {
    "n_attacks": 9,
    "duration_h": 24,
    "side": "unilateral",
    "intensity": "severe",
    "nausea": True,
}
FITS = "The answers fit the pattern of migraine without aura (1.1). A clinician confirms it."


def lines(**known: Any) -> tuple[str, ...]:
    return classify(Answers.of(known)).lines()


def criterion(pattern: str, part: str, **known: Any) -> CriterionResult:
    found = classify(Answers.of(known)).pattern(pattern)
    return {one.id: one for one in found.criteria}[part]


def test_a_pattern_is_told_as_a_pattern_that_a_clinician_confirms() -> None:
    assert lines(**MIGRAINE)[0] == FITS


def test_without_a_pattern_that_is_said() -> None:
    assert lines() == ("The answers do not fit a pattern so far.",)


def test_flags_are_told_first_and_the_most_urgent_of_them_first() -> None:
    told = lines(**MIGRAINE, cancer_history=True, papilloedema=True, thunderclap=True)
    assert [line.split(":")[0] for line in told[:3]] == ["Emergency", "Today", "Within days"]
    assert told[0].endswith("Please call the emergency number now.")


def test_a_sign_that_holds_back_is_told_and_no_pattern_and_no_question_about_one() -> None:
    told = lines(**MIGRAINE, thunderclap=True)
    assert told[1:] == ("No headache pattern is named before this was looked into.",)


def test_a_sign_within_days_stands_above_the_pattern() -> None:
    told = lines(**MIGRAINE, cancer_history=True)
    assert told[0].startswith("Within days: cancer") and told[1] == FITS


def test_a_sign_that_could_be_more_urgent_asks_at_once() -> None:
    told = lines(fever=True)
    assert told[1].startswith("It could be more urgent. Please answer: Is your neck stiff")


def test_a_pattern_that_is_set_aside_is_told_with_its_reason() -> None:
    aura = {"n_auras": 5, "aura_symptoms": ("visual",), "aura_reversible": True}
    aura |= {"aura_spreads": True, "aura_one_sided": True, "aura_positive": True}
    told = lines(**MIGRAINE, **aura)
    assert (
        "migraine without aura (1.1) is not named: the attacks described have an aura, "
        "so they count as migraine with aura."
    ) in told


def test_at_most_five_questions_are_told_at_once_and_all_of_them_stand_in_the_answer() -> None:
    told = classify(Answers.of({"n_attacks": 5}))
    asked = next(line for line in told.lines() if line.startswith("To tell more: "))
    assert asked == "To tell more: " + " ".join(fields()[name].question for name in told.ask[:5])
    assert len(told.ask) > 5


def test_what_is_met_by_a_clinician_only_is_worth_saying() -> None:
    stabs = {"stabs": True, "stab_seconds": True, "stab_irregular": True, "autonomic_signs": ()}
    assert not [line for line in lines(**stabs) if line.startswith("Please discuss")]
    cluster = {"n_attacks": 9, "duration_h": 1, "side": "unilateral", "intensity": "severe"}
    cluster |= {"pain_place": ("orbital",), "restless": True, "attacks_per_day": 2}
    assert "Please discuss this pattern with a clinician: cluster headache (3.1)." in lines(
        **cluster
    )


@pytest.mark.parametrize(
    ("known", "pattern", "part", "reason"),
    [
        ({"n_attacks": 1}, "1.1", "A", "number of attacks like this one: 1 attack"),
        ({}, "1.1", "A", "number of attacks like this one: not known"),
        (
            {"duration_h": 6},
            "1.1",
            "B",
            "headache in the attack: yes; length of an attack: 6 hours",
        ),
        (
            {"side": "unilateral", "quality": "pressing"},
            "1.1",
            "C",
            "2 needed: on one side: yes, pulsating: no, moderate or severe: not known, "
            "worse with everyday movement: not known",
        ),
        (
            {"nausea": False, "photophobia": True, "phonophobia": False},
            "1.1",
            "D",
            "nausea: no; vomiting: no (read from: no nausea, and nothing said of vomiting); "
            "light being hard to bear: yes; sound being hard to bear: no",
        ),
        ({}, "11.2.1", "D", "this needs an examination by a clinician"),
        (
            {"duration_h": 2, "treated_early": True},
            "1.1",
            "B",
            "it was treated early and gone sooner, so its untreated length is not known",
        ),
        (MIGRAINE, "1.5.1", "A", "1.1 A met; 1.1 B met; 1.1 C met; 1.1 D met"),
        ({"n_auras": 1}, "1.2.1", "A", "1.2 not met"),
        ({"n_auras": 5}, "1.2.1", "A", "1.2 unknown"),
    ],
)
def test_every_verdict_says_what_it_rests_on(
    known: dict[str, Any], pattern: str, part: str, reason: str
) -> None:
    assert criterion(pattern, part, **known).reason == reason


def test_a_criterion_asks_only_what_could_still_decide_it() -> None:
    assert criterion("1.1", "B", duration_h=3).ask == ("age",)
    assert criterion("1.1", "B", duration_h=6).ask == ()
    assert criterion("1.1", "D", photophobia=False).ask == ("nausea", "vomiting")
    assert criterion("1.3", "A", mhd=16, months=3).ask == ("so_before",)
    assert criterion("1.3", "A", mhd=16, months=3).reason == (
        "headache days a month: 16 days a month; months it has been so: 3 months; "
        "having been so in the months before: not known"
    )


def test_what_could_set_a_named_pattern_aside_is_asked_first() -> None:
    known = {"mhd": 30, "mmd": 20, "months": 6, "unremitting": True, "daily_from_start": True}
    told = classify(Answers.of({**known, "five_attacks": True}))
    assert told.fits == ("1.3",)
    assert told.ask[0] == "onset_remembered"
    assert "To tell more: Do you clearly remember the day it began?" in told.lines()[1]


def test_a_pattern_asks_what_its_open_criteria_ask_and_each_question_once() -> None:
    told = classify(Answers.of({"n_attacks": 5, "side": "unilateral", "quality": "pulsating"}))
    one = told.pattern("1.1")
    signs = ("nausea", "vomiting", "photophobia", "phonophobia")
    assert one.ask == ("duration_h", "age", *signs)


def test_a_pattern_within_another_asks_what_the_other_asks_while_that_is_open() -> None:
    assert "n_auras" in classify(Answers.of()).pattern("1.2.1").ask
    known = {"n_auras": 5, "aura_symptoms": ("visual",), "aura_reversible": True}
    known |= {"aura_spreads": True, "aura_one_sided": True, "aura_positive": True}
    told = classify(Answers.of(known))
    assert told.pattern("1.2.1.1").ask == ("aura_headache",)


def test_a_pattern_that_is_ruled_out_asks_nothing() -> None:
    assert classify(Answers.of({"n_attacks": 3})).pattern("1.1").ask == ()


@pytest.mark.parametrize("day", ["31.06.2025", "2025-06-31", "tenth", ""])
def test_a_day_that_cannot_be_read_is_refused_in_words(day: str) -> None:
    days = {"period_starts": (day,), "attack_days": ("2025-06-08",)}
    with pytest.raises(
        RecordError, match=r"period_starts: .* is not a day\. Write it as 2025-06-10"
    ):
        classify(Answers.of(days))


def test_dates_and_day_numbers_are_not_mixed() -> None:
    with pytest.raises(RecordError, match="dated and an undated"):
        classify(Answers.of({"period_starts": ("10",), "attack_days": ("2025-06-08",)}))


def test_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        classify(Answers.of()).pattern("9.9")
