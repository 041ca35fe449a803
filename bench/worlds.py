"""Many simulated people with known truth: false discoveries, power, coverage, direction.

Run from the repository root: ``python bench/worlds.py [PEOPLE]``. Prints one
line for each world; the frozen seeds stand below. Some minutes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

WORLDS: tuple[tuple[str, int, int, dict[str, Any]], ...] = (
    ("base", 90, 7090, {}),
    ("base", 180, 7180, {}),
    ("base", 365, 7365, {}),
    ("half effects", 365, 7366, {"size": 0.5}),
    ("double effects", 180, 7181, {"size": 2.0}),
    ("three in ten against the studies", 365, 7367, {"share_turned": 0.3}),
    ("mood acts the same day", 365, 7368, {"mood_acts_same_day": True}),
    ("null", 180, 7182, {"is_null": True}),
    ("null", 365, 7369, {"is_null": True}),
)
EDGES = (0.0, 0.1, 0.2, 0.5, 0.8, 1.01)


def main(count: int) -> None:
    """Print the table."""
    from models.tally import tally
    from models.worlds import people

    from twofold.knowledge.load import claims

    for name, days, seed, kind in WORLDS:
        start = time.perf_counter()
        found = tally(people(claims(), count=count, days=days, seed=seed, **kind), claims())
        print(found.line(f"{name}, {days} days"))
        bins = "; ".join(
            f"{n}: said {said:.2f} true {true:.2f}" for n, said, true in found.bins(EDGES)
        )
        each = 1000 * (time.perf_counter() - start) / count
        print(f"    P(real): {bins}; {each:.0f} ms a person", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
