"""Damage: bytes flipped, blanked or cut off in every file of a diary.

Whatever happens to the files, one of these must hold: nothing that a person would see
has changed; the store refuses and says where; ``check()`` finds it. What may not be is
a diary that opens, is called well, and tells something else than what was written.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faults import living
from faults.campaign import Result, progress, turns
from faults.child import Child
from faults.looking import Seen, look, look_at_backup, look_by_recovery_key
from faults.telling import Teller, Told, heard
from twofold.store import log_gap

SEED = 77
CLOSED, KILLED = "closed", "killed"
DATABASE, LOG, KEYS, BACKUP = "home/diary.db", "home/diary.db-wal", "home/keys.json", "it.backup"


@dataclass(frozen=True)
class Target:
    """What is damaged: a file of one of the two lives, as often as ``number`` says."""

    name: str
    life: str
    path: str
    number: int
    is_end: bool = False


TARGETS = (
    Target("diary.db", CLOSED, DATABASE, 400),
    Target("diary.db after kill -9", KILLED, DATABASE, 100),
    Target("diary.db-wal after kill -9", KILLED, LOG, 400),
    Target("the end of diary.db-wal", KILLED, LOG, 100, is_end=True),
    Target("keys.json", CLOSED, KEYS, 400),
    Target("a backup", CLOSED, BACKUP, 200),
)


def flips(small: bool, folder: Path) -> list[Result]:
    """Damage each file, again and again, and open the diary."""
    whole = folder / "whole"
    for name, do in (("closed", lives_and_closes), ("killed", lives_and_dies)):
        (whole / name).mkdir(parents=True)
        child = Child(do, whole / name, whole / name / "said", words=folder / "words").go()
        assert child.wait() in (0, -9), child.last_words
    rng = random.Random(SEED)
    return [_damaged(one, small, whole, folder / "now", rng) for one in TARGETS]


def _damaged(target: Target, small: bool, whole: Path, now: Path, rng: random.Random) -> Result:
    seen, ends = Seen(), Counter[str]()
    number = max(5, target.number // 27) if small else target.number
    told = heard(whole / target.life / "said")
    for turn in turns(number):
        shutil.rmtree(now, ignore_errors=True)
        shutil.copytree(whole / target.life, now)
        how = _damage(now / target.path, target, rng)
        end = _end(found := _look(target, now, told))
        ends[end] += 1
        seen.add(_counted(found, end, f"{target.name}, {how}"))
        progress(f"damage of {target.name}: {turn + 1} of {number}, {dict(ends)}", every=10)
    more = ", ".join(f"{count} {end}" for end, count in ends.most_common()) + "."
    how = "one bit, one byte or a run of bytes changed, blanked or cut off at a random place"
    if target.is_end:
        how = "the log cut off, or damaged in its last write or in the record that ends the one before: **a known limit**, after a crash this cannot be told from a power cut"
    name = f"damage: {target.name}"
    return Result(name, how, ends.total(), "damages", seen, is_limit=target.is_end, more=[more])


def _look(target: Target, now: Path, told: Told) -> Seen:
    fresh = Told(**{**vars(told), "secrets": list(told.secrets)})
    if target.path == BACKUP:
        return look_at_backup(now / BACKUP, now / "restored", fresh, fresh.backups[BACKUP])
    found = look(now / "home", fresh)
    if target.path == KEYS and found.is_good:
        look_by_recovery_key(now / "home", fresh, found)
    return found


def _end(found: Seen) -> str:
    if found.is_good:
        return "changed nothing that is kept"
    if found.refused:
        return "refused with a sentence"
    if found.crashed:
        return "ended in an error without a remedy"
    return "found by the check" if found.unwell else "NOT NOTICED"


def _counted(found: Seen, end: str, how: str) -> Seen:
    """Return what counts against the store: damage that nobody is told of."""
    counted = Seen(acked=found.acked)
    if end == "NOT NOTICED":
        counted.lost, counted.torn = found.lost, found.torn
        counted.wrong, counted.doubled = max(found.wrong, not found.lost), found.doubled
        counted.says = [f"{how}: not noticed: {'; '.join(found.says)[:120]} (lost {found.lost})"]
    elif end == "ended in an error without a remedy":
        counted.unclear, counted.says = 1, [f"{how}: {'; '.join(found.says)[:200]}"]
    return counted


def _damage(path: Path, target: Target, rng: random.Random) -> str:
    content = bytearray(path.read_bytes())
    first, last = 0, len(content)
    if target.path == LOG:
        end = _end_of_last_but_one(bytes(content))
        first, last = (end, last) if target.is_end else (0, end)
    at = rng.randrange(first, last)
    if target.path == LOG and not target.is_end and rng.random() < 0.1:
        at = rng.randrange(64)  # the log's own head, and that of its first record
    how: dict[str, Callable[[], None]] = {
        "a bit": lambda: content.__setitem__(at, content[at] ^ (1 << rng.randrange(8))),
        "a byte": lambda: content.__setitem__(at, (content[at] + rng.randrange(1, 256)) % 256),
        "512 bytes blanked": lambda: _put(content, at, bytes(512), last),
        "4,096 bytes changed": lambda: _put(content, at, rng.randbytes(4096), last),
        "cut off": lambda: content.__delitem__(slice(at, None)),
    }
    weights = (40, 30, 10, 10, 0 if target.path == LOG and not target.is_end else 10)
    name = rng.choices(list(how), weights)[0]
    if target.is_end and name == "cut off":
        at = rng.randrange(len(content))
    how[name]()
    path.write_bytes(content)
    return f"{name} at {at}"


def _end_of_last_but_one(log: bytes) -> int:
    """Return where the record stands that ends the last write but one."""
    return list(log_gap.ends(log, log[16:24]))[-2]


def _put(content: bytearray, at: int, data: bytes, last: int) -> None:
    size = min(len(data), last - at)
    content[at : at + size] = data[:size]


def lives_and_closes(base: Path, said: Path) -> None:
    """Leave a diary with three people, a backup and an empty log."""
    teller = Teller(said)
    store = living.create(base / "home", teller)
    people = [living.add_person(store, teller, label) for label in ("Ada", "Ben", "Cleo")]
    for number in range(60):
        living.write(store, teller, people[number % 3], number)
    living.back_up(store, teller, base / "it.backup")
    store.close()


def lives_and_dies(base: Path, said: Path) -> None:
    """Leave a diary half in the database and half in the log."""
    teller = Teller(said)
    store = living.create(base / "home", teller)
    people = [living.add_person(store, teller, label) for label in ("Ada", "Ben")]
    for number in range(40):
        living.write(store, teller, people[number % 2], number)
    living.checkpoint(store)
    for number in range(40, 60):
        living.write(store, teller, people[number % 2], number)
    os.kill(os.getpid(), signal.SIGKILL)
