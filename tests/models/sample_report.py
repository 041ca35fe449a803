"""Invented reports, marked "sample", with every kind of card and every awkward word."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence

from twofold.report.report import (
    AboutOthers,
    Card,
    Chance,
    Chapter,
    ClaimFate,
    Coverage,
    DayCell,
    Detail,
    DoseMarks,
    DoseStrip,
    Entry,
    Fate,
    ForecastFate,
    Group,
    NotYet,
    Number,
    Outlook,
    OutlookFate,
    PeriodRow,
    Pictures,
    Report,
    Said,
    ScoreBand,
    ScorePicture,
    ScorePoint,
    ThresholdRow,
    Tile,
    Unknown,
    Unread,
)

HOSTILE = "<script>alert(\"1\")</script> & =cmd|' /C calc'!A0 \x1b[31m\u202e </style> {{ 7*7 }}"
LONG = "An uncommonly long name for a medicine that nobody could be expected to read in one line"


def sample_report(
    *,
    days: int = 155,
    is_dated: bool = True,
    seed: int = 1,
    headache: Callable[[int, random.Random], bool | None] | None = None,
    courses: int = 1,
    acute: int = 1,
    has_cycle: bool = False,
    words: str = "",
) -> Report:
    """Return a full invented report; ``words`` is put wherever a person's words may stand."""
    cells = _cells(days, is_dated, random.Random(seed), headache or _fading)
    known = sum(cell.headache is not None for cell in cells)
    hits = sum(cell.headache is True for cell in cells)
    return Report(
        person="sample",
        coverage=_coverage(cells, known, is_dated),
        first_sentence=f"Your headaches became rare. Low days became more common.{words}",
        first_counts=f"Headache came on {hits} of {known} days we know.{words}",
        first_qualification="With a stricter line for a headache day this stays the same.",
        today=(
            f"Low days became more common after your antidepressant ended.{words}",
            "Please tell the person who prescribes it.",
        ),
        tiles=_tiles(hits, known, days),
        pictures=_pictures(cells, days, courses, acute, has_cycle, words),
        periods=_periods(cells),
        cards=_cards(words),
        unlikely_factors=(f"Full moon.{words}", "Chocolate, in your days."),
        not_known=(
            Unknown("Was it migraine?", f"The diary asked about headache only.{words}"),
            Unknown("Cycle.", "Not recorded."),
        ),
        ask=(f"“I have fewer headaches and more low days. What do you make of it?”{words}",),
        how_counted=(f"Headache day: strongest report of the day 3 or more of 7.{words}",),
        thresholds=_thresholds(hits, known),
        unread=tuple(Unread(f"line {n}{words}", "the date is 31.02.2025") for n in range(2, 27)),
        limits=("This is not a diagnosis.", "Options and advice are not part of this report."),
        credit=("Invented days, for tests only.",),
        fate=_fate(words),
        said=(Said("2013-01-14", "mood_to_headache", "After low mood?", "unlikely", 8.0, "today"),),
        chapters=_chapters(words),
        is_sample=True,
    )


def _chapters(words: str) -> tuple[Chapter, ...]:
    return (
        Chapter(
            id="pattern",
            title="Which pattern your headaches fit",
            note=f"A clinician confirms it.{words}",
            entries=(
                Entry(
                    title=f"Migraine without aura (1.1){words}",
                    status=f"fits the pattern{words}",
                    says=(f"Four of four points are met.{words}", "It was asked on 3 May."),
                    more=(Detail(f"Point by point{words}", (f"Pain on one side: yes.{words}",)),),
                    sources=(f"ICHD-3, section 1.1{words}",),
                ),
                Entry(title="Tension-type headache (2.2)", says=("Not enough is known.",)),
            ),
        ),
        Chapter(
            id="scales",
            title="What your questionnaires say",
            note="",
            entries=(
                Entry(
                    title="PHQ-9",
                    status="answered on 12 January",
                    says=(f"PHQ-9: 9 of 27.{words}",),
                    sources=("Study D",),
                    picture=_totals(words),
                ),
            ),
        ),
        Chapter("questions", "Questions to bring", "", (Entry(f"Ask about sleep.{words}"),)),
    )


