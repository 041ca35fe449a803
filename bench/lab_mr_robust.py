"""How right the robust methods of Mendelian randomisation are where the truth is known.

``python bench/lab_mr_robust.py`` simulates, prints and keeps ``docs/lab-mr-robust.md``. A
run that was cut short goes on where it stopped (``--kept FILE``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from models.lab_mr_cases import simulated  # noqa: E402

from twofold.lab.mr.closed_form import ivw  # noqa: E402
from twofold.lab.mr.contamination import contamination  # noqa: E402
from twofold.lab.mr.debiased import debiased  # noqa: E402
from twofold.lab.mr.lasso import lasso  # noqa: E402
from twofold.lab.mr.mediation import mediation  # noqa: E402
from twofold.lab.mr.mixture import mixture  # noqa: E402
from twofold.lab.mr.multivariable import Multivariable, egger_joint, ivw_joint, q_a  # noqa: E402
from twofold.lab.mr.pairs import pairs  # noqa: E402
from twofold.lab.mr.presso import presso, presso_estimates  # noqa: E402
from twofold.lab.mr.raps import raps  # noqa: E402

PAGE = ROOT / "docs" / "lab-mr-robust.md"
WORLDS, DRAWS = 300, 500
MIX_WORLDS, MIX_SNPS = 50, 300
SCENARIOS = {
    "none": {},
    "balanced, all SNPs": {"invalid": 1.0, "spread": 0.02},
    "directional, all SNPs": {"invalid": 1.0, "mean": 0.02, "spread": 0.004},
    "directional, 3 of 10 SNPs": {"invalid": 0.3, "mean": 0.03, "spread": 0.01},
}
Row = dict[str, tuple[float, bool, bool]]


def main() -> None:
    """Simulate, print and keep."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--worlds", type=int, default=WORLDS)
    asked.add_argument("--kept", type=Path, help="a file that keeps finished cells")
    given = asked.parse_args()
    lines = [*_head(given.worlds), *_speed(), *_truth(given.worlds, given.kept)]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _head(worlds: int) -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    day = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        "# Mendelian randomisation with invalid SNPs: how right the robust methods are",
        "",
        f"`python bench/lab_mr_robust.py --worlds {worlds}`, {day} UTC, commit {commit}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, load "
        f"average at the start {load}.",
        "",
    ]


def _speed() -> list[str]:
    rng = np.random.default_rng(0)
    bx, se = rng.normal(0, 0.1, 361), np.full(361, 0.01)
    by = 0.3 * bx + rng.normal(0, 0.01, 361)
    by[:20] += 0.06
    wall, cpu = time.perf_counter(), time.process_time()
    presso(bx, se, by, se, draws=10_000)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return [
        f"MR-PRESSO, 361 SNPs, 10,000 draws, all three tests: {wall:.2f} s on the clock,"
        f" {cpu:.2f} s of one core (goal 1 s on a quiet machine).",
        "",
    ]


def _truth(worlds: int, kept: Path | None) -> list[str]:
    done = json.loads(kept.read_text()) if kept and kept.exists() else {}
    lines = [
        f"{worlds} worlds a cell, 30 SNPs. *False alarms*: p < .05 where the true effect is 0"
        " (5 % is right). *Holds*: the 95 % interval holds a true effect of .3. The Monte Carlo"
        f" error of 5 % is {100 * (0.0475 / worlds) ** 0.5:.1f} points. MR-PRESSO has {DRAWS}"
        " draws. MRMix is meant for many more SNPs; it has a table of its own below.",
        "",
        "| pleiotropy | method | mean at .3 | holds, % | false alarms, % |",
        "|---|---|---:|---:|---:|",
    ]
    for number, (name, told) in enumerate(SCENARIOS.items()):
        cells = []
        for effect in (0.3, 0.0):
            key = f"{name} {effect} {worlds}"
            if key not in done:
                four = simulated(40 + number, worlds, effect=effect, **told)
                done[key] = _cell(four, effect)
                if kept:
                    kept.write_text(json.dumps(done))
            cells.append(done[key])
        lines += [
            f"| {name} | {way} | {cells[0][way][0]:.3f} | {100 * cells[0][way][1]:.1f} |"
            f" {100 * cells[1][way][2]:.1f} |"
            for way in cells[0]
        ]
    return [*lines, "", *_joint(worlds), *_mediated(worlds), "", *_mixed(done, kept)]


def _mixed(done: dict[str, Any], kept: Path | None) -> list[str]:
    """MRMix with as many SNPs as it is meant for."""
    lines = [
        f"MRMix, {MIX_WORLDS} worlds a cell, {MIX_SNPS} SNPs:",
        "",
        "| pleiotropy | mean at .3 | holds, % | false alarms, % | no interval, % |",
        "|---|---:|---:|---:|---:|",
    ]
    for number, (name, told) in enumerate(SCENARIOS.items()):
        key = f"MRMix {name} {MIX_WORLDS}"
        if key not in done:
            done[key] = [_mix_cell(80 + number, effect, told) for effect in (0.3, 0.0)]
            if kept:
                kept.write_text(json.dumps(done))
        (mean, holds, _, without), (_, _, alarms, _) = done[key]
        lines.append(
            f"| {name} | {mean:.3f} | {100 * holds:.1f} | {100 * alarms:.1f} | {100 * without:.1f} |"
        )
    return [
        *lines,
        "",
        "Where every SNP is valid, the share is 1 over a stretch of slopes: the one in their middle is"
        " told, without an interval. Where no SNP is valid at any slope, nothing is told. *Holds* and"
        " *false alarms* are of the worlds with an interval.",
    ]


