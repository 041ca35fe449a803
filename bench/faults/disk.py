"""A disk that may lose power: what it holds for sure, and what it might hold.

A file's bytes are sure once the file was synced; a name is sure once its folder
was. Until then each write and each name may be kept or lost, one by one and in
any order, and a write may be torn between sectors of 512 bytes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from faults.trace import Op

SECTOR = 512
Image = dict[str, bytes | None]
"""Every path and what is in it; ``None`` for a folder."""


@dataclass(eq=False)
class Node:
    """A file or a folder, whatever its name."""

    is_folder: bool = False
    sure: bytearray = field(default_factory=bytearray)
    waiting: list[Op] = field(default_factory=list)


Place = tuple[Node, str]  # a name in a folder
Move = dict[Place, Node | None]


@dataclass(frozen=True)
class Fate:
    """What becomes of everything that was not synced.

    ``data`` and ``names``: ``"lost"``, ``"kept"``, ``"some"`` (each by chance) or,
    for data, ``"torn"`` (each sector by chance).
    """

    data: str
    names: str


FATES = (
    Fate("lost", "lost"),
    Fate("kept", "kept"),
    Fate("kept", "lost"),
    Fate("lost", "kept"),
    Fate("some", "kept"),
    Fate("some", "some"),
    Fate("torn", "kept"),
    Fate("torn", "some"),
)
ALL_KEPT = FATES[1]


class Disk:
    """A disk, operation by operation."""

    def __init__(self) -> None:
        self.root = Node(is_folder=True)
        self.nodes = {0: self.root}
        self.sure: dict[Place, Node] = {}
        self.now: dict[Place, Node] = {}
        self.moves: list[Move] = []

    def apply(self, op: Op) -> None:
        """Do what the program did."""
        getattr(self, f"_{op.what}")(op)

    def _create(self, op: Op) -> None:
        node = self.nodes[op.file] = Node(is_folder=op.what == "folder")
        self._move({self._place(op.path): node})

    _folder = _create

    def _rename(self, op: Op) -> None:
        old = self._place(op.path)
        self._move({old: None, self._place(op.other): self.now[old]})

    def _remove(self, op: Op) -> None:
        self._move({self._place(op.path): None})

    def _move(self, move: Move) -> None:
        self.moves.append(move)
        _follow(self.now, move)

    def _write(self, op: Op) -> None:
        self.nodes[op.file].waiting.append(op)

    _size = _write

    def _copy(self, op: Op) -> None:
        source, begin, size = map(int, op.data.split())
        whole = _kept(self.nodes[source])
        self._write(Op("write", file=op.file, at=op.at, data=bytes(whole[begin : begin + size])))

    def _sync(self, op: Op) -> None:
        node = self.nodes[op.file]
        if node.is_folder:
            for move in [m for m in self.moves if any(folder is node for folder, _ in m)]:
                _follow(self.sure, move)
                self.moves.remove(move)
        elif node.waiting:
            node.sure, node.waiting = _kept(node), []

    def _place(self, path: str) -> Place:
        folder, _, name = path.rpartition("/")
        return self._node(folder), name

    def _node(self, path: str) -> Node:
        return self.now[self._place(path)] if path else self.root

    def image(self, fate: Fate, rng: random.Random) -> Image:
        """Return one disk that a power cut might have left."""
        names = dict(self.sure)
        for move in self.moves:
            if _happens(fate.names, rng):
                _follow(names, move)
        return dict(self._below(self.root, "", names, fate, rng))

    def _below(
        self, folder: Node, prefix: str, names: dict[Place, Node], fate: Fate, rng: random.Random
    ) -> list[tuple[str, bytes | None]]:
        found: list[tuple[str, bytes | None]] = []
        for (parent, name), node in names.items():
            if parent is not folder:
                continue
            path = prefix + name
            found.append((path, None if node.is_folder else _after(node, fate, rng)))
            if node.is_folder:
                found += self._below(node, path + "/", names, fate, rng)
        return found


def _follow(names: dict[Place, Node], move: Move) -> None:
    for place, node in move.items():
        if node is None:
            names.pop(place, None)
        else:
            names[place] = node


def _happens(fate: str, rng: random.Random) -> bool:
    return fate == "kept" or (fate != "lost" and rng.random() < 0.5)


def _kept(node: Node) -> bytearray:
    return bytearray(_after(node, ALL_KEPT, random.Random(0)))


def _after(node: Node, fate: Fate, rng: random.Random) -> bytes:
    if not node.waiting or fate.data == "lost":
        return bytes(node.sure)
    found = bytearray(node.sure)
    share = rng.choice((0.15, 0.5, 0.85))
    for op in node.waiting:
        if fate.data == "torn" and op.what == "write":
            for begin in range(0, len(op.data), SECTOR):
                if rng.random() < share:
                    _put(found, op.at + begin, op.data[begin : begin + SECTOR])
        elif fate.data == "kept" or rng.random() < share:
            _do(found, op)
    return bytes(found)


def _do(found: bytearray, op: Op) -> None:
    if op.what == "write":
        _put(found, op.at, op.data)
    elif len(found) > op.at:
        del found[op.at :]
    else:
        found.extend(bytes(op.at - len(found)))


def _put(found: bytearray, at: int, data: bytes) -> None:
    if len(found) < at:
        found.extend(bytes(at - len(found)))
    found[at : at + len(data)] = data
