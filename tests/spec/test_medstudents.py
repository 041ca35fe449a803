"""783 real people's PHQ-9 and GAD-7, item by item: totals, open items and item 9 (not shipped)."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from twofold.diary.item9 import Answered, NotAsked
from twofold.errors import RecordError
from twofold.facts.scales import score, score_written
from twofold.facts.score import Score

Places = list[int | None]

PHQ9_BANDS = {"minimal": 241, "mild": 344, "moderate": 140, "moderately severe": 42, "severe": 12, None: 1}  # fmt: skip
"""Of the 779 complete ones and the one who answered nothing."""

OPEN = {(1, True): 3, (9, False): 1}
"""How many items were open, and whether the total was estimated."""

ITEM_9 = {Answered(0): 713, Answered(1): 53, Answered(2): 12, Answered(3): 4, NotAsked(): 1}

SOMATIC_NOTES = 16

GAD7_BANDS = {"minimal": 284, "mild": 302, "moderate": 124, "severe": 66, None: 6}


@pytest.fixture(scope="module")
def people(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "medstudents_phq9_gad7" / "depression_data.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def places(person: dict[str, str], scale: str, size: int) -> Places:
    cells = (person[f"{scale}{at}"] for at in range(1, size + 1))
    return [int(cell) if cell else None for cell in cells]


def phq9(people: list[dict[str, str]]) -> list[tuple[Places, Score]]:
    filled = [places(one, "phq", 9) for one in people]
    return [(one, score("phq9", one)) for one in filled]


def test_the_file_holds_783_people_and_every_one_is_scored(people: list[dict[str, str]]) -> None:
    assert len(people) == len(phq9(people)) == 783


def test_a_complete_phq9_is_the_plain_sum_in_its_range(people: list[dict[str, str]]) -> None:
    edges = [(4, "minimal"), (9, "mild"), (14, "moderate"), (19, "moderately severe")]
    for answers, found in phq9(people):
        known = [one for one in answers if one is not None]
        if len(known) == 9:
            total = sum(known)
            band = next((name for high, name in edges if total <= high), "severe")
            assert (found.total, found.band, found.is_estimated) == (total, band, False)
            assert found.part("affective").total == sum(known[at] for at in (0, 1, 5, 8))
            assert found.part("somatic").total == sum(known[at] for at in (2, 3, 4, 6, 7))


def test_open_items_are_estimated_only_where_the_rule_allows(people: list[dict[str, str]]) -> None:
    for answers, found in phq9(people):
        known = [one for one in answers if one is not None]
        assert list(found.missing) == [
            str(at) for at, one in enumerate(answers, start=1) if one is None
        ]
        if len(known) < 7 or answers[8] is None:
            assert found.total is None
        elif len(known) < 9:
            mean = Fraction(9 * sum(known), len(known))
            assert found.is_estimated and abs(Fraction(int(found.total or 0)) - mean) <= Fraction(
                1, 2
            )


def test_item_9_leads_to_the_safety_page_for_everyone_who_answered_1_or_more(
    people: list[dict[str, str]],
) -> None:
    for answers, found in phq9(people):
        nine = answers[8]
        assert found.safety is (nine in (1, 2, 3))
        assert found.item9 == (NotAsked() if nine is None else Answered(nine))
        assert found.asks == (("item9",) if nine is None else ())


def test_without_their_answer_to_item_9_nobody_keeps_a_total_or_a_no(
    people: list[dict[str, str]],
) -> None:
    for answers, _ in phq9(people):
        found = score("phq9", [*answers[:8], None])
        assert (found.total, found.item9, found.asks) == (None, NotAsked(), ("item9",))


def test_the_counts_of_the_783(people: list[dict[str, str]]) -> None:
    found = [one for _, one in phq9(people)]
    assert Counter(one.band for one in found if not one.is_estimated) == PHQ9_BANDS
    assert Counter((len(one.missing), one.is_estimated) for one in found if one.missing) == OPEN
    assert Counter(one.item9 for one in found) == ITEM_9
    assert sum(bool(one.notes) for one in found) == SOMATIC_NOTES


def test_the_gad7_of_everyone_is_scored_but_the_one_with_an_answer_of_10(
    people: list[dict[str, str]],
) -> None:
    bands: Counter[str | None] = Counter()
    refused = []
    for person in people:
        answers = places(person, "gad", 7)
        try:
            found = score("gad7", answers)
        except RecordError as error:
            refused.append(str(error))
            continue
        known = [one for one in answers if one is not None]
        assert found.total == (sum(known) if len(known) == 7 else None)
        assert (found.safety, found.item9, found.asks) == (False, NotAsked(), ())
        bands[found.band] += 1
    assert refused == ["gad7, item 5: 10 is not one of its answers. Use 0, 1, 2 or 3."]
    assert bands == GAD7_BANDS


def test_what_is_typed_on_one_line_gives_the_same_for_everyone(
    people: list[dict[str, str]],
) -> None:
    for answers, found in phq9(people):
        written = ",".join("" if one is None else str(one) for one in answers)
        assert score_written("PHQ-9", written) == found