def _mix_cell(seed: int, effect: float, told: dict[str, float]) -> list[float]:
    """Return mean estimate, coverage, share of p < .05, and how often there is no SE."""
    four = simulated(seed, MIX_WORLDS, snps=MIX_SNPS, effect=effect, **told)
    found = [mixture(*(one[row] for one in four)) for row in range(MIX_WORLDS)]
    b, se = np.array([one.b for one in found]), np.array([one.se for one in found])
    has = np.isfinite(se)
    holds = np.abs(b[has] - effect) < 1.96 * se[has]
    alarms = np.abs(b[has]) > 1.96 * se[has]
    return [float(np.nanmean(b)), float(holds.mean()), float(alarms.mean()), float((~has).mean())]


def _cell(four: tuple[np.ndarray, ...], effect: float) -> dict[str, list[float]]:
    rows = [_world(*(one[row] for one in four), effect) for row in range(len(four[0]))]
    return {
        name: [float(np.mean([row[name][place] for row in rows])) for place in range(3)]
        for name in rows[0]
    }


def _world(bx: np.ndarray, sx: np.ndarray, by: np.ndarray, sy: np.ndarray, effect: float) -> Row:
    data = pairs(bx, sx, by, sy)
    whole, weak, few = ivw(data), debiased(data), lasso(bx, by, sy)
    cleaned = presso_estimates(data, presso(bx, sx, by, sy, draws=DRAWS), "")[-1]
    most = contamination(bx, by, sy)
    found = {
        "IVW, random effects": (whole.b[0], whole.se[0]),
        "MR-PRESSO, outliers left out": (cleaned.value, cleaned.se or np.nan),
        "Debiased IVW": (weak.b[0], weak.se[0]),
        "MR-Lasso": (few.b, few.se),
    }
    for loss in ("squared", "huber", "tukey"):
        one = raps(bx, sx, by, sy, loss=loss, overdispersed=True)
        found[f"MR-RAPS, overdispersed, {loss}"] = (one.b, one.se)
    told = {
        name: (float(b), bool(abs(b - effect) < 1.96 * se), bool(abs(b) > 1.96 * se))
        for name, (b, se) in found.items()
    }
    holds = any(low <= effect <= high for low, high in most.ranges)
    told["Contamination mixture"] = (most.b, holds, most.p < 0.05)
    return told


def _joint(worlds: int) -> list[str]:
    """Two exposures, one of which does nothing; then noise on both of them."""
    rng, hits = np.random.default_rng(9), np.zeros(4)
    for _ in range(worlds):
        true = rng.normal(0, 0.1, (40, 2))
        se = np.full((40, 2), 0.004)
        bx = true + rng.normal(0, se)
        by = 0.3 * true[:, 0] + rng.normal(0, 0.01, 40)
        names = tuple(str(row) for row in range(40))
        table = Multivariable(names, ("a", "b"), bx, se, by, np.full(40, 0.01))
        whole, line = ivw_joint(table), egger_joint(table)
        hits += (
            abs(whole.b[0] - 0.3) < 1.96 * whole.se[0], whole.p[1] < 0.05,
            (line.intercept_p or 0) < 0.05, q_a(table)[2] < 0.05,
        )  # fmt: skip
    holds, second, zero, q = 100 * hits / worlds
    return [
        f"Two exposures, effects .3 and 0, 40 SNPs: multivariable IVW holds the first in {holds:.1f} %"
        f" and gives a false alarm for the second in {second:.1f} %; MR-Egger's intercept in"
        f" {zero:.1f} %, Q_A in {q:.1f} %.",
        "",
    ]


def _mediated(worlds: int) -> list[str]:
    rng, hits = np.random.default_rng(10), np.zeros(2)
    for seed in range(worlds):
        a, b, c = rng.normal(0.5, 0.08), rng.normal(0.4, 0.06), rng.normal(0.5, 0.05)
        found = mediation((a, 0.08), (b, 0.06), (c, 0.05), draws=2_000, seed=seed)
        hits[0] += abs(found.indirect - 0.2) < 1.96 * found.indirect_se
        hits[1] += found.indirect_range[0] < 0.2 < found.indirect_range[1]
    delta, boot = 100 * hits / worlds
    return [
        f"Mediation, a part of .2: the delta interval holds it in {delta:.1f} %, the bootstrap's in"
        f" {boot:.1f} %.",
    ]


if __name__ == "__main__":
    main()
