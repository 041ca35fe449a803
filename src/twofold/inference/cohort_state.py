"""What a cohort has taught, in under two kilobytes and without a name.

Between what studies say and what one person's days say stand the days of other
people: in how many a factor is real, how large it then is, how often headaches
start. A state holds those numbers and nothing else. ``learning.learn`` fits one.

The file is JSON::

    {"format": "twofold-cohort-1", "people": 200, "days": 18000,
     "effects": {"stress_high": [0.31, 0.42, 0.2]},      share, mean, spread
     "nuisances": {"onset.intercept": [-1.62, 0.41]},    mean, standard deviation
     "surprise": 0.25}
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twofold.errors import ReadError

FORMAT = "twofold-cohort-1"
MOST_BYTES = 2048
UNLINKED = "unlinked"
LEAST_SPREAD = 0.05
LEAST_SD = 1e-3
# Known days from which a cohort outvotes a wrong table: 200 people with 90 days or 50 with a year,
# a quarter of them unknown (statistics sheet C3).
LEAST_DAYS = 13_000


@dataclass(frozen=True)
class CohortState:
    """Hyper-parameters that a cohort has taught.

    Parameters
    ----------
    people, days : int
        How many it was learnt from.
    effects : mapping of str to (share, mean, spread)
        By claim id (and ``"unlinked"``): the share of people, 0–1, in whom the
        effect is real; its mean and standard deviation between them, log-odds
        per standard deviation of the factor.
    nuisances : mapping of str to (mean, standard deviation)
        By equation and column, such as ``"onset.intercept"``; log-odds.
    surprise : float
        The share of real effects, 0–1, that are of any size and either sign.
    """

    people: int
    days: int
    effects: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    nuisances: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    surprise: float = 0.25

    def to_json(self) -> str:
        """Return the file's text.

        Raises
        ------
        ValueError
            When it would be larger than two kilobytes: a state holds no people.
        """
        rows: dict[str, Any] = {
            "format": FORMAT,
            "people": self.people,
            "days": self.days,
            "effects": {name: _short(row) for name, row in self.effects.items()},
            "nuisances": {
                name: [round(mean, 3), max(round(sd, 3), LEAST_SD)]
                for name, (mean, sd) in self.nuisances.items()
            },
            "surprise": round(self.surprise, 3),
        }
        text = json.dumps(rows, separators=(",", ":"), allow_nan=False)
        if len(text.encode()) > MOST_BYTES:
            raise ValueError(f"a cohort state has at most {MOST_BYTES} bytes, not {len(text)}")
        return text


def save(state: CohortState, path: str | Path) -> None:
    """Write a state, whole or not at all."""
    target = Path(path)
    beside = target.with_name(target.name + ".part")
    beside.write_text(state.to_json() + "\n", encoding="utf-8")
    beside.replace(target)


def load(path: str | Path) -> CohortState:
    """Read a state.

    Raises
    ------
    ReadError
        When the file is not a cohort state, or holds a number that cannot be.
    """
    try:
        raw = Path(path).read_bytes()
        if len(raw) > MOST_BYTES + 1:
            raise ValueError(f"it has {len(raw)} bytes; a cohort state has at most {MOST_BYTES}")
        return _read(json.loads(raw.decode("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReadError(
            f"this is not a cohort state of Twofold ({_reason(error)}).",
            where=str(path),
            remedy="Fit one again, or leave it out: one person's answers work without it.",
        ) from error


def _read(rows: dict[str, Any]) -> CohortState:
    if rows["format"] != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    state = CohortState(
        _whole(rows["people"]),
        _whole(rows["days"]),
        {str(name): _effect(row) for name, row in rows["effects"].items()},
        {str(name): _nuisance(row) for name, row in rows["nuisances"].items()},
        float(rows["surprise"]),
    )
    if not 0 <= state.surprise <= 1:
        raise ValueError("the share of surprises is not between 0 and 1")
    return state


def _effect(row: list[float]) -> tuple[float, float, float]:
    share, mean, spread = (float(one) for one in row)
    if not (0 < share < 1 and math.isfinite(mean) and LEAST_SPREAD <= spread < math.inf):
        raise ValueError(f"{row} is not a share, a mean and a spread")
    return share, mean, spread


def _nuisance(row: list[float]) -> tuple[float, float]:
    mean, sd = (float(one) for one in row)
    if not (math.isfinite(mean) and LEAST_SD <= sd < math.inf):
        raise ValueError(f"{row} is not a mean and a standard deviation")
    return mean, sd


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{number!r} is not a number of people or days")
    return number


def _short(row: tuple[float, float, float]) -> list[float]:
    """Keep a share to the thousandth, sizes to the hundredth: finer than any cohort knows them."""
    share, mean, spread = row
    return [max(round(share, 3), 0.001), round(mean, 2), max(round(spread, 2), LEAST_SPREAD)]


def _reason(error: Exception) -> str:
    """Say what a person can understand of it; Python's names for errors mean nothing to them."""
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "it is not JSON"
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return "a part of it is missing or of the wrong kind"
