"""Every method that stands some invalid SNPs, beside IVW, with one verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from twofold.lab.mr.closed_form import ivw
from twofold.lab.mr.contamination import Contaminated, contamination
from twofold.lab.mr.debiased import LEAST_CONDITION, debiased
from twofold.lab.mr.lasso import lasso
from twofold.lab.mr.mixture import Mixed, mixture, standardised
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.presso import presso, presso_estimates
from twofold.lab.mr.raps import Loss, raps
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.telling import draws_of, instruments, known_options, normal, p_words, scale_of
from twofold.lab.mr.verdict import ALPHA, IVW
from twofold.lab.result import Estimate, Result

LEAST, DRAWS, LEAST_FOR_MIXTURE = 4, 10_000, 20
LOSSES: dict[Loss, str] = {
    "squared": "MR-RAPS, overdispersed", "tukey": "MR-RAPS, overdispersed, Tukey's loss",
}  # fmt: skip

NO_SLOPE = "MRMix finds no slope at which any SNP counts as valid"


def mr_robust(tables: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Result:
    """Return IVW beside MR-PRESSO, dIVW, contamination mixture, lasso, RAPS and MRMix.

    Parameters
    ----------
    tables : mapping of str to Instruments
        ``"data"``, four SNPs or more. MRMix is told from 20 SNPs on, for a measured
        exposure with sample sizes, and an outcome in log odds with allele frequencies.
    options : mapping
        ``draws`` (10,000) and ``seed`` (1) of MR-PRESSO.

    Raises
    ------
    LabError
        When the table is not there or too small, or an option is unknown.
    """
    given = known_options(options, {"draws", "seed"})
    table = instruments(tables, "data", "mr-robust", LEAST)
    draws, seed = draws_of(given, DRAWS)
    four = (table.beta_exposure, table.se_exposure, table.beta_outcome, table.se_outcome)
    data, scale = pairs(*four), scale_of(table)
    tests = presso(*four, draws=draws, seed=seed)
    most = contamination(four[0], four[2], four[3])
    told = [*presso_estimates(data, tests, scale), *_adjusted(table, scale)]
    mixed = _mixture(table)
    told += [_group(most, len(table), scale), *_mixed(mixed, len(table))]
    reasons = (
        *_reasons(told, tests.global_p, float(ivw(data).q_p[0]), most),
        *([NO_SLOPE] if mixed is not None and not math.isfinite(mixed.b) else []),
    )
    return Result(
        method="mr-robust",
        question=f"Does the effect of {table.exposure} on {table.outcome} stand invalid SNPs?",
        estimates=tuple(told), headline=None if reasons else IVW,
        verdict=_verdict(table, told, reasons), warnings=(*table.warnings, *_notes(tests.draws)),
        used=len(table), left_out=table.left_out,
        details={
            "presso_rss": tests.rss, "presso_global_p": tests.global_p, "seed": seed,
            "presso_outliers": [table.snp[row] for row in tests.outliers],
            "presso_distortion_percent": tests.distortion,
            "presso_distortion_p": tests.distortion_p,
            "contamination_ranges": [list(one) for one in most.ranges],
            "contamination_valid": [table.snp[row] for row in np.flatnonzero(most.valid)],
            "does_not_stand_because": list(reasons),
        },
    )  # fmt: skip


def _adjusted(table: Instruments, scale: str) -> Iterator[Estimate]:
    """Debiased IVW, the lasso, and the adjusted profile scores."""
    four = (table.beta_exposure, table.se_exposure, table.beta_outcome, table.se_outcome)
    weak, snps = debiased(pairs(*four)), len(table)
    if np.isfinite(weak.b[0]):
        low = weak.condition[0] < LEAST_CONDITION
        note = "instruments too weak for its interval" if low else ""
        yield normal("Debiased IVW", float(weak.b[0]), float(weak.se[0]), snps, scale, note)
    few = lasso(four[0], four[2], four[3])
    kept = int(few.valid.sum())
    yield normal("MR-Lasso", few.b, few.se, kept, scale, f"{kept} of {snps} SNPs count as valid")
    for loss, name in LOSSES.items():
        found = raps(*four, loss=loss, overdispersed=True)
        if math.isfinite(found.se):
            note = "" if found.is_settled else "did not come to rest"
            yield normal(name, found.b, found.se, snps, scale, note)


def _group(found: Contaminated, snps: int, scale: str) -> Estimate:
    kept = int(found.valid.sum())
    note = f"{kept} of {snps} SNPs agree"
    if len(found.ranges) > 1:
        note += f"; the interval has {len(found.ranges)} parts"
    low, high = found.ranges[0][0], found.ranges[-1][1]
    return Estimate("Contamination mixture", found.b, None, low, high, found.p, kept, scale, note)


def _mixture(table: Instruments) -> Mixed | None:
    """Return MRMix where its scale can be had."""
    if len(table) < LEAST_FOR_MIXTURE or table.eaf is None or table.n_exposure is None:
        return None
    if not (np.isfinite(table.eaf).all() and np.isfinite(table.n_exposure).all()):
        return None
    if table.outcome_unit != "log odds":
        return None
    bx, sx = standardised(table.beta_exposure, table.se_exposure, n=table.n_exposure)
    by, sy = standardised(table.beta_outcome, table.se_outcome, eaf=table.eaf)
    return mixture(bx, sx, by, sy)


def _mixed(found: Mixed | None, kept: int) -> Iterator[Estimate]:
    """MRMix, on its own scale."""
    if found is None or not math.isfinite(found.b):
        return
    note = f"a share of {found.pi0:.2f} of the SNPs count as valid"
    scale = "log odds per SD, genotypes of SD 1"
    if math.isfinite(found.se) and found.se > 0:
        yield normal("MRMix", found.b, found.se, kept, scale, note)
    else:
        yield Estimate("MRMix", found.b, of=kept, scale=scale, note=note + "; no SE")


def _reasons(
    told: list[Estimate], global_p: float, q_p: float, most: Contaminated
) -> Iterator[str]:
    main = told[0]
    for one in told[1:]:
        if one.value * main.value < 0:
            yield f"{one.name} has the other sign ({one.value:.3g}) than {IVW} ({main.value:.3g})"
    is_clear = main.p is not None and main.p < ALPHA
    unsure = [one.name for one in told[1:] if is_clear and one.p is not None and one.p >= ALPHA]
    if unsure:
        yield f"{len(unsure)} of {len(told) - 1} other methods do not exclude 0 ({unsure[0]})"
    if global_p < ALPHA:
        yield f"MR-PRESSO finds pleiotropy (p {p_words(global_p)})"
    elif q_p < ALPHA:
        yield f"the SNPs disagree more than by chance (p {p_words(q_p)})"
    if any(high < 0 for _, high in most.ranges) and any(low > 0 for low, _ in most.ranges):
        yield "groups of SNPs point to effects of both signs"


def _verdict(table: Instruments, told: list[Estimate], reasons: tuple[str, ...]) -> str:
    what = f"{table.exposure} on {table.outcome}"
    same = sum(one.value * told[0].value > 0 for one in told[1:])
    counted = f"{same} of {len(told) - 1} other methods have the sign of IVW"
    if reasons:
        listed = "; ".join(reasons)
        return f"No single number stands for the effect of {what}: {listed}. {counted}."
    if told[0].p is None or told[0].p >= ALPHA:
        return f"These SNPs show no clear effect of {what}. {counted}."
    return f"The effect of {what} stands the methods that allow for invalid SNPs: {counted}."


def _notes(draws: int) -> Iterator[str]:
    yield f"MR-PRESSO's global and distortion p-values are Monte Carlo ({draws} draws)."
    yield "Each method forgives another kind of invalid SNP: read them together, never the best."
