"""Headache as the person wrote it: attacks, momentary ratings, attested free days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twofold.errors import RecordError
from twofold.units import Day, Hours, Pain, Span, When, days_between

Side = Literal["left", "right", "both", "shifting"]
Quality = Literal["pulsating", "pressing", "stabbing", "burning", "other"]
Kind = Literal["headache", "migraine"]


@dataclass(frozen=True)
class PainRating:
    """How strong the pain was at one moment of an attack (0–10)."""

    when: When
    pain: Pain

    def __post_init__(self) -> None:
        _check_pain(self.pain)


@dataclass(frozen=True)
class Aura:
    """An aura's features; ``None`` = not asked or not answered."""

    visual: bool | None = None
    sensory: bool | None = None
    speech: bool | None = None
    motor: bool | None = None
    brainstem: bool | None = None
    retinal: bool | None = None
    spreads_gradually: bool | None = None
    one_sided: bool | None = None
    positive: bool | None = None
    duration: Hours | None = None
    headache_follows_within: Hours | None = None

    def __post_init__(self) -> None:
        for length in (self.duration, self.headache_follows_within):
            if length is not None and not length >= 0:
                raise RecordError(f"an aura cannot last {length} hours.")


@dataclass(frozen=True)
class Symptoms:
    """What came with the headache; ``None`` = not asked or not answered."""

    nausea: bool | None = None
    vomiting: bool | None = None
    photophobia: bool | None = None
    phonophobia: bool | None = None
    osmophobia: bool | None = None
    worse_with_activity: bool | None = None


@dataclass(frozen=True)
class Attack:
    """One episode, from the first sign to recovery; it may span days.

    Parameters
    ----------
    onset : When
        When the headache (or, without headache, the aura) began.
    end : When, optional
        When it was over. ``None`` with ``is_running`` true: still going on, or
        nobody said more; with ``is_running`` false: over, and nobody knows when.
        ``None`` otherwise: not recorded.
    is_running : bool, optional
        Whether the attack was still going on when last written about.
    kind : {"headache", "migraine"}, optional
        What the person called it; not a classification.
    pain : tuple of PainRating
        Intensity over time, 0–10. Empty: not recorded.
    still : tuple of When
        Moments of which the person said that it was still there.
    premonitory, postdrome : tuple of str, optional
        Signs before and after, in the person's words. ``None``: not asked;
        an empty tuple: asked, none.
    disability : int, optional
        0 none, 1 slowed down, 2 had to stop, 3 in bed.

    Raises
    ------
    RecordError
        When it ends before it starts, or is running and over at once.
    """

    onset: When
    end: When | None = None
    is_running: bool | None = None
    kind: Kind | None = None
    pain: tuple[PainRating, ...] = ()
    side: Side | None = None
    quality: Quality | None = None
    symptoms: Symptoms = Symptoms()
    aura: Aura | None = None
    premonitory: tuple[str, ...] | None = None
    postdrome: tuple[str, ...] | None = None
    disability: int | None = None
    note: str | None = None
    still: tuple[When, ...] = ()

    def __post_init__(self) -> None:
        if self.end is not None:
            self._check_end(self.end)
        if self.disability is not None and self.disability not in (0, 1, 2, 3):
            raise RecordError(f"disability is 0 to 3, not {self.disability}.")

    def _check_end(self, end: When) -> None:
        if self.is_running:
            raise RecordError("an attack cannot be both running and over.")
        days = days_between(self.onset.day, end.day)
        if days < 0 or (days == 0 and _is_earlier(end, self.onset)):
            raise RecordError("the attack ends before it starts.", remedy="Check the two times.")


@dataclass(frozen=True)
class HeadacheRating:
    """A headache item answered at one moment or for one day, on its own scale.

    Whether the day counts as a headache day is decided by the diary's stated
    rule, in ``facts``; the rating itself is kept as it was given.
    """

    when: When
    level: float
    span: Span

    def __post_init__(self) -> None:
        if not self.span.holds(self.level):
            raise RecordError(
                f"a headache rating of {self.level} lies outside "
                f"{self.span.low} to {self.span.high}."
            )


@dataclass(frozen=True)
class FreeDay:
    """A day of which the person said: no headache."""

    day: Day


def _check_pain(pain: float) -> None:
    if not 0 <= pain <= 10:
        raise RecordError(f"pain runs from 0 to 10, not {pain}.")


def _is_earlier(one: When, other: When) -> bool:
    if one.time is None or other.time is None:
        return False
    return _wall_minutes(one) < _wall_minutes(other)


def _wall_minutes(when: When) -> float:
    assert when.time is not None
    minutes = when.time.hour * 60 + when.time.minute + when.time.second / 60
    return minutes - (when.offset_minutes or 0)
