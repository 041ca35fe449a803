"""What a genome-wide association study found, SNP by SNP, with what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.genetics.alleles import Codes
from twofold.lab.genetics.byte_columns import Names, Whole
from twofold.lab.genetics.snp_keys import Keys, keys_of
from twofold.lab.tables import Column, Problem, refuse


@dataclass(frozen=True)
class Dropped:
    """Rows that were left out for one reason.

    Parameters
    ----------
    reason, remedy : str
    count : int
    first_row : int
        The first of them, counted from 1 without the header.
    """

    reason: str
    remedy: str
    count: int
    first_row: int

    def sentence(self) -> str:
        """Return it as one line."""
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        return f"{rows}: {self.reason} (first: row {self.first_row}). {self.remedy}".strip()


@dataclass(frozen=True)
class Quality:
    """How many rows a file had, which were left out, and what its reader must know."""

    rows: int = 0
    kept: int = 0
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Return what was left out, one line for each reason."""
        return tuple(one.sentence() for one in self.dropped)


@dataclass(frozen=True)
class SummaryStatistics:
    """Effects of SNPs on one trait; every column has one value a SNP and is read-only.

    Parameters
    ----------
    name : str
        The trait or the file.
    snp : array of bytes
        Names, usually rs numbers.
    chromosome, position : array of int
        1–22, X = 23; 0 where the file does not say.
    effect_allele, other_allele : array of int8
        A, C, G, T as 0, 1, 2, 3 (``alleles.letters_of``).
    z : array of float64
        Effect over its standard error; always finite.
    beta, se : array of float64
        The effect of one effect allele (log odds for a disease); ``nan`` where
        the file gives z alone.
    p, n, eaf, info : array of float64
        Two-sided p-value, sample size, frequency of the effect allele,
        imputation quality; ``nan`` where the file does not say.
    build : str
        ``"GRCh37"``, ``"GRCh38"`` or nothing.
    cases, controls : float or None
        Of the study, where the file or its reader says so.
    quality : Quality
        What was read and what was left out.
    key : array of uint64
        The names as numbers (``snp_keys.keys_of``), worked out where they are not given.

    Raises
    ------
    LabError
        When columns differ in length, a z is not finite, a standard error, a
        p-value or a sample size is impossible, or a SNP stands twice; the row
        is named.
    """

    name: str
    snp: Names
    chromosome: Whole
    position: Whole
    effect_allele: Codes
    other_allele: Codes
    z: Column
    beta: Column
    se: Column
    p: Column
    n: Column
    eaf: Column
    info: Column
    build: str = ""
    cases: float | None = None
    controls: float | None = None
    quality: Quality = field(default_factory=Quality)
    key: Keys = field(default_factory=lambda: np.empty(0, np.uint64), repr=False)

    def __post_init__(self) -> None:
        if not self.rows:
            raise LabError("no SNP is left.", where=self.name, remedy="See what was left out.")
        if not len(self.key):
            object.__setattr__(self, "key", keys_of(self.snp))
        for name in COLUMNS:
            values = np.asarray(getattr(self, name))
            if values.shape != (self.rows,):
                raise LabError(f"{name} has {len(values)} values for {self.rows} SNPs.")
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        refuse(self._problems(), where=self.name)

    @property
    def rows(self) -> int:
        """How many SNPs it has."""
        return len(self.snp)

    def taken(self, rows: NDArray[Any]) -> SummaryStatistics:
        """Return some of its rows, by number or by a mask."""
        return replace(self, **{name: getattr(self, name)[rows] for name in COLUMNS})

    def _problems(self) -> list[Problem]:
        checks = (
            (~np.isfinite(self.z), "z is not finite.", "Leave the row out."),
            (self.se <= 0, "the standard error is not above 0.", "Leave the row out."),
            ((self.p < 0) | (self.p > 1), "p is not between 0 and 1.", "Which column holds p?"),
            (self.n <= 0, "the sample size is not above 0.", "Which column holds N?"),
            ((self.eaf < 0) | (self.eaf > 1), "the frequency is not 0 to 1.", "Is it in percent?"),
            (
                self.effect_allele == self.other_allele,
                "both alleles are the same.",
                "Leave it out.",
            ),
            (again(self.key), "the SNP stands twice.", "Keep one row for each SNP."),
        )
        return [
            Problem(int(row) + 1, what, remedy)
            for wrong, what, remedy in checks
            for row in np.flatnonzero(wrong)[:10]
        ]


COLUMNS = tuple(
    one.name for one in fields(SummaryStatistics)
    if one.name not in {"name", "build", "cases", "controls", "quality"}
)  # fmt: skip


def again(keys: Keys) -> NDArray[np.bool_]:
    """Return which keys stood before in the same list.

    >>> again(np.array([5, 7, 5], np.uint64)).tolist()
    [False, False, True]
    """
    found = np.zeros(len(keys), bool)
    in_turn = np.sort(keys)  # many times faster than the order, which is rarely needed
    if (in_turn[1:] == in_turn[:-1]).any():
        order = np.argsort(keys, kind="stable")
        found[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    return found


def joined(parts: Sequence[SummaryStatistics]) -> SummaryStatistics:
    """Return pieces of one file as one table; a SNP that stood before is left out."""
    columns = {name: np.concatenate([getattr(one, name) for one in parts]) for name in COLUMNS}
    twice = again(cast(Any, columns["key"]))
    if twice.any():
        columns = {name: values[~twice] for name, values in columns.items()}
    return replace(parts[0], **cast(Any, columns))
