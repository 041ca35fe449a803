"""Events of the safety flag as plain values, the way a diary keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from twofold.diary.item9 import Answered, answer_of
from twofold.errors import RecordError
from twofold.knowledge.scale import find_scale
from twofold.safety.flag import (
    Button,
    Event,
    Item9Answered,
    LeftPage,
    Pressed,
    Reviewed,
    SafetyFlag,
    Shown,
    Triggered,
    flag_of,
    opens,
)

Plain = Mapping[str, Any]


def to_plain(event: Event) -> dict[str, Any]:
    """Return an event as plain values; ``event_of`` is the way back."""
    at = {"at": event.at.isoformat()}
    match event:
        case Triggered(trigger=trigger):
            return {"event": "triggered", **at, "trigger": trigger}
        case Item9Answered(item9=item9):
            return {"event": "item9", **at, "answer": answer_of(item9)}
        case Reviewed(clinician=clinician):
            return {"event": "reviewed", **at, "clinician": clinician}
        case Pressed(button=button):
            return {"event": "pressed", **at, "button": button}
        case Shown():
            return {"event": "shown", **at}
        case LeftPage():
            return {"event": "left", **at}


def event_of(body: Plain) -> Event | None:
    """Return the event that was kept, or ``None`` where it cannot be read.

    What cannot be read opens nothing and closes nothing.
    """
    try:
        return _event(body, dt.datetime.fromisoformat(str(body["at"])))
    except (KeyError, ValueError, RecordError):
        return None


def _event(body: Plain, at: dt.datetime) -> Event | None:
    match body.get("event"):
        case "triggered":
            return Triggered(at, str(body["trigger"]))
        case "item9":
            return Item9Answered(at, Answered(body["answer"]))
        case "reviewed":
            return Reviewed(at, str(body["clinician"]))
        case "pressed" if body["button"] in get_args(Button):
            return Pressed(at, body["button"])
        case "shown":
            return Shown(at)
        case "left":
            return LeftPage(at)
    return None


def answered(
    body: Plain, zone: dt.tzinfo, *, written: dt.datetime
) -> Item9Answered | Triggered | None:
    """Return what a kept questionnaire says about thoughts of self-harm, ``None`` where nothing.

    The PHQ-9 says it in item 9, a 0 included. A like item of another scale can
    open a flag and never close one.

    Parameters
    ----------
    body : mapping
        A ``scale_answer`` as it is kept.
    zone : tzinfo
        Of the person, for an answer that carries no offset.
    written : datetime
        When it came into the diary as it stands: no answer was given later than that.

    Notes
    -----
    Where only the day is known, as in many files, an answer of 0 counts from the day's first
    moment and any other from its last: it must not close what came later that day. Neither
    counts from a moment that had not come when it was written down, so that an answer of
    today's file is earlier than what its person says after it. Of two answers of one past day,
    one of them without its time, nobody knows which came first: the flag stays open, and asks.
    """
    items = body.get("items")
    if not isinstance(items, Mapping):
        return None
    try:
        if body.get("scale") != "phq9":
            return _thoughts(body, zone, written)
        if (answer := items.get("9")) is None:
            return None
        given = _moment(body["when"], zone, is_first=answer == 0)
        return Item9Answered(min(given, written), Answered(answer))
    except (KeyError, TypeError, ValueError, RecordError):
        return None


def _thoughts(body: Plain, zone: dt.tzinfo, written: dt.datetime) -> Triggered | None:
    """Return what the item like item 9 of another scale says; only an answer that opens a flag."""
    for item in find_scale(str(body["scale"])).items:
        answer = body["items"].get(item.id)
        if item.safety_from is not None and answer is not None and answer >= item.safety_from:
            return Triggered(min(_moment(body["when"], zone, is_first=False), written), "thoughts")
    return None


def imported(body: Plain, zone: dt.tzinfo, *, written: dt.datetime) -> tuple[Triggered, ...]:
    """Return on which days words were noticed in an import, as events of those days.

    Parameters
    ----------
    body : mapping
        An ``import`` as it is kept; its ``noticed`` lists the days.
    written : datetime
        When it was read in: nothing in it was written later.

    Notes
    -----
    A day counts from its last moment, as an answer without its time does: an old note is not
    told as just written, and an item 9 of 0 on a later day has answered it.
    """
    days = body.get("noticed")
    found = (_day(one) for one in (days if isinstance(days, (list, tuple)) else ()))
    ends = (dt.datetime.combine(day, dt.time.max, zone) for day in found if day is not None)
    return tuple(Triggered(min(end, written), "words") for end in ends)


def _day(written: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(written))
    except ValueError:
        return None


def _moment(when: Plain, zone: dt.tzinfo, *, is_first: bool) -> dt.datetime:
    day = dt.date.fromisoformat(when["day"])
    if when.get("time") is None:
        return dt.datetime.combine(day, dt.time.min if is_first else dt.time.max, zone)
    offset = when.get("offset_minutes")
    there = zone if offset is None else dt.timezone(dt.timedelta(minutes=offset))
    return dt.datetime.combine(day, dt.time.fromisoformat(when["time"]), there)


def flag_that_follows(events: Iterable[Event | None]) -> SafetyFlag | None:
    """Return the flag that follows from events, or ``None`` where none of them opens one."""
    told = [event for event in events if event is not None]
    return flag_of(told) if any(opens(event) for event in told) else None
