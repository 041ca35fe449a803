"""The strict builder: plain JSON or TOML values become frozen records, or a reason why not.

One builder serves both doors. The type annotations of a record are its rules: a
key that is not a field is refused, a missing field without a default is refused,
nothing is converted from one kind to another.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from twofold.errors import TwofoldError

Reader = Callable[[Any], Any]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_FARTHEST = 10**12
_LARGEST = 1e300


class UnfitError(Exception):
    """A value that does not fit its record: the path to it, and why."""

    def __init__(self, reason: str, *, at: str = "") -> None:
        self.reason, self.at = reason, at
        super().__init__(f"{at} {reason}")

    def under(self, key: str) -> UnfitError:
        """Return the same complaint, seen from one level higher."""
        between = "." if self.at and not self.at.startswith("[") else ""
        return UnfitError(self.reason, at=f"{key}{between}{self.at}")


def build(kind: Any, data: Any) -> Any:
    """Return ``data`` as a value of the annotated type ``kind``.

    Raises
    ------
    UnfitError
        When it does not fit; ``at`` is the path (``"span.low"``), ``reason`` a sentence.
    """
    return reader_of(kind)(data)


@cache
def reader_of(kind: Any) -> Reader:
    """Return the function that reads values of ``kind``."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _record_reader(kind)
    if origin in (Union, types.UnionType):
        return _choice_reader(get_args(kind))
    if origin is Literal:
        return _literal_reader(get_args(kind))
    if origin is tuple:
        return _list_reader(get_args(kind))
    if origin is dict:
        return _dict_reader(get_args(kind)[1])
    return _PLAIN[kind]


def _record_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {part.name: reader_of(hints[part.name]) for part in fields(kind)}
    needed = {part.name for part in fields(kind) if _is_needed(part)}

    def read(data: Any) -> Any:
        if not isinstance(data, dict):
            raise UnfitError(f"must be a group of fields, not {_named(data)}.")
        values = {}
        for key, value in data.items():
            reader = readers.get(key)
            if reader is None:
                raise UnfitError(f"is not a known field.{_nearest(key, readers)}", at=str(key)[:80])
            try:
                values[key] = reader(value)
            except UnfitError as complaint:
                raise complaint.under(key) from None
        for key in needed - values.keys():
            raise UnfitError("is missing.", at=key)
        try:
            return kind(**values)
        except TwofoldError as error:
            raise UnfitError(error.sentence()) from None

    return read


def _is_needed(part: Field[Any]) -> bool:
    return part.default is MISSING and part.default_factory is MISSING


def _at(key: str, reader: Reader, value: Any) -> Any:
    try:
        return reader(value)
    except UnfitError as complaint:
        raise complaint.under(key) from None


def _nearest(key: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(key)[:80], list(known), 1)
    return f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known)}."


def _choice_reader(kinds: tuple[Any, ...]) -> Reader:
    readers = tuple(reader_of(kind) for kind in kinds if kind is not type(None))
    may_be_none = type(None) in kinds

    def read(data: Any) -> Any:
        if data is None and may_be_none:
            return None
        complaints = []
        for reader in readers:
            try:
                return reader(data)
            except UnfitError as complaint:
                complaints.append(complaint)
        if len(complaints) == 1:
            raise complaints[0]
        raise UnfitError(" Or: ".join(complaint.reason for complaint in complaints))

    return read


def _literal_reader(allowed: tuple[Any, ...]) -> Reader:
    def read(data: Any) -> Any:
        if not isinstance(data, str) or data not in allowed:
            words = ", ".join(repr(word) for word in allowed)
            raise UnfitError(f"is {_named(data)}; it must be one of {words}.")
        return data

    return read


def _list_reader(kinds: tuple[Any, ...]) -> Reader:
    reader = reader_of(kinds[0])
    length = None if kinds[-1] is Ellipsis else len(kinds)

    def read(data: Any) -> Any:
        if not isinstance(data, (list, tuple)):
            raise UnfitError(f"must be a list, not {_named(data)}.")
        if length is not None and len(data) != length:
            raise UnfitError(f"must hold {length} values, not {len(data)}.")
        return tuple(_at(f"[{n}]", reader, value) for n, value in enumerate(data))

    return read


def _dict_reader(kind: Any) -> Reader:
    reader = reader_of(kind)

    def read(data: Any) -> Any:
        if not isinstance(data, dict):
            raise UnfitError(f"must be a group of fields, not {_named(data)}.")
        return {key: _at(str(key), reader, value) for key, value in data.items()}

    return read


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise UnfitError(f"must be text, not {_named(data)}.")
    if not data.isascii() and any("\ud800" <= letter <= "\udfff" for letter in data):
        raise UnfitError("holds half a letter (a lone surrogate).")
    return data


def _truth(data: Any) -> bool:
    if not isinstance(data, bool):
        raise UnfitError(f"must be true or false, not {_named(data)}.")
    return data


def _whole(data: Any) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise UnfitError(f"must be a whole number, not {_named(data)}.")
    if abs(data) > _FARTHEST:
        raise UnfitError("is too large a number.")
    return data


def _number(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise UnfitError(f"must be a number, not {_named(data)}.")
    if not abs(data) <= _LARGEST:
        raise UnfitError("is too large, or not a finite number.")
    return float(data)


def _date(data: Any) -> dt.date:
    if isinstance(data, dt.date) and not isinstance(data, dt.datetime):
        return data
    if not isinstance(data, str) or not _DATE.fullmatch(data):
        raise UnfitError(f"must be a date like 2025-06-30, not {_named(data)}.")
    try:
        day = dt.date.fromisoformat(data)
    except ValueError:
        raise UnfitError(f"{data} is not a day of the calendar.") from None
    if not 1900 <= day.year <= 2200:
        raise UnfitError(f"the year {day.year} is outside 1900 to 2200.")
    return day


def _time(data: Any) -> dt.time:
    if isinstance(data, dt.time):
        return data
    if not isinstance(data, str) or not _TIME.fullmatch(data):
        raise UnfitError(f"must be a time like 21:30, not {_named(data)}.")
    try:
        return dt.time.fromisoformat(data)
    except ValueError:
        raise UnfitError(f"{data} is not a time of day.") from None


def _named(data: Any) -> str:
    if data is None:
        return "null"
    if isinstance(data, (dict, list)):
        return "a list" if isinstance(data, list) else "a group of fields"
    shown = str(data).lower() if isinstance(data, bool) else repr(data)
    return shown if len(shown) <= 60 else shown[:57] + "…"


_PLAIN: dict[Any, Reader] = {
    str: _text,
    bool: _truth,
    int: _whole,
    float: _number,
    dt.date: _date,
    dt.time: _time,
}
