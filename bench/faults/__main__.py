"""``python bench/faults``: run the campaigns of faults; stopped, it goes on where it was.

``--small`` runs a small version of each and writes no page; names of campaigns
(``kills power control`` …) run those alone; ``--list`` names them all;
``--page`` writes ``docs/faults.md`` from what is kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from faults import living  # noqa: E402
from faults.campaign import Result, last, progress, run  # noqa: E402
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
    results = [row for name in names for row in rows_of(name, small, "--page" in words)]
    print(as_rows(results))
    for row in results:
        for words_ in row.seen.says[:8] if not row.is_control else ():
            print(f"  {row.name}: {words_}")
    if not small:
        PAGE.write_text(page({name: last(name) for name in CAMPAIGNS}), encoding="utf-8")
    return 0 if all(row.is_as_it_must_be for row in results) else 1


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
