"""Heritability and genetic correlation as results with a verdict: ``ldsc-h2`` and ``ldsc-rg``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.ld_score_picture import chi2_against_ld
from twofold.lab.genetics.ld_score_regression import (
    BLOCKS,
    TWO_STEP,
    Correlation,
    Regression,
    genetic_correlation,
    heritability,
    liability_factor,
)
from twofold.lab.genetics.ld_score_words import (
    beyond_one,
    correlation_said,
    heritability_said,
    is_clear,
    refusal,
    warnings_of,
)
from twofold.lab.genetics.ld_scores import LdScores
from twofold.lab.genetics.pairing import Paired, paired
from twofold.lab.genetics.partitioned import partition
from twofold.lab.genetics.published import PublishedNumbers, compared
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

NORMAL_95 = 1.959963984540054
SMALLEST_P = float(np.finfo(float).tiny)


def heritability_of(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the SNP heritability of a trait (method ``ldsc-h2``).

    Parameters
    ----------
    tables : mapping
        ``trait``: SummaryStatistics; ``ld``: LdScores, with several annotations
        for a partition of the heritability.
    options : mapping
        ``prevalence`` (of the population) and ``share_of_cases`` (of the study;
        else from cases and controls) for the liability scale; ``intercept`` to
        hold it; ``two_step`` 30, or 0 for none; ``blocks`` 200.

    Raises
    ------
    LabError
        When a table is missing or of another kind, or N is not known.
    """
    trait, ld = _table(tables, "trait", SummaryStatistics), _table(tables, "ld", LdScores)
    pair = paired(ld, trait)
    z, n = trait.z[pair.traits[0]], _sizes(trait, pair.traits[0])
    kept = _chi2_cut(z**2, n, ld)
    fit = heritability(
        z[kept] ** 2, ld.scores[pair.scores[kept]], ld.weights[pair.scores[kept]], n[kept],
        ld.counts, blocks=_blocks(options), intercept=options.get("intercept"),
        two_step=_two_step(options),
    )  # fmt: skip
    total = ld.total[pair.scores[kept]]
    slope = fit.total * float(n.mean()) / float(ld.counts.sum())
    estimates = (*_heritability(fit, trait, options), *_annotations(fit, ld))
    return Result(
        method="ldsc-h2",
        question=f"How much of the differences in {trait.name} do common SNPs carry?",
        estimates=estimates,
        headline=estimates[0].name if is_clear(fit) else None,
        verdict=heritability_said(fit, estimates, trait.name),
        warnings=(*pair.warnings, *warnings_of(fit, trait.name)),
        used=fit.snps,
        left_out=(*pair.left_out, *_cut_told(len(z) - len(kept))),
        pictures={"chi2-against-ld": chi2_against_ld(
            total, z[kept] ** 2, slope=slope, intercept=fit.intercept, name=trait.name)},
        details=_details(fit),
    )  # fmt: skip


