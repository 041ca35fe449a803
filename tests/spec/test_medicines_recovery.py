"""After acute days fell: what is told of headache and mood before and since, and when nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from twofold.daytable import DayTable
from twofold.facts.recovery import recoveries

NAN = float("nan")


def diary(
    *, days: int = 140, until: int = 60, per_10: int = 5, after: int = 1, unknown: int = 0
) -> DayTable:
    """Triptans on so many of 10 days up to a day and fewer after it; mood 4, then 6."""
    at = np.arange(days)
    taken = np.where(at < until, at % 10 < per_10, at % 10 < after).astype(float)
    if unknown:
        taken[-unknown:] = NAN
    headache = np.where(at < until, at % 10 < 7, at % 10 < 4).astype(float)
    mood = np.where(at < until, 4.0, 6.0)
    columns = {"acute.triptan": taken, "headache": headache, "mood": mood}
    return DayTable(columns, tuple(f"day {i + 1}" for i in at), False)


def test_the_28_days_at_the_level_stand_beside_every_28_days_since() -> None:
    (found,) = recoveries(diary())
    assert (found.family, found.level) == ("triptan", 10)
    told = [
        (one.first, one.last, one.acute.hits, one.headache.hits, one.mood.mean)
        for one in (found.before, *found.since)
    ]
    assert told == [
        ("day 28", "day 55", 15, 19, 4.0),
        ("day 56", "day 83", 3, 13, pytest.approx(5.64, abs=0.01)),
        ("day 84", "day 111", 3, 10, 6.0),
        ("day 112", "day 139", 2, 11, 6.0),
    ]


def test_the_turn_is_where_the_two_sides_differ_most_and_not_where_the_level_ends() -> None:
    (found,) = recoveries(diary(per_10=6, after=3))
    assert (found.before.last, found.since[0].first) == ("day 56", "day 57")


def test_the_sentences_name_days_known_and_claim_no_cause() -> None:
    (found,) = recoveries(diary())
    said = " ".join(found.lines())
    assert "of 28 known days" in said and "Mood 6.0 of 10 on average (28 days known)." in said
    assert found.lines()[-1] == "These are counts. They do not show that one change led to another."


@pytest.mark.parametrize(
    "table",
    [
        diary(per_10=2, after=2),  # never at the level
        diary(after=5),  # still at the level
        diary(until=130),  # fell too lately: under 28 days since
        diary(unknown=10),  # unknown days could still be at the level
        diary(days=20, until=10),  # too short
        DayTable({"headache": np.ones(100)}, tuple(map(str, range(100))), False),
    ],
    ids=["never", "still", "too lately", "unknown", "short", "no medicine"],
)
def test_nothing_is_told_where_acute_days_were_not_at_the_level_or_may_still_be(
    table: DayTable,
) -> None:
    assert recoveries(table) == ()


def test_mood_known_on_fewer_than_half_of_the_days_gets_no_average() -> None:
    table = diary()
    mood = np.where(np.arange(140) % 4 == 0, table["mood"], NAN)
    (found,) = recoveries(DayTable(table.columns | {"mood": mood}, table.labels, False))
    assert found.before.mood.mean is None and found.before.mood.known == 7
    assert "Mood is known on 7 days: too few for an average." in found.lines()[1]


def test_mood_known_on_half_of_the_days_gets_one() -> None:
    table = diary()
    mood = np.where(np.arange(140) % 2 == 0, table["mood"], NAN)
    (found,) = recoveries(DayTable(table.columns | {"mood": mood}, table.labels, False))
    assert (found.before.mood.mean, found.before.mood.known) == (4.0, 14)


@pytest.mark.parametrize(("after", "is_told"), [(5, False), (4, True)], ids=["15 days", "12 days"])
def test_days_exactly_at_the_level_have_not_fallen(after: int, is_told: bool) -> None:
    table = diary(per_10=6, after=after)
    columns = {"acute.paracetamol": table["acute.triptan"], "headache": table["headache"]}
    assert bool(recoveries(DayTable(columns, table.labels, False))) is is_told


def test_several_kinds_together_recover_too_where_none_was_at_its_own_level() -> None:
    table = diary(per_10=3)
    other = np.where(np.arange(140) < 60, (np.arange(140) + 5) % 10 < 2, 0).astype(float)
    (found,) = recoveries(DayTable(table.columns | {"acute.nsaid": other}, table.labels, False))
    assert (found.family, found.level) == ("total", 10)


def test_low_mood_days_are_counted_only_where_the_diary_says_what_they_are() -> None:
    table = diary()
    (without,) = recoveries(table)
    low = (table["mood"] < 5).astype(float)
    (with_rule,) = recoveries(DayTable(table.columns | {"low_mood": low}, table.labels, False))
    assert without.before.low_mood is None
    assert with_rule.before.low_mood is not None and with_rule.since[0].low_mood is not None
    assert (with_rule.before.low_mood.hits, with_rule.since[0].low_mood.hits) == (28, 5)
