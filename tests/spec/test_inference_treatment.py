"""Is this helping me? A chance and a change in headache days; never a before and after."""

from __future__ import annotations

import numpy as np
import pytest
from models.courses import Courses, courses_world
from models.gibbs import p_real_and_mean
from scipy.special import expit
from spec.inference_tables import NAN, strip, table_of

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.courses import changes_of, ramped, reach
from twofold.inference.days_ahead import draw_rows, fit_rows, state_rows, usual_share
from twofold.inference.priors import of_treatment
from twofold.inference.treatment import Effects, effects, estimate, treatment


def treated(dose: str, headache: str = "") -> DayTable:
    level = np.array([float(one) for one in dose])
    signs = headache or ("..#" * len(dose))[: len(dose)]
    return table_of(
        strip(signs), **{"dose.amitriptyline": level, "course.amitriptyline": np.sign(level)}
    )


def helped(*, days: int = 400, start: int = 150, effect: float, seed: int = 1) -> DayTable:
    """Return a diary without drift whose headaches follow one course by an effect."""
    rng = np.random.default_rng(seed)
    course = (np.arange(days) >= start).astype(float)
    full = np.clip((np.arange(days) - start + 1) / 28, 0, 1)
    headache = np.zeros(days)
    for t in range(1, days):
        eta = (-0.2 if headache[t - 1] else -0.8) + effect * full[t]
        headache[t] = rng.random() < expit(eta)
    return table_of(headache, **{"course.course": course})


# What is asked of the diary first.


@pytest.mark.parametrize(
    ("dose", "what"),
    [
        ("0" * 40 + "1" * 7 + "2" * 7 + "3" * 7 + "4" * 79, "built up week by week"),
        ("0" * 40 + "1" * 14 + "2" * 14 + "3" * 72, "built up every other week"),
    ],
)
def test_a_dose_that_is_built_up_step_by_step_is_one_slow_ramp(dose: str, what: str) -> None:
    (found,) = treatment(treated(dose))
    assert found.refusal is None, what
    assert found.p_real is not None and found.effect is not None
    assert found.pair is not None and found.pair.days_without == 40  # before the first step
    level = reach(treated(dose), "amitriptyline")
    assert (np.abs(np.diff(level)) <= 1 / 28 + 1e-9).all()


@pytest.mark.parametrize(
    ("dose", "what"),
    [
        ("0" * 50 + "2" * 10 + "1" * 60, "started too high and lowered"),
        ("1" * 50 + "0" * 10 + "1" * 60, "stopped and begun again"),
        ("0" * 50 + "1" * 7 + "2" * 7 + "1" * 56, "built up and one step back"),
        ("4" * 40 + "3" * 7 + "2" * 7 + "1" * 7 + "0" * 79, "taken away week by week"),
    ],
)
def test_a_dose_that_was_lowered_or_went_back_within_fourteen_days_cannot_be_separated(
    dose: str, what: str
) -> None:
    (found,) = treatment(treated(dose))
    assert found.refusal is not None and found.refusal.reason == "too_many_changes", what
    assert found.refusal.have == len(changes_of(treated(dose), "amitriptyline"))


def test_after_the_last_step_of_a_titration_the_four_weeks_and_the_days_after_them_are_waited_for() -> (
    None
):
    (found,) = treatment(treated("0" * 45 + "1" * 7 + "2" * 7 + "3" * 41))
    assert found.refusal is not None
    assert (found.refusal.reason, found.refusal.have) == ("too_soon", 13)


def test_another_course_begun_within_a_titration_cannot_be_separated_from_it() -> None:
    table = treated("0" * 50 + "1" * 7 + "2" * 7 + "3" * 56)
    other = np.repeat([0.0, 1.0], [75, 45])
    table = DayTable({**table.columns, "course.other": other}, table.labels, False)
    assert [one.refusal.reason for one in treatment(table) if one.refusal] == [
        "too_many_changes"
    ] * 2


