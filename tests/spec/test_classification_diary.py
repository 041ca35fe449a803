"""What the attacks and months of a diary fit: attack by attack, 30 days at a time, no day hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.diary.diary import Diary
from twofold.diary.headache import Attack, Aura, FreeDay, PainRating, Symptoms
from twofold.diary.medication import Dose
from twofold.diary.rhythm import CycleDay
from twofold.facts.answers import Answers
from twofold.facts.attack_answers import attack_answers
from twofold.facts.attacks_over_months import months_of
from twofold.facts.classification import Classification, classify_diary
from twofold.facts.days import day_table
from twofold.facts.menstrual import CyclesTold, cycles_told, day_of_cycle
from twofold.units import Hours, Pain, When

FIRST = dt.date(2025, 1, 1)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(number)


def migraine(number: int, *, hours: float = 8, **signs: Any) -> Attack:
    """Return an attack that meets 1.1 B to D: left-sided, severe, with nausea."""
    start = dt.datetime.combine(day(number), dt.time(8))
    end = start + dt.timedelta(hours=hours)
    return Attack(
        When(start.date(), start.time()),
        end=When(end.date(), end.time()),
        kind="headache",
        side="left",
        pain=(PainRating(When(start.date()), Pain(8)),),
        symptoms=Symptoms(**({"nausea": True} | signs)),
    )


def tension(number: int, *, hours: float = 8) -> Attack:
    """Return an attack that meets 2.x B to D: both sides, pressing, mild, nothing with it."""
    signs = Symptoms(
        nausea=False,
        vomiting=False,
        photophobia=False,
        phonophobia=False,
        worse_with_activity=False,
    )
    pain = (PainRating(When(day(number)), Pain(2)),)
    attack = migraine(number, hours=hours)
    return replace(attack, side="both", quality="pressing", pain=pain, symptoms=signs)


def kept(attacks: Iterable[Attack], days: int, *, unknown: Iterable[int] = ()) -> Diary:
    """Return a diary of so many days: attacks, days without, and days on which nothing was written."""
    there = tuple(attacks)
    taken = {(one.onset.day - FIRST).days for one in there} | set(unknown)
    asked = tuple(day(number) for number in range(days) if number not in unknown)
    return Diary(
        "you",
        FIRST,
        day(days - 1),
        attacks=there,
        free_days=tuple(FreeDay(day(number)) for number in range(days) if number not in taken),
        asked_acute_days=asked,
    )


def told(diary: Diary, **answers: Any) -> Classification:
    return classify_diary(diary, day_table(diary), Answers.of(answers))


def every(step: int, days: int) -> range:
    return range(0, days, step)


def verdict(classified: Classification, pattern: str, part: str) -> str:
    return {one.id: one.verdict for one in classified.pattern(pattern).criteria}[part]


# --- attacks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("attacks", "fits"), [(5, ("1.1",)), (4, ())])
def test_five_attacks_of_a_diary_are_enough_and_four_leave_it_open(
    attacks: int, fits: tuple[str, ...]
) -> None:
    diary = kept((migraine(3 * number) for number in range(attacks)), 60)
    classified = told(diary)
    assert [one for one in classified.fits if one == "1.1"] == list(fits)
    assert classified.pattern("1.1").status == ("met" if fits else "unknown")


def test_four_attacks_that_are_all_there_ever_were_fit_only_probable_migraine() -> None:
    classified = told(kept((migraine(3 * number) for number in range(4)), 60), n_attacks=4)
    assert classified.pattern("1.1").status == "not met"
    assert "1.5.1" in classified.fits


@pytest.mark.parametrize(
    ("attacks", "lifetime", "status"),
    [
        (5, None, "met"),
        (4, None, "unknown"),
        (4, 4, "not met"),
        (4, 9, "met"),
        (0, None, "unknown"),
    ],
)
def test_attacks_that_miss_one_criterion_fit_probable_migraine_when_there_are_five(
    attacks: int, lifetime: int | None, status: str
) -> None:
    """Four that miss one, and no more in life, miss the number as well."""
    signs = Symptoms(nausea=False, vomiting=False, photophobia=True, phonophobia=False)
    each = (replace(migraine(3 * number), symptoms=signs) for number in range(attacks))
    classified = told(kept(each, 60), n_attacks=lifetime)
    assert classified.pattern("1.5.1").status == status


def test_attacks_that_miss_two_criteria_never_fit_probable_migraine() -> None:
    classified = told(kept((tension(3 * number) for number in range(9)), 60))
    assert classified.pattern("1.5.1").status == "not met"


def test_attacks_of_which_one_criterion_is_open_leave_probable_migraine_open() -> None:
    each = (replace(migraine(3 * number), symptoms=Symptoms()) for number in range(9))
    classified = told(kept(each, 60))
    assert classified.pattern("1.1").status == classified.pattern("1.5.1").status == "unknown"
    assert "nausea" in classified.pattern("1.1").ask


def test_criteria_met_by_different_attacks_are_not_met_together() -> None:
    """One kind of attack has the pain, another the nausea: none is migraine."""
    no_nausea = Symptoms(nausea=False, vomiting=False, photophobia=False, phonophobia=False)
    pain = [replace(migraine(4 * n), symptoms=no_nausea) for n in range(6)]
    signs = [
        replace(tension(4 * n + 2), symptoms=Symptoms(nausea=True, worse_with_activity=False))
        for n in range(6)
    ]
    classified = told(kept([*pain, *signs], 60))
    assert classified.pattern("1.1").status == "not met"
    assert classified.pattern("1.5.1").status == "met"


def test_other_headaches_between_do_not_hide_the_migraine() -> None:
    attacks = [*(migraine(4 * n) for n in range(6)), *(tension(4 * n + 2) for n in range(6))]
    classified = told(kept(attacks, 60))
    assert classified.pattern("1.1").status == "met"
    reason = {one.id: one.reason for one in classified.pattern("1.1").criteria}["B"]
    assert reason == "6 of 12 attacks of the diary meet all of these"


def test_an_attack_of_two_hours_is_open_where_it_was_treated_or_nobody_knows() -> None:
    short = [migraine(3 * number, hours=2) for number in range(8)]
    diary = kept(short, 60)
    untreated = told(diary, age=40)
    doses = tuple(Dose(one.onset, "sumatriptan", "acute") for one in short)
    treated = told(replace(diary, doses=doses), age=40)
    not_asked = told(replace(diary, asked_acute_days=()), age=40)
    assert verdict(untreated, "1.1", "B") == "not met"
    assert verdict(treated, "1.1", "B") == verdict(not_asked, "1.1", "B") == "unknown"


def test_an_attack_without_its_times_has_no_length() -> None:
    attack = replace(migraine(0), onset=When(day(0)), end=When(day(1)))
    diary = kept([attack], 10)
    answers = attack_answers(attack, diary, day_table(diary), Answers.of())
    assert answers["duration_h"] is None and answers["headache"] is True


@pytest.mark.parametrize(
    ("pain", "word"),
    [(0, None), (1, "mild"), (3, "mild"), (4, "moderate"), (6.9, "moderate"), (7, "severe")],
)
def test_the_strongest_pain_of_an_attack_gives_its_word(pain: float, word: str | None) -> None:
    ratings = (PainRating(When(day(0)), Pain(0)), PainRating(When(day(0)), Pain(pain)))
    attack = replace(migraine(0), pain=ratings)
    diary = kept([attack], 10)
    assert attack_answers(attack, diary, day_table(diary), Answers.of())["intensity"] == word


def test_what_an_attack_does_not_tell_stays_unknown() -> None:
    attack = Attack(When(day(0)))
    diary = replace(kept([attack], 10), asked_acute_days=())
    assert attack_answers(attack, diary, day_table(diary), Answers.of()).known() == {}


@pytest.mark.parametrize(
    ("side", "word"),
    [("left", "unilateral"), ("right", "unilateral"), ("both", "bilateral"), ("shifting", None)],
)
def test_a_side_that_shifts_is_neither_one_nor_both(side: Any, word: str | None) -> None:
    attack = replace(migraine(0), side=side)
    diary = kept([attack], 10)
    assert attack_answers(attack, diary, day_table(diary), Answers.of())["side"] == word


AURA = Aura(
    visual=True,
    sensory=False,
    speech=False,
    motor=False,
    brainstem=False,
    retinal=False,
    spreads_gradually=True,
    one_sided=True,
    positive=True,
    duration=Hours(0.5),
    headache_follows_within=Hours(0.25),
)


def test_two_auras_of_a_diary_fit_migraine_with_typical_aura() -> None:
    attacks = [replace(migraine(9 * number), aura=AURA) for number in range(2)]
    classified = told(kept(attacks, 30), aura_checked=True)
    assert {"1.2", "1.2.1", "1.2.1.1"} <= set(classified.fits)


@pytest.mark.parametrize(
    ("hours", "minutes", "follows"),
    [(0.5, 30, True), (None, None, None)],
)
def test_an_aura_that_was_not_asked_about_stays_unknown(
    hours: float | None, minutes: float | None, follows: bool | None
) -> None:
    aura = AURA if hours else Aura(visual=True)
    diary = kept([replace(migraine(0), aura=aura)], 10)
    answers = attack_answers(diary.attacks[0], diary, day_table(diary), Answers.of())
    assert answers["aura_total_min"] == minutes
    assert answers["aura_headache"] is follows
    assert answers["aura_n_symptoms"] == (1 if hours else None)


def test_a_headache_more_than_an_hour_after_the_aura_does_not_belong_to_it() -> None:
    aura = replace(AURA, headache_follows_within=Hours(1.5))
    diary = kept([replace(migraine(0), aura=aura)], 10)
    answers = attack_answers(diary.attacks[0], diary, day_table(diary), Answers.of())
    assert answers["aura_headache"] is False


# --- months ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "status", "so_before"),
    [
        (120, "met", None),
        (119, "unknown", None),
        (90, "unknown", None),
        (90, "met", True),
        (90, "not met", False),
        (60, "unknown", True),
        (30, "unknown", None),
    ],
)
def test_chronic_migraine_needs_a_fourth_month_or_the_word_that_it_was_so_before(
    days: int, status: str, so_before: bool | None
) -> None:
    diary = kept((migraine(number) for number in every(2, days)), days)
    assert told(diary, so_before=so_before).pattern("1.3").status == status


@pytest.mark.parametrize(("days", "is_asked"), [(120, False), (90, True), (60, False)])
def test_how_it_was_before_the_diary_is_asked_only_where_it_could_decide(
    days: int, is_asked: bool
) -> None:
    classified = told(kept((migraine(number) for number in every(2, days)), days))
    assert ("so_before" in classified.pattern("1.3").ask) is is_asked


def test_a_month_says_how_many_of_its_days_are_known_and_what_the_others_could_add() -> None:
    unknown = [number for number in range(120) if number % 30 in (1, 3)]
    classified = told(kept((migraine(number) for number in every(2, 120)), 120, unknown=unknown))
    newest = classified.months[0]
    assert (newest.days, newest.known) == (30, 28)
    assert (newest.headache, newest.headache_at_most) == (15, 17)
    assert (newest.migraine, newest.migraine_at_most) == (15, 17)
    assert classified.lines()[0] == (
        "Of the last 30 days, 28 are known. 15 of them were headache days."
    )
    reason = {one.id: one.reason for one in classified.pattern("1.3").criteria}["A"]
    assert reason == (
        "headache on 15 to 17 of 30 days, 28 of them known; so in the last 4 times 30 days, of 4 asked"
    )


def test_a_quieter_month_before_the_last_four_does_not_undo_them() -> None:
    attacks = [migraine(number) for number in every(2, 150) if number >= 30]
    assert told(kept(attacks, 150)).pattern("1.3").status == "met"


def test_the_reasons_of_a_month_name_headache_and_migraine_days_apart() -> None:
    attacks = [migraine(n) if n % 30 < 14 else tension(n) for n in every(2, 120)]
    classified = told(kept(attacks, 120), aura=False)
    reasons = {one.id: one.reason for one in classified.pattern("1.3").criteria}
    assert reasons["A"].startswith("headache on 15 of 30 days, 30 of them known; ")
    assert reasons["C"].startswith("migraine on 7 of 30 days, 30 of them known; ")


def test_a_day_of_an_attack_that_was_not_asked_leaves_its_treatment_open() -> None:
    attack = migraine(3, hours=20)
    diary = replace(kept([attack], 10), asked_acute_days=(day(3),))
    whole = replace(diary, asked_acute_days=(day(3), day(4)))
    for one, treated in ((diary, None), (whole, False)):
        answers = attack_answers(attack, one, day_table(one), Answers.of())
        assert answers["acute_taken"] is treated


def test_a_medicine_that_was_asked_on_no_day_of_the_attack_is_open_even_if_another_is_not_taken() -> (
    None
):
    """Two columns of medicine, one known on the day and one not: the day is open."""
    attack = migraine(3)
    diary = replace(kept([attack], 10), asked_acute_days=())
    doses = (Dose(When(day(7)), "sumatriptan", "acute"), Dose(When(day(8)), "ibuprofen", "acute"))
    table = day_table(replace(diary, doses=doses))
    table.columns["acute.triptan"][3] = 0.0
    assert attack_answers(attack, diary, table, Answers.of())["acute_taken"] is None


def test_without_migraine_days_the_diagnosis_is_asked_and_no_day_that_the_diary_holds() -> None:
    classified = told(kept((tension(number) for number in every(10, 60)), 60), aura=False)
    assert "has_migraine" in classified.pattern("LFEM").ask
    assert not {"mhd", "mmd", "n_attacks"} & set(classified.pattern("LFEM").ask)


@pytest.mark.parametrize(("attacks", "expected"), [(5, "met"), (4, "unknown")])
def test_five_migraine_attacks_of_a_diary_are_the_five_of_chronic_migraine(
    attacks: int, expected: str
) -> None:
    each = [migraine(2 * number) for number in range(attacks)]
    assert verdict(told(kept(each, 60)), "1.3", "B") == expected


def test_one_of_four_months_under_fifteen_days_is_no_chronic_migraine() -> None:
    attacks = [migraine(number) for number in every(2, 120) if not 30 <= number < 34]
    assert told(kept(attacks, 120)).pattern("1.3").status == "not met"


def test_enough_headache_days_but_seven_migraine_days_is_no_chronic_migraine() -> None:
    attacks = [
        migraine(number) if number % 30 < 14 else tension(number) for number in every(2, 120)
    ]
    assert told(kept(attacks, 120)).pattern("1.3").status == "unknown"  # an aura was not asked
    classified = told(kept(attacks, 120), aura=False)
    assert [month.migraine for month in classified.months] == [7, 7, 7, 7]
    assert classified.pattern("1.3").status == "not met"


def test_an_attack_that_cannot_be_told_leaves_the_migraine_day_open() -> None:
    silent = [replace(migraine(number), symptoms=Symptoms()) for number in every(2, 120)]
    classified = told(kept(silent, 120))
    (newest, *_) = classified.months
    assert (newest.migraine, newest.migraine_at_most) == (0, 15)
    assert classified.pattern("1.3").status == "unknown"


def test_recorded_days_that_reach_the_line_decide_however_many_days_are_unknown() -> None:
    """Unknown days can only add: 15 recorded headache days of 15 known ones are enough."""
    unknown = [number for number in range(120) if number % 2]
    diary = kept((migraine(number) for number in every(2, 120)), 120, unknown=unknown)
    classified = told(diary)
    assert classified.pattern("1.3").status == "met"
    assert classified.notes[0].id == "G10"


def test_under_four_fifths_known_nothing_is_ruled_out_and_no_frequency_is_named() -> None:
    unknown = [number for number in range(120) if number % 30 >= 5]
    diary = kept((migraine(number) for number in every(30, 120)), 120, unknown=unknown)
    classified = told(diary)
    assert classified.pattern("1.3").status == "unknown"
    assert not {"LFEM", "MFEM", "HFEM"} & set(classified.fits)
    (note,) = [one for one in classified.notes if one.id == "G10"]
    assert note.says.startswith("Too many unknown days for a name: 5 of 30 days are known.")


@pytest.mark.parametrize(("step", "name"), [(10, "LFEM"), (5, "MFEM"), (3, "HFEM")])
def test_how_often_it_comes_is_named_from_the_last_thirty_days(step: int, name: str) -> None:
    classified = told(kept((migraine(number) for number in every(step, 120)), 120))
    assert name in classified.fits


def test_tension_type_headaches_of_four_months_are_frequent() -> None:
    classified = told(kept((tension(number) for number in every(6, 120)), 120))
    assert [one for one in classified.fits if one.startswith("2.")] == ["2.2"]


@pytest.mark.parametrize(
    ("days", "status"),
    [(120, "met"), (60, "unknown")],
)
def test_headaches_that_miss_one_sign_of_tension_type_fit_its_probable_form_after_months(
    days: int, status: str
) -> None:
    """Light and sound are both hard to bear; how long it has been so counts as well."""
    signs = replace(tension(0).symptoms, photophobia=True, phonophobia=True)
    each = (replace(tension(number), symptoms=signs) for number in every(4, days))
    assert told(kept(each, days)).pattern("2.4.2").status == status


def test_nine_headaches_leave_the_probable_form_open_because_more_may_have_been_before() -> None:
    signs = replace(tension(0).symptoms, photophobia=True, phonophobia=True)
    each = (replace(tension(number), symptoms=signs) for number in every(14, 120))
    classified = told(kept(each, 120))
    assert len(classified.months) == 4 and classified.pattern("2.4.2").status == "unknown"


def test_a_headache_without_a_break_is_as_old_as_the_person_says_not_as_the_diary() -> None:
    said = {"unremitting": True, "daily_from_start": True, "onset_remembered": True}
    diary = kept((tension(number) for number in range(30)), 30)
    assert told(diary, **said, months=5).pattern("4.10").status == "met"
    assert told(diary, **said).pattern("4.10").status == "unknown"


def test_headache_days_that_the_person_tells_stand_before_the_days_of_the_diary() -> None:
    diary = kept((migraine(number) for number in every(2, 30)), 30)
    classified = told(diary, mhd=16, mmd=9, months=6)
    assert classified.pattern("1.3").status == "met"


def test_the_days_before_a_diary_are_unknown_days_of_its_first_month() -> None:
    (month,) = months_of(np.ones(10), np.ones(10))
    assert (month.headache.hits, month.headache.known, month.headache.days) == (10, 10, 30)


def test_months_are_counted_back_from_today() -> None:
    headache = np.zeros(65)
    headache[-5:] = 1
    newest, before = months_of(headache, headache)
    assert (newest.headache.hits, before.headache.hits) == (5, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["migraine", "tension", "free", "unknown"]), min_size=30, max_size=125
    ),
    st.lists(st.booleans(), min_size=125, max_size=125),
)
def test_no_filling_of_the_unknown_days_undoes_a_verdict(
    days: list[str], filling: list[bool]
) -> None:
    """What is said of the months must hold whether the unknown days were free or not."""
    filled = [
        one if one != "unknown" else "migraine" if filling[at] else "free"
        for at, one in enumerate(days)
    ]
    before, after = told(diary_of(days)), told(diary_of(filled))
    for pattern, part in (("1.3", "A"), ("1.3", "C"), ("2.3", "A"), ("HFEM", "B")):
        if verdict(before, pattern, part) != "unknown":
            assert verdict(after, pattern, part) == verdict(before, pattern, part)


def diary_of(days: list[str]) -> Diary:
    make = {"migraine": migraine, "tension": tension}
    attacks = [make[one](at) for at, one in enumerate(days) if one in make]
    return kept(attacks, len(days), unknown=[at for at, one in enumerate(days) if one == "unknown"])


# --- kinds of days --------------------------------------------------------------------------------


def one_day(
    attack: Attack, *, taken: str | None = None, aura: bool | None = False
) -> dict[str, Any]:
    """Return, kind by kind, whether the attack's day counts: 1, 0, or None where it is open."""
    diary = kept([attack], 30)
    if taken:
        diary = replace(diary, doses=(Dose(attack.onset, taken, "acute"),))
    found = told(diary, **({} if aura is None else {"aura": aura}))
    return {one.id: one.least if one.least == one.most else None for one in found.days}


