"""One person's evening headache entries, with the weather of the place."""

from __future__ import annotations

from pathlib import Path

from real.people import EXAMPLES, RealSet, by_mapping

FOLDER = "headache_weather_n1"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, EXAMPLES / FOLDER / "with-weather.toml")
    return RealSet(FOLDER, "one person's evening entries, with the weather", people)
