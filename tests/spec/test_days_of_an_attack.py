"""Which days an attack makes headache days, above all one whose end nobody told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.building import build
from twofold.diary.diary import Conventions, Diary
from twofold.diary.headache import Attack, Aura, FreeDay, HeadacheRating, PainRating
from twofold.diary.medication import Dose
from twofold.diary.plain import to_plain
from twofold.facts.answers import Answers
from twofold.facts.attack_answers import attack_answers
from twofold.facts.attack_days import days_of, known_days, last_day_of
from twofold.facts.days import day_table
from twofold.units import Pain, Span, When

Y, N, U = 1.0, 0.0, float("nan")
LENGTH = 8


def day(n: int) -> dt.date:
    return dt.date(2026, 11, n)


def at(n: int, hour: int = 12) -> When:
    return When(day(n), dt.time(hour), 60)


def pain(*told: tuple[int, float]) -> tuple[PainRating, ...]:
    return tuple(PainRating(at(n, 8 + place), Pain(p)) for place, (n, p) in enumerate(told))


def running(*told: tuple[int, float], still: tuple[int, ...] = (), **more) -> Attack:
    """Return an attack that began on the first day, with its ratings, and no end."""
    more.setdefault("is_running", True)
    return Attack(at(1, 7), pain=pain(*told), still=tuple(map(at, still)), **more)


def acute(*days: int, name: str = "Sumatriptan") -> tuple[Dose, ...]:
    return tuple(Dose(at(n), name, "acute") for n in days)


def diary_of(*attacks: Attack, **more) -> Diary:
    return Diary("you", day(1), day(LENGTH), attacks=attacks, **more)


def headache_of(*attacks: Attack, **more) -> list[float]:
    return list(day_table(diary_of(*attacks, **more))["headache"])


CLOSED = {"is_running": False}
FREE = tuple(FreeDay(day(n)) for n in (3, 6))

# What is written of an attack that began on day 1, and which days are then headache days.
WITHOUT_AN_END = {
    "nothing more": (running(), {}, [Y, U, U, U, U, U, U, U]),
    "a rating on the second day": (running((2, 4)), {}, [Y, Y, U, U, U, U, U, U]),
    "a rating on the third day": (running((3, 4)), {}, [Y, Y, Y, U, U, U, U, U]),
    "ratings on three days": (running((1, 6), (2, 3), (5, 2)), {}, [Y, Y, Y, Y, Y, U, U, U]),
    "still there on day 4": (running(still=(4,)), {}, [Y, Y, Y, Y, U, U, U, U]),
    "a dose on the second day": (running(), {"doses": acute(2)}, [Y, Y, U, U, U, U, U, U]),
    "a dose on the third day": (running(), {"doses": acute(3)}, [Y, Y, Y, U, U, U, U, U]),
    "doses that follow each other": (running(), {"doses": acute(2, 4)}, [Y, Y, Y, Y, U, U, U, U]),
    "a dose long after the last word": (running(), {"doses": acute(4)}, [Y, U, U, U, U, U, U, U]),
    "a preventive": (running(), {"doses": (Dose(at(2), "Propranolol", "preventive"),)},
     [Y, U, U, U, U, U, U, U]),
    "a rating of 0 at the end": (running((2, 4), (3, 0)), {}, [Y, Y, U, U, U, U, U, U]),
    "a rating of 0 between": (running((2, 0), (3, 4)), {}, [Y, U, Y, U, U, U, U, U]),
    "no headache, said between": (running(still=(5,)), {"free_days": FREE},
     [Y, U, N, U, Y, N, U, U]),
    "a dose after a day said to be free": (running(), {"doses": acute(4), "free_days": FREE},
     [Y, U, N, U, U, N, U, U]),
    "a dose on a day said to be free": (running(), {"doses": acute(3), "free_days": FREE},
     [Y, U, N, U, U, N, U, U]),
    "over, and nobody knows when": (running((2, 4), **CLOSED), {}, [Y, Y, U, U, U, U, U, U]),
    "over, with a dose after": (running(**CLOSED), {"doses": acute(2)}, [Y, U, U, U, U, U, U, U]),
    "nothing said of its end": (running((3, 4), is_running=None), {}, [Y, Y, Y, U, U, U, U, U]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("attack", "more", "days"), WITHOUT_AN_END.values(), ids=WITHOUT_AN_END.keys()
)
def test_an_attack_without_an_end_lasts_as_long_as_something_was_said_of_it(
    attack: Attack, more: dict, days: list[float]
) -> None:
    np.testing.assert_array_equal(headache_of(attack, **more), days)
    migraine = day_table(diary_of(replace(attack, kind="migraine"), **more))["migraine"]
    np.testing.assert_array_equal(migraine, days)


def test_a_dose_belongs_to_the_attack_that_began_last() -> None:
    told = headache_of(running(), Attack(at(3), is_running=True), doses=acute(3))
    np.testing.assert_array_equal(told, [Y, U, Y, U, U, U, U, U])


# What is written of an attack of one day, and whether that day is a headache day.
RATED_0 = {
    "rated 0 and over": (Attack(at(1, 7), end=at(1, 20), pain=pain((1, 0))), {}, U),
    "rated 0 and running": (running((1, 0)), {}, U),
    "an aura, rated 0": (Attack(at(1, 7), aura=Aura(visual=True), pain=pain((1, 0))), {}, U),
    "rated 0, then 3": (running((1, 0), (1, 3)), {}, Y),
    "rated 3, then 0": (running((1, 3), (1, 0)), {}, Y),
    "rated 0 after a dose": (running((1, 0)), {"doses": acute(1)}, Y),
    "rated 0, and still there": (running((1, 0), still=(1,)), {}, Y),
    "never rated": (running(), {}, Y),
    "rated 0, no headache said": (running((1, 0)), {"free_days": (FreeDay(day(1)),)}, N),
    "rated 0, silence means none": (running((1, 0)), {
        "attested_days": (day(1),), "conventions": Conventions(silence="free_if_other_entries")}, U),
    "rated 0, the day rated high": (running((1, 0)), {
        "headache_ratings": (HeadacheRating(at(1), 5, Span(0, 10)),)}, U),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "more", "first"), RATED_0.values(), ids=RATED_0.keys())
def test_a_day_of_which_only_ratings_of_0_are_told_is_no_known_headache_day(
    attack: Attack, more: dict, first: float
) -> None:
    np.testing.assert_array_equal(headache_of(attack, **more)[:1], [first])


def test_an_aura_without_headache_still_counts_as_an_attack_to_be_classified() -> None:
    attack = Attack(at(1, 7), aura=Aura(visual=True, duration=0.5), pain=pain((1, 0)))
    diary = diary_of(attack)
    told = attack_answers(attack, diary, day_table(diary), Answers.of({}))
    assert (told["aura_visual"], told["aura_total_min"]) == (True, 30)


def test_a_day_rated_0_inside_an_attack_that_ended_is_unknown_and_the_others_are_not() -> None:
    attack = Attack(at(1), end=at(4), pain=pain((2, 0), (3, 5)))
    np.testing.assert_array_equal(headache_of(attack)[:5], [Y, U, Y, Y, U])


def test_an_attack_without_an_end_has_no_length() -> None:
    for attack in (running((3, 4)), running((3, 4), **CLOSED)):
        diary = diary_of(attack)
        told = attack_answers(attack, diary, day_table(diary), Answers.of({}))
        assert told["duration_h"] is None


def test_what_was_taken_on_a_later_day_of_an_attack_without_an_end_was_taken_in_it() -> None:
    attack = running((2, 6))
    diary = diary_of(attack, doses=acute(2), asked_acute_days=(day(1), day(2)))
    told = attack_answers(attack, diary, day_table(diary), Answers.of({}))
    assert told["specific_taken"] is True


def test_the_words_that_it_was_still_there_come_back_from_plain_values_as_they_went_in() -> None:
    attack = running((1, 5), still=(2, 3))
    assert build(Attack, to_plain(attack)) == attack
    assert "still" not in to_plain(running())


def test_the_last_day_of_which_something_was_said_is_never_before_the_first() -> None:
    assert last_day_of(running((1, 0))) == day(1)
    assert last_day_of(running((2, 4), (5, 0))) == day(2)


@given(
    ratings=st.lists(st.tuples(st.integers(1, LENGTH), st.sampled_from([0, 3])), max_size=4),
    still=st.lists(st.integers(1, LENGTH), max_size=2),
    doses=st.lists(st.integers(1, LENGTH), max_size=3),
    free=st.lists(st.integers(1, LENGTH), max_size=3),
    is_running=st.sampled_from([True, False, None]),
)
def test_no_day_after_the_last_word_is_claimed_and_none_is_0_by_silence(
    ratings: list, still: list, doses: list, free: list, is_running: bool | None
) -> None:
    attack = running(*ratings, still=tuple(still), is_running=is_running)
    told = headache_of(attack, doses=acute(*doses), free_days=tuple(FreeDay(day(n)) for n in free))
    words = {1, *(n for n, p in ratings if p), *still, *doses}
    for n, value in enumerate(told, 1):
        assert value != 1 or n <= max(words), f"day {n} is claimed after the last word"
        assert value != 0 or n in free, f"day {n} is 0, and nobody said so"
        assert value == 1 or n not in {n for n, p in ratings if p} | set(still)


def test_days_without_dates_are_told_the_same_way() -> None:
    attack = Attack(When(1), is_running=True, pain=(PainRating(When(3), Pain(4)),))
    assert days_of(attack, free=frozenset({5})) == {1, 2, 3}


def test_the_last_day_of_all_calendars_can_be_a_headache_day() -> None:
    last = When(dt.date.max)
    attack = Attack(last, is_running=True)
    told = known_days([attack], [Dose(last, "Sumatriptan", "acute")], [FreeDay(dt.date.max)])
    assert told == ({dt.date.max},)
