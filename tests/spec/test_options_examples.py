"""Options to discuss, shown by worked examples a neurologist and a psychiatrist could sign."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from twofold.facts.answers import of_case
from twofold.facts.shelf import Shelf
from twofold.guidance.discussion import Discussion
from twofold.guidance.interactions import check
from twofold.guidance.options import discuss
from twofold.intake.case_file import case_of
from twofold.safety.assess import assess

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "options.toml").read_text("utf-8"))
EXAMPLES = TABLE["example"]
KEYS = {
    "include", "exclude", "unsaid", "said", "first", "open", "asks", "grounds", "banner", "empty",
    "level", "left_out", "medicines", "care_open",
}  # fmt: skip


def discussed(case: dict[str, object]) -> Discussion:
    """Discuss a case in which item 9 was answered with 0, unless it says otherwise."""
    answers = of_case(case_of({"item9": 0} | case))
    return discuss(answers, assess(answers), check(Shelf.of_answers(answers), answers))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["id"])
def test_each_example_brings_what_it_must_and_leaves_out_what_it_must(example) -> None:
    told, expect = discussed(example["case"]), example["expect"]
    assert set(expect) <= KEYS
    page = "\n".join(told.lines()).casefold()
    assert set(expect.get("include", [])) <= set(told.ids)
    assert set(expect.get("exclude", [])).isdisjoint(told.ids)
    assert [word for word in expect.get("unsaid", []) if word.casefold() in page] == []
    assert [word for word in expect.get("said", []) if word.casefold() not in page] == []
    assert set(expect.get("open", [])) <= {one.id for one in told.need_to_know}
    assert set(expect.get("care_open", [])) <= {one.id for one in told.care_undecided}
    if expect.get("empty"):
        assert told.options == ()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["id"])
def test_each_example_gives_its_reasons(example) -> None:
    told, expect = discussed(example["case"]), example["expect"]
    by_id = {one.id: one for one in told.options}
    for name, grounds in expect.get("grounds", {}).items():
        assert list(by_id[name].grounds) == grounds
    for name, medicines in expect.get("medicines", {}).items():
        assert list(by_id[name].medicines) == medicines
    left_out = {one.id: one.because for one in told.excluded}
    for name, reason in expect.get("left_out", {}).items():
        assert reason in left_out[name]
    if "first" in expect:
        assert [one.id for one in told.options][: len(expect["first"])] == expect["first"]
    if "asks" in expect:
        assert [one.field for one in told.ask_first] == expect["asks"]
    if "banner" in expect:
        assert told.banner.startswith(expect["banner"])
    if "level" in expect:
        assert told.prevention.level == expect["level"]


def test_every_worked_example_of_the_sheet_is_here() -> None:
    assert [one["id"] for one in EXAMPLES if one["id"].startswith("golden")] == [
        f"golden-{number}" for number in range(1, 9)
    ]
