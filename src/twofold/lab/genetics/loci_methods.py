"""Shared loci of two traits as results: by genome-wide significance, and by conjunctional FDR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.conjunctional import PRUNINGS, false_shares, null_correlation
from twofold.lab.genetics.loci import (
    GENOME_WIDE,
    WINDOW,
    LdPairs,
    Locus,
    SharedLocus,
    chance_of_sharing,
    lead_snps,
    shared_loci,
    told,
)
from twofold.lab.genetics.pairing import shared
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

BLOCK = 250_000
"""Bases of a stretch of which one SNP is drawn to count p-values on."""
MOST_TOLD = 100
OVERLAP = 0.05


def shared_loci_of(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the loci at which both traits are genome-wide significant (method ``shared-loci``).

    Parameters
    ----------
    tables : mapping
        ``first``, ``second``: SummaryStatistics with positions; optionally
        ``ld``: LdPairs for clumping.
    options : mapping
        ``threshold`` 5e-8, ``window`` 500,000, ``draws`` 10,000, ``seed`` 1.

    Raises
    ------
    LabError
        When a table is missing, or a SNP has no position.
    """
    first, second = _traits(tables)
    threshold, window = float(options.get("threshold", GENOME_WIDE)), _window(options)
    ld = tables.get("ld") if isinstance(tables.get("ld"), LdPairs) else None
    found = [
        lead_snps(one.p, one.chromosome, one.position, threshold=threshold, window=window,
                  snp=one.snp, ld=ld)
        for one in (first, second)
    ]  # fmt: skip
    together = shared_loci(*found, window=window)
    expected, p = chance_of_sharing(
        *found, window=window, draws=int(options.get("draws", 10_000)),
        seed=int(options.get("seed", 1)), build=first.build or "GRCh37",
    )  # fmt: skip
    counts = [Estimate(f"Loci, {one.name}", len(loci), of=one.rows)
              for one, loci in zip((first, second), found, strict=True)]  # fmt: skip
    estimates = (
        Estimate("Shared loci", len(together), p=p, of=len(found[0]),
                 note=f"chance would give {expected:.1f}"), *counts,
    )  # fmt: skip
    return Result(
        method="shared-loci",
        question=f"At how many places of the genome are both {first.name} and {second.name} found?",
        estimates=estimates,
        headline="Shared loci",
        verdict=_verdict(len(together), expected, first.name, second.name),
        warnings=_warnings(first, second),
        used=first.rows + second.rows,
        left_out=(*first.quality.sentences(), *second.quality.sentences()),
        details={"shared": [_pair_told(one, first, second) for one in together[:MOST_TOLD]]},
    )  # fmt: skip


