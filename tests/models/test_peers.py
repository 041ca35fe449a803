"""The methods that Twofold is compared with do what their sources say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from peers import boosting, carry_forward, cox, houle, responder, same_day, usual
from peers.written import Written, benjamini_hochberg
from scipy.stats import binom

NO = np.nan
# Log hazard ratio and p of three factors of three people by lifelines 0.30.3.
BY_LIFELINES = {
    1: [(0.172038, 0.560480), (0.102788, 0.745909), (-0.406599, 0.241154)],
    2: [(0.275725, 0.214802), (0.117948, 0.597897), (0.050049, 0.808350)],
    3: [(0.216095, 0.377578), (0.039099, 0.892425), (0.572053, 0.089010)],
}


def person(seed: int, days: int = 150, q: int = 3) -> Written:
    """Invent a diary with gaps in which the first factor comes before headaches."""
    rng = np.random.default_rng(seed)
    factors = np.column_stack([rng.random((days, q - 1)) < 0.3, rng.standard_normal(days)])
    headache = np.zeros(days)
    for day in range(1, days):
        linear = -1.5 + 1.2 * headache[day - 1] + 0.9 * factors[day - 1, 0]
        headache[day] = rng.random() < 1 / (1 + np.exp(-linear))
    mood = np.clip(np.round(6 - headache + rng.standard_normal(days)), 0, 10)
    gone = rng.random(days) < 0.15
    factors = np.where(gone[:, None] | (rng.random(factors.shape) < 0.05), NO, factors)
    hide = [np.where(gone, NO, one) for one in (headache, mood, rng.standard_normal(days))]
    return Written(*hide, factors, np.array([1] * (q - 1) + [0]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_quick_cox_regression_gives_the_numbers_that_lifelines_gave(seed: int) -> None:
    slope, p = cox.accuse(person(seed))
    for factor, (kept_slope, kept_p) in enumerate(BY_LIFELINES[seed]):
        assert slope[factor] == pytest.approx(kept_slope, abs=1e-4)
        assert p[factor] == pytest.approx(kept_p, abs=1e-4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lifelines_still_gives_the_numbers_that_were_kept(seed: int) -> None:
    pytest.importorskip("lifelines", reason="lifelines comes with `make bench`")
    for factor, kept in enumerate(BY_LIFELINES[seed]):
        assert cox.by_lifelines(person(seed), factor) == pytest.approx(kept, abs=1e-4)


def test_the_same_day_rule_shows_a_factor_from_three_days_with_it_and_three_without() -> None:
    headache = np.array([1.0, 1, 1, 0, 0, 0, 0, 0])
    factors = np.array([[1.0, 1], [1, 1], [1, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, NO]])
    written = Written(headache, headache, headache, factors, np.array([1, 1]))
    r, p = same_day.accuse(written)
    assert r[0] == pytest.approx(1) and p[0] == pytest.approx(0)
    assert np.isnan(r[1]) and np.isnan(p[1])


def test_the_same_day_p_value_is_that_of_pearsons_correlation() -> None:
    from scipy.stats import pearsonr

    written = person(4)
    r, p = same_day.accuse(written)
    for factor in range(3):
        known = np.isfinite(written.factors[:, factor]) & np.isfinite(written.headache)
        theirs = pearsonr(written.factors[known, factor], written.headache[known])
        assert (r[factor], p[factor]) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_benjamini_and_hochberg_keep_what_their_paper_keeps() -> None:
    """The example of their paper's section 3.2, at 5 %: the first four of fifteen."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    kept = benjamini_hochberg(np.array([*p, NO]), share=0.05)
    assert np.flatnonzero(kept).tolist() == [0, 1, 2, 3]


def test_no_forecast_knows_what_comes_after_its_day() -> None:
    whole = person(5)
    changed = whole.until(100)
    later_day = replace(changed, headache=np.append(changed.headache[:99], NO))
    model = houle.fit([person(6), person(7)])
    for forecast in (usual.base_rate, usual.markov):
        np.testing.assert_array_equal(forecast(whole.headache)[:100], forecast(changed.headache))
    for seen in (whole, later_day):
        np.testing.assert_allclose(
            houle.forecast(model, seen)[:99], houle.forecast(model, changed)[:99]
        )
        np.testing.assert_array_equal(boosting.features(seen)[:99], boosting.features(changed)[:99])


def test_the_mixed_model_finds_that_headache_today_raises_tomorrows_chance() -> None:
    people = [person(seed) for seed in range(10, 50)]
    model = houle.fit(people)
    assert model.slopes[1] == pytest.approx(1.2, abs=0.15)
    assert abs(model.slopes[2]) < 0.1
    assert model.spread < 0.3


def test_a_chain_without_memory_looks_ahead_as_a_coin_does() -> None:
    headache = np.tile([1.0, 1, 0, 0], 500)
    assert usual.markov_ahead(headache) == pytest.approx(tuple(binom.ppf([0.025, 0.975], 28, 0.5)))
    assert carry_forward.binomial(headache) == usual.markov_ahead(headache)


def test_a_doubtful_coin_spreads_wider_than_a_known_one() -> None:
    headache = person(8).headache
    low, high = carry_forward.binomial(headache)
    wide_low, wide_high = carry_forward.beta_binomial(headache, window=28)
    assert wide_low <= low and wide_high >= high and wide_high - wide_low > high - low


def test_the_responder_rule_compares_shares_of_known_days() -> None:
    before, after = np.tile([1.0, 0], 14), np.tile([1.0, 0, 0, NO], 7)
    change = responder.change(np.concatenate([before, after]), start=28)
    assert change == pytest.approx((7 / 21) / (14 / 28) - 1)
    assert responder.p_fewer(np.concatenate([after, before]), start=28) == 1.0
