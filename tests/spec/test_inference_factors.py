"""What comes before headaches: which columns may be studied, and how the answer is told."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.inference_tables import NAN, table_of, year

from twofold.daytable import DayTable, FactorInfo
from twofold.inference.answer import fit_onset
from twofold.inference.cohort_state import CohortState
from twofold.inference.coupling import mood_to_headache
from twofold.inference.factors import factors, with_verdicts
from twofold.inference.finding import Finding
from twofold.inference.onset import candidates, onset_equation, onset_rows
from twofold.inference.priors import hedged, of_claim
from twofold.knowledge.claim import Claim
from twofold.knowledge.load import claims


def answers(table: DayTable, told: dict[str, Claim] | None = None) -> dict[str, Finding]:
    told = claims() if told is None else told
    return {one.subject: one for one in factors(table, told, onset=fit_onset(table, told))}


def linked(table: DayTable, **to: str) -> DayTable:
    infos = tuple(FactorInfo(one.column, one.label, to.get(one.label)) for one in table.factors)
    return DayTable(table.columns, table.labels, False, infos)


def test_a_strong_factor_with_a_claim_is_clear_and_the_others_are_not() -> None:
    found = answers(linked(year(1, effect=1.2), rating="caffeine_drop"))
    assert found["rating"].verdict == "established"
    assert found["rating"].source_ids == ("caffeine_drop",)
    assert found["other"].verdict in ("undecided", "unlikely")
    effect = found["rating"].effect
    assert effect is not None and effect.low < math.exp(1.2) < effect.high and effect.low > 1


def test_the_wider_line_of_a_cohort_holds_only_where_it_taught_every_prior() -> None:
    """At P = .93, one in ten may be false but not one in twenty."""
    taught = {"caffeine_drop": (0.3, 0.4, 0.3), "stress_high": (0.3, 0.4, 0.3)}
    whole = CohortState(500, 50_000, {**taught, "unlinked": (0.05, 0.0, 0.3)})
    part = CohortState(500, 50_000, {"stress_high": taught["stress_high"]})
    begun = [
        Finding(question="factor", key=name, verdict="undecided", claim_class="behaviour",
                p_real=0.93, prior=0.3, onsets=40, source_ids=(name,))
        for name in ("caffeine_drop", "stress_high")
    ]  # fmt: skip
    words = [
        {one.verdict for one in with_verdicts(list(begun), state)} for state in (whole, part, None)
    ]
    assert words == [{"established"}, {"suspect"}, {"suspect"}]


def test_headaches_count_towards_clear_only_where_the_factor_was_written_down() -> None:
    table = linked(year(1, effect=1.2), rating="caffeine_drop")
    half = table.columns["factor.rating"].copy()
    half[150:] = NAN
    gone = DayTable({**table.columns, "factor.rating": half}, table.labels, False, table.factors)
    assert answers(gone)["rating"].onsets < answers(table)["rating"].onsets


@pytest.mark.parametrize(("claim", "word"), [("neck_pain", "sign"), ("light_bright", "ambiguous")])
def test_the_same_days_are_never_clear_for_a_sign_or_an_ambiguous_factor(
    claim: str, word: str
) -> None:
    found = answers(linked(year(1, effect=1.2), rating=claim))["rating"]
    assert (found.claim_class, found.verdict) == (word, "suspect")


def test_a_factor_that_only_this_person_names_starts_low_and_is_never_clear() -> None:
    found = answers(year(1, effect=1.2))["rating"]
    assert found.prior == pytest.approx(0.05)
    assert found.verdict == "suspect"


def test_acute_medicine_mood_and_the_headache_itself_are_never_candidates() -> None:
    table = year(2)
    columns = {**table.columns, "acute.triptan": table["headache"], "severity": table["headache"]}
    names = ("acute.triptan", "severity", "mood", "low_mood", "headache", "factor.yes")
    infos = tuple(FactorInfo(name, name, None) for name in names)
    studied = candidates(DayTable(columns, table.labels, False, infos), claims())
    assert [one.name for one in studied] == ["factor.yes"]


def test_the_counts_are_of_days_at_risk_after_which_a_headache_began() -> None:
    table = year(3)
    rows = onset_rows(table)
    yes, began = table["factor.yes"][rows], table["headache"][rows + 1]
    pair = answers(table)["yes"].pair
    assert pair is not None
    assert (pair.hits_with, pair.days_with) == (int(began[yes == 1].sum()), int((yes == 1).sum()))
    assert pair.days_with + pair.days_without == len(rows)


@pytest.mark.parametrize(("claim", "shift"), [("weather_heat", 0), ("alcohol", 1)])
def test_a_factor_is_read_at_the_lag_of_its_claim(claim: str, shift: int) -> None:
    table = linked(year(4), rating=claim)
    studied = next(one for one in candidates(table, claims()) if one.info.label == "rating")
    rows = onset_rows(table)
    assert np.array_equal(studied.values[rows], table["factor.rating"][rows + 1 - shift])


def test_an_item_left_out_stands_at_the_middle_and_leaves_a_flag() -> None:
    table = year(5)
    gappy = table["factor.rating"].copy()
    gappy[::5] = NAN
    table = DayTable({**table.columns, "factor.rating": gappy}, table.labels, False, table.factors)
    names = [one.name for one in onset_equation(table, claims()).features]
    assert "no factor.rating" in names and "no factor.other" not in names


def test_a_column_is_scaled_over_the_days_at_risk_and_without_a_look_at_what_came() -> None:
    table = year(6)
    fitted = fit_onset(table, claims())
    assert fitted is not None
    rating = table["factor.rating"][onset_rows(table)]
    at = fitted.equation.at("factor.rating")
    assert fitted.centre[0, at] == pytest.approx(rating.mean())
    assert fitted.scale[0, at] == pytest.approx(rating.std())


@settings(max_examples=8, deadline=None)
@given(st.permutations(["rating", "other", "yes"]), st.integers(0, 50))
def test_the_order_in_which_factors_are_named_changes_no_answer(
    order: list[str], seed: int
) -> None:
    table = year(seed, days=150, effect=0.5)
    by_label = {one.label: one for one in table.factors}
    moved = DayTable(table.columns, table.labels, False, tuple(by_label[name] for name in order))
    one, other = answers(table), answers(moved)
    for name in order:
        assert one[name].verdict == other[name].verdict
        if one[name].p_real is not None:
            assert one[name].p_real == pytest.approx(other[name].p_real, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 50))
def test_turning_a_factor_and_its_claim_turns_the_effect(seed: int) -> None:
    table = linked(year(seed, days=200, effect=0.8), rating="caffeine_drop")
    told = dict(claims())
    turned = {**table.columns, "factor.rating": -table["factor.rating"]}
    flipped = dict(told)
    flipped["caffeine_drop"] = dataclasses.replace(
        told["caffeine_drop"], m=-told["caffeine_drop"].m
    )
    one = answers(table, told)["rating"]
    other = answers(DayTable(turned, table.labels, False, table.factors), flipped)["rating"]
    assert one.p_real == pytest.approx(other.p_real, abs=1e-6)
    if one.effect and other.effect:
        assert one.effect.value == pytest.approx(1 / other.effect.value, rel=1e-4)
        assert one.effect.low == pytest.approx(1 / other.effect.high, rel=1e-4)


def test_every_claim_is_hedged_halfway_to_one_person_in_ten_and_never_sure_of_its_sign() -> None:
    for claim in claims().values():
        prior = of_claim(claim)
        assert prior.pi == pytest.approx(hedged(claim.pi))
        assert prior.tau >= 0.3
        assert 0.02 < prior.share_above_zero() < 0.98
        assert sum(prior.weights) == pytest.approx(1)


def test_a_rating_is_told_per_usual_swing_and_a_yes_or_no_thing_as_yes_against_no() -> None:
    table = linked(year(7, effect=1.0), rating="caffeine_drop")
    fitted = fit_onset(table, claims())
    assert fitted is not None
    found = answers(table)
    at = fitted.equation.at("factor.yes")
    effect = found["yes"].effect
    assert effect is not None
    beta = fitted.posterior.mean[0, at] / fitted.scale[0, at]
    assert effect.value == pytest.approx(math.exp(beta))


def test_a_factor_written_down_only_on_headache_days_is_refused() -> None:
    table = year(8)
    only = np.where(table["headache"] == 1, 1.0, NAN)
    table = table_of(table["headache"], factors={"only": only})
    refusal = answers(table)["only"].refusal
    assert refusal is not None and refusal.reason == "nothing_recorded"


def test_numbers_that_did_not_settle_are_never_shown() -> None:
    table = year(9)
    fitted = fit_onset(table, claims())
    assert fitted is not None
    unsettled = dataclasses.replace(fitted.posterior, converged=np.array([False]))
    onset = dataclasses.replace(fitted, posterior=unsettled)
    for found in (
        *factors(table, claims(), onset=onset),
        mood_to_headache(table, claims(), onset=onset),
    ):
        assert found.refusal is not None and found.refusal.reason == "not_converged"
        assert found.p_real is None and found.effect is None
