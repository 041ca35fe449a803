"""Where a phone's kept entries go over: each is answered by its id, and none is ever dropped.

The phone deletes only what was answered as kept. Sent twice, or sent again because
an answer was lost, an entry is kept once: its id is that of the change.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from twofold.app.web import once
from twofold.app.web.attack_reach import reach_of
from twofold.app.web.attack_steps import Kept, closed, ended, over_at, rated
from twofold.app.web.dose_notices import has_waiting, tell
from twofold.app.web.forms import whole_letters
from twofold.app.web.gate import Door, Visit
from twofold.app.web.keeping import NONE_SEEN, entry_of
from twofold.app.web.outbox import (
    DAILY,
    Sealed,
    Timing,
    at_moment,
    first_after,
    held_back,
    read,
    says_the_same,
    timing,
)
from twofold.app.web.safety import came_over
from twofold.diary.building import build
from twofold.diary.headache import Attack, PainRating
from twofold.diary.plain import to_plain
from twofold.errors import RecordError, StoreError
from twofold.store.entry import Body, Change, Entry
from twofold.units import When

router = APIRouter()

MOST = 300
LONGEST_PART = 40_000
QUESTION = "time_question"


@dataclass
class Answer:
    """What became of each entry that was sent."""

    done: list[dict[str, str]] = field(default_factory=list)
    not_read: list[dict[str, str]] = field(default_factory=list)

    def add(self, name: str, outcome: str) -> None:
        """Answer one that is in the diary."""
        self.done.append({"id": whole_letters(name), "outcome": outcome})

    def refuse(self, name: str, says: str) -> None:
        """Answer one that could not be read: the phone keeps it, and shows why."""
        self.not_read.append({"id": whole_letters(name), "says": whole_letters(says)})


async def read_body(request: Request) -> bytes:
    """Read what was sent; its length was limited before."""
    return await request.body()


Sent = Annotated[bytes, Depends(read_body)]


@router.get("/sync")
def key(visit: Door) -> Response:
    """Return the key to which a phone seals, and a word for whose diary it is."""
    point = visit.store.sealing_key()
    return JSONResponse(
        {
            "key": base64.b64encode(point).decode(),
            "key_id": key_id(point),
            "for": owner_of(visit),
        }
    )


@router.post("/sync")
def take(request: Request, visit: Door, sent: Sent) -> Response:
    """Take entries over, each by itself: one that cannot be read holds up no other."""
    told = _told(sent)
    if told is None:
        return JSONResponse({"says": "This could not be read. Nothing was changed."}, 400)
    device = visit.device_words
    point, clock = visit.store.sealing_key(), _clock(told.get("clock"))
    answer = Answer()
    for one in told["entries"]:
        name = str(one.get("id"))[:64] if isinstance(one, dict) else ""
        try:
            answer.add(name, _take_one(visit, one, key_id(point), clock, device))
        except RecordError as error:
            answer.refuse(name, error.what)
        except StoreError as error:
            return JSONResponse({"says": error.what, **_plain(answer)}, 503)
    return JSONResponse({**_plain(answer), "tell": has_waiting(visit)})


def key_id(point: bytes) -> str:
    """Return a short name of a public key."""
    return hashlib.sha256(point).hexdigest()[:16]


def owner_of(visit: Visit) -> str:
    """Return a word for a person that tells nothing."""
    return visit.only("outbox")


def _plain(answer: Answer) -> dict[str, Any]:
    return {"done": answer.done, "not_read": answer.not_read}


def _told(sent: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(sent)
    except (ValueError, RecursionError):
        return None
    entries = told.get("entries") if isinstance(told, dict) else None
    return told if isinstance(entries, list) and len(entries) <= MOST else None


def _clock(value: Any) -> dt.datetime | None:
    try:
        clock = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return clock if clock is not None and clock.tzinfo is not None else None


def _take_one(visit: Visit, one: Any, key: str, clock: dt.datetime | None, device: str) -> str:
    name, parts = _parts(one, key)
    told = read(name, visit.store.unseal(name, *parts))
    if told.owner != owner_of(visit):
        raise RecordError("it was written in another person's diary. It waits here for them.")
    with once.turn():
        when = timing(told.at, clock, visit.now)
        outcome = keep(visit, told, when, device)
        if told.body is not None:
            came_over(visit, told.body, when.at)
        if told.kind == "dose" and outcome != "known":
            _tell_dose(visit, told, outcome)
        return outcome


def _tell_dose(visit: Visit, told: Sealed, outcome: str) -> None:
    """Let the next page tell what a dose meets: as it is kept, also where it is kept apart."""
    assert told.entry is not None
    kept = visit.store.entry(visit.person.id, told.entry)
    is_apart = outcome == "conflict" or kept is None
    tell(visit, {told.entry: told.body if is_apart or kept is None else kept.body})


def _parts(one: Any, key: str) -> tuple[str, tuple[bytes, bytes, bytes]]:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str):
        raise RecordError("it is not complete.")
    if one.get("key") != key:
        raise RecordError("it was sealed for another diary, or before this one was put back.")
    if not one["id"].isascii():
        raise RecordError("it is not complete.")
    return one["id"], (_raw(one.get("epk")), _raw(one.get("iv")), _raw(one.get("ct")))


def _raw(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > LONGEST_PART:
        raise RecordError("it is not complete.")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise RecordError("it is not complete.") from None


# --- what one of them makes of the diary


def keep(visit: Visit, told: Sealed, when: Timing, device: str) -> str:
    """Keep one thing that was done on a phone, and say what became of it."""
    latest = visit.today + dt.timedelta(1)  # another zone may be a day ahead
    far = first_after(told.body, latest)
    if far is not None:
        told = _with_body(told, held_back(told.body, latest, _moment(told, when)))
    if when.is_doubtful and told.body is not None:
        told = _with_body(told, at_moment(told.kind, told.body, when.at))
    when = replace(when, is_doubtful=when.is_doubtful or far is not None)
    if told.kind == "undo":
        return _undone(visit, told, when, device)
    is_daily = told.kind in DAILY
    changes = _daily(visit, told, "" if far else device) if is_daily else [_change_of(visit, told)]
    changes[0] = _apart_from_another(visit, told, when, changes[0])
    made = [
        Change(name, entry, kind, body, _moment(told, when), told.zone, base, device)
        for name, entry, kind, body, base in changes
    ]
    if when.is_doubtful:
        made.append(_question(visit, told, when, made[0], far or told.at.isoformat()))
    return str(once.write(visit, *made)[0])


Plan = tuple[str, str, str, Body | None, str | None]
"""A change: its id, its entry, the kind, the body, and the base."""


def _apart_from_another(visit: Visit, told: Sealed, when: Timing, plan: Plan) -> Plan:
    """Return the change under an id of its own where something else came under this one before.

    Then both are kept, and the person says which holds. Sent again it has the same id again.
    """
    name, entry, kind, body, _ = plan
    before = next((c for c in visit.store.history(visit.person.id, entry) if c.id == name), None)
    if before is None:
        return plan
    question = visit.store.entry(visit.person.id, _question_of(told))
    if says_the_same(told, before, trusts_clock=not when.is_doubtful and question is None):
        return plan
    content = json.dumps([told.kind, told.body, told.base], sort_keys=True, ensure_ascii=False)
    return str(uuid.uuid5(uuid.UUID(name), content)), entry, kind, body, NONE_SEEN


def _change_of(visit: Visit, told: Sealed) -> Plan:
    assert told.entry is not None
    if told.kind in ("pain", "over"):
        return _step(visit, told, told.entry)
    _refuse_other_kind(visit, told.entry, told.kind)
    there = visit.store.entry(visit.person.id, told.entry)
    if told.is_tombstone and there is None:
        raise RecordError("what it takes out has not come over yet.")
    return told.id, told.entry, told.kind, told.body, told.base


def _step(visit: Visit, told: Sealed, entry: str) -> Plan:
    """Return the attack after one more step; of one that was taken out, kept apart."""
    _refuse_other_kind(visit, entry, "attack")
    there = visit.store.entry(visit.person.id, entry)
    if there is None:
        raise RecordError("the attack that it is about has not come over yet.")
    standing = there.body if there.body is not None else once.body_before(visit, there)
    if standing is None or told.body is None:
        raise RecordError("the attack that it is about is not there.")
    attack: Attack = build(Attack, standing)
    if told.kind == "pain":
        body = to_plain(rated(attack, build(PainRating, told.body)))
        return told.id, entry, "attack", body, NONE_SEEN if there.is_out else None
    over = _over(visit, there, attack, build(When, told.body))
    return told.id, entry, "attack", to_plain(over), _base_of_end(told, there, attack)


def _over(visit: Visit, there: Entry, attack: Attack, at: When) -> Attack:
    """Return the attack as over, by the same rule as on a page; two ends are asked about.

    A phone's clock may be a little behind the one by which the attack began: then it is over,
    and nobody knows when.
    """
    last = reach_of(visit, Kept(there, attack)).last
    try:
        return over_at(attack, at, last) if attack.end is None else ended(attack, at)
    except RecordError:
        return closed(attack, last)


def _base_of_end(told: Sealed, there: Entry, attack: Attack) -> str | None:
    """Return the base of an end: one that meets another end is kept apart, and asked about."""
    is_other = attack.end is not None and to_plain(attack.end) != told.body
    return NONE_SEEN if there.is_out or is_other else None


def _daily(visit: Visit, told: Sealed, device: str) -> list[Plan]:
    """Return what a day's own answer makes, with that the day was asked about."""
    body = dict(told.body or {})
    day = dt.date.fromisoformat(str((body.get("when") or body)["day"]))
    names = ("mood_note", "mood") if told.kind == "mood_note" else (told.kind,)
    asked = "mood" if told.kind == "mood_note" else "headache"
    entry, check_in = entry_of(visit, day, *names), entry_of(visit, day, "check_in")
    there = visit.store.entry(visit.person.id, entry)
    base = NONE_SEEN if there is not None and _is_others(visit, there, body, device) else None
    before = visit.entry(check_in, kind="check_in")
    also = str(uuid.uuid5(uuid.UUID(told.id), "check_in"))
    answered = _checked_in(before.body if before and before.body else {}, day, asked)
    return [(told.id, entry, told.kind, body, base), (also, check_in, "check_in", answered, None)]


