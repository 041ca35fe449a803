"""The safety flag: only a later answer of 0, or a named clinician, closes it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.item9 import Answered, NotAsked
from twofold.errors import RecordError
from twofold.safety.flag import (
    BANNER,
    Button,
    ClosedFlag,
    Event,
    Item9Answered,
    LeftPage,
    OpenFlag,
    Pressed,
    Reviewed,
    Shown,
    Triggered,
    closes,
    flag_of,
    open_flag,
    opens,
)

START = dt.datetime(2026, 3, 4, 9, 0, tzinfo=dt.UTC)


def at(hours: float) -> dt.datetime:
    return START + dt.timedelta(hours=hours)


def item9(hours: float, answer: int) -> Item9Answered:
    return Item9Answered(at(hours), Answered(answer))


def opened() -> OpenFlag:
    return open_flag(item9(0, 1))


CLOSES = [
    (item9(24, 0), True),
    (Reviewed(at(24), "Dr Ito"), True),
    (item9(24, 1), False),
    (Pressed(at(24), "mistake"), False),
    (Pressed(at(24), "safe_now"), False),
    (Pressed(at(24), "not_safe"), False),
    (LeftPage(at(24)), False),
    (Shown(at(24)), False),
    (Triggered(at(24), "words"), False),
    (item9(0, 0), False),
    (item9(-1, 0), False),
    (Reviewed(at(-1), "Dr Ito"), False),
]


@pytest.mark.parametrize(("event", "is_closed"), CLOSES, ids=lambda one: str(one)[:60])
def test_only_a_later_answer_of_0_or_a_named_clinician_closes_it(
    event: Event, is_closed: bool
) -> None:
    assert isinstance(opened().after(event), ClosedFlag) is is_closed


@pytest.mark.parametrize("name", ["", "   "])
def test_a_review_by_nobody_is_refused(name: str) -> None:
    with pytest.raises(RecordError, match="needs the clinician's name"):
        Reviewed(at(1), name)


def test_a_question_that_was_not_asked_is_no_event() -> None:
    with pytest.raises(RecordError, match="not answered"):
        Item9Answered(at(1), NotAsked())  # type: ignore[arg-type]


def test_a_time_without_its_zone_is_refused_because_later_would_be_a_guess() -> None:
    with pytest.raises(RecordError, match="zone"):
        Shown(dt.datetime(2026, 3, 4, 9))


@pytest.mark.parametrize("by", [item9(0, 0), item9(24, 1), item9(24, 0), Reviewed(at(-2), "Ito")])
def test_a_closed_flag_cannot_be_made_without_what_closed_it(by: Item9Answered | Reviewed) -> None:
    with pytest.raises(RecordError, match="nothing closed this flag"):
        ClosedFlag((item9(0, 1),), by)
    if by != item9(24, 0):
        with pytest.raises(RecordError, match="nothing closed this flag"):
            ClosedFlag((item9(0, 1), by), by)


def test_an_open_flag_cannot_be_made_without_what_opened_it() -> None:
    with pytest.raises(RecordError, match="nothing opened"):
        OpenFlag((item9(0, 0),))
    with pytest.raises(RecordError, match="nothing opened"):
        flag_of([Shown(at(0)), Reviewed(at(1), "Dr Ito")])


def test_there_is_no_field_that_says_closed() -> None:
    fields = {one.name for kind in (OpenFlag, ClosedFlag) for one in dataclasses.fields(kind)}
    assert fields == {"events", "by"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        opened().events = ()  # type: ignore[misc]
    closed = opened().after(item9(24, 0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        closed.events = ()  # type: ignore[misc]


def test_a_new_answer_of_1_opens_a_closed_flag_again() -> None:
    closed = opened().after(item9(24, 0))
    assert isinstance(closed, ClosedFlag) and closed.by == item9(24, 0)
    assert isinstance(closed.after(item9(48, 1)), OpenFlag)


KINDS = [
    (item9(1, 0), False, True),
    (item9(1, 1), True, False),
    (item9(1, 3), True, False),
    (Triggered(at(1), "words"), True, False),
    (Reviewed(at(1), "Dr Ito"), False, True),
    (Shown(at(1)), False, False),
    (Pressed(at(1), "mistake"), False, False),
    (LeftPage(at(1)), False, False),
]


@pytest.mark.parametrize(
    ("event", "is_opening", "is_closing"), KINDS, ids=lambda one: str(one)[:40]
)
def test_each_kind_of_event_opens_closes_or_does_neither(
    event: Event, is_opening: bool, is_closing: bool
) -> None:
    assert opens(event) is is_opening
    assert closes(event) is is_closing


PAGES = [
    ([], "S1"),
    ([Pressed(at(1), "not_safe")], "S2a"),
    ([Pressed(at(1), "safe_now")], "S2b"),
    ([Pressed(at(1), "mistake")], "S2c"),
    ([LeftPage(at(1))], "S2b"),
    ([Pressed(at(1), "mistake"), Pressed(at(2), "not_safe")], "S2a"),
    ([Pressed(at(1), "mistake"), Shown(at(20))], "S1"),
    ([Pressed(at(1), "mistake"), Shown(at(20)), LeftPage(at(21))], "S2b"),
    ([LeftPage(at(1)), Shown(at(20)), Pressed(at(21), "mistake")], "S2c"),
    ([Pressed(at(1), "mistake"), item9(2, 2)], "S1"),
    ([Pressed(at(0), "not_safe")], "S2a"),
    ([Shown(at(1)), Pressed(at(2), "safe_now"), Shown(at(3))], "S1"),
]


@pytest.mark.parametrize(("events", "page"), PAGES, ids=lambda one: str(one)[:70])
def test_each_answer_leads_to_its_page_and_leaving_it_counts_as_safe_now(
    events: list[Event], page: str
) -> None:
    flag = flag_of([item9(0, 1), *events])
    assert isinstance(flag, OpenFlag) and flag.page == page
    assert flag.asks_again is (page == "S2c")


@pytest.mark.parametrize(("days", "stands"), [(0, True), (6.9, True), (7, False), (400, False)])
def test_the_banner_stands_for_7_days_and_the_flag_stays_open(days: float, stands: bool) -> None:
    assert opened().shows_banner(at(24 * days)) is stands
    assert BANNER.days == 7


HOURS = st.integers(-2000, 20000)
EVENTS = st.one_of(
    st.builds(lambda h, n: item9(h, n), HOURS, st.integers(0, 3)),
    st.builds(lambda h: Reviewed(at(h), "Dr Ito"), HOURS),
    st.builds(lambda h: Shown(at(h)), HOURS),
    st.builds(lambda h: LeftPage(at(h)), HOURS),
    st.builds(lambda h, b: Pressed(at(h), b), HOURS, st.sampled_from(get_args(Button))),
    st.builds(lambda h: Triggered(at(h), "words"), HOURS),
)
SILENT = st.one_of(
    st.builds(lambda h: Shown(at(h)), HOURS),
    st.builds(lambda h: LeftPage(at(h)), HOURS),
    st.builds(lambda h, b: Pressed(at(h), b), HOURS, st.sampled_from(get_args(Button))),
)


def is_zero_or_review(event: Event) -> bool:
    return isinstance(event, Reviewed) or event == Item9Answered(event.at, Answered(0))


def raises_it(event: Event) -> bool:
    return isinstance(event, Triggered) or (
        isinstance(event, Item9Answered) and event.item9 != Answered(0)
    )


@given(st.lists(EVENTS, max_size=12))
def test_whatever_happens_it_is_closed_exactly_when_a_0_or_a_review_came_after_the_last_opening(
    more: list[Event],
) -> None:
    events = [item9(0, 1), *more]
    last = max(event.at for event in events if raises_it(event))
    expected = any(is_zero_or_review(event) and event.at > last for event in events)
    assert isinstance(flag_of(events), ClosedFlag) is expected


@given(st.lists(EVENTS, max_size=12), st.randoms())
def test_the_order_in_which_events_became_known_does_not_matter(
    more: list[Event], chance: object
) -> None:
    events = [item9(0, 1), *more]
    mixed = list(events)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one_by_one: object = open_flag(item9(0, 1))
    for event in more:
        one_by_one = one_by_one.after(event)  # type: ignore[attr-defined]
    assert type(flag_of(events)) is type(flag_of(mixed)) is type(one_by_one)


@given(st.lists(SILENT, max_size=30))
def test_pressing_leaving_and_time_never_close_it(more: list[Event]) -> None:
    assert isinstance(flag_of([item9(0, 1), *more]), OpenFlag)


@given(st.lists(EVENTS, max_size=8), st.integers(1, 3))
def test_an_answer_of_1_or_more_as_the_last_word_leaves_it_open(
    more: list[Event], answer: int
) -> None:
    assert isinstance(flag_of([*more, item9(30000, answer)]), OpenFlag)


SENTENCES = {
    "no zone": (
        lambda: Triggered(dt.datetime(2026, 3, 4), "words"),
        "a safety event needs a time with its zone. Add the zone.",
    ),
    "not answered": (
        lambda: Item9Answered(at(1), NotAsked()),  # type: ignore[arg-type]
        "item 9 was not answered, so nothing happened. Ask it.",
    ),
    "nobody": (
        lambda: Reviewed(at(1), " "),
        "a review needs the clinician's name. Add the name.",
    ),
    "not closed": (
        lambda: ClosedFlag(opened().events, item9(1, 0)),
        "nothing closed this flag. Ask item 9 again, or have a named clinician review it.",
    ),
    "not opened": (
        lambda: flag_of((item9(1, 0),)),
        "nothing opened a safety flag. Record what did.",
    ),
}


@pytest.mark.parametrize("mistake", SENTENCES)
def test_each_refusal_of_a_flag_says_what_is_wrong_and_what_to_do(mistake: str) -> None:
    made, sentence = SENTENCES[mistake]
    with pytest.raises(RecordError) as refused:
        made()
    assert str(refused.value) == sentence
