"""When a row was written: its day and time, by the table's stated rules, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from twofold.errors import MappingError, ReadError
from twofold.intake.cells import CellError, Cells, short, shown
from twofold.intake.mapping import DayColumns, Table
from twofold.intake.table import Sheet
from twofold.units import Day, When

MomentReader = Callable[[Cells], When]

FIRST_YEAR, LAST_YEAR = 1900, 2200
_ISO = "%Y-%m-%d"
_DIRECTIVES = set("dmyYHMSIpfjbB%")
_NUMERIC_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(\d{4}|\d{2})", re.ASCII)


def moment_reader(table: Table, sheet: Sheet) -> tuple[MomentReader, str]:
    """Return the function that gives a row's moment, and what was settled about its dates.

    Raises
    ------
    ReadError
        When dates without a stated format can be read in two ways.
    MappingError
        When a format or a layout cannot work.
    """
    read_day, settled = _day_reader(table, sheet)
    if table.time is not None:
        check_format(table.time.format)

    def read(cells: Cells) -> When:
        day, time = read_day(cells)
        return When(day, time if table.time is None else _time(cells), _offset(cells))

    return read, settled


def parsed_moment(text: str, column: str, pattern: str) -> dt.datetime:
    """Return ``text`` as the moment that ``pattern`` says it is.

    Raises
    ------
    CellError
        When it is no such moment, or outside the years 1900 to 2200.
    """
    found = _strptime(text, pattern)
    if found is None:
        reason = f"{short(text)} is not a moment of the calendar written as {pattern}."
        raise CellError(column, reason)
    if _has_date(pattern) and not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellError(column, f"the year {found.year} is outside {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def has_time(pattern: str) -> bool:
    """Say whether a format holds a time of day."""
    return "%H" in pattern or "%I" in pattern


def check_format(pattern: str) -> str:
    """Return a date format unchanged, or refuse a sign in it that is not known.

    Raises
    ------
    MappingError
        When a directive is not known.
    """
    for at, letter in enumerate(pattern[:-1]):
        if letter == "%" and pattern[at + 1] not in _DIRECTIVES:
            raise MappingError(
                f"the date format {pattern!r} holds %{pattern[at + 1]}, which is not known.",
                remedy="Known: %d %m %y %Y %b %B %j %H %I %p %M %S %f.",
            )
    return pattern


DayReader = Callable[[Cells], tuple[Day, dt.time | None]]


def _day_reader(table: Table, sheet: Sheet) -> tuple[DayReader, str]:
    columns = table.day
    if columns.index is not None:
        return _index_reader(columns, table, sheet), ""
    if columns.year is not None:
        return lambda cells: (_from_three(cells, columns), None), ""
    column = str(columns.column)
    if columns.format is not None:
        return _format_reader(column, check_format(columns.format)), ""
    return _only_reading(column, table, sheet)


def _format_reader(column: str, pattern: str) -> DayReader:
    timed = has_time(pattern)
    if not _has_date(pattern):
        raise MappingError(
            f"the date format {pattern!r} does not hold a day, a month and a year.",
            remedy='Write it like "%d.%m.%Y".',
        )

    def read(cells: Cells) -> tuple[Day, dt.time | None]:
        found = parsed_moment(_needed(cells, column), column, pattern)
        return found.date(), found.time() if timed else None

    return read


def _only_reading(column: str, table: Table, sheet: Sheet) -> tuple[DayReader, str]:
    """Settle dates without a format: the one order that fits every date, or a refusal."""
    texts = [text for row in sheet.rows if (text := Cells(row, table).text(column))]
    numeric = [text for text in texts if _NUMERIC_DATE.fullmatch(text)]
    if not numeric:
        return _format_reader(column, _ISO), ""
    orders = {order: [_strptime(t, _pattern(t, order)) for t in numeric] for order in ("dm", "md")}
    fitting = [order for order, found in orders.items() if None not in found]
    if any(_strptime(text, _ISO) for text in texts):
        fitting = []
    if len(fitting) != 1:
        raise _ask_order(column, sheet.file, numeric, fitting)
    order = fitting[0]
    words = "day first" if order == "dm" else "month first"

    def read(cells: Cells) -> tuple[Day, dt.time | None]:
        text = _needed(cells, column)
        return parsed_moment(text, column, _pattern(text, order)).date(), None

    return read, f"Dates in {sheet.file} were read {words}: only so does every date exist."


def _pattern(text: str, order: str) -> str:
    found = _NUMERIC_DATE.fullmatch(text)
    mark, year = (found.group(1), found.group(2)) if found else ("/", "2000")
    parts = ("%d", "%m") if order == "dm" else ("%m", "%d")
    return mark.join((*parts, "%Y" if len(year) == 4 else "%y"))


def _ask_order(column: str, file: str, numeric: list[str], fitting: list[str]) -> ReadError:
    if not fitting:
        return ReadError(
            f"the dates in column {column} are written in different orders.",
            where=file,
            remedy='Write them all in one order and say it: format = "%d/%m/%Y" in the mapping.',
        )
    text = next((t for t in numeric if _strptime(t, _pattern(t, "md"))), numeric[0])
    readings = [_strptime(text, _pattern(text, order)) for order in ("dm", "md")]
    said = " or ".join(f"{r.day} {r:%B} {r.year}" for r in readings if r is not None)
    example = _pattern(text, "dm"), _pattern(text, "md")
    return ReadError(
        f"the date {text} in column {column} can mean {said}; nothing was guessed.",
        where=file,
        remedy=f'Say which in the mapping: format = "{example[0]}" or format = "{example[1]}".',
    )


def _from_three(cells: Cells, columns: DayColumns) -> Day:
    parts = []
    for column in (columns.year, columns.month, columns.day):
        _needed(cells, str(column))
        parts.append(_whole(cells, str(column)))
    year, month, day = parts
    if not FIRST_YEAR <= year <= LAST_YEAR:
        reason = f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}."
        raise CellError(str(columns.year), reason)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise CellError(
            str(columns.day), f"{year}-{month}-{day} is not a day of the calendar."
        ) from None


def _index_reader(columns: DayColumns, table: Table, sheet: Sheet) -> DayReader:
    """Lay the stretches of a numbered diary one after another, first index 1."""
    index = str(columns.index)

    def position(cells: Cells) -> int:
        _needed(cells, index)
        number = _whole(cells, index)
        if columns.skips_zero and number == 0:
            raise CellError(index, "there is no day 0: day −1 is followed by day 1.")
        return number - 1 if columns.skips_zero and number > 0 else number

    rows = [Cells(row, table) for row in sheet.rows]
    positions = [found for cells in rows if (found := _quietly(position, cells)) is not None]
    if not positions:
        raise ReadError(f"no day number could be read in column {index}.", where=sheet.file)
    lowest, length = min(positions), max(positions) - min(positions) + 1
    order = _stretch_order(columns, rows)
    step = columns.stretch_days or 0
    if order and length > step:
        raise MappingError(
            f"a stretch runs over {length} days, more than stretch_days = {step}.",
            where=sheet.file,
            remedy="Make stretch_days larger, so that stretches do not overlap.",
        )

    def read(cells: Cells) -> tuple[Day, dt.time | None]:
        start = order[_stretch_key(cells, columns)] * step if order else 0
        return 1 + start + position(cells) - lowest, None

    return read


def _stretch_order(columns: DayColumns, rows: Iterable[Cells]) -> dict[tuple[str, str], int]:
    """Number each person's stretches from 0, in their own order."""
    if columns.stretch is None:
        return {}
    keys = sorted({_stretch_key(cells, columns) for cells in rows}, key=_numeric_first)
    order: dict[tuple[str, str], int] = {}
    seen: dict[str, int] = {}
    for person, stretch in keys:
        order[person, stretch] = seen[person] = seen.get(person, -1) + 1
    return order


