"""Reading a mapping file: TOML into the records of ``mapping.py``, strictly."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from twofold.diary.building import UnfitError, build
from twofold.errors import MappingError, ReadError
from twofold.intake.mapping import Column, Mapping
from twofold.intake.opening import check_encoding, text_of

_HOW_TO = "docs/how-to/read-a-diary.md lists every key."


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises
    ------
    MappingError
        When it is absent, not TOML, or holds a key or value that the language
        does not know; the sentence names the key.
    """
    import tomllib

    try:
        data = tomllib.loads(text_of(path))
    except ReadError as error:
        raise MappingError(error.what, where=path.name, remedy=error.remedy) from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            f"this is not TOML: {error}.", where=path.name, remedy=f"Correct that line. {_HOW_TO}"
        ) from None
    except (RecursionError, ValueError):
        raise MappingError("this is not TOML that can be read.", where=path.name) from None
    return _built(data, path.name)


def columns_of(entry: object) -> Iterator[str]:
    """Give every column name that a section of a mapping uses, its inner sections included."""
    for name, holds_columns in _column_fields(type(entry)):  # type: ignore[arg-type]
        value = getattr(entry, name)
        if holds_columns:
            yield from _column_values(value)
        elif is_dataclass(value):
            yield from columns_of(value)
        elif isinstance(value, tuple):
            yield from (found for part in value if is_dataclass(part) for found in columns_of(part))


def _built(data: dict[str, Any], name: str) -> Mapping:
    try:
        mapping: Mapping = build(Mapping, data)
    except UnfitError as complaint:
        place = f"{name}, key {complaint.at}" if complaint.at else name
        raise MappingError(complaint.reason, where=place, remedy=_HOW_TO) from None
    for table in mapping.table:
        check_encoding(table.encoding)
    return mapping


def _column_values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value.values()


@cache
def _column_fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    hints = get_type_hints(kind)
    return tuple((part.name, _is_column(hints[part.name])) for part in fields(kind))


def _is_column(hint: Any) -> bool:
    if get_origin(hint) in (Union, types.UnionType, dict):
        return any(part is Column for part in get_args(hint))
    return hint is Column
