"""``make bench``: how long people wait, measured as whole processes.

The things compared take turns, so that a busy machine slows all of them
alike. The table goes to ``docs/benchmarks.md``.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from year import one_year, write_table

from twofold.intake import native

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
TWOFOLD = (str(Path(sys.executable).with_name("twofold")),)
ROUNDS = 9
OTHERS = (
    "Other tables: [the diary on the disk](keeping.md), [its pages](pages.md), [the estimates](speed.md), and",
    "[what others use](against.md). The lab: [Mendelian randomisation](lab-mr.md) and its",
    "[robust methods](lab-mr-robust.md), [genome-wide tables](lab-genetics.md), [trials",
    "together](lab-meta.md), [microbes](lab-gut.md): speed beside other programs in one run, and",
    "how often each method is right in invented worlds.",
    "",
)


@dataclass(frozen=True)
class Measured:
    """Seconds of one command over the rounds."""

    label: str
    seconds: tuple[float, ...]

    @property
    def middle(self) -> float:
        return statistics.median(self.seconds)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reviews = measure(review_commands(folder), cwd=folder)
        starts = measure(start_commands(), cwd=folder)
    demos = measure({"`make demo`, second time": ("make", "-s", "demo")}, cwd=ROOT, rounds=3)
    words = page(reviews, starts, demos)
    PAGE.write_text(words, encoding="utf-8")
    print(words)


def review_commands(folder: Path) -> dict[str, tuple[str, ...]]:
    diary = one_year()
    (folder / "year.json").write_text(native.dump(diary), encoding="utf-8")
    write_table(diary, folder / "table")
    review = (*TWOFOLD, "review")
    return {
        '`python -c "import numpy, scipy.special"`': (
            *(sys.executable, "-c", "import numpy, scipy.special"),
        ),
        "`twofold review` of a year, JSON, as text": (*review, "year.json", "--out", "a.txt"),
        "`twofold review` of a year, JSON, as a page": (*review, "year.json", "--out", "a.html"),
        "`twofold review` of a year, CSV, as text": (*review, "table", "--out", "b.txt"),
        "`twofold review` of a year, CSV, as a page": (*review, "table", "--out", "b.html"),
    }


def start_commands() -> dict[str, tuple[str, ...]]:
    return {
        "`python -c pass`": (sys.executable, "-c", "pass"),
        "`twofold --help`": (*TWOFOLD, "--help"),
    }


def measure(
    commands: dict[str, tuple[str, ...]], *, cwd: Path, rounds: int = ROUNDS
) -> list[Measured]:
    """Run each command once to warm up, then all of them in turn, ``rounds`` times."""
    seconds: dict[str, list[float]] = {label: [] for label in commands}
    for turn in range(rounds + 1):
        for label, command in commands.items():
            took = timed(command, cwd)
            if turn > 0:
                seconds[label].append(took)
    return [Measured(label, tuple(took)) for label, took in seconds.items()]


def timed(command: tuple[str, ...], cwd: Path) -> float:
    # Compiled files may be kept, as they are for everyone who runs a command twice.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    took = time.perf_counter() - begun
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return took


def page(reviews: list[Measured], starts: list[Measured], demos: list[Measured]) -> str:
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured by `make bench` on {dt.date.today()}, at commit {commit()}, on",
            f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}.",
            f"Each row: {ROUNDS} whole processes (3 for `make demo`), after one to warm up.",
            "The year is invented: 365 days, nine of ten written (`bench/year.py`).",
            "",
            "| command | median | fastest – slowest | times the first row of its group |",
            "|---|---|---|---|",
            *(line for group in (reviews, starts, demos) for line in rows(group)),
            "",
            *OTHERS,
        ]
    )


def rows(group: list[Measured]) -> list[str]:
    first = group[0]
    return [
        f"| {one.label} | {one.middle:.2f} s | {min(one.seconds):.2f} – {max(one.seconds):.2f} s "
        f"| {ratio(one, first) if one is not first else '1'} |"
        for one in group
    ]


def ratio(one: Measured, first: Measured) -> str:
    """Give the ratio of the medians, with the smallest and largest ratio within one round."""
    each = [a / b for a, b in zip(one.seconds, first.seconds, strict=True)]
    return f"{one.middle / first.middle:.2f} ({min(each):.2f} – {max(each):.2f})"


def commit() -> str:
    asked = ("git", "describe", "--always", "--dirty", "--exclude=*")
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
