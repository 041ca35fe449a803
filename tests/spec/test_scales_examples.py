"""Questionnaires as a clinician would check them: one row of the table, one outcome."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.diary.item9 import answer_of
from twofold.facts.scale_change import ScaleChange, change
from twofold.facts.scales import score_written, total_only
from twofold.facts.score import Score

TABLE = tomllib.loads(
    (Path(__file__).parent / "tables" / "scales.toml").read_text(encoding="utf-8")
)
EXAMPLES = TABLE["example"]
SCORES = [one for one in EXAMPLES if "written" in one["case"]]
CHANGES = [one for one in EXAMPLES if "before" in one["case"]]


def ids(examples: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in examples]


@pytest.mark.parametrize("example", SCORES, ids=ids(SCORES))
def test_a_filled_in_questionnaire_says(example: dict[str, Any]) -> None:
    case = example["case"]
    found = scored(score_written(case["scale"], case["written"]))
    assert {key: found[key] for key in example["expect"]} == example["expect"]


@pytest.mark.parametrize("example", CHANGES, ids=ids(CHANGES))
def test_two_scores_compared_say(example: dict[str, Any]) -> None:
    case = example["case"]
    before, after = (total_only(case["scale"], case[key]) for key in ("before", "after"))
    found = compared(change(before, after))
    assert {key: found[key] for key in example["expect"]} == example["expect"]


def test_every_example_is_read_and_has_an_id_of_its_own() -> None:
    assert len(SCORES) + len(CHANGES) == len(EXAMPLES) == len(set(ids(EXAMPLES)))


def scored(score: Score) -> dict[str, Any]:
    """Give a score in the words of the table."""
    item9 = answer_of(score.item9)
    return {
        "total": "none" if score.total is None else score.total,
        "band": score.band or "none",
        "is_estimated": score.is_estimated,
        "is_imported": score.is_imported,
        "missing": list(score.missing),
        "parts": {part.name: "none" if part.total is None else part.total for part in score.parts},
        "item9": "not asked" if item9 is None else item9,
        "safety": score.safety,
        "asks": list(score.asks),
        "notes": [note.id for note in score.notes],
        "offers": list(score.offers),
        "warnings": len(score.warnings),
        "least": score.least,
        "most": score.most,
    }


def compared(found: ScaleChange) -> dict[str, Any]:
    """Give a change in the words of the table."""
    assert found.percent is not None
    told = {True: True, False: False, None: "cannot tell"}
    return {
        "points": found.points,
        "percent": round(found.percent),
        "direction": found.direction,
        **{
            kind: told[found.reaches(kind)]
            for kind in ("meaningful", "noticed", "response", "remission")
        },
    }
