"""From the entries of a store to a diary. Pure: the same entries, the same diary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twofold.diary.building import UnfitError, build
from twofold.diary.diary import Conventions, Diary, LowMoodDayRule, Origin
from twofold.diary.medication import Course, DoseChange
from twofold.store.entry import Body, Entry
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


@dataclass(frozen=True)
class Line:
    """An entry as the diary needs it.

    Parameters
    ----------
    record : object, optional
        The diary's record. ``None``: the app's own kind, or one that cannot be read.
    body : Body, optional
        Only of the app's own kinds: a record holds all of its body.
    """

    kind: str
    day: dt.date | None
    batch: str
    record: Any = None
    body: Body | None = None

    @property
    def is_unread(self) -> bool:
        """Whether this program could not read it."""
        return self.record is None and self.kind in DIARY_KINDS


def diary(entries: Iterable[Entry], *, today: dt.date) -> Diary:
    """Return what the entries say, from the first day that they tell of to ``today``.

    An entry that cannot be read is not guessed: it is counted in ``origin.cannot_tell``.
    """
    return from_lines([line(one) for one in entries if not one.is_out], today=today)


def line(entry: Entry) -> Line:
    """Return an entry as the diary needs it."""
    if entry.kind not in DIARY_KINDS or entry.body is None:
        return Line(entry.kind, entry.day, entry.batch, body=entry.body)
    try:
        record = record_of(entry.kind, entry.body)
    except UnfitError:
        record = None
    return Line(entry.kind, entry.day, entry.batch, record)


def from_lines(lines: Sequence[Line], *, today: dt.date) -> Diary:
    """Return the diary of these lines, which come in its order."""
    days = sorted(one.day for one in lines if one.day and one.kind in _ATTESTING)
    first, last = (min(days[0], today), max(days[-1], today)) if days else (today, today)
    lists: dict[str, Any] = {name: [] for name, _ in DIARY_KINDS.values()}
    for one in lines:
        if one.record is not None:
            lists[DIARY_KINDS[one.kind][0]].append(one.record)
    lists["courses"] = [_within(one, first) for one in lists["courses"]]
    return Diary(
        person="you",
        first_day=first,
        last_day=last,
        attested_days=tuple(dict.fromkeys(days)),
        asked_acute_days=_asked_about_medicine(lines),
        conventions=_conventions(lines),
        origin=_origin(lines),
        **{name: tuple(found) for name, found in lists.items()},
    )


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


def _asked_about_medicine(lines: Sequence[Line]) -> tuple[dt.date, ...]:
    days = {
        one.day
        for one in lines
        if one.kind == "check_in" and one.day and "medicine" in (one.body or {}).get("asked", ())
    }
    return tuple(sorted(days))


def _conventions(lines: Sequence[Line]) -> Conventions:
    """Return how to count: an import's own way while nothing else is there, else ours.

    Beside the person's own entries, an import keeps the rules that its own items need; what
    it assumed about days without an entry would not be true of the others.
    """
    imports, own = [one for one in lines if one.kind == "import"], _own(lines)
    if not imports:
        return own
    brought: Conventions = _built(Conventions, imports[-1], "conventions") or own
    batches = {one.batch for one in lines if one.kind in DIARY_KINDS or one.kind == "check_in"}
    if batches == {imports[-1].batch}:
        return brought
    if any(one.kind == "mood_note" and one.record.item == MOOD_ITEM for one in lines if one.record):
        return replace(own, headache_day=brought.headache_day)
    return replace(brought, silence="unknown", headache_means_migraine=False)


def _own(lines: Sequence[Line]) -> Conventions:
    """Return our way to count, with the line for a low day where the person drew another."""
    rule = OWN.low_mood_day
    line = _setting(lines, "low_mood_line")
    if rule is None or isinstance(line, bool) or line not in range(11):
        return OWN
    words = f"A day counts as low when its mood was {line} or less of 10."
    return replace(OWN, low_mood_day=replace(rule, words=words, line=line))


def _setting(lines: Sequence[Line], name: str) -> Any:
    bodies = [one.body for one in lines if one.kind == "setting" and one.body]
    return next((body.get("value") for body in bodies if body.get("name") == name), None)


def _origin(lines: Sequence[Line]) -> Origin:
    imports = [one for one in lines if one.kind == "import"]
    origin: Origin | None = _built(Origin, imports[-1], "origin") if imports else None
    origin = origin or Origin()
    unread = [one for one in lines if one.is_unread]
    if not unread:
        return origin
    days = ", ".join(sorted({str(one.day) for one in unread})[:5])
    told = f"{len(unread)} entries could not be read ({days}); `twofold check` says more."
    return replace(origin, cannot_tell=(*origin.cannot_tell, told))


def _built(kind: Any, line: Line, name: str) -> Any:
    try:
        return build(kind, (line.body or {}).get(name) or {})
    except UnfitError:
        return None
