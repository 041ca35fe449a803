"""The log of claims shown: kept by the command line, so that their later fate can be seen.

The file is JSON::

    {"format": "twofold-log-2", "people": {"person 2": [
        {"shown_on": "2025-06-30", "key": "tomorrow", "question": "…", "verdict": "counted",
         "chance": 31.0, "last_day": "2025-06-30", "direction": "",
         "about": "2025-07-01", "until": "2025-07-01", "low": null, "high": null}]}}

One row for every answer that was shown at a review. ``chance`` is of 100. A
forecast also says the days it is ``about``, and a count of days to come the
ends between which it was said to lie. The first format, ``twofold-log-1``,
lacks the last five; it is read too, and written as the second.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofold.errors import ReadError
from twofold.report.writing import write_whole

if TYPE_CHECKING:
    from twofold.report.report import Said

FORMAT = "twofold-log-2"
EARLIER_FORMATS = ("twofold-log-1",)
LONGEST_FORECAST = 366
VERDICTS = ("clear", "possible", "cannot tell", "unlikely", "not yet", "counted")
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
    if told["format"] not in (FORMAT, *EARLIER_FORMATS):
        raise ValueError(told["format"])
    return dict(told["people"])


def _said(row: dict[str, Any]) -> Said:
    from twofold.report.report import Said

    said = Said(**row)
    if not all(isinstance(word, str) for word in (said.key, said.question)):
        raise TypeError("a claim in the log is made of words")
    if said.verdict not in VERDICTS or said.direction not in ("", "more", "fewer"):
        raise ValueError(said.verdict)
    _check_days(said)
    _check_numbers(said)
    return said


def _check_days(said: Said) -> None:
    """Refuse a day that is none, and a forecast that ends before it begins, or never."""
    from twofold.report.fate import day_number

    day_number(said.shown_on)
    if said.about or said.until:
        ahead = day_number(said.until) - day_number(said.about)
        is_one_kind = said.about.startswith("day ") == said.until.startswith("day ")
        if not is_one_kind or not 0 <= ahead <= LONGEST_FORECAST:
            raise ValueError(said.until)


def _check_numbers(said: Said) -> None:
    if said.chance is not None and not 0 <= said.chance <= 100:
        raise ValueError(said.chance)
    for count in (said.low, said.high):
        if count is not None and not math.isfinite(count):
            raise ValueError(count)
