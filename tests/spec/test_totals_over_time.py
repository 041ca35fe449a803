"""Totals over time: which questionnaires have a picture, and what each reader may see in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from twofold.diary.diary import Conventions, Diary
from twofold.diary.headache import FreeDay
from twofold.diary.mood import ScaleAnswer
from twofold.intake.case_file import case_of
from twofold.knowledge.scale import find_scale
from twofold.pipeline import review
from twofold.report.report import Audience, Entry, ScorePicture
from twofold.units import When

FIRST = dt.date(2025, 1, 1)
PHQ9 = {str(place): 1 for place in range(1, 10)}
Told = tuple[int, str, "Mapping[str, int | None] | float"]


def entry(
    told: Sequence[Told], *, audience: Audience, shares: bool | None = None, is_dated: bool = True
) -> Entry:
    """Return what the report says on the first questionnaire of a quiet diary of 100 days."""
    days = [FIRST + dt.timedelta(place) if is_dated else place + 1 for place in range(100)]
    diary = Diary(
        "you",
        days[0],
        days[-1],
        free_days=tuple(FreeDay(day) for day in days),
        scale_answers=tuple(_answer(days[place], scale, given) for place, scale, given in told),
        conventions=Conventions(),
    )
    report = review(diary, case=case_of({"shares_safety": shares}), audience=audience)
    return next(one.entries[0] for one in report.chapters if one.id == "scales")


def _answer(day: dt.date | int, scale: str, given: Mapping[str, int | None] | float) -> ScaleAnswer:
    if isinstance(given, Mapping):
        return ScaleAnswer(When(day), scale, dict(given))
    return ScaleAnswer(When(day), scale, {}, total=given)


def picture(
    told: Sequence[Told],
    *,
    audience: Audience = "person",
    shares: bool | None = None,
    is_dated: bool = True,
) -> ScorePicture:
    """Return the picture, which must be there."""
    found = entry(told, audience=audience, shares=shares, is_dated=is_dated).picture
    assert found is not None
    return found


def test_one_questionnaire_has_no_picture_and_two_have_one() -> None:
    assert entry([(3, "phq9", PHQ9)], audience="person").picture is None
    two = picture([(3, "phq9", PHQ9), (40, "phq9", PHQ9 | {"1": 3})])
    assert [(one.label, one.at, one.total) for one in two.points] == [
        ("2025-01-04", 0, 9),
        ("2025-02-10", 37, 11),
    ]


def test_an_undated_diary_keeps_the_distance_of_its_days() -> None:
    told = picture([(3, "phq9", PHQ9), (40, "phq9", PHQ9)], is_dated=False)
    assert [(one.label, one.at) for one in told.points] == [("day 4", 0), ("day 41", 37)]


def test_open_questions_make_a_total_estimated_and_an_open_item_9_makes_it_unknown() -> None:
    told = picture(
        [(3, "phq9", PHQ9), (30, "phq9", PHQ9 | {"3": None}), (60, "phq9", PHQ9 | {"9": None})]
    )
    assert [(one.total, one.is_estimated) for one in told.points] == [
        (9, False), (9, True), (None, False),
    ]  # fmt: skip


def test_questionnaires_without_any_total_have_no_picture() -> None:
    open_ones = PHQ9 | {"9": None}
    two: list[Told] = [(3, "phq9", open_ones), (40, "phq9", open_ones)]
    assert entry(two, audience="person").picture is None


def test_the_axis_is_the_whole_range_and_the_ranges_are_those_of_the_table() -> None:
    told, table = picture([(3, "phq9", PHQ9), (40, "phq9", 14)]), find_scale("phq9")
    assert (told.low, told.high, told.better) == (table.low, table.high, "low")
    assert [(one.low, one.name) for one in told.bands] == [
        (band.low, band.name) for band in table.bands
    ]


def test_a_person_is_shown_no_range_and_no_end_without_a_source_and_a_clinician_is() -> None:
    two: list[Told] = [(3, "hit6", 60.0), (40, "hit6", 66.0)]
    assert not find_scale("hit6").sources
    person, doctor = picture(two), picture(two, audience="neurologist")
    assert (person.low, person.high, person.better, person.bands) == (0, None, "", ())
    assert (doctor.low, doctor.high, doctor.better, len(doctor.bands)) == (36, 78, "low", 4)


@pytest.mark.parametrize("place", [0, 20, 50, 80])
@pytest.mark.parametrize("audience", ["neurologist", "psychiatrist", "therapist"])
def test_until_it_is_shared_nothing_in_the_picture_tells_that_item_9_was_left_open(
    audience: Audience, place: int
) -> None:
    closed: list[Told] = [(3, "phq9", PHQ9), (40, "phq9", PHQ9), (70, "phq9", PHQ9 | {"2": 2})]
    told = [*closed, (place, "phq9", PHQ9 | {"9": None})]
    assert picture(told, audience=audience) == picture(closed, audience=audience)
    shared = picture(told, audience=audience, shares=True)
    assert sum(one.total is None for one in shared.points) == 1


def test_of_other_questionnaires_a_clinician_sees_those_that_were_not_scored() -> None:
    open_ones = {str(place): None for place in range(1, 8)} | {"1": 1}
    full = {str(place): 1 for place in range(1, 8)}
    told: list[Told] = [(3, "gad7", full), (30, "gad7", open_ones), (60, "gad7", full)]
    assert [one.total for one in picture(told, audience="neurologist").points] == [7, None, 7]