def conjunctional_fdr_of(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the loci of both traits by conjunctional FDR (method ``conjunctional-fdr``).

    Parameters
    ----------
    tables : mapping
        ``first``, ``second``: SummaryStatistics with positions, genome-wide.
    options : mapping
        ``fdr`` 0.05, ``window`` 500,000, ``prunings`` 10, ``seed`` 1.

    Raises
    ------
    LabError
        When a table is missing, the tables share too few SNPs, or a SNP has no position.
    """
    first, second, left_out = shared(*_traits(tables))
    if not first.position.all():
        raise LabError("a SNP has no position.", where=first.name,
                       remedy="Name the columns of chromosome and position.")  # fmt: skip
    blocks = first.chromosome * 10_000 + first.position // BLOCK
    fdr, false = false_shares(
        first.p, second.p, blocks=blocks, prunings=int(options.get("prunings", PRUNINGS)),
        seed=int(options.get("seed", 1)),
    )  # fmt: skip
    limit = float(options.get("fdr", 0.05))
    loci, published = (
        lead_snps(one, first.chromosome, first.position, threshold=limit, window=_window(options))
        for one in (np.maximum(false, fdr), fdr)
    )
    estimates = (
        Estimate("Shared loci", len(loci), of=first.rows,
                 note=f"expected share of false ones below {limit:g}"),
        Estimate("Shared loci, conjunctional FDR as published", len(published), of=first.rows,
                 note=f"rate below {limit:g}; more of them are false than it says"),
        *_directions(loci, first, second),
    )  # fmt: skip
    return Result(
        method="conjunctional-fdr",
        question=f"Which places of the genome belong to both {first.name} and {second.name}?",
        estimates=estimates,
        headline=estimates[0].name,
        verdict=_verdict_fdr(len(loci), limit, first.name, second.name),
        warnings=(*_warnings(first, second), *_overlap(first.z, second.z)),
        used=first.rows,
        left_out=left_out,
        details={"loci": [_fdr_told(one, first, fdr) for one in loci[:MOST_TOLD]]},
    )  # fmt: skip


def _traits(tables: Mapping[str, Any]) -> tuple[SummaryStatistics, SummaryStatistics]:
    found = tables.get("first"), tables.get("second")
    if not all(isinstance(one, SummaryStatistics) for one in found):
        raise LabError(
            "two tables of summary statistics are needed, first and second.",
            remedy="Read them with gwas-ssf, gwas-vcf or gwas-tsv.",
        )
    return found  # type: ignore[return-value]


def _window(options: Mapping[str, Any]) -> int:
    return int(options.get("window", WINDOW))


def _directions(
    loci: list[Locus], first: SummaryStatistics, second: SummaryStatistics
) -> tuple[Estimate, ...]:
    """Return how many leads have the same sign in both, with an exact binomial interval."""
    from scipy.special import betaincinv

    if not loci:
        return ()
    leads = np.array([one.lead for one in loci])
    same, n = int(np.count_nonzero(first.z[leads] * second.z[leads] > 0)), len(leads)
    low = float(betaincinv(same, n - same + 1, 0.025)) if same else 0.0
    high = float(betaincinv(same + 1, n - same, 0.975)) if same < n else 1.0
    return (Estimate("Share of leads with the same direction", same / n, low=low, high=high, of=n),)


def _warnings(first: SummaryStatistics, second: SummaryStatistics) -> tuple[str, ...]:
    said = [f"{one.name}: {line}" for one in (first, second) for line in one.quality.warnings]
    if first.build and second.build and first.build != second.build:
        said.append(
            f"{first.name} is in {first.build}, {second.name} in {second.build}: positions of "
            "the two do not fit. Lift one of them."
        )
    return tuple(said)


def _overlap(z1: Column, z2: Column) -> tuple[str, ...]:
    found = null_correlation(z1, z2)
    if not abs(found) > OVERLAP:
        return ()
    return (
        f"small z of the two are correlated ({found:.2f}): people are probably in both studies, "
        "which makes the false discovery rate too small.",
    )


def _verdict(count: int, expected: float, first: str, second: str) -> str:
    return (
        f"{first} and {second} lie together at {count} places of the genome; chance alone would "
        f"give about {expected:.1f}. That two loci lie together does not say that one variant "
        "causes both."
    )


def _verdict_fdr(count: int, limit: float, first: str, second: str) -> str:
    if not count:
        return (
            f"No place of the genome belongs to both {first} and {second} at a false discovery "
            f"rate below {limit:g}. Larger studies may find some."
        )
    return (
        f"{count} places of the genome belong to both {first} and {second}, of which up to about "
        f"{100 * limit:g} of 100 are expected to be false, if no person is in both studies."
    )


def _pair_told(pair: SharedLocus, first: SummaryStatistics, second: SummaryStatistics) -> str:
    return f"{told(pair.first, first)} with {told(pair.second, second)}"


def _fdr_told(locus: Locus, table: SummaryStatistics, fdr: Column) -> str:
    return f"{told(locus, table)}, conjunctional FDR {fdr[locus.lead]:.2g}"
