"""What LD score regression says in words, and when it refuses to name a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.genetics.ld_scores import LdScores, read_ld_scores
from twofold.lab.genetics.published import PublishedNumbers, compared
from twofold.lab.genetics.published import read as read_published
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.methods import apply
from twofold.lab.result import Estimate, Result

SNPS = 20_000


def genome(rows: int = SNPS) -> LdScores:
    rng = np.random.default_rng(8)
    l2 = 1 + rng.gamma(1.2, 20, rows)
    names = np.char.add(b"rs", np.arange(1, rows + 1).astype("S8"))
    where = np.arange(rows) * 1000 + 1000
    return LdScores(
        names, np.ones(rows, int), where, l2[:, None], ("L2",), np.array([rows * 1.0]), l2
    )


def trait(ld: LdScores, name: str, z: np.ndarray, **changes: Any) -> SummaryStatistics:
    rows, nothing = len(ld.snp), np.full(len(ld.snp), np.nan)
    columns: dict[str, Any] = {
        "snp": ld.snp.copy(), "chromosome": np.ones(rows, int), "position": np.array(ld.position),
        "effect_allele": np.zeros(rows, np.int8), "other_allele": np.full(rows, 2, np.int8), "z": z,
        "beta": nothing, "se": nothing.copy(), "p": nothing.copy(), "n": np.full(rows, 5e4), "eaf": nothing.copy(),
        "info": nothing.copy(),
    }  # fmt: skip
    return SummaryStatistics(name=name, **(columns | changes))


def two_traits(
    ld: LdScores, *, rg: float = 0.5, h2: float = 0.3, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    slope = 50_000 * h2 * ld.total / ld.counts.sum()
    one, two = rng.normal(size=(2, len(ld.snp)))
    shared = rg * slope / (1 + slope)
    z = np.sqrt(1 + slope)
    return z * one, z * (shared * one + np.sqrt(1 - shared**2) * two)


def correlation(first: SummaryStatistics, second: SummaryStatistics, ld: LdScores) -> Result:
    return apply("ldsc-rg", {"first": first, "second": second, "ld": ld}, {})


def test_a_clear_correlation_is_named_with_its_direction() -> None:
    ld = genome()
    z1, z2 = two_traits(ld)
    result = correlation(trait(ld, "migraine", z1), trait(ld, "depression", z2), ld)
    one = result.estimate("Genetic correlation")
    assert result.headline == one.name
    assert one.low is not None and one.high is not None and one.low < 0.5 < one.high
    assert "tend in the same direction" in result.verdict
    assert "does not say that one causes the other" in result.verdict
    assert any("under 200,000" in one for one in result.warnings)


def test_the_other_allele_counted_turns_nothing_round() -> None:
    ld = genome()
    z1, z2 = two_traits(ld)
    turned = trait(ld, "b", -z2, effect_allele=np.full(SNPS, 2, np.int8),
                   other_allele=np.zeros(SNPS, np.int8))  # fmt: skip
    kept, other = (correlation(trait(ld, "a", z1), b, ld) for b in (trait(ld, "b", z2), turned))
    assert kept.estimates == other.estimates


def test_the_order_of_rows_changes_nothing() -> None:
    ld = genome()
    z1, z2 = two_traits(ld)
    second = trait(ld, "b", z2)
    shuffled = second.taken(np.random.default_rng(4).permutation(SNPS))
    kept, other = (correlation(trait(ld, "a", z1), b, ld) for b in (second, shuffled))
    assert kept.estimates == other.estimates


def test_traits_without_a_clear_heritability_have_no_correlation() -> None:
    ld = genome()
    z1, _ = two_traits(ld)
    noise = np.random.default_rng(5).normal(size=SNPS)
    result = correlation(trait(ld, "a", z1), trait(ld, "noise", noise), ld)
    assert result.headline is None
    assert "cannot be said: the heritability of noise" in result.verdict
    assert any("hardly any signal" in one for one in result.warnings)
    alone = apply("ldsc-h2", {"trait": trait(ld, "noise", noise), "ld": ld}, {})
    assert alone.headline is None and "is not clear" in alone.verdict


def test_a_correlation_far_out_of_bounds_is_not_named() -> None:
    ld = genome()
    z1, z2 = two_traits(ld, rg=1.0, h2=0.3)
    first, second = trait(ld, "a", z1), trait(ld, "b", z2)
    tables = {"first": first, "second": second, "ld": ld}
    forced = apply("ldsc-rg", tables, {"intercept_covariance": -3.0})
    assert forced.estimate("Genetic correlation").value > 1.2
    assert forced.headline is None
    assert "lies outside −1 to 1" in forced.verdict


def test_a_heritability_on_the_liability_scale_needs_the_share_of_cases() -> None:
    ld = genome()
    z, _ = two_traits(ld)
    told = {"trait": trait(ld, "a", z, cases=20_000.0, controls=30_000.0), "ld": ld}
    result = apply("ldsc-h2", told, {"prevalence": 0.15})
    assert {one.name for one in result.estimates} >= {"Heritability, liability scale", "Ratio"}
    assert "of liability" in result.verdict
    with pytest.raises(LabError, match="share of cases"):
        apply("ldsc-h2", {"trait": trait(ld, "a", z), "ld": ld}, {"prevalence": 0.15})


def test_positions_of_two_builds_are_told() -> None:
    ld = genome()
    z, _ = two_traits(ld)
    position = np.array(ld.position)
    position[::3] += 7
    result = apply("ldsc-h2", {"trait": trait(ld, "a", z, position=position), "ld": ld}, {})
    assert any("two genome builds may be mixed" in one for one in result.warnings)
    assert any("first: SNP 1)" in one for one in result.warnings)


def test_other_alleles_and_snps_without_a_score_are_left_out_and_counted() -> None:
    ld = genome()
    z1, z2 = two_traits(ld)
    other = np.full(SNPS, 2, np.int8)
    other[:7] = 1
    names = ld.snp.copy()
    names[-5:] = [f"rs9{at}00000".encode() for at in range(5)]
    result = correlation(trait(ld, "a", z1), trait(ld, "b", z2, other_allele=other, snp=names), ld)
    assert result.used == SNPS - 12
    assert any("7 SNPs: other alleles in the two tables" in one for one in result.left_out)
    assert any("b, 5 SNPs: no LD score" in one for one in result.left_out)


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({}, "'first' is missing"),
        ({"n": np.full(SNPS, np.nan)}, "sample size is not known"),
        (
            {"snp": np.char.add(b"rs77777", np.arange(1, SNPS + 1).astype("S8"))},
            "b: none of 20,000 SNPs",
        ),
        ({"other_allele": np.ones(SNPS, np.int8)}, "no SNP has the same alleles"),
    ],
    ids=["no table", "no N", "other names", "other alleles"],
)
def test_tables_that_do_not_fit_are_refused(tables: dict[str, Any], says: str) -> None:
    ld = genome()
    z1, z2 = two_traits(ld)
    first = trait(ld, "a", z1)
    second = trait(ld, "b", z2, **tables)
    given = {"first": first, "second": second, "ld": ld} if tables else {"ld": ld}
    with pytest.raises(LabError, match=says):
        apply("ldsc-rg", given, {})


def test_the_picture_is_told_in_words_and_drawn_for_every_theme() -> None:
    ld = genome()
    z, _ = two_traits(ld)
    result = apply("ldsc-h2", {"trait": trait(ld, "migraine <1>", z), "ld": ld}, {})
    svg = result.pictures["chi2-against-ld"]
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    title, desc = (root.find(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
    assert title is not None and title.text == "Mean χ² against LD score: migraine <1>"
    assert desc is not None and "40 groups of SNPs" in str(desc.text)
    for theme in ("prefers-color-scheme:dark", "prefers-contrast:more", "print", "forced-colors"):
        assert theme in svg
    assert svg.count("<circle") == 40


def test_a_published_number_is_set_beside_the_interval(shared_data: Path) -> None:
    published = read_published(
        shared_data / "genetics/published-reference-numbers/reference.csv", {},
        {"topic": "rg", "quantity": "migraine"},
    )  # fmt: skip
    assert published.value.tolist() == [0.25, 0.289, 0.266, 0.32]
    said = compared(Estimate("Genetic correlation", 0.31, 0.02, 0.27, 0.35), published)
    assert ["lies in" in one for one in said] == [False, True, False, True]
    assert "Brainstorm 2018 Science" in said[3] and "NOT verified" in said[3]
    ld = genome()
    z1, z2 = two_traits(ld, rg=0.3)
    tables = {"first": trait(ld, "a", z1), "second": trait(ld, "b", z2), "ld": ld,
              "published": published}  # fmt: skip
    result = apply("ldsc-rg", tables, {})
    assert sum("95 % interval found here" in one for one in result.warnings) == 4


def test_numbers_without_an_interval_are_compared_with_nothing() -> None:
    empty = PublishedNumbers((), np.empty(0), np.empty(0), np.empty(0), (), ())
    assert compared(Estimate("x", 0.3), empty) == ()


def test_ld_scores_are_read_in_the_order_of_the_genome(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "genetics/ldsc-eur-w-ld-chr"
    for chromosome in (22, 21, 9):
        for ending in ("ldscore.gz", "M_5_50"):
            name = f"{chromosome}.l2.{ending}"
            (tmp_path / name).symlink_to(source / name)
    cache = tmp_path / "kept.npz"
    ld = read_ld_scores(tmp_path, cache=cache)
    assert [int(one) for one in np.unique(ld.chromosome)] == [9, 21, 22]
    assert (np.diff(ld.chromosome) >= 0).all()
    assert ld.snp[ld.chromosome == 22][0] == b"rs9617528"  # first row of 22.l2.ldscore.gz
    assert ld.scores[ld.chromosome == 22][0, 0] == 1.26311352717
    again = read_ld_scores(tmp_path, cache=cache)
    assert (again.scores == ld.scores).all() and (again.key == ld.key).all()
    (tmp_path / "9.l2.M_5_50").unlink()
    with pytest.raises(LabError, match=r"9\.l2\.M_5_50 is missing"):
        read_ld_scores(tmp_path)


def test_a_folder_without_ld_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no LD scores"):
        read_ld_scores(tmp_path)


def test_several_files_of_one_annotation_each_are_one_genome(shared_data: Path) -> None:
    folder = shared_data / "genetics/ldsc-simulated/simulate_test/ldscore"
    whole = read_ld_scores(folder / "twold_onefile.l2.ldscore")
    halves = read_ld_scores(folder / "twold_onefile")
    assert whole.names == halves.names == ("LD1", "LD2")
    np.testing.assert_array_equal(whole.scores, halves.scores)
    np.testing.assert_allclose(whole.counts, halves.counts)
