"""Tomorrow, asked of every real set: a chance is shown only where it has beaten the person's own rate.

How good the forecasts are is not fixed here but printed in ``docs/real.md``;
these sentences must hold whatever the equations become.
"""

from __future__ import annotations

import csv
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from twofold.inference.answer import find
from twofold.knowledge.load import claims

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from real import anchors, floor, measures, n1cox, no_days  # noqa: E402
from real.floor import WITH_DAYS, Asked  # noqa: E402

SETS = {module.FOLDER: module for module in WITH_DAYS}
WITH_HEADACHE = [name for name in SETS if name != "jang2024_panic_mood"]


@cache
def asked(data: Path, folder: str) -> Asked:
    return floor.ask(SETS[folder].read(data), claims())


def raw(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def known_days(one: Asked) -> int:
    return sum(int(np.isfinite(each.table["headache"]).sum()) for each in one.real.people)


def test_every_folder_of_diaries_is_asked_or_named_as_one_without_days(shared_data: Path) -> None:
    no_diaries = {"genetics", "microbiome", "meta", "imports"}
    folders = {one.name for one in shared_data.iterdir() if one.is_dir()}
    told = set(SETS) | {one.folder for one in no_days.read(shared_data)}
    assert told == folders - no_diaries


def test_the_days_of_kostecki_and_dillon_are_those_of_the_file(shared_data: Path) -> None:
    rows = raw(shared_data / "kostecki_dillon_migraine" / "KosteckiDillon.csv")
    one = asked(shared_data, "kostecki_dillon_migraine")
    assert len(one.real.people) == len({row["id"] for row in rows}) == 89
    assert known_days(one) == len({(row["id"], row["time"]) for row in rows}) == 2884


def test_the_days_at_risk_of_four_people_are_those_of_the_file(shared_data: Path) -> None:
    rows = raw(shared_data / "n1coxeval_migraine_cases" / "case_study_data.csv")
    one = asked(shared_data, "n1coxeval_migraine_cases")
    assert known_days(one) == len(rows) == 311
    attacks = sum(np.nansum(each.table["headache"]) for each in one.real.people)
    assert attacks == sum(float(row["mig.ind"]) for row in rows) == 81


def test_yesterdays_stress_stands_on_the_day_before_its_row(shared_data: Path) -> None:
    rows = raw(shared_data / "n1coxeval_migraine_cases" / "case_study_data.csv")
    table = asked(shared_data, "n1coxeval_migraine_cases").real.people[0].table
    first = next(row for row in rows if row["id"] == "545.0" and row["day"] == "10.0")
    assert table["headache"][10] == 1
    assert table["factor.stress"][9] == float(first["stress_global_lag1"])


@pytest.mark.parametrize("folder", WITH_HEADACHE)
def test_a_chance_for_tomorrow_is_shown_only_where_it_beat_the_persons_own_rate(
    shared_data: Path, folder: str
) -> None:
    for each in asked(shared_data, folder).forecasts:
        if each is not None and each.is_shown:
            loss, plain, _ = floor.losses(each)
            assert len(loss) >= 30
            assert measures.skill(loss, plain) > 0
            assert each.finding.skill == pytest.approx(measures.skill(loss, plain))


@pytest.mark.parametrize("folder", WITH_HEADACHE)
def test_a_hidden_chance_has_its_reason_and_no_number(shared_data: Path, folder: str) -> None:
    for findings in asked(shared_data, folder).findings:
        tomorrow = findings.tomorrow
        assert (tomorrow.refusal is None) == (tomorrow.effect is not None)
        assert (tomorrow.verdict == "not_yet") == (tomorrow.refusal is not None)


@pytest.mark.parametrize("folder", WITH_HEADACHE)
def test_every_chance_is_a_chance_and_every_forecast_day_has_an_outcome(
    shared_data: Path, folder: str
) -> None:
    for each in asked(shared_data, folder).forecasts:
        assert each is not None, "an equation did not settle"
        for said in each.all_said:
            assert ((said > 0) & (said < 1)).all()
        assert np.isin(each.outcome, (0, 1)).all()


@pytest.mark.parametrize("folder", list(SETS))
def test_no_finding_of_a_real_diary_holds_a_number_that_is_none(
    shared_data: Path, folder: str
) -> None:
    for findings in asked(shared_data, folder).findings:
        for one in findings.all():
            effect = (
                () if one.effect is None else (one.effect.value, one.effect.low, one.effect.high)
            )
            numbers = (one.p_real, one.prior, one.usual, one.skill, *effect)
            assert all(np.isfinite(number) for number in numbers if number is not None)


def test_nobody_is_forecast_whose_headaches_were_never_asked_about(shared_data: Path) -> None:
    one = asked(shared_data, "jang2024_panic_mood")
    reasons = {each.tomorrow.refusal and each.tomorrow.refusal.reason for each in one.findings}
    assert reasons == {"nothing_recorded"}
    assert not one.made


def test_no_factor_of_a_real_diary_is_called_clear(shared_data: Path) -> None:
    """Two of these sets are too short to be clear, and the others were honest nulls before."""
    for folder in WITH_HEADACHE:
        for findings in asked(shared_data, folder).findings:
            assert all(one.verdict != "established" for one in findings.factors)


def test_stress_against_the_literature_is_neither_buried_nor_claimed(shared_data: Path) -> None:
    """Person 3211's own days (log-odds −2, p = .007) point against what studies say of stress."""
    rows = n1cox.cases(shared_data)["3211"]
    stress = next(
        one for one in find(n1cox.risk_set(rows), claims()).factors if one.subject == "stress"
    )
    assert stress.p_real is not None and stress.prior is not None and stress.effect is not None
    assert stress.prior < stress.p_real < 0.8
    assert stress.effect.value < 1
    assert stress.verdict in ("undecided", "suspect")


def test_kossakowski_shows_no_arrow_in_either_direction(shared_data: Path) -> None:
    for one in asked(shared_data, "kossakowski2017").findings[0].coupling:
        assert one.verdict in ("undecided", "unlikely")


def test_headaches_of_89_people_persist_about_as_they_were_found_to(shared_data: Path) -> None:
    people = asked(shared_data, "kostecki_dillon_migraine").real.people
    middle, spread = anchors.persistence([one.table["headache"] for one in people])
    assert 0.6 < middle < 1.2
    assert 0.1 < spread < 0.6


def test_the_mood_of_nobody_is_forecast_with_days_that_came_later(shared_data: Path) -> None:
    person = asked(shared_data, "kossakowski2017").real.people[0]
    whole, early = (
        floor.mood_forecasts(type(person)(person.name, person.table.rows(0, stop)))
        for stop in (155, 100)
    )
    assert whole is not None and early is not None
    assert whole.said[: len(early.said)] == pytest.approx(early.said, abs=1e-9)


def test_an_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    chance = np.array([0.1, 0.4, 0.4, 0.6, 0.9, 0.2, 0.3, 0.8, 0.5, 0.7])
    outcome = np.array([0, 0, 1, 1, 1, 0, 0, 1, 0, 1.0])
    pairs = [(a > b) + 0.5 * (a == b) for a in chance[outcome == 1] for b in chance[outcome == 0]]
    assert measures.auc(chance, outcome) == pytest.approx(np.mean(pairs))
    assert np.isnan(measures.auc(chance[:6], outcome[:6]))


def test_chances_that_are_right_have_slope_one_and_only_the_error_of_luck() -> None:
    rng = np.random.default_rng(3)
    chance = rng.uniform(0.05, 0.6, 20000)
    outcome = (rng.random(20000) < chance).astype(float)
    line = measures.line(chance, outcome)
    assert line is not None and line.slope == pytest.approx(1, abs=0.06)
    assert line.slope_span[0] < 1 < line.slope_span[1]
    luck = measures.calibration_error_by_luck(chance)
    assert measures.calibration_error(chance, outcome) == pytest.approx(luck, abs=0.006)
    assert measures.calibration_error(chance + 0.1, outcome) == pytest.approx(0.1, abs=0.01)


def test_the_interval_of_a_skill_holds_the_skill_and_draws_whole_weeks() -> None:
    rng = np.random.default_rng(4)
    week = np.repeat(np.arange(30), 7)
    loss, plain = rng.random(210) * 0.8, rng.random(210)
    low, high = measures.skill_span(loss, plain, week)
    assert low < measures.skill(loss, plain) < high
    alike = np.repeat(rng.random(30), 7)
    low_of_alike, high_of_alike = measures.skill_span(0.5 * alike, alike, week)
    assert low_of_alike == pytest.approx(0.5) and high_of_alike == pytest.approx(0.5)


def test_the_markov_chain_of_a_day_knows_only_the_days_before_it() -> None:
    headache = np.array([0, 1, 1, 0, np.nan, 0, 1, 0, 0, 1.0])
    chances = measures.running_chain(headache)
    assert np.isnan(chances[4])
    assert chances[2] == pytest.approx((1 + 0.5) / (1 + 1))
    assert chances[6] == pytest.approx((1 + 0.5) / (2 + 1))
    for stop in range(1, 10):
        early = measures.running_chain(headache[:stop])
        assert np.array_equal(early, chances[:stop], equal_nan=True)
