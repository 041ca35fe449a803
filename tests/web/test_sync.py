"""What a phone kept goes over: once, whole, strictly read, and never dropped without a word."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_visit import NOON, Home, Visitor, readable

from twofold.app.web.outbox import read, timing
from twofold.errors import RecordError

from .schedules import seal

AT = NOON - dt.timedelta(minutes=30)
ONSET = {"day": "2026-11-22", "time": "12:00:00", "offset_minutes": 0}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("sync") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def person(home: Home) -> Visitor:
    return home.someone()


def key_of(person: Visitor) -> dict[str, str]:
    answer = person.client.get("/sync", headers={"content-type": "application/json"})
    found: dict[str, str] = answer.json()
    return found


def made(kind: str, body: Any, *, entry: str | None = None, **more: Any) -> dict[str, Any]:
    """One thing that was done on a phone."""
    name = str(uuid.uuid4())
    told = {"id": name, "kind": kind, "entry": entry or name, "body": body, "base": None,
            "at": AT.isoformat(), "zone": "Europe/Berlin"}  # fmt: skip
    return {**told, **more}


def sealed(person: Visitor, told: dict[str, Any]) -> dict[str, str]:
    key = key_of(person)
    plain = json.dumps({"for": key["for"], **told}).encode()
    parts = seal(base64.b64decode(key["key"]), told["id"], plain)
    return {"id": told["id"], "key": key["key_id"], **parts}


def send(person: Visitor, *entries: Any, clock: str | None = None) -> dict[str, Any]:
    told = {"clock": clock or person.now.isoformat(), "entries": list(entries)}
    answer = person.client.post("/sync", json=told)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def go_over(person: Visitor, *told: dict[str, Any]) -> list[str]:
    """Seal and send, and return what became of each."""
    answer = send(person, *(sealed(person, one) for one in told))
    assert answer["not_read"] == []
    return [one["outcome"] for one in answer["done"]]


def body_of(person: Visitor, entry: str) -> dict[str, Any] | None:
    found = person.store.entry(person.person, entry)
    assert found is not None
    return dict(found.body) if found.body is not None else None


def begun() -> dict[str, Any]:
    return made("attack", {"onset": ONSET, "is_running": True})


def rated(attack: dict[str, Any], pain: float) -> dict[str, Any]:
    return made("pain", {"when": ONSET, "pain": pain}, entry=attack["id"])


def test_an_attack_with_its_ratings_and_its_end_goes_over(person: Visitor) -> None:
    attack = begun()
    over = made("over", {**ONSET, "time": "14:00:00"}, entry=attack["id"])
    assert go_over(person, attack, rated(attack, 5), rated(attack, 8), over) == ["kept"] * 4
    body = body_of(person, attack["id"])
    assert body is not None
    assert [one["pain"] for one in body["pain"]] == [5, 8]
    assert (body["end"]["time"], body["is_running"]) == ("14:00:00", False)


def test_what_is_sent_twice_is_kept_once(person: Visitor) -> None:
    attack = begun()
    rating = rated(attack, 5)
    assert go_over(person, attack, rating) == ["kept", "kept"]
    assert go_over(person, attack, rating, rating) == ["known"] * 3
    body = body_of(person, attack["id"])
    assert body is not None and len(body["pain"]) == 1


def again(told: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Something else under the id of what was sent before."""
    return {**told, **other}


def dose(name: str, **when: str) -> dict[str, Any]:
    return {"when": {**ONSET, **when}, "name": name, "purpose": "acute"}


def phq9(answer: int) -> dict[str, Any]:
    return {"when": ONSET, "scale": "phq9", "items": {"1": answer}}


MOOD = {"when": ONSET, "item": "mood", "span": {"low": 0.0, "high": 10.0}, "better": "high"}

