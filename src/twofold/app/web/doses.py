"""Single doses outside attacks: what was taken when, and what to know before the next one.

A dose is always recorded. What the tables say about it stands beside the form
before, and on the dose's own page after.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.dose_notices import is_other, tell, whole
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.medicine_entries import (
    Medicine,
    Taken,
    amount_in,
    amount_words,
    count_in,
    doses_of,
    lately_gone,
    medicines_of,
    moment_in,
    name_in,
    number_words,
    runs,
    the,
)
from twofold.app.web.medicines import Together, together
from twofold.app.web.pages import page, to
from twofold.diary.medication import Dose, Purpose
from twofold.diary.plain import to_plain
from twofold.facts.counting import Count
from twofold.facts.medicine_list import days_taken
from twofold.pipeline import before_dose
from twofold.units import DOSE_UNITS

router = APIRouter()
RELIEF = {"none": 0.0, "some": 1.0, "much": 2.0, "all": 3.0}
LAST = 30


@router.get("/medicines/doses")
def list_(request: Request, visit: Door) -> Response:
    """Show the last doses, and what can be recorded now."""
    taken = [one for one in medicines_of(visit) if runs(one, (), visit.today)]
    return page(
        request,
        "medicines_doses.html.jinja",
        visit,
        doses=doses_of(visit)[:LAST],
        medicines=[one for one in taken if one.line.purpose != "preventive"],
        relief=_relief_word,
        out=[
            (entry.id, str(body.get("name", ""))) for entry, body in lately_gone(visit, ("dose",))
        ],
    )


@router.get("/medicines/{medicine:uuid}/dose")
def asking(request: Request, visit: Door, medicine: uuid.UUID) -> Response:
    """Ask for a dose of a medicine, and say what stands before it."""
    one = the(visit, medicine)
    form = Form({"entry": [str(uuid.uuid4())], **_usual(one), **_now(visit)})
    return _form(request, visit, form, medicine=one)


@router.post("/medicines/{medicine:uuid}/dose")
def record(request: Request, visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Record a dose; nothing keeps it from being recorded."""
    one = the(visit, medicine)
    try:
        entry = form.id("entry") or str(uuid.uuid4())
        _refuse_other_kind(visit, entry)
        dose = dose_in(form, visit, one.name, _purpose(one))
        body = to_plain(dose)
        visit.put("dose", body, entry=entry)
    except FormError as error:
        return _form(request, visit, form, medicine=one, error=error)
    tell(visit, {entry: body})
    return to(f"/medicines/doses/{entry}")


@router.get("/medicines/doses/{dose:uuid}")
def one_(request: Request, visit: Door, dose: uuid.UUID) -> Response:
    """Show one dose, to be corrected or taken out, and what is told at an intake."""
    found = _the_dose(visit, dose)
    return _dose_page(request, visit, found, _as_form(found.dose))


@router.post("/medicines/doses/{dose:uuid}")
def edit(request: Request, visit: Door, form: Filled, dose: uuid.UUID) -> Response:
    """Keep a dose as it was corrected."""
    found = _the_dose(visit, dose)
    try:
        body = to_plain(dose_in(form, visit, name_in(form), found.dose.purpose))
        visit.put("dose", body, entry=found.entry.id, base=form.id("base"))
    except FormError as error:
        return _dose_page(request, visit, found, form, error)
    if is_other(found.entry.body, body):
        tell(visit, {found.entry.id: body})
    return to("/medicines/doses")


@router.post("/medicines/doses/{dose:uuid}/out")
def out(visit: Door, dose: uuid.UUID) -> Response:
    """Take a dose out; it can be put back for a day."""
    visit.take_out(_the_dose(visit, dose).entry)
    return to("/medicines/doses")


