"""The worked examples of the interaction tables: exactly what is expected, and nothing more."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from spec.interaction_cases import asked, checked, found

from twofold.knowledge.interaction import Example, Rule, rules

TABLE = tomllib.loads(
    (Path(__file__).parent / "tables" / "interactions.toml").read_text(encoding="utf-8")
)
OF_RULES = [(rule, example) for rule in rules() for example in rule.examples]


def _name(value: object) -> str | None:
    if isinstance(value, Rule):
        return value.id
    return ", ".join(value.medicines) if isinstance(value, Example) else None


@pytest.mark.parametrize("example", TABLE["example"], ids=lambda example: example["id"])
def test_a_worked_example_finds_exactly_what_it_says(example: dict[str, Any]) -> None:
    told = checked(example["medicines"], example.get("case"))
    assert {one.id: one.severity for one in told.found} == example["expect"]
    assert told.ids == tuple(one.id for one in told.found)
    assert [one.id for one in told.found if one.is_hard] == example.get("hard", [])
    for_clinicians = [one.id for one in told.found if one.audience == "clinician"]
    assert for_clinicians == example.get("clinician_only", [])


@pytest.mark.parametrize(("rule", "example"), OF_RULES, ids=_name)
def test_a_rule_speaks_where_its_table_says_so_and_is_silent_where_it_says_so(
    rule: Rule, example: Example
) -> None:
    told = checked(example.medicines, dict(example.case), locale=example.locale)
    speaks = found(told, rule.id)
    asks = asked(told, rule.id)
    if example.expects in ("none", "ask"):
        assert speaks is None
        assert bool(asks) or example.expects == "none"
    else:
        assert speaks is not None
        assert (speaks.severity, speaks.audience) == (example.expects, example.audience)
        assert example.is_hard in (None, speaks.is_hard)
    assert set(example.asks) <= asks


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_examples_where_it_speaks_and_where_it_is_silent(rule: Rule) -> None:
    expected = {example.expects for example in rule.examples}
    assert "none" in expected
    assert expected - {"none", "ask"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_case_of_a_rule_is_the_one_that_speaks_in_some_example(rule: Rule) -> None:
    spoken = {
        pair.case_id
        for example in rule.examples
        for one in checked(example.medicines, dict(example.case), locale=example.locale).found
        for pair in one.pairs
    }
    assert {clause.id for clause in rule.clauses} <= spoken


def _has_a_list(example: Example) -> bool:
    return any(isinstance(value, list) for _, value in example.case)


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        (rule, one)
        for rule, one in OF_RULES
        if one.expects not in ("none", "ask") and not _has_a_list(one)
    ],
    ids=_name,
)
def test_with_nothing_known_of_the_person_a_rule_speaks_or_asks_but_is_never_silent(
    rule: Rule, example: Example
) -> None:
    told = checked(example.medicines, locale=example.locale)
    assert found(told, rule.id) or asked(told, rule.id)


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, one) for rule, one in OF_RULES if one.case and one.expects == "none"],
    ids=_name,
)
def test_a_case_that_is_left_open_never_finds_what_the_answers_would_not_allow(
    rule: Rule, example: Example
) -> None:
    assert found(checked(example.medicines, locale=example.locale), rule.id) is None


SHEET = [
    *(f"SER-0{n}" for n in range(1, 10)),
    *(f"PK-{n:02}" for n in range(1, 21)),
    *("QT-01", "BLD-01", "BLD-02", "CNS-01", "CNS-02", "CNS-03", "CNS-04", "CNS-05"),
    *("BP-01", "BP-02", "BP-03", "BP-04", "BP-05", "NA-01"),
    *(f"DX-{n:02}" for n in range(1, 19)),
]


def test_every_rule_stands_in_the_tables_once_and_in_order() -> None:
    assert [rule.id for rule in rules()] == SHEET
