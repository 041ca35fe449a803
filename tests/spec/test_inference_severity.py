"""What comes before the stronger days, where headache is nearly always there?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from spec.inference_tables import NAN, strip, table_of

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.rows import estimate
from twofold.inference.severity import (
    severity,
    severity_equation,
    severity_rows,
    with_verdicts,
)
from twofold.knowledge.claim import Claim
from twofold.knowledge.load import claims

SKIPPED = "factor.skipped meal"


def daily(*, effect: float = 0.0, days: int = 240, seed: int = 0, rate: float = 0.8) -> DayTable:
    """Return a diary with headache on most days; a skipped meal may make the next day stronger."""
    rng = np.random.default_rng(seed)
    headache = (rng.random(days) < rate).astype(float)
    skipped = (rng.random(days) < 0.3).astype(float)
    other = rng.standard_normal(days)
    strength = np.full(days, 5.0)
    for t in range(1, days):
        strength[t] = 5 + 0.4 * (strength[t - 1] - 5) + effect * (skipped[t - 1] - 0.3)
        strength[t] += 1.5 * rng.standard_normal()
    written = np.where(headache == 1, np.clip(np.round(strength), 0, 10), NAN)
    return table_of(
        headache,
        factors={"skipped meal": skipped, "pollen": other},
        claims={"skipped meal": "meal_skipped"},
        severity=written,
    )


def test_the_severity_of_headaches_is_only_asked_where_they_are_too_close_to_study_starts() -> None:
    assert severity(daily(rate=0.3), claims()) == ()
    assert [one.question for one in severity(daily(), claims())] == ["severity"] * 2


def test_thirty_pairs_of_headache_days_with_their_strength_are_needed() -> None:
    table = daily()
    few = np.where(np.arange(240) < 36, table["severity"], NAN)
    found = severity(
        DayTable({**table.columns, "severity": few}, table.labels, False, table.factors), claims()
    )
    for one in found:
        assert one.refusal is not None and one.refusal.reason == "too_few_days"
        assert one.refusal.need == 30 and one.refusal.have is not None and one.refusal.have < 30
        assert one.p_real is None and one.effect is None


def test_a_strength_that_never_changes_cannot_be_studied() -> None:
    table = daily()
    same = np.where(table["headache"] == 1, 6.0, NAN)
    found = severity(
        DayTable({**table.columns, "severity": same}, table.labels, False, table.factors), claims()
    )
    assert {one.refusal.reason for one in found if one.refusal} == {"no_variation"}


def test_a_factor_needs_eight_headache_days_with_it_and_eight_without() -> None:
    table = daily()
    rare = np.zeros(240)
    rare[[3, 50, 90]] = 1
    columns = {**table.columns, SKIPPED: rare}
    first, second = severity(DayTable(columns, table.labels, False, table.factors), claims())
    assert first.refusal is not None and first.refusal.unit == "days with it"
    assert second.refusal is None


def test_a_factor_that_makes_the_next_day_stronger_is_found_in_points() -> None:
    (found, other) = severity(daily(effect=2.5), claims())
    assert found.p_real is not None and found.p_real > 0.9
    assert found.effect is not None and found.effect.unit == "points of 0–10"
    assert found.effect.low < 2.5 < found.effect.high and found.effect.low > 0
    assert other.p_real is not None and other.p_real < 0.3
    assert found.pair is not None
    assert (
        found.pair.hits_with / found.pair.days_with
        > found.pair.hits_without / found.pair.days_without
    )


def test_studies_of_starts_lend_nothing_to_the_strength_of_headaches() -> None:
    assert {one.prior for one in severity(daily(), claims())} == {0.05}
    assert [one.source_ids for one in severity(daily(), claims())] == [(), ()]


def test_a_factor_no_study_is_linked_to_is_never_clear() -> None:
    table = daily(effect=3.0)
    swapped = tuple(type(one)(one.column, one.label, None) for one in table.factors)
    found, _ = severity(DayTable(table.columns, table.labels, False, swapped), claims())
    assert found.p_real is not None and found.p_real > 0.9
    assert found.claim_class == "ambiguous" and found.verdict == "suspect"


def test_a_day_whose_strength_was_not_written_makes_no_pair() -> None:
    table = table_of(strip("####.##"), severity=np.array([5, NAN, 6, 7, NAN, 4, 4.0]))
    assert severity_rows(table).tolist() == [2, 5]


def test_where_nothing_makes_headaches_stronger_nearly_nobody_is_told_otherwise() -> None:
    told = [one for seed in range(40) for one in severity(daily(days=120, seed=seed), claims())]
    chances = [one.p_real for one in told if one.p_real is not None]
    assert len(chances) == 80
    assert sum(chance >= trust.SUSPECT_FROM for chance in chances) <= 3
    assert "established" not in {one.verdict for one in told}


def test_intervals_hold_the_true_difference_in_points() -> None:
    inside = []
    for seed in range(40):
        effect = 2.0 if seed % 2 else 0.0
        found, _ = severity(daily(effect=effect, seed=100 + seed), claims())
        assert found.effect is not None
        inside.append(found.effect.low <= effect <= found.effect.high)
    assert np.mean(inside) >= 0.875


@pytest.mark.parametrize("effect", [0.0, 0.8, 2.0])
def test_the_chance_agrees_with_the_weight_of_each_kind_of_effect_summed_exactly(
    effect: float,
) -> None:
    """The evidence of all nine combinations of two factors' components, at the engine's noise."""
    told: dict[str, Claim] = claims()
    fitted = estimate(severity_equation(daily(effect=effect, days=120), told))
    prior, x = fitted.prior, fitted.matrix(fitted.equation.rows)[0]
    y = (fitted.equation.y - fitted.y_centre) / fitted.y_scale
    free = np.setdiff1d(np.arange(x.shape[1]), prior.candidates)
    held = x[:, free] @ np.linalg.inv(prior.precision[np.ix_(free, free)]) @ x[:, free].T
    held = held + fitted.posterior.noise[0] * np.eye(len(y))
    middle = x[:, free] @ prior.mean[free]
    logs = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            spread, at = held, middle
            for candidate, kind in enumerate((i, j)):
                column = x[:, prior.candidates[candidate]]
                spread = spread + prior.sds[candidate, kind] ** 2 * np.outer(column, column)
                at = at + prior.means[candidate, kind] * column
            logs[i, j] = multivariate_normal.logpdf(y, at, spread)
            logs[i, j] += np.log(prior.weights[0, i]) + np.log(prior.weights[1, j])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    exact = 1 - weights[0].sum(), 1 - weights[:, 0].sum()
    assert fitted.posterior.p_real[0] == pytest.approx(exact, abs=0.01)


def test_a_person_alone_is_told_a_stronger_day_with_the_line_of_a_person_alone() -> None:
    told = [replace(one, p_real=0.93) for one in severity(daily(effect=2.0), claims())]
    assert {one.claim_class for one in told} == {"behaviour", "ambiguous"}
    assert [one.verdict for one in with_verdicts(told)] == ["suspect", "suspect"]
    surer = [replace(one, p_real=0.97) for one in told]
    assert [one.verdict for one in with_verdicts(surer)] == ["established", "suspect"]
