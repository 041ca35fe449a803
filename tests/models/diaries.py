"""Any diary at all, for property tests: dated or undated, with ``None`` wherever it may stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import strategies as st

from twofold.diary.diary import Conventions, Diary, HeadacheDayRule, LowMoodDayRule, Origin
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import (
    Attack,
    Aura,
    FreeDay,
    HeadacheRating,
    PainRating,
    Symptoms,
)
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.units import DOSE_UNITS, Quantity, Span, When, day_after

LENGTH = 40
words = st.text(max_size=12)
numbers = st.floats(-1e9, 1e9, allow_nan=False)
yes_no = st.none() | st.booleans()


def diaries() -> st.SearchStrategy[Diary]:
    """Draw a whole diary of forty days."""
    firsts = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)) | st.integers(-500, 500)
    return firsts.flatmap(_diary)


def _diary(first: dt.date | int) -> st.SearchStrategy[Diary]:
    days = st.integers(0, LENGTH - 1).map(lambda n: day_after(first, n))
    whens = st.builds(
        When, days, st.none() | st.times(), st.none() | st.integers(-14 * 60, 14 * 60)
    )
    some = lambda record: st.lists(record, max_size=2).map(tuple)  # noqa: E731
    return st.builds(
        Diary,
        person=words,
        first_day=st.just(first),
        last_day=st.just(day_after(first, LENGTH - 1)),
        attacks=some(_attacks(whens)),
        headache_ratings=some(_rated(lambda w, n, s: HeadacheRating(w, n, s), whens)),
        free_days=some(st.builds(FreeDay, days)),
        mood_notes=some(_rated(lambda w, n, s: MoodNote(w, "down", n, s, "low"), whens)),
        scale_answers=some(_answers(whens)),
        sleep=some(_nights(days)),
        energy=some(_rated(lambda d, n, s: DayRating(d, n, s), days)),
        stress=some(_rated(lambda d, n, s: DayRating(d, n, s), days)),
        cycle=some(_cycle_days(days)),
        doses=some(_doses(whens)),
        asked_acute_days=some(days),
        courses=some(_courses(first)),
        factors=some(
            st.builds(FactorEntry, whens, words, numbers, st.none() | words, st.none() | words)
        ),
        notes=some(st.builds(Note, days, words)),
        attested_days=some(days),
        conventions=_conventions(),
        origin=st.builds(Origin, words, words, words, some(words)),
    )


def _attacks(whens):
    signs = st.none() | st.lists(words, max_size=2).map(tuple)
    plain = st.builds(
        Attack,
        onset=whens,
        is_running=yes_no,
        kind=st.sampled_from([None, "headache", "migraine"]),
        pain=st.lists(st.builds(PainRating, whens, st.floats(0, 10)), max_size=2).map(tuple),
        side=st.sampled_from([None, "left", "shifting"]),
        quality=st.sampled_from([None, "pulsating", "other"]),
        symptoms=st.builds(Symptoms, *[yes_no] * 6),
        aura=st.none() | st.builds(Aura, *[yes_no] * 9, *[st.none() | st.floats(0, 99)] * 2),
        premonitory=signs,
        postdrome=signs,
        disability=st.sampled_from([None, 0, 1, 2, 3]),
        note=st.none() | words,
        still=st.lists(whens, max_size=2).map(tuple),
    )
    return st.tuples(plain, st.none() | st.integers(1, 3)).map(_ended)


def _ended(drawn: tuple[Attack, int | None]) -> Attack:
    attack, days = drawn
    if days is None or attack.is_running:
        return attack
    return replace(attack, end=When(day_after(attack.onset.day, days), attack.onset.time))


def _spans():
    return st.tuples(st.floats(-9, 0), st.floats(1, 9)).map(lambda ends: Span(*ends))


def _rated(make, days):
    levels = st.tuples(days, st.floats(0, 1), _spans())
    return levels.map(lambda drawn: make(*drawn))


def _answers(whens):
    items = st.dictionaries(words, st.none() | st.integers(0, 4), max_size=3)
    return st.builds(ScaleAnswer, whens, words, items, st.none() | numbers)


def _nights(days):
    hours = st.none() | st.floats(0, 24)
    shares = st.none() | st.floats(0, 100)
    plain = st.builds(Sleep, days, hours, efficiency=shares)
    rated = st.builds(Sleep, days, hours, st.floats(0, 1), _spans(), shares)
    return plain | rated


def _cycle_days(days):
    places = st.none() | st.integers(-28, -1) | st.integers(1, 28)
    return st.builds(CycleDay, days, yes_no, places, st.none() | st.integers(1, 9))


def _doses(whens):
    amounts = st.none() | st.builds(Quantity, st.floats(0, 1e4), st.sampled_from(DOSE_UNITS))
    counts = st.none() | st.floats(0.1, 9)
    purposes = st.sampled_from([None, "acute", "preventive"])
    return st.builds(Dose, whens, words, purposes, amounts, counts, st.none() | numbers)


def _courses(first):
    def build(name, start, length, purpose, steps, earlier):
        day = day_after(first, start)
        end = None if length is None else day_after(day, length)
        changes = tuple(DoseChange(day_after(day, n), Quantity(10 - n, "mg")) for n in range(steps))
        return Course(name, day, end, purpose, changes, earlier)

    purposes = st.sampled_from([None, "acute", "preventive"])
    lengths = st.none() | st.integers(0, 90)
    return st.builds(
        build, words, st.integers(-9, 30), lengths, purposes, st.integers(0, 3), yes_no
    )


def _conventions():
    lines = st.lists(numbers, max_size=2).map(tuple)
    rule = st.builds(HeadacheDayRule, words, st.none() | numbers, st.none() | numbers, lines)
    low = st.builds(LowMoodDayRule, words, words, numbers, st.sampled_from(["high", "low"]))
    silence = st.sampled_from(["unknown", "free_if_other_entries"])
    return st.builds(
        Conventions, st.none() | rule, st.none() | low, st.none() | words, silence, st.booleans()
    )
