"""The JSON Schema of a case file, drawn from the vocabulary of answers."""

from __future__ import annotations

from typing import Any

from twofold.knowledge.field import Field, fields


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a case.

    Every field may be ``null``: not known. Names that the schema does not list
    are aliases, or are reported as not read.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:twofold:twofold-case-1",
        "title": "Twofold case",
        "description": "What one person answered. An absent field and null both mean: not known.",
        "type": "object",
        "properties": {field.id: _property(field) for field in fields().values()},
        "additionalProperties": True,
    }


def _property(field: Field) -> dict[str, Any]:
    told = {"title": field.label, "description": field.question}
    if field.aliases:
        told["$comment"] = "also read as: " + ", ".join(field.aliases)
    return told | _kind(field)


def _kind(field: Field) -> dict[str, Any]:
    match field.kind:
        case "yes_no":
            return {"type": ["boolean", "null"]}
        case "number":
            return _number(field)
        case "choice":
            return {"enum": [*field.choices, *dict(field.words), None]}
        case "list":
            item: dict[str, Any] = {"type": "string"}
            if field.choices:
                item = {"enum": [*field.choices, *dict(field.words)]}
            return {"type": ["array", "null"], "items": item}
        case "text":
            return {"type": ["string", "null"]}


def _number(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"type": ["integer" if field.is_whole else "number", "null"]}
    if field.low is not None:
        told["minimum"] = field.low
    if field.high is not None:
        told["maximum"] = field.high
    return told
