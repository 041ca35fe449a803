"""How fast and how right the microbe methods are, beside scikit-bio in one run.

``python bench/lab_gut.py --data FOLDER --peers PYTHON`` measures, simulates and keeps
``docs/lab-gut.md``. ``PYTHON`` is an interpreter that has scikit-bio (or ``TWOFOLD_PEERS``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src")]

from twofold.lab.discovery import false_discovery  # noqa: E402
from twofold.lab.gut import kernel  # noqa: E402
from twofold.lab.gut.beta import bray_curtis  # noqa: E402
from twofold.lab.gut.differential import ancom_bc  # noqa: E402
from twofold.lab.gut.linear import with_ones  # noqa: E402
from twofold.lab.gut.log_ratios import log_ratio_fit  # noqa: E402
from twofold.lab.gut.permanova import permanova, permdisp  # noqa: E402
from twofold.lab.gut.reading import read_biom  # noqa: E402
from twofold.lab.gut.samples import read_samples  # noqa: E402
from twofold.lab.gut.table import Taxa  # noqa: E402

PAGE = ROOT / "docs" / "lab-gut.md"
AG = "microbiome/american-gut-2014/AG_100nt_even10k.2014-06-25"
COLUMNS = {"sample": "#SampleID", "site": "BODY_SITE", "migraine": "MIGRAINE"}
ROUNDS = 3
WORLDS = 400
CORES = os.cpu_count() or 1


def main() -> None:
    """Measure, simulate, print and keep."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", default=os.environ.get("TWOFOLD_LAB_DATA", "../shared/data"))
    asked.add_argument("--peers", default=os.environ.get("TWOFOLD_PEERS", ""))
    asked.add_argument("--worlds", type=int, default=WORLDS)
    given = asked.parse_args()
    lines = [*_head(), *_speed(Path(given.data), given.peers), *_truth(given.worlds)]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _head() -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    day = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        "# Microbes: how fast, and how right",
        "",
        f"`python bench/lab_gut.py`, {day} UTC, commit {commit}; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {CORES} cores, load average at the start {load}.",
        "A loaded machine slows every row; compare rows of this one run.",
        "",
    ]


# ------------------------------------------------------------------ speed


def faecal(data: Path) -> tuple[Taxa, np.ndarray]:
    """Return the faecal samples of American Gut 2014 with a yes or no to migraine."""
    taxa = read_biom(data / f"{AG}.biom.gz", {}, {})
    samples = read_samples(data / f"{AG}.minimal.tsv", COLUMNS, {"kinds": {"migraine": "yes-no"}})
    place = {one: row for row, one in enumerate(taxa.samples)}
    said = samples.numbers["migraine"]
    rows = [
        row
        for row, one in enumerate(samples.ids)
        if one in place
        and samples.categories["site"][row] == "UBERON:feces"
        and np.isfinite(said[row])
    ]
    return taxa.pick([place[samples.ids[row]] for row in rows]), said[rows]


def _speed(data: Path, peers: str) -> list[str]:
    taxa, groups = faecal(data)
    genera = taxa.at_rank("genus")
    genera_counts = genera.dense()[:, genera.prevalence() >= 0.1]
    bray_curtis(taxa)  # compiles
    design = with_ones([groups[:, None]], len(groups))
    own: dict[str, tuple[float, Any]] = {
        "bray-curtis": best(lambda: bray_curtis(taxa)),
        "bray-curtis, NumPy only": best(lambda: bray_curtis(taxa, is_fast=False), 1),
    }
    apart = own["bray-curtis"][1]
    plain = own["bray-curtis, NumPy only"][1]
    own["permanova"] = best(lambda: permanova(apart, {"migraine": groups[:, None]}, seed=1))
    labels = [str(one) for one in groups]
    own["permdisp"] = best(lambda: permdisp(apart, labels, seed=1))
    own["ancom-bc"] = best(lambda: ancom_bc(genera_counts, design))
    floors = {"bray-curtis": least_floor(taxa), "permanova": product_floor(len(groups))}
    with tempfile.TemporaryDirectory() as place:
        found, their_apart, their_ancom = _peer(Path(place), taxa, groups, genera_counts, peers)
    lines = [
        f"## {len(groups):,} faecal samples × {len(taxa.names):,} taxa (American Gut 2014)",
        "",
        f"Peer: scikit-bio {found.get('version', 'is missing here')}.",
        "",
        "| step | own, ms | floor, ms | scikit-bio, ms | ratio |",
        "|" + "---|" * 5,
    ]
    for name, (seconds, _) in own.items():
        theirs = found.get(name.split(",")[0])
        told = f"{1000 * theirs:,.0f}" if theirs else "missing"
        ratio = f"{theirs / seconds:.1f}" if theirs else "–"
        floor = f"{1000 * floors[name]:,.0f}" if name in floors else "–"
        lines.append(f"| {name} | {1000 * seconds:,.0f} | {floor} | {told} | {ratio} |")
    if found:
        both = own["bray-curtis"][0] + own["permanova"][0]
        theirs = found["bray-curtis"] + found["permanova"]
        lines.append(
            f"| Bray–Curtis and PERMANOVA together | {1000 * both:,.0f} | "
            f"{1000 * sum(floors.values()):,.0f} | {1000 * theirs:,.0f} | {theirs / both:.1f} |"
        )
    lines += [
        "",
        "Floor of Bray–Curtis: the same number of comparisons of whole numbers on rows that lie in "
        "the nearest memory, and the same number of single additions for rare taxa. "
        "Floor of PERMANOVA: one matrix product of that size.",
        "",
        "| agreement | largest difference |",
        "|---|---|",
        f"| Bray–Curtis, compiled against NumPy | {np.abs(apart - plain).max():.1e} |",
    ]
    if found:
        row = own["permanova"][1][0]
        ancom = own["ancom-bc"][1]
        lines += [
            f"| Bray–Curtis against scikit-bio | {np.abs(apart - their_apart).max():.1e} |",
            f"| pseudo-F ({row.f:.6f}) against scikit-bio | {abs(row.f - found['f']):.1e} |",
            f"| ANCOM-BC log fold change | {np.abs(ancom.change[0] - their_ancom[:, 0]).max():.1e} |",
            f"| ANCOM-BC standard error | {np.abs(ancom.se[0] - their_ancom[:, 1]).max():.1e} |",
            f"| ANCOM-BC p-value | {np.abs(ancom.p[0] - their_ancom[:, 2]).max():.1e} |",
        ]
        lines += [
            "",
            f"PERMDISP F: {own['permdisp'][1].f:.4f} here, {found['permdisp_f']:.4f} there. scikit-bio leaves "
            "out the axes that are not Euclidean; here they count, as in Anderson 2006.",
        ]
    return [*lines, ""]


