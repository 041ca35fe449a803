"""The diary: everything one person wrote, and how this diary is to be counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack, FreeDay, HeadacheRating
from twofold.diary.medication import Course, Dose
from twofold.diary.mood import Better, MoodNote, ScaleAnswer
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.errors import RecordError
from twofold.units import Day, days_between


@dataclass(frozen=True)
class HeadacheDayRule:
    """When a day of ratings counts as a headache day in this diary.

    A day counts when its highest rating is at least ``at_least``. The
    ``alternatives`` are other lines a careful reader might draw; the report
    shows what they give. ``words`` is the rule as one plain sentence.
    """

    words: str
    at_least: float | None = None
    strong_at_least: float | None = None
    alternatives: tuple[float, ...] = ()


@dataclass(frozen=True)
class LowMoodDayRule:
    """When a day's mood notes make a low-mood day: the mean of ``item`` at the line."""

    words: str
    item: str
    line: float
    low_side: Better


@dataclass(frozen=True)
class Conventions:
    """How this diary is counted, as stated by the person or by its mapping.

    ``silence`` says what a day without any headache entry means: ``"unknown"``
    (the default, always), or ``"free_if_other_entries"``: a stated assumption
    that a day with other entries but no headache entry was headache-free. An
    assumption is printed wherever its numbers are.
    """

    headache_day: HeadacheDayRule | None = None
    low_mood_day: LowMoodDayRule | None = None
    mood_item: str | None = None
    silence: Literal["unknown", "free_if_other_entries"] = "unknown"
    headache_means_migraine: bool = False


@dataclass(frozen=True)
class Origin:
    """Where the diary came from: credit, licence, and what the file cannot tell."""

    title: str = ""
    credit: str = ""
    licence: str = ""
    cannot_tell: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diary:
    """Everything one person wrote.

    Parameters
    ----------
    person : str
        A label, never a name: ``"you"``, or the source's own number.
    first_day, last_day : date or int
        The stretch the diary covers; days inside it without an entry are
        unknown, never calm. Both dates, or both day indices.
    attested_days : tuple of Day
        Days on which the person wrote anything at all (used to tell a day
        with an unanswered item from a day nobody opened the diary).

    Raises
    ------
    RecordError
        When the last day lies before the first, or dated and undated mix.
    """

    person: str
    first_day: Day
    last_day: Day
    attacks: tuple[Attack, ...] = ()
    headache_ratings: tuple[HeadacheRating, ...] = ()
    free_days: tuple[FreeDay, ...] = ()
    mood_notes: tuple[MoodNote, ...] = ()
    scale_answers: tuple[ScaleAnswer, ...] = ()
    sleep: tuple[Sleep, ...] = ()
    energy: tuple[DayRating, ...] = ()
    stress: tuple[DayRating, ...] = ()
    cycle: tuple[CycleDay, ...] = ()
    doses: tuple[Dose, ...] = ()
    asked_acute_days: tuple[Day, ...] = ()
    courses: tuple[Course, ...] = ()
    factors: tuple[FactorEntry, ...] = ()
    notes: tuple[Note, ...] = ()
    attested_days: tuple[Day, ...] = ()
    conventions: Conventions = Conventions()
    origin: Origin = Origin()

    def __post_init__(self) -> None:
        if days_between(self.first_day, self.last_day) < 0:
            raise RecordError("the diary's last day lies before its first.")

    @property
    def is_dated(self) -> bool:
        """Whether days are calendar dates (else: day indices)."""
        return not isinstance(self.first_day, int)

    @property
    def days(self) -> int:
        """How many days the diary spans, recorded or not."""
        return days_between(self.first_day, self.last_day) + 1