@pytest.mark.parametrize(
    ("hours", "taken", "counts"),
    [(0.5, None, 1), (0.4, None, 0), (0.4, "ibuprofen", 1), (0.4, "sumatriptan", 1)],
)
def test_a_headache_day_has_30_minutes_of_headache_or_a_treated_one(
    hours: float, taken: str | None, counts: int
) -> None:
    assert one_day(tension(3, hours=hours), taken=taken)["headache_day"] == counts


@pytest.mark.parametrize(
    ("attack", "taken", "migraine", "strict"),
    [
        (migraine(3, hours=0.5), None, 1, 0),
        (migraine(3, hours=0.4), None, 0, 0),
        (migraine(3, hours=4), None, 1, 1),
        (tension(3), None, 0, 0),
        (tension(3), "ibuprofen", 0, 0),
        (tension(3), "sumatriptan", 1, 0),
        (tension(3), "lasmiditan", 1, 0),
        (tension(3), "ubrogepant", 1, 0),
        (tension(3), "an unheard-of powder", None, 0),
        (replace(migraine(3), symptoms=Symptoms()), None, None, None),
    ],
)
def test_a_migraine_day_has_the_features_or_a_medicine_that_is_only_for_migraine(
    attack: Attack, taken: str | None, migraine: int | None, strict: int | None
) -> None:
    found = one_day(attack, taken=taken)
    assert (found["migraine_day"], found["strict_migraine_day"]) == (migraine, strict)


