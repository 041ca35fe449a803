"""Low-mood days, acute-medicine days, courses, and the window around the period."""

from __future__ import annotations

import numpy as np
import pytest

from twofold.diary.diary import Conventions, Diary, LowMoodDayRule
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import FreeDay
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.facts.cycle import cycle_facts
from twofold.facts.days import day_table
from twofold.facts.facts import gather
from twofold.facts.medication import medication_facts
from twofold.inference.treatment import reach
from twofold.units import Hours, Quantity, Span, When

NAN = float("nan")
LOW_RULE = LowMoodDayRule("mean of down at least 0.5", item="down", line=0.5, low_side="high")


def note(day: int, level: float) -> MoodNote:
    return MoodNote(When(day), "down", level, Span(-3, 3), "low")


def test_the_mean_of_the_days_notes_makes_a_low_day_and_a_silent_day_stays_unknown() -> None:
    diary = Diary(
        "you",
        1,
        4,
        mood_notes=(note(1, 0), note(1, 1), note(2, -1), note(4, 3)),
        conventions=Conventions(low_mood_day=LOW_RULE, mood_item="down"),
    )
    table = day_table(diary)
    np.testing.assert_array_equal(table["low_mood"], [1, 0, NAN, 1])
    np.testing.assert_allclose(table["mood"], [10 - 3.5 / 0.6, 10 - 2 / 0.6, NAN, 0])


def test_without_a_stated_rule_there_is_no_low_mood_day() -> None:
    facts = gather(Diary("you", 1, 2, mood_notes=(note(1, 3),)))
    assert facts.mood.low is None
    assert facts.mood.recorded.known == 1


def test_low_days_are_counted_among_the_days_of_known_mood_with_their_median() -> None:
    levels = {1: -3.0, 2: 2.0, 3: 1.0, 5: -1.0}
    diary = Diary(
        "you",
        1,
        6,
        mood_notes=tuple(note(day, level) for day, level in levels.items()),
        conventions=Conventions(low_mood_day=LOW_RULE, mood_item="down"),
    )
    mood = gather(diary).mood
    assert mood.low is not None
    assert (mood.low.hits, mood.low.known, mood.low.days) == (2, 4, 6)
    assert (mood.recorded.hits, mood.recorded.known, mood.recorded.days) == (4, 4, 6)
    assert mood.median == pytest.approx(5.0)
    assert [(block.hits, block.known) for block in mood.blocks] == [(2, 4)]
    assert mood.change is not None and mood.change.last == mood.low


def test_without_any_mood_there_is_no_median_and_without_a_rule_no_low_day() -> None:
    mood = gather(Diary("you", 1, 2)).mood
    assert (mood.median, mood.low, mood.blocks, mood.change) == (None, None, (), None)


def test_a_questionnaire_total_stands_on_the_day_it_was_answered() -> None:
    answers = (ScaleAnswer(When(2), "phq9", total=14), ScaleAnswer(When(3), "phq9"))
    table = day_table(Diary("you", 1, 3, scale_answers=answers))
    np.testing.assert_array_equal(table["scale.phq9"], [NAN, 14, NAN])


def test_two_painkillers_on_one_day_are_one_day() -> None:
    doses = tuple(Dose(When(day), "painkiller", "acute") for day in (2, 2, 3))
    facts = gather(Diary("you", 1, 4, doses=doses, asked_acute_days=(1, 2, 3)))
    acute = facts.medication.acute[0]
    assert (acute.family, acute.whole.hits, acute.whole.known, acute.whole.most) == (
        "unnamed_painkiller",
        2,
        3,
        3,
    )
    assert acute.level_days == (10, 15)


def test_a_medicine_that_the_tables_do_not_know_is_never_guessed() -> None:
    facts = gather(Diary("you", 1, 2, doses=(Dose(When(1), "sumatripan", "acute"),)))
    assert [one.family for one in facts.medication.acute] == ["unlisted"]
    assert facts.medication.acute[0].level_days == ()


def test_a_day_on_which_medicine_was_not_asked_is_unknown() -> None:
    table = day_table(Diary("you", 1, 3, doses=(Dose(When(2), "painkiller", "acute"),)))
    np.testing.assert_array_equal(table["acute.unnamed_painkiller"], [NAN, 1, NAN])


def test_a_preventive_dose_is_never_an_acute_day() -> None:
    table = day_table(Diary("you", 1, 3, doses=(Dose(When(2), "candesartan", "preventive"),)))
    assert not list(table.family("acute"))


def test_a_course_steps_through_its_doses_and_ends() -> None:
    changes = (DoseChange(2, Quantity(150, "mg")), DoseChange(4, Quantity(75, "mg")))
    diary = Diary("you", 1, 7, courses=(Course("antidepressant", 2, 5, changes=changes),))
    table = day_table(diary)
    np.testing.assert_array_equal(table["dose.antidepressant"], [0, 150, 150, 75, 75, 0, 0])
    np.testing.assert_array_equal(table["course.antidepressant"], [0, 1, 1, 1, 1, 0, 0])
    course = medication_facts(diary, table).courses[0]
    assert (course.start_row, course.end_row, course.has_ended) == (1, 5, True)
    assert course.is_antidepressant and course.change_rows == (3,)


