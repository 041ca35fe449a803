"""Long work: one piece for each person, in a process of its own, which can be stopped at once.

What a review found is kept in memory until the diary changes, another day begins, or
the diary is locked; nothing of it is written anywhere.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Literal, TypeVar
from weakref import WeakKeyDictionary

from twofold.diary.case import Case
from twofold.diary.diary import Diary
from twofold.errors import TwofoldError
from twofold.facts.medicine_list import Listed
from twofold.report.report import Report
from twofold.store.store import Store

Found = TypeVar("Found")
State = Literal["running", "done", "stopped", "failed"]
Key = tuple[object, ...]

FAILED = "The review ended before it was done. Your diary is as it was."


@dataclass(frozen=True)
class Asked:
    """What a review is asked about.

    Parameters
    ----------
    key : tuple
        Equal for the same diary on the same day: then the same answer holds.
    listed : tuple of Listed
        The person's list of medicines, as far as they are taken now.
    """

    key: Key
    diary: Diary
    today: dt.date
    case: Case
    country: str | None
    listed: tuple[Listed, ...] = ()


@dataclass
class Work(Generic[Found]):
    """One piece of work: how far it is, and what it found.

    Parameters
    ----------
    steps : list of str
        The steps that have begun, each when it really did.
    says : str
        Why it failed, as a sentence.
    """

    key: Key
    state: State = "running"
    steps: list[str] = field(default_factory=list)
    found: Found | None = None
    says: str = ""
    process: BaseProcess | None = field(default=None, repr=False)

    def end(self, state: State = "stopped") -> None:
        """End it at once; what is done already stays."""
        if self.state == "running":
            self.state = state
            if self.process is not None:
                self.process.terminate()


class Job(Work[Report]):
    """One review."""

    @property
    def report(self) -> Report | None:
        """What it found, once it is done."""
        return self.found


class Jobs:
    """The reviews of one open store, one a person."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._facts: dict[str, tuple[Key, Report]] = {}

    def of(self, person: str, key: Key) -> Job | None:
        """Return the review of this very diary and day, ``None`` where none was asked for."""
        with self._lock:
            job = self._jobs.get(person)
        return job if job is not None and job.key == key else None

    def begin(self, person: str, asked: Asked) -> Job:
        """Begin a review, and end the one of an older diary; one that runs already goes on."""
        with self._lock:
            job = self._jobs.get(person)
            if job is not None and job.key == asked.key and job.state in ("running", "done"):
                return job
            if job is not None:
                job.end()
            job = self._jobs[person] = Job(asked.key)
            start(job, _review, asked)
        return job

    def stop(self, person: str) -> None:
        """Stop a person's review at once."""
        with self._lock:
            job = self._jobs.get(person)
            if job is not None:
                job.end()

    def facts(self, person: str, key: Key, make: Callable[[], Report]) -> Report:
        """Return what is known without the review, made once for a diary and a day."""
        there = self._facts.get(person)
        if there is None or there[0] != key:
            there = self._facts[person] = (key, make())
        return there[1]

    def forget(self, person: str) -> None:
        """Stop a person's review, and keep nothing of it."""
        self.stop(person)
        self._jobs.pop(person, None)
        self._facts.pop(person, None)


_ALL: WeakKeyDictionary[Store, Jobs] = WeakKeyDictionary()


def jobs_of(store: Store) -> Jobs:
    """Return the reviews of a store; they go when it is closed and gone."""
    return _ALL.setdefault(store, Jobs())


def start(work: Work[Any], does: Callable[[Connection, Any], None], asked: Any) -> None:
    """Begin work in a process of its own, and listen to it.

    Parameters
    ----------
    work : Work
        What is told of it.
    does : callable
        A function of a module; it sends ``("step", words)`` and at last ``("done", found)``
        or ``("failed", why)``.
    asked : object
        What it is asked about.
    """
    context = multiprocessing.get_context("spawn")
    told, tells = context.Pipe(duplex=False)
    work.process = context.Process(target=does, args=(tells, asked), daemon=True)
    work.process.start()
    tells.close()
    threading.Thread(target=_listen, args=(work, told), daemon=True).start()


def after_the_pages() -> None:
    """Let the pages come first: this runs in the process of its own."""
    if hasattr(os, "nice"):
        os.nice(5)


def _review(tells: Connection, asked: Asked) -> None:
    """Review, and tell each step: this runs in the process of its own."""
    from twofold.pipeline import review

    after_the_pages()
    try:
        report = review(
            asked.diary,
            today=asked.today,
            case=asked.case,
            country=asked.country,
            listed=asked.listed,
            progress=lambda step: tells.send(("step", step)),
        )
        tells.send(("done", report))
    except TwofoldError as error:
        tells.send(("failed", error.sentence()))


def _listen(job: Work[Any], told: Connection) -> None:
    try:
        while job.state == "running":
            word, value = told.recv()
            if word == "step":
                job.steps.append(value)
            elif job.state == "running":
                job.found, job.says = (value, "") if word == "done" else (None, value)
                job.state = word
    except (EOFError, OSError):
        if job.state == "running":
            job.says, job.state = FAILED, "failed"
    finally:
        told.close()
        if job.process is not None:
            job.process.join()
