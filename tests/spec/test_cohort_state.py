"""A cohort's state: under two kilobytes, read back as written, and never half or wrongly read."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.errors import ReadError
from twofold.inference.cohort_state import (
    LEAST_SPREAD,
    MOST_BYTES,
    UNLINKED,
    CohortState,
    load,
    save,
)
from twofold.inference.priors import of_claim, of_nuisance
from twofold.knowledge.load import claims

NUISANCES = (
    *("intercept", "day after a headache", "second day after", "trend", "recent share"),
    *("yesterday unknown", "weekend", "season, sine", "season, cosine"),
)
STAY = ("intercept", "second day", "third day", "trend", "recent share", "stress")
GOOD: dict[str, Any] = {
    "format": "twofold-cohort-1",
    "people": 200,
    "days": 18_000,
    "effects": {"stress_high": [0.31, 0.42, 0.2]},
    "nuisances": {"onset.intercept": [-1.62, 0.41]},
    "surprise": 0.25,
}
FEW = settings(max_examples=40, deadline=None)
finite = st.floats(-9, 9)
spreads = st.floats(LEAST_SPREAD, 9)
states = st.builds(
    CohortState,
    st.integers(0, 10**6),
    st.integers(0, 10**9),
    st.dictionaries(
        st.sampled_from([*claims(), UNLINKED]), st.tuples(st.floats(0.001, 0.999), finite, spreads)
    ),
    st.dictionaries(
        st.sampled_from([f"onset.{name}" for name in NUISANCES]), st.tuples(finite, spreads)
    ),
    st.floats(0, 1),
)


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def full_state() -> CohortState:
    """Return a state as long as one can be: every claim, every nuisance, long numbers."""
    effects = dict.fromkeys((*claims(), UNLINKED), (0.1234, -0.1234, 0.1234))
    nuisances = {f"onset.{name}": (-0.1234, 0.1234) for name in NUISANCES}
    nuisances |= {f"persistence.{name}": (-0.1234, 0.1234) for name in STAY}
    return CohortState(123_456, 12_345_678, effects, nuisances, 0.123)


@FEW
@given(states)
def test_a_state_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, state: CohortState
) -> None:
    path = tmp_path_factory.mktemp("state") / "cohort.json"
    save(state, path)
    back = load(path)
    assert (back.people, back.days) == (state.people, state.days)
    assert back.surprise == pytest.approx(state.surprise, abs=5e-4)
    assert back.effects.keys() == state.effects.keys()
    for name, row in state.effects.items():
        assert back.effects[name] == pytest.approx(row, abs=5.1e-3)
    for name, pair in state.nuisances.items():
        assert back.nuisances[name] == pytest.approx(pair, abs=1.1e-3)
    again = path.with_name("again.json")
    save(back, again)
    assert again.read_bytes() == path.read_bytes()


def test_the_whole_table_of_claims_and_every_nuisance_fit_in_two_kilobytes(tmp_path: Path) -> None:
    save(full_state(), tmp_path / "cohort.json")
    size = (tmp_path / "cohort.json").stat().st_size
    print(f"{len(full_state().effects)} effects: {size} bytes")
    assert size <= MOST_BYTES
    back = load(tmp_path / "cohort.json")
    assert back.effects.keys() == full_state().effects.keys()
    assert back.nuisances.keys() == full_state().nuisances.keys()


def test_a_state_that_would_hold_more_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path / "cohort.json", GOOD)
    before = path.read_bytes()
    people = {f"person {i}": (0.5, 0.1, 0.2) for i in range(100)}
    with pytest.raises(ValueError, match="2048 bytes"):
        save(replace(full_state(), effects=people), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_not_written(tmp_path: Path, bad: float) -> None:
    path = written(tmp_path / "cohort.json", GOOD)
    with pytest.raises(ValueError):
        save(CohortState(1, 1, {"stress_high": (0.5, bad, 0.2)}), path)
    assert load(path).effects == {"stress_high": (0.31, 0.42, 0.2)}


def test_a_state_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "cohort.json", GOOD)

    def power_cut(*_: object) -> None:
        raise OSError("no more power")

    monkeypatch.setattr(os, "replace", power_cut)
    monkeypatch.setattr(Path, "replace", power_cut)
    with pytest.raises(OSError, match="power"):
        save(full_state(), path)
    assert load(path).people == 200


def test_the_good_file_is_good(tmp_path: Path) -> None:
    """So that what follows fails for the one thing that is changed."""
    state = load(written(tmp_path / "cohort.json", GOOD))
    assert state.effects == {"stress_high": (0.31, 0.42, 0.2)}
    assert state.nuisances == {"onset.intercept": (-1.62, 0.41)}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


WRONG: dict[str, Any] = {
    "not JSON": "twofold",
    "nothing": "",
    "cut short": json.dumps(GOOD)[:-9],
    "a list": [],
    "a list of lists": [[]],
    "a number": 3,
    "null": "null",
    "deep nesting": "[" * 2000,
    "deep effects": '{"format":"twofold-cohort-1","people":1,"days":1,"effects":' + "[" * 1900,
    "another format": GOOD | {"format": "twofold-cohort-2"},
    "a format that is a list": GOOD | {"format": ["twofold-cohort-1"]},
    **{f"without {name}": without(name) for name in GOOD},
    "a share of 1.5": GOOD | {"effects": {"stress_high": [1.5, 0.4, 0.2]}},
    "a share of 0": GOOD | {"effects": {"stress_high": [0, 0.4, 0.2]}},
    "a share of 1": GOOD | {"effects": {"stress_high": [1, 0.4, 0.2]}},
    "NaN share": GOOD | {"effects": {"stress_high": [float("nan"), 0.4, 0.2]}},
    "NaN mean": GOOD | {"effects": {"stress_high": [0.3, float("nan"), 0.2]}},
    "endless mean": GOOD | {"effects": {"stress_high": [0.3, float("inf"), 0.2]}},
    "NaN spread": GOOD | {"effects": {"stress_high": [0.3, 0.4, float("nan")]}},
    "spread 0": GOOD | {"effects": {"stress_high": [0.3, 0.4, 0]}},
    "spread below the least": GOOD | {"effects": {"stress_high": [0.3, 0.4, 0.04]}},
    "two numbers": GOOD | {"effects": {"stress_high": [0.3, 0.4]}},
    "four numbers": GOOD | {"effects": {"stress_high": [0.3, 0.4, 0.2, 0.1]}},
    "no numbers": GOOD | {"effects": {"stress_high": ["a", "b", "c"]}},
    "a row that is a word": GOOD | {"effects": {"stress_high": "abc"}},
    "a row that is null": GOOD | {"effects": {"stress_high": None}},
    "a row that is a table": GOOD | {"effects": {"stress_high": {"share": 0.3}}},
    "effects that are a list": GOOD | {"effects": [[0.3, 0.4, 0.2]]},
    "effects that are null": GOOD | {"effects": None},
    "nuisances that are a number": GOOD | {"nuisances": 3},
    "nuisance with spread 0": GOOD | {"nuisances": {"onset.intercept": [-1.6, 0]}},
    "nuisance NaN": GOOD | {"nuisances": {"onset.intercept": [float("nan"), 0.4]}},
    "nuisance with one number": GOOD | {"nuisances": {"onset.intercept": [-1.6]}},
    "surprise 2": GOOD | {"surprise": 2},
    "surprise below 0": GOOD | {"surprise": -0.1},
    "surprise NaN": GOOD | {"surprise": float("nan")},
    "surprise null": GOOD | {"surprise": None},
    "people below 0": GOOD | {"people": -1},
    "half a person": GOOD | {"people": 0.5},
    "people true": GOOD | {"people": True},
    "people in words": GOOD | {"people": "many"},
    "days null": GOOD | {"days": None},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_its_place_and_a_remedy(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "cohort.json", WRONG[name])
    with pytest.raises(ReadError, match="not a cohort state") as caught:
        load(path)
    assert caught.value.where == str(path)
    assert "Fit one again" in caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [b" " * 10_000_000, b"\xff\xfe\x00\x01", b"\x00" * 100, json.dumps(GOOD).encode("utf-16")],
    ids=["ten megabytes", "not text", "zeros", "another encoding"],
)
def test_bytes_that_cannot_be_a_state_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cohort.json"
    path.write_bytes(content)
    with pytest.raises(ReadError, match="Fit one again"):
        load(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ReadError, match="Fit one again"):
            load(path)


@FEW
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_at_all_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("state") / "cohort.json"
    path.write_bytes(content)
    with pytest.raises(ReadError):
        load(path)


numbers = st.floats() | st.integers() | st.none() | st.booleans() | st.text(max_size=3)
values = st.recursive(
    numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@FEW
@given(st.sampled_from(sorted(GOOD)), values)
def test_any_value_in_any_place_is_read_into_possible_numbers_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: Any
) -> None:
    path = written(tmp_path_factory.mktemp("state") / "cohort.json", GOOD | {name: value})
    try:
        state = load(path)
    except ReadError:
        return
    for share, mean, spread in state.effects.values():
        assert 0 < share < 1 and abs(mean) < float("inf") and spread >= LEAST_SPREAD
    assert all(0 < sd < float("inf") for _, sd in state.nuisances.values())
    assert 0 <= state.surprise <= 1 and state.people >= 0 and state.days >= 0
    save(state, path)


def test_what_a_cohort_taught_replaces_the_hedge_and_what_it_did_not_stays() -> None:
    told = claims()
    state = CohortState(200, 18_000, {"stress_high": (0.31, 0.42, 0.2)},
                        {"onset.trend": (0.1, 0.05)}, 0.1)  # fmt: skip
    taught = of_claim(told["stress_high"], state)
    assert (taught.pi, taught.m, taught.tau, taught.surprise) == (0.31, 0.42, 0.2, 0.1)
    assert of_claim(told["alcohol"], state) == of_claim(told["alcohol"])
    assert of_nuisance("onset.trend", state, mean=0, sd=1) == (0.1, 0.05)
    assert of_nuisance("onset.weekend", state, mean=0, sd=1) == (0, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "a part of it is missing"),
        ("no", "it is not JSON"),
        (GOOD | {"format": "x"}, "its format"),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_not_in_the_names_of_errors(
    tmp_path: Path, content: Any, said: str
) -> None:
    with pytest.raises(ReadError, match=said) as refused:
        load(written(tmp_path / "cohort.json", content))
    assert "Error" not in str(refused.value)
