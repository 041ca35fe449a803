"""Who uses a folder: many may at once, but a restore waits until nobody does.

The lock ends with the program that holds it, however that ends. Windows itself refuses
to move a file that is open, and needs none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from twofold.errors import StoreBusy
from twofold.store import durable

NAME = "diary.lock"


class Use:
    """That a program uses the folder; ``end`` says that it does no longer."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file

    def end(self) -> None:
        """Let go of the folder."""
        if self._file is not None:
            self._file.close()


def begin(folder: Path) -> Use:
    """Use the folder together with others.

    Raises
    ------
    StoreBusy
        While a backup is being restored there.
    """
    return _locked(folder, alone=False)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Use the folder alone.

    Raises
    ------
    StoreBusy
        When another program uses it.
    """
    use = _locked(folder, alone=True)
    try:
        yield
    finally:
        use.end()


def _locked(folder: Path, *, alone: bool) -> Use:
    if os.name == "nt":
        return Use(None)
    import fcntl

    with durable.told(folder / NAME):
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise _busy(folder, alone=alone) from None
    return Use(os.fdopen(handle, "wb"))


def _busy(folder: Path, *, alone: bool) -> StoreBusy:
    if alone:
        return StoreBusy(
            "another program has this diary open.",
            where=str(folder),
            remedy="Stop it first (`twofold serve` ends with Ctrl+C), then try again.",
        )
    return StoreBusy(
        "a backup is being put back into this folder just now.",
        where=str(folder),
        remedy="Wait until it is done, then try again.",
    )
