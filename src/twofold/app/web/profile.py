"""The short questionnaire behind the profile, and what it says in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web.forms import Filled, Form, FormError, known_id
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import NONE_SEEN, Draft, keep
from twofold.app.web.pages import page, to
from twofold.app.web.safety import case_answers, item9_was_answered, set_cookie, with_flag
from twofold.app.web.scale_offers import given_answers
from twofold.errors import TwofoldError
from twofold.facts.answers import Answers, of_case
from twofold.facts.classification import classify
from twofold.facts.score import Score
from twofold.guidance.derived import Question
from twofold.guidance.profile import Profile, profile, questionnaire
from twofold.intake.case_file import case_of
from twofold.knowledge.field import Field, fields
from twofold.knowledge.scale import find_scale
from twofold.safety.assess import AN_ADULT

router = APIRouter()

ITEM_9 = "item9"
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """One question of the questionnaire, with its field."""

    question: Question
    field: Field


@router.get("/profile")
def show(request: Request, visit: Door) -> Response:
    """Show the questions, or what the answers say."""
    told = profile_of(visit)
    if told is None:
        return _form(request, visit, Form(_given(case_answers(visit))))
    return page(request, "profile.html.jinja", visit, told=told, lines=told.lines())


@router.get("/profile/questions")
def questions(request: Request, visit: Door) -> Response:
    """Show the questions with the answers that were given."""
    return _form(request, visit, Form(_given(case_answers(visit))))


@router.post("/profile")
def answered(request: Request, visit: Door, form: Filled) -> Response:
    """Keep the answers; one to the suicide question opens the safety page at once."""
    before = case_answers(visit)
    try:
        answers, base = _answers(before, form), form.id("base") or NONE_SEEN
    except FormError as error:
        if not _item9_in(form):
            return _form(request, visit, form, error)
        answers, base = _what_can_be_read(before, form), _known_base(form)
    entry, item9 = visit.only("case"), _item9_in(form)
    is_whole = keep(visit, [Draft("case", entry, {"answers": answers})], {entry: base})
    if item9 is not None and item9_was_answered(visit, item9):
        return _led(request, "/help", answers)
    return _led(request, "/profile" if is_whole else "/conflicts", answers)


def profile_of(visit: Visit) -> Profile | None:
    """Return the profile, or ``None`` while nothing of the questionnaire was answered."""
    told = case_answers(visit)
    case = case_of(with_flag(visit, told))
    answers = of_case(case)
    if not any(answers[one.field] is not None for one in questionnaire(answers)):
        return None
    return profile(answers, classify(answers), _scores(visit))


def _scores(visit: Visit) -> dict[str, Score]:
    """Return the latest whole score of each questionnaire."""
    given = reversed(given_answers(visit))
    return {one.score.scale: one.score for one in given if one.is_whole}


def _answers(before: dict[str, Any], form: Form) -> dict[str, Any]:
    """Return the answers with what the form changes; a question not shown stays as it was.

    Raises
    ------
    FormError
        When an answer does not fit its question, or two contradict each other.
    """
    shown = [name for name in form.given.get("shown", ()) if name in fields()]
    told = {**before, **{name: _answer(form, fields()[name]) for name in shown}}
    if told.get(ITEM_9) is None and ITEM_9 in before:
        told[ITEM_9] = before[ITEM_9]  # it is never filled in beforehand, so open is no change
    known = {name: value for name, value in told.items() if value is not None}
    try:
        case_of(known)
    except TwofoldError as error:
        raise FormError(_where(error, shown), error.sentence()) from None
    return known


def _item9_in(form: Form) -> int | None:
    """Return what was answered to item 9 just now, whatever else the form holds."""
    try:
        told = _answer(form, fields()[ITEM_9]) if ITEM_9 in form.given.get("shown", ()) else None
    except FormError:
        return None
    return None if told is None else int(str(told))


def _what_can_be_read(before: dict[str, Any], form: Form) -> dict[str, Any]:
    """Return the answers without those that cannot be taken: item 9 waits for no correction."""
    told = dict(before)
    for name in form.given.get("shown", ()):
        try:
            only = Form({**form.given, "shown": [name]})
            told = _answers(told, only)
        except FormError:
            continue
    return told


def _known_base(form: Form) -> str:
    return known_id(form.raw("base") or "") or NONE_SEEN


def _where(error: TwofoldError, shown: list[str]) -> str:
    place = (error.where or "").rpartition(", ")[2]
    return place if place in shown else ""


def _answer(form: Form, field: Field) -> Any:
    if field.kind == "yes_no":
        return form.yes_no(field.id)
    if field.kind == "number":
        low = field.low if field.low is not None else -1e9
        high = field.high if field.high is not None else 1e9
        if field.is_whole:
            return form.whole(field.id, int(low), int(high))
        return form.number(field.id, low, high)
    if field.kind == "choice":
        return form.one_of(field.id, field.choices)
    return form.text(field.id, most=LONGEST)


def _given(answers: dict[str, Any]) -> dict[str, list[str]]:
    """Return the answers as the form shows them; item 9 is asked anew each time."""
    return {name: [_shown(value)] for name, value in answers.items() if name != ITEM_9}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _form(request: Request, visit: Visit, form: Form, error: FormError | None = None) -> Response:
    known = of_case(case_of(case_answers(visit)))
    entry = visit.store.entry(visit.person.id, visit.only("case"))
    return page(
        request,
        "profile_questions.html.jinja",
        visit,
        status=422 if error else 200,
        form=form,
        asked=[Asked(one, fields()[one.field]) for one in questionnaire(_unasked(known))],
        base=form.raw("base") or (entry.head if entry is not None else ""),
        choices_of=choices_of,
        item9=find_scale("phq9").items[0].answers,
        errors=[error] if error else [],
    )


def choices_of(field: Field) -> list[tuple[str, str]]:
    """Return the words that one may choose, each with how it reads."""
    return [(one, one.replace("_", " ")) for one in field.choices]


def _unasked(answers: Answers) -> Answers:
    """Return only what decides which questions concern a person: the sex, once it is known."""
    return Answers.of({"sex": answers["sex"]})


def _led(request: Request, path: str, answers: dict[str, Any]) -> Response:
    """Lead on, and let this browser know whether the page for help needs lines for the young."""
    led = to(path)
    age = answers.get("age")
    is_young = isinstance(age, (int, float)) and age < AN_ADULT
    if is_young or request.cookies.get("young"):
        set_cookie(led, request, "young", "1" if is_young else "")
    return led
