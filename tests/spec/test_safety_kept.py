"""Events of the safety flag, as a diary keeps them: what went out comes in the same."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.item9 import Answered
from twofold.safety.flag import (
    ClosedFlag,
    Item9Answered,
    LeftPage,
    OpenFlag,
    Pressed,
    Reviewed,
    Shown,
    Triggered,
)
from twofold.safety.kept import answered, event_of, flag_that_follows, to_plain

LATER = dt.datetime(2026, 12, 24, tzinfo=dt.UTC)
TIMES = st.datetimes(
    dt.datetime(2000, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC)
)  # fmt: skip
EVENTS = st.one_of(
    st.builds(Triggered, TIMES, st.sampled_from(["words", "help_now", "thoughts"])),
    st.builds(Item9Answered, TIMES, st.integers(0, 3).map(Answered)),
    st.builds(Reviewed, TIMES, st.sampled_from(["Dr Ada", "Dr Bo"])),
    st.builds(Pressed, TIMES, st.sampled_from(["not_safe", "safe_now", "mistake"])),
    st.builds(Shown, TIMES),
    st.builds(LeftPage, TIMES),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.dictionaries(
        st.sampled_from(["event", "at", "answer", "button", "when", "day", "items", "9", "scale"]),
        inner,
        max_size=5,
    ),
    max_leaves=8,
)


@given(EVENTS)
def test_an_event_that_was_kept_comes_back_the_same(event) -> None:
    assert event_of(to_plain(event)) == event


@given(st.dictionaries(st.text(max_size=6), PLAIN, max_size=4), st.sampled_from(
    ["triggered", "item9", "reviewed", "pressed", "shown", "left", "other"]))  # fmt: skip
def test_what_cannot_be_read_opens_nothing_and_stops_nothing(body, name) -> None:
    told = {"at": "2026-11-22", **body, "event": name}
    assert event_of(told) is None
    answered({"scale": "phq9", **body}, dt.UTC, written=LATER)


@given(st.lists(EVENTS, max_size=8))
def test_a_flag_follows_only_where_something_opened_it(events) -> None:
    flag = flag_that_follows([*events, None])
    opening = [
        event
        for event in events
        if isinstance(event, Triggered)
        or (isinstance(event, Item9Answered) and event.item9.answer >= 1)
    ]
    assert (flag is not None) is bool(opening)


# A kept PHQ-9, and the moment at which its item 9 counts; the zone of the person is UTC+2.
ZONE = dt.timezone(dt.timedelta(hours=2))
READ = (
    ({"day": "2026-11-22", "time": "12:30:00", "offset_minutes": 60}, 1, "2026-11-22T12:30+01:00"),
    ({"day": "2026-11-22", "time": "12:30:00"}, 1, "2026-11-22T12:30+02:00"),
    ({"day": "2026-11-22"}, 1, "2026-11-22T23:59:59.999999+02:00"),
    ({"day": "2026-11-22"}, 0, "2026-11-22T00:00+02:00"),
)


@pytest.mark.parametrize(("when", "answer", "at"), READ)
def test_an_answer_without_its_time_never_closes_what_came_that_day(when, answer, at) -> None:
    told = answered({"scale": "phq9", "when": when, "items": {"9": answer}}, ZONE, written=LATER)
    assert told == Item9Answered(dt.datetime.fromisoformat(at), Answered(answer))


@pytest.mark.parametrize("answer", (0, 1), ids=("no", "more than no"))
@pytest.mark.parametrize(
    "when",
    ({"day": "2026-11-22"}, {"day": "2026-11-22", "time": "20:00:00"}, {"day": "2026-11-23"}),
    ids=("the day alone", "a later time", "a later day"),
)
def test_no_answer_counts_later_than_it_was_written_down(when, answer) -> None:
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=ZONE)
    told = answered({"scale": "phq9", "when": when, "items": {"9": answer}}, ZONE, written=noon)
    assert told is not None and told.at <= noon
    later = Item9Answered(noon + dt.timedelta(minutes=1), Answered(1 - answer))
    is_open = isinstance(flag_that_follows([told, later]), OpenFlag)
    assert is_open is (later.item9.answer == 1), "what was answered later holds"


def test_thoughts_of_another_scale_count_no_later_than_they_were_written_down_either() -> None:
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=ZONE)
    body = {"scale": "mdi", "when": {"day": "2026-11-22"}, "items": {"6": 1}}
    assert answered(body, ZONE, written=noon) == Triggered(noon, "thoughts")


# A body, and that no answer to item 9 stands in it: open never means no.
OPEN = (
    {"scale": "phq9", "when": {"day": "2026-11-22"}, "items": {}},
    {"scale": "phq9", "when": {"day": "2026-11-22"}, "items": {"9": None}},
    {"scale": "phq9", "when": {"day": "2026-11-22"}, "total": 0},
    {"scale": "gad7", "when": {"day": "2026-11-22"}, "items": {"9": 0}},
    {"scale": "phq9", "when": {"day": "2026-11-22"}, "items": {"9": 4}},
    {"scale": "phq9", "when": {"day": 3}, "items": {"9": 1}},
)


@pytest.mark.parametrize("body", OPEN)
def test_an_open_item_9_is_no_event(body) -> None:
    assert answered(body, dt.UTC, written=LATER) is None


def test_only_a_later_no_closes() -> None:
    first = Item9Answered(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC), Answered(1))
    no = Item9Answered(dt.datetime(2026, 11, 22, 13, tzinfo=dt.UTC), Answered(0))
    assert isinstance(flag_that_follows([first]), OpenFlag)
    assert isinstance(flag_that_follows([no, first]), ClosedFlag)
