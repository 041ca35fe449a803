"""Which annotations of the genome carry more heritability than their share of SNPs.

Source: Finucane et al. 2015, Nature Genetics 47:1228 (stratified LD score
regression, enrichment and its jackknife).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.block_jackknife import Matrix, covariance
from twofold.lab.genetics.ld_score_regression import Regression
from twofold.lab.tables import Column


@dataclass(frozen=True)
class Partition:
    """Heritability by annotation; every column has one value an annotation.

    Parameters
    ----------
    heritability, heritability_se : array
        Of the SNPs of each annotation, whatever other annotations they are in.
    share, share_se : array
        Of the whole.
    enrichment, enrichment_se : array
        Share of heritability over share of SNPs: 1 is no enrichment.
    p : array
        Two-sided, for heritability per SNP inside against outside the
        annotation; ``nan`` for an annotation that holds every SNP.
    coefficient, coefficient_se : array
        Per SNP, with all other annotations held.
    """

    heritability: Column
    heritability_se: Column
    share: Column
    share_se: Column
    enrichment: Column
    enrichment_se: Column
    p: Column
    coefficient: Column
    coefficient_se: Column


def partition(
    fit: Regression, counts: Column, *, overlap: Matrix | None = None, snps: float | None = None
) -> Partition:
    """Return the heritability of each annotation.

    Parameters
    ----------
    fit : Regression
        ``ld_score_regression.heritability`` with several annotations.
    counts : array, shape (annotations,)
        SNPs in each annotation.
    overlap : array, shape (annotations, annotations), optional
        SNPs that two annotations share; without it no SNP is in two.
    snps : float, optional
        All SNPs; the sum of ``counts`` where annotations do not overlap.

    Raises
    ------
    LabError
        When annotations overlap and ``snps`` is not given, or shapes differ.
    """
    if overlap is None:
        overlap, snps = np.diag(counts), float(counts.sum()) if snps is None else snps
    if snps is None or overlap.shape != (len(counts), len(counts)):
        raise LabError(
            "overlapping annotations need the number of all SNPs and a square table of overlaps.",
            remedy="Give snps, and overlap with one row and column for each annotation.",
        )
    per_snp, without = fit.slopes.estimate / counts, fit.slopes.without / counts
    parts, parts_without = per_snp @ overlap, without @ overlap
    total, total_without = float(fit.total), fit.total_without
    shares, shares_without = parts / total, parts_without / total_without[:, None]
    share_se, of_snps = _se(shares, shares_without), counts / snps
    return Partition(
        parts, _se(parts, parts_without), shares, share_se, shares / of_snps, share_se / of_snps,
        _difference_p(parts, parts_without, total, total_without, counts, snps),
        per_snp, _se(per_snp, without),
    )  # fmt: skip


def _se(estimate: Column, without: Matrix) -> Column:
    return np.asarray(np.sqrt(np.diag(covariance(estimate, without))))


def _difference_p(
    parts: Column, parts_without: Matrix, total: float, total_without: Column, counts: Column,
    snps: float,
) -> Column:  # fmt: skip
    from scipy.special import ndtr

    outside = np.where(counts < snps, snps - counts, np.nan)
    inside = parts / counts - (total - parts) / outside
    inside_without = parts_without / counts - (total_without[:, None] - parts_without) / outside
    return np.asarray(2 * ndtr(-np.abs(inside / _se(inside, inside_without))))
