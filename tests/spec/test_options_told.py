"""The words of a discussion, line by line: what a clinician reads, and what a person reads."""

from __future__ import annotations

from twofold.facts.answers import of_case
from twofold.facts.shelf import Shelf
from twofold.guidance.discussion import Discussion
from twofold.guidance.interactions import check
from twofold.guidance.options import discuss, for_clinician, for_person
from twofold.intake.case_file import case_of
from twofold.knowledge.education import passages
from twofold.safety.assess import assess

WHOLE = {
    "phq9": 12, "mmd": 6, "asthma": True, "current": ["sertraline", "fremanezumab"], "age": 40,
    "sex": "male", "has": ["primary"], "fatigue": True, "insomnia": True,
}  # fmt: skip


def discussed(case: dict[str, object]) -> Discussion:
    answers = of_case(case_of({"item9": 0} | case))
    return discuss(answers, assess(answers), check(Shelf.of_answers(answers), answers))


def test_while_safety_comes_first_the_clinician_reads_gates_contact_and_the_caution() -> None:
    told = discussed({"phq9": 17, "item9": 2, "current": ["propranolol"]})
    assert for_clinician(told).lines() == (
        "For the clinician. Options to discuss, in the order of the tables; none is ranked.",
        "G-1: Safety first: the safety page comes before any option. Only contact with the care team stays.",
        "No option stands on these answers.",
        "",
        "Care team, C-3 (psychiatrist): PHQ-9 is 15 or more, a special kind of depression is named, "
        "or two antidepressants did not help: psychiatrist.",
        "Care team, C-2: cannot be told yet. To be known first: the care team.",
        "For the clinician only, DX-17 (serious): High toxicity in overdose; consider alternative or "
        "small supply.",
    )


def test_the_clinician_reads_what_must_be_known_before_any_option() -> None:
    lines = discussed(WHOLE).lines()
    assert lines[:4] == (
        "For the clinician. Options to discuss, in the order of the tables; none is ranked.",
        "P-1: Prevention is worth discussing by headache days a month and disability. "
        "These answers reach the level at which prevention is offered.",
        "Before any option: the kind of depression, bipolar disorder, psychosis, "
        "a positive screen for mania.",
        "",
    )


def test_an_option_is_told_as_a_card() -> None:
    lines = discussed(WHOLE).lines()
    start = next(n for n, line in enumerate(lines) if line.startswith("O-3. "))
    end = lines.index("", start)
    assert lines[start:end] == (
        "O-3. Some people discuss acute treatment beside an antidepressant: a triptan or an NSAID "
        "with their doctor.",
        "For: It acts on the attack only.",
        "Against: Overuse limits (ICHD-3 8.2): 10 days a month for triptans, 15 for NSAIDs.",
        "How sure is the evidence: strong evidence, grade A: acute treatment. Triptans and NSAIDs are "
        "established for attacks.",
        "Caution, SER-01 (minor): Triptan with an SSRI or SNRI: minor. Often used together; serotonin "
        "syndrome in 0 to 4 per 10 000 person-years of combined use.",
        "Caution, BLD-01 (moderate): NSAID with an SSRI or SNRI: more stomach bleeding; serious from "
        "age 65, or with an ulcer, an anticoagulant or a steroid.",
        "Ask: “Could a better acute treatment suit me?”",
        "Ask: “On how many days a month may I use it?”",
        "First it must be known: a disease of the heart or blood vessels, coronary heart disease, a "
        "stroke or TIA, peripheral artery disease, high blood pressure that is not controlled, the "
        "pattern of hemiplegic migraine or of brainstem aura.",
        "Sources: Verywell: The biological link between migraines and depression; Ailani 2021, "
        "Headache 61:1021; Orlova 2018, JAMA Neurology; Anglin 2014, SSRI, NSAID and stomach bleeding.",
    )


def test_where_guidelines_disagree_the_card_gives_both() -> None:
    assert (
        "Guidelines disagree: ACP 2025 places CGRP medicines after the older preventives: when those "
        "were not tolerated or were not enough. AHS 2024 and EHF 2022 name them as first line: no "
        "other medicine has to come first."
    ) in discussed(WHOLE).lines()


def test_a_medicine_that_is_taken_now_is_marked_so() -> None:
    titles = {one.id: one.title for one in discussed(WHOLE).options}
    assert titles["O-2b"] == (
        "CGRP medicine as preventive: a CGRP antibody (injection) (taken now) or a gepant"
    )
    three = {one.id: one.title for one in discussed({"phq9": 8, "mmd": 6}).options}["O-2a"]
    assert three == (
        "a blood-pressure medicine as preventive: propranolol, metoprolol or candesartan"
    )


def test_what_fits_is_joined_into_the_question() -> None:
    case = {"phq9": 8, "mmd": 6, "fatigue": True, "anxiety": True, "musculoskeletal_pain": True}
    told = {one.id: one for one in discussed(case).options}["O-1b"]
    assert told.questions[0] == (
        "Could an SNRI suit me, given my low energy, my anxiety and my muscle pain?"
    )


