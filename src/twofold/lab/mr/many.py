"""Many exposures on many outcomes: batched, shard by shard, with false discovery rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from twofold.errors import LabError
from twofold.lab.discovery import false_discovery
from twofold.lab.mr.closed_form import Everything, everything, joined_rows
from twofold.lab.mr.harmonise import Action, harmonise
from twofold.lab.mr.pairs import Array
from twofold.lab.mr.table import Associations, Instruments

SHARD = 2_000


@dataclass(frozen=True, eq=False)
class Shard:
    """Closed forms of some pairs of exposure and outcome.

    Parameters
    ----------
    names : tuple of (exposure, outcome)
        One a row.
    snps : array, shape (pairs,)
    found : Everything
        Arrays of shape (pairs,); those of single SNPs are filled up with ``nan``.
    """

    names: tuple[tuple[str, str], ...]
    snps: Array
    found: Everything


def in_shards(tables: Iterable[Instruments], *, size: int = SHARD) -> Iterator[Shard]:
    """Work out tables as they come, a shard at a time, so that memory stays bounded.

    Parameters
    ----------
    tables : iterable of Instruments
        One a pair; read as needed.
    size : int
        Pairs in a shard.
    """
    stream = iter(tables)
    while part := list(islice(stream, size)):
        yield _worked_out(part)


def _worked_out(part: Sequence[Instruments]) -> Shard:
    """Pairs of like length go together, so that little is filled up."""
    longest = max(len(one) for one in part)
    four = [np.full((len(part), longest), np.nan) for _ in range(4)]
    for row, one in enumerate(part):
        columns = (one.beta_exposure, one.se_exposure, one.beta_outcome, one.se_outcome)
        for target, values in zip(four, columns, strict=True):
            target[row, : len(one)] = values
    names = tuple((one.exposure, one.outcome) for one in part)
    snps = np.array([float(len(one)) for one in part])
    return Shard(names, snps, everything(*four))


def every_pair(
    exposures: Mapping[str, Associations],
    outcomes: Mapping[str, Associations],
    *,
    action: Action = 2,
    refused: list[str] | None = None,
) -> Iterator[Instruments]:
    """Harmonise each exposure with each outcome, as they are asked for.

    Parameters
    ----------
    exposures, outcomes : mapping of str to Associations
    action : {1, 2, 3}
        Of palindromes; see ``harmonise.py``.
    refused : list of str, optional
        Pairs that could not be used are written here, each with its reason.
    """
    for exposure in exposures.values():
        for outcome in outcomes.values():
            try:
                yield harmonise(exposure, outcome, action=action)
            except LabError as error:
                if refused is None:
                    raise
                refused.append(f"{exposure.trait} on {outcome.trait}: {error.what}")


@dataclass(frozen=True, eq=False)
class Screen:
    """All pairs together.

    Parameters
    ----------
    names : tuple of (exposure, outcome)
    snps, b, se, p : array, shape (pairs,)
        IVW with random effects.
    q : array, shape (pairs,)
        False discovery rates over all pairs (Benjamini and Hochberg 1995).
    egger, intercept_p, q_p, mean_f : array, shape (pairs,)
        What tells whether a pair may be believed.
    """

    names: tuple[tuple[str, str], ...]
    snps: Array
    b: Array
    se: Array
    p: Array
    q: Array
    egger: Array
    intercept_p: Array
    q_p: Array
    mean_f: Array


def screen(tables: Iterable[Instruments], *, size: int = SHARD) -> Screen:
    """Return one row for each table, with false discovery rates over all of them.

    Raises
    ------
    LabError
        When there is no table.
    """
    parts = [_row(shard) for shard in in_shards(tables, size=size)]
    if not parts:
        raise LabError("there is no pair of exposure and outcome.")
    names = tuple(name for some, _ in parts for name in some)
    columns = [joined_rows([row[place] for _, row in parts]) for place in range(len(parts[0][1]))]
    snps, b, se, p, egger, intercept_p, q_p, mean_f = columns
    return Screen(names, snps, b, se, p, false_discovery(p), egger, intercept_p, q_p, mean_f)


def _row(shard: Shard) -> tuple[tuple[tuple[str, str], ...], tuple[Array, ...]]:
    found = shard.found
    ivw, egger = found.ivw, found.egger
    return shard.names, (
        shard.snps, ivw.b, ivw.se, ivw.p, egger.slope.b, egger.intercept_p, ivw.q_p,
        found.strength.mean_f,
    )  # fmt: skip
