"""Tables of any length in pieces: bytes in, whole columns out, a fixed amount of memory.

A piece of some megabytes is cut at its separators in one sweep; a column is
then read for all its rows at once. Numbers of at most 15 digits in plain
notation are added up digit by digit, which is exact: digits and power of ten
are both exact in float64, and one division rounds once. All others (``1e-5``)
go through the C library.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.tables import Column

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Names = NDArray[np.bytes_]
Mask = NDArray[np.bool_]

PIECE = 1 << 20
LONGEST_LINE = 1 << 20
LONGEST_CELL = 200
MISSING = frozenset({b"", b"NA", b"#NA", b"NAN", b"NULL", b"NONE", b".", b"N/A"})
NEWLINE, SPACE, TAB, DOT, MINUS, PLUS, ZERO = 10, 32, 9, 46, 45, 43, 48
EXACT_DIGITS = 15
POWERS = 10.0 ** np.arange(EXACT_DIGITS + 4)


@dataclass(frozen=True)
class Block:
    """Some rows of a table, as bytes and the places of their separators.

    Parameters
    ----------
    raw : array of uint8
        The bytes, with room after the last row.
    starts, ends : array of int, shape (rows, columns)
        Where each cell starts, and where it ends.
    header : tuple of str
        The names of the columns.
    numbers_of_rows : array of int
        The number of each row in the file, counted from 1 without the header.
    where : str
        The file's name.
    """

    raw: Bytes
    starts: Whole
    ends: Whole
    header: tuple[str, ...]
    numbers_of_rows: Whole
    where: str

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return len(self.ends)

    def span(self, column: str, chosen: Whole | None = None) -> tuple[Whole, Whole]:
        """Return where the cells of a column start, and how long they are."""
        at = self.header.index(column)
        starts, ends = self.starts[:, at], self.ends[:, at]
        if chosen is not None:
            starts, ends = starts[chosen], ends[chosen]
        return starts, ends - starts

    def text(self, column: str, chosen: Whole | None = None) -> Names:
        """Return a column as byte strings."""
        return gathered(self.raw, *self.span(column, chosen))

    def numbers(self, column: str, chosen: Whole | None = None) -> Column:
        """Return a column as float64; an empty cell, ``NA``, ``#NA`` or ``.`` is ``nan``.

        Raises
        ------
        LabError
            At the first cell that is no number, with its row.
        """
        starts, lengths = self.span(column, chosen)
        found, is_plain = plain_numbers(self.raw, starts, lengths)
        other = np.flatnonzero(~is_plain)
        if len(other):
            cells = gathered(self.raw, starts[other], lengths[other])
            rows = other if chosen is None else chosen[other]
            found[other] = self._by_library(cells, column, rows)
        return found

    def _by_library(self, cells: Names, column: str, rows: Whole) -> Column:
        missing = np.isin(np.char.upper(cells), list(MISSING))
        cells = np.where(missing, b"nan", cells)
        try:
            return cells.astype(np.float64)
        except ValueError:
            row, cell = next((r, c) for r, c in zip(rows, cells, strict=True) if not _is_number(c))
            raise LabError(
                f"row {self.numbers_of_rows[row]}: {column} is {cell.decode('utf-8', 'replace')!r},"
                " which is no number.",
                where=self.where,
                remedy="Check which column is named; leave a missing value empty or NA.",
            ) from None


def blocks(
    path: Path, *, delimiter: str | None = None, comment: str = "##", piece: int = PIECE
) -> Iterator[Block]:
    """Give a table of any length in pieces.

    Parameters
    ----------
    path : Path
        A text table with a header, tab, comma or space between cells; ``.gz`` is opened.
    delimiter : str, optional
        Guessed from the header where it is not given.
    comment : str
        Lines before the header that begin so are left out.
    piece : int
        Bytes read at once.

    Raises
    ------
    LabError
        When it cannot be read, has no header, names a column twice, or a row
        has more or fewer cells than the header (the row is named).
    """
    pieces = _whole_lines(path, piece)
    header, rest = _header(pieces, comment, path.name)
    delimiter = delimiter or next((one for one in "\t, " if one in header), "\t")
    names = _names(header, delimiter, path.name)
    row = 1
    for raw in _with_rest(rest, pieces):
        block = _block(raw, names, delimiter, row, path.name)
        row += block.rows
        yield block


def gathered(raw: Bytes, starts: Whole, lengths: Whole) -> Names:
    """Return cells as byte strings, cut at 200 bytes."""
    width = int(min(max(lengths.max(initial=1), 1), LONGEST_CELL))
    cells = np.empty((len(starts), width), np.uint8)
    for place in range(width):
        cells[:, place] = raw.take(starts + place, mode="clip") * (lengths > place)
    return cast(Names, cells.view(f"S{width}")[:, 0])


def plain_numbers(raw: Bytes, starts: Whole, lengths: Whole) -> tuple[Column, Mask]:
    """Return numbers in plain notation, and which cells were such.

    >>> cells = np.frombuffer(b"-12.50 1e-5 ", np.uint8)
    >>> plain_numbers(cells, np.array([0, 7]), np.array([6, 4]))[0].tolist()[0]
    -12.5
    """
    rows = len(starts)
    total, digits, after = (
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int8),
        np.zeros(rows, np.int8),
    )
    bad = lengths > EXACT_DIGITS + 3
    seen_dot, is_minus = np.zeros(rows, bool), np.zeros(rows, bool)
    for place in range(int(min(lengths.max(initial=0), EXACT_DIGITS + 3))):
        inside = lengths > place
        byte = raw.take(starts + place, mode="clip")
        digit = byte - np.uint8(ZERO)
        is_digit = (digit < 10) & inside
        np.copyto(total, total * 10 + digit, where=is_digit)
        digits += is_digit
        after += is_digit & seen_dot
        is_other = inside & ~is_digit
        if place == 0:
            is_minus = is_other & (byte == MINUS)
            is_other &= ~is_minus & (byte != PLUS)
        is_dot = is_other & (byte == DOT) & ~seen_dot
        seen_dot |= is_dot
        bad |= is_other & ~is_dot
    value = total / POWERS[after]
    is_plain = ~bad & (digits > 0) & (digits <= EXACT_DIGITS)
    return np.where(is_minus, -value, value), is_plain


def _whole_lines(path: Path, piece: int) -> Iterator[bytes]:
    rest = b""
    try:
        with opened(path) as stream:
            while part := stream.read(piece):
                part = rest + part.replace(b"\r\n", b"\n")
                cut = part.rfind(b"\n") + 1
                rest = part[cut:]
                if len(rest) > LONGEST_LINE:
                    raise LabError("a line is longer than 1 MB.", where=path.name)
                if cut:
                    yield part[:cut]
    except (OSError, EOFError, zlib.error) as error:
        raise LabError(
            f"it cannot be read ({error}).",
            where=str(path),
            remedy="Was it downloaded whole? Compare its size, or fetch it again.",
        ) from None
    if rest.strip():
        yield rest.rstrip(b"\r") + b"\n"


def opened(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked where its name ends in ``.gz`` or ``.bgz``."""
    if path.suffix in {".gz", ".bgz"}:
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def _header(pieces: Iterator[bytes], comment: str, where: str) -> tuple[str, bytes]:
    """Return the header's line, and what follows it in the piece in which it stands."""
    for raw in pieces:
        start = 0
        while start < len(raw):
            end = raw.index(b"\n", start)
            line = raw[start:end].decode("utf-8-sig", "replace").strip("\r")
            start = end + 1
            if line.strip() and not line.startswith(comment):
                return line, raw[start:]
    raise LabError("the file is empty.", where=where, remedy="It needs a header and rows.")


