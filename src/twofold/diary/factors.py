"""Factors the person names, and free notes."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.errors import RecordError
from twofold.units import Day, When


@dataclass(frozen=True)
class FactorEntry:
    """One factor on one day.

    Parameters
    ----------
    name : str
        The person's name for it.
    level : float
        A count, a rating or a measurement; 1 and 0 for yes and no.
    unit : str, optional
        What ``level`` is measured in.
    claim : str, optional
        Id of the row in ``knowledge/claims`` that says what studies found.
        ``None``: no study is linked, and a low prior is used.
    """

    when: When
    name: str
    level: float
    unit: str | None = None
    claim: str | None = None

    def __post_init__(self) -> None:
        if self.level != self.level or abs(self.level) == float("inf"):
            raise RecordError(f"{self.name} = {self.level} is not a number.")


@dataclass(frozen=True)
class Note:
    """A free note; only looked through for words of self-harm, and never leaves by itself."""

    day: Day
    text: str
