"""When a questionnaire is offered, as a table that a clinician can sign."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.errors import RecordError
from twofold.facts.scale_schedule import PATIENCE, offer

TODAY = dt.date(2026, 11, 22)

# Days since it was answered (None: never), headache today, days between offers -> what is offered.
TABLE = (
    ("phq9", None, False, 14, "open"),
    ("phq9", None, None, 14, "open"),
    ("phq9", None, True, 14, "better on another day"),
    ("phq9", 0, False, 14, "later"),
    ("phq9", 13, False, 14, "later"),
    ("phq9", 14, False, 14, "open"),
    ("phq9", 14, None, 14, "open"),
    ("phq9", 14, True, 14, "better on another day"),
    ("phq9", 20, True, 14, "better on another day"),
    ("phq9", 21, True, 14, "open"),
    ("phq9", 400, False, 14, "open"),
    ("phq9", 400, True, 14, "open"),
    ("gad7", 14, False, 28, "later"),
    ("gad7", 28, False, 28, "open"),
    ("gad7", 13, False, 7, "later"),
    ("hit6", 27, False, 14, "later"),
    ("hit6", 28, False, 14, "open"),
)


@pytest.mark.parametrize(("scale", "ago", "has_headache", "every", "state"), TABLE)
def test_a_questionnaire_is_offered_calmly(scale, ago, has_headache, every, state) -> None:
    answered = [] if ago is None else [TODAY - dt.timedelta(ago)]
    told = offer(scale, answered, today=TODAY, has_headache=has_headache, every=every)
    assert told.state == state


def test_an_offer_says_from_which_day_and_when_it_was_answered_last() -> None:
    told = offer("PHQ-9", [dt.date(2026, 11, 12), dt.date(2026, 10, 1)], today=TODAY,
                 has_headache=False)  # fmt: skip
    assert (told.scale, told.last) == ("phq9", dt.date(2026, 11, 12))
    assert told.from_day == dt.date(2026, 11, 26)


def test_an_answer_dated_after_today_does_not_hold_an_offer_back() -> None:
    told = offer("phq9", [TODAY + dt.timedelta(3)], today=TODAY, has_headache=False)
    assert (told.state, told.last) == ("open", None)


def test_a_questionnaire_that_is_not_known_is_refused() -> None:
    with pytest.raises(RecordError, match="no scale called"):
        offer("phq99", [], today=TODAY, has_headache=False)


DAYS = st.integers(0, 400).map(lambda ago: TODAY - dt.timedelta(ago))


@given(st.lists(DAYS, max_size=5), st.sampled_from([True, False, None]))
def test_a_headache_never_holds_an_offer_back_for_longer_than_a_week(answered, has_headache):
    told = offer("phq9", answered, today=TODAY, has_headache=has_headache)
    if answered and (TODAY - told.from_day).days >= PATIENCE:
        assert told.state == "open"
    if told.state == "better on another day":
        assert has_headache is True


@given(st.lists(DAYS, min_size=1, max_size=5), st.integers(1, 60))
def test_two_offers_never_ask_about_the_same_day_twice(answered, every):
    told = offer("phq9", answered, today=TODAY, has_headache=False, every=every)
    assert (told.from_day - max(answered)).days >= 14
