"""Does a cohort learn that all studies are off together, and harm nobody where they are not?

``python bench/learning.py`` keeps ``docs/learning.md``: people who are asked, and a cohort of others
to learn from, in six worlds. A part of ``make slow`` (its answers are kept, and shared with it),
for when only the learning has changed; about six minutes a seed on a quiet machine.
``--seeds 7101`` asks one seed only.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from truth.__main__ import MORE, PEOPLE, SEEDS  # noqa: E402
from truth.cells import Cell, kept, source  # noqa: E402
from truth.discovery import discovery  # noqa: E402
from truth.table import PAGE, Results, discovered, head  # noqa: E402

WORLDS_ASKED = ("half", "base", "double", "null", "flipped", "wrong_evidence")
DAYS = (365, 90)
WORDS = """
The six worlds in which studies say too much, too little, the wrong or the right thing. What all
studies share is learnt with the single claims (`inference/scoring.py`).
""".strip()


def cells() -> list[Cell]:
    """Give every question."""
    return [
        {"question": "discovery", "world": world, "days": days,
         "people": MORE.get((world, days), PEOPLE[days])}
        for days in DAYS
        for world in WORLDS_ASKED
    ]  # fmt: skip


def main() -> None:
    """Ask all, and keep the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    seeds = tuple(parser.parse_args().seeds)
    results: Results = {}
    now = source()
    for cell in cells():
        for seed in seeds:
            found = kept({**cell, "seed": seed}, discovery, source=now)
            results.setdefault(f"{cell['world']}, {cell['days']} days", []).append(found)
        print(cell, flush=True)
        made = head("What a cohort learns", "python bench/learning.py", seeds)
        text = f"{made}\n{WORDS}\n\n{discovered(results)}"
        (PAGE.parent / "learning.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
