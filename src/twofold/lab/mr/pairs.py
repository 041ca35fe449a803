"""Effects of SNPs on exposures and outcomes as arrays, ready for the formulas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twofold.errors import LabError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Effects of SNPs on exposures and outcomes, ready for the formulas.

    Parameters
    ----------
    bx, sx, by, sy : array, shape (exposures, snps)
        Effects and standard errors; 0 where there is no SNP.
    w, wx : array, shape (exposures, snps)
        ``1 / sy²`` and ``bx / sy²``, 0 where there is no SNP.
    there : array of bool, shape (exposures, snps), or None
        Where a SNP stands; ``None`` when everywhere.
    count : array, shape (exposures,)
        SNPs of each exposure.
    """

    bx: Array
    sx: Array
    by: Array
    sy: Array
    w: Array
    wx: Array
    there: Mask | None
    count: Array


def pairs(bx: ArrayLike, sx: ArrayLike, by: ArrayLike, sy: ArrayLike) -> Pairs:
    """Return the arrays as :class:`Pairs`; one exposure may be given as one row.

    Raises
    ------
    LabError
        When the shapes differ, or an SE is not above 0.
    """
    four = [np.atleast_2d(np.asarray(one, dtype=np.float64)) for one in (bx, sx, by, sy)]
    if len({one.shape for one in four}) > 1 or four[0].ndim != 2:
        raise LabError(f"the four arrays have the shapes {[one.shape for one in four]}.")
    total = four[0] + four[1] + four[2] + four[3]
    there = np.isfinite(total)
    if there.all():
        count, mask = np.full(len(total), float(total.shape[1])), None
        w = 1.0 / (four[3] * four[3])
    else:
        mask, count = there, there.sum(1).astype(np.float64)
        four = [np.where(there, one, 0.0) for one in four]
        w = np.where(there, 1.0 / np.where(there, four[3] * four[3], 1.0), 0.0)
    good = (four[1] > 0) & (four[3] > 0)
    if not (good if mask is None else good | ~mask).all():
        raise LabError("a standard error is not above 0.")
    return Pairs(four[0], four[1], four[2], four[3], w, w * four[0], mask, count)


def dot(first: Array, second: Array) -> Array:
    """Return the sum of the products along each row."""
    found: Array = np.einsum("es,es->e", first, second)
    return found
