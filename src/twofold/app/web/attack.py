"""An attack: one tap begins it, one says how strong it is, and everything else can wait.

Each form carries the id of the change that it makes (``once.py``): a double tap, or
a form sent again because its answer was lost, makes one attack and not two. Other
pages can do the same: ``{{ once() }}`` in the form, ``once.in_form(form)`` as the id
of the change (and of the entry, where it is new) in the handler.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from twofold.app.web import attack_form, once
from twofold.app.web.attack_reach import LOOK_BACK, Reach, reach_of
from twofold.app.web.attack_steps import (
    STRENGTH,
    Kept,
    attack_of,
    begun,
    closed,
    ended,
    is_long,
    kept_of,
    last_strength,
    moment_of,
    over_at,
    rated,
    rating,
    reopened,
    still_there,
    when_of,
)
from twofold.app.web.day_sheet import sheet_of
from twofold.app.web.dose_notices import around, tell
from twofold.app.web.forms import Filled, Form, FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.medicine_entries import (
    LONGEST_NAME,
    Medicine,
    Taken,
    amount_words,
    doses_of,
    lately_gone,
    medicines_of,
    name_in,
    number_words,
    the,
)
from twofold.app.web.medicines import looked, together
from twofold.app.web.pages import page, to
from twofold.app.web.safety import look_through
from twofold.diary.building import build
from twofold.diary.headache import Attack
from twofold.diary.medication import Dose, Purpose
from twofold.diary.plain import to_plain
from twofold.errors import RecordError
from twofold.knowledge.emergency import emergencies
from twofold.pipeline import FamilyBefore, before_dose
from twofold.store.entry import Body, Entry
from twofold.units import When, spoken

router = APIRouter()

UNDO = dt.timedelta(hours=24)
QUIET = dt.timedelta(hours=8)
"""After so long without a word, a page asks whether an earlier day's attack is still there."""

RELIEF_FROM, RELIEF_TO = dt.timedelta(hours=2), dt.timedelta(hours=24)
RELIEF = {"none": 0.0, "some": 1.0, "much": 2.0, "all": 3.0}
UNDONE = ("attack", "dose", "free_day")


# --- beginning, and the page while it runs


@router.post("/attack")
def begin(request: Request, visit: Door, form: Filled) -> Response:
    """Write that an attack has begun, now; it takes back a "no headache" of today."""
    name = once.in_form(form)
    once.refuse_other_kind(visit, name, "attack")
    with once.turn():
        if visit.store.entry(visit.person.id, name) is None:
            body = to_plain(begun(visit.now))
            begins = once.change(visit, name, "attack", body)
            free = sheet_of(visit, visit.today).of_kind("free_day")
            back = (once.change(visit, once.fresh(), "free_day", None, entry=e.id) for e in free)
            once.write(visit, begins, *back)
    return to(f"/attack/{name}")


@router.get("/attack/{attack:uuid}")
def show(request: Request, visit: Door, attack: uuid.UUID) -> Response:
    """Show an attack: what it is now, and what can be said with one more tap."""
    return running_page(request, visit, _the(visit, attack))


def running_page(request: Request, visit: Visit, one: Kept, **more: Any) -> Response:
    """Return the page of an attack."""
    reach = reach_of(visit, one)
    doses = _doses_in(visit, reach)
    return page(
        request,
        "attack.html.jinja",
        visit,
        one=one,
        since=since_words(one.attack.onset, visit.today),
        until=since_words(one.attack.end, visit.today) if one.attack.end else "",
        strengths=STRENGTH,
        now=last_strength(one.attack),
        counts=_counts(visit),
        doses=doses,
        asks_relief=[dose for dose in doses if _is_to_ask(dose, visit.now)],
        asks_still=_asks_still(one, visit),
        is_old=reach.is_old(visit.today),
        is_long_ago=reach.last < visit.today - LOOK_BACK,
        last=reach.last,
        long=long_words(one, visit),
        can_undo=visit.now - one.entry.at < UNDO,
        once=once.fresh,
        **more,
    )


def long_words(one: Kept, visit: Visit) -> tuple[str, ...]:
    """Return what the tables say of an attack that does not let go; nothing of another one."""
    return _long_words() if is_long(one.attack, visit.now) else ()


def running_of(visit: Visit) -> tuple[Kept, ...]:
    """Return the attacks that are going on, the newest first."""
    first = visit.today - LOOK_BACK
    entries = visit.store.entries(visit.person.id, kinds=("attack",), first=first)
    return tuple(one for one in kept_of(entries) if one.attack.is_running)


