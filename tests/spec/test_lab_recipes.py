"""A recipe is read strictly, becomes claims, and tells what changed."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.errors import LabError
from twofold.knowledge.load import _standing_row
from twofold.knowledge.mechanism import edges
from twofold.knowledge.recomputed import Recomputed, of_row, recomputed
from twofold.lab import claims
from twofold.lab.claims import CHANCE, changes, difference, discovery_rates, row_of, spoken, toml_of
from twofold.lab.methods import METHODS
from twofold.lab.recipe import Recipe, claim_of, found, recipe_of, shipped
from twofold.lab.result import Estimate, Result
from twofold.lab.sources import READERS, Source, function_of
from twofold.safety.never_say import broken

TEXT = """\
id = "tea-headache"
question = "Does tea change headache?"
method = "meta"
[tables.data]
reader = "trial-table"
file = "meta/tea.csv"
licence = "CC0"
citation = "Nobody 2026"
link = "not found"
[[claim]]
id = "tea"
estimate = "pooled"
says = "Tea changed it by {value} ({low} to {high}), p {p}, from {of} trials."
stands = "not supported"
confidence = "low"
would_change = "A trial."
"""
NAME = "tea-headache.toml"
_RUNS: dict[str, Any] = {}  # each recipe is worked out once for all of its claims
MADE = ("0.1.0", dt.date(2026, 11, 22))
POOLED = Estimate("pooled", 0.5, low=-0.25, high=1.25, p=0.0004, of=3, scale="days")
RESULT = Result("meta", "?", (POOLED,), "pooled", "It is not clear.", warnings=("One is small.",))


def made(text: str = TEXT, result: Result = RESULT) -> dict[str, Any]:
    recipe = recipe_of(text, NAME)
    return row_of(recipe, recipe.claims[0], result, data=["meta/tea.csv sha256:00"], made=MADE)


def as_stored(row: dict[str, Any]) -> Recomputed:
    table = tomllib.loads(toml_of([row]))
    return of_row(_standing_row(table["recomputed"][0], table, "claims/recomputed.toml"))


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('id = "tea-headache"', 'id = "coffee"', "its id is 'coffee'"),
        ('method = "meta"', 'method = "meta"\nmood = 1', "unknown key 'mood'"),
        ('method = "meta"\n', "", "lacks 'method'"),
        ('reader = "trial-table"\n', "", "lacks 'reader'"),
        ('file = "meta/tea.csv"', 'file = "../secret"', "leaves the data folder"),
        ('file = "meta/tea.csv"', 'file = "/etc/passwd"', "leaves the data folder"),
        ('stands = "not supported"', 'stands = "proven"', "it stands 'proven'"),
        ('stands = "not supported"', 'stands = "refuted"\nedges = ["E999"]', "no link E999"),
        ('id = "tea-headache"', "id = ", "it is no TOML"),
    ],
)
def test_a_recipe_that_breaks_a_rule_is_refused_with_the_place(
    was: str, becomes: str, says: str
) -> None:
    with pytest.raises(LabError, match=says) as refused:
        recipe_of(TEXT.replace(was, becomes, 1), NAME)
    assert NAME in str(refused.value)


def test_a_recipe_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(TEXT, encoding="utf-8")
    assert found(str(tmp_path / NAME)).claims[0].id == "tea"
    with pytest.raises(LabError, match="there is no recipe 'nothing'"):
        found("nothing")


def test_a_claim_becomes_a_row_that_can_be_read_back() -> None:
    stored = as_stored(made())
    assert stored.says == "Tea changed it by 0.50 (-0.25 to 1.25), p 4.0 × 10^-4, from 3 trials."
    assert (stored.value, stored.low, stored.high, stored.p, stored.of) == (
        0.5,
        -0.25,
        1.25,
        0.0004,
        3,
    )
    assert stored.stands == "not supported" and stored.warnings == ("One is small.",)
    assert stored.checked == "2026-11-22" and stored.reviewed == "not clinically reviewed yet"


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40).filter(
        lambda text: "{" not in text and "}" not in text
    ),
)
def test_any_number_and_any_words_survive_the_writing(value: float, words: str) -> None:
    row = made() | {"value": value, "says": words, "warnings": [words]}
    stored = as_stored(row)
    assert stored.value == value and stored.says == words and stored.warnings == (words,)


def test_a_number_that_is_not_known_is_left_out_never_invented() -> None:
    row = made(
        TEXT.replace("({low} to {high}), p {p}", "once"),
        replace(RESULT, estimates=(replace(POOLED, low=float("nan"), high=None, p=None),)),
    )
    assert not {"low", "high", "p"} & set(row)


def test_a_sentence_that_asks_for_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(LabError, match="asks for 'p'"):
        made(result=replace(RESULT, estimates=(replace(POOLED, p=None),)))
    with pytest.raises(LabError, match="no estimate 'pooled'"):
        made(result=replace(RESULT, estimates=()))


@pytest.mark.parametrize(("p", "may"), [(0.049, True), (0.05, False), (0.4, False)])
def test_a_claim_cannot_be_supported_where_chance_alone_could_have_given_it(
    p: float, may: bool
) -> None:
    text = TEXT.replace('stands = "not supported"', 'stands = "supported"')
    result = replace(RESULT, estimates=(replace(POOLED, p=p),))
    if may:
        assert made(text, result)["stands"] == "supported"
        return
    with pytest.raises(LabError, match="chance alone"):
        made(text, result)


def test_a_claim_cannot_be_supported_where_the_method_refuses_a_headline() -> None:
    text = TEXT.replace('stands = "not supported"', 'stands = "supported"')
    assert made(text)["stands"] == "supported"
    with pytest.raises(LabError, match="the method refuses a headline"):
        made(text, replace(RESULT, headline=None))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.5, "0.50"),
        (-0.8737, "-0.87"),
        (1234.5, "1234"),
        (1.5e-5, "1.5 × 10^-5"),
        (0.0, "0.00"),
        (7, "7"),
    ],
)
def test_numbers_are_said_with_the_digits_that_count(number: float, words: str) -> None:
    assert spoken(number) == words


def test_a_difference_is_told_and_the_last_digits_of_another_machine_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = made()
    monkeypatch.setattr(claims, "recomputed", lambda: {"tea": as_stored(row)})
    assert difference(row) == () and changes([row], whole=True) == ()
    assert difference(row | {"value": 0.5 * (1 + 1e-12), "version": "9", "checked": None}) == ()
    assert difference(row | {"value": 0.51}) == ("tea: value was 0.5, now 0.51",)
    assert difference(row | {"p": None}) == ("tea: p was 0.0004, now not given",)
    assert difference(row | {"stands": "refuted"}) == (
        "tea: stands was 'not supported', now 'refuted'",
    )
    assert difference(row | {"data": ["other"]}) == ("tea: the data changed: other",)
    assert changes([row | {"id": "milk"}], whole=True) == (
        f"milk: new. {row['says']}",
        f"tea: gone. It said: {row['says']}",
    )


def test_a_file_that_is_not_there_names_the_folder_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="TWOFOLD_LAB_DATA") as refused:
        Source("trial-table", "meta/tea.csv", "CC0", "Nobody", "not found").read(tmp_path)
    assert "tea.csv" in str(refused.value)


# --- over every recipe that is shipped


@pytest.mark.parametrize("claim", recomputed().values(), ids=lambda one: one.id)
def test_no_claim_says_what_is_never_said(claim: Recomputed) -> None:
    told = (claim.says, claim.question, claim.popular, claim.what_would_change_our_mind)
    assert [one for text in (*told, *claim.warnings) for one in broken(text)] == []


@pytest.mark.parametrize("recipe", shipped().values(), ids=lambda one: one.id)
def test_every_recipe_names_a_method_readers_and_its_source(recipe: Recipe) -> None:
    assert callable(function_of(METHODS, recipe.method, "method"))
    for source in recipe.tables.values():
        assert callable(function_of(READERS, source.reader, "reader"))
        assert source.citation and source.licence and source.link
    for plan in recipe.claims:
        assert claim_of(plan.id) == (recipe, plan)
        assert set(plan.edges) <= set(edges())
        assert plan.would_change.endswith(".") and plan.says.endswith(".")


def test_every_stored_claim_comes_from_a_recipe_and_every_recipe_is_stored() -> None:
    planned = {plan.id: recipe.id for recipe in shipped().values() for plan in recipe.claims}
    assert {one.id: one.recipe for one in recomputed().values()} == planned


@pytest.mark.parametrize("claim", recomputed().values(), ids=lambda one: one.id)
def test_every_stored_claim_is_what_the_data_give(claim: Recomputed, shared_data: Path) -> None:
    from twofold.lab.steps import run

    if claim.recipe not in _RUNS:
        _RUNS[claim.recipe] = run(shipped()[claim.recipe], shared_data, made=MADE)
    (row,) = (one for one in _RUNS[claim.recipe].claims if one["id"] == claim.id)
    assert difference(dict(row)) == ()


def test_what_is_called_supported_stands_among_all_claims_and_not_only_alone() -> None:
    """Thirty-eight p-values make two small ones by chance; the false discovery rate counts them."""
    rates = discovery_rates()
    assert len(rates) == sum(one.p is not None for one in recomputed().values())
    supported = [name for name, one in recomputed().items() if one.stands == "supported"]
    assert {name for name in supported if rates.get(name, 0.0) >= CHANCE} == set()
