"""What must be said today: from facts alone."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import twofold
from twofold.diary.diary import Conventions, Diary, LowMoodDayRule
from twofold.diary.medication import Course, DoseChange
from twofold.diary.mood import MoodNote
from twofold.facts.facts import gather
from twofold.safety.today import what_must_be_said
from twofold.units import Quantity, Span, When

RULE = Conventions(
    low_mood_day=LowMoodDayRule("down at least 0.5", "down", 0.5, "high"), mood_item="down"
)


def after_the_end(low_before: int, low_after: int, *, name: str = "antidepressant") -> Diary:
    """28 days on the medicine and 28 after it, with so many low-mood days on each side."""
    lows = [d <= low_before for d in range(1, 29)] + [d <= low_after for d in range(1, 29)]
    notes = tuple(
        MoodNote(When(i + 1), "down", 2 if low else -2, Span(-3, 3), "low")
        for i, low in enumerate(lows)
    )
    course = Course(name, 1, 28, changes=(DoseChange(1, Quantity(50, "mg")),))
    return Diary("you", 1, 56, mood_notes=notes, courses=(course,), conventions=RULE)


@pytest.mark.parametrize(
    ("before", "after", "is_said"), [(2, 11, True), (2, 5, True), (2, 4, False), (11, 2, False)]
)
def test_more_low_days_after_an_antidepressant_ended_are_said_first(
    before: int, after: int, is_said: bool
) -> None:
    notices = what_must_be_said(gather(after_the_end(before, after)))
    assert (notices[0].id == "low_days_after_antidepressant_ended") is is_said
    if is_said:
        assert "first day without it: day 29" in notices[0].text


def course_over_60_days(low_from: int, *changes: int, start: int = 1) -> Diary:
    """60 days of mood, low from one day on; an antidepressant whose dose changes on some days."""
    notes = tuple(
        MoodNote(When(day), "down", 2 if day >= low_from else -2, Span(-3, 3), "low")
        for day in range(1, 61)
    )
    steps = tuple(
        DoseChange(day, Quantity(100 / (i + 1), "mg")) for i, day in enumerate((start, *changes))
    )
    course = Course("antidepressant", start, changes=steps)
    return Diary("you", 1, 60, mood_notes=notes, courses=(course,), conventions=RULE)


@pytest.mark.parametrize(
    ("diary", "notice"),
    [
        (course_over_60_days(30, 30, 58), "low_days_after_antidepressant_changed"),
        (course_over_60_days(53, 53), "low_days_after_antidepressant_changed"),
        (course_over_60_days(30, start=30), "low_days_after_antidepressant_started"),
        (course_over_60_days(61, 30), "someone_today"),
        (course_over_60_days(57, 57), "someone_today"),
    ],
    ids=["in a taper", "ten days after a change", "after a start", "never low", "four days only"],
)
def test_each_turn_of_an_antidepressant_is_looked_at(diary: Diary, notice: str) -> None:
    assert what_must_be_said(gather(diary))[0].id == notice


def test_without_a_rule_for_low_days_a_clear_fall_of_mood_is_said() -> None:
    diary = replace(after_the_end(0, 28), conventions=Conventions(mood_item="down"))
    assert what_must_be_said(gather(diary))[0].id == "lower_mood_after_antidepressant_ended"


def test_another_medicine_that_ended_raises_no_such_notice() -> None:
    notices = what_must_be_said(gather(after_the_end(2, 11, name="candesartan")))
    assert [notice.id for notice in notices] == ["someone_today"]


def test_whom_to_contact_always_stands_there_even_in_an_empty_diary() -> None:
    notices = what_must_be_said(gather(Diary("you", 1, 1)))
    assert notices[-1].id == "someone_today" and "contact someone today" in notices[-1].text


def test_fewer_than_7_known_days_after_a_turn_compare_nothing() -> None:
    short = replace(after_the_end(2, 11), last_day=34)
    assert [n.id for n in what_must_be_said(gather(short))] == ["someone_today"]


def around_the_end(
    known_before: int, known_after: int, *, fall: float, rule: Conventions = RULE
) -> Diary:
    """28 days on the medicine and then the end; so many known days, mood lower by so much of 10."""
    high, low = Span(0, 10), 8.0 - fall
    days = [*range(1, known_before + 1), *range(29, 29 + known_after)]
    notes = tuple(
        MoodNote(When(day), "down", 8.0 if day < 29 else low, high, "high") for day in days
    )
    return Diary(
        "you",
        1,
        max(29, *days),
        mood_notes=notes,
        courses=(Course("antidepressant", 1, 28),),
        conventions=rule,
    )


NO_RULE = Conventions(mood_item="down")
LOW_AT_6 = Conventions(
    low_mood_day=LowMoodDayRule("down at most 6", "down", 6.0, "low"), mood_item="down"
)


@pytest.mark.parametrize(
    ("known_before", "known_after", "fall", "is_said"),
    [
        (14, 7, 2.0, True),
        (14, 7, 1.9, False),
        (13, 7, 5.0, False),
        (14, 6, 5.0, False),
        (14, 7, -2.0, False),
    ],
    ids=["just enough", "too small a fall", "13 days before", "6 days after", "better"],
)
@pytest.mark.parametrize("rule", [NO_RULE, LOW_AT_6], ids=["mean mood", "low days"])
def test_a_fall_after_the_end_is_said_from_14_known_days_before_and_7_after(
    known_before: int, known_after: int, fall: float, is_said: bool, rule: Conventions
) -> None:
    notices = what_must_be_said(
        gather(around_the_end(known_before, known_after, fall=fall, rule=rule))
    )
    assert (notices[0].id != "someone_today") is is_said


def days_of_mood(low_days: set[int], courses: tuple[Course, ...], days: int = 60) -> Diary:
    notes = tuple(
        MoodNote(When(day), "down", 2 if day in low_days else -2, Span(-3, 3), "low")
        for day in range(1, days + 1)
    )
    return Diary("you", 1, days, mood_notes=notes, courses=courses, conventions=RULE)


def test_a_course_from_the_first_day_has_no_start_to_compare_with() -> None:
    whole = days_of_mood(set(range(30, 61)), (Course("antidepressant", 1),))
    assert [one.id for one in what_must_be_said(gather(whole))] == ["someone_today"]


def test_a_start_is_compared_with_the_days_before_it_and_only_those() -> None:
    began = Course("antidepressant", 31)
    said = what_must_be_said(gather(days_of_mood({1, *range(32, 38)}, (began,))))
    assert said[0].id == "low_days_after_antidepressant_started"
    assert "day 31" in said[0].text
    before = days_of_mood({*range(2, 8), *range(32, 38)}, (began,))
    assert [one.id for one in what_must_be_said(gather(before))] == ["someone_today"]


def test_an_end_is_compared_with_the_days_on_the_course_not_with_those_before_it() -> None:
    course = Course("antidepressant", 21, 40)
    lows = {*range(1, 21), *range(41, 52)}
    said = what_must_be_said(gather(days_of_mood(lows, (course,))))
    assert said[0].id == "low_days_after_antidepressant_ended"


def test_a_rise_of_exactly_3_low_days_in_28_is_said_and_a_smaller_one_is_not() -> None:
    course = (Course("antidepressant", 1, 28),)
    rise = what_must_be_said(gather(days_of_mood({29, 30, 31}, course, days=56)))
    assert rise[0].id == "low_days_after_antidepressant_ended"
    less = what_must_be_said(gather(days_of_mood({29, 30, 31}, course, days=57)))
    assert [one.id for one in less] == ["someone_today"]


def test_safety_imports_neither_statistics_nor_the_disk() -> None:
    folder = Path(twofold.__file__).parent / "safety"
    named = {
        node.module or ""
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert named and not any("inference" in one for one in named)