def test_two_courses_changed_within_fourteen_days_cannot_be_separated() -> None:
    table = treated("0" * 50 + "1" * 70)
    other = np.repeat([0.0, 1.0], [60, 60])
    table = DayTable({**table.columns, "course.other": other}, table.labels, False)
    assert [one.refusal.reason for one in treatment(table) if one.refusal] == [
        "too_many_changes"
    ] * 2


@pytest.mark.parametrize(("after", "have", "weeks"), [(20, 0, 6), (40, 12, 3), (55, 27, 1)])
def test_twenty_eight_days_must_be_known_after_the_four_weeks_that_a_course_needs(
    after: int, have: int, weeks: int
) -> None:
    (found,) = treatment(treated("0" * (120 - after) + "1" * after))
    refusal = found.refusal
    assert refusal is not None
    assert (refusal.reason, refusal.have, refusal.need) == ("too_soon", have, 28)
    assert refusal.weeks == weeks


def test_twenty_eight_days_must_be_known_before_the_course() -> None:
    (found,) = treatment(treated("0" * 27 + "1" * 93))
    assert found.refusal is not None
    assert (found.refusal.reason, found.refusal.unit) == ("too_soon", "days before")


def test_a_course_that_never_changed_cannot_be_told_from_the_person() -> None:
    (found,) = treatment(treated("1" * 120))
    assert found.refusal is not None and found.refusal.reason == "no_variation"


@pytest.mark.parametrize("headache", ["." * 240, "." * 50 + "#" + "." * 189])
def test_with_hardly_a_headache_no_course_is_judged(headache: str) -> None:
    (found,) = treatment(treated("0" * 120 + "1" * 120, headache))
    assert found.refusal is not None and found.refusal.reason == "too_few_onsets"


def test_a_dose_that_is_not_finite_is_unknown_and_a_diary_of_years_is_answered() -> None:
    odd = np.where(np.arange(120) > 60, np.inf, 0.0)
    table = table_of(strip("..#" * 40), **{"dose.one": odd})
    assert [one.refusal.reason for one in treatment(table) if one.refusal] == ["no_variation"]
    (found,) = treatment(helped(days=3000, start=1500, effect=-1.2))
    assert found.effect is not None and found.effect.high < 0


def test_a_refused_course_has_counts_and_no_estimate() -> None:
    (found,) = treatment(treated("0" * 60 + "2" * 10 + "1" * 50))
    assert found.p_real is None and found.effect is None and found.chances is None
    assert found.pair is not None
    assert (found.pair.days_without, found.pair.days_with) == (60, 50)


# The answer.


def test_a_course_that_helps_much_is_clear_with_its_change_in_headache_days() -> None:
    (found,) = treatment(helped(effect=-1.6))
    assert found.verdict == "established"
    assert found.p_real is not None and found.p_real >= 0.9
    assert found.effect is not None and found.effect.unit == "days per 28"
    assert found.effect.low < found.effect.value < found.effect.high < 0


def test_a_course_that_does_nothing_is_not_called_helpful() -> None:
    words = [treatment(helped(effect=0.0, seed=seed))[0].verdict for seed in range(8)]
    assert "established" not in words


def test_a_course_after_which_headaches_are_more_is_unlikely_to_have_made_them_fewer() -> None:
    (found,) = treatment(helped(effect=1.0))
    assert found.verdict == "unlikely"
    assert found.chances is not None and found.chances["any_more"] > found.chances["any_fewer"]


def test_the_chances_of_a_third_and_of_half_fewer_are_never_above_the_chance_of_fewer() -> None:
    for effect in (-1.2, -0.6, 0.0):
        (found,) = treatment(helped(effect=effect, seed=4))
        assert found.chances is not None
        some, third, half = (
            found.chances[one] for one in ("any_fewer", "third_fewer", "half_fewer")
        )
        assert some == found.p_real
        assert half <= third <= some + 0.02


