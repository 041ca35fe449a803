"""kill -9 at random moments: while writing, creating, moving the log, backing up, erasing …"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from faults import living
from faults.campaign import Result, progress
from faults.child import Child
from faults.looking import Seen, look, look_at_backup, look_by_recovery_key
from faults.telling import Told, heard

SEED = 9001
LIVES: dict[str, tuple[int, Callable[[Path, Path], None]]] = {
    "writing": (30, living.writes_on),
    "creating the store": (15, living.creates),
    "moving the log into the database": (10, living.checkpoints),
    "backing up": (15, living.backs_up),
    "changing the passphrase": (10, living.changes_passphrase),
    "erasing a person": (10, living.erases),
    "opening and closing": (10, living.opens_and_closes),
}
"""What is killed, and how often of a hundred times."""
MOST_ROUNDS = 25
LONGEST = 0.25


def kills(small: bool, folder: Path) -> list[Result]:
    """Kill a writer again and again; after each kill the store must hold all it promised."""
    number, seen, killed = (50 if small else 1050), Seen(), Counter[str]()
    rng = random.Random(SEED)
    rounds = [name for name, (share, _) in LIVES.items() for _ in range(number * share // 100)]
    rounds += ["writing"] * (number - len(rounds))
    rng.shuffle(rounds)
    base = folder / "life"
    for turn, name in enumerate(rounds):
        if turn % MOST_ROUNDS == 0 or not (base / "said").exists():
            _new_life(base)
        place = folder / "fresh" if name == "creating the store" else base
        if place != base:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        seen.add(one_kill(place, LIVES[name][1], rng.random() * LONGEST))
        killed[name] += 1
        progress(f"kills: {turn + 1} of {number}, lost {seen.lost}", every=10)
    how = "kill -9 of a writing process at a random moment, then opened, compared and checked"
    more = "Killed while " + ", ".join(f"{name} ({n})" for name, n in killed.most_common()) + "."
    return [Result("kill -9", how, number, "kills", seen, more=[more])]


def _new_life(base: Path) -> None:
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    child = Child(living.begins, base, base / "said", words=base / "words").go()
    assert child.wait() == 0, child.last_words


def one_kill(base: Path, do: Callable[[Path, Path], None], after: float) -> Seen:
    """Let a writer live for ``after`` seconds, kill it, and look."""
    said, words = base / "said", base / "words"
    child = Child(do, base, said, words=words).go()
    time.sleep(after)
    status = child.kill()
    told = heard(said)
    seen = look(base / "home", told)
    if told.is_made:
        look_by_recovery_key(base / "home", told, seen)
    if status != -9:
        seen.unclear += 1
        seen.says.append("the writer ended by itself: " + child.last_words[-120:])
        words.unlink(missing_ok=True)
    for name in sorted(told.backups)[-1:]:
        if (base / name).exists():
            _look_at_backups(base, told, name, seen)
    return seen


def _look_at_backups(base: Path, told: Told, name: str, seen: Seen) -> None:
    found = look_at_backup(base / name, base / "restored", told, told.backups[name])
    found.acked = 0  # the same entries are not counted twice
    seen.add(found)
    for path in base.glob("*.backup*"):
        path.unlink()