def since_words(when: When, today: dt.date) -> str:
    """Return a moment in few words: the time today, else the day with it.

    >>> since_words(When(dt.date(2026, 11, 21), dt.time(22, 10)), dt.date(2026, 11, 22))
    '21 November, 22:10'
    """
    parts = [] if when.day == today and when.time else [spoken(str(when.day))]
    return ", ".join(parts + ([when.time.strftime("%H:%M")] if when.time else []))


@router.post("/attack/{attack:uuid}/strength")
def strength(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write how strong it is at this moment."""
    pain = form.number("pain", 0, 10)
    if pain is not None:
        told = rating(pain, visit.now)
        _step(request, visit, form, attack, lambda one: rated(one, told))
    return to(f"/attack/{attack}")


@router.post("/attack/{attack:uuid}/still")
def still(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write that it is still there, now; of one that is over by then nothing changes."""
    now = when_of(visit.now)

    def there(one: Attack) -> Attack:
        return still_there(one, now) if one.is_running else one

    _step(request, visit, form, attack, there)
    return to(f"/attack/{attack}")


# --- over


@router.post("/attack/{attack:uuid}/over")
def over(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write that it is over: now, or, where the last word is older, at no known moment.

    Then the next page asks on which day; whoever leaves it has said all that they know.
    """
    end = when_of(visit.now)

    def over_now(one: Attack) -> Attack:
        if one.end is not None:
            return one
        return over_at(one, end, reach_of(visit, _the(visit, attack)).last)

    try:
        _step(request, visit, form, attack, over_now)
    except RecordError:
        return to(f"/attack/{attack}/end")
    is_asked = _the(visit, attack).attack.end is None
    return to(f"/attack/{attack}/end" if is_asked else f"/attack/{attack}")


@router.post("/attack/{attack:uuid}/reopen")
def reopen(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write that it is not over after all."""
    now = when_of(visit.now)
    _step(request, visit, form, attack, lambda one: reopened(one, now))
    return to(f"/attack/{attack}")


@router.get("/attack/{attack:uuid}/end")
def ending(request: Request, visit: Door, attack: uuid.UUID) -> Response:
    """Ask when it ended."""
    one = _the(visit, attack)
    end = one.attack.end or When(visit.today)
    if one.attack.end is None and one.attack.onset.day != visit.today:
        return _ending(request, visit, one, Form({}))  # nobody said that it lasted until today
    given = {"end_day": [str(end.day)], "end_time": [_minute(end)]}
    return _ending(request, visit, one, Form(given))


@router.post("/attack/{attack:uuid}/end")
def ended_then(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write when it ended, or that nobody knows when."""
    one = _the(visit, attack)
    if form.one_of("unknown", ("1",)):
        last = reach_of(visit, one).last
        _step(request, visit, form, attack, lambda now: closed(now, last))
        return to(f"/attack/{attack}")
    try:
        end = attack_form.when_in(form, visit, "end", one.attack.end)
        if end is None:
            raise FormError("end_day", "On which day was it over? The time may stay empty.")
        name = str(uuid.uuid5(uuid.UUID(once.in_form(form)), repr(end)))
        said = Form({**form.given, once.FIELD: [name]})  # another end is another step
        _step(request, visit, said, attack, lambda now: ended(now, end))
    except RecordError as error:
        wrong = FormError("end_day", error.what[:1].upper() + error.what[1:])
        return _ending(request, visit, one, form, wrong)
    except FormError as error:
        return _ending(request, visit, one, form, error)
    return to(f"/attack/{attack}")


def _ending(
    request: Request, visit: Visit, one: Kept, form: Form, error: FormError | None = None
) -> Response:
    return page(
        request,
        "attack_end.html.jinja",
        visit,
        status=422 if error else 200,
        one=one,
        form=form,
        errors=[error] if error else [],
        since=since_words(one.attack.onset, visit.today),
        last=None if one.attack.end else reach_of(visit, one).last,
        once=once.fresh,
    )


# --- a medicine


@dataclass(frozen=True)
class Offer:
    """A medicine that can be recorded with one tap, and what to know before."""

    medicine: Medicine
    amount: str
    before: tuple[FamilyBefore, ...]
    told: Any


@router.get("/attack/{attack:uuid}/medicine")
def medicine(request: Request, visit: Door, attack: uuid.UUID) -> Response:
    """Offer the person's medicines for attacks, each with its count and what to know before."""
    return _medicine(request, visit, _the(visit, attack), Form({}))


@router.post("/attack/{attack:uuid}/dose")
def dose(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Record a dose; nothing keeps it from being recorded."""
    one = _the(visit, attack)
    try:
        taken = _dose_in(form, visit)
        name = once.in_form(form)
        once.refuse_other_kind(visit, name, "dose")
    except FormError as error:
        return _medicine(request, visit, one, form, error)
    body = to_plain(taken)
    made = once.change(visit, name, "dose", body)
    outcome, entry = once.write_as_said(visit, made, but=("when",))
    if outcome != "known":
        tell(visit, {entry: body})
    return to(f"/attack/{attack}")


@router.post("/attack/{attack:uuid}/relief")
def relief(visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Write how a dose helped."""
    chosen, which = form.one_of("relief", tuple(RELIEF)), form.id("dose")
    if chosen and which:

        def helped(body: Mapping[str, Any]) -> Body:
            told: Body = to_plain(replace(build(Dose, body), relief=RELIEF[chosen]))
            return told

        once.step(visit, once.in_form(form), which, kind="dose", to=helped)
    return to(f"/attack/{attack}")


def _dose_in(form: Form, visit: Visit) -> Dose:
    when = when_of(visit.now)
    chosen = form.id("medicine")
    if chosen is None:
        return Dose(when, name_in(form, "other"), "acute")
    line = the(visit, uuid.UUID(chosen)).line
    purpose: Purpose | None = "acute" if line.purpose == "acute" else None
    return Dose(when, line.name, purpose, line.amount, line.count)


def _medicine(
    request: Request, visit: Visit, one: Kept, form: Form, error: FormError | None = None
) -> Response:
    return page(
        request,
        "attack_medicine.html.jinja",
        visit,
        status=422 if error else 200,
        one=one,
        offers=_offers(visit),
        form=form,
        errors=[error] if error else [],
        most=LONGEST_NAME,
        once=once.fresh,
    )


def _offers(visit: Visit) -> list[Offer]:
    listed = _for_attacks(visit)
    if not listed:
        return []
    diary = _lately(visit)
    look = looked(visit, medicines_of(visit), diary)
    return [
        Offer(
            medicine=one,
            amount=_amount(one),
            before=before_dose(diary, one.name, today=visit.today),
            told=together(visit, one, occasion="intake", look=look),
        )
        for one in listed
    ]


def _for_attacks(visit: Visit) -> list[Medicine]:
    """Return what is taken when needed, the medicines for attacks first."""
    listed = [m for m in medicines_of(visit) if m.is_active and m.line.purpose != "preventive"]
    return sorted(listed, key=lambda one: one.line.purpose != "acute")


def _amount(one: Medicine) -> str:
    words = amount_words(one.line.amount)
    return f"{number_words(one.line.count)} × {words}" if one.line.count and words else words


def _counts(visit: Visit) -> list[FamilyBefore]:
    """Return the days with each family of the person's medicines for attacks."""
    listed = _for_attacks(visit)
    diary = _lately(visit) if listed else None
    found = {
        one.family: one
        for each in listed
        if diary is not None
        for one in before_dose(diary, each.name, today=visit.today)
    }
    return list(found.values())


def _lately(visit: Visit) -> Any:
    """Return the diary of the last weeks: all that a count of 30 days and the rules need."""
    return around(visit, visit.today)


def _doses_in(visit: Visit, reach: Reach) -> list[Taken]:
    """Return the doses since the attack began, until it was over or nothing more was said of it."""
    attack = reach.kept.attack
    began, ended_ = moment_of(attack.onset), attack.end and moment_of(attack.end)
    last = reach.last + dt.timedelta(1 if attack.is_running else 0)
    first = attack.onset.day if isinstance(attack.onset.day, dt.date) else None
    found = []
    for one in doses_of(visit, first=first):
        at = moment_of(one.dose.when)
        if attack.end is None and at and at.date() > last:
            continue
        if at and began and began <= at and (not ended_ or at <= ended_):
            found.append(one)
    return found[::-1]


def _is_to_ask(taken: Taken, now: dt.datetime) -> bool:
    at = moment_of(taken.dose.when)
    return taken.dose.relief is None and at is not None and RELIEF_FROM <= now - at <= RELIEF_TO


def _asks_still(one: Kept, visit: Visit) -> bool:
    is_earlier = one.attack.onset.day != visit.today
    return bool(one.attack.is_running) and is_earlier and visit.now - one.entry.at > QUIET


def _long_words() -> tuple[str, str]:
    """Return what the tables say of an attack that does not let go, and what to do."""
    step = next(one for one in emergencies() if one.id == "1.4.1").steps[-1]
    return step.says, step.do


# --- what can wait


@router.get("/attack/{attack:uuid}/more")
def more(request: Request, visit: Door, attack: uuid.UUID) -> Response:
    """Ask for the rest, now or another day; every question may be skipped."""
    one = _the(visit, attack)
    return _more(request, visit, one, attack_form.filled(one.attack))


@router.post("/attack/{attack:uuid}/more")
def more_kept(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Keep the rest; what this page does not ask stays as it is."""
    one = _the(visit, attack)
    whole = Form({**attack_form.filled(one.attack).given, **form.given})
    try:
        told = attack_form.attack_in(whole, visit, one.attack)
        base = form.id("base") or one.entry.head
        name = once.in_form(form)
    except FormError as error:
        return _more(request, visit, one, whole, error)
    body = to_plain(told)
    made = once.change(visit, name, "attack", body, entry=one.id, base=base)
    outcome, _ = once.write_as_said(visit, made)
    before = attack_form.own_words(one.entry.body or {})
    new = [words for words in attack_form.own_words(body) if words not in before]
    if look_through(visit, *new):
        return to("/help")
    return to("/conflicts" if outcome == "conflict" else f"/attack/{attack}")


def _more(
    request: Request, visit: Visit, one: Kept, form: Form, error: FormError | None = None
) -> Response:
    return page(
        request,
        "attack_more.html.jinja",
        visit,
        status=422 if error else 200,
        one=one,
        form=form,
        errors=[error] if error else [],
        since=since_words(one.attack.onset, visit.today),
        once=once.fresh,
    )


# --- undo


@router.post("/attack/{attack:uuid}/undo")
def undo(request: Request, visit: Door, form: Filled, attack: uuid.UUID) -> Response:
    """Take the last step back; a step that another device made since stays."""
    head = form.id("head")
    if head is not None:
        once.undo(visit, str(attack), head)
    is_there = visit.entry(str(attack), kind="attack") is not None
    return to(f"/attack/{attack}" if is_there else "/attack/undo")


@router.get("/attack/undo")
def undone(request: Request, visit: Door) -> Response:
    """List what was written in the last day, and what was taken out in it."""
    first = visit.today - LOOK_BACK
    entries = visit.store.entries(visit.person.id, kinds=UNDONE, first=first)
    new = [one for one in entries if visit.now - one.at < UNDO]
    return page(
        request,
        "attack_undo.html.jinja",
        visit,
        new=[(one, entry_words(one.kind, one.body or {}, visit.today)) for one in reversed(new)],
        gone=[
            (one, entry_words(one.kind, body, visit.today))
            for one, body in lately_gone(visit, UNDONE)
        ],
    )


@router.post("/attack/undo/{entry:uuid}/out")
def take_out(visit: Door, entry: uuid.UUID) -> Response:
    """Take an entry out; for a day it stands below, to be put back."""
    found = visit.store.entry(visit.person.id, str(entry))
    if found is not None and found.kind in UNDONE and not found.is_out:
        visit.take_out(found)
    return to("/attack/undo")


@router.post("/attack/undo/{entry:uuid}/back")
def put_back(visit: Door, entry: uuid.UUID) -> Response:
    """Put an entry back as it was."""
    for one, body in lately_gone(visit, UNDONE):
        if one.id == str(entry):
            visit.put(one.kind, body, entry=one.id)
    return to("/attack/undo")


def entry_words(kind: str, body: Mapping[str, Any], today: dt.date) -> dict[str, str]:
    """Return what an entry is, for a page to say: its kind, when, and a name."""
    when = body.get("onset") or body.get("when") or {"day": body.get("day") or str(today)}
    return {
        "kind": kind,
        "when": since_words(build(When, when), today),
        "name": str(body.get("name") or ""),
    }


# --- within


def _the(visit: Visit, attack: uuid.UUID) -> Kept:
    found: Entry | None = visit.entry(str(attack), kind="attack")
    told = attack_of(found)
    if found is None or told is None:
        raise HTTPException(404)
    return Kept(found, told)


def _step(request: Request, visit: Visit, form: Form, attack: uuid.UUID, to_: Any) -> None:
    def stepped(body: Mapping[str, Any]) -> Body:
        made: Body = to_plain(to_(build(Attack, body)))
        return made

    name = once.in_form(form)
    if not once.step(visit, name, str(attack), kind="attack", to=stepped):
        raise HTTPException(404)


def _minute(when: When) -> str:
    return when.time.strftime("%H:%M") if when.time else ""
