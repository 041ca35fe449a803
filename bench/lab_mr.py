"""How fast and how right Mendelian randomisation is, beside other programs in one run.

``python bench/lab_mr.py --peers PYTHON`` measures, simulates and keeps ``docs/lab-mr.md``;
``PYTHON`` is an interpreter that has the other programs (or ``TWOFOLD_PEERS``). What is
missing is said to be missing. A simulation that was cut short goes on where it stopped
(``--kept FILE``).
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
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src"), str(ROOT / "tests")]

from models.lab_mr_cases import simulated  # noqa: E402

from twofold.lab.mr.closed_form import egger, everything, ivw  # noqa: E402
from twofold.lab.mr.likelihood import maximum_likelihood  # noqa: E402
from twofold.lab.mr.median import medians  # noqa: E402
from twofold.lab.mr.mode import mode  # noqa: E402
from twofold.lab.mr.pairs import pairs  # noqa: E402

PAGE = ROOT / "docs" / "lab-mr.md"
EXPOSURES, SNPS, ROUNDS, WORLDS = 10_000, 30, 7, 2_000
BOOTSTRAPPED, DRAWS = 300, 200
GOALS = {"closed": (30, 90, None), "median": (None, 10, 5), "mode": (None, 10, 5)}
PROGRAMS = ("pymr-genetics", "genal", "pytwosamplemr")
SCENARIOS = {
    "none": {},
    "balanced, all SNPs": {"invalid": 1.0, "spread": 0.02},
    "directional, all SNPs": {"invalid": 1.0, "mean": 0.02, "spread": 0.004},
    "directional, 3 of 10 SNPs": {"invalid": 0.3, "mean": 0.03, "spread": 0.01},
}


def main() -> None:
    """Measure, simulate, print and keep."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--peers", default=os.environ.get("TWOFOLD_PEERS", ""))
    asked.add_argument("--worlds", type=int, default=WORLDS)
    asked.add_argument("--kept", type=Path, help="a file that keeps finished simulations")
    given = asked.parse_args()
    truth = _truth(given.worlds, given.kept)
    lines = [*_head(), *_speed(given.peers), *truth]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _head() -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    day = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        "# Mendelian randomisation: how fast, and how right",
        "",
        f"`python bench/lab_mr.py`, {day} UTC, commit {commit}; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {os.cpu_count()} cores, load average at the start {load}.",
        "A loaded machine slows every row; compare rows of this one run.",
        "",
    ]


# ------------------------------------------------------------------ speed


