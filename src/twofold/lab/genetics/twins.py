"""Genes, shared home and all else: the ACE model from published twin correlations.

Falconer & Mackay 1996; Neale & Maes 2004. Twins of one egg share all genes,
those of two eggs half of them on average, and both share a home: r(MZ) = A + C,
r(DZ) = A/2 + C, E = 1 − A − C. The shares are fitted with A, C ≥ 0 by weighted
least squares, and drawn anew from both correlations' uncertainty for intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

DRAWS = 20_000
PARTS = ("A: genes", "C: shared home", "E: all else")
EQUAL_HOMES = (
    "It is supposed that twins of one egg are not treated more alike than others, and that genes "
    "add up."
)


@dataclass(frozen=True)
class TwinCorrelations:
    """Twin correlations of one trait, or of two traits with each other.

    Parameters
    ----------
    trait : str
    r_mz, r_dz : float
        Correlation between twins of one egg and of two.
    pairs_mz, pairs_dz : int
    se_mz, se_dz : float or None
        As published (tetrachoric correlations need it); worked out from the
        number of pairs where not given.

    Raises
    ------
    LabError
        When a correlation lies outside −1 … 1 or there are fewer than 10 pairs.
    """

    trait: str
    r_mz: float
    r_dz: float
    pairs_mz: int
    pairs_dz: int
    se_mz: float | None = None
    se_dz: float | None = None

    def __post_init__(self) -> None:
        for name in ("mz", "dz"):
            r, pairs, se = (getattr(self, f"{part}_{name}") for part in ("r", "pairs", "se"))
            if not -1 < r < 1:
                raise LabError(
                    f"{self.trait}: r({name.upper()}) is {r}.", remedy="Between −1 and 1."
                )
            if pairs < 10:
                raise LabError(f"{self.trait}: {pairs} pairs are too few.", remedy="At least 10.")
            if se is not None and not 0 < se < 1:
                raise LabError(f"{self.trait}: the standard error {se} cannot be.")


def read_twins(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any]
) -> tuple[TwinCorrelations, ...]:
    """Return twin correlations from a table, one trait a row.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``trait``, ``r_mz``, ``r_dz``, ``pairs_mz``, ``pairs_dz``; ``se_mz`` and
        ``se_dz`` where they were published.
    options : mapping
        Not used.

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path), columns, where=path.name)
    read = {
        name: numbers(cells, name=name, where=path.name)
        for name, cells in texts.items()
        if name != "trait"
    }
    rows = []
    for row, trait in enumerate(texts["trait"]):
        given = {name: float(values[row]) for name, values in read.items()}
        if not all(np.isfinite(given[one]) for one in ("r_mz", "r_dz", "pairs_mz", "pairs_dz")):
            raise LabError(f"row {row + 1}: a correlation or a count is missing.", where=path.name)
        se_mz, se_dz = (
            given[name] if np.isfinite(given.get(name, np.nan)) else None
            for name in ("se_mz", "se_dz")
        )
        pairs_mz, pairs_dz = int(given["pairs_mz"]), int(given["pairs_dz"])
        r_mz, r_dz = given["r_mz"], given["r_dz"]
        rows.append(TwinCorrelations(trait, r_mz, r_dz, pairs_mz, pairs_dz, se_mz, se_dz))
    return tuple(rows)


def falconer(r_mz: Column, r_dz: Column) -> Column:
    """Return A, C and E without bounds, shape (…, 3).

    >>> falconer(np.array(0.5), np.array(0.3)).round(3).tolist()
    [0.4, 0.1, 0.5]
    """
    a, c = 2 * (r_mz - r_dz), 2 * r_dz - r_mz
    return np.stack([a, c, 1 - a - c], axis=-1)


def fit_ace(r_mz: Column, r_dz: Column, weight_mz: float, weight_dz: float) -> Column:
    """Return A, C and E that fit both correlations best, none below zero, shape (…, 3).

    Parameters
    ----------
    r_mz, r_dz : array, shape (…)
    weight_mz, weight_dz : float
        One over each correlation's variance.
    """
    free = falconer(r_mz, r_dz)
    no_home = (weight_mz * r_mz + weight_dz * r_dz / 2) / (weight_mz + weight_dz / 4)
    no_genes = (weight_mz * r_mz + weight_dz * r_dz) / (weight_mz + weight_dz)
    zero = np.zeros_like(no_home)
    # The best point lies inside, or on an edge of the triangle A, C ≥ 0, A + C ≤ 1.
    home = np.clip(2 * r_dz - 1, 0, 1)  # where A + C = 1 only r(DZ) decides
    candidates = [
        (np.clip(no_home, 0, 1), zero),
        (zero, np.clip(no_genes, 0, 1)),
        (1 - home, home),
    ]
    best = np.stack([free[..., 0], free[..., 1]], axis=-1)
    inside = (free >= 0).all(axis=-1)
    loss = np.where(inside, 0.0, np.inf)
    for a, c in candidates:
        own = weight_mz * (r_mz - a - c) ** 2 + weight_dz * (r_dz - a / 2 - c) ** 2
        better = own < loss
        best[better] = np.stack([a, c], axis=-1)[better]
        loss = np.where(better, own, loss)
    return np.concatenate([best, 1 - best.sum(axis=-1, keepdims=True)], axis=-1)


