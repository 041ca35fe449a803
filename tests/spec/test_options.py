"""Options to discuss, over all cases: unknown is asked, safety comes first, a person sees no medicine."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twofold.diary.item9 import Answered, NotAsked
from twofold.facts.answers import Answers
from twofold.facts.shelf import Shelf
from twofold.guidance.derived import worked_out
from twofold.guidance.discussion import Discussion
from twofold.guidance.interactions import check
from twofold.guidance.options import discuss, for_clinician, for_person
from twofold.knowledge import option as tables
from twofold.knowledge.field import Field, fields
from twofold.knowledge.medicine import names
from twofold.safety.assess import assess

MEDICINES = (
    "sertraline",
    "amitriptyline 25",
    "propranolol",
    "topiramate",
    "sumatriptan",
    "lithium",
)
AMOUNT = re.compile(r"\d\s*(?:mg|milligram|g/d|mcg)\b", re.IGNORECASE)
OVERDOSE = re.compile(r"overdose|toxic|lethal", re.IGNORECASE)
WHOLE_SHEET = {
    *("G-0", "G-1", "G-2", "G-3", "G-4", "G-5", "G-6", "G-7", "P-1"),
    *("O-1", "O-1a", "O-1b", "O-2", "O-2a", "O-2b", "O-2c", "O-2d", "O-2e", "O-2f", "O-3"),
    *("N-1", "N-2", "N-3", "N-4", "N-5", "N-6", "N-7", "N-8", "N-9"),
    *("C-1", "C-2", "C-3", "C-4", "C-5", "C-6"),
}


@cache
def asked_fields() -> tuple[str, ...]:
    """Give every field on which any table of options depends, and that a person can answer."""
    derived = {one.id: one.condition for one in tables.derived()}
    conditions = [
        *derived.values(),
        *(gate.when for gate in tables.gates()),
        *(one.when for row in tables.options() for one in row.grounds),
        *(one.when for row in tables.options() for one in row.unless),
        *(one.unless for row in tables.options() for one in row.medicines),
        *(one.when for row in tables.options() for one in row.cautions),
        *(row.when for row in tables.care_team()),
    ]
    named = {name for one in conditions if one is not None for name in one.names}
    return tuple(sorted(n for n in named if not fields()[n].question.startswith("Worked out")))


def answers_of(field: Field) -> st.SearchStrategy[object]:
    if field.kind == "yes_no":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "list":
        return st.lists(st.sampled_from(field.choices or MEDICINES), unique=True, max_size=3).map(
            tuple
        )
    return st.integers(int(field.low or 0), int(min(field.high or 40, 40)))


@st.composite
def cases(draw: st.DrawFn) -> Answers:
    """Draw a case: some answers known, others not; the suicide question asked or not."""
    known = draw(st.sets(st.sampled_from(asked_fields()), max_size=14))
    told = {name: draw(answers_of(fields()[name])) for name in sorted(known - {"item9"})}
    told.pop("overuse_ids", None)
    item9 = draw(st.one_of(st.just(NotAsked()), st.integers(0, 3).map(Answered)))
    return Answers.of(told, item9)


def discussed(answers: Answers) -> Discussion:
    return discuss(answers, assess(answers), check(Shelf.of_answers(answers), answers))


many = settings(deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(cases())
def test_while_safety_comes_first_no_option_stands(answers) -> None:
    told, safety = discussed(answers), assess(answers)
    if safety.hides_options:
        assert told.options == ()
        assert not any(one.startswith(("O-", "N-", "P-")) for one in told.ids)
        assert for_person(told).questions_to_bring == ()


@many
@given(cases())
def test_a_suicide_question_that_was_not_asked_is_never_read_as_no(answers) -> None:
    told = discussed(answers.having(item9=None, phq9=8))
    assert "G-0" in told.ids
    assert told.options == ()
    assert "not asked" in " ".join(told.lines())


@many
@given(cases())
def test_a_person_reads_no_name_of_a_medicine_no_amount_and_nothing_about_overdose(answers) -> None:
    page = for_person(discussed(answers))
    read = " ".join((*page.questions_to_bring, *page.care_team, *page.helps_to_know))
    assert a_medicine().search(read.casefold()) is None
    assert AMOUNT.search(read) is None
    assert OVERDOSE.search(read) is None
    assert not any(one.startswith(("O-", "P-", "DX-", "SER-", "BP-")) for one in page.ids)


@many
@given(cases())
def test_a_clinician_reads_no_amount_of_any_medicine(answers) -> None:
    assert AMOUNT.search(" ".join(for_clinician(discussed(answers)).lines())) is None


@many
@given(cases())
def test_what_could_still_speak_against_an_option_is_asked_and_not_assumed(answers) -> None:
    told = worked_out(answers, assess(answers), check(Shelf.of_answers(answers), answers))
    rows = {row.id: row for row in tables.options()}
    for one in discussed(answers).options:
        for reason in rows[one.id].unless:
            assert reason.when.holds(told) is not True
            assert reason.when.holds(told) is False or one.need_to_know


@many
@given(cases())
def test_an_option_stands_only_on_a_ground_that_holds(answers) -> None:
    told = worked_out(answers, assess(answers), check(Shelf.of_answers(answers), answers))
    standing = {one.id for one in discussed(answers).options}
    for row in tables.options():
        if row.id in standing:
            assert any(one.when is None or one.when.holds(told) is True for one in row.grounds)


@many
@given(cases())
def test_without_migraine_as_a_fact_of_the_case_no_medicine_for_migraine_is_an_option(
    answers,
) -> None:
    unstated = answers.having(
        has_migraine=None, mmd=None, chronic=None, hemiplegic_or_brainstem=None, considering=None
    )
    assert not any(one.startswith("O-") for one in discussed(unstated).ids)


@many
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_medicines_are_written_never_matters(answers, chance) -> None:
    shuffled = {
        name: tuple(chance.sample(answers[name], len(answers[name])))
        for name in ("current", "failed", "considering")
        if answers[name]
    }
    assert discussed(answers.having(**shuffled)) == discussed(answers)


@many
@given(cases())
def test_lines_for_and_against_stand_only_where_their_own_condition_holds(answers) -> None:
    told = worked_out(answers, assess(answers), check(Shelf.of_answers(answers), answers))
    rows = {row.id: row for row in tables.options()}
    for one in discussed(answers).options:
        for reason in (*rows[one.id].reasons_for, *rows[one.id].reasons_against):
            holds = reason.when is None or reason.when.holds(told) is True
            assert holds == (reason.says in (*one.why_for, *one.why_against))


def test_all_of_the_sheet_is_in_the_tables() -> None:
    ids = {
        *(gate.id for gate in tables.gates()),
        *(row.id for row in tables.options()),
        *(row.id for row in tables.care_team()),
        tables.prevention().id,
    }
    assert ids == {*WHOLE_SHEET, "G-0n", "G-2u"}


def test_a_row_without_a_source_is_never_a_persons_question() -> None:
    without = [row for row in tables.options() if not row.sources]
    assert [row.id for row in without] == ["N-8"]
    told = discussed(Answers.of({"mmd": 6, "phq9": 8}, Answered(0)))
    page = for_person(told)
    assert "N-8" in told.ids
    assert "N-8" not in page.ids
    assert without[0].question_to_bring not in page.questions_to_bring


def test_where_guidelines_disagree_both_are_shown_and_none_is_chosen() -> None:
    told = discussed(Answers.of({"mmd": 6, "phq9": 8}, Answered(0)))
    cgrp = next(one for one in told.options if one.id == "O-2b")
    assert any("ACP 2025" in one for one in cgrp.positions)
    assert any("AHS 2024" in one and "EHF 2022" in one for one in cgrp.positions)


def test_the_card_follows_the_template_for_against_how_sure_ask() -> None:
    told = discussed(Answers.of({"mmd": 6, "phq9": 8, "insomnia": True}, Answered(0)))
    lines = told.lines()
    start = next(n for n, line in enumerate(lines) if line.startswith("O-1a. "))
    card = lines[start : start + 6]
    assert card[0] == "O-1a. Some people discuss a tricyclic: amitriptyline with their doctor."
    assert [line.split(":")[0] for line in card[1:5]] == [
        "For", "Against", "How sure is the evidence", "Ask",
    ]  # fmt: skip
    assert card[4] == "Ask: “Could a tricyclic suit me, given my trouble sleeping?”"


def test_an_snri_is_told_before_a_tricyclic_where_the_person_is_tired() -> None:
    base = {"mmd": 6, "phq9": 8, "insomnia": True}
    order = [one.id for one in discussed(Answers.of(base, Answered(0))).options]
    tired = [one.id for one in discussed(Answers.of(base | {"fatigue": True}, Answered(0))).options]
    assert order.index("O-1a") < order.index("O-1b")
    assert tired.index("O-1b") < tired.index("O-1a")


def test_the_caution_about_overdose_stays_for_the_clinician_while_safety_comes_first() -> None:
    told = discussed(Answers.of({"mmd": 6, "phq9": 17, "current": ("propranolol",)}, Answered(1)))
    assert "DX-17" in {one.id for one in told.overdose}
    assert OVERDOSE.search(" ".join(for_clinician(told).lines())) is not None
    # The safety page itself asks about an overdose that was taken; nothing says how dangerous.
    assert "toxic" not in " ".join(for_person(told).lines()).casefold()
    assert "propranolol" not in " ".join(for_person(told).lines()).casefold()


def test_the_safety_page_stands_first_on_the_persons_page_too() -> None:
    answers = Answers.of({"mmd": 6, "phq9": 17}, Answered(2))
    page = for_person(discussed(answers))
    assert page.lines()[: len(assess(answers).lines())] == assess(answers).lines()
    assert page.education == ()


@cache
def a_medicine() -> re.Pattern[str]:
    """Match every name of a medicine or a group of them, as a person could read it."""
    plain = {"medicine", "pill", "painkiller", "supplements"}
    return re.compile(
        rf"\b(?:{'|'.join(re.escape(name) for name in names() if name not in plain)})\b"
    )
