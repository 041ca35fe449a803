"""How fast the estimation is, and how near to what this machine can do at all.

``make bench`` runs it and keeps ``docs/speed.md``. Everything compared is
measured in one run, the things in turns, so that a busy machine slows all alike.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = (
    "1"  # the floor is measured a core at a time, as the kernel runs
)

import datetime as dt
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src")]

from truth.cohorts import tables  # noqa: E402
from worlds import WORLDS, simulate  # noqa: E402

from twofold.daytable import DayTables  # noqa: E402
from twofold.inference.engine import fit  # noqa: E402
from twofold.inference.many import fit_many, groups  # noqa: E402
from twofold.inference.onset import onset_equation  # noqa: E402
from twofold.inference.rows import estimate  # noqa: E402
from twofold.knowledge.load import claims  # noqa: E402

PAGE = ROOT / "docs" / "speed.md"
ROUNDS = 7
PEOPLE = 1500
MATRIX = 768
MEMORY_PEOPLE = (500, 2000, 8000)
CORES = os.cpu_count() or 1
Timed = dict[str, list[float]]


def main() -> None:
    """Measure, print and keep."""
    lines = [*_head(), *_speed(), *_memory()]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def in_turns(things: dict[str, Callable[[], object]]) -> Timed:
    """Time each thing in every round, after one round that is not counted."""
    seconds: Timed = {name: [] for name in things}
    for turn in range(ROUNDS + 1):
        for name, do in things.items():
            start = time.perf_counter()
            do()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def _speed() -> list[str]:
    lines = [
        "## People a second, and one person",
        "",
        "| days | people a second, onset equation (columns made and fitted) | one person, fitted | "
        "one person, columns and fit | matrix product, billion multiply-adds a second | "
        "arithmetic of the fits, share of it |",
        "|" + "---|" * 6,
    ]
    return [*lines, *(_one_length(days) for days in (90, 365)), ""]


def _one_length(days: int) -> str:
    asked = tables(simulate(WORLDS["base"], people=PEOPLE, days=days, seed=515))
    told = claims()
    person = simulate(WORLDS["base"], people=8, days=days, seed=516)
    tens = [person.table(i) for i in range(8)]
    ready = [estimate(onset_equation(one, told)) for one in tens]
    rows = [(one.matrix(one.equation.rows), one.equation.y[None], one.prior) for one in ready]
    left, right = (np.ones((MATRIX, MATRIX), np.float32) for _ in range(2))
    seconds = in_turns({
        "many": lambda: fit_many(asked, told),
        "fit": lambda: [fit(x, y, prior=p, likelihood="logistic") for x, y, p in rows],
        "whole": lambda: [estimate(onset_equation(one, told)) for one in tens],
        "floor": lambda: _products(left, right),
    })  # fmt: skip
    best = {name: statistics.median(one) for name, one in seconds.items()}
    floor = CORES * MATRIX**3 / best["floor"]
    done = _multiply_adds(fit_many(asked, told).rows) / best["many"]
    return (
        f"| {days} | {PEOPLE / best['many']:,.0f} | {1e3 * best['fit'] / 8:.1f} ms | "
        f"{1e3 * best['whole'] / 8:.1f} ms | {floor / 1e9:.0f} | {done / floor:.0%} |"
    )


def _products(left: np.ndarray, right: np.ndarray) -> None:
    """Multiply one matrix a core, at the same time."""
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda _: left @ right, range(CORES)))


def _multiply_adds(rows: np.ndarray, columns: int = 34, turns: float = 7.0) -> float:
    """Return about how many multiply-adds the fits need: normal matrix, spreads, factor, inverse."""
    n = rows.astype(float)
    return float((turns * (n * columns**2 + columns**3 / 3)).sum())


def _memory() -> list[str]:
    peaks = {people: _peak(people) for people in MEMORY_PEOPLE}
    told = "; ".join(f"{people:,} people: {peak:.0f} MB" for people, peak in peaks.items())
    return [
        "## Memory",
        "",
        "Highest resident memory of a process that asks so many people of 90 days, a group at a",
        f"time as they are read: {told}.",
    ]


def _peak(people: int) -> float:
    """Return the highest resident memory, in MB, of a fresh process."""
    command = [sys.executable, str(HERE / "speed.py"), "--ask", str(people)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout) / 1024


def _ask(people: int) -> None:
    """Ask the same 500 people again and again, as if they were read from a disk."""
    asked: DayTables = tables(simulate(WORLDS["base"], people=500, days=90, seed=517))
    for _ in range(people // 500):
        for _fits in groups(asked, claims()):
            pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _head() -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return [
        "# Speed of the estimation",
        "",
        f"Made by `make bench` on {dt.date.today().isoformat()}, at commit {commit or 'unknown'}, on",
        f"{CORES} cores, Python {platform.python_version()}, {platform.system()}; medians of "
        f"{ROUNDS} rounds, in turns.",
        "",
    ]


if __name__ == "__main__":
    _ask(int(sys.argv[2])) if "--ask" in sys.argv else main()
