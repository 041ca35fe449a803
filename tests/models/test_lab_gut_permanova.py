"""PERMANOVA and PERMDISP against classical analysis of variance, brute force and simulated truth."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.gut.beta import bray_curtis
from twofold.lab.gut.permanova import permanova, permdisp, permuted
from twofold.lab.gut.reading import read_biom
from twofold.lab.gut.samples import read_samples


def apart(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def explained(points: np.ndarray, *columns: np.ndarray) -> float:
    """Give the sum of squares that a linear model of the points explains."""
    design = np.column_stack([np.ones(len(points)), *columns])
    fitted = design @ np.linalg.lstsq(design, points, rcond=None)[0]
    return float(((fitted - points.mean(axis=0)) ** 2).sum())


def invented(n: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    group, age = (np.arange(n) % 2).astype(float), rng.normal(size=n)
    return rng.normal(size=(n, 5)) + np.outer(group, [0.5, 0, 0, 0, 0.2]), group, age


def test_in_plain_space_it_is_the_analysis_of_variance() -> None:
    points, group, age = invented()
    total = float(((points - points.mean(axis=0)) ** 2).sum())
    both = explained(points, age, group)
    terms = {"age": age[:, None], "group": group[:, None]}
    rest = (total - both) / (len(points) - 3)
    marginal = permanova(apart(points), terms, permutations=9)
    assert marginal[1].squares == pytest.approx(both - explained(points, age))
    assert marginal[0].squares == pytest.approx(both - explained(points, group))
    assert marginal[1].f == pytest.approx((both - explained(points, age)) / rest)
    in_turn = permanova(apart(points), terms, permutations=9, squares="sequential")
    assert in_turn[0].squares == pytest.approx(explained(points, age))
    assert in_turn[1].squares == pytest.approx(both - explained(points, age))
    assert in_turn[0].share == pytest.approx(explained(points, age) / total)


def test_the_p_value_is_that_of_permuting_the_residuals_of_the_other_terms() -> None:
    points, group, age = invented(20)
    terms = {"age": age[:, None], "group": group[:, None]}
    found = permanova(apart(points), terms, permutations=99, seed=4, tested=["group"])[1]
    reduced = np.column_stack([np.ones(20), age])
    left = points - reduced @ np.linalg.lstsq(reduced, points, rcond=None)[0]

    def f(values: np.ndarray) -> float:
        total = float(((values - values.mean(axis=0)) ** 2).sum())
        both, less = explained(values, age, group), explained(values, age)
        return (both - less) / ((total - both) / 17)

    drawn = []
    for order in permuted(20, 99, 4, None):
        moved = np.empty_like(left)
        moved[order] = left
        drawn.append(f(moved))
    reached = sum(one >= found.f - 1e-9 for one in drawn)
    assert f(points) == pytest.approx(found.f)
    assert found.p == pytest.approx((1 + reached) / 100)


def test_the_p_value_nears_that_of_every_possible_order() -> None:
    points, group, _ = invented(6)
    distances = apart(points + np.outer(group, np.ones(5)))
    observed = permanova(distances, {"group": group[:, None]}, permutations=0)[0].f
    every = [
        permanova(distances, {"group": group[list(one)][:, None]}, permutations=0)[0].f
        for one in set(permutations(range(6)))
        if group[list(one)][0] == 0  # the other half are the same groups by other names
    ]
    exact = np.mean([one >= observed - 1e-9 for one in every])
    found = permanova(distances, {"group": group[:, None]}, permutations=4999, seed=2)[0].p
    assert found == pytest.approx(exact, abs=0.03)


def test_within_strata_nobody_changes_sides() -> None:
    strata = np.repeat(["a", "b", "c"], 5)
    for order in permuted(15, 50, 1, list(strata)):
        assert (strata[order] == strata).all()
    assert len({tuple(order) for order in permuted(15, 50, 1, list(strata))}) > 40


def test_without_an_effect_it_is_wrong_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat([0.0, 1.0], [20, 10])[:, None]
    found = [
        permanova(apart(rng.normal(size=(30, 4))), {"g": group}, permutations=99, seed=seed)[0].p
        for seed in range(300)
    ]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.03)


def test_the_spread_is_the_distance_to_the_mean_of_each_group() -> None:
    points, group, _ = invented()
    labels = [f"g{one:.0f}" for one in group]
    found = permdisp(apart(points), labels, permutations=199)
    far = np.empty(len(points))
    for one in (0, 1):
        own = points[group == one]
        far[group == one] = np.linalg.norm(own - own.mean(axis=0), axis=1)
    means = [far[group == one].mean() for one in (0, 1)]
    assert list(found.spread.values()) == pytest.approx(means)
    between = sum(20 * (mean - far.mean()) ** 2 for mean in means)
    within = sum(((far[group == one] - means[one]) ** 2).sum() for one in (0, 1))
    assert found.f == pytest.approx(between / (within / 38))


def test_groups_that_vary_by_different_amounts_are_seen() -> None:
    points, group, _ = invented()
    wide = points * np.where(group, 3.0, 1.0)[:, None]
    assert permdisp(apart(wide), [str(one) for one in group]).p < 0.01


def test_american_gut_gives_the_pseudo_f_of_scikit_bio(shared_data: Path) -> None:
    """2.027657: ``skbio.stats.distance.permanova`` 0.7.4 on these 1,495 samples (docs/lab-gut.md)."""
    place = shared_data / "microbiome" / "american-gut-2014"
    name = "AG_100nt_even10k.2014-06-25"
    taxa = read_biom(place / f"{name}.biom.gz", {}, {})
    wanted = {"sample": "#SampleID", "site": "BODY_SITE", "migraine": "MIGRAINE"}
    kinds = {"kinds": {"migraine": "yes-no"}}
    samples = read_samples(place / f"{name}.minimal.tsv", wanted, kinds)
    said = dict(zip(samples.ids, samples.numbers["migraine"], strict=True))
    site = dict(zip(samples.ids, samples.categories["site"], strict=True))
    rows = [
        row
        for row, one in enumerate(taxa.samples)
        if site.get(one) == "UBERON:feces" and np.isfinite(said[one])
    ]
    assert (len(rows), len(taxa.names)) == (1495, 19236)
    group = np.array([said[taxa.samples[row]] for row in rows])
    found = permanova(bray_curtis(taxa.pick(rows)), {"migraine": group[:, None]}, permutations=99)
    assert found[0].f == pytest.approx(2.027657, abs=5e-7)
    assert found[0].p < 0.05


@pytest.mark.parametrize(
    ("distances", "says"),
    [
        (np.zeros((4, 3)), "as a square"),
        (np.zeros((2, 2)), "at least three"),
        (np.array([[0, 1, 1], [2, 0, 1], [1, 1, 0.0]]), "not symmetric"),
        (np.array([[0, 1, -1], [1, 0, 1], [-1, 1, 0.0]]), "negative"),
        (np.array([[0, 1, np.nan], [1, 0, 1], [np.nan, 1, 0]]), "missing"),
    ],
    ids=["no-square", "two-samples", "not-symmetric", "negative", "missing"],
)
def test_what_is_no_distance_matrix_is_refused(distances: np.ndarray, says: str) -> None:
    with pytest.raises(LabError, match=says):
        permanova(distances, {"g": np.zeros((len(distances), 1))})


def test_a_term_that_says_nothing_new_is_refused() -> None:
    points, group, _ = invented()
    with pytest.raises(LabError, match="says nothing that the other terms do not say"):
        permanova(apart(points), {"g": group[:, None], "again": 1 - group[:, None]})
    with pytest.raises(LabError, match="says nothing"):
        permanova(apart(points), {"g": np.ones((40, 1))})
