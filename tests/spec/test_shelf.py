"""A shelf: what people write about their medicines, and what it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.shelf import (
    Shelf,
    has_doubtful_amount,
    hours_between,
    questions,
    shelf,
    suggestions,
    taking,
    together,
)
from twofold.knowledge.medicine import names

WRITTEN = [
    # what the person wrote, what it is, amount in mg, role
    ("sertraline 50", "sertraline", 50, None),
    ("Zoloft 50 mg daily", "sertraline", 50, "regular"),
    ("sumatriptan 50 prn", "sumatriptan", 50, "as_needed"),
    ("rizatriptan 10 taken", "rizatriptan", 10, "taken"),
    ("sumatriptan today", "sumatriptan", None, "taken"),
    ("candesartan 8mg tablets", "candesartan", 8, None),
    ("venlafaxine XR 75 mg", "venlafaxine", 75, None),
    ("Elavil 25 at night", "amitriptyline", 25, "regular"),
    ("paracetamol 1 g", "paracetamol", 1000, None),
    ("paracetamol 1 gram", "paracetamol", 1000, None),
    ("paracetamol 2 grams", "paracetamol", 2000, None),
    ("clonidine 75 mcg", "clonidine", 0.075, None),
    ("clonidine 75 µg", "clonidine", 0.075, None),
    ("clonidine 75 ug", "clonidine", 0.075, None),
    ("sumatriptan 6 mg sc", "sumatriptan", 6, None),
    ("vitamin D 1000 IU", "vitamin_d", None, None),
    ("vitamin B2 400 mg", "riboflavin", 400, None),
    ("St. John’s wort", "st_johns_wort", None, None),
    ("2 x 50 mg sumatriptan", "sumatriptan", None, None),
    ("acetaminophen (paracetamol) 500", "paracetamol", 500, None),
    ("low-dose oral selegiline", "selegiline_low_dose_oral", None, None),
    ("levonorgestrel IUD", "levonorgestrel_iud", None, None),
    ("combined pill", "combined_contraceptive", None, None),
    ("botox", "onabotulinumtoxina", None, None),
    ("blood pressure medicine", "blood_pressure_medicine", None, None),
]


@pytest.mark.parametrize(("words", "id_", "mg", "role"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_a_medicine_is_read_as_people_write_it(
    words: str, id_: str, mg: float | None, role: str | None
) -> None:
    found = taking(words)
    assert found is not None
    assert (found.id, found.dose_mg, found.role) == (id_, mg, role)
    assert found.written == words


@pytest.mark.parametrize(
    ("words", "families"),
    [
        ("codeine/acetaminophen", ("combination",)),
        ("acetaminophen + codeine 500/30", ("combination",)),
        ("aspirin/paracetamol/caffeine", ("combination",)),
        ("butalbital/acetaminophen/caffeine", ("combination",)),
        ("ibuprofen/paracetamol", ("nsaid", "paracetamol")),
        ("sumatriptan and naproxen", ("nsaid", "triptan")),
        ("ergotamine with caffeine", ("ergot",)),
        ("metoclopramide", ()),
        ("rimegepant", ()),
        ("lasmiditan", ("ditan",)),
        ("aspirin 75", ()),
        ("aspirin 75 prn", ("aspirin",)),
        ("aspirin 300", ("aspirin",)),
        ("aspirin 50 twice a day", ()),
        ("painkillers", ("unnamed_painkiller",)),
    ],
)
def test_what_one_product_counts_as_for_overuse(words: str, families: tuple[str, ...]) -> None:
    found = taking(words)
    assert found is not None and found.families == families


def test_the_parts_of_a_product_may_stand_in_any_order() -> None:
    one, other = taking("codeine/acetaminophen"), taking("Paracetamol + codeine")
    assert one is not None and other is not None
    assert (one.id, one.ingredients) == (other.id, other.ingredients)
    assert one.ingredients == ("codeine", "paracetamol")


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("fluoxetine stopped 20 d ago", 20),
        ("fluoxetine 20 stopped 3 weeks ago", 21),
        ("phenelzine stopped 2 months ago", 56),
        ("fluoxetine stopped", None),
    ],
)
def test_a_stopped_medicine_says_how_long_ago_or_that_nobody_knows(
    words: str, days: int | None
) -> None:
    found = taking(words)
    assert found is not None
    assert (found.role, found.stopped_days_ago, found.is_active) == ("stopped", days, False)


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        ("DHE 10:00", "sumatriptan 20:00", 10),
        ("DHE Monday 10:00", "sumatriptan Tuesday 11:00", 25),
        ("DHE Sunday 22:00", "sumatriptan Monday 06:00", 8),
        ("DHE 2025-01-31 10:00", "sumatriptan 2025-02-01 09:30", 23.5),
        ("DHE 10 h ago", "sumatriptan 1 h ago", 9),
        ("DHE Monday 10:00", "sumatriptan 11:00", None),
        ("DHE 10:00", "sumatriptan", None),
        ("DHE 2025-02-30 10:00", "sumatriptan 2025-02-28 09:30", None),
    ],
)
def test_hours_between_two_takings_are_known_only_where_both_times_are(
    one: str, other: str, hours: float | None
) -> None:
    first, second = taking(one), taking(other)
    assert first is not None and second is not None
    assert hours_between(first, second) == hours == hours_between(second, first)


def test_an_unknown_name_is_an_error_with_the_nearest_names_and_never_a_guess() -> None:
    with pytest.raises(RecordError) as error:
        shelf(["sumatripan 50", "sertraline", "sertralin"])
    said = error.value.sentence()
    assert "'sertralin', 'sumatripan 50'" in said
    assert "did you mean sumatriptan?" in said and "did you mean sertraline?" in said
    assert taking("sumatripan 50") is None


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("fluoxetin 20", ("fluoxetine",)),
        ("combined pil", ("combined pill",)),
        ("citalopran", ("citalopram", "escitalopram")),
        ("triptn", ("triptan", "eletriptan")),
    ],
)
def test_what_is_suggested_can_be_written_in_its_place(wrong: str, near: tuple[str, ...]) -> None:
    assert suggestions(wrong) == near
    assert all(taking(name) is not None for name in near)
    with pytest.raises(RecordError) as error:
        shelf([wrong])
    assert f"did you mean {' or '.join(near)}?" in error.value.remedy


@pytest.mark.parametrize(
    ("words", "is_antidepressant"),
    [("Zoloft 50", True), ("SSRI", True), ("antidepressant", True), ("candesartan", False)],
)
def test_an_antidepressant_is_known_by_its_class(words: str, is_antidepressant: bool) -> None:
    found = taking(words)
    assert found is not None and found.is_antidepressant is is_antidepressant


def test_a_taking_is_matched_by_class_or_ingredient_and_by_nothing_else() -> None:
    found = taking("codeine/acetaminophen")
    assert found is not None
    assert found.is_a("opioid") and found.is_a("codeine") and found.is_a("paracetamol")
    assert not found.is_a("triptan") and not found.is_a("caffeine") and not found.needs_name


def test_a_name_like_no_other_gets_a_remedy_and_no_suggestion() -> None:
    assert suggestions("qqqqqq") == ()
    with pytest.raises(RecordError, match="name of the active ingredient"):
        shelf(["qqqqqq"])


def test_who_prescribes_a_medicine_is_kept() -> None:
    both = together(
        shelf(["sertraline 50"], prescriber="psychiatrist"), shelf(["rizatriptan (neurologist)"])
    )
    assert [(one.id, one.prescriber) for one in both.takings] == [
        ("rizatriptan", "neurologist"),
        ("sertraline", "psychiatrist"),
    ]


def test_a_case_fills_the_shelf_from_its_four_lists() -> None:
    answers = Answers.of(
        {
            "current": ("sertraline 50", "topiramate 100 prn"),
            "current_from_psychiatrist": ("lithium",),
            "as_needed": ("sumatriptan 50",),
            "stopped": ("fluoxetine 20 d ago", "paroxetine"),
            "failed": ("propranolol",),
        }
    )
    read = Shelf.of_answers(answers)
    told = [(one.id, one.role, one.stopped_days_ago, one.prescriber) for one in read.takings]
    assert told == [
        ("fluoxetine", "stopped", 20, ""),
        ("lithium", None, None, "psychiatrist"),
        ("paroxetine", "stopped", None, ""),
        ("sertraline", None, None, ""),
        ("sumatriptan", "as_needed", None, ""),
        ("topiramate", "as_needed", None, ""),
    ]
    assert [one.id for one in read.active] == ["lithium", "sertraline", "sumatriptan", "topiramate"]
    assert [one.id for one in read.did_not_help] == ["propranolol"]


def test_an_error_in_a_case_names_the_list() -> None:
    with pytest.raises(RecordError) as error:
        Shelf.of_answers(Answers.of({"failed": ("topiramat",)}))
    assert error.value.where == "failed" and "topiramate" in error.value.remedy


def test_a_case_without_medicines_is_an_empty_shelf() -> None:
    assert Shelf.of_answers(Answers.of()) == Shelf()


@pytest.mark.parametrize(
    ("words", "is_doubtful"),
    [
        ("sertraline 50", False),
        ("sertraline 5000", True),
        ("propranolol 240", False),
        ("propranolol 130 twice a day", True),
        ("sumatriptan 301", True),
        ("metoclopramide 5000", False),  # no amount is known, so none can be doubted
        ("codeine/acetaminophen 5000", False),  # two ingredients: whose amount it is is not known
    ],
)
def test_an_amount_above_everything_known_is_asked_about(words: str, is_doubtful: bool) -> None:
    found = taking(words)
    assert found is not None and has_doubtful_amount(found) is is_doubtful


def test_several_medicines_may_stand_on_one_line_and_none_is_an_empty_shelf() -> None:
    line = shelf(["sertraline 50, sumatriptan 50 prn; pizotifen 1,5 mg"])
    assert [(one.id, one.dose_mg) for one in line.takings] == [
        ("pizotifen", 1.5),
        ("sertraline", 50),
        ("sumatriptan", 50),
    ]
    assert shelf(["none"]) == shelf([]) == Shelf()


def test_a_shelf_asks_about_slips_of_the_pen_and_about_words_that_name_no_medicine() -> None:
    asked = questions(shelf(["sertraline 5000", "blood pressure medicine", "sumatriptan 50"]))
    assert len(asked) == 2
    assert "'sertraline 5000'" in asked[0] and "check the packet" in asked[0]
    assert "'blood pressure medicine'" in asked[1] and "Which one" in asked[1]


KNOWN = st.lists(
    st.tuples(st.sampled_from(sorted(names())), st.sampled_from(["", " 50 mg", " prn", " taken"])),
    max_size=6,
).map(lambda rows: [name + end for name, end in rows])


@given(KNOWN, st.randoms(use_true_random=False))
def test_the_order_of_medicines_never_matters(written: list[str], random: object) -> None:
    mixed = list(written)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert shelf(mixed) == shelf(written)


@given(st.sampled_from(sorted(names())), st.sampled_from(["", " 25", " 50 mg", " prn", " daily"]))
def test_every_known_name_is_read_with_an_amount_and_in_capitals_too(name: str, end: str) -> None:
    found = taking((name + end).upper())
    assert found is not None
    assert found.id == names()[name].id or found.id == "aspirin_low_dose"


@given(st.text(max_size=30))
def test_no_text_brings_the_reader_down(text: str) -> None:
    found = taking(text)
    assert found is None or found.id


@pytest.mark.parametrize(
    "written",
    [
        ["sertraline"] * 101,
        ["sertraline " + "9" * 400 + " mg"],
        ["sertraline stopped " + "9" * 5000 + " days ago"],
        ["sumatriptan " + "9" * 400 + " h ago"],
        [f"no such medicine {number}" for number in range(90)],
        ["a" * 100_000],
    ],
    ids=lambda written: written[0][:40],
)
def test_a_list_beyond_all_sense_is_refused_in_a_sentence_that_can_be_read(
    written: list[str],
) -> None:
    with pytest.raises(RecordError) as error:
        shelf(written)
    assert len(error.value.sentence()) < 1500
