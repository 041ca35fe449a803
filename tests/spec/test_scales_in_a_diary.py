"""Questionnaires in a diary: scores, change, the headache days around them, and item 9 over time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.diary import Conventions, Diary
from twofold.diary.headache import Attack, FreeDay
from twofold.diary.item9 import Answered, NotAsked
from twofold.diary.mood import ScaleAnswer
from twofold.facts.days import day_table
from twofold.facts.facts import gather
from twofold.facts.mood import MoodFacts, answers_from, mood_facts, score_answer, standing_item9
from twofold.facts.scales import score, total_only
from twofold.units import When

NINE = [str(one) for one in range(1, 10)]


def phq9(day: int, *answers: int | None) -> ScaleAnswer:
    return ScaleAnswer(When(day), "phq9", dict(zip(NINE, answers, strict=True)))


def typed(day: int, total: float, scale: str = "phq9") -> ScaleAnswer:
    return ScaleAnswer(When(day), scale, total=total)


def mood(*answers: ScaleAnswer, days: int = 60, today: int | None = None) -> MoodFacts:
    diary = Diary("you", 1, days, scale_answers=answers)
    return mood_facts(diary, day_table(diary, today=today))


def test_a_diary_without_questionnaires_has_no_scores_and_item_9_was_not_asked() -> None:
    found = mood()
    assert (found.scales, found.item9, found.not_scored) == ((), NotAsked(), ())


def test_the_scores_of_a_scale_stand_in_the_order_of_their_days() -> None:
    facts = mood(typed(30, 11), typed(2, 16), typed(5, 9, "gad7"), typed(31, 8, "GAD-7"))
    assert [(one.scale, one.name) for one in facts.scales] == [("phq9", "PHQ-9"), ("gad7", "GAD-7")]
    phq = facts.scales[0]
    assert [(one.day, one.score.total) for one in phq.readings] == [("day 2", 16), ("day 30", 11)]
    assert (phq.latest.day, phq.latest.score.total) == ("day 30", 11)


def test_the_latest_is_compared_with_the_first_and_with_the_one_before() -> None:
    found = mood(typed(1, 18), typed(20, 10), typed(40, 8)).scales[0]
    assert found.since_first is not None and found.since_last is not None
    assert (found.since_first.before, found.since_first.after) == (18, 8)
    assert (found.since_last.before, found.since_last.after) == (10, 8)
    assert found.since_first.reaches("response") is True
    assert found.since_last.reaches("meaningful") is False


def test_of_two_the_first_is_also_the_one_before() -> None:
    found = mood(typed(1, 18), typed(20, 8)).scales[0]
    assert found.since_first == found.since_last is not None


def test_the_first_day_of_the_diary_counts() -> None:
    diary = Diary("you", 1, 9, free_days=(FreeDay(1),), scale_answers=(typed(9, 12),))
    context = mood_facts(diary, day_table(diary)).scales[0].latest.context
    assert context is not None and context.headache.known == 1


def test_one_reading_is_compared_with_nothing() -> None:
    found = mood(typed(1, 18)).scales[0]
    assert found.since_first is None and found.since_last is None


def test_two_readings_within_a_week_are_not_compared() -> None:
    close = mood(typed(1, 18), typed(7, 8)).scales[0].since_last
    apart = mood(typed(1, 18), typed(8, 8)).scales[0].since_last
    late = mood(typed(30, 18), typed(36, 8)).scales[0].since_last
    assert close is not None and close.why_not and not close.results
    assert late is not None and late.why_not and not late.results
    assert apart is not None and apart.reaches("response") is True


def test_items_are_scored_and_win_over_a_typed_total() -> None:
    both = ScaleAnswer(When(1), "phq9", dict.fromkeys(NINE, 1), total=20)
    assert score_answer(both) == score("phq9", [1] * 9)
    empty = ScaleAnswer(When(1), "phq9", dict.fromkeys(NINE), total=20)
    assert score_answer(empty) == total_only("phq9", 20)
    nothing = ScaleAnswer(When(1), "phq9", dict.fromkeys(NINE))
    assert score_answer(nothing).total is None
    zeros = ScaleAnswer(When(1), "phq9", dict.fromkeys(NINE, 0), total=20)
    assert score_answer(zeros).total == 0


def test_what_cannot_be_scored_is_said_with_its_day() -> None:
    facts = mood(typed(3, 28), phq9(4, 0, 0, 0, 0, 0, 0, 0, 0, 4))
    assert facts.scales == ()
    assert facts.not_scored == (
        "day 3: phq9, total: 28 cannot be a total. Totals of the PHQ-9 go from 0 to 27.",
        "day 4: phq9, item 9: 4 is not one of its answers. Use 0, 1, 2 or 3.",
    )


def test_a_questionnaire_that_twofold_does_not_know_is_left_alone() -> None:
    facts = mood(typed(3, 1.5, "SCL-90-R depression, mean of 13 items"))
    assert (facts.scales, facts.not_scored) == ((), ())


def test_what_was_answered_after_today_is_not_seen() -> None:
    assert mood(typed(1, 16), typed(20, 8), today=19).scales[0].latest.score.total == 16
    assert mood(typed(1, 16), typed(20, 8), today=20).scales[0].latest.score.total == 8


def test_a_dated_diary_names_the_date() -> None:
    first = dt.date(2026, 3, 1)
    answer = ScaleAnswer(When(dt.date(2026, 3, 4)), "phq9", total=7)
    diary = Diary("you", first, dt.date(2026, 3, 31), scale_answers=(answer,))
    latest = gather(diary).mood.scales[0].latest
    assert (latest.day, latest.score.day) == ("2026-03-04", "2026-03-04")


# --- headache around it


def with_headache(*answers: ScaleAnswer, days: int = 30) -> MoodFacts:
    """Give a diary with migraine on days 5, 10 and 20, no headache on 6 to 9, the rest unknown."""
    diary = Diary(
        "you",
        1,
        days,
        attacks=tuple(Attack(When(day), When(day)) for day in (5, 10, 20)),
        free_days=tuple(FreeDay(day) for day in range(6, 10)),
        scale_answers=answers,
        conventions=Conventions(headache_means_migraine=True),
    )
    return mood_facts(diary, day_table(diary))


@pytest.mark.parametrize(("day", "told"), [(10, True), (9, False), (11, None)])
def test_whether_it_was_answered_on_a_headache_day_is_yes_no_or_unknown(
    day: int, told: bool | None
) -> None:
    context = with_headache(typed(day, 12)).scales[0].latest.context
    assert context is not None and context.on_headache_day is told


def test_headache_and_migraine_days_are_counted_over_the_14_days_it_asks_about() -> None:
    context = with_headache(typed(20, 12)).scales[0].latest.context
    assert context is not None
    for found in (context.headache, context.migraine):
        assert (found.hits, found.known, found.days) == (2, 5, 14)
    one_before = with_headache(typed(18, 12)).scales[0].latest.context
    assert one_before is not None
    assert (one_before.headache.hits, one_before.headache.known) == (2, 6)


def test_days_before_the_diary_began_are_unknown() -> None:
    context = with_headache(typed(6, 12)).scales[0].latest.context
    assert context is not None
    assert (context.headache.hits, context.headache.known, context.headache.unknown) == (1, 2, 12)


def test_a_scale_that_asks_about_no_number_of_days_has_no_such_count() -> None:
    assert with_headache(typed(20, 60, "hit6")).scales[0].latest.context is None


@given(st.integers(1, 30), st.integers(0, 27))
def test_the_headache_days_around_it_never_change_a_total(day: int, total: int) -> None:
    alone, among = mood(typed(day, total)), with_headache(typed(day, total))
    assert alone.scales[0].latest.score == among.scales[0].latest.score


# --- the suicide question over time


YES = score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, 2])
LESS = score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, 1])
NO = score("phq9", [0] * 9)
OPEN = score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, None])
TYPED = total_only("phq9", 3)
SHORT = score("phq2", [0, 0])
WORRY = score("gad7", [0] * 7)

ITEM_9_OVER_TIME = [
    ("nothing", [], NotAsked()),
    ("no", [NO], Answered(0)),
    ("yes", [YES], Answered(2)),
    ("yes, then no", [YES, NO], Answered(0)),
    ("no, then yes", [NO, YES], Answered(2)),
    ("yes, then less", [YES, LESS], Answered(1)),
    ("yes, then left open", [YES, OPEN], Answered(2)),
    ("yes, then a typed total", [YES, TYPED], Answered(2)),
    ("yes, then a PHQ-2", [YES, SHORT], Answered(2)),
    ("yes, open, then no", [YES, OPEN, NO], Answered(0)),
    ("no, then left open", [NO, OPEN], NotAsked()),
    ("no, then a typed total", [NO, TYPED], NotAsked()),
    ("no, then a PHQ-2", [NO, SHORT], NotAsked()),
    ("no, then a GAD-7, which is not about it", [NO, WORRY], Answered(0)),
    ("a GAD-7 alone", [WORRY], NotAsked()),
]


@pytest.mark.parametrize(
    ("scores", "standing"),
    [row[1:] for row in ITEM_9_OVER_TIME],
    ids=[row[0] for row in ITEM_9_OVER_TIME],
)
def test_what_stands_about_item_9(scores: list, standing: object) -> None:  # type: ignore[type-arg]
    assert standing_item9(scores) == standing


@given(st.lists(st.sampled_from([YES, LESS, NO, OPEN, TYPED, SHORT, WORRY]), max_size=8))
def test_only_an_answer_of_0_takes_a_yes_to_item_9_away(scores: list) -> None:  # type: ignore[type-arg]
    standing = standing_item9(scores)
    since = []
    for one in scores:
        since = [] if one is NO else [*since, one]
    if YES in since or LESS in since:
        assert standing in (Answered(1), Answered(2))
    if standing == Answered(0):
        assert NO in scores and not {OPEN, TYPED, SHORT} & set(since)


def test_a_diary_lets_other_rules_know_its_latest_scores_and_item_9() -> None:
    facts = mood(phq9(1, 1, 1, 0, 0, 0, 0, 0, 0, 1), typed(20, 12), typed(21, 9, "gad7"))
    known = answers_from(facts)
    assert (known["phq9"], known["gad7"], known["isi"]) == (12, 9, None)
    assert known["phq9_affective"] is None
    assert known.item9 == facts.item9 == Answered(1)
    assert answers_from(mood(typed(1, 12))).item9 == NotAsked()