def test_an_aura_of_5_to_60_minutes_makes_a_migraine_day() -> None:
    for hours, counts in ((0.5, 1), (0.05, 0), (1.1, 0)):
        aura = replace(AURA, duration=Hours(hours))
        assert one_day(replace(tension(3), aura=aura), aura=None)["migraine_day"] == counts


@pytest.mark.parametrize(
    ("hours", "pain", "taken", "counts"),
    [(4, 5, None, 1), (3, 5, None, 0), (3, 5, "ibuprofen", 1), (4, 2, "ibuprofen", 0)],
)
def test_a_moderate_or_severe_day_has_4_hours_of_it_or_a_treated_one(
    hours: float, pain: float, taken: str | None, counts: int
) -> None:
    attack = replace(tension(3, hours=hours), pain=(PainRating(When(day(3)), Pain(pain)),))
    assert one_day(attack, taken=taken)["moderate_or_severe_day"] == counts


def test_relief_by_a_triptan_is_never_read_from_a_diary_and_its_absence_only_where_none_was_taken() -> (
    None
):
    """Relief has no stated scale: a day with a triptan stays open for criterion 1.3 C."""
    attack = replace(tension(3), kind="migraine")
    assert one_day(attack)["1.3 C"] == 0
    assert one_day(attack, taken="ibuprofen")["1.3 C"] == 0
    assert one_day(attack, taken="sumatriptan")["1.3 C"] is None
    assert one_day(replace(attack, kind="headache"), taken="sumatriptan")["1.3 C"] == 0