def _names(header: str, delimiter: str, where: str) -> tuple[str, ...]:
    cells = header.split() if delimiter == " " else header.split(delimiter)
    names = tuple(cell.strip().strip('"').removeprefix("#") for cell in cells)
    again = [name for name in names if names.count(name) > 1]
    if again:
        raise LabError(f"the column {again[0]!r} stands twice.", where=where)
    return names


def _with_rest(rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if rest.strip():
        yield rest
    yield from (raw for raw in pieces if raw.strip())


def _block(
    raw: bytes, header: tuple[str, ...], delimiter: str, first_row: int, where: str
) -> Block:
    if b'"' in raw:
        raw = raw.replace(b'"', b"")
    while b"\n\n" in raw:
        raw = raw.replace(b"\n\n", b"\n")
    data = np.frombuffer(raw.lstrip(b"\n"), np.uint8)
    if delimiter == " ":
        data = _single_spaces(data)
    cuts = np.flatnonzero((data == NEWLINE) | (data == ord(delimiter)))
    is_end, columns = data[cuts] == NEWLINE, len(header)
    rows = int(np.count_nonzero(is_end))
    if len(cuts) != rows * columns or not is_end[columns - 1 :: columns].all():
        _refuse_ragged(is_end, columns, first_row, where)
    ends = cuts.reshape(rows, columns)
    starts = np.concatenate(([0], cuts[:-1] + 1)).reshape(rows, columns)
    return Block(data, starts, ends, header, np.arange(first_row, first_row + rows), where)


def _single_spaces(data: Bytes) -> Bytes:
    """Return the bytes with one space between cells and none at either end of a line."""
    data = np.where(data == TAB, SPACE, data).astype(np.uint8)
    space = data == SPACE
    before = np.concatenate(([True], space[:-1] | (data[:-1] == NEWLINE)))
    after = np.concatenate((data[1:] == NEWLINE, [True]))
    kept = data[~(space & before)]
    space, after = kept == SPACE, np.concatenate((kept[1:] == NEWLINE, [True]))
    return cast(Bytes, kept[~(space & after)])


def _refuse_ragged(line_ends: Mask, columns: int, first_row: int, where: str) -> None:
    cells = np.diff(np.concatenate(([-1], np.flatnonzero(line_ends))))
    row = int(np.flatnonzero(cells != columns)[0])
    raise LabError(
        f"row {first_row + row} has {cells[row]} cells, the header {columns}.",
        where=where,
        remedy="Each row needs as many cells as the header; write a missing one as NA.",
    )


def _is_number(cell: bytes) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def require(header: Sequence[str], wanted: Sequence[str], *, where: str) -> None:
    """Refuse a table that lacks a column; the remedy lists what it has.

    Raises
    ------
    LabError
    """
    missing = [name for name in wanted if name not in header]
    if missing:
        has = ", ".join(list(header)[:30])
        raise LabError(f"there is no column {missing[0]!r}.", where=where, remedy=f"It has: {has}.")
