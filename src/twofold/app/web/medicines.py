"""What the person takes: the list, one medicine's page, and what goes badly together.

Twofold never suggests a medicine or an amount. What is written is always kept;
what the tables say about it is shown beside it, with its source.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.medicine_entries import (
    PRESCRIBERS,
    PURPOSES,
    RHYTHMS,
    Medicine,
    amount_in,
    amount_words,
    body_of,
    count_in,
    courses_of,
    lately_gone,
    medicines_of,
    name_in,
    number_words,
    rows_of,
    running_words,
    runs,
    the,
    write_together,
)
from twofold.app.web.pages import page, to
from twofold.diary.medication import Course, DoseChange
from twofold.diary.plain import to_plain
from twofold.errors import TwofoldError
from twofold.facts.medicine_list import Listed, days_taken, is_same
from twofold.facts.shelf import Shelf, Taking, questions, suggestions, taking
from twofold.guidance.interactions import Checked, Interaction
from twofold.guidance.silence import Acknowledged, Occasion, acknowledged, interruptions
from twofold.intake.case_file import case_of
from twofold.knowledge.interaction import Rule, rules
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import medicines, plain
from twofold.pipeline import Medicines, look_at_medicines
from twofold.units import DOSE_UNITS

if TYPE_CHECKING:
    from twofold.diary.case import Case
    from twofold.diary.diary import Diary
    from twofold.facts.counting import Count
    from twofold.knowledge.interaction import Locale
    from twofold.store.entry import Entry

router = APIRouter()
SEEN = "interactions_seen"
MOST_SEEN = 400
AS_WRITTEN = "as_written"
LOCALES: Mapping[str, Locale] = {"US": "US", "CA": "US", "GB": "UK", "UK": "UK"}
"""Whose labels count; any other country that is known follows those of the EU."""


@dataclass(frozen=True)
class Line:
    """One medicine as the list shows it."""

    medicine: Medicine
    runs: bool
    taken: Count | None
    course: str
    effects: int


# --- the list -------------------------------------------------------------------------------------


@router.get("/medicines")
def list_(request: Request, visit: Door) -> Response:
    """Show what is taken, and the days with medicine for attacks."""
    diary, every = visit.diary(), medicines_of(visit)
    lines = [_line(visit, one, diary) for one in every]
    look = looked(visit, every, diary)
    return page(
        request,
        "medicines.html.jinja",
        visit,
        lines=lines,
        purposes=PURPOSES,
        families=_families(look),
        not_listed=look.not_listed,
        standing=_above_moderate(look.checked.for_person()),
        out=_lately_out(visit),
    )


def _above_moderate(checked: Checked) -> list[str]:
    """Return what is never silenced, a line each: it stands wherever medicines are listed."""
    grave = ("serious", "contraindicated")
    return [one.in_short for one in checked.most_severe_first if one.severity in grave]


def _line(visit: Visit, medicine: Medicine, diary: Diary) -> Line:
    is_preventive = medicine.line.purpose == "preventive"
    courses = courses_of(visit, medicine.name) if is_preventive else ()
    return Line(
        medicine=medicine,
        runs=runs(medicine, courses, visit.today),
        taken=None if is_preventive else days_taken(diary, medicine.name, visit.today),
        course=running_words(courses, visit.today),
        effects=len(effects_of(visit, medicine.name)),
    )


def effects_of(visit: Visit, name: str) -> tuple[Entry, ...]:
    """Return the notes of side effects of one medicine, the newest first."""
    notes = visit.store.entries(visit.person.id, kinds=("side_effect",))
    own = [one for one in notes if one.body and is_same(str(one.body.get("medicine", "")), name)]
    return tuple(reversed(own))


def _families(look: Medicines) -> list[tuple[str, Count, str]]:
    """Give each family's name, its days, and the sentence of the tables about its level."""
    told = look.facts.overuse.lines()
    levels = {one.family: told[i] for i, one in enumerate(look.facts.overuse.families)}
    return [
        (one.label, replace(one.last30, days=30), levels.get(one.family, ""))
        for one in look.facts.acute
    ]


