"""What stands in the store about medicines, and what a form says of them: both read strictly."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException

from twofold.app.web.forms import Form, FormError
from twofold.diary.building import UnfitError, build
from twofold.diary.medication import Course, Dose
from twofold.diary.plain import to_plain
from twofold.errors import TwofoldError
from twofold.facts.medicine_list import Listed, ListPurpose, is_same
from twofold.store.entry import Entry
from twofold.units import DOSE_UNITS, Day, Quantity, When, days_between

if TYPE_CHECKING:
    from twofold.app.web.gate import Visit

UNDO = dt.timedelta(hours=24)
"""For so long what was taken out can be put back from its page."""

PURPOSES: tuple[ListPurpose, ...] = get_args(ListPurpose)
PRESCRIBERS = ("neurologist", "psychiatrist", "family doctor", "another doctor")
RHYTHMS = ("day", "week", "4 weeks", "3 months")
LONGEST_NAME = 120
LONGEST_WORDS = 2_000
LARGEST = 1_000_000.0

_AMOUNT = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,6})?|[.,][0-9]{1,6}) *([^\W\d_].{0,20})?")
_THOUSAND = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_SPELLED = {
    **{unit.casefold(): unit for unit in DOSE_UNITS},
    **{f"{unit}s": unit for unit in ("tablet", "puff", "drop")},
    **dict.fromkeys(("mcg", "ug", "µg".casefold(), "\u00b5g"), "µg"),
    **dict.fromkeys(("gram", "grams"), "g"),
}


@dataclass(frozen=True)
class Medicine:
    """One line of the person's list, with the entry that holds it.

    Parameters
    ----------
    line : Listed
    is_active : bool
        Whether the person says that it is taken now.
    every : str
        How often a medicine of every day is really taken; ``""``: not said, so daily.
    """

    entry: Entry
    line: Listed
    is_active: bool
    every: str = ""

    @property
    def id(self) -> str:
        """The id of its entry."""
        return self.entry.id

    @property
    def name(self) -> str:
        """What the person calls it."""
        return self.line.name

    @property
    def is_daily(self) -> bool:
        """Whether its amounts are amounts a day."""
        return self.line.purpose == "preventive" and self.every in ("", "day")


@dataclass(frozen=True)
class Taken:
    """A dose with the entry that holds it."""

    entry: Entry
    dose: Dose


@dataclass(frozen=True)
class Ran:
    """A course with the entry that holds it."""

    entry: Entry
    course: Course


def medicines_of(visit: Visit) -> tuple[Medicine, ...]:
    """Return the person's list, by name; a body that is no medicine is left out."""
    entries = visit.store.entries(visit.person.id, kinds=("medicine",))
    found = (medicine_of(entry) for entry in entries)
    return tuple(sorted((one for one in found if one), key=lambda one: one.name.casefold()))


def medicine_of(entry: Entry | None) -> Medicine | None:
    """Return an entry as a medicine, or ``None`` when it is none."""
    body = entry.body if entry is not None else None
    if entry is None or body is None or body.get("purpose") not in PURPOSES:
        return None
    name, count = body.get("name"), body.get("count")
    if not isinstance(name, str) or not name.strip():
        return None
    line = Listed(
        name=name[:LONGEST_NAME],
        purpose=body["purpose"],
        amount=quantity_of(body.get("amount")),
        count=float(count) if isinstance(count, (int, float)) and count > 0 else None,
        prescriber=body["prescriber"] if body.get("prescriber") in PRESCRIBERS else "",
    )
    every = body["every"] if body.get("every") in RHYTHMS else ""
    return Medicine(entry, line, body.get("is_active") is not False, every)


def body_of(line: Listed, *, is_active: bool = True, every: str = "") -> dict[str, Any]:
    """Return a line of the list as the store keeps it."""
    return {
        "name": line.name,
        "purpose": line.purpose,
        "amount": to_plain(line.amount) if line.amount else None,
        "count": line.count,
        "prescriber": line.prescriber or None,
        "every": every or None,
        "is_active": is_active,
    }


