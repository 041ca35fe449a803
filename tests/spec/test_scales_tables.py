"""The tables of questionnaires: numbers, codes and licences, typed here once more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from twofold.errors import KnowledgeError
from twofold.facts.answers import Answers
from twofold.knowledge.condition import condition
from twofold.knowledge.field import fields
from twofold.knowledge.load import rows, tables, wording
from twofold.knowledge.scale import Band, Item, Line, check_scale, scales

ALL = scales()

SHEET = {
    # id: (scored items, answers of the first item, ends of the total, better)
    "phq9": (9, (0, 3), (0, 27), "low"),
    "phq2": (2, (0, 3), (0, 6), "low"),
    "gad7": (7, (0, 3), (0, 21), "low"),
    "gad2": (2, (0, 3), (0, 6), "low"),
    "phq4": (4, (0, 3), (0, 12), "low"),
    "midas": (5, (0, 92), (0, 276), "low"),
    "hit6": (6, (6, 13), (36, 78), "low"),
    "msq": (14, (1, 6), (None, None), "high"),
    "msq_rr": (7, (1, 6), (0, 100), "high"),
    "msq_rp": (4, (1, 6), (0, 100), "high"),
    "msq_ef": (3, (1, 6), (0, 100), "high"),
    "mibs4": (4, (0, 3), (0, 12), "low"),
    "asc12": (12, (0, 2), (0, 24), "low"),
    "isi": (7, (0, 4), (0, 28), "low"),
    "pss10": (10, (0, 4), (0, 40), "low"),
    "pss4": (4, (0, 4), (0, 16), "low"),
    "who5": (5, (0, 5), (0, 100), "high"),
    "mdi": (12, (0, 5), (0, 50), "low"),
    "cssrs": (7, (0, 1), (None, None), "low"),
    "idmigraine": (3, (0, 1), (0, 3), "low"),
    "cesd": (0, None, (0, None), "low"),
    "hads": (0, None, (0, None), "low"),
    "bdi2": (0, None, (0, None), "low"),
}

BANDS = {
    "phq9": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "moderately severe": (15, 19), "severe": (20, 27)},
    "gad7": {"minimal": (0, 4), "mild": (5, 9), "moderate": (10, 14), "severe": (15, 21)},
    "midas": {"grade I": (0, 5), "grade II": (6, 10), "grade III": (11, 20), "grade IV": (21, 276)},
    "hit6": {"little or none": (36, 49), "some": (50, 55), "substantial": (56, 59), "severe": (60, 78)},
    "mibs4": {"none": (0, 0), "mild": (1, 2), "moderate": (3, 4), "severe": (5, 12)},
    "asc12": {"none": (0, 2), "mild": (3, 5), "moderate": (6, 8), "severe": (9, 24)},
    "isi": {"none": (0, 7), "subthreshold": (8, 14), "moderate": (15, 21), "severe": (22, 28)},
    "who5": {"low": (0, 50), "not low": (51, 100)},
    "mdi": {"none or doubtful": (0, 20), "mild": (21, 25), "moderate": (26, 30), "severe": (31, 50)},
    "idmigraine": {"negative": (0, 1), "positive": (2, 3)},
}  # fmt: skip

MAY_SHOW = {"phq9", "phq2", "phq4", "gad7", "gad2", "cesd"}
"""Only these may show their questions. The CES-D may, but its text was not checked, so it has none."""

CODES = {
    "phq9": ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8", "69722-7"],
    "phq2": ["44250-9", "44255-8"],
    "gad7": ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"],
    "gad2": ["69725-0", "68509-9"],
    "phq4": ["44250-9", "44255-8", "69725-0", "68509-9"],
    "cssrs": ["93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"],
}  # fmt: skip

TOTAL_CODES = {
    "phq9": ("44249-1", "44261-6"),
    "phq2": ("55757-9", "55758-7"),
    "gad7": ("69737-5", "70274-6"),
}

NOT_VERIFIED = ("93373-9", "LA33-6", "93374-7", "LA9194-7")

LINES = {
    "phq9.meaningful": ("meaningful", (5, 5), None, None),
    "phq9.noticed": ("noticed", None, 20, None),
    "phq9.response": ("response", None, 50, None),
    "phq9.remission": ("remission", None, None, 5),
    "gad7.meaningful": ("meaningful", (4, 4), None, None),
    "gad7.noticed": ("noticed", None, 26.8, None),
    "midas.meaningful": ("meaningful", (4.5, 4.5), None, None),
    "midas.trial_11": ("response", (5, 5), None, None),
    "midas.trial_21": ("response", None, 30, None),
    "hit6.meaningful": ("meaningful", (2.5, 6), None, None),
    "hit6.chronic": ("response", (6, 6), None, None),
    "msq_rr.meaningful": ("meaningful", (5.0, 5.0), None, None),
    "msq_rp.meaningful": ("meaningful", (5.0, 7.9), None, None),
    "msq_ef.meaningful": ("meaningful", (8.0, 10.6), None, None),
    "isi.meaningful": ("meaningful", (6, 6), None, None),
    "isi.response": ("response", (8, 8), None, None),
    "isi.remission": ("remission", None, None, 8),
    "who5.meaningful": ("meaningful", (10, 10), None, None),
}

GROUP_LINES = {
    "hit6.group": 1.5,
    "hit6.chronic_group": 2.3,
    "msq_rr.group": 3.2,
    "msq_rp.group": 4.6,
    "msq_ef.group": 7.5,
}

CUTS = {
    "phq9.screen": ("general", 10, None),
    "phq9.migraine_7": ("migraine", 7, None),
    "phq9.migraine_10": ("migraine", 10, None),
    "phq2.screen": ("general", 3, None),
    "phq2.sensitive": ("general", 2, None),
    "phq2.migraine_2": ("migraine", 2, None),
    "gad7.screen": ("general", 10, None),
    "gad7.migraine_5": ("migraine", 5, None),
    "gad2.screen": ("general", 3, None),
    "gad2.migraine_1": ("migraine", 1, None),
    "hads.migraine_8": ("migraine", 8, None),
    "midas.IV-A": ("chronic migraine", 21, 40),
    "midas.IV-B": ("chronic migraine", 41, None),
    "who5.50": ("general", None, 50),
    "who5.28": ("general", None, 28),
}


def test_every_scale_is_there_and_no_other() -> None:
    assert set(ALL) == set(SHEET)


@pytest.mark.parametrize("name", sorted(SHEET))
def test_items_answers_and_totals_are_those_of_the_scale(name: str) -> None:
    scale = ALL[name]
    size, answers, ends, better = SHEET[name]
    assert len(scale.scored) == size
    if answers:
        assert (scale.scored[0].low, scale.scored[0].high) == answers
    assert (scale.low, scale.high) == ends
    assert scale.better == better


@pytest.mark.parametrize("name", sorted(SHEET))
def test_the_ranges_are_those_of_the_scale_and_a_scale_without_valid_ranges_has_none(
    name: str,
) -> None:
    found = {band.name: (band.low, band.high) for band in ALL[name].bands}
    assert found == BANDS.get(name, {})


@pytest.mark.parametrize("name", sorted(SHEET))
def test_questions_are_shown_only_where_the_licence_lets_them(name: str) -> None:
    scale = ALL[name]
    assert scale.licence.may_show_items is (name in MAY_SHOW)
    shown = [item for item in scale.items if item.text or item.answers]
    assert (len(shown) == len(scale.items)) if name in MAY_SHOW else not shown
    assert bool(scale.stem) is (name in MAY_SHOW - {"cesd"})


@pytest.mark.parametrize("name", sorted(SHEET))
def test_only_verified_codes_are_shipped(name: str) -> None:
    scale = ALL[name]
    assert [item.code for item in scale.items if item.code] == CODES.get(name, [])
    assert (scale.panel, scale.code) == TOTAL_CODES.get(name, ("", ""))
    assert not any(code in str(tables("scales")) for code in NOT_VERIFIED)


def test_the_answers_of_the_phq9_and_their_codes() -> None:
    usual = [(0, "Not at all", "LA6568-5"), (1, "Several days", "LA6569-3"), (2, "More than half the days", "LA6570-1"), (3, "Nearly every day", "LA6571-9")]  # fmt: skip
    hard = [(0, "Not difficult at all", "LA6572-7"), (1, "Somewhat difficult", "LA6573-5"), (2, "Very difficult", "LA6575-0"), (3, "Extremely difficult", "LA6574-3")]  # fmt: skip
    for name in ("phq9", "gad7"):
        for item in ALL[name].scored:
            assert [(one.value, one.text, one.code) for one in item.answers] == usual
    item10 = ALL["phq9"].item("10")
    assert [(one.value, one.text, one.code) for one in item10.answers] == hard
    assert not item10.is_scored


def test_the_short_forms_ask_the_very_items_of_the_long_ones() -> None:
    phq9, gad7 = ALL["phq9"].items, ALL["gad7"].items
    wanted = {
        "phq2": [phq9[0], phq9[1]],
        "gad2": [gad7[0], gad7[1]],
        "phq4": [phq9[0], phq9[1], gad7[0], gad7[1]],
    }
    for name, items in wanted.items():
        assert [one.text for one in ALL[name].items] == [one.text for one in items]


def test_only_item_9_of_the_phq9_is_the_suicide_question_and_it_is_never_filled_in() -> None:
    found = [(name, item.id) for name, one in ALL.items() for item in one.items if item.is_item9]
    assert found == [("phq9", "9")]
    assert "better off dead" in ALL["phq9"].item("9").text
    missing = ALL["phq9"].missing
    assert missing is not None and (missing.at_most, missing.never) == (2, ("9",))
    assert [name for name, one in ALL.items() if one.missing] == ["phq9"]


def test_which_answers_lead_to_the_safety_page() -> None:
    found = {
        (name, item.id): item.safety_from
        for name, one in ALL.items()
        for item in one.items
        if item.safety_from is not None
    }
    screener = {("cssrs", one): 1 for one in ("1", "2", "3", "4", "5", "6", "6a")}
    assert found == {("phq9", "9"): 1, ("mdi", "6"): 1} | screener


def test_which_items_count_the_other_way() -> None:
    found = {name: [item.id for item in one.items if item.is_reversed] for name, one in ALL.items()}
    assert {name: ids for name, ids in found.items() if ids} == {
        "pss10": ["4", "5", "7", "8"],
        "pss4": ["2", "3"],
    }


def test_the_parts() -> None:
    found = {part.id: part.items for scale in ALL.values() for part in scale.parts}
    assert found == {
        "phq9.affective": ("1", "2", "6", "9"),
        "phq9.somatic": ("3", "4", "5", "7", "8"),
        "phq4.phq2": ("1", "2"),
        "phq4.gad2": ("3", "4"),
        "msq.rr": tuple("1234567"),
        "msq.rp": ("8", "9", "10", "11"),
        "msq.ef": ("12", "13", "14"),
    }


def test_the_lines_of_change() -> None:
    lines = [line for scale in ALL.values() for line in scale.lines]
    own = [line for line in lines if line.audience == "person"]
    assert {line.id: (line.kind, line.points, line.percent, line.below) for line in own} == LINES
    groups = [line for line in lines if line.audience == "group"]
    assert {line.id: line.points for line in groups} == {
        name: (points, points) for name, points in GROUP_LINES.items()
    }


def test_the_screening_lines_and_the_people_they_were_measured_in() -> None:
    found = {cut.id: cut for scale in ALL.values() for cut in scale.cuts}
    assert {name: (cut.among, cut.low, cut.high) for name, cut in found.items()} == {
        name: (
            among,
            float("-inf") if low is None else low,
            float("inf") if high is None else high,
        )
        for name, (among, low, high) in CUTS.items()
    }
    assert {name: cut.then for name, cut in found.items() if cut.then} == {
        "phq2.screen": "phq9",
        "who5.50": "phq9",
    }


def test_ids_are_never_shared_between_ranges_lines_and_notes() -> None:
    found = [
        one.id
        for scale in ALL.values()
        for kind in (scale.bands, scale.parts, scale.cuts, scale.lines, scale.notes, scale.checks)
        for one in kind  # type: ignore[attr-defined]
    ]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "kind", ["scale", "licence", "item", "missing", "bands", "part", "check", "cut", "line", "note"]
)
def test_every_row_has_a_source_or_says_that_none_was_found(kind: str) -> None:
    for row in rows("scales", kind):
        assert row["confidence"] in ("high", "medium", "low")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["checked"])
        assert row["reviewed"] == "not clinically reviewed yet"
        for source in row["sources"]:
            assert source.title and source.link


def test_every_note_is_a_condition_over_fields() -> None:
    for scale in ALL.values():
        for note in scale.notes:
            assert condition(note.when).holds(Answers.of()) is None


def test_every_total_that_a_case_may_give_has_the_ends_of_its_scale() -> None:
    for name, scale in ALL.items():
        if scale.has_total:
            assert (fields()[name].low, fields()[name].high) == (scale.low, scale.high)
    parts = {f"phq9_{part.name}": (part.low, part.high) for part in ALL["phq9"].parts}
    assert parts == {name: (fields()[name].low, fields()[name].high) for name in parts}


def test_item_9_of_a_case_is_asked_in_the_words_of_the_scale() -> None:
    nine, ten = ALL["phq9"].item("9"), ALL["phq9"].item("10")
    question = fields()["item9"].question.casefold()
    assert nine.text.casefold() in question and "over the last 2 weeks" in question
    assert fields()["item10"].question == ten.text
    assert len(fields()["item10"].choices) == len(ten.answers)


def test_every_way_a_line_can_be_told_has_its_words() -> None:
    kinds = {line.kind for scale in ALL.values() for line in scale.lines}
    words = wording("scales")
    assert all(f"{kind}_{out}" in words for kind in kinds for out in ("yes", "no", "open"))


# --- a slip of a digit must not pass


def slip(name: str, **changed: object) -> str:
    """Give what a table says of a scale that was changed."""
    with pytest.raises(KnowledgeError) as error:
        check_scale(replace(ALL[name], **changed))  # type: ignore[arg-type]
    return str(error.value)


def test_every_table_as_it_stands_is_sound() -> None:
    for scale in ALL.values():
        check_scale(scale)


def test_a_total_that_the_items_cannot_give_is_refused() -> None:
    assert "has a total that its items (0 to 27) cannot give" in slip("phq9", high=28)


def test_ranges_with_a_gap_an_overlap_or_no_end_are_refused() -> None:
    bands = ALL["phq9"].bands
    gap = (replace(bands[0], high=3), *bands[1:])
    late = (replace(bands[0], low=1), *bands[1:])
    assert "gap" in slip("phq9", bands=gap) and "gap" in slip("phq9", bands=late)
    assert "end too soon" in slip("phq9", bands=bands[:-1])


def test_a_scale_that_would_fill_in_the_suicide_question_is_refused() -> None:
    assert "would fill in the suicide question" in slip("phq9", missing=None)
    loose = replace(ALL["phq9"].missing, never=())  # type: ignore[type-var]
    assert "would fill in the suicide question" in slip("phq9", missing=loose)


def test_text_without_a_licence_is_refused() -> None:
    shown = (replace(ALL["isi"].items[0], text="A question"), *ALL["isi"].items[1:])
    assert "shows text without a licence" in slip("isi", items=shown)


@pytest.mark.parametrize(("values", "told"), [((), "has no answers"), ((1, 0), "out of order")])
def test_items_without_answers_in_order_are_refused(values: tuple[int, ...], told: str) -> None:
    items: list[Item] = list(ALL["isi"].items)
    items[0] = replace(items[0], values=values)
    assert told in slip("isi", items=tuple(items))


def test_a_part_of_items_that_are_not_there_or_cannot_add_up_is_refused() -> None:
    part = ALL["phq9"].parts[0]
    assert "does not have" in slip("phq9", parts=(replace(part, items=("1", "12")),))
    assert "cannot give" in slip("phq9", parts=(replace(part, high=13),))


def test_a_line_needs_one_measure_that_fits_its_scale() -> None:
    line: Line = ALL["who5"].lines[0]
    assert "needs one of" in slip("who5", lines=(replace(line, points=None),))
    assert "needs one of" in slip("who5", lines=(replace(line, percent=10),))
    below = replace(line, points=None, below=5)
    assert "says below" in slip("who5", lines=(below,))


def test_a_band_knows_its_words() -> None:
    grade: Band = ALL["midas"].bands[2]
    assert (grade.id, grade.name, grade.label) == ("midas.grade_III", "grade III", "moderate")
