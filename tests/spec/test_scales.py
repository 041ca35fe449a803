"""Scoring holds for every scale: totals, open questions, the suicide question, and bad input."""

from __future__ import annotations

import ast
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.diary.item9 import Answered, NotAsked
from twofold.errors import RecordError
from twofold.facts.scale_change import change
from twofold.facts.scales import known_answers, score, score_items, score_written, total_only
from twofold.knowledge.scale import Scale, find_scale, scale_of, scales

ALL = sorted(scales())
WITH_ITEMS = [name for name in ALL if scales()[name].items]
WITH_TOTALS = [name for name in WITH_ITEMS if scales()[name].has_total]
PHQ9 = [2, 2, 2, 2, 2, 0, 1, 0, 0]


@st.composite
def filled_in(
    draw: st.DrawFn, names: list[str] = WITH_ITEMS
) -> tuple[Scale, dict[str, int | None]]:
    """Give a scale and answers that it offers, some of them left open."""
    scale = scales()[draw(st.sampled_from(names))]
    answers = {item.id: draw(st.none() | st.sampled_from(item.values[:14])) for item in scale.items}
    return scale, answers


def complete(names: list[str] = WITH_TOTALS) -> st.SearchStrategy[tuple[Scale, dict[str, int]]]:
    """Give a scale and an answer for each of its items."""
    return st.sampled_from([scales()[name] for name in names]).flatmap(
        lambda scale: st.tuples(
            st.just(scale),
            st.fixed_dictionaries(
                {item.id: st.sampled_from(item.values[:14]) for item in scale.items}
            ),
        )
    )


# --- totals


@given(complete())
def test_a_total_never_changes_when_an_unrelated_item_is_added(
    filled: tuple[Scale, dict[str, int]],
) -> None:
    scale, answers = filled
    alone = {item.id: answers[item.id] for item in scale.scored}
    assert score_items(scale.id, answers).total == score_items(scale.id, alone).total


@given(filled_in(), st.randoms())
def test_the_order_in_which_answers_were_written_never_matters(
    filled: tuple[Scale, dict[str, int | None]], shuffle: object
) -> None:
    scale, answers = filled
    mixed = list(answers.items())
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert score_items(scale.id, dict(mixed)) == score_items(scale.id, answers)


@given(filled_in(WITH_TOTALS))
def test_a_total_lies_between_the_least_and_the_most_that_open_items_allow(
    filled: tuple[Scale, dict[str, int | None]],
) -> None:
    scale, answers = filled
    found = score_items(scale.id, answers)
    assert found.least is not None and found.most is not None
    assert scale.low is not None and scale.low <= found.least <= found.most
    assert found.total is None or found.least <= found.total <= found.most
    assert (found.least == found.most == found.total) or found.missing


@given(complete())
def test_with_every_item_answered_there_is_a_total_within_its_ends_and_nothing_is_estimated(
    filled: tuple[Scale, dict[str, int]],
) -> None:
    scale, answers = filled
    found = score_items(scale.id, answers)
    assert found.total is not None and scale.low is not None and scale.high is not None
    assert scale.low <= found.total <= scale.high
    assert (found.missing, found.is_estimated, found.why_no_total) == ((), False, "")
    assert found.answered == len(scale.scored)


@given(complete([name for name in WITH_TOTALS if scales()[name].bands]))
def test_every_total_lies_in_exactly_one_range(filled: tuple[Scale, dict[str, int]]) -> None:
    scale, answers = filled
    found = score_items(scale.id, answers)
    holding = [band for band in scale.bands if band.low <= (found.total or 0) <= band.high]
    assert [band.name for band in holding] == [found.band]
    assert [band.id for band in holding] == [found.band_id]


@given(complete(), st.data())
def test_a_worse_answer_never_gives_a_better_total(
    filled: tuple[Scale, dict[str, int]], data: st.DataObject
) -> None:
    scale, answers = filled
    item = data.draw(st.sampled_from(scale.scored))
    more = item.values[min(item.values.index(answers[item.id]) + 1, len(item.values) - 1)]
    before = score_items(scale.id, answers).total
    after = score_items(scale.id, answers | {item.id: more}).total
    assert before is not None and after is not None
    assert after <= before if item.is_reversed else after >= before