def test_before_the_days_a_course_is_as_likely_to_help_as_to_do_nothing() -> None:
    assert of_treatment().weights[0] == pytest.approx(0.465, abs=0.001)
    (found,) = treatment(helped(effect=-0.5))
    assert found.prior == pytest.approx(0.465, abs=0.001)


def test_the_same_diary_and_seed_give_the_same_answer() -> None:
    assert treatment(helped(effect=-0.7), seed=3) == treatment(helped(effect=-0.7), seed=3)


def test_days_at_the_end_that_nobody_wrote_about_change_no_answer() -> None:
    table = helped(effect=-0.7)
    longer = {name: np.append(one, [one[-1]] * 30) for name, one in table.columns.items()}
    longer["headache"] = np.append(table["headache"], [NAN] * 30)
    labels = tuple(f"day {i + 1}" for i in range(len(table) + 30))
    (short,), (long,) = treatment(table), treatment(DayTable(longer, labels, False))
    assert (short.p_real, short.effect, short.chances) == (long.p_real, long.effect, long.chances)


def test_of_two_courses_in_one_diary_the_one_that_helps_gets_the_credit() -> None:
    chances = []
    for seed in range(1, 5):
        table = helped(days=500, effect=-1.6, seed=seed)
        other = (np.arange(500) >= 320).astype(float)
        both = DayTable({**table.columns, "course.other": other}, table.labels, False)
        chances.append([one.p_real for one in treatment(both)])
    first, second = np.mean(np.array(chances, dtype=float), axis=0)
    assert first > 0.95 and second < 0.65


def test_a_course_that_was_stopped_is_judged_by_the_return_of_headaches() -> None:
    table = helped(effect=-1.6)
    turned = {name: one[::-1].copy() for name, one in table.columns.items()}
    (found,) = treatment(DayTable(turned, table.labels, False))
    assert found.p_real is not None and found.p_real > 0.8


@pytest.mark.parametrize(
    ("p", "beyond", "word"),
    [
        (0.95, True, "established"),
        (0.95, False, "suspect"),
        (0.89, True, "suspect"),
        (0.61, False, "suspect"),
        (0.55, False, "undecided"),  # hardly more than before the days
        (0.30, False, "undecided"),
        (0.19, False, "unlikely"),
    ],
)
def test_the_word_for_a_course(p: float, beyond: bool, word: str) -> None:
    assert trust.treatment_verdict(p, 0.5, is_beyond_zero=beyond) == word


# What a course can do by when.


def test_a_start_is_a_straight_ramp_of_four_weeks() -> None:
    level = reach(treated("0" * 50 + "1" * 70), "amitriptyline")
    assert level[49] == 0 and level[50] == pytest.approx(1 / 28)
    assert level[63] == pytest.approx(0.5) and (level[77:] == pytest.approx(1.0))


def test_half_the_highest_dose_can_reach_half_the_effect_and_a_stop_ramps_down() -> None:
    level = reach(treated("1" * 40 + "2" * 40 + "0" * 40), "amitriptyline")
    assert level[0] == pytest.approx(0.5) and level[79] == pytest.approx(1.0)
    assert level[93] == pytest.approx(0.5) and level[119] == pytest.approx(0.0)


def test_the_four_weeks_before_a_course_have_a_step_of_their_own() -> None:
    course = np.repeat([0.0, 1.0], [50, 70])[None]
    rows = state_rows(strip("..#" * 40)[None], ramped(course)[..., None], effect=of_treatment())
    eve = rows.x[0, :, -3]  # row t leads to day t + 1
    assert np.flatnonzero(eve).tolist() == list(range(21, 49))


# Against independent reckonings.


def test_the_long_run_share_is_what_living_many_days_gives() -> None:
    rng = np.random.default_rng(0)
    states = np.array([-1.1, -0.5, 0.4, -0.3, 0.6])
    starting, staying, days = -0.2, 0.3, 40_000
    headache = np.zeros(days)
    for t in range(3, days):
        two_ago, yesterday, today = headache[t - 3], headache[t - 2], headache[t - 1]
        if today:
            eta = states[3] + states[4] * yesterday + staying
        else:
            eta = states[0] + states[1] * yesterday + states[2] * (1 - yesterday) * two_ago
            eta += starting
        headache[t] = rng.random() < expit(eta)
    share = usual_share(states, starting=np.array(starting), staying=np.array(staying))
    assert float(share) == pytest.approx(headache.mean(), abs=0.01)


