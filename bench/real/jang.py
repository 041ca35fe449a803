"""Twenty-eight psychiatric patients, one report each evening, no headache: for tomorrow's mood."""

from __future__ import annotations

from pathlib import Path

from real.people import MAPPINGS, RealSet, by_mapping

FOLDER = "jang2024_panic_mood"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, MAPPINGS / "jang2024.toml")
    return RealSet(
        FOLDER,
        "28 psychiatric patients, mood each evening",
        people,
        no_days="nobody was asked about headache; used for tomorrow's mood above",
    )