@pytest.mark.parametrize(
    ("cycle_day", "inside"),
    [(-3, 0), (-2, 1), (-1, 1), (1, 1), (2, 1), (3, 1), (4, 0), (14, 0)],
)
def test_the_window_around_the_period_is_day_minus_2_to_3(cycle_day: int, inside: float) -> None:
    diary = Diary("you", 1, 1, cycle=(CycleDay(1, day_from_onset=cycle_day),))
    assert day_table(diary)["perimenstrual"][0] == inside


def test_cycle_days_follow_from_recorded_bleeding_and_count_backwards_before_it() -> None:
    bleeding = tuple(CycleDay(day, bleeding=True) for day in (10, 11, 12))
    table = day_table(Diary("you", 1, 14, cycle=bleeding))
    expected = [NAN, NAN, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(table["cycle_day"], expected)


@pytest.mark.parametrize(
    ("next_period", "is_known_on_day_31"), [(30, True), (58, False), (None, False)]
)
def test_where_a_period_may_have_been_left_out_the_place_in_the_cycle_is_unknown(
    next_period: int | None, is_known_on_day_31: bool
) -> None:
    starts = [2] + ([next_period] if next_period else [])
    cycle = tuple(CycleDay(day, bleeding=True) for day in starts)
    table = day_table(Diary("you", 1, 60, cycle=cycle))
    assert table["perimenstrual"][21] == 0
    assert bool(np.isfinite(table["perimenstrual"][30])) is is_known_on_day_31


def test_bleeding_on_the_first_day_of_a_diary_may_have_begun_before() -> None:
    table = day_table(Diary("you", 1, 5, cycle=(CycleDay(1, bleeding=True),)))
    assert np.isnan(table["perimenstrual"]).all()


def test_days_of_the_window_that_were_never_recorded_are_named() -> None:
    cycle = tuple(CycleDay(i + 1, day_from_onset=d) for i, d in enumerate((-2, -1, 4)))
    free = tuple(FreeDay(i) for i in (1, 2, 3))
    facts = cycle_facts(day_table(Diary("you", 1, 3, cycle=cycle, free_days=free)))
    assert facts is not None and facts.unrecorded == (1, 2, 3)
    assert (facts.inside.known, facts.outside.known) == (2, 1)


def test_sleep_and_stress_become_factors_turned_the_way_of_their_claims() -> None:
    diary = Diary(
        "you",
        1,
        2,
        sleep=(Sleep(1, Hours(6), quality=2, quality_span=Span(0, 10), efficiency=80),),
        stress=(DayRating(1, 8, Span(0, 10)), DayRating(2, 3, Span(0, 10))),
        factors=(FactorEntry(When(1), "wine", 2),),
    )
    table = day_table(diary)
    assert table["factor.poor sleep"][0] == 8
    assert table["factor.a short night"][0] == -6
    assert table["factor.low sleep efficiency"][0] == 20
    np.testing.assert_array_equal(table["factor.stress fell since yesterday"], [NAN, 5])
    linked = {one.label: one.claim for one in table.factors}
    assert linked["poor sleep"] == "sleep_quality_poor" and linked["wine"] is None


def test_acute_medicine_is_never_a_candidate_factor() -> None:
    doses = (Dose(When(1), "painkiller", "acute"),)
    assert not day_table(Diary("you", 1, 1, doses=doses)).factors


def test_an_acute_medicine_written_as_a_factor_is_not_a_candidate_either() -> None:
    entries = tuple(FactorEntry(When(1), name, 1) for name in ("Painkiller", "wine", "Sumatriptan"))
    doses = (Dose(When(1), "sumatriptan", "acute"),)
    table = day_table(Diary("you", 1, 1, factors=entries, doses=doses))
    assert [one.label for one in table.factors] == ["wine"]


def test_a_dose_without_a_purpose_is_acute_only_if_its_family_is() -> None:
    doses = (Dose(When(1), "sertraline"), Dose(When(1), "painkiller"))
    table = day_table(Diary("you", 1, 1, doses=doses))
    assert [name for name, _ in table.family("acute")] == ["unnamed_painkiller"]


def test_several_mood_items_without_a_main_one_are_averaged() -> None:
    notes = (note(1, 3), MoodNote(When(1), "calm", 10, Span(0, 10), "high"))
    table = day_table(Diary("you", 1, 1, mood_notes=notes))
    assert table["mood"][0] == 5


def test_a_column_that_the_schema_does_not_name_is_refused() -> None:
    from twofold.daytable import DayTable

    with pytest.raises(ValueError, match="no column"):
        DayTable({"surprise": np.zeros(1)}, ("day 1",), False)
    with pytest.raises(ValueError, match="shape"):
        DayTable({"mood": np.zeros(2)}, ("day 1",), False)


def test_a_course_taken_up_again_without_its_dose_is_taken_and_not_left_out() -> None:
    first = Course("pill", 2, 3, changes=(DoseChange(2, Quantity(50, "mg")),))
    table = day_table(Diary("you", 1, 6, courses=(first, Course("pill", 5))))
    np.testing.assert_array_equal(table["course.pill"], [0, 1, 1, 0, 1, 1])
    np.testing.assert_array_equal(table["dose.pill"], [0, 50, 50, 0, np.nan, np.nan])
    np.testing.assert_array_equal(reach(table, "pill", ramp_days=1), [0, 1, 1, 0, 1, 1])