def least(
    do: Callable[[], Any], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the least milliseconds of some rounds, after one that is not counted."""
    do()
    found = []
    for _ in range(rounds):
        start = clock()
        do()
        found.append((clock() - start) * 1e3)
    return min(found)


def _speed(interpreter: str) -> list[str]:
    four = simulated(1, EXPOSURES, snps=SNPS, effect=0.3)
    one = pairs(*(column[0] for column in four))
    ours = {
        "closed": least(lambda: _closed(four)) / EXPOSURES,
        "median": least(lambda: medians(one)),
        "mode": least(lambda: mode(one)),
    }
    floors = {
        "closed": least(lambda: _sums(four)) / EXPOSURES, "median": least(_drawn_and_sorted),
        "mode": least(_kernels),
    }  # fmt: skip
    whole = least(lambda: _all_closed(four))
    alone = least(lambda: _all_closed(four), clock=time.process_time)
    peers = _peers(interpreter, four)
    rows = [_row(task, ours[task], floors[task], peers) for task in ours]
    return [
        f"## Speed: {SNPS} SNPs, milliseconds an exposure",
        "",
        "| task | here | floor | " + " | ".join(PROGRAMS) + " | ratios |",
        "|" + "---|" * (4 + len(PROGRAMS)),
        *rows,
        "",
        f"Every closed form (IVW fixed and random, MR-Egger, Q, intercept, p-values, F, I²_GX, Steiger, "
        f"leave-one-out) of {EXPOSURES:,} exposures × {SNPS} SNPs: {whole / 1e3:.3f} s on the clock (goal"
        f" 0.05 s), {alone / 1e3:.3f} s of processor time on {os.cpu_count()} cores.",
        "Closed = IVW, MR-Egger, Q, intercept and their p-values. The row of medians works out all three"
        " medians from the same 1,000 draws; other programs work out the weighted one. Floors: the"
        " weighted sums alone; drawing and sorting 1,000 × 30 ratios; the kernels of 1,000 × 30 × 59"
        " places. R's TwoSampleMR is not installed here.",
        *(f"{name}: {said}" for name, said in _missing(peers)),
        "",
        *_agreement(four, peers),
        "",
    ]


def _closed(four: tuple[np.ndarray, ...]) -> None:
    for start in range(0, EXPOSURES, 512):
        data = pairs(*(one[start : start + 512] for one in four))
        first, line = ivw(data), egger(data)
        _ = first.p, first.q_p, line.slope.p, line.intercept_p


def _all_closed(four: tuple[np.ndarray, ...]) -> None:
    found = everything(*four, n_exposure=1e5, n_outcome=2e5)
    first, line = found.ivw, found.egger
    _ = first.p, first.p_fixed, first.q_p, line.slope.p, line.slope.q_p, line.intercept_p


def _sums(four: tuple[np.ndarray, ...]) -> None:
    bx, _, by, sy = four
    for start in range(0, EXPOSURES, 512):
        x, y, s = (one[start : start + 512] for one in (bx, by, sy))
        w = 1 / (s * s)
        wx = w * x
        for first, second in ((wx, x), (wx, y), (w, x), (w, y), (w * y, y)):
            np.einsum("es,es->e", first, second)


def _drawn_and_sorted() -> None:
    noise = np.random.default_rng(1).standard_normal((2, 1_000, SNPS))
    np.sort(noise[0] / noise[1], -1)


def _kernels() -> None:
    np.exp(np.ones((1_000, 2 * SNPS - 1, SNPS), dtype=np.float32))


def _peers(interpreter: str, four: tuple[np.ndarray, ...]) -> dict[str, Any]:
    if not interpreter:
        return {name: {"missing": "no interpreter was named (--peers)"} for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "effects.npz"
        np.savez(
            path,
            **{name: one[:100] for name, one in zip(("bx", "sx", "by", "sy"), four, strict=True)},
        )
        command = [interpreter, str(HERE / "peers" / "lab_mr_peers.py"), str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return {name: {"missing": done.stderr.strip().splitlines()[-1]} for name in PROGRAMS}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _row(task: str, ours: float, floor: float, peers: dict[str, Any]) -> str:
    theirs = [peers[name].get(task, {}).get("ms") for name in PROGRAMS]
    shown = " | ".join("–" if ms is None else f"{ms:,.3f}" for ms in theirs)
    ratios = ", ".join("–" if ms is None else f"{ms / ours:,.0f}×" for ms in theirs)
    return f"| {task} | {ours:.4f} | {floor:.4f} | {shown} | {ratios} |"


def _missing(peers: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (name, f"missing: {one['missing']}") for name, one in peers.items() if "missing" in one
    ]
    for name, one in peers.items():
        failed = [(task, value["failed"]) for task, value in one.items() if "failed" in value]
        found += [(name, f"{task} failed: {why}") for task, why in failed if task != "missing"]
    return found


def _agreement(four: tuple[np.ndarray, ...], peers: dict[str, Any]) -> list[str]:
    """Compare the closed forms of the first exposure."""
    data = pairs(*(one[:1] for one in four))
    want = [ivw(data).b[0], egger(data).slope.b[0], ivw(data).q[0]]
    lines = ["Largest relative difference of IVW, MR-Egger and Q of one exposure:"]
    for name in PROGRAMS:
        numbers = peers[name].get("closed", {}).get("numbers")
        if numbers:
            far = max(abs(a / b - 1) for a, b in zip(numbers, want, strict=False))
            lines.append(f"{name} {far:.1e};")
    return [" ".join(lines)]


# ------------------------------------------------------------------ truth


def _truth(worlds: int, kept: Path | None) -> list[str]:
    known: dict[str, Any] = {}
    if kept is not None and kept.exists():
        known = json.loads(kept.read_text(encoding="utf-8"))
    rows = []
    for number, (name, how) in enumerate(SCENARIOS.items()):
        key = f"{name}, {worlds}"
        if key not in known:
            known[key] = _scenario(100 + number, worlds, how)
            if kept is not None:
                kept.write_text(json.dumps(known), encoding="utf-8")
        for method, (alarm, inside, bias, count) in known[key].items():
            rows.append(
                f"| {name} | {method} | {alarm:.3f} | {inside:.3f} | {bias:+.3f} | {count:,} |"
            )
    return [
        "## Truth: false alarms and coverage",
        "",
        f"{SNPS} SNPs, mean F about 400, SE of the outcome 0.01; pleiotropy independent of the instruments'"
        " strength. False alarms: share of p < .05 where the effect is 0 (0.05 is right). Coverage: share of"
        " 95 % intervals that hold the effect where it is 0.3 (0.95 is right). Bias: mean estimate − 0.3.",
        f"Medians and modes: {DRAWS} bootstraps each.",
        "",
        "| pleiotropy | method | false alarms | coverage | bias | replicates |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def _scenario(seed: int, worlds: int, how: dict[str, float]) -> dict[str, list[float]]:
    null = simulated(seed, worlds, snps=SNPS, effect=0.0, **how)
    real = simulated(seed + 50, worlds, snps=SNPS, effect=0.3, **how)
    found: dict[str, list[float]] = {}
    zero, some = _estimates(null), _estimates(real)
    for method, (b, se, p) in some.items():
        reach = 1.96 if method != "MR-Egger" else 2.0484  # t with 28 degrees of freedom
        inside = float(np.mean(np.abs(b - 0.3) < reach * se))
        alarm = float(np.mean(zero[method][2] < 0.05))
        found[method] = [alarm, inside, float(b.mean() - 0.3), len(p)]
    return found


def _estimates(four: tuple[np.ndarray, ...]) -> dict[str, tuple[np.ndarray, ...]]:
    data = pairs(*four)
    first, line, best = ivw(data), egger(data), maximum_likelihood(data)
    found = {
        "IVW, fixed effect": (first.b, first.se_fixed, first.p_fixed),
        "IVW, random effects": (first.b, first.se, first.p),
        "MR-Egger": (line.slope.b, line.slope.se, line.slope.p),
        "Maximum likelihood": (best.b, best.se, best.p),
    }
    rows = min(BOOTSTRAPPED, len(four[0]))
    every = [pairs(*(one[row] for one in four)) for row in range(rows)]
    three = [medians(one, draws=DRAWS) for one in every]
    for kind in ("simple", "weighted", "penalised"):
        found[f"{kind} median"] = _columns([one[kind] for one in three])  # type: ignore[index]
    for kind in ("simple", "weighted"):
        found[f"{kind} mode"] = _columns([mode(one, kind, draws=DRAWS) for one in every])  # type: ignore[arg-type]
    return found


def _columns(some: list[Any]) -> tuple[np.ndarray, ...]:
    return tuple(np.array([getattr(one, name) for one in some]) for name in ("b", "se", "p"))


if __name__ == "__main__":
    main()
