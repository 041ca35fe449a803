"""Every finding that can be made can be told, and never in words that say more than it does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest

from twofold.diary.diary import Diary
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import FreeDay
from twofold.diary.medication import Course, DoseChange
from twofold.facts.facts import Facts, gather
from twofold.inference.finding import Estimate, Finding, Pair, Question, Refusal
from twofold.knowledge.claim import ClaimClass
from twofold.knowledge.load import wording
from twofold.pipeline import review
from twofold.report.telling import card, cards, direction
from twofold.report.words import of_100
from twofold.units import Quantity, When

REASONS = get_args(get_type_hints(Refusal)["reason"])
QUESTIONS = get_args(Question)


def facts() -> Facts:
    """Thirty free days, with one factor said yes or no and one rated."""
    factors = [FactorEntry(When(day), "wine", float(day % 2)) for day in range(1, 31)]
    factors += [FactorEntry(When(day), "noise", float(day % 5)) for day in range(1, 31)]
    free = tuple(FreeDay(day) for day in range(1, 31))
    return gather(Diary("you", 1, 30, free_days=free, factors=tuple(factors)))


FACTS = facts()


def finding(question: str, verdict: str, claim_class: str | None = None) -> Finding:
    return Finding(
        question,  # type: ignore[arg-type]
        f"{question}.wine",
        verdict,  # type: ignore[arg-type]
        subject="wine",
        claim_class=claim_class,
        p_real=0.62,
        prior=0.14,
        effect=Estimate(1.4, 0.9, 2.1, "odds ratio"),
        pair=Pair(9, 24, 20, 88),
        lag_days=(1, 2),
        usual=0.24,
        source_ids=("alcohol",),
    )


TOLD = [
    *[
        ("factor", verdict, name)
        for name in get_args(ClaimClass)
        for verdict in wording("findings")[name]
        if not verdict.endswith("_fewer")
    ],
    *[
        (question, verdict, None)
        for question in ("mood_to_headache", "headache_to_mood", "same_day")
        for verdict in wording("findings")[question]
        if verdict != "other_way"
    ],
    *[
        (question, verdict, None)
        for question in ("treatment", "treatment_mood", "severity")
        for verdict in wording("findings")[question]
        if verdict != "worse" and not verdict.endswith("_fewer")
    ],
    ("tomorrow", "undecided", None),
    ("burden", "undecided", None),
    ("medicine_days", "undecided", None),
]


@pytest.mark.parametrize(("question", "verdict", "claim_class"), TOLD)
def test_each_verdict_has_its_answer_and_leaves_no_gap_in_the_sentence(
    question: str, verdict: str, claim_class: str | None
) -> None:
    told = card(finding(question, verdict, claim_class), FACTS)
    for words in (told.question, told.answer, told.sentence, told.caution, told.would_change):
        assert "{" not in words and "None" not in words and "  " not in words
    assert told.answer and told.would_change


@pytest.mark.parametrize("claim_class", get_args(ClaimClass))
@pytest.mark.parametrize("verdict", ["established", "suspect"])
def test_a_factor_after_which_headaches_are_fewer_is_told_as_fewer(
    verdict: str, claim_class: str
) -> None:
    if f"{verdict}_fewer" not in wording("findings")[claim_class]:
        return  # ambiguous and sign are never established
    fewer = Estimate(0.6, 0.4, 0.9, "odds ratio")
    told = card(replace(finding("factor", verdict, claim_class), effect=fewer), FACTS)
    assert "less often" in told.answer
    more = card(finding("factor", verdict, claim_class), FACTS)
    assert "less often" not in more.answer


@pytest.mark.parametrize("question", ["mood_to_headache", "headache_to_mood", "same_day"])
def test_days_that_lean_the_other_way_are_told_so_and_decide_nothing(question: str) -> None:
    leaning = replace(finding(question, "undecided"), p_real=0.02)
    told = card(leaning, FACTS)
    assert told.verdict == "cannot tell" and "looks unlikely" in told.caution
    assert "{" not in told.caution


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_refusal_is_told_and_shows_no_number(question: str, reason: str) -> None:
    refused = Finding(question, question, "not_yet", refusal=Refusal(reason, 19, 28, "days", 3))
    told = card(refused, FACTS)
    assert told.verdict == "not yet" and told.answer and told.sentence
    assert told.number is None and told.posterior is None and told.groups == ()
    assert "{" not in told.sentence and "None" not in told.sentence


def test_a_refusal_says_how_many_days_there_are_and_how_long_it_would_take() -> None:
    refused = Finding(
        "mood_to_headache", "m", "not_yet", refusal=Refusal("too_few_days", 19, 30, "days", 3)
    )
    told = card(refused, FACTS)
    assert told.sentence == (
        "We have 19 of 30 days. 11 more to go, about 3 weeks at the pace of this diary."
    )


def test_refusals_for_one_and_the_same_reason_are_told_once() -> None:
    refusal = Refusal("nothing_recorded")
    same = tuple(
        Finding(question, question, "not_yet", refusal=refusal)
        for question in ("mood_to_headache", "headache_to_mood", "same_day")
    )
    assert len(cards(same, "coupling", FACTS)) == 1
    other = (*same[:2], Finding("same_day", "s", "not_yet", refusal=Refusal("too_few_days", 1, 2)))
    assert len(cards(other, "coupling", FACTS)) == 3


def test_a_rated_factor_is_told_as_more_of_it_and_a_yes_or_no_as_such_days() -> None:
    yes_no = card(finding("factor", "undecided", "behaviour"), FACTS)
    assert "9 of 24 such days, and after 20 of 88 other days" in yes_no.sentence
    rated = replace(finding("factor", "undecided", "behaviour"), subject="noise")
    assert "9 of 24 days with more of it" in card(rated, FACTS).sentence


def test_what_is_read_on_the_day_itself_is_told_as_on_such_days() -> None:
    same_day = replace(finding("factor", "undecided", "exogenous"), lag_days=(0,))
    assert "Headache began on 9 of 24 such days" in card(same_day, FACTS).sentence


def test_a_factor_without_a_study_is_told_so_and_never_as_clear() -> None:
    own = replace(finding("factor", "suspect", "ambiguous"), source_ids=())
    assert "No study is linked" in card(own, FACTS).caution
    assert "established" not in wording("findings")["unlinked"]


def test_few_days_are_only_called_few_when_they_are() -> None:
    few = finding("mood_to_headache", "unlikely")
    assert "So few low days" in card(few, FACTS).caution
    many = replace(few, pair=Pair(50, 153, 40, 117))
    assert "So few" not in card(many, FACTS).caution


def test_where_plain_counts_point_the_other_way_the_card_says_so() -> None:
    claim = finding("headache_to_mood", "established")
    assert "counts of low days alone" not in card(claim, FACTS).caution
    against = replace(claim, pair=Pair(1, 79, 15, 190))
    assert "counts of low days alone do not show it" in card(against, FACTS).caution


def test_low_mood_before_a_headache_always_carries_the_early_sign() -> None:
    told = card(finding("mood_to_headache", "suspect"), FACTS)
    assert "can be its first sign" in told.caution


def test_a_treatment_card_always_says_not_to_change_a_dose_alone() -> None:
    for reason in ("too_many_changes", "too_soon", "not_built"):
        refused = Finding("treatment", "t", "not_yet", subject="x", refusal=Refusal(reason, 1, 28))
        assert "do not change a dose on your own" in card(refused, FACTS).caution


@pytest.mark.parametrize(("p", "shown"), [(0.0, 1), (0.004, 1), (0.083, 8), (0.5, 50), (1.0, 99)])
def test_nothing_is_ever_shown_as_never_or_always(p: float, shown: int) -> None:
    assert of_100(p) == shown


# --- treatment ------------------------------------------------------------------------------------


def course(
    verdict: str,
    p_fewer: float,
    *,
    change: tuple[float, float, float] = (-3.2, -6.1, -0.4),
    p_more: float = 0.02,
) -> Finding:
    """A course that was answered."""
    return Finding(
        "treatment",
        "course.candesartan",
        verdict,  # type: ignore[arg-type]
        subject="candesartan",
        p_real=p_fewer,
        prior=0.465,
        effect=Estimate(*change, "days per 28"),
        chances={"any_fewer": p_fewer, "third_fewer": 0.57, "half_fewer": 0.11, "any_more": p_more},
        pair=Pair(23, 180, 54, 120),
    )


COURSES = {
    "clear": course("established", 0.97),
    "possible": course("suspect", 0.71, change=(-2.6, -7.0, 0.3)),
    "cannot tell": course("undecided", 0.4, change=(-0.6, -4.0, 2.2)),
    "unlikely": course("unlikely", 0.07, change=(0.4, -2.0, 4.0)),
}


@pytest.mark.parametrize("word", COURSES)
def test_a_treatment_is_told_by_its_change_its_chance_and_where_that_began(word: str) -> None:
    told = card(COURSES[word], FACTS)
    assert told.verdict == word and "with it" in told.sentence
    assert told.prior == 46.5 and told.posterior == pytest.approx(100 * (COURSES[word].p_real or 0))
    assert told.number is not None and told.number.unit == "days per 28"
    assert [(one.of_100, "headache days" in one.label) for one in told.chances] == [
        (57.0, True),
        (11.0, True),
    ]
    assert "Please do not change a dose on your own." in told.caution


@pytest.mark.parametrize("word", COURSES)
def test_what_bad_months_do_by_themselves_is_said_with_every_treatment(word: str) -> None:
    assert "Bad months tend to be followed by better ones" in card(COURSES[word], FACTS).caution


@pytest.mark.parametrize("word", COURSES)
def test_before_and_after_are_counted_but_never_drawn_as_if_they_were_the_answer(word: str) -> None:
    told = card(COURSES[word], FACTS)
    assert "23 of 180 days after the last change" in told.sentence
    assert told.groups == ()


def test_below_90_of_100_a_treatment_gets_neither_a_yes_nor_a_no() -> None:
    for word in ("possible", "cannot tell", "unlikely"):
        answer = card(COURSES[word], FACTS).answer.lower()
        assert not re.search(r"\b(yes|no|not|works?|worked|clear)\b", answer.replace("cannot", ""))


def test_more_headache_days_have_a_row_of_their_own_and_lead_to_a_person() -> None:
    worse = course("unlikely", 0.03, change=(4.1, 0.6, 8.0), p_more=0.82)
    told = card(worse, FACTS)
    assert told.verdict == "possible" and told.answer.startswith("Possible: more headache days")
    assert told.posterior == 82.0 and told.chances == ()
    assert told.prior is not None and told.prior < 46.5
    assert "Worth telling the person who prescribes it." in told.caution
    assert "Please do not change a dose on your own." in told.caution
    assert (direction(worse), direction(COURSES["clear"])) == ("more", "fewer")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((-3.2, -5.6, -0.6), "About 3 fewer headache days in 28 with it than without, "
         "likely between 6 fewer and 1 fewer."),
        ((-1.2, -3.4, 0.3), "About 1 fewer headache day in 28 with it than without, "
         "likely between 3 fewer and none."),
        ((0.2, -2.1, 2.5), "About as many headache days with it as without, "
         "likely between 2 fewer and 3 more."),
        ((2.5, 0.6, 5.0), "About 3 more headache days in 28 with it than without, "
         "likely between 1 more and 5 more."),
    ],
)  # fmt: skip
def test_a_change_is_said_in_days_and_as_more_or_fewer(
    change: tuple[float, float, float], said: str
) -> None:
    assert card(course("undecided", 0.4, change=change), FACTS).sentence.startswith(said)


def test_a_lower_mood_with_a_treatment_is_told_to_who_prescribes_it() -> None:
    lower = replace(
        course("unlikely", 0.03, p_more=0.7),
        question="treatment_mood",
        effect=Estimate(-0.8, -1.5, -0.1, "mood points"),
    )
    told = card(lower, FACTS)
    assert told.sentence == (
        "Mood about 0.8 of 10 points lower with it than without, likely between 1.5 lower and "
        "0.1 lower."
    )
    assert told.outcome == "low mood"
    assert "lower mood" in told.answer and "tell the person who prescribes it" in told.caution


# --- where it is heading --------------------------------------------------------------------------


def ahead(question: str = "burden", **others: Any) -> Finding:
    """An outlook that was answered; half of its chance on 6 days, half on 9."""
    window = 28 if question == "burden" else 30
    shares = [0.0] * (window + 1)
    shares[6] = shares[9] = 0.5
    return Finding(
        question,  # type: ignore[arg-type]
        question,
        "suspect",
        subject="" if question == "burden" else "unnamed_painkiller",
        effect=Estimate(7.5, 6, 9, "days"),
        usual=7.0,
        chances={"at_least_8": 0.5, "at_least_15": 0.004},
        distribution=tuple(shares),
        bounds=(
            Estimate(8.1, 6, 13, "days per 28"),
            Estimate(9.4, 6, 13, "days per 28"),
            Estimate(12.0, 6, 13, "days per 28"),
        ),
        days_used=80,
        days_missing=20,
        **others,
    )


def test_the_whole_outlook_is_told_with_the_chances_of_8_and_of_15_days() -> None:
    told = card(ahead(), FACTS)
    assert told.outlook is not None
    assert told.outlook.shares[6] == told.outlook.shares[9] == 50.0
    assert told.outlook.lines == (8, 15) and len(told.outlook.shares) == 29
    assert [(one.label, one.of_100) for one in told.chances] == [
        ("8 days or more", 50.0),
        ("15 days or more", 1.0),
    ]


def test_many_unknown_days_come_with_what_they_would_change() -> None:
    assert card(ahead(), FACTS).open_days == (
        "20 days are unknown. If they were like the others, your usual is 8 headache days in 28; "
        "if headaches kept you from writing, up to about 12. Whatever they were, it lies between "
        "6 and 13."
    )
    assert card(replace(ahead(), days_missing=3), FACTS).open_days == ""


def test_figures_about_other_people_fit_the_persons_usual_and_enter_no_number() -> None:
    few, many = card(ahead(), FACTS), card(replace(ahead(), usual=20.0), FACTS)
    assert len(few.about_others) == 2 and len(many.about_others) == 1
    assert "under 15 days a month" in few.about_others[0].sentence
    assert "chronic migraine" in many.about_others[0].sentence
    assert (few.number, few.chances) == (many.number, many.chances)
    refused = replace(ahead(), refusal=Refusal("too_few_days", 19, 28))
    assert card(refused, FACTS).about_others == ()


def test_days_with_medicine_are_told_by_family_with_the_level_of_the_books() -> None:
    likely = card(ahead("medicine_days"), FACTS)
    assert "From 10 or 15 of 30 days, depending on the medicine" in likely.caution
    assert "for more than three months" in likely.caution  # ICHD-3 8.2
    assert "Worth raising" not in likely.caution
    near = replace(ahead("medicine_days"), chances={"at_least_10": 0.5, "at_least_15": 0.1})
    assert "Worth raising at your next visit." in card(near, FACTS).caution


def test_a_family_that_no_table_lists_gets_no_level() -> None:
    told = card(replace(ahead("medicine_days"), subject="unlisted", chances=None), FACTS)
    assert "overuse" not in told.caution and told.chances == ()


def test_a_forecast_stands_beside_the_usual_day_its_skill_and_what_is_behind_it() -> None:
    shown = replace(
        finding("tomorrow", "suspect"),
        effect=Estimate(0.38, 0.22, 0.56, "chance"),
        skill=0.124,
        drivers=("alcohol", "short night"),
    )
    told = card(shown, FACTS)
    assert told.sentence == (
        "Likely between 22 and 56 of 100. Your usual day: 24 of 100. "
        "Behind this line today: alcohol, short night."
    )
    assert "their error was 12 of 100 smaller" in told.caution
    assert "Behind" not in card(replace(shown, drivers=()), FACTS).sentence


# --- severity -------------------------------------------------------------------------------------


def test_stronger_headaches_are_told_as_stronger_and_milder_ones_as_milder() -> None:
    stronger = replace(
        finding("severity", "suspect", "ambiguous"),
        effect=Estimate(1.2, 0.3, 2.0, "points of 0–10"),
    )
    assert "stronger after wine" in card(stronger, FACTS).answer
    assert "A stronger headache came after 9 of 24 such days" in card(stronger, FACTS).sentence
    milder = replace(stronger, effect=Estimate(-1.2, -2.0, -0.3, "points of 0–10"))
    assert "milder after wine" in card(milder, FACTS).answer
    assert (direction(stronger), direction(milder)) == ("more", "fewer")


@pytest.mark.parametrize("question", ["treatment", "tomorrow", "same_day", "headache_to_mood"])
def test_who_has_a_headache_every_day_is_not_told_how_headaches_begin(question: str) -> None:
    refused = replace(finding(question, "not_yet"), refusal=Refusal("too_close", 90))
    told = card(refused, FACTS)
    assert "begin" not in told.sentence and "on every day" in told.sentence
    starts = card(replace(finding("factor", "not_yet"), refusal=Refusal("too_close", 90)), FACTS)
    assert "how they begin" in starts.sentence


def test_a_bad_night_may_be_the_headaches_own_work_and_the_card_says_so() -> None:
    night = replace(finding("factor", "established", "behaviour"), lag_days=(0,))
    assert "begins in the night" in card(night, FACTS).caution
    assert "night" not in card(replace(night, lag_days=(1,)), FACTS).caution
    assert "night" not in card(replace(night, claim_class="exogenous"), FACTS).caution


def test_without_a_rule_for_low_days_no_group_of_no_days_is_drawn() -> None:
    nobody = replace(
        finding("same_day", "unlikely"),
        pair=Pair(0, 0, 0, 0),
        effect=Estimate(-0.04, -0.4, 0.2, "mood points"),
    )
    told = card(nobody, FACTS)
    assert told.groups == ()
    assert told.sentence == "The difference is +0.0 mood points, likely between -0.4 and +0.2."


def test_a_treatment_taken_up_again_without_its_dose_keeps_its_unit_and_is_told_once() -> None:
    first = Course("pill", 2, 9, changes=(DoseChange(2, Quantity(50, "mg")),))
    free = tuple(FreeDay(day) for day in range(1, 31))
    report = review(Diary("you", 1, 30, free_days=free, courses=(first, Course("pill", 20))))
    (strip,) = report.pictures.courses
    assert strip.unit == "mg a day" and strip.amounts[25] is None
    assert report.periods[0].dose.count("pill") == 1


@pytest.mark.parametrize(("start", "is_said"), [(1, True), (5, False)])
def test_without_is_called_reckoned_where_no_day_was_without_the_treatment(
    start: int, is_said: bool
) -> None:
    doses = (DoseChange(start, Quantity(50, "mg")), DoseChange(15, Quantity(100, "mg")))
    free = tuple(FreeDay(day) for day in range(1, 31))
    course = Course("wine", start, changes=doses)
    held = gather(Diary("you", 1, 30, free_days=free, courses=(course,)))
    told = replace(finding("treatment", "suspect"), effect=Estimate(-3, -6, 0.4, "days per 28"))
    assert ("No day here was without it." in card(told, held).caution) is is_said


@pytest.mark.parametrize("question", ["burden", "medicine_days"])
def test_an_outlook_says_that_it_takes_treatments_to_go_on_where_one_changed(question: str) -> None:
    free = tuple(FreeDay(day) for day in range(1, 31))
    begun, always = (
        gather(Diary("you", 1, 30, free_days=free, courses=(Course("pill", start),)))
        for start in (9, 1)
    )
    ahead = replace(finding(question, "suspect"), effect=Estimate(9, 2, 17, "days"))
    assert "takes each treatment to go on as it is now" in card(ahead, begun).caution
    for without in (always, FACTS):
        assert "each treatment" not in card(ahead, without).caution


@pytest.mark.parametrize(
    ("lately", "is_said"),
    [
        (Estimate(0.7, 0.4, 1.2, "odds ratio"), True),
        (Estimate(1.5, 0.9, 2.6, "odds ratio"), False),
        (None, False),
    ],
)
def test_where_the_last_ninety_days_alone_look_different_the_card_says_so(
    lately: Estimate | None, is_said: bool
) -> None:
    told = replace(
        finding("factor", "suspect"), effect=Estimate(1.8, 1.1, 2.9, "odds ratio"), lately=lately
    )
    said = "Your last 90 days alone look different. The odds ratio is 0.70"
    assert (said in card(told, FACTS).caution) is is_said


def test_what_is_told_is_shown_day_by_day_and_what_may_have_been_left_out_is_said() -> None:
    one, two = Estimate(1.8, 1.1, 2.9, "odds ratio"), Estimate(0.55, 0.3, 0.9, "odds ratio")
    told = replace(finding("factor", "suspect", "behaviour"), by_lag=((1, one), (2, two)))
    said = card(told, FACTS).caution
    assert "Odds ratio by how long before: 1 day 1.80, 2 days 0.55." in said
    assert "leave things out when they feel a headache coming" in said
    plain = card(replace(told, by_lag=((1, one), (2, one))), FACTS).caution
    assert "leave things out" not in plain
    assert "how long before" not in card(replace(told, by_lag=()), FACTS).caution
