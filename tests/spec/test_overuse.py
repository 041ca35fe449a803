"""Overuse: rules that hold for every case and every diary, and the warning before a dose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.daytable import DayTable
from twofold.diary.diary import Diary
from twofold.diary.headache import FreeDay
from twofold.diary.medication import Dose
from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.facts import gather
from twofold.facts.overuse import (
    before_dose,
    before_dose_today,
    overuse,
    overuse_of_days,
    with_overuse,
)
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import families
from twofold.units import When

NAN = float("nan")
COUNTED = sorted(name for name, one in families().items() if one.counts_in_total)


def months(days: int, **taken: list[int]) -> DayTable:
    """So many days, headache on each; a medicine family taken on the first days of each 30."""
    columns = {"headache": np.ones(days)}
    for name, per_month in taken.items():
        column = np.zeros(days)
        for month, count in enumerate(per_month):
            column[month * 30 : month * 30 + count] = 1
        columns[f"acute.{name}"] = column
    return DayTable(columns, tuple(f"day {i + 1}" for i in range(days)), False)


# --- a diary ---


@pytest.mark.parametrize(
    ("days", "triptan", "ids", "so_far", "is_pattern"),
    [
        (120, [10, 12, 11, 10], ("8.2.2",), (), True),
        (120, [10, 9, 11, 10], (), (), False),
        (120, [10, 12, 11, 9], (), (), False),
        (90, [12, 12, 12], (), ("8.2.2",), None),
        (30, [12], (), ("8.2.2",), None),
        (150, [0, 12, 12, 12, 12], ("8.2.2",), (), True),
    ],
)
def test_a_diary_fits_after_three_whole_months_and_the_running_30_days(
    days: int, triptan: list[int], ids: tuple[str, ...], so_far: tuple[str, ...], is_pattern: bool
) -> None:
    found = overuse_of_days(months(days, triptan=triptan))
    assert (found.ids, found.so_far, found.is_pattern) == (ids, so_far, is_pattern)


def test_a_diary_with_headache_on_14_days_a_month_fits_no_pattern() -> None:
    table = months(120, triptan=[12] * 4)
    headache = np.tile(np.arange(30) < 14, 4).astype(float)
    table = DayTable(table.columns | {"headache": headache}, table.labels, False)
    found = overuse_of_days(table)
    assert (found.ids, found.is_pattern) == ((), False)
    assert found.families[0].tier == "level"


def test_two_kinds_on_one_day_are_one_day_in_all() -> None:
    found = overuse_of_days(months(30, triptan=[6], nsaid=[6]))
    assert found.total_least == found.total_most == 6


def test_a_medicine_that_the_tables_do_not_list_counts_as_one_without_a_name() -> None:
    found = overuse_of_days(months(30, unlisted=[12]))
    assert [(one.family, one.tier) for one in found.families] == [
        ("unnamed_painkiller", "cannot tell")
    ]


def test_a_diary_without_acute_medicine_says_that_nothing_was_told() -> None:
    found = overuse_of_days(months(60))
    assert found.is_pattern is None and found.patterns == () and found.ids == ()
    assert found.lines() == (wording("medicines")["overuse"]["nothing_told"],)


def test_the_facts_of_a_diary_hold_it_with_doses_led_to_their_families() -> None:
    doses = tuple(
        Dose(When(day), name, "acute")
        for day in range(1, 13)
        for name in ("Sumatriptan 50 mg", "rizatriptan", "sumatriptan/naproxen")
    )
    free = tuple(FreeDay(day) for day in range(1, 31))
    diary = Diary("you", 1, 30, doses=doses, free_days=free, asked_acute_days=tuple(range(1, 31)))
    found = gather(diary).medication.overuse
    assert [(one.family, one.least, one.most) for one in found.families] == [
        ("triptan", 12, 12),
        ("nsaid", 12, 12),
    ]


def test_a_gepant_and_a_medicine_against_sickness_make_no_acute_column() -> None:
    doses = tuple(Dose(When(1), name, "acute") for name in ("rimegepant", "metoclopramide"))
    table = gather(Diary("you", 1, 2, doses=doses)).table
    assert [name for name, _ in table.family("acute")] == []


def test_a_short_diary_may_have_had_days_that_nobody_wrote_about() -> None:
    found = overuse_of_days(months(20, triptan=[8]))
    assert (found.families[0].least, found.families[0].most) == (8, 18)


# --- a case ---


def test_an_unknown_medicine_is_an_error_that_names_the_field_and_the_nearest_name() -> None:
    with pytest.raises(RecordError) as error:
        overuse(Answers.of({"acute_days": ("sumatripan 4",)}))
    assert error.value.where == "acute_days" and "sumatriptan" in error.value.remedy


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"acute_days": ("sumatriptan",)}, "acute_days"),
        ({"acute_days": ("sumatriptan 40",)}, "acute_days"),
        ({"days_triptan": 12, "acute_days_total": 4}, "acute_days_total"),
        ({"days_triptan": 20, "days_nsaid": 20, "on_different_days": True}, "on_different_days"),
        ({"acute_by_month": ("triptan 3",), "mhd_by_month": ("3", "4")}, "mhd_by_month"),
        ({"days_triptan": 3, "mhd_by_month": ("many",)}, "mhd_by_month"),
        ({"intakes": ("sumatriptan",)}, "intakes"),
        ({"intakes": ("2025-13-01: sumatriptan",)}, "intakes"),
        ({"intakes": ("2025-01-01: sumatriptan", "2: sumatriptan")}, "intakes"),
        ({"intakes": ("40: sumatriptan",), "days_covered": 30}, "days_covered"),
    ],
)
def test_days_that_contradict_each_other_are_refused_in_words(
    answers: dict[str, object], where: str
) -> None:
    with pytest.raises(RecordError) as error:
        overuse(Answers.of(answers))  # type: ignore[arg-type]
    assert error.value.where == where and error.value.remedy


@pytest.mark.parametrize(
    ("taken_in_month", "ids"),
    [((10, 11, 12, 10), ("8.2.2",)), ((10, 9, 12, 10), ()), ((9, 12, 12, 12), ())],
)
def test_a_list_by_day_is_counted_in_months_of_30_days_back_from_its_last_day(
    taken_in_month: tuple[int, ...], ids: tuple[str, ...]
) -> None:
    days = (30 * m + i + 1 for m, days in enumerate(taken_in_month) for i in range(days))
    lines = tuple(f"{day}: sumatriptan" for day in days)
    case = {"intakes": lines, "days_covered": 120, "mhd": 16}
    assert overuse(Answers.of(case)).ids == ids


def test_unknown_days_of_a_list_by_day_may_have_been_such_days() -> None:
    lines = tuple(f"{day}: sumatriptan" for day in range(1, 10))
    case = {"intakes": lines, "days_covered": 30, "mhd": 16, "unknown_days": 2}
    found = overuse(Answers.of(case))
    assert (found.total_least, found.total_most, found.is_pattern) == (9, 11, None)


def test_one_unknown_day_is_enough_where_it_would_just_reach_the_level() -> None:
    case = {"days_triptan": 9, "acute_days_total": 9, "unknown_days": 1, "mhd": 16, "months": 6}
    assert overuse(Answers.of(case)).is_pattern is None


def test_dates_serve_as_days_too() -> None:
    days = tuple(f"2025-01-{day:02d}: sumatriptan" for day in range(1, 13))
    found = overuse(Answers.of({"intakes": days, "days_covered": 31, "mhd": 16}))
    assert found.so_far == ("8.2.2",) and found.total_least == 11  # the newest 30 of 31 days


def test_what_follows_about_overuse_is_told_to_the_other_rules_and_never_overwritten() -> None:
    case = Answers.of({"days_triptan": 12, "mhd": 16, "months": 6})
    told = with_overuse(case)
    assert (told["moh_pattern"], told["overuse_ids"]) == (True, ("8.2.2",))
    assert with_overuse(case.having(moh_pattern=False))["moh_pattern"] is False
    assert with_overuse(Answers.of({"days_triptan": 4}))["moh_pattern"] is None


def test_headache_before_is_asked_about_and_never_assumed() -> None:
    case = Answers.of({"days_triptan": 12, "mhd": 16, "months": 6})
    words = wording("medicines")["overuse"]
    assert words["before_not_told"] in overuse(case).notes
    assert words["before_not_told"] not in overuse(case.having(has_migraine=True)).notes


@pytest.mark.parametrize(
    ("days", "patterns"),
    [(12, [("8.2.2", "fits")]), (9, [("8.2.2", "not met")])],
)
def test_entries_about_several_kinds_stand_there_only_where_they_are_in_question(
    days: int, patterns: list[tuple[str, str]]
) -> None:
    case = {"days_triptan": days, "acute_days_total": days, "mhd": 16, "months": 6}
    assert [(one.code, one.status) for one in overuse(Answers.of(case)).patterns] == patterns


@pytest.mark.parametrize(
    ("days", "thins_blood", "note"),
    [
        ({"days_aspirin": 4}, None, "thin_blood_not_told"),
        ({"days_aspirin": 4}, False, None),
        ({"days_aspirin": 30, "days_triptan": 1}, True, "thin_blood"),
        ({"days_triptan": 4}, None, None),
    ],
)
def test_aspirin_that_thins_the_blood_is_told_or_asked_about_only_where_there_is_aspirin(
    days: dict[str, float], thins_blood: bool | None, note: str | None
) -> None:
    case = {**days, "aspirin_to_thin_blood": thins_blood, "mhd": 5, "months": 6}
    words = wording("medicines")["overuse"]
    found = overuse(Answers.of(case)).notes  # type: ignore[arg-type]
    assert found == ((words[note],) if note else ())


DAYS = st.dictionaries(st.sampled_from(COUNTED), st.integers(0, 31), min_size=1, max_size=5)


@given(DAYS, st.integers(0, 31), st.integers(0, 31))
def test_the_days_in_all_are_never_fewer_than_the_days_of_one_family(
    by_family: dict[str, int], unknown: int, headache: int
) -> None:
    told = {f"days_{name}": days for name, days in by_family.items()}
    found = overuse(Answers.of(told | {"unknown_days": unknown, "mhd": headache, "months": 6}))
    assert found.total_least >= max(one.least for one in found.families)
    assert found.total_most >= max(one.most for one in found.families)


@given(DAYS, st.integers(0, 30))
def test_one_more_unknown_day_never_lowers_what_could_be_and_never_raises_what_is(
    by_family: dict[str, int], unknown: int
) -> None:
    told = {f"days_{name}": days for name, days in by_family.items()} | {"mhd": 20, "months": 6}
    now = overuse(Answers.of(told | {"unknown_days": unknown}))
    then = overuse(Answers.of(told | {"unknown_days": unknown + 1}))
    assert then.total_most >= now.total_most and then.total_least == now.total_least
    for before, after in zip(now.families, then.families, strict=True):
        assert after.most >= before.most and after.least == before.least


@given(DAYS, st.integers(0, 12))
def test_a_code_that_fits_with_unknown_days_fits_whatever_they_were(
    by_family: dict[str, int], unknown: int
) -> None:
    told = {f"days_{name}": days for name, days in by_family.items()}
    told |= {"mhd": 31, "months": 6, "on_different_days": False}
    open_ = overuse(Answers.of(told | {"unknown_days": unknown}))
    single = {one.code for one in families().values()}
    for name, days in by_family.items():
        more = overuse(Answers.of(told | {f"days_{name}": min(31, days + unknown)}))
        named = set(open_.fitting) & single - {"8.2.7", "8.2.3.2"}
        assert named <= set(more.fitting)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 60),
            st.sampled_from(
                ["sumatriptan", "rizatriptan", "ibuprofen", "codeine/paracetamol", "DHE", "aspirin"]
            ),
        ),
        min_size=1,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_neither_the_order_of_the_list_nor_a_second_dose_on_a_day_matters(
    taken: list[tuple[int, str]], random: object
) -> None:
    lines = [f"{day}: {name}" for day, name in taken]
    mixed = lines + lines[:1]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    case = {"days_covered": 60, "mhd": 20}
    assert overuse(Answers.of(case | {"intakes": tuple(lines)})) == overuse(
        Answers.of(case | {"intakes": tuple(mixed)})
    )


COLUMN = st.lists(st.sampled_from([0.0, 1.0, NAN]), min_size=130, max_size=130)


@settings(max_examples=50)
@given(COLUMN, COLUMN, st.integers(0, 129))
def test_a_diary_day_that_becomes_unknown_never_lowers_the_upper_bound(
    triptan: list[float], nsaid: list[float], day: int
) -> None:
    def found(forgotten: int | None) -> object:
        columns = {"headache": np.ones(130), "acute.triptan": np.array(triptan)}
        columns["acute.nsaid"] = np.array(nsaid)
        if forgotten is not None:
            columns["acute.triptan"][forgotten] = NAN
        return overuse_of_days(DayTable(columns, tuple(map(str, range(130))), False))

    was, now = found(None), found(day)
    assert now.total_most >= was.total_most  # type: ignore[attr-defined]
    assert now.total_least <= was.total_least  # type: ignore[attr-defined]
    for one, other in zip(was.families, now.families, strict=True):  # type: ignore[attr-defined]
        assert other.most >= one.most and other.least <= one.least


# --- before a dose ---

BEFORE = [
    # family, days so far, unknown days, what is said
    ("triptan", 6, 0, None),
    ("triptan", 7, 0, "notice"),
    ("triptan", 8, 0, "notice"),
    ("triptan", 9, 0, "level"),
    ("triptan", 14, 0, "level"),
    ("triptan", 6, 1, "notice"),
    ("triptan", 7, 2, "level"),
    ("paracetamol", 10, 0, None),
    ("paracetamol", 11, 0, "notice"),
    ("paracetamol", 14, 0, "level"),
    ("combination", 9, 0, "level"),
    ("ditan", 9, 0, "level"),
    ("unnamed_painkiller", 9, 0, "level"),
]


@pytest.mark.parametrize(("family", "days", "unknown", "tier"), BEFORE)
def test_a_warning_comes_before_the_dose_that_would_reach_the_level(
    family: str, days: int, unknown: int, tier: str | None
) -> None:
    said = before_dose(family, days, unknown)
    assert (said.tier if said else None) == tier


def test_a_second_dose_on_a_counted_day_adds_no_day_and_no_warning() -> None:
    assert before_dose("triptan", 12, is_counted_today=True) is None


def test_no_unknown_day_is_assumed_where_none_is_told() -> None:
    assert before_dose("triptan", 6) is None


def test_where_unknown_days_or_an_unknown_name_could_decide_the_warning_says_so() -> None:
    words = [before_dose("triptan", 7, 2), before_dose("unnamed_painkiller", 9)]
    assert all(one is not None and "what is not known could decide" in one.text for one in words)
    sure = before_dose("triptan", 9)
    assert sure is not None and "not known" not in sure.text


@given(st.sampled_from(sorted(families())), st.integers(0, 29), st.integers(0, 29))
def test_one_more_day_never_takes_a_warning_back(family: str, days: int, unknown: int) -> None:
    order = [None, "notice", "level"]
    said = [before_dose(family, days + more, unknown) for more in (0, 1)]
    tiers = [order.index(one.tier if one else None) for one in said]
    assert tiers[0] <= tiers[1]


@pytest.mark.parametrize(
    ("days", "triptan", "tier"),
    [
        (31, [10], None),
        (30, [9], "level"),
        (30, [7], "notice"),
        (30, [6], None),
        (20, [7], "level"),
    ],
    ids=["today is a day already", "the tenth day", "the eighth", "the seventh", "days before it"],
)
def test_a_diary_whose_last_day_is_today_warns_before_todays_dose(
    days: int, triptan: list[int], tier: str | None
) -> None:
    table = months(days, triptan=triptan)
    if days == 31:
        table.columns["acute.triptan"][-1] = 1
    said = before_dose_today(table, "triptan")
    assert (said.tier if said else None) == tier


def test_a_family_that_no_one_was_asked_about_may_have_been_taken_on_any_day() -> None:
    said = before_dose_today(months(30), "triptan")
    assert said is not None and (said.day_least, said.day_most) == (1, 30)


# --- words ---


def test_no_sentence_about_overuse_blames_or_commands() -> None:
    said = " ".join(
        str(one)
        for table in ("overuse", "recovery")
        for one in wording("medicines")[table].values()
    ).casefold()
    for word in ("abuse", "addict", "too many", "you must", "stop ", "do not take", "fault"):
        assert word not in said


def test_every_level_is_told_as_more_likely_and_never_as_a_diagnosis() -> None:
    words = wording("medicines")["overuse"]
    for name in ("tier_level", "tier_pattern", "before_level", "status_so_far"):
        assert "at or above the level" in words[name] and "more likely" in words[name]
    assert "a clinician confirms" in words["status_fits"]


def test_the_levels_are_those_of_ichd_3() -> None:
    levels = {one.code: max(one.level_days) for one in families().values() if one.is_named}
    assert levels == {
        "8.2.1": 10, "8.2.2": 10, "8.2.3.1": 15, "8.2.3.2": 15, "8.2.3.2.1": 15,
        "8.2.3.3": 15, "8.2.4": 10, "8.2.5": 10, "8.2.8": 10,
    }  # fmt: skip
