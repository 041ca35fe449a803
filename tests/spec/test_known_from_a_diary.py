"""What a diary tells by name: monthly days, medicines and questionnaires, and nothing it cannot."""

from __future__ import annotations

import datetime as dt

import pytest

from twofold.diary.diary import Diary
from twofold.diary.headache import Attack, FreeDay
from twofold.diary.item9 import Answered, NotAsked
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.diary.mood import ScaleAnswer
from twofold.facts.answers import Answers
from twofold.facts.diary_shelf import diary_shelf
from twofold.facts.facts import gather
from twofold.facts.known import known
from twofold.units import Quantity, When

FIRST, LAST = dt.date(2025, 3, 1), dt.date(2025, 4, 29)


def day(number: int) -> dt.date:
    """Return the diary's day by its number, from 1."""
    return FIRST + dt.timedelta(number - 1)


def diary(**records) -> Diary:
    return Diary("you", FIRST, LAST, **records)


def told(one: Diary, case: Answers | None = None) -> Answers:
    facts = gather(one)
    return known(facts, diary_shelf(one, facts.table), case)


def phq9(number: int, item9: int | None) -> ScaleAnswer:
    items = {str(place): 1 for place in range(1, 9)} | {"9": item9}
    return ScaleAnswer(When(day(number)), "phq9", items)


def test_headache_days_of_a_month_are_told_only_when_most_of_it_is_known() -> None:
    free = tuple(FreeDay(day(number)) for number in range(40, 61))
    attacks = tuple(Attack(When(day(number)), kind="migraine") for number in (34, 36, 38))
    assert told(diary(free_days=free[:15], attacks=attacks))["mhd"] is None
    assert told(diary(free_days=free, attacks=attacks))["mhd"] == pytest.approx(
        28 * 3 / 24, abs=0.1
    )


def test_an_empty_diary_tells_nothing_and_says_no_to_nothing() -> None:
    answers = told(diary())
    assert answers.known() == {"diary_weeks": 0}
    assert answers.item9 == NotAsked()


@pytest.mark.parametrize(
    ("end", "role", "ago"), [(None, "regular", None), (30, "stopped", 30), (61, "regular", None)]
)
def test_a_course_runs_or_ended_so_many_days_ago(end, role, ago) -> None:
    course = Course("sertraline", day(1), None if end is None else day(end))
    found = diary_shelf(diary(courses=(course,)), gather(diary(courses=(course,))).table)
    assert [(one.role, one.stopped_days_ago) for one in found.shelf.takings] == [(role, ago)]


def test_the_amount_of_a_course_is_the_one_that_holds_today() -> None:
    steps = (DoseChange(day(1), Quantity(25, "mg")), DoseChange(day(9), Quantity(50, "mg")))
    one = diary(courses=(Course("topiramate", day(1), changes=steps),))
    assert [taken.dose_mg for taken in diary_shelf(one, gather(one).table).shelf.takings] == [50]
    early = gather(one, today=day(5))
    assert [taken.dose_mg for taken in diary_shelf(one, early.table).shelf.takings] == [25]


def test_a_name_that_the_tables_do_not_hold_is_listed_and_not_guessed() -> None:
    one = diary(courses=(Course("grandmother's tea", day(1)),))
    found = diary_shelf(one, gather(one).table)
    assert found.shelf.takings == () and found.not_listed == ("grandmother's tea",)


def test_what_was_taken_long_ago_or_is_written_for_later_is_not_on_the_shelf() -> None:
    doses = tuple(Dose(When(day(number)), "sumatriptan") for number in (1, 30, 58))
    one = diary(doses=doses)
    assert len(diary_shelf(one, gather(one).table).shelf.takings) == 1
    assert diary_shelf(one, gather(one, today=day(20)).table).shelf.takings != ()
    later = diary(doses=doses[2:])
    assert diary_shelf(later, gather(later, today=day(20)).table).shelf.takings == ()


def test_the_times_of_the_last_week_can_be_compared() -> None:
    at = [When(day(60), dt.time(10)), When(day(60), dt.time(20))]
    one = diary(doses=(Dose(at[0], "DHE"), Dose(at[1], "sumatriptan")))
    takings = diary_shelf(one, gather(one).table).shelf.takings
    assert {taking.role for taking in takings} == {"taken"}
    hours = sorted(taking.hour for taking in takings if taking.hour is not None)
    assert hours[1] - hours[0] == 10


def test_the_case_stands_where_both_speak() -> None:
    free = tuple(FreeDay(day(number)) for number in range(30, 61))
    answers = told(diary(free_days=free), Answers.of({"mhd": 9, "age": 34}))
    assert (answers["mhd"], answers["age"]) == (9, 34)


@pytest.mark.parametrize(("in_case", "stands"), [(7, 8), (9, 9), (None, 8)])
def test_of_two_phq9_totals_the_higher_one_stands(in_case, stands) -> None:
    one = diary(scale_answers=(phq9(50, 0),))
    assert told(one, Answers.of({"phq9": in_case}))["phq9"] == stands


ITEM_9 = [
    (None, NotAsked(), NotAsked()),
    (None, Answered(0), Answered(0)),
    (0, NotAsked(), Answered(0)),
    (0, Answered(2), Answered(2)),
    (2, Answered(0), Answered(2)),
    (1, Answered(3), Answered(3)),
    (2, NotAsked(), Answered(2)),
]


@pytest.mark.parametrize(("in_diary", "in_case", "stands"), ITEM_9)
def test_of_two_answers_to_the_suicide_question_the_graver_stands(
    in_diary, in_case, stands
) -> None:
    one = diary(scale_answers=(phq9(50, in_diary),))
    assert told(one, Answers.of({}, in_case)).item9 == stands
