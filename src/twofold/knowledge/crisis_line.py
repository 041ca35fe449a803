"""Emergency numbers and crisis lines by country, as a table; with a person's word for a country."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Source
from twofold.knowledge.load import Row, rows, tables

ROOM = "crisis_lines"
OTHER = "other"
"""The row for every country that has none of its own."""


@dataclass(frozen=True)
class Line:
    """One place where someone listens.

    Parameters
    ----------
    name : str
        Who answers.
    number : str
        As it is dialled; or an address to look it up.
    how : str
        ``"call"``, ``"call or text"``, ``"look up"`` …
    confidence : {"high", "medium", "low"}
    """

    name: str
    number: str
    how: str
    confidence: str


@dataclass(frozen=True)
class CrisisLines:
    """What one country has; ``emergency`` is empty where no number is known.

    ``verified_on`` is the day on which a person last dialled the numbers, or
    words that nobody has.
    """

    id: str
    country: str
    names: tuple[str, ...]
    emergency: tuple[str, ...]
    lines: tuple[Line, ...]
    verified_on: str
    sources: tuple[Source, ...]


@cache
def crisis_lines() -> dict[str, CrisisLines]:
    """Return the lines of every country by its two-letter code, and those of ``"other"``.

    Raises
    ------
    KnowledgeError
        When a country has no line, or the row for other countries is missing.
    """
    found = {row["id"]: _country(row) for row in rows(ROOM, "country")}
    if OTHER not in found or not all(one.lines for one in found.values()):
        raise KnowledgeError("each country needs a crisis line, and so does any other country.")
    return found


@cache
def line_for_the_young() -> Line:
    """Return what is shown as well where the person is under 18."""
    (row,) = rows(ROOM, "young")
    return _line(row, row["confidence"])


def lines_of(country: str | None) -> CrisisLines:
    """Return the lines of a country by code or name.

    A word that is not known, or no word at all, gets the row for any other
    country: a misspelt country must never hide the way to help.

    >>> lines_of("uk").emergency
    ('999', '112')
    """
    word = " ".join((country or OTHER).casefold().replace(".", "").split())
    return next((one for one in crisis_lines().values() if word in _words(one)), _other())


def _other() -> CrisisLines:
    return crisis_lines()[OTHER]


def _words(one: CrisisLines) -> Iterator[str]:
    return (word.casefold() for word in (one.id, one.country, *one.names))


def _country(row: Row) -> CrisisLines:
    table = tables(ROOM)[row["table"].removeprefix(f"{ROOM}/")]
    return CrisisLines(
        id=row["id"],
        country=row["name"],
        names=tuple(row.get("names", ())),
        emergency=tuple(row["emergency"]),
        lines=tuple(_line(line, row["confidence"]) for line in row["lines"]),
        verified_on=str(row.get("verified_on", table["verified_on"])),
        sources=row["sources"],
    )


def _line(row: Row, confidence: str) -> Line:
    return Line(row["name"], row["number"], row["how"], row.get("confidence", confidence))
