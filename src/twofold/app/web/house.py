"""What one running server holds: the folder, the open store, and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twofold.app.web.sessions import Sessions
    from twofold.store.store import Store


def clock() -> dt.datetime:
    """Return now, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass
class House:
    """One server and its diary.

    Parameters
    ----------
    folder : Path
        Where the diary lies.
    sessions : Sessions
        Who is signed in.
    store : Store, optional
        ``None`` while the diary is locked.
    database : str, optional
        A clinic's PostgreSQL; ``None``: the embedded database in the folder.
    is_local : bool
        Whether only this machine can reach the server.
    is_encrypted : bool
        Whether it is reached by https; else some things a phone needs do not work.
    clock : callable
        Returns now, in UTC.
    """

    folder: Path
    sessions: Sessions
    store: Store | None = None
    database: str | None = None
    is_local: bool = True
    is_encrypted: bool = False
    clock: Callable[[], dt.datetime] = field(default=clock)