def genetic_correlation_of(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the genetic correlation of two traits (method ``ldsc-rg``).

    Refuses to name one number when a heritability is under four standard
    errors, or the estimate lies outside −1.2 to 1.2.

    Parameters
    ----------
    tables : mapping
        ``first``, ``second``: SummaryStatistics; ``ld``: LdScores; optionally
        ``published``: PublishedNumbers to stand beside it.
    options : mapping
        ``two_step``, ``blocks``; ``intercept_covariance`` to hold it (0 for
        samples known not to overlap).

    Raises
    ------
    LabError
        When a table is missing or of another kind, or N is not known.
    """
    first, second = (_table(tables, name, SummaryStatistics) for name in ("first", "second"))
    ld = _table(tables, "ld", LdScores)
    if ld.scores.shape[1] > 1:
        raise LabError("a genetic correlation needs LD scores with one annotation.")
    pair = paired(ld, first, second)
    z1, z2 = _aligned(pair, first, second)
    found = genetic_correlation(
        z1, z2, ld.scores[pair.scores], ld.weights[pair.scores], _sizes(first, pair.traits[0]),
        _sizes(second, pair.traits[1]), ld.counts, blocks=_blocks(options),
        intercepts=(None, None, options.get("intercept_covariance")),
        two_step=_two_step(options),
    )  # fmt: skip
    refused = refusal(found, first.name, second.name)
    estimates = _correlation(found, refused)
    return Result(
        method="ldsc-rg",
        question=f"Do {first.name} and {second.name} share genetic influences?",
        estimates=estimates,
        headline=None if refused else estimates[0].name,
        verdict=refused or correlation_said(estimates[0], first.name, second.name),
        warnings=(*pair.warnings, *warnings_of(found.first, first.name),
                  *warnings_of(found.second, second.name), *beyond_one(found),
                  *_published(tables, estimates[0], refused)),
        used=found.covariance.snps,
        left_out=pair.left_out,
        details={"first": _details(found.first), "second": _details(found.second),
                 "covariance": _details(found.covariance)},
    )  # fmt: skip


def _table(tables: Mapping[str, Any], name: str, kind: type) -> Any:
    if isinstance(tables.get(name), kind):
        return tables[name]
    has = ", ".join(f"{key} ({type(one).__name__})" for key, one in tables.items()) or "none"
    raise LabError(
        f"the table {name!r} is missing or of another kind.",
        remedy=f"It must be {kind.__name__}. Given: {has}.",
    )


def _sizes(trait: SummaryStatistics, rows: Any) -> Column:
    n: Column = trait.n[rows]
    if np.isfinite(n).all():
        return n
    raise LabError(
        "the sample size is not known for every SNP.",
        where=trait.name,
        remedy="Name the column of n, or give the reader the option n, or cases and controls.",
    )


def _aligned(
    pair: Paired, first: SummaryStatistics, second: SummaryStatistics
) -> tuple[Column, Column]:
    return first.z[pair.traits[0]], second.z[pair.traits[1]] * pair.signs[1]


def _chi2_cut(chi2: Column, n: Column, ld: LdScores) -> Any:
    """With several annotations: leave out χ² above 80 or N/1000, as in Finucane 2015."""
    if ld.scores.shape[1] == 1:
        return np.arange(len(chi2))
    return np.flatnonzero(chi2 < max(0.001 * float(n.max()), 80.0))


def _cut_told(count: int) -> tuple[str, ...]:
    return (f"{count:,} SNPs: χ² above the cut for several annotations.",) if count else ()


def _blocks(options: Mapping[str, Any]) -> int:
    return int(options.get("blocks", BLOCKS))


def _two_step(options: Mapping[str, Any]) -> float | None:
    return float(options.get("two_step", TWO_STEP)) or None


def estimate(name: str, value: float, se: float | None, of: int, scale: str = "",
             note: str = "", null: float = 0.0) -> Estimate:  # fmt: skip
    """Return a number with its normal 95 % interval and p-value against ``null``."""
    from scipy.special import ndtr

    if se is None or not np.isfinite(se):
        return Estimate(name, value, of=of, scale=scale, note=note)
    p = max(float(2 * ndtr(-abs((value - null) / se))), SMALLEST_P)
    low, high = value - NORMAL_95 * se, value + NORMAL_95 * se
    return Estimate(name, value, se, low, high, p, of, scale, note)


def _heritability(
    fit: Regression, trait: SummaryStatistics, options: Mapping[str, Any]
) -> tuple[Estimate, ...]:
    found = [estimate("Heritability, observed scale", fit.total, fit.total_se, fit.snps,
                      "share of variance")]  # fmt: skip
    factor = _liability(trait, options)
    if factor is not None:
        found.append(estimate("Heritability, liability scale", fit.total * factor,
                              fit.total_se * factor, fit.snps, "share of variance of liability",
                              "at the prevalence that was given"))  # fmt: skip
    found.append(estimate("Intercept", fit.intercept, fit.intercept_se, fit.snps, "χ²",
                          "1 where nothing but polygenic signal lifts χ²", null=1.0))  # fmt: skip
    if fit.ratio is not None:
        found.append(estimate("Ratio", *fit.ratio, fit.snps, "share of mean χ² − 1"))
    return tuple(found)


def _liability(trait: SummaryStatistics, options: Mapping[str, Any]) -> float | None:
    if options.get("prevalence") is None:
        return None
    share = options.get("share_of_cases")
    if share is None and trait.cases and trait.controls:
        share = trait.cases / (trait.cases + trait.controls)
    if share is None:
        raise LabError(
            "the liability scale needs the share of cases in the study.",
            where=trait.name,
            remedy="Give share_of_cases, or the reader's options cases and controls.",
        )
    return liability_factor(float(share), float(options["prevalence"]))


def _annotations(fit: Regression, ld: LdScores) -> list[Estimate]:
    if len(ld.names) == 1:
        return []
    parts = partition(fit, ld.counts)
    return [
        estimate(f"Enrichment of {name}", float(parts.enrichment[at]),
                 float(parts.enrichment_se[at]), fit.snps, "share of h² over share of SNPs",
                 "annotations taken as not overlapping", null=1.0)
        for at, name in enumerate(ld.names)
    ]  # fmt: skip


def _correlation(found: Correlation, refused: str) -> tuple[Estimate, ...]:
    shared, of = found.covariance, found.covariance.snps
    traits = (("first", found.first), ("second", found.second))
    return (
        estimate("Genetic correlation", found.value, found.se, of, "correlation", refused),
        estimate("Genetic covariance", shared.total, shared.total_se, of, "observed scale"),
        estimate("Intercept of the covariance", shared.intercept, shared.intercept_se, of, "z z",
                 "0 where no person is in both studies"),
        *(estimate(f"Heritability, {name} trait", fit.total, fit.total_se, of, "observed scale")
          for name, fit in traits),
        *(estimate(f"Intercept, {name} trait", fit.intercept, fit.intercept_se, of, "χ²", null=1.0)
          for name, fit in traits),
    )  # fmt: skip


def _published(tables: Mapping[str, Any], one: Estimate, refused: str) -> tuple[str, ...]:
    published = tables.get("published")
    if refused or not isinstance(published, PublishedNumbers):
        return ()
    return compared(one, published)


def _details(fit: Regression) -> dict[str, Any]:
    return {
        "snps": fit.snps, "mean": fit.mean, "beyond_first_step": fit.beyond_first_step,
        "heritability": fit.total, "heritability_se": fit.total_se, "intercept": fit.intercept,
        "intercept_se": fit.intercept_se,
    }  # fmt: skip
