"""Candidate factors: as the reference has them, in agreement with the priors, and never as blame."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.knowledge.claim import Claim
from twofold.knowledge.factor import Factor, factors, modelling_rules, overall
from twofold.knowledge.load import claims, rows

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "factors.toml").read_text("utf-8"))
EXAMPLES = TABLE["example"]
FACTORS = list(factors().values())
NO_FACTOR = {"headache_to_mood"}
"""A claim about what follows a headache, not about what comes before one."""

SHARED = [claim for claim in claims().values() if claim.id in factors()]


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_a_factor_is_as_the_reference_has_it(example: dict[str, Any]) -> None:
    factor, expect = factors()[example["case"]["factor"]], example["expect"]
    assert factor.kind == expect["kind"]
    assert factor.log_odds == expect.get("log_odds")
    assert factor.log_odds_sd == expect.get("log_odds_sd")
    cited = " ".join(f"{source.title} {source.link}" for source in factor.sources)
    assert [one for one in expect["cites"] if one not in cited] == []


def test_every_claim_about_what_comes_before_a_headache_has_its_factor() -> None:
    assert set(claims()) - set(factors()) == NO_FACTOR


@pytest.mark.parametrize("claim", SHARED, ids=lambda claim: claim.id)
def test_claim_and_factor_say_the_same(claim: Claim) -> None:
    factor = factors()[claim.id]
    assert factor.factor_class == claim.claim_class
    if claim.log_odds is not None:
        assert (factor.log_odds, factor.log_odds_sd) == (claim.log_odds, claim.log_odds_sd)


@pytest.mark.parametrize("row", rows("claims", "claim"), ids=lambda row: row["id"])
def test_a_claims_kind_is_its_factors_kind(row: dict[str, Any]) -> None:
    if row["id"] not in NO_FACTOR and "kind" in row:
        assert factors()[row["id"]].kind == row["kind"]


@pytest.mark.parametrize("claim", SHARED, ids=lambda claim: claim.id)
def test_a_prior_never_points_against_what_studies_found(claim: Claim) -> None:
    """A prior that a statistics rule states directly may be 0 where the factor's is not."""
    factor = factors()[claim.id]
    if claim.m and factor.log_odds:
        assert (claim.m > 0) == (factor.log_odds > 0)
    if factor.direction == "fewer":
        assert claim.m < 0
    if factor.direction == "none":
        assert claim.m == 0


@pytest.mark.parametrize("claim", SHARED, ids=lambda claim: claim.id)
def test_claim_and_factor_rest_on_a_source_in_common(claim: Claim) -> None:
    named = {source.title for source in claim.sources if source.title != "not found"}
    behind = {source.title for source in factors()[claim.id].sources}
    assert bool(named) == bool(behind)
    if named:
        assert named & behind


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.id)
def test_an_early_sign_is_never_something_to_avoid(factor: Factor) -> None:
    if factor.kind in ("P", "P/M"):
        assert factor.use == "early sign" and not factor.may_be_avoided
        assert factor.factor_class in ("ambiguous", "sign")
    if factor.factor_class in ("ambiguous", "sign", "exogenous"):
        assert not factor.may_be_avoided


def test_what_a_person_cannot_change_is_never_something_to_avoid() -> None:
    assert not any(one.may_be_avoided for one in FACTORS if one.modifiable != "yes")
    assert not any(one.may_be_avoided for one in FACTORS if one.direction == "fewer")
    assert factors()["alcohol_five_drinks"].may_be_avoided


def test_the_label_is_the_one_that_the_person_reads_elsewhere() -> None:
    for claim in SHARED:
        assert factors()[claim.id].label == claim.label


@pytest.mark.parametrize(
    ("finding", "number", "link"),
    [
        ("named_any", "81 % (75–86)", "10.1177/0333102417727535"),
        ("named_stress_sleep", "58 % (53–63)", "10.1177/0333102417727535"),
        ("named_stress_sleep", "41 % (36–47)", "10.1177/0333102417727535"),
        ("asking_more", "1.18 a category (1.08–1.30)", "10.1177/0333102417727535"),
        ("stress_forecast", "0.65 in validation (95 people, 4626 days)", "PMC5950708"),
        ("several_things", "178 people, 1870 events", "10.1111/head.13960"),
        ("early_sign", "53 people", "10.1007/s00415-020-10344-1"),
    ],
)
def test_what_studies_say_of_all_factors_has_its_number_and_its_source(
    finding: str, number: str, link: str
) -> None:
    row = overall()[finding]
    assert number in row.effect
    assert any(link in source.link for source in row.sources)


def test_there_are_nine_modelling_rules_and_the_stricter_count_of_days_holds() -> None:
    assert list(modelling_rules()) == [f"R{number}" for number in range(1, 10)]
    assert "8 days with the factor and 8 without" in modelling_rules()["R4"].stricter
    assert [one.id for one in modelling_rules().values() if one.stricter] == ["R4"]


BLAME = re.compile(r"\btriggers?\b|\bcauses?\b|\babuse\b|\bfault\b|\bfailed\b|\byou should\b", re.I)


def test_no_word_for_a_factor_blames_or_diagnoses() -> None:
    words = [f"{one.label} {one.effect} {one.only_if}" for one in FACTORS]
    words += [f"{one.says} {one.effect}" for one in overall().values()]
    assert [one for one in words if BLAME.search(one)] == []
