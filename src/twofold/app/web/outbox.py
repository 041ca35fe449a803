"""What a phone kept while there was no connection, as it comes out of its seal: read strictly.

An entry says one thing that its person did: began an attack, rated the pain, took a
medicine, said that it is over, took something back. What one of these makes of the
diary is the same as on a page, so two devices that rate one attack add up.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twofold.app.web.attack_steps import moment_of
from twofold.app.web.gate import is_zone
from twofold.diary.building import UnfitError, build
from twofold.diary.headache import Attack, FreeDay, PainRating
from twofold.diary.medication import Dose
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.diary.plain import to_plain
from twofold.errors import RecordError
from twofold.store.entry import Body, Change
from twofold.units import When

NEW: Mapping[str, Any] = {"attack": Attack, "dose": Dose, "scale_answer": ScaleAnswer}
"""Kinds that a phone may begin; the body is a record of the diary."""

DAILY: Mapping[str, Any] = {"free_day": FreeDay, "mood_note": MoodNote}
"""Kinds of which a day has one; the phone does not know the id of it."""

STEPS: Mapping[str, Any] = {"pain": PainRating, "over": When, "undo": None}
"""What may be done to an attack that is there."""

LONGEST = 20_000
LONGEST_ZONE = 64
SLOW, FAST = dt.timedelta(days=366), dt.timedelta(minutes=10)
"""So far behind or ahead of the server's, a phone's clock is believed: it may wait for long."""

SKEW = dt.timedelta(minutes=10)
"""A phone's clock that differs by less needs no correction."""

_FIELDS = {"id", "for", "kind", "entry", "body", "base", "at", "zone"}


@dataclass(frozen=True)
class Sealed:
    """One thing that a person did on a phone.

    Parameters
    ----------
    id : str
        The id of the change.
    owner : str
        For whom it was written.
    entry : str or None
        What it is about; ``None``: the one of its day.
    base : str or None
        The step that the phone had seen.
    at : datetime
        As the phone's clock said it.
    """

    id: str
    owner: str
    kind: str
    entry: str | None
    body: Body | None
    base: str | None
    at: dt.datetime
    zone: str

    @property
    def is_tombstone(self) -> bool:
        """Whether it takes an entry out."""
        return self.body is None and self.kind in NEW


def read(name: str, plain: bytes) -> Sealed:
    """Read what came out of a seal.

    Raises
    ------
    RecordError
        With why it cannot be read; nothing is guessed.
    """
    told = _object(plain)
    if set(told) != _FIELDS:
        raise RecordError("its fields are not the ones that this Twofold knows.")
    if told["id"] != name:
        raise RecordError("it does not belong to this seal.")
    kind = told["kind"]
    if kind not in NEW and kind not in DAILY and kind not in STEPS:
        raise RecordError("it is of a kind that this Twofold does not know.")
    found = Sealed(
        id=_id(told["id"], "id"),
        owner=_text(told["for"], "for"),
        kind=kind,
        entry=None if kind in DAILY else _id(told["entry"], "entry"),
        body=_body(kind, told["body"]),
        base=None if told["base"] is None else _id(told["base"], "base"),
        at=_at(told["at"]),
        zone=told["zone"] if _is_zone(told["zone"]) else "",
    )
    if found.kind == "undo" and found.base is None:
        raise RecordError("it does not say which step to take back.")
    return found


def _object(plain: bytes) -> dict[str, Any]:
    if len(plain) > LONGEST:
        raise RecordError("it is too long.")
    try:
        told = json.loads(plain)
    except (ValueError, RecursionError):
        raise RecordError("it is not complete.") from None
    if not isinstance(told, dict):
        raise RecordError("it is not complete.")
    return told


def _body(kind: str, body: Any) -> Body | None:
    if body is None and kind in (*NEW, "undo"):
        return None
    of = {**NEW, **DAILY, **STEPS}[kind]
    if of is None:
        raise RecordError("it says more than it can.")
    try:
        plain: Body = to_plain(build(of, body))
    except UnfitError as complaint:
        raise RecordError(f"{complaint.at} {complaint.reason}".strip()) from None
    return plain


def _id(value: Any, field: str) -> str:
    try:
        return str(uuid.UUID(_text(value, field)))
    except ValueError:
        raise RecordError(f"{field} is no id.") from None


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_ZONE:
        raise RecordError(f"{field} is missing.")
    return value


