"""Trials as a table: what each reported, checked row by row before anything is worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.tables import Column, Problem, column, refuse

KINDS: dict[str, tuple[str, ...]] = {
    "events": ("events1", "total1", "events2", "total2"),
    "means": ("mean1", "sd1", "total1", "mean2", "sd2", "total2"),
    "estimates": ("estimate", "se"),
    "ratios": ("ratio", "low", "high"),
    "arm events": ("events", "total"),
    "arm means": ("mean", "sd", "total"),
    "arm estimates": ("estimate", "se"),
}
"""What a row holds. The first two: a trial with two arms, 1 = treatment, 2 = control. Then one
contrast a row: an estimate with its standard error (log scale for ratios), or a ratio with its
95 % interval. Last: one arm a row, for networks and for changes within an arm."""

MOST_ROWS = 2_000
"""More is no table of trials, and leaving each out in turn would fill the memory."""
LOGS = "Logarithms of ratios are the kind 'estimates' with measure 'OR', 'RR' or 'HR'."


@dataclass(frozen=True)
class Trials:
    """What trials reported, one trial, contrast or arm a row.

    Parameters
    ----------
    label : tuple of str
        Name of the trial, as in a forest plot.
    kind : str
        A key of ``KINDS``.
    numbers : mapping of str to array (k,)
        At least the columns of the kind; further ones are moderators.
    words : mapping of str to tuple of str
        ``treatment``, ``treatment1``, ``treatment2``, ``group`` and the like.
    rows : tuple of int
        Row of the file, counted from 1 without its header; 1, 2 … where not given.
    left_out : tuple of str
        Rows of the file that are not here, each with the reason.

    Raises
    ------
    LabError
        When a number is missing or impossible; the row and the remedy are named.
    """

    label: tuple[str, ...]
    kind: str
    numbers: Mapping[str, Column]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check it."""
        k = len(self.label)
        if self.kind not in KINDS:
            raise LabError(
                f"there is no kind of trial table {self.kind!r}.",
                remedy=f"There are: {', '.join(KINDS)}.",
            )
        if not k:
            left = f" {len(self.left_out)} rows were left out." if self.left_out else ""
            raise LabError(f"the table holds 0 trials.{left}", remedy="Name other columns.")
        if k > MOST_ROWS:
            raise LabError(f"the table has {k} rows; {MOST_ROWS} trials can be taken together.")
        for name in KINDS[self.kind]:
            if name not in self.numbers:
                raise LabError(
                    f"the kind {self.kind!r} wants the column {name!r}.",
                    remedy=f"It wants: {', '.join(KINDS[self.kind])}.",
                )
        made = {name: column(one, name=name, rows=k) for name, one in self.numbers.items()}
        object.__setattr__(self, "numbers", MappingProxyType(made))
        object.__setattr__(self, "rows", tuple(self.rows) or tuple(range(1, k + 1)))
        for name, texts in self.words.items():
            if len(texts) != k:
                raise LabError(f"{name} has {len(texts)} values where {k} are wanted.")
        refuse(self._problems())

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.label)

    def take(self, keep: NDArray[np.bool_] | Sequence[int], reason: str = "") -> Trials:
        """Return only some rows; with a reason, the others are listed as left out."""
        mask = np.asarray(keep)
        index = np.flatnonzero(mask) if mask.dtype == bool else mask
        gone = sorted(set(range(len(self))) - {int(one) for one in index})
        told = tuple(f"row {self.rows[i]} ({self.label[i]}): {reason}" for i in gone)
        return replace(
            self,
            label=tuple(self.label[i] for i in index),
            numbers={name: one[index] for name, one in self.numbers.items()},
            words={name: tuple(one[i] for i in index) for name, one in self.words.items()},
            rows=tuple(self.rows[i] for i in index),
            left_out=self.left_out + (told if reason else ()),
        )

    def _problems(self) -> list[Problem]:
        needed = KINDS[self.kind]
        found = [
            one
            for name in needed
            for one in self._where(
                ~np.isfinite(self.numbers[name]), f"{name} is missing.", "Leave the row out."
            )
        ]
        if found:
            return found
        return sorted(self._impossible(), key=lambda one: one.row or 0)

    def _impossible(self) -> Iterator[Problem]:
        for name in KINDS[self.kind]:
            values = self.numbers[name]
            if name.startswith("total"):
                yield from self._where(values <= 0, f"{name} is not above 0.", "Check it.")
            if name.startswith("sd"):
                yield from self._where(
                    values <= 0, f"{name} is not above 0.", "Give the standard deviation."
                )
            if name == "se":
                yield from self._where(
                    values <= 0,
                    "the standard error is not above 0.",
                    "Give the true one, or leave the row out: it would outweigh all others.",
                )
            if name.startswith("events"):
                yield from self._events(name, name.replace("events", "total"))
        if self.kind == "ratios":
            yield from self._ratios()

    def _events(self, name: str, total: str) -> Iterator[Problem]:
        events, totals = self.numbers[name], self.numbers[total]
        yield from self._where(events < 0, f"{name} is below 0.", "Count the people.")
        yield from self._where(
            events > totals,
            f"{name} is larger than {total}.",
            "Are the two swapped, or is it a percentage? Give counts of people.",
        )
        yield from self._where(
            (events != np.round(events)) & (events <= totals),
            f"{name} is no whole number: a percentage?",
            "Give counts of people, or read them with the option percent = true.",
        )

    def _ratios(self) -> Iterator[Problem]:
        ratio, low, high = (self.numbers[name] for name in KINDS["ratios"])
        below = (ratio <= 0) | (low <= 0)
        yield from self._where(below, "a ratio is not above 0: is it a logarithm?", LOGS)
        yield from self._where(
            ~below & ~((low < ratio) & (ratio < high)),
            "the ratio is not inside its interval.",
            "Check which column is which: ratio, low, high.",
        )

    def _where(self, mask: NDArray[np.bool_], what: str, remedy: str) -> list[Problem]:
        return [Problem(self.rows[i], what, remedy) for i in np.flatnonzero(mask)]


def joined(tables: Sequence[Trials]) -> Trials:
    """Return several tables of one kind as one, their shared columns only."""
    first = tables[0]
    shared: set[str] = set(first.numbers).intersection(*(set(one.numbers) for one in tables))
    spoken: set[str] = set(first.words).intersection(*(set(one.words) for one in tables))
    flat: Any = tuple
    return replace(
        first,
        label=flat(name for one in tables for name in one.label),
        numbers={name: np.concatenate([one.numbers[name] for one in tables]) for name in shared},
        words={name: flat(x for one in tables for x in one.words[name]) for name in spoken},
        rows=flat(row for one in tables for row in one.rows),
        left_out=flat(told for one in tables for told in one.left_out),
    )
