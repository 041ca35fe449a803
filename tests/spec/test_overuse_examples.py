"""Overuse, example by example: the tables a neurologist can sign."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.facts.answers import of_case
from twofold.facts.overuse import Overuse, overuse
from twofold.intake.case_file import case_of

TABLE = Path(__file__).parent / "tables" / "overuse.toml"
EXAMPLES = tomllib.loads(TABLE.read_text(encoding="utf-8"))["example"]
UNKNOWN = "unknown"


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_the_days_of_a_case_stand_where_the_table_says(example: dict[str, Any]) -> None:
    found = overuse(of_case(case_of(example["case"])))
    assert told(found, example["expect"]) == example["expect"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_every_sentence_about_a_case_is_whole(example: dict[str, Any]) -> None:
    said = overuse(of_case(case_of(example["case"]))).lines()
    assert said and all(line.endswith(".") for line in said)
    assert not [line for line in said if "None" in line or "{" in line or "  " in line]


def test_the_sentences_name_the_days_and_the_level() -> None:
    said = overuse(of_case(case_of({"triptan_days": 8, "unknown_days": 1, "painkiller": 9})))
    assert said.lines()[0].startswith("Days a month with a triptan: 8 to 9. This is near the level")
    assert "10 or 15 days" in said.lines()[1]


def told(found: Overuse, expect: dict[str, Any]) -> dict[str, Any]:
    """Return what was found about the keys that an example speaks of."""
    tiers = {one.family: one.tier for one in found.families}
    least, most = found.total_least, found.total_most
    every = {
        "ids": list(found.ids),
        "so_far": list(found.so_far),
        "pattern": UNKNOWN if found.is_pattern is None else found.is_pattern,
        "total": least if least == most else [least, most],
        "tier": {name: tiers.get(name) for name in expect.get("tier", {})},
        "ask": list(found.ask),
        "note": expect.get("note") if expect.get("note", "") in " ".join(found.lines()) else None,
    }
    return {key: every[key] for key in expect}


def test_no_case_of_the_table_was_read_in_part() -> None:
    assert not [one["id"] for one in EXAMPLES if case_of(one["case"]).not_read]
