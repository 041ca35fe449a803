"""What keeping an entry costs, beside a bare commit that is forced to the same disk.

``python bench/keeping.py`` keeps ten invented years, then logs one entry and commits one bare
row in turns, so that a busy machine or disk slows both alike; it keeps ``docs/keeping.md``.
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
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src")]

from pages import DAYS, NOW, PASSPHRASE, TODAY  # noqa: E402

from twofold.store import engine as engines  # noqa: E402
from twofold.store.entry import Change  # noqa: E402
from twofold.store.opening import open_store  # noqa: E402
from twofold.store.store import Store  # noqa: E402

PAGE = ROOT / "docs" / "keeping.md"
TURNS = 600
SEALED = 300
"""Bytes of the bare row: about what a sealed dose takes."""


def main() -> None:
    """Measure, print and keep."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "diary"
        count, seconds = filled(folder)
        opening, store = timed(lambda: open_store(folder, PASSPHRASE, database=""))
        with store:
            lines = [
                *head(),
                *logging(store, Path(place)),
                *reading(store, count, seconds, opening),
            ]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def filled(folder: Path) -> tuple[int, float]:
    """Keep the ten years in a process of its own, whose memory is not counted."""
    code = f"from pages import fill; from pathlib import Path; print(*fill(Path({str(folder)!r})))"
    paths = os.pathsep.join((str(HERE), str(ROOT / "src")))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    count, seconds = done.stdout.split()
    return int(count), float(seconds)


def logging(store: Store, place: Path) -> list[str]:
    """Log an entry and commit a bare row, in turns."""
    person = store.people()[0].id
    bare = bare_commit(place / "bare.db")
    kept, rows = [], []
    for turn in range(TURNS):
        kept.append(timed(lambda n=turn: store.write(person, [dose(n)], received=NOW))[0])
        rows.append(timed(bare)[0])
    return [
        f"| {TURNS} of each, in turns | median, ms | p99, ms | slowest, ms |",
        "|---|---|---|---|",
        row("a bare commit: one row, encrypted, forced to the disk", rows),
        row("logging an entry: sealed, with its history, forced to the disk", kept),
        "",
        f"Logging an entry takes **{median(kept) / median(rows):.2f} ×** a bare commit in the median, "
        f"**{p99(kept) / p99(rows):.2f} ×** at p99.",
        "",
    ]


def reading(store: Store, count: int, seconds: float, opening: float) -> list[str]:
    """Read the ten years, first and again."""
    person = store.people()[0].id
    before = memory()
    first, _ = timed(lambda: store.diary(person, today=TODAY))
    after = memory()
    again = statistics.median(timed(lambda: store.diary(person, today=TODAY))[0] for _ in range(9))
    store.write(person, [dose(0)], received=NOW)
    one_more, _ = timed(lambda: store.diary(person, today=TODAY))
    check, health = timed(store.check)
    assert health.is_well, health
    size = (store.folder / "diary.db").stat().st_size
    return [
        f"| {DAYS:,} days, {count:,} entries | |",
        "|---|---|",
        f"| adding them all | {seconds:.1f} s |",
        f"| the file | {size / 2**20:.0f} MiB |",
        f"| opening the diary with its passphrase (argon2id, 64 MiB) | {1e3 * opening:.0f} ms |",
        f"| the whole diary, first | {1e3 * first:.0f} ms, {after - before:.0f} MiB more memory |",
        f"| the whole diary, again | {1e3 * again:.1f} ms |",
        f"| the whole diary, after one more entry | {1e3 * one_more:.0f} ms |",
        f"| `twofold check`: every byte, every entry opened | {check:.1f} s |",
        "",
    ]


def dose(turn: int) -> Change:
    """One dose, as a phone would write it."""
    when = {"day": str(TODAY), "time": f"{turn // 60 % 24:02}:{turn % 60:02}", "offset_minutes": 60}
    body = {"when": when, "name": "sumatriptan", "purpose": "acute", "count": 1}
    return Change(str(uuid.uuid4()), str(uuid.uuid4()), "dose", body, NOW, "Europe/Berlin")


def bare_commit(path: Path) -> Callable[[], None]:
    """Return what commits one row to an encrypted file of its own, with the same settings."""
    engine = engines.embedded(path, os.urandom(32))
    with engines.outside_transactions(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE bare (n INTEGER PRIMARY KEY, body BLOB)")
    raw: Any = engine.raw_connection().driver_connection

    def commit() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO bare (body) VALUES (?)", (os.urandom(SEALED),))
        raw.execute("COMMIT")

    return commit


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = do()
    return time.perf_counter() - begun, done


def row(name: str, times: list[float]) -> str:
    figures = (median(times), p99(times), max(times))
    return f"| {name} | " + " | ".join(f"{1e3 * one:.2f}" for one in figures) + " |"


def median(times: list[float]) -> float:
    return statistics.median(times)


def p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]


def memory() -> float:
    """Return how much memory this process holds now, in MiB."""
    pages_held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages_held * os.sysconf("SC_PAGE_SIZE") / 2**20


def head() -> list[str]:
    return [
        "# What keeping an entry costs",
        "",
        f"Measured by `make bench` on {dt.date.today():%-d %B %Y}: Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, in one run. An encrypted "
        "file on a local disk; an entry counts as kept when the disk says that it has it.",
        "",
    ]


if __name__ == "__main__":
    main()