@given(filled_in(["phq9"]))
def test_the_estimate_is_nine_times_the_mean_of_what_was_answered(
    filled: tuple[Scale, dict[str, int | None]],
) -> None:
    _, answers = filled
    given_ = [answers[str(one)] for one in range(1, 10) if answers[str(one)] is not None]
    found = score_items("phq9", answers)
    can_be = answers["9"] is not None and len(given_) >= 7
    assert (found.total is not None) is can_be
    if can_be:
        assert abs((found.total or 0) - 9 * sum(one or 0 for one in given_) / len(given_)) <= 0.5
        assert found.is_estimated is (len(given_) < 9)


def test_a_mean_is_never_taken_for_an_item_that_may_be_left_out() -> None:
    """With no to item 2 the C-SSRS leaves items 3 to 5 out; with yes it waits for them."""
    assert score("cssrs", [0, 0, None, None, None, 0, None]).missing == ()
    assert score("cssrs", [0, 1, None, 0, 0, 1, None]).missing == ("3", "6a")
    assert score("cssrs", [0, None, None, None, None, None, None]).asks[:2] == ("item9", "cssrs.2")


# --- the suicide question


@given(filled_in())
def test_the_suicide_question_is_not_asked_unless_it_was_answered(
    filled: tuple[Scale, dict[str, int | None]],
) -> None:
    scale, answers = filled
    found = score_items(scale.id, answers)
    said = answers.get("9") if scale.id == "phq9" else None
    assert found.item9 == (NotAsked() if said is None else Answered(said))
    assert ("item9" in found.asks) is (scale.is_depression_scale and said is None)


@given(filled_in(["phq9"]))
def test_without_an_answer_to_item_9_there_is_no_total(
    filled: tuple[Scale, dict[str, int | None]],
) -> None:
    _, answers = filled
    found = score_items("phq9", answers | {"9": None})
    assert (found.total, found.band, found.is_estimated) == (None, None, False)
    assert found.item9 == NotAsked() and found.asks == ("item9",)
    assert not found.notes and not found.cuts


@given(filled_in(), st.data())
def test_leaving_other_items_open_never_takes_the_safety_page_away(
    filled: tuple[Scale, dict[str, int | None]], data: st.DataObject
) -> None:
    scale, answers = filled
    kept = {item.id for item in scale.items if item.safety_from is not None}
    gone = data.draw(st.sets(st.sampled_from([item.id for item in scale.items])))
    fewer = {one: None if one in gone - kept else said for one, said in answers.items()}
    assert score_items(scale.id, fewer).safety == score_items(scale.id, answers).safety


@given(filled_in())
def test_an_open_safety_item_is_asked_and_never_read_as_no(
    filled: tuple[Scale, dict[str, int | None]],
) -> None:
    scale, answers = filled
    found = score_items(scale.id, answers)
    for item in scale.items:
        if item.safety_from is not None and item.id in found.missing:
            assert (f"{scale.id}.{item.id}" if not item.is_item9 else "item9") in found.asks


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_any_answer_to_item_9_but_0_leads_to_the_safety_page_whatever_the_total(
    answer: int,
) -> None:
    assert score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, answer]).safety
    assert score("phq9", [None] * 8 + [answer]).safety
    assert not score("phq9", [3, 3, 3, 3, 3, 3, 3, 3, 0]).safety


@pytest.mark.parametrize("name", [one for one in ALL if scales()[one].has_total])
def test_a_typed_total_leaves_item_9_unknown(name: str) -> None:
    scale = scales()[name]
    found = total_only(name, scale.low or 0)
    assert found.item9 == NotAsked() and found.is_imported and not found.safety
    assert ("item9" in found.asks) is scale.is_depression_scale
    assert found.missing == () and found.answered == 0 and not found.is_estimated
    assert found.least == found.most == found.total == (scale.low or 0)
    assert (found.day, found.scored_by) == ("", "")


def test_a_typed_total_is_a_whole_number_where_it_can_be() -> None:
    assert repr(total_only("phq9", 14.0).total) == "14"
    assert repr(total_only("msq_rr", 42.9).total) == "42.9"


