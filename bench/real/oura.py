"""One adult's migraine tags and ring scores; a day without a tag is taken as free, an assumption."""

from __future__ import annotations

from pathlib import Path

from real.people import EXAMPLES, RealSet, by_mapping

FOLDER = "oura_migraine_n1"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, EXAMPLES / FOLDER / "silence-means-none.toml")
    return RealSet(FOLDER, "one adult's migraine tags; an untagged day is taken as free", people)
