"""The report as JSON, its schema, and the way back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from twofold.errors import SchemaError
from twofold.report.report import Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def render(report: Report) -> str:
    """Return ``report`` as JSON: the fields in their own order, UTF-8, ``null`` = not recorded.

    Raises
    ------
    ValueError
        When a number is not a number; that would be a defect of Twofold.
    """
    words = json.dumps(asdict(report), ensure_ascii=False, allow_nan=False, indent=2)
    return words.encode("utf-8", "replace").decode("utf-8") + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of a report, or of an array of reports."""
    from pydantic import TypeAdapter

    body = TypeAdapter(Report | list[Report]).json_schema()
    return {"$schema": DIALECT, "title": "Twofold report", **body}


def load(words: str) -> Report:
    """Return the report that ``words`` hold, as ``render`` wrote it.

    Raises
    ------
    SchemaError
        When ``words`` are not JSON, or not a report of this format.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        json.loads(words, parse_constant=_refuse)
        return TypeAdapter(Report).validate_json(words, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole text"
        raise _not_a_report(place) from None
    except ValueError:
        raise _not_a_report("the whole text") from None


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _not_a_report(place: str) -> SchemaError:
    return SchemaError(
        "this is not a Twofold report.",
        where=place,
        remedy="Write one with `twofold review PATH --out report.json`.",
    )
