"""Not like the usual attack: the books' questions about warning signs, and what to do about a yes.

What the safety room says stands first, the most urgent first. A question without an
answer stays open: it is never taken for "no".
"""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web import once
from twofold.app.web.attack import running_of
from twofold.app.web.attack_steps import moment_of
from twofold.app.web.forms import Filled, Form
from twofold.app.web.gate import Door, Visit
from twofold.app.web.pages import page, to
from twofold.app.web.safety import calls_of, case_answers, country_of
from twofold.facts.answers import Answers
from twofold.knowledge.crisis_line import lines_of
from twofold.knowledge.field import fields
from twofold.safety.assess import assess

router = APIRouter()
KIND = "unusual"

QUESTIONS = (
    "thunderclap", "neuro_deficit", "confusion", "seizure_now", "fever", "stiff_neck", "rash",
    "head_injury", "painful_red_eye", "vision_lost_or_double", "sudden_loss_last_7_days",
    "aura_now", "worst_ever", "new_headache", "pattern_change", "cannot_keep_fluids",
    "chest_pressure", "overdose_taken", "others_ill_too", "scalp_tenderness", "jaw_pain",
    "positional", "cough_or_exertion",
)  # fmt: skip
"""Fields of the tables that a yes or no answers, those that need emergency care first."""


@router.get("/unusual")
def asking(request: Request, visit: Door) -> Response:
    """Ask, with the emergency number above the questions."""
    return _page(request, visit, Form({}))


@router.post("/unusual")
def answered(visit: Door, form: Filled) -> Response:
    """Keep the answers, and lead to what must be said about them."""
    told = {name: form.yes_no(name) for name in QUESTIONS}
    name = once.in_form(form)
    once.refuse_other_kind(visit, name, KIND)
    body = {"at": visit.now.isoformat(), "answers": told}
    made = once.change(visit, name, KIND, body)
    _, entry = once.write_as_said(visit, made, but=("at",))
    return to(f"/unusual/{entry}")


@router.get("/unusual/{entry:uuid}")
def told(request: Request, visit: Door, entry: uuid.UUID) -> Response:
    """Say what must be said about the answers; they can be changed below."""
    found = visit.entry(str(entry), kind=KIND)
    if found is None:
        raise HTTPException(404)
    given = (found.body or {}).get("answers") or {}
    words = {True: "yes", False: "no"}
    form = Form({name: [words[given[name]]] for name in QUESTIONS if given.get(name) in words})
    return _page(request, visit, form, has_answered=True)


def _page(request: Request, visit: Visit, form: Form, *, has_answered: bool = False) -> Response:
    country = country_of(request, visit)
    safety = assess(_told(visit, form), country=country) if has_answered else None
    return page(
        request,
        "unusual.html.jinja",
        visit,
        form=form,
        questions=[(name, fields()[name].question) for name in QUESTIONS],
        calls=calls_of(lines_of(country))[:1],
        flags=safety.flags if safety else (),
        has_answered=has_answered,
        once=once.fresh,
        open_ones=sum(form.yes_no(name) is None for name in QUESTIONS),
    )


def _told(visit: Visit, form: Form) -> Answers:
    """Return the answers with what the diary knows: how long it has lasted, and the case."""
    running = running_of(visit)
    began = moment_of(running[0].attack.onset) if running else None
    hours = (visit.now - began).total_seconds() / 3600 if began else None
    told = {name: form.yes_no(name) for name in QUESTIONS}
    known = {name: value for name, value in case_answers(visit).items() if name in fields()}
    return Answers.of({**known, **told, "attack_hours_now": hours if hours and hours > 0 else None})
