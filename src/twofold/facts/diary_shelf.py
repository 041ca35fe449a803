"""The shelf of a diary: what runs on its last day, what ended lately, and what was taken lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from twofold.daytable import DayTable
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.facts.shelf import WEEK_H, Shelf, Taking, taking, takings_in, together
from twofold.units import Day, Quantity, When, day_after, days_between

AS_NEEDED_DAYS = 30
"""A medicine taken for an attack in so many last days stands on the shelf."""

ENDED_DAYS = 60
"""A course that ended so many days ago may still act: fluoxetine's wash-out is 35 days."""

TIMED_DAYS = 7
"""The times of so many last days are compared with each other."""

LATER_DAYS = 3
"""So far ahead an earlier dose may meet one: the longest window of hours is 72."""

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
    """Whether it runs on a day or ended lately; one that began earlier than told has begun."""
    if days_between(course.start, last) < 0 and course.started_earlier is not True:
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
    return replace(
        found,
        role="taken",
        hour=24.0 * day.toordinal() + time.hour + time.minute / 60,
        clock="date",
        dose_mg=_at_once_mg(dose, found),
    )


def _at_once_mg(dose: Dose, read: Taking) -> float | None:
    """Return all that was taken at once, in milligrams, as far as it is written."""
    if dose.amount is None or dose.amount.unit not in _IN_MG:
        return read.dose_mg
    return weight_mg(dose.amount, dose.count)


def weight_mg(amount: Quantity | None, count: float | None) -> float | None:
    """Return an amount, so many times, in milligrams; ``None`` where the unit is none of weight.

    >>> weight_mg(Quantity(0.1, "g"), 2)
    200.0
    """
    if amount is None or amount.unit not in _IN_MG:
        return None
    return amount.value * _IN_MG[amount.unit] * (count or 1.0)


_IN_MG = {"mg": 1.0, "g": 1000.0, "µg": 0.001}


# --- at the moment of one dose --------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """What a person has in them when they take a dose, the dose included.

    Parameters
    ----------
    taken : tuple of Taking
        What the dose is: usually one medicine.
    unknown : tuple of str
        The words of the dose that stand for nothing we know.
    shelf : Shelf
        The dose, and everything that it can meet.
    hour : float
        When it was taken, on the clock of the shelf.
    """

    taken: tuple[Taking, ...]
    unknown: tuple[str, ...]
    shelf: Shelf
    hour: float


def at_a_dose(diary: Diary, dose: Dose) -> Met:
    """Return what a dose meets: the courses of its day, and the last dose of each other medicine.

    A dose that was more than a week ago counts as stopped then, so that only a
    wash-out still looks at it. Where a time is not written, the doses count as near
    as they can have been: what nobody wrote never makes a gap.

    Parameters
    ----------
    diary : Diary
    dose : Dose
        It may lie on any day of the diary; what came after it is not seen.
    """
    day, hour = dose.when.day, _earliest(dose.when)
    read, unknown = takings_in(dose.name)
    own = tuple(_taken(one, dose, hour) for one in read)
    courses = [_of_course(one, day) for one in diary.courses if _is_near(one, day)]
    found = [*own, *courses, *_taken_before(diary, dose, {one.id for one in own})]
    return Met(own, unknown, together(Shelf(tuple(one for one in found if one))), hour)


def not_lately(shelf: Shelf, hour: float) -> Shelf:
    """Return a shelf on which what is taken as needed was last taken more than hours before.

    What is only on a list, and was not written down as taken, is within no window of hours.
    """
    takings = [
        replace(one, hour=hour - WEEK_H, clock="date")
        if one.role == "as_needed" and one.hour is None
        else one
        for one in shelf.takings
    ]
    return together(Shelf(tuple(takings), shelf.did_not_help))


def later_doses(diary: Diary, dose: Dose) -> tuple[Dose, ...]:
    """Return the first dose of each other name that came soon after one, and may have met it."""
    later = [
        one
        for one in diary.doses
        if 0 <= days_between(dose.when.day, one.when.day) <= LATER_DAYS
        and not _is_before(one.when, dose.when)
        and one.name != dose.name
    ]
    return tuple({one.name: one for one in sorted(later, key=_begun, reverse=True)}.values())


def _begun(dose: Dose) -> float:
    return _earliest(dose.when)


def _taken_before(diary: Diary, dose: Dose, own: set[str]) -> list[Taking]:
    """Return the last dose of each other medicine, and what was taken of the same in 24 hours."""
    near = [
        one
        for one in diary.doses
        if one != dose
        and _is_before(one.when, dose.when)
        and days_between(one.when.day, dose.when.day) <= ENDED_DAYS
    ]
    last: dict[str, Taking] = {}
    same: list[Taking] = []
    for earlier in sorted(near, key=lambda one: _latest(one.when)):
        for one in takings_in(earlier.name)[0]:
            if one.id not in own:
                last[one.id] = _before(one, earlier, dose.when)
            elif _gap(earlier.when, dose.when) < 24:
                same.append(_before(one, earlier, dose.when))
    return [*last.values(), *same]


def _taken(one: Taking, dose: Dose, hour: float) -> Taking:
    taken = taking(f"{one.written} taken") or one  # a single dose is no daily product
    amount = _at_once_mg(dose, taken)
    return replace(
        taken,
        written=one.written,
        role="taken",
        stopped_days_ago=None,
        hour=hour,
        clock="date",
        dose_mg=amount,
        times_a_day=1,
    )


def _before(one: Taking, earlier: Dose, now: When) -> Taking:
    days = days_between(earlier.when.day, now.day)
    if 24 * days > WEEK_H:
        return replace(one, role="stopped", stopped_days_ago=days, hour=None, clock="")
    return _taken(one, earlier, _earliest(now) - _gap(earlier.when, now))


def _is_before(one: When, other: When) -> bool:
    """Whether one moment lies before another, or may do so on the same day."""
    days = days_between(one.day, other.day)
    if one.time is None or other.time is None:
        return days >= 0
    return _hours(one, other) >= 0


def _gap(earlier: When, later: When) -> float:
    """Return the hours between two moments: the fewest that there can be."""
    if earlier.time is None or later.time is None:
        return max(0.0, _earliest(later) - _latest(earlier))
    return max(0.0, _hours(earlier, later))


def _hours(one: When, other: When) -> float:
    return _earliest(other) - _earliest(one) + _moved_h(one, other)


def _moved_h(earlier: When, later: When) -> float:
    """Return how many hours a journey added between two wall clocks; 0 where that is not known."""
    if earlier.offset_minutes is None or later.offset_minutes is None:
        return 0.0
    return (earlier.offset_minutes - later.offset_minutes) / 60


def _earliest(when: When) -> float:
    start = 24.0 * (when.day.toordinal() if isinstance(when.day, dt.date) else when.day)
    return start if when.time is None else start + when.time.hour + when.time.minute / 60


def _latest(when: When) -> float:
    return _earliest(when) + (24 if when.time is None else 0)
