"""A figure about groups of people: told beside a person's own number, and never part of it."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.knowledge.claim import Confidence, Source


@dataclass(frozen=True)
class GroupFigure:
    """What a study of other people found, as one plain sentence.

    Parameters
    ----------
    id : str
        Stable id of the row.
    question : str
        The question beside whose answer it stands, such as ``"burden"``.
    usual : (int, int)
        Told to a person whose usual count of headache days in 28 lies between
        these, both included.
    sentence : str
        What the person reads.
    sources : tuple of Source
    confidence : {"high", "medium", "low"}
    checked : str
        ISO date of the last check against the source.
    """

    id: str
    question: str
    usual: tuple[int, int]
    sentence: str
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
