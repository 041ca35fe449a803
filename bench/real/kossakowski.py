"""One person with depression who wrote about six reports a day, August 2012 to January 2013."""

from __future__ import annotations

from pathlib import Path

from real.people import EXAMPLES, RealSet, by_mapping

FOLDER = "kossakowski2017"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, EXAMPLES / FOLDER / "mapping.toml")
    return RealSet(FOLDER, "one person with depression, dose lowered to nothing", people)
