"""A record as plain values, the way every door writes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

_WHOLE_UP_TO = 1e15  # 3.0 is written as 3: one number, one way to write it


def to_plain(value: Any) -> Any:
    """Return a record as plain JSON values; fields that hold their default are left out.

    ``building.build`` is the way back: what went out comes in the same, ``None`` included.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            part.name: to_plain(getattr(value, part.name))
            for part in fields(value)
            if not _is_default(part, getattr(value, part.name))
        }
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE_UP_TO:
        return int(value)
    return value


def _is_default(part: Any, value: Any) -> bool:
    if part.default_factory is not MISSING:
        return bool(value == part.default_factory())
    same = type(value) is type(part.default) and value == part.default
    return part.default is not MISSING and bool(same)
