"""Diaries that are not shipped, read with a mapping each and counted again from the raw files."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from twofold.intake.read import read

MAPPINGS = Path(__file__).resolve().parent.parent / "cases" / "mappings"


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_a_zero_that_means_not_asked_is_not_recorded_and_a_zero_that_means_none_is(shared_data):
    folder = shared_data / "jang2024_panic_mood"
    reading = read(folder, MAPPINGS / "jang2024.toml")
    rows = _rows(folder / "0017_jang_ts.tsv", "\t")
    answers = Counter(a.scale for d in reading.diaries for a in d.scale_answers)
    assert answers == {
        "phq9": sum(row["phq_9"] != "0" for row in rows),
        "gad7": sum(row["gad_7"] != "0" for row in rows),
    }
    assert sum(len(d.sleep) for d in reading.diaries) == sum(
        r["sleep_duration"] != "0" for r in rows
    )
    coffee = [f.level for d in reading.diaries for f in d.factors if f.name == "coffee"]
    assert (coffee.count(0), coffee.count(1)) == (2532, 588)
    assert len(reading.diaries) == len({row["id"] for row in rows}) == 28
    assert reading.unread == ()


def test_yes_and_no_become_attacks_and_free_days_of_89_people(shared_data):
    folder = shared_data / "kostecki_dillon_migraine"
    reading = read(folder, MAPPINGS / "kostecki_dillon.toml")
    said = Counter(row["headache"] for row in _rows(folder / "KosteckiDillon.csv"))
    assert sum(len(d.attacks) for d in reading.diaries) == said["yes"] == 1849
    assert sum(len(d.free_days) for d in reading.diaries) == said["no"] == 1035
    assert len(reading.diaries) == 89
    assert not any(d.is_dated for d in reading.diaries)
    assert reading.unread == ()