def best(do: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Return the shortest of a few runs, and what came of it."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        made = do()
        seconds.append(time.perf_counter() - start)
    return min(seconds), made


def _peer(
    place: Path, taxa: Taxa, groups: np.ndarray, genera: np.ndarray, peers: str
) -> tuple[dict[str, Any], Any, Any]:
    if not peers:
        return {}, None, None
    np.save(place / "counts.npy", taxa.dense())
    np.save(place / "groups.npy", groups.astype(int))
    np.save(place / "genera.npy", genera)
    run = subprocess.run(
        [peers, str(HERE / "peers" / "skbio_gut.py"), str(place)], capture_output=True, text=True
    )
    if run.returncode:
        print(run.stderr[-2000:], file=sys.stderr)
        return {}, None, None
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found, np.load(place / "peer_distances.npy"), np.load(place / "peer_ancom.npy")


@njit(nogil=True, error_model="numpy")
def _near(rows, pairs):
    total = np.uint32(0)
    for pair in range(pairs):
        a, b = rows[pair % 4], rows[4 + pair % 3]
        for k in range(a.size):
            total = np.uint32(total + np.uint32(a[k] if a[k] < b[k] else b[k]))
    return total


@njit(nogil=True, error_model="numpy")
def _single(place, values, times):
    for _ in range(times):
        for k in range(place.size):
            values[place[k]] += k
    return values


def least_floor(taxa: Taxa) -> float:
    """Return how long the comparisons alone take on rows in the nearest memory, in seconds."""
    seen = np.bincount(taxa.columns, minlength=len(taxa.names))
    n, width = len(taxa.samples), int((seen >= kernel.COMMON_FROM).sum())
    rows = np.random.default_rng(0).integers(0, 9, (8, width)).astype(np.uint16)
    pairs = n * (n + 1) // 2 // CORES
    _near(rows, 10)
    with ThreadPoolExecutor(CORES) as pool:
        start = time.perf_counter()
        list(pool.map(lambda _: _near(rows, pairs), range(CORES)))
        common = time.perf_counter() - start
    few = seen[seen < kernel.COMMON_FROM]
    visits = int((few * (few + 1) // 2).sum())
    place = np.random.default_rng(1).integers(0, 4096, 4096)
    values = np.zeros(4096, dtype=np.int64)
    _single(place, values, 1)
    seconds, _ = best(lambda: _single(place, values, -(-visits // 4096)))
    return common + seconds


def product_floor(n: int) -> float:
    """Return how long one product of an n × n and an n × 999 matrix takes, in seconds."""
    rng = np.random.default_rng(0)
    square, columns = rng.normal(size=(n, n)), rng.normal(size=(n, 999))
    return best(lambda: square @ columns, 5)[0]


# ------------------------------------------------------------------ simulated truth


def _truth(worlds: int) -> list[str]:
    return [*_permanova_truth(worlds), *_ancom_truth(max(worlds // 8, 10))]


def _permanova_truth(worlds: int) -> list[str]:
    lines = [
        f"## PERMANOVA: how often p < .05, in {worlds} invented studies of 60 people",
        "",
        "| world | expected | found | standard error |",
        "|---|---|---|---|",
    ]
    plans = {
        "no effect": ({}, "0.05"),
        "no effect, a covariate goes with the group": ({"confounded": True}, "0.05"),
        "the same, covariate not named": ({"confounded": True, "named": False}, "above 0.05"),
        "an effect of half a standard deviation on a tenth of the taxa": ({"effect": 0.5}, "power"),
        "an effect of one standard deviation on a tenth of the taxa": ({"effect": 1.0}, "power"),
        "no effect, but one group varies twice as much": ({"spread": 2.0}, "above 0.05"),
    }
    for name, (plan, expected) in plans.items():
        hits = [permanova_world(seed, **plan) < 0.05 for seed in range(worlds)]
        share = float(np.mean(hits))
        error = (share * (1 - share) / worlds) ** 0.5
        lines.append(f"| {name} | {expected} | {share:.3f} | {error:.3f} |")
    return [*lines, ""]


def permanova_world(
    seed: int,
    effect: float = 0.0,
    confounded: bool = False,
    named: bool = True,
    spread: float = 1.0,
) -> float:
    """Return the p-value of the group in one invented study of 60 people and 100 taxa."""
    rng = np.random.default_rng(seed)
    group = np.repeat([0.0, 1.0], [40, 20])
    age = rng.normal(size=60) + confounded * group
    logs = (
        rng.normal(2, 1.5, 100) + rng.normal(size=(60, 100)) * np.where(group, spread, 1)[:, None]
    )
    logs[:, :10] += effect * group[:, None]
    logs[:, 10:30] += 0.7 * confounded * age[:, None]
    from twofold.lab.gut.table import from_cells

    counts = rng.poisson(np.exp(logs))
    counts[:, 0] += 1
    rows, columns = np.nonzero(counts)
    taxa = from_cells(
        [f"s{i}" for i in range(60)],
        [f"t{i}" for i in range(100)],
        rows,
        columns,
        counts[rows, columns],
    )
    terms = {"age": age[:, None], "group": group[:, None]}
    if not (confounded and named):
        terms.pop("age")
    found = permanova(bray_curtis(taxa), terms, permutations=199, seed=seed, tested=["group"])
    return found[-1].p


def _ancom_truth(worlds: int) -> list[str]:
    lines = [
        f"## Which taxa differ: false discoveries and power, {worlds} invented studies each",
        "",
        "200 taxa, reads drawn from shares at very different depths; q < .05 (Benjamini–Hochberg). "
        "False: the share of the taxa found that do not differ in truth, on average over studies.",
        "",
        "| people | taxa that differ | ANCOM-BC: false | power | bias found (truth) | "
        "log-ratios: false | power | both: false | power |",
        "|" + "---|" * 9,
    ]
    for people in (60, 300):
        for share in (0.0, 0.1, 0.25):
            rows = np.array([ancom_world(seed, people, share) for seed in range(worlds)])
            told = np.array(
                [
                    one[np.isfinite(one)].mean() if np.isfinite(one).any() else np.nan
                    for one in rows.T
                ]
            )
            cells = [f"{one:.3f}" if np.isfinite(one) else "–" for one in told]
            bias = f"{told[2]:+.3f} ({told[3]:+.3f})"
            lines.append(
                f"| {people} | {100 * share:.0f} % | {cells[0]} | {cells[1]} | {bias} | "
                f"{cells[4]} | {cells[5]} | {cells[6]} | {cells[7]} |"
            )
    return [*lines, ""]


def ancom_world(seed: int, people: int, share: float) -> tuple[float, ...]:
    """Return false discoveries and power of each way, and the bias, in one invented study."""
    rng = np.random.default_rng(1000 + seed)
    group = (np.arange(people) % 2).astype(float)
    effect = np.zeros(200)
    changed = rng.permutation(200)[: int(200 * share)]
    effect[changed] = rng.choice([1.0, 1.0, 1.0, -1.0], len(changed)) * rng.uniform(
        1, 2, len(changed)
    )
    logs = rng.normal(4, 1.2, 200) + np.outer(group, effect) + rng.normal(0, 0.8, (people, 200))
    abundance = np.exp(logs)
    depth = rng.lognormal(9.5, 0.6, people)
    counts = rng.poisson(abundance / abundance.sum(axis=1, keepdims=True) * depth[:, None])
    design = with_ones([group[:, None]], people)
    found = ancom_bc(counts, design)
    ratios = log_ratio_fit(counts, design)
    is_true = effect != 0
    seen = false_discovery(found.p[0]) < 0.05
    also = false_discovery(ratios.p()[1]) < 0.05
    fraction = np.log(depth / abundance.sum(axis=1))
    truth = fraction[group == 1].mean() - fraction[group == 0].mean()
    return (
        *_told(seen, is_true),
        found.biases[0].by_em,
        float(truth),
        *_told(also, is_true),
        *_told(seen & also, is_true),
    )


def _told(found: np.ndarray, is_true: np.ndarray) -> tuple[float, float]:
    false = float((found & ~is_true).sum() / max(found.sum(), 1))
    return false, float(found[is_true].mean()) if is_true.any() else float("nan")


if __name__ == "__main__":
    main()