def test_what_was_answered_in_full_names_no_day_unless_one_is_given() -> None:
    assert (score("phq9", PHQ9).day, score_written("phq9", "1").day) == ("", "")
    assert score("phq9", PHQ9, day="2026-03-04").day == "2026-03-04"
    written = score_written("phq9", "11", day="2026-03-04", scored_by="the clinic")
    assert (written.day, written.scored_by) == ("2026-03-04", "the clinic")
    assert score_written("phq9", "0,0,0,0,0,0,0,0,0", day="2026-03-04").day == "2026-03-04"


@pytest.mark.parametrize(("scale", "last", "first"), [("phq9", 24, 25), ("mdi", 45, 46)])
def test_a_typed_total_that_the_other_items_cannot_reach_leads_to_the_safety_page(
    scale: str, last: int, first: int
) -> None:
    assert not total_only(scale, last).safety
    assert total_only(scale, first).safety


def test_the_note_about_sleep_and_energy_needs_an_answer_of_no_to_item_9() -> None:
    """Rule (d): a total of 10, an affective part of 2 or less, and item 9 = 0, not unknown."""
    without = [0, 0, 2, 2, 2, 0, 2, 2]
    assert [note.id for note in score("phq9", [*without, 0]).notes] == ["phq9.d"]
    assert score("phq9", [*without, None]).notes == ()
    assert score("phq9", [*without, 1]).notes == ()
    assert total_only("phq9", 10).notes == ()


def test_a_persons_result_waits_until_the_safety_page_was_shown() -> None:
    found = score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert found.lines() == (
        "The safety page comes first. This result waits until it has been shown.",
    )
    assert found.lines(is_safety_shown=True)[0] == "PHQ-9: 1 of 27."
    assert found.lines(audience="clinician")[0] == "PHQ-9: 1 of 27."


@pytest.mark.parametrize("name", ["phq9", "phq2", "phq4", "who5", "mdi", "hads", "bdi2", "cesd"])
def test_where_item_9_is_open_the_first_sentence_asks_it(name: str) -> None:
    scale = scales()[name]
    found = total_only(name, scale.low or 0)
    assert found.lines()[0].startswith("One question is still open")
    assert "Open does not mean no." in found.lines()[0]


# --- what is told


def test_a_score_in_sentences() -> None:
    assert score("phq9", PHQ9).lines() == (
        "PHQ-9: 11 of 27.",
        "This range is called moderate.",
        "A number on a questionnaire is not a diagnosis.",
        "Interest, mood, self-worth and dark thoughts: 4 of 12.",
        "Sleep, energy, appetite, concentration and movement: 7 of 15.",
    )


def test_an_estimated_score_says_so_and_a_half_known_part_is_no_number() -> None:
    lines = score("phq9", [2, 2, None, 2, 2, 0, 1, 0, 0]).lines()
    assert lines[0] == (
        "PHQ-9: about 10 of 27. This is estimated: 1 of 9 questions were left open."
    )
    assert lines[-1] == (
        "Sleep, energy, appetite, concentration and movement: not all questions were answered."
    )


def test_no_total_says_why() -> None:
    assert (
        "PHQ-9: no total. There is none until the open question is answered."
        in score("phq9", [*PHQ9[:8], None]).lines()
    )
    assert score("phq9", [None] * 6 + [1, 1, 0]).why_no_total == (
        "6 questions were left open. With more than 2 open there is no total."
    )
    assert score("gad7", [None] * 7).why_no_total == "No question was answered."
    assert (score("msq", [1] * 14).least, score("msq", [1] * 14).most) == (None, None)
    assert score("msq", [1] * 14).why_no_total == (
        "This scale has no common total; its parts stand beside each other."
    )
    assert score("cssrs", [0] * 7).why_no_total == "This scale gives no total."


def test_a_typed_total_says_who_scored_it_and_when() -> None:
    found = total_only("isi", 12, day="2026-03-04", scored_by="the sleep clinic")
    assert found.lines() == (
        "ISI: 12.",
        "This total was typed in by the sleep clinic for 2026-03-04; its questions were not seen.",
    )
    assert total_only("isi", 12).lines()[1] == (
        "This total was typed in; its questions were not seen."
    )


