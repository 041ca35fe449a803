"""Rarefaction, indices of variety, distances and ordination give the right numbers."""

from __future__ import annotations

from itertools import combinations
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.lab.gut.alpha import chao1, index, observed, pielou, shannon, simpson
from twofold.lab.gut.beta import aitchison, bray_curtis, jaccard
from twofold.lab.gut.ordination import principal_coordinates
from twofold.lab.gut.rarefy import rarefy
from twofold.lab.gut.table import Taxa, from_cells

HAND = np.array([[6, 7, 4, 0], [10, 0, 6, 1], [1, 1, 0, 2]])


def table(counts: np.ndarray) -> Taxa:
    rows, columns = np.nonzero(counts)
    n, p = counts.shape
    return from_cells(
        [f"s{i}" for i in range(n)],
        [f"t{i}" for i in range(p)],
        rows,
        columns,
        counts[rows, columns],
    )


def invented(seed: int, n: int = 12, p: int = 300, scale: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(scale * np.exp(rng.normal(-1, 2, (n, p))))
    counts[:, 0] += 1
    return counts


def test_a_table_gives_back_what_went_in() -> None:
    counts = invented(1)
    taxa = table(counts)
    assert (taxa.dense() == counts).all()
    assert (taxa.depths == counts.sum(axis=1)).all()
    assert (taxa.pick([3, 0]).dense() == counts[[3, 0]]).all()
    assert taxa.prevalence() == pytest.approx((counts > 0).mean(axis=0))


def test_the_indices_are_those_worked_out_by_hand() -> None:
    taxa = table(HAND)
    assert observed(taxa).tolist() == [3, 3, 3]
    shares = (0.25, 0.25, 0.5)  # the third sample: 1, 1 and 2 of 4 reads
    assert shannon(taxa)[2] == pytest.approx(-sum(p * log(p) for p in shares))
    assert simpson(taxa)[2] == pytest.approx(1 - sum(p * p for p in shares))
    assert pielou(taxa)[2] == pytest.approx(-sum(p * log(p) for p in shares) / log(3))
    # two taxa read once, one read twice: 3 + 2·1 / (2·2)
    assert chao1(taxa)[2] == pytest.approx(3.5)
    assert np.isnan(pielou(table(np.array([[5, 0], [1, 1]])))[0])


@pytest.mark.parametrize("name", ["observed", "shannon", "simpson", "chao1"])
def test_an_index_does_not_depend_on_the_order_of_taxa(name: str) -> None:
    counts = invented(2)
    order = np.random.default_rng(0).permutation(counts.shape[1])
    assert index(table(counts[:, order]), name) == pytest.approx(index(table(counts), name))


def test_distances_are_those_worked_out_by_hand() -> None:
    taxa = table(HAND)
    # |6−10| + |7−0| + |4−6| + |0−1| = 14 of 34 reads
    assert bray_curtis(taxa)[0, 1] == pytest.approx(14 / 34)
    assert jaccard(taxa)[0, 1] == pytest.approx(2 / 4)
    logs = np.log(HAND + 1.0)
    ratios = logs - logs.mean(axis=1, keepdims=True)
    assert aitchison(taxa)[0, 1] == pytest.approx(np.linalg.norm(ratios[0] - ratios[1]))


@pytest.mark.parametrize("scale", [1.0, 1e6], ids=["small-counts", "counts-beyond-16-bits"])
@pytest.mark.parametrize("n", [5, 130], ids=["few-samples", "many-samples"])
def test_the_compiled_way_and_the_plain_way_give_the_same_distances(n: int, scale: float) -> None:
    taxa = table(invented(3, n=n, scale=scale))
    assert np.abs(bray_curtis(taxa, is_fast=True) - bray_curtis(taxa, is_fast=False)).max() == 0


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_distances_are_those_of_every_pair_alone(seed: int) -> None:
    counts = invented(seed, n=6, p=20)
    found, seen = bray_curtis(table(counts)), jaccard(table(counts))
    for i, j in combinations(range(6), 2):
        a, b = counts[i], counts[j]
        assert found[i, j] == found[j, i] == pytest.approx(np.abs(a - b).sum() / (a + b).sum())
        either = ((a > 0) | (b > 0)).sum()
        assert seen[i, j] == pytest.approx(((a > 0) != (b > 0)).sum() / either)


def test_rarefying_draws_without_putting_back() -> None:
    taxa = table(np.array([[3, 2], [1, 9]]))
    drawn = [rarefy(taxa, 3, seed=seed)[0].dense()[0, 0] for seed in range(1500)]
    exact = [comb(3, k) * comb(2, 3 - k) / comb(5, 3) for k in range(4)]
    found = np.bincount(drawn, minlength=4) / 1500
    assert found == pytest.approx(exact, abs=0.05)
    assert found[0] == 0  # two of the other cannot make three


def test_rarefying_keeps_the_depth_and_tells_what_was_too_shallow() -> None:
    counts = invented(4)
    depth = int(np.sort(counts.sum(axis=1))[3])
    even, shallow = rarefy(table(counts), depth, seed=1)
    assert (even.depths == depth).all()
    assert len(shallow) == 3
    assert len(even.samples) == 9
    again, _ = rarefy(table(counts), depth, seed=1)
    assert (even.dense() == again.dense()).all()


def test_points_lie_as_far_apart_as_the_samples() -> None:
    points = np.random.default_rng(5).normal(size=(20, 3))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    found = principal_coordinates(apart, axes=3)
    again = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    assert again == pytest.approx(apart, abs=1e-10)
    assert found.shares.sum() == pytest.approx(1)
