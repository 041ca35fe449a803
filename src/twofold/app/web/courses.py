"""Medicines of every day over time: from when, how much a day, changed when, until when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.medicine_entries import (
    Medicine,
    Ran,
    amount_in,
    courses_of,
    medicines_of,
    number_words,
    the,
)
from twofold.app.web.medicines import one_page
from twofold.app.web.pages import page, to
from twofold.diary.medication import Course, DoseChange
from twofold.diary.plain import to_plain
from twofold.facts.medicine_list import is_same
from twofold.units import DOSE_UNITS, Day, Quantity, days_between

router = APIRouter()
MOST_CHANGES = 60
"""More changes of one amount are a slip of the hand; a form holds so many lines."""


@router.post("/medicines/{medicine:uuid}/change")
def change(request: Request, visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Keep that from a day on the amount is another one."""
    one = the(visit, medicine)
    try:
        day, daily = _needed_day(form, "changed", visit.today), _needed_amount(form)
        found = _running_on(courses_of(visit, one.name), day)
        course = with_change(found.course, day, daily)
        _keep(visit, course, found.entry.id)
    except FormError as error:
        return one_page(request, visit, one, form=form, error=error)
    return to(f"/medicines/{one.id}")


@router.post("/medicines/{medicine:uuid}/stop")
def stop(request: Request, visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Keep the last day of a medicine."""
    one = the(visit, medicine)
    try:
        day = _needed_day(form, "stopped", visit.today)
        found = _running_on(courses_of(visit, one.name), day, field="stopped")
        if any(days_between(day, each.day) > 0 for each in found.course.changes):
            raise FormError("stopped", "A change of amount is written for a later day.")
        _keep(visit, replace(found.course, end=day), found.entry.id)
    except FormError as error:
        return one_page(request, visit, one, form=form, error=error)
    return to(f"/medicines/{one.id}")


@router.post("/medicines/{medicine:uuid}/start")
def start(request: Request, visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Keep that a medicine begins, or begins again."""
    one = the(visit, medicine)
    try:
        course = _begun(form, one, visit)
        entry = form.id("entry") or str(uuid.uuid4())
        _refuse_overlap(course, courses_of(visit, one.name), entry, field="started")
        _keep(visit, course, entry)
    except FormError as error:
        return one_page(request, visit, one, form=form, error=error)
    return to(f"/medicines/{one.id}/check")


@router.get("/medicines/courses/{course:uuid}")
def editing(request: Request, visit: Door, course: uuid.UUID) -> Response:
    """Show a course with all its changes, each of which can be corrected."""
    found = _the_course(visit, course)
    return _form(request, visit, found, as_form(found.course))


@router.post("/medicines/courses/{course:uuid}")
def edit(request: Request, visit: Door, form: Filled, course: uuid.UUID) -> Response:
    """Keep a course as it was corrected."""
    found = _the_course(visit, course)
    try:
        told = course_in(form, found.course, visit.today)
        _refuse_overlap(told, courses_of(visit, told.name), found.entry.id, field="start")
        _keep(visit, told, found.entry.id)
    except FormError as error:
        return _form(request, visit, found, form, error)
    return to(_page_of(visit, told.name))


@router.post("/medicines/courses/{course:uuid}/out")
def out(visit: Door, course: uuid.UUID) -> Response:
    """Take a course out."""
    found = _the_course(visit, course)
    visit.take_out(found.entry)
    return to(_page_of(visit, found.course.name))


# --- pure -----------------------------------------------------------------------------------------


def with_change(course: Course, day: Day, daily: Quantity) -> Course:
    """Return a course with one more change; one of the same day is replaced.

    Raises
    ------
    FormError
        When there are more changes than a course can hold.
    """
    others = [one for one in course.changes if one.day != day]
    if len(others) >= MOST_CHANGES:
        raise FormError("changed", "There are more changes than one course can hold.")
    changes = sorted([*others, DoseChange(day, daily)], key=lambda one: str(one.day))
    return replace(course, changes=tuple(changes))


def course_in(form: Form, before: Course, today: dt.date) -> Course:
    """Return a course as a form tells it.

    Raises
    ------
    FormError
        When a day is missing, days are out of order, or an amount has no unit.
    """
    began, end = form.day("start", today), form.day("end", today)
    if began is None:
        raise FormError("start", "Please say on which day it began.")
    if end is not None and end < began:
        raise FormError("end", "The last day lies before the first. Nothing was saved.")
    is_moved = began != before.start
    return replace(
        before,
        start=began,
        end=end,
        changes=_changes_in(form, began, end, today),
        started_earlier=None if is_moved else before.started_earlier,
    )


def _changes_in(
    form: Form, began: dt.date, end: dt.date | None, today: dt.date
) -> tuple[DoseChange, ...]:
    found: dict[dt.date, DoseChange] = {}
    for i in range(MOST_CHANGES + 1):
        day = form.day(f"day{i}", today)
        daily = amount_in(form, f"amount{i}", f"unit{i}")
        if day is None and daily is None:
            continue
        if day is None:
            raise FormError(f"day{i}", "This amount has no day. Please say from which day on.")
        if daily is None:
            if form.raw(f"amount{i}") is None:
                continue  # a line whose amount was emptied is taken out
            raise FormError(f"amount{i}", "Please write how much a day.")
        if day < began or (end is not None and day > end):
            raise FormError(f"day{i}", "This day lies outside the first and the last day.")
        if day in found:
            raise FormError(f"day{i}", "Two amounts stand for the same day. Which one is it?")
        found[day] = DoseChange(day, daily)
    return tuple(found[day] for day in sorted(found))


def as_form(course: Course) -> Form:
    """Return a course as the answers of its form."""
    told = {"start": str(course.start), "end": str(course.end or "")}
    for i, one in enumerate(course.changes):
        told[f"day{i}"] = str(one.day)
        told[f"amount{i}"] = number_words(one.daily.value)
        told[f"unit{i}"] = one.daily.unit
    return Form({name: [value] for name, value in told.items()})


def _refuse_overlap(course: Course, others: Sequence[Ran], entry: str, *, field: str) -> None:
    """Refuse a course that runs on a day of another one: nobody takes one medicine twice."""
    for one in others:
        other = one.course
        is_before = other.end is not None and days_between(other.end, course.start) > 0
        is_after = course.end is not None and days_between(course.end, other.start) > 0
        if one.entry.id != entry and not is_before and not is_after:
            raise FormError(field, "Another course of this medicine runs on these days already.")


# --- doors ----------------------------------------------------------------------------------------


def _begun(form: Form, medicine: Medicine, visit: Visit) -> Course:
    day, daily = _needed_day(form, "started", visit.today), amount_in(form)
    changes = (DoseChange(day, daily),) if daily else ()
    return Course(medicine.name, day, changes=changes)


def _needed_day(form: Form, field: str, today: dt.date) -> dt.date:
    day = form.day(field, today)
    if day is None:
        raise FormError(field, "Please say on which day.")
    return day


def _needed_amount(form: Form) -> Quantity:
    found = amount_in(form)
    if found is None:
        raise FormError("amount", "Please write how much a day.")
    return found


def _running_on(courses: Sequence[Ran], day: dt.date, *, field: str = "changed") -> Ran:
    """Return the course that ran on a day."""
    for one in courses:
        ended = one.course.end is not None and days_between(one.course.end, day) > 0
        if days_between(one.course.start, day) >= 0 and not ended:
            return one
    raise FormError(field, "On that day this medicine was not taken, as far as is written here.")


def _keep(visit: Visit, course: Course, entry: str) -> None:
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != "course":
        raise FormError("start", "This page is too old. Please open it again. Nothing was saved.")
    body: Mapping[str, object] = to_plain(course)
    visit.put("course", body, entry=entry)


def _the_course(visit: Visit, course: uuid.UUID) -> Ran:
    entry = visit.entry(str(course), kind="course")
    name = str((entry.body or {}).get("name", "")) if entry else ""
    for one in courses_of(visit, name):
        if one.entry.id == str(course):
            return one
    raise HTTPException(404)


def _page_of(visit: Visit, name: str) -> str:
    for one in medicines_of(visit):
        if is_same(one.name, name):
            return f"/medicines/{one.id}"
    return "/medicines"


def _form(
    request: Request, visit: Visit, found: Ran, form: Form, error: FormError | None = None
) -> Response:
    lines = [i for i in range(MOST_CHANGES) if form.raw(f"day{i}") or form.raw(f"amount{i}")]
    return page(
        request,
        "medicines_course.html.jinja",
        visit,
        status=422 if error else 200,
        found=found,
        form=form,
        error=error,
        lines=[*lines, max(lines, default=-1) + 1],
        units=DOSE_UNITS,
    )
