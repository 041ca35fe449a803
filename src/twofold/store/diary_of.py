"""From the entries of a store to a diary. Pure: the same entries, the same diary."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from twofold.diary.building import UnfitError, build
from twofold.diary.diary import Conventions, Diary, LowMoodDayRule, Origin
from twofold.diary.medication import Course, DoseChange
from twofold.store.entry import Entry
from twofold.store.kinds import DIARY_KINDS, record_of
from twofold.units import days_between

MOOD_ITEM = "mood"
OWN = Conventions(
    mood_item=MOOD_ITEM,
    low_mood_day=LowMoodDayRule(
        words="A day counts as low when its mood was 3 or less of 10.",
        item=MOOD_ITEM,
        line=3,
        low_side="low",
    ),
)
"""How a diary that is kept here is counted; a day without a headache entry stays unknown."""


def diary(entries: Sequence[Entry], *, today: dt.date) -> Diary:
    """Return what the entries say, from the first day that they tell of to ``today``.

    An entry that cannot be read is not guessed: it is counted in ``origin.cannot_tell``.
    """
    living = [one for one in entries if not one.is_out]
    records, unread = _records(living)
    days = sorted(one.day for one in living if one.day and one.kind in _ATTESTING)
    first, last = (min(days[0], today), max(days[-1], today)) if days else (today, today)
    lists: dict[str, Any] = {name: tuple(found) for name, found in records.items()}
    lists["courses"] = tuple(_within(one, first) for one in records["courses"])
    return Diary(
        person="you",
        first_day=first,
        last_day=last,
        attested_days=tuple(dict.fromkeys(days)),
        asked_acute_days=_asked_about_medicine(living),
        conventions=_conventions(living),
        origin=_origin(living, unread),
        **lists,
    )


def _records(entries: Sequence[Entry]) -> tuple[dict[str, list[Any]], list[Entry]]:
    records: dict[str, list[Any]] = defaultdict(list)
    unread = []
    for one in entries:
        if one.kind not in DIARY_KINDS or one.body is None:
            continue
        try:
            records[DIARY_KINDS[one.kind][0]].append(record_of(one.kind, one.body))
        except UnfitError:
            unread.append(one)
    return records, unread


_ATTESTING = frozenset(DIARY_KINDS) - {"course"} | {"check_in", "food", "side_effect"}
"""Kinds that show that the person wrote something about that day; a course began any time."""


def _within(course: Course, first: dt.date) -> Course:
    """Let a course that began before the diary begin with it, as one that started earlier."""
    if days_between(course.start, first) <= 0:
        return course
    earlier = [one for one in course.changes if days_between(one.day, first) >= 0]
    later = tuple(one for one in course.changes if days_between(one.day, first) < 0)
    now = tuple(DoseChange(first, one.daily) for one in earlier[-1:])
    if course.end is not None and days_between(course.end, first) > 0:
        return course  # over before the diary began: left as it was
    return replace(course, start=first, started_earlier=True, changes=now + later)


def _asked_about_medicine(entries: Sequence[Entry]) -> tuple[dt.date, ...]:
    days = {
        one.day
        for one in entries
        if one.kind == "check_in" and one.day and "medicine" in (one.body or {}).get("asked", ())
    }
    return tuple(sorted(days))


def _conventions(entries: Sequence[Entry]) -> Conventions:
    """Return how to count: an import's own way while nothing else is there, else ours.

    Beside the person's own entries, an import keeps the rules that its own items need; what
    it assumed about days without an entry would not be true of the others.
    """
    imports = [one for one in entries if one.kind == "import"]
    if not imports:
        return OWN
    brought = _built(Conventions, imports[-1], "conventions") or OWN
    batches = {one.batch for one in entries if one.kind in DIARY_KINDS or one.kind == "check_in"}
    if batches == {imports[-1].batch}:
        return brought
    if _has_own_mood(entries):
        return replace(OWN, headache_day=brought.headache_day)
    return replace(brought, silence="unknown", headache_means_migraine=False)


def _has_own_mood(entries: Sequence[Entry]) -> bool:
    return any(
        one.kind == "mood_note" and (one.body or {}).get("item") == MOOD_ITEM for one in entries
    )


def _origin(entries: Sequence[Entry], unread: Sequence[Entry]) -> Origin:
    imports = [one for one in entries if one.kind == "import"]
    origin = _built(Origin, imports[-1], "origin") if imports else None
    origin = origin or Origin()
    if not unread:
        return origin
    days = ", ".join(sorted({str(one.day) for one in unread})[:5])
    told = f"{len(unread)} entries could not be read ({days}); `twofold check` says more."
    return replace(origin, cannot_tell=(*origin.cannot_tell, told))


def _built(kind: Any, entry: Entry, name: str) -> Any:
    try:
        return build(kind, (entry.body or {}).get(name) or {})
    except UnfitError:
        return None
