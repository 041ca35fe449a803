"""Putting a read diary into the kept one: the same file twice adds nothing.

An entry's id is made from what it says, so that a record that is there already is known
again. What the person has taken out one by one since stays out; an import that was taken
out as a whole may come back.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from twofold.diary.diary import Diary
from twofold.diary.plain import to_plain
from twofold.errors import NeedsCalendar
from twofold.store.entry import Body, Change, Entry
from twofold.store.kinds import DIARY_KINDS, day_of
from twofold.units import Day

if TYPE_CHECKING:
    from twofold.store.store import Store


@dataclass(frozen=True)
class Adding:
    """What adding a diary does, or would do.

    Parameters
    ----------
    batch : str
        The import's id, to take it out again; empty when there was nothing new.
    counts : mapping of str to int
        New entries by kind.
    known : int
        How many records were there already.
    left_out : int
        How many stay out because the person took them out.
    noticed : tuple of date
        The days of new entries that were to be noticed; they are kept with the import.
    """

    batch: str
    counts: dict[str, int] = field(default_factory=dict)
    known: int = 0
    left_out: int = 0
    changes: tuple[Change, ...] = ()
    noticed: tuple[dt.date, ...] = ()


def plan(
    store: Store,
    person: str,
    diary: Diary,
    *,
    source: str,
    now: dt.datetime,
    notices: Callable[[Body], bool] = lambda _: False,
) -> Adding:
    """Say what adding a diary would do; nothing is written.

    Parameters
    ----------
    notices : callable
        Which new entries' days are kept with the import.

    Raises
    ------
    NeedsCalendar
        When the diary has no dates.
    """
    if not diary.is_dated:
        raise NeedsCalendar(
            "this diary counts its days and has no dates: it cannot be put beside dated days.",
            where=source,
            remedy="`twofold review` reviews it as it is.",
        )
    there = {one.id: one for one in store.entries(person, with_out=True)}
    undone = store.undone(person)
    own = _own_words(there.values())
    batch = str(uuid.uuid4())
    changes, known, left_out = [], 0, 0
    for name, kind, body in _named(person, diary):
        before = there.get(name)
        if before is None and own[words := _words(kind, body)] > 0:
            own[words] -= 1
            known += 1
        elif before is None or name in undone:
            changes.append(_change(name, kind, body, before, batch, now))
        elif before.is_out:
            left_out += 1
        else:
            known += 1
    counts = dict(Counter(one.kind for one in changes))
    if not changes:
        return Adding("", counts, known, left_out)
    noticed = _noticed(changes, notices, now.date())
    told = _told(diary, source, noticed)
    about = _change(str(uuid.uuid4()), "import", told, None, batch, now)
    return Adding(batch, counts, known, left_out, (about, *changes), noticed)


def add(
    store: Store,
    person: str,
    diary: Diary,
    *,
    source: str,
    now: dt.datetime,
    notices: Callable[[Body], bool] = lambda _: False,
) -> Adding:
    """Add a read diary to a person's own, all of it or nothing; see ``plan``.

    Raises
    ------
    NeedsCalendar
        When the diary has no dates.
    StoreError
        When it could not be written.
    """
    adding = plan(store, person, diary, source=source, now=now, notices=notices)
    if adding.changes:
        store.write(person, adding.changes, received=now)
    return adding


def records(diary: Diary) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what a diary holds as kinds and bodies; a day that was only opened as a check-in."""
    told = set()
    for kind, (name, _) in DIARY_KINDS.items():
        for record in getattr(diary, name):
            body = to_plain(record)
            told.add(day_of(kind, body) if kind != "course" else None)
            yield kind, body
    asked = set(diary.asked_acute_days)
    for day in sorted({*diary.attested_days, *asked}, key=str):
        if day in asked or day not in told:
            yield "check_in", _opened_on(day, is_asked=day in asked)


def up_to(diary: Diary, today: dt.date) -> tuple[Diary, int]:
    """Return a dated diary without what lies after a day, and how many records that were."""
    lists: dict[str, Any] = {}
    left = 0
    for name, _ in DIARY_KINDS.values():
        records = getattr(diary, name)
        lists[name] = tuple(one for one in records if not _is_after(one, today))
        left += len(records) - len(lists[name])
    for name in ("attested_days", "asked_acute_days"):
        lists[name] = tuple(day for day in getattr(diary, name) if not _later(day, today))
    last = today if _later(diary.last_day, today) else diary.last_day
    first = last if _later(diary.first_day, today) else diary.first_day
    return replace(diary, first_day=first, last_day=last, **lists), left


def _is_after(record: Any, today: dt.date) -> bool:
    for name in ("when", "onset"):
        if hasattr(record, name):
            return _later(getattr(record, name).day, today)
    day: Any = getattr(record, "day", None) or getattr(record, "start", today)
    return _later(day, today)


def _later(day: Day, today: dt.date) -> bool:
    return isinstance(day, dt.date) and day > today


def _named(person: str, diary: Diary) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give every record with the id that what it says makes; of two twins, too."""
    seen: Counter[str] = Counter()
    for kind, body in records(diary):
        words = _words(kind, body)
        seen[words] += 1
        yield str(uuid.uuid5(uuid.UUID(person), f"{words} {seen[words]}")), kind, body


def _own_words(entries: Iterable[Entry]) -> Counter[str]:
    """Count what the person wrote here, so that their own export adds nothing twice."""
    own = [one for one in entries if one.body is not None and not one.batch]
    words = Counter(_words(one.kind, one.body) for one in own)
    for one in own:
        if one.kind == "check_in" and one.day is not None:
            asked = "medicine" in ((one.body or {}).get("asked") or ())
            words.update({_words("check_in", _opened_on(one.day, is_asked=asked)): 1})
    return words


def _words(kind: str, body: Any) -> str:
    return f"{kind} {json.dumps(body, sort_keys=True, ensure_ascii=False)}"


def _opened_on(day: Any, *, is_asked: bool) -> dict[str, Any]:
    names = ["medicine"] if is_asked else []
    return {"day": str(day), "asked": names, "how": "file", "near": None}


def _change(
    name: str, kind: str, body: Any, before: Entry | None, batch: str, now: dt.datetime
) -> Change:
    base = before.head if before else None
    return Change(str(uuid.uuid4()), name, kind, body, now, base=base, batch=batch)


def _noticed(
    changes: Iterable[Change], notices: Callable[[Body], bool], today: dt.date
) -> tuple[dt.date, ...]:
    told = (one for one in changes if one.body is not None and notices(one.body))
    return tuple(sorted({day_of(one.kind, one.body or {}) or today for one in told}))


def _told(diary: Diary, source: str, noticed: Iterable[dt.date]) -> dict[str, Any]:
    told = {
        "source": source[:200],
        "conventions": to_plain(diary.conventions),
        "origin": to_plain(diary.origin),
    }
    days = [day.isoformat() for day in noticed]
    return {**told, "noticed": days} if days else told