# What was sent first, and what comes under the same id.
OTHERS = {
    "another medicine": (made("dose", dose("Sumatriptan")), {"body": dose("Ibuprofen")}),
    "hours later": (made("dose", dose("Sumatriptan")), {"body": dose("Sumatriptan", time="09:00:00")}),
    "another note": (
        made("attack", {"onset": ONSET, "is_running": True, "note": "left"}),
        {"body": {"onset": ONSET, "is_running": True, "note": "right"}},
    ),
    "another answer": (made("scale_answer", phq9(1)), {"body": phq9(2)}),
    "another mood": (made("mood_note", {**MOOD, "level": 7.0}), {"body": {**MOOD, "level": 2.0}}),
    "taken out": (made("dose", dose("Sumatriptan")), {"body": None}),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_something_else_under_the_same_id_is_kept_apart_and_asked_about(
    person: Visitor, case: str
) -> None:
    first, changed = OTHERS[case]
    first = {**first, "entry": first["entry"] if first["kind"] != "mood_note" else None}
    other = again(first, **changed)
    assert go_over(person, first) == ["kept"]
    stands = person.bodies(first["kind"])
    assert go_over(person, other) == ["conflict"]
    assert go_over(person, first, other) == ["known", "known"], "each of the two is there once"
    (apart,) = person.store.conflicts(person.person)
    assert (apart.other.body, person.bodies(first["kind"])) == (changed["body"], stands)
    if changed["body"] is not None:
        person.post(f"/conflicts/{apart.other.id}", keep="both")
        assert changed["body"] in person.bodies(first["kind"]) and len(stands) == 1


def test_another_pain_under_the_same_id_is_kept_apart(person: Visitor) -> None:
    attack = begun()
    rating = rated(attack, 5)
    go_over(person, attack, rating)
    assert go_over(person, again(rating, body={"when": ONSET, "pain": 8})) == ["conflict"]
    assert go_over(person, rating) == ["known"]
    (apart,) = person.store.conflicts(person.person)
    assert apart.other.body is not None
    assert [one["pain"] for one in apart.other.body["pain"]] == [5, 8]


def test_an_end_under_the_id_of_a_pain_is_kept_apart(person: Visitor) -> None:
    attack = begun()
    rating = rated(attack, 5)
    go_over(person, attack, rating)
    over = again(rating, kind="over", body={**ONSET, "time": "14:00:00"})
    assert go_over(person, over) == ["conflict"]
    body = body_of(person, attack["id"])
    assert body is not None and body["is_running"] and len(body["pain"]) == 1


def test_an_end_long_after_the_last_word_is_known_when_it_comes_again(person: Visitor) -> None:
    onset = {**ONSET, "day": "2026-11-15"}
    attack = made("attack", {"onset": onset, "is_running": True})
    over = made("over", ONSET, entry=attack["id"])
    assert go_over(person, attack, over) == ["kept", "kept"]
    body = body_of(person, attack["id"])
    assert body is not None and body["is_running"] is False and body.get("end") is None
    assert go_over(person, attack, over) == ["known", "known"]
    assert person.store.conflicts(person.person) == ()


def test_an_end_by_a_clock_behind_that_of_the_beginning_is_kept_with_no_moment(
    person: Visitor,
) -> None:
    attack = begun()
    behind = {**ONSET, "time": "11:59:59"}
    over = made("over", behind, entry=attack["id"])
    assert go_over(person, attack, over) == ["kept", "kept"]
    body = body_of(person, attack["id"])
    assert body is not None and body["is_running"] is False and body.get("end") is None
    assert go_over(person, attack, over) == ["known", "known"]


def test_a_second_end_by_a_clock_that_is_behind_is_asked_about(person: Visitor) -> None:
    attack = begun()
    person.post("/attack", once=attack["id"])
    person.post(f"/attack/{attack['id']}/over")
    over = made("over", {**ONSET, "time": "00:10:00"}, entry=attack["id"])
    assert go_over(person, over) == ["conflict"]
    assert "Keep the other one" in readable(person.get("/conflicts"))


def test_the_id_of_another_entry_is_refused_and_the_phone_keeps_what_it_has(
    person: Visitor,
) -> None:
    first, second = made("dose", dose("Sumatriptan")), made("dose", dose("Ibuprofen"))
    go_over(person, first)
    answer = send(person, sealed(person, again(second, id=first["id"])))
    assert answer["done"] == [] and "another entry" in answer["not_read"][0]["says"]
    assert [one["name"] for one in person.bodies("dose")] == ["Sumatriptan"]


def test_the_same_is_known_although_its_clock_was_set_right_in_between(person: Visitor) -> None:
    """A phone that is three hours fast says so only in what it says of its own clock."""
    at = (NOON + dt.timedelta(hours=3)).isoformat()
    taken = made("dose", dose("Sumatriptan", time="15:30:00"), at=at)
    (first,) = send(person, sealed(person, taken), clock=at)["done"]
    (second,) = send(person, sealed(person, taken), clock=NOON.isoformat())["done"]
    assert (first["outcome"], second["outcome"]) == ("kept", "known")
    assert person.store.conflicts(person.person) == ()


def test_a_tap_that_reached_the_page_is_known_when_it_comes_again(person: Visitor) -> None:
    attack = begun()
    person.post("/attack", once=attack["id"])
    assert go_over(person, attack) == ["known"]
    assert len(person.store.entries(person.person, kinds=("attack",))) == 1


def test_two_devices_that_rate_one_attack_add_up(person: Visitor) -> None:
    attack = begun()
    go_over(person, attack)
    person.post(f"/attack/{attack['id']}/strength", pain="2")
    assert go_over(person, rated(attack, 8)) == ["kept"]
    body = body_of(person, attack["id"])
    assert body is not None
    assert sorted(one["pain"] for one in body["pain"]) == [2, 8]


def test_two_ends_of_one_attack_are_asked_about(person: Visitor) -> None:
    attack = begun()
    go_over(person, attack)
    person.post(f"/attack/{attack['id']}/over")
    over = made("over", {**ONSET, "time": "12:10:00"}, entry=attack["id"])
    assert go_over(person, over) == ["conflict"]
    assert "Keep the other one" in readable(person.get("/conflicts"))
    person.post(f"/conflicts/{over['id']}", keep="other")
    body = body_of(person, attack["id"])
    assert body is not None and body["end"]["time"] == "12:10:00"


def test_a_tombstone_takes_out_and_one_that_is_too_late_is_asked_about(person: Visitor) -> None:
    first, second = begun(), begun()
    go_over(person, first, second)
    person.post(f"/attack/{second['id']}/strength", pain="5")
    out = [made("attack", None, entry=one["id"], base=one["id"]) for one in (first, second)]
    assert go_over(person, *out) == ["kept", "conflict"]
    assert body_of(person, first["id"]) is None
    assert body_of(person, second["id"]) is not None


def test_a_rating_of_an_attack_that_was_taken_out_is_kept_apart(person: Visitor) -> None:
    attack = begun()
    go_over(person, attack, made("attack", None, entry=attack["id"]))
    assert go_over(person, rated(attack, 5)) == ["conflict"]
    assert body_of(person, attack["id"]) is None


@pytest.mark.parametrize(("kind", "body", "asked"), [
    ("free_day", {"day": "2026-11-22"}, "headache"),
    ("mood_note", {"when": ONSET, "item": "mood", "level": 3, "span": {"low": 0, "high": 10},
                   "better": "high"}, "mood"),
])  # fmt: skip
def test_an_answer_of_the_day_says_also_that_it_was_asked(
    person: Visitor, kind: str, body: dict[str, Any], asked: str
) -> None:
    assert go_over(person, made(kind, body, entry=None)) == ["kept"]
    (entry,) = person.store.entries(person.person, kinds=("check_in",))
    assert entry.body is not None and entry.body["asked"] == [asked]
    assert len(person.store.entries(person.person, kinds=(kind,))) == 1


@pytest.mark.parametrize(("is_another", "outcome"), [(True, "conflict"), (False, "kept")])
def test_an_evening_that_another_device_answered_is_asked_about(
    person: Visitor, is_another: bool, outcome: str
) -> None:
    person.fill("/evening/short", "/evening/2026-11-22", mood="7")
    mood = {"when": ONSET, "item": "mood", "level": 3, "span": {"low": 0, "high": 10},
            "better": "high"}  # fmt: skip
    if is_another:
        person.sign_in()
    assert go_over(person, made("mood_note", mood, entry=None)) == [outcome]


# --- what cannot be read stays on the phone, with a reason


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "setting"}, "kind"),
        ({"kind": "attack", "body": {"onset": ONSET, "sweet": 1}}, "sweet"),
        ({"kind": "attack", "body": {"onset": {"day": "1890-01-01"}}}, "1890"),
        ({"kind": "pain", "body": {"when": ONSET, "pain": 11}}, "pain"),
        ({"kind": "pain", "body": {"when": ONSET, "pain": 5}}, "not come over yet"),
        ({"kind": "undo", "body": None}, "which step"),
        ({"at": "yesterday"}, "moment"),
        ({"at": "2026-11-22T12:00:00"}, "moment"),
        ({"entry": "x"}, "id"),
        ({"for": "somebody"}, "another person"),
        ({"extra": 1}, "fields"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_reason(
    person: Visitor, change: dict[str, Any], says: str
) -> None:
    told = {**begun(), **change}
    answer = send(person, sealed(person, told), sealed(person, begun()))
    assert [one["id"] for one in answer["not_read"]] == [told["id"]]
    assert says in answer["not_read"][0]["says"]
    assert len(answer["done"]) == 1


def test_an_entry_of_another_diary_or_an_altered_one_is_not_read(person: Visitor) -> None:
    good = sealed(person, begun())
    other = {**good, "key": "0" * 16}
    moved = {**good, "id": str(uuid.uuid4())}
    flipped = {**good, "ct": good["ct"][:-8] + "AAAAAAA="}
    answer = send(
        person, other, moved, flipped, None, 7, {"id": 7}, {"id": "x", "key": good["key"]}
    )
    assert answer["done"] == []
    assert len(answer["not_read"]) == 7
    assert "another diary" in answer["not_read"][0]["says"]


@pytest.mark.parametrize("sent", [b"", b"[]", b"{}", b'{"entries": 1}', b"\xff", b"[" * 5000])
def test_a_request_that_is_none_changes_nothing(person: Visitor, sent: bytes) -> None:
    answer = person.client.post("/sync", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_nobody_who_is_not_signed_in_may_send_or_ask(person: Visitor) -> None:
    stranger = person.stranger()
    head = {"content-type": "application/json"}
    assert stranger.get("/sync", headers=head).status_code == 401
    assert stranger.post("/sync", json={"entries": []}).status_code == 401


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_out_of_a_seal_is_read_or_refused_with_a_sentence(plain: bytes) -> None:
    with pytest.raises(RecordError):
        read("a", plain)


# --- clocks


HOUR = dt.timedelta(hours=1)
DAYS = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "sent", "kept", "is_doubtful"),
    [
        (NOON - HOUR, NOON, NOON - HOUR, False),
        (NOON - 30 * DAYS, NOON, NOON - 30 * DAYS, False),
        (NOON - HOUR, NOON + dt.timedelta(minutes=5), NOON - HOUR, False),
        # a clock that is wrong all the time is set right, and asked about
        (NOON + 9 * HOUR, NOON + 10 * HOUR, NOON - HOUR, True),
        (dt.datetime(1970, 1, 1, 1, tzinfo=dt.UTC), dt.datetime(1970, 1, 1, 3, tzinfo=dt.UTC),
         NOON - 2 * HOUR, True),
        # one that jumped in between tells nothing: the server's moment is kept, and asked about
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), NOON, NOON, True),
        (dt.datetime(2190, 1, 1, tzinfo=dt.UTC), NOON, NOON, True),
        (dt.datetime(2190, 1, 1, tzinfo=dt.UTC), None, NOON, True),
    ],
)  # fmt: skip
def test_a_wrong_clock_is_set_right_where_it_can_be(
    at: dt.datetime, sent: dt.datetime | None, kept: dt.datetime, is_doubtful: bool
) -> None:
    found = timing(at, sent, NOON)
    assert (found.at, found.is_doubtful) == (kept, is_doubtful)


