"""What a running program did to its files, from the log of its system calls.

``strace`` writes down each call; here each becomes one operation on the disk, in
the order in which it happened. What this file cannot read it refuses: an image
built from half a story would prove nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRACED = (
    "?open,openat,?creat,write,pwrite64,writev,pwritev,?pwritev2,fsync,fdatasync,ftruncate,"
    "truncate,fallocate,?rename,?renameat,renameat2,?unlink,unlinkat,?mkdir,mkdirat,?rmdir,"
    "?link,linkat,?symlink,symlinkat,close,dup,?dup2,dup3,sendfile,?copy_file_range,lseek,mmap"
)
STRACE = (
    "strace",
    "-f",
    "-y",
    "-xx",
    "-s",
    "50000000",
    "-e",
    f"trace={TRACED}",
    "-e",
    "signal=none",
)


class Unreadable(Exception):
    """The log holds something that this reader does not understand."""


@dataclass(frozen=True)
class Op:
    """One operation on the disk.

    ``what`` is ``create``, ``folder``, ``rename``, ``remove``, ``write``, ``size``,
    ``copy``, ``sync`` (a file or a folder) or ``said`` (the program told the world
    something). ``file`` is the number of the file or folder; 0 is the outermost folder.
    """

    what: str
    path: str = ""
    other: str = ""
    file: int = 0
    at: int = 0
    data: bytes = b""


def is_there() -> bool:
    """Tell whether ``strace`` is installed."""
    return shutil.which("strace") is not None


def read(log: Path, base: Path, said: Path) -> list[Op]:
    """Return what the log tells of everything below ``base``, and of the file ``said``.

    Memory that processes share beside a database (``-shm``) is left out: it is
    rebuilt at the next start, whatever it holds.
    """
    reader = _Reader(str(base), str(said))
    with log.open(encoding="ascii", errors="replace") as file:
        for name, args, result in _calls(file):
            reader.take(name, args, result)
    return reader.ops


LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)")
BEGUN = re.compile(r"^(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")


def _calls(lines: Iterator[str]) -> Iterator[tuple[str, list[str], int]]:
    begun: dict[str, str] = {}
    for raw in lines:
        line = raw.rstrip("\n")
        if half := BEGUN.match(line):
            begun[half[1]] = half[2]
            continue
        if rest := ENDED.match(line):
            line = f"{rest[1]} {begun.pop(rest[1], '')}{rest[2]}"
        if (call := LINE.match(line)) and call[4] != "?":
            yield call[2], call[3].split(", "), int(call[4], 0)


class _Reader:
    """Follows names and handles, so that a file without a name is still the same file."""

    def __init__(self, base: str, said: str) -> None:
        self.base, self.said = base.rstrip("/") + "/", said
        self.ops: list[Op] = []
        self.files: dict[str, int] = {}  # which file a path names now
        self.handles: dict[int, int] = {}  # which file a handle holds
        self.places: dict[int, int] = {}  # where a handle stands in its file
        self.count = 0

    def take(self, name: str, args: list[str], result: int) -> None:
        if result < 0:
            return
        reader = getattr(self, f"_{name}", None)
        if reader is not None:
            reader(args, result)
        elif any(self._own(_file(arg)) or self._own(_named(arg)) for arg in args):
            raise Unreadable(f"{name} on a file of the store")

    def _own(self, path: str) -> str:
        """Return the path below the base, or nothing when it is not ours."""
        is_ours = path.startswith(self.base) and not path.endswith("-shm")
        return path[len(self.base) :] if is_ours else ""

    def _add(self, what: str, path: str = "", **more: Any) -> None:
        self.ops.append(Op(what, path, **more))

    # Names.

    def _openat(self, args: list[str], result: int, first: int = 1) -> None:
        path, flags = self._own(_path(args, first)), args[first + 1]
        self.handles.pop(result, None)
        self.places[result] = 0
        if not path or "O_DIRECTORY" in flags:
            return
        if path in self.files:
            self.handles[result] = self.files[path]
            if "O_TRUNC" in flags:
                self._add("size", file=self.files[path])
        elif "O_CREAT" in flags:
            self.handles[result] = self._new("create", path)

    def _open(self, args: list[str], result: int) -> None:
        self._openat(args, result, first=0)

    def _new(self, what: str, path: str) -> int:
        self.count += 1
        self.files[path] = self.count
        self._add(what, path, file=self.count)
        return self.count

    def _close(self, args: list[str], result: int) -> None:
        self.handles.pop(_number(args[0]), None)

    def _dup(self, args: list[str], result: int) -> None:
        if _number(args[0]) in self.handles:
            raise Unreadable("a file of the store is held by two handles")

    _dup2 = _dup3 = _dup

    def _renameat2(self, args: list[str], result: int) -> None:
        self._renamed(_path(args, 1), _path(args, 3))

    _renameat = _renameat2

    def _rename(self, args: list[str], result: int) -> None:
        self._renamed(_path(args, 0), _path(args, 1))

    def _renamed(self, before: str, after: str) -> None:
        old, new = self._own(before), self._own(after)
        if bool(old) != bool(new):
            raise Unreadable(f"{before} moved to {after}")
        if old:
            self._add("rename", old, other=new)
            self.files.pop(new, None)
            self.files = {_moved(name, old, new): file for name, file in self.files.items()}

    def _unlinkat(self, args: list[str], result: int) -> None:
        self._removed(_path(args, 1))

    def _unlink(self, args: list[str], result: int) -> None:
        self._removed(_path(args, 0))

    _rmdir = _unlink

    def _removed(self, full: str) -> None:
        if path := self._own(full):
            self.files.pop(path, None)
            self._add("remove", path)

    def _mkdirat(self, args: list[str], result: int) -> None:
        self._made(_path(args, 1))

    def _mkdir(self, args: list[str], result: int) -> None:
        self._made(_path(args, 0))

    def _made(self, full: str) -> None:
        if path := self._own(full):
            self._new("folder", path)

    # Contents.

    def _pwrite64(self, args: list[str], result: int) -> None:
        self._wrote(_number(args[0]), int(args[-1]), _bytes(args[1:-2])[:result])

    def _write(self, args: list[str], result: int) -> None:
        handle, data = _number(args[0]), _bytes(args[1:])[:result]
        if _file(args[0]) == self.said:
            self._add("said", data=data)
            return
        at = self.places.get(handle, 0)
        self._wrote(handle, at, data)
        self.places[handle] = at + len(data)

    _writev = _write

    def _wrote(self, handle: int, at: int, data: bytes) -> None:
        if handle in self.handles:
            self._add("write", file=self.handles[handle], at=at, data=data)

    def _ftruncate(self, args: list[str], result: int) -> None:
        if (handle := _number(args[0])) in self.handles:
            self._add("size", file=self.handles[handle], at=int(args[1]))

    def _lseek(self, args: list[str], result: int) -> None:
        self.places[_number(args[0])] = result

    def _sendfile(self, args: list[str], result: int) -> None:
        """Note a copy inside the kernel; what was copied is known from the disk so far."""
        to, source = _number(args[0]), _number(args[1])
        if to not in self.handles or result == 0:
            return
        if source not in self.handles:
            raise Unreadable(f"{_file(args[1])} copied to {_file(args[0])}")
        begin, at = int(args[2].split("]")[0].strip("[")), self.places.get(to, 0)
        data = b"%d %d %d" % (self.handles[source], begin, result)
        self._add("copy", file=self.handles[to], at=at, data=data)
        self.places[to] = at + result

    def _mmap(self, args: list[str], result: int) -> None:
        is_written = "PROT_WRITE" in args[2] and "MAP_SHARED" in args[3]
        if is_written and _number(args[4]) in self.handles:
            raise Unreadable(f"{_file(args[4])} is written through memory")

    # Promises.

    def _fsync(self, args: list[str], result: int) -> None:
        handle, full = _number(args[0]), _file(args[0])
        if full + "/" == self.base:
            self._add("sync")
        elif handle in self.handles:
            self._add("sync", file=self.handles[handle])
        elif self._own(full) in self.files:
            self._add("sync", file=self.files[self._own(full)])

    _fdatasync = _fsync


def _moved(name: str, old: str, new: str) -> str:
    return new + name[len(old) :] if name == old or name.startswith(old + "/") else name


def _path(args: list[str], place: int) -> str:
    """Return the full path that an argument names, seen from the folder before it."""
    name = _bytes([args[place]]).decode()
    if name.startswith("/"):
        return name
    folder = _file(args[place - 1]) if place else ""
    if not folder:
        raise Unreadable(f"the place of {name}")
    return f"{folder}/{name}"


def _file(arg: str) -> str:
    """Return the path in ``5<path>``, or nothing."""
    found = re.match(r"^(?:\d+|AT_FDCWD)<([^>]*)>", arg)
    return _plain(found[1]) if found else ""


def _named(arg: str) -> str:
    """Return the path in quotation marks, or nothing."""
    return _bytes([arg]).decode(errors="replace") if arg.startswith('"') else ""


def _number(arg: str) -> int:
    found = re.match(r"^-?\d+", arg)
    return int(found[0]) if found else -1


QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def _bytes(args: list[str]) -> bytes:
    parts = QUOTED.findall(", ".join(args))
    if any(cut for _, cut in parts):
        raise Unreadable("a string that strace cut short")
    return b"".join(bytes.fromhex(text.replace("\\x", "")) for text, _ in parts)


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text
