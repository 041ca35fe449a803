"""One day as a form shows it, and what a filled-in form makes of it.

A question that was not shown leaves everything as it is. One that was shown and
skipped is unknown again: nothing is kept of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException

from twofold.app.web.attack_reach import Reach, reaches_on
from twofold.app.web.attack_steps import still_there
from twofold.app.web.forms import EARLIEST, Form, FormError
from twofold.app.web.gate import Visit
from twofold.app.web.keeping import Draft, entry_of, when_now
from twofold.app.web.medicine_entries import Medicine, medicines_of
from twofold.app.web.own_factors import Chosen, chosen_factors
from twofold.diary.building import build
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack, FreeDay
from twofold.diary.medication import Dose, Purpose
from twofold.diary.plain import to_plain
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.store.entry import Body, Entry
from twofold.units import Hours, Span, When

TEN = Span(0, 10)
NIGHTS = Span(0, 2)
"""A poor, a middling and a good night."""

HEADACHE = ("none", "had", "still", "unsure")
NEAR = ("yes", "no", "unsure")
GUTS = ("settled", "so-so", "upset")
HOW = ("full", "low")
YESTERDAY = "yesterday"
"""Among what was asked: that the day before was still open. It is asked about once."""

GAP = "gap"
"""A hidden field: the form asked about yesterday, whatever was answered."""

LOOK_BACK = dt.timedelta(30)
"""A diary with nothing in so many days has not begun, or begins anew: it has no gap."""

LONGEST_LINE = 500
LONGEST_NAME = 80
MOST_COUNT = 999


@dataclass(frozen=True)
class Sheet:
    """One day as it stands, for one visit.

    Parameters
    ----------
    entries : tuple of Entry
        All that is kept about the day, what was taken out included.
    attacks : tuple of Entry
        Headaches that are known on the day, whenever they began.
    left_open : tuple of Reach
        Attacks of which nobody said whether they were still there, the newest first.
    rated_0 : tuple of Reach
        Attacks of which only ratings of 0 are told on the day: no known headache.
    """

    visit: Visit
    day: dt.date
    entries: tuple[Entry, ...]
    attacks: tuple[Entry, ...]
    left_open: tuple[Reach, ...] = ()
    rated_0: tuple[Reach, ...] = ()

    def id(self, *names: str) -> str:
        """Return the id of this day's own entry of some name."""
        return entry_of(self.visit, self.day, *names)

    def body(self, *names: str) -> Body:
        """Return what stands in this day's own entry; empty when nothing does."""
        name = self.id(*names)
        return next((one.body for one in self.entries if one.id == name and one.body), {})

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """Return what stands on this day of a kind, also what was written elsewhere."""
        return tuple(one for one in self.entries if one.kind == kind and not one.is_out)

    @property
    def seen(self) -> tuple[Entry, ...]:
        """What the form may change, whose versions it carries along."""
        own = (one for one in self.entries if not one.batch or one.kind == "free_day")
        near = (one.kept.entry for one in (*self.left_open, *self.rated_0))
        return tuple({one.id: one for one in (*own, *near)}.values())

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that were answered about this day."""
        return tuple(self.body("check_in").get("asked") or ())

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is known about headache on this day."""
        told = self.attacks or self.of_kind("free_day") or self.of_kind("headache_rating")
        return not told and "headache" not in self.asked

    @cached_property
    def medicines(self) -> tuple[Medicine, ...]:
        """The medicines that are taken when needed."""
        listed = medicines_of(self.visit)
        return tuple(m for m in listed if m.is_active and m.line.purpose != "preventive")

    @cached_property
    def factors(self) -> tuple[Chosen, ...]:
        """The candidate factors that the person chose."""
        return chosen_factors(self.visit)

    @property
    def doses_elsewhere(self) -> tuple[Entry, ...]:
        """Doses of this day that were not written on this form."""
        own = {self.id("dose", one.id) for one in self.medicines} | {self.id("dose", "other")}
        return tuple(one for one in self.of_kind("dose") if one.id not in own)


