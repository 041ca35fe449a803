"""Reading tables with a mapping: every row to its person, its day, its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twofold.diary.diary import Conventions, Origin
from twofold.errors import MappingError, ReadError, TwofoldError
from twofold.intake.cells import CellError, Cells, label_of
from twofold.intake.draft import Draft
from twofold.intake.long_table import widen
from twofold.intake.mapping import Mapping, Table
from twofold.intake.mapping_file import columns_of
from twofold.intake.moments import moment_reader
from twofold.intake.reading import Reading, Unread, check_length
from twofold.intake.records import TAKERS, Here
from twofold.intake.table import Row, Sheet, open_sheet, row_columns
from twofold.units import When


def read_mapped(mapping: Mapping, path: Path) -> Reading:
    """Read the tables of a mapping.

    Parameters
    ----------
    path : Path
        The folder that holds the tables, or the one table of a mapping.

    Raises
    ------
    ReadError
        When a table cannot be read at all, or no row of any table could be.
    MappingError
        When the mapping does not fit a table.
    """
    if len({table.day.index is None for table in mapping.table}) > 1:
        raise MappingError("some tables have dates and others day numbers.", where=path.name)
    book = Book(mapping)
    for number, table in enumerate(mapping.table):
        book.read_table(f"table[{number}]", table, _file_of(table, mapping, path))
    return book.reading(path.name)


@dataclass(frozen=True)
class Placed:
    """A row whose person and moment are known."""

    row: Row
    cells: Cells
    person: str
    when: When


class Book:
    """All drafts of one reading, by person, with what was not read."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.drafts: dict[str, Draft] = {}
        self.unread: list[Unread] = []
        self.settled: list[str] = []
        self.rows_seen = 0

    def read_table(self, key: str, table: Table, path: Path) -> None:
        """Read one table into the drafts."""
        sheet = open_sheet(path, table)
        self.rows_seen += len(sheet.rows) + len(sheet.unread)
        if table.shape == "long":
            sheet = widen(sheet, table)
        self.unread.extend(sheet.unread)
        placed = list(self._placed(table, sheet))
        if table.shape == "day":
            placed = list(self._without_twins(placed, sheet))
        entries = _entries(table)
        filled = {column for _, _, entry in entries for column in columns_of(entry)}
        _check_missing_in(table, filled)
        filled -= set(row_columns(table))
        for one in placed:
            self._take(one, table, sheet, entries, key, filled)

    def reading(self, source: str) -> Reading:
        """Finish every draft."""
        if not any(draft.days for draft in self.drafts.values()):
            raise self._nothing_read(source)
        conventions, origin = _conventions(self.mapping), _origin(self.mapping)
        diaries = tuple(d.finish(conventions, origin) for d in self.drafts.values() if d.days)
        for diary in diaries:
            check_length(diary, source)
        stated = (*self.settled, *_stated(self.mapping))
        return Reading(diaries, tuple(self.unread), source, self.rows_seen, stated)

    def _nothing_read(self, source: str) -> ReadError:
        first = self.unread[0] if self.unread else Unread(source, "its rows hold courses only.")
        return ReadError(
            f"no row could be read; the first: {first.reason}",
            where=first.place,
            remedy="Compare the mapping with the file.",
        )

    def _placed(self, table: Table, sheet: Sheet) -> Iterator[Placed]:
        moment, settled = moment_reader(table, sheet)
        if settled:
            self.settled.append(settled)
        for row in sheet.rows:
            cells = Cells(row, table)
            try:
                yield Placed(row, cells, self._whose(cells), moment(cells))
            except CellError as error:
                self.unread.append(Unread(sheet.place(row, error.column), error.reason))
            except TwofoldError as error:
                self.unread.append(Unread(sheet.place(row), error.sentence()))

    def _whose(self, cells: Cells) -> str:
        rule = cells.table.person
        if rule is None:
            return self.mapping.diary.person
        text = cells.text(rule.column)
        if text is None:
            raise CellError(rule.column, "whose row this is, is not recorded.")
        return rule.label.replace("{}", label_of(text))

    def _without_twins(self, placed: list[Placed], sheet: Sheet) -> Iterator[Placed]:
        """Leave out second rows of a day; of two that contradict each other, both."""
        days: dict[tuple[str, object], list[Placed]] = {}
        for one in placed:
            days.setdefault((one.person, one.when.day), []).append(one)
        for rows in days.values():
            first = rows[0]
            same = all(one.row.cells == first.row.cells for one in rows)
            for one in rows if not same else rows[1:]:
                self.unread.append(Unread(sheet.place(one.row), _twin_reason(one, rows, same)))
            if same:
                yield first

    def _take(
        self,
        one: Placed,
        table: Table,
        sheet: Sheet,
        entries: list[Any],
        key: str,
        filled: set[str],
    ) -> None:
        draft = self.drafts.setdefault(one.person, Draft(one.person))
        day = one.when.day
        if any(name != "course" for name, _, _ in entries):
            draft.days.add(day)
        if any(one.cells.text(column) for column in filled):
            draft.table_days.setdefault(key, set()).add(day)
            if table.entries:
                draft.entered.add(day)
        here = Here(one.cells, one.when, draft, sheet.place(one.row))
        for name, number, entry in entries:
            here.key = f"{key} {name}[{number}]"
            try:
                TAKERS[name](entry, here)
            except CellError as error:
                self.unread.append(Unread(sheet.place(one.row, error.column), error.reason))
            except TwofoldError as error:
                self.unread.append(Unread(sheet.place(one.row), error.sentence()))


