"""The worked examples of the headache patterns, as a clinician could sign them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.facts.answers import of_case
from twofold.facts.classification import Classification, classify
from twofold.intake.case_file import case_of

TABLE = tomllib.loads(
    (Path(__file__).parent / "tables" / "classification.toml").read_text(encoding="utf-8")
)
EXAMPLES = TABLE["example"]


def verdict(told: Classification, name: str) -> str:
    pattern, part = name.split(" ")
    return {one.id: one.verdict for one in told.pattern(pattern).criteria}[part]


_ASK: dict[str, Any] = {
    "ids": lambda told, wanted: sorted(told.ids),
    "fits": lambda told, wanted: sorted(set(told.fits) & set(wanted)),
    "flags": lambda told, wanted: {flag.id: flag.tier for flag in told.flags},
    "status": lambda told, wanted: {one: told.pattern(one).status for one in wanted},
    "verdicts": lambda told, wanted: {name: verdict(told, name) for name in wanted},
    "aside": lambda told, wanted: {one.id: one.rule for one in told.set_aside if one.id in wanted},
    "notes": lambda told, wanted: sorted({note.id for note in told.notes} & set(wanted)),
    "ask": lambda told, wanted: sorted(set(told.ask) & set(wanted)),
    "suppressed": lambda told, wanted: told.suppressed,
}


def in_order(wanted: Any) -> Any:
    return sorted(wanted) if isinstance(wanted, list) else wanted


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_the_answers_fit_what_the_table_says(example: dict[str, Any]) -> None:
    told = classify(of_case(case_of(example["case"])))
    expect = example["expect"]
    assert {key: _ASK[key](told, wanted) for key, wanted in expect.items()} == {
        key: in_order(wanted) for key, wanted in expect.items()
    }


def test_every_pattern_is_met_in_an_example_or_can_never_be() -> None:
    from twofold.knowledge.criterion import patterns

    met = {
        one.id
        for example in EXAMPLES
        for one in classify(of_case(case_of(example["case"]))).patterns
        if one.status == "met"
    }
    never = {one.id for one in patterns().values() if any(p.needs_examination for p in one.parts)}
    assert set(patterns()) - met == never
