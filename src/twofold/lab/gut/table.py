"""Counts of microbes: one row a sample, one column a taxon; only what was read is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.tables import Column, Problem, refuse, rows_where, twice

Counts = NDArray[np.int64]
Places = NDArray[np.int64]

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species")
MOST_SAMPLES = 200_000
MOST_TAXA = 2_000_000
COUNTS_REMEDY = "Give the counts of reads, before any scaling; percents cannot be used here."


@dataclass(frozen=True)
class Taxa:
    """How often each taxon was read in each sample.

    Parameters
    ----------
    samples : tuple of str, length n
        The samples' ids.
    names : tuple of str, length p
        The taxa's ids.
    starts : array of int, shape (n + 1,)
        Sample ``i`` owns the cells ``starts[i]:starts[i + 1]``.
    columns : array of int, shape (cells,)
        The taxon of each cell, rising within a sample.
    counts : array of int, shape (cells,)
        Reads; every one above zero.
    lineages : tuple of tuple of str, length p or 0
        Kingdom to species of each taxon, where they are known.

    Raises
    ------
    LabError
        When an id stands twice, a sample holds no read, a count is negative or
        is no whole number, or the parts do not fit together.
    """

    samples: tuple[str, ...]
    names: tuple[str, ...]
    starts: Places
    columns: Places
    counts: Counts
    lineages: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name in ("starts", "columns", "counts"):
            made = np.array(getattr(self, name), dtype=np.int64)
            made.flags.writeable = False
            object.__setattr__(self, name, made)
        refuse(_misfits(self), where="table of taxa")
        refuse(_row_problems(self), where="table of taxa")

    @property
    def depths(self) -> Counts:
        """Reads of each sample, shape (n,)."""
        depths: Counts = np.add.reduceat(self.counts, self.starts[:-1])
        return depths

    @property
    def rows(self) -> Places:
        """The sample of each cell, shape (cells,)."""
        return np.repeat(np.arange(len(self.samples)), np.diff(self.starts))

    def prevalence(self) -> Column:
        """Return the share of samples in which each taxon was read, shape (p,)."""
        seen = np.bincount(self.columns, minlength=len(self.names))
        return np.asarray(seen / len(self.samples))

    def dense(self) -> Counts:
        """Return the whole table, shape (n, p); for few taxa only."""
        whole = np.zeros((len(self.samples), len(self.names)), dtype=np.int64)
        whole[self.rows, self.columns] = self.counts
        return whole

    def pick(self, rows: Sequence[int] | Places) -> Taxa:
        """Return some of the samples, in the order given; taxa stay."""
        chosen = np.asarray(rows, dtype=np.int64)
        cells = np.concatenate(
            [np.empty(0, np.int64), *(np.arange(*self.starts[[i, i + 1]]) for i in chosen)]
        )
        sizes = np.diff(self.starts)[chosen]
        return Taxa(
            tuple(self.samples[i] for i in chosen),
            self.names,
            np.concatenate([[0], np.cumsum(sizes)]),
            self.columns[cells],
            self.counts[cells],
            self.lineages,
        )

    def at_rank(self, rank: str) -> Taxa:
        """Return the reads gathered at one rank (``"genus"``); what has no name there is one taxon.

        Raises
        ------
        LabError
            When no lineages are known or the rank has another name.
        """
        if rank not in RANKS:
            raise LabError(f"there is no rank {rank!r}.", remedy=f"There are: {', '.join(RANKS)}.")
        if not self.lineages:
            raise LabError("the table names no lineages, so nothing can be gathered by rank.")
        labels = [_named_at(lineage, RANKS.index(rank)) for lineage in self.lineages]
        names = sorted(set(labels))
        place = {name: i for i, name in enumerate(names)}
        return from_cells(
            self.samples,
            tuple(names),
            self.rows,
            np.array([place[label] for label in labels])[self.columns],
            self.counts,
        )


def from_cells(
    samples: Sequence[str],
    names: Sequence[str],
    rows: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[Any],
    lineages: Sequence[Sequence[str]] = (),
) -> Taxa:
    """Return a table from its cells in any order; cells of one place are added up.

    Parameters
    ----------
    samples, names : sequences of str
    rows, columns : arrays of int, shape (cells,)
        Places, from 0.
    values : array, shape (cells,)
        Counts; zeros are dropped.

    Raises
    ------
    LabError
        When a value is negative, fractional or no number, a place lies outside
        the table, or an id or a sample is not as ``Taxa`` wants it.
    """
    samples, names = tuple(map(str, samples)), tuple(map(str, names))
    _refuse_places(rows, columns, (len(samples), len(names)))
    _refuse_values(samples, rows, np.asarray(values, dtype=np.float64))
    kept = np.asarray(values) > 0
    keys = np.asarray(rows, dtype=np.int64)[kept] * len(names) + np.asarray(columns)[kept]
    places, inverse = np.unique(keys, return_inverse=True)
    counts = np.bincount(inverse, weights=np.asarray(values, float)[kept], minlength=len(places))
    own_rows = places // max(len(names), 1)
    starts = np.searchsorted(own_rows, np.arange(len(samples) + 1))
    return Taxa(
        samples,
        names,
        starts,
        places % max(len(names), 1),
        counts.astype(np.int64),
        tuple(tuple(one) for one in lineages),
    )


def _misfits(taxa: Taxa) -> Iterator[Problem]:
    n, cells = len(taxa.samples), len(taxa.counts)
    if not n or not taxa.names:
        yield Problem(None, "the table is empty.", "Give at least one sample and one taxon.")
    elif (
        taxa.starts.shape != (n + 1,)
        or (taxa.starts[0], taxa.starts[-1], len(taxa.columns)) != (0, cells, cells)
        or (np.diff(taxa.starts) < 0).any()
    ):
        yield Problem(None, "the samples' cells do not fit together.", "")
    elif cells and not 0 <= taxa.columns.min() <= taxa.columns.max() < len(taxa.names):
        yield Problem(None, "a cell lies outside the table.", "")
    elif taxa.lineages and len(taxa.lineages) != len(taxa.names):
        yield Problem(None, "there are more or fewer lineages than taxa.", "")


def _row_problems(taxa: Taxa) -> Iterator[Problem]:
    for row in twice(taxa.samples):
        yield Problem(row + 1, f"the sample {taxa.samples[row]!r} stands twice.", "Keep one.")
    for row in twice(taxa.names):
        yield Problem(row + 1, f"the taxon {taxa.names[row]!r} stands twice.", "Add them up first.")
    empty = np.diff(taxa.starts) == 0
    yield from rows_where(empty, "the sample holds no read.", "Leave it out.")
    if not empty.any():
        falls = np.diff(taxa.columns) <= 0
        falls[taxa.starts[1:-1] - 1] = False  # the next sample begins there
        if falls.any():
            yield Problem(None, "the cells of a sample do not rise.", "Build it with from_cells.")
    if (taxa.counts <= 0).any():
        yield Problem(None, "a count is not above zero.", COUNTS_REMEDY)


def _refuse_places(rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]) -> None:
    if shape[0] > MOST_SAMPLES or shape[1] > MOST_TAXA:
        raise LabError(f"{shape[0]} samples of {shape[1]} taxa are more than can be read.")
    if len(rows) and (
        min(rows.min(), columns.min()) < 0 or rows.max() >= shape[0] or columns.max() >= shape[1]
    ):
        raise LabError("a cell lies outside the table.", remedy="Its shape does not fit its cells.")


def _refuse_values(samples: Sequence[str], rows: NDArray[Any], values: Column) -> None:
    """Refuse what is no count, naming the sample; say so when it looks like percents."""
    wrong = ~np.isfinite(values) | (values < 0)
    refuse(_cells(samples, rows, wrong, "a count is negative or missing."), where="table of taxa")
    broken = np.zeros(len(values), bool)
    broken[~wrong] = values[~wrong] % 1 != 0
    if not broken.any():
        return
    totals = np.bincount(np.asarray(rows, dtype=np.int64), weights=values, minlength=1)
    what = "a count is no whole number."
    for whole in (1.0, 100.0):
        if np.allclose(totals[totals > 0], whole, rtol=0.02):
            what = f"the samples add up to {whole:g}: these are shares, no counts."
    refuse(_cells(samples, rows, broken, what), where="table of taxa")


def _cells(
    samples: Sequence[str], rows: NDArray[Any], mask: NDArray[np.bool_], what: str
) -> list[Problem]:
    marked = sorted({int(row) for row in np.asarray(rows)[mask]})
    return [Problem(row + 1, f"sample {samples[row]!r}: {what}", COUNTS_REMEDY) for row in marked]


def _named_at(lineage: Sequence[str], depth: int) -> str:
    """Return the name at a rank; where it is empty, the nearest named rank above, marked so."""
    names = [part.partition("__")[2] if "__" in part[:4] else part for part in lineage]
    if depth < len(names) and names[depth].strip():
        return names[depth].strip(" []")
    above = [name.strip(" []") for name in names[:depth] if name.strip()]
    return f"{above[-1]} (no {RANKS[depth]})" if above else "not named"