def _is_zone(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ZONE and is_zone(value)


def _at(value: Any) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(_text(value, "at"))
    except ValueError:
        raise RecordError("its moment cannot be read.") from None
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise RecordError("its moment cannot be read.")
    return at


# --- the same once more, or something else under the same id

NEAR = dt.timedelta(hours=1)
"""So far apart, two moments of one tap may lie: one by the phone's clock, one by the server's."""

_MOMENTS = ("when", "onset", "day")


def says_the_same(told: Sealed, kept: Change, *, trusts_clock: bool) -> bool:
    """Return whether a phone says again what is kept under the same id.

    A tap may have come over as a page's form first: then more is kept than the phone knows,
    and the moment is the server's.

    Parameters
    ----------
    trusts_clock : bool
        Whether the phone's clock was believed then and is now; else moments tell nothing.
    """
    if told.kind == "undo":
        return kept.base == told.base
    if told.body is None or kept.body is None:
        return told.body is kept.body
    if told.kind == "pain":
        ratings = kept.body.get("pain") or ()
        return any(_is_in(told.body, one, trusts_clock=trusts_clock) for one in ratings)
    if told.kind == "over":
        end = {"when": kept.body.get("end")}
        if end["when"] is None:  # kept as over, at no known moment
            return kept.body.get("is_running") is False
        return _is_in({"when": told.body}, end, trusts_clock=trusts_clock)
    return _is_in(told.body, kept.body, trusts_clock=trusts_clock)


def _is_in(said: Body, kept: Body, *, trusts_clock: bool) -> bool:
    """Whether nothing stands in one that does not stand in the other."""
    return all(
        _are_near(value, kept.get(name), trusts_clock=trusts_clock)
        if name in _MOMENTS
        else value == kept.get(name)
        for name, value in said.items()
        if value is not None
    )


def _are_near(said: Any, kept: Any, *, trusts_clock: bool) -> bool:
    if said == kept or kept is None:
        return bool(said == kept)
    if not trusts_clock:
        return True
    moments = [moment_of(build(When, one)) for one in (said, kept) if isinstance(one, Mapping)]
    known = [one for one in moments if one is not None]
    return len(known) == 2 and abs(known[0] - known[1]) <= NEAR


# --- the clock of the phone


@dataclass(frozen=True)
class Timing:
    """When it happened, as far as it can be told.

    Parameters
    ----------
    at : datetime
        What is kept.
    is_doubtful : bool
        Whether the phone's clock cannot have been right, so that the person is asked.
    """

    at: dt.datetime
    is_doubtful: bool


def timing(at: dt.datetime, sent: dt.datetime | None, received: dt.datetime) -> Timing:
    """Return when something happened, from three clocks.

    A phone whose clock is wrong by the same amount when it sends as when it wrote
    can be set right; one that jumped in between cannot, and the person is asked.

    Parameters
    ----------
    at : datetime
        When it was written, by the phone's clock.
    sent : datetime, optional
        When it was sent, by the same clock.
    received : datetime
        When it came, by the server's clock.
    """
    wrong_by = received - sent if sent is not None else dt.timedelta(0)
    set_right = at if abs(wrong_by) <= SKEW else _moved(at, wrong_by)
    if set_right is not None and received - SLOW <= set_right <= received + FAST:
        is_doubtful = abs(wrong_by) > SKEW
        return Timing(set_right if is_doubtful else at, is_doubtful)
    return Timing(received.astimezone(at.tzinfo), is_doubtful=True)


def _moved(at: dt.datetime, by: dt.timedelta) -> dt.datetime | None:
    try:
        return at + by
    except OverflowError:
        return None


def at_moment(kind: str, body: Body, moment: dt.datetime) -> Body:
    """Return a body with another moment, where the phone's was not to be believed."""
    offset = moment.utcoffset() or dt.timedelta(0)
    when = to_plain(
        When(moment.date(), moment.time().replace(microsecond=0), int(offset.total_seconds() // 60))
    )
    if kind == "over":
        return dict(when)
    name = {"attack": "onset", "free_day": "day"}.get(kind, "when")
    return {**body, name: when["day"] if kind == "free_day" else when}


def first_after(value: Any, latest: dt.date) -> str | None:
    """Return the first moment in a body that lies after a day; ``None`` when there is none."""
    if isinstance(value, list):
        return next(filter(None, (first_after(one, latest) for one in value)), None)
    if not isinstance(value, dict):
        return None
    if _is_after(value, latest):
        return f"{value['day']}T{value.get('time') or '00:00:00'}"
    return first_after(list(value.values()), latest)


def held_back(value: Any, latest: dt.date, moment: dt.datetime) -> Any:
    """Return a body in which whatever lies after a day is at another moment."""
    if isinstance(value, list):
        return [held_back(one, latest, moment) for one in value]
    if not isinstance(value, dict):
        return value
    held = {name: held_back(part, latest, moment) for name, part in value.items()}
    if not _is_after(value, latest):
        return held
    if set(value) <= {"day", "time", "offset_minutes"} and len(value) > 1:
        return dict(at_moment("over", {}, moment))
    return {**held, "day": moment.date().isoformat()}


def _is_after(value: Mapping[str, Any], latest: dt.date) -> bool:
    day = value.get("day")
    return isinstance(day, str) and day > latest.isoformat()
