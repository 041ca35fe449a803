"""The copies of a diary that the store itself made: before a migration, and before a restore.

Who is erased is erased in them, too. Only their rows go: a copy of a diary that several
people keep stays of use to the others.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import sqlalchemy as sa

from twofold.errors import DamagedStore, NewerStore, TwofoldError
from twofold.store import backup, erasing, restoring
from twofold.store import engine as engines
from twofold.store import ring as rings

HANDING_OVER = ".backup-"
"""How the folders begin in which a backup lies while a page hands it over."""


def clear(folder: Path, key: bytes, erased: Collection[str]) -> tuple[Path, ...]:
    """Take the rows of all who were erased out of every copy in the folder.

    Parameters
    ----------
    key : bytes
        The database key.

    Returns
    -------
    tuple of Path
        The copies that could not be opened or written: they are left as they are.
    """
    if not erased:
        return ()
    _clear_away(folder)
    return tuple(path for path, engine in _copies(folder, key) if not _cleared(engine, erased))


def clear_handed_over(folder: Path) -> None:
    """Take away every backup that a page is handing over: each holds all keys of its moment."""
    for left in folder.glob(f"{HANDING_OVER}*"):
        shutil.rmtree(left, ignore_errors=True)


def _cleared(engine: sa.Engine, erased: Collection[str]) -> bool:
    try:
        erasing.finish(engine, erased)
    except TwofoldError:
        return False
    return True


def _copies(folder: Path, key: bytes) -> Iterator[tuple[Path, sa.Engine]]:
    for path in sorted(folder.glob(f"{rings.BEFORE_SCHEMA}*.db")):
        yield path, engines.embedded(path, key, journal="DELETE", pooled=False)
    for path in sorted(folder.glob(f"{rings.ASIDE}*/{backup.DATABASE}")):
        if not _is_of_another(path.parent, folder):
            yield path, engines.embedded(path, key, pooled=False)


def _is_of_another(aside: Path, folder: Path) -> bool:
    """Whether what was put aside is another diary, with other people and another key."""
    try:
        return rings.read(aside).store != rings.read(folder).store
    except (DamagedStore, NewerStore):
        return False


def _clear_away(folder: Path) -> None:
    """Take away what backups and a restore left that were killed.

    Restoring needs the folder alone: while a diary is open, none is under way.
    """
    backup.clear_left_behind(folder)
    if not restoring.is_unfinished(folder):
        for left in folder.glob(f"{restoring.UNPACKED}*"):
            shutil.rmtree(left, ignore_errors=True)
