"""A gap in the log beside the database (``diary.db-wal``): a power cut, or damage?

After a crash SQLite believes the log up to the first record whose checksum fails, and
forgets the rest. After a power cut that is right: the last write was not finished and
not promised. But where a byte was altered on the disk, finished writes stand behind the
gap and would be gone without a word. They can be counted, and here they are.

Two things look like a power cut and cannot be told from one: damage within the very last
write (or in the record that ends the one before it), and a log that was cut off.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from twofold.errors import DamagedStore, StoreBusy
from twofold.store import durable, using

_LOG = "diary.db-wal"
_HEADER, _FRAME, _PAGE = 32, 24, 4096
_MAGIC = (0x377F0682, 0x377F0683)
_WORD = 0xFFFFFFFF


def check(folder: Path) -> None:
    """Refuse a diary whose log has a gap, once; what is in the log is kept aside first.

    Raises
    ------
    DamagedStore
        When finished writes stand behind a gap. The next opening goes on without them.
    """
    log = folder / _LOG
    if behind_gap(log) == 0:
        return
    try:
        with using.alone(folder), durable.told(log):
            lost, content = behind_gap(log), log.read_bytes()
            aside = folder / f"{_LOG}.{hashlib.sha256(content).hexdigest()[:12]}.damaged"
            if lost == 0 or aside.exists():
                return
            durable.write(aside, content)
    except StoreBusy:  # it is in use: what looked like a gap was a write on its way
        return
    raise DamagedStore(
        f"the last entries before the crash are damaged: up to {lost} writes cannot be read. "
        "All that was written before them is there.",
        where=str(log),
        remedy=(
            "Open the diary again to go on without them, and look which of your last entries "
            f"are missing. The damaged part is kept in {aside.name}."
        ),
    )


def behind_gap(log: Path) -> int:
    """Return how many finished writes stand behind the first record that does not fit.

    One that stands there alone is not counted: that is what a power cut leaves.
    """
    if not log.exists() or log.stat().st_size <= _HEADER:
        return 0
    with durable.told(log):
        content = log.read_bytes()
    start = _start(content[:_HEADER])
    if start is None:
        return _most_of_one_log(content)
    return sum(run for run in _runs(content, *start) if run > 1)


def _runs(content: bytes, order: str, first: int, second: int) -> list[int]:
    """Count the finished writes behind the first gap, in runs of records that hang together.

    A record's checksum goes on from the one before it, so a run tells what was written one
    after the other. Writes that were refused (a sync that failed) leave runs of one.
    """
    runs, is_whole, is_own = [0], True, True
    for at in range(_HEADER, len(content) - _FRAME - _PAGE + 1, _FRAME + _PAGE):
        _, ends_write, *salts_and_sums = struct.unpack(">6I", content[at : at + _FRAME])
        told = tuple(salts_and_sums[2:])
        is_salted = content[at + 8 : at + 16] == content[16:24]
        is_linked = _after(content, at, order, first, second) == told
        first, second = told
        is_whole = is_whole and is_linked and is_salted
        if is_whole:
            continue
        if not is_linked:
            runs.append(0)
        is_own = is_salted or (is_own and is_linked)
        runs[-1] += bool(ends_write and is_own)
    return runs


def _after(content: bytes, at: int, order: str, first: int, second: int) -> tuple[int, int]:
    """Return the checksum that the record at a place must have."""
    first, second = _added(order, content[at : at + 8], first, second)
    return _added(order, content[at + _FRAME : at + _FRAME + _PAGE], first, second)


def _most_of_one_log(content: bytes) -> int:
    """Count the finished writes of a log whose head is damaged: most records have its salts."""
    places = range(_HEADER + 8, len(content), _FRAME + _PAGE)
    common = Counter(content[at : at + 8] for at in places).most_common(1)
    return sum(1 for salts, _ in common for _ in ends(content, salts))


def _start(header: bytes) -> tuple[str, int, int] | None:
    """Return the byte order of the checksums and where they begin, ``None`` when damaged."""
    magic, _, page, _, _, _, first, second = struct.unpack(">8I", header)
    order = ">" if magic == _MAGIC[1] else "<"
    sums = _added(order, header[:24], 0, 0)
    fits = magic in _MAGIC and page == _PAGE and sums == (first, second)
    return (order, *sums) if fits else None


def ends(content: bytes, salts: bytes) -> Iterator[int]:
    """Give where each record stands that ends a write; those of an older log have other salts."""
    for at in range(_HEADER, len(content) - _FRAME + 1, _FRAME + _PAGE):
        page, pages_after = struct.unpack(">2I", content[at : at + 8])
        if page and pages_after and content[at + 8 : at + 16] == salts:
            yield at


def _added(order: str, part: bytes, first: int, second: int) -> tuple[int, int]:
    """Return SQLite's running checksum after another part (fileformat2.html, 4.2)."""
    for one, other in struct.iter_unpack(f"{order}2I", part):
        first = (first + one + second) & _WORD
        second = (second + other + first) & _WORD
    return first, second
