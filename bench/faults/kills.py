"""kill -9 at random moments: while writing, creating, moving the log, backing up, erasing …"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from faults import living
from faults.campaign import Result, progress, turns
from faults.child import Child
from faults.looking import Seen, look, look_at_backup, look_by_recovery_key
from faults.telling import Told, heard

SEED = 9001
Life = Callable[[Path, Path], None]
LIVES: dict[str, tuple[int, Life]] = {
    "writing": (30, living.writes_on),
    "creating the store": (12, living.creates),
    "moving the log into the database": (10, living.checkpoints),
    "backing up": (10, living.backs_up),
    "changing the passphrase": (8, living.changes_passphrase),
    "erasing a person": (10, living.erases),
    "opening and closing": (8, living.opens_and_closes),
    "migrating an old schema": (6, living.writes_on),
    "restoring a backup": (6, living.restores),
}
"""What is killed, and how often of a hundred times."""
FRESH: dict[str, Life | None] = {
    "creating the store": None,
    "migrating an old schema": living.begins_old,
    "restoring a backup": living.begins_with_backup,
}
"""What begins anew each time, and from which life."""
MOST_ROUNDS = 25
LONGEST = 0.25


def kills(small: bool, folder: Path) -> list[Result]:
    """Kill a writer again and again; after each kill the store must hold all it promised."""
    number, seen, killed, rounds = (50 if small else 1050), Seen(), Counter[str](), 0
    rng = random.Random(SEED)
    order = _rounds(number, rng)
    for turn in turns(number):
        name = order[turn]
        if name in FRESH:
            base = folder / "fresh"
            _begin_anew(base, folder / name, FRESH[name])
        else:
            base = folder / "life"
            if rounds % MOST_ROUNDS == 0:
                _live(base, living.begins)
            rounds += 1
        seen.add(one_kill(base, LIVES[name][1], rng.random() * LONGEST, waits=rng.random() < 0.8))
        killed[name] += 1
        progress(f"kills: {turn + 1} of {number}, lost {seen.lost}", every=10)
    how = "kill -9 of a writing process at a random moment, then opened, compared and checked"
    more = "Killed while " + ", ".join(f"{name} ({n})" for name, n in killed.most_common()) + "."
    return [Result("kill -9", how, killed.total(), "kills", seen, more=[more])]


def _rounds(number: int, rng: random.Random) -> list[str]:
    rounds = [name for name, (share, _) in LIVES.items() for _ in range(number * share // 100)]
    rounds += ["writing"] * (number - len(rounds))
    rng.shuffle(rounds)
    return rounds


def _begin_anew(base: Path, template: Path, life: Life | None) -> None:
    shutil.rmtree(base, ignore_errors=True)
    if life is None:
        base.mkdir()
        return
    if not template.exists():
        _live(template, life)
    shutil.copytree(template, base)


def _live(base: Path, life: Life) -> None:
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    child = Child(life, base, base / "said", words=base / "words").go()
    assert child.wait() == 0, child.last_words


def one_kill(base: Path, do: Life, after: float, *, waits: bool = False) -> Seen:
    """Let a writer live for ``after`` seconds, kill it, and look.

    ``waits``: its time begins when it has told something.
    """
    said, words = base / "said", base / "words"
    told_before = said.stat().st_size if said.exists() else 0
    child = Child(do, base, said, words=words).go()
    while waits and not child.is_over():
        if said.exists() and said.stat().st_size > told_before:
            break
        time.sleep(0.002)
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
        if (base / name).exists() and do is living.backs_up:
            _look_at_backups(base, told, name, seen)
    return seen


def _look_at_backups(base: Path, told: Told, name: str, seen: Seen) -> None:
    found = look_at_backup(base / name, base / "restored", told, told.backups[name])
    found.acked = 0  # the same entries are not counted twice
    seen.add(found)
    for path in list(base.glob("*.backup*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
