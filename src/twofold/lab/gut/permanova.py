"""Whether groups of samples lie apart: PERMANOVA, and PERMDISP beside it.

Anderson 2001 (Austral Ecol 26:32) and McArdle & Anderson 2001 (Ecology
82:290): the sums of squares come from Gower's centred matrix G, so a term with
the orthonormal columns Q explains tr(QᵀGQ). A permutation only permutes the
rows of Q: all of them are one matrix product. Residuals of the other terms are
permuted (Freedman & Lane 1983) where there are covariates. PERMDISP is
Anderson 2006 (Biometrics 62:245), with centroids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.gut.linear import Matrix
from twofold.lab.tables import Column

Square = NDArray[np.float64]
Orders = NDArray[np.int64]
BLOCK = 512
ROUNDING = 1e-9
"""A permuted F that is smaller only by rounding counts as equal."""


@dataclass(frozen=True)
class Term:
    """What one term explains.

    Parameters
    ----------
    name : str
    freedom : int
        Columns that it adds.
    squares : float
        Its sum of squares.
    share : float
        Of the total sum of squares (R²).
    f : float
        Pseudo-F.
    p : float
        By permutation; the smallest possible is 1 / (permutations + 1).
    """

    name: str
    freedom: int
    squares: float
    share: float
    f: float
    p: float


@dataclass(frozen=True)
class Dispersion:
    """How far the samples of each group lie from their own centre.

    Parameters
    ----------
    f, p : float
        Of the difference between groups.
    spread : mapping of str to float
        Mean distance to the centroid, by group.
    """

    f: float
    p: float
    spread: Mapping[str, float]


def permanova(
    distances: Square,
    terms: Mapping[str, Matrix],
    *,
    permutations: int = 999,
    seed: int = 0,
    squares: Literal["marginal", "sequential"] = "marginal",
    strata: Sequence[Any] | None = None,
    tested: Sequence[str] | None = None,
) -> tuple[Term, ...]:
    """Return what each term explains of the distances.

    Parameters
    ----------
    distances : array, shape (n, n)
        Symmetric, zero on the diagonal.
    terms : mapping of str to array, shape (n, columns)
        In their order; without the column of ones.
    permutations, seed : int
    squares : {"marginal", "sequential"}
        Each term after all others, or after those before it.
    strata : sequence, length n, optional
        Samples are permuted only within one value of it.
    tested : sequence of str, optional
        The terms whose p-value is wanted; every one where it is not given. The
        others have ``nan``.

    Raises
    ------
    LabError
        When the matrix is no distance matrix, a term says nothing of its own,
        or too few samples are left.
    """
    check_distances(distances)
    gower = centred(distances)
    full = _basis(np.hstack([*terms.values()]), np.empty((len(gower), 0)))
    left = len(gower) - 1 - full.shape[1]
    if left < 1:
        raise LabError(f"{len(gower)} samples are too few for {full.shape[1]} columns.")
    orders = permuted(len(gower), permutations, seed, strata)
    names = list(terms)
    found = []
    for at, name in enumerate(names):
        others = names[:at] if squares == "sequential" else [one for one in names if one != name]
        given = _basis(np.hstack([np.empty((len(gower), 0)), *(terms[one] for one in others)]))
        wanted = orders if tested is None or name in tested else orders[:0]
        found.append(_tested(name, gower, _own(name, terms[name], given), given, full, wanted))
    return tuple(found)


def permdisp(
    distances: Square, groups: Sequence[str], *, permutations: int = 999, seed: int = 0
) -> Dispersion:
    """Return whether the groups' samples lie as far from their centroids.

    Parameters
    ----------
    distances : array, shape (n, n)
    groups : sequence of str, length n
    permutations, seed : int
        Residuals around each group's mean are permuted.

    Raises
    ------
    LabError
        When there are not two groups of two samples.
    """
    check_distances(distances)
    levels, places = np.unique(np.asarray(groups), return_inverse=True)
    sizes = np.bincount(places)
    if len(levels) < 2 or sizes.min() < 2:
        raise LabError("two groups of at least two samples are needed.")
    far = to_centroid(distances, places)
    means = np.bincount(places, far) / sizes
    residuals = far - means[places]
    orders = permuted(len(far), permutations, seed, None)
    observed = _anova(far[None, :], places, sizes)[0]
    drawn = _anova(residuals[orders], places, sizes)
    spread = {str(level): float(mean) for level, mean in zip(levels, means, strict=True)}
    return Dispersion(float(observed), _p(drawn, observed), spread)


def to_centroid(distances: Square, places: NDArray[np.int64]) -> Column:
    """Return each sample's distance to its group's centroid, shape (n,).

    In the space of the distances: ``mean d² − half of the mean d² among the
    group``; where the space is not Euclidean its size without the sign counts.
    """
    far = np.zeros(len(distances))
    for group in np.unique(places):
        inside = np.flatnonzero(places == group)
        own = distances[np.ix_(inside, inside)] ** 2
        far[inside] = np.sqrt(np.abs(own.mean(axis=1) - own.mean() / 2))
    return far


def centred(distances: Square) -> Square:
    """Return Gower's matrix −½ d², centred by rows and columns, shape (n, n)."""
    half = distances * distances
    half *= -0.5
    means = half.mean(axis=0)
    half -= means[:, None]
    half -= means[None, :]
    half += means.mean()
    return half


