"""Mood and headache: which days count, and what a gap between counts may be called."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from spec.inference_tables import NAN, strip, table_of

from twofold.daytable import DayTable
from twofold.inference.answer import find, fit_onset
from twofold.inference.cohort_state import CohortState
from twofold.inference.coupling import (
    coupling,
    pair_headache_to_mood,
    pair_mood_to_headache,
    pair_same_day,
)
from twofold.inference.finding import Finding, Pair
from twofold.inference.priors import hedged, over_lags
from twofold.knowledge.load import claims


def test_after_low_mood_counts_only_free_first_days_whose_next_day_is_known() -> None:
    headache = strip("..#.?..#")
    low_mood = strip("#.##.#.#")
    table = table_of(headache, mood=np.full(8, 5.0), low_mood=low_mood)
    # Day 1 low then free; day 2 other then headache; day 6 low then free; day 7 other, headache.
    assert pair_mood_to_headache(table) == Pair(0, 2, 2, 2)


def test_after_a_headache_counts_only_free_second_days_with_mood() -> None:
    headache = strip("#.#.?..#.")
    low_mood = strip(".#.?..#.#")
    table = table_of(headache, mood=np.full(9, 5.0), low_mood=low_mood)
    # Headache then low (day 2), then mood unknown (day 4), then low (day 9); free then low (day 7).
    assert pair_headache_to_mood(table) == Pair(2, 2, 1, 1)


def test_same_day_counts_every_day_on_which_both_are_known() -> None:
    table = table_of(strip("##..?#"), mood=np.full(6, 5.0), low_mood=strip("#.#.#?"))
    assert pair_same_day(table) == Pair(1, 2, 1, 2)


def test_an_unknown_day_is_neither_calm_nor_at_risk() -> None:
    headache, low = strip("...#...#..#."), strip("#..#.#..#.#.")
    table = table_of(headache, mood=np.full(12, 5.0), low_mood=low)
    hidden = headache.copy()
    hidden[5] = NAN
    seen = pair_mood_to_headache(table)
    left = pair_mood_to_headache(table_of(hidden, mood=np.full(12, 5.0), low_mood=low))
    assert seen.days_with + seen.days_without - left.days_with - left.days_without == 2


def simulated(
    seed: int, *, before: float = 0.0, carry: float = 0.0, share: float = 0.0
) -> DayTable:
    """Return a year: mood may come before, carry over, or share the day."""
    rng = np.random.default_rng(seed)
    deep = 1.2 * rng.standard_normal(365)
    headache = np.zeros(365)
    for t in range(364):
        eta = -0.4 if headache[t] else -1.3 - before * deep[t] / 1.2
        headache[t + 1] = rng.random() < 1 / (1 + np.exp(-eta))
    felt = deep - share * headache
    felt[1:] -= carry * headache[:-1] * (1 - headache[1:])
    return table_of(headache, mood=np.clip(np.round(6 + felt), 0, 10))


def answers(table: DayTable) -> dict[str, Finding]:
    found = coupling(table, claims(), onset=fit_onset(table, claims()))
    return {one.question: one for one in found}


def test_low_mood_that_comes_before_is_possible_but_never_clear() -> None:
    found = answers(simulated(1, before=0.9))
    harm = found["mood_to_headache"]
    assert harm.verdict == "suspect"
    assert harm.p_real is not None and harm.p_real > 0.95
    assert harm.claim_class == "ambiguous"
    assert harm.best_lag == 1
    assert harm.effect is not None and harm.effect.low > 1
    assert found["headache_to_mood"].verdict != "established"


def test_mood_that_stays_low_after_headaches_is_clear_and_in_points() -> None:
    found = answers(simulated(2, carry=1.2))
    carry = found["headache_to_mood"]
    assert carry.verdict == "established"
    assert carry.effect is not None and carry.effect.unit == "mood points"
    assert carry.effect.low < -1.2 < carry.effect.high < 0
    assert found["mood_to_headache"].verdict != "suspect"


def test_days_that_are_only_shared_say_nothing_of_direction() -> None:
    found = answers(simulated(3, share=1.2))
    assert found["same_day"].verdict == "established"
    assert found["same_day"].lag_days == (0,)
    assert found["mood_to_headache"].verdict in ("undecided", "unlikely")
    assert found["headache_to_mood"].verdict in ("undecided", "unlikely")


def test_the_chance_before_the_days_is_fourteen_and_twenty_two_of_a_hundred() -> None:
    found = find(simulated(4), claims())
    assert [round(100 * (one.prior or 0)) for one in found.coupling[:2]] == [14, 22]


@pytest.mark.parametrize("lags", [1, 2, 3])
def test_the_chance_of_any_lag_in_the_asked_direction_is_the_hedged_one(lags: int) -> None:
    claim = claims()["mood_to_headache"]
    each = over_lags(claim, lags=lags, sign=1)
    any_lag = 1 - (1 - each.pi * each.share_above_zero()) ** lags
    assert any_lag == pytest.approx(hedged(claim.pi))


def test_both_drifting_is_said() -> None:
    rng = np.random.default_rng(5)
    t = np.arange(200)
    headache = (rng.random(200) < 0.5 - 0.4 * t / 200).astype(float)
    mood = np.round(8 - 4 * t / 200 + rng.standard_normal(200))
    assert answers(table_of(headache, mood=mood))["same_day"].trends_apart
    calm = simulated(6)
    assert not answers(calm)["same_day"].trends_apart


def test_turning_mood_upside_down_turns_the_effect() -> None:
    table = simulated(7, before=0.7)
    told = dict(claims())
    told["mood_to_headache"] = dataclasses.replace(told["mood_to_headache"], m=0.0)
    turned = DayTable(
        {**table.columns, "mood": 10 - table["mood"]}, table.labels, False, table.factors
    )
    up, down = fit_onset(table, told), fit_onset(turned, told)
    assert up is not None and down is not None
    assert np.allclose(up.posterior.p_real, down.posterior.p_real, atol=1e-6)
    at = up.prior.candidates
    assert np.allclose(up.posterior.mean[0, at], -down.posterior.mean[0, at], atol=1e-6)


def test_too_few_headache_free_days_are_not_called_mood_that_was_never_written() -> None:
    mood = np.tile([4.0, 6.0, 7.0], 20)
    refusal = answers(table_of(strip("#." * 29 + "##"), mood=mood))["mood_to_headache"].refusal
    assert refusal is not None
    assert (refusal.reason, refusal.have, refusal.need) == ("too_few_days", 29, 30)
    headache = strip("##.." * 35)
    on_bad_days = np.where(headache == 1, np.tile(mood, 3)[:140], NAN)
    refusal = answers(table_of(headache, mood=on_bad_days))["mood_to_headache"].refusal
    assert refusal is not None
    assert (refusal.have, refusal.need, refusal.unit) == (0, 30, "headache-free days with mood")


def test_a_cohort_that_is_sure_of_the_other_direction_is_no_error() -> None:
    state = CohortState(500, 45_000, {"mood_to_headache": (0.3, -5.0, 0.05)}, {}, 0.0)
    each = over_lags(claims()["mood_to_headache"], lags=2, sign=1, state=state)
    assert 0 < each.pi < 1


def test_mood_after_a_headache_needs_mood_written_on_the_days_after() -> None:
    headache = strip("##.." * 35)
    mood = np.where(headache == 1, np.tile([4.0, 6.0, 7.0], 47)[:140], NAN)
    found = answers(table_of(headache, mood=mood))["headache_to_mood"]
    assert found.refusal is not None and found.verdict == "not_yet" and found.p_real is None
