"""Many reports of invented diaries and cases, read for what is never said: ``make slow``."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from typing import Any, get_args

import numpy as np

import twofold
from twofold.diary.case import Case
from twofold.diary.diary import Conventions, Diary, HeadacheDayRule, LowMoodDayRule
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import HeadacheRating
from twofold.diary.item9 import item9_of
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.knowledge.field import Field, fields
from twofold.report.report import Audience, Report
from twofold.safety.never_say import Found, broken
from twofold.units import Quantity, Span, When

FIRST = dt.date(2026, 1, 1)
TEN = Span(0, 10)
RULE = HeadacheDayRule("A day with pain of 1 or more is a headache day.", 1, 7, ())
LOW = LowMoodDayRule("A day with mood of 3 or less is a low-mood day.", "mood", 3, "high")
ACUTE = ("sumatriptan", "ibuprofen", "paracetamol", "codeine")
REGULAR = ("propranolol", "sertraline", "amitriptyline", "topiramate", "lithium", "venlafaxine")
FACTORS = ("alcohol", "skipped meal", "bright light")
ASKED = ("yes_no", "number")
PRINTED = 10
"""Every so many-th report is read as printed text as well as value by value."""

SELF_HARM = "15"
"""The rule about the words of item 9: they may stand on the person's own page, or where shared."""

MEDICINES = ("current", "as_needed", "failed")


def report_of(seed: int) -> tuple[Report, bool]:
    """Review an invented diary beside an invented case, and say whether item 9 may be shared."""
    rng = np.random.default_rng(seed)
    audience = get_args(Audience)[seed % len(get_args(Audience))]
    days, told = diary(rng), case(rng)
    is_shared = told.answers.get("shares_safety") is True
    try:
        return twofold.review(days, case=told, audience=audience, country="GB"), is_shared
    except twofold.TwofoldError:  # the invented answers contradict each other
        return twofold.review(days, audience=audience, country="GB"), False


def diary(rng: np.random.Generator) -> Diary:
    """Invent some weeks: headaches that may follow low mood, medicines, gaps."""
    length = int(rng.choice([rng.integers(5, 35), rng.integers(35, 110)], p=[0.85, 0.15]))
    days = [FIRST + dt.timedelta(i) for i in range(length)]
    written = [i for i in range(length) if rng.random() < rng.choice([0.5, 0.9, 1.0])]
    low = rng.random(length) < rng.uniform(0.05, 0.6)
    often, follows = rng.uniform(0.05, 0.7), rng.choice([0.0, 0.3, 0.6])
    pain = (rng.random(length) < often + follows * np.roll(low, 1)) * rng.integers(2, 10, length)
    return Diary(
        person="you",
        first_day=days[0],
        last_day=days[-1],
        headache_ratings=tuple(HeadacheRating(When(days[i]), float(pain[i]), TEN) for i in written),
        mood_notes=tuple(
            MoodNote(When(days[i]), "mood", 2.0 if low[i] else 7.0, TEN, "high") for i in written
        ),
        scale_answers=answers(rng, days),
        doses=tuple(
            Dose(When(days[i]), str(rng.choice(ACUTE)), "acute", count=1.0)
            for i in written
            if pain[i] >= 5
        ),
        courses=courses(rng, days),
        factors=tuple(
            FactorEntry(When(days[i]), name, float(rng.random() < 0.3))
            for i in written
            for name in FACTORS[: int(rng.integers(0, 4))]
        ),
        conventions=Conventions(headache_day=RULE, low_mood_day=LOW, mood_item="mood"),
    )


def answers(rng: np.random.Generator, days: list[dt.date]) -> tuple[ScaleAnswer, ...]:
    """Invent up to two PHQ-9, some with item 9 left open, some as a total only."""
    found = []
    for _ in range(int(rng.integers(0, 3))):
        when = When(days[int(rng.integers(0, len(days)))])
        items = {str(i): int(rng.integers(0, 4)) for i in range(1, 10)}
        items_open: dict[str, int | None] = items | {"9": rng.choice([None, 0, 0, 1])}
        is_total = rng.random() < 0.3
        found.append(
            ScaleAnswer(when, "phq9", {} if is_total else items_open, 14 if is_total else None)
        )
    return tuple(found)


def courses(rng: np.random.Generator, days: list[dt.date]) -> tuple[Course, ...]:
    """Invent up to two courses of medicine, one of them perhaps changed."""
    chosen = rng.choice(REGULAR, size=int(rng.integers(0, 3)), replace=False)
    found = []
    for name in chosen:
        start = int(rng.integers(0, len(days)))
        end = days[-1] if rng.random() < 0.5 else None
        steps = (DoseChange(days[start], Quantity(50, "mg")),)
        found.append(Course(str(name), days[start], end, "preventive", steps))
    return tuple(found)


def case(rng: np.random.Generator) -> Case:
    """Invent answers to some of the questions, whatever they are, and to item 9."""
    names = [one.id for one in fields().values() if one.choices or one.kind in ASKED]
    chosen = rng.choice(names, size=int(rng.integers(0, 60)), replace=False)
    told = {str(name): value_of(fields()[str(name)], rng) for name in chosen if name != "item9"}
    told |= {
        name: (str(rng.choice((*ACUTE, *REGULAR))),) for name in MEDICINES if rng.random() < 0.4
    }
    answer = rng.choice([None, None, 0, 0, 1, 2])
    return Case(told, item9_of(answer))


def value_of(field: Field, rng: np.random.Generator) -> Any:
    """Invent an answer to one question."""
    match field.kind:
        case "yes_no":
            return bool(rng.random() < 0.5)
        case "number":
            low, high = int(field.low or 0), int(min(field.high or 60, 60))
            return int(rng.integers(low, max(high, low) + 1))
        case "choice":
            return str(rng.choice(field.choices))
        case "list":
            return (str(rng.choice(field.choices)),)
    return None


def texts_of(report: Report, *, is_printed: bool) -> Iterator[str]:
    """Give every string of a report; where it is printed, also its text without line breaks."""
    yield from strings(json.loads(report.to_json()))
    if is_printed:
        yield from (" ".join(block.split()) for block in report.to_text().split("\n\n"))


def strings(value: Any) -> Iterator[str]:
    """Give every string inside plain values."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from strings(one)
        case list():
            for one in value:
                yield from strings(one)


def never_said_in(reports: range) -> list[tuple[int, Found]]:
    """Give what these reports say that is never said, with the seed of each."""
    seen: set[tuple[str, bool]] = set()
    found = []
    for seed in reports:
        report, is_shared = report_of(seed)
        may_tell = is_shared or report.audience == "person"
        for text in texts_of(report, is_printed=seed % PRINTED == 0):
            if (text, may_tell) not in seen:
                seen.add((text, may_tell))
                hits = broken(text, without=(SELF_HARM,) if may_tell else ())
                found += [(seed, one) for one in hits]
    return found


def main(count: int = 1000) -> int:
    """Read so many reports; the exit status is 1 when one says what is never said."""
    begun = time.monotonic()
    found = never_said_in(range(count))
    for seed, one in found:
        print(f"report {seed}, rule {one.rule}: {one.words!r} in {one.sentence!r}")
    print(f"{count} reports read in {time.monotonic() - begun:.0f} s: {len(found)} found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
