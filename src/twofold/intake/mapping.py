"""The mapping language: what a table's columns mean, as frozen records.

A mapping file is TOML; every record here is one of its sections, every field one
of its keys. Nothing here reads a file. A *column* is named as the table's first
line names it; in a ``long`` table (one row for each item) it may also be an item.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, NewType

from twofold.diary.diary import HeadacheDayRule, LowMoodDayRule, Origin
from twofold.diary.headache import Kind
from twofold.diary.medication import Purpose
from twofold.diary.mood import Better
from twofold.errors import MappingError
from twofold.units import DOSE_UNITS, Span

MAPPING_FORMAT = "twofold-mapping-1"

Column = NewType("Column", str)
"""The name of a column, or in a long table of an item."""

Ends = tuple[float, float]
"""The two ends of a rating: ``[1, 7]``."""

Repeats = Literal["each_row", "once_a_day"]
"""``once_a_day``: one answer, repeated on every row of its day; it is taken once."""

Daily = Literal["each", "mean", "max", "min", "sum", "count", "last"]
Absent = Literal["unknown", "zero_if_any_entry", "zero_if_table_entry"]


@dataclass(frozen=True, kw_only=True)
class Where:
    """Take only rows whose ``column`` holds one of ``values``, such as one tag among many."""

    column: Column
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Which column tells whose row it is, and how the person is labelled (``{}`` = the cell)."""

    column: Column
    label: str = "{}"

    def __post_init__(self) -> None:
        if self.label.count("{}") != 1 or self.label.replace("{}", "").count("{"):
            raise MappingError(f"the label {self.label!r} must hold {{}} exactly once.")


@dataclass(frozen=True, kw_only=True)
class DayColumns:
    """How the day of a row is found: one of three ways.

    Parameters
    ----------
    column, format : str
        A date column, with its format (``%d/%m/%y``). Without a format only
        dates that can be read in one way are accepted.
    year, month, day : str
        Three columns of numbers.
    index : str
        A column of day numbers: an undated diary. With ``stretch`` the numbers
        begin anew in every stretch (a cycle); stretches are laid ``stretch_days``
        apart, the days between them unknown. ``skips_zero``: −1 is followed by 1.
    """

    column: Column | None = None
    format: str | None = None
    year: Column | None = None
    month: Column | None = None
    day: Column | None = None
    index: Column | None = None
    stretch: Column | None = None
    stretch_days: int | None = None
    skips_zero: bool = False

    def __post_init__(self) -> None:
        ymd = (self.year, self.month, self.day)
        ways = [self.column is not None, any(ymd), self.index is not None]
        if sum(ways) != 1 or (any(ymd) and not all(ymd)):
            raise MappingError("a day needs `column`, or `year`, `month` and `day`, or `index`.")
        if (self.stretch is None) != (self.stretch_days is None):
            raise MappingError("`stretch` and `stretch_days` belong together.")


@dataclass(frozen=True, kw_only=True)
class TimeColumns:
    """How the wall-clock time of a row is found, when the date column does not hold it."""

    column: Column | None = None
    format: str = "%H:%M"
    hour: Column | None = None
    minute: Column | None = None

    def __post_init__(self) -> None:
        if (self.column is None) == (self.hour is None):
            raise MappingError("a time needs `column`, or `hour` (and `minute`).")


@dataclass(frozen=True, kw_only=True)
class Offset:
    """Minutes or hours east of UTC, in a column."""

    column: Column
    unit: Literal["minutes", "hours"]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A column that holds a date, a time or both, in a stated format."""

    column: Column
    format: str


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Every row (that fits ``where``) is one attack; the row's moment is its onset.

    ``day_starts``: an attack before this hour belongs to the day before. ``hours``:
    how long it lasted. ``pain``: 0–10, or on ``pain_span``.
    """

    where: Where | None = None
    kind: Kind | None = None
    day_starts: dt.time | None = None
    end: Moment | None = None
    hours: Column | None = None
    pain: Column | None = None
    pain_span: Ends = (0, 10)

    def __post_init__(self) -> None:
        Span(*self.pain_span)


