"""A week of many doses: what two medicines say together does not depend on how many were noted."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from twofold.diary.diary import Diary
from twofold.diary.medication import Dose
from twofold.facts import diary_shelf as many
from twofold.facts.answers import Answers
from twofold.facts.facts import gather
from twofold.guidance.interactions import check
from twofold.units import When

LAST = dt.date(2025, 6, 30)
TAKEN = ("sumatriptan", "dihydroergotamine", "ibuprofen", "rizatriptan")


def _diary(doses: int, seed: int) -> Diary:
    rng = random.Random(seed)
    noted = [
        Dose(
            When(LAST - dt.timedelta(rng.randrange(7)), dt.time(rng.randrange(24))),
            rng.choice(TAKEN),
        )
        for _ in range(doses)
    ]
    return Diary(person="a", first_day=LAST - dt.timedelta(40), last_day=LAST, doses=tuple(noted))


@pytest.mark.parametrize("seed", range(6))
def test_the_doses_that_are_left_out_decide_no_rule(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    diary = _diary(30, seed)
    table = gather(diary).table
    few = many.diary_shelf(diary, table).shelf
    monkeypatch.setattr(many, "MOST_TIMED", 1000)
    whole = many.diary_shelf(diary, table).shelf
    assert len(few.takings) < len(whole.takings)
    assert set(few.takings) <= set(whole.takings)
    none = Answers.of()
    assert check(few, none).ids == check(whole, none).ids


def test_a_week_of_five_hundred_doses_leaves_a_shelf_that_can_be_checked() -> None:
    diary = _diary(500, 7)
    left = many.diary_shelf(diary, gather(diary).table).shelf.takings
    assert {one.id for one in left} == {
        "sumatriptan",
        "dihydroergotamine",
        "ibuprofen",
        "rizatriptan",
    }
    assert len(left) <= len(TAKEN) ** 2 + 2 * len(TAKEN)


def test_a_usual_week_keeps_every_dose() -> None:
    diary = _diary(12, 3)
    left = many.diary_shelf(diary, gather(diary).table).shelf.takings
    assert len(left) == len({(one.name, one.when) for one in diary.doses})
