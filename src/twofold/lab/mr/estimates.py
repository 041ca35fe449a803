"""Every estimate of one table, each with its interval, its unit and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr import verdict
from twofold.lab.mr.closed_form import (
    EggerFit,
    Left,
    Orientation,
    Ratios,
    Slope,
    egger,
    ivw,
    leave_one_out,
    wald,
)  # fmt: skip
from twofold.lab.mr.direction import Steiger, steiger, steiger_of
from twofold.lab.mr.likelihood import maximum_likelihood
from twofold.lab.mr.median import Bootstrapped, Weights, medians
from twofold.lab.mr.mode import Density, Kind, mode
from twofold.lab.mr.pairs import Array, Pairs, pairs
from twofold.lab.mr.radial import radial_ivw
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.tails import t_quantile, two_sided
from twofold.lab.result import Estimate

NORMAL_95 = 1.959963984540054
DRAWS = 1_000
MOST_FOR_MODE = 5_000
MODES: tuple[Kind, ...] = ("simple", "weighted")


@dataclass(frozen=True, eq=False)
class Work:
    """What was worked out of one table, before it is told."""

    table: Instruments
    data: Pairs
    ivw: Slope
    egger: EggerFit
    ratios: Ratios
    left: Left
    steiger: Steiger | None


def worked_out(table: Instruments, orientation: Orientation = "exposure increasing") -> Work:
    """Return the closed forms of one table."""
    columns = (table.beta_exposure, table.se_exposure, table.beta_outcome, table.se_outcome)
    data = pairs(*columns)
    whole = ivw(data)
    way = None
    if table.n_exposure is not None and table.n_outcome is not None:
        way = _direction(data, table.n_exposure, table.n_outcome)
    line = egger(data, orientation=orientation)
    return Work(table, data, whole, line, wald(data), leave_one_out(data, whole), way)


def _direction(data: Pairs, n_exposure: Array, n_outcome: Array) -> Steiger:
    """Test the direction with the SNPs whose sample sizes are known."""
    known = np.isfinite(n_exposure) & np.isfinite(n_outcome)
    if known.all():
        return steiger(data, n_exposure, n_outcome)
    if not known.any():
        missing = np.full(1, np.nan)
        return steiger_of(missing, missing, missing, missing)
    part = pairs(*(one[0][known] for one in (data.bx, data.sx, data.by, data.sy)))
    return steiger(part, n_exposure[known], n_outcome[known])


def estimates(work: Work, options: Mapping[str, Any]) -> list[Estimate]:
    """Return every estimate that so many SNPs allow, under the names of ``verdict.py``."""
    table, data, snps = work.table, work.data, len(work.table)
    draws, seed = int(options.get("draws", DRAWS)), int(options.get("seed", 1))
    if not 100 <= draws <= 1_000_000:
        raise LabError(f"{draws} bootstraps: choose 100 to 1,000,000.")
    scale = _scale(table)
    if snps == 1:
        b, se = float(work.ivw.b[0]), float(work.ratios.se_delta[0, 0])
        return [_normal(verdict.WALD, b, se, 1, scale, "second-order SE")]
    random, fixed = float(work.ivw.se[0]), float(work.ivw.se_fixed[0])
    b = float(work.ivw.b[0])
    told = [
        _normal(verdict.IVW, b, random, snps, scale, "multiplicative"),
        _normal("IVW, fixed effect", b, fixed, snps, scale),
    ]
    told.append(_likelihood(data, snps, scale, float(options.get("psi", 0.0))))
    if snps < verdict.FEW:
        return told
    told += _egger(work, options.get("orientation", "exposure increasing"), scale)
    weights: Weights = options.get("median_weights", "first-order")
    for kind, found in medians(data, convention=weights, draws=draws, seed=seed).items():
        told.append(_bootstrapped(f"{kind.capitalize()} median", found, snps, scale, weights))
    density: Density = options.get("density", "exact")
    if snps <= MOST_FOR_MODE:
        for way in MODES:
            peak = mode(data, way, density=density, draws=draws, seed=seed)
            told.append(_bootstrapped(f"{way.capitalize()} mode", peak, snps, scale, density))
    line = radial_ivw(data)
    told.append(_normal("Radial IVW, modified weights", line.b, line.se, snps, scale))
    return told


def _likelihood(data: Pairs, snps: int, scale: str, psi: float) -> Estimate:
    best = maximum_likelihood(data, psi=psi)
    note = f"exact profile, Q {best.q[0]:.4g}"
    return _normal("Maximum likelihood", float(best.b[0]), float(best.se[0]), snps, scale, note)


def _egger(work: Work, orientation: Orientation, scale: str) -> list[Estimate]:
    line, snps = work.egger, len(work.table)
    reach = t_quantile(snps - 2)
    slope, se, p = (float(one[0]) for one in (line.slope.b, line.slope.se, line.slope.p))
    zero, zero_se, zero_p = (
        float(one[0]) for one in (line.intercept, line.intercept_se, line.intercept_p)
    )
    ends, zero_ends = (slope - reach * se, slope + reach * se), (
        zero - reach * zero_se, zero + reach * zero_se,
    )  # fmt: skip
    note = f"t with {snps - 2} degrees of freedom; alleles {orientation}"
    return [
        Estimate(verdict.EGGER, slope, se, *ends, p, snps, scale, note),
        Estimate(
            "MR-Egger intercept", zero, zero_se, *zero_ends, zero_p, snps, work.table.outcome_unit
        ),
    ]


def _normal(name: str, b: float, se: float, snps: int, scale: str, note: str = "") -> Estimate:
    p = float(two_sided(b / se))
    return Estimate(name, b, se, b - NORMAL_95 * se, b + NORMAL_95 * se, p, snps, scale, note)


def _bootstrapped(name: str, one: Bootstrapped, snps: int, scale: str, way: str) -> Estimate:
    return _normal(name, one.b, one.se, snps, scale, f"{way}; {one.draws} bootstraps")


def _scale(table: Instruments) -> str:
    outcome = table.outcome_unit or f"unit of {table.outcome}"
    return f"{outcome} per {table.exposure_unit or f'unit of {table.exposure}'}"
