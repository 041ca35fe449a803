"""The safety flag: it opens by an answer, and closes only by a later answer or a named clinician.

A flag is what has happened, in order of time. Whether it is open follows from
that alone: there is no way to set it closed, and the mere passing of time is no
event, so time never closes it. ``ClosedFlag`` cannot be made without the event
that closed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.errors import RecordError

Button = Literal["not_safe", "safe_now", "mistake"]
PageState = Literal["S1", "S2a", "S2b", "S2c"]

BANNER = dt.timedelta(days=7)
"""So long a banner stands; the flag itself stays open for as long as it takes."""

_LEADS_TO: dict[Button, PageState] = {"not_safe": "S2a", "safe_now": "S2b", "mistake": "S2c"}


@dataclass(frozen=True)
class _Event:
    """Something that happened; ``at`` carries its time zone, so that "later" is certain.

    Raises
    ------
    RecordError
        When the time has no zone.
    """

    at: dt.datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise RecordError("a safety event needs a time with its zone.", remedy="Add the zone.")


@dataclass(frozen=True)
class Triggered(_Event):
    """Something other than item 9 opened the safety page; ``trigger`` is its id."""

    trigger: str


@dataclass(frozen=True)
class Item9Answered(_Event):
    """Item 9 was answered. A question that was not asked is no event.

    Raises
    ------
    RecordError
        When it carries anything but an answer.
    """

    item9: Answered

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.item9, Answered):
            raise RecordError("item 9 was not answered, so nothing happened.", remedy="Ask it.")


@dataclass(frozen=True)
class Reviewed(_Event):
    """A named clinician marked the flag as reviewed.

    Raises
    ------
    RecordError
        When nobody is named.
    """

    clinician: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.clinician.strip():
            raise RecordError("a review needs the clinician's name.", remedy="Add the name.")


@dataclass(frozen=True)
class Shown(_Event):
    """The page was shown once more, as at every log-in while the flag is open."""


@dataclass(frozen=True)
class Pressed(_Event):
    """A button of the page was pressed."""

    button: Button


@dataclass(frozen=True)
class LeftPage(_Event):
    """The page was left without an answer: that counts as "safe now", never as a mistake."""


Event = Triggered | Item9Answered | Reviewed | Shown | Pressed | LeftPage


@dataclass(frozen=True)
class OpenFlag:
    """A flag that is open; ``events`` in order of time.

    Raises
    ------
    RecordError
        When nothing opened it.
    """

    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        opened_at(self.events)

    @property
    def opened_at(self) -> dt.datetime:
        """When it was opened, or opened anew, last."""
        return opened_at(self.events)

    @property
    def page(self) -> PageState:
        """The state in which the page stands."""
        since = [event for event in self.events if event.at >= self.opened_at]
        shown = max((i for i, event in enumerate(since) if isinstance(event, Shown)), default=0)
        answers = [event for event in since[shown:] if isinstance(event, (Pressed, LeftPage))]
        pressed = [event for event in answers if isinstance(event, Pressed)]
        if pressed:
            return _LEADS_TO[pressed[-1].button]
        return "S2b" if answers else "S1"

    @property
    def trigger(self) -> str:
        """What opened it last, where that was not an answer to item 9; else empty."""
        triggers = [event for event in self.events if isinstance(event, Triggered)]
        return triggers[-1].trigger if triggers and triggers[-1].at >= self.opened_at else ""

    @property
    def item9(self) -> Item9:
        """The last answer to item 9, which did not close it."""
        answers = [event.item9 for event in self.events if isinstance(event, Item9Answered)]
        return answers[-1] if answers else NotAsked()

    @property
    def asks_again(self) -> bool:
        """Whether the question is asked once more: after "by mistake", until it is answered."""
        return self.page == "S2c"

    def shows_banner(self, now: dt.datetime) -> bool:
        """Return whether the banner stands; without it the page is still offered at log-in."""
        return now - self.opened_at < BANNER

    def after(self, event: Event) -> SafetyFlag:
        """Return the flag with one more event, at whatever time it became known."""
        return flag_of((*self.events, event))


@dataclass(frozen=True)
class ClosedFlag:
    """A flag that was closed, and by what.

    Raises
    ------
    RecordError
        When ``by`` is not one of its events, cannot close a flag, or does not
        come after all that opened it.
    """

    events: tuple[Event, ...]
    by: Item9Answered | Reviewed

    def __post_init__(self) -> None:
        is_told = self.by in self.events and closes(self.by)
        if not is_told or self.by.at <= opened_at(self.events):
            raise RecordError(
                "nothing closed this flag.",
                remedy="Ask item 9 again, or have a named clinician review it.",
            )

    def after(self, event: Event) -> SafetyFlag:
        """Return the flag with one more event; a new answer opens it again."""
        return flag_of((*self.events, event))


SafetyFlag = OpenFlag | ClosedFlag


def open_flag(event: Triggered | Item9Answered) -> OpenFlag:
    """Return a new flag, opened by what happened.

    Raises
    ------
    RecordError
        When the event opens none: item 9 was answered with 0.
    """
    return OpenFlag((event,))


def flag_of(events: Iterable[Event]) -> SafetyFlag:
    """Return the flag that follows from events, in whatever order they became known.

    Raises
    ------
    RecordError
        When none of them opens a flag.
    """
    told = tuple(sorted(events, key=lambda event: event.at))
    last = opened_at(told)
    for event in told:
        if isinstance(event, (Item9Answered, Reviewed)) and closes(event) and event.at > last:
            return ClosedFlag(told, event)
    return OpenFlag(told)


def opened_at(events: Iterable[Event]) -> dt.datetime:
    """Return when a flag was opened last.

    Raises
    ------
    RecordError
        When none of the events opens a flag.
    """
    times = [event.at for event in events if opens(event)]
    if not times:
        raise RecordError("nothing opened a safety flag.", remedy="Record what did.")
    return max(times)


def opens(event: Event) -> bool:
    """Return whether an event opens a flag: a trigger, or item 9 answered with 1 or more."""
    match event:
        case Triggered():
            return True
        case Item9Answered(item9=Answered(answer)):
            return answer >= 1
    return False


def closes(event: Event) -> bool:
    """Return whether an event can close a flag: item 9 answered with 0, or a named clinician."""
    match event:
        case Reviewed():
            return True
        case Item9Answered(item9=Answered(answer)):
            return answer == 0
    return False