def quantity_of(body: Any) -> Quantity | None:
    """Return an amount from plain values, or ``None`` when it is none."""
    try:
        found: Quantity | None = build(Quantity | None, body)
    except (UnfitError, TwofoldError):
        return None
    return found


def courses_of(visit: Visit, name: str) -> tuple[Ran, ...]:
    """Return the courses of one medicine, the newest first."""
    entries = visit.store.entries(visit.person.id, kinds=("course",))
    found = [Ran(entry, course) for entry in entries if (course := _built(Course, entry.body))]
    own = [one for one in found if is_dated(one.course) and is_same(one.course.name, name)]
    return tuple(sorted(own, key=lambda one: str(one.course.start), reverse=True))


def doses_of(visit: Visit, *, first: dt.date | None = None) -> tuple[Taken, ...]:
    """Return the doses, the newest first."""
    entries = visit.store.entries(visit.person.id, kinds=("dose",), first=first)
    found = [Taken(entry, dose) for entry in entries if (dose := _built(Dose, entry.body))]
    return tuple(sorted(found, key=_moment, reverse=True))


def runs(medicine: Medicine, courses: Sequence[Ran], today: dt.date) -> bool:
    """Return whether a medicine is taken now: a course tells it, else the person's own word."""
    if medicine.line.purpose != "preventive" or not courses:
        return medicine.is_active
    ends = [one.course.end for one in courses]
    return any(end is None or days_between(today, end) >= 0 for end in ends)


def is_dated(course: Course) -> bool:
    """Return whether a course stands in the calendar, as every course of a kept diary does."""
    return isinstance(course.start, dt.date)


def the(visit: Visit, medicine: uuid.UUID) -> Medicine:
    """Return one medicine of this person.

    Raises
    ------
    HTTPException
        404 when there is none.
    """
    found = medicine_of(visit.entry(str(medicine), kind="medicine"))
    if found is None:
        raise HTTPException(404)
    return found


def lately_gone(visit: Visit, kinds: tuple[str, ...]) -> list[tuple[Entry, Mapping[str, Any]]]:
    """Give what was taken out in the last day, the latest first, each with its body before."""
    entries = visit.store.entries(visit.person.id, kinds=kinds, with_out=True)
    late = [one for one in entries if one.is_out and visit.now - one.at < UNDO]
    told = [(one, _last_body(visit, one)) for one in sorted(late, key=_at, reverse=True)]
    return [(one, body) for one, body in told if body is not None]


def _at(entry: Entry) -> dt.datetime:
    return entry.at


def _last_body(visit: Visit, entry: Entry) -> Mapping[str, Any] | None:
    history = visit.store.history(visit.person.id, entry.id)
    return next((one.body for one in reversed(history) if one.body is not None), None)


def running_words(courses: Sequence[Ran], today: dt.date) -> str:
    """Return the amount a day that holds today; empty when none is written or nothing runs."""
    for one in courses:
        if one.course.end is None or days_between(today, one.course.end) >= 0:
            begun = [each for each in one.course.changes if days_between(each.day, today) >= 0]
            return amount_words(begun[-1].daily) if begun else ""
    return ""


@dataclass(frozen=True)
class Row:
    """One line of a course's history: from when to when, how much a day."""

    first: Day
    last: Day | None
    daily: Quantity | None
    is_earlier: bool


def rows_of(course: Course) -> list[Row]:
    """Return the history of a course as lines, the first one first."""
    days = [one.day for one in course.changes]
    amounts: list[Quantity | None] = [one.daily for one in course.changes]
    if not days or days_between(course.start, days[0]) > 0:
        days, amounts = [course.start, *days], [None, *amounts]
    ends = [_day_before(day) for day in days[1:]] + [course.end]
    earlier = [course.started_earlier is True, *(False for _ in days[1:])]
    return [Row(*one) for one in zip(days, ends, amounts, earlier, strict=True)]


def _day_before(day: Day) -> Day:
    return day - dt.timedelta(1) if isinstance(day, dt.date) else day - 1


def amount_words(amount: Quantity | None) -> str:
    """Return an amount as people write it.

    >>> amount_words(Quantity(2.5, "mg"))
    '2.5 mg'
    """
    return f"{number_words(amount.value)} {amount.unit}" if amount else ""


