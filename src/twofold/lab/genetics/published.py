"""A number that was worked out here beside the numbers that others published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.result import Estimate
from twofold.lab.tables import Column

COLUMNS = ("topic", "quantity", "estimate", "lo", "hi", "source", "status")


@dataclass(frozen=True)
class PublishedNumbers:
    """Numbers read in papers, one a row; ``low`` and ``high`` are ``nan`` where none is printed."""

    quantity: tuple[str, ...]
    value: Column
    low: Column
    high: Column
    source: tuple[str, ...]
    status: tuple[str, ...]


def read(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> PublishedNumbers:
    """Return the published numbers of one ``topic``, whose ``quantity`` holds the given words.

    Rows whose estimate is no single number are left out.
    """
    found = named(text_columns(path), {one: one for one in COLUMNS} | dict(columns))
    rows = [
        row for row in range(len(found["topic"]))
        if found["topic"][row] == options.get("topic", "rg")
        and str(options.get("quantity", "")).lower() in found["quantity"][row].lower()
        and _is_number(found["estimate"][row])
    ]  # fmt: skip
    picked = {name: [cells[row] for row in rows] for name, cells in found.items()}
    value, low, high = (
        numbers(picked[name], name=name, where=path.name) for name in ("estimate", "lo", "hi")
    )
    told = (tuple(picked[name]) for name in ("quantity", "source", "status"))
    quantity, source, status = told
    return PublishedNumbers(quantity, value, low, high, source, status)


def compared(own: Estimate, published: PublishedNumbers) -> tuple[str, ...]:
    """Return one sentence for each published number: does it lie in the interval found here?

    Parameters
    ----------
    own : Estimate
        With its 95 % interval.
    published : PublishedNumbers
    """
    if own.low is None or own.high is None:
        return ()
    return tuple(
        f"{published.source[row]}: {published.quantity[row]} {value:g} "
        f"{'lies in' if own.low <= value <= own.high else 'lies outside'} the 95 % interval found "
        f"here ({own.low:.3g} to {own.high:.3g}; {published.status[row]})."
        for row, value in enumerate(np.asarray(published.value).tolist())
    )


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
