"""Trials together: what is refused, what is flagged, and when no number may stand alone."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.meta import pictures, units
from twofold.lab.meta.bias import egger, trim_and_fill
from twofold.lab.meta.effects import MEASURES, effects
from twofold.lab.meta.heterogeneity import tau2
from twofold.lab.meta.network_study import network
from twofold.lab.meta.pooled import pool, prediction
from twofold.lab.meta.reading import read_trials
from twofold.lab.meta.regression import regress
from twofold.lab.meta.study import from_file, meta
from twofold.lab.meta.table import Trials
from twofold.lab.meta.wiring import wires
from twofold.lab.methods import apply
from twofold.lab.recipe import shipped
from twofold.lab.result import Result

OWN = (
    "st-johns-wort-depression", "st-johns-wort-large-trials", "antidepressants-primary-care",
    "antidepressants-against-each-other", "depression-treatments-primary-care", "cbt-depression",
    "cgrp-antibodies-arms", "fremanezumab-both-illnesses", "eletriptan-dose",
    "eletriptan-larger-dose",
)  # fmt: skip


def counts(**changed: Any) -> Trials:
    """Five trials of counts, as they should be."""
    numbers: dict[str, Any] = {
        "events1": [20, 31, 14, 45, 28], "total1": [50, 60, 40, 90, 70],
        "events2": [12, 20, 10, 33, 15], "total2": [50, 61, 42, 88, 68],
    }  # fmt: skip
    return Trials(("A", "B", "C", "D", "E"), "events", {**numbers, **changed})


def estimates(estimate: Any, se: Any, **more: Any) -> Trials:
    return Trials(
        tuple(f"T{i}" for i in range(len(estimate))), "estimates",
        {"estimate": estimate, "se": se, **more},
    )  # fmt: skip


def kinds(trials: Trials, measure: str) -> list[tuple[int | None, str]]:
    return [(one.row, one.kind) for one in units.flags(effects(trials, measure))]


# ------------------------------------------------------------------ what a table may not hold


IMPOSSIBLE = {
    "more events than people": ({"events1": [20, 31, 14, 95, 28]}, "row 4: events1 is larger"),
    "a percentage": ({"events1": [20, 31.5, 14, 45, 28]}, "row 2: events1 is no whole number: a perc"),
    "less than nobody": ({"events2": [12, 20, -1, 33, 15]}, "row 3: events2 is below 0"),
    "an arm of nobody": ({"total2": [50, 61, 0, 88, 68], "events2": [12, 20, 0, 33, 15]}, "row 3: total2 is not above 0"),
    "a hole": ({"events1": [20, np.nan, 14, 45, 28]}, "row 2: events1 is missing. Leave the row out"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_counts_that_cannot_be_are_refused_with_row_and_remedy(name: str) -> None:
    changed, says = IMPOSSIBLE[name]
    with pytest.raises(LabError, match=says):
        counts(**changed)


def test_a_standard_error_of_zero_is_refused_because_it_would_outweigh_all_others() -> None:
    with pytest.raises(LabError, match=r"row 2: the standard error is not above 0\. Give the true"):
        estimates([0.1, 0.2], [0.1, 0.0])


def test_logarithms_in_the_place_of_ratios_are_refused() -> None:
    with pytest.raises(LabError, match=r"row 1: a ratio is not above 0: is it a logarithm\?"):
        Trials(("a", "b"), "ratios", {"ratio": [-0.2, 1.1], "low": [-0.5, 0.9], "high": [0.1, 1.4]})


def test_an_interval_that_does_not_hold_its_ratio_is_refused() -> None:
    with pytest.raises(LabError, match=r"row 2: the ratio is not inside .* ratio, low, high"):
        Trials(("a", "b"), "ratios", {"ratio": [1.1, 1.1], "low": [0.9, 1.4], "high": [1.4, 0.9]})


def test_only_the_first_five_problems_are_told_and_the_others_counted() -> None:
    with pytest.raises(LabError, match=r"row 5: .* And 2 more\."):
        estimates([0.1] * 7, [0.0] * 7)


@pytest.mark.parametrize(
    ("kind", "numbers", "says"),
    [
        ("nonsense", {}, "no kind of trial table"),
        ("estimates", {"estimate": [1.0]}, "wants the column 'se'"),
        ("estimates", {"estimate": [1.0], "se": [1.0, 2.0]}, "2 values|where 1 are wanted"),
        ("estimates", {"estimate": ["x"], "se": [1.0]}, "no number"),
    ],
    ids=["unknown kind", "no standard error", "other length", "text"],
)
def test_a_table_of_another_shape_is_refused(kind: str, numbers: Any, says: str) -> None:
    with pytest.raises(LabError, match=says):
        Trials(("a",), kind, numbers)


def test_thirty_thousand_rows_are_no_table_of_trials() -> None:
    with pytest.raises(LabError, match="30000 rows; 2000 trials can be taken together"):
        estimates(np.ones(30_000), np.ones(30_000))


def test_a_trial_of_a_hundred_arms_is_refused() -> None:
    names = tuple(f"T{i}" for i in range(100))
    numbers = {"estimate": np.ones(100), "se": np.ones(100)}
    trials = Trials(("one",) * 100, "arm estimates", numbers, {"treatment": names})
    with pytest.raises(LabError, match="the trial one has 100 arms; 20 is the most"):
        wires(trials)


def test_a_table_cannot_be_changed_after_its_check() -> None:
    with pytest.raises(ValueError, match="read-only"):
        counts().numbers["events1"][0] = 99


# ------------------------------------------------------------------ reading


def written(folder: Path, text: str) -> Path:
    path = folder / "trials.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_with_a_hole_are_left_out_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, "who,a,n,c,m\nOne,3,10,1,11\nTwo,NA,12,2,12\nThree,5,20,4,21\n")
    columns = {"label": "who", "events1": "a", "total1": "n", "events2": "c", "total2": "m"}
    found = read_trials(path, columns)
    assert (found.kind, found.label, found.rows) == ("events", ("One", "Three"), (1, 3))
    assert found.left_out == ("row 2 (Two): events1 is missing",)


def test_the_kind_is_known_by_the_columns_and_own_names_need_no_mapping(tmp_path: Path) -> None:
    path = written(tmp_path, "label\tratio\tlow\thigh\tyear\nA\t1.5\t1.1\t2.04\t1999\n")
    found = read_trials(path, {})
    assert found.kind == "ratios"
    assert found.numbers["year"].tolist() == [1999]
    one = effects(found, "HR")
    assert one.v[0] == pytest.approx((np.log(2.04 / 1.1) / (2 * 1.959964)) ** 2, rel=1e-6)


def test_the_usual_names_of_other_programs_are_understood(tmp_path: Path) -> None:
    path = written(tmp_path, "author,ai,n1i,ci,n2i,year\nA,3,10,1,11,1999\nB,5,20,4,21,2001\n")
    found = read_trials(path, {})
    assert (found.kind, found.label) == ("events", ("A", "B"))
    assert found.numbers["year"].tolist() == [1999, 2001]


def test_percentages_become_counts_when_they_are_called_so(tmp_path: Path) -> None:
    path = written(tmp_path, "label,events,total\nAilani,55.6,221\nLipton,41.5,216\n")
    found = read_trials(path, {}, {"percent": True})
    assert found.numbers["events"].tolist() == [123, 90]


def test_ratios_become_logarithms_when_they_are_called_so(tmp_path: Path) -> None:
    path = written(tmp_path, "label,estimate,se\nA,2,0.3\nB,1,0.2\n")
    assert read_trials(path, {}, {"log": True}).numbers["estimate"][0] == pytest.approx(np.log(2))


def test_only_the_rows_that_are_asked_for_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "label,mean,sd,total,time\nA,1,2,30,T1\nA,2,2,30,T3\nB,3,2,30,T3\n")
    found = read_trials(path, {}, {"where": {"time": "T3"}})
    assert found.rows == (2, 3)
    assert found.left_out == ("1 rows where it is not so that time is T3",)


def test_counts_of_both_arms_may_stand_in_one_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "label,versus\nUNITE,70/176 vs 44/177\n")
    found = read_trials(path, {}, {"shape": "versus"})
    assert {name: one.tolist() for name, one in found.numbers.items()} == {
        "events1": [70], "total1": [176], "events2": [44], "total2": [177],
    }  # fmt: skip
    path = written(tmp_path, "label,versus\nUNITE,40 percent\n")
    with pytest.raises(LabError, match="row 1: '40 percent' is not written like"):
        read_trials(path, {}, {"shape": "versus"})


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("label,x\nA,1\n", {}, "make no trial table. Wanted are one of: events: events1"),
        ("label,estimate,se\nA,one,1\n", {}, "row 1: estimate is 'one', which is no number"),
        ("label,estimate,se\nA,1,1\n", {"kinds": "x"}, "no option 'kinds'"),
        ("label,estimate,se\nA,1,1\n", {"where": {"time": 1}}, "no column 'time'"),
        ("label,estimate,se\nA,1,1\n", {"kind": "means"}, "wants the column 'mean1'"),
        ("label,estimate,se\nA,-1,1\n", {"log": True}, "no logarithm"),
        ("label,estimate,se\nA,NA,1\n", {}, "holds 0 trials. 1 rows were left out"),
        ("label,events1\nA,1\n", {"shape": "wide"}, "a wide table names treatment1"),
    ],
    ids=["no kind", "text", "option", "where", "kind", "log", "nothing left", "wide"],
)
def test_a_file_that_is_no_trial_table_is_refused(
    tmp_path: Path, text: str, options: Any, says: str
) -> None:
    with pytest.raises(LabError, match=says):
        read_trials(written(tmp_path, text), {}, options)


# ------------------------------------------------------------------ effects


def test_a_trial_in_which_all_or_nobody_responded_says_nothing_about_a_ratio() -> None:
    trials = counts(events1=[0, 31, 40, 45, 28], events2=[0, 20, 42, 33, 15])
    found = effects(trials, "OR")
    assert found.trials.label == ("B", "D", "E")
    assert found.trials.left_out[0] == (
        "row 1 (A): the same in both arms, all or nobody: no ratio follows"
    )
    assert len(effects(trials, "RD").y) == 5


def test_what_is_added_to_an_empty_cell_is_chosen_by_name() -> None:
    trials = counts(events2=[0, 20, 10, 33, 15])
    found = {name: effects(trials, "RR", zeros=name).y for name in
             ("half where zero", "half to all", "treatment arm")}  # fmt: skip
    assert found["half where zero"][0] == pytest.approx(np.log((20.5 / 51) / (0.5 / 51)))
    assert found["half where zero"][1] != found["half to all"][1]
    assert len(effects(trials, "RR", zeros="none").y) == 4
    with pytest.raises(LabError, match="no rule for zeros 'a bit'"):
        effects(trials, "RR", zeros="a bit")


def test_a_measure_that_does_not_go_with_the_table_is_refused() -> None:
    with pytest.raises(LabError, match="MD cannot be worked out from a table of 'events'"):
        effects(counts(), "MD")
    with pytest.raises(LabError, match=f"There are: {', '.join(MEASURES)}"):
        effects(counts(), "ES")


# ------------------------------------------------------------------ traps of units


def arms(mean: Any, sd: Any, total: Any, **more: Any) -> Trials:
    return Trials(
        tuple(f"T{i}" for i in range(len(mean))), "arm means",
        {"mean": mean, "sd": sd, "total": total, **more},
    )  # fmt: skip


def test_a_standard_error_typed_as_standard_deviation_is_flagged_with_its_reason() -> None:
    trials = arms([-3.4, -4.0, -4.3, -3.9], [0.2, 3.0, 2.9, 3.2], [221, 223, 224, 213])
    found = units.flags(effects(trials, "MEAN"))
    assert [(one.row, one.kind) for one in found] == [(1, units.SE_AS_SD)]
    assert found[0].reason == (
        "sd is 0.2 with 221 people, where about 3.1 is usual. "
        "As a standard error it means a standard deviation of 3, which fits."
    )


def test_the_baseline_tells_even_where_most_rows_are_mistyped() -> None:
    trials = arms([-3.4] * 4, [0.2, 0.2, 0.2, 3.0], [220] * 4, baseline_sd=[2.5, 2.4, 2.4, 3.0])
    assert kinds(trials, "MEAN") == [(row, units.SE_AS_SD) for row in (1, 2, 3)]


def test_a_standard_deviation_typed_as_standard_error_is_flagged() -> None:
    n = np.array([100, 120, 80, 150, 90, 110])
    se = 1.5 / np.sqrt(n)
    se[3] = 1.5
    assert kinds(estimates([0.1, 0.3, 0.2, 0.2, 0.4, 0.1], se, total=n), "GEN") == [
        (4, units.SD_AS_SE)
    ]


def test_a_column_of_variances_typed_as_standard_errors_is_flagged() -> None:
    n = np.array([20, 40, 80, 160, 320, 60])
    y = [0.1, 0.3, 0.2, 0.2, 0.4, 0.1]
    assert kinds(estimates(y, 2 / n, total=n), "GEN") == [(None, units.VARIANCE_AS_SE)]
    assert kinds(estimates(y, 2 / np.sqrt(n), total=n), "GEN") == []


def test_ratios_typed_as_their_logarithms_are_flagged() -> None:
    ratios = np.array([0.8, 1.3, 0.9, 1.6, 1.2, 0.7])
    assert kinds(estimates(ratios, [0.2] * 6), "OR") == [(None, units.RATIO_AS_LOG)]
    assert kinds(estimates(np.log(ratios), [0.2] * 6), "OR") == []


def test_an_interval_that_is_symmetric_around_the_ratio_is_flagged() -> None:
    trials = Trials(
        ("a", "b"), "ratios", {"ratio": [1.5, 1.5], "low": [1.0, 1.06], "high": [2.0, 2.12]}
    )
    assert kinds(trials, "OR") == [(1, units.SYMMETRIC)]


def test_the_same_trial_twice_is_flagged_under_whatever_name() -> None:
    exact = estimates([0.1234, 0.3, 0.1234], [0.217, 0.3, 0.217])
    assert [(one.row, one.kind, one.weighs) for one in units.flags(effects(exact, "GEN"))] == [
        (3, units.TWICE, True)
    ]
    rounded = estimates([0.1, 0.3, 0.1], [0.2, 0.3, 0.2])  # so few digits agree by chance, too
    assert [one.weighs for one in units.flags(effects(rounded, "GEN"))] == [False]


def test_a_trial_with_its_arms_swapped_is_told_but_weighs_nothing() -> None:
    y = [0.5, 0.55, 0.45, 0.51, -0.5, 0.52, 0.48]
    found = units.flags(effects(estimates(y, [0.1] * 7), "GEN"))
    assert [(one.row, one.kind, one.weighs) for one in found] == [(5, units.SWAPPED, False)]


def test_points_of_a_scale_typed_as_a_standardised_difference_are_flagged() -> None:
    assert kinds(estimates([-0.4, -10.4, -0.6], [0.2, 0.2, 0.2]), "SMD") == [(2, units.TOO_LARGE)]


def test_honest_tables_raise_no_flag() -> None:
    assert kinds(counts(), "RR") == []
    assert kinds(counts(), "OR") == []


@pytest.mark.real_data
def test_the_migraine_trials_are_caught_and_ailani_is_the_first(shared_data: Path) -> None:
    found = read_trials(
        shared_data / "meta/migraine-prophylaxis-trials/mmd_data.csv",
        {
            "label": "Study_ID",
            "mean": "Change_MMD",
            "sd": "MMD_SD",
            "total": "Sample_Size",
            "baseline_sd": "MMD_Baseline_SD",
        },
    )
    flags = units.flags(effects(found, "MEAN"))
    assert (flags[0].row, flags[0].label, flags[0].kind) == (1, "Ailani2021", units.SE_AS_SD)
    calm = {found.label[i] for i in np.flatnonzero(~units.flagged_rows(found, flags))}
    assert {"Ruff2020", "Ashina2020", "Hedayat2022"} <= calm
    assert not {"Ailani2021", "Lipton2021", "Reuter2022", "Schwedt2024"} & calm


# ------------------------------------------------------------------ what comes back


def test_honest_trials_have_a_headline_and_their_numbers_agree() -> None:
    found = meta({"data": counts()}, {"measure": "RR"})
    whole = found.estimate("random effects")
    assert found.headline == "random effects"
    assert whole.low is not None and whole.low < whole.value < (whole.high or 0)
    assert found.verdict.startswith("Over 5 trials the risk ratio is 1.5")
    assert "with 5 trials a test of the funnel cannot tell" in " ".join(found.warnings)
    names = [one.name for one in found.estimates]
    assert names[:5] == ["random effects", "fixed effect", "a new trial", "tau²", "I²"]
    assert list(found.pictures) == ["forest", "forest, narrow", "funnel"]


def test_one_trial_is_no_meta_analysis() -> None:
    found = meta({"data": counts().take([0])}, {})
    assert found.headline is None
    assert found.verdict.startswith("One trial (A) is no meta-analysis: it found 1.67 (")


def test_two_trials_are_told_as_telling_little() -> None:
    found = meta({"data": counts().take([0, 1])}, {})
    assert found.warnings[0].startswith("2 trials tell little about how far trials differ")
    expected = found.estimate("a new trial")
    assert expected.to_plain()["low"] is None


def test_a_suspicious_unit_takes_the_headline_away_and_other_readings_are_told() -> None:
    trials = Trials(
        ("a", "b", "c", "d"), "means",
        {"mean1": [-4.0, -4.1, -3.8, -4.4], "sd1": [0.2, 3.0, 2.9, 3.1], "total1": [200] * 4,
         "mean2": [-2.0, -2.2, -2.1, -2.5], "sd2": [0.2, 3.1, 3.0, 3.0], "total2": [200] * 4},
    )  # fmt: skip
    found = meta({"data": trials}, {})
    assert found.headline is None
    assert found.verdict.startswith(
        "No number stands alone here: 1 of 4 rows may hold another unit"
    )
    assert found.estimate("without the flagged rows").of == 3
    assert found.estimate("flagged spreads read as standard errors").of == 4
    left = meta({"data": trials}, {"flagged": "leave out"})
    assert left.headline == "random effects"
    assert left.left_out == ("row 1 (a): flagged, see the notes",)


def test_changes_within_arms_never_have_a_headline() -> None:
    found = meta({"data": arms([-4.0, -4.1, -3.8], [3.0, 3.1, 2.9], [200, 190, 210])}, {})
    assert found.headline is None
    assert "no comparison with placebo" in found.verdict


def test_subgroups_and_moderators_are_told_with_their_warning() -> None:
    trials = Trials(
        counts().label, "events", {**counts().numbers, "year": [1990, 1995, 2000, 2005, 2010]},
        {"group": ("old", "old", "new", "new", "new")},
    )  # fmt: skip
    found = meta({"data": trials}, {"subgroup": "group", "moderators": ["year", "group"]})
    assert found.estimate("subgroup: old").of == 2
    assert found.estimate("difference between subgroups").p is not None
    assert "5 trials for 2 moderators" in found.estimate("moderator: year").note
    with pytest.raises(LabError, match="no column of words 'drug'"):
        meta({"data": trials}, {"subgroup": "drug"})
    with pytest.raises(LabError, match="no column 'dose' for a moderator"):
        meta({"data": trials}, {"moderators": ["dose"]})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tau2": "XX"}, "no estimator of tau² 'XX'"),
        ({"test": "t"}, "no test 't'"),
        ({"prediction": "wide"}, "no prediction interval 'wide'"),
        ({"flagged": "yes"}, "flagged rows can be"),
        ({"colour": "red"}, "no option 'colour'"),
    ],
    ids=["tau2", "test", "prediction", "flagged", "option"],
)
def test_an_option_that_nobody_knows_is_refused(options: Any, says: str) -> None:
    with pytest.raises(LabError, match=says):
        meta({"data": counts()}, options)


def test_what_needs_more_trials_is_refused() -> None:
    y, v = np.array([0.1]), np.array([0.2])
    with pytest.raises(LabError, match="1 trial cannot tell how far trials differ"):
        pool(y, v)
    with pytest.raises(LabError, match="more trials than coefficients"):
        tau2(y, v, "DL")
    with pytest.raises(LabError, match="at least three trials"):
        egger(y, v)
    with pytest.raises(LabError, match="at least three trials"):
        trim_and_fill(y, v)
    two = pool(np.array([0.1, 0.2]), np.array([0.2, 0.2]))
    assert np.isnan(prediction(two)).all()
    with pytest.raises(LabError, match="the moderators repeat one another"):
        regress(np.arange(5.0), np.ones(5), {"a": np.arange(5.0), "b": 2 * np.arange(5.0)})
    with pytest.raises(LabError, match="row 2: the moderator a is not known"):
        regress(np.arange(3.0), np.ones(3), {"a": np.array([1, np.nan, 2])})


# ------------------------------------------------------------------ networks


def contrasts(*rows: tuple[str, str, str, float, float]) -> Trials:
    label, first, second, estimate, se = zip(*rows, strict=True)
    numbers = {"estimate": np.array(estimate), "se": np.array(se)}
    return Trials(label, "estimates", numbers, {"treatment1": first, "treatment2": second})


TRIANGLE = (("1", "A", "B", 0.3, 0.2), ("2", "B", "C", 0.2, 0.2), ("3", "A", "C", 0.6, 0.3))


def test_a_network_tells_each_treatment_against_one_and_warns_of_ranks() -> None:
    found = network({"data": contrasts(*TRIANGLE)}, {"reference": "C", "asks": "A"})
    assert found.headline == "A vs C"
    assert [one.name for one in found.estimates[:2]] == ["A vs C", "B vs C"]
    assert found.estimate("A vs C").of == 1
    assert found.warnings[0].startswith("A P-score ranks by how surely")
    league = found.details["league"]
    assert league["A"]["C"][0] == pytest.approx(-league["C"]["A"][0])


def test_a_network_without_a_question_has_no_headline() -> None:
    found = network({"data": contrasts(*TRIANGLE)}, {})
    assert found.headline is None
    assert "None of them stands alone unless it was asked before" in found.verdict


def test_smaller_is_better_turns_the_ranks_round() -> None:
    larger = network({"data": contrasts(*TRIANGLE)}, {}).estimate("P-score: A").value
    smaller = network({"data": contrasts(*TRIANGLE)}, {"larger": "worse"}).estimate("P-score: A")
    assert smaller.value == pytest.approx(1 - larger)


NETWORKS = {
    "falls apart": (contrasts(*TRIANGLE[:1], ("2", "C", "D", 0.2, 0.2)), {}, "2 parts that nothing connects: A, B; C, D"),
    "two treatments": (contrasts(TRIANGLE[0]), {}, "at least three treatments"),
    "a pair is missing": (contrasts(*TRIANGLE[:2], ("2", "A", "C", 0.1, 0.2)), {}, "trial 2 has 3 treatments and 2 contrasts"),
    "both arms the same": (contrasts(*TRIANGLE, ("4", "A", "A", 0.1, 0.2)), {}, "row 4: both arms are A"),
    "unknown reference": (contrasts(*TRIANGLE), {"reference": "Z"}, "no trial has the treatment 'Z'. There are: A, B, C"),
    "no treatments named": (estimates([0.1], [0.2]), {}, "one arm a row with the column 'treatment'"),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_does_not_hang_together_is_refused(name: str) -> None:
    trials, options, says = NETWORKS[name]
    with pytest.raises(LabError, match=says):
        network({"data": trials}, options)


def test_variances_that_no_arms_can_have_are_refused() -> None:
    rows = (("1", "A", "B", 0.1, 0.1), ("1", "B", "C", 0.1, 0.1), ("1", "A", "C", 0.2, 0.9))
    with pytest.raises(LabError, match="variances of the trial 1 cannot belong to its arms"):
        network({"data": contrasts(*rows)}, {})


def test_two_arms_of_one_treatment_are_refused_or_joined_as_asked() -> None:
    trials = Trials(
        ("1", "1", "1", "2", "2"), "arm events",
        {"events": [10, 20, 8, 30, 12], "total": [50, 50, 50, 100, 40]},
        {"treatment": ("Drug", "Drug", "Placebo", "Drug", "Other")},
    )  # fmt: skip
    with pytest.raises(LabError, match="the trial 1 has the treatment Drug twice"):
        wires(trials)
    made, _ = wires(trials, is_joined=True)
    drug = np.log(30 / 70) - np.log(8 / 42)
    assert made.y[0] == pytest.approx(drug)


def test_joined_means_hold_the_spread_between_the_arms() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.normal(1, 2, 30), rng.normal(3, 2, 50)
    trials = Trials(
        ("1", "1", "1"), "arm means",
        {"mean": [one.mean(), two.mean(), 0.0], "sd": [one.std(ddof=1), two.std(ddof=1), 1.0], "total": [30, 50, 40]},
        {"treatment": ("D", "D", "P")},
    )  # fmt: skip
    made, _ = wires(trials, is_joined=True)
    both = np.concatenate([one, two])
    assert made.y[0] == pytest.approx(both.mean())
    assert made.v[0] == pytest.approx(both.var(ddof=1) / 80 + 1 / 40)


def test_a_file_that_names_three_treatments_is_read_as_a_network(tmp_path: Path) -> None:
    rows = "\n".join(",".join(map(str, row)) for row in TRIANGLE)
    path = written(tmp_path, f"label,treatment1,treatment2,estimate,se\n{rows}\n")
    assert from_file(path).method == "meta-network"
    path = written(tmp_path, "label,estimate,se\nA,0.1,0.2\nB,0.2,0.2\n")
    assert from_file(path).method == "meta"


# ------------------------------------------------------------------ pictures


def drawn() -> Result:
    return meta({"data": counts()}, {"question": "Does it help <more> & how?"})


def test_pictures_are_well_formed_and_say_their_numbers_in_words() -> None:
    for name, svg in drawn().pictures.items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img", name
        said = {child.tag.split("}")[1]: child.text or "" for child in root}
        assert said["title"]
        assert "1.5" in said["desc"]


def test_more_than_sixty_trials_are_counted_not_drawn() -> None:
    rows = [pictures.Row(f"T{i}", 0.1, -0.2, 0.4, 0.01) for i in range(75)]
    svg = pictures.forest(rows, title="t", scale="s")
    assert "15 more are not drawn." in svg


OVERLAPS = """() => {
  const words = [...document.querySelectorAll('svg text')].map((part) => [part.textContent,
    part.getBoundingClientRect()]);
  const found = [];
  words.forEach(([one, a], i) => words.slice(i + 1).forEach(([two, b]) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
      found.push([one, two]);
  }));
  const outside = words.filter(([, box]) => box.right > innerWidth || box.left < 0);
  return [found, outside.map(([one]) => one)];
}"""
"""Words of pictures that lie on one another, and those that leave the window."""


@pytest.mark.browser
def test_words_in_the_pictures_never_overlap_nor_leave_a_telephone(chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    labels = ("A very long name of a trial that goes on and on (2021)", "B", "C", "D", "E")
    trials = Trials(labels, "events", counts(events2=[1, 20, 10, 33, 15]).numbers)
    found = meta({"data": trials}, {"measure": "OR"}).pictures
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, width in (("forest", 1000), ("funnel", 1000), ("forest, narrow", 360)):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.set_content(f"<body style='margin:8px'>{found[name]}</body>")
            assert page.evaluate(OVERLAPS) == [[], []], name
        browser.close()


# ------------------------------------------------------------------ the recipes


@pytest.mark.real_data
@pytest.mark.parametrize("name", OWN)
def test_each_recipe_gives_the_numbers_that_its_claims_ask_for(
    name: str, shared_data: Path
) -> None:
    recipe = shipped()[name]
    tables = {key: source.read(shared_data) for key, source in recipe.tables.items()}
    found = apply(recipe.method, tables, recipe.options)
    for plan in recipe.claims:
        assert np.isfinite(found.estimate(plan.estimate).value)
    supported = [plan.id for plan in recipe.claims if plan.stands == "supported"]
    assert found.headline is not None or not supported


@pytest.mark.real_data
def test_fremanezumab_in_both_illnesses_comes_to_the_ratio_that_was_computed(
    shared_data: Path,
) -> None:
    """reference.csv, Lipton 2025: 70/176 vs 44/177, "RR computed 1.60"."""
    recipe = shipped()["fremanezumab-both-illnesses"]
    tables = {key: source.read(shared_data) for key, source in recipe.tables.items()}
    found = apply(recipe.method, tables, recipe.options)
    assert np.exp(found.estimates[0].value) == pytest.approx(1.60, abs=0.005)
    assert found.headline is None
