"""The shelf of a diary: what runs on its last day, what ended lately, and what was taken lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from twofold.daytable import DayTable
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.facts.shelf import Shelf, Taking, taking, together
from twofold.units import Day, day_after, days_between

AS_NEEDED_DAYS = 30
"""A medicine taken for an attack in so many last days stands on the shelf."""

ENDED_DAYS = 60
"""A course that ended so many days ago may still act: fluoxetine's wash-out is 35 days."""

TIMED_DAYS = 7
"""The times of so many last days are compared with each other."""

MOST_TIMED = 20
"""Of more timed doses than that, only those that can decide a rule are kept."""


@dataclass(frozen=True)
class DiaryShelf:
    """The shelf, and the names on it that the tables do not hold."""

    shelf: Shelf
    not_listed: tuple[str, ...]


def diary_shelf(diary: Diary, table: DayTable) -> DiaryShelf:
    """Return what a diary says is being taken, as of the day table's last day.

    Parameters
    ----------
    diary : Diary
    table : DayTable
        Its last row is today; what was written for later days is not seen.
    """
    last = day_after(diary.first_day, len(table) - 1)
    courses = [(one.name, _of_course(one, last)) for one in diary.courses if _is_near(one, last)]
    doses = [(one.name, _of_dose(one, last)) for one in diary.doses if _is_recent(one, last)]
    read = [*courses, *doses]
    found = dict.fromkeys(one for _, one in read if one is not None)
    unknown = dict.fromkeys(name for name, one in read if one is None)
    return DiaryShelf(together(Shelf(_deciding(tuple(found)))), tuple(unknown))


def _deciding(takings: tuple[Taking, ...]) -> tuple[Taking, ...]:
    """Return the takings without the timed doses that decide nothing, where these are many.

    Whether two medicines were taken too close together is decided by their two
    nearest doses, and a question of amount by the largest; the last dose of each
    medicine says when it was taken.
    """
    timed = [one for one in takings if one.hour is not None]
    if len(timed) <= MOST_TIMED:
        return takings
    by_medicine: dict[str, list[Taking]] = {}
    for one in sorted(timed, key=_hour):
        by_medicine.setdefault(one.id, []).append(one)
    doses = list(by_medicine.values())
    kept = {max(each, key=_hour) for each in doses}
    kept |= {max(each, key=lambda one: one.dose_mg or 0.0) for each in doses}
    for i, each in enumerate(doses):
        kept |= {dose for other in doses[:i] for dose in _nearest(each, other)}
        pairs = zip(each, each[1:], strict=False)
        kept |= set(min(pairs, key=lambda pair: _hour(pair[1]) - _hour(pair[0]), default=()))
    return tuple(one for one in takings if one.hour is None or one in kept)


def _hour(one: Taking) -> float:
    return one.hour or 0.0


def _nearest(one: list[Taking], other: list[Taking]) -> tuple[Taking, Taking]:
    """Return the two doses of two medicines that lie nearest to each other."""
    pairs = ((first, second) for first in one for second in other)
    return min(pairs, key=lambda pair: abs(_hour(pair[0]) - _hour(pair[1])))


def _is_near(course: Course, last: Day) -> bool:
    if days_between(course.start, last) < 0:
        return False
    return course.end is None or days_between(course.end, last) <= ENDED_DAYS


def _of_course(course: Course, last: Day) -> Taking | None:
    found = taking(course.name)
    if found is None:
        return None
    ended = 0 if course.end is None else days_between(course.end, last)
    if ended > 0:
        return replace(found, role="stopped", stopped_days_ago=ended)
    return replace(found, role="regular", dose_mg=_amount(course, last) or found.dose_mg)


def _amount(course: Course, last: Day) -> float | None:
    """Return the daily amount that holds on the last day, where it is in milligrams."""
    begun = [one.daily for one in course.changes if days_between(one.day, last) >= 0]
    return begun[-1].value if begun and begun[-1].unit == "mg" else None


def _is_recent(dose: Dose, last: Day) -> bool:
    return 0 <= days_between(dose.when.day, last) < AS_NEEDED_DAYS


def _of_dose(dose: Dose, last: Day) -> Taking | None:
    """Return a dose: with its time when it is of the last days, else as a medicine as needed."""
    found = taking(dose.name)
    if found is None:
        return None
    day, time = dose.when.day, dose.when.time
    is_timed = time is not None and days_between(day, last) < TIMED_DAYS
    if not is_timed or time is None or not isinstance(day, dt.date):
        return replace(found, role="as_needed")
    amount = dose.amount.value if dose.amount is not None and dose.amount.unit == "mg" else None
    return replace(
        found,
        role="taken",
        hour=24.0 * day.toordinal() + time.hour + time.minute / 60,
        clock="date",
        dose_mg=amount if amount is not None else found.dose_mg,
    )