def sheet_of(visit: Visit, day: dt.date) -> Sheet:
    """Read one day."""
    return _sheet(visit, day, reaches_on(visit, day))


def sheets_of(visit: Visit, days: Sequence[dt.date]) -> list[Sheet]:
    """Read several days that follow each other."""
    near = reaches_on(visit, days[-1], since=days[0])
    return [_sheet(visit, day, near) for day in days]


def _sheet(visit: Visit, day: dt.date, reaches: Iterable[Reach]) -> Sheet:
    entries = visit.store.entries(visit.person.id, first=day, last=day, with_out=True)
    near = [one for one in reaches if one.began <= day]
    return Sheet(
        visit,
        day,
        entries,
        tuple(one.kept.entry for one in reversed(near) if day in one.days),
        tuple(one for one in near if one.is_open_on(day)),
        tuple(one for one in near if one.is_rated_0_on(day)),
    )


def day_in(written: str, today: dt.date) -> dt.date:
    """Return the day in an address.

    Raises
    ------
    HTTPException
        404 when it is no day from 1900 to today.
    """
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        raise HTTPException(404) from None
    if written != day.isoformat() or not EARLIEST <= day <= today:
        raise HTTPException(404)
    return day


# --- from what is kept to a form


def filled(sheet: Sheet) -> Form:
    """Return the form as the person left it; what was not answered is empty."""
    note, food, sleep = sheet.body("note"), sheet.body("food"), sheet.body("sleep")
    given = {
        "headache": _headache_given(sheet),
        "mood": _level(sheet.body("mood_note", "mood")),
        "hours": _shown(sleep.get("duration")),
        "night": _shown(sleep.get("quality")),
        "energy": _level(sheet.body("energy")),
        "stress": _level(sheet.body("stress")),
        "bleeding": _yes_no(sheet.body("cycle").get("bleeding")),
        "other": str(sheet.body("dose", "other").get("name") or ""),
        "line": str(food.get("line") or ""),
        "gut": str(food.get("gut") or ""),
        "note": str(note.get("text") or ""),
        "near": str(sheet.body("check_in").get("near") or ""),
    }
    given |= {one.field: _factor_given(sheet, one) for one in sheet.factors}
    return Form({name: [value] for name, value in given.items()} | {"took": _took_given(sheet)})


def _headache_given(sheet: Sheet) -> str:
    if sheet.of_kind("free_day"):
        return "none"
    return "unsure" if "headache" in sheet.asked and not sheet.attacks else ""


def _took_given(sheet: Sheet) -> list[str]:
    took = [one.id for one in sheet.medicines if sheet.body("dose", one.id)]
    has_any = took or sheet.body("dose", "other")
    return took if has_any or "medicine" not in sheet.asked else ["none"]


def _factor_given(sheet: Sheet, one: Chosen) -> str:
    level = sheet.body("factor", one.name).get("level")
    return _shown(level) if one.kind != "yes_no" or level is None else _yes_no(bool(level))


def _yes_no(told: bool | None) -> str:
    return "" if told is None else "yes" if told else "no"


def _level(body: Body) -> str:
    return _shown(body.get("level"))


def _shown(number: Any) -> str:
    return f"{number:g}" if isinstance(number, (int, float)) else ""


# --- from a form to entries


def drafts_of(sheet: Sheet, form: Form) -> list[Draft]:
    """Return what a filled-in form makes of its day.

    Raises
    ------
    FormError
        When an answer cannot be taken; then nothing is kept.
    """
    shown = form.several("shown", tuple(_QUESTIONS))
    answered = {one for one in sheet.asked if one not in shown}
    drafts: list[Draft] = []
    for question in shown:
        is_answered, found = _QUESTIONS[question](sheet, form)
        drafts += found
        answered |= {question} if is_answered else set()
    if GAP in form.given:
        answered.add(YESTERDAY)
    return [*drafts, _check_in(sheet, form, answered, has_near="near" in shown)]


