"""`twofold knowledge check`: what has no source, what is past its review, what nobody reviewed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.knowledge import load
from twofold.knowledge.check import Check, TableRow, check, check_of

DAY = dt.date(2026, 11, 22)
GOOD = {"title": "Yang 2016", "link": "https://doi.org/10.1017/thg.2016.46", "section": ""}


def row(*, room: str = "mechanisms", whole: dict[str, Any] | None = None, **own: Any) -> TableRow:
    """Make one row of a table that was checked on 22 November 2026."""
    table = {"reviewed": "not clinically reviewed yet", "checked": DAY} | (whole or {})
    return TableRow(room, f"{room}/made.toml", "edge", {"id": "made", **own}, table)


def looked_at(one: TableRow, *, days: int = 0) -> Check:
    return check_of([one], DAY + dt.timedelta(days=days))


CASES = [
    ("its source is not found", {"sources": "not found"}, "without_source"),
    ("it names no source, and its table neither", {}, "without_source"),
    (
        "its source has no name",
        {"sources": [{"title": "not found", "link": "not found", "section": ""}]},
        "without_source",
    ),
    (
        "its source has no address",
        {"sources": [{"title": "Mathé 1994", "link": "not found", "section": ""}]},
        "without_address",
    ),
    (
        "its source's address is empty",
        {"sources": [{"title": "Mathé 1994", "link": "", "section": ""}]},
        "without_address",
    ),
]


@pytest.mark.parametrize(("why", "own", "where"), CASES, ids=[case[0] for case in CASES])
def test_a_row_is_listed_when(why: str, own: dict[str, Any], where: str) -> None:
    found = looked_at(row(**own))
    assert [one.id for one in getattr(found, where)] == ["made"]


def test_a_row_with_a_source_and_its_address_is_not_listed() -> None:
    found = looked_at(row(sources=[GOOD]))
    assert found.without_source == found.without_address == found.past_review == ()


def test_a_short_name_is_looked_up_in_the_rows_own_table() -> None:
    named = {"sources": {"YANG16": GOOD, "MATHE94": {"title": "Mathé 1994", "link": "not found"}}}
    assert looked_at(row(sources=["YANG16"], whole=named)).without_address == ()
    assert looked_at(row(sources=[{"ref": "YANG16"}], whole=named)).without_address == ()
    (found,) = looked_at(row(sources=["MATHE94"], whole=named)).without_address
    assert found.why == "Mathé 1994"
    assert looked_at(row(whole=named | {"sources_of_all": ["YANG16"]})).without_source == ()


def test_a_rule_of_the_project_needs_no_address() -> None:
    rule = {"title": "Twofold project rule", "link": "", "section": ""}
    assert looked_at(row(sources=[rule])).without_address == ()


@pytest.mark.parametrize(
    ("room", "says", "last_day"),
    [
        ("mechanisms", {}, 365),
        ("crisis_lines", {}, 90),
        ("mechanisms", {"review_after_days": 30}, 30),
        ("crisis_lines", {"review_after_days": 400}, 400),
    ],
)
def test_a_row_is_past_review_the_day_after_its_last_day(
    room: str, says: dict[str, int], last_day: int
) -> None:
    one = row(room=room, sources=[GOOD], whole=says)
    assert looked_at(one, days=last_day).past_review == ()
    (found,) = looked_at(one, days=last_day + 1).past_review
    assert found.why == f"checked {last_day + 1} days ago, {last_day} allowed"


def test_a_row_without_a_date_is_past_review() -> None:
    (found,) = looked_at(row(sources=[GOOD], whole={"checked": None})).past_review
    assert found.why == "no date"


@pytest.mark.parametrize(
    ("reviewed", "is_listed"),
    [
        ("not clinically reviewed yet", True),
        ("", True),
        ("A. Person, neurologist, 2027-01-05", False),
    ],
)
def test_a_row_that_no_clinician_reviewed_is_listed(reviewed: str, is_listed: bool) -> None:
    found = looked_at(row(sources=[GOOD], whole={"reviewed": reviewed}))
    assert bool(found.never_reviewed) == is_listed


@given(st.integers(0, 1000), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_what_is_past_review_stays_past_review_until_somebody_checks_it(
    one: int, more: int
) -> None:
    early, late = (check(DAY + dt.timedelta(days=days)) for days in (one, one + more))
    assert set(early.ids) <= set(late.ids)
    assert len(early.past_review) <= len(late.past_review)


def test_every_room_and_every_row_is_looked_through() -> None:
    found = check(DAY)
    assert found.tables == sum(len(load.tables(room)) for room in load.rooms())
    links = {one.id for one in found.without_source if one.kind == "edge"}
    assert links == {one["id"] for one in load.rows("mechanisms", "edge") if not one["sources"]}
    assert len(links) == 38


def test_no_clinician_has_reviewed_anything_yet() -> None:
    found = check(DAY)
    assert len(found.never_reviewed) == found.rows
    assert found.lines()[-1].startswith(f"Never reviewed by a clinician: {found.rows} rows")


def test_the_crisis_lines_are_due_first() -> None:
    found = check(DAY + dt.timedelta(days=91))
    assert {one.table.partition("/")[0] for one in found.past_review} == {"crisis_lines"}
    assert any(line.startswith("  crisis_lines/") for line in found.lines())


def test_the_answer_says_how_many_and_where() -> None:
    lines = looked_at(row(sources="not found")).lines()
    assert lines[0] == "Looked through on 2026-11-22: 1 row, files: 1."
    assert "No source found, so not to be shown to a person: 1 row." in lines
    assert "  mechanisms/made.toml: made" in lines
    assert "Past review: none." in lines


def test_a_part_of_a_rule_without_a_source_is_listed_though_the_rule_has_one() -> None:
    listed = {one.id for one in check(dt.date(2026, 11, 22)).without_source}
    assert {"SER-03c", "BLD-01d", "BP-01c"} <= listed
    assert "SER-03" not in listed