def _totals(words: str) -> ScorePicture:
    return ScorePicture(
        name=f"PHQ-9{words}",
        points=(
            ScorePoint("2012-08-20", 0, 16),
            ScorePoint("2012-10-01", 42, 13, is_estimated=True),
            ScorePoint("2012-11-20", 92, None),
            ScorePoint("2013-01-12", 145, 9),
        ),
        low=0,
        high=27,
        better="low",
        bands=(
            ScoreBand(0, f"minimal{words}"),
            ScoreBand(5, "mild"),
            ScoreBand(10, "moderate"),
            ScoreBand(15, "moderately severe"),
            ScoreBand(20, "severe"),
        ),
    )


def hostile_report() -> Report:
    """Return a report in which every place for words holds words that try to break out."""
    return sample_report(words=f" {HOSTILE} {LONG}", courses=6, acute=5, has_cycle=True)


def every_diary() -> dict[str, Report]:
    """Return the shapes of diary that the pictures must survive, by name."""
    return {
        "two weeks": sample_report(days=14, courses=0, acute=0),
        "six weeks with long gaps": sample_report(days=42, headache=_gappy, has_cycle=True),
        "five months": sample_report(courses=1),
        "a year": sample_report(days=374, acute=2, has_cycle=True),
        "seventeen months": sample_report(days=515, headache=_gappy, courses=2),
        "ten years": sample_report(days=3650),
        "nothing recorded": sample_report(days=90, headache=lambda day, dice: None, acute=0),
        "headache every day": sample_report(days=120, headache=lambda day, dice: True, courses=5),
        "no dates": sample_report(days=84, is_dated=False, headache=_gappy, has_cycle=True),
        "one day": sample_report(days=1, courses=0, acute=0),
        "six courses": sample_report(days=155, courses=6, acute=6),
    }


def _fading(day: int, dice: random.Random) -> bool | None:
    return None if day == 124 else dice.random() < max(0.08, 0.55 - day / 250)


def _gappy(day: int, dice: random.Random) -> bool | None:
    if day % 60 > 38 or dice.random() < 0.12:
        return None
    return dice.random() < 0.3


def _cells(
    days: int, is_dated: bool, dice: random.Random, headache: Callable[..., bool | None]
) -> tuple[DayCell, ...]:
    start = dt.date(2012, 8, 13)
    cells = []
    for day in range(days):
        label = (start + dt.timedelta(day)).isoformat() if is_dated else f"day {day + 1}"
        ache = headache(day, dice)
        low = None if ache is None else dice.random() < 0.05 + day / 600
        cells.append(DayCell(label, ache, ache and dice.random() < 0.2, low))
    return tuple(cells)


def _coverage(cells: Sequence[DayCell], known: int, is_dated: bool) -> Coverage:
    return Coverage(
        first=cells[0].label,
        last=cells[-1].label,
        days=len(cells),
        known_headache_days=known,
        unknown_headache_days=len(cells) - known,
        is_dated=is_dated,
    )


def _tiles(hits: int, known: int, days: int) -> tuple[Tile, ...]:
    return (
        Tile("Headache days", f"{hits} of {known}", "in all the days we know"),
        Tile("Low-mood days", "11 of 28", "in your last 28 days"),
        Tile("Days we know", f"{known} of {days}", f"{days - known} not recorded"),
    )


def _pictures(
    cells: tuple[DayCell, ...], days: int, courses: int, acute: int, has_cycle: bool, words: str
) -> Pictures:
    names = [
        f"Antidepressant{words}",
        "Propranolol",
        LONG,
        "Magnesium",
        "Candesartan",
        "Amitriptyline",
    ]
    taken = tuple(None if cell.headache is None else bool(cell.is_strong) for cell in cells)
    return Pictures(
        days=cells,
        courses=tuple(
            DoseStrip(names[n % len(names)], "mg a day", _amounts(days, n)) for n in range(courses)
        ),
        acute=tuple(DoseMarks(f"Triptan {n + 1}", taken) for n in range(acute)),
        cycle_days=tuple(_cycle_day(day) for day in range(days)) if has_cycle else (),
        has_low_mood_rule=True,
    )