def _stretch_key(cells: Cells, columns: DayColumns) -> tuple[str, str]:
    person = cells.table.person
    whose = cells.text(person.column) if person else None
    return whose or "", cells.text(columns.stretch) or ""


def _numeric_first(key: tuple[str, str]) -> tuple[str, float, str]:
    try:
        return key[0], float(key[1]), key[1]
    except ValueError:
        return key[0], float("inf"), key[1]


def _quietly(position: Callable[[Cells], int], cells: Cells) -> int | None:
    try:
        return position(cells)
    except CellError:
        return None


def _time(cells: Cells) -> dt.time | None:
    rule = cells.table.time
    assert rule is not None
    if rule.column is not None:
        text = cells.text(rule.column)
        return None if text is None else parsed_moment(text, rule.column, rule.format).time()
    hour = cells.number(rule.hour)
    minute = cells.number(rule.minute) or 0
    if hour is None:
        return None
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise CellError(str(rule.hour), f"{shown(hour)}:{shown(minute)} is not a time of day.")
    return dt.time(int(hour), int(minute))


def _offset(cells: Cells) -> int | None:
    rule = cells.table.offset
    if rule is None:
        return None
    value = cells.number(rule.column)
    if value is None:
        return None
    minutes = value * (60 if rule.unit == "hours" else 1)
    if abs(minutes) > 14 * 60:
        raise CellError(rule.column, f"no place on earth is {shown(minutes)} minutes from UTC.")
    return round(minutes)


def _needed(cells: Cells, column: str) -> str:
    text = cells.text(column)
    if text is None:
        raise CellError(column, "the day is not recorded.")
    return text


def _whole(cells: Cells, column: str) -> int:
    value = cells.number(column)
    if value is None or value != int(value) or abs(value) > 10**9:
        raise CellError(column, f"{short(str(cells.text(column)))} is not a whole number of days.")
    return int(value)


def _has_date(pattern: str) -> bool:
    day = "%j" in pattern or ("%d" in pattern and any(m in pattern for m in ("%m", "%b", "%B")))
    return day and ("%y" in pattern or "%Y" in pattern)


@lru_cache(maxsize=100_000)
def _strptime(text: str, pattern: str) -> dt.datetime | None:
    try:
        found = dt.datetime.strptime(text, pattern)
    except (ValueError, OverflowError, re.error):
        return None
    return found.replace(tzinfo=None)
