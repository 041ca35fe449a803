"""The day's rhythm as the person wrote it: sleep, energy, stress, cycle."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.errors import RecordError
from twofold.units import Day, Hours, Span


@dataclass(frozen=True)
class Sleep:
    """The night that ended on ``day``. ``None`` = not recorded."""

    day: Day
    duration: Hours | None = None
    quality: float | None = None
    quality_span: Span | None = None
    efficiency: float | None = None

    def __post_init__(self) -> None:
        if self.duration is not None and not 0 <= self.duration <= 24:
            raise RecordError(f"a night cannot last {self.duration} hours.")
        if self.quality is not None:
            if self.quality_span is None:
                raise RecordError("sleep quality needs the ends of its scale.")
            if not self.quality_span.holds(self.quality):
                raise RecordError(f"sleep quality {self.quality} lies outside its scale.")
        if self.efficiency is not None and not 0 <= self.efficiency <= 100:
            raise RecordError(f"sleep efficiency runs from 0 to 100, not {self.efficiency}.")


@dataclass(frozen=True)
class DayRating:
    """Energy or stress of one day, on its own scale; higher means more of it."""

    day: Day
    level: float
    span: Span

    def __post_init__(self) -> None:
        if not self.span.holds(self.level):
            raise RecordError(f"{self.level} lies outside {self.span.low} to {self.span.high}.")


@dataclass(frozen=True)
class CycleDay:
    """One day's place in the menstrual cycle.

    Parameters
    ----------
    bleeding : bool, optional
        Whether there was menstrual bleeding. ``None``: not recorded.
    day_from_onset : int, optional
        1 = first day of bleeding, −1 = the day before it; there is no day 0
        (the count of the menstrual-migraine literature).
    cycle : int, optional
        The cycle's own number, when the source numbers them.
    """

    day: Day
    bleeding: bool | None = None
    day_from_onset: int | None = None
    cycle: int | None = None

    def __post_init__(self) -> None:
        if self.day_from_onset == 0:
            raise RecordError("cycle days have no day 0: day −1 is followed by day 1.")
