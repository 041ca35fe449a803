"""Medicines as the person wrote them: single doses, and courses over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twofold.errors import RecordError
from twofold.units import Day, Quantity, When, days_between

Purpose = Literal["acute", "preventive"]


@dataclass(frozen=True)
class Dose:
    """One taking of a medicine.

    ``family`` is the person's own word for an unnamed acute medicine
    (``"painkiller"``); names are matched to families in ``facts``.
    """

    when: When
    name: str
    purpose: Purpose | None = None
    amount: Quantity | None = None
    count: float | None = None
    relief: float | None = None

    def __post_init__(self) -> None:
        if self.count is not None and not self.count > 0:
            raise RecordError(f"a dose of {self.count} pieces is not a dose.")


@dataclass(frozen=True)
class DoseChange:
    """From this day on, so much a day."""

    day: Day
    daily: Quantity


@dataclass(frozen=True)
class Course:
    """One prescription or treatment over time.

    Parameters
    ----------
    name : str
        As the person calls it.
    start : date or int
        First day. When the diary begins inside the course, the first day of
        the diary and ``started_earlier`` true.
    end : date or int, optional
        Last day. ``None``: not ended, or not recorded.
    changes : tuple of DoseChange
        Daily amounts, first at ``start``, in order of time.
    """

    name: str
    start: Day
    end: Day | None = None
    purpose: Purpose | None = "preventive"
    changes: tuple[DoseChange, ...] = ()
    started_earlier: bool | None = None

    def __post_init__(self) -> None:
        if self.end is not None and days_between(self.start, self.end) < 0:
            raise RecordError(f"the course of {self.name} ends before it starts.")
        days = [change.day for change in self.changes]
        if any(days_between(a, b) <= 0 for a, b in zip(days, days[1:], strict=False)):
            raise RecordError(f"the dose changes of {self.name} are not in order of time.")
