"""Small files as columns of text: CSV, TSV, spaces, gzip; what is larger streams elsewhere."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from twofold.errors import LabError
from twofold.lab.tables import Column

MISSING = {"", "na", "nan", "null", "none", "."}
MOST_BYTES = 200_000_000


def text_columns(path: Path, delimiter: str | None = None) -> dict[str, list[str]]:
    """Return every column of a table with a header, as stripped text.

    Parameters
    ----------
    path : Path
        CSV, TSV or space-separated; ``.gz`` is opened.
    delimiter : str, optional
        Guessed from the header where it is not given (comma, tab, semicolon, spaces).

    Raises
    ------
    LabError
        When it is empty, is no text, names a column twice, or a row has another
        length than the header (the row is named).
    """
    lines = _text(path).splitlines()
    if not lines:
        raise LabError("the file is empty.", where=path.name)
    rows = list(_rows(lines, delimiter or _delimiter(lines[0])))
    header, body = [name.strip() for name in rows[0]], rows[1:]
    again = {name for name in header if header.count(name) > 1}
    if again:
        raise LabError(f"the column {sorted(again)[0]!r} stands twice.", where=path.name)
    for number, row in enumerate(body, 1):
        if len(row) != len(header):
            raise LabError(
                f"row {number} has {len(row)} values, the header {len(header)}.",
                where=path.name,
                remedy="Give every row as many values as the header; leave unknown ones empty.",
            )
    return {name: [row[i].strip() for row in body] for i, name in enumerate(header)}


def numbers(texts: Sequence[str], *, name: str, where: str = "") -> Column:
    """Return numbers; an empty cell, ``NA`` or ``.`` is ``nan``.

    Raises
    ------
    LabError
        At the first cell that is neither a number nor missing, with its row.
    """
    found = np.empty(len(texts))
    for row, text in enumerate(texts):
        if text.lower() in MISSING:
            found[row] = np.nan
            continue
        try:
            found[row] = float(text)
        except ValueError:
            raise LabError(
                f"row {row + 1}: {name} is {text[:40]!r}, which is no number.", where=where
            ) from None
    return found


def named(
    columns: Mapping[str, list[str]], wanted: Mapping[str, str], *, where: str = ""
) -> dict[str, list[str]]:
    """Return the columns under the table's own names.

    Parameters
    ----------
    columns : mapping of str to list of str
    wanted : mapping of str to str
        Own name: the file's name.

    Raises
    ------
    LabError
        When the file lacks one; the remedy lists what it has.
    """
    missing = [theirs for theirs in wanted.values() if theirs not in columns]
    if missing:
        has = ", ".join(list(columns)[:30])
        raise LabError(f"there is no column {missing[0]!r}.", where=where, remedy=f"It has: {has}.")
    return {own: columns[theirs] for own, theirs in wanted.items()}


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        if path.suffix == ".gz":
            with gzip.open(io.BytesIO(raw)) as stream:
                raw = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise LabError(f"it cannot be read ({error}).", where=str(path)) from None
    if len(raw) > MOST_BYTES:
        raise LabError("it is larger than 200 MB.", where=path.name, remedy="Stream it instead.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LabError(
            "it is no text in UTF-8.", where=path.name, remedy="Save it as UTF-8."
        ) from None


def _delimiter(header: str) -> str | None:
    return next((one for one in ("\t", ",", ";") if one in header), None)


def _rows(lines: Sequence[str], delimiter: str | None) -> list[list[str]]:
    kept = [line for line in lines if line.strip()]
    if delimiter is None:
        return [line.split() for line in kept]
    try:
        return list(csv.reader(kept, delimiter=delimiter))
    except csv.Error as error:
        raise LabError(f"it cannot be read as a table ({error}).") from None
