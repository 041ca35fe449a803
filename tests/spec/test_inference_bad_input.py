"""Whatever stands in the columns, every question gets an answer or a reason: no warning, no nan.

Everything here runs with warnings as errors, and with NumPy raising on
overflow, division by zero and invalid numbers. A number that becomes too small
to hold and turns into 0 is allowed: that is what 0 is for.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twofold as tf
from twofold.daytable import DayTable, FactorInfo
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import Attack, FreeDay
from twofold.inference.answer import find
from twofold.inference.finding import Finding, Findings
from twofold.knowledge.load import claims
from twofold.units import When

Columns = dict[str, np.ndarray]
NAN = np.nan
DAYS = 200


def ordinary(days: int = DAYS, factors: int = 2) -> Columns:
    """A diary with nothing wrong in it: headache on one day in four, mood, a few ratings."""
    rng = np.random.default_rng(7)
    headache = (rng.random(days) < 0.25).astype(float)
    mood = np.clip(np.round(rng.normal(6, 1.5, days)), 0, 10)
    ratings = {f"factor.rating {i}": rng.normal(size=days) for i in range(factors)}
    known = np.ones(days)
    low = (mood < 5).astype(float)
    return {"headache": headache, "headache_known": known, "entered": known, "mood": mood,
            "low_mood": low, **ratings}  # fmt: skip


def table_of(columns: Columns, claim: str | None = None) -> DayTable:
    days = len(columns["headache"])
    factors = tuple(FactorInfo(name, name, claim) for name in columns if name[:7] == "factor.")
    return DayTable(columns, tuple(f"day {i + 1}" for i in range(days)), False, factors)


def changed(**columns: object) -> DayTable:
    """The ordinary diary with some columns replaced; ``a`` is the first rating."""
    names = {"a": "factor.rating 0", "b": "factor.rating 1"}
    made = {names.get(name, name): one for name, one in columns.items()}
    return table_of({**ordinary(), **made})


def asked(table: DayTable) -> Findings:
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        return find(table, claims())


def numbers(value: object) -> Iterator[float]:
    """Every number anywhere in a finding."""
    if is_dataclass(value):
        for one in fields(value):
            yield from numbers(getattr(value, one.name))
    elif isinstance(value, dict):
        yield from numbers(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        yield float(value)


def check(findings: Findings) -> None:
    """Every finding is a whole answer or a refusal with its reason, and all its numbers are numbers."""
    for one in findings.all():
        assert all(np.isfinite(number) for number in numbers(one)), one
        assert (one.refusal is not None) == (one.verdict == "not_yet"), one
        for chance in (one.p_real, one.prior, *(one.chances or {}).values()):
            assert chance is None or 0 <= chance <= 1, one
        if one.effect is not None:
            assert one.effect.low <= one.effect.value <= one.effect.high, one
        assert min(one.days_used, one.days_missing, one.onsets) >= 0


def reason(one: Finding) -> str | None:
    return None if one.refusal is None else one.refusal.reason


def every(levels: int, value: float, other: np.ndarray) -> np.ndarray:
    """``other`` with ``value`` on every so many days."""
    return np.where(np.arange(len(other)) % levels == 0, value, other)


EMPTY = np.full(DAYS, NAN)
ZERO, ONE = np.zeros(DAYS), np.ones(DAYS)
MIDDLE = (np.arange(DAYS) == 100).astype(float)
SECOND = np.arange(DAYS) % 2.0
RATING = ordinary()["factor.rating 0"]
MOOD = ordinary()["mood"]

# What is wrong; the reasons that the first factor, the coupling and tomorrow must give, where there is one.
REFUSED: dict[str, tuple[DayTable, str | None, str | None, str | None]] = {
    "a rating that never changes": (changed(a=3 * ONE), "no_variation", None, None),
    "a rating never given": (changed(a=EMPTY), "nothing_recorded", None, None),
    "a rating given once": (changed(a=np.where(MIDDLE == 1, 2.0, NAN)), "no_variation", None, None),
    "mood that never changes": (changed(mood=5 * ONE), None, "no_variation", None),
    "mood never given": (changed(mood=EMPTY, low_mood=EMPTY), None, "nothing_recorded", None),
    "headache never asked": (changed(headache=EMPTY), *["nothing_recorded"] * 3),
    "one headache": (changed(headache=MIDDLE), "too_few_onsets", "too_few_onsets", None),
    "no headache": (changed(headache=ZERO), "too_few_onsets", "too_few_onsets", None),
    "headache every day": (changed(headache=ONE), *["too_close"] * 3),
    "headache on all days but one": (changed(headache=1 - MIDDLE), *["too_close"] * 2, None),
    "headache known every second day": (
        changed(headache=np.where(SECOND == 1, NAN, ordinary()["headache"])),
        "too_few_days",
        "too_few_onsets",
        None,
    ),
    "one known day": (changed(headache=np.where(MIDDLE == 1, 1.0, NAN)), None, None, None),
    "no column but headache": (table_of({"headache": ordinary()["headache"]}), None, "nothing_recorded", None),
    "nothing at all": (table_of(dict.fromkeys(ordinary(), EMPTY)), *["nothing_recorded"] * 3),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_answered_says_why(name: str) -> None:
    table, of_factor, of_coupling, of_tomorrow = REFUSED[name]
    findings = asked(table)
    check(findings)
    if of_factor is not None:
        assert reason(findings.factors[0]) == of_factor
    if of_coupling is not None:
        assert reason(findings.coupling[0]) == of_coupling
    if of_tomorrow is not None:
        assert reason(findings.tomorrow) == of_tomorrow


ODD: dict[str, Callable[[], DayTable]] = {
    "headache every second day": lambda: changed(headache=SECOND),
    "a rating that hardly changes": lambda: changed(a=1e8 + 1e-8 * RATING),
    "a rating of tiny numbers": lambda: changed(a=1e-300 * RATING),
    "a rating of large numbers": lambda: changed(a=1e12 * RATING),
    "a rating that is infinite throughout": lambda: changed(a=np.inf * ONE),
    "a rating that is infinite on some days": lambda: changed(a=every(7, np.inf, RATING)),
    "a rating that is minus infinite on some days": lambda: changed(a=every(7, -np.inf, RATING)),
    "mood infinite on some days": lambda: changed(mood=every(7, np.inf, MOOD)),
    "mood below its scale": lambda: changed(mood=every(5, -5.0, MOOD)),
    "mood above its scale": lambda: changed(mood=every(5, 11.0, MOOD)),
    "mood above its scale throughout": lambda: changed(mood=MOOD + 100),
    "severity infinite on some days": lambda: changed(severity=every(7, np.inf, MOOD)),
    "stress infinite on some days": lambda: changed(stress=every(7, np.inf, MOOD)),
    "two equal ratings and their opposite": lambda: changed(b=RATING, **{"factor.c": -RATING}),
    "a rating that is the sum of others": lambda: changed(
        **{"factor.c": RATING + ordinary()["factor.rating 1"]}
    ),
    "fifty ratings that are one": lambda: changed(
        **{f"factor.copy {i}": (i + 1) * RATING for i in range(50)}
    ),
    "a factor that is the headache": lambda: changed(a=ordinary()["headache"]),
    "a factor that is tomorrow's headache": lambda: changed(
        a=np.append(ordinary()["headache"][1:], 0)
    ),
    "a claim nobody knows": lambda: table_of(ordinary(), "no_such_claim"),
    "acute medicine every day, and never asked": lambda: changed(
        **{"acute.triptan": ONE, "acute.simple": EMPTY}
    ),
    "a course from the first day to the last": lambda: changed(**{"course.x": ONE}),
    "a course nobody wrote about": lambda: changed(**{"course.x": EMPTY}),
    "a course that began on the last day": lambda: changed(
        **{"course.x": np.append(np.zeros(DAYS - 1), 1)}
    ),
    "a course every second day": lambda: changed(**{"course.x": SECOND}),
    "a course after which there was no headache": lambda: changed(
        headache=(np.arange(DAYS) < 100).astype(float),
        **{"course.x": (np.arange(DAYS) >= 100).astype(float)},
    ),
    "a dose that is infinite": lambda: changed(
        **{"dose.x": np.where(np.arange(DAYS) < 100, 0, np.inf)}
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_columns_give_whole_answers_or_reasons(name: str) -> None:
    check(asked(ODD[name]()))


@pytest.mark.parametrize("days", [0, 1, 2, 3, 7, 8, 27, 28, 29, 30, 31, 32, 60])
@pytest.mark.parametrize("headache", [None, 0.0, 1.0, NAN])
def test_a_diary_of_any_length_gives_whole_answers_or_reasons(
    days: int, headache: float | None
) -> None:
    columns = ordinary(days)
    if headache is not None:
        columns["headache"] = np.full(days, headache)
    findings = asked(table_of(columns))
    check(findings)
    if days < 30:
        assert all(one.refusal is not None for one in (*findings.factors, findings.tomorrow))


def test_equal_factors_share_one_doubt() -> None:
    columns = ordinary()
    columns["factor.rating 1"] = columns["factor.rating 0"]
    first, second = asked(table_of(columns)).factors
    assert first.p_real == pytest.approx(second.p_real, abs=0.01)


def test_a_factor_that_is_tomorrows_headache_is_never_missed_and_never_infinite() -> None:
    columns = ordinary()
    columns["factor.rating 0"] = np.append(columns["headache"][1:], 0)
    found = asked(table_of(columns)).factors[0]
    assert found.p_real is not None and found.p_real > 0.95
    assert found.effect is not None and 1 < found.effect.low < found.effect.high < 1e6


def test_twenty_thousand_days_are_answered_within_a_minute() -> None:
    start = time.perf_counter()
    check(asked(table_of(ordinary(20_000))))
    assert time.perf_counter() - start < 60


LEVELS = st.sampled_from([NAN, NAN, 0.0, 0.0, 1.0, 1.0, 5.0, 10.0, -1.0, 1e-12, 1e100, -1e100])
YES_NO = st.sampled_from([NAN, 0.0, 0.0, 1.0])


@st.composite
def tables(draw: st.DrawFn) -> DayTable:
    """Any table up to forty-five days, and up to four times as long by repeating it."""
    days, times = draw(st.integers(0, 45)), draw(st.integers(1, 4))
    kinds = {"headache": YES_NO, "low_mood": YES_NO, "course.x": YES_NO, "mood": LEVELS,
             "severity": LEVELS, "stress": LEVELS, "dose.x": LEVELS, "factor.a": LEVELS,
             "factor.b": LEVELS, "sleep_hours": LEVELS}  # fmt: skip
    kept = [name for name in kinds if name == "headache" or draw(st.booleans())]
    columns = {
        name: np.tile(draw(st.lists(kinds[name], min_size=days, max_size=days)), times).astype(
            float
        )
        for name in kept
    }
    return table_of(columns, draw(st.sampled_from([None, "stress_high", "sleep_short"])))


@settings(max_examples=50, deadline=None)
@given(tables())
def test_any_table_at_all_gives_whole_answers_or_reasons(table: DayTable) -> None:
    check(asked(table))


def diary(days: int, headache: Callable[[int], bool | None], level: float | None) -> tf.Diary:
    """A diary in day numbers: attacks, free days, and one factor at one level."""
    said = {day: headache(day) for day in range(1, days + 1)}
    return tf.Diary(
        "you",
        1,
        days,
        attacks=tuple(Attack(When(day)) for day, one in said.items() if one),
        free_days=tuple(FreeDay(day) for day, one in said.items() if one is False),
        factors=()
        if level is None
        else tuple(FactorEntry(When(day), "coffee", level) for day in said),
    )


DIARIES: dict[str, tf.Diary] = {
    "one day, nothing said": diary(1, lambda _: None, None),
    "one headache, no other day known": diary(1, lambda _: True, 1),
    "nothing known for a year": diary(365, lambda _: None, 1),
    "headache every day": diary(90, lambda _: True, 1),
    "no headache": diary(90, lambda _: False, 1),
    "one headache": diary(90, lambda day: day == 50, 1),
    "headache every second day": diary(90, lambda day: day % 2 == 0, 1),
    "a factor at a thousand million": diary(90, lambda day: day % 4 == 0, 1e9),
    "a factor below zero": diary(90, lambda day: day % 4 == 0, -1e9),
}


@pytest.mark.parametrize("name", DIARIES)
def test_a_review_of_any_diary_says_nothing_that_is_not_a_number(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words = tf.review(DIARIES[name]).to_text().lower().split()
    assert words and not {"nan", "inf", "-inf"} & {word.strip("().,:;%") for word in words}
