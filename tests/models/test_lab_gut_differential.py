"""ANCOM-BC against another program's digits and against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm, ttest_ind

from twofold.errors import LabError
from twofold.lab.discovery import false_discovery
from twofold.lab.gut.differential import _spread_of, absent_in, ancom_bc, bias_of
from twofold.lab.gut.linear import least_squares, with_ones
from twofold.lab.gut.log_ratios import centred_log_ratios, log_ratio_fit, set_against_rest

# scikit-bio 0.7.4: ancombc(table + 1, "g", max_iter=5000, tol=1e-12) on the table of ``small()``:
# log fold change, standard error and p of the taxa 0, 1, 2, 3, 7 and 19.
SCIKIT_BIO = {
    0: (1.419819823815774, 0.16304684524975926, 3.0915124351854144e-18),
    1: (-1.496178415061811, 0.18368390508098614, 3.7803806318773725e-16),
    2: (1.0160164820908244, 0.16638819270511243, 1.0196626620232292e-09),
    3: (2.0947199566195245, 0.21678720166101992, 4.348468106801378e-22),
    7: (-0.03760483897691397, 0.1898686326508719, 0.8430003552867074),
    19: (0.11383229409813206, 0.1156405984071265, 0.3249372007053799),
}


def small() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    group = np.arange(30) % 2
    effect = np.zeros(20)
    effect[:4] = [1.5, -1.5, 1.0, 2.0]
    logs = rng.normal(3, 1, 20) + np.outer(group, effect) + rng.normal(0, 0.5, (30, 20))
    return rng.poisson(np.exp(logs + rng.normal(0, 0.6, (30, 1)))), group.astype(float)


def world(seed: int, effect: np.ndarray, people: int = 60) -> tuple[np.ndarray, np.ndarray, float]:
    """Give counts, groups and the true bias: reads are drawn from shares, at many depths."""
    rng = np.random.default_rng(seed)
    group = (np.arange(people) % 2).astype(float)
    p = len(effect)
    logs = rng.normal(4, 1.2, p) + np.outer(group, effect) + rng.normal(0, 0.8, (people, p))
    abundance = np.exp(logs)
    depth = rng.lognormal(13, 0.6, people)
    counts = rng.poisson(abundance / abundance.sum(axis=1, keepdims=True) * depth[:, None])
    fraction = np.log(depth / abundance.sum(axis=1))
    return counts, group, float(fraction[group == 1].mean() - fraction[group == 0].mean())


def test_it_gives_the_digits_of_another_program() -> None:
    counts, group = small()
    assert counts.sum() == 28682  # the table that the digits belong to
    found = ancom_bc(counts, with_ones([group[:, None]], 30), rounds=5000, near=1e-12)
    for taxon, (change, se, p) in SCIKIT_BIO.items():
        assert found.change[0, taxon] == pytest.approx(change, abs=1e-10)
        assert found.se[0, taxon] == pytest.approx(se, abs=1e-12)
        assert found.p[0, taxon] == pytest.approx(p, rel=1e-8)


def test_the_conservative_errors_are_wider_by_the_biass_own() -> None:
    counts, group = small()
    design = with_ones([group[:, None]], 30)
    wide, usual = ancom_bc(counts, design, is_conservative=True), ancom_bc(counts, design)
    spare = np.sqrt(usual.biases[0].variance)
    assert wide.se == pytest.approx(usual.se + spare)


def test_the_bias_of_reading_shares_is_found_and_taken_away() -> None:
    effect = np.zeros(150)
    effect[:20] = 2.0  # a bloom: by shares all others seem to shrink
    bias, truth, plain = [], [], []
    for seed in range(8):
        counts, group, true = world(seed, effect)
        found = ancom_bc(counts, with_ones([group[:, None]], len(group)))
        bias.append(found.biases[0].by_em)
        truth.append(true)
        plain.append(np.mean(found.change[0, 20:]))
    assert np.mean(truth) < -0.15
    assert np.mean(bias) == pytest.approx(np.mean(truth), abs=0.1)
    assert np.mean(plain) == pytest.approx(0, abs=0.1)


def test_few_of_the_taxa_that_it_names_do_not_differ_in_truth() -> None:
    effect = np.zeros(150)
    effect[:20] = 2.0
    false, found_share = [], []
    for seed in range(8):
        counts, group, _ = world(seed, effect)
        found = ancom_bc(counts, with_ones([group[:, None]], len(group)))
        seen = false_discovery(found.p[0]) < 0.05
        false.append(seen[20:].sum() / max(seen.sum(), 1))
        found_share.append(seen[:20].mean())
    assert np.mean(false) < 0.2
    assert np.mean(found_share) > 0.9


def test_the_spread_is_the_one_that_is_most_likely() -> None:
    rng = np.random.default_rng(1)
    variance, weight = rng.uniform(0.01, 0.2, 50), rng.uniform(0, 1, 50)
    distance = rng.normal(0, np.sqrt(variance + 0.5))

    def loss(kappa: float) -> float:
        return -float((weight * norm.logpdf(distance, 0, np.sqrt(variance + kappa))).sum())

    best = minimize_scalar(loss, bounds=(0, 10), method="bounded", options={"xatol": 1e-10}).x
    assert _spread_of(distance, variance, weight) == pytest.approx(best, abs=1e-6)
    assert _spread_of(distance * 0.01, variance, weight) == 0


def test_a_mixture_that_takes_another_part_for_no_change_is_told() -> None:
    rng = np.random.default_rng(0)
    half = np.where(np.arange(60) % 2, 3.0, -3.0) + rng.normal(0, 1.5, 60)
    assert not bias_of(half, np.full(60, 1e-4)).is_plain
    assert bias_of(rng.normal(0.4, 0.1, 60), np.full(60, 0.01)).is_plain


def test_taxa_that_one_group_lacks_are_told_and_those_that_nobody_has_are_not() -> None:
    counts = np.array([[1, 0, 0, 4], [2, 0, 0, 0], [0, 3, 0, 5], [0, 1, 0, 9]])
    found = absent_in(counts, ["a", "a", "b", "b"])
    assert found["a"].tolist() == [False, True, False, False]
    assert found["b"].tolist() == [True, False, False, False]


def test_too_few_taxa_are_refused() -> None:
    with pytest.raises(LabError, match="4 taxa are too few"):
        ancom_bc(np.ones((10, 4), dtype=int), np.ones((10, 1)))


def test_log_ratios_of_two_groups_are_compared_as_welch_did() -> None:
    counts, group = small()
    found = log_ratio_fit(counts, with_ones([group[:, None]], 30))
    ratios = centred_log_ratios(counts)
    one, other = ratios[group == 1], ratios[group == 0]
    assert found.beta[1] == pytest.approx(one.mean(axis=0) - other.mean(axis=0))
    # With two equal groups HC3 is Welch's error, but for n − 1 taking the place of n twice.
    welch = ttest_ind(one, other, equal_var=False).statistic
    assert found.beta[1] / found.se[1] == pytest.approx(welch * np.sqrt(14 / 15), rel=1e-10)


def test_least_squares_agrees_with_a_loop_over_rows() -> None:
    rng = np.random.default_rng(2)
    design = with_ones([rng.normal(size=(25, 2))], 25)
    outcome = rng.normal(size=(25, 3)) * np.exp(design[:, 1:2])
    found = least_squares(outcome, design)
    inverse = np.linalg.inv(design.T @ design)
    hat = design @ inverse @ design.T
    for m in range(3):
        beta = inverse @ design.T @ outcome[:, m]
        left = outcome[:, m] - design @ beta
        meat = sum(
            (left[i] / (1 - hat[i, i])) ** 2 * np.outer(design[i], design[i]) for i in range(25)
        )
        assert found.beta[:, m] == pytest.approx(beta)
        assert found.se[:, m] == pytest.approx(np.sqrt(np.diag(inverse @ meat @ inverse)))


def test_false_discovery_is_that_of_the_step_up_rule() -> None:
    p = np.array([0.001, 0.04, 0.03, np.nan, 0.5])
    q = false_discovery(p)
    assert q[~np.isnan(p)] == pytest.approx([0.004, 0.04 * 4 / 3, 0.04 * 4 / 3, 0.5])
    assert np.isnan(q[3])


def test_a_set_is_held_against_all_other_reads() -> None:
    counts = np.array([[2, 3, 5], [0, 0, 7]])
    found = set_against_rest(counts, np.array([True, True, False]))
    assert found == pytest.approx([np.log(5.5 / 5.5), np.log(0.5 / 7.5)])
