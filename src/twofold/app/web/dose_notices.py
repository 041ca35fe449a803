"""What a dose meets that was just written down, by whatever door: told on the next page.

The dose is kept first, and nothing here can hold it up. A line stands on every page that
follows until the person says that it was seen; the whole text is one tap away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from twofold.app.web import once
from twofold.app.web.forms import Filled
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import Draft
from twofold.app.web.medicine_entries import Ran, courses_of, is_dated, medicines_of
from twofold.app.web.medicines import (
    Told,
    as_told,
    case_of_person,
    keep_seen,
    locale_of,
    seen_before,
)
from twofold.app.web.pages import page, to
from twofold.diary.building import UnfitError, build
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.diary.plain import to_plain
from twofold.errors import TwofoldError
from twofold.facts.diary_shelf import ENDED_DAYS, LATER_DAYS
from twofold.facts.medicine_list import Listed
from twofold.guidance.silence import SILENT, Acknowledged, acknowledged, interruptions
from twofold.knowledge.interaction import SEVERITIES
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import plain
from twofold.pipeline import Intake, look_at_intake
from twofold.store import diary_of
from twofold.store.entry import Body
from twofold.units import When, days_between

router = APIRouter()

WAITING = "medicines_to_tell"
"""The setting that holds what was not seen yet."""

MOST = 20
WEEK = 7
"""A dose of so many last days counts as taken now."""

NOT_KNOWN = "name"
"""Under this id it is kept that the person was told of a name that nothing can be checked for."""


@dataclass(frozen=True)
class Seen:
    """A rule, or a name, as it stood when it was told."""

    rule: str
    circumstances: str


@dataclass(frozen=True)
class Notice:
    """What is to be told of one dose until it was seen.

    Parameters
    ----------
    dose : str
        The entry: a dose, or a course that came with a file.
    name : str
        As the person wrote it.
    severity : str
        Of the most severe line; empty where there is none.
    lines : tuple of str
        In the words of the tables.
    not_known : tuple of str
        The words for which nothing could be checked.
    near : tuple of str
        Known names that are spelled like these.
    seen : tuple of Seen
        What is seen when this notice is.
    """

    dose: str
    name: str
    severity: str
    lines: tuple[str, ...]
    not_known: tuple[str, ...]
    near: tuple[str, ...]
    seen: tuple[Seen, ...]
    kind: str = "dose"

    @property
    def where(self) -> str:
        """The page on which the entry can be changed."""
        return f"/medicines/{'courses' if self.kind == 'course' else 'doses'}/{self.dose}"


# --- writing down what is to be told


def tell(visit: Visit, written: Mapping[str, Body | None]) -> None:
    """Hold doses that were just kept against everything, and let the next page tell what they meet.

    Parameters
    ----------
    written : mapping of str to Body
        By entry; ``None``: it was taken out.
    """
    with suppress(TwofoldError), once.turn():
        before = _kept(visit)
        now = {one.dose: one for one in before if one.dose not in written}
        for entry, body in written.items():
            new = _notice(visit, entry, body)
            if new is not None:
                now = {name: one for name, one in now.items() if not _is_told_by(one, new)}
                now[entry] = new
        _keep(visit, before, now.values())


def tell_drafts(visit: Visit, before: Mapping[str, Body | None], drafts: Iterable[Draft]) -> None:
    """Tell of the doses among the entries of a form that are new or have become others."""
    doses = {one.entry: one.body for one in drafts if one.kind == "dose"}
    tell(visit, {one: body for one, body in doses.items() if is_other(before.get(one), body)})


def tell_import(visit: Visit, batch: str) -> None:
    """Tell of what came with a file and is taken now: courses that run, and each last dose."""
    week = visit.today - dt.timedelta(WEEK)
    read = visit.store.entries
    doses = read(visit.person.id, kinds=("dose",), first=week, last=visit.today)
    courses = read(visit.person.id, kinds=("course",))
    came = [one for one in (*courses, *doses) if one.batch == batch and one.body is not None]
    last = {(one.kind, plain(str((one.body or {}).get("name")))): one for one in came}
    tell(visit, {one.id: one.body for one in list(last.values())[-MOST:]})


def is_other(before: Body | None, now: Body | None) -> bool:
    """Whether a dose became another intake: how it helped is none of that."""
    names = ("when", "name", "amount", "count")
    return any((before or {}).get(name) != (now or {}).get(name) for name in names)


def _is_told_by(old: Notice, new: Notice) -> bool:
    """Whether everything that an older notice says stands in a new one."""
    return set(old.lines) <= set(new.lines) and set(old.not_known) <= set(new.not_known)


def _notice(visit: Visit, entry: str, body: Body | None) -> Notice | None:
    dose = _dose(body, visit.today)
    if dose is None:
        return None
    met, acks = intake_of(visit, dose), seen_before(visit)
    told = interruptions(met.checked.for_person(), acks, today=visit.today, occasion="intake")
    found = sorted((*told.shown, *told.standing), key=lambda one: -SEVERITIES.index(one.severity))
    names = [one for one in met.not_known if not _was_told(one, acks, visit.today)]
    asks = () if _was_told(dose.name, acks, visit.today) else met.asks
    if not (found or names or asks):
        return None
    seen = [ack for one in found for ack in acknowledged(one, visit.today)]
    vague = [*names, *([dose.name] if asks else [])]
    return Notice(
        dose=entry,
        name=dose.name,
        severity=found[0].severity if found else "",
        lines=(*(one.in_short for one in found), *asks),
        not_known=tuple(names),
        near=met.near if names else (),
        seen=(
            *(Seen(one.id, one.circumstances) for one in seen),
            *(Seen(NOT_KNOWN, plain(one)) for one in vague),
        ),
        kind="dose" if body is not None and "when" in body else "course",
    )


def _dose(body: Body | None, today: dt.date) -> Dose | None:
    """Return a dose; of a course that runs, one of today."""
    with suppress(UnfitError, TwofoldError):
        if body is not None and "when" in body:
            dose: Dose = build(Dose, body)
            return dose if isinstance(dose.when.day, dt.date) else None
        course: Course | None = build(Course, body) if body is not None else None
        if course is not None and is_dated(course) and _covers(course, today):
            return Dose(When(today), course.name)
    return None


def _was_told(name: str, acks: Iterable[Acknowledged], today: dt.date) -> bool:
    """Whether the person was told lately that nothing can be checked for a name."""
    own = [one for one in acks if (one.id, one.circumstances) == (NOT_KNOWN, plain(name))]
    return any(dt.timedelta() <= today - one.on < SILENT for one in own)


def intake_of(visit: Visit, dose: Dose) -> Intake:
    """Hold one dose against what the person took around it."""
    day = dose.when.day
    assert isinstance(day, dt.date)
    return look_at_intake(
        around(visit, day),
        dose,
        _listed(visit, day),
        case=case_of_person(visit),
        locale=locale_of(visit),
    )


def around(visit: Visit, day: dt.date) -> Diary:
    """Return the diary of the weeks before a day, with every course: all that a dose can meet."""
    read = visit.store.entries
    first, last = day - dt.timedelta(ENDED_DAYS), day + dt.timedelta(LATER_DAYS)
    near = [one for one in read(visit.person.id, first=first, last=last) if one.kind != "course"]
    courses = read(visit.person.id, kinds=("course",))
    return diary_of.diary([*courses, *near], today=max(day, min(last, visit.today)))


def _listed(visit: Visit, day: dt.date) -> list[Listed]:
    """Return the lines of the list that held on a day; long ago nobody knows but by courses."""
    is_lately = (visit.today - day).days <= ENDED_DAYS
    found = []
    for one in medicines_of(visit):
        courses = courses_of(visit, one.name) if one.line.purpose == "preventive" else ()
        if _ran(courses, day) if courses else one.is_active and is_lately:
            found.append(one.line)
    return found


def _ran(courses: Sequence[Ran], day: dt.date) -> bool:
    return any(_covers(one.course, day) for one in courses)


def _covers(course: Course, day: dt.date) -> bool:
    has_begun = course.started_earlier is True or days_between(course.start, day) >= 0
    return has_begun and (course.end is None or days_between(day, course.end) >= 0)


# --- what waits


def waiting(visit: Visit) -> tuple[Notice, ...]:
    """Return what was not seen yet, of doses that are still in the diary."""
    told = _read(visit.setting(WAITING))
    return tuple(one for one in told if visit.entry(one.dose, kind=one.kind) is not None)


def has_waiting(visit: Visit) -> bool:
    """Return whether something waits to be seen, also when this very request has written it."""
    return bool(_kept(visit))


def _kept(visit: Visit) -> tuple[Notice, ...]:
    """Return what waits as it is kept now, also when this very request has written it."""
    entry = visit.entry(visit.only(WAITING), kind="setting")
    return _read((entry.body or {}).get("value") if entry is not None else None)


def _keep(visit: Visit, before: Sequence[Notice], now: Iterable[Notice]) -> None:
    grave = sorted(now, key=lambda one: -_rank(one))[:MOST]
    if tuple(grave) != tuple(before):
        visit.set(WAITING, [to_plain(one) for one in grave])


def _rank(one: Notice) -> int:
    return SEVERITIES.index(one.severity) + 1 if one.severity in SEVERITIES else 0


def _read(value: Any) -> tuple[Notice, ...]:
    """Read what is kept; what is none of ours is left out."""
    found = []
    for one in value if isinstance(value, list) else ():
        with suppress(UnfitError, TwofoldError):
            found.append(build(Notice, one))
    return tuple(found)


# --- reading it, and that it was seen


@dataclass(frozen=True)
class Whole:
    """All that the tables say of one dose.

    Parameters
    ----------
    told : tuple of Told
        Everything found, minor ones included.
    notes : tuple of str
        What could not be checked, and what the check covers.
    """

    dose: Dose
    entry: str
    told: tuple[Told, ...]
    not_known: tuple[str, ...]
    near: tuple[str, ...]
    asks: tuple[str, ...]
    notes: tuple[str, ...]
    is_waiting: bool


def whole(visit: Visit, entry: str, dose: Dose) -> Whole | None:
    """Return all that the tables say of one dose; ``None`` of one that stands in no calendar."""
    if not isinstance(dose.when.day, dt.date):
        return None
    met = intake_of(visit, dose)
    own = met.checked.for_person()
    nothing = str(wording("interactions")["nothing"])
    has_nothing = bool(met.taken) and not (own.found or own.not_named)
    notes = (nothing if has_nothing else "", own.for_team_words, own.not_named_words, own.covers)
    return Whole(
        dose=dose,
        entry=entry,
        told=tuple(as_told(own, one) for one in own.most_severe_first),
        not_known=met.not_known,
        near=met.near,
        asks=met.asks,
        notes=tuple(one for one in notes if one),
        is_waiting=any(one.dose == entry for one in waiting(visit)),
    )


@router.get("/medicines/told")
def told(request: Request, visit: Door) -> Response:
    """Show all that the tables say of the doses that were not looked at yet."""
    found = []
    for one in waiting(visit):
        entry = visit.entry(one.dose, kind=one.kind)
        dose = _dose(entry.body, visit.today) if entry is not None else None
        told = whole(visit, one.dose, dose) if dose is not None else None
        found += [(one, told)] if told is not None else []
    return page(request, "medicines_told.html.jinja", visit, found=found)


@router.post("/medicines/told")
def seen(visit: Door, form: Filled) -> Response:
    """Keep that notices were seen, those that the page showed and no others."""
    shown = set(form.given.get("dose", ())[:MOST])
    with once.turn():
        before = _kept(visit)
        read = [one for one in before if one.dose in shown]
        if read:
            told = [seen for one in read for seen in one.seen]
            keep_seen(
                visit, [Acknowledged(one.rule, visit.today, one.circumstances) for one in told]
            )
            _keep(visit, before, [one for one in before if one.dose not in shown])
    return to("/")
