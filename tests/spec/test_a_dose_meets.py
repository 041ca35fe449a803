"""What a dose meets: the medicines of its day, and the doses within the windows of the rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.facts.medicine_list import Listed
from twofold.facts.shelf import takings_in
from twofold.guidance.interactions import Checked, Pair
from twofold.knowledge.interaction import Rule, rules
from twofold.pipeline import Intake, look_at_intake
from twofold.units import Quantity, When

TODAY = dt.date(2026, 11, 22)


def at(days_ago: int, hour: float | None = None, offset: int | None = None) -> When:
    day = TODAY - dt.timedelta(days_ago)
    if hour is None:
        return When(day)
    return When(day, dt.time(int(hour), round(hour % 1 * 60)), offset)


def met(dose: Dose, *doses: Dose, courses: tuple[Course, ...] = (), listed: str = "") -> Intake:
    days = [one.when.day for one in (dose, *doses) if isinstance(one.when.day, dt.date)]
    first = min([*days, TODAY - dt.timedelta(30)])
    diary = Diary("you", first, TODAY, doses=(dose, *doses), courses=courses)
    lines = [Listed(name, "as_needed") for name in listed.split(", ") if name]
    return look_at_intake(diary, dose, lines)


def ids(told: Intake) -> list[str]:
    return [one.id for one in told.checked.for_person().found if one.severity != "minor"]


def course(name: str, began: int, ended: int | None = None) -> Course:
    end = None if ended is None else TODAY - dt.timedelta(ended)
    return Course(name, TODAY - dt.timedelta(began), end)


# The dose and the other one, each with its day and its hour, and the rule that must speak.
WINDOWS = {
    "the same day": (("sumatriptan", 0, 20), ("DHE", 0, 10), ["PK-10"]),
    "23 hours apart": (("sumatriptan", 0, 10), ("DHE", 1, 11), ["PK-10"]),
    "24 hours apart": (("sumatriptan", 0, 10), ("DHE", 1, 10), []),
    "two different triptans": (("sumatriptan", 0, 15), ("rizatriptan", 0, 8), ["PK-11"]),
    "one triptan again": (("sumatriptan", 0, 15), ("sumatriptan", 0, 8), []),
    "no times, one day apart": (("sumatriptan", 0, None), ("DHE", 1, None), ["PK-10"]),
    "no times, two days apart": (("sumatriptan", 0, None), ("DHE", 2, None), []),
    "the other without a time": (("sumatriptan", 0, 10), ("DHE", 0, None), ["PK-10"]),
    "the other late the day before": (("sumatriptan", 0, 23), ("DHE", 1, None), ["PK-10"]),
    "the other may be 25 hours before": (("sumatriptan", 0, 23), ("DHE", 2, None), []),
    "71 hours": (("eletriptan", 0, 11), ("clarithromycin", 3, 12), ["PK-08"]),
    "72 hours": (("eletriptan", 0, 12), ("clarithromycin", 3, 12), []),
    "six days, no window": (("tramadol", 0, 12), ("sertraline", 6, 12), ["SER-04"]),
    "eight days, no window": (("tramadol", 0, 12), ("sertraline", 8, 12), []),
    "a wash-out of 14 days": (("rizatriptan", 0, 12), ("phenelzine", 12, 12), ["SER-03"]),
    "after the wash-out": (("rizatriptan", 0, 12), ("phenelzine", 15, 12), []),
    "written later than the other": (("DHE", 1, 12), ("sumatriptan", 0, 8), ["PK-10"]),
    "written much later": (("DHE", 2, 12), ("sumatriptan", 0, 13), []),
    "a day that is long past": (("DHE", 400, 12), ("sumatriptan", 400, 8), ["PK-10"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WINDOWS)
def test_a_dose_meets_what_lies_within_the_window_of_the_rule(case: str) -> None:
    (name, day, hour), (other, before, then), speaks = WINDOWS[case]
    assert ids(met(Dose(at(day, hour), name), Dose(at(before, then), other))) == speaks


def test_a_journey_counts_hours_and_not_clocks() -> None:
    here, there = at(1, 12, 0), at(0, 11.5, -60)
    assert ids(met(Dose(there, "sumatriptan"), Dose(here, "DHE"))) == []
    assert ids(met(Dose(at(0, 11.5, 0), "sumatriptan"), Dose(here, "DHE"))) == ["PK-10"]


def test_a_dose_meets_the_courses_of_its_own_day() -> None:
    phenelzine = course("phenelzine", 100, 20)
    assert ids(met(Dose(at(0, 12), "rizatriptan"), courses=(phenelzine,))) == []
    assert ids(met(Dose(at(10, 12), "rizatriptan"), courses=(phenelzine,))) == ["SER-03"]
    assert ids(met(Dose(at(40, 12), "rizatriptan"), courses=(phenelzine,))) == ["SER-03"]
    assert ids(met(Dose(at(101, 12), "rizatriptan"), courses=(phenelzine,))) == []


def test_what_is_on_the_list_counts_but_is_within_no_window_of_hours_until_it_is_taken() -> None:
    assert ids(met(Dose(at(0, 12), "codeine"), listed="diazepam")) == ["CNS-04"]
    assert ids(met(Dose(at(0, 12), "sumatriptan"), listed="rizatriptan")) == []
    taken = Dose(at(0, 8), "rizatriptan")
    assert ids(met(Dose(at(0, 12), "sumatriptan"), taken, listed="rizatriptan")) == ["PK-11"]


def test_only_what_is_about_the_dose_is_told() -> None:
    told = met(
        Dose(at(0, 12), "dextromethorphan"),
        courses=(course("sertraline", 50), course("tramadol", 50), course("naproxen", 50)),
    ).checked
    assert [(one.id, one.severity) for one in told.found if one.id == "SER-04"] == [
        ("SER-04", "moderate")
    ], "the serious pair is one of two others"
    assert all("dextromethorphan" in one.medicines for one in told.found)


def test_several_tablets_at_once_are_one_amount() -> None:
    propranolol = (course("propranolol", 50),)
    five = Quantity(5, "mg")
    one, two = (Dose(at(0, 12), "rizatriptan", "acute", five, n) for n in (1, 2))
    assert not any(pair.is_hard for pair in pairs(met(one, courses=propranolol)))
    assert any(pair.is_hard for pair in pairs(met(two, courses=propranolol)))


def test_all_doses_of_24_hours_are_added_up() -> None:
    doses = [Dose(at(0, hour), "rizatriptan", "acute", Quantity(5, "mg")) for hour in (1, 5, 9, 13)]
    told = met(doses[-1], *doses[:-1], courses=(course("propranolol", 50),))
    assert any("label's 24 hours" in pair.say for pair in pairs(told))


def pairs(told: Intake) -> list[Pair]:
    return [pair for one in told.checked.found for pair in one.pairs]


# What is written, what it is read as, and what is said to be unknown.
NAMES = {
    "sumatriptan": (["sumatriptan"], []),
    "Sumatriptan 50 mg nasal": (["sumatriptan"], []),
    "sumatriptan and ibuprofen": (["ibuprofen with sumatriptan"], []),
    "sumatriptan, DHE": (["sumatriptan", "dihydroergotamine"], []),
    "sumatriptan + my drops": (["sumatriptan"], ["my drops"]),
    "my drops, my tea": ([], ["my drops, my tea"]),
    "💊": ([], ["💊"]),
    "x" * 300: ([], ["x" * 300]),
}


@pytest.mark.parametrize("written", NAMES, ids=lambda name: name[:30])
def test_a_line_is_read_by_name_and_nothing_in_it_is_guessed(written: str) -> None:
    known, unknown = takings_in(written)
    assert ([one.label for one in known], list(unknown)) == NAMES[written]


def test_a_misspelt_name_is_unknown_and_the_known_one_is_only_asked_about() -> None:
    told = met(Dose(at(0, 12), "sumatripan"), courses=(course("phenelzine", 50),))
    assert (told.taken, told.not_known, told.near) == ((), ("sumatripan",), ("sumatriptan",))
    assert told.checked.found == ()


def test_a_word_for_a_kind_of_medicine_asks_which_one() -> None:
    assert "Which one is it?" in met(Dose(at(0, 12), "painkiller")).asks[0]


MEDICINES = sorted({word for rule in rules() for one in rule.examples for word in one.medicines})


@given(
    st.lists(
        st.tuples(st.sampled_from(MEDICINES), st.integers(0, 20), st.none() | st.integers(0, 23)),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_doses_can_be_held_against_each_other(
    written: list[tuple[str, int, int | None]],
) -> None:
    doses = [Dose(at(days, hour), name) for name, days, hour in written]
    told = met(doses[0], *doses[1:])
    assert all(set(one.medicines) & set(told.taken) for one in told.checked.found)
    assert told.taken or told.not_known


# --- wording


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_what_is_said_of_a_rule_is_true_of_any_number_of_names(rule: Rule) -> None:
    """Pairs of which the same is said are told together, over two names or more."""
    for clause in rule.clauses:
        assert not {"both", "two"} & set(clause.told.say.casefold().split()[:2]), clause.told.say


def test_three_names_are_told_in_one_sentence_that_is_true_of_them() -> None:
    told: Checked = met(
        Dose(at(0, 12), "tramadol"), courses=(course("sertraline", 50), course("lasmiditan", 50))
    ).checked
    three = [one for one in told.for_person().lines() if ": These act on serotonin." in one]
    assert [one.split(":")[0] for one in three] == ["lasmiditan, tramadol and sertraline"]
