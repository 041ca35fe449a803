"""How long before? What is told is shown day by day; what was left out is told apart from protection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spec.inference_tables import table_of

from twofold.daytable import DayTable, FactorInfo
from twofold.inference.answer import fit_onset
from twofold.inference.coupling import mood_to_headache
from twofold.inference.factors import factors
from twofold.inference.finding import Estimate, Finding
from twofold.inference.lags import MORE_DAYS
from twofold.knowledge.load import claims

DAYS = 500


def lived(seed: int, *, effects: dict[int, float]) -> DayTable:
    """Return a diary in which a rating changes the odds of a start, so many days later."""
    rng = np.random.default_rng(seed)
    rating, headache = rng.standard_normal(DAYS), np.zeros(DAYS)
    for t in range(3, DAYS):
        eta = -0.6 if headache[t - 1] else -1.2
        eta += sum(size * rating[t - lag] for lag, size in effects.items())
        headache[t] = rng.random() < 1 / (1 + np.exp(-eta))
    table = table_of(headache, factors={"rating": rating})
    infos = (FactorInfo("factor.rating", "rating", "stress_high"),)
    return DayTable(table.columns, table.labels, False, infos)


def asked(table: DayTable) -> Finding:
    (found,) = factors(table, claims(), onset=fit_onset(table, claims()))
    return found


def profile(found: Finding) -> dict[int, float]:
    return {lag: float(np.log(one.value)) for lag, one in found.by_lag}


def test_an_effect_of_the_day_before_shows_at_its_own_day_and_at_no_other() -> None:
    many = [profile(asked(lived(seed, effects={1: 1.0}))) for seed in range(12)]
    many = [one for one in many if one]
    assert len(many) >= 10
    middle = {lag: float(np.mean([one[lag] for one in many])) for lag in (1, 2, 3)}
    assert middle[1] == pytest.approx(1.0, abs=0.2)
    assert abs(middle[2]) < 0.15 and abs(middle[3]) < 0.15


def test_an_effect_of_two_days_is_parted_between_them() -> None:
    many = [profile(asked(lived(seed, effects={1: 0.9, 2: 0.7}))) for seed in range(12)]
    middle = {lag: float(np.mean([one[lag] for one in many if one])) for lag in (1, 2, 3)}
    assert middle[1] == pytest.approx(0.9, abs=0.2)
    assert middle[2] == pytest.approx(0.7, abs=0.2)
    assert abs(middle[3]) < 0.15


def test_the_intervals_of_every_lag_hold_the_truth() -> None:
    truth = {1: 1.0, 2: -0.4, 3: 0.0}
    inside = [
        one.low <= np.exp(truth[lag]) <= one.high
        for seed in range(25)
        for lag, one in asked(lived(seed, effects={1: 1.0, 2: -0.4})).by_lag
    ]
    assert len(inside) >= 60
    assert np.mean(inside) >= 0.9


def test_something_done_that_was_rarer_two_days_before_may_have_been_left_out() -> None:
    found = [asked(lived(seed, effects={1: 1.0, 2: -0.9})) for seed in range(6)]
    assert np.mean([one.may_be_avoided for one in found if one.by_lag]) >= 0.8
    plain = [asked(lived(seed, effects={1: 1.0})) for seed in range(20)]
    assert np.mean([one.may_be_avoided for one in plain if one.by_lag]) <= 0.15


@pytest.mark.parametrize(("claim_class", "may"), [("behaviour", True), ("exogenous", False)])
def test_only_what_a_person_does_can_be_left_out(claim_class: str, may: bool) -> None:
    lags = ((1, Estimate(1.8, 1.2, 2.7, "odds ratio")), (2, Estimate(0.6, 0.4, 0.9, "odds ratio")))
    found = Finding(
        question="factor", key="one", verdict="suspect", claim_class=claim_class, by_lag=lags
    )
    assert found.may_be_avoided is may
    early = ((1, Estimate(0.6, 0.4, 0.9, "odds ratio")), (2, lags[0][1]))
    assert not replace(found, by_lag=early).may_be_avoided  # at its own lag it is the answer itself


def test_what_is_not_told_is_not_shown_day_by_day() -> None:
    found = asked(lived(3, effects={}))
    assert found.verdict in ("undecided", "unlikely") and found.by_lag == ()


def test_low_mood_is_shown_for_each_of_the_three_days_before() -> None:
    rng = np.random.default_rng(2)
    mood, headache = np.clip(rng.normal(6, 1.5, DAYS).round(), 0, 10), np.zeros(DAYS)
    for t in range(2, DAYS):
        eta = -0.6 if headache[t - 1] else -1.3 - 1.1 * (mood[t - 2] - 6) / 1.5
        headache[t] = rng.random() < 1 / (1 + np.exp(-eta))
    table = table_of(headache, mood=mood)
    found = mood_to_headache(table, claims(), onset=fit_onset(table, claims()))
    assert found.verdict == "suspect"
    assert [lag for lag, _ in found.by_lag] == list(range(1, 2 + MORE_DAYS))
    by_lag = profile(found)
    assert max(by_lag, key=lambda lag: by_lag[lag]) == 2
    assert by_lag[2] == pytest.approx(1.1, abs=0.4)