def _is_others(visit: Visit, there: Entry, body: Body, device: str) -> bool:
    """Whether an answer of a day says something else, and was not given on this device."""
    if there.is_out or there.body == body:
        return False
    history = visit.store.history(visit.person.id, there.id)
    return next((one.device for one in history if one.id == there.head), "") != device


def _checked_in(before: Mapping[str, Any], day: dt.date, asked: str) -> Body:
    others = [one for one in before.get("asked") or () if one != asked]
    return {
        "day": day.isoformat(),
        "asked": [asked, *others],
        "how": before.get("how") or "low",
        "near": before.get("near"),
    }


def _undone(visit: Visit, told: Sealed, when: Timing, device: str) -> str:
    """Take a step back; where another step came after it, nothing is changed but the history."""
    assert told.entry is not None
    there = visit.store.entry(visit.person.id, told.entry)
    if there is None:
        raise RecordError("what it takes back has not come over yet.")
    before = once.body_before(visit, there)
    at = _moment(told, when)
    made = Change(told.id, told.entry, there.kind, before, at, told.zone, told.base, device)
    return str(once.write(visit, made)[0])


def _refuse_other_kind(visit: Visit, entry: str, kind: str) -> None:
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != kind:
        raise RecordError("it is about an entry of another kind.")


def _moment(told: Sealed, when: Timing) -> dt.datetime:
    """Return when it was written, in the phone's own zone where that is known."""
    return when.at.astimezone(ZoneInfo(told.zone)) if told.zone else when.at


def _with_body(told: Sealed, body: Body) -> Sealed:
    return Sealed(told.id, told.owner, told.kind, told.entry, body, told.base, told.at, told.zone)


def _question(visit: Visit, told: Sealed, when: Timing, made: Change, said: str) -> Change:
    """Return the question about a clock: what the phone said, and what is kept."""
    name = _question_of(told)
    body = {
        "day": visit.today.isoformat(),
        "entry": made.entry,
        "kind": made.kind,
        "said": said,
        "kept": when.at.isoformat(),
    }
    return Change(name, name, QUESTION, body, visit.now, visit.zone)


def _question_of(told: Sealed) -> str:
    return str(uuid.uuid5(uuid.UUID(told.id), QUESTION))