def _file_of(table: Table, mapping: Mapping, path: Path) -> Path:
    if path.is_dir():
        return path / table.file
    if len(mapping.table) > 1:
        raise MappingError(
            f"the mapping describes {len(mapping.table)} files, but one file was named.",
            where=path.name,
            remedy="Name the folder that holds them.",
        )
    return path


def _entries(table: Table) -> list[tuple[str, int, Any]]:
    found = [(name, n, rule) for name in TAKERS for n, rule in enumerate(getattr(table, name))]
    if not found:
        raise MappingError(
            "the mapping says nothing about what this table holds.",
            where=table.file,
            remedy="Add a section such as [[table.headache]].",
        )
    return found


def _check_missing_in(table: Table, used: set[str]) -> None:
    for column in table.missing_in:
        if column not in used:
            raise MappingError(
                f"`missing_in` names {column!r}, a column that no section reads.", where=table.file
            )


def _twin_reason(one: Placed, rows: list[Placed], same: bool) -> str:
    first = rows[0]
    if same:
        return f"says the same as line {first.row.line}; the day was counted once."
    lines = ", ".join(str(other.row.line) for other in rows)
    return f"lines {lines} say different things about {one.when.day}; none of them was read."


def _conventions(mapping: Mapping) -> Conventions:
    says = mapping.diary
    return Conventions(
        mapping.headache_day,
        mapping.low_mood_day,
        says.mood_item,
        says.silence,
        says.headache_means_migraine,
    )


def _origin(mapping: Mapping) -> Origin:
    """Add what is assumed of factors to what the file cannot tell, so that it is always printed."""
    told = (*mapping.origin.cannot_tell, *_assumed_factors(mapping))
    return replace(mapping.origin, cannot_tell=told)


def _stated(mapping: Mapping) -> Iterator[str]:
    """Give what the mapping assumes, as sentences."""
    if mapping.diary.silence == "free_if_other_entries":
        yield "Assumed: a day with other entries but no headache entry had no headache."
    if mapping.diary.headache_means_migraine:
        yield "Assumed: every headache in this diary is a migraine."
    for table in mapping.table:
        for attack in table.attack:
            if attack.day_starts is not None:
                hour = f"{attack.day_starts:%H:%M}"
                yield f"An attack that began before {hour} is counted on the day before."
    yield from _assumed_factors(mapping)


def _assumed_factors(mapping: Mapping) -> Iterator[str]:
    for table in mapping.table:
        for factor in table.factor:
            if factor.absent != "unknown":
                where = "table" if factor.absent == "zero_if_table_entry" else "diary"
                named = f"A day that has an entry in this {where}, but none for {factor.name}"
                yield f"{named}, is taken as a day without it. That is an assumption."
