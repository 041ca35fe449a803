"""1,087 real headaches with the ICHD-3 label that their study gave them: where we differ, and by which criterion.

The study (Park 2016, PLoS ONE 11:e0149577) recorded what people answered, how it
read each answer as an item of the criteria, and the label. We classify what
people answered. Wherever the label differs, putting the study's reading of one
named item in the place of ours must give the study's label: nothing else differs.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from twofold.diary.case import Value
from twofold.facts.answers import Answers
from twofold.facts.criteria import Told, judge_part
from twofold.facts.following import following
from twofold.knowledge.criterion import patterns

Row = dict[str, str]
LABELS = {"2": "migraine", "1": "probable", "0": "neither"}
PAIN = {"weakness": "mild", "middle": "moderate", "Severe": "severe", "unknown": None}
ROOT = Path(__file__).resolve().parents[2]


@cache
def headaches(data: Path) -> tuple[Row, ...]:
    path = data / "shd_park2016_undated" / "totalDiary4578Filtered.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(row for row in csv.DictReader(file) if row["headache_day"] == "1")


def said(row: Row, name: str) -> bool:
    return row[name] == "1"


def answers_of(row: Row) -> dict[str, Value | None]:
    """Return what the person answered, as we read it."""
    nausea = said(row, "ICHD_3_D_1_symptoms_nausea_vomiting")
    return {
        "age": int(row["age"]),
        "headache": True,
        "duration_h": float(row["duration_min"]) / 60,
        "side": side_of(row),
        "quality": quality_of(row),
        "intensity": PAIN[row["pain_degree"]],
        "aggravated": said(row, "ICHD_3_C_4_pain_in_movement"),
        "nausea": nausea,
        "vomiting": None if nausea else False,
        "photophobia": said(row, "symptoms_sensitive_light"),
        "phonophobia": said(row, "symtoms_sensitive_sounds"),
    }


def side_of(row: Row) -> str | None:
    left, right = said(row, "pain_area_left_head"), said(row, "pain_area_right_head")
    if (left and right) or said(row, "pain_area_full"):
        return "bilateral"
    return "unilateral" if left or right else None


def quality_of(row: Row) -> str | None:
    """Return the kind of pain; where several were named, throbbing comes first."""
    named = {
        "pulsating": ("pain_shape_throbbing",),
        "pressing": ("pain_shape_tightening", "pain_shape_heavy"),
        "stabbing": ("pain_shape_tingling",),
    }
    return next((word for word, names in named.items() if any(said(row, n) for n in names)), None)


def as_the_study_read(row: Row) -> dict[str, dict[str, Value | None]]:
    """Return, item by item, how the study read an answer; each replaces our reading."""
    is_long = said(row, "ICHD_3_B_duration_criteria")
    one_sided = said(row, "ICHD_3_C_1_pain_area_unilateral")
    pulsating = said(row, "ICHD_3_C_2_pain_shape_pulsatile")
    strong = said(row, "ICHD_3_C_3_pain_intensity")
    hours = float(row["duration_min"]) / 60
    return {
        "length (B)": {"duration_h": max(hours, 4.0) if is_long else min(hours, 3.99)},
        "side (C)": {"side": "unilateral" if one_sided else "bilateral"},
        "kind of pain (C)": {"quality": "pulsating" if pulsating else "other"},
        "strength (C)": {"intensity": "moderate" if strong else "mild"},
    }


@cache
def _label(items: tuple[tuple[str, Value | None], ...]) -> str:
    told, pattern = Told(following(Answers.of(dict(items)))), patterns()["1.1"]
    parts = [part for part in pattern.parts if part.per_attack]
    verdicts = [judge_part(part, pattern, told, {}).verdict for part in parts]
    missing, is_open = verdicts.count("not met"), "unknown" in verdicts
    if missing >= 2:
        return "neither"
    return "open" if is_open else "probable" if missing else "migraine"


def label(answers: dict[str, Any]) -> str:
    """Return what B, C and D of 1.1 say; the number of attacks was not recorded."""
    return _label(tuple(answers.items()))


def why(row: Row) -> tuple[str, ...]:
    """Return the fewest items whose reading by the study gives the study's label."""
    ours, theirs, wanted = (
        answers_of(row),
        as_the_study_read(row),
        LABELS[row["ICHD_3_migraine_classes"]],
    )
    for item, read in theirs.items():
        if label(ours | read) == wanted:
            return (item,)
    for one, first in theirs.items():
        for other, second in theirs.items():
            if one < other and label(ours | first | second) == wanted:
                return (one, other)
    return ("not explained",)


@cache
def compared(data: Path) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, ...]]]:
    table = Counter[tuple[str, str]]()
    reasons = Counter[tuple[str, ...]]()
    for row in headaches(data):
        theirs, ours = LABELS[row["ICHD_3_migraine_classes"]], label(answers_of(row))
        table[theirs, ours] += 1
        if theirs != ours:
            reasons[why(row)] += 1
    return table, reasons


def test_there_are_1087_headaches_of_63_people(shared_data: Path) -> None:
    rows = headaches(shared_data)
    assert (len(rows), len({row["registration_number"] for row in rows})) == (1087, 63)


def test_with_the_studys_own_reading_of_every_item_every_label_is_the_studys(
    shared_data: Path,
) -> None:
    for row in headaches(shared_data):
        answers = answers_of(row)
        for read in as_the_study_read(row).values():
            answers = answers | read
        assert label(answers) == LABELS[row["ICHD_3_migraine_classes"]]


def test_every_label_that_differs_is_explained_by_a_criterion(shared_data: Path) -> None:
    _, reasons = compared(shared_data)
    assert ("not explained",) not in reasons


def test_the_agreement_is_the_one_in_the_documentation(shared_data: Path) -> None:
    table, reasons = compared(shared_data)
    page = (ROOT / "docs" / "classification.md").read_text(encoding="utf-8")
    assert agreement_table(table) in page
    assert reason_table(reasons) in page


def agreement_table(table: Counter[tuple[str, str]]) -> str:
    """Return the table of labels: the study's down, ours across."""
    ours = ("migraine", "probable", "neither", "open")
    head = (
        "| the study says | "
        + " | ".join(f"we say {one}" for one in ours)
        + " |\n|---|---|---|---|---|\n"
    )
    rows = (
        f"| {theirs} | " + " | ".join(str(table[theirs, one]) for one in ours) + " |"
        for theirs in ("migraine", "probable", "neither")
    )
    return head + "\n".join(rows) + "\n"


def reason_table(reasons: Counter[tuple[str, ...]]) -> str:
    """Return how many labels each reading of an item explains."""
    rows = (f"| {' and '.join(items)} | {count} |" for items, count in sorted(reasons.items()))
    return "| read differently | headaches |\n|---|---|\n" + "\n".join(rows) + "\n"


def test_an_answer_that_was_not_given_is_never_read_as_no(shared_data: Path) -> None:
    """The study read an unknown strength as not strong; here it is open unless the rest decides."""
    unknown = [row for row in headaches(shared_data) if row["pain_degree"] == "unknown"]
    assert len(unknown) == 32
    assert all(not said(row, "ICHD_3_C_3_pain_intensity") for row in unknown)
    for row in unknown:
        ours = answers_of(row)
        strong, mild = label(ours | {"intensity": "severe"}), label(ours | {"intensity": "mild"})
        assert (label(ours) == "open") if strong != mild else (label(ours) in (strong, "open"))
