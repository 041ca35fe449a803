"""Files that survive a power cut: written whole, forced to disk, then given their name."""

from __future__ import annotations

import errno
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twofold.errors import DamagedStore, StoreError, StoreFull

UNFINISHED = ".new"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_LIMIT_OF_FAT32 = (1 << 32) - 1
_NEAR = 1 << 16
_NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)


def write(path: Path, content: bytes, *, forget: bool = False) -> None:
    """Write a file so that a power cut leaves the old one or the new one, never a part.

    Parameters
    ----------
    forget : bool
        Overwrite what was in the old file, too, as far as the disk allows.

    Raises
    ------
    StoreFull
        When the disk is full or read-only; the old file is untouched.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    with told(path), _held(path if forget else None) as old:
        try:
            _fill(fresh, content)
            os.replace(fresh, path)
            sync_folder(path.parent)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        if old is not None:
            _overwrite(old)


def forget_unfinished(path: Path) -> None:
    """Overwrite and delete what a crash left half written of a file."""
    for left in path.parent.glob(f"{path.name}.*{UNFINISHED}"):
        with _held(left) as handle:
            if handle is not None:
                _overwrite(handle)
        left.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Force a file's content to the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can do so."""
    if os.name == "nt":  # Windows keeps names without being asked
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and force its name to the disk."""
    with told(folder):
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
            sync_folder(one.parent)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence why a file could not be read or written."""
    try:
        yield
    except OSError as error:
        raise of_system(error, path) from None


def of_system(error: OSError, path: Path) -> StoreError:
    """Return the sentence for what the operating system refused."""
    if error.errno in _NO_ROOM:
        return full(str(path))
    if error.errno == errno.EFBIG:
        return too_long(str(path))
    if error.errno in _NOT_ALLOWED:
        return read_only(str(path))
    if error.errno == errno.EIO:
        return disk_failed(str(path))
    return StoreError(
        f"the diary's folder could not be used ({error.strerror or error}).",
        where=str(path),
        remedy="Check that the folder exists and belongs to you, then try again.",
    )


def full(where: str) -> StoreFull:
    """Say that there is no room."""
    return StoreFull(
        "the disk is full: this was not kept. All that was kept before is still there.",
        where=where,
        remedy="Make room on the disk, then try again.",
    )


def too_long(where: str) -> StoreFull:
    """Say that the system lets no file grow as long as this one has to."""
    return StoreFull(
        "a file of the diary may not grow any further: this was not kept. All that was kept "
        "before is still there.",
        where=where,
        remedy=(
            "The system limits how long a file may be (`ulimit -f` shows it; a disk formatted as "
            "FAT32 takes 4 GB). Raise the limit, or move the folder to another disk, then try "
            "again."
        ),
    )


def is_at_limit(path: Path) -> bool:
    """Whether a database, or the log beside it, is as long as the system lets a file be."""
    files = (path, path.with_name(f"{path.name}-wal"))
    longest = max((one.stat().st_size for one in files if one.exists()), default=0)
    return longest + _NEAR > _limit() or 0 <= _LIMIT_OF_FAT32 - longest < _NEAR


def read_only(where: str) -> StoreFull:
    """Say that nothing may be written there."""
    return StoreFull(
        "nothing can be written here: this was not kept. All that was kept before is still there.",
        where=where,
        remedy="Check that the folder is yours and that the disk is not read-only, then try again.",
    )


def disk_failed(where: str) -> DamagedStore:
    """Say that the disk itself reported an error."""
    return DamagedStore(
        "the disk reported an error: this was not kept.",
        where=where,
        remedy="Copy the folder to another disk at once, then run `twofold check` there.",
    )


def _limit() -> float:
    """Return how long the system lets a file of this program be."""
    if os.name == "nt":
        return math.inf
    import resource

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


def _fill(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _held(path: Path | None) -> Iterator[int | None]:
    """Keep hold of a file that is about to lose its name."""
    if path is None or not path.exists():
        yield None
        return
    handle = os.open(path, os.O_RDWR)
    try:
        yield handle
    finally:
        os.close(handle)


def _overwrite(handle: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, secrets.token_bytes(os.fstat(handle).st_size))
    os.fsync(handle)
