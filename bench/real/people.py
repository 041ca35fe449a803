"""What every set gives: its people, each with a day table, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twofold import read
from twofold.daytable import DayTable
from twofold.facts.facts import gather

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
MAPPINGS = ROOT / "tests" / "cases" / "mappings"


@dataclass(frozen=True)
class Person:
    """One person of a set: the set's own number, and the days."""

    name: str
    table: DayTable


@dataclass(frozen=True)
class RealSet:
    """One set of real diaries.

    Parameters
    ----------
    folder : str
        Its folder in ``../shared/data``.
    told : str
        Who wrote it, in a few words.
    people : tuple of Person
        Empty where the set holds no days in order.
    no_days : str
        Why there is nothing to forecast, where that is so.
    """

    folder: str
    told: str
    people: tuple[Person, ...] = ()
    no_days: str = ""


def by_mapping(data: Path, mapping: Path) -> tuple[Person, ...]:
    """Read a folder or file with its mapping, as anyone would, and keep the day tables."""
    diaries = read(str(data), str(mapping)).diaries
    return tuple(Person(diary.person, gather(diary).table) for diary in diaries)
