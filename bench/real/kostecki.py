"""Eighty-nine people with migraine around a biofeedback programme: yes or no each day."""

from __future__ import annotations

from pathlib import Path

from real.people import MAPPINGS, RealSet, by_mapping

FOLDER = "kostecki_dillon_migraine"


def read(data: Path) -> RealSet:
    people = by_mapping(data / FOLDER, MAPPINGS / "kostecki_dillon.toml")
    return RealSet(FOLDER, "89 people with migraine, mostly under 60 days each", people)
