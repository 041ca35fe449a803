"""What the writers do with a store before the fault comes. Each runs in a child."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  so that a child need not load it
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from faults import plan
from faults.looking import CHEAP, opened
from faults.telling import Teller, Told, heard
from twofold.errors import TwofoldError
from twofold.store import engine as engines
from twofold.store import opening, restoring, upgrading
from twofold.store.store import Store

OLDEST = "0001"
RECEIVED = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)


def make_cheap() -> None:
    """Have this process lock new key rings with little work, and write each SQL text once."""
    opening.COST = CHEAP
    SQLiteDialect_pysqlite.__hash__ = lambda self: 1  # type: ignore[method-assign,assignment]
    SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    make = sa.create_engine
    texts: LRUCache[Any, Any] = LRUCache(2000)

    def make_with_texts(*args: Any, **options: Any) -> sa.Engine:
        engine = make(*args, **options)
        engine._compiled_cache = texts
        return engine

    sa.create_engine = make_with_texts


@contextmanager
def at(folder: Path, told: Told, *, synchronous: str = "FULL") -> Iterator[Store]:
    """Open a store as its writer; ``synchronous`` weakens it, for the control alone."""
    store = opening.open_store(folder, told.secrets[-1])
    if synchronous != "FULL":
        weaken(store, synchronous)
    try:
        yield store
    finally:
        store.close()


def weaken(store: Store, synchronous: str) -> None:
    """Have the store's connections promise more than they keep."""

    @sa.event.listens_for(store.engine, "connect")
    def _on_connect(connection: object, record: object) -> None:
        connection.execute(f"PRAGMA synchronous = {synchronous}")  # type: ignore[attr-defined]

    store.engine.dispose()


def create(folder: Path, teller: Teller) -> Store:
    teller.begin("create", plan.PASSPHRASES[0])
    store, recovery = opening.create(folder, plan.PASSPHRASES[0], cost=CHEAP)
    teller.done("create", recovery)
    return store


def add_person(store: Store, teller: Teller, label: str) -> str:
    person = store.add_person(label, zone="Europe/Berlin")
    teller.done("person", person.id)
    return person.id


def write(store: Store, teller: Teller, person: str, number: int, seed: int = plan.SEED) -> None:
    changes = plan.group(number, person, seed=seed)
    teller.begin("group", seed, number, person)
    store.write(person, changes, received=RECEIVED)
    teller.done("group", seed, number)


def try_to_write(
    store: Store, teller: Teller, person: str, number: int, seed: int = plan.SEED
) -> bool:
    """Write, and tell whether it was kept; a failure must be one that a person can mend."""
    try:
        write(store, teller, person, number, seed)
    except Exception as error:
        is_clear = isinstance(error, TwofoldError)
        teller.failed("group", seed, number, f"{type(error).__name__}: {error}", is_clear)
        return False
    return True


def checkpoint(store: Store) -> None:
    """Have everything moved from the log into the database, as SQLite does now and then."""
    with engines.outside_transactions(store.engine) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def back_up(store: Store, teller: Teller, path: Path) -> None:
    teller.begin("backup", path.name)
    store.backup(path)
    teller.done("backup", path.name)


def change_passphrase(folder: Path, teller: Teller, old: str, new: str) -> None:
    teller.begin("passphrase", new)
    opening.change_passphrase(folder, old, new)
    teller.done("passphrase")


def erase(store: Store, teller: Teller, person: str) -> None:
    teller.begin("erase", person)
    store.erase(person)
    teller.done("erase", person)


# One life, for the trace.


def whole_life(base: Path, said: Path, writes: int, synchronous: str = "FULL") -> None:
    """Live through everything a store does, in the folder ``base / "home"``."""
    teller, folder = Teller(said), base / "home"
    numbers = itertools.count()
    old, new = plan.PASSPHRASES[:2]
    store = create(folder, teller)
    if synchronous != "FULL":
        weaken(store, synchronous)
    people = [add_person(store, teller, label) for label in ("Ada", "Ben")]

    def some(share: float, who: list[str] = people) -> None:
        for number in itertools.islice(numbers, max(2, int(writes * share))):
            write(store, teller, who[number % len(who)], number)

    some(0.3)
    checkpoint(store)
    some(0.15)
    back_up(store, teller, base / "first.backup")
    some(0.05)
    change_passphrase(folder, teller, old, new)
    some(0.1)
    third = add_person(store, teller, "Cleo")
    some(0.1, [third])
    erase(store, teller, third)
    some(0.1)
    store.close()
    told = heard(said)
    with at(folder, told, synchronous=synchronous) as store:
        some(0.2)
        back_up(store, teller, base / "second.backup")


