"""Everything out: one zip with all that a person ever wrote, in forms that outlive this program.

Pure but for the clock of the zip's entries, which is an argument: nothing is read or
written here but the bytes that go out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from twofold.diary.diary import Diary
from twofold.intake import native
from twofold.store.entry import Change, Entry
from twofold.store.kinds import DIARY_KINDS

Part = tuple[str, Iterable[bytes]]
"""The name of a file, and its bytes piece by piece."""

AT_ONCE = 1 << 16
"""How many bytes go out at once."""

UNITS = {
    "duration": "duration_hours",
    "efficiency": "efficiency_percent",
    "offset_minutes": "offset_minutes_east_of_utc",
    "headache_follows_within": "headache_follows_within_hours",
    "disability": "disability_0_to_3",
    "pain": "pain_0_to_10",
    "relief": "relief_0_none_to_3_gone",
}
"""What a number is measured in, where its own columns do not say it."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may be taken for a formula by a spreadsheet."""

README = """Everything that {person} kept in Twofold, as of {now}.

diary.json      The diary in Twofold's own form (JSON, UTF-8). `twofold read diary.json` and
                `twofold add diary.json` read it back; `twofold schema diary` describes it.
tables/*.csv    The same as tables, one for each kind of entry: CSV, UTF-8 with a byte order
                mark, comma, CRLF, dates as 2026-11-22, times as 07:30. An empty cell means
                that it was not recorded; it never means "no" or 0. The first line names
                each column and, where it needs one, its unit. A cell that a spreadsheet
                could take for a formula begins with an apostrophe (').
changes.jsonl   Every change that was ever made, also what was taken out: one JSON object a
                line, UTF-8, oldest first. "body" null means: taken out.
report.html     {report} (HTML, one page that needs nothing else).

None of these files is encrypted. Whoever has them can read them.
Not a diagnosis. No clinician has reviewed the texts of the report yet.
"""


def parts(
    diary: Diary,
    entries: Sequence[Entry],
    changes: Iterable[Change],
    report: str,
    *,
    now: dt.datetime,
    has_findings: bool,
) -> Iterator[Part]:
    """Give every file of the zip, by name.

    Parameters
    ----------
    entries : sequence of Entry
        What stands now.
    changes : iterable of Change
        All that was ever written; read while the file goes out.
    report : str
        The report as a page.
    has_findings : bool
        Whether the report also says what the days suggest.
    """
    said = "What is known and what your days suggest" if has_findings else "What is known"
    readme = README.format(person=diary.person, now=f"{now:%Y-%m-%d %H:%M %Z}", report=said)
    yield "README.txt", [readme.encode()]
    yield "diary.json", [native.dump(diary).encode()]
    for kind in sorted({one.kind for one in entries} | set(DIARY_KINDS)):
        of_kind = [one for one in entries if one.kind == kind and one.body is not None]
        yield f"tables/{kind}.csv", table(kind, of_kind)
    yield "changes.jsonl", (f"{_line(one)}\n".encode() for one in changes)
    yield "report.html", [report.encode("utf-8", "replace")]


def zipped(files: Iterable[Part], *, now: dt.datetime) -> Iterator[bytes]:
    """Give the bytes of a zip of these files while they are made."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, pieces in files:
            about = zipfile.ZipInfo(name, _as_in_zips(now))
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            with packed.open(about, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if sink.length >= AT_ONCE:
                        yield sink.taken()
    yield sink.taken()


def _as_in_zips(now: dt.datetime) -> tuple[int, int, int, int, int, int]:
    """Return a moment as a zip can hold it; a wrong clock must not keep anything back.

    >>> _as_in_zips(dt.datetime(1970, 1, 1, 7)), _as_in_zips(dt.datetime(2200, 3, 1))
    ((1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58))
    """
    told = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    return min(max(told, (1980, 1, 1, 0, 0, 0)), (2107, 12, 31, 23, 59, 58))


def table(kind: str, entries: Sequence[Entry]) -> Iterator[bytes]:
    """Give one kind of entry as CSV: a header with units, then a line for each."""
    rows = [_flat(one.body or {}) for one in entries]
    names = columns(kind, rows)
    yield b"\xef\xbb\xbf" + _csv(["entry", "day", "written_at", *(_with_unit(n) for n in names)])
    for entry, row in zip(entries, rows, strict=True):
        about = [entry.id, str(entry.day or ""), entry.at.isoformat()]
        yield _csv([*about, *(cell(row.get(name)) for name in names)])


def columns(kind: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of a kind: all that its record can hold, then what else is there."""
    known = _columns_of(DIARY_KINDS[kind][1]) if kind in DIARY_KINDS else ()
    return list(dict.fromkeys((*known, *(name for row in rows for name in row))))


def cell(value: Any) -> Any:
    """Return a value as a cell: text that could be a formula is marked as text.

    >>> cell("=1+1"), cell(-3), cell(None), cell(True)
    ("'=1+1", -3, '', 'yes')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    words = str(value).replace("\x00", "")
    return f"'{words}" if words.lstrip(" ").startswith(_RISKY) else words


def _flat(body: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return a body as one row: groups as columns, lists as one cell."""
    row: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            row |= _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            row[f"{before}{name}"] = _listed(value)
        else:
            row[f"{before}{name}"] = value
    return row


def _listed(values: Sequence[Any]) -> str:
    if all(isinstance(one, str) for one in values):
        return "; ".join(values) if values else "none"
    return "; ".join(json.dumps(one, ensure_ascii=False) for one in values)


def _columns_of(kind: Any, before: str = "") -> Iterator[str]:
    hints = get_type_hints(kind)
    for part in fields(kind):
        inner = _record_in(hints[part.name])
        if inner is not None:
            yield from _columns_of(inner, f"{before}{part.name}.")
        elif get_origin(hints[part.name]) is dict:
            continue  # a questionnaire's questions: those that are there
        else:
            yield f"{before}{part.name}"


def _record_in(hint: Any) -> Any:
    choices = get_args(hint) if get_origin(hint) in (Union, type(int | None)) else (hint,)
    return next((one for one in choices if is_dataclass(one)), None)


def _with_unit(name: str) -> str:
    whole, _, last = name.rpartition(".")
    words = UNITS.get(last, last)
    return f"{whole}.{words}" if whole else words


def _csv(cells: Sequence[Any]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


def _line(change: Change) -> str:
    told = {
        "id": change.id,
        "entry": change.entry,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "zone": change.zone,
        "device": change.device,
        "batch": change.batch,
        "base": change.base,
        "body": change.body,
    }
    return json.dumps(told, ensure_ascii=False)


class _Sink(io.RawIOBase):
    """Takes what the zip writes, until it is fetched."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        """Say that it can be written to, and never sought."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece until it is fetched."""
        self._pieces.append(bytes(piece))
        self.length += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Return what came since the last time."""
        pieces, self._pieces, self.length = self._pieces, [], 0
        return b"".join(pieces)
