"""A long table (one row an item) turned into one row a moment, with the items as columns."""

from __future__ import annotations

from dataclasses import replace

from twofold.errors import MappingError, ReadError
from twofold.intake.cells import label_of
from twofold.intake.mapping import Table
from twofold.intake.mapping_file import columns_of
from twofold.intake.reading import Unread
from twofold.intake.table import Row, Sheet, row_columns

Key = tuple[str, ...]


def widen(sheet: Sheet, table: Table) -> Sheet:
    """Return the sheet with one row for each person, day and time.

    An item that stands twice on one moment is listed: once when both say the same,
    and not read at all when they contradict each other.
    """
    item, value = str(table.item), str(table.value)
    keys = [column for column in row_columns(table) if column not in (item, value)]
    wide: dict[Key, Row] = {}
    unread = list(sheet.unread)
    broken: set[tuple[Key, str]] = set()
    for row in sheet.rows:
        key = tuple(row.cells[column] for column in keys)
        moment = wide.setdefault(key, _moment(row, item, value))
        name = label_of(row.cells[item])
        _refuse_clash(name, moment, sheet)
        if name not in moment.lines:
            moment.cells[name], moment.lines[name] = row.cells[value], row.line
        elif moment.cells[name] == row.cells[value] and (key, name) not in broken:
            reason = f"says the same as line {moment.lines[name]}; it was counted once."
            unread.append(Unread(f"{sheet.file} line {row.line}", reason))
        else:
            unread.extend(_contradiction(sheet.file, moment, row.line, name, (key, name) in broken))
            broken.add((key, name))
            moment.cells[name] = ""
    widened = replace(sheet, rows=tuple(wide.values()), unread=tuple(unread))
    _check_items(widened, table)
    return widened


def _moment(row: Row, item: str, value: str) -> Row:
    kept = {name: cell for name, cell in row.cells.items() if name not in (item, value)}
    return Row(row.line, kept, {})


def _refuse_clash(name: str, moment: Row, sheet: Sheet) -> None:
    if name in moment.cells and name not in moment.lines:
        raise ReadError(
            f"an item is called {name!r} like a column; the two cannot be told apart.",
            where=sheet.file,
            remedy="Rename the column.",
        )


def _contradiction(file: str, moment: Row, line: int, name: str, again: bool) -> list[Unread]:
    first = moment.lines[name]
    lines = [line] if again else [first, line]
    reason = f"item {name} is answered differently on lines {first} and {line}; neither was read."
    return [Unread(f"{file} line {number}", reason) for number in lines]


def _check_items(sheet: Sheet, table: Table) -> None:
    known = {name for row in sheet.rows for name in row.cells}
    for column in columns_of(table):
        if column not in known and column not in (table.item, table.value):
            raise MappingError(
                f"the mapping names an item {column!r} that the file does not have.",
                where=sheet.file,
                remedy=f"The file has: {', '.join(sorted(known)[:40])}.",
            )
