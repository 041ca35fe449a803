"""Interactions: what is asked, what a person and a clinician are told, and what never changes."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.interaction_cases import answers_of, asked, checked, found

from twofold.errors import RecordError, TwofoldError
from twofold.facts.answers import Answers
from twofold.facts.shelf import Shelf, shelf, together
from twofold.guidance.interactions import check
from twofold.knowledge.field import fields
from twofold.knowledge.interaction import SEVERITIES, rules
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import medicines
from twofold.safety.never_say import found_in

WRITTEN = sorted({word for rule in rules() for one in rule.examples for word in one.medicines})
ANSWERS = sorted({name for rule in rules() for name in rule.names if name != "item9"})
NAMES = sorted(medicines())


def _known() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(ANSWERS), st.integers(0, 3), max_size=8).map(
        lambda drawn: {name: _value(name, n) for name, n in drawn.items()}
    )


def _value(name: str, n: int) -> Any:
    field = fields()[name]
    if field.kind == "yes_no":
        return n % 2 == 1
    if field.kind == "number":
        return int((field.low or 0) + n * ((field.high or 100) - (field.low or 0)) // 3)
    if field.kind == "choice":
        return field.choices[n % len(field.choices)]
    return [["sertraline"], [], ["propranolol", "alcohol"], ["diazepam", "topiramate"]][n]


# --- what never changes ---------------------------------------------------------------------------


@given(st.lists(st.sampled_from(WRITTEN), max_size=7, unique=True), _known(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_medicines_never_matters(
    written: list[str], known: dict[str, Any], random: Any
) -> None:
    mixed = written.copy()
    random.shuffle(mixed)
    assert checked(mixed, known) == checked(written, known)


@given(
    st.lists(st.sampled_from(WRITTEN), max_size=5, unique=True),
    st.sampled_from(NAMES),
    _known(),
)
@settings(max_examples=80, deadline=None)
def test_a_further_medicine_never_takes_a_finding_away(
    written: list[str], further: str, known: dict[str, Any]
) -> None:
    before = checked(written, known)
    after = checked([*written, further], known)
    for one in before.found:
        still = found(after, one.id)
        assert still is not None
        assert SEVERITIES.index(still.severity) >= SEVERITIES.index(one.severity)
        assert set(one.medicines) <= set(still.medicines)


@given(
    st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=4, unique=True),
    _known(),
    st.sampled_from(sorted(set(ANSWERS) - {"pacemaker"})),
    st.integers(0, 3),
)
@settings(max_examples=120, deadline=None)
def test_an_answer_to_an_open_question_never_takes_a_finding_away(
    written: list[str], known: dict[str, Any], name: str, n: int
) -> None:
    if name in known:
        return
    before, after = checked(written, known), checked(written, {**known, name: _value(name, n)})
    for one in before.found:
        still = found(after, one.id)
        assert still is not None
        assert SEVERITIES.index(still.severity) >= SEVERITIES.index(one.severity)


def test_only_a_pacemaker_can_take_a_finding_back() -> None:
    open_case = checked(["bisoprolol"], {"heart_block": True})
    assert open_case.ids == ("DX-09",)
    assert checked(["bisoprolol"], {"heart_block": True, "pacemaker": True}).ids == ()
    assert checked(["bisoprolol"], {"heart_block": True, "pacemaker": False}).ids == ("DX-09",)


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
@settings(max_examples=60, deadline=None)
def test_what_two_medicines_find_is_found_in_any_longer_list(one: str, other: str) -> None:
    pair = checked([one, other])
    longer = checked([one, other, "riboflavin", "magnesium"])
    assert longer.ids == pair.ids


def test_an_empty_list_finds_and_asks_nothing_of_the_medicines() -> None:
    told = check(Shelf(), Answers.of())
    assert told.found == () and told.ids == ()
    assert told.lines()[0] == wording("interactions")["nothing"]


# --- what is asked --------------------------------------------------------------------------------


def test_item_9_that_was_not_asked_is_asked_and_never_taken_for_no() -> None:
    open_case = checked(["propranolol"], {"phq9": 16})
    assert found(open_case, "DX-17") is None
    assert "item9" in asked(open_case, "DX-17")
    closed = checked(
        ["propranolol"], {"phq9": 16, "item9": 0, "past_attempt": False, "cssrs_positive": False}
    )
    assert found(closed, "DX-17") is None
    assert not asked(closed, "DX-17")


def test_what_is_already_told_as_strongly_is_not_asked_about() -> None:
    assert "age" in asked(checked(["naproxen", "fluoxetine"]), "BLD-01")
    older = checked(["naproxen", "fluoxetine"], {"age": 70})
    assert asked(older, "BLD-01") == set()


def test_an_answer_that_could_no_longer_change_anything_is_not_asked() -> None:
    assert asked(checked(["candesartan", "ibuprofen"]), "BP-05") == {"kidney_disease"}
    assert asked(checked(["candesartan", "ibuprofen", "thiazide"]), "BP-05") == set()
    assert asked(checked(["morphine"]), "CNS-04") == {"drinks_alcohol"}
    assert asked(checked(["morphine", "alcohol"]), "CNS-04") == set()


def test_what_only_a_clinician_is_told_is_asked_beside_what_everyone_is_told() -> None:
    told = checked(["amitriptyline"], {"heart_block": True})
    assert found(told, "DX-11").audience == "everyone"
    assert asked(told, "DX-11") == {"item9", "past_attempt", "cssrs_positive"}


def test_a_medicine_that_no_rule_names_is_told_so_that_silence_is_not_taken_for_a_check() -> None:
    told = checked(["rasagiline", "sertraline", "levetiracetam"])
    assert told.not_named == ("levetiracetam", "rasagiline")
    said = "No rule of ours names levetiracetam and rasagiline. So we could not check for it. Please ask your pharmacist."
    assert said in told.lines()
    assert said in told.for_clinician().lines()
    assert checked(["sertraline", "sumatriptan"]).not_named_words == ""


def test_what_is_most_severe_is_read_first_and_the_ids_stay_in_the_order_of_the_tables() -> None:
    told = checked(["sertraline", "sumatriptan", "phenelzine"]).for_clinician()
    assert told.ids == ("SER-01", "SER-02", "SER-03")
    assert [one.id for one in told.most_severe_first] == ["SER-02", "SER-03", "SER-01"]
    heads = [line.split()[0] for line in told.lines() if line.startswith("SER-")]
    assert heads == ["SER-02", "SER-03", "SER-01"]


def test_a_question_names_the_rules_that_wait_for_it() -> None:
    told = checked(["sertraline"])
    age = next(one for one in told.ask if one.about == "age")
    assert age.rules == ("DX-14",)
    assert (age.label, age.question) == (fields()["age"].label, fields()["age"].question)


@pytest.mark.parametrize(
    ("written", "about", "question"),
    [
        (["citalopram"], "dose_mg of citalopram", "What is the dose of citalopram?"),
        (
            ["phenelzine stopped", "sertraline"],
            "stopped_days_ago of phenelzine",
            "How many days ago was phenelzine stopped?",
        ),
        (
            ["sertraline", "tramadol", "sumatriptan prn"],
            "taken_in_last_24_h of sumatriptan",
            "Was sumatriptan taken in the last 24 hours?",
        ),
        (["opioid", "sertraline"], "name of opioid", 'Which medicine is "opioid"?'),
    ],
)
def test_what_is_unknown_about_a_medicine_is_asked(
    written: list[str], about: str, question: str
) -> None:
    told = checked(written)
    one = next(one for one in told.ask if one.about == about)
    assert one.question == question


def test_a_time_is_asked_only_where_both_intakes_were_recorded_without_one() -> None:
    both = checked(["propranolol today", "rizatriptan 5 today"], locale="EU")
    assert {"hour of propranolol", "hour of rizatriptan"} <= asked(both, "PK-04")
    assert "hour of propranolol" not in asked(checked(["propranolol", "rizatriptan 5"]), "PK-04")


def test_a_word_for_a_kind_of_medicine_asks_only_for_its_name() -> None:
    told = checked(["painkiller"])
    assert told.found == ()
    assert [one.about for one in told.ask] == ["name of painkiller"]


def test_a_word_for_a_kind_speaks_where_the_kind_is_enough() -> None:
    assert found(checked(["ssri", "sumatriptan"]), "SER-01") is not None
    assert found(checked(["triptan", "sumatriptan"]), "PK-11") is None
    assert asked(checked(["triptan", "sumatriptan"]), "PK-11") == {"name of triptan"}


def test_the_same_word_for_a_kind_on_two_lines_is_not_two_medicines() -> None:
    assert asked(checked(["triptan", "triptan 50"]), "PK-11") == set()


def test_a_word_for_a_kind_is_asked_about_only_where_it_could_matter() -> None:
    told = checked(["antidepressant", "phenelzine"])
    assert "name of antidepressant" in asked(told, "SER-02")
    assert asked(checked(["nsaid", "phenelzine"]), "SER-02") == set()
    assert asked(checked(["opioid", "phenelzine"]), "SER-02") == {"name of opioid"}


def test_what_is_named_in_one_list_is_not_asked_about_in_the_other() -> None:
    named = checked(["venlafaxine"], {"missed_two_days": ["venlafaxine"]})
    assert "DX-12" in named.ids and asked(named, "DX-12") == set()
    other = checked(["venlafaxine", "sertraline"], {"missed_two_days": ["venlafaxine"]})
    assert asked(other, "DX-12") == {"stopped_suddenly"}


def test_a_medicine_that_did_not_help_counts_only_for_a_wash_out() -> None:
    case = answers_of({"current": ["phenelzine"], "failed": ["fluoxetine", "sumatriptan"]})
    told = check(Shelf.of_answers(case), case)
    assert "stopped_days_ago of fluoxetine" in asked(told, "SER-02")
    assert "SER-03" not in told.ids and asked(told, "SER-03") == set()
    other = answers_of({"current": ["sertraline"], "failed": ["phenelzine"]})
    asks = asked(check(Shelf.of_answers(other), other), "SER-02")
    assert asks == {"stopped_days_ago of phenelzine"}


# --- windows, amounts, a third medicine -----------------------------------------------------------


@pytest.mark.parametrize(
    ("stopped", "current", "rule", "days"),
    [
        ("phenelzine", "sertraline", "SER-02", 14),
        ("moclobemide", "sertraline", "SER-02", 1),
        ("linezolid", "mirtazapine", "SER-02", 1),
        ("sertraline", "phenelzine", "SER-02", 14),
        ("amitriptyline", "tranylcypromine", "SER-02", 14),
        ("vortioxetine", "phenelzine", "SER-02", 21),
        ("fluoxetine", "phenelzine", "SER-02", 35),
        ("moclobemide", "rizatriptan", "SER-03", 14),
        ("fluoxetine", "amitriptyline", "PK-01", 35),
        ("clarithromycin", "eletriptan", "PK-08", 3),
        ("sumatriptan", "ergotamine", "PK-10", 1),
    ],
)
def test_a_wash_out_holds_until_its_last_day(
    stopped: str, current: str, rule: str, days: int
) -> None:
    last = checked([f"{stopped} stopped {days - 1} d ago", current])
    after = checked([f"{stopped} stopped {days} d ago", current])
    assert found(last, rule) is not None
    assert found(after, rule) is None and asked(after, rule) == set()


def test_two_stopped_medicines_never_meet() -> None:
    told = checked(["phenelzine stopped 1 d ago", "sertraline stopped 1 d ago"])
    assert told.found == ()


def test_a_stopped_medicine_is_not_held_against_the_person() -> None:
    assert checked(["flunarizine stopped 3 d ago"], {"depression": True}).found == ()


@pytest.mark.parametrize(
    ("dose", "case", "speaks"),
    [
        (20, {"age": 61}, False),
        (30, {"age": 60}, False),
        (30, {"age": 61}, True),
        (30, {"age": 40, "liver_disease": True}, True),
        (40, {"age": 40, "liver_disease": False, "cyp2c19_poor": False}, False),
        (41, {"age": 40}, True),
    ],
)
def test_citalopram_has_a_lower_limit_in_some_people(
    dose: int, case: dict[str, Any], speaks: bool
) -> None:
    assert ("QT-01" in checked([f"citalopram {dose}"], case).ids) is speaks


def test_an_amount_taken_twice_a_day_counts_twice() -> None:
    case = {"age": 61}
    assert "QT-01" in checked(["citalopram 20 twice a day"], case).ids
    assert "QT-01" not in checked(["citalopram 20 daily"], case).ids


def test_a_third_medicine_counts_only_beside_the_two() -> None:
    assert found(checked(["candesartan", "spironolactone"]), "BP-05").severity == "moderate"
    assert found(checked(["candesartan", "potassium", "spironolactone"]), "BP-05").severity == (
        "serious"
    )
    stopped = checked(["sertraline", "ibuprofen", "warfarin stopped 3 d ago"])
    assert found(stopped, "BLD-01").severity == "moderate"


def test_an_intake_of_the_week_before_does_not_add_to_todays() -> None:
    doses = ["rizatriptan 10 Monday 08:00", "rizatriptan 10 Tuesday 09:00"]
    told = found(checked(["propranolol", *doses], locale="US"), "PK-04")
    assert "PK-04c" not in {pair.case_id for pair in told.pairs}


def test_three_intakes_count_from_the_last_one_backwards() -> None:
    far = [f"rizatriptan 5 {day} 10:00" for day in ("Monday", "Tuesday", "Wednesday", "Thursday")]
    near = [f"rizatriptan 5 Monday {hour}:00" for hour in ("08", "11", "14", "17")]
    assert found(checked(["propranolol", *far]), "PK-04").is_hard is False
    assert found(checked(["propranolol", *near]), "PK-04").is_hard is True


def test_a_triptan_of_the_day_before_yesterday_does_not_count_with_todays_list() -> None:
    old = checked(["sertraline", "tramadol", "sumatriptan 30 h ago"])
    new = checked(["sertraline", "tramadol", "sumatriptan 3 h ago"])
    assert "SER-06" not in old.ids and "SER-06" in new.ids


@pytest.mark.parametrize(
    ("written", "rule", "speaks"),
    [
        (["sertraline", "tramadol 7 days ago"], "SER-04", True),
        (["sertraline", "tramadol 168 h ago"], "SER-04", True),
        (["sertraline", "tramadol 169 h ago"], "SER-04", False),
        (["phenelzine", "sertraline 13 days ago"], "SER-02", True),
        (["phenelzine", "sertraline 15 days ago"], "SER-02", False),
        (["sertraline", "ibuprofen", "warfarin 8 days ago"], "BLD-02", False),
    ],
)
def test_what_was_last_taken_more_than_7_days_ago_counts_only_for_a_wash_out(
    written: list[str], rule: str, speaks: bool
) -> None:
    assert (rule in checked(written).ids) is speaks


def test_the_count_and_the_third_medicine_look_at_the_last_7_days_only() -> None:
    assert "SER-06" not in checked(["sertraline", "lithium", "ondansetron 8 days ago"]).ids
    assert "SER-06" in checked(["sertraline", "lithium", "ondansetron 6 days ago"]).ids
    old = checked(["sertraline", "ibuprofen", "steroid 8 days ago"])
    assert found(old, "BLD-01").severity == "moderate"


@pytest.mark.parametrize(
    ("written", "is_hard"),
    [
        (["rizatriptan 5 Monday 08:00", "rizatriptan 5 Monday 14:00"], False),
        ([f"rizatriptan 5 {at}" for at in ("Monday 08:00", "Monday 14:00", "Monday 20:00", "Tuesday 07:00")], True),
        ([f"rizatriptan 5 {at}" for at in ("Monday 08:00", "Monday 14:00", "Monday 20:00", "Tuesday 08:00")], False),
        ([f"rizatriptan 5 {at}" for at in ("Sunday 12:00", "Sunday 16:00", "Sunday 20:00", "Monday 09:00")], True),
        (["rizatriptan 5 today"] * 4, True),
        (["rizatriptan 5 today"] * 3, False),
        (["rizatriptan 5 taken", "rizatriptan 20 prn"], False),
        (["rizatriptan 5 taken", "sumatriptan 100 taken"], False),
        (["rizatriptan taken", *["rizatriptan 5 today"] * 4], True),
        (["rizatriptan 5 taken"], False),
        (["rizatriptan 6 taken"], True),
    ],
)  # fmt: skip
def test_intakes_of_one_medicine_add_up_over_the_24_hours_before_the_last(
    written: list[str], is_hard: bool
) -> None:
    assert found(checked(["propranolol", *written]), "PK-04").is_hard is is_hard


def test_an_intake_without_an_amount_asks_for_it() -> None:
    told = checked(["propranolol", "rizatriptan taken"])
    assert not found(told, "PK-04").is_hard
    assert asked(told, "PK-04") == {"dose_mg of rizatriptan"}
    assert asked(checked(["propranolol", "rizatriptan 5 taken"]), "PK-04") == set()


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        (["sertraline", "tramadol", "sumatriptan 23 h ago"], "speaks"),
        (["sertraline", "tramadol", "sumatriptan 24 h ago"], "silent"),
        (["sertraline", "tramadol", "sumatriptan 50 daily"], "speaks"),
        (["sertraline", "tramadol", "sumatriptan Monday 08:00", "ibuprofen Tuesday 07:00"], "speaks"),
        (["sertraline", "tramadol", "sumatriptan Monday 08:00", "ibuprofen Tuesday 08:00"], "silent"),
        (["sertraline", "sumatriptan with naproxen today"], "silent"),
        (["lithium", "sumatriptan with naproxen today", "sumatriptan today"], "silent"),
        (["sertraline", "tramadol", "sumatriptan 08:00", "ibuprofen Tuesday 10:00"], "speaks"),
        (["sertraline", "lithium", "sumatriptan with naproxen today"], "speaks"),
        (["ssri", "tramadol", "lithium"], "asks"),
        (["ssri", "tramadol"], "silent"),
        (["ssri", "tramadol", "lithium", "ondansetron"], "speaks"),
        (["sertraline", "bupropion", "agomelatine", "lithium"], "silent"),
    ],
)  # fmt: skip
def test_three_different_medicines_that_act_on_serotonin_are_counted(
    written: list[str], outcome: str
) -> None:
    told = checked(written)
    is_asked = bool(asked(told, "SER-06"))
    assert ("SER-06" in told.ids, is_asked) == (outcome == "speaks", outcome == "asks")


def test_one_ingredient_on_two_lines_counts_once() -> None:
    told = checked(["sertraline", "tramadol", "tramadol 50 prn"])
    assert "SER-06" not in told.ids and asked(told, "SER-06") == set()


def test_labels_of_two_places_may_differ() -> None:
    written = ["escitalopram 10", "amitriptyline 25"]
    assert found(checked(written), "QT-01").severity == "moderate"
    assert found(checked(written, locale="EU"), "QT-01").severity == "contraindicated"


# --- two clinicians -------------------------------------------------------------------------------


def test_medicines_of_two_clinicians_are_checked_together_and_it_is_said() -> None:
    both = together(
        shelf(["sumatriptan"], prescriber="neurologist"),
        shelf(["phenelzine", "moclobemide"], prescriber="psychiatrist"),
    )
    told = check(both, Answers.of())
    one = found(told, "SER-03")
    assert one.across_prescribers
    said = "neurologist and psychiatrist"
    assert any(said in line for line in told.lines())
    assert any(said in line for line in told.for_clinician().lines())


def test_medicines_of_one_clinician_are_not_said_to_be_of_two() -> None:
    told = check(shelf(["sumatriptan", "phenelzine"], prescriber="neurologist"), Answers.of())
    assert not found(told, "SER-03").across_prescribers
    assert not any("neurologist" in line for line in told.lines())


# --- two readers ----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(WRITTEN), max_size=6, unique=True), _known(), st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_a_person_is_never_told_how_dangerous_a_medicine_is_in_overdose(
    written: list[str], known: dict[str, Any], item9: int
) -> None:
    told = checked(written, {**known, "item9": item9}).for_person()
    assert not {"DX-17"} & set(told.ids)
    assert not any("DX-17" in one.rules for one in told.ask)
    assert not re.search("overdose|high toxicity|small supply", " ".join(told.lines()).casefold())
    assert all(pair.audience == "everyone" for one in told.found for pair in one.pairs)


def test_a_clinician_is_told_of_overdose_with_its_source() -> None:
    told = checked(["propranolol"], {"item9": 1}).for_clinician()
    text = "\n".join(told.lines())
    assert "DX-17 serious" in text and "NICE CG150" in text and "for clinicians only" in text


def test_a_person_is_told_only_what_has_a_source_and_to_show_the_rest() -> None:
    told = checked(["amitriptyline 25", "paroxetine 20"])
    assert told.ids == ("PK-01",)
    person = told.for_person()
    assert person.ids == () and person.more_for_team
    assert wording("interactions")["more_for_team"] in person.lines()
    assert "Source: not found." in "\n".join(told.for_clinician().lines())


def test_a_rule_that_only_informs_is_not_announced_without_its_source() -> None:
    person = checked(["naproxen", "amitriptyline"]).for_person()
    assert person.ids == () and not person.more_for_team
    assert wording("interactions")["nothing"] in person.lines()


def test_overdose_alone_is_no_reason_to_tell_a_person_that_there_is_more() -> None:
    case = {"item9": 1, "heart_block": False, "bradycardia": False, "asthma": False}
    assert not checked(["propranolol"], case).for_person().more_for_team


def test_a_person_sees_the_sourced_part_of_a_rule_whose_strongest_part_has_no_source() -> None:
    told = checked(["st_johns_wort", "escitalopram", "sumatriptan"])
    person = told.for_person()
    assert found(told, "SER-05").medicines == ("St John's wort", "escitalopram", "sumatriptan")
    assert found(person, "SER-05").medicines == ("St John's wort", "escitalopram")
    assert person.more_for_team


def test_a_rule_is_told_by_its_strongest_pair_and_holds_the_others_behind_it() -> None:
    one = found(checked(["sertraline", "tramadol", "tapentadol"]), "SER-04")
    assert (one.severity, one.confidence) == ("serious", "medium")
    assert one.say == one.pairs[0].say and one.mechanism == one.pairs[0].mechanism
    assert [(pair.case_id, pair.severity) for pair in one.pairs] == [
        ("SER-04", "serious"),
        ("SER-04b", "moderate"),
    ]
    assert one.medicines == ("sertraline", "tramadol", "tapentadol")


def test_what_is_for_everyone_leads_where_it_is_as_severe_as_what_is_not() -> None:
    one = found(checked(["amitriptyline"], {"item9": 1, "heart_block": True}), "DX-11")
    assert one.audience == "everyone"
    assert [pair.audience for pair in one.pairs] == ["everyone", "clinician"]
    assert "overdose" not in one.say
    text = "\n".join(checked(["amitriptyline"], {"item9": 1}).for_clinician().lines())
    assert "DX-11 serious (avoid, or specialist supervision; for clinicians only)" in text


def test_a_recorded_intake_beyond_the_label_is_marked_for_the_clinician() -> None:
    hard = checked(["propranolol 80", "rizatriptan 10 taken"])
    assert "recorded intake above what the label allows" in hard.for_clinician().lines()[0]
    soft = checked(["propranolol 80", "rizatriptan 5"]).for_clinician().lines()
    assert not any("recorded intake" in line for line in soft)
    assert found(hard, "PK-04").is_of_an_intake


def test_a_pair_and_a_medicine_with_a_condition_have_their_own_actions() -> None:
    words = wording("interactions")
    pair = found(checked(["sertraline", "phenelzine"]), "SER-02")
    condition = found(checked(["flunarizine"], {"depression": True}), "DX-03")
    assert pair.action == words["pair"]["contraindicated"]
    assert condition.action == words["condition"]["contraindicated"] != pair.action
    own = found(checked(["combined pill"], {"aura": True}), "DX-07")
    assert own.action == "Do not stop on your own."


def test_without_a_view_the_lines_are_those_for_the_person() -> None:
    told = checked(["propranolol"], {"item9": 2, "phq9": 20})
    assert told.lines() == told.for_person().lines()
    assert told.for_person().for_person() == told.for_person()


def test_each_view_says_whom_it_is_for() -> None:
    told = checked(["sumatriptan", "sertraline"])
    assert (told.view, told.for_person().view) == ("all", "person")
    assert told.for_clinician().view == "clinician"


def test_information_names_no_action() -> None:
    lines = checked(["sumatriptan", "sertraline"]).lines()
    assert lines[0].startswith("sumatriptan and sertraline: Often used together.")
    assert lines[0].endswith("Ask your prescriber if unsure.")


def test_a_line_names_the_medicines_what_can_happen_whom_to_ask_and_the_source() -> None:
    lines = checked(["codeine", "diazepam"]).lines()
    assert lines[0] == (
        "codeine and diazepam: Together these can slow breathing. Ask your prescriber or "
        "pharmacist before the next dose. Do not stop on your own. Urgent help if: very slow "
        "breathing, or being hard to wake."
    )
    assert lines[1].startswith("Source: US Food and Drug Administration 2016")
    assert lines[-1] == wording("interactions")["covers"]


def test_what_is_said_of_several_medicines_is_said_once() -> None:
    lines = checked(["sertraline", "ibuprofen", "naproxen"]).lines()
    assert sum("Ask about stomach protection" in line for line in lines) == 1
    assert lines[0].startswith("sertraline, ibuprofen and naproxen:")


def test_what_is_open_about_self_harm_is_asked_on_its_own_page_and_never_in_passing() -> None:
    told = checked(["topiramate", "propranolol"])
    person = told.for_person()
    [apart] = [one for one in person.ask if one.about == "self_harm"]
    assert apart.rules == ("DX-02",)
    assert apart.question == wording("interactions")["self_harm"]["question"]
    text = " ".join([*person.lines(), *(one.question for one in person.ask)]).casefold()
    assert wording("interactions")["self_harm"]["label"] in text
    assert not re.search("item 9|suicid|self-harm|attempt|dead|hurting", text)


def test_no_question_about_self_harm_stands_anywhere_in_its_own_words() -> None:
    asks = {one.about: one for one in checked(["topiramate", "propranolol"]).ask}
    for name in ("item9", "past_attempt", "self_harm_thoughts", "cssrs_positive"):
        assert fields()[name].question not in asks[name].question
        assert fields()[name].label in asks[name].question


def test_every_private_topic_that_rules_look_at_has_its_own_words() -> None:
    topics = {fields()[name].topic for rule in rules() for name in rule.names} - {""}
    assert topics and all(set(wording("interactions")[one]) for one in topics)


def test_a_clinician_reads_what_is_open_by_its_name() -> None:
    text = " ".join(checked(["topiramate"]).for_clinician().lines())
    assert "item 9 of the PHQ-9" in text
    assert "better off dead" not in text


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_never_says_to_a_person_what_is_never_said(rule: Any) -> None:
    for clause in rule.clauses:
        if clause.told.audience == "everyone":
            signs = wording("interactions")["urgent"].format(signs=clause.told.urgent)
            told = " ".join((clause.told.say, signs, clause.told.action or ""))
            assert found_in(told) == ()


@pytest.mark.parametrize(
    ("medicine", "rule"),
    [
        ("candesartan", "DX-18"),
        ("erenumab", "DX-16"),
        ("valproate", "DX-05"),
        ("ibuprofen", "DX-15"),
    ],
)
def test_a_man_is_not_asked_about_pregnancy_and_everyone_else_is(medicine: str, rule: str) -> None:
    assert "pregnancy" in asked(checked([medicine]), rule)
    assert "pregnancy" in asked(checked([medicine], {"sex": "female"}), rule)
    assert "pregnancy" in asked(checked([medicine], {"sex": "other"}), rule)
    assert not {"pregnancy", "can_become_pregnant"} & asked(
        checked([medicine], {"sex": "male"}), rule
    )


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_speaks_in_short_sentences(rule: Any) -> None:
    for clause in rule.clauses:
        for sentence in re.split(r"(?<=[.;:])\s+", clause.told.say):
            assert len(sentence.split()) <= 24


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_for_everyone_names_a_dose_only_where_the_label_is_quoted(rule: Any) -> None:
    for clause in rule.clauses:
        if clause.told.audience == "everyone" and rule.id != "PK-04":
            assert not re.search(r"\d+ ?m?g\b", clause.told.say)


def test_the_only_actions_are_to_ask_to_get_help_and_not_to_stop_alone() -> None:
    allowed = {
        "The label says these must not be combined",
        "Ask your prescriber or pharmacist now, before the next dose",
        "Ask your prescriber or pharmacist before the next dose",
        "Worth asking your prescriber or pharmacist before the next dose",
        "Do not stop on your own",
    }
    words = wording("interactions")
    actions = [*words["pair"].values(), *words["condition"].values()]
    actions += [one.told.action for rule in rules() for one in rule.clauses if one.told.action]
    said = {part.strip() for line in actions for part in line.split(".") if part.strip()}
    assert said == allowed


# --- mistakes -------------------------------------------------------------------------------------


def test_an_unknown_place_is_refused_with_what_to_choose() -> None:
    with pytest.raises(TwofoldError, match="US, EU, UK"):
        check(Shelf(), Answers.of(), locale="Mars")  # type: ignore[arg-type]


def test_an_unknown_medicine_in_an_answer_is_named_with_its_question() -> None:
    with pytest.raises(RecordError, match=r"stopped_suddenly.*sertralinne"):
        checked(["sertraline"], {"stopped_suddenly": ["sertralinne"]})


# --- circumstances --------------------------------------------------------------------------------


def _circumstances(written: list[str], case: dict[str, Any] | None = None) -> str:
    return found(checked(written, case), "BLD-01").circumstances


def test_circumstances_change_with_an_amount_a_medicine_or_an_answer_and_not_otherwise() -> None:
    as_it_was = _circumstances(["sertraline 50", "naproxen 500"])
    assert _circumstances(["naproxen 500", "sertraline 50"]) == as_it_was
    assert _circumstances(["naproxen 500", "sertraline 50 daily", "riboflavin"]) == as_it_was
    assert _circumstances(["sertraline 50", "naproxen 500"], {"asthma": True}) == as_it_was
    assert _circumstances(["sertraline 100", "naproxen 500"]) != as_it_was
    assert _circumstances(["sertraline 50", "ibuprofen 400"]) != as_it_was
    assert _circumstances(["sertraline 50", "naproxen 500"], {"age": 40}) != as_it_was


def test_a_result_is_plain_values_all_the_way_down() -> None:
    told = dataclasses.asdict(checked(["propranolol 80", "rizatriptan 10 taken"], {"phq9": 12}))
    assert told["found"][0]["sources"][0]["title"]


def test_another_class_of_the_same_severity_changes_the_circumstances() -> None:
    one = found(checked(["lasmiditan", "diazepam"]), "CNS-01").circumstances
    other = found(checked(["lasmiditan", "pregabalin"]), "CNS-01").circumstances
    assert one != other
