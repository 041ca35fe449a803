"""Damage: bytes flipped, blanked or cut off in every file of a diary.

Whatever happens to the files, one of these must hold: nothing that a person would see
has changed; the store refuses and says where; ``check()`` finds it. What may not be is
a diary that opens, is called well, and tells something else than what was written.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from faults import living
from faults.campaign import Result, progress
from faults.child import Child
from faults.looking import Seen, look, look_at_backup
from faults.telling import Teller, Told, heard

SEED = 77
NUMBER = {"diary.db": 900, "diary.db, after kill -9": 300, "diary.db-wal": 900, "keys.json": 900, "a backup": 500}
PLACE = {
    "diary.db": "closed/home/diary.db",
    "diary.db, after kill -9": "killed/home/diary.db",
    "diary.db-wal": "killed/home/diary.db-wal",
    "keys.json": "closed/home/keys.json",
    "a backup": "closed/it.backup",
}


def flips(small: bool, folder: Path) -> list[Result]:
    """Damage each file, again and again, and open the diary."""
    whole = folder / "whole"
    for name, do in (("closed", lives_and_closes), ("killed", lives_and_dies)):
        (whole / name).mkdir(parents=True)
        child = Child(do, whole / name, whole / name / "said", words=folder / "words").go()
        assert child.wait() in (0, -9), child.last_words
    rng = random.Random(SEED)
    return [
        _damaged(file, max(12, number // 40) if small else number, whole, folder / "now", rng)
        for file, number in NUMBER.items()
    ]


def _damaged(file: str, number: int, whole: Path, now: Path, rng: random.Random) -> Result:
    seen, ends = Seen(), Counter[str]()
    life, _, path = PLACE[file].partition("/")
    told = heard(whole / life / "said")
    for turn in range(number):
        shutil.rmtree(now, ignore_errors=True)
        shutil.copytree(whole / life, now)
        how = _damage(now / path, rng)
        found = _look(file, now, told)
        end = _end(found)
        ends[end] += 1
        seen.add(_counted(found, end, f"{file}, {how}"))
        progress(f"damage of {file}: {turn + 1} of {number}, {dict(ends)}", every=10)
    more = ", ".join(f"{count} {end}" for end, count in ends.most_common()) + "."
    how = "one bit, one byte or a run of bytes changed, blanked or cut off at a random place"
    return Result(f"damage: {file}", how, number, "damages", seen, more=[more.capitalize()])


def _look(file: str, now: Path, told: Told) -> Seen:
    fresh = Told(**{**vars(told), "secrets": list(told.secrets)})
    if file == "a backup":
        found = look_at_backup(now / "it.backup", now / "restored", fresh, fresh.backups["it.backup"])
        return found
    return look(now / "home", fresh)


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


def _damage(path: Path, rng: random.Random) -> str:
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    if path.name.endswith("-wal") and rng.random() < 0.1:
        at = rng.randrange(64)  # the log's own head, and that of its first frame
    how: dict[str, Callable[[], None]] = {
        "a bit": lambda: content.__setitem__(at, content[at] ^ (1 << rng.randrange(8))),
        "a byte": lambda: content.__setitem__(at, (content[at] + rng.randrange(1, 256)) % 256),
        "512 bytes blanked": lambda: _put(content, at, bytes(512)),
        "4,096 bytes changed": lambda: _put(content, at, rng.randbytes(4096)),
        "cut off": lambda: content.__delitem__(slice(at, None)),
    }
    name = rng.choices(list(how), weights=(40, 30, 10, 10, 10))[0]
    how[name]()
    path.write_bytes(content)
    return f"{name} at {at}"


def _put(content: bytearray, at: int, data: bytes) -> None:
    content[at : at + len(data)] = data[: len(content) - at]


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
    import os
    import signal

    teller = Teller(said)
    store = living.create(base / "home", teller)
    people = [living.add_person(store, teller, label) for label in ("Ada", "Ben")]
    for number in range(40):
        living.write(store, teller, people[number % 2], number)
    living.checkpoint(store)
    for number in range(40, 60):
        living.write(store, teller, people[number % 2], number)
    os.kill(os.getpid(), signal.SIGKILL)

