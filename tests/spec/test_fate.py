"""What was said before is held against what came: every forecast counted, no unknown day hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.report.fate import Days, day_after, day_number, fate
from twofold.report.report import Said

DAYS = Days(
    {f"2025-03-{day:02}": {0: True, 1: None}.get(day % 4, False) for day in range(1, 32)},
    {"medicine.triptan": ("days with triptan", {"2025-03-05": True, "2025-03-06": None})},
)
"""March 2025: headache on every fourth day, the day after it unknown, the others free."""


def tomorrow(chance: float, about: str, shown_on: str = "2025-02-28") -> Said:
    """A forecast of one day."""
    return Said(shown_on, "tomorrow", "?", "counted", chance, shown_on, "", about, about)


def ahead(about: str, until: str, low: float, high: float, key: str = "burden") -> Said:
    """A count of days to come."""
    return Said("2025-02-28", key, "?", "counted", None, "", "", about, until, low, high)


def claim(verdict: str, chance: float, shown_on: str = "2025-02-01", key: str = "wine") -> Said:
    """An answer about a factor."""
    return Said(shown_on, key, "Wine?", verdict, chance, shown_on, "more")  # type: ignore[arg-type]


def now(verdict: str, chance: float) -> Said:
    """What is said of the same factor today."""
    return claim(verdict, chance, "2025-03-31")


# --- forecasts of one day -------------------------------------------------------------------------


def test_forecasts_of_one_chance_are_counted_against_the_days_that_came() -> None:
    said = [tomorrow(30, f"2025-03-{day:02}") for day in (4, 6, 7, 8, 10, 11, 12)]
    (told,) = fate(said, DAYS, []).forecasts
    assert (told.low, told.high, told.said) == (20, 40, 30.0)
    assert (told.known, told.headaches, told.unknown, told.ahead) == (7, 3, 0, 0)


def test_an_unknown_day_is_shown_apart_and_never_as_calm() -> None:
    (told,) = fate([tomorrow(30, "2025-03-05"), tomorrow(20, "2025-03-06")], DAYS, []).forecasts
    assert (told.known, told.headaches, told.unknown) == (1, 0, 1)
    assert told.said == 20.0


def test_a_day_that_has_not_come_yet_is_neither_known_nor_unknown() -> None:
    (told,) = fate([tomorrow(90, "2025-04-01", "2025-03-30")], DAYS, []).forecasts
    assert (told.known, told.unknown, told.ahead, told.said) == (0, 0, 1, 90.0)


def test_a_day_that_this_diary_does_not_hold_is_unknown() -> None:
    before = fate([tomorrow(30, "2024-12-31", "2024-12-30")], DAYS, []).forecasts
    assert (before[0].known, before[0].unknown, before[0].ahead) == (0, 1, 0)
    other = fate([tomorrow(30, "day 200")], DAYS, []).forecasts
    assert (other[0].known, other[0].unknown, other[0].ahead) == (0, 1, 0)


@pytest.mark.parametrize(
    ("chance", "low"), [(0, 0), (19.9, 0), (20, 20), (59.9, 40), (60, 60), (80, 80), (100, 80)]
)
def test_every_chance_has_one_range(chance: float, low: int) -> None:
    (told,) = fate([tomorrow(chance, "2025-03-06")], DAYS, []).forecasts
    assert told.low == low and told.high == low + 20


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 40)), max_size=30))
def test_no_forecast_is_left_out_and_none_is_counted_twice(rows: list[tuple[float, int]]) -> None:
    said = [tomorrow(chance, day_after("2025-02-28", day)) for chance, day in rows]
    told = fate(said, DAYS, []).forecasts
    assert sum(one.known + one.unknown + one.ahead for one in told) == len(rows)
    assert all(0 <= one.headaches <= one.known for one in told)


# --- counts of days to come -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "place"),
    [(1, 5, "inside"), (1.6, 5.4, "inside"), (0, 1, "above"), (6, 9, "below"), (3, 9, "open"),
     (1, 4, "open")],
)  # fmt: skip
def test_a_count_lies_inside_only_whatever_the_unknown_days_were(
    low: float, high: float, place: str
) -> None:
    (told,) = fate([ahead("2025-03-01", "2025-03-11", low, high)], DAYS, []).outlooks
    assert (told.hits, told.unknown, told.ahead, told.place) == (2, 3, 0, place)


def test_a_count_with_every_day_known_is_inside_or_not() -> None:
    free = Days({f"day {day}": day <= 3 for day in range(1, 30)})
    said = [replace(ahead("day 2", "day 29", low, 4), shown_on="day 1") for low in (0, 3)]
    assert [one.place for one in fate(said, free, []).outlooks] == ["inside", "below"]


def test_days_with_medicine_are_counted_as_what_they_are() -> None:
    said = ahead("2025-03-05", "2025-03-06", 0, 2, "medicine.triptan")
    (told,) = fate([said], DAYS, []).outlooks
    assert (told.what, told.hits, told.unknown, told.place) == ("days with triptan", 1, 1, "inside")


# --- claims ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "today", "word"),
    [
        ("clear", "clear", "still clear"),
        ("possible", "possible", "still possible"),
        ("unlikely", "unlikely", "still unlikely"),
        ("possible", "clear", "clearer"),
        ("clear", "possible", "weaker"),
        ("clear", "cannot tell", "withdrawn"),
        ("possible", "unlikely", "withdrawn"),
        ("unlikely", "possible", "withdrawn"),
    ],
)
def test_a_claim_is_held_against_what_is_said_now(then: str, today: str, word: str) -> None:
    (told,) = fate([claim(then, 60)], DAYS, [now(today, 50)]).claims
    assert (told.then, told.now, told.fate) == (then, today, word)
    assert (told.then_chance, told.now_chance) == (60, 50)


def test_a_claim_that_is_not_answered_any_more_is_withdrawn() -> None:
    (told,) = fate([claim("clear", 96)], DAYS, []).claims
    assert (told.now, told.now_chance, told.fate) == (None, None, "withdrawn")


def test_a_claim_that_goes_the_other_way_now_is_withdrawn() -> None:
    turned = replace(now("possible", 60), direction="fewer")
    assert fate([claim("possible", 60)], DAYS, [turned]).claims[0].fate == "withdrawn"
    unsaid = replace(claim("possible", 60), direction="")  # a log of the first format
    assert fate([unsaid], DAYS, [turned]).claims[0].fate == "still possible"


def test_a_claim_is_told_once_at_its_surest_and_with_its_first_day() -> None:
    said = [
        claim("possible", 60, "2025-01-01"),
        claim("clear", 95, "2025-01-08"),
        claim("clear", 97, "2025-01-15"),
        claim("possible", 70, "2025-01-22"),
    ]
    (told,) = fate(said, DAYS, [now("possible", 70)]).claims
    assert (told.then, told.first_said, told.fate) == ("clear", "2025-01-08", "weaker")


def test_what_was_said_for_it_and_against_it_are_two_claims() -> None:
    said = [claim("possible", 60, "2025-01-01"), claim("unlikely", 8, "2025-01-08")]
    told = fate(said, DAYS, [now("unlikely", 7)]).claims
    assert [one.fate for one in told] == ["withdrawn", "still unlikely"]


def test_what_claimed_nothing_has_no_fate() -> None:
    assert fate([claim("cannot tell", 40), claim("counted", 40)], DAYS, []).is_empty


def test_a_claim_of_today_or_later_is_not_an_earlier_one() -> None:
    said = [claim("clear", 96, "2025-03-31"), claim("clear", 96, "2025-04-07")]
    assert fate(said, DAYS, [now("clear", 96)]).is_empty


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", "day", "day x", "yesterday", "31.02.2025", "2025-02-31"])
def test_a_day_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(ValueError):
        day_number(words)


def test_the_chance_of_harm_by_a_course_is_not_held_against_its_chance_of_help() -> None:
    harm = replace(claim("possible", 62, key="course.pill"), direction="more")
    today = replace(now("cannot tell", 30), key="course.pill", direction="")
    (told,) = fate([harm], DAYS, [today]).claims
    assert (told.then_chance, told.now_chance, told.fate) == (62, None, "withdrawn")
    still = replace(today, verdict="possible", direction="more")
    assert fate([harm], DAYS, [still]).claims[0].now_chance == 30
