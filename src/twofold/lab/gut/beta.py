"""How unlike the samples are, two by two.

Bray and Curtis 1957; Jaccard 1912; Aitchison 1986 (the distance between
centred log-ratios). Counts stay whole numbers until the last division, so the
compiled way and the plain way give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.gut.table import Taxa

Square = NDArray[np.float64]


def bray_curtis(taxa: Taxa, *, is_fast: bool | None = None) -> Square:
    """Return Σ|a − b| / Σ(a + b) of every two samples, shape (n, n).

    Parameters
    ----------
    taxa : Taxa
    is_fast : bool, optional
        ``True``: compiled (the extra ``fast``); ``False``: NumPy only; not
        given: compiled where it is installed. Both give the same numbers.
    """
    common = _in_common(taxa, is_fast)
    depths = taxa.depths
    both = depths[:, None] + depths[None, :]
    return np.asarray((both - 2 * common) / both)


def jaccard(taxa: Taxa) -> Square:
    """Return the share of taxa, of those in either sample, that only one of them has, (n, n)."""
    from scipy.sparse import csr_array

    seen = csr_array(
        (np.ones(len(taxa.counts), np.int64), taxa.columns, taxa.starts),
        shape=(len(taxa.samples), len(taxa.names)),
    )
    both = np.asarray((seen @ seen.T).todense())
    each = both.diagonal()
    either = each[:, None] + each[None, :] - both
    return np.asarray((either - both) / either)


def aitchison(taxa: Taxa, *, pseudo: float = 1.0) -> Square:
    """Return the Euclidean distance between centred log-ratios, shape (n, n).

    Parameters
    ----------
    taxa : Taxa
    pseudo : float
        Added to every count before the logarithm, because zero has none.

    Notes
    -----
    ``log(x + c) − log c`` is zero where nothing was read, so the inner products
    come from the sparse table; a constant of each sample cancels in the centring.
    """
    from scipy.sparse import csr_array

    shape = (len(taxa.samples), len(taxa.names))
    logs = csr_array((np.log1p(taxa.counts / pseudo), taxa.columns, taxa.starts), shape=shape)
    means = np.asarray(logs.sum(axis=1)).ravel() / shape[1]
    inner = np.asarray((logs @ logs.T).todense()) - shape[1] * np.outer(means, means)
    own = inner.diagonal()
    squares = np.maximum(own[:, None] + own[None, :] - 2 * inner, 0)
    np.fill_diagonal(squares, 0)
    return np.sqrt(squares)


DISTANCES: Mapping[str, Callable[[Taxa], Square]] = {
    "bray-curtis": bray_curtis,
    "jaccard": jaccard,
    "aitchison": aitchison,
}


def distances(taxa: Taxa, name: str) -> Square:
    """Return the distances of one kind between all samples, shape (n, n).

    Raises
    ------
    LabError
        When there is no distance of that name.
    """
    if name not in DISTANCES:
        known = ", ".join(DISTANCES)
        raise LabError(f"there is no distance {name!r}.", remedy=f"There are: {known}.")
    return DISTANCES[name](taxa)


def _in_common(taxa: Taxa, is_fast: bool | None) -> NDArray[np.int64]:
    """Return Σ min(a, b) of every two samples, shape (n, n)."""
    kernel = None if is_fast is False else _kernel()
    if kernel is None and is_fast:
        raise LabError("numba is not installed.", remedy="pip install 'twofold[fast]'")
    if kernel is not None:
        found: NDArray[np.int64] = kernel.in_common(taxa)
        return found
    n = len(taxa.samples)
    common = np.zeros((n, n), dtype=np.int64)
    held = np.zeros(len(taxa.names), dtype=np.int64)
    for i in range(n):
        start, stop = taxa.starts[i], taxa.starts[i + 1]
        held[taxa.columns[start:stop]] = taxa.counts[start:stop]
        least = np.minimum(held[taxa.columns[start:]], taxa.counts[start:])
        common[i, i:] = np.add.reduceat(least, taxa.starts[i:-1] - start)
        held[taxa.columns[start:stop]] = 0
    return np.maximum(common, common.T)


def _kernel() -> Any:
    try:
        from twofold.lab.gut import kernel
    except ImportError:
        return None
    return kernel
