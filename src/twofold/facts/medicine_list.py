"""The list of medicines that a person keeps: what it adds to the diary's shelf, and days taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from twofold.diary.diary import Diary
from twofold.facts.counting import Count
from twofold.facts.diary_shelf import DiaryShelf, weight_mg
from twofold.facts.shelf import Role, Shelf, Taking, taking, together
from twofold.knowledge.medicine import plain
from twofold.units import Quantity

ListPurpose = Literal["acute", "preventive", "as_needed"]

WINDOW = 30
"""Days with acute medicine are counted in months of 30 days (ICHD-3 8.2)."""

_ROLE: dict[ListPurpose, Role] = {
    "acute": "as_needed",
    "preventive": "regular",
    "as_needed": "as_needed",
}


@dataclass(frozen=True)
class Listed:
    """One line of the list.

    Parameters
    ----------
    name : str
        As the person writes it.
    purpose : {"acute", "preventive", "as_needed"}
    amount : Quantity or None
        What is usually taken at once, in the person's own words; never a suggestion.
    count : float or None
        How many of it at once.
    prescriber : str
        Who prescribes it; empty when nobody does, or nobody said.
    """

    name: str
    purpose: ListPurpose
    amount: Quantity | None = None
    count: float | None = None
    prescriber: str = ""


def with_list(shelf: DiaryShelf, listed: Iterable[Listed]) -> DiaryShelf:
    """Return the diary's shelf with what the list adds.

    A medicine that the diary tells of already keeps the diary's amount and times;
    the list only says who prescribes it. A name that the tables do not hold is
    named as such, never guessed.
    """
    lines = tuple(listed)
    told = tuple(_prescribed(one, lines) for one in shelf.shelf.takings)
    known = {one.id for one in told if one.is_active}
    read = [(line.name, _of_line(line)) for line in lines]
    added = tuple(one for _, one in read if one is not None and one.id not in known)
    unknown = [name for name, one in read if one is None]
    both = together(Shelf(told, shelf.shelf.did_not_help), Shelf(added))
    return DiaryShelf(both, tuple(dict.fromkeys((*shelf.not_listed, *unknown))))


def is_same(one: str, other: str) -> bool:
    """Return whether two names stand for one medicine, or are the same words.

    >>> is_same("Sumatriptan", "sumatriptan 50 mg")
    True
    """
    first, second = taking(one), taking(other)
    if first is not None and second is not None and not first.needs_name:
        return first.id == second.id
    return plain(one) == plain(other)


def days_taken(diary: Diary, name: str, today: dt.date, *, window: int = WINDOW) -> Count:
    """Count the days with at least one dose of a medicine, today included.

    A day is known when a dose of it was written, or when the person was asked
    about medicine that day; every other day is unknown, and never a day without.
    """
    last = {today - dt.timedelta(back) for back in range(window)}
    taken = {
        one.when.day for one in diary.doses if one.when.day in last and is_same(one.name, name)
    }
    asked = last.intersection(diary.asked_acute_days)
    return Count(len(taken), len(taken | asked), window)


def _prescribed(one: Taking, lines: tuple[Listed, ...]) -> Taking:
    by = [line.prescriber for line in lines if line.prescriber and is_same(line.name, one.written)]
    return replace(one, prescriber=by[0]) if by and not one.prescriber else one


def _of_line(line: Listed) -> Taking | None:
    found = taking(line.name)
    if found is None:
        return None
    return replace(
        found,
        role=_ROLE[line.purpose],
        dose_mg=weight_mg(line.amount, line.count) if line.amount else found.dose_mg,
        prescriber=line.prescriber or found.prescriber,
    )