def test_what_has_no_source_is_told_to_clinicians_only() -> None:
    found = total_only("hit6", 60)
    assert found.band == "severe" and not found.band_sources
    assert not any("severe" in line for line in found.lines())
    assert "This range is called severe." in found.lines(audience="clinician")
    better = change(total_only("phq9", 16), total_only("phq9", 8))
    assert not any("response" in line for line in better.lines())
    assert any("response" in line for line in better.lines(audience="clinician"))


def test_screening_lines_are_for_clinicians_and_name_their_people_and_source() -> None:
    found = score("phq9", PHQ9)
    assert [(cut.id, cut.among, cut.is_reached) for cut in found.cuts] == [
        ("phq9.screen", "general", True),
        ("phq9.migraine_7", "migraine", True),
        ("phq9.migraine_10", "migraine", True),
    ]
    assert not any("sensitivity" in line for line in found.lines())
    lines = found.lines(audience="clinician")
    assert sum("sensitivity" in line for line in lines) == 3
    assert any(line.endswith("(Kroenke 2001, J Gen Intern Med 16:606)") for line in lines)
    assert lines[-1] == "These tables are not clinically reviewed yet."
    low = total_only("phq9", 9).lines(audience="clinician")
    assert sum(line.startswith("Not reached:") for line in low) == 2


def test_the_ids_of_a_score_are_its_range_the_lines_for_everybody_and_its_notes() -> None:
    assert score("phq9", [0, 0, 2, 2, 2, 0, 2, 2, 0]).ids == (
        "phq9.moderate",
        "phq9.screen",
        "phq9.d",
    )
    assert total_only("phq9", 8).ids == ("phq9.mild",)


def test_a_low_well_being_offers_the_phq9_and_a_short_form_says_what_it_lacks() -> None:
    assert "The PHQ-9 asks more. It may be worth answering." in score("who5", [2] * 5).lines()
    assert any("not enough alone" in line for line in score("phq2", [0, 1]).lines())


def test_a_change_in_sentences() -> None:
    assert change(total_only("phq9", 16), total_only("phq9", 12)).lines() == (
        "PHQ-9: from 16 to 12, 4 points lower.",
        "This does not reach what studies call meaningful: a change of 5 points or more.",
        "This reaches a fall by about 20 of 100, the smallest that people noticed on average "
        "(about 1.7 points; more if the first score was mild).",
    )
    assert change(total_only("phq9", 11), total_only("phq9", 16)).lines() == (
        "PHQ-9: from 11 to 16, 5 points higher.",
        "This reaches what studies call meaningful: a change of 5 points or more.",
    )
    assert change(total_only("phq9", 5), total_only("phq9", 5)).lines()[0] == (
        "PHQ-9: 5, as before."
    )
    assert change(total_only("hit6", 60), total_only("hit6", 56)).lines()[1] == (
        "This may or may not reach what studies call meaningful: "
        "a change of 2.5 points (mean change) to 6 points (ROC)."
    )


def test_a_change_from_an_estimated_total_says_so() -> None:
    before = score("phq9", [2, 2, None, 2, 2, 0, 1, 0, 0])
    found = change(before, total_only("phq9", 5))
    assert found.is_estimated
    assert found.lines()[1] == "One of the two totals is estimated."


def test_two_scores_less_than_7_days_apart_are_not_compared() -> None:
    before, after = total_only("phq9", 16), total_only("phq9", 8)
    assert change(before, after, days_apart=7).reaches("response") is True
    close = change(before, after, days_apart=6)
    assert (close.results, close.direction, close.ids) == ((), None, ())
    assert close.lines() == ("The two are less than 7 days apart, too close to compare.",)


def test_without_a_total_nothing_is_compared() -> None:
    open_ = score("phq9", [1, 1, 1, 1, 1, 1, 1, 1, None])
    for before, after in ((open_, total_only("phq9", 8)), (total_only("phq9", 8), open_)):
        found = change(before, after)
        assert (found.points, found.results) == (None, ())
        assert found.why_not == "One of the two has no total, so they cannot be compared."
        assert found.reaches("meaningful") is None


def test_a_line_of_other_people_is_applied_only_where_it_is_known_that_one_is_of_them() -> None:
    before, after = total_only("hit6", 64), total_only("hit6", 58)
    assert change(before, after).reaches("response") is None
    there = change(before, after, among=("general", "chronic migraine"))
    assert there.reaches("response") is True
    assert "hit6.chronic_group" not in [one.id for one in there.results]


