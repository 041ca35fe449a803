"""Sentences that must be said today, as the tables hold them."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.knowledge.claim import Confidence


@dataclass(frozen=True)
class Notice:
    """A sentence that must be said today, with the place it comes from."""

    id: str
    text: str
    source: str
    confidence: Confidence
    checked: str
