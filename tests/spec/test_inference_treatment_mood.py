"""Does mood change with a course of treatment? Told apart from the tides of mood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from spec.inference_tables import NAN, strip, table_of

from twofold.daytable import DayTable
from twofold.inference.courses import ramped
from twofold.inference.engine import Array
from twofold.inference.treatment_mood import effects_on_mood, treatment_mood

DAYS = 240


def moods(*, people: int, seed: int, effect: Array, at_worst: bool = False) -> tuple[Array, Array]:
    """Return mood (people, days) and a course: slow tides, quick ripples, whole numbers."""
    rng = np.random.default_rng(seed)
    tide, quick = 1.0 * rng.standard_normal(people), np.zeros(people)
    mood = np.empty((people, DAYS))
    for t in range(DAYS):
        tide = 0.97 * tide + np.sqrt(1 - 0.97**2) * rng.standard_normal(people)
        quick = 0.3 * quick + rng.standard_normal(people)
        mood[:, t] = 6 + tide + quick
    start = np.full(people, 110)
    if at_worst:
        total = np.cumsum(mood, axis=1)
        start = 60 + np.argmin(total[:, 60:160] - total[:, 32:132], axis=1)
    course = (np.arange(DAYS)[None] >= start[:, None]).astype(float)
    mood = mood + effect[:, None] * ramped(course)
    mood = np.clip(np.round(mood), 0, 10)
    mood[rng.random(mood.shape) < 0.2] = NAN
    return mood, course


def diary(effect: float, seed: int = 3) -> DayTable:
    mood, course = moods(people=1, seed=seed, effect=np.array([effect]))
    return table_of(strip("..#" * 80), mood=mood[0], **{"course.sertraline": course[0]})


def test_a_course_that_lifts_mood_much_is_told_in_mood_points() -> None:
    (found,) = treatment_mood(diary(4.0))
    assert found.p_real is not None and found.p_real > 0.7 and found.effect is not None
    assert found.effect.unit == "mood points" and found.effect.value > 1
    assert found.question == "treatment_mood" and found.key == "mood.course.sertraline"


def test_a_course_that_lowers_mood_is_told_as_such() -> None:
    (found,) = treatment_mood(diary(-4.0))
    assert found.chances is not None and found.p_real is not None
    assert found.chances["any_more"] > 0.7 > 0.1 > found.p_real


def test_without_mood_nothing_is_asked() -> None:
    table = table_of(strip("..#" * 80), **{"course.sertraline": np.repeat([0.0, 1.0], 120)})
    assert treatment_mood(table) == ()


def test_a_mood_outside_its_scale_is_unknown() -> None:
    table = diary(0.0)
    odd = table["mood"].copy()
    odd[[5, 9]] = np.inf, -4.0
    (found,) = treatment_mood(DayTable({**table.columns, "mood": odd}, table.labels, False))
    assert found.effect is not None and np.isfinite(found.effect.value)
    assert found.days_used == int((np.isfinite(odd) & (odd >= 0)).sum())


def test_a_mood_that_never_changes_cannot_be_lifted() -> None:
    table = diary(0.0)
    flat = DayTable({**table.columns, "mood": np.full(DAYS, 5.0)}, table.labels, False)
    (found,) = treatment_mood(flat)
    assert found.refusal is not None and found.refusal.reason == "no_variation"


def test_a_course_begun_five_weeks_ago_is_too_soon() -> None:
    table = diary(0.0)
    late = (np.arange(DAYS) >= DAYS - 35).astype(float)
    columns = {**table.columns, "course.sertraline": late}
    (found,) = treatment_mood(DayTable(columns, table.labels, False))
    assert found.refusal is not None and found.refusal.reason == "too_soon"


@pytest.mark.parametrize("at_worst", [False, True])
def test_a_course_that_does_nothing_to_mood_is_rarely_told_to_lift_it(at_worst: bool) -> None:
    mood, course = moods(people=300, seed=12, effect=np.zeros(300), at_worst=at_worst)
    found = effects_on_mood(mood, ramped(course)[..., None])
    assert found.converged.all()
    clear = (found.p_better[:, 0] >= 0.9) & (found.points[:, 0, 1] > 0)
    assert clear.mean() <= 0.03
    inside = (found.points[:, 0, 1] <= 0) & (found.points[:, 0, 2] >= 0)
    assert inside.mean() >= 0.95


def test_the_intervals_hold_the_true_change_in_mood() -> None:
    rng = np.random.default_rng(4)
    effect = rng.normal(0.0, 0.9, 300) * (rng.random(300) < 0.5)
    mood, course = moods(people=300, seed=13, effect=effect)
    found = effects_on_mood(mood, ramped(course)[..., None])
    ends = found.points[:, 0]
    assert ((ends[:, 1] <= effect) & (effect <= ends[:, 2])).mean() >= 0.90


def test_the_chance_agrees_with_the_weight_of_each_kind_of_effect_summed_exactly() -> None:
    from twofold.inference import treatment_mood as module
    from twofold.inference.days_ahead import drift_columns, eve_columns
    from twofold.inference.engine import fit

    mood, course = moods(people=1, seed=7, effect=np.array([1.0]))
    levels = ramped(course)[..., None]
    known = np.isfinite(mood[0])
    x = np.column_stack([np.ones(DAYS), drift_columns(DAYS), eve_columns(levels)[0], levels[0]])
    y = (mood[0] - np.nanmean(mood[0])) / np.nanstd(mood[0])
    prior = module._prior(DAYS, 1)
    x, y = x[known], y[known]
    noise = fit(x[None], y[None], prior=prior, likelihood="gaussian").noise[0]
    held = x[:, :-1] @ np.linalg.inv(prior.precision[:-1, :-1]) @ x[:, :-1].T
    held = held + noise * np.eye(len(y))
    logs = [
        np.log(prior.weights[0, kind])
        + multivariate_normal.logpdf(
            y,
            x[:, :-1] @ prior.mean[:-1] + prior.means[0, kind] * x[:, -1],
            held + prior.sds[0, kind] ** 2 * np.outer(x[:, -1], x[:, -1]),
        )
        for kind in range(3)
    ]
    weights = np.exp(np.array(logs) - max(logs))
    found = effects_on_mood(mood, levels)
    said = found.p_better[0, 0] + found.p_worse[0, 0]
    assert said == pytest.approx(1 - weights[0] / weights.sum(), abs=0.005)