def ace(
    twins: TwinCorrelations, *, draws: int = DRAWS, seed: int = 1
) -> tuple[Column, NDArray[np.float64]]:
    """Return A, C, E, shape (3,), and their 95 % intervals, shape (3, 2).

    Correlations are drawn on Fisher's scale, with the published standard error
    where there is one.
    """
    rng = np.random.default_rng(seed)
    r, spread = np.array([twins.r_mz, twins.r_dz]), _spread(twins)
    weights = 1 / (spread * (1 - r**2)) ** 2
    drawn = np.tanh(np.arctanh(r) + spread * rng.normal(size=(draws, 2)))
    point = fit_ace(r[:1], r[1:], weights[0], weights[1])[0]
    spreads = fit_ace(drawn[:, 0], drawn[:, 1], weights[0], weights[1])
    return point, np.quantile(spreads, [0.025, 0.975], axis=0).T


def _spread(twins: TwinCorrelations) -> Column:
    """Return the standard errors on Fisher's scale, shape (2,)."""
    found = []
    for name in ("mz", "dz"):
        r, pairs, se = (getattr(twins, f"{part}_{name}") for part in ("r", "pairs", "se"))
        found.append(1 / np.sqrt(pairs - 3) if se is None else se / (1 - r**2))
    return np.array(found)


def genetic_correlation(
    first: TwinCorrelations,
    second: TwinCorrelations,
    cross: TwinCorrelations,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> tuple[float, float, float]:
    """Return the genetic correlation of two traits and its 95 % interval.

    Parameters
    ----------
    first, second : TwinCorrelations
        Each trait with itself.
    cross : TwinCorrelations
        One twin's first trait with the other twin's second.
    draws, seed : int

    Raises
    ------
    LabError
        When genes explain nothing of one of the traits.

    Notes
    -----
    ``2 (r_MZ − r_DZ)`` of the cross-correlations over the root of both
    heritabilities; the three pairs of correlations are drawn as if independent,
    which makes the interval somewhat too wide.
    """
    rng = np.random.default_rng(seed)
    shares = []
    for one in (first, second, cross):
        r, spread = np.array([one.r_mz, one.r_dz]), _spread(one)
        drawn = np.tanh(np.arctanh(r) + spread * rng.normal(size=(draws, 2)))
        shares.append(2 * np.diff(-np.vstack([r, drawn]), axis=1)[:, 0])
    if min(shares[0][0], shares[1][0]) <= 0:
        raise LabError("genes explain nothing of one of the traits, so they share nothing.")
    usable = (shares[0] > 0.01) & (shares[1] > 0.01)
    values = np.clip(shares[2][usable] / np.sqrt(shares[0][usable] * shares[1][usable]), -1, 1)
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return float(values[0]), float(low), float(high)


def twin_ace(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return genes', the shared home's and all else's share of each trait.

    Parameters
    ----------
    tables : mapping
        ``twins`` (tuple of TwinCorrelations).
    options : mapping
        ``seed``, ``draws``; ``cross``: the two traits and the row of their
        cross-correlation, for a genetic correlation.

    Raises
    ------
    LabError
    """
    rows: tuple[TwinCorrelations, ...] = tables["twins"]
    draws, seed = int(options.get("draws", DRAWS)), int(options.get("seed", 1))
    crossed = list(options.get("cross", ()))
    estimates, warnings = [], [EQUAL_HOMES]
    for row in rows:
        if crossed and row.trait == crossed[2]:
            continue
        point, reach = ace(row, draws=draws, seed=seed)
        estimates += [
            Estimate(f"{row.trait}, {part}", float(value), low=float(low), high=float(high),
                     of=row.pairs_mz + row.pairs_dz, scale="share of the variance")
            for part, value, (low, high) in zip(PARTS, point, reach, strict=True)
        ]  # fmt: skip
        if row.r_mz > 2 * row.r_dz:
            warnings.append(
                f"{row.trait}: r(MZ) is more than twice r(DZ); genes that do not just add up "
                "(dominance) are likely, and A then holds them too."
            )
        if row.r_mz < row.r_dz:
            warnings.append(f"{row.trait}: r(MZ) is below r(DZ); no part is left for genes.")
    if crossed:
        named_rows = {row.trait: row for row in rows}
        value, low, high = genetic_correlation(
            *(named_rows[one] for one in crossed), draws=draws, seed=seed
        )
        estimates.append(Estimate("genetic correlation", value, low=low, high=high))
    return Result(
        "twins",
        "How much of each trait goes with genes?",
        tuple(estimates),
        estimates[0].name,
        "; ".join(
            f"{one.name.partition(',')[0]}: genes {100 * one.value:.0f} of 100 parts"
            for one in estimates
            if one.name.endswith(PARTS[0])
        )
        + ".",
        tuple(warnings),
        len(rows),
        (),
    )
