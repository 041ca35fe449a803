"""How days become headache days, onsets and attacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.diary import Conventions, Diary, HeadacheDayRule
from twofold.diary.headache import Attack, FreeDay, HeadacheRating, PainRating
from twofold.errors import NeedsCalendar
from twofold.facts.counting import Count, change, count
from twofold.facts.days import day_table, onsets
from twofold.facts.facts import gather
from twofold.facts.headache import attack_count
from twofold.units import Pain, Span, When

Y, N, U = 1.0, 0.0, float("nan")
RULE = HeadacheDayRule("3 or more of 7", at_least=3, alternatives=(2, 4), strong_at_least=4)


def rated(levels: list[float | None]) -> Diary:
    """Return an undated diary with one rating a day on 1–7; ``None`` = nothing written."""
    ratings = tuple(
        HeadacheRating(When(i + 1), level, Span(1, 7))
        for i, level in enumerate(levels)
        if level is not None
    )
    return Diary(
        "you", 1, len(levels), headache_ratings=ratings, conventions=Conventions(headache_day=RULE)
    )


@pytest.mark.parametrize(
    ("days", "began"),
    [
        ([N, Y, Y, N, Y], [N, Y, N, N, Y]),
        ([U, Y, N, Y], [U, U, N, Y]),
        ([N, U, Y, Y], [N, U, U, N]),
        ([Y, N], [U, N]),
    ],
)
def test_a_headache_begins_only_after_a_day_known_to_be_free(
    days: list[float], began: list[float]
) -> None:
    np.testing.assert_array_equal(onsets(np.array(days)), np.array(began))


@pytest.mark.parametrize(
    ("days", "fewest", "most"),
    [
        ([N, N], 0, 0),
        ([Y, Y, Y], 1, 1),
        ([Y, N, Y], 2, 2),
        ([Y, U, Y], 1, 2),
        ([Y, U, N, U, Y], 2, 2),
        ([Y, U, Y, U, Y], 1, 3),
    ],
)
def test_an_unknown_day_between_two_headaches_neither_joins_nor_separates_them(
    days: list[float], fewest: int, most: int
) -> None:
    attacks = attack_count(rated([None] * len(days)), np.array(days))
    assert (attacks.at_least, attacks.at_most) == (fewest, most)


def timed(*spans: tuple[int, int, int, int]) -> Diary:
    """Return a dated diary of attacks given as (day, hour, last day, last hour) in June 2025."""
    attacks = tuple(
        Attack(
            When(dt.date(2025, 6, day), dt.time(hour)),
            end=When(dt.date(2025, 6, last), dt.time(to)),
        )
        for day, hour, last, to in spans
    )
    return Diary("you", dt.date(2025, 6, 1), dt.date(2025, 6, 30), attacks=attacks)


@pytest.mark.parametrize(
    ("spans", "free", "attacks"),
    [
        ([(3, 8, 3, 12), (4, 8, 4, 12)], [], 1),  # 20 hours apart: the same
        ([(3, 8, 3, 9), (5, 8, 5, 9)], [4], 2),  # 47 hours, a whole free day between: new
        ([(3, 20, 3, 22), (5, 1, 5, 2)], [4], 2),  # 27 hours, a whole free day between: new
        ([(3, 8, 3, 9), (8, 8, 8, 9)], [4, 5, 6, 7], 2),  # days apart: new
    ],
)
def test_attacks_less_than_a_day_apart_are_one_and_a_free_day_makes_two(
    spans: list[tuple[int, int, int, int]], free: list[int], attacks: int
) -> None:
    diary = timed(*spans)
    diary = Diary(
        **{**diary.__dict__, "free_days": tuple(FreeDay(dt.date(2025, 6, day)) for day in free)}
    )
    counted = attack_count(diary, day_table(diary)["headache"])
    assert (counted.at_least, counted.at_most) == (attacks, attacks)


def test_attacks_after_today_and_inside_another_are_not_counted() -> None:
    diary = timed((3, 8, 12, 9), (5, 8, 5, 9), (20, 8, 20, 9))
    early = day_table(diary, today=dt.date(2025, 6, 15))["headache"]
    assert attack_count(diary, early).at_most == 1


def test_where_days_are_rated_attacks_are_counted_by_days() -> None:
    attack = Attack(When(1, dt.time(8)), end=When(1, dt.time(9)))
    diary = replace(rated([5, 1, 5, 1, 5]), attacks=(attack,))
    assert attack_count(diary, day_table(diary)["headache"]).at_most == 3


def test_after_a_running_attack_silence_frees_no_day() -> None:
    days = tuple(dt.date(2025, 6, day) for day in (2, 3, 4, 5))
    rule = Conventions(silence="free_if_other_entries")
    running = (Attack(When(days[1]), is_running=True),)
    diary = Diary("you", days[0], days[-1], attacks=running, attested_days=days, conventions=rule)
    np.testing.assert_array_equal(day_table(diary)["headache"], [0, 1, U, U])


def test_an_attack_over_midnight_makes_both_days_headache_days() -> None:
    table = day_table(timed((3, 22, 4, 3)))
    assert list(np.flatnonzero(table["headache"] == 1) + 1) == [3, 4]


def test_a_day_without_an_attack_is_unknown_not_free() -> None:
    table = day_table(timed((3, 8, 3, 9)))
    assert int(np.isnan(table["headache"]).sum()) == 29


def test_a_stated_silence_rule_frees_only_days_with_other_entries() -> None:
    diary = timed((3, 8, 3, 9))
    days = tuple(dt.date(2025, 6, day) for day in (3, 4, 6))
    diary = Diary(
        **{
            **diary.__dict__,
            "attested_days": days,
            "conventions": Conventions(silence="free_if_other_entries"),
        }
    )
    headache = day_table(diary)["headache"]
    assert [headache[2], headache[3], headache[5]] == [1, 0, 0]
    assert int(np.isnan(headache).sum()) == 27


def test_an_attack_on_a_day_attested_free_makes_it_a_headache_day() -> None:
    diary = timed((3, 8, 3, 9))
    diary = Diary(**{**diary.__dict__, "free_days": (FreeDay(dt.date(2025, 6, 3)),)})
    assert day_table(diary)["headache"][2] == 1


def test_migraine_is_said_only_where_the_person_called_it_so() -> None:
    attack = Attack(When(2), kind="migraine")
    other = Attack(When(4))
    diary = Diary("you", 1, 4, attacks=(attack, other), free_days=(FreeDay(1),))
    np.testing.assert_array_equal(day_table(diary)["migraine"], [0, 1, np.nan, np.nan])


def test_the_strongest_rating_of_the_day_decides() -> None:
    ratings = tuple(HeadacheRating(When(1), level, Span(1, 7)) for level in (1, 3, 2))
    diary = Diary("you", 1, 1, headache_ratings=ratings, conventions=Conventions(headache_day=RULE))
    assert day_table(diary)["headache"][0] == 1


def test_severity_moves_to_zero_to_ten_and_pain_over_time_keeps_its_highest() -> None:
    pain = tuple(PainRating(When(1), Pain(level)) for level in (4, 8, 6))
    diary = Diary("you", 1, 1, attacks=(Attack(When(1), pain=pain),))
    assert day_table(diary)["severity"][0] == 8
    assert day_table(rated([7]))["severity"][0] == 10


def test_other_lines_of_the_rule_are_counted_beside_the_stated_one() -> None:
    facts = gather(rated([1, 2, 3, 4, None]))
    assert [(t.at_least, t.headache.whole.hits, t.is_used) for t in facts.thresholds] == [
        (2, 3, False),
        (3, 2, True),
        (4, 1, False),
    ]


@given(st.lists(st.sampled_from([Y, N, U]), min_size=1, max_size=60))
def test_no_count_hides_a_day(days: list[float]) -> None:
    counted = count(np.array(days))
    assert counted.hits + sum(d == 0 for d in days) + counted.unknown == counted.days == len(days)
    assert counted.hits <= counted.most <= counted.days


@given(
    st.lists(st.sampled_from([Y, N, U]), min_size=112, max_size=130),
    st.lists(st.sampled_from([Y, N]), min_size=130, max_size=130),
)
def test_a_change_is_said_only_if_no_filling_of_the_unknown_days_undoes_it(
    days: list[float], filling: list[float]
) -> None:
    told = change(np.array(days))
    filled = np.array([f if np.isnan(d) else d for d, f in zip(days, filling, strict=False)])
    again = change(filled)
    if told.kind in ("fewest", "most") and len(told.earlier) == len(again.earlier):
        assert again.kind == told.kind


@pytest.mark.parametrize(
    ("stretches", "kind"),
    [
        ([10, 12, 11, 2], "fewest"),
        ([3, 2, 4, 12], "most"),
        ([10, 12, 11, 6], "between"),
        ([10, 2, 11, 5], "between"),
        ([10, 12, 2], "too_short"),
    ],
)
def test_the_last_28_days_are_compared_with_any_28_before(stretches: list[int], kind: str) -> None:
    assert change(np.concatenate([spread(hits) for hits in stretches])).kind == kind


def spread(hits: int) -> np.ndarray:
    """Return 28 days with so many headache days, evenly laid."""
    days = np.zeros(28)
    days[np.linspace(0, 27, hits).round().astype(int)] = Y
    return days


@pytest.mark.parametrize("again", [0.3, 0.5])
def test_where_nothing_changes_a_change_is_hardly_ever_said(again: float) -> None:
    rng = np.random.default_rng(20)
    told = [change(steady(rng, 140, again)).kind for _ in range(400)]
    assert sum(kind in ("fewest", "most") for kind in told) <= 0.05 * len(told)


def steady(rng: np.random.Generator, days: int, again: float) -> np.ndarray:
    """Simulate headache on three days in ten for good, alone or in runs."""
    headache = np.zeros(days)
    for t in range(days):
        chance = again if t and headache[t - 1] else (0.3 * (1 - again) / 0.7)
        headache[t] = float(rng.random() < chance)
    return headache


def test_with_over_a_fifth_unknown_no_change_is_said() -> None:
    days = 4 * ([Y] * 20 + [N] * 8) + [N] * 22 + [U] * 6
    assert change(np.array(days)).kind == "mostly_unknown"


def test_days_up_to_today_without_an_entry_are_unknown_and_later_entries_wait() -> None:
    diary = timed((3, 8, 3, 9), (20, 8, 20, 9))
    table = day_table(diary, today=dt.date(2025, 6, 10))
    assert len(table) == 10 and np.nansum(table["headache"]) == 1
    assert len(day_table(diary, today=dt.date(2025, 7, 10))) == 40


def test_an_undated_diary_refuses_a_calendar_day() -> None:
    with pytest.raises(NeedsCalendar, match="no dates"):
        day_table(rated([1, 2]), today=dt.date(2025, 6, 1))
    with pytest.raises(NeedsCalendar, match="before"):
        day_table(timed((3, 8, 3, 9)), today=dt.date(2025, 5, 1))


def test_most_is_the_count_if_every_unknown_day_were_one() -> None:
    assert Count(8, 21, 28).most == 15
