"""What shared loci and the conjunctional false discovery rate say, and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from twofold.errors import LabError
from twofold.lab.genetics.loci import Locus, lead_snps, read_ld_pairs, shared_loci
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.methods import apply

ROWS = 20_000


def trait(name: str, z: np.ndarray, **changes: Any) -> SummaryStatistics:
    rows = len(z)
    nothing = np.full(rows, np.nan)
    columns: dict[str, Any] = {
        "snp": np.char.add(b"rs", np.arange(1, rows + 1).astype("S8")),
        "chromosome": 1 + np.arange(rows) * 22 // rows,
        "position": 1_000_000 + (np.arange(rows) % (rows // 22 + 1)) * 50_000,
        "effect_allele": np.zeros(rows, np.int8), "other_allele": np.full(rows, 2, np.int8),
        "z": z, "beta": nothing.copy(), "se": nothing.copy(), "p": 2 * ndtr(-np.abs(z)),
        "n": nothing.copy(), "eaf": nothing.copy(), "info": nothing.copy(),
    }  # fmt: skip
    return SummaryStatistics(name=name, **(columns | changes))


def effects(at: list[int], sizes: list[float], seed: int) -> np.ndarray:
    z = np.random.default_rng(seed).normal(size=ROWS)
    z[at] = sizes
    return z


def test_two_traits_found_at_one_place_share_a_locus() -> None:
    first = trait("migraine", effects([100, 5000, 9000], [8, 9, -7], 1))
    second = trait("depression", effects([102, 12_000], [-8, 9], 2))
    result = apply("shared-loci", {"first": first, "second": second}, {"draws": 500})
    one = result.estimate("Shared loci")
    assert (one.value, result.estimate("Loci, migraine").value) == (1, 3)
    assert one.p is not None and one.p < 0.05
    assert "does not say that one variant causes both" in result.verdict
    assert result.details["shared"][0].startswith("rs101 (chromosome 1, ")


def test_the_conjunctional_rate_finds_places_of_both_with_their_directions() -> None:
    places = list(range(200, ROWS, 1300))
    one = effects(places, [5.0] * len(places), 3)
    two = effects(places, [5.0 if at % 3 else -5.0 for at in range(len(places))], 4)
    result = apply("conjunctional-fdr", {"first": trait("a", one), "second": trait("b", two)}, {})
    assert abs(result.estimate("Shared loci").value - len(places)) <= 1
    assert result.estimate("Shared loci, conjunctional FDR as published").value >= len(places)
    same = result.estimate("Share of leads with the same direction")
    assert same.low is not None and same.high is not None and same.low < 2 / 3 < same.high
    assert "expected to be false" in result.verdict
    assert not any("both studies" in one for one in result.warnings)


def test_nothing_shared_is_said_so() -> None:
    first, second = (trait(name, effects([], [], seed)) for name, seed in (("a", 5), ("b", 6)))
    result = apply("conjunctional-fdr", {"first": first, "second": second}, {})
    assert result.verdict.startswith("No place of the genome belongs to both")


def test_the_same_people_in_both_studies_are_told() -> None:
    rng = np.random.default_rng(7)
    z = rng.normal(size=ROWS)
    first, second = trait("a", z), trait("b", 0.6 * z + 0.8 * rng.normal(size=ROWS))
    result = apply("conjunctional-fdr", {"first": first, "second": second}, {})
    assert any("people are probably in both studies" in one for one in result.warnings)


def test_two_builds_are_told() -> None:
    first = trait("a", effects([100], [8], 1), build="GRCh37")
    second = trait("b", effects([100], [8], 2), build="GRCh38")
    result = apply("shared-loci", {"first": first, "second": second}, {"draws": 50})
    assert any("Lift one of them" in one for one in result.warnings)


def test_the_mhc_is_one_locus_and_its_neighbours_are_not() -> None:
    position = np.array([24_000_000, 26_000_000, 29_000_000, 33_900_000, 36_000_000])
    found = lead_snps(np.full(5, 1e-9), np.full(5, 6), position)
    assert sorted((one.start, one.end) for one in found) == [
        (24_000_000, 24_000_000), (26_000_000, 33_900_000), (36_000_000, 36_000_000),
    ]  # fmt: skip


def test_clumping_keeps_neighbours_without_ld_apart(tmp_path: Path) -> None:
    path = tmp_path / "pairs.ld"
    path.write_text("SNP_A SNP_B R2\nrs1 rs2 0.8\nrs1 rs3 0.02\n")
    ld = read_ld_pairs(path, {}, {})
    p, where, at = np.array([1e-12, 1e-10, 1e-9]), np.ones(3, int), np.array([1000, 2000, 3000])
    names = np.array([b"rs1", b"rs2", b"rs3"])
    assert [one.snps for one in lead_snps(p, where, at)] == [3]
    found = lead_snps(p, where, at, snp=names, ld=ld)
    assert [(one.lead, one.snps) for one in found] == [(0, 2), (2, 1)]
    path.write_text("SNP_A SNP_B R2\nrs1 rs2 1.8\n")
    with pytest.raises(LabError, match=r"row 1: r² is 1.8"):
        read_ld_pairs(path, {}, {})


def test_loci_that_reach_each_other_are_shared_and_others_are_not() -> None:
    first = [Locus(1, 1_000_000, 1_200_000, 0, 3), Locus(2, 5_000_000, 5_000_000, 1, 1)]
    near = [Locus(1, 1_700_000, 1_800_000, 0, 1), Locus(2, 5_500_001, 5_600_000, 1, 1)]
    assert [one.first.chromosome for one in shared_loci(first, near)] == [1]


def test_a_snp_without_a_position_is_refused() -> None:
    z = effects([100], [8], 1)
    lost = trait("a", z, position=np.zeros(ROWS, int))
    with pytest.raises(LabError, match="row 101: the SNP has no position"):
        apply("shared-loci", {"first": lost, "second": trait("b", z)}, {})
    with pytest.raises(LabError, match="has no position"):
        apply("conjunctional-fdr", {"first": lost, "second": trait("b", z)}, {})
    with pytest.raises(LabError, match="two tables"):
        apply("shared-loci", {"first": lost}, {})
