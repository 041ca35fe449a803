"""The recipe in docs/how-to/recompute-a-claim.md runs as it stands, on files named as it says."""

from __future__ import annotations

import datetime as dt
import gzip
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from twofold.lab.genetics.ld_scores import LdScores, read_ld_scores
from twofold.lab.recipe import Recipe, recipe_of
from twofold.lab.steps import run

SSF = ("chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\t"
       "effect_allele_frequency\tp_value\trsid\tn\n")  # fmt: skip
DANER = "CHR SNP BP A1 A2 FRQ_A_50000 FRQ_U_100000 INFO OR SE P\n"
PEOPLE = 150_000


@pytest.fixture(scope="module")
def recipe(root: Path) -> Recipe:
    page = (root / "docs/how-to/recompute-a-claim.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return recipe_of(found[1], "migraine-depression-genome.toml")


def z_of_two(ld: LdScores) -> tuple[np.ndarray, np.ndarray]:
    """Draw two traits with a genetic correlation of 0.4 over the LD scores."""
    rng = np.random.default_rng(11)
    slope = PEOPLE * 0.05 * np.maximum(ld.total, 0) / ld.counts.sum()
    one, two = rng.normal(size=(2, len(ld.snp)))
    shared = 0.4 * slope / (1 + slope)
    z = np.sqrt(1 + slope)
    return z * one, z * (shared * one + np.sqrt(1 - shared**2) * two)


def write(folder: Path, ld: LdScores) -> None:
    (folder / "gwas").mkdir()
    z1, z2 = z_of_two(ld)
    p1, p2 = 2 * ndtr(-np.abs(z1)), 2 * ndtr(-np.abs(z2))
    names = [name.decode() for name in ld.snp]
    columns = (one.tolist() for one in (ld.chromosome, ld.position, z1, p1, z2, p2))
    rows = list(zip(names, *columns, strict=True))
    with gzip.open(folder / "gwas/migraine.tsv.gz", "wt") as file:
        file.write(SSF)
        for snp, chromosome, position, z, p, _, _ in rows:
            file.write(f"{chromosome}\t{position}\tA\tG\t{z / 100:.6f}\t0.01\t0.3\t"
                       f"{p:.5g}\t{snp}\t{PEOPLE}\n")  # fmt: skip
    with gzip.open(folder / "gwas/depression.tsv.gz", "wt") as file:
        file.write(DANER)
        for snp, chromosome, position, _, _, z, p in rows:
            file.write(f"{chromosome} {snp} {position} G A 0.7 0.7 0.97 "
                       f"{math.exp(-z / 100):.7f} 0.01 {p:.5g}\n")  # fmt: skip


def test_the_recipe_of_the_how_to_runs_as_it_stands(
    recipe: Recipe, shared_data: Path, tmp_path: Path
) -> None:
    genetics = tmp_path / "genetics"
    (genetics / "ldsc-eur-w-ld-chr").mkdir(parents=True)
    for name in ("22.l2.ldscore.gz", "22.l2.M_5_50"):
        source = shared_data / "genetics/ldsc-eur-w-ld-chr" / name
        (genetics / "ldsc-eur-w-ld-chr" / name).symlink_to(source)
    shutil.copytree(
        shared_data / "genetics/published-reference-numbers",
        genetics / "published-reference-numbers",
    )
    write(tmp_path, read_ld_scores(genetics / "ldsc-eur-w-ld-chr"))
    done = run(recipe, tmp_path, made=("0", dt.date(2026, 11, 22)))
    (row,) = done.claims
    assert done.result.headline == "Genetic correlation"
    assert float(str(row["low"])) < 0.4 < float(str(row["high"]))
    assert done.result.used > 16_000
    assert sum("95 % interval found here" in one for one in done.result.warnings) == 4
    assert any("ldsc-eur-w-ld-chr sha256:" in one for one in done.data)
