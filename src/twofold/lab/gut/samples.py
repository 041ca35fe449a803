"""What is known of each sample; an answer that is no allowed one is missing, and counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.columns import MISSING, named, text_columns
from twofold.lab.tables import Column, Problem, column, refuse, twice

YES, NO = {"1", "1.0", "yes", "true"}, {"0", "0.0", "no", "false"}
NOT_SAID = MISSING | {"no_data", "unknown", "not provided", "not collected", "unspecified"}
NOT_A_CODE = {"-1", "-1.0", "-0.0", "-0"}
KINDS = ("yes-no", "number", "category")


@dataclass(frozen=True)
class Samples:
    """Facts about samples, by name.

    Parameters
    ----------
    ids : tuple of str, length n
    numbers : mapping of str to array, shape (n,)
        Numbers, and 0/1 answers; ``nan`` is missing.
    categories : mapping of str to tuple of (str or None), length n
        Names of groups; ``None`` is missing.
    odd : mapping of str to int
        By column: how many answers were neither an allowed one nor empty. They
        are missing here. Under ``"sample"``: how many repeated ids were dropped.

    Raises
    ------
    LabError
        When an id stands twice or a column has another length.
    """

    ids: tuple[str, ...]
    numbers: Mapping[str, Column] = field(default_factory=dict)
    categories: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    odd: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(self.ids)
        made = {name: column(values, name=name, rows=rows) for name, values in self.numbers.items()}
        object.__setattr__(self, "numbers", made)
        for name, groups in self.categories.items():
            if len(groups) != rows:
                raise LabError(f"{name} has {len(groups)} values where {rows} are wanted.")
        refuse(
            [
                Problem(row + 1, f"the sample {self.ids[row]!r} stands twice.", "Keep one.")
                for row in twice(self.ids)
            ],
            where="table of samples",
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Every column's name."""
        return (*self.numbers, *self.categories)

    def known(self, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which samples have an answer, shape (n,).

        Raises
        ------
        LabError
            When there is no such column.
        """
        if name in self.numbers:
            return np.isfinite(self.numbers[name])
        if name in self.categories:
            return np.array([one is not None for one in self.categories[name]], dtype=bool)
        raise LabError(
            f"the samples have no column {name!r}.", remedy=f"They have: {', '.join(self.names)}."
        )

    def pick(self, rows: Any) -> Samples:
        """Return some of the samples, in the order given."""
        chosen = np.asarray(rows, dtype=np.int64)
        return Samples(
            tuple(self.ids[i] for i in chosen),
            {name: values[chosen] for name, values in self.numbers.items()},
            {name: tuple(one[i] for i in chosen) for name, one in self.categories.items()},
            self.odd,
        )


def read_samples(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Samples:
    """Return the facts about samples that the file holds.

    Parameters
    ----------
    path : Path
        A table with a header.
    columns : mapping of str to str
        ``"sample"`` and every other own name: the file's name.
    options : mapping
        ``kinds``: own name to ``"yes-no"`` (0/1, yes/no), ``"number"`` or
        ``"category"`` (where it is not named); ``ranges``: own name to
        ``[low, high]``, beyond which a number is missing; ``id_parts``: how
        many parts of an id, cut at its points, name the sample; ``repeated``:
        ``"first"`` keeps the first of several rows of one id.

    Raises
    ------
    LabError
        When a column lacks, a kind is unknown, or an id stands twice.
    """
    texts = named(text_columns(path), {"sample": "sample", **columns}, where=path.name)
    texts, repeated = _rows_of(texts, options)
    kinds, ranges = dict(options.get("kinds", {})), dict(options.get("ranges", {}))
    numbers: dict[str, Column] = {}
    categories: dict[str, tuple[str | None, ...]] = {}
    odd: dict[str, int] = {"sample": repeated}
    for name, cells in texts.items():
        kind = kinds.get(name, "category")
        if name == "sample":
            continue
        if kind not in KINDS:
            raise LabError(
                f"the kind {kind!r} of {name} is unknown.", remedy=f"One of {', '.join(KINDS)}."
            )
        if kind == "category":
            categories[name] = tuple(map(_group, cells))
            missing = [one is None for one in categories[name]]
        else:
            read = (
                _yes_no if kind == "yes-no" else _within(*ranges.get(name, (-math.inf, math.inf)))
            )
            numbers[name] = np.array([read(cell) for cell in cells])
            missing = list(np.isnan(numbers[name]))
        odd[name] = int(
            sum(
                is_missing and cell.lower() not in NOT_SAID
                for is_missing, cell in zip(missing, cells, strict=True)
            )
        )
    return Samples(tuple(texts["sample"]), numbers, categories, odd)


def _rows_of(
    texts: dict[str, list[str]], options: Mapping[str, Any]
) -> tuple[dict[str, list[str]], int]:
    """Return the columns with the ids as they are wanted, and how many repeats were dropped."""
    ids = texts["sample"]
    if "id_parts" in options:
        ids = [".".join(one.split(".")[: int(options["id_parts"])]) for one in ids]
    again = set(twice(ids)) if options.get("repeated") == "first" else set()
    kept = [row for row in range(len(ids)) if row not in again]
    made = {name: [cells[row] for row in kept] for name, cells in (texts | {"sample": ids}).items()}
    return made, len(again)


def _yes_no(cell: str) -> float:
    low = cell.lower()
    return 1.0 if low in YES else 0.0 if low in NO else math.nan


def _within(low: float, high: float) -> Any:
    def number(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            return math.nan
        return value if low <= value <= high and cell not in {"-0.0", "-0"} else math.nan

    return number


def _group(cell: str) -> str | None:
    return None if cell.lower() in NOT_SAID or cell in NOT_A_CODE else cell
