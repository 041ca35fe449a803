"""Mood as the person wrote it: notes of the moment, and questionnaire answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from twofold.errors import RecordError
from twofold.units import Span, When

Better = Literal["high", "low"]


@dataclass(frozen=True)
class MoodNote:
    """One answer to one mood item; several a day are allowed.

    Parameters
    ----------
    when : When
        When it was written.
    item : str
        The item's short name in this diary (``"down"``, ``"cheerful"``).
    level : float
        The answer, on ``span``.
    better : {"high", "low"}
        Which end of the scale feels better.
    """

    when: When
    item: str
    level: float
    span: Span
    better: Better

    def __post_init__(self) -> None:
        if not self.span.holds(self.level):
            raise RecordError(
                f"{self.item} = {self.level} lies outside {self.span.low} to {self.span.high}."
            )


@dataclass(frozen=True)
class ScaleAnswer:
    """A questionnaire, answered once.

    ``items`` maps an item id to its answer, ``None`` = left open. ``total`` is
    an imported sum when the items themselves were not given.
    """

    when: When
    scale: str
    items: dict[str, int | None] = field(default_factory=dict)
    total: float | None = None
