"""Shared loci and the conjunctional false discovery rate against brute force and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from twofold.errors import LabError
from twofold.lab.genetics.conjunctional import (
    conditional_fdr,
    conjunctional_fdr,
    false_shares,
    null_correlation,
)
from twofold.lab.genetics.dominance import Points
from twofold.lab.genetics.loci import Locus, chance_of_sharing, lead_snps

POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40)


@given(POINTS, POINTS)
def test_points_below_are_counted_as_one_by_one(
    points: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    x, y = (np.array(part, float) for part in zip(*points, strict=True))
    a, b = (np.array(part, float) for part in zip(*asked, strict=True))
    one_by_one = [int(((x <= one) & (y <= other)).sum()) for one, other in zip(a, b, strict=True)]
    assert Points.of(x, y).below(a, b).tolist() == one_by_one


def test_the_rate_is_its_formula() -> None:
    """Andreassen 2013: p₁ over the share of p₁ among the SNPs with as small a p₂."""
    rng = np.random.default_rng(1)
    p1, p2 = rng.uniform(size=(2, 1500)) ** 2
    given_second, given_first = conditional_fdr(p1, p2)
    for row in (0, 7, 1499):
        among = p1[p2 <= p2[row]]
        assert given_second[row] == pytest.approx(min(1, p1[row] / np.mean(among <= p1[row])))
        among = p2[p1 <= p1[row]]
        assert given_first[row] == pytest.approx(min(1, p2[row] / np.mean(among <= p2[row])))
    larger = np.maximum(given_second, given_first)
    assert (conjunctional_fdr(p1, p2) == larger).all()


def two_traits(
    rng: np.random.Generator, shared: float, own: float, rows: int = 50_000, errors: float = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return both traits' z, and which SNPs truly belong to both."""
    kind = rng.choice(4, rows, p=[1 - shared - 2 * own, own, own, shared])
    effect = rng.normal(0, 4, (2, rows)) * [(kind == 1) | (kind == 3), (kind == 2) | (kind == 3)]
    noise = rng.multivariate_normal([0, 0], [[1, errors], [errors, 1]], rows).T
    z1, z2 = effect + noise
    return z1, z2, kind == 3


@pytest.mark.parametrize(
    ("shared", "own"), [(0.0, 0.03), (0.01, 0.02), (0.03, 0.0), (0.002, 0.01)],
    ids=["none shared", "some shared", "all shared", "few shared"],
)  # fmt: skip
def test_of_the_snps_called_shared_no_more_than_said_are_false(shared: float, own: float) -> None:
    called = false = by_rate = false_by_rate = 0
    for seed in range(4):
        z1, z2, truth = two_traits(np.random.default_rng(seed), shared, own)
        rate, share = false_shares(2 * ndtr(-np.abs(z1)), 2 * ndtr(-np.abs(z2)))
        found, low = share < 0.05, rate < 0.05
        called, false = called + int(found.sum()), false + int((found & ~truth).sum())
        by_rate, false_by_rate = by_rate + int(low.sum()), false_by_rate + int((low & ~truth).sum())
    if shared:
        assert called > 60
        assert false / called < 0.05 + 2 * np.sqrt(0.05 * 0.95 / called)
        assert false_by_rate / by_rate > false / called
    else:
        assert called <= 4  # of 200,000 SNPs, of which 12,000 belong to one trait


def test_the_rate_alone_lets_through_more_false_ones_than_it_says() -> None:
    """Liley and Wallace 2015; that is why the share is worked out beside it."""
    called = false = 0
    for seed in range(6):
        z1, z2, truth = two_traits(np.random.default_rng(seed), 0.002, 0.0)
        low = conjunctional_fdr(2 * ndtr(-np.abs(z1)), 2 * ndtr(-np.abs(z2))) < 0.05
        called, false = called + int(low.sum()), false + int((low & ~truth).sum())
    assert false / called > 0.075


def test_people_in_both_studies_show_and_make_the_rate_too_small() -> None:
    z1, z2, truth = two_traits(np.random.default_rng(3), 0.0, 0.0, errors=0.6)
    assert null_correlation(z1, z2) == pytest.approx(0.6, abs=0.05)
    found = conjunctional_fdr(2 * ndtr(-np.abs(z1)), 2 * ndtr(-np.abs(z2))) < 0.05
    assert (found & ~truth).sum() > 0
    apart = two_traits(np.random.default_rng(3), 0.0, 0.0)
    assert abs(null_correlation(apart[0], apart[1])) < 0.05


def test_a_long_stretch_of_correlated_snps_counts_once() -> None:
    """One chance finding, copied 2,000 times, must not make itself look common."""
    rng = np.random.default_rng(4)
    p1, p2 = rng.uniform(size=(2, 20_000))
    p1[:2000], p2[:2000] = 0.01, 0.01
    blocks = np.concatenate((np.zeros(2000, int), np.arange(1, 18_001)))
    assert conjunctional_fdr(p1, p2)[0] < 0.05
    assert conjunctional_fdr(p1, p2, blocks=blocks)[0] > 0.05


def test_p_values_that_are_none_are_refused() -> None:
    p = np.full(2000, 0.5)
    with pytest.raises(LabError, match=r"row 3: p of the second trait is 1\.5"):
        conjunctional_fdr(p, np.where(np.arange(2000) == 2, 1.5, p))
    with pytest.raises(LabError, match="too few"):
        conjunctional_fdr(p[:30], p[:30])


def by_hand(p: np.ndarray, chromosome: np.ndarray, position: np.ndarray, window: int) -> list[int]:
    """Return the leads by the definition: again and again the smallest p, then all near it go."""
    left, leads = set(np.flatnonzero(p < 5e-8).tolist()), []
    while left:
        lead = min(left, key=lambda row: (p[row], chromosome[row], position[row]))
        leads.append(lead)
        left -= {row for row in left if chromosome[row] == chromosome[lead]
                 and abs(position[row] - position[lead]) <= window}  # fmt: skip
    return leads


def test_leads_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(5)
    p = 10.0 ** -rng.uniform(4, 12, 400)
    chromosome, position = rng.integers(1, 6, 400), rng.integers(1, 20_000_000, 400)
    found = lead_snps(p, chromosome, position)
    assert [one.lead for one in found] == by_hand(p, chromosome, position, 500_000)
    assert sum(one.snps for one in found) == np.count_nonzero(p < 5e-8)


def test_chance_loci_share_as_much_as_chance_says() -> None:
    rng = np.random.default_rng(6)

    def some(count: int) -> list[Locus]:
        return [Locus(int(c), int(a), int(a) + 100_000, 0, 1)
                for c, a in zip(rng.integers(1, 23, count), rng.integers(1, 40_000_000, count),
                                strict=True)]  # fmt: skip

    p = [chance_of_sharing(some(60), some(60), draws=200, seed=at)[1] for at in range(40)]
    # The loci lie on the first 40 million bases of each chromosome, so chance shares rather more.
    assert 0 < np.mean(p) < 0.6
    same = some(30)
    expected, p_same = chance_of_sharing(same, same, draws=200)
    assert p_same == pytest.approx(1 / 201)
    assert expected < 5
