"""What is counted over a whole diary, and where exactly each line is drawn."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from twofold.diary.diary import Conventions, Diary, HeadacheDayRule
from twofold.diary.headache import Attack, FreeDay, HeadacheRating
from twofold.errors import NeedsCalendar, RecordError
from twofold.facts.conventions import check_conventions
from twofold.facts.counting import Change, Count, change
from twofold.facts.days import day_table
from twofold.facts.facts import gather
from twofold.facts.headache import AttackCount, attack_count, hours_between
from twofold.units import Span, When

JUNE = dt.date(2025, 6, 1)


def june(*attacks: Attack, free: tuple[int, ...] = (), last: int = 30) -> Diary:
    days = tuple(FreeDay(JUNE.replace(day=day)) for day in free)
    return Diary("you", JUNE, JUNE.replace(day=last), attacks=attacks, free_days=days)


def at(day: int, hour: int | None = None, minute: int = 0, offset: int | None = None) -> When:
    time = None if hour is None else dt.time(hour, minute)
    return When(JUNE.replace(day=day), time, offset)


def counted(*attacks: Attack, free: tuple[int, ...] = ()) -> AttackCount:
    one = june(*attacks, free=free)
    return attack_count(one, day_table(one)["headache"])


def column(*stretches: tuple[int, int, int]) -> np.ndarray:
    """Return stretches of (headache days, free days, unknown days) as one column."""
    nan = float("nan")
    return np.array(
        [day for yes, no, open_ in stretches for day in [1.0] * yes + [0.0] * no + [nan] * open_]
    )


def test_a_diary_is_counted_as_a_whole() -> None:
    one = june(
        Attack(at(1), kind="migraine"),
        Attack(at(3), kind="headache"),
        Attack(at(29), kind="migraine"),
        free=(2, 4, 28, 30),
    )
    found = gather(one).headache
    assert found.whole == Count(3, 7, 30)
    assert found.migraine == Count(2, 6, 30)
    assert found.onsets == 2  # of the first day nobody knows what was before
    assert found.attacks == AttackCount(3, 3)
    assert found.blocks == (Count(2, 5, 28), Count(1, 2, 2))
    assert found.change == Change("mostly_unknown", Count(2, 5, 28))


def test_one_day_called_migraine_is_enough_to_count_them() -> None:
    found = gather(june(Attack(at(1), kind="migraine"), Attack(at(3), kind="headache"))).headache
    assert found.migraine == Count(1, 1, 30)
    assert gather(june(Attack(at(3), kind="headache"))).headache.migraine is None


@pytest.mark.parametrize(
    ("ends", "begins", "free", "attacks"),
    [
        (at(3, 12), at(4, 11, 59), (), (1, 1)),  # 23 hours and 59 minutes: the same
        (at(3, 12), at(4, 12), (), (1, 1)),  # 24 hours, days that follow each other: the same
        (at(3, 12), at(5, 11, 59), (), (1, 2)),  # 47 hours and 59 minutes, the 4th unknown
        (at(3, 12), at(5, 11, 59), (4,), (2, 2)),
        (at(3, 12), at(5, 12), (), (1, 2)),  # 48 hours, the 4th unknown: still open
        (at(3, 12), at(5, 12), (4,), (2, 2)),
        (at(3), at(4, 11), (), (1, 1)),  # no time of day: by the days
        (at(3, 12), at(5), (4,), (2, 2)),
        (at(3), at(5), (), (1, 2)),
        (at(1, 1), at(1, 23), (), (1, 1)),
        (at(1, 2), at(3, 23), (2,), (2, 2)),
    ],
)
def test_where_an_attack_goes_on_and_where_a_new_one_begins(ends, begins, free, attacks) -> None:
    first = Attack(When(ends.day, None if ends.time is None else dt.time(0)), end=ends)
    second = Attack(begins, end=When(JUNE.replace(day=6)))
    found = counted(first, second, free=free)
    assert (found.at_least, found.at_most) == attacks


@pytest.mark.parametrize(
    ("earlier", "later", "hours"),
    [
        (at(3, 8), at(3, 20), 12),
        (at(3, 20, 30), at(4, 8), 11.5),
        (at(3, 20), at(5, 8), 36),
        (at(3), at(5, 8), None),
        (at(3, 20), at(5), None),
        (at(3, 20, offset=120), at(3, 20, offset=60), 1),
        (at(3, 20, offset=60), at(3, 20, offset=120), -1),
        (at(3, 20, offset=120), at(3, 20), 0),  # a place that is not known shifts nothing
        (at(3, 20), at(3, 20, offset=120), 0),
    ],
)
def test_the_hours_between_two_moments_where_both_are_known(earlier, later, hours) -> None:
    assert hours_between(earlier, later) == hours


# (earlier stretches, the last 28 days) as (headache, free, unknown), and what is said.
CHANGES = {
    "five fewer is a change": ([(10, 18, 0)] * 4, (5, 23, 0), "fewest"),
    "four fewer is none": ([(10, 18, 0)] * 4, (6, 22, 0), "between"),
    "five more is a change": ([(10, 18, 0)] * 4, (15, 13, 0), "most"),
    "four more is none": ([(10, 18, 0)] * 4, (14, 14, 0), "between"),
    "an unknown day may have been one": ([(10, 18, 0)] * 4, (5, 22, 1), "between"),
    "84 days before are enough": ([(10, 18, 0)] * 3, (2, 26, 0), "fewest"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_needs_five_days_whatever_the_unknown_days_were(name: str) -> None:
    before, last, kind = CHANGES[name]
    days = column(*before, last)
    found = change(days)
    assert (found.kind, found.last) == (kind, Count(last[0], last[0] + last[1], 28))
    starts = range(days.size - 2 * 28 + 1)
    assert len(found.earlier) == len(starts)
    assert found.earlier[0] == Count(before[0][0], before[0][0] + before[0][1], 28)
    assert found.earlier[-1] == Count(before[-1][0], before[-1][0] + before[-1][1], 28)


def test_83_days_before_are_too_few_and_are_shown_all_the_same() -> None:
    found = change(column((10, 18, 0), (10, 18, 0), (10, 17, 0), (2, 26, 0)))
    assert (found.kind, found.last, len(found.earlier)) == ("too_short", Count(2, 28, 28), 56)


def test_half_of_the_stretches_must_be_known_to_compare_with_them() -> None:
    """Of 57 stretches of 28 days, 29 are more than half, and 28 are not."""
    for unknown, kind in ((33, "most"), (34, "too_short")):
        days = np.concatenate([column((0, 0, unknown), (0, 84 - unknown, 0)), np.ones(28)])
        found = change(days)
        assert (found.kind, len(found.earlier)) == (kind, 62 - unknown)


@pytest.mark.parametrize(
    ("today", "error", "what", "remedy"),
    [
        (JUNE - dt.timedelta(1), NeedsCalendar, "lies before the diary's first day", "Choose a later day."),
        (JUNE + dt.timedelta(120 * 366 + 1), RecordError, "lies more than 120 years after the diary's first day.", "Correct one of the two."),
        (3, NeedsCalendar, "has dates", "Write it as 2025-06-30."),
    ],
)  # fmt: skip
def test_a_today_that_does_not_fit_is_refused_with_what_to_try(today, error, what, remedy) -> None:
    with pytest.raises(error) as told:
        day_table(june(), today=today)
    assert what in told.value.what and told.value.remedy == remedy


@pytest.mark.parametrize("today", [JUNE, JUNE + dt.timedelta(1), JUNE + dt.timedelta(120 * 366)])
def test_today_may_be_any_day_from_the_first_on(today: dt.date) -> None:
    assert len(day_table(june(), today=today)) == (today - JUNE).days + 1


def rated(*spans: Span, line: float | None = 3.0) -> Diary:
    ratings = tuple(HeadacheRating(When(i + 1), 2.0, span) for i, span in enumerate(spans))
    rule = HeadacheDayRule("so many of so many", at_least=line)
    return Diary("you", 1, 9, headache_ratings=ratings, conventions=Conventions(headache_day=rule))


@pytest.mark.parametrize(
    ("diary", "what", "remedy"),
    [
        (rated(Span(1, 7), line=None), "this diary rates headaches but does not say from which rating a day counts.", "State headache_day with at_least."),
        (rated(Span(1, 7), Span(0, 10)), "headache is rated on more than one scale (0 to 10 and 1 to 7), so one line cannot hold for all.", "Bring the ratings to one scale first."),
        (rated(Span(1, 7), line=8), "headache_day counts from 8, outside 1 to 7.", "Choose a line on the scale."),
    ],
)  # fmt: skip
def test_a_rule_that_does_not_fit_the_ratings_is_named_with_what_to_try(
    diary: Diary, what: str, remedy: str
) -> None:
    with pytest.raises(RecordError) as told:
        check_conventions(diary)
    assert (told.value.what, told.value.remedy) == (what, remedy)
