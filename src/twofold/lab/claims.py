"""Claims as rows: made from a result, written as TOML, compared with what stood before."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.knowledge.recomputed import Recomputed, recomputed
from twofold.lab.discovery import false_discovery
from twofold.lab.recipe import ClaimPlan, Recipe
from twofold.lab.result import Estimate, Result

Row = dict[str, Any]
NUMBERS = ("value", "low", "high", "p")
CHANCE = 0.05
"""A claim is called supported only below this p-value, and this false discovery rate among all."""

SAME = 1e-8
"""Two machines' linear algebra may differ in the last digits; a claim does not."""

HEAD = """\
# What the lab found when it worked these numbers out from open data. Written by
# `twofold lab run --all --write FILE`, never by hand; `twofold lab explain ID` works one out again.
reviewed = "not clinically reviewed yet"
"""


def row_of(
    recipe: Recipe,
    plan: ClaimPlan,
    result: Result,
    *,
    data: Sequence[str],
    made: tuple[str, dt.date],
) -> Row:
    """Return one claim as a row of ``knowledge/claims``.

    Parameters
    ----------
    recipe : Recipe
    plan : ClaimPlan
    result : Result
    data : sequence of str
        The files, each with its fingerprint.
    made : tuple of str and date
        The version of Twofold, and the day.

    Raises
    ------
    LabError
        When the result lacks the number, the sentence asks for one that is not
        there, or it is called supported although the method refuses a headline
        or chance alone could have given the number.
    """
    found = result.estimate(plan.estimate)
    _may_stand(plan, found)
    if not math.isfinite(found.value):
        raise LabError(f"the estimate {plan.estimate!r} is no number.", where=plan.id)
    if plan.stands == "supported" and result.headline is None:
        raise LabError(
            "it is called supported, but the method refuses a headline.",
            where=plan.id,
            remedy=result.verdict,
        )
    row = {
        "id": plan.id,
        "recipe": recipe.id,
        "question": recipe.question,
        "says": sentence(plan, found, result),
        "stands": plan.stands,
        "popular": plan.popular,
        "estimate": plan.estimate,
        "value": float(found.value),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "p": _finite(found.p),
        "of": None if found.of is None else int(found.of),
        "scale": found.scale,
        "method": recipe.method,
        "data": list(data),
        "version": made[0],
        "edges": list(plan.edges),
        "would_change": plan.would_change,
        "warnings": list(result.warnings),
        "sources": [
            {"title": one.citation, "link": one.link, "section": one.licence}
            for one in recipe.tables.values()
        ],
        "confidence": plan.confidence,
        "checked": made[1],
    }
    return {key: value for key, value in row.items() if value is not None}


def _may_stand(plan: ClaimPlan, found: Estimate) -> None:
    """Refuse to call supported what chance alone could have given."""
    if plan.stands == "supported" and found.p is not None and not found.p < CHANCE:
        raise LabError(
            f"it is called supported, but chance alone could have given it (p {found.p:.2g}).",
            where=plan.id,
            remedy="Say that it cannot be said, or that it is not supported.",
        )


def discovery_rates(claims: Mapping[str, Recomputed] | None = None) -> dict[str, float]:
    """Return the false discovery rate at which each claim with a p-value stands among all others.

    Parameters
    ----------
    claims : mapping of str to Recomputed, optional
        Default: all that are stored.
    """
    told = {name: one.p for name, one in (claims or recomputed()).items() if one.p is not None}
    rates = false_discovery(np.array(list(told.values()), dtype=float))
    return dict(zip(told, rates.tolist(), strict=True))


def sentence(plan: ClaimPlan, found: Estimate, result: Result) -> str:
    """Return the claim's sentence with its numbers filled in.

    ``{or}``, ``{or_low}`` and ``{or_high}`` are the exponentials of a log ratio;
    a key of the result's details may be named as well.
    """
    numbers = {key: getattr(found, key) for key in (*NUMBERS, "of")}
    ratios = {
        f"or{end}": math.exp(getattr(found, key))
        for end, key in (("", "value"), ("_low", "low"), ("_high", "high"))
        if getattr(found, key) is not None and abs(getattr(found, key)) < 50
    }
    plain = {key: one for key, one in result.details.items() if isinstance(one, int | float | str)}
    known = {key: spoken(one) for key, one in (plain | numbers | ratios).items() if one is not None}
    try:
        return plan.says.format(**known)
    except (KeyError, IndexError, ValueError) as error:
        raise LabError(
            f"its sentence asks for {error}, which is not there.",
            where=plan.id,
            remedy=f"There are: {', '.join(sorted(known))}.",
        ) from None


def spoken(value: float | str) -> str:
    """Return a number as people say it: three digits that count, no more."""
    if isinstance(value, str | int):
        return str(value)
    if value != 0 and abs(value) < 0.001:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits} × 10^{int(exponent)}"
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def toml_of(rows: Iterable[Row]) -> str:
    """Return rows as the text of ``knowledge/claims/recomputed.toml``."""
    return HEAD + "".join("\n[[recomputed]]\n" + _lines(row) for row in rows)


def changes(rows: Iterable[Row], *, whole: bool = False) -> tuple[str, ...]:
    """Tell how new rows differ from the stored ones, one line a difference.

    Parameters
    ----------
    rows : iterable of dict
    whole : bool
        Whether the rows are all claims: then a stored one that is not among
        them is told as gone.
    """
    new = {row["id"]: row for row in rows}
    lines = [line for row in new.values() for line in difference(row)]
    if whole:
        lines += [f"{name}: gone. It said: {old.says}" for name, old in _gone(new)]
    return tuple(lines)


def difference(row: Row) -> tuple[str, ...]:
    """Tell in what one new row differs from the stored claim; nothing when it is the same.

    The day and the version are no difference.
    """
    name, old = row["id"], recomputed().get(row["id"])
    if old is None:
        return (f"{name}: new. {row['says']}",)
    lines = [
        f"{name}: {key} was {_told(getattr(old, key))}, now {_told(row.get(key))}"
        for key in NUMBERS
        if not _is_same(getattr(old, key), row.get(key))
    ]
    plain = ("says", "stands", "of", "scale", "method", "estimate", "confidence")
    lines += [
        f"{name}: {key} was {getattr(old, key)!r}, now {row.get(key)!r}"
        for key in plain
        if getattr(old, key) != row.get(key)
    ]
    if list(old.data) != list(row["data"]):
        lines.append(f"{name}: the data changed: {', '.join(row['data'])}")
    return tuple(lines)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _gone(new: Mapping[str, Row]) -> list[tuple[str, Recomputed]]:
    return [(name, old) for name, old in recomputed().items() if name not in new]


def _is_same(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return old is new
    return math.isclose(old, new, rel_tol=SAME, abs_tol=1e-300)


def _told(value: float | None) -> str:
    return "not given" if value is None else f"{value:.6g}"


def _lines(row: Row) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in row.items())


def _value(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
