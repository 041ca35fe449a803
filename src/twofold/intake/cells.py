"""Cells into values: numbers, words, texts; what cannot be read says why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from twofold.intake.mapping import Table, Where
from twofold.intake.table import Row

_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"(\d{1,18})\.0+", re.ASCII)


class CellError(Exception):
    """A cell that cannot be read: its column, and why."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


@dataclass(frozen=True)
class Cells:
    """One row's cells, read by the rules of its table. A missing code reads as ``None``."""

    row: Row
    table: Table

    def text(self, column: str | None) -> str | None:
        """Return a cell's text, or ``None`` when nothing was recorded."""
        if column is None:
            return None
        cell = self.row.cells.get(column, "")
        if not cell or cell in self.table.missing:
            return None
        return None if cell in self.table.missing_in.get(column, ()) else cell

    def number(self, column: str | None, words: dict[str, float] | None = None) -> float | None:
        """Return a cell's number (or the number its word stands for).

        Raises
        ------
        CellError
            When the cell holds neither.
        """
        text = self.text(column)
        if text is None or column is None:
            return None
        if words and text in words:
            return words[text]
        return self._parsed(column, text)

    def amount(self, column: str | None, words: dict[str, float] | None = None) -> float | None:
        """Return a cell's number, which cannot be below zero."""
        value = self.number(column, words)
        if value is not None and value < 0:
            raise CellError(column or "", f"{shown(value)} is below zero.")
        return value

    def fits(self, where: Where | None) -> bool:
        """Say whether this row is one of those that ``where`` takes."""
        if where is None:
            return True
        text = self.text(where.column)
        return text is not None and (text in where.values or label_of(text) in where.values)

    def _parsed(self, column: str, text: str) -> float:
        value = _float(text, self.table.decimal)
        if value is None:
            raise CellError(column, _not_a_number(text, self.table.decimal))
        return value


def label_of(text: str) -> str:
    """Return a cell as a label: ``"2.0"``, which passed through a spreadsheet, is ``"2"``."""
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def shown(value: float) -> str:
    """Return a number as people write it, without a needless ``.0``."""
    return f"{value:g}"


def short(text: str) -> str:
    """Return a cell's text in quotation marks, cut when it is long."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


@lru_cache(maxsize=10_000)
def _float(text: str, decimal: str) -> float | None:
    plain = text.replace(",", ".") if decimal == "," and "." not in text else text
    return float(plain) if _NUMBER.fullmatch(plain) else None


def _not_a_number(text: str, decimal: str) -> str:
    other = "," if decimal == "." else "."
    if _NUMBER.fullmatch(text.replace(other, ".")) and text.count(other) == 1:
        return f"{short(text)} has a {other!r}; if it is the decimal mark, say decimal = {other!r}."
    return f"{short(text)} is not a number, nor one of the codes for not recorded."