def test_a_preventive_dose_is_no_treatment_of_an_attack() -> None:
    attack = tension(3, hours=0.4)
    diary = replace(kept([attack], 30), doses=(Dose(attack.onset, "sumatriptan", "preventive"),))
    days = {one.id: one.most for one in told(diary, aura=False).days}
    assert days["headache_day"] == days["migraine_day"] == 0


# --- the menstrual cycle --------------------------------------------------------------------------

# One sheet's two last golden rows: bleeding begins on the 10th.
WINDOW = [(7, -3), (8, -2), (9, -1), (10, 1), (11, 2), (12, 3), (13, 4)]


@pytest.mark.parametrize(("of_month", "index"), WINDOW)
def test_bleeding_from_the_10th_makes_the_8th_day_minus_2_and_the_13th_day_4(
    of_month: int, index: int
) -> None:
    assert day_of_cycle(dt.date(2025, 6, of_month), dt.date(2025, 6, 10)) == index


STARTS = (9, 37, 65)


def with_bleeding(
    attacks: Iterable[int], *, starts: Iterable[int] = STARTS, unknown: Iterable[int] = ()
) -> Diary:
    bleeding = {start + step for start in starts for step in range(4)}
    cycle = tuple(CycleDay(day(number), bleeding=number in bleeding) for number in range(90))
    return replace(kept((migraine(number) for number in attacks), 90, unknown=unknown), cycle=cycle)


