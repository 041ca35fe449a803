"""Many people at once get the answers that each would get alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from truth.ahead import forecast
from truth.cohorts import tables
from worlds import WORLDS, Lives, simulate

from twofold.daytable import DayTables
from twofold.errors import NeedsExtra
from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array
from twofold.inference.forecast import _cuts, forward_chained
from twofold.inference.many import Fits, Question, fit_many
from twofold.inference.many_moods import fit_moods
from twofold.inference.onset import LEAST_MOOD_ROWS, at_risk, onset_equation, persistence_equation
from twofold.inference.rows import Fitted, estimate
from twofold.knowledge.load import claims

SETTLED = 2e-4
STATE = CohortState(
    200, 18_000,
    {"stress_high": (0.4, 0.5, 0.2), "unlinked": (0.02, 0.1, 0.3), "mood_to_headache": (0.3, 0.4, 0.2)},
    {"onset.intercept": (-1.7, 0.4), "onset.trend": (0.1, 0.1), "persistence.intercept": (-0.2, 0.3)},
    0.1,
)  # fmt: skip


@cache
def lives(days: int, people: int = 40) -> Lives:
    return simulate(WORLDS["base"], people=people, days=days, seed=8_000 + days)


def changed(asked: DayTables, **columns: Array) -> DayTables:
    renamed = {name.replace("__", "."): column for name, column in columns.items()}
    return replace(asked, columns={**asked.columns, **renamed})


def alone(
    lived: Lives, asked: DayTables, person: int, question: Question, state: CohortState | None
) -> Fitted:
    table = replace(
        lived.table(person),
        columns={name: np.asarray(one[person], float) for name, one in asked.columns.items()},
    ).plausible()
    if question == "onset":
        return estimate(onset_equation(table, claims(), state=state), settled=SETTLED)
    return estimate(persistence_equation(table, state=state), settled=SETTLED)


def assert_as_alone(
    lived: Lives,
    asked: DayTables,
    *,
    question: Question = "onset",
    state: CohortState | None = None,
    at_least: float = 0.9,
) -> Fits:
    """Hold every person against the equation of one person, column by column, by name."""
    fits = fit_many(asked, claims(), question=question, state=state, settled=SETTLED)
    off: dict[str, list[float]] = {"p_real": [], "mean": [], "sd": [], "scale": []}
    settled = 0
    for person in range(asked.shape[0]):
        one = alone(lived, asked, person, question, state)
        assert fits.rows[person] == len(one.equation.rows)
        if not (one.converged and fits.converged[person]):
            continue
        settled += 1
        compare(fits, person, one, off)
    assert settled >= at_least * asked.shape[0]
    for name, several in off.items():
        gaps = np.array(several)
        if len(gaps):
            root = float(np.sqrt((gaps**2).mean()))
            print(f"{question} {name}: RMSE {root:.5f}, largest {np.abs(gaps).max():.4f}")
            assert root <= 0.002 and np.abs(gaps).max() <= 0.02, name
    return fits


def compare(fits: Fits, person: int, one: Fitted, off: dict[str, list[float]]) -> None:
    post, features = one.posterior, one.equation.features
    there = {feature.name: i for i, feature in enumerate(features)}
    chance = {features[at].name: post.p_real[0, i] for i, at in enumerate(one.prior.candidates)}
    place = {fits.names[at]: i for i, at in enumerate(fits.candidates)}
    for i, name in enumerate(fits.names):
        scale = fits.scale[person, i]
        if name not in there or not np.isfinite(one.scale[0, there[name]]):
            assert np.isinf(scale), name  # what is silent alone is silent among many
            continue
        assert np.isfinite(scale), name
        at = there[name]
        off["scale"].append(float(scale / one.scale[0, at] - 1))
        off["mean"].append(float(fits.mean[person, i] - post.mean[0, at]))
        spread = float(np.sqrt(post.covariance[0, at, at]))
        off["sd"].append(float(np.sqrt(fits.variance[person, i])) - spread)
        if name in place:
            off["p_real"].append(float(fits.p_real[person, place[name]] - chance[name]))


@pytest.mark.parametrize(("days", "state"), [(90, None), (90, STATE), (365, None)])
def test_onset_among_many_is_onset_alone(days: int, state: CohortState | None) -> None:
    lived = lives(days)
    assert_as_alone(lived, tables(lived), state=state, at_least=1.0)


@pytest.mark.parametrize("state", [None, STATE])
def test_persistence_among_many_is_persistence_alone(state: CohortState | None) -> None:
    lived = lives(90)
    stress = lived.columns["factor.stress_high"] + 5
    asked = changed(tables(lived), stress=stress)
    assert_as_alone(lived, asked, question="persistence", state=state, at_least=1.0)


def test_constant_missing_and_sparse_columns_are_treated_as_alone() -> None:
    lived = lives(90)
    rng = np.random.default_rng(3)
    columns = lived.columns
    mood = columns["mood"].copy()
    mood[::2, 30:] = np.nan  # fewer than 30 rows in every second person
    travel = np.where(np.arange(40)[:, None] % 4 == 0, 1.0, columns["factor.travel"])
    heat = np.where(np.arange(40)[:, None] % 3 == 0, np.nan, columns["factor.weather_heat"])
    gone = rng.random(heat.shape) < 0.4
    stress = np.where(gone, np.nan, columns["factor.stress_high"])
    alcohol = np.where(rng.random(heat.shape) < 0.5, np.nan, columns["factor.alcohol"])
    asked = changed(
        tables(lived), mood=mood, factor__travel=travel, factor__weather_heat=heat,
        factor__stress_high=stress, factor__alcohol=alcohol,
    )  # fmt: skip
    fits = assert_as_alone(lived, asked, at_least=1.0)
    names = [fits.names[at] for at in fits.candidates]
    silent = fits.silent()
    assert silent[::4, names.index("factor.travel")].all()
    assert silent[::3, names.index("factor.weather_heat")].all()
    assert silent[::2, names.index("low mood, lag 1")].all()
    assert not silent[1::2, names.index("low mood, lag 1")].all()


def test_people_with_nothing_to_learn_from_are_numbers_and_not_nan() -> None:
    lived = lives(90)
    headache = lived.columns["headache"].copy()
    headache[0], headache[1], headache[2] = np.nan, 0.0, 1.0  # unknown, never, always
    headache[3, 1:] = np.nan
    headache[4] = np.where(np.arange(90) == 50, 1.0, 0.0)
    asked = changed(tables(lived), headache=headache)
    for question in ("onset", "persistence"):
        fits = fit_many(asked, claims(), question=question)
        for told in (fits.mean, fits.variance, fits.p_real, fits.weights, fits.means):
            assert np.isfinite(told).all()
        assert ((fits.p_real >= 0) & (fits.p_real <= 1)).all()
    onset = fit_many(asked, claims())
    assert list(onset.rows[:4]) == [0, 89, 0, 0]
    moods = fit_moods(asked, claims())
    assert np.isfinite(moods.p_real).all() and not moods.usable[:4].any()


def test_infinite_and_absurd_numbers_count_as_unknown() -> None:
    lived = lives(90)
    column = lived.columns["factor.stress_high"].copy()
    column[:, 10:20], unknown = np.inf, column.copy()
    column[:, 20:30], unknown[:, 10:30] = 1e30, np.nan
    told, plain = (
        fit_many(changed(tables(lived), factor__stress_high=one), claims())
        for one in (column, unknown)
    )
    assert np.array_equal(told.p_real, plain.p_real)


def test_nobodys_answer_depends_on_the_others() -> None:
    lived = lives(90)
    asked = tables(lived)
    whole = fit_many(asked, claims(), group=256, ahead=True)
    small = fit_many(asked, claims(), group=16, ahead=True)
    turned = fit_many(
        replace(asked, columns={name: one[::-1] for name, one in asked.columns.items()}), claims()
    )
    for name in ("p_real", "mean", "variance", "scale", "rows", "converged", "log_odds"):
        assert np.array_equal(getattr(small, name), getattr(whole, name), equal_nan=True), name
    for name in ("p_real", "mean", "scale", "rows"):
        forward = getattr(fit_many(asked, claims()), name)
        assert np.array_equal(getattr(turned, name)[::-1], forward), name


def test_a_persons_diary_shorter_than_the_tables_is_that_person_alone() -> None:
    lived = lives(90)
    columns = {name: one.copy() for name, one in lived.columns.items()}
    for one in columns.values():
        one[:20, 60:] = np.nan
    asked = replace(tables(lived), columns=columns)
    fits = fit_many(asked, claims(), settled=SETTLED)
    short = fit_many(
        replace(asked, columns={name: one[:20, :60] for name, one in columns.items()}),
        claims(), settled=SETTLED,
    )  # fmt: skip
    at = [fits.names.index(name) for name in short.names]
    assert np.array_equal(fits.rows[:20], short.rows)
    assert np.allclose(fits.mean[:20][:, at], short.mean, atol=2e-3)


def test_without_the_extra_the_remedy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "twofold.inference.kernel", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)  # what Python itself does to bar an import
    with pytest.raises(NeedsExtra, match="fast"):
        fit_many(tables(lives(90)), claims())


@pytest.mark.parametrize("state", [None, STATE])
def test_the_forecast_among_many_is_the_last_refit_alone(state: CohortState | None) -> None:
    lived = lives(90)
    asked = tables(lived)
    gaps = []
    for person in range(8):
        table = lived.table(person)
        first = 30 if state is None else 14
        cut = int(_cuts(table, first)[-1])
        chance = forecast(asked.people(person, person + 1), claims(), cut + 1, state)[0]
        scores = forward_chained(table, claims(), state=state)
        assert scores is not None
        outcome = np.append(table["headache"][1:], np.nan)
        scored = np.isfinite(chance) & np.isfinite(outcome)
        after = scored & (np.arange(90) >= cut)
        gaps += list(chance[after] - scores.chance[len(scores.chance) - after.sum() :])
    print(f"forecasts: largest difference {np.abs(gaps).max():.4f} over {len(gaps)} days")
    assert len(gaps) >= 12 and np.abs(gaps).max() <= 0.02


def test_a_forecast_knows_nothing_of_the_days_after_those_it_learnt_from() -> None:
    until = 120
    asked = tables(lives(180)).people(0, 29)
    paired = at_risk(cut_to(asked, until)) & np.isfinite(asked["mood"][:, :until])
    assert (paired.sum(1) >= LEAST_MOOD_ROWS).all()  # so that mood is asked about either way
    rng = np.random.default_rng(9)
    other = {}
    for name, column in asked.columns.items():
        other[name] = column.copy()
        other[name][:, until:] = rng.permuted(column[:, until:], axis=0)
    others = replace(asked, columns=other)
    for question in ("onset", "persistence"):
        first, second = (
            fit_many(one, claims(), question=question, until=until, ahead=True)
            for one in (asked, others)
        )
        assert np.array_equal(first.mean, second.mean)
        early = slice(0, until)
        assert np.array_equal(first.log_odds[:, early], second.log_odds[:, early], equal_nan=True)
        assert np.isfinite(first.log_odds[:, early]).any()
    onset = fit_many(asked, claims(), until=until, ahead=True)
    assert (onset.rows == fit_many(cut_to(asked, until), claims()).rows).all()


def cut_to(asked: DayTables, days: int) -> DayTables:
    return replace(asked, columns={name: one[:, :days] for name, one in asked.columns.items()})