def running(visit: Visit, every: Sequence[Medicine]) -> list[Listed]:
    """Return the lines of the list that are taken now."""
    return [one.line for one in every if runs(one, courses_of(visit, one.name), visit.today)]


def looked(visit: Visit, every: Sequence[Medicine], diary: Diary | None = None) -> Medicines:
    """Hold everything that the person takes against the rules."""
    return look_at_medicines(
        diary or visit.diary(),
        running(visit, every),
        today=visit.today,
        case=case_of_person(visit),
        locale=locale_of(visit),
    )


def case_of_person(visit: Visit) -> Case | None:
    """Return what the person answered in the profile; answers that cannot be read say nothing."""
    entry = visit.entry(visit.only("case"), kind="case")
    answers = (entry.body or {}).get("answers") if entry else None
    try:
        return case_of(answers) if isinstance(answers, dict) else None
    except TwofoldError:
        return None


def locale_of(visit: Visit) -> Locale:
    """Return whose labels count where the person lives; those of the US where that is not known."""
    country = str(visit.setting("country") or "").upper()
    return LOCALES.get(country, "EU" if country else "US")


# --- adding ---------------------------------------------------------------------------------------


@router.get("/medicines/add")
def adding(request: Request, visit: Door) -> Response:
    """Ask for a medicine."""
    return _form(request, visit, Form({"entry": [str(uuid.uuid4())]}))


@router.post("/medicines/add")
def add(request: Request, visit: Door, form: Filled) -> Response:
    """Keep a medicine, then show what its neighbours in the list mean for it."""
    try:
        near = _near(form)
        if near:
            return _form(request, visit, form, near=near, status=422)
        line, start = _told(form, visit)
        entry = form.id("entry") or str(uuid.uuid4())
        _refuse_twin(visit, line, entry)
        _keep_new(visit, entry, line, form, start)
    except FormError as error:
        return _form(request, visit, form, error=error, status=422)
    return to(f"/medicines/{entry}/check")


def _near(form: Form) -> tuple[str, ...]:
    """Return the names to ask about: the written one is not known, and something is like it."""
    written, which = name_in(form), form.raw("which")
    if taking(written) is not None or which == AS_WRITTEN:
        return ()
    near = suggestions(written)
    return () if which in near else near


def _told(form: Form, visit: Visit) -> tuple[Listed, dt.date | None]:
    written, which = name_in(form), form.raw("which")
    name = which if which and which != AS_WRITTEN and which in suggestions(written) else written
    purpose = form.one_of("purpose", PURPOSES)
    if purpose is None:
        raise FormError("purpose", "Please say what it is for.")
    line = Listed(
        name=name,
        purpose=next(one for one in PURPOSES if one == purpose),
        amount=amount_in(form),
        count=count_in(form),
        prescriber=form.one_of("prescriber", PRESCRIBERS) or "",
    )
    return line, form.day("start", visit.today)


def _refuse_twin(visit: Visit, line: Listed, entry: str) -> None:
    """Refuse a second line of the same medicine, unless it is this very one, sent twice."""
    for one in medicines_of(visit):
        is_both = one.line.purpose == line.purpose == "preventive" and is_same(one.name, line.name)
        if one.id != entry and (is_both or plain(one.name) == plain(line.name)):
            raise FormError(
                "name", "This medicine is in your list already. You can change it there."
            )
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != "medicine":
        raise FormError("name", "This page is too old. Please open it again. Nothing was saved.")


def _keep_new(visit: Visit, entry: str, line: Listed, form: Form, start: dt.date | None) -> None:
    every = form.one_of("every", RHYTHMS) or "" if line.purpose == "preventive" else ""
    medicine = ("medicine", body_of(line, every=every), entry)
    if line.purpose != "preventive":
        write_together(visit, medicine)
        return
    course = _first_course(visit, line, start, is_daily=every in ("", "day"))
    own = str(uuid.uuid5(uuid.UUID(entry), "course"))
    write_together(visit, medicine, ("course", to_plain(course), own))


