"""Diaries that were read before are read on from there: a review of ten years opens few entries.

What is kept in memory is the records, for as long as the store is open. A change has a
higher number than every one before it, so what is new is all that comes after the last.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twofold.store import diary_of
from twofold.store.diary_of import Line
from twofold.store.entry import Entry

if TYPE_CHECKING:
    from twofold.diary.diary import Diary

MOST = 8
"""Of how many people the records stay in memory."""


@dataclass(frozen=True)
class Fresh:
    """An entry that changed: the number of its newest change, and where it stands among others."""

    number: int
    place: tuple[Any, ...]
    entry: Entry


@dataclass
class _Read:
    """What was read of one person so far."""

    number: int = 0
    lines: dict[str, tuple[tuple[Any, ...], Line]] = field(default_factory=dict)
    today: dt.date | None = None
    diary: Diary | None = None


class ReadingOn:
    """The diaries of an open store, as far as they were read."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, _Read] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def diary(
        self, person: str, today: dt.date, changed_after: Callable[[int], Iterable[Fresh]]
    ) -> Diary:
        """Return a person's diary; ``changed_after`` gives what changed after a number."""
        with self._one_at_a_time:
            read = self._of(person)
            is_new = _take_in(read, changed_after(read.number))
            if is_new or read.diary is None or read.today != today:
                lines = [line for _, line in sorted(read.lines.values(), key=_place)]
                read.diary, read.today = diary_of.from_lines(lines, today=today), today
            return read.diary

    def forget(self) -> None:
        """Read everything again next time."""
        with self._one_at_a_time:
            self._read.clear()

    def _of(self, person: str) -> _Read:
        read = self._read.setdefault(person, _Read())
        self._read.move_to_end(person)
        while len(self._read) > MOST:
            self._read.popitem(last=False)
        return read


def _take_in(read: _Read, changed: Iterable[Fresh]) -> bool:
    before = read.number
    for one in changed:
        read.number = max(read.number, one.number)
        if one.entry.is_out:
            read.lines.pop(one.entry.id, None)
        else:
            read.lines[one.entry.id] = (one.place, diary_of.line(one.entry))
    return read.number != before


def _place(line: tuple[tuple[Any, ...], Line]) -> tuple[Any, ...]:
    return line[0]
