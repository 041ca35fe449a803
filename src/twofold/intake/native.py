"""The native diary: JSON that holds exactly what the records of ``diary/`` hold.

``dump`` and ``load`` are each other's inverse: what is exported and read again is
the same diary, ``None`` included. Fields that hold their default are left out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from twofold.diary.building import UnfitError, build
from twofold.diary.diary import Diary
from twofold.diary.plain import to_plain
from twofold.errors import RecordError, SchemaError
from twofold.intake.opening import text_of
from twofold.intake.reading import Reading, Unread, check_length
from twofold.units import Day, days_between

FORMAT = "twofold-diary-1"
_ASK_SCHEMA = "`twofold schema diary` prints what a diary may hold."


def load(path: Path) -> Reading:
    """Read a native diary from a file.

    Raises
    ------
    ReadError
        When the file cannot be opened or holds no readable record.
    SchemaError
        When it is JSON, but not a Twofold diary.
    """
    return loads(text_of(path), source=path.name)


def loads(text: str, *, source: str = "diary.json") -> Reading:
    """Read a native diary from its text; a record that does not fit is listed and left out.

    Raises
    ------
    SchemaError
        When the text is not JSON, or not a Twofold diary of this format.
    """
    data = _parsed(text, source)
    _check_format(data, source)
    frame = _frame(data, source)
    unread: list[Unread] = []
    records: dict[str, Any] = {}
    seen = 0
    for name, kind in _record_lists().items():
        entries = _entries(data, name, source)
        seen += len(entries)
        records[name] = tuple(_kept(name, kind, entries, frame, unread))
    diary = replace(frame, **records)
    if seen and len(unread) == seen:
        raise SchemaError(
            f"none of its {seen} records could be read; the first: {unread[0].reason}",
            where=f"{source} {unread[0].place}",
            remedy=_ASK_SCHEMA,
        )
    return Reading((diary,), tuple(unread), source, seen)


def dump(diary: Diary) -> str:
    """Return the diary as native JSON text: one record a line, ending in a newline.

    Raises
    ------
    RecordError
        When a number in it is not finite.
    """
    data = {"format": FORMAT, **to_plain(diary)}
    try:
        return "{\n" + ",\n".join(f"{_json(key)}: {_lines(data[key])}" for key in data) + "\n}\n"
    except ValueError:
        raise RecordError("the diary holds a number that is not finite.") from None


def _lines(value: Any) -> str:
    if not isinstance(value, list):
        return _json(value)
    return "[\n " + ",\n ".join(_json(record) for record in value) + "\n]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _parsed(text: str, source: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise SchemaError(
            f"this is not complete JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            where=source,
            remedy="Export the diary again.",
        ) from None
    except UnfitError as complaint:
        raise SchemaError(
            complaint.reason, where=source, remedy="Correct it and read again."
        ) from None
    except RecursionError:
        raise SchemaError(
            "its groups are nested too deep; a diary never is.", where=source, remedy=_ASK_SCHEMA
        ) from None
    except ValueError:
        raise SchemaError("it holds a number with thousands of digits.", where=source) from None
    if not isinstance(data, dict):
        raise SchemaError(
            "this is JSON, but not a Twofold diary: a diary is one object { … }.",
            where=source,
            remedy=_ASK_SCHEMA,
        )
    return data


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise UnfitError(f"the field {twin!r} is written twice in one group.")
    return data


def _refuse_constant(word: str) -> Any:
    raise UnfitError(f"{word} is not a number that JSON or a diary can hold.")


def _check_format(data: dict[str, Any], source: str) -> None:
    found = data.get("format")
    if found is None:
        raise SchemaError(
            f'this is JSON, but not a Twofold diary: "format": "{FORMAT}" is missing.',
            where=source,
            remedy=_ASK_SCHEMA,
        )
    if found != FORMAT:
        raise SchemaError(
            f"its format is {str(found)[:60]!r}; this Twofold reads {FORMAT!r}.",
            where=source,
            remedy="Export the diary again with this Twofold, or use the newer Twofold.",
        )


def _frame(data: dict[str, Any], source: str) -> Diary:
    """Read what is not a list of records, and check it as an empty diary."""
    lists = _record_lists()
    plain = {key: value for key, value in data.items() if key not in lists and key != "format"}
    try:
        empty: Diary = build(Diary, plain)
    except UnfitError as complaint:
        raise SchemaError(
            complaint.reason, where=f"{source} $.{complaint.at}".rstrip("."), remedy=_ASK_SCHEMA
        ) from None
    check_length(empty, source)
    return empty


def _record_lists() -> dict[str, Any]:
    """Return the diary's lists of records: field name to the kind of one record."""
    hints = get_type_hints(Diary)
    return {name: get_args(kind)[0] for name, kind in hints.items() if get_origin(kind) is tuple}


def _entries(data: dict[str, Any], name: str, source: str) -> list[Any]:
    entries = data.get(name, [])
    if not isinstance(entries, list):
        raise SchemaError("must be a list.", where=f"{source} $.{name}", remedy=_ASK_SCHEMA)
    return entries


def _kept(
    name: str, kind: Any, entries: list[Any], frame: Diary, unread: list[Unread]
) -> list[Any]:
    kept = []
    for number, entry in enumerate(entries):
        try:
            record = build(kind, entry)
            _check_day(record, frame)
            kept.append(record)
        except (UnfitError, RecordError) as complaint:
            at, reason = getattr(complaint, "at", ""), getattr(complaint, "reason", str(complaint))
            dot = "." if at and not at.startswith("[") else ""
            unread.append(Unread(f"$.{name}[{number}]{dot}{at}", reason))
    return kept


def _check_day(record: Any, frame: Diary) -> None:
    """Refuse a record whose days are of the other kind, or outside the diary's stretch."""
    dated = frame.is_dated
    for other in [record] if isinstance(record, (int, dt.date)) else _days_in(record):
        if isinstance(other, int) is dated:
            raise RecordError("a dated and an undated day cannot be in one diary.")
    day = _own_day(record)
    if day is None:
        return
    if days_between(frame.first_day, day) < 0 or days_between(day, frame.last_day) < 0:
        raise RecordError(
            f"{day} lies outside the diary's days {frame.first_day} to {frame.last_day}."
        )


def _own_day(record: Any) -> Day | None:
    """Return the day a record stands on; a course has none: it may begin before the diary."""
    if isinstance(record, (int, dt.date)):
        return record
    for name in ("when", "onset"):
        if hasattr(record, name):
            return getattr(record, name).day  # type: ignore[no-any-return]
    return getattr(record, "day", None)


def _days_in(record: Any) -> Iterator[Day]:
    """Give every day that a record holds, its inner records included."""
    for name, is_day in _day_fields(type(record)):  # type: ignore[arg-type]
        value = getattr(record, name)
        if is_day and value is not None:
            yield value
        elif isinstance(value, tuple):
            yield from (day for part in value for day in _days_in(part))
        elif value is not None:
            yield from _days_in(value)


@cache
def _day_fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a record that hold a day, or records that do."""
    if not is_dataclass(kind):
        return ()
    found = []
    for name, hint in get_type_hints(kind).items():
        inner = set(get_args(hint)) or {hint}
        is_day = dt.date in inner
        if is_day or any(_day_fields(part) for part in inner):
            found.append((name, is_day))
    return tuple(found)
