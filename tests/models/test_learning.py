"""A cohort teaches what is so in its people: nearer to the truth than the tables, from anyone alike."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from truth.cohorts import SIGNS, tables
from worlds import WORLDS, Lives, simulate

from twofold.daytable import DayTables
from twofold.inference.cohort_state import CohortState, load, save
from twofold.inference.learning import learn, studies_alone
from twofold.inference.priors import (
    MOOD_TO_HEADACHE,
    MOST_SHARE,
    UNLINKED_SHARE,
    EffectPrior,
    joined_over_lags,
    split_over_lags,
)
from twofold.knowledge.load import claims

SEED, ROUNDS = 8_300, 8


@cache
def lives(world: str, people: int, days: int) -> Lives:
    return simulate(WORLDS[world], people=people, days=days, seed=SEED)


@cache
def learnt(world: str, people: int, days: int) -> tuple[CohortState, CohortState]:
    """Return what the studies say, and what the people then teach."""
    lived = lives(world, people, days)
    told = lived.claims(claims())
    asked = tables(lived)
    return studies_alone(asked, told), learn(asked, told, rounds=ROUNDS)


def beside_truth(lived: Lives, state: CohortState) -> tuple[np.ndarray, np.ndarray]:
    """Return the state's expected effects and the true ones, factor by factor.

    The share times the middle is what a cohort can tell best: a small share of
    large effects and a larger one of small effects look alike.
    """
    said, true = [], []
    for i, factor in enumerate(lived.factors):
        if factor.claim in state.effects and factor.column not in SIGNS:
            share, middle, _ = state.effects[factor.claim]
            said.append(share * middle)
            true.append(lived.truth.share[i] * lived.truth.middle[i])
    return np.array(said), np.array(true)


def agreement(lived: Lives, state: CohortState) -> float:
    return float(np.corrcoef(*beside_truth(lived, state))[0, 1])


def turned(asked: DayTables) -> DayTables:
    return replace(asked, columns={name: one[::-1] for name, one in asked.columns.items()})


@pytest.mark.parametrize(("world", "people"), [("base", 400), ("wrong_evidence", 200)])
def test_what_is_learnt_is_nearer_to_the_truth_than_the_tables(world: str, people: int) -> None:
    lived = lives(world, people, 180)
    before, after = learnt(world, people, 180)
    figures = [agreement(lived, one) for one in (before, after)]
    print(
        f"{world}, {people} people: correlation with the truth {figures[0]:.2f} → {figures[1]:.2f}"
    )
    assert figures[1] > figures[0] + 0.1
    errors = [
        float(np.abs(np.subtract(*beside_truth(lived, one))).mean()) for one in (before, after)
    ]
    assert errors[1] < errors[0]


def test_the_usual_levels_are_those_of_the_world() -> None:
    lived = lives("base", 400, 180)
    _, after = learnt("base", 400, 180)
    written = lived.columns["headache"]
    rate = np.nanmean(written[:, 1:][written[:, :-1] == 0])
    middle, spread = after.nuisances["onset.intercept"]
    print(f"usual level: {middle:.2f}, of all days at risk {np.log(rate / (1 - rate)):.2f}")
    assert middle == pytest.approx(np.log(rate / (1 - rate)), abs=0.5)
    assert 0.2 <= spread <= 0.9  # 0.4 in the world
    assert after.people == 400
    assert after.days == int(np.isfinite(lived.columns["headache"]).sum())


def test_where_nothing_comes_before_headaches_the_shares_fall() -> None:
    before, after = learnt("null", 300, 180)
    ids = [one.claim for one in lives("null", 300, 180).factors if one.column not in SIGNS]
    named = [one for one in ids if one in before.effects]
    falls = [after.effects[one][0] < before.effects[one][0] for one in named]
    mean = [np.mean([state.effects[one][0] for one in named]) for state in (before, after)]
    print(f"null: mean share {mean[0]:.3f} → {mean[1]:.3f}; {sum(falls)} of {len(falls)} fall")
    assert np.mean(falls) >= 0.8 and mean[1] < 0.75 * mean[0]


def test_it_does_not_matter_in_which_order_people_come() -> None:
    asked = tables(lives("base", 60, 90))
    one = learn(asked, claims(), rounds=3)
    other = learn(turned(asked), claims(), rounds=3)
    for name, row in one.effects.items():
        assert other.effects[name] == pytest.approx(row, abs=1e-4), name
    for name, pair in one.nuisances.items():
        assert other.nuisances[name] == pytest.approx(pair, abs=1e-4), name
    assert other.surprise == pytest.approx(one.surprise, abs=1e-4)


def test_one_person_with_one_day_teaches_nothing() -> None:
    asked = tables(lives("base", 60, 90))
    known = int(np.flatnonzero(np.isfinite(asked["headache"][:, 0]))[0])
    day = {name: one[known : known + 1, :1] for name, one in asked.columns.items()}
    lone = replace(asked, columns=day)
    state, first = learn(lone, claims(), rounds=4), studies_alone(lone, claims())
    assert state.effects.keys() == first.effects.keys()
    for name, row in first.effects.items():
        assert state.effects[name] == pytest.approx(row, abs=0.002), name
    assert (state.people, state.days, state.nuisances) == (1, 1, {})


def test_two_people_cannot_overrule_the_studies() -> None:
    asked = tables(lives("base", 60, 90)).people(0, 2)
    state, first = learn(asked, claims(), rounds=ROUNDS), studies_alone(asked, claims())
    for name, row in first.effects.items():
        assert abs(state.effects[name][0] - row[0]) <= 0.1, name


def test_the_studies_alone_are_the_tables_shares_as_they_stand() -> None:
    told = claims()
    state = studies_alone(tables(lives("base", 60, 90)), told)
    assert state.effects["stress_high"][:2] == (told["stress_high"].pi, told["stress_high"].m)
    assert state.effects["unlinked"][0] == UNLINKED_SHARE
    assert MOOD_TO_HEADACHE in state.effects and "aged_food" not in state.effects


def test_a_warm_start_goes_on_from_where_it_was_and_its_people_are_counted_anew() -> None:
    asked = tables(lives("base", 60, 90))
    first = learn(asked, claims(), rounds=2)
    on = learn(asked.people(0, 30), claims(), rounds=2, start=first)
    assert on.people == 30
    cold = learn(asked.people(0, 30), claims(), rounds=2)
    apart = {name: abs(on.effects[name][0] - cold.effects[name][0]) for name in cold.effects}
    assert max(apart.values()) > 0.005


def test_every_number_learnt_can_be_kept(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for world, people in (("base", 400), ("null", 300)):
        _, after = learnt(world, people, 180)
        save(after, tmp_path / "cohort.json")
        size = (tmp_path / "cohort.json").stat().st_size
        print(f"{world}: {size} bytes")
        back = load(tmp_path / "cohort.json")
        for name, row in after.effects.items():
            assert back.effects[name] == pytest.approx(row, abs=5.1e-3)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(1e-4, 0.9), st.floats(-1, 1), st.floats(0.05, 1), st.floats(0, 1),
    st.integers(1, 4), st.sampled_from([-1, 0, 1]),
)  # fmt: skip
def test_splitting_over_lags_and_joining_undo_each_other(
    pi: float, m: float, tau: float, surprise: float, lags: int, sign: int
) -> None:
    whole = EffectPrior(pi, m, tau, surprise)
    each = split_over_lags(whole, lags, sign)
    assert 0 < each <= MOST_SHARE
    joined = joined_over_lags(replace(whole, pi=each), lags, sign)
    if each < MOST_SHARE:
        assert joined == pytest.approx(pi, rel=1e-6)
    else:
        assert joined <= pi + 1e-9  # so much in the asked direction cannot be had
