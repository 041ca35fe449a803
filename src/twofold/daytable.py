"""The day table: one row a day, and the only thing statistics ever see.

Every column is a float array of shape ``(days,)``; ``nan`` means *not
recorded*, never "no". Yes/no columns hold 1.0 and 0.0. Families of columns
share a prefix, so that later work adds columns and never a second table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


@dataclass(frozen=True)
class ColumnSpec:
    """What one column (or family, ending in ``.*``) holds."""

    name: str
    unit: str
    means: str


SCHEMA: tuple[ColumnSpec, ...] = (
    ColumnSpec("entered", "yes/no", "the person wrote anything at all that day (never nan)"),
    ColumnSpec("headache", "yes/no", "a headache day by the diary's stated rule"),
    ColumnSpec("headache_known", "yes/no", "whether `headache` is known (never nan)"),
    ColumnSpec("onset", "yes/no", "headache today, none yesterday; nan when either is unknown"),
    ColumnSpec("migraine", "yes/no", "a migraine day, where the diary allows to say so"),
    ColumnSpec("severity", "0–10", "the day's strongest headache"),
    ColumnSpec("mood", "0–10", "the day's mean mood, higher is better"),
    ColumnSpec("low_mood", "yes/no", "a low-mood day by the diary's stated rule"),
    ColumnSpec("energy", "0–10", "energy, higher is more"),
    ColumnSpec("stress", "0–10", "stress, higher is more"),
    ColumnSpec("sleep_hours", "hours", "length of the night that ended this day"),
    ColumnSpec("sleep_quality", "0–10", "quality of that night, higher is better"),
    ColumnSpec("sleep_efficiency", "0–100", "share of that night asleep"),
    ColumnSpec("cycle_day", "days", "1 = first day of bleeding, −1 = the day before; no 0"),
    ColumnSpec("perimenstrual", "yes/no", "cycle day −2 to +3"),
    ColumnSpec("weekend", "yes/no", "Saturday or Sunday; nan in an undated diary"),
    ColumnSpec("season", "radians", "2π × day of the year / 365.25; nan in an undated diary"),
    ColumnSpec("mood_item.*", "0–10", "the day's mean of one mood item, higher is better"),
    ColumnSpec("acute.*", "yes/no", "an acute medicine of this overuse family was taken"),
    ColumnSpec("scale.*", "points", "a questionnaire's total, on the day it was answered"),
    ColumnSpec("course.*", "yes/no", "a course of treatment was running"),
    ColumnSpec("dose.*", "own unit a day", "the daily dose of a course"),
    ColumnSpec("factor.*", "own unit", "a factor the person names"),
)


# What a unit can hold; any other number was not meant, and counts as not recorded.
RANGES: dict[str, tuple[float, float]] = {
    "yes/no": (0, 1),
    "0–10": (0, 10),
    "0–100": (0, 100),
    "hours": (0, 24),
}
ANY_RANGE = (-1e6, 1e6)


@dataclass(frozen=True)
class FactorInfo:
    """What statistics may know of a factor column: its label and its claim's id."""

    column: str
    label: str
    claim: str | None


@dataclass(frozen=True)
class DayTable:
    """One row a day.

    Parameters
    ----------
    columns : dict of str to ndarray, shape (days,)
        By name; see ``SCHEMA``.
    labels : tuple of str
        One label a day: an ISO date, or ``"day 12"`` in an undated diary.
    is_dated : bool
        Whether labels are dates.
    factors : tuple of FactorInfo
        Which columns are candidates for "what comes before".
    """

    columns: dict[str, Column]
    labels: tuple[str, ...]
    is_dated: bool
    factors: tuple[FactorInfo, ...] = ()

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if spec_of(name) is None:
                raise ValueError(f"the day table has no column {name!r}; add it to SCHEMA")
            if column.shape != (len(self.labels),):
                raise ValueError(f"column {name!r} has shape {column.shape}")

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, name: str) -> Column:
        """Return a column; one that was never recorded comes back all ``nan``."""
        if name not in self.columns:
            return np.full(len(self), np.nan)
        return self.columns[name]

    def family(self, prefix: str) -> Iterator[tuple[str, Column]]:
        """Give the columns of one family, as (name without prefix, column)."""
        for name, column in self.columns.items():
            if name.startswith(prefix + "."):
                yield name[len(prefix) + 1 :], column

    def plausible(self) -> DayTable:
        """Return the table with every number outside its column's range as not recorded."""
        columns = {name: _inside(name, column) for name, column in self.columns.items()}
        return DayTable(columns, self.labels, self.is_dated, self.factors)

    def last(self, days: int) -> DayTable:
        """Return the last ``days`` rows as a table of their own."""
        return self.rows(max(0, len(self) - days), len(self))

    def rows(self, start: int, stop: int) -> DayTable:
        """Return rows ``start`` to ``stop`` (exclusive) as a table of their own."""
        cut = {name: column[start:stop] for name, column in self.columns.items()}
        return DayTable(cut, self.labels[start:stop], self.is_dated, self.factors)


