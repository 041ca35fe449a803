"""Notes of side effects, in the person's words; a sign that must be seen leads on at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.medicine_entries import (
    LONGEST_WORDS,
    lately_gone,
    medicines_of,
    name_in,
    the,
)
from twofold.app.web.pages import page, to
from twofold.app.web.safety import calls_of, country_of, look_through, record
from twofold.knowledge.crisis_line import lines_of
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording
from twofold.safety.flag import Triggered
from twofold.safety.side_effects import about_side_effect, signs_of

if TYPE_CHECKING:
    from twofold.safety.assess import Safety
    from twofold.store.entry import Entry

router = APIRouter()
MOST_SHOWN = 100
DANGER = "risk_to_self_or_others"
"""A sign that opens the safety page by itself, whatever else is there."""

OVER = dt.timedelta(days=7)
"""What ended longer ago than this is a note for the next visit, and not for today."""


@dataclass(frozen=True)
class Effect:
    """A note of a side effect, with the entry that holds it."""

    entry: Entry
    day: dt.date
    medicine: str
    words: str
    until: dt.date | None
    signs: tuple[str, ...]


@router.get("/medicines/effects")
def list_(request: Request, visit: Door) -> Response:
    """Show the notes, the newest first."""
    entries = visit.store.entries(visit.person.id, kinds=("side_effect",))
    gone = lately_gone(visit, ("side_effect",))
    return page(
        request,
        "medicines_effects.html.jinja",
        visit,
        effects=[effect for one in reversed(entries) if (effect := effect_of(one))][:MOST_SHOWN],
        medicines=medicines_of(visit),
        out=[(entry.id, str(body.get("words", ""))[:60]) for entry, body in gone],
    )


@router.get("/medicines/{medicine:uuid}/effect")
def asking(request: Request, visit: Door, medicine: uuid.UUID) -> Response:
    """Ask what was noticed."""
    told = {"entry": str(uuid.uuid4()), "medicine": the(visit, medicine).name}
    told["day"] = visit.today.isoformat()
    return _form(request, visit, Form({name: [value] for name, value in told.items()}))


@router.get("/medicines/effects/{effect:uuid}")
def editing(request: Request, visit: Door, effect: uuid.UUID) -> Response:
    """Show a note as it stands, to be changed."""
    return _form(request, visit, _as_form(_the_effect(visit, effect)))


@router.post("/medicines/effects")
def keep(request: Request, visit: Door, form: Filled) -> Response:
    """Keep a note; then show what must be seen, where there is such a sign."""
    try:
        entry = form.id("entry") or str(uuid.uuid4())
        body = body_in(form, visit)
        _refuse_other_kind(visit, entry)
        visit.put("side_effect", body, entry=entry, base=form.id("base"))
    except FormError as error:
        return _form(request, visit, form, error)
    if look_through(visit, body["words"], body["medicine"]):
        return to("/help")
    found = _the_effect(visit, uuid.UUID(entry))
    if DANGER in found.signs and not _is_over(found, visit.today):
        record(visit, Triggered(visit.now, "help_now"))
        if not _assessed(request, visit, found).flags:
            return to("/help")
    return to(f"/medicines/effects/{entry}/signs")


@router.get("/medicines/effects/{effect:uuid}/signs")
def signs(request: Request, visit: Door, effect: uuid.UUID) -> Response:
    """Show what must be seen, or go on to the notes when there is nothing."""
    found = _the_effect(visit, effect)
    told = _assessed(request, visit, found)
    asked = {one.id for one in signs_of(found.medicine)}
    open_ones = [fields()[one].question for one in told.ask_first if one in asked]
    if not (told.flags or open_ones) or _is_over(found, visit.today):
        return to("/medicines/effects")
    return page(
        request,
        "medicines_signs.html.jinja",
        visit,
        effect=found,
        flags=told.flags,
        asks=wording("safety")["tell"]["ask_first"].format(questions=" ".join(open_ones))
        if open_ones
        else "",
        calls=calls_of(lines_of(country_of(request, visit))),
    )


@router.post("/medicines/effects/{effect:uuid}/out")
def out(visit: Door, effect: uuid.UUID) -> Response:
    """Take a note out; it can be put back for a day."""
    visit.take_out(_the_effect(visit, effect).entry)
    return to("/medicines/effects")


@router.post("/medicines/effects/{effect:uuid}/back")
def back(visit: Door, effect: uuid.UUID) -> Response:
    """Put a note back that was taken out."""
    for entry, body in lately_gone(visit, ("side_effect",)):
        if entry.id == str(effect):
            visit.put("side_effect", body, entry=entry.id)
            return to(f"/medicines/effects/{entry.id}")
    raise HTTPException(404)


def body_in(form: Form, visit: Visit) -> dict[str, Any]:
    """Return a note as a form tells it.

    Raises
    ------
    FormError
        When there are no words or no day, or it ended before it began.
    """
    day, until = form.day("day", visit.today), form.day("until", visit.today)
    words = form.text("words", most=LONGEST_WORDS)
    medicine = name_in(form, "medicine")
    known = [one.id for one in signs_of(medicine)]
    there = [one for one in form.given.get("sign", ()) if one in known]
    if day is None:
        raise FormError("day", "Please say on which day you noticed it.")
    if words is None and not there:
        raise FormError("words", "Please write in your own words what you noticed.")
    if until is not None and until < day:
        raise FormError("until", "It ends before it begins. Nothing was saved.")
    return {
        "day": day.isoformat(),
        "medicine": medicine,
        "words": words or "",
        "until": until.isoformat() if until else None,
        "signs": there,
    }


def effect_of(entry: Entry | None) -> Effect | None:
    """Return an entry as a note, or ``None`` when it is none."""
    body: Mapping[str, Any] | None = entry.body if entry is not None else None
    if entry is None or body is None:
        return None
    told = body.get("signs")
    return Effect(
        entry=entry,
        day=entry.day or entry.at.date(),
        medicine=str(body.get("medicine") or ""),
        words=str(body.get("words") or ""),
        until=_day_of(body.get("until")),
        signs=tuple(map(str, told)) if isinstance(told, list) else (),
    )


def _day_of(written: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _is_over(found: Effect, today: dt.date) -> bool:
    """Return whether what was noticed has been over for so long that nothing of it is urgent."""
    return found.until is not None and today - found.until > OVER


def _assessed(request: Request, visit: Visit, found: Effect) -> Safety:
    country = country_of(request, visit)
    return about_side_effect(found.medicine, found.words, found.signs, country=country)


def _as_form(found: Effect) -> Form:
    told = {
        "entry": [found.entry.id],
        "base": [found.entry.head],
        "medicine": [found.medicine],
        "day": [str(found.day)],
        "words": [found.words],
        "until": [str(found.until or "")],
        "sign": list(found.signs),
    }
    return Form(told)


def _the_effect(visit: Visit, effect: uuid.UUID) -> Effect:
    found = effect_of(visit.entry(str(effect), kind="side_effect"))
    if found is None:
        raise HTTPException(404)
    return found


def _refuse_other_kind(visit: Visit, entry: str) -> None:
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != "side_effect":
        raise FormError("words", "This page is too old. Please open it again. Nothing was saved.")


def _form(request: Request, visit: Visit, form: Form, error: FormError | None = None) -> Response:
    medicine = form.raw("medicine") or ""
    is_kept = visit.entry(form.raw("entry") or "", kind="side_effect") is not None
    return page(
        request,
        "medicines_effect.html.jinja",
        visit,
        status=422 if error else 200,
        form=form,
        error=error,
        medicine=medicine,
        signs=signs_of(medicine),
        is_kept=is_kept,
    )
