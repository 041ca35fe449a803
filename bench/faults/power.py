"""Power loss: every disk that a cut at any moment might have left, rebuilt from a trace."""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from faults import living, trace
from faults.campaign import Result, progress, turns
from faults.child import Child, Strace
from faults.disk import FATES, Disk, Image
from faults.looking import Seen, look, look_at_backup, look_by_recovery_key, with_store
from faults.telling import Told

SEED = 512
MEMORY = Path("/dev/shm")


HOW = (
    "at every system call: what was not synced is lost, kept, kept in part or torn at 512 bytes; "
    "names that were not synced are lost or kept"
)


def power(small: bool, folder: Path) -> list[Result]:
    """Ask of thousands of crash images whether all that was acknowledged is there."""
    lives = (
        (
            "power loss",
            400,
            8_500,
            living.whole_life,
            "a traced life (creation, writes, checkpoint, backup, new passphrase, erasure, reopening)",
        ),
        (
            "power loss in a migration",
            50,
            1_200,
            living.migrating_life,
            "a store of the first schema, opened by this program",
        ),
        (
            "power loss in a restore",
            50,
            1_200,
            living.restoring_life,
            "a backup put back over a living store",
        ),
    )
    rows = []
    for name, few, many, life, words in lives:
        place = folder / life.__name__
        place.mkdir()
        ops = traced(place, life, 20 if small else 80)
        rows.append(_images(name, f"{words}; {HOW}", ops, few if small else many, place))
    return rows


def control(small: bool, folder: Path) -> list[Result]:
    """Ask the same of a store that syncs too seldom: it must be caught losing entries."""
    how = "the same with `synchronous=NORMAL`, as many guides recommend: **must** lose entries"
    ops = traced(folder, living.whole_life, 20 if small else 80, "NORMAL")
    want = 60 if small else 1_000
    return [_images("power loss, too few syncs", how, ops, want, folder, is_control=True)]


def _images(
    name: str, how: str, ops: list[trace.Op], want: int, folder: Path, *, is_control: bool = False
) -> Result:
    begun = time.monotonic()
    seen, asked, distinct, bad = Seen(), 0, 0, 0
    place = (MEMORY if MEMORY.is_dir() else folder) / f"{folder.parent.name}-{folder.name}"
    checked: set[bytes] = set()
    known: set[bytes] = set()
    try:
        for _, (image, told) in zip(
            turns(want), images(ops, want, random.Random(SEED)), strict=False
        ):
            asked += 1
            digest = _digest(image, told)
            if digest in known:
                continue
            known.add(digest)
            distinct += 1
            found = _look_at_image(image, told, place, checked, must_hold=not is_control)
            bad += not found.is_good
            seen.add(found)
            progress(f"{name}: {asked} images of {want}, lost {seen.lost}", every=10)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    more = (
        f"{asked:,} images from {len(ops):,} operations on the disk, {distinct:,} of them distinct "
        f"(by content and by what was acknowledged) and looked at; {bad:,} not as promised."
    )
    seconds = time.monotonic() - begun
    return Result(name, how, asked, "images", seen, is_control, more=[more], seconds=seconds)


def traced(
    folder: Path, life: Callable[..., None], writes: int, synchronous: str = "FULL"
) -> list[trace.Op]:
    """Let a child live under ``strace``, and return what it did to the disk."""
    base, said, log = folder / "base", folder / "said", folder / "log"
    base.mkdir()
    said.touch()
    child = Child(life, base, said, writes, synchronous, words=folder / "words")
    tracer = Strace(trace.STRACE, child.pid, log)
    status = child.go().wait(600)
    tracer.wait()
    if status != 0:
        raise AssertionError(f"the traced writer failed: {child.last_words}")
    ops = trace.read(log, base, said)
    log.unlink()
    return ops


def images(ops: list[trace.Op], want: int, rng: random.Random) -> Iterator[tuple[Image, Told]]:
    """Give what may be there when the power goes, evenly after all operations."""
    disk, told = Disk(), Told()
    cuts, done, given = sum(op.what != "said" for op in ops), 0, 0
    for op in ops:
        if op.what == "said":
            told.hear(op.data)
            continue
        disk.apply(op)
        done += 1
        for _ in range(want * done // cuts - given):
            yield disk.image(rng.choice(FATES), rng), told
        given = want * done // cuts


def _digest(image: Image, told: Told) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(image):
        digest.update(path.encode() + b"\0" + hashlib.blake2b(image[path] or b"").digest())
    state = (told.is_made, tuple(told.secrets), len(told.groups), len(told.acked), len(told.people))
    digest.update(repr((state, sorted(told.erased), sorted(told.backups))).encode())
    return digest.digest()


def _look_at_image(
    image: Image, told: Told, place: Path, checked: set[bytes], *, must_hold: bool
) -> Seen:
    shutil.rmtree(place, ignore_errors=True)
    lay_out(image, place / "base")
    mine = Told(**{**vars(told), "secrets": list(told.secrets)})
    if not must_hold:
        with suppress(Exception):  # a gap in its log is told once; then it opens with what is left
            with_store(place / "base" / "home", mine, lambda store: None)
    seen = look(place / "base" / "home", mine)
    keys = hashlib.blake2b(image.get("home/keys.json") or b"").digest()
    if told.is_made and keys not in checked:
        checked.add(keys)
        look_by_recovery_key(place / "base" / "home", mine, seen)
    for name, acked in told.backing.items():
        content = image.get(name)
        is_promised = name in told.backups
        mark = hashlib.blake2b(content or b"").digest() + b"%d" % is_promised + name.encode()
        if mark in checked or not (content or is_promised):
            continue
        checked.add(mark)
        found = look_at_backup(place / "base" / name, place / "restored", mine, acked)
        found.acked = 0  # the same entries are not counted twice
        seen.add(found)
    return seen


def lay_out(image: Image, base: Path) -> None:
    """Write an image's files."""
    base.mkdir(parents=True)
    for path, content in sorted(image.items()):
        if content is None:
            (base / path).mkdir(parents=True, exist_ok=True)
        else:
            (base / path).parent.mkdir(parents=True, exist_ok=True)
            (base / path).write_bytes(content)