@pytest.mark.parametrize("person", [0, 1, 2])
def test_the_chance_and_the_effect_agree_with_exact_sampling(person: int) -> None:
    world = courses_world(people=3, days=120, seed=5, at_worst=True)
    rows, posterior = _fit(world)
    keep = rows.weight[person] == 1
    chance, mean, spread = p_real_and_mean(
        rows.x[person][keep], rows.y[person][keep], rows.prior, seed=person, keep=250, burn=50
    )
    column = rows.prior.candidates[0]
    assert posterior.p_real[person, 0] == pytest.approx(chance[0], abs=0.02)
    gap = (posterior.mean[person] - mean) / spread
    assert abs(gap[column]) < 0.1 and np.abs(gap).max() < 0.25


def test_draws_hold_no_effect_as_often_as_it_is_believed() -> None:
    rows, posterior = _fit(courses_world(people=2, days=200, seed=8, at_worst=False))
    drawn = draw_rows(posterior, rows, count=20_000, rng=np.random.default_rng(0), asked=0)
    course = drawn.course[..., 0]
    assert course.mean(1) == pytest.approx(
        (posterior.weights[:, 0] * posterior.means[:, 0]).sum(-1), abs=0.02
    )
    near = (np.abs(course) < 0.06).mean(1)
    assert (near > posterior.weights[:, 0, 0] - 0.02).all()
    assert (near < posterior.weights[:, 0, 0] + 0.15).all()


def test_an_unknown_day_is_no_outcome_and_the_day_after_it_is_neither_a_start_nor_a_stay() -> None:
    rows = state_rows(strip("#.?#.")[None], np.zeros((1, 5, 1)), effect=of_treatment())
    assert rows.weight.tolist() == [[1, 0, 1, 1]]
    assert rows.x[0, 2, :6].tolist() == [0, 0, 0, 0, 0, 1]
    assert fit_rows(rows).converged.all()


# Against known truth.


@pytest.fixture(scope="module")
def at_worst() -> tuple[Courses, Effects]:
    world = courses_world(people=300, days=240, seed=240, at_worst=True)
    rows, posterior = _fit(world)
    return world, effects(rows, posterior, asked=0, draws=1000)


def test_a_useless_course_begun_at_the_worst_time_is_called_clear_in_at_most_three_of_100(
    at_worst: tuple[Courses, Effects],
) -> None:
    world, found = at_worst
    said = (found.p_fewer >= 0.9) & (found.days[:, 2] < 0)
    assert found.converged.all()
    assert said[world.effect == 0].mean() <= 0.03


def test_the_chance_that_is_said_is_the_share_that_was_helped(
    at_worst: tuple[Courses, Effects],
) -> None:
    world, found = at_worst
    for low, high in ((0, 0.35), (0.35, 0.65), (0.65, 0.85), (0.85, 1.01)):
        held = (found.p_fewer >= low) & (found.p_fewer < high)
        said, true = found.p_fewer[held].mean(), (world.effect[held] < 0).mean()
        noise = 2.6 * np.sqrt(said * (1 - said) / held.sum())  # 99 of 100 bins
        assert abs(said - true) <= 0.03 + noise, (low, high)


def test_the_intervals_hold_the_truth(at_worst: tuple[Courses, Effects]) -> None:
    world, found = at_worst
    for truth, ends in ((world.effect, found.log_odds), (world.change, found.days)):
        inside = ((ends[:, 1] <= truth) & (truth <= ends[:, 2])).mean()
        assert inside >= 0.92


def _fit(world: Courses):  # type: ignore[no-untyped-def]
    return estimate(world.headache, ramped(world.course)[..., None])