@dataclass(frozen=True)
class DayTables:
    """The same columns of many people: what a cohort is asked about.

    Parameters
    ----------
    columns : dict of str to ndarray, shape (people, days)
        By name; see ``SCHEMA``. A person with fewer days has ``nan`` after them.
    is_dated : bool
        Whether day 0 is the same date for all.
    factors : tuple of FactorInfo
        Which columns are candidates; the same for all.
    """

    columns: dict[str, Column]
    is_dated: bool = False
    factors: tuple[FactorInfo, ...] = ()

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if spec_of(name) is None:
                raise ValueError(f"the day table has no column {name!r}; add it to SCHEMA")
            if column.shape != self.shape or column.ndim != 2:
                raise ValueError(f"column {name!r} has shape {column.shape}, not {self.shape}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (people, days)."""
        return next(iter(self.columns.values())).shape

    def __getitem__(self, name: str) -> Column:
        """Return a column; one that was never recorded comes back all ``nan``."""
        if name not in self.columns:
            return np.full(self.shape, np.nan)
        return self.columns[name]

    @classmethod
    def of(cls, tables: Sequence[DayTable]) -> DayTables:
        """Put people's tables into one; a shorter diary has unknown days at its end.

        What a person never recorded is unknown for that person. Dates stay
        only where all tables begin on the same one.

        Raises
        ------
        ValueError
            When there is no table, or none with a day.
        """
        longest = max((len(one) for one in tables), default=0)
        if not longest:
            raise ValueError("a cohort needs at least one table with at least one day")
        names = dict.fromkeys(name for one in tables for name in one.columns)
        columns = {
            name: np.stack([_padded(one[name], longest) for one in tables]) for name in names
        }
        starts = {one.labels[0] for one in tables if len(one)}
        factors = {info.column: info for one in reversed(tables) for info in one.factors}
        is_dated = len(starts) == 1 and all(one.is_dated for one in tables)
        return cls(columns, is_dated, tuple(factors.values()))

    def plausible(self) -> DayTables:
        """Return the tables with every number outside its column's range as not recorded."""
        columns = {name: _inside(name, column) for name, column in self.columns.items()}
        return DayTables(columns, self.is_dated, self.factors)

    def people(self, start: int, stop: int) -> DayTables:
        """Return the people from ``start`` to ``stop`` (exclusive)."""
        cut = {name: column[start:stop] for name, column in self.columns.items()}
        return DayTables(cut, self.is_dated, self.factors)


def _padded(column: Column, days: int) -> Column:
    return np.concatenate([column, np.full(days - len(column), np.nan)])


def _inside(name: str, column: Column) -> Column:
    spec = spec_of(name)
    low, high = RANGES.get(spec.unit, ANY_RANGE) if spec else ANY_RANGE
    is_inside = (column >= low) & (column <= high)
    return column if is_inside.all() else np.where(is_inside, column, np.nan)


def spec_of(name: str) -> ColumnSpec | None:
    """Return the schema row for a column's name, or ``None``."""
    family = name.split(".", 1)[0] + ".*" if "." in name else name
    return next((spec for spec in SCHEMA if spec.name == family), None)
