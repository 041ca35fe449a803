"""What a writer told the world before it died, and what follows: this must be there.

A writer says ``begin`` before it asks the store for something and ``done`` once the
store has returned. What is done must survive; what has begun may be there or not,
but whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Teller:
    """Appends to a file that outlives its writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def begin(self, *what: Any) -> None:
        self._say("begin", what)

    def done(self, *what: Any) -> None:
        self._say("done", what)

    def failed(self, *what: Any) -> None:
        self._say("failed", what)

    def _say(self, how: str, what: tuple[Any, ...]) -> None:
        # Not os.write: faults are injected into write(), and the telling must not fail.
        os.writev(self._handle, [(json.dumps([how, *what]) + "\n").encode()])


@dataclass
class Told:
    """What must, may and must not be there.

    ``groups``: every write that was begun, and whose it was; ``acked``: those that returned.
    """

    is_made: bool = False
    recovery: str = ""
    secrets: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    erasing: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    groups: dict[tuple[int, int], str] = field(default_factory=dict)
    acked: set[tuple[int, int]] = field(default_factory=set)
    backups: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    backing: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    failures: int = 0

    def author(self, number: int) -> str:
        """Return who writes the write of this number: one after the other, but for the erased."""
        here = [person for person in self.people if person not in self.erasing]
        return here[number % len(here)]

    def hear(self, line: bytes | str) -> None:
        """Take in one line."""
        how, what, *rest = json.loads(line)
        getattr(self, f"_{how}_{what}", lambda *_: None)(*rest)

    def _begin_create(self, secret: str) -> None:
        self.secrets = [secret]

    def _done_create(self, recovery: str) -> None:
        self.is_made, self.recovery = True, recovery

    def _done_person(self, person: str) -> None:
        self.people.append(person)

    def _begin_group(self, seed: int, number: int, person: str) -> None:
        self.groups[seed, number] = person

    def _done_group(self, seed: int, number: int) -> None:
        self.acked.add((seed, number))

    def _failed_group(self, seed: int, number: int, error: str, is_clear: bool) -> None:
        self._failed_other("group", error, is_clear)

    def _failed_other(self, what: str, error: str, is_clear: bool) -> None:
        self.failures += 1
        if not is_clear:
            self.errors.append(error)

    def _begin_passphrase(self, secret: str) -> None:
        self.secrets.append(secret)

    def _done_passphrase(self) -> None:
        self.secrets = self.secrets[-1:]

    def _begin_erase(self, person: str) -> None:
        self.erasing.add(person)

    def _done_erase(self, person: str) -> None:
        self.erased.add(person)

    def _begin_backup(self, path: str) -> None:
        self.backing[path] = set(self.acked)

    def _done_backup(self, path: str) -> None:
        self.backups[path] = self.backing[path]

    def _begin_restore(self, path: str) -> None:
        """From here on only what the backup holds is promised."""
        self.acked = set(self.backups[path])


def hear(lines: Iterable[bytes | str]) -> Told:
    """Return what follows from every whole line."""
    told = Told()
    for line in lines:
        told.hear(line)
    return told


def heard(path: Path) -> Told:
    """Return what the file tells; a last line that was cut off was not told."""
    content = path.read_bytes() if path.exists() else b""
    return hear(line for line in content.split(b"\n")[:-1] if line)
