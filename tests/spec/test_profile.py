"""The profile: a short questionnaire, and mechanisms worth asking about, never assigned."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.facts.classification import classify
from twofold.facts.scales import score
from twofold.guidance.profile import Profile, profile, questionnaire
from twofold.knowledge.load import claims
from twofold.knowledge.mechanism import edges
from twofold.knowledge.profile import MOST_QUESTIONS, themes
from twofold.knowledge.profile import questionnaire as table

MIGRAINE = {
    "n_attacks": 6, "duration_h": 6, "side": "unilateral", "quality": "pulsating",
    "intensity": "moderate", "aggravated": True, "nausea": True, "photophobia": True,
    "phonophobia": True, "mhd": 6,
}  # fmt: skip
CALM = Answered(0)
ORDER = {"unlikely": 0, "cannot tell": 1, "possible": 2}

# what was answered · theme · verdict · signs that hold
THEMES = [
    ({}, "hormonal", "cannot tell", ()),
    ({"attacks_with_period": True}, "hormonal", "possible", ("headaches around the period",)),
    ({"attacks_with_period": False}, "hormonal", "cannot tell", ()),
    ({"attacks_with_period": False, "cycles_with_attack": 0, "hormone_change": False}, "hormonal", "unlikely", ()),
    ({"sex": "male"}, "hormonal", "unlikely", ()),
    ({"insomnia": True}, "sleep", "possible", ("trouble sleeping",)),
    ({"isi": 8}, "sleep", "possible", ("trouble sleeping",)),
    ({"isi": 7, "insomnia": False}, "sleep", "cannot tell", ()),
    ({"isi": 7, "insomnia": False, "sleep_irregular": False, "headache_on_waking": False}, "sleep", "unlikely", ()),
    ({"stress_often": False, "headache_after_stress": True}, "stress", "possible", ("headaches when stress lets go",)),
    ({"acute_days_per_week": 2}, "medicine", "possible", ("medicine for attacks on 2 days a week or more",)),
    ({"acute_days_per_week": 1, "moh_pattern": False}, "medicine", "cannot tell", ()),
    ({"meals_skipped": True, "gut_complaints": True}, "gut", "possible", ("belly complaints", "skipped meals")),
]  # fmt: skip


def drawn(known: dict[str, object], item9: Item9 = CALM) -> Profile:
    answers = Answers.of(known, item9)
    return profile(answers, classify(answers))


@pytest.mark.parametrize(("known", "theme", "verdict", "why"), THEMES)
def test_a_theme_is_possible_unlikely_or_cannot_be_told(known, theme, verdict, why) -> None:
    told = next(one for one in drawn(known).themes if one.id == theme)
    assert (told.verdict, told.why) == (verdict, why)


def test_the_questionnaire_has_at_most_25_questions_each_once() -> None:
    fields = [one.field for one in questionnaire(Answers.of({}))]
    assert len(fields) == len(set(fields)) <= MOST_QUESTIONS
    assert "item9" in fields


def test_a_man_is_not_asked_about_periods() -> None:
    asked = {one.field for one in questionnaire(Answers.of({"sex": "male"}))}
    left_out = {one.field.id for one in table()} - asked
    assert left_out == {"attacks_with_period", "hormone_change"}


def test_the_pattern_is_told_as_one_that_answers_fit_and_a_clinician_confirms() -> None:
    told = drawn(MIGRAINE)
    assert told.headache is not None and "1.1" in told.headache.fits
    line = next(one for one in told.lines() if one.startswith("Headache:"))
    assert "fit the pattern of" in line and line.endswith("A clinician confirms it.")


def test_without_answers_nothing_is_told_but_what_is_open() -> None:
    told = drawn({}, NotAsked())
    assert told.answered == 0 and told.ids == ()
    assert told.headache is not None and told.headache.fits == ()
    assert {one.verdict for one in told.themes} == {"cannot tell"}
    assert len(told.unknown) == told.asked


def test_the_mood_total_comes_with_its_range() -> None:
    (mood,) = drawn({"phq9": 12}).mood
    assert (mood.scale, mood.total, mood.band) == ("phq9", 12, "moderate")


def test_a_scored_questionnaire_goes_before_a_typed_total() -> None:
    answers = Answers.of({"phq9": 20}, CALM)
    scored = {"phq9": score("phq9", [1, 1, 1, 1, 1, 1, 1, 1, 0])}
    (mood,) = profile(answers, classify(answers), scored).mood
    assert mood.total == 8


def test_an_open_suicide_question_is_asked_and_never_read_as_no() -> None:
    told = drawn({"phq9": 3}, NotAsked())
    assert told.item9_is_open
    assert any("Open does not mean no" in line for line in told.lines())
    assert not drawn({"phq9": 3}).item9_is_open


def test_while_the_safety_page_is_open_the_profile_shows_no_score_and_no_pattern() -> None:
    told = drawn({**MIGRAINE, "phq9": 12}, Answered(1))
    assert told.headache is None and told.mood == () and told.themes == () and told.track == ()
    assert (told.ids, told.item9_is_open) == ((), False)
    assert (told.asked, told.answered, len(told.unknown)) == (25, 12, 13)
    assert told.safety_says and told.lines() == told.safety_says
    assert "12" not in " ".join(told.lines()).replace("112", "")


def test_while_the_safety_page_is_open_an_open_suicide_question_stays_open() -> None:
    told = drawn({"help_now": True}, NotAsked())
    assert told.headache is None and told.item9_is_open


def test_what_could_be_tracked_comes_from_the_themes_and_is_a_row_of_the_claims() -> None:
    told = drawn(
        {
            "attacks_with_period": True,
            "insomnia": False,
            "sleep_irregular": False,
            "headache_on_waking": False,
            "isi": 2,
        }
    )
    ids = [one.id for one in told.track]
    assert ids[0] == "perimenstrual"
    assert not any(one.startswith("sleep") for one in ids)
    assert set(ids) <= set(claims())


def test_every_theme_names_links_of_the_map_and_a_source() -> None:
    for theme in themes():
        assert set(theme.edges) <= set(edges())
        assert all(edges()[name].sources for name in theme.edges)
        assert theme.sources and all(clue.sources for clue in theme.clues)


def test_nothing_is_tracked_whose_claim_has_no_source() -> None:
    for theme in themes():
        for name in theme.track:
            assert [
                source.title for source in claims()[name].sources if source.title != "not found"
            ]


def test_the_profile_never_assigns_and_never_speaks_of_causes() -> None:
    known = {**MIGRAINE, "phq9": 12, "attacks_with_period": True, "insomnia": True, "stress_often": True,
             "acute_days_per_week": 3, "gut_complaints": True}  # fmt: skip
    text = " ".join(drawn(known).lines()).casefold()
    assert not re.search(
        r"you have|you are depressed|cause|trigger|because of your|certainly|clear\b", text
    )
    assert "not a diagnosis" in text


YES_NO = ["attacks_with_period", "hormone_change", "insomnia", "sleep_irregular", "headache_on_waking",
          "stress_often", "headache_after_stress", "gut_complaints", "meals_skipped", "moh_pattern"]  # fmt: skip


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans()), st.sampled_from(YES_NO))
def test_one_more_yes_never_makes_a_theme_less_likely_and_one_more_no_never_more(
    known, added
) -> None:
    known.pop(added, None)
    before = {one.id: one.verdict for one in drawn(known).themes}
    yes = {one.id: one.verdict for one in drawn(known | {added: True}).themes}
    no = {one.id: one.verdict for one in drawn(known | {added: False}).themes}
    assert all(ORDER[yes[name]] >= ORDER[before[name]] for name in before)
    assert all(ORDER[no[name]] <= ORDER[before[name]] for name in before)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans()))
def test_what_is_answered_is_never_listed_as_open(known) -> None:
    told = drawn(known)
    open_names = {one.field for one in told.unknown} | {
        one.field for theme in told.themes for one in theme.need_to_know
    }
    assert open_names.isdisjoint(known)