@pytest.mark.parametrize(
    ("attacks", "expected"),
    [
        ([7, 35], CyclesTold(3, 2, False)),  # the 8th of two cycles: day -2
        ([7, 35, 20], CyclesTold(3, 2, True)),  # and one at another time
        ([12, 40], CyclesTold(3, 0, True)),  # day 4: outside the window
        ([11, 39, 67], CyclesTold(3, 3, False)),  # day 3: inside
    ],
)
def test_attacks_are_counted_inside_the_window_and_at_other_times(
    attacks: list[int], expected: CyclesTold
) -> None:
    assert cycles_told(day_table(with_bleeding(attacks))) == expected


def test_a_cycle_with_an_unknown_day_around_bleeding_is_not_counted_as_written_down() -> None:
    found = cycles_told(day_table(with_bleeding([7, 35], unknown=[66])))
    assert found is not None and found.recorded == 0


def test_a_bleeding_whose_window_the_diary_does_not_hold_is_not_counted() -> None:
    found = cycles_told(day_table(with_bleeding([7, 35], starts=(*STARTS, 88))))
    assert found is not None and found.recorded == 3


def test_a_cycle_left_out_breaks_the_row() -> None:
    found = cycles_told(day_table(with_bleeding([7, 63], starts=(9, 65))))
    assert found is not None and found.recorded == 1


def test_an_unknown_day_at_another_time_leaves_it_open_whether_it_is_pure() -> None:
    found = cycles_told(day_table(with_bleeding([7, 35], unknown=[50])))
    assert found is not None and found.outside is None


def test_without_bleeding_nothing_is_said_of_the_cycle() -> None:
    assert cycles_told(day_table(kept([migraine(3)], 30))) is None
    assert told(kept([migraine(3)], 30)).pattern("A1.1.1").status == "unknown"


def test_five_attacks_around_bleeding_only_fit_pure_menstrual_migraine() -> None:
    """Three cycles, each with one attack in the window; five were had before."""
    classified = told(with_bleeding([7, 35, 65]), n_attacks=9)
    assert "A1.1.1" in classified.fits


def test_attacks_at_other_times_too_fit_menstrually_related_migraine() -> None:
    classified = told(with_bleeding([7, 20, 35, 50, 65]))
    assert "A1.1.2" in classified.fits and "A1.1.1" not in classified.fits
