"""The person's list of medicines: what it adds to the diary, and what a form says of an amount."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.app.web.courses import as_form, course_in, with_change
from twofold.app.web.forms import Form, FormError
from twofold.app.web.medicine_entries import amount_in, number_words, rows_of
from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose, DoseChange
from twofold.facts.counting import Count
from twofold.facts.medicine_list import Listed, ListPurpose, days_taken, is_same
from twofold.guidance.silence import interruptions
from twofold.pipeline import Medicines, look_at_medicines
from twofold.safety.side_effects import about_side_effect, signs_of
from twofold.units import DOSE_UNITS, Quantity, When

TODAY = dt.date(2026, 11, 22)
MG_50 = Quantity(50, "mg")


def look(*listed: tuple[str, ListPurpose], diary: Diary | None = None) -> Medicines:
    lines = [Listed(name, purpose) for name, purpose in listed]
    return look_at_medicines(diary or Diary("you", TODAY, TODAY), lines, today=TODAY)


# What a person reads who adds the second medicine while the first is in the list.
# "before": shown before the list is gone on with; "page": only on the medicine's page; "": no entry.
ADDING = [
    ("sumatriptan", "acute", "sertraline", "preventive", "page", "minor", "Often used together."),
    ("rizatriptan", "acute", "venlafaxine", "preventive", "page", "minor", "Often used together."),
    ("sertraline", "preventive", "tramadol", "as_needed", "before", "serious", "act on serotonin"),
    ("sertraline", "preventive", "ibuprofen", "as_needed", "before", "moderate", "bleeding"),
    (
        "phenelzine",
        "preventive",
        "sertraline",
        "preventive",
        "before",
        "contraindicated",
        "very high",
    ),
    ("phenelzine", "preventive", "sumatriptan", "acute", "before", "contraindicated", "triptan"),
    ("sumatriptan", "acute", "bupropion", "preventive", "", "", ""),
    ("naratriptan", "acute", "propranolol", "preventive", "", "", ""),
]


@pytest.mark.parametrize(
    ("first", "purpose", "added", "for_what", "where", "severity", "reads"), ADDING
)
def test_adding_a_medicine_beside_another(
    first: str,
    purpose: ListPurpose,
    added: str,
    for_what: ListPurpose,
    where: str,
    severity: str,
    reads: str,
) -> None:
    told = look((first, purpose), (added, for_what)).checked.for_person()
    pair = [one for one in told.found if {first, added} <= set(one.medicines)]
    assert [one.severity for one in pair][:1] == ([severity] if where else [])
    now = interruptions(told, today=TODAY, occasion="new_prescription")
    assert any(one in now.shown for one in pair) is (where == "before")
    assert all(one in now.listed for one in pair)
    assert reads in " ".join(one.say for one in pair)
    assert all(one.sources for one in pair)


def test_the_list_and_the_diary_are_held_together() -> None:
    course = Course("sertraline", dt.date(2024, 1, 1), changes=(DoseChange(TODAY, MG_50),))
    diary = Diary("you", TODAY, TODAY, courses=(course,))
    found = look(("tramadol", "as_needed"), diary=diary).checked.for_person().found
    assert {"sertraline", "tramadol"} <= set(found[0].medicines)


def test_a_medicine_of_the_diary_that_also_stands_in_the_list_is_one_medicine() -> None:
    diary = Diary("you", TODAY, TODAY, courses=(Course("sertraline", dt.date(2024, 1, 1)),))
    once = look(("ibuprofen", "as_needed"), diary=diary)
    twice = look(("ibuprofen", "as_needed"), ("Sertraline", "preventive"), diary=diary)
    assert twice.checked.ids == once.checked.ids


def test_two_prescribers_are_asked_to_look_at_the_list_together() -> None:
    lines = [
        Listed("sumatriptan", "acute", prescriber="neurologist"),
        Listed("sertraline", "preventive", prescriber="psychiatrist"),
    ]
    told = look_at_medicines(Diary("you", TODAY, TODAY), lines, today=TODAY).checked
    assert "neurologist and psychiatrist" in " ".join(told.lines())


def test_a_name_that_no_table_holds_is_named_and_nothing_is_guessed() -> None:
    told = look(("my grandmother's drops", "as_needed"))
    assert told.not_listed == ("my grandmother's drops",)
    assert told.checked.ids == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sumatriptan", "sumatriptan 50 mg", True),
        ("sumatriptan", "rizatriptan", False),
        ("Grandma’s Drops", "grandmas drops", True),
        ("painkiller", "painkiller", True),
        ("ibuprofen", "painkiller", False),
    ],
)
def test_two_names_of_one_medicine_are_one(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is is_same(other, one) is same


def dose(days_ago: int, name: str = "sumatriptan") -> Dose:
    return Dose(When(TODAY - dt.timedelta(days_ago)), name)


@pytest.mark.parametrize(
    ("doses", "asked_ago", "counted"),
    [
        ([], [], Count(0, 0, 30)),
        ([dose(0), dose(0)], [], Count(1, 1, 30)),
        ([dose(0), dose(29), dose(30)], [], Count(2, 2, 30)),
        ([dose(3)], [3, 4, 5], Count(1, 3, 30)),
        ([dose(3, "ibuprofen")], [3], Count(0, 1, 30)),
        ([dose(3, "ibuprofen")], [], Count(0, 0, 30)),
    ],
)
def test_a_day_that_nobody_told_about_is_unknown_and_not_a_day_without(
    doses: list[Dose], asked_ago: list[int], counted: Count
) -> None:
    asked = tuple(TODAY - dt.timedelta(ago) for ago in asked_ago)
    first = TODAY - dt.timedelta(40)
    diary = Diary("you", first, TODAY, doses=tuple(doses), asked_acute_days=asked)
    assert days_taken(diary, "sumatriptan", TODAY) == counted


# --- amounts --------------------------------------------------------------------------------------


def form(**answers: str) -> Form:
    return Form({name: [value] for name, value in answers.items()})


@pytest.mark.parametrize(
    ("amount", "unit", "read"),
    [
        ("50", "mg", Quantity(50, "mg")),
        ("2,5", "mg", Quantity(2.5, "mg")),
        (".5", "mg", Quantity(0.5, "mg")),
        ("0.125", "mg", Quantity(0.125, "mg")),
        ("50 mg", "", Quantity(50, "mg")),
        ("50mg", "mg", Quantity(50, "mg")),
        ("75 MCG", "", Quantity(75, "µg")),
        ("75 µg", "", Quantity(75, "µg")),
        ("2 tablets", "", Quantity(2, "tablet")),
        ("1000", "mg", Quantity(1000, "mg")),
        ("", "", None),
    ],
)
def test_an_amount_is_read_as_it_is_written(amount: str, unit: str, read: Quantity | None) -> None:
    assert amount_in(form(amount=amount, unit=unit)) == read


@pytest.mark.parametrize(
    ("amount", "unit", "says"),
    [
        ("50", "", "This number has no unit. Was it mg or g? Nothing was saved."),
        ("", "mg", "There is a unit but no number."),
        ("1,000", "mg", "This number can be read in two ways."),
        ("1.000", "mg", "This number can be read in two ways."),
        ("50 mg", "g", "Two different units stand here."),
        ("50 stones", "", "This unit is not known here."),
        ("0", "mg", "This amount is not between 0 and 1,000,000."),
        ("-5", "mg", "This is not an amount."),
        ("nan", "mg", "This is not an amount."),
        ("1e5", "mg", "This unit is not known here."),
        ("٥٠", "mg", "This is not an amount."),
        ("50", "stone", "Please choose one of the answers that are shown."),
    ],
)
def test_an_amount_that_could_be_mistaken_is_refused_kindly(
    amount: str, unit: str, says: str
) -> None:
    with pytest.raises(FormError) as met:
        amount_in(form(amount=amount, unit=unit))
    assert met.value.says.startswith(says)


@given(st.text(max_size=40), st.sampled_from(["", *DOSE_UNITS, "pint"]))
def test_whatever_is_typed_is_an_amount_nothing_or_one_sentence(amount: str, unit: str) -> None:
    try:
        read = amount_in(form(amount=amount, unit=unit))
    except FormError as met:
        assert met.says.endswith((".", "?"))
        return
    assert (read is None) is (amount.strip() == "" and unit == "")


@given(st.integers(1, 10**8), st.integers(0, 3), st.sampled_from(DOSE_UNITS))
def test_an_amount_that_was_shown_is_read_back_as_it_was(
    number: int, places: int, unit: str
) -> None:
    meant = Quantity(number / 10**places, unit)
    if meant.value > 1_000_000:
        return
    assert amount_in(form(amount=number_words(meant.value), unit=unit)) == meant


# --- courses --------------------------------------------------------------------------------------


def test_a_history_is_lines_from_day_to_day() -> None:
    course = Course(
        "sertraline",
        dt.date(2024, 3, 1),
        end=dt.date(2026, 10, 1),
        changes=(
            DoseChange(dt.date(2024, 3, 1), MG_50),
            DoseChange(dt.date(2025, 1, 1), Quantity(100, "mg")),
        ),
    )
    told = [
        (str(row.first), str(row.last), row.daily and row.daily.value) for row in rows_of(course)
    ]
    assert told == [("2024-03-01", "2024-12-31", 50), ("2025-01-01", "2026-10-01", 100)]


def test_an_amount_that_was_not_told_at_the_start_stays_unknown_there() -> None:
    late = DoseChange(dt.date(2025, 1, 1), MG_50)
    rows = rows_of(Course("sertraline", dt.date(2024, 3, 1), changes=(late,), started_earlier=True))
    assert [row.daily for row in rows] == [None, MG_50]
    assert [row.is_earlier for row in rows] == [True, False]


DAYS = st.dates(dt.date(2020, 1, 1), TODAY)


@given(st.lists(st.tuples(DAYS, st.integers(1, 500)), max_size=12))
def test_changes_in_any_order_stand_in_order_of_time_and_the_last_word_holds(
    told: list[tuple[dt.date, int]],
) -> None:
    course = Course("sertraline", dt.date(2020, 1, 1))
    for day, amount in told:
        course = with_change(course, day, Quantity(amount, "mg"))
    assert {one.day: one.daily.value for one in course.changes} == dict(told)
    assert course_in(as_form(course), course, TODAY) == course


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"start": ""}, "start"),
        ({"start": "2025-01-01", "end": "2024-01-01"}, "end"),
        ({"start": "2025-01-01", "amount0": "50", "unit0": "mg"}, "day0"),
        ({"start": "2025-01-01", "day0": "2024-01-01", "amount0": "5", "unit0": "mg"}, "day0"),
        (
            {"start": "2025-01-01", "day0": "2025-02-01", "amount0": "5", "unit0": "mg"}
            | {"day1": "2025-02-01", "amount1": "6", "unit1": "mg"},
            "day1",
        ),
        ({"start": "1890-01-01"}, "start"),
        ({"start": "2090-01-01"}, "start"),
    ],
)
def test_a_course_that_contradicts_itself_is_met_at_its_field(
    answers: dict[str, str], field: str
) -> None:
    with pytest.raises(FormError) as met:
        course_in(form(**answers), Course("sertraline", dt.date(2025, 1, 1)), TODAY)
    assert met.value.field == field


# --- side effects ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("medicine", "words", "there", "flags"),
    [
        ("lamotrigine", "a rash", ["rash"], [("lamotrigine_rash", "same_day")]),
        (
            "lamotrigine",
            "a rash",
            ["rash", "blisters_or_sore"],
            [("lamotrigine_rash", "emergency")],
        ),
        ("sertraline", "a rash", ["rash"], []),
        ("sumatriptan", "tight chest", ["chest_pressure"], [("chest_pressure", "emergency")]),
        ("my own drops", "black stools", ["black_stools"], [("bleeding", "emergency")]),
        ("sertraline", "dry mouth", [], []),
        ("lithium", "", ["slurred_speech"], [("lithium_signs", "emergency")]),
        ("topiramate", "", ["eye_pain"], [("topiramate_eye", "same_day")]),
    ],
)
def test_a_sign_beside_a_side_effect_leads_to_what_must_be_seen(
    medicine: str, words: str, there: list[str], flags: list[tuple[str, str]]
) -> None:
    told = about_side_effect(medicine, words, there)
    assert [(one.id, one.tier) for one in told.flags] == flags


def test_words_of_self_harm_beside_a_side_effect_open_the_safety_page() -> None:
    assert about_side_effect("sertraline", "I want to die", []).opens_page


@pytest.mark.parametrize(
    ("medicine", "first"),
    [
        ("lamotrigine", {"rash", "blisters_or_sore", "fever"}),
        ("valproate", {"confusion", "drowsy"}),
    ],
)
def test_the_signs_of_this_very_medicine_are_asked_first(medicine: str, first: set[str]) -> None:
    assert {one.id for one in signs_of(medicine)[: len(first)]} == first


def test_what_has_a_page_of_its_own_is_never_asked_in_passing() -> None:
    asked = {one.id: one for name in ("sertraline", "lithium", "x") for one in signs_of(name)}
    assert asked and not any(one.topic for one in asked.values())
    assert "self_harm_thoughts" not in asked
