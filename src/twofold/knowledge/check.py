"""Which rows of the tables have no source, are past their review, or were never reviewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from twofold.knowledge.load import Row, rooms, tables

REVIEW_AFTER_DAYS = 365
REVIEW_AFTER_DAYS_IN = {"crisis_lines": 90}
"""Telephone numbers change faster than studies do."""

WORDING = "wording"
"""Sentences are no facts: the sources of what they tell stand with the facts."""

NOT_FOUND = "not found"
NEVER = "not clinically reviewed yet"
OWN = "Twofold project rule"
MOST_IDS = 12


@dataclass(frozen=True)
class Found:
    """One row that needs somebody's attention.

    Parameters
    ----------
    table : str
        The file it stands in (``"mechanisms/edges.toml"``).
    kind : str
        The kind of row; "" for a table without rows.
    id : str
        Its id; "" for a table without rows.
    why : str
        What is amiss, in a few words; "" where the list says it.
    """

    table: str
    kind: str
    id: str
    why: str = ""


@dataclass(frozen=True)
class Check:
    """What a look through all tables found on one day.

    Parameters
    ----------
    today : str
        ISO date of the day on which it was asked.
    tables, rows : int
        How many were read; a table of sentences without rows counts as one row.
    without_source : tuple of Found
        Rows whose source nobody found; none of them is shown to a person.
    without_address : tuple of Found
        Rows that name a source for which no doi or address is known.
    past_review : tuple of Found
        Rows whose last check is longer ago than their table allows, or undated.
    never_reviewed : tuple of Found
        Rows that no clinician has reviewed.
    ids : tuple of str
        The ids of all rows without a source or past review.
    """

    today: str
    tables: int
    rows: int
    without_source: tuple[Found, ...]
    without_address: tuple[Found, ...]
    past_review: tuple[Found, ...]
    never_reviewed: tuple[Found, ...]
    ids: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the findings as sentences, table by table."""
        return (
            f"Looked through on {self.today}: {_noun(self.rows)}, files: {self.tables}.",
            *_told("No source found, so not to be shown to a person", self.without_source),
            *_told("Past review", self.past_review),
            *_told("A source without a doi or address", self.without_address),
            *_counted("Never reviewed by a clinician", self.never_reviewed),
        )


@dataclass(frozen=True)
class TableRow:
    """A row with what its table says of all rows; a table of sentences counts as one."""

    room: str
    table: str
    kind: str
    row: Row
    whole: Row

    def found(self, why: str = "") -> Found:
        """Return the row as something that was found."""
        return Found(self.table, self.kind, str(self.row.get("id", "")), why)

    def said(self, key: str) -> object:
        """Return what the row says, or else its table for all rows."""
        return self.row.get(key, self.whole.get(key))


def check(today: dt.date) -> Check:
    """Look through every table as of ``today``.

    Parameters
    ----------
    today : date
        The day against which reviews are held; "now" is an argument.

    Returns
    -------
    Check
    """
    every = [one for room in rooms() for one in _rows_of(room)]
    return check_of(every, today)


def check_of(every: Sequence[TableRow], today: dt.date) -> Check:
    """Return what is amiss in these rows."""
    without_source = tuple(found for one in every for found in _without_source(one))
    past = tuple(one.found(why) for one in every if (why := _past_review(one, today)))
    ids = dict.fromkeys(one.id for one in (*without_source, *past))
    return Check(
        today=today.isoformat(),
        tables=len({one.table for one in every}),
        rows=len(every),
        without_source=without_source,
        without_address=tuple(one.found(why) for one in every if (why := _no_address(one))),
        past_review=past,
        never_reviewed=tuple(one.found() for one in every if _is_unreviewed(one)),
        ids=tuple(ids),
    )


def _rows_of(room: str) -> Iterator[TableRow]:
    """Give every row of a room; a table that has none is given as a whole."""
    for name, whole in tables(room).items():
        kinds = {key: value for key, value in whole.items() if _is_rows(value)}
        for kind, found in kinds.items():
            yield from (TableRow(room, f"{room}/{name}", kind, row, whole) for row in found)
        if not kinds:
            yield TableRow(room, f"{room}/{name}", "", {}, whole)


def _without_source(one: TableRow) -> Iterator[Found]:
    """Give a row that names no source, and the parts that have none of their own."""
    if not _cites(one):
        yield one.found()
    lists = (value for value in one.row.values() if isinstance(value, list))
    parts = (part for value in lists for part in value if isinstance(part, dict))
    yield from (Found(one.table, one.kind, part["id"]) for part in parts if part.get("unsourced"))


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _cites(one: TableRow) -> bool:
    """Whether a row names a source, or is of a kind that needs none."""
    if one.row.get("sources") == NOT_FOUND:
        return False
    if not one.kind or one.room == WORDING:
        return True
    return any(source["title"] != NOT_FOUND for source in _sources(one))


def _sources(one: TableRow) -> list[Row]:
    """Return a row's citations, short ids resolved in its table."""
    named = one.row.get("sources") or one.whole.get("sources_of_all") or []
    known = one.whole.get("sources", {})
    if isinstance(named, str):
        return []
    found = []
    for source in named:
        short = source if isinstance(source, str) else source.get("ref")
        found.append(known.get(short, {"title": short, "link": ""}) if short else source)
    return found


def _no_address(one: TableRow) -> str:
    """Return the titles of a row's sources that have no doi or address; "" when all have one."""
    titles = [
        source["title"]
        for source in _sources(one)
        if source.get("link", "") in ("", NOT_FOUND)
        and source["title"] != NOT_FOUND
        and not source["title"].startswith(OWN)
    ]
    return ", ".join(dict.fromkeys(titles))


def _past_review(one: TableRow, today: dt.date) -> str:
    """Return how long ago a row was checked, if that is too long; "" otherwise."""
    checked = one.said("checked")
    if not isinstance(checked, dt.date):
        return "no date" if one.kind and one.room != WORDING else ""
    allowed = one.said("review_after_days")
    days = REVIEW_AFTER_DAYS_IN.get(one.room, REVIEW_AFTER_DAYS)
    if isinstance(allowed, int):
        days = allowed
    ago = (today - checked).days
    return f"checked {ago} days ago, {days} allowed" if ago > days else ""


def _is_unreviewed(one: TableRow) -> bool:
    return one.said("reviewed") in (None, "", NEVER)


def _told(head: str, found: Sequence[Found]) -> Iterator[str]:
    """Tell each table's rows by id; the first ones where there are many."""
    yield f"{head}: {_noun(len(found))}."
    for table, rows in groupby(found, key=lambda one: one.table):
        ids = list(dict.fromkeys(one.id or "the whole table" for one in rows))
        more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
        yield f"  {table}: {', '.join(ids[:MOST_IDS])}{more}"


def _counted(head: str, found: Sequence[Found]) -> Iterator[str]:
    rooms_of = [one.table.partition("/")[0] for one in found]
    counts = ", ".join(f"{room} {rooms_of.count(room)}" for room in dict.fromkeys(rooms_of))
    yield f"{head}: {_noun(len(found))}{f' ({counts})' if counts else ''}."


def _noun(count: int) -> str:
    return "none" if not count else "1 row" if count == 1 else f"{count} rows"