def _first_course(visit: Visit, line: Listed, start: dt.date | None, *, is_daily: bool) -> Course:
    """Return the course that a new line begins; without a date it began before this diary."""
    began = start or visit.diary().first_day
    changes = (DoseChange(began, line.amount),) if line.amount and is_daily else ()
    return Course(line.name, began, changes=changes, started_earlier=None if start else True)


def _form(
    request: Request,
    visit: Visit,
    form: Form,
    *,
    error: FormError | None = None,
    near: Sequence[str] = (),
    medicine: Medicine | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "medicines_form.html.jinja",
        visit,
        status=status,
        form=form,
        error=error,
        near=near,
        medicine=medicine,
        names=sorted({one.label for one in medicines().values()}),
        purposes=PURPOSES,
        prescribers=PRESCRIBERS,
        rhythms=RHYTHMS,
        units=DOSE_UNITS,
    )


# --- together -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One interaction as the person reads it."""

    id: str
    severity: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """What the rules say about one medicine in the list.

    Parameters
    ----------
    shown : tuple of Told
        What interrupts now, the most severe first.
    standing : tuple of str
        What is above moderate and was seen before, a line each.
    listed : tuple of Told
        Everything found, minor ones included.
    asks : tuple of (question, where to answer it)
    notes : tuple of str
        What could not be checked, and what the check covers.
    """

    shown: tuple[Told, ...]
    standing: tuple[str, ...]
    listed: tuple[Told, ...]
    asks: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    acknowledges: tuple[Interaction, ...]


def together(
    visit: Visit, medicine: Medicine, *, occasion: Occasion = "view", look: Medicines | None = None
) -> Together:
    """Return what the rules say about one medicine and the others."""
    checked = (look or looked(visit, medicines_of(visit))).checked.for_person()
    own = _about(checked, medicine)
    now = interruptions(own, seen_before(visit), today=visit.today, occasion=occasion)
    return Together(
        shown=tuple(as_told(own, one) for one in now.shown),
        standing=tuple(one.in_short for one in now.standing),
        listed=tuple(as_told(own, one) for one in own.most_severe_first),
        asks=tuple((one.question, _where(one.about, medicine)) for one in own.ask),
        notes=_notes(own, medicine),
        acknowledges=now.shown,
    )


def _about(checked: Checked, medicine: Medicine) -> Checked:
    """Return the part of a check that is about one medicine."""
    read = taking(medicine.name)
    label = read.label if read else medicine.name
    about = checked.about(label)
    own = {rule.id for rule in rules() if read and _names(rule, read)}
    return replace(about, ask=tuple(one for one in checked.ask if own.intersection(one.rules)))


def _names(rule: Rule, read: Taking) -> bool:
    tags = {tag for one in rule.clauses for tag in (*one.a, *one.b, *one.third)}
    return any(map(read.is_a, tags))


def as_told(checked: Checked, one: Interaction) -> Told:
    """Return one interaction as the person reads it."""
    alone = replace(checked, found=(one,), ask=(), not_named=(), more_for_team=False)
    return Told(one.id, one.severity, alone.lines()[:-1])


def _notes(own: Checked, medicine: Medicine) -> tuple[str, ...]:
    if taking(medicine.name) is None:
        return (own.covers,)
    nothing = "" if own.found or own.not_named else str(wording("interactions")["nothing"])
    said = (nothing, own.for_team_words, own.not_named_words, own.covers)
    return tuple(one for one in said if one)


def _where(about: str, medicine: Medicine) -> str:
    """Return the page on which a question can be answered."""
    if about == "self_harm":
        return "/help"
    if " of " in about:
        return f"/medicines/{medicine.id}/edit"
    return "/profile"