def test_what_is_left_out_open_or_experimental_stands_below_the_options() -> None:
    lines = discussed(WHOLE).lines()
    start = lines.index("O-2a: left out, because of asthma.")
    assert lines[start - 1] == ""
    assert lines[start + 2 : start + 3] == (
        "O-2c: cannot be told yet. To be known first: the pattern of chronic migraine.",
    )
    assert lines[-2].startswith(
        "Experimental, grade C, ketamine: Experimental for migraine: a nasal trial in 18 people"
    )
    assert lines[-1].endswith("Only in trials or specialist clinics.")
    assert (
        "Care team, C-2 (primary care or neurology): PHQ-9 is 10 or more and no mental-health "
        "clinician is in the team: ask primary care or neurology for a referral."
    ) in lines


def test_two_reasons_to_leave_an_option_out_are_both_told() -> None:
    told = discussed(
        {
            "phq9": 8,
            "mmd": 6,
            "asthma": True,
            "bp": "low",
            "failed": ["propranolol", "metoprolol", "candesartan"],
        }
    )
    assert (
        "O-2a: left out, because of asthma; low blood pressure; none of its medicines is left: "
        "they did not help, or do not suit."
    ) in told.lines()


def test_prevention_that_cannot_be_told_yet_names_what_would_tell() -> None:
    told = discussed({"has_migraine": True, "mhd": 2, "disability": "none", "phq9": 16})
    line = next(one for one in told.lines() if one.startswith("P-1"))
    assert line == (
        "P-1: whether prevention is worth discussing cannot be told yet. To be known first: the "
        "pattern of chronic migraine, MIDAS score, days a week with acute medicine, acute medicine "
        "that does not help, or that you may not have."
    )
    below = {"chronic": False, "midas": 4, "acute_days_per_week": 1, "acute_failing": False}
    told = discussed({"has_migraine": True, "mhd": 2, "disability": "none", "phq9": 16} | below)
    assert not any(one.startswith("P-1") for one in told.lines())
    assert any("below the level" in one for one in told.lines())


def test_the_person_reads_questions_then_the_care_team_then_what_helps_to_know_then_education() -> (
    None
):
    page = for_person(discussed(WHOLE))
    lines = page.lines()
    assert lines[0] == "Questions you could bring to your next visit:"
    assert (
        lines[1]
        == "- Could one medicine help both my headaches and my mood, or would two be better for me?"
    )
    assert len(page.questions_to_bring) == len(set(page.questions_to_bring))
    care = lines.index("About your care team:")
    asks = lines.index("Your doctor may also ask about:")
    first = lines.index("Mind and brain are one.")
    assert 0 < care < asks < first
    assert lines[care - 1] == lines[asks - 1] == lines[first - 1] == ""
    assert lines[care + 1] == "- Could you refer me to someone who can help with my mood?"
    assert lines[asks + 1] == "- the kind of depression"
    assert lines[first + 1] == passages()[0].text()
    assert lines[first + 2].startswith("Sources: Neura Health: How are Depression and Migraine")
    assert lines[-1] == (
        "Please do not change a medicine on your own. You and your doctor decide together."
    )


def test_a_person_under_18_reads_education_and_whom_to_ask() -> None:
    page = for_person(discussed({"age": 16, "mmd": 6}))
    assert page.lines()[0] == (
        "You are under 18. Please bring your questions to a doctor who treats young people."
    )
    assert page.questions_to_bring == () and page.helps_to_know == ()
    assert page.education == passages()
    assert page.ids[0] == "G-5"


def test_a_group_that_did_not_help_counts_like_a_medicine() -> None:
    told = {
        one.id: one for one in discussed({"phq9": 8, "mmd": 6, "failed": ["cgrp antibody"]}).options
    }
    assert told["O-2b"].medicines == ("a gepant",)
    assert "Another preventive did not help." in told["O-2b"].why_for


def test_a_block_without_lines_has_no_title_and_the_last_words_stand_apart() -> None:
    lines = for_person(discussed({"phq9": 17, "item9": 2, "has": ["therapist"]})).lines()
    assert "Questions you could bring to your next visit:" not in lines
    assert "Your doctor may also ask about:" not in lines
    assert "About your care team:" in lines
    assert lines[-2] == ""


def test_the_sources_of_a_passage_stand_below_it_each_once() -> None:
    lines = for_person(discussed(WHOLE)).lines()
    assert lines[lines.index("Genes.") + 2] == (
        "Sources: Yang 2016; Yang 2018; PMC8967089, polygenic overlap of migraine and depression."
    )


def test_a_group_counts_as_a_preventive_only_where_one_of_its_medicines_is_one() -> None:
    told = {
        "phq9": 8,
        "mmd": 3,
        "mhd": 3,
        "chronic": False,
        "aura_atypical": False,
        "hemiplegic_or_brainstem": False,
    }
    assert "C-4" not in discussed(told | {"failed": ["ssri", "painkiller"]}).ids
    assert "C-4" in discussed(told | {"failed": ["snri", "beta blocker"]}).ids


def test_a_gate_carries_its_source() -> None:
    gates = {gate.id: gate for gate in discussed({"phq9": 8, "mmd": 6, "moh_pattern": True}).gates}
    assert [source.section for source in gates["G-6"].sources] == ["8.2"]


def test_an_option_without_a_reason_for_it_has_no_empty_line() -> None:
    lines = discussed({"phq9": 8, "mmd": 6}).lines()
    assert any(line.startswith("N-4. ") for line in lines)
    assert not any(line.strip() in ("For:", "Against:") for line in lines)