@dataclass(frozen=True, kw_only=True)
class Headache:
    """A headache rating (``column`` on ``span``), or a number of headaches (``count``).

    With ``count``, 0 is the person's word for "no headache today"; with both,
    ``column`` is how strong it was. ``words`` turn texts into numbers.
    """

    column: Column | None = None
    span: Ends | None = None
    count: Column | None = None
    kind: Kind | None = None
    words: dict[str, float] = field(default_factory=dict)
    where: Where | None = None

    def __post_init__(self) -> None:
        if self.column is None and self.count is None:
            raise MappingError("a headache needs `column` with `span`, or `count`.")
        if self.column is not None and self.span is None:
            raise MappingError("a headache rating needs the ends of its scale: `span = [0, 10]`.")
        if self.span is not None:
            Span(*self.span)


@dataclass(frozen=True, kw_only=True)
class Mood:
    """One mood item: its name, the ends of its scale, and which end feels better."""

    column: Column
    name: str
    span: Ends
    better: Better
    repeats: Repeats = "each_row"
    words: dict[str, float] = field(default_factory=dict)
    where: Where | None = None

    def __post_init__(self) -> None:
        Span(*self.span)


@dataclass(frozen=True, kw_only=True)
class Rating:
    """Energy or stress of one day; higher means more of it."""

    column: Column
    span: Ends
    repeats: Repeats = "each_row"
    words: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Span(*self.span)


@dataclass(frozen=True, kw_only=True)
class Night:
    """The night that ended on the row's day; taken once a day.

    With ``better = "low"`` the quality is turned round, so that in the diary more is better.
    """

    duration: Column | None = None
    duration_unit: Literal["hours", "minutes", "seconds"] | None = None
    quality: Column | None = None
    span: Ends | None = None
    better: Better = "high"
    efficiency: Column | None = None

    def __post_init__(self) -> None:
        if (self.duration is None) != (self.duration_unit is None):
            raise MappingError("a night's `duration` needs its `duration_unit`, and the reverse.")
        if (self.quality is None) != (self.span is None):
            raise MappingError(
                "sleep `quality` needs the ends of its scale, `span`, and the reverse."
            )
        if self.span is not None:
            Span(*self.span)


@dataclass(frozen=True, kw_only=True)
class Dose:
    """A medicine taken: its name, how many pieces (``count``) or how much (``amount``).

    ``asked = true``: the diary asked every time, so a 0 means "none taken".
    """

    name: str | None = None
    name_column: Column | None = None
    purpose: Purpose | None = None
    count: Column | None = None
    amount: Column | None = None
    unit: str | None = None
    unit_column: Column | None = None
    relief: Column | None = None
    asked: bool = False
    words: dict[str, float] = field(default_factory=dict)
    where: Where | None = None

    def __post_init__(self) -> None:
        if (self.name is None) == (self.name_column is None):
            raise MappingError("a dose needs `name` or `name_column`, one of them.")
        _check_amount(self.amount, self.unit, self.unit_column)
        if not (self.count or self.amount or self.name_column or self.where):
            raise MappingError("a dose needs `count`, `amount`, `name_column` or `where`.")
        if self.asked and (self.purpose != "acute" or self.count is None):
            raise MappingError('`asked = true` needs `purpose = "acute"` and `count`.')


@dataclass(frozen=True, kw_only=True)
class Course:
    """Every row (that fits ``where``) is one course of treatment; the row's day is its start."""

    name: str | None = None
    name_column: Column | None = None
    purpose: Purpose | None = "preventive"
    end: Moment | None = None
    amount: Column | None = None
    unit: str | None = None
    unit_column: Column | None = None
    where: Where | None = None

    def __post_init__(self) -> None:
        if (self.name is None) == (self.name_column is None):
            raise MappingError("a course needs `name` or `name_column`, one of them.")
        _check_amount(self.amount, self.unit, self.unit_column)


