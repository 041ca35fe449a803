"""The log of claims shown: kept by the command line, so that their later fate can be seen."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofold.errors import ReadError
from twofold.report.writing import write_whole

if TYPE_CHECKING:
    from twofold.report.report import Said

FORMAT = "twofold-log-1"
Log = dict[str, tuple["Said", ...]]


def load(path: str) -> Log:
    """Return the log, empty when there is none yet.

    Raises
    ------
    ReadError
        When the file is there but is not such a log; it is never overwritten.
    """
    file = Path(path)
    if not file.exists():
        return {}
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {person: tuple(_said(row) for row in rows) for person, rows in _people(told).items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReadError(
            "this is not a log of Twofold, so it was left as it is.",
            where=path,
            remedy="Name another file with --log.",
        ) from error


def save(path: str, log: Log) -> None:
    """Write the log, whole or not at all."""
    people = {person: [asdict(said) for said in rows] for person, rows in log.items()}
    write_whole(Path(path), json.dumps({"format": FORMAT, "people": people}, indent=2) + "\n")


def _people(told: dict[str, Any]) -> dict[str, Any]:
    if told["format"] != FORMAT:
        raise ValueError(told["format"])
    return dict(told["people"])


def _said(row: dict[str, Any]) -> Said:
    from twofold.report.report import Said

    said = Said(**row)
    if not all(
        isinstance(word, str) for word in (said.shown_on, said.key, said.question, said.verdict)
    ):
        raise TypeError("a claim in the log is made of words")
    return said
