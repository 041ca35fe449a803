"""Warning signs: how soon each must be seen, what excuses it, and that the unknown excuses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.facts.answers import Answers
from twofold.facts.red_flags import RedFlags, red_flags
from twofold.knowledge.field import fields
from twofold.knowledge.red_flag import warning_signs

ORDER = ("emergency", "same_day", "prompt", "note")

# sign, what was answered, tier (None: the sign is not there)
TABLE: list[tuple[str, dict[str, Any], str | None]] = [
    ("#1", {"fever": True}, "same_day"),
    ("#1", {"very_unwell": True}, "same_day"),
    ("#1", {"fever": True, "stiff_neck": True}, "emergency"),
    ("#1", {"fever": True, "confusion": True}, "emergency"),
    ("#1", {"fever": True, "rash": True}, "emergency"),
    ("#1", {"very_unwell": True, "fever": False, "stiff_neck": True}, "same_day"),
    ("#1", {"fever": False, "very_unwell": False}, None),
    ("#2", {"cancer_history": True}, "prompt"),
    ("#2", {"cancer_history": False}, None),
    ("#3", {"neuro_deficit": True}, "emergency"),
    ("#3", {"neuro_deficit": False}, None),
    ("#4", {"thunderclap": True}, "emergency"),
    ("#5", {"headache_first_age": 50}, "prompt"),
    ("#5", {"headache_first_age": 49}, None),
    ("#5", {"headache_first_age": 60, "scalp_tenderness": True}, "same_day"),
    ("#5", {"age": 60, "jaw_pain": True}, "same_day"),
    ("#5", {"age": 60, "jaw_pain": True, "vision_lost_or_double": True}, "emergency"),
    ("#5", {"age": 60, "scalp_tenderness": True, "vision_lost_or_double": True}, "emergency"),
    ("#5", {"age": 50, "new_headache": True}, "prompt"),
    ("#5", {"age": 49, "new_headache": True, "headache_first_age": 20}, None),
    ("#6", {"new_headache": True}, "prompt"),
    ("#6", {"pattern_change": True}, "prompt"),
    ("#7", {"positional": True}, "prompt"),
    ("#8", {"cough_or_exertion": True}, "prompt"),
    ("#8", {"cough_or_exertion": True, "thunderclap": True}, "emergency"),
    ("#9", {"papilloedema": True}, "same_day"),
    ("#10", {"progressive": True}, "prompt"),
    ("#11", {"pregnancy": "pregnant", "new_headache": True}, "same_day"),
    ("#11", {"pregnancy": "could_be", "severe_now": True}, "same_day"),
    ("#11", {"weeks_since_birth": 6, "severe_now": True}, "same_day"),
    ("#11", {"pregnancy": "postpartum", "severe_now": True}, "same_day"),
    ("#11", {"pregnancy": "postpartum", "weeks_since_birth": 7, "severe_now": True}, None),
    ("#11", {"pregnancy": "no", "severe_now": True, "weeks_since_birth": 200 / 2}, None),
    ("#11", {"pregnancy": "pregnant", "new_headache": False, "severe_now": False}, None),
    ("#12", {"painful_red_eye": True}, "emergency"),
    ("#13", {"head_injury": True}, "same_day"),
    ("#13", {"head_injury": True, "drowsy": True}, "emergency"),
    ("#13", {"head_injury": True, "vomiting": True}, "emergency"),
    ("#13", {"head_injury": True, "repeated_vomiting": True}, "emergency"),
    ("#13", {"head_injury": True, "seizure_now": True}, "emergency"),
    ("#13", {"head_injury": True, "blackout": True}, "emergency"),
    ("#13", {"head_injury": True, "anticoagulant": True}, "emergency"),
    ("#14", {"immune_problem": True}, "prompt"),
    ("#14", {"immune_problem": True, "fever": True}, "same_day"),
    ("#15", {"painkiller_overuse": True}, "prompt"),
    ("#15", {"new_drug_at_onset": True}, "prompt"),
    ("#15", {"moh_pattern": True}, "prompt"),
    ("TIA", {"aura_first_ever": True}, "same_day"),
    ("TIA", {"aura_changed": True}, "same_day"),
    ("TIA", {"aura_visual": True, "aura_positive": False}, "same_day"),
    ("TIA", {"aura_sudden": True}, "same_day"),
    ("TIA", {"aura_motor": True}, "same_day"),
    ("TIA", {"aura_retinal": True}, "same_day"),
    ("TIA", {"aura_duration_min": 4}, "same_day"),
    ("TIA", {"aura_duration_min": 5}, None),
    ("TIA", {"aura_duration_min": 60}, None),
    ("TIA", {"aura_duration_min": 61}, "emergency"),
    ("TIA", {"aura_longest_min": 61, "aura_duration_min": 20}, "emergency"),
    ("TIA", {"aura_first_age": 40}, "same_day"),
    ("TIA", {"aura_first_age": 39}, None),
    ("TIA", {"aura_now": True}, "emergency"),
    ("TIA", {"sudden_loss_last_7_days": True}, "emergency"),
    ("TIA", {"aura_motor": True, "aura_checked": True}, None),
    ("TIA", {"aura_now": True, "aura_checked": True}, "emergency"),
]


def tier_of(sign: str, told: RedFlags) -> str | None:
    return next((flag.tier for flag in told.raised if flag.id == sign), None)


@pytest.mark.parametrize(("sign", "known", "tier"), TABLE)
def test_each_warning_sign_has_the_tier_of_the_table(
    sign: str, known: dict[str, Any], tier: str | None
) -> None:
    assert tier_of(sign, red_flags(Answers.of(known))) == tier


def test_every_warning_sign_is_in_the_table_with_each_of_its_tiers() -> None:
    there = {(sign.id, rule.tier) for sign in warning_signs() for rule in sign.tiers}
    assert there == {(sign, tier) for sign, _, tier in TABLE if tier is not None}
    assert len([sign for sign in warning_signs() if sign.id.startswith("#")]) == 15


def test_what_was_not_asked_is_asked_and_neither_there_nor_absent() -> None:
    told = red_flags(Answers.of())
    assert told.raised == ()
    assert {"fever", "thunderclap", "cancer_history", "neuro_deficit", "pregnancy"} <= set(told.ask)


def test_a_sign_that_could_be_more_urgent_says_what_to_ask() -> None:
    (flag,) = red_flags(Answers.of({"fever": True})).raised
    assert (flag.tier, flag.could_be) == ("same_day", "emergency")
    assert flag.ask == ("stiff_neck", "confusion", "rash")


def test_a_sign_whose_urgency_is_settled_asks_nothing_more() -> None:
    calm = {"fever": True, "stiff_neck": False, "confusion": False, "rash": False}
    for known in (calm, {"fever": True, "rash": True}):
        (flag,) = red_flags(Answers.of(known)).raised
        assert flag.could_be is None and flag.ask == ()


HISTORY = {"n_auras": 5, "aura_reversible": True, "aura_now": False, "neuro_deficit": True}


def test_a_recurrent_aura_that_passed_and_is_over_is_history() -> None:
    assert tier_of("#3", red_flags(Answers.of(HISTORY))) is None


@pytest.mark.parametrize("missing", ["n_auras", "aura_reversible", "aura_now"])
def test_an_unanswered_question_never_excuses_a_warning_sign(missing: str) -> None:
    known = {name: value for name, value in HISTORY.items() if name != missing}
    assert tier_of("#3", red_flags(Answers.of(known))) == "emergency"


@pytest.mark.parametrize(
    ("changed", "holds_back"),
    [({}, False), ({"aura_now": None}, True), ({"sudden_loss_last_7_days": None}, True)],
)
def test_an_aura_to_look_into_holds_back_a_pattern_unless_it_is_certainly_history(
    changed: dict[str, Any], holds_back: bool
) -> None:
    known = {"aura_motor": True, "n_auras": 5, "aura_reversible": True, "aura_now": False}
    told = red_flags(Answers.of(known | {"sudden_loss_last_7_days": False} | changed))
    assert [flag.holds_back for flag in told.raised if flag.id == "TIA"] == [holds_back]


@pytest.mark.parametrize("known", [{"cancer_history": True}, {"painkiller_overuse": True}])
def test_a_sign_to_be_seen_within_days_holds_nothing_back(known: dict[str, Any]) -> None:
    assert not red_flags(Answers.of(known)).hold_back


SIGNS = sorted({name for sign in warning_signs() for name in sign.when.names})
YES_NO = [name for name in SIGNS if fields()[name].kind == "yes_no"]


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(YES_NO), st.booleans()),
    st.sampled_from(["fever", "rash", "drowsy", "stiff_neck", "thunderclap", "vomiting"]),
)
def test_one_more_sign_never_makes_a_warning_less_urgent(known: dict[str, bool], more: str) -> None:
    before = red_flags(Answers.of(known))
    after = red_flags(Answers.of(known | {more: True}))
    for flag in before.raised:
        now = tier_of(flag.id, after)
        assert now is not None and ORDER.index(now) <= ORDER.index(flag.tier)


def test_every_warning_sign_cites_its_source() -> None:
    assert all(sign.sources and sign.sources[0].title for sign in warning_signs())