def _check_in(sheet: Sheet, form: Form, answered: set[str], *, has_near: bool) -> Draft:
    before = sheet.body("check_in").get("near")
    body = {
        "day": sheet.day.isoformat(),
        "asked": [one for one in (*_QUESTIONS, YESTERDAY) if one in answered],
        "how": form.one_of("how", HOW) or "full",
        "near": form.one_of("near", NEAR) if has_near else before,
    }
    return Draft("check_in", sheet.id("check_in"), body)


def headache_told(sheet: Sheet, choice: str | None) -> list[Draft]:
    """Return what an answer about headache makes of a day.

    A headache that is written down already stays as it is; it is changed on its own page.
    "Still" is said of the newest attack that nobody ended.

    Raises
    ------
    FormError
        When "none" meets a headache that is written down, or "still" no attack without an end.
    """
    if sheet.attacks:
        if choice == "none":
            raise FormError("headache", "A headache is written down for this day already.")
        return []
    free = sheet.of_kind("free_day")
    if choice == "none":
        body = to_plain(FreeDay(sheet.day))
        return [] if free else [Draft("free_day", sheet.id("free_day"), body)]
    drafts = [Draft("free_day", one.id, None) for one in free]
    if choice == "had" and sheet.rated_0:
        drafts.append(_there(sheet, sheet.rated_0[0]))
    elif choice == "had":
        body = to_plain(Attack(When(sheet.day)))
        drafts.append(Draft("attack", sheet.id("attack"), body))
    if choice == "still":
        if not sheet.left_open:
            raise FormError("headache", "The attack has an end by now. Was there a headache?")
        drafts.append(_there(sheet, sheet.left_open[0]))
    return drafts


def _there(sheet: Sheet, one: Reach) -> Draft:
    """Return an attack with the word that it was there on the sheet's day."""
    moment: When = build(When, when_now(sheet.visit, sheet.day))
    return Draft("attack", one.kept.id, to_plain(still_there(one.kept.attack, moment)))


