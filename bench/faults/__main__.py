"""``python bench/faults``: run the campaigns of faults; stopped, it goes on where it was.

``--small`` runs a small version of each and writes no page, ``--json`` prints counts; names of campaigns
(``kills power control`` …) run those alone; ``--list`` names them all;
``--page`` writes ``docs/faults.md`` from what is kept.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from faults import living  # noqa: E402
from faults.campaign import Result, last, progress, run, stop  # noqa: E402
from faults.campaigns import CAMPAIGNS  # noqa: E402
from faults.table import PAGE, as_rows, page  # noqa: E402


def main(words: list[str]) -> int:
    """Run what is asked for, and return 1 when any row is not as it must be."""
    names = [word for word in words if not word.startswith("-")] or list(CAMPAIGNS)
    if unknown := [name for name in names if name not in CAMPAIGNS]:
        print(f"There is no campaign {', '.join(unknown)}; there are {', '.join(CAMPAIGNS)}.")
        return 2
    small = "--small" in words
    if "--list" in words:
        print("\n".join(CAMPAIGNS))
        return 0
    living.make_cheap()
    signal.signal(signal.SIGTERM, lambda *_: stop())
    results = [row for name in names for row in rows_of(name, small, "--page" in words)]
    print(as_json(results) if "--json" in words else as_rows(results))
    complain(row for row in results if not row.is_as_it_must_be)
    if not small:
        PAGE.write_text(page({name: last(name) for name in CAMPAIGNS}), encoding="utf-8")
    return 0 if all(row.is_as_it_must_be for row in results) else 1


def complain(rows: Iterable[Result]) -> None:
    """Say on standard error what is not as it must be."""
    for row in rows:
        for says in row.seen.says[:8] or ["nothing was lost, and a control must lose something"]:
            print(f"  {row.name}: {says}", file=sys.stderr)


def as_json(results: list[Result]) -> str:
    """Return the counts, to be read by a program."""
    rows = [{"name": row.name, "number": row.number, **vars(row.seen)} for row in results]
    return json.dumps(rows)


def rows_of(name: str, small: bool, only_kept: bool) -> list[Result]:
    """Return the rows of one campaign, and keep the page as far as it is."""
    if only_kept:
        return last(name)
    with tempfile.TemporaryDirectory(prefix="twofold-faults-") as folder:
        rows = run(name, CAMPAIGNS[name], small, Path(folder))
    for row in rows:
        progress(f"{row.name}: {row.number} {row.of}, lost {row.seen.lost}, {row.seconds:.0f} s")
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