def test_an_equal_total_is_the_same() -> None:
    found = change(total_only("phq9", 5), total_only("phq9", 5))
    assert (found.direction, found.points, found.why_not, found.ids) == ("same", 0, "", ())


@pytest.mark.parametrize(
    ("before", "after", "direction", "told"),
    [
        (5, 6, "worse", "PHQ-9: from 5 to 6, 1 point higher."),
        (6, 5, "better", "PHQ-9: from 6 to 5, 1 point lower."),
        (1, 0, "better", "PHQ-9: from 1 to 0, 1 point lower."),
    ],
)
def test_a_change_by_one_point_has_a_direction(
    before: int, after: int, direction: str, told: str
) -> None:
    found = change(total_only("phq9", before), total_only("phq9", after))
    assert (found.direction, found.lines()[0]) == (direction, told)


def test_the_ids_of_a_change_are_the_lines_that_hold() -> None:
    def ids(scale: str, before: float, after: float) -> tuple[str, ...]:
        return change(total_only(scale, before), total_only(scale, after)).ids

    assert ids("phq9", 16, 11) == ("phq9.meaningful", "phq9.noticed")
    assert ids("phq9", 1, 0) == ("phq9.noticed", "phq9.response")
    assert ids("midas", 11, 6) == ids("midas", 20, 15) == ("midas.meaningful", "midas.trial_11")
    assert ids("midas", 10, 5) == ("midas.meaningful",)
    assert ids("midas", 21, 14) == ("midas.meaningful", "midas.trial_21")


@pytest.mark.parametrize(("after", "told"), [(45, None), (55, None), (60, True), (50, False)])
def test_at_the_lower_of_two_numbers_it_can_no_longer_be_told(
    after: int, told: bool | None
) -> None:
    """The role-preventive score of the MSQ: 5.0 to 7.9 points, either way."""
    found = change(total_only("msq_rp", 50), total_only("msq_rp", after))
    assert found.reaches("meaningful") is told


def test_a_clinician_reads_the_source_behind_each_line() -> None:
    found = change(total_only("phq9", 16), total_only("phq9", 8))
    assert found.lines(audience="clinician")[1:4:2] == (
        "This reaches what studies call meaningful: a change of 5 points or more. "
        "(Löwe 2004, Med Care 42:1194)",
        "This reaches the line for a response: a fall by half or more. (no source found)",
    )


def test_from_nothing_there_is_no_share() -> None:
    found = change(total_only("phq9", 0), total_only("phq9", 4))
    assert found.percent is None
    assert found.reaches("response") is False


@given(st.integers(0, 27), st.integers(0, 27))
def test_meaningful_holds_both_ways_and_a_response_only_for_the_better(
    before: int, after: int
) -> None:
    there = change(total_only("phq9", before), total_only("phq9", after))
    back = change(total_only("phq9", after), total_only("phq9", before))
    assert there.reaches("meaningful") == back.reaches("meaningful")
    assert not (there.reaches("response") and back.reaches("response"))
    assert there.reaches("response") is (before > 0 and 2 * after <= before)
    assert there.points == -(back.points or 0)


def test_what_a_score_lets_other_rules_know() -> None:
    assert known_answers(score("phq9", PHQ9)) == {
        "phq9": 11,
        "phq9_affective": 4,
        "phq9_somatic": 7,
    }
    assert known_answers(score("phq9", [*PHQ9[:8], None])) == {"phq9_somatic": 7}
    assert known_answers(total_only("isi", 9)) == {"isi": 9}
    assert known_answers(score("phq9", [*PHQ9, 2]))["item10"] == "very_difficult"
    assert known_answers(score("mdi", [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])) == {
        "mdi": 1,
        "mdi_item6": 1,
    }


SCREENER = [
    ("no to all that is asked", [0, 0, None, None, None, 0, None], False),
    ("yes to 1", [1, 0, None, None, None, 0, None], True),
    ("yes to 6, the rest open", [None, None, None, None, None, 1, None], True),
    ("no to 1, 2 open", [0, None, None, None, None, 0, None], None),
    ("no to 1 and 2, 6 open", [0, 0, None, None, None, None, None], None),
    ("no to 2, and yes to 3 all the same", [0, 0, 1, None, None, 0, None], True),
    ("all open", [None] * 7, None),
]


