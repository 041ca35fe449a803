"""What lies on the shelf at the moment of a dose: roles, hours, and where each line is drawn."""

from __future__ import annotations

import datetime as dt

import pytest

from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.facts.diary_shelf import at_a_dose, diary_shelf, later_doses, not_lately
from twofold.facts.facts import gather
from twofold.units import Quantity, When

TODAY = dt.date(2026, 11, 22)
NOON = 24.0 * TODAY.toordinal() + 12


def at(days_ago: int, hour: int | None = None, minute: int = 0, offset: int | None = None) -> When:
    time = None if hour is None else dt.time(hour, minute)
    return When(TODAY - dt.timedelta(days_ago), time, offset)


def diary(*doses: Dose, courses: tuple[Course, ...] = ()) -> Diary:
    return Diary("you", TODAY - dt.timedelta(90), TODAY, doses=doses, courses=courses)


def shelf(earlier: Dose, now: Dose | None = None) -> tuple[str, float | None, int | None, str]:
    """Return how an earlier dose lies on the shelf at noon today: role, hours before, days, clock."""
    dose = now or Dose(at(0, 12), "sumatriptan")
    met = at_a_dose(diary(earlier, dose), dose)
    (one,) = [each for each in met.shelf.takings if each.written == earlier.name]
    before = None if one.hour is None else met.hour - one.hour
    return one.role, before, one.stopped_days_ago, one.clock


# When it was taken: role, hours before noon, days since it was stopped.
EARLIER = [
    (at(0, 11), ("taken", 1.0, None, "date")),
    (at(0, 12), ("taken", 0.0, None, "date")),
    (at(0), ("taken", 0.0, None, "date")),  # some time today: as near as it can have been
    (at(1, 12), ("taken", 24.0, None, "date")),
    (at(1), ("taken", 12.0, None, "date")),  # until midnight
    (at(7, 12), ("taken", 168.0, None, "date")),
    (at(8, 12), ("stopped", None, 8, "")),
    (at(60, 12), ("stopped", None, 60, "")),
]


@pytest.mark.parametrize(("when", "lies"), EARLIER)
def test_an_earlier_dose_of_another_medicine_lies_on_the_shelf_with_its_hours(when, lies) -> None:
    assert shelf(Dose(when, "ergotamine")) == lies


def test_a_dose_of_sixty_one_days_ago_is_not_looked_at() -> None:
    dose = Dose(at(0, 12), "sumatriptan")
    met = at_a_dose(diary(Dose(at(61, 12), "fluoxetine"), dose), dose)
    assert [one.written for one in met.shelf.takings] == ["sumatriptan"]
    assert met.hour == NOON


@pytest.mark.parametrize(
    ("hour", "minute", "days", "is_there"), [(13, 0, 1, True), (12, 1, 1, True), (12, 0, 1, False)]
)
def test_of_the_same_medicine_only_doses_of_less_than_a_day_ago_count(
    hour, minute, days, is_there
) -> None:
    dose = Dose(at(0, 12), "sumatriptan", amount=Quantity(50, "mg"))
    before = Dose(at(days, hour, minute), "sumatriptan", amount=Quantity(100, "mg"))
    met = at_a_dose(diary(before, dose), dose)
    amounts = [one.dose_mg for one in met.shelf.takings]
    assert amounts == ([50, 100] if is_there else [50])


def test_a_journey_adds_its_hours() -> None:
    """Noon in Berlin and noon in New York are six hours apart."""
    now = Dose(at(0, 12, offset=-300), "sumatriptan")
    assert shelf(Dose(at(0, 12, offset=60), "ergotamine"), now)[1] == 6.0
    assert shelf(Dose(at(0, 12), "ergotamine"), now)[1] == 0.0


