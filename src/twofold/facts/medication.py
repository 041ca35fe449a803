"""Medicines: days with acute medicine by family, and courses of treatment over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.facts.counting import Count, count
from twofold.facts.overuse import Overuse, overuse_of_days
from twofold.facts.recovery import Recovery, recoveries
from twofold.facts.shelf import taking
from twofold.knowledge.medicine import counted_in, families
from twofold.units import Day, day_after, days_between

OVERUSE_WINDOW = 30
"""ICHD-3 8.2 counts days a month; months are 30-day windows here (sheet rule G10)."""

UNLISTED = "unlisted"
"""The family of an acute medicine whose name the tables do not know: never a guess."""


@dataclass(frozen=True)
class AcuteDays:
    """Days with an acute medicine of one family in the last 30 days, and over the diary."""

    family: str
    label: str
    last30: Count
    whole: Count
    level_days: tuple[int, ...]


@dataclass(frozen=True)
class CourseFacts:
    """One course: rows it ran (``end_row`` exclusive), and the rows at which its dose changed.

    ``is_known`` is false when the tables do not hold its name; then nothing
    about its kind is known, and nothing that depends on it is checked.
    """

    name: str
    is_known: bool
    is_antidepressant: bool
    start_row: int
    end_row: int
    has_ended: bool
    change_rows: tuple[int, ...]
    unit: str | None


@dataclass(frozen=True)
class MedicationFacts:
    """Acute days by family, courses in order of their start, and what follows about overuse."""

    acute: tuple[AcuteDays, ...]
    courses: tuple[CourseFacts, ...]
    overuse: Overuse
    recoveries: tuple[Recovery, ...]


def columns(diary: Diary, size: int, row: Callable[[Day], int | None]) -> dict[str, Column]:
    """Return the ``acute.*``, ``course.*`` and ``dose.*`` columns of the day table."""
    return _acute_columns(diary, size, row) | _course_columns(diary, size)


def _acute_columns(diary: Diary, size: int, row: Callable[[Day], int | None]) -> dict[str, Column]:
    acute = [dose for dose in diary.doses if is_acute(dose)]
    names = {name for dose in acute for name in families_of(dose.name)}
    if diary.asked_acute_days and not names:
        names = {UNLISTED}
    made = {name: np.full(size, np.nan) for name in sorted(names)}
    for day in diary.asked_acute_days:
        at = row(day)
        if at is not None:
            for column in made.values():
                column[at] = 0.0
    for dose in acute:
        at = row(dose.when.day)
        if at is not None:
            for name in families_of(dose.name):
                made[name][at] = 1.0
    return {f"acute.{name}": column for name, column in made.items()}


def is_acute(dose: Dose) -> bool:
    """Whether a dose was for an attack: so stated, or of a family that only is."""
    if dose.purpose is not None:
        return dose.purpose == "acute"
    return is_acute_name(dose.name)


def is_acute_name(name: str) -> bool:
    """Whether a name is known, and belongs to a family of acute medicines."""
    found = taking(name)
    return found is not None and bool(found.families)


def families_of(name: str) -> tuple[str, ...]:
    """Return the families to whose days an acute medicine counts; ``UNLISTED`` for an unknown name.

    A gepant or a medicine against sickness counts to none; a narrower family
    (aspirin) counts to the wider one.
    """
    found = taking(name)
    if found is None:
        return (UNLISTED,)
    return tuple(dict.fromkeys(counted_in(one)[-1] for one in found.families))


def _course_columns(diary: Diary, size: int) -> dict[str, Column]:
    made: dict[str, Column] = {}
    for course in diary.courses:
        start, stop = _rows(course, diary.first_day, size)
        running = made.get(f"course.{course.name}", np.zeros(size))
        running[start:stop] = 1.0
        made[f"course.{course.name}"] = running
        if any(one.changes for one in diary.courses if one.name == course.name):
            dose = made.get(f"dose.{course.name}", np.zeros(size))
            ran = dose[start:stop]
            dose[start:stop] = np.where(ran == 0, np.nan, ran)  # taken, and not told how much
            for at, daily in _steps(course, diary.first_day):
                dose[max(0, at) : stop] = daily
            made[f"dose.{course.name}"] = dose
    return made


def _rows(course: Course, first: Day, size: int) -> tuple[int, int]:
    start = max(0, min(size, days_between(first, course.start)))
    if course.end is None:
        return start, size
    return start, max(start, min(size, days_between(first, course.end) + 1))


def _steps(course: Course, first: Day) -> list[tuple[int, float]]:
    return [(days_between(first, change.day), change.daily.value) for change in course.changes]


def medication_facts(diary: Diary, table: DayTable) -> MedicationFacts:
    """Count acute days by family, with bounds for unknown days, and lay out the courses."""
    acute = tuple(_acute_days(name, column) for name, column in table.family("acute"))
    courses = sorted(
        (_course_facts(course, diary, len(table)) for course in diary.courses),
        key=lambda one: one.start_row,
    )
    return MedicationFacts(acute, tuple(courses), overuse_of_days(table), recoveries(table))


def _acute_days(name: str, column: Column) -> AcuteDays:
    family = families().get(name)
    return AcuteDays(
        family=name,
        label=family.label if family else "acute medicine that our tables do not list",
        last30=count(column[-OVERUSE_WINDOW:]),
        whole=count(column),
        level_days=family.level_days if family else (),
    )


def _course_facts(course: Course, diary: Diary, size: int) -> CourseFacts:
    start, stop = _rows(course, diary.first_day, size)
    medicine = taking(course.name)
    rows = [at for at, _ in _steps(course, diary.first_day) if start < at < size]
    last_day = day_after(diary.first_day, size - 1)
    return CourseFacts(
        name=course.name,
        is_known=medicine is not None,
        is_antidepressant=medicine is not None and medicine.is_antidepressant,
        start_row=start,
        end_row=stop,
        has_ended=course.end is not None and days_between(course.end, last_day) > 0,
        change_rows=tuple(rows),
        unit=course.changes[0].daily.unit if course.changes else None,
    )
