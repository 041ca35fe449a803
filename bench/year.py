"""One invented year: an evening entry on nine days of ten, headaches that last, a preventive."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np

from twofold.diary.diary import Conventions, Diary, HeadacheDayRule, LowMoodDayRule, Origin
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import HeadacheRating
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.diary.mood import MoodNote
from twofold.diary.rhythm import Sleep
from twofold.units import Hours, Quantity, Span, When

DAYS = 365
FIRST = dt.date(2025, 1, 1)
SEED = 20250101
TEN = Span(0, 10)
RULE = HeadacheDayRule("A day with pain of 1 or more is a headache day.", 1, 7, (3,))
LOW = LowMoodDayRule("A day with mood of 3 or less is a low-mood day.", "mood", 3, "high")
FACTORS = ("alcohol", "skipped meal", "bright light", "screen hours", "coffee")

MAPPING = """format = "twofold-mapping-1"
[headache_day]
words = "A day with pain of 1 or more is a headache day."
at_least = 1
strong_at_least = 7
alternatives = [3]
[low_mood_day]
words = "A day with mood of 3 or less is a low-mood day."
item = "mood"
line = 3
low_side = "high"
[[table]]
file = "year.csv"
shape = "day"
day = { column = "date", format = "%Y-%m-%d" }
headache = [{ column = "pain", span = [0, 10] }]
mood = [{ column = "mood", name = "mood", span = [0, 10], better = "high" }]
sleep = [{ duration = "sleep_h", duration_unit = "hours" }]
dose = [{ name = "sumatriptan", purpose = "acute", count = "triptan", asked = true }]
"""


def one_year(seed: int = SEED) -> Diary:
    """Invent the year; the same seed gives the same days."""
    rng = np.random.default_rng(seed)
    days = [FIRST + dt.timedelta(i) for i in range(DAYS)]
    headache, mood, sleep = _lived(rng)
    written = [i for i in range(DAYS) if rng.random() < 0.9]
    pain = np.where(headache, rng.integers(2, 10, DAYS), 0)
    return Diary(
        person="you",
        first_day=days[0],
        last_day=days[-1],
        headache_ratings=tuple(HeadacheRating(When(days[i]), float(pain[i]), TEN) for i in written),
        mood_notes=tuple(
            MoodNote(When(days[i]), "mood", float(mood[i]), TEN, "high") for i in written
        ),
        sleep=tuple(Sleep(days[i], Hours(float(sleep[i]))) for i in written),
        doses=tuple(
            Dose(When(days[i]), "sumatriptan", "acute", count=1.0) for i in written if pain[i] >= 6
        ),
        asked_acute_days=tuple(days[i] for i in written),
        courses=(_course(days[150]),),
        factors=tuple(
            FactorEntry(When(days[i]), name, float(rng.random() < 0.25))
            for i in written
            for name in FACTORS
        ),
        attested_days=tuple(days[i] for i in written),
        conventions=Conventions(headache_day=RULE, low_mood_day=LOW, mood_item="mood"),
        origin=Origin(title="An invented year, for measuring time"),
    )


def _lived(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let headaches begin, last and end, and mood drift beside them."""
    headache = np.zeros(DAYS, dtype=bool)
    mood = np.full(DAYS, 6.0)
    for i in range(1, DAYS):
        headache[i] = rng.random() < (0.45 if headache[i - 1] else 0.18)
        drift = 0.6 * (mood[i - 1] - 6) - 0.8 * headache[i] + rng.normal(0, 1.2)
        mood[i] = np.clip(round(6 + drift), 0, 10)
    return headache, mood, np.round(np.clip(rng.normal(7.2, 1.0, DAYS), 3, 11), 1)


def _course(start: dt.date) -> Course:
    return Course("propranolol", start, changes=(DoseChange(start, Quantity(80, "mg")),))


def write_table(diary: Diary, folder: Path) -> Path:
    """Write the year as a table with its mapping, as another app might export it."""
    folder.mkdir()
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    mood = {note.when.day: note.level for note in diary.mood_notes}
    sleep = {night.day: night.duration for night in diary.sleep}
    taken = {dose.when.day for dose in diary.doses}
    with (folder / "year.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["date", "pain", "mood", "sleep_h", "triptan"])
        for rating in diary.headache_ratings:
            day = rating.when.day
            rows.writerow([day, rating.level, mood[day], sleep[day], int(day in taken)])
    return folder
