"""Alert fatigue: what interrupts, what stays quietly on the list, and what is never silenced."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.interaction_cases import checked, found

from twofold.guidance.interactions import Checked
from twofold.guidance.silence import Acknowledged, Occasion, acknowledged, interruptions
from twofold.knowledge.interaction import SEVERITIES, rules

TODAY = dt.date(2026, 11, 22)
MINOR = ["sumatriptan", "sertraline"]
MODERATE = ["sertraline", "naproxen"]
SERIOUS = ["sertraline", "tramadol"]
LABEL_SAYS_NO = ["sertraline", "phenelzine"]
ANEW: tuple[Occasion, ...] = ("new_prescription", "restart", "change")
WRITTEN = sorted({word for rule in rules() for one in rule.examples for word in one.medicines})


def _told(written: list[str], **case: Any) -> Checked:
    return checked(written, case).for_clinician()


def _seen(told: Checked, rule: str, days_ago: int) -> list[Acknowledged]:
    one = found(told, rule)
    assert one is not None
    return [Acknowledged(rule, TODAY - dt.timedelta(days=days_ago), one.circumstances)]


def _shown(
    told: Checked, seen: list[Acknowledged] | None = None, occasion: Occasion = "view"
) -> list[str]:
    return [one.id for one in interruptions(told, seen or [], today=TODAY, occasion=occasion).shown]


@pytest.mark.parametrize("occasion", ["view", "intake", *ANEW])
def test_a_minor_one_never_interrupts_and_stays_on_the_list(occasion: Occasion) -> None:
    told = _told(MINOR)
    assert _shown(told, occasion=occasion) == []
    assert [one.id for one in interruptions(told, today=TODAY).listed] == ["SER-01"]


@pytest.mark.parametrize(
    ("days_ago", "interrupts"), [(0, False), (1, False), (179, False), (180, True), (400, True)]
)
def test_a_moderate_one_that_was_seen_is_silent_for_180_days(
    days_ago: int, interrupts: bool
) -> None:
    told = _told(MODERATE)
    assert _shown(told) == ["BLD-01"]
    assert _shown(told, _seen(told, "BLD-01", days_ago)) == (["BLD-01"] if interrupts else [])


def test_a_date_in_the_future_silences_nothing() -> None:
    told = _told(MODERATE)
    assert _shown(told, _seen(told, "BLD-01", -1)) == ["BLD-01"]


@pytest.mark.parametrize(
    ("now", "case"),
    [
        (["sertraline 100", "naproxen"], {}),
        (["sertraline", "ibuprofen"], {}),
        (["venlafaxine", "naproxen"], {}),
        (["sertraline", "naproxen"], {"age": 40}),
    ],
)
def test_a_changed_dose_class_or_condition_ends_the_silence(
    now: list[str], case: dict[str, Any]
) -> None:
    seen = _seen(_told(MODERATE), "BLD-01", 3)
    assert _shown(_told(now, **case), seen) == ["BLD-01"]


def test_the_silence_of_one_rule_is_not_that_of_another() -> None:
    told = _told(["sertraline", "naproxen", "lithium"])
    assert "SER-09" in _shown(told, _seen(told, "BLD-01", 3))


def test_a_moderate_one_stays_silent_through_a_prescription_that_changes_nothing_for_it() -> None:
    told = _told(MODERATE)
    for occasion in ANEW:
        assert _shown(told, _seen(told, "BLD-01", 3), occasion) == []


@pytest.mark.parametrize(("written", "rule"), [(SERIOUS, "SER-04"), (LABEL_SAYS_NO, "SER-02")])
def test_a_severe_one_interrupts_again_at_each_prescription_restart_or_change(
    written: list[str], rule: str
) -> None:
    told = _told(written)
    seen = _seen(told, rule, 0)
    assert rule in _shown(told)
    assert rule not in _shown(told, seen)
    for occasion in ANEW:
        assert rule in _shown(told, seen, occasion)
    assert rule in {one.id for one in interruptions(told, seen, today=TODAY).listed}


def test_a_severe_one_interrupts_again_when_something_changed() -> None:
    seen = _seen(_told(SERIOUS), "SER-04", 1)
    assert "SER-04" in _shown(_told(["sertraline 100", "tramadol"]), seen)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (["DHE 10:00", "sumatriptan 20:00"], "PK-10"),
        (["rizatriptan 08:00", "sumatriptan 15:00"], "PK-11"),
        (["propranolol 80", "rizatriptan 10 taken"], "PK-04"),
    ],
)
def test_what_is_about_a_recorded_intake_is_told_every_time(written: list[str], rule: str) -> None:
    told = _told(written)
    seen = _seen(told, rule, 0)
    assert rule in _shown(told, seen, "intake")
    assert rule not in _shown(told, seen)


def test_a_moderate_one_that_is_not_about_an_intake_stays_silent_at_an_intake() -> None:
    told = _told(MODERATE)
    assert _shown(told, _seen(told, "BLD-01", 0), "intake") == []


@pytest.mark.parametrize(("written", "rule"), [(SERIOUS, "SER-04"), (LABEL_SAYS_NO, "SER-02")])
@pytest.mark.parametrize("occasion", ["view", "intake"])
def test_a_severe_one_that_was_seen_stands_in_a_line_at_every_view_and_every_intake(
    written: list[str], rule: str, occasion: Occasion
) -> None:
    told = _told(written)
    made = interruptions(told, _seen(told, rule, 0), today=TODAY, occasion=occasion)
    assert rule in [one.id for one in made.standing]
    assert rule not in [one.id for one in made.shown], "in a line, not as an interruption"
    before = interruptions(told, today=TODAY, occasion=occasion)
    assert rule in [one.id for one in before.shown]
    assert rule not in [one.id for one in before.standing], "told once, not twice"


def test_a_moderate_one_that_was_seen_does_not_stand_at_an_intake() -> None:
    told = _told(MODERATE)
    seen = _seen(told, "BLD-01", 0)
    assert interruptions(told, seen, today=TODAY, occasion="intake").standing == ()


def test_the_line_says_who_how_severe_what_to_do_and_when_help_is_urgent() -> None:
    one = found(_told(["rizatriptan", "phenelzine"]), "SER-03")
    assert one is not None
    assert one.in_short == (
        "rizatriptan and phenelzine: contraindicated. The label says these must not be combined. "
        "Ask your prescriber or pharmacist now, before the next dose. Do not stop on your own. "
        "Urgent help if: chest, jaw or arm pressure, or sudden weakness."
    )


def test_the_line_of_a_rule_about_one_medicine_says_why() -> None:
    one = found(checked(["sumatriptan"], {"coronary_disease": True}).for_person(), "DX-01")
    assert one is not None
    assert "The label says not to use them with this." in one.in_short


def test_the_silence_of_a_pair_is_not_ended_by_what_else_is_taken() -> None:
    three = found(_told(["sertraline", "naproxen", "ibuprofen"]), "BLD-01")
    assert three is not None
    seen = acknowledged(three, TODAY - dt.timedelta(days=3))
    assert _shown(_told(["sertraline", "naproxen"]), list(seen)) == []
    assert _shown(_told(["sertraline", "naproxen", "diclofenac"]), list(seen)) == ["BLD-01"]
    assert _shown(_told(["sertraline 100", "naproxen"]), list(seen)) == ["BLD-01"]


MANY = [
    *("sertraline", "phenelzine", "tramadol", "lithium", "naproxen", "warfarin"),
    *("lasmiditan", "diazepam", "amitriptyline"),
]


def test_the_cut_at_three_never_hides_a_severe_one() -> None:
    told = interruptions(_told(MANY), today=TODAY)
    severe = [one for one in told.listed if one.severity in ("serious", "contraindicated")]
    assert len(severe) > 3
    assert list(told.shown) == sorted(
        severe, key=lambda one: SEVERITIES.index(one.severity), reverse=True
    )
    assert told.waiting and {one.severity for one in told.waiting} == {"moderate"}


def test_moderate_ones_fill_up_to_three() -> None:
    told = interruptions(
        _told(["sertraline", "naproxen", "lithium", "lasmiditan", "tramadol"]), today=TODAY
    )
    assert len(told.shown) == 3 or {one.severity for one in told.shown} <= {
        "serious",
        "contraindicated",
    }


def test_four_moderate_ones_show_three_and_one_waits() -> None:
    told = interruptions(
        _told(["lasmiditan", "diazepam", "amitriptyline", "propranolol", "rizatriptan"]),
        today=TODAY,
    )
    assert {one.severity for one in told.shown} == {"moderate"}
    assert len(told.shown) == 3
    assert len(told.waiting) >= 1


@given(
    st.lists(st.sampled_from(WRITTEN), max_size=9, unique=True),
    st.sampled_from(["view", "intake", *ANEW]),
    st.integers(-2, 400),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_between_what_is_shown_what_waits_and_the_list(
    written: list[str], occasion: Occasion, days_ago: int
) -> None:
    told = _told(written)
    seen = [
        Acknowledged(one.id, TODAY - dt.timedelta(days=days_ago), one.circumstances)
        for one in told.found
    ]
    made = interruptions(told, seen, today=TODAY, occasion=occasion)
    assert made.listed == told.found
    assert set(made.shown) | set(made.waiting) <= set(made.listed)
    assert not set(made.shown) & set(made.waiting)
    severe = {one for one in told.found if one.severity in ("serious", "contraindicated")}
    assert severe <= set(made.shown) | set(made.standing)
    assert not set(made.standing) & (set(made.shown) | set(made.waiting))
    ranks = [SEVERITIES.index(one.severity) for one in (*made.shown, *made.waiting)]
    assert ranks == sorted(ranks, reverse=True)
    assert all(one.severity == "moderate" for one in made.waiting)
    assert "minor" not in {one.severity for one in made.shown}