def permuted(n: int, permutations: int, seed: int, strata: Sequence[Any] | None) -> Orders:
    """Return random orders, shape (permutations, n), within strata where they are given."""
    rng = np.random.default_rng(seed)
    if strata is None:
        return rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)
    if len(strata) != n:
        raise LabError(f"there are {len(strata)} strata for {n} samples.")
    block = np.unique(np.asarray(strata), return_inverse=True)[1]
    home = np.argsort(block, kind="stable")
    orders = np.empty((permutations, n), dtype=np.int64)
    for one in orders:
        one[home] = np.lexsort((rng.random(n), block))
    return orders


def check_distances(distances: Square) -> None:
    """Refuse what is no distance matrix.

    Raises
    ------
    LabError
    """
    if distances.ndim != 2 or distances.shape[0] != distances.shape[1] or len(distances) < 3:
        raise LabError("distances of at least three samples, as a square, are needed.")
    if not np.isfinite(distances).all() or (distances < 0).any():
        raise LabError("a distance is negative or missing.")
    if np.abs(distances.diagonal()).max() > 1e-9 or not np.allclose(distances, distances.T):
        raise LabError("the distances are not symmetric with zeros on the diagonal.")


def _tested(
    name: str, gower: Square, own: Matrix, given: Matrix, full: Matrix, orders: Orders
) -> Term:
    """Return one term; the rows of its columns are permuted against the others' residuals."""
    total, freedom = float(np.trace(gower)), own.shape[1]
    left = len(gower) - 1 - full.shape[1]
    reduced = _without(gower, given)
    spare = float(np.trace(reduced))
    rest = _basis(full, np.hstack([given, own]))
    mine, all_mine = _explained(reduced, own, rest, np.arange(len(gower))[None, :])
    f = (mine / freedom) / ((spare - all_mine) / left)
    held, others = _explained(reduced, own, np.hstack([rest, given]), orders)
    drawn = (held / freedom) / ((spare - others) / left)
    return Term(name, freedom, float(mine[0]), float(mine[0]) / total, float(f[0]), _p(drawn, f[0]))


def _explained(gower: Square, own: Matrix, rest: Matrix, orders: Orders) -> tuple[Column, Column]:
    """Return what ``own``, and both together, explain in every order, shape (orders,) each."""
    both = np.hstack([own, rest])
    mine, every = np.empty(len(orders)), np.empty(len(orders))
    step = max(1, BLOCK // both.shape[1])
    for start in range(0, len(orders), step):
        block = orders[start : start + step]
        moved = both[block].transpose(1, 0, 2).reshape(len(gower), -1)
        parts = np.einsum("nm,nm->m", moved, gower @ moved).reshape(len(block), -1)
        mine[start : start + step] = parts[:, : own.shape[1]].sum(axis=1)
        every[start : start + step] = parts.sum(axis=1)
    return mine, every


def _basis(columns: Matrix, beside: Matrix | None = None) -> Matrix:
    """Return orthonormal columns of what is new beside the given ones and the mean."""
    new = columns - columns.mean(axis=0) if columns.shape[1] else columns
    scale = np.sqrt((new**2).sum(axis=0))
    if beside is not None and beside.shape[1]:
        new = new - beside @ (beside.T @ new)
    if not new.shape[1]:
        return new
    new = new / np.where(scale > 0, scale, 1)
    left, values, _ = np.linalg.svd(new, full_matrices=False)
    kept: Matrix = left[:, values > 1e-8]
    return kept


def _own(name: str, columns: Matrix, given: Matrix) -> Matrix:
    own = _basis(columns, given)
    if not own.shape[1]:
        raise LabError(
            f"{name} says nothing that the other terms do not say.",
            remedy="Leave out one of them, or check that more than one group is there.",
        )
    return own


def _without(gower: Square, given: Matrix) -> Square:
    """Return (I − H) G (I − H), where H projects on the given columns."""
    if not given.shape[1]:
        return gower
    half = gower - given @ (given.T @ gower)
    return np.asarray(half - (half @ given) @ given.T)


def _anova(values: Matrix, places: NDArray[np.int64], sizes: NDArray[np.int64]) -> Column:
    """Return the one-way F of every row of values, shape (rows,)."""
    member = (places[:, None] == np.arange(len(sizes))).astype(np.float64)
    means = values @ member / sizes
    between = (sizes * (means - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    within = (values**2).sum(axis=1) - (sizes * means**2).sum(axis=1)
    groups, n = len(sizes), values.shape[1]
    return np.asarray((between / (groups - 1)) / (within / (n - groups)))


def _p(drawn: Column, observed: float) -> float:
    if not len(drawn):
        return float("nan")
    reached = drawn >= observed - ROUNDING * max(1.0, abs(observed))
    return float((1 + reached.sum()) / (1 + len(drawn)))
