"""Thirteen women, 14 to 42 days around the start of their periods each."""

from __future__ import annotations

from pathlib import Path

from real.people import EXAMPLES, RealSet, by_mapping

FOLDER = "cpass_pmdd_drsp"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, EXAMPLES / FOLDER / "mapping.toml")
    return RealSet(FOLDER, "13 women, 14 to 42 days around their periods", people)
