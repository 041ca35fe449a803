"""Figures about groups: the reference's numbers, told as a link, with a range, and never about one person."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.knowledge.measure import Measure, measures

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "epidemiology.toml").read_text("utf-8"))
EXAMPLES = TABLE["example"]
MEASURES = list(measures().values())


def numbers(words: str) -> set[str]:
    joined = re.sub(r"(\d) (\d{3})\b", r"\1\2", words)
    return set(re.findall(r"\d+(?:\.\d+)?", joined))


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_a_figure_has_the_references_numbers_and_source(example: dict[str, Any]) -> None:
    measure, expect = measures()[example["case"]["measure"]], example["expect"]
    cited = " ".join(f"{source.title} {source.link}" for source in measure.sources)
    assert [one for one in expect["cites"] if one not in cited] == []
    told = f"{measure.topic} {measure.outcome} {measure.figure}"
    assert set(expect["numbers"]) - numbers(told) == set()


def test_every_figure_of_the_reference_is_there_and_no_other() -> None:
    assert {one["case"]["measure"] for one in EXAMPLES} == set(measures())


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_what_a_person_reads_has_no_number_that_the_study_does_not_have(measure: Measure) -> None:
    """Only rounded to whole people or one decimal: never more exact than the study."""
    known = {float(one) for one in numbers(f"{measure.outcome} {measure.figure}")} | {100.0}
    for said in re.findall(r"\d+(?:\.\d+)?", measure.says):
        places = len(said.partition(".")[2])
        assert any(abs(float(said) - one) <= 0.5001 * 10**-places for one in known), said


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_an_odds_or_rate_ratio_is_told_as_a_link(measure: Measure) -> None:
    if measure.says and re.search(r"\b(OR|HR|rG)\b", measure.figure):
        assert "linked" in measure.says.lower() or "genes" in measure.says


NEVER = re.compile(
    r"\bcauses?\b|\bleads? to\b|\bbecause of\b|\btriggers?\b|\byou\b|\byour\b|\d %|\brisk of suicide\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_a_figure_about_groups_never_speaks_of_a_cause_or_of_you(measure: Measure) -> None:
    assert not NEVER.search(measure.says)
    assert measure.outcome and measure.topic
    assert measure.note == "Most of these studies were of Western, white women."


@pytest.mark.parametrize(
    "measure", ["suicidal_thoughts", "childhood_adversity", "stroke_aura_oestrogen", "cgrp_cohort"]
)
def test_some_figures_are_not_for_a_person(measure: str) -> None:
    assert not measures()[measure].is_for_a_person


def test_a_figure_without_a_source_is_not_for_a_person() -> None:
    for measure in MEASURES:
        assert measure.is_for_a_person == bool(measure.says)
        if not measure.sources:
            assert not measure.is_for_a_person
