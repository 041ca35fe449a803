"""The tables: every row has a source, a confidence and a date; priors follow one stated rule."""

from __future__ import annotations

import re

import pytest

from twofold.knowledge import load
from twofold.knowledge.claim import Claim
from twofold.knowledge.figure import GroupFigure
from twofold.knowledge.medicine import named

CLAIMS = sorted(load.claims().values(), key=lambda claim: claim.id)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_claim_carries_source_confidence_and_date(claim: Claim) -> None:
    assert claim.sources and claim.confidence in ("high", "medium", "low")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", claim.checked)
    assert 0 < claim.pi < 1 and claim.tau >= 0.3 and claim.n0 >= 10
    assert claim.lag in (0, 1, 2)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_only_the_clock_the_weather_the_cycle_and_last_night_may_act_on_the_same_day(
    claim: Claim,
) -> None:
    nights = {"sleep_quality_poor", "sleep_short", "sleep_long"}
    if claim.lag == 0:
        assert claim.claim_class == "exogenous" or claim.id in nights


# The sheet's own numbers, typed here once more: mean and sd of the log-odds, and the kind.
SHEET = [
    ("stress_high", 0.25, 0.4, 0.25),
    ("stress_let_down", 0.3, 0.45, 0.30),
    ("sleep_quality_poor", 0.2, 0.35, 0.30),
    ("sleep_long", 0.1, 0.4, 0.15),
    ("oestrogen_free_week", 0.4, 0.4, 0.30),
    ("meal_skipped", 0.3, 0.4, 0.25),
    ("dehydration", 0.1, 0.4, 0.15),
    ("caffeine_rise", 0.1, 0.4, 0.15),
    ("caffeine_drop", 0.3, 0.4, 0.30),
    ("chocolate", 0.0, 0.3, 0.10),
    ("aged_food", 0.0, 0.35, 0.05),
    ("light_bright", 0.1, 0.4, 0.10),
    ("weather_pressure_fall", 0.05, 0.25, 0.20),
    ("air_pollution", 0.05, 0.3, 0.15),
    ("travel", 0.1, 0.4, 0.15),
    ("exercise_unusual", 0.05, 0.4, 0.15),
    ("exercise_regular", -0.15, 0.3, 0.15),
    ("sleep_regular", -0.1, 0.3, 0.15),
    ("two_calm_days", -0.2, 0.3, 0.15),
    ("relaxation", -0.1, 0.3, 0.15),
]


@pytest.mark.parametrize(("claim_id", "mean", "sd", "pi"), SHEET)
def test_a_sheets_log_odds_become_a_prior_by_one_rule(
    claim_id: str, mean: float, sd: float, pi: float
) -> None:
    claim = load.claims()[claim_id]
    assert (claim.log_odds, claim.log_odds_sd, claim.pi) == (mean, sd, pi)
    expected = max(-0.45, min(0.45, mean * 0.4 / pi))
    assert claim.m == pytest.approx(expected)


@pytest.mark.parametrize(
    ("claim_id", "pi", "m"),
    [
        ("perimenstrual", 0.40, 0.28),
        ("alcohol", 0.05, 0.0),
        ("sleep_short", 0.10, 0.40),
        ("sleep_efficiency_low", 0.25, 0.33),
        ("mood_to_headache", 0.20, 0.30),
        ("headache_to_mood", 0.50, -0.30),
    ],
)
def test_priors_that_are_stated_directly_are_the_statistics_sheets(
    claim_id: str, pi: float, m: float
) -> None:
    assert (load.claims()[claim_id].pi, load.claims()[claim_id].m) == (pi, m)


@pytest.mark.parametrize(
    ("claim_id", "claim_class"),
    [
        ("neck_pain", "sign"),
        ("yawning", "sign"),
        ("chocolate", "ambiguous"),
        ("food_craving", "ambiguous"),
        ("light_bright", "ambiguous"),
        ("mood_to_headache", "ambiguous"),
        ("tiredness", "ambiguous"),
        ("alcohol", "behaviour"),
        ("weather_heat", "exogenous"),
        ("perimenstrual", "exogenous"),
    ],
)
def test_the_class_is_fixed_before_any_analysis(claim_id: str, claim_class: str) -> None:
    assert load.claims()[claim_id].claim_class == claim_class


def test_a_name_that_the_tables_do_not_hold_is_not_guessed() -> None:
    assert named("painkillers") is not None
    assert named("sumatripan") is None
    assert named(" Candesartan ") is not None
    assert named("candesartn") is None


FORBIDDEN = re.compile(
    r"you have (migraine|depression|chronic)|\bis safe\b|\bno risk\b|\btriggers?\b|\bcauses?\b"
    r"|\bbrings? on\b|\bleads? to\b|\babuse\b|\baddict|\bstreak|\boverdue\b"
    r"|\b(take|stop|reduce|switch|increase) (your|the|this|one|two)\b|suicide risk",
    re.IGNORECASE,
)


def sentences() -> list[str]:
    def walk(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [one for part in value.values() for one in walk(part)]
        return [one for part in value for one in walk(part)] if isinstance(value, list) else []

    return walk(load.wording("findings")) + [notice.text for notice in load.notices().values()]


@pytest.mark.parametrize("sentence", sentences())
def test_no_sentence_diagnoses_prescribes_promises_or_blames(sentence: str) -> None:
    assert not FORBIDDEN.search(sentence)


def test_what_may_be_an_early_sign_is_never_called_clear() -> None:
    words = load.wording("findings")
    for subject in ("ambiguous", "sign", "mood_to_headache"):
        assert "established" not in words[subject]
        assert not any("clear" in row["answer"].lower() for row in words[subject].values())


FIGURES = sorted(load.figures().values(), key=lambda figure: figure.id)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_every_figure_about_groups_has_its_source_and_speaks_of_other_people(
    figure: GroupFigure,
) -> None:
    assert figure.sources and figure.sources[0].section and figure.confidence in ("high", "medium")
    assert figure.usual[0] <= figure.usual[1]
    assert not re.search(r"\byour?\b", figure.sentence) and not FORBIDDEN.search(figure.sentence)


def test_a_person_reads_figures_about_people_with_as_many_headache_days_only() -> None:
    covered = [day for one in FIGURES for day in range(one.usual[0], one.usual[1] + 1)]
    assert set(covered) == set(range(29))
    chronic = [one for one in FIGURES if one.usual[0] >= 15]
    assert chronic and all("chronic" in one.sentence for one in chronic)


def test_no_figure_about_groups_is_a_prior() -> None:
    assert not set(load.figures()) & set(load.claims())