def seen_before(visit: Visit) -> tuple[Acknowledged, ...]:
    """Return what the person said "seen" to."""
    told = visit.setting(SEEN)
    return tuple(
        Acknowledged(str(one["id"]), dt.date.fromisoformat(one["on"]), str(one["circumstances"]))
        for one in (told if isinstance(told, list) else ())
        if isinstance(one, dict) and {"id", "on", "circumstances"} <= one.keys()
    )


@router.get("/medicines/{medicine:uuid}/check")
def check_(request: Request, visit: Door, medicine: uuid.UUID) -> Response:
    """Show what interrupts when a medicine is new, or go on when nothing does."""
    one = the(visit, medicine)
    told = together(visit, one, occasion="new_prescription")
    if not told.shown:
        return to(f"/medicines/{one.id}")
    return page(request, "medicines_check.html.jinja", visit, medicine=one, told=told)


@router.post("/medicines/{medicine:uuid}/seen")
def seen(visit: Door, medicine: uuid.UUID) -> Response:
    """Keep the medicine in the list, and that what was shown about it was seen."""
    one = the(visit, medicine)
    told = together(visit, one, occasion="new_prescription")
    keep_seen(visit, [ack for each in told.acknowledges for ack in acknowledged(each, visit.today)])
    return to(f"/medicines/{one.id}")


def keep_seen(visit: Visit, new: Iterable[Acknowledged]) -> None:
    """Keep what was seen; of the same thing seen twice only the last time."""
    last = {(one.id, one.circumstances): one for one in (*seen_before(visit), *new)}
    latest = sorted(last.values(), key=lambda one: one.on)[-MOST_SEEN:]
    visit.set(
        SEEN,
        [
            {"id": one.id, "on": one.on.isoformat(), "circumstances": one.circumstances}
            for one in latest
        ],
    )


# --- one medicine ---------------------------------------------------------------------------------


@router.get("/medicines/{medicine:uuid}")
def one_(request: Request, visit: Door, medicine: uuid.UUID) -> Response:
    """Show one medicine: how it is taken, what goes badly with it, its side effects."""
    return one_page(request, visit, the(visit, medicine))


def one_page(
    request: Request,
    visit: Visit,
    medicine: Medicine,
    *,
    form: Form | None = None,
    error: FormError | None = None,
) -> Response:
    """Return a medicine's page, with a form that could not be taken where there is one."""
    courses = courses_of(visit, medicine.name) if medicine.line.purpose == "preventive" else ()
    diary = visit.diary()
    look = looked(visit, medicines_of(visit), diary)
    return page(
        request,
        "medicines_one.html.jinja",
        visit,
        rows_of=rows_of,
        fresh=str(uuid.uuid4()),
        status=422 if error else 200,
        medicine=medicine,
        stands_for=_stands_for(medicine),
        line=_line(visit, medicine, diary),
        courses=courses,
        questions=_questions(medicine),
        told=together(visit, medicine, look=look),
        effects=effects_of(visit, medicine.name),
        form=form or Form({}),
        error=error,
        units=DOSE_UNITS,
    )


def _stands_for(medicine: Medicine) -> str:
    """Return what the tables take the name for; empty when they do not know it."""
    read = taking(medicine.name)
    if read is None:
        return ""
    kinds = {medicines()[one].group for one in read.ingredients if one in medicines()}
    return f"{read.label} ({', '.join(sorted(kinds))})" if kinds else read.label


def _questions(medicine: Medicine) -> tuple[str, ...]:
    """Return what to ask about the name or the amount: a slip of the pen, or a vague word."""
    amount = medicine.line.amount
    is_weight = amount is not None and amount.unit in ("mg", "g", "µg")
    words = f"{medicine.name} {amount_words(amount)}" if is_weight else medicine.name
    read = taking(words) or taking(medicine.name)
    return questions(Shelf((read,))) if read else ()


@router.get("/medicines/{medicine:uuid}/edit")
def editing(request: Request, visit: Door, medicine: uuid.UUID) -> Response:
    """Show a medicine as it stands, to be changed."""
    one = the(visit, medicine)
    return _form(request, visit, _as_form(one), medicine=one)


