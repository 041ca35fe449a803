"""Children: forked writers that can be killed, traced, or have their system calls fail.

The parent has imported everything and holds no database open, so a child starts within
milliseconds and looks to the store like a program of its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PTRACER, ANYONE = 0x59616D61, -1


class Child:
    """A forked process that does one thing once it is let go."""

    def __init__(
        self, do: Callable[..., None], *args: Any, words: Path, pauses: bool = False
    ) -> None:
        """``pauses``: ``do`` also gets a function that waits for the next ``go()``."""
        self.words = words
        waits, self._go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._go)
            pause = (lambda: os.read(waits, 1),) if pauses else ()
            _live(waits, words, lambda: do(*args, *pause))
        os.close(waits)
        self.status: int | None = None

    def go(self) -> Child:
        os.write(self._go, b"g")
        return self

    def kill(self) -> int:
        """Kill it with ``kill -9`` wherever it is, and return how it ended."""
        if not self.is_over():
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self, seconds: float = 120.0) -> int:
        """Return its exit status; negative when a signal ended it, -9 also after ``seconds``."""
        until = time.monotonic() + seconds
        while not self.is_over():
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                until = float("inf")
            time.sleep(0.0005)
        assert self.status is not None
        return self.status

    def is_over(self) -> bool:
        """Whether it has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                os.close(self._go)
        return self.status is not None

    @property
    def last_words(self) -> str:
        """What it wrote to standard error: nothing, unless something is wrong."""
        return (
            self.words.read_text(encoding="utf-8", errors="replace") if self.words.exists() else ""
        )


def _live(waits: int, words: Path, do: Callable[[], None]) -> None:
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_long(ANYONE), 0, 0, 0)
        if os.read(waits, 1):
            do()
        status = 0
    except BaseException:
        words.write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        sys.stdout.flush()
        os._exit(status)


class Strace:
    """``strace`` on a child that still waits; leaves it when told so, or when it ends."""

    def __init__(self, command: tuple[str, ...], pid: int, log: Path) -> None:
        self.process = subprocess.Popen(
            [*command, "-o", str(log), "-p", str(pid)], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        first = self.process.stderr.readline()
        if "attached" not in first:
            self.process.wait()
            raise PermissionError(f"strace may not trace here: {first.strip()}")

    def wait(self) -> None:
        """Wait until the child is gone and the log complete."""
        self.process.communicate()

    def leave(self) -> None:
        """Let the child go on without it."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()