@dataclass(frozen=True, kw_only=True)
class DoseSteps:
    """A column that holds the daily dose on every row: a course with its dose changes.

    A 0 after a dose ends the course on the day before.
    """

    column: Column
    name: str
    unit: str
    purpose: Purpose | None = "preventive"
    started_earlier: bool | None = None

    def __post_init__(self) -> None:
        _check_amount(self.column, self.unit, None)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A questionnaire: its ``total``, or the column of each of its ``items``."""

    scale: str
    total: Column | None = None
    items: dict[str, Column] = field(default_factory=dict)
    repeats: Repeats = "once_a_day"

    def __post_init__(self) -> None:
        if self.total is None and not self.items:
            raise MappingError("a questionnaire needs `total` or `items`.")


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """The day's place in the menstrual cycle: 1 = first day of bleeding, −1 the day before."""

    day_from_onset: Column | None = None
    cycle: Column | None = None
    bleeding: Column | None = None
    words: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Something that may come before a headache: a column's value, or a tag (``where``).

    Parameters
    ----------
    claim : str, optional
        Id of the row in ``knowledge/claims`` that says what studies found.
    daily : str
        How several values of one day become one; ``each`` keeps them all.
    change : {"rise", "fall"}, optional
        The value minus the day before's (``rise``), or the reverse. Unknown when
        the day before is; with ``same``, also when that column differs.
    absent : str
        What a day without the entry means. ``unknown`` unless the mapping says
        otherwise: ``zero_if_any_entry`` (a day with any entry of the diary),
        ``zero_if_table_entry`` (a day with an entry in this table).
    """

    name: str
    column: Column | None = None
    where: Where | None = None
    unit: str | None = None
    claim: str | None = None
    daily: Daily = "each"
    repeats: Repeats = "each_row"
    change: Literal["rise", "fall"] | None = None
    same: Column | None = None
    absent: Absent = "unknown"
    words: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.column is None and self.where is None:
            raise MappingError("a factor needs `column`, or `where` for a tag.")
        if self.change and (self.daily == "each" or self.absent != "unknown"):
            raise MappingError("a `change` needs one value a day (`daily`), and no `absent`.")
        if self.same and not self.change:
            raise MappingError("`same` belongs to `change`.")


@dataclass(frozen=True, kw_only=True)
class NoteColumn:
    """A column of free text; never analysed."""

    column: Column


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file of rows, and what its columns mean.

    Parameters
    ----------
    shape : {"moment", "day", "long"}
        One row a moment (several a day), one row a day (a second row for a day
        is listed), or one row an item.
    item, value : str
        In a long table: the column that names the item, the column with its value.
    missing : list of str
        What a cell holds when nothing was recorded.
    missing_in : dict of str to list of str
        The same for single columns, where 0 means "not asked" in one and none in another.
    entries : bool
        Whether a row counts as the person's entry for that day.
    """

    file: str
    shape: Literal["moment", "day", "long"]
    day: DayColumns
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: str = "utf-8-sig"
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("",)
    missing_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entries: bool = True
    item: Column | None = None
    value: Column | None = None
    person: Person | None = None
    time: TimeColumns | None = None
    offset: Offset | None = None
    attack: tuple[Attack, ...] = ()
    headache: tuple[Headache, ...] = ()
    mood: tuple[Mood, ...] = ()
    energy: tuple[Rating, ...] = ()
    stress: tuple[Rating, ...] = ()
    sleep: tuple[Night, ...] = ()
    dose: tuple[Dose, ...] = ()
    course: tuple[Course, ...] = ()
    dose_steps: tuple[DoseSteps, ...] = ()
    scale: tuple[Scale, ...] = ()
    cycle: tuple[Cycle, ...] = ()
    factor: tuple[Factor, ...] = ()
    note: tuple[NoteColumn, ...] = ()

    def __post_init__(self) -> None:
        if (self.shape == "long") != (self.item is not None and self.value is not None):
            raise MappingError('`item` and `value` belong to `shape = "long"`, both of them.')
        parts = self.file.replace("\\", "/").split("/")
        if ":" in self.file or any(part in ("", "..") for part in parts):
            raise MappingError("`file` is a name inside the folder, without a path out of it.")


@dataclass(frozen=True, kw_only=True)
class Counting:
    """What holds for the whole diary; see ``Conventions`` in ``diary/diary.py``."""

    person: str = "you"
    mood_item: str | None = None
    silence: Literal["unknown", "free_if_other_entries"] = "unknown"
    headache_means_migraine: bool = False


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A whole mapping file."""

    format: Literal["twofold-mapping-1"]
    table: tuple[Table, ...]
    diary: Counting = Counting()
    headache_day: HeadacheDayRule | None = None
    low_mood_day: LowMoodDayRule | None = None
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        if not self.table:
            raise MappingError("a mapping needs at least one [[table]].")


def _check_amount(amount: str | None, unit: str | None, unit_column: str | None) -> None:
    if amount is not None and (unit is None) == (unit_column is None):
        raise MappingError("an amount needs `unit` or `unit_column`; it is never a bare number.")
    if unit is not None and unit not in DOSE_UNITS:
        raise MappingError(f"the unit {unit!r} is not known; use one of {', '.join(DOSE_UNITS)}.")
