"""Where in the genome a trait is associated, and where two are: loci by distance and by LD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.genetics.builds import BUILDS
from twofold.lab.genetics.byte_columns import Whole
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.tables import Column

GENOME_WIDE = 5e-8
WINDOW = 500_000
LEAST_R2 = 0.1
MHC = (6, 25_000_000, 34_000_000)
"""The major histocompatibility complex: one locus, for LD there reaches over millions of bases."""


@dataclass(frozen=True)
class Locus:
    """A stretch of genome with its strongest SNP.

    Parameters
    ----------
    chromosome, start, end : int
        Positions of the first and the last SNP that belong to it.
    lead : int
        Row of the strongest SNP.
    snps : int
        How many SNPs below the threshold it holds.
    """

    chromosome: int
    start: int
    end: int
    lead: int
    snps: int


@dataclass(frozen=True)
class LdPairs:
    """Squared correlations of pairs of SNPs; a pair that is not listed counts as 0.

    Parameters
    ----------
    partners : mapping of bytes to mapping of bytes to float
        For each SNP its partners and r².
    """

    partners: Mapping[bytes, Mapping[bytes, float]]

    def r2(self, one: bytes, other: bytes) -> float:
        """Return r² of a pair."""
        return 1.0 if one == other else self.partners.get(one, {}).get(other, 0.0)


def read_ld_pairs(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> LdPairs:
    """Return pairs as PLINK's ``--r2`` writes them: ``SNP_A SNP_B R2``.

    Raises
    ------
    LabError
        When an r² is not between 0 and 1; the row is named.
    """
    given = {"first": "SNP_A", "second": "SNP_B", "r2": "R2"} | dict(columns)
    found = named(text_columns(path), given, where=path.name)
    r2 = numbers(found["r2"], name="r2", where=path.name)
    bad = np.flatnonzero(~((r2 >= 0) & (r2 <= 1)))
    if len(bad):
        raise LabError(f"row {bad[0] + 1}: r² is {r2[bad[0]]:g}.", where=path.name,
                       remedy="r² lies between 0 and 1.")  # fmt: skip
    partners: dict[bytes, dict[bytes, float]] = {}
    for one, other, value in zip(found["first"], found["second"], r2.tolist(), strict=True):
        partners.setdefault(one.encode(), {})[other.encode()] = value
        partners.setdefault(other.encode(), {})[one.encode()] = value
    return LdPairs(partners)


def lead_snps(
    p: Column, chromosome: Whole, position: Whole, *, threshold: float = GENOME_WIDE,
    window: int = WINDOW, snp: Any = None, ld: LdPairs | None = None, least_r2: float = LEAST_R2,
) -> list[Locus]:  # fmt: skip
    """Return loci, strongest first: a lead SNP takes all weaker ones near it into its locus.

    Parameters
    ----------
    p : array, shape (SNPs,)
        p-value, or false discovery rate.
    chromosome, position : array of int
    threshold : float
        Only SNPs below it count.
    window : int
        Bases on either side of the lead.
    snp : array of bytes, optional
        Names; needed with ``ld``.
    ld : LdPairs, optional
        With it a SNP in the window belongs to the locus only if its r² with the
        lead is at least ``least_r2`` (clumping); the MHC is then clumped as well.

    Without LD the MHC (chromosome 6, 25 to 34 million) is one locus.

    Raises
    ------
    LabError
        When a SNP below the threshold has no position.
    """
    below = np.flatnonzero(p < threshold)
    unknown = below[(chromosome[below] <= 0) | (position[below] <= 0)]
    if len(unknown):
        raise LabError(
            f"row {unknown[0] + 1}: the SNP has no position.",
            remedy="Name the columns of chromosome and position.",
        )
    order = below[np.lexsort((position[below], chromosome[below], p[below]))]
    is_free = np.ones(len(order), bool)
    where, at = chromosome[order], position[order]
    loci = []
    for place in range(len(order)):
        if not is_free[place]:
            continue
        near = is_free & _near(where, at, place, window, is_mhc_one=ld is None)
        if ld is not None:
            near &= _linked(ld, snp, order, near, place, least_r2)
        loci.append(Locus(int(where[place]), int(at[near].min()), int(at[near].max()),
                          int(order[place]), int(near.sum())))  # fmt: skip
        is_free &= ~near
    return loci


def _near(where: Whole, at: Whole, place: int, window: int, *, is_mhc_one: bool) -> Any:
    near = (where == where[place]) & (np.abs(at - at[place]) <= window)
    chromosome, start, end = MHC
    in_mhc = (where == chromosome) & (at >= start) & (at <= end)
    return near | in_mhc if is_mhc_one and in_mhc[place] else near


def _linked(ld: LdPairs, snp: Any, order: Whole, near: Any, place: int, least: float) -> Any:
    lead = bytes(snp[order[place]])
    linked = np.zeros(len(order), bool)
    for other in np.flatnonzero(near):
        linked[other] = ld.r2(lead, bytes(snp[order[other]])) >= least
    return linked


@dataclass(frozen=True)
class SharedLocus:
    """Two loci that lie together."""

    first: Locus
    second: Locus


def shared_loci(
    first: Sequence[Locus], second: Sequence[Locus], *, window: int = WINDOW
) -> list[SharedLocus]:
    """Return each locus of the first trait with the nearest of the second that reaches it.

    Loci reach each other when their stretches, made longer by ``window`` on
    one side, overlap. Lying together does not say that one variant causes both.
    """
    found = []
    for one in first:
        reached = [
            other for other in second
            if other.chromosome == one.chromosome
            and other.start <= one.end + window and other.end >= one.start - window
        ]  # fmt: skip
        if reached:
            middle = (one.start + one.end) / 2
            nearest = min(reached, key=lambda other: abs((other.start + other.end) / 2 - middle))
            found.append(SharedLocus(one, nearest))
    return found


def chance_of_sharing(
    first: Sequence[Locus], second: Sequence[Locus], *, window: int = WINDOW, draws: int = 10_000,
    seed: int = 1, build: str = "GRCh37",
) -> tuple[float, float]:  # fmt: skip
    """Return how many shared loci chance would give, and how often it gives as many or more.

    The second trait's loci are turned round the genome together by a random
    distance, so that their number, lengths and spacing stay as they are.
    Stretches rich in genes attract loci of every trait; that is not undone, so
    the p-value is too small for traits in general.

    Returns
    -------
    expected : float
    p : float
        (1 + draws with as many) / (1 + draws).
    """
    lengths = np.array(BUILDS[build], np.int64)
    offsets, whole = np.concatenate(([0], np.cumsum(lengths)[:-1])), int(lengths.sum())
    one, other = (_on_one_line(loci, offsets) for loci in (first, second))
    turns = np.random.default_rng(seed).integers(0, whole, draws)
    counts = np.array([_count(one, other, turn, whole, window) for turn in turns])
    seen = len(shared_loci(first, second, window=window))
    return float(counts.mean()), float((1 + np.count_nonzero(counts >= seen)) / (1 + draws))


def _on_one_line(loci: Sequence[Locus], offsets: Whole) -> Any:
    return np.array([offsets[one.chromosome - 1] + np.array((one.start, one.end))
                     for one in loci if one.chromosome <= len(offsets)]).reshape(-1, 2)  # fmt: skip


def _count(one: Any, other: Any, turn: int, whole: int, window: int) -> int:
    if not len(one) or not len(other):
        return 0
    width = other[:, 1] - other[:, 0]
    start = (other[:, 0] + turn) % whole
    reached = (start[None] <= one[:, 1:] + window) & (start[None] + width >= one[:, :1] - window)
    return int(reached.any(axis=1).sum())


def told(locus: Locus, table: SummaryStatistics) -> str:
    """Return a locus as a line: its lead SNP, where, and p."""
    name = table.snp[locus.lead].decode("utf-8", "replace")
    return (f"{name} (chromosome {locus.chromosome}, {locus.start:,} to {locus.end:,}; "
            f"p {table.p[locus.lead]:.2g})")  # fmt: skip