def joined(drafts: Iterable[Draft]) -> list[Draft]:
    """Return drafts in which an attack stands once, with all that was said of its days."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        before = found.get(draft.entry)
        found[draft.entry] = draft if before is None else _both(before, draft)
    return list(found.values())


def _both(one: Draft, other: Draft) -> Draft:
    if one.kind != "attack" or one.body is None or other.body is None:
        return other
    attack: Attack = build(Attack, other.body)
    for moment in build(Attack, one.body).still:
        attack = still_there(attack, moment)
    return Draft("attack", one.entry, to_plain(attack))


Told = tuple[bool, list[Draft]]
"""Whether a question was answered, and the entries that it makes."""


def _headache(sheet: Sheet, form: Form) -> Told:
    choice = form.one_of("headache", HEADACHE)
    was_told = bool(sheet.attacks) and "headache" in sheet.asked
    return choice is not None or was_told, headache_told(sheet, choice)


def _mood(sheet: Sheet, form: Form) -> Told:
    level = form.whole("mood", 0, 10)
    before = sheet.body("mood_note", "mood")
    body = None
    if level is not None:
        when = before["when"] if before.get("level") == level else when_now(sheet.visit, sheet.day)
        body = {"when": when, "item": "mood", "level": level, "span": to_plain(TEN),
                "better": "high"}  # fmt: skip
    return _one(sheet, body, "mood_note", "mood")


def _sleep(sheet: Sheet, form: Form) -> Told:
    hours, quality = form.number("hours", 0, 24), form.whole("night", 0, 2)
    if hours is None and quality is None:
        return _one(sheet, None, "sleep")
    span = NIGHTS if quality is not None else None
    night = Sleep(sheet.day, None if hours is None else Hours(hours), quality, span)
    return _one(sheet, to_plain(night), "sleep")


def _rating(kind: str) -> Question:
    def told(sheet: Sheet, form: Form) -> Told:
        level = form.whole(kind, 0, 10)
        body = None if level is None else to_plain(DayRating(sheet.day, level, TEN))
        return _one(sheet, body, kind)

    return told


def _cycle(sheet: Sheet, form: Form) -> Told:
    bleeding = form.yes_no("bleeding")
    body = None if bleeding is None else to_plain(CycleDay(sheet.day, bleeding))
    return _one(sheet, body, "cycle")


def _medicine(sheet: Sheet, form: Form) -> Told:
    took = form.several("took", ("none", *(one.id for one in sheet.medicines)))
    other = form.text("other", most=LONGEST_NAME)
    if "none" in took and (len(took) > 1 or other):
        raise FormError("took", "“Nothing” and a medicine are both chosen. Which one is it?")
    drafts = [_dose(sheet, one, one.id in took) for one in sheet.medicines]
    body = to_plain(Dose(When(sheet.day), " ".join(other.split()), "acute")) if other else None
    drafts.append(Draft("dose", sheet.id("dose", "other"), body))
    return bool(took or other), drafts


def _dose(sheet: Sheet, medicine: Medicine, is_taken: bool) -> Draft:
    line = medicine.line
    purpose: Purpose | None = "acute" if line.purpose == "acute" else None
    dose = Dose(When(sheet.day), line.name, purpose, line.amount, line.count)
    return Draft("dose", sheet.id("dose", medicine.id), to_plain(dose) if is_taken else None)


def _factors(sheet: Sheet, form: Form) -> Told:
    drafts = [_factor(sheet, form, one) for one in sheet.factors]
    return any(one.body is not None for one in drafts), drafts


def _factor(sheet: Sheet, form: Form, one: Chosen) -> Draft:
    level = _factor_level(form, one)
    body = None
    if level is not None:
        unit = {"count": "count", "rating": "of 10"}.get(one.kind)
        body = to_plain(FactorEntry(When(sheet.day), one.name, level, unit, one.claim))
    return Draft("factor", sheet.id("factor", one.name), body)


def _factor_level(form: Form, one: Chosen) -> float | None:
    if one.kind == "yes_no":
        said = form.yes_no(one.field)
        return None if said is None else float(said)
    return form.whole(one.field, 0, 10 if one.kind == "rating" else MOST_COUNT)


def _food(sheet: Sheet, form: Form) -> Told:
    line, gut = form.text("line", most=LONGEST_LINE), form.one_of("gut", GUTS)
    body = {"day": sheet.day.isoformat(), "line": line or "", "gut": gut} if line or gut else None
    return _one(sheet, body, "food")


def _note(sheet: Sheet, form: Form) -> Told:
    text = form.text("note")
    return _one(sheet, to_plain(Note(sheet.day, text)) if text else None, "note")


def _near(sheet: Sheet, form: Form) -> Told:
    return form.one_of("near", NEAR) is not None, []


def _one(sheet: Sheet, body: Mapping[str, Any] | None, *names: str) -> Told:
    return body is not None, [Draft(names[0], sheet.id(*names), body)]


Question = Callable[[Sheet, Form], Told]

_QUESTIONS: dict[str, Question] = {
    "headache": _headache,
    "mood": _mood,
    "sleep": _sleep,
    "medicine": _medicine,
    "factors": _factors,
    "energy": _rating("energy"),
    "stress": _rating("stress"),
    "cycle": _cycle,
    "food": _food,
    "note": _note,
    "near": _near,
}
"""Every question in the order of the page, and what reads its answer."""


def new_words(sheet: Sheet, drafts: list[Draft]) -> Iterator[str]:
    """Return the person's own sentences that were not there before."""
    for draft in drafts:
        if draft.body is None or draft.kind not in ("note", "food"):
            continue
        text = str(draft.body.get("text") or draft.body.get("line") or "")
        before = sheet.body(draft.kind)
        if text not in (before.get("text"), before.get("line")):
            yield text