@router.post("/medicines/{medicine:uuid}/edit")
def edit(request: Request, visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Keep a medicine as it was changed; a new name goes to its doses and courses as well."""
    one = the(visit, medicine)
    try:
        near = _near(form)
        if near:
            return _form(request, visit, form, near=near, medicine=one, status=422)
        line, _ = _told(form, visit)
        _refuse_twin(visit, line, one.id)
        _keep_changed(visit, one, line, form)
    except FormError as error:
        return _form(request, visit, form, error=error, medicine=one, status=422)
    return to(f"/medicines/{one.id}/check")


def _as_form(one: Medicine) -> Form:
    amount = one.line.amount
    told = {
        "name": one.name,
        "purpose": one.line.purpose,
        "amount": number_words(amount.value) if amount else "",
        "unit": amount.unit if amount else "",
        "count": number_words(one.line.count) if one.line.count else "",
        "prescriber": one.line.prescriber,
        "every": one.every,
        "base": one.entry.head,
    }
    return Form({name: [value] for name, value in told.items()})


def _keep_changed(visit: Visit, one: Medicine, line: Listed, form: Form) -> None:
    every = form.one_of("every", RHYTHMS) or "" if line.purpose == "preventive" else ""
    body = body_of(line, is_active=one.is_active, every=every)
    renamed = _renamed(visit, one.name, line.name) if line.name != one.name else ()
    write_together(visit, ("medicine", body, one.id), *renamed)


def _renamed(visit: Visit, old: str, new: str) -> list[tuple[str, Mapping[str, Any], str]]:
    """Give every dose, course and note of a medicine under its new name."""
    found: list[tuple[str, Mapping[str, Any], str]] = []
    for kind, key in (("dose", "name"), ("course", "name"), ("side_effect", "medicine")):
        for entry in visit.store.entries(visit.person.id, kinds=(kind,)):
            if entry.body and plain(str(entry.body.get(key, ""))) == plain(old):
                found.append((kind, {**entry.body, key: new}, entry.id))
    return found


@router.post("/medicines/{medicine:uuid}/active")
def active(visit: Door, form: Filled, medicine: uuid.UUID) -> Response:
    """Keep whether a medicine is taken now."""
    one = the(visit, medicine)
    answer = form.one_of("active", ("yes", "no")) or ""
    if answer:
        visit.put(
            "medicine", body_of(one.line, is_active=answer == "yes", every=one.every), entry=one.id
        )
    return to(f"/medicines/{one.id}")


@router.post("/medicines/{medicine:uuid}/out")
def out(visit: Door, medicine: uuid.UUID) -> Response:
    """Take a medicine and its courses out of the list; both can be put back for a day."""
    one = the(visit, medicine)
    courses = courses_of(visit, one.name) if one.line.purpose == "preventive" else ()
    gone = [("course", None, each.entry.id) for each in courses]
    write_together(visit, ("medicine", None, one.id), *gone)
    return to("/medicines")


@router.post("/medicines/{medicine:uuid}/back")
def back(visit: Door, medicine: uuid.UUID) -> Response:
    """Put a medicine back that was taken out, with the courses that went with it."""
    gone = {entry.id: (entry, body) for entry, body in lately_gone(visit, ("medicine", "course"))}
    if str(medicine) not in gone:
        raise HTTPException(404)
    entry, body = gone[str(medicine)]
    name = str(body.get("name", ""))
    courses = [
        ("course", own, each.id)
        for each, own in gone.values()
        if each.kind == "course" and each.at == entry.at and is_same(str(own.get("name", "")), name)
    ]
    write_together(visit, ("medicine", body, entry.id), *courses)
    return to(f"/medicines/{entry.id}")


def _lately_out(visit: Visit) -> list[tuple[str, str]]:
    """Give the id and name of each medicine that was taken out in the last day."""
    gone = lately_gone(visit, ("medicine",))
    return [(entry.id, str(body.get("name", ""))[:120]) for entry, body in gone]