@pytest.mark.parametrize(
    ("answers", "positive"), [row[1:] for row in SCREENER], ids=[row[0] for row in SCREENER]
)
def test_a_screener_is_positive_negative_or_unknown(
    answers: list[int | None], positive: bool | None
) -> None:
    found = score("cssrs", answers)
    assert known_answers(found).get("cssrs_positive") is positive
    assert found.safety is (positive is True)
    assert found.total is None and found.band is None


def test_a_score_can_be_written_as_json() -> None:
    found = asdict(replace(score("phq9", PHQ9), item9=NotAsked()))
    assert json.loads(json.dumps(found))["total"] == 11


# --- names, and bad input


@pytest.mark.parametrize(
    ("name", "scale"),
    [("PHQ-9", "phq9"), ("phq 9", "phq9"), ("Gad_7", "gad7"), ("BDI-II", "bdi2"), ("pss", "pss10")],
)
def test_a_scale_has_many_names(name: str, scale: str) -> None:
    assert find_scale(name).id == scale


def test_an_unknown_scale_is_never_guessed_but_the_nearest_is_named() -> None:
    assert scale_of("phq99") is None
    with pytest.raises(RecordError, match=r"no scale called 'phq99'.* Did you mean phq9\?"):
        score("phq99", [1])
    with pytest.raises(RecordError) as told:
        find_scale("zzzz")
    assert "Did you mean" not in str(told.value) and "gad7" in str(told.value)


BAD = [
    ("phq9", "1,2", "phq9: 2 places given, but the PHQ-9 has 9 items, or 10"),
    ("phq2", "1,1,1", "phq2: 3 places given, but the PHQ-2 has 2 items."),
    ("gad7", "1,1,1,1,1,1,1,1", "gad7: 8 places given, but the GAD-7 has 7 items."),
    ("phq9", "0,0,0,4,0,0,0,0,0", "phq9, item 4: 4 is not one of its answers. Use 0, 1, 2 or 3."),
    ("phq9", "0,0,0,0,0,0,0,0,-1", "phq9, item 9: -1 is not one of its answers."),
    ("phq9", "0,x,0,0,0,0,0,0,0", "phq9, item 2: 'x' is not a whole number."),
    ("phq9", "0,1.5,0,0,0,0,0,0,0", "phq9, item 2: '1.5' is not a whole number."),
    ("phq9", "28", "phq9, total: 28 cannot be a total. Totals of the PHQ-9 go from 0 to 27."),
    ("phq9", "-1", "phq9, total: -1 cannot be a total."),
    ("phq9", "7.5", "phq9, total: 7.5 cannot be a total."),
    ("phq9", "", "phq9, total: '' is not a number."),
    ("phq9", "moderate", "phq9, total: 'moderate' is not a number."),
    ("phq9", "raw 28", "phq9, total: 28 cannot be a plain sum."),
    ("hit6", "7,8,8,8,8,8", "hit6, item 1: 7 is not one of its answers. Use 6, 8, 10, 11 or 13."),
    ("hit6", "35", "hit6, total: 35 cannot be a total. Totals of the HIT-6 go from 36 to 78."),
    ("who5", "13", "who5, total: 13 cannot be a total. Totals of the WHO-5 go from 0 to 100 in steps of 4. A plain sum is typed as: raw 13."),
    ("who5", "raw 26", "who5, total: 26 cannot be a plain sum. The plain sum of the WHO-5 goes from 0 to 25."),
    ("midas", "93,0,0,0,0", "midas, item 1: 93 is not one of its answers. Use a whole number from 0 to 92."),
    ("midas", "46,47,0,0,0", "midas: Items 1 and 2 count different days, so together they cannot be more than 92."),
    ("midas", "0,0,47,46,0", "midas: Items 3 and 4 count different days"),
    ("midas", "0,0,0,0,0,93,0", "midas, item A: 93 is not one of its answers."),
    ("midas", "0,0,0,0,0,9,11", "midas, item B: 11 is not one of its answers."),
    ("msq", "50", "msq: the MSQ v2.1 has no total. Give its answers instead."),
    ("msq_rr", "100.5", "msq_rr, total: 100.5 cannot be a total. Totals of the MSQ role-restrictive go from 0 to 100."),
    ("cssrs", "1", "cssrs: the C-SSRS screener has no total."),
    ("cesd", "1,2", "cesd: the items of the CES-D are not known here. Give its total, as one number."),
    ("bdi2", "-3", "bdi2, total: -3 cannot be a total. Totals of the BDI-II go from 0."),
]  # fmt: skip


