"""Random on/off schedules of two devices over a real server: ``python bench/schedules.py [n]``.

Prints how many things were done, and how many of them were lost or doubled.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from web.conftest import PASSPHRASE, begin, start, stop  # noqa: E402
from web.schedules import count, run  # noqa: E402


def main(many: int = 1000) -> int:
    """Run the schedules, print the table, and fail where anything was lost or doubled."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        server = start(Path(place) / "diary")
        try:
            begin(server)
            done, waiting = run(server.url, PASSPHRASE, 1, many)
        finally:
            stop(server)
        table = count(server.folder, PASSPHRASE, done, waiting)
    print("\n".join(table.lines()))
    print(f"seconds                            {time.monotonic() - began:>8,.0f}")
    return 1 if table.lost or table.doubled or table.waiting else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
