"""Medicines as the books list them: families of acute medicines, and preventives by name."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.knowledge.claim import Confidence, Source


@dataclass(frozen=True)
class Family:
    """A family of acute medicines whose days are counted together.

    ``level_days``: the day counts in 30 days from which overuse headache
    becomes more likely; several when the diary's word does not say which applies.
    """

    id: str
    label: str
    level_days: tuple[int, ...]
    code: str
    names: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str


@dataclass(frozen=True)
class Medicine:
    """A medicine taken over time, known by any of ``names``."""

    id: str
    label: str
    group: str
    is_antidepressant: bool
    names: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str


@dataclass(frozen=True)
class Notice:
    """A sentence that must be said today, with the place it comes from."""

    id: str
    text: str
    source: str
    confidence: Confidence
    checked: str
