"""The JSON Schema of the native diary, drawn from the records' own annotations."""

from __future__ import annotations

import datetime as dt
import inspect
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from twofold.diary.diary import Diary
from twofold.intake.native import FORMAT

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    dt.date: {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    dt.time: {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"},
    type(None): {"type": "null"},
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a native diary.

    A file that fits it may still hold records that contradict themselves (an
    attack that ends before it starts); those are listed when it is read.
    """
    parts: dict[str, Any] = {}
    diary = _object(Diary, parts)
    diary["properties"] = {
        "format": {"const": FORMAT, "description": "Which format this is."},
        **diary["properties"],
    }
    diary["required"] = ["format", *diary["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:twofold:{FORMAT}",
        "title": "Twofold diary",
        **diary,
        "$defs": dict(sorted(parts.items())),
    }


def _object(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        "type": "object",
        "description": (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "),
        "properties": {part.name: _of(hints[part.name], parts) for part in fields(kind)},
        "required": [part.name for part in fields(kind) if _is_needed(part)],
        "additionalProperties": False,
    }


def _of(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _named(kind, parts)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(choice, parts) for choice in inner]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0], parts)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(inner[1], parts)}
    return dict(_PLAIN[kind])


def _named(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in parts:
        parts[kind.__name__] = {}
        parts[kind.__name__] = _object(kind, parts)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _is_needed(part: Field[Any]) -> bool:
    return part.default is MISSING and part.default_factory is MISSING
