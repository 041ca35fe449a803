"""Many simulated people with known truth: false discoveries, power, coverage, direction.

``make slow`` runs it and keeps the table in ``docs/worlds.md``; with another
number of people, ``python bench/worlds.py PEOPLE``. Some minutes.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "worlds.md"
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
    """Ask every world, print each line as it comes, and keep the table in ``docs/worlds.md``."""
    lines = []
    for name, days, seed, kind in WORLDS:
        lines.append(asked(f"{name}, {days} days", count, days, seed, kind))
        print(lines[-1], flush=True)
    PAGE.write_text("\n".join([*head(count), *lines, ""]), encoding="utf-8")


def asked(name: str, count: int, days: int, seed: int, kind: dict[str, Any]) -> str:
    """Return one row of the table."""
    from models.tally import over, tally, wilson
    from models.worlds import people

    from twofold.knowledge.load import claims

    start = time.perf_counter()
    found = tally(people(claims(), count=count, days=days, seed=seed, **kind), claims())
    low, high = wilson(found.false_claims, found.claims)
    each = 1000 * (time.perf_counter() - start) / count
    said = "; ".join(f"{p:.2f} → {true:.2f} ({n})" for n, p, true in found.bins(EDGES))
    return (
        f"| {name} | {found.onsets / count:.0f} | {found.claims} | {found.false_claims} | "
        f"{low:.2f} – {high:.2f} | {found.people_with_false_claim} | {found.power:.3f} | "
        f"{found.inside / found.intervals:.3f} | {found.inside_likely}/{found.intervals_likely} | "
        f"{over(found.harm_when_not)}; {over(found.harm_when_so)} | "
        f"{over(found.carry_when_not)}; {over(found.carry_when_so)} | {said} | {each:.0f} ms |"
    )


def head(count: int) -> list[str]:
    """Return what stands above the table."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return [
        "# Simulated worlds",
        "",
        f"Made by `make slow` on {dt.date.today().isoformat()}, at commit {commit or 'unknown'}, on",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}.",
        f"{count} people a world, seeds in `bench/worlds.py`; the worlds are in",
        "`tests/models/worlds.py`. One person at a time, priors from the tables only.",
        "",
        "*False*: called clear, and not so; its share stands with the 95 % Wilson interval. *Power*:",
        "share of real effects that are called clear. *Holds*: share of 95 % intervals that hold the",
        "truth, of all and of those with P > .8. *Arrows*: people with P > .8 among those without and",
        "with the effect. *Said*: P(real) on average → share true (how many factors).",
        "",
        "| world | onsets | clear | false | share false | people with a false one | power | holds "
        "| holds, likely | mood→headache: false; true | headache→mood: false; true | said | time |",
        "|" + "---|" * 13,
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