# Lives that begin where another one ended.


def begins_old(base: Path, said: Path) -> None:
    """Make a store as the first Twofold made it, with a few writes."""
    newest = upgrading.upgrade
    upgrading.upgrade = lambda connection, revision=OLDEST: newest(connection, revision)  # type: ignore[misc]
    begins(base, said)
    upgrading.upgrade = newest


def begins_with_backup(base: Path, said: Path) -> None:
    """Make a store, write, back it up and write on."""
    begins(base, said)
    teller, told = Teller(said), heard(said)
    with _open(base, told) as store:
        for number in range(6):
            write(store, teller, told.author(number), number)
        back_up(store, teller, base / "it.backup")
        for number in range(6, 10):
            write(store, teller, told.author(number), number)


def restores(base: Path, said: Path) -> None:
    """Put the backup back, and write on for ever."""
    _restore(base, said)
    writes_on(base, said)


def _restore(base: Path, said: Path) -> None:
    teller, told = Teller(said), heard(said)
    teller.begin("restore", "it.backup")
    restoring.restore(base / "it.backup", base / "home", told.secrets[-1])
    teller.done("restore")


def migrating_life(base: Path, said: Path, writes: int, synchronous: str) -> None:
    """Open a store of the first schema, and write."""
    begins_old(base, said)
    writes_on(base, said, most=writes)


def restoring_life(base: Path, said: Path, writes: int, synchronous: str) -> None:
    """Put a backup back, and write."""
    begins_with_backup(base, said)
    _restore(base, said)
    writes_on(base, said, most=writes)


# Lives that end by kill -9: each does one thing again and again.


def next_number(told: Told) -> int:
    """Return the number of the first write that was never begun."""
    return max((number for seed, number in told.groups if seed == plan.SEED), default=-1) + 1


def writes_on(base: Path, said: Path, most: int = 1_000_000) -> None:
    teller, told = Teller(said), heard(said)
    first = next_number(told)
    with _open(base, told) as store:
        for number in range(first, first + most):
            write(store, teller, told.author(number), number)


def creates(base: Path, said: Path) -> None:
    teller = Teller(said)
    store = create(base / "home", teller)
    person = add_person(store, teller, "Ada")
    for number in range(1000):
        write(store, teller, person, number)


def checkpoints(base: Path, said: Path) -> None:
    _between(base, said, lambda store, teller, told, turn: checkpoint(store))


def backs_up(base: Path, said: Path) -> None:
    def do(store: Store, teller: Teller, told: Told, turn: int) -> None:
        back_up(store, teller, base / f"{turn % 3}-{next_number(told)}.backup")

    _between(base, said, do)


def changes_passphrase(base: Path, said: Path) -> None:
    def do(store: Store, teller: Teller, told: Told, turn: int) -> None:
        here = plan.PASSPHRASES.index(told.secrets[-1])
        new = plan.PASSPHRASES[(here + 1) % len(plan.PASSPHRASES)]
        change_passphrase(base / "home", teller, told.secrets[-1], new)
        told.secrets.append(new)

    _between(base, said, do)


def erases(base: Path, said: Path) -> None:
    def do(store: Store, teller: Teller, told: Told, turn: int) -> None:
        person = add_person(store, teller, f"guest {turn}")
        for number in range(4):
            write(store, teller, person, number, seed=len(told.people) * 10_000 + turn)
        erase(store, teller, person)

    _between(base, said, do)


def opens_and_closes(base: Path, said: Path) -> None:
    teller, told = Teller(said), heard(said)
    for number in itertools.count(next_number(told)):
        with _open(base, told) as store:
            write(store, teller, told.author(number), number)


Turn = Callable[[Store, Teller, Told, int], None]


def _between(base: Path, said: Path, do: Turn) -> None:
    """Do something between any two writes, for ever."""
    teller, told = Teller(said), heard(said)
    with _open(base, told) as store:
        for turn, number in enumerate(itertools.count(next_number(told))):
            write(store, teller, told.author(number), number)
            do(store, teller, told, turn)


@contextmanager
def _open(base: Path, told: Told) -> Iterator[Store]:
    store = opened(base / "home", told)
    try:
        yield store
    finally:
        store.close()


def begins(base: Path, said: Path) -> None:
    """Make a store with two people, and close it."""
    teller = Teller(said)
    store = create(base / "home", teller)
    for label in ("Ada", "Ben"):
        add_person(store, teller, label)
    store.close()
