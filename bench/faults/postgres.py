"""kill -9 with PostgreSQL as the store: of the writer, and of the server itself."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults import living
from faults.campaign import Result, is_stopped, progress, turns
from faults.child import Child
from faults.cluster import Cluster
from faults.kills import one_kill
from faults.looking import Seen, look, opened
from faults.telling import Teller, heard

SEED = 5432
MOST_ROUNDS = 50
LIVES = (
    living.writes_on, living.writes_on, living.writes_on, living.opens_and_closes, living.erases,
    living.backs_up,
)  # fmt: skip


def writer(small: bool, folder: Path) -> list[Result]:
    """Kill a writer to PostgreSQL."""
    with _cluster(folder) as cluster:
        return [_writers(cluster, 12 if small else 900, folder / "writers")]


def server(small: bool, folder: Path) -> list[Result]:
    """Kill PostgreSQL under a writer."""
    with _cluster(folder) as cluster:
        return [_servers(cluster, 2 if small else 110, folder / "servers")]


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def _served(address: str) -> Iterator[None]:
    os.environ["TWOFOLD_DATABASE"] = address
    try:
        yield
    finally:
        del os.environ["TWOFOLD_DATABASE"]


def _begin(base: Path) -> None:
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    child = Child(living.begins, base, base / "said", words=base / "words").go()
    assert child.wait() == 0, child.last_words


def _writers(cluster: Cluster, number: int, base: Path) -> Result:
    seen, rng, done = Seen(), random.Random(SEED), 0
    for life in range(0, number, MOST_ROUNDS):
        if is_stopped():
            break
        with _served(cluster.fresh(f"life_{life}")):
            _begin(base)
            for turn in turns(min(number - life, MOST_ROUNDS)):
                done += 1
                seen.add(
                    one_kill(base, rng.choice(LIVES), rng.random() * 0.2, waits=rng.random() < 0.8)
                )
                progress(
                    f"PostgreSQL, writer: {life + turn + 1} of {number}, lost {seen.lost}", every=10
                )
    how = "kill -9 of a program that writes to PostgreSQL (writing, opening, erasing, backing up)"
    return Result("PostgreSQL: kill -9 of the writer", how, done, "kills", seen)


def _servers(cluster: Cluster, number: int, base: Path) -> Result:
    seen, rng, failed, done = Seen(), random.Random(SEED + 1), 0, 0
    with _served(cluster.fresh("servers")):
        _begin(base)
        for turn in turns(number):
            done += 1
            found, errors = _one_server(cluster, base, rng.random() * 0.4)
            seen.add(found)
            failed += errors
            progress(f"PostgreSQL, server: {turn + 1} of {number}, lost {seen.lost}", every=10)
    how = "kill -9 of the PostgreSQL server under a writer, which goes on when it is back"
    more = f"{failed} writes were refused meanwhile, each with a sentence and a remedy."
    return Result("PostgreSQL: kill -9 of the server", how, done, "kills", seen, more=[more])


def _one_server(cluster: Cluster, base: Path, after: float) -> tuple[Seen, int]:
    said = base / "said"
    before = heard(said)
    child = Child(writes_through, base, said, words=base / "words").go()
    _wait_for(child, lambda: len(heard(said).acked) > len(before.acked))
    time.sleep(after)
    cluster.kill()
    cluster.start()
    acked = len(heard(said).acked)
    goes_on = _wait_for(child, lambda: len(heard(said).acked) > acked + 3)
    child.kill()
    told = heard(said)
    seen = look(base / "home", told)
    if not goes_on:
        seen.unclear += 1
        seen.says.append(
            "the writer did not go on when the server was back: " + child.last_words[-120:]
        )
    new = told.errors[len(before.errors) :]
    seen.unclear += len(new)
    seen.says += new[:2]
    return seen, told.failures - before.failures


def _wait_for(child: Child, is_so, seconds: float = 60.0) -> bool:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while time.monotonic() < until and not child.is_over():
        if is_so():
            return True
        time.sleep(0.02)
    return False


def writes_through(base: Path, said: Path) -> None:
    """Write on and on, whatever happens to the server; what failed is tried again."""
    teller, told = Teller(said), heard(said)
    store = opened(base / "home", told)
    for number in itertools.count(living.next_number(told)):
        person = told.author(number)
        while not living.try_to_write(store, teller, person, number):
            time.sleep(0.05)
