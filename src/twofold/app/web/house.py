"""What one running server holds: the folder, the open store with its doors, and the clock."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.store import durable

if TYPE_CHECKING:
    from twofold.store.accounts import Accounts
    from twofold.store.door_log import DoorLog
    from twofold.store.second_factors import SecondFactors
    from twofold.store.sign_ins import SignIns
    from twofold.store.store import Store

READY = "accounts.ready"
READING = ".reading-"
"""How the folders begin in which a file lies while it is read."""


def clock() -> dt.datetime:
    """Return now, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Doors:
    """What the open store knows of those who may come in."""

    accounts: Accounts
    factors: SecondFactors
    sign_ins: SignIns
    log: DoorLog


@dataclass
class House:
    """One server and its diary.

    Parameters
    ----------
    folder : Path
        Where the diary lies.
    store : Store, optional
        ``None`` while the diary is locked.
    database : str, optional
        A clinic's PostgreSQL; ``None``: as the environment says, else a file in the folder.
    is_local : bool
        Whether only this machine can reach the server.
    is_encrypted : bool
        Whether it is reached by https; else some things a phone needs do not work.
    names : frozenset of str
        The host names it is reached by, beside those of this machine alone.
    is_sample : bool
        Whether it shows an invented diary that goes when the server ends.
    clock : callable
        Returns now, in UTC.
    """

    folder: Path
    store: Store | None = None
    database: str | None = None
    is_local: bool = True
    is_encrypted: bool = False
    names: frozenset[str] = frozenset()
    is_sample: bool = False
    clock: Callable[[], dt.datetime] = field(default=clock)
    proofs: dict[str, str] = field(default_factory=dict, repr=False)
    said: dict[tuple[str, ...], dt.datetime] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _doors: tuple[Store, Doors] | None = field(default=None, repr=False)

    @property
    def doors(self) -> Doors:
        """The doors of the open store."""
        assert self.store is not None, "a locked diary has no doors"
        if self._doors is None or self._doors[0] is not self.store:
            self._doors = (self.store, _doors_of(self.store))
        return self._doors[1]

    @property
    def needs_accounts(self) -> bool:
        """Whether the passphrase of the database is not enough to come in."""
        return not self.is_local or (self.store is not None and self.doors.accounts.several())

    def begin(self, passphrase: str) -> str:
        """Make a diary, and return the recovery key that is shown once."""
        from twofold.store.opening import create

        with self._lock:
            self.store, recovery = create(self.folder, passphrase, database=self.database)
        return recovery

    def open(self, secret: str) -> None:
        """Open the store, or check the secret where it is open already.

        Raises
        ------
        WrongKey
            When neither the passphrase nor the recovery key is right.
        StoreError
            When the database cannot be opened.
        """
        from twofold.store import ring
        from twofold.store.opening import open_store

        with self._lock:  # one argon2id at a time: each takes 64 MiB
            if self.store is None:
                self.store = open_store(self.folder, secret, database=self.database)
            else:
                ring.opened(ring.read(self.folder), secret, where=str(self.folder))

    def note_ready(self) -> None:
        """Note beside the diary that an account with a second factor exists.

        A server that others can reach starts only then. The note opens nothing: who comes in is
        decided by the store alone.
        """
        durable.write(self.folder / READY, b"An account with a second factor is set up.\n")

    def close(self) -> None:
        """Lock the diary."""
        with self._lock:
            if self.store is not None:
                self.store.close()
            self.store, self._doors = None, None
            self.proofs.clear()


def _doors_of(store: Store) -> Doors:
    from twofold.store.accounts import Accounts
    from twofold.store.door_log import DoorLog
    from twofold.store.second_factors import SecondFactors
    from twofold.store.sign_ins import SignIns

    return Doors(Accounts(store), SecondFactors(store), SignIns(store), DoorLog(store))
