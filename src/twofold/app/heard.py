"""What a diary says of self-harm, wherever it came from: the flag, and what an import adds to it.

An import's words are looked through once, when it is read; the days on which something was
noticed are kept with the import itself, and go when it is taken out as a whole.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold.diary.item9 import NotAsked
from twofold.facts.answers import Answers
from twofold.safety.assess import assess
from twofold.safety.flag import (
    Event,
    OpenFlag,
    Pressed,
    SafetyFlag,
    Triggered,
    closes,
    opens,
)
from twofold.safety.kept import answered, event_of, flag_that_follows, imported, to_plain
from twofold.safety.words import noticed, texts_in
from twofold.store.entry import Body, Change

if TYPE_CHECKING:
    from twofold.store.adding import Adding
    from twofold.store.store import Store

KIND = "safety_event"
KINDS = (KIND, "scale_answer", "import")
"""Kinds of entries that can open or close the flag."""

MEANT = ("not_safe", "safe_now")
"""Answers of the safety page by which a person says that it is about them."""


@dataclass(frozen=True)
class Said:
    """Something that happened, and which import told of it; empty: none."""

    event: Event
    batch: str


@dataclass(frozen=True)
class ToTell:
    """What has to be told of an import at once.

    Parameters
    ----------
    flag : SafetyFlag or None
        As it stands with the import.
    days : tuple of date
        On which something of it stands, the latest first.
    has_words : bool
        Whether words were noticed; else answers alone.
    """

    flag: SafetyFlag | None
    days: tuple[dt.date, ...]
    has_words: bool

    @property
    def is_open(self) -> bool:
        """Whether the safety page is still to be answered."""
        return isinstance(self.flag, OpenFlag)


def listener() -> Callable[[Body], bool]:
    """Return what tells whether such words stand in an entry; it looks at each text once."""
    known: dict[str, bool] = {}

    def speaks(body: Body) -> bool:
        for text in texts_in(body):
            if text not in known:
                known[text] = bool(noticed(text))
        return any(known[text] for text in texts_in(body))

    return speaks


def said_in(store: Store, person: str, zone: dt.tzinfo) -> tuple[Said, ...]:
    """Return everything that can open or close the flag, with where it came from."""
    return tuple(
        Said(event, one.batch)
        for one in store.entries(person, kinds=KINDS)
        if one.body is not None
        for event in _events(one.kind, one.body, zone, one.at)
    )


def flag_of(store: Store, person: str, zone: dt.tzinfo) -> SafetyFlag | None:
    """Return the flag as it stands, ``None`` where nothing ever opened one."""
    return flag_that_follows(one.event for one in said_in(store, person, zone))


def days_imported(said: Iterable[Said], zone: dt.tzinfo) -> tuple[dt.date, ...]:
    """Return the days of imports that hold the flag open, the latest first."""
    told = tuple(said)
    last = max((one.event.at for one in told if closes(one.event)), default=None)
    return _days((one.event for one in told if one.batch), zone, after=last)


def to_tell(
    store: Store, person: str, adding: Adding, *, zone: dt.tzinfo, now: dt.datetime
) -> ToTell | None:
    """Return what has to be told of an import, written or not; ``None`` where nothing."""
    new = [
        event
        for one in adding.changes
        if one.body is not None
        for event in _events(one.kind, one.body, zone, now)
    ]
    days = _days(new, zone)
    before = [one.event for one in said_in(store, person, zone)]
    told = ToTell(flag_that_follows([*before, *new]), days, bool(adding.noticed))
    return told if days and (told.has_words or told.is_open) else None


def take_out(store: Store, person: str, batch: str, *, zone: dt.tzinfo, now: dt.datetime) -> int:
    """Take an import out again, and with it what it said of self-harm.

    What the person said themself on the safety page since then stays said.

    Returns
    -------
    int
        How many entries were taken out.
    """
    flag = flag_of(store, person, zone)
    meant = _meant(flag) if isinstance(flag, OpenFlag) else None
    if meant is not None:
        name, body = str(uuid.uuid4()), to_plain(Triggered(meant.at, "help_now"))
        store.write(person, [Change(name, name, KIND, body, now)], received=now)
    return store.undo_batch(person, batch, now=now)


def page_lines(store: Store, person: str, told: ToTell) -> tuple[str, ...]:
    """Return the safety page as plain sentences, the numbers of the person's country first."""
    flag = told.flag if isinstance(told.flag, OpenFlag) else None
    known = {"help_now": True, "noticed_words": True if told.has_words else None}
    answers = Answers.of(known, flag.item9 if flag is not None else NotAsked())
    page = assess(answers, country=_country(store, person)).page
    return page.lines() if page is not None else ()


def _events(kind: str, body: Body, zone: dt.tzinfo, at: dt.datetime) -> Iterator[Event]:
    match kind:
        case "safety_event":
            found: Iterable[Event | None] = [event_of(body)]
        case "scale_answer":
            found = [answered(body, zone, written=at)]
        case "import":
            found = imported(body, zone, written=at)
        case _:
            found = ()
    yield from (event for event in found if event is not None)


def _days(
    events: Iterable[Event], zone: dt.tzinfo, *, after: dt.datetime | None = None
) -> tuple[dt.date, ...]:
    told = [one.at for one in events if opens(one) and (after is None or one.at >= after)]
    return tuple(sorted({at.astimezone(zone).date() for at in told}, reverse=True))


def _meant(flag: OpenFlag) -> Pressed | None:
    """Return the last answer since the flag opened, where it says that it is about the person."""
    pressed = [one for one in flag.events if isinstance(one, Pressed) and one.at >= flag.opened_at]
    return pressed[-1] if pressed and pressed[-1].button in MEANT else None


def _country(store: Store, person: str) -> str | None:
    for one in store.entries(person, kinds=("setting",)):
        if one.body and one.body.get("name") == "country":
            return str(one.body.get("value"))
    return None
