"""What the store keeps: changes, and the entries that they add up to.

A change is never altered and never taken away: an edit is a new change of the
same entry, and taking an entry out is a change without a body. What was there
before can be had back, until the person has it erased for good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from twofold.errors import RecordError

Body = Mapping[str, Any]
"""Plain values, as JSON holds them."""

Outcome = Literal["kept", "known", "conflict"]
"""``known``: this very change was kept before. ``conflict``: kept, but another came first."""

LONGEST_BODY = 1_000_000
"""Characters of JSON; a longer one is refused, whole."""


@dataclass(frozen=True)
class Change:
    """One thing that a person wrote, changed or took out.

    Parameters
    ----------
    id : str
        A UUID, made where it was written: sent twice, it is kept once.
    entry : str
        UUID of the entry it is about.
    kind : str
        What the entry is (``"attack"``, ``"dose"``, ``"setting"`` …).
    body : Body or None
        The entry as it is from now on. ``None``: taken out.
    at : datetime
        When it was written, with the offset of the clock that it was read from.
    zone : str
        IANA name of the place of that clock, or empty.
    base : str, optional
        The change of this entry that the writer had seen. ``None``: a new entry,
        or whatever is there.
    device, batch : str
        Which device wrote it; which import brought it. Empty: not told.

    Raises
    ------
    RecordError
        When ``at`` has no offset, or an id is empty.
    """

    id: str
    entry: str
    kind: str
    body: Body | None
    at: dt.datetime
    zone: str = ""
    base: str | None = None
    device: str = ""
    batch: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise RecordError("a change needs a time with its zone.", remedy="Add the offset.")
        if not (self.id and self.entry and self.kind):
            raise RecordError("a change needs an id, an entry and a kind.")


@dataclass(frozen=True)
class Written:
    """What became of a change."""

    change: str
    entry: str
    outcome: Outcome


@dataclass(frozen=True)
class Entry:
    """An entry as it stands now.

    Parameters
    ----------
    body : Body or None
        ``None`` when it was taken out.
    day : date, optional
        The local date it is about; ``None`` for what belongs to no day.
    head : str
        Id of the change that made it so: the ``base`` of the next one.
    at : datetime
        When that change was written.
    versions : int
        How many changes it has seen.
    """

    id: str
    kind: str
    body: Body | None
    day: dt.date | None
    head: str
    at: dt.datetime
    batch: str = ""
    versions: int = 1

    @property
    def is_out(self) -> bool:
        """Whether the person took it out."""
        return self.body is None


@dataclass(frozen=True)
class Conflict:
    """A change that met another one: both are kept, and the person says which holds."""

    entry: Entry
    other: Change


@dataclass(frozen=True)
class Batch:
    """One import: what it brought, and whether it was taken out again."""

    id: str
    source: str
    at: dt.datetime
    entries: int
    is_out: bool
