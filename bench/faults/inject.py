"""A full disk and a failing one: system calls that return ENOSPC or EIO, and then recover."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from faults import living, plan
from faults.campaign import Result, progress, turns
from faults.child import Child, Strace
from faults.looking import Seen, look
from faults.telling import Teller, heard
from twofold.errors import TwofoldError
from twofold.store.store import Store

SEED = 28
FULL = ("pwrite64", "write", "ftruncate", "rename")
FAILING = ("fsync", "fdatasync", "pwrite64", "pread64", "ftruncate", "rename", "unlink")
MOST = {"pwrite64": 150, "write": 8, "fsync": 60, "fdatasync": 60, "pread64": 60}


def full_disk(small: bool, folder: Path) -> list[Result]:
    """Let a disk be full at any moment, and then have room again."""
    how = (
        "ENOSPC from a random system call on, until space is back and all that failed is tried "
        "again, or until the writer is killed"
    )
    return [_campaign("full disk (ENOSPC)", how, "ENOSPC", FULL, 8 if small else 120, folder)]


def small_disk(small: bool, folder: Path) -> list[Result]:
    """Fill a small disk in memory to the last byte; no rows where none may be mounted."""
    place = folder / "small"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place))
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        return []
    try:
        return [_filled(place, folder, 1 if small else 20)]
    finally:
        subprocess.run(("umount", "-l", str(place)), check=True)


def failing_disk(small: bool, folder: Path) -> list[Result]:
    """Let a disk report errors, once or for a while."""
    how = (
        "EIO from a random sync, write, read or rename, once or until it recovers, or until the "
        "writer is killed"
    )
    return [_campaign("failing disk (EIO)", how, "EIO", FAILING, 8 if small else 120, folder)]


def _campaign(
    name: str, how: str, error: str, calls: tuple[str, ...], number: int, folder: Path
) -> Result:
    rng, seen, failed, done = random.Random(SEED), Seen(), 0, 0
    for turn in turns(number):
        done += 1
        base = folder / "base"
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir()
        call = calls[turn % len(calls)]
        first = rng.randint(1, MOST.get(call, 10))
        fault = f"{call}:error={error}:when={first}{'+' if rng.random() < 0.6 else ''}"
        is_new, dies = rng.random() < 0.3, rng.random() < 0.25
        found, errors = one_fault(base, fault, is_new=is_new, dies=dies)
        seen.add(found)
        failed += errors
        progress(f"{name}: {turn + 1} of {number}, lost {seen.lost}", every=10)
    more = f"{failed} requests were refused, each with a sentence and a remedy."
    return Result(name, how, done, "faults", seen, more=[more])


def one_fault(base: Path, fault: str, *, is_new: bool, dies: bool) -> tuple[Seen, int]:
    """Let one writer meet one fault and recover, or be killed while it lasts.

    Returns what is left, and how much failed.
    """
    said, words = base / "said", base / "words"
    if not is_new:
        child = Child(living.begins, base, said, words=words).go()
        assert child.wait() == 0, child.last_words
    child = Child(meets_fault, base, said, words=words, pauses=True)
    call = fault.split(":")[0]
    tracer = Strace(
        ("strace", "-e", f"trace={call}", "-e", f"inject={fault}"), child.pid, Path(os.devnull)
    )
    child.go()
    _wait_for_pause(child, said)
    if dies:
        child.kill()
    tracer.leave()
    if not child.is_over():
        child.go()
    status = child.wait()
    return _judged(base, said, status, child, fault)


def _judged(base: Path, said: Path, status: int, child: Child, fault: str) -> tuple[Seen, int]:
    told = heard(said)
    seen = look(base / "home", told)
    if status not in (0, -9):
        seen.unclear += 1
        seen.says.append(f"{fault}: the writer died: {child.last_words[-160:]}")
    seen.unclear += len(told.errors)
    seen.says += [f"{fault}: {words[:120]}" for words in told.errors[:2]]
    if not seen.is_good:
        seen.says.append(f"after {fault}")
    return seen, told.failures


def _wait_for_pause(child: Child, said: Path, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not child.is_over():
        if said.exists() and b'["begin", "pause"]' in said.read_bytes():
            return
        time.sleep(0.01)


def meets_fault(base: Path, said: Path, pause: Callable[[], object]) -> None:
    """Live with a fault, pause until it is over, and try again what failed."""
    teller, told = Teller(said), heard(said)
    life = _Life(base, teller, told.secrets[-1] if told.is_made else plan.PASSPHRASES[0])
    life.is_made = told.is_made
    people = list(told.people)
    life.under_fault(people)
    teller.begin("pause")
    pause()
    life.afterwards(people)


class _Life:
    """One writer that does not give up."""

    def __init__(self, base: Path, teller: Teller, secret: str) -> None:
        self.base, self.folder, self.teller, self.secret = base, base / "home", teller, secret
        self.is_made = False
        self.store: Store | None = None
        self.left: list[tuple[str, int]] = []
        self.numbers = itertools.count(1000)

    def under_fault(self, people: list[str]) -> None:
        self._open()
        if self.store is None:
            return
        if not people:
            self._one("person", lambda: people.append(self._person()))
        for _ in range(12):
            self._write_next(people)
        self._one("checkpoint", lambda: living.checkpoint(self._there))
        self._one(
            "backup", lambda: living.back_up(self._there, self.teller, self.base / "a.backup")
        )
        self._one("passphrase", self._change_passphrase)
        self._one("person", lambda: people.append(self._person()))
        for _ in range(6):
            self._write_next(people)

    def afterwards(self, people: list[str]) -> None:
        """All is well again: nothing may fail now, in the same process."""
        if self.store is None:
            self._open(must=True)
        if not people:
            people.append(self._person())
        for person, number in self.left:
            living.write(self._there, self.teller, person, number)
        for _ in range(5):
            living.write(self._there, self.teller, people[0], next(self.numbers))
        self._there.close()

    def _open(self, *, must: bool = False) -> None:
        def do() -> None:
            if not self.is_made and not living.opening.is_there(self.folder):
                self.store = living.create(self.folder, self.teller)
            else:
                self.store = living.opened(self.folder, heard(self.teller.path))
            self.is_made = True

        if must:
            do()
        else:
            self._one("open", do)

    @property
    def _there(self) -> Store:
        assert self.store is not None
        return self.store

    def _person(self) -> str:
        return living.add_person(self._there, self.teller, "Eve")

    def _change_passphrase(self) -> None:
        secrets = heard(self.teller.path).secrets
        living.change_passphrase(self.folder, self.teller, secrets[-1], plan.PASSPHRASES[2])

    def _write_next(self, people: list[str]) -> None:
        for person in people[:1]:
            number = next(self.numbers)
            if not living.try_to_write(self._there, self.teller, person, number):
                self.left.append((person, number))

    def _one(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:
            is_clear = isinstance(error, TwofoldError)
            self.teller.failed("other", what, f"{what}: {type(error).__name__}: {error}", is_clear)


def _filled(place: Path, folder: Path, number: int) -> Result:
    seen, done, failed = Seen(), 0, 0
    rng = random.Random(SEED)
    for turn in turns(number):
        done += 1
        for one in place.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        said, words = folder / f"said-{turn}", folder / "words"
        child = Child(fills, place, said, rng.randint(0, 4096), words=words, pauses=True).go()
        _wait_for_pause(child, said)
        (place / "ballast").unlink(missing_ok=True)
        if not child.is_over():
            child.go()
        found, errors = _judged(place, said, child.wait(), child, "a full disk of 16 MB")
        seen.add(found)
        failed += errors
    how = "a disk of 16 MB (tmpfs), filled to the last byte while writing, then given room again"
    more = f"{failed} requests were refused, each with a sentence and a remedy."
    return Result("full disk (16 MB)", how, done, "full disks", seen, more=[more])


def fills(base: Path, said: Path, more: int, pause: Callable[[], object]) -> None:
    """Write until the disk is full, and on; then go on when there is room again."""
    teller = Teller(said)
    store = living.create(base / "home", teller)
    person = living.add_person(store, teller, "Ada")
    with suppress(OSError):
        stat = os.statvfs(base)
        ballast = base / "ballast"
        ballast.write_bytes(bytes(max(0, stat.f_bavail * stat.f_frsize - 300_000 - more)))
    left = [n for n in range(150) if not living.try_to_write(store, teller, person, n)]
    teller.begin("pause")
    pause()
    for number in [*left, *range(150, 160)]:
        living.write(store, teller, person, number)
    store.close()
