"""Opening a table: CSV or TSV into rows, each with its line; what is not a row is listed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twofold.errors import MappingError, ReadError
from twofold.intake.mapping import Table
from twofold.intake.mapping_file import columns_of
from twofold.intake.opening import text_of
from twofold.intake.reading import Unread

MOST_COLUMNS = 10_000


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, and the text of the columns that the mapping uses.

    ``lines`` tells the line of a single cell, where it is not the row's own.
    """

    line: int
    cells: dict[str, str]
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The rows of one file, and the lines that are not rows."""

    file: str
    rows: tuple[Row, ...]
    unread: tuple[Unread, ...] = ()

    def place(self, row: Row, column: str = "") -> str:
        """Return where a cell stands, as people find it again."""
        line = row.lines.get(column, row.line)
        return f"{self.file} line {line}" + (f", column {column}" if column else "")


def open_sheet(path: Path, table: Table) -> Sheet:
    """Read the rows of ``path`` as ``table`` describes them.

    Raises
    ------
    ReadError
        When the file is not text, not a table, or has no rows.
    MappingError
        When the mapping names a column that the file does not have.
    """
    lines = _parsed(text_of(path, table.encoding), table, path.name)
    _, header = next(lines, (1, []))
    wanted = _wanted(header, table, path.name)
    rows: list[Row] = []
    unread: list[Unread] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header) and any(cells[len(header) :]) | (len(cells) < len(header)):
            unread.append(Unread(f"{path.name} line {line}", _ragged(len(cells), len(header))))
        else:
            rows.append(Row(line, {name: cells[at].strip() for name, at in wanted.items()}))
    _refuse_without_rows(rows, unread, path.name)
    return Sheet(path.name, tuple(rows), tuple(unread))


def _parsed(text: str, table: Table, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give (line where it starts, cells) of every record; a broken quotation is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(_csv_reason(str(error), line), where=name, remedy=_csv_remedy()) from None


def _csv_reason(error: str, line: int) -> str:
    if "field larger" in error:
        return f"a cell of line {line} holds more than {csv.field_size_limit()} letters."
    if "end of data" in error:
        return f"a quotation mark that opens on line {line} never closes."
    return f"line {line} cannot be split into cells: {error}."


def _csv_remedy() -> str:
    return "Open the file in a text editor at that line and correct it."


def _wanted(header: list[str], table: Table, name: str) -> dict[str, int]:
    """Return the position of every column that is needed."""
    if len(header) > MOST_COLUMNS:
        raise ReadError(
            f"the first line has {len(header)} columns; more than {MOST_COLUMNS} are not read.",
            where=name,
            remedy="Export fewer columns, or check the delimiter.",
        )
    names = [cell.strip() for cell in header]
    needed = names if table.shape == "long" else list(dict.fromkeys(columns_of(table)))
    for column in {*needed, *row_columns(table)}:
        _check_column(column, names, table, name)
    return {column: names.index(column) for column in needed}


def row_columns(table: Table) -> list[str]:
    """Return the columns that say whose row it is, when it was, and which item it holds."""
    parts = (table.person, table.day, table.time, table.offset)
    found = [column for part in parts if part is not None for column in columns_of(part)]
    return found + [column for column in (table.item, table.value) if column is not None]


def _check_column(column: str, names: list[str], table: Table, file: str) -> None:
    found = names.count(column)
    if found > 1:
        raise ReadError(
            f"two columns are called {column!r}.", where=file, remedy="Rename one of them."
        )
    if found == 0:
        raise MappingError(
            f"the mapping names a column {column!r} that the file does not have.",
            where=file,
            remedy=_instead(column, names, table),
        )


def _instead(column: str, names: list[str], table: Table) -> str:
    from difflib import get_close_matches

    if len(names) == 1:
        return (
            f"Only one column was found; the cells may not be split by {table.delimiter!r}: "
            'say delimiter = ";" or delimiter = "\\t" in the mapping.'
        )
    shown = [name[:40] for name in get_close_matches(column, names, 3) or names[:12]]
    return f"The file has: {', '.join(shown)}."


def _ragged(found: int, expected: int) -> str:
    cells = "1 cell" if found == 1 else f"{found} cells"
    return f"the line has {cells}, the first line has {expected}."


def _refuse_without_rows(rows: list[Row], unread: list[Unread], name: str) -> None:
    if rows:
        return
    if unread:
        raise ReadError(
            f"no line could be read; the first: {unread[0].reason}", where=unread[0].place
        )
    raise ReadError("the file has a first line but no rows.", where=name, remedy="Export it again.")
