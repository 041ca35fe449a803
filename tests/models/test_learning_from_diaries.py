"""From diaries to a cohort's state, to another person's review."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from worlds import WORLDS, simulate

import twofold as tf
from twofold.daytable import DayTable, DayTables, FactorInfo
from twofold.diary.diary import Diary
from twofold.inference.learning import learn
from twofold.knowledge.load import claims


def table(days: int, **columns: float) -> DayTable:
    held = {name.replace("__", "."): np.full(days, value) for name, value in columns.items()}
    infos = tuple(FactorInfo(name, name[7:], None) for name in held if name.startswith("factor."))
    return DayTable(held, tuple(f"day {i + 1}" for i in range(days)), False, infos)


def test_a_shorter_diary_has_unknown_days_at_its_end() -> None:
    both = DayTables.of([table(3, headache=1.0), table(5, headache=0.0)])
    assert both["headache"].shape == (2, 5)
    assert np.isnan(both["headache"][0, 3:]).all() and (both["headache"][1] == 0).all()


def test_what_a_person_never_recorded_is_unknown_and_never_no() -> None:
    both = DayTables.of([table(2, headache=1.0, factor__tea=1.0), table(2, headache=0.0)])
    assert np.isnan(both["factor.tea"][1]).all()
    assert [one.column for one in both.factors] == ["factor.tea"]


def test_a_cohort_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DayTables.of([])
    with pytest.raises(tf.TwofoldError, match="no diary"):
        tf.learn_cohort([])


def test_the_order_of_people_does_not_matter_to_what_they_teach() -> None:
    lives = simulate(WORLDS["base"], people=24, days=90, seed=4)
    tables = [lives.table(i) for i in range(24)]
    there, back = (learn(DayTables.of(one), claims(), rounds=2) for one in (tables, tables[::-1]))
    assert there.effects.keys() == back.effects.keys()
    for name, row in there.effects.items():
        assert row == pytest.approx(back.effects[name], abs=1e-3)


def test_a_diary_teaches_and_the_state_comes_back_from_its_file(tmp_path: Path) -> None:
    reading = tf.read("examples/kossakowski2017")
    state = tf.learn_cohort([reading])
    tf.write_cohort(state, tmp_path / "state.json")
    assert (tmp_path / "state.json").stat().st_size <= 2049
    assert state.people == 1 and state.days == 154
    assert isinstance(reading, tf.Reading) and isinstance(reading.diary, Diary)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    state = tf.learn_cohort([tf.read("examples/kossakowski2017")])
    with pytest.raises(tf.TwofoldError, match="could not be written"):
        tf.write_cohort(state, tmp_path / "no such folder" / "state.json")
