"""What must be said first: the signed table of examples, case by case."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twofold.diary.case import Case
from twofold.facts.answers import of_case
from twofold.intake.case_file import case_of
from twofold.safety.assess import Safety, assess

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "safety.toml").read_text("utf-8"))
EXAMPLES = TABLE["example"]


def told(case: dict[str, Any]) -> Safety:
    read: Case = case_of(case)
    assert read.not_read == ()
    return assess(of_case(read), country="DE")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_each_case_gets_the_page_and_the_signs_that_the_table_says(example: dict[str, Any]) -> None:
    expect, safety = dict(example["expect"]), told(example["case"])
    assert expect, "an example that expects nothing cannot fail"
    for key, value in expect.items():
        assert CHECKS[key](safety, value), (key, value, seen(safety))


def seen(safety: Safety) -> dict[str, Any]:
    return {
        "flow": safety.flow,
        "ids": safety.ids,
        "must_ask": safety.must_ask,
        "tiers": {flag.id: flag.tier for flag in safety.flags},
        "ask_first": safety.ask_first,
    }


def page_text(safety: Safety) -> str:
    return " ".join(safety.page.lines()) if safety.page else ""


CHECKS = {
    "flow": lambda s, v: s.flow == v,
    "ids": lambda s, v: [one for one in s.ids if one in v] == v,
    "ids_are": lambda s, v: list(s.ids) == v,
    "not_ids": lambda s, v: not set(s.ids) & set(v),
    "triggers": lambda s, v: list(s.triggers) == v,
    "heading": lambda s, v: s.page is not None and s.page.heading == v,
    "hides_options": lambda s, v: s.hides_options is v,
    "opens_page": lambda s, v: s.opens_page is v,
    "asks": lambda s, v: v.items() <= {flag.id: list(flag.ask) for flag in s.flags}.items(),
    "could_be_nothing": lambda s, v: (
        [(f.could_be, f.ask) for f in s.flags if f.id in v] == [(None, ())]
    ),
    "must_ask": lambda s, v: list(s.must_ask) == v,
    "ask_first": lambda s, v: set(v) <= set(s.ask_first),
    "ask_first_is": lambda s, v: list(s.ask_first) == v and list(s.ask) == v,
    "not_says": lambda s, v: not any(words in " ".join(s.lines()) for words in v),
    "not_ask_first": lambda s, v: not set(v) & set(s.ask_first),
    "buttons": lambda s, v: s.page is not None and len(s.page.buttons) == v,
    "asks_again": lambda s, v: s.page is not None and s.page.asks_again is v,
    "page_says": lambda s, v: all(words in page_text(s) for words in v),
    "says": lambda s, v: all(words in " ".join(s.lines()) for words in v),
    "flags": lambda s, v: v.items() <= {flag.id: flag.tier for flag in s.flags}.items(),
    "could_be": lambda s, v: v.items() <= {flag.id: flag.could_be for flag in s.flags}.items(),
}
