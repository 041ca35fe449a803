"""What the medicines of a file meet: each that is taken now, held against everything that is known.

The pages tell the same of what comes in through them (``web/dose_notices.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from twofold.diary.building import UnfitError, build
from twofold.diary.medication import Course, Dose
from twofold.errors import TwofoldError
from twofold.guidance.silence import interruptions
from twofold.knowledge.medicine import plain
from twofold.pipeline import look_at_intake
from twofold.store.entry import Entry
from twofold.units import When, days_between

if TYPE_CHECKING:
    from twofold.diary.diary import Diary
    from twofold.facts.medicine_list import Listed
    from twofold.store.store import Store

NOT_KNOWN = "this name is not in our tables, and nothing can be checked for it."

WEEK = 7
"""Doses of so many last days are taken now."""


def met_lines(store: Store, person: str, batch: str, *, today: dt.date) -> tuple[str, ...]:
    """Return what the tables say of the medicines that came with a file and are taken now.

    Parameters
    ----------
    store : Store
    person, batch : str
        Whose diary, and the import.
    today : date
        Courses that run then, and the last dose of each medicine in the week before it.

    Returns
    -------
    tuple of str
        The gravest first, each once; empty where the tables say nothing that interrupts.
    """
    doses = tuple(_taken_now(_came(store, person, batch), today))
    if not doses:
        return ()
    diary, listed = store.diary(person, today=today), _listed(store, person)
    told = [line for dose in doses for line in _lines(diary, dose, listed, today)]
    return tuple(dict.fromkeys(told))


def _came(store: Store, person: str, batch: str) -> Iterator[Entry]:
    for one in store.entries(person, kinds=("course", "dose")):
        if one.batch == batch and one.body is not None:
            yield one


def _taken_now(entries: Iterable[Entry], today: dt.date) -> Iterator[Dose]:
    """Give one dose for each course that runs, and the last one of each name in a week."""
    last: dict[str, Dose] = {}
    for one in entries:
        with suppress(UnfitError, TwofoldError):
            if one.kind == "course":
                course: Course = build(Course, one.body or {})
                if _runs(course, today):
                    yield Dose(When(today), course.name)
            else:
                dose: Dose = build(Dose, one.body or {})
                if isinstance(dose.when.day, dt.date) and 0 <= (today - dose.when.day).days <= WEEK:
                    last[plain(dose.name)] = dose
    yield from last.values()


def _runs(course: Course, today: dt.date) -> bool:
    if not isinstance(course.start, dt.date):
        return False
    has_begun = course.started_earlier is True or course.start <= today
    return has_begun and (course.end is None or days_between(today, course.end) >= 0)


def _listed(store: Store, person: str) -> list[Listed]:
    from twofold.app.web.medicine_entries import medicine_of

    read = (medicine_of(one) for one in store.entries(person, kinds=("medicine",)))
    return [one.line for one in read if one is not None and one.is_active]


def _lines(diary: Diary, dose: Dose, listed: list[Listed], today: dt.date) -> Iterator[str]:
    met = look_at_intake(diary, dose, listed)
    told = interruptions(met.checked.for_person(), (), today=today, occasion="intake")
    yield from (one.in_short for one in (*told.shown, *told.standing))
    yield from met.asks
    yield from (f"{one}: {NOT_KNOWN}" for one in met.not_known)
