"""After the days with acute medicine fell: headache days and mood, before and since.

Counts only. That one thing fell and another changed does not say that one led to the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.facts.acute_months import any_acute_of, families_of_table, rule
from twofold.facts.counting import WINDOW, Count, count
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import families

ALL = "total"
"""Several kinds together, whose level is that of 8.2.6."""


@dataclass(frozen=True)
class Mean:
    """The mean of a rating over the known days of a stretch; ``None`` with too few of them."""

    mean: float | None
    known: int
    days: int


@dataclass(frozen=True)
class Stretch:
    """28 days: acute days, headache days, low-mood days and mood, each with its known days.

    ``first`` and ``last`` are the labels of its days. ``low_mood`` is ``None``
    where the diary has no rule for a low-mood day.
    """

    first: str
    last: str
    acute: Count
    headache: Count
    mood: Mean
    low_mood: Count | None


@dataclass(frozen=True)
class Recovery:
    """How it was in the 28 days at the level, and in every 28 days since.

    Parameters
    ----------
    family : str
        The family that was at its level, or ``"total"``.
    label : str
        The same in words.
    level : int
        Days in 30 at which it was.
    before : Stretch
        The last 28 days at the level.
    since : tuple of Stretch
        Every whole 28 days after them, in order of time.
    """

    family: str
    label: str
    level: int
    before: Stretch
    since: tuple[Stretch, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the stretches as plain sentences."""
        head = _words("head").format(label=self.label, level=self.level)
        since = (_line("since", one) for one in self.since)
        return (head, _line("before", self.before), *since, _words("no_cause"))


def recoveries(table: DayTable) -> tuple[Recovery, ...]:
    """Return, for every family that was at its level and no longer is, what came before and since.

    A family counts as fallen when some running 30 days reached its level on
    known days alone, the newest 30 cannot have reached it, and at least 28 days
    lie in between. Where the name leaves two levels open, the higher one counts.

    Parameters
    ----------
    table : DayTable
        ``acute.*``, ``headache``, ``mood`` and ``low_mood`` are read.
    """
    taken = families_of_table(table)
    kinds = {name: max(families()[name].level_days) for name in taken}
    columns = dict(taken)
    if len(taken) > 1:
        columns[ALL], kinds[ALL] = any_acute_of(taken, len(table)), rule("several_days")
    found = (_recovery(name, columns[name], level, table) for name, level in kinds.items())
    return tuple(one for one in found if one is not None)


def _recovery(name: str, acute: Column, level: int, table: DayTable) -> Recovery | None:
    turn = _turn(acute, level)
    if turn is None or count(acute[-rule("window_days") :]).most >= level:
        return None
    starts = range(turn, len(table) - WINDOW + 1, WINDOW)
    return Recovery(
        family=name,
        label=families()[name].label if name in families() else _words(ALL),
        level=level,
        before=_stretch(turn - WINDOW, acute, table),
        since=tuple(_stretch(start, acute, table) for start in starts),
    )


def _turn(acute: Column, level: int) -> int | None:
    """Return the row at which acute days fell: where the 28 days on its two sides differ most.

    It lies in the last running 30 days whose known days reach the level, and
    the 30 days before it reach the level too. ``None`` where there is none, or
    fewer than 28 days lie after it.
    """
    window = rule("window_days")
    hits = np.cumsum(np.concatenate([[0.0], np.nan_to_num(acute)]))
    at_level = [
        row for row in range(window, acute.size + 1) if hits[row] - hits[row - window] >= level
    ]
    within = [row for row in at_level if at_level[-1] - window < row <= acute.size - WINDOW]
    falls = [2 * hits[row] - hits[row - WINDOW] - hits[row + WINDOW] for row in within]
    return within[int(np.argmax(falls))] if falls else None


def _stretch(start: int, acute: Column, table: DayTable) -> Stretch:
    rows = slice(start, start + WINDOW)
    low = table["low_mood"]
    return Stretch(
        first=table.labels[start],
        last=table.labels[start + WINDOW - 1],
        acute=count(acute[rows]),
        headache=count(table["headache"][rows]),
        mood=_mean(table["mood"][rows]),
        low_mood=None if np.isnan(low).all() else count(low[rows]),
    )


def _mean(ratings: Column) -> Mean:
    """Return the mean where at least half of the days are known; fewer would mislead."""
    known = ratings[~np.isnan(ratings)]
    mean = float(known.mean()) if 2 * known.size >= ratings.size else None
    return Mean(mean, int(known.size), int(ratings.size))


def _line(template: str, one: Stretch) -> str:
    mood = _words("mood" if one.mood.mean is not None else "mood_unknown")
    said = _words(template).format(
        first=one.first,
        last=one.last,
        acute=one.acute.hits,
        acute_known=one.acute.known,
        headache=one.headache.hits,
        headache_known=one.headache.known,
    )
    return f"{said} {mood.format(mean=one.mood.mean or 0.0, known=one.mood.known)}"


def _words(name: str) -> str:
    return str(wording("medicines")["recovery"][name])
