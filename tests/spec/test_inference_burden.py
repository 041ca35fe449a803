"""Where am I heading? The coming days as a distribution, and what unknown days leave open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.courses import courses_world
from scipy.special import expit
from spec.inference_tables import NAN, strip, table_of, year

from twofold.daytable import DayTable
from twofold.inference.burden import bounds, burden, medicine_days, outlook
from twofold.inference.days_ahead import Drawn, simulate
from twofold.inference.engine import Array


def test_burden_needs_twenty_eight_days() -> None:
    refusal = burden(table_of(strip("..#" * 9))).refusal
    assert refusal is not None
    assert (refusal.reason, refusal.have, refusal.need) == ("too_few_days", 27, 28)


def test_with_many_gaps_burden_gives_only_the_range_that_the_unknown_days_leave() -> None:
    found = burden(table_of(strip("..#" * 30 + "#.#.?????????????????#.#.#.#")))
    assert found.refusal is not None and found.refusal.reason == "too_many_missing"
    assert found.effect is not None and (found.effect.low, found.effect.high) == (6, 23)
    assert found.chances is None and found.distribution == ()


def test_the_same_diary_and_seed_give_the_same_burden() -> None:
    assert burden(year(11), seed=4) == burden(year(11), seed=4)


def test_the_distribution_is_whole_and_the_chances_and_the_mean_follow_from_it() -> None:
    found = burden(year(11))
    assert len(found.distribution) == 29 and sum(found.distribution) == pytest.approx(1)
    assert found.chances is not None and found.effect is not None
    for line in (8, 15):
        assert found.chances[f"at_least_{line}"] == pytest.approx(sum(found.distribution[line:]))
    assert found.effect.value == pytest.approx(np.arange(29) @ np.array(found.distribution))


@given(st.text("#.?", min_size=1, max_size=60).filter(lambda signs: "#" in signs or "." in signs))
def test_the_usual_rate_lies_between_all_unknown_days_free_and_all_with_headache(
    signs: str,
) -> None:
    rates = bounds(strip(signs))
    assert [one.value for one in rates] == sorted(one.value for one in rates)
    for one in rates:
        assert one.low - 1e-9 <= one.value <= one.high + 1e-9
        assert one.low == pytest.approx(28 * signs.count("#") / len(signs))
        assert one.high == pytest.approx(28 * (1 - signs.count(".") / len(signs)))


def test_if_unknown_days_were_likelier_headache_days_the_usual_rate_would_be_higher() -> None:
    as_likely, likelier, much = bounds(strip("#...?" * 20))
    assert as_likely.value == pytest.approx(7)
    assert likelier.value == pytest.approx(28 * (20 + 20 * (2.2 / 3) / (1 + 2.2 / 3)) / 100)
    assert much.value > likelier.value


def test_without_gaps_nothing_is_left_open() -> None:
    assert {one.low for one in bounds(strip("#..." * 20))} == {7.0}
    assert {one.high for one in bounds(strip("#..." * 20))} == {7.0}


# Against an independent reckoning.


def test_lived_days_are_distributed_as_the_exact_chain_has_them() -> None:
    """Without drift: the chance of each count, by adding up over all states of the chain."""
    states = np.array([-1.2, -0.6, 0.5, -0.1, 0.4, 0.0])
    drawn = Drawn(
        np.tile(states, (1, 40_000, 1)), np.zeros((1, 40_000, 1)),
        *[np.zeros((1, 40_000, 0))] * 3,
    )  # fmt: skip
    headache = strip("..#.##.")[None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("twofold.inference.days_ahead.DRIFT_SD", 0.0)
        lived = simulate(headache, drawn, ahead=14, rng=np.random.default_rng(3))
    seen = np.bincount(lived.sum(-1)[0], minlength=15) / 40_000
    assert np.abs(seen - _exact_counts(states, (1, 1, 0), 14)).max() < 0.01


def _exact_counts(states: Array, past: tuple[int, int, int], ahead: int) -> Array:
    chance = {(past, 0): 1.0}
    for _ in range(ahead):
        then: dict[tuple[tuple[int, int, int], int], float] = {}
        for ((two_ago, yesterday, today), count), weight in chance.items():
            if today:
                eta = states[3] + states[4] * yesterday
            else:
                eta = states[0] + states[1] * yesterday + states[2] * (1 - yesterday) * two_ago
            for now, share in ((1, expit(eta)), (0, 1 - expit(eta))):
                key = ((yesterday, today, now), count + now)
                then[key] = then.get(key, 0.0) + weight * share
        chance = then
    total = np.zeros(ahead + 1)
    for (_, count), weight in chance.items():
        total[count] += weight
    return total


def test_unknown_days_at_the_end_are_lived_through_and_not_taken_as_free() -> None:
    sure = np.array([-9.0, 0.0, 0.0, 9.0, 0.0, 0.0])  # what begins never ends
    drawn = Drawn(
        np.tile(sure, (1, 50, 1)), np.zeros((1, 50, 2)),
        *[np.zeros((1, 50, 0))] * 3,
    )  # fmt: skip
    lived = simulate(strip("....##???")[None], drawn, ahead=5, rng=np.random.default_rng(0))
    assert lived.mean() > 0.95


# With courses of treatment.


def test_what_a_course_adds_to_starts_and_stays_is_lived_as_the_exact_chain_has_it() -> None:
    """A course half there adds half its effect, and half as much again while a headache stays."""
    states = np.array([-0.6, -0.6, 0.5, 0.4, 0.4, 0.0])
    effect, on_staying, reach = -1.2, -0.6, 0.5
    drawn = Drawn(
        np.tile(states, (1, 40_000, 1)), np.zeros((1, 40_000, 1)), np.zeros((1, 40_000, 1)),
        np.full((1, 40_000, 1), on_staying), np.full((1, 40_000, 1), effect),
    )  # fmt: skip
    headache = strip("..#.##.")[None]
    columns = np.full((1, 7 + 14, 1), reach)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("twofold.inference.days_ahead.DRIFT_SD", 0.0)
        rng = np.random.default_rng(3)
        lived = simulate(headache, drawn, ahead=14, rng=rng, courses=columns)
    seen = np.bincount(lived.sum(-1)[0], minlength=15) / 40_000
    treated = states + np.array([effect, 0, 0, effect + on_staying, 0, 0]) * reach
    assert np.abs(seen - _exact_counts(treated, (1, 1, 0), 14)).max() < 0.01


def test_a_course_that_ran_on_every_day_changes_no_outlook() -> None:
    plain = year(11)
    always = DayTable({**plain.columns, "course.one": np.ones(len(plain))}, plain.labels, False)
    assert burden(always) == burden(plain)


def test_a_course_in_whose_days_headaches_became_fewer_lowers_the_outlook() -> None:
    """Ten weeks with half the headache days: told of the course, the days to come are fewer."""
    rng = np.random.default_rng(2)
    headache = (rng.random(240) < np.repeat([0.5, 0.2], [170, 70])).astype(float)
    table = table_of(headache, **{"course.one": np.repeat([0.0, 1.0], [150, 90])})
    with_it, without = burden(table), burden(table_of(headache))
    assert with_it.effect is not None and without.effect is not None
    assert with_it.effect.value < without.effect.value - 0.5
    assert with_it.effect.high <= without.effect.high


def test_after_a_course_that_helped_has_stopped_the_headaches_are_expected_back() -> None:
    rng = np.random.default_rng(4)
    rates, running = np.repeat([0.5, 0.12, 0.15], [120, 113, 7]), [120, 113, 7]
    headache = (rng.random(240) < rates).astype(float)
    stopped = table_of(headache, **{"course.one": np.repeat([0.0, 1.0, 0.0], running)})
    goes_on = table_of(headache, **{"course.one": np.repeat([0.0, 1.0, 1.0], running)})
    after, during = burden(stopped).effect, burden(goes_on).effect
    assert after is not None and during is not None
    assert after.value > during.value + 1


def test_days_with_medicine_follow_the_outlook_that_knows_the_course() -> None:
    rng = np.random.default_rng(2)
    headache = (rng.random(240) < np.repeat([0.5, 0.2], [170, 70])).astype(float)
    columns = {"acute.triptan": headache.copy()}
    course = {"course.one": np.repeat([0.0, 1.0], [150, 90])}
    (without,) = medicine_days(table_of(headache, **columns), limits={})
    (with_it,) = medicine_days(table_of(headache, **columns, **course), limits={})
    assert with_it.effect is not None and without.effect is not None
    assert with_it.effect.value < without.effect.value


# Against known truth.


@pytest.mark.parametrize("at_worst", [False, True])
def test_with_a_course_the_next_twenty_eight_days_are_said_without_bias_and_hold(
    at_worst: bool,
) -> None:
    """Left out, a course that helped makes the outlook too high by a day and a half."""
    world = courses_world(people=300, days=240, seed=31, at_worst=at_worst)
    came = world.lived[:, 240:].sum(1)
    told = outlook(world.headache, levels=world.course[..., None])
    blind = outlook(world.headache)
    inside = ((told.ends[:, 0] <= came) & (came <= told.ends[:, 1])).mean()
    assert 0.93 <= inside <= 0.99
    error = {name: one.counts.mean(1) - came for name, one in (("told", told), ("blind", blind))}
    assert abs(error["told"].mean()) < 0.8
    helped = world.effect < 0
    assert error["blind"][helped].mean() > error["told"][helped].mean() + 0.5
    assert np.abs(error["told"]).mean() < np.abs(error["blind"]).mean()


def test_the_next_twenty_eight_days_fall_inside_their_interval_as_often_as_it_says() -> None:
    for days in (30, 90, 180):
        world = courses_world(people=300, days=days, seed=days, at_worst=False, responders=0.0)
        found = outlook(world.headache)
        came = world.lived[:, days:].sum(1)
        inside = ((found.ends[:, 0] <= came) & (came <= found.ends[:, 1])).mean()
        assert found.converged.all()
        assert 0.92 <= inside <= 0.99, days


def test_many_people_at_once_are_answered_as_one_by_one() -> None:
    world = courses_world(people=3, days=120, seed=2, at_worst=False)
    together = outlook(world.headache, draws=20_000)
    for person in range(3):
        alone = outlook(world.headache[[person]], draws=20_000)
        assert alone.counts.mean() == pytest.approx(together.counts[person].mean(), abs=0.15)


# Days with acute medicine.


def medicated(*, free_days: float = 0.0, seed: int = 5) -> DayTable:
    """Return a diary whose person takes a triptan on most headache days."""
    rng = np.random.default_rng(seed)
    headache = np.zeros(200)
    for t in range(1, 200):
        headache[t] = rng.random() < (0.55 if headache[t - 1] else 0.25)
    taken = rng.random(200) < np.where(headache == 1, 0.8, free_days)
    return table_of(headache, **{"acute.triptan": taken.astype(float)})


def test_days_with_medicine_follow_from_headache_days_and_the_persons_own_habit() -> None:
    table = medicated()
    (found,) = medicine_days(table, limits={"triptan": (10,)})
    headaches = outlook(table["headache"][None], window=30)
    assert found.effect is not None and found.chances is not None
    assert found.effect.value == pytest.approx(0.8 * headaches.counts.mean(), rel=0.12)
    assert found.chances["at_least_10"] == pytest.approx(sum(found.distribution[10:]))
    assert len(found.distribution) == 31
    assert found.key == "medicine.triptan" and found.question == "medicine_days"


def test_medicine_taken_on_free_days_counts_as_well() -> None:
    (rare,), (often,) = (
        medicine_days(medicated(free_days=share), limits={}) for share in (0.0, 0.3)
    )
    assert rare.effect is not None and often.effect is not None
    assert often.effect.value > rare.effect.value + 3
    assert often.chances is None  # no limit was named


def test_every_limit_of_a_family_gets_its_chance() -> None:
    (found,) = medicine_days(medicated(), limits={"triptan": (10, 15)})
    assert found.chances is not None
    assert found.chances["at_least_10"] > found.chances["at_least_15"]


def test_days_on_which_medicine_was_not_asked_about_are_unknown() -> None:
    table = medicated()
    written = np.where(table["acute.triptan"] == 1, 1.0, NAN)
    table = DayTable({**table.columns, "acute.triptan": written}, table.labels, False)
    (found,) = medicine_days(table, limits={"triptan": (10,)})
    assert found.refusal is not None and found.refusal.reason == "too_many_missing"
    assert found.chances is None
    lately = written[-30:]
    assert found.effect is not None
    assert (found.effect.low, found.effect.high) == (np.nansum(lately), 30)


def test_a_family_that_was_never_taken_has_no_outlook() -> None:
    table = table_of(strip("..#" * 40), **{"acute.triptan": np.zeros(120)})
    assert medicine_days(table, limits={"triptan": (10,)}) == ()


def test_a_headache_every_day_is_counted_ahead_as_well() -> None:
    table = medicated(free_days=0.5)
    daily = DayTable(table.columns | {"headache": np.ones(len(table))}, table.labels, False)
    found = burden(daily)
    assert found.refusal is None and found.effect is not None and found.chances is not None
    assert found.effect.value > 26 and found.chances["at_least_15"] > 0.97
    assert medicine_days(daily, limits={})[0].refusal is None


def test_a_diary_that_tells_only_when_medicine_was_taken_has_no_outlook_of_it() -> None:
    table = medicated()
    taken = np.where(table["acute.triptan"] == 1, 1.0, NAN)
    taken[-40:] = 1.0
    told = DayTable(table.columns | {"acute.triptan": taken}, table.labels, False)
    found = medicine_days(told, limits={"triptan": (10,)})[0]
    assert found.refusal is not None and found.refusal.reason == "too_many_missing"