def number_words(number: float) -> str:
    """Return a number without zeros at its end, and never so that it reads as a thousand.

    >>> number_words(50.0), number_words(1.125)
    ('50', '1.1250')
    """
    words = f"{number:.6f}".rstrip("0").rstrip(".")
    return f"{words}0" if _THOUSAND.fullmatch(words) else words


def _moment(one: Taken) -> tuple[str, str]:
    time = one.dose.when.time
    return str(one.dose.when.day), time.isoformat() if time else ""


def _built(kind: Any, body: Mapping[str, Any] | None) -> Any:
    try:
        return build(kind, body) if body is not None else None
    except (UnfitError, TwofoldError):
        return None


def write_together(visit: Visit, *changes: tuple[str, Mapping[str, Any] | None, str]) -> None:
    """Write several entries in one transaction: all of them are kept, or none.

    Parameters
    ----------
    changes : tuple of (kind, body, entry id)
        ``None`` as a body takes the entry out.
    """
    written = [visit.change(kind, body, entry=entry) for kind, body, entry in changes]
    visit.store.write(visit.person.id, written, received=visit.now)


# --- what a form says -----------------------------------------------------------------------------


def name_in(form: Form, field: str = "name") -> str:
    """Return a medicine's name on one line.

    Raises
    ------
    FormError
        When it is missing or too long.
    """
    written = form.text(field, most=LONGEST_NAME)
    name = " ".join((written or "").split())
    if not name:
        raise FormError(field, "Please write the name as it stands on the packet.")
    return name


def amount_in(form: Form, field: str = "amount", unit: str = "unit") -> Quantity | None:
    """Return an amount with its unit; ``None`` when neither stands there.

    Raises
    ------
    FormError
        When a number has no unit, a unit no number, the two contradict each
        other, or the number could be read in two ways.
    """
    written, chosen = form.raw(field), form.one_of(unit, DOSE_UNITS)
    if written is None:
        if chosen:
            raise FormError(field, "There is a unit but no number. Nothing was saved.")
        return None
    read = _AMOUNT.fullmatch(written)
    if read is None:
        raise FormError(field, "This is not an amount. Write a number, such as 50 or 2.5.")
    if _THOUSAND.fullmatch(read[1]):
        raise FormError(
            field, "This number can be read in two ways. Write 1000 or 1.0. Nothing was saved."
        )
    return _quantity(field, float(read[1].replace(",", ".")), _unit(read[2], chosen, field))


def _unit(written: str | None, chosen: str | None, field: str) -> str:
    named = _SPELLED.get(written.strip().casefold()) if written else None
    if written and named is None:
        raise FormError(field, "This unit is not known here. Please choose one from the list.")
    if named and chosen and named != chosen:
        raise FormError(field, "Two different units stand here. Which one is it?")
    found = named or chosen
    if found is None:
        raise FormError(field, "This number has no unit. Was it mg or g? Nothing was saved.")
    return found


def _quantity(field: str, value: float, unit: str) -> Quantity:
    if not 0 < value <= LARGEST:
        raise FormError(field, "This amount is not between 0 and 1,000,000. Nothing was saved.")
    return Quantity(value, unit)


def count_in(form: Form, field: str = "count") -> float | None:
    """Return how many were taken at once.

    Raises
    ------
    FormError
        When it is no number between a tenth and a hundred.
    """
    return form.number(field, 0.1, 100)


def moment_in(form: Form, visit: Visit, day: str = "day", time: str = "time") -> When:
    """Return when something happened: a day up to today, and perhaps a time.

    Raises
    ------
    FormError
        When there is no day, or the moment has not come yet.
    """
    on = form.day(day, visit.today)
    if on is None:
        raise FormError(day, "Please say on which day.")
    at = form.time(time)
    if at is None:
        return When(on)
    moment = dt.datetime.combine(on, at, tzinfo=ZoneInfo(visit.zone))
    if moment > visit.now + dt.timedelta(minutes=5):
        raise FormError(time, "This time has not come yet. Nothing was saved.")
    offset = moment.utcoffset()
    return When(on, at, int(offset.total_seconds() // 60) if offset is not None else None)
