"""Each simulated world is what its name says; the base world is that of the statistics sheet, C0."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from worlds import WORLDS, Lives, simulate
from worlds.live import MOVERS

from twofold.knowledge.load import claims

PEOPLE, SEED = 400, 31


@cache
def lives_of(name: str, days: int = 90, people: int = PEOPLE) -> Lives:
    return simulate(WORLDS[name], people=people, days=days, seed=SEED)


def within_person_auc(headache: np.ndarray, chance: np.ndarray) -> float:
    """Return the mean over people of the share of pairs that are in order."""
    each = []
    for lived, said in zip(headache, chance, strict=True):
        yes, no = int(lived.sum()), int((1 - lived).sum())
        if yes and no:
            ranks = np.argsort(np.argsort(said)) + 1
            above = ranks[lived == 1].sum() - yes * (yes + 1) / 2
            each.append(above / (yes * no))
    return float(np.mean(each))


def onsets(headache: np.ndarray) -> float:
    return float(((headache[:, 1:] == 1) & (headache[:, :-1] == 0)).sum(1).mean())


def test_the_base_world_prints_and_keeps_its_figures() -> None:
    lives = lives_of("base", people=1500)
    truth, lived = lives.truth, lives.truth.headache[:, :90]
    gone = np.isnan(lives.columns["headache"])
    figures = {
        "attack days": lived.mean(),
        "onsets in 90 days": onsets(lived),
        "oracle AUC": within_person_auc(truth.headache[:, 1:], truth.chance[:, 1:]),
        "missing": gone.mean(),
        "missing on attack days": gone[lived == 1].mean(),
        "real effects": (truth.effect != 0).sum(1).mean() + (truth.mood_to_headache > 0).mean(),
    }
    print({name: round(float(value), 3) for name, value in figures.items()})
    assert figures["attack days"] == pytest.approx(0.24, abs=0.02)
    assert 9 <= figures["onsets in 90 days"] <= 11
    assert 0.71 <= figures["oracle AUC"] <= 0.76
    assert figures["missing"] == pytest.approx(0.24, abs=0.02)
    assert figures["missing on attack days"] == pytest.approx(0.37, abs=0.03)
    assert figures["real effects"] == pytest.approx(3.15, abs=0.25)


def test_a_year_of_the_base_world_keeps_them_too() -> None:
    lives = lives_of("base", 365, 300)
    truth = lives.truth
    assert truth.headache.mean() == pytest.approx(0.24, abs=0.02)
    assert 0.71 <= within_person_auc(truth.headache[:, 1:], truth.chance[:, 1:]) <= 0.76


@pytest.mark.parametrize("name", list(WORLDS))
def test_the_true_chances_are_calibrated_in_every_tenth(name: str) -> None:
    truth = lives_of(name).truth
    lived = truth.headache[:, 1:].ravel()
    for chance in (truth.chance, truth.chance_with_signs, truth.morning_chance):
        said = chance[:, 1:].ravel()
        tenth = np.digitize(said, np.quantile(said, np.arange(0.1, 1, 0.1)))
        for here in (tenth == one for one in range(10)):
            noise = np.sqrt((said[here] * (1 - said[here])).sum()) / here.sum()
            assert abs((lived[here] - said[here]).mean()) < 4.5 * noise


def test_knowing_more_never_makes_the_oracle_worse() -> None:
    truth = lives_of("base").truth
    lived = truth.headache[:, 1:]
    evening, morning, signs = (
        float(((lived - chance[:, 1:]) ** 2).mean())
        for chance in (truth.chance, truth.morning_chance, truth.chance_with_signs)
    )
    assert morning < evening
    assert signs < evening


def test_the_same_seed_gives_the_same_lives_and_more_days_only_add_to_them() -> None:
    short, again = (simulate(WORLDS["base"], people=20, days=40, seed=5) for _ in range(2))
    long = simulate(WORLDS["base"], people=20, days=80, seed=5)
    assert np.array_equal(short.truth.headache, again.truth.headache)
    assert np.array_equal(short.truth.headache, long.truth.headache[:, : 40 + 28])


def test_every_candidate_has_the_class_and_lag_that_the_engine_is_told() -> None:
    told = claims()
    for factor in lives_of("base").factors:
        if factor.claim is not None:
            assert (factor.claim_class, factor.lag) == (
                told[factor.claim].claim_class,
                told[factor.claim].lag,
            )


def test_there_are_27_candidates() -> None:
    factors = lives_of("base").factors
    assert len(factors) + 1 == 27  # and mood
    assert sum(one.claim is None for one in factors) == 2
    assert 8 <= sum(one.change != 0 for one in MOVERS) <= 12  # marked by the headache's own day


def test_nothing_comes_before_anything_in_the_null_world() -> None:
    truth = lives_of("null").truth
    assert not truth.effect.any()
    assert not truth.mood_to_headache.any()
    assert not truth.headache_to_mood.any()


def test_half_and_double_worlds_scale_every_effect() -> None:
    base, half, double = (lives_of(name).truth.effect for name in ("base", "half", "double"))
    assert np.allclose(half, base / 2)
    assert np.allclose(double, base * 2)


def test_three_effects_in_ten_are_flipped_in_the_flipped_world() -> None:
    base, flipped = lives_of("base").truth.effect, lives_of("flipped").truth.effect
    real = base != 0
    assert np.allclose(np.abs(base), np.abs(flipped))
    assert (flipped[real] == -base[real]).mean() == pytest.approx(0.3, abs=0.05)


def test_the_wrong_evidence_world_tells_other_claims_and_lives_the_same_days() -> None:
    told, lives = claims(), lives_of("wrong_evidence")
    wrong = lives.claims(told)
    ids = [one.claim for one in lives.factors if one.claim]
    assert np.array_equal(lives.truth.headache, lives_of("base").truth.headache)
    assert sorted((wrong[one].pi, wrong[one].m) for one in ids) == sorted(
        (told[one].pi, told[one].m) for one in ids
    )
    assert sum((wrong[one].pi, wrong[one].m) != (told[one].pi, told[one].m) for one in ids) > 15
    assert lives_of("base").claims(told) == told


@pytest.mark.parametrize(
    ("name", "share"), [("mnar_none", 0.22), ("mnar_base", 0.37), ("mnar_strong", 0.63)]
)
def test_headache_days_are_left_out_as_often_as_the_world_says(name: str, share: float) -> None:
    lives = lives_of(name)
    lived = lives.truth.headache[:, :90] == 1
    assert np.isnan(lives.columns["headache"][lived]).mean() == pytest.approx(share, abs=0.03)


def test_the_sparse_and_the_chronic_world_are_sparse_and_chronic() -> None:
    assert 2.3 <= onsets(lives_of("sparse").truth.headache[:, :90]) <= 3.7
    assert lives_of("chronic").truth.headache.mean() >= 0.6


def test_severity_rises_with_its_causes_in_the_chronic_world() -> None:
    lives = lives_of("chronic")
    at = [one.column for one in lives.factors].index("factor.stress_high")
    effect = lives.truth.severity_effect[:, at]
    stress = lives.columns["factor.stress_high"][:, :-1]
    severity = lives.columns["severity"][:, 1:]
    slopes = []
    for person in np.flatnonzero(effect > 0.3):
        both = np.isfinite(stress[person] + severity[person])
        slopes.append(np.polyfit(stress[person][both], severity[person][both], 1)[0])
    assert np.mean(slopes) == pytest.approx(effect[effect > 0.3].mean(), abs=0.12)


def test_a_treatment_changes_what_the_world_says_it_changes() -> None:
    """Against the same people, same luck, never treated."""
    world = replace(WORLDS["treatment"], ramp_days=1)
    treated = simulate(world, people=PEOPLE, days=240, seed=SEED)
    never = simulate(replace(world, responders=0.0), people=PEOPLE, days=240, seed=SEED)
    truth, fewer = treated.truth, []
    for person in np.flatnonzero(truth.is_responder):
        since = truth.treatment_start[person]
        gap = (
            treated.truth.headache[person, since:].mean()
            - never.truth.headache[person, since:].mean()
        )
        fewer.append(28 * gap)
    assert np.mean(fewer) == pytest.approx(
        truth.treatment_change[truth.is_responder].mean(), abs=0.35
    )
    assert not truth.treatment_change[~truth.is_responder].any()


def test_treatment_at_the_worst_time_looks_better_than_it_is() -> None:
    lives = lives_of("treatment_worst", 240)
    truth = lives.truth
    useless = np.flatnonzero(~truth.is_responder)
    starts = truth.treatment_start[useless]
    assert starts.min() >= 60
    assert starts.max() <= 240 - 60
    lived = truth.headache[useless]
    earlier = np.mean([row[at - 28 : at].mean() for row, at in zip(lived, starts, strict=True)])
    later = np.mean([row[at : at + 28].mean() for row, at in zip(lived, starts, strict=True)])
    assert later < 0.75 * earlier


def test_mood_is_a_whole_number_and_lower_after_headaches_where_it_carries_over() -> None:
    lives = lives_of("base", 365, 300)
    mood, lived = lives.columns["mood"], lives.truth.headache[:, :365]
    assert set(np.unique(mood[np.isfinite(mood)])) <= set(range(11))
    after = (lived[:, :-1] == 1) & (lived[:, 1:] == 0)
    free = (lived[:, :-1] == 0) & (lived[:, 1:] == 0)
    carries = lives.truth.headache_to_mood > 0
    tomorrow = mood[:, 1:]
    gap = {
        who: np.nanmean(tomorrow[rows][free[rows]]) - np.nanmean(tomorrow[rows][after[rows]])
        for who, rows in (("carries", carries), ("not", ~carries))
    }
    assert gap["carries"] > gap["not"] + 0.7


def test_signs_come_before_headaches_and_move_nothing() -> None:
    lives = lives_of("base")
    lived = lives.truth.headache[:, :90]
    begins = (lived[:, :-1] == 0) & (lived[:, 1:] == 1)
    neck = lives.columns["factor.neck_pain"][:, :-1]
    assert np.nanmean(neck[begins]) > np.nanmean(neck[~begins]) + 0.1
    signs = [i for i, one in enumerate(lives.factors) if one.column == "factor.neck_pain"]
    assert not lives.truth.effect[:, signs].any()


def test_effects_act_two_days_later_in_the_two_day_lag_world() -> None:
    lives = lives_of("two_day_lag", 365, 300)
    at = [one.column for one in lives.factors].index("factor.stress_let_down")
    has = lives.truth.effect[:, at] > 0.2
    lived, let_down = lives.truth.headache[has, :365], lives.columns["factor.stress_let_down"][has]
    rises = []
    for lag in (1, 2):
        day = np.arange(3, 365)
        at_risk = lived[:, day - 1] == 0
        exposed = let_down[:, day - lag]
        begins = lived[:, day]
        with_it = begins[at_risk & (exposed == 1)].mean()
        rises.append(with_it - begins[at_risk & (exposed == 0)].mean())
    assert rises[1] > 0.1
    assert rises[1] > rises[0] + 0.05


def test_a_person_is_a_day_table_of_the_schema() -> None:
    lives = lives_of("treatment")
    table = lives.table(3)
    assert len(table) == 90
    assert not table.is_dated
    assert [one.column for one in table.factors] == [one.column for one in lives.factors]
    assert np.nansum(table["course.preventive"]) == 90 - lives.truth.treatment_start[3]
