"""What must be there before an answer is shown, as a clinician can sign it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spec.inference_tables import NAN, strip, table_of, year

from twofold.inference import trust
from twofold.inference.answer import find
from twofold.inference.finding import Findings
from twofold.knowledge.load import claims


def answers(**columns: object) -> Findings:
    return find(table_of(**columns), claims())  # type: ignore[arg-type]


def mood(days: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 11, days).astype(float)


@pytest.mark.parametrize(("days", "weeks"), [(14, 7), (28, 5), (42, 3)])
def test_a_short_diary_gets_no_direction_and_is_told_how_long_sixty_days_take(
    days: int, weeks: int
) -> None:
    found = answers(headache=strip("..#" * 14)[:days], mood=mood(days))
    for finding in found.coupling:
        assert finding.verdict == "not_yet"
        assert finding.p_real is None and finding.effect is None
        refusal = finding.refusal
        assert refusal is not None and refusal.reason == "too_few_days"
        assert (refusal.have, refusal.need, refusal.weeks) == (days, 60, weeks)


def test_sixty_days_with_nine_headaches_are_not_enough_for_mood_before_headache() -> None:
    found = answers(headache=strip(("......#" * 9).ljust(70, ".")), mood=mood(70))
    refusal = found.coupling[0].refusal
    assert refusal is not None
    assert (refusal.reason, refusal.have, refusal.need) == ("too_few_onsets", 9, 10)


def test_headache_to_mood_needs_ten_headaches_that_ended() -> None:
    found = answers(headache=strip("......#" * 9 + "?" * 7), mood=mood(70))
    refusal = found.coupling[1].refusal
    assert refusal is not None
    assert (refusal.reason, refusal.need) == ("too_few_ended", 10)


def test_a_diary_of_headache_days_alone_refuses_every_question_about_headache() -> None:
    found = answers(
        headache=strip("#??#?" * 40),
        mood=mood(200),
        factors={"wine": mood(200, 1)},
        **{"course.propranolol": np.repeat([0.0, 1.0], 100)},
    )
    about_headache = [one for one in found.all() if one.question != "treatment_mood"]
    assert {one.refusal.reason for one in about_headache if one.refusal} == {"no_free_days"}
    assert all(one.refusal for one in about_headache)


def test_headaches_on_three_days_in_five_are_too_close_to_study_how_they_begin() -> None:
    found = answers(headache=strip("###.." * 40), mood=mood(200), factors={"wine": mood(200, 1)})
    for finding in (found.coupling[0], found.factors[0]):
        assert finding.refusal is not None and finding.refusal.reason == "too_close"


def test_a_factor_line_needs_thirty_days_at_risk_and_five_headaches() -> None:
    few_days = answers(headache=strip("....#" * 7), factors={"wine": mood(35)})
    assert few_days.factors[0].refusal is not None
    assert few_days.factors[0].refusal.reason == "too_few_days"
    few_headaches = answers(headache=strip("." * 60 + ".#" * 4), factors={"wine": mood(68)})
    assert few_headaches.factors[0].refusal is not None
    assert few_headaches.factors[0].refusal.reason == "too_few_onsets"


def test_a_factor_needs_eight_days_at_risk_with_it_and_eight_without() -> None:
    headache = strip("....#" * 40)
    rare = np.zeros(200)
    rare[[0, 10, 20, 30, 40, 50, 60]] = 1
    always = np.ones(200)
    found = answers(headache=headache, factors={"rare": rare, "always": always})
    first, second = (one.refusal for one in found.factors)
    assert first is not None and (first.have, first.need, first.unit) == (7, 8, "days with it")
    assert second is not None and second.reason == "no_variation"


def test_mood_that_never_changes_cannot_be_coupled() -> None:
    found = answers(headache=strip("....#" * 40), mood=np.full(200, 5.0))
    assert {one.refusal.reason for one in found.coupling if one.refusal} == {"no_variation"}


def test_a_pace_of_zero_promises_no_weeks() -> None:
    found = answers(headache=strip("." * 100), mood=mood(100))
    refusal = found.coupling[0].refusal
    assert refusal is not None and refusal.have == 0 and refusal.weeks is None


@given(st.lists(st.floats(0, 1), max_size=30))
def test_at_most_one_in_ten_of_the_clear_ones_is_expected_to_be_false(p: list[float]) -> None:
    clear = trust.established(p)
    if clear:
        assert np.mean([1 - p[i] for i in clear]) <= 0.10 + 1e-12
        assert min(p[i] for i in clear) >= max(
            (p[i] for i in range(len(p)) if i not in clear), default=0
        )


@pytest.mark.parametrize(
    ("p", "prior", "onsets", "can_be_clear", "in_set", "word"),
    [
        (0.97, 0.14, 15, True, True, "established"),
        (0.97, 0.14, 14, True, True, "suspect"),
        (0.97, 0.14, 40, False, False, "suspect"),
        (0.50, 0.14, 40, True, False, "suspect"),
        (0.49, 0.14, 40, True, False, "undecided"),
        (0.05, 0.14, 40, True, False, "unlikely"),
        (0.12, 0.14, 40, True, False, "undecided"),  # the prior alone said so, not the days
    ],
)
def test_the_word_for_a_factor(
    p: float, prior: float, onsets: int, can_be_clear: bool, in_set: bool, word: str
) -> None:
    said = trust.factor_verdict(
        p, prior, can_be_clear=can_be_clear, is_in_set=in_set, onsets=onsets
    )
    assert said == word


@pytest.mark.parametrize(
    ("p", "prior", "can_be_clear", "other_way", "word"),
    [
        (0.95, 0.22, True, False, "established"),
        (0.95, 0.14, False, False, "suspect"),
        (0.85, 0.22, True, False, "suspect"),
        (0.80, 0.22, True, False, "undecided"),
        (0.20, 0.22, True, False, "undecided"),
        (0.08, 0.14, False, False, "unlikely"),
        (0.19, 0.22, True, False, "undecided"),
        (0.01, 0.22, True, True, "undecided"),
    ],
)
def test_the_word_for_a_direction_between_mood_and_headache(
    p: float, prior: float, can_be_clear: bool, other_way: bool, word: str
) -> None:
    said = trust.coupling_verdict(p, prior, can_be_clear=can_be_clear, leans_other_way=other_way)
    assert said == word


def test_days_at_the_end_that_nobody_wrote_about_change_no_answer() -> None:
    table = year(3, effect=0.8)
    longer = table_of(
        np.append(table["headache"], [NAN] * 30),
        mood=np.append(table["mood"], [NAN] * 30),
        factors={one.label: np.append(table[one.column], [NAN] * 30) for one in table.factors},
    )
    short, long = find(table, claims()), find(longer, claims())
    for one, other in zip(
        (*short.coupling, *short.factors), (*long.coupling, *long.factors), strict=True
    ):
        assert (one.p_real, one.effect, one.pair) == (other.p_real, other.effect, other.pair)
        assert (one.verdict, one.days_used) == (other.verdict, other.days_used)