@pytest.mark.parametrize(("scale", "written", "told"), BAD)
def test_what_cannot_be_is_refused_in_words_that_name_the_place(
    scale: str, written: str, told: str
) -> None:
    with pytest.raises(RecordError) as error:
        score_written(scale, written)
    assert str(error.value).startswith(told)


def test_one_number_is_a_total_even_where_there_are_only_two_items() -> None:
    assert score_written("phq2", "3").total == 3
    assert score_written("phq2", "3").is_imported


def test_a_refusal_ends_with_what_to_do() -> None:
    told = {
        ("phq9", "28"): "Totals of the PHQ-9 go from 0 to 27.",
        ("who5", "13"): "in steps of 4. A plain sum is typed as: raw 13.",
        ("midas", "93,0,0,0,0"): "Use a whole number from 0 to 92.",
        ("phq9", "4,0,0,0,0,0,0,0,0"): "Use 0, 1, 2 or 3.",
        ("phq9", "1,2"): "Leave the place of an open item empty, as in 0,1,,3.",
        ("phq9", "x,,,,,,,,"): "An open item is left empty.",
        ("phq9", "x"): "Type the total, or the answers with commas, as in 0,1,,3.",
        ("midas", "50,50,0,0,0"): "Please check these answers.",
    }
    for (scale, written), ending in told.items():
        with pytest.raises(RecordError) as error:
            score_written(scale, written)
        assert str(error.value).endswith(ending)


def test_an_item_that_the_scale_does_not_have_is_refused() -> None:
    with pytest.raises(RecordError, match=r"the GAD-7 has no item '8'\. Its items are 1, 2"):
        score_items("gad7", {"8": 1})


@pytest.mark.parametrize("answer", [True, False, 1.0, "1"])
def test_an_answer_is_a_whole_number_and_nothing_that_looks_like_one(answer: object) -> None:
    with pytest.raises(RecordError):
        score("phq2", [answer, 0])  # type: ignore[list-item]


@pytest.mark.parametrize("total", [True, float("nan"), float("inf")])
def test_a_total_is_a_number(total: float) -> None:
    with pytest.raises(RecordError):
        total_only("phq9", total)


def test_scores_of_two_scales_are_not_compared() -> None:
    told = r"^a PHQ-9 and a GAD-7 cannot be compared\. Compare two scores of one scale\.$"
    with pytest.raises(RecordError, match=told):
        change(total_only("phq9", 3), total_only("gad7", 3))


@given(st.sampled_from(ALL), st.text(alphabet="0123456789,. -rawx", max_size=40))
def test_nothing_that_is_typed_ends_in_a_traceback(scale: str, written: str) -> None:
    try:
        found = score_written(scale, written)
    except RecordError as error:
        assert error.sentence()
    else:
        assert found.scale == scale and found.lines(audience="clinician")


@given(filled_in())
def test_what_is_typed_is_what_is_scored(filled: tuple[Scale, dict[str, int | None]]) -> None:
    scale, answers = filled
    written = ", ".join("" if one is None else str(one) for one in answers.values())
    assert score_written(scale.name, written) == score_items(scale.id, answers)


# --- the code


CODE = ["facts/scales.py", "facts/score.py", "facts/scale_change.py", "facts/mood.py", "knowledge/scale.py"]  # fmt: skip


@pytest.mark.parametrize("file", CODE)
def test_the_code_that_scores_knows_no_scale_by_name(file: str, root: Path) -> None:
    tree = ast.parse((root / "src" / "twofold" / file).read_text(encoding="utf-8"))
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    named = {name for scale in scales().values() for name in (scale.id, scale.name.casefold())}
    assert not [word for word in words if any(name in word.casefold() for name in named)]
