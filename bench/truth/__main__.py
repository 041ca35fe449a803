"""``python -m truth`` in ``bench``: ask every world; stopped, it goes on where it was.

``--small`` asks a few people and prints; ``--page`` writes what is kept so far.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from truth.ahead import ahead  # noqa: E402
from truth.arrows import arrows  # noqa: E402
from truth.cells import Cell, kept, source  # noqa: E402
from truth.discovery import discovery  # noqa: E402
from truth.table import PAGE, Results, page  # noqa: E402

SEEDS = (7101, 7102, 7103)
# Enough for 400 clear factors over the three seeds, or 20,000 people.
PEOPLE = {90: 6700, 180: 2500, 365: 700}
MORE = {("half", 365): 6700, ("sparse", 365): 2500}
WORLDS_ASKED = (
    "base", "null", "half", "double", "flipped", "wrong_evidence", "mnar_none", "mnar_strong",
    "prodrome", "drift", "sparse", "threshold", "interaction", "two_day_lag", "probit_tails",
)  # fmt: skip
MAKE = {"discovery": discovery, "ahead": ahead, "arrows": arrows}


def cells(small: bool) -> Iterator[Cell]:
    """Give every question, the most important first."""
    for days in (365, 180, 90):
        for world in WORLDS_ASKED:
            people = 100 if small else MORE.get((world, days), PEOPLE[days])
            yield {"question": "discovery", "world": world, "days": days, "people": people}
        if days != 180:
            people = 40 if small else 1000
            yield {"question": "ahead", "world": "base", "days": days, "people": people}
            people = 10 if small else 200
            yield {"question": "arrows", "world": "base", "days": days, "people": people}


def main(*, small: bool, only_page: bool) -> None:
    """Ask, seed after seed, and keep the page."""
    results: dict[str, Results] = {name: {} for name in MAKE}
    now = source()
    for seed in SEEDS[:1] if small else SEEDS:
        for cell in cells(small):
            start = time.perf_counter()
            asked = {**cell, "seed": seed}
            found = kept(asked, MAKE[cell["question"]] if not only_page else _not_yet, source=now)
            if found:
                name = f"{cell['world']}, {cell['days']} days"
                results[cell["question"]].setdefault(name, []).append(found)
            print(asked, f"{time.perf_counter() - start:.0f} s", flush=True)
            if not small and found:
                PAGE.write_text(page(**results, seeds=SEEDS), encoding="utf-8")
    if small:
        print(page(**results, seeds=SEEDS))


def _not_yet(cell: Cell) -> Cell:
    return {}


if __name__ == "__main__":
    main(small="--small" in sys.argv, only_page="--page" in sys.argv)
