"""A campaign of faults and what came of it, kept so that a run can go on where it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
import itertools
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from faults.looking import Seen

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / ".cache" / "faults"
SOURCES = ("src/twofold/store", "src/twofold/people")
SHARED = ("child", "living", "looking", "plan", "telling")


@dataclass
class Result:
    """What one row of the table says.

    Parameters
    ----------
    name, how : str
        Which campaign, and what it does in one sentence.
    number : int
        How many faults, or images, or writes.
    of : str
        What is counted in ``number``.
    seen : Seen
        All looks together.
    is_control : bool
        This one must lose something: it shows that the campaign can see a loss.
    is_limit : bool
        A known limit: counted and shown, and more cannot be asked of it.
    more : tuple of str
        Sentences to stand below the table.
    """

    name: str
    how: str
    number: int
    of: str
    seen: Seen = field(default_factory=Seen)
    is_control: bool = False
    is_limit: bool = False
    more: list[str] = field(default_factory=list)
    seconds: float = 0.0
    commit: str = ""
    date: str = ""
    machine: str = ""
    is_small: bool = False
    is_short: bool = False

    @property
    def is_as_it_must_be(self) -> bool:
        """Nothing was lost; of a control: something was, and its tale was believed."""
        return self.seen.lost > 0 if self.is_control else self.is_limit or self.seen.is_good


Campaign = Callable[[bool, Path], list[Result]]
"""Takes whether the run is small and an empty folder, and returns its rows."""


def run(name: str, campaign: Campaign, small: bool, folder: Path) -> list[Result]:
    """Return the kept results of this very source, or make and keep them now."""
    kept = KEPT / f"{name}{'-small' if small else ''}.json"
    digest = source(campaign)
    if not small and (found := _kept(kept, digest)) and not any(row.is_short for row in found):
        progress(f"{name}: kept from {found[0].date}, commit {found[0].commit}")
        return found
    if is_stopped():
        return _kept(kept, None)
    begun, commit = time.monotonic(), _commit()
    results = campaign(small, folder)
    for result in results:
        result.seconds = result.seconds or time.monotonic() - begun
        result.commit, result.is_small, result.is_short = commit, small, _STOPPED
        result.date, result.machine = dt.date.today().isoformat(), _machine()
    KEPT.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    kept.write_text(json.dumps({"source": digest, "rows": rows}, indent=1), encoding="utf-8")
    return results


def last(name: str) -> list[Result]:
    """Return what is kept of a full campaign, from whichever source."""
    return _kept(KEPT / f"{name}.json", None)


def source(campaign: Campaign) -> str:
    """Return a hash of everything that decides a result."""
    own = Path(inspect.getfile(campaign))
    paths = [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.py"))]
    paths += [own, *(own.with_name(f"{name}.py") for name in SHARED)]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _kept(path: Path, digest: str | None) -> list[Result]:
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    if digest is not None and found["source"] != digest:
        return []
    return [Result(**{**row, "seen": Seen(**row["seen"])}) for row in found["rows"]]


def _commit() -> str:
    command = ("git", "rev-parse", "--short", "HEAD")
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "–"


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {platform.machine()}, Python {platform.python_version()}, Linux"


_STOPPED = False


def stop() -> None:
    """Have every campaign end after its present turn, with what it has found so far."""
    global _STOPPED
    _STOPPED = True


def is_stopped() -> bool:
    """Whether campaigns are to end."""
    return _STOPPED


def turns(number: int) -> Iterator[int]:
    """Count the turns of a campaign until it is done or told to stop."""
    return itertools.takewhile(lambda turn: not _STOPPED, range(number))


_LAST = 0.0


def progress(words: str, *, every: float = 0.0) -> None:
    """Say on standard error how far it is, at most once in ``every`` seconds."""
    global _LAST
    if time.monotonic() - _LAST >= every:
        _LAST = time.monotonic()
        print(f"{dt.datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)
