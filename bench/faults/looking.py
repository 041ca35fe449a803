"""Whether a store holds all that its writer told the world, and nothing else."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from faults import plan
from faults.telling import Told
from twofold.errors import TwofoldError, WrongKey
from twofold.store import locks, opening, restoring
from twofold.store.entry import Change
from twofold.store.store import Store

CHEAP = locks.Cost(rounds=1, memory=8, lanes=1)
"""Of argon2id: the campaigns open a store ten thousand times, and its strength is not asked here."""


@dataclass
class Seen:
    """What one look at one store found; several add up.

    ``acked`` entries were looked for; ``lost`` of them were not there; ``doubled``
    were there twice, ``torn`` writes only in part, ``wrong`` with another content.
    ``unwell``: what ``check()`` complained of. ``unclear``: an error where there must be
    none, ``refused`` when it names a remedy and ``crashed`` when it does not. ``says``
    tells in words what went wrong.
    """

    acked: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    wrong: int = 0
    unwell: int = 0
    unclear: int = 0
    refused: int = 0
    crashed: int = 0
    says: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether all is as it was promised."""
        return not (
            self.lost or self.doubled or self.torn or self.wrong or self.unwell or self.unclear
        )

    def fails(self, error: Exception, where: str = "") -> None:
        """Count an error that stood in the way of looking."""
        self.unclear += 1
        self.refused += isinstance(error, TwofoldError)
        self.crashed += not isinstance(error, TwofoldError)
        self.says.append(where + _words(error))

    def add(self, other: Seen) -> None:
        """Count another look, too; only the first of its sentences are kept."""
        for name, value in vars(other).items():
            if name != "says":
                setattr(self, name, getattr(self, name) + value)
        self.says += other.says[: max(0, 20 - len(self.says))]


def look(folder: Path, told: Told, *, database: str | None = None) -> Seen:
    """Open a store as a person would after the fault, and compare it with what was told."""
    seen = Seen(acked=sum(len(changes_of(told, one)) for one in told.acked))
    try:
        if not told.is_made:
            _look_at_beginning(folder, told, seen, database)
        else:
            with_store(folder, told, lambda store: _compare(store, told, seen), database)
    except Exception as error:
        seen.lost = seen.acked
        seen.fails(error)
    return seen


def look_by_recovery_key(folder: Path, told: Told, seen: Seen) -> None:
    """Ask, too, whether the printed recovery key still opens it, whatever the passphrase is."""
    try:
        opening.open_store(folder, told.recovery).close()
    except Exception as error:
        seen.fails(error, "the recovery key: ")


def with_store(folder: Path, told: Told, use: Any, database: str | None = None) -> Any:
    """Open with whichever passphrase may hold now, and close again."""
    store = opened(folder, told, database)
    try:
        return use(store)
    finally:
        store.close()


def opened(folder: Path, told: Told, database: str | None = None) -> Store:
    """Open with whichever passphrase may hold now: a change of it may have been cut short."""
    refusal = None
    for secret in reversed(told.secrets):
        try:
            store = opening.open_store(folder, secret, database=database)
        except WrongKey as error:
            refusal = error
            continue
        told.secrets[:] = [one for one in told.secrets if one != secret] + [secret]
        return store
    raise refusal or WrongKey("no passphrase is known.")


def _look_at_beginning(folder: Path, told: Told, seen: Seen, database: str | None) -> None:
    """Before the first promise there may be nothing, but then a new start must succeed."""
    if opening.is_there(folder):
        with_store(folder, told, lambda store: _compare(store, told, seen), database)
        return
    store, _ = opening.create(folder, plan.PASSPHRASES[0], database=database, cost=CHEAP)
    _compare(store, Told(), seen)
    store.close()


def _compare(store: Store, told: Told, seen: Seen) -> None:
    there = _changes(store)
    expected = {one: changes_of(told, one) for one in told.groups}
    ids = Counter(there)
    for one, changes in expected.items():
        if told.groups[one] in told.erasing:
            continue
        _count(changes, ids, one in told.acked, seen)
    _no_strangers(store, told, ids, expected, seen)
    _contents(store, told, there, expected, seen)
    health = store.check()
    if not health.is_well:
        seen.unwell += 1
        seen.says += list(health.says)[:2]


def changes_of(told: Told, one: tuple[int, int]) -> tuple[Change, ...]:
    """Return the changes of one write, of a person who was not erased."""
    person = told.groups[one]
    return () if person in told.erasing else plan.group(one[1], person, seed=one[0])


def _changes(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT id FROM change ORDER BY seq")))


def _count(changes: tuple[Change, ...], ids: Counter[str], is_acked: bool, seen: Seen) -> None:
    times = [ids[change.id] for change in changes]
    if is_acked:
        seen.lost += times.count(0)
    if any(times) and not all(times):
        seen.torn += 1
        seen.says.append(f"a write is there in part: {times}")
    seen.doubled += sum(time > 1 for time in times)


def _no_strangers(
    store: Store, told: Told, ids: Counter[str], expected: Mapping[Any, Any], seen: Seen
) -> None:
    known = {change.id for changes in expected.values() for change in changes}
    gone = {one for one in told.groups if told.groups[one] in told.erasing}
    known |= {c.id for one in gone for c in plan.group(one[1], told.groups[one], seed=one[0])}
    if strangers := set(ids) - known:
        seen.wrong += len(strangers)
        seen.says.append(f"{len(strangers)} changes that nobody wrote")
    people = {person.id for person in store.people()}
    if back := told.erased & people:
        seen.wrong += len(back)
        seen.says.append("a person who was erased is back")
    if missing := set(told.people) - told.erasing - people:
        seen.lost += len(missing)
        seen.says.append("a person is lost")


def _contents(
    store: Store, told: Told, there: list[str], expected: Mapping[Any, Any], seen: Seen
) -> None:
    by_id = {c.id: (told.groups[one], c) for one, changes in expected.items() for c in changes}
    for person in told.people:
        if person in told.erasing:
            continue
        mine = [by_id[one][1] for one in there if one in by_id and by_id[one][0] == person]
        found = {
            entry.id: None if entry.body is None else dict(entry.body)
            for entry in store.entries(person, with_out=True)
        }
        if found != plan.entries(mine):
            seen.wrong += 1
            seen.says.append("the entries are not what the changes add up to")


def look_at_backup(path: Path, folder: Path, told: Told, acked: set[tuple[int, int]]) -> Seen:
    """Restore a backup into an empty folder: all that was acknowledged before it must be there."""
    then = Told(
        is_made=True,
        secrets=list(told.secrets),
        people=[one for one in told.people if one not in told.erasing],
        erasing=set(told.erasing),
        groups=told.groups,
        acked={one for one in acked if told.groups[one] not in told.erasing},
    )
    shutil.rmtree(folder, ignore_errors=True)
    seen = Seen()
    try:
        restoring.restore(path, folder, then.secrets[-1])
    except Exception as error:
        seen.fails(error, "a backup cannot be restored: ")
        return seen
    return look(folder, then)


def _words(error: BaseException) -> str:
    clear = "" if isinstance(error, TwofoldError) else f"{type(error).__name__}: "
    return f"{clear}{str(error)[:160]}"
