"""What the tests of Mendelian randomisation share: tables, slow references, simulated SNPs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twofold.lab.mr.pairs import Pairs, pairs
from twofold.lab.mr.reading import mr_table
from twofold.lab.mr.table import Instruments

FILES = {
    "carbohydrate": "yao2022-carbohydrate-mdd/carb_mdd.csv",
    "bmi": "mrmix-bmi-mdd/bmi_mdd.csv",
    "ldl": "mendelianrandomization-lipids/ldl_chd.csv",
    "bmi_chd": "twosamplemr-vignette/bmi_chd.csv",
}


def table(shared: Path, name: str) -> Instruments:
    return mr_table(shared / "genetics" / FILES[name], {}, {})


def data_of(one: Instruments) -> Pairs:
    return pairs(one.beta_exposure, one.se_exposure, one.beta_outcome, one.se_outcome)


def invented(seed: int, exposures: int, snps: int) -> tuple[np.ndarray, ...]:
    """Effects of both signs with SEs that differ; no truth is meant."""
    rng = np.random.default_rng(seed)
    bx = rng.normal(0, 0.1, (exposures, snps))
    sx = rng.uniform(0.005, 0.02, (exposures, snps))
    sy = rng.uniform(0.01, 0.05, (exposures, snps))
    by = 0.4 * bx + rng.normal(0, 0.04, (exposures, snps))
    return bx, sx, by, sy


def slowly(bx: Any, sx: Any, by: Any, sy: Any) -> dict[str, float]:
    """Every closed form of one exposure by weighted least squares in np.linalg."""
    n, root = len(bx), np.diag(1 / sy)
    b = np.linalg.lstsq(root @ bx[:, None], root @ by, rcond=None)[0][0]
    q = float(np.sum(((by - b * bx) / sy) ** 2))
    se = float(np.sqrt(np.linalg.inv(bx[None] @ np.diag(sy**-2) @ bx[:, None])[0, 0]))
    sign = np.where(bx < 0, -1, 1)
    design = np.stack([np.ones(n), bx * sign], 1)
    zero, slope = np.linalg.lstsq(root @ design, root @ (by * sign), rcond=None)[0]
    cover = np.linalg.inv(design.T @ np.diag(sy**-2) @ design)
    egger_q = float(np.sum(((by * sign - zero - slope * bx * sign) / sy) ** 2))
    times = max(1.0, np.sqrt(egger_q / (n - 2)))
    return {
        "b": float(b), "se_fixed": se, "se": se * max(1.0, np.sqrt(q / (n - 1))), "q": q,
        "slope": float(slope), "slope_se": float(np.sqrt(cover[1, 1]) * times),
        "intercept": float(zero), "intercept_se": float(np.sqrt(cover[0, 0]) * times),
        "egger_q": egger_q, "mean_f": float(np.mean((bx / sx) ** 2)),
    }  # fmt: skip


def simulated(
    seed: int, replicates: int, *, snps: int = 30, effect: float = 0.0, invalid: float = 0.0,
    mean: float = 0.0, spread: float = 0.0,
) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Two-sample summary data of continuous traits, coded for the allele that raises the exposure.

    A share ``invalid`` of the SNPs also acts on the outcome directly, by ``mean`` and ``spread``.
    """
    rng = np.random.default_rng(seed)
    shape = (replicates, snps)
    true = rng.uniform(0.04, 0.12, shape)
    se_x, se_y = np.full(shape, 0.004), np.full(shape, 0.01)
    direct = (rng.random(shape) < invalid) * rng.normal(mean, spread or 1e-12, shape)
    bx = true + se_x * rng.standard_normal(shape)
    by = effect * true + direct + se_y * rng.standard_normal(shape)
    return bx, se_x, by, se_y