def _amounts(days: int, course: int) -> tuple[float | None, ...]:
    if course == 0:
        return tuple(150 - 15 * max(0, min(10, (day - 42) // 6)) for day in range(days))
    if course == 1:
        return tuple(None if day < days // 2 else 80.0 for day in range(days))
    return tuple(None if day % 50 > 40 else 25.0 * (1 + day // 30) for day in range(days))


def _cycle_day(day: int) -> int | None:
    if day % 56 < 4:
        return None
    phase = (day + 10) % 28
    return phase + 1 if phase < 26 else phase - 28


def _periods(cells: Sequence[DayCell]) -> tuple[PeriodRow, ...]:
    rows = []
    for start in range(0, len(cells), 28):
        block = cells[start : start + 28]
        known = [cell for cell in block if cell.headache is not None]
        aches = f"{sum(bool(cell.headache) for cell in known)} of {len(known)}"
        low = f"{sum(bool(cell.low_mood) for cell in known)} of {len(known)}"
        label = f"{block[0].label} to {block[-1].label}"
        rows.append(PeriodRow(label, aches, low, "150 mg", len(block) - len(known)))
    return tuple(rows)


def _cards(words: str) -> tuple[Card, ...]:
    return (
        Card(
            key="mood_to_headache",
            topic="coupling",
            question=f"After low mood, is a headache more likely the next day?{words}",
            verdict="unlikely",
            answer=f"Unlikely, in your days.{words}",
            sentence=f"Headache came after 5 of 19 low days, and after 27 of 71 other days.{words}",
            groups=(Group(f"After a low day{words}", 5, 19), Group("After another day", 27, 71)),
            prior=14.0,
            posterior=8.2,
            days_used=90,
            days_missing=65,
            caution=f"So few low days can differ this much by chance.{words}",
            would_change=f"About 40 more low days before headache-free days.{words}",
            sources=(f"Study A, 2020, doi 10.1000/a, table 2{words}", "Study B, 2021, section 3"),
        ),
        Card(
            key="headache_to_mood",
            topic="coupling",
            question="After a headache, is low mood more likely the next day?",
            verdict="cannot tell",
            answer="We cannot tell yet.",
            sentence="Low mood came after 4 of 32 headache days, and after 15 of 58 other days.",
            groups=(Group("After a headache day", 4, 32), Group("After another day", 15, 58)),
            outcome="low mood",
            prior=22.0,
            posterior=25.0,
            days_used=90,
            days_missing=65,
            caution="Most low days came late, when headaches were already rare.",
            would_change="More days would help.",
        ),
        Card(
            key="same_day",
            topic="coupling",
            question="Do low mood and headache share a day?",
            verdict="counted",
            answer="They sometimes share a day.",
            sentence="Both came on 6 of 154 days. That does not say which came first.",
            days_used=154,
            days_missing=1,
        ),
        Card(
            key="factor:coffee",
            topic="factor",
            question="Does less coffee than usual come before your headaches?",
            verdict="clear",
            answer="Clear: less coffee than usual.",
            sentence="Headache began on 12 of 30 such days, and on 25 of 150 others.",
            groups=(Group("Less coffee", 12, 30), Group("Other days", 25, 150)),
            number=Number("Difference", 21.0, 4.0, 38.0, "more headaches in 100 days"),
            prior=35.0,
            posterior=96.0,
            days_used=180,
            days_missing=4,
        ),
        Card(
            key="factor:pressure",
            topic="factor",
            question="Does falling air pressure come before your headaches?",
            verdict="possible",
            answer="Possible: falling air pressure.",
            sentence="Headache began on 4 of 6 such days, and on 20 of 88 others.",
            groups=(Group("Falling pressure", 4, 6), Group("Other days", 20, 88)),
            number=Number("Difference", 3.2, -2.5, 8.0, "more headaches in 100 days"),
            posterior=62.0,
            days_used=94,
            days_missing=60,
        ),
        Card(
            key="treatment:antidepressant",
            topic="treatment",
            question="Did headaches change with the dose?",
            verdict="not yet",
            answer="Too soon.",
            sentence="We need 28 days after the full dose; you have 19.",
            not_yet=NotYet(19, 28, "days"),
            caution="Please do not change a dose on your own.",
            days_used=19,
            days_missing=9,
        ),
        Card(
            key="treatment:candesartan",
            topic="treatment",
            question=f"Did headaches change with this treatment: candesartan{words}?",
            verdict="possible",
            answer=f"Possible: fewer headache days with candesartan.{words}",
            sentence="About 3 fewer headache days in 28 with it than without.",
            number=Number("Change in headache days", -3.2, -6.1, 0.2, "days per 28"),
            prior=43.0,
            posterior=71.0,
            chances=(Chance("Half as many headache days, or fewer", 11.0),),
            days_used=154,
            days_missing=1,
            caution="Please do not change a dose on your own.",
        ),
        Card(
            key="tomorrow",
            topic="tomorrow",
            question="How likely is a headache tomorrow?",
            verdict="counted",
            answer="Tomorrow: about 38 of 100. Your usual day: 24 of 100.",
            sentence="",
            number=Number("Tomorrow", 38.0, 22.0, 56.0, "of 100"),
            usual=24.0,
            days_used=154,
            days_missing=1,
        ),
        Card(
            key="burden",
            topic="burden",
            question="Where are you heading?",
            verdict="counted",
            answer="In the next 28 days: likely between 6 and 14 headache days.",
            sentence="In the last 28: 9.",
            number=Number("Next 28 days", 9.6, 6.0, 14.0, "days in 28"),
            usual=9.0,
            chances=(Chance(f"8 days or more{words}", 81.0), Chance("15 days or more", 2.0)),
            outlook=Outlook(_hill(9.6), (8, 15)),
            open_days="20 days are unknown. Whatever they were, it lies between 6 and 15.",
            days_used=154,
            days_missing=1,
            about_others=(
                AboutOthers(
                    f"In studies of other people, 2 to 3 of 100.{words}", "Study C", "high"
                ),
                AboutOthers("It was linked with low mood there.", "Study C", "high"),
            ),
        ),
        Card(
            key="burden:long",
            topic="burden",
            question="Is it a pattern over months?",
            verdict="not yet",
            answer="Not yet: about 3 more weeks.",
            sentence="We have 41 of 60 days.",
            not_yet=NotYet(41, 60, "days"),
        ),
    )


def _hill(middle: float) -> tuple[float, ...]:
    """Return an outlook of 28 days around a middle, of 100."""
    heights = [2 ** -(((count - middle) / 3) ** 2) for count in range(29)]
    return tuple(round(100 * height / sum(heights), 1) for height in heights)


def _fate(words: str) -> Fate:
    return Fate(
        forecasts=(
            ForecastFate(0, 20, 11.0, 9, 1, 0, 0),
            ForecastFate(20, 40, 30.4, 14, 5, 2, 1),
        ),
        outlooks=(
            OutlookFate(
                "headache days", "1 Nov", "2012-11-02", "2012-11-29", 4, 9, 11, 0, 0, "above"
            ),
            OutlookFate(
                f"days{words}", "1 Jan", "2013-01-02", "2013-01-29", 4, 9, 2, 1, 15, "open"
            ),
        ),
        claims=(
            ClaimFate(
                "f", f"Wine?{words}", "2012-11-01", "clear", 96.0, "possible", 61.0, "weaker"
            ),
            ClaimFate("g", "Noise?", "2012-11-01", "possible", 62.0, None, None, "withdrawn"),
        ),
    )


def _thresholds(hits: int, known: int) -> tuple[ThresholdRow, ...]:
    return (
        ThresholdRow("2 or more of 7", hits + 20, known, 40, False, "Your headaches became rare."),
        ThresholdRow("3 or more of 7", hits, known, 32, True, "Your headaches became rare."),
        ThresholdRow("4 or more of 7", max(hits - 20, 0), known, 12, False, "No clear change."),
    )
