"""The words of a profile, line by line."""

from __future__ import annotations

from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.facts.classification import classify
from twofold.facts.scales import total_only
from twofold.guidance.profile import Profile, profile
from twofold.knowledge.load import claims

MIGRAINE = {
    "n_attacks": 6, "duration_h": 6, "side": "unilateral", "quality": "pulsating",
    "intensity": "moderate", "aggravated": True, "nausea": True, "photophobia": True,
    "phonophobia": True, "mhd": 6,
}  # fmt: skip
WHOLE = {
    **MIGRAINE, "sex": "female", "age": 30, "aura": False, "phq9": 12, "gad7": 6,
    "attacks_with_period": True, "hormone_change": False, "insomnia": True,
    "sleep_irregular": False, "stress_often": False, "headache_after_stress": False,
    "acute_days_per_week": 1, "new_drug_at_onset": False, "moh_pattern": False,
    "gut_complaints": True, "meals_skipped": True,
}  # fmt: skip


def drawn(known: dict[str, object], item9: Item9) -> Profile:
    answers = Answers.of(known, item9)
    return profile(answers, classify(answers))


def test_a_whole_profile() -> None:
    assert drawn(WHOLE, Answered(0)).lines() == (
        "Your profile, from 24 of 25 answers. It is not a diagnosis.",
        "Headache: your answers fit the pattern of migraine without aura, medium-frequency episodic "
        "migraine. A clinician confirms it.",
        "Mood, PHQ-9: 12, in the range called moderate.",
        "Mood, GAD-7: 6, in the range called mild.",
        "About hormones: possible. 1 of 2 signs in your answers: headaches around the period. "
        "In studies of many people there is strong evidence for it.",
        "A question to bring: “Could hormones have a part in my headaches or my mood?”",
        "About sleep: possible. 1 of 2 signs in your answers: trouble sleeping. 1 more not answered. "
        "In studies of many people there is weak evidence for it.",
        "A question to bring: “Could my sleep have a part in my headaches or my mood?”",
        "About stress: unlikely. None of 2 signs in your answers. "
        "In studies of many people there is some evidence for it.",
        "About medicines: unlikely. None of 2 signs in your answers. "
        "In studies of many people there is some evidence for it.",
        "About gut and meals: possible. 2 of 2 signs in your answers: belly complaints, skipped meals. "
        "In studies of many people there is weak evidence for it.",
        "A question to bring: “Could my gut or my meals have a part in my headaches?”",
        "You could note in your diary: around the start of the period, poor sleep, "
        "a short night, a long night, a skipped meal, food craving.",
        "Some of these can be the beginning of a headache: food craving. No need to avoid them.",
        "Still open: headache after a poor night.",
    )


def test_a_profile_of_a_man_who_has_answered_little() -> None:
    lines = drawn({"sex": "male"}, NotAsked()).lines()
    assert lines[:6] == (
        "Your profile, from 1 of 23 answers. It is not a diagnosis.",
        "Headache: we cannot tell yet which pattern your answers fit.",
        "Mood: no questionnaire was answered yet.",
        "One question of the mood form is still open. Open does not mean no. Please answer it.",
        "About hormones: unlikely. None of 2 signs in your answers. "
        "In studies of many people there is strong evidence for it.",
        "About sleep: cannot tell. 3 more not answered. "
        "In studies of many people there is weak evidence for it.",
    )
    assert lines[-2] == "You could note in your diary: poor sleep, high stress, a skipped meal."
    assert lines[-1].startswith("Still open: age, ")


def test_a_warning_sign_comes_first_and_no_pattern_is_named() -> None:
    told = drawn({**MIGRAINE, "thunderclap": True}, Answered(0))
    lines = told.lines()
    assert told.safety_says and lines[: len(told.safety_says)] == told.safety_says
    assert (
        "Headache: something in your answers should be looked at first, so no pattern is named."
    ) in lines


def test_a_total_without_a_range_is_told_without_one() -> None:
    answers = Answers.of({}, Answered(0))
    plain = total_only("pss10", 20)
    assert plain.band is None
    told = profile(answers, classify(answers), {"phq9": plain})
    assert "Mood, PSS-10: 20." in told.lines()


def test_what_is_tracked_carries_the_label_of_its_claim_and_the_theme_that_asked_for_it() -> None:
    told = drawn(WHOLE, Answered(0))
    for one in told.track:
        assert one.label == claims()[one.id].label
    assert {one.because for one in told.track} == {"hormonal", "sleep", "gut"}
    assert [one.id for one in told.track if one.may_be_a_sign] == ["food_craving"]
    assert told.ids == ("1.1", "MFEM", "hormonal", "sleep", "gut")


def test_a_theme_says_what_would_tell_more() -> None:
    sleep = next(one for one in drawn(WHOLE, Answered(0)).themes if one.id == "sleep")
    assert (sleep.known, sleep.asked) == (2, 3)
    assert [one.field for one in sleep.need_to_know] == ["headache_on_waking"]
