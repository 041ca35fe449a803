"""Every kind of entry that a day holds as a form: what it shows, and what it makes of answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from twofold.app.web import attack_form
from twofold.app.web.day_sheet import GUTS, LONGEST_LINE, LONGEST_NAME, NIGHTS, TEN
from twofold.app.web.forms import Form, FormError
from twofold.app.web.gate import Visit
from twofold.app.web.medicine_entries import amount_in, count_in, name_in, number_words
from twofold.diary.building import UnfitError, build
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack, HeadacheRating
from twofold.diary.medication import Dose, Purpose
from twofold.diary.mood import MoodNote
from twofold.diary.plain import to_plain
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.store.entry import Body
from twofold.units import Hours, Span, When

RELIEF = {"none": 0.0, "some": 1.0, "much": 2.0, "all": 3.0}
PURPOSES: tuple[Purpose, ...] = ("acute", "preventive")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Kind:
    """How one kind of entry is shown as a form and read back.

    Parameters
    ----------
    shown : callable
        An entry's body as a filled-in form.
    read : callable
        A form, and the body as it was (``None``: a new entry), as the new body.
    empty : callable
        The form of a new one on a day.
    is_added : bool
        Whether a day's page offers one more; the rest is said once a day, in the evening form.
    """

    shown: Callable[[Body], Form]
    read: Callable[[Form, Visit, dt.date, Body | None], Body]
    empty: Callable[[dt.date], Form] = lambda day: Form({})
    is_added: bool = False


def span_of(kind: str, body: Body | None) -> Span:
    """Return between which numbers an answer of this kind lies."""
    told = (body or {}).get("quality_span" if kind == "sleep" else "span")
    try:
        found: Span = build(Span, told)
    except UnfitError:
        return NIGHTS if kind == "sleep" else TEN
    return found


def _form(**given: Any) -> Form:
    return Form({name: [_shown(value)] for name, value in given.items()})


def _shown(value: Any) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    return "" if value is None else str(value)


def _needed(value: Any, field: str) -> Any:
    if value is None:
        raise FormError(field, "Please answer this, or go back: nothing is changed then.")
    return value


def _moment(body: Body | None, day: dt.date) -> dict[str, Any]:
    """Return when it was: as it stands, else the day alone."""
    return dict((body or {}).get("when") or {"day": day.isoformat()})


# --- an attack, a dose


def _attack_shown(body: Body) -> Form:
    return attack_form.filled(build(Attack, body))


def _attack_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    before = build(Attack, body) if body is not None else None
    plain: Body = to_plain(attack_form.attack_in(form, visit, before))
    return plain


def _dose_shown(body: Body) -> Form:
    dose: Dose = build(Dose, body)
    words = [name for name, number in RELIEF.items() if number == dose.relief]
    return _form(
        name=dose.name,
        dose_day=dose.when.day,
        dose_time=dose.when.time.strftime("%H:%M") if dose.when.time else None,
        purpose=dose.purpose,
        amount=number_words(dose.amount.value) if dose.amount else None,
        unit=dose.amount.unit if dose.amount else None,
        count=number_words(dose.count) if dose.count else None,
        relief=words[0] if words else None,
    )


def _dose_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    before: Dose | None = build(Dose, body) if body is not None else None
    when = attack_form.when_in(form, visit, "dose", before.when if before else None)
    relief = form.one_of("relief", tuple(RELIEF))
    told = Dose(
        when=_needed(when, "dose_day"),
        name=name_in(form),
        purpose=next((p for p in PURPOSES if p == form.one_of("purpose", PURPOSES)), None),
        amount=amount_in(form),
        count=count_in(form),
        relief=RELIEF[relief] if relief else None,
    )
    if before is not None and before.relief not in (None, *RELIEF.values()) and relief is None:
        told = replace(told, relief=before.relief)  # on another scale: it cannot be shown here
    plain: Body = to_plain(told)
    return plain


# --- a night, ratings, the rest


def _sleep_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    hours = form.number("hours", 0, 24)
    span = span_of("sleep", body)
    quality = form.number("night", span.low, span.high)
    if hours is None and quality is None:
        raise FormError("hours", "How long or how good was the night? One of them is enough.")
    night = Sleep(
        day,
        None if hours is None else Hours(hours),
        quality,
        None if quality is None else span,
        (body or {}).get("efficiency"),
    )
    plain: Body = to_plain(night)
    return plain


def _rating_read(kind: str) -> Callable[[Form, Visit, dt.date, Body | None], Body]:
    def read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
        span = span_of(kind, body)
        level = _needed(form.number("level", span.low, span.high), "level")
        plain: Body = to_plain(DayRating(day, level, span))
        return plain

    return read


def _mood_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    span = span_of("mood_note", body)
    level = _needed(form.number("level", span.low, span.high), "level")
    told = body or {}
    when = build(When, _moment(body, day))
    note = MoodNote(when, str(told.get("item") or "mood"), level, span, told.get("better", "high"))
    plain: Body = to_plain(note)
    return plain


def _headache_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    span = span_of("headache_rating", body)
    level = _needed(form.number("level", span.low, span.high), "level")
    plain: Body = to_plain(HeadacheRating(build(When, _moment(body, day)), level, span))
    return plain


def _factor_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    told = body or {}
    name = _needed(form.text("name", most=LONGEST_NAME), "name")
    level = _needed(form.number("level", -LARGEST, LARGEST), "level")
    entry = FactorEntry(
        build(When, _moment(body, day)),
        " ".join(name.split()),
        level,
        told.get("unit"),
        told.get("claim"),
    )
    plain: Body = to_plain(entry)
    return plain


def _note_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    plain: Body = to_plain(Note(day, _needed(form.text("text"), "text")))
    return plain


def _cycle_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    told = body or {}
    bleeding = _needed(form.yes_no("bleeding"), "bleeding")
    plain: Body = to_plain(CycleDay(day, bleeding, told.get("day_from_onset"), told.get("cycle")))
    return plain


def _food_read(form: Form, visit: Visit, day: dt.date, body: Body | None) -> Body:
    line, gut = form.text("line", most=LONGEST_LINE), form.one_of("gut", GUTS)
    if line is None and gut is None:
        raise FormError("line", "One of the two is enough.")
    return {"day": day.isoformat(), "line": line, "gut": gut}


def _level_shown(body: Body) -> Form:
    return _form(level=body.get("level"))


KINDS: Mapping[str, Kind] = {
    "attack": Kind(_attack_shown, _attack_read, attack_form.empty, is_added=True),
    "dose": Kind(_dose_shown, _dose_read, lambda day: _form(dose_day=day), is_added=True),
    "mood_note": Kind(_level_shown, _mood_read),
    "sleep": Kind(
        lambda body: _form(hours=body.get("duration"), night=body.get("quality")), _sleep_read
    ),
    "energy": Kind(_level_shown, _rating_read("energy")),
    "stress": Kind(_level_shown, _rating_read("stress")),
    "note": Kind(lambda body: _form(text=body.get("text")), _note_read, is_added=True),
    "factor": Kind(
        lambda body: _form(name=body.get("name"), level=body.get("level")), _factor_read
    ),
    "food": Kind(lambda body: _form(line=body.get("line"), gut=body.get("gut")), _food_read),
    "cycle": Kind(
        lambda body: _form(bleeding={True: "yes", False: "no"}.get(body.get("bleeding", None))),
        _cycle_read,
    ),
    "headache_rating": Kind(_level_shown, _headache_read),
}
"""The kinds that can be changed by a form, in the order in which a page offers them."""