@pytest.mark.parametrize(
    ("when", "is_later"),
    [
        (at(0, 13), True),
        (at(0, 12), False),  # at the same moment: it was looked at as an earlier one
        (at(0, 11), False),
        (at(0), False),  # may have been before
        (at(-1, 9), True),
        (at(-3, 9), True),
        (at(-4, 9), False),
        (at(1, 13), False),
    ],
)
def test_later_doses_of_three_days_may_have_met_a_dose(when, is_later) -> None:
    dose = Dose(at(0, 12), "sumatriptan")
    found = later_doses(diary(dose, Dose(when, "ergotamine")), dose)
    assert [one.name for one in found] == (["ergotamine"] if is_later else [])


def test_of_later_doses_the_first_of_each_name_is_looked_at_and_none_of_the_same_name() -> None:
    dose = Dose(at(0, 12), "sumatriptan")
    later = (
        Dose(at(-1, 9), "ergotamine"),
        Dose(at(0, 20), "ergotamine"),
        Dose(at(0, 21), "sumatriptan"),
        Dose(at(-1, 8), "ibuprofen"),
    )
    found = later_doses(diary(dose, *later), dose)
    assert {(one.name, one.when) for one in found} == {
        ("ergotamine", at(0, 20)),
        ("ibuprofen", at(-1, 8)),
    }


def on_the_shelf(*doses: Dose, courses: tuple[Course, ...] = ()) -> list[tuple[object, ...]]:
    one = diary(*doses, courses=courses)
    found = diary_shelf(one, gather(one).table).shelf.takings
    return [(each.written, each.role, each.hour, each.clock, each.dose_mg) for each in found]


# A dose, and how it lies on the shelf of its diary: role, hour, clock, milligrams.
OF_DOSE = [
    (Dose(at(0, 12), "ibuprofen", amount=Quantity(400, "mg")), ("taken", NOON, "date", 400)),
    (
        Dose(at(0, 12, 30), "ibuprofen", amount=Quantity(0.4, "g"), count=2),
        ("taken", NOON + 0.5, "date", 800),
    ),
    (Dose(at(6, 12), "ibuprofen"), ("taken", NOON - 144, "date", None)),
    (Dose(at(7, 12), "ibuprofen"), ("as_needed", None, "", None)),
    (Dose(at(0), "ibuprofen", amount=Quantity(400, "mg")), ("as_needed", None, "", None)),
    (Dose(at(29, 12), "ibuprofen"), ("as_needed", None, "", None)),
]


@pytest.mark.parametrize(("dose", "lies"), OF_DOSE)
def test_a_dose_lies_on_the_shelf_of_its_diary(dose, lies) -> None:
    assert on_the_shelf(dose) == [("ibuprofen", *lies)]


def test_a_dose_of_thirty_days_ago_is_not_on_it() -> None:
    assert on_the_shelf(Dose(at(30, 12), "ibuprofen")) == []


@pytest.mark.parametrize(
    ("course", "roles"),
    [
        (Course("sertraline", TODAY), ["regular"]),
        (Course("sertraline", TODAY + dt.timedelta(1)), []),
        (Course("sertraline", TODAY + dt.timedelta(1), started_earlier=True), ["regular"]),
        (Course("sertraline", at(90).day, TODAY), ["regular"]),
        (Course("sertraline", at(90).day, at(1).day), ["stopped"]),
        (Course("sertraline", at(90).day, at(60).day), ["stopped"]),
        (Course("sertraline", at(90).day, at(61).day), []),
    ],
)
def test_a_course_lies_on_it_while_it_runs_and_for_sixty_days(course, roles) -> None:
    assert [each[1] for each in on_the_shelf(courses=(course,))] == roles


def test_what_is_only_listed_was_last_taken_a_week_ago_at_the_latest() -> None:
    one = diary(Dose(at(7, 12), "ibuprofen"))
    found = not_lately(diary_shelf(one, gather(one).table).shelf, NOON).takings
    assert [(each.role, each.hour, each.clock) for each in found] == [
        ("as_needed", NOON - 168, "date")
    ]