@router.post("/medicines/doses/{dose:uuid}/back")
def back(visit: Door, dose: uuid.UUID) -> Response:
    """Put a dose back that was taken out."""
    for entry, body in lately_gone(visit, ("dose",)):
        if entry.id == str(dose):
            visit.put("dose", body, entry=entry.id)
            return to(f"/medicines/doses/{entry.id}")
    raise HTTPException(404)


def dose_in(form: Form, visit: Visit, name: str, purpose: Purpose | None) -> Dose:
    """Return a dose as a form tells it.

    Raises
    ------
    FormError
        When it has no day, the moment has not come yet, or an amount has no unit.
    """
    relief = form.one_of("relief", tuple(RELIEF))
    return Dose(
        when=moment_in(form, visit),
        name=name,
        purpose=purpose,
        amount=amount_in(form),
        count=count_in(form),
        relief=RELIEF[relief] if relief else None,
    )


def _purpose(one: Medicine) -> Purpose | None:
    """Return what a dose of this medicine is for; taken as needed, the tables tell it."""
    return None if one.line.purpose == "as_needed" else one.line.purpose


def _usual(one: Medicine) -> dict[str, list[str]]:
    """Return the usual amount as the person wrote it."""
    amount = one.line.amount
    return {
        "amount": [number_words(amount.value) if amount else ""],
        "unit": [amount.unit if amount else ""],
        "count": [number_words(one.line.count) if one.line.count else ""],
    }


def _now(visit: Visit) -> dict[str, list[str]]:
    return {"day": [visit.today.isoformat()], "time": [visit.now.strftime("%H:%M")]}


def _as_form(dose: Dose) -> Form:
    when = dose.when
    told = {
        "name": dose.name,
        "day": str(when.day),
        "time": when.time.isoformat("minutes") if when.time else "",
        "amount": number_words(dose.amount.value) if dose.amount else "",
        "unit": dose.amount.unit if dose.amount else "",
        "count": number_words(dose.count) if dose.count else "",
        "relief": _relief_word(dose.relief),
    }
    return Form({name: [value] for name, value in told.items()})


def _relief_word(relief: float | None) -> str:
    """Return the word for a relief that was recorded here; empty for one on another scale."""
    return next((word for word, number in RELIEF.items() if number == relief), "")


def _refuse_other_kind(visit: Visit, entry: str) -> None:
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != "dose":
        raise FormError("day", "This page is too old. Please open it again. Nothing was saved.")


def _the_dose(visit: Visit, dose: uuid.UUID) -> Taken:
    entry = visit.entry(str(dose), kind="dose")
    for one in doses_of(visit, first=entry.day if entry else None):
        if one.entry.id == str(dose):
            return one
    raise HTTPException(404)


def _form(
    request: Request,
    visit: Visit,
    form: Form,
    *,
    medicine: Medicine,
    error: FormError | None = None,
) -> Response:
    return page(
        request,
        "medicines_dose.html.jinja",
        visit,
        status=422 if error else 200,
        form=form,
        error=error,
        medicine=medicine,
        **_before(visit, medicine),
    )


def _before(visit: Visit, medicine: Medicine) -> Mapping[str, Any]:
    """Return what stands before a dose: its days, its level, and what must not meet it."""
    diary = visit.diary()
    days: Count = days_taken(diary, medicine.name, visit.today)
    told: Together = together(visit, medicine, occasion="intake")
    return {
        "days": days,
        "before": before_dose(diary, medicine.name, today=visit.today),
        "told": told,
        "relief": tuple(RELIEF),
        "units": DOSE_UNITS,
        "usual": amount_words(medicine.line.amount),
    }


def _dose_page(
    request: Request, visit: Visit, found: Taken, form: Form, error: FormError | None = None
) -> Response:
    return page(
        request,
        "medicines_dose_one.html.jinja",
        visit,
        status=422 if error else 200,
        found=found,
        form=form,
        error=error,
        told=whole(visit, found.entry.id, found.dose),
        relief=tuple(RELIEF),
        units=DOSE_UNITS,
    )