def test_an_attack_of_1970_is_kept_with_the_servers_moment_and_asked_about(
    person: Visitor,
) -> None:
    onset = {"day": "1970-01-01", "time": "01:00:00", "offset_minutes": 0}
    told = {**begun(), "body": {"onset": onset, "is_running": True},
            "at": "1970-01-01T01:00:00+00:00"}  # fmt: skip
    assert go_over(person, told) == ["kept"]
    body = body_of(person, told["id"])
    assert body is not None and body["onset"]["day"] == "2026-11-22"
    page = person.get("/conflicts")
    assert "The clock of the phone said 1970-01-01 01:00." in readable(page)
    question = person.store.entries(person.person, kinds=("time_question",))[0]
    person.post(f"/conflicts/time/{question.id}")
    assert "Is this time right?" not in readable(person.get("/conflicts"))


def test_an_entry_keeps_the_zone_and_the_offset_of_the_place_where_it_was_written(
    person: Visitor,
) -> None:
    tokyo = {"day": "2026-11-22", "time": "20:50:00", "offset_minutes": 540}
    told = {**begun(), "body": {"onset": tokyo, "is_running": True}, "zone": "Asia/Tokyo",
            "at": "2026-11-22T20:50:00+09:00"}  # fmt: skip
    go_over(person, told)
    (change,) = person.store.history(person.person, told["id"])
    assert (change.zone, change.at.utcoffset()) == ("Asia/Tokyo", dt.timedelta(hours=9))
    body = body_of(person, told["id"])
    assert body is not None and body["onset"] == tokyo
