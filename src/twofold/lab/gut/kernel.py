"""Σ min(a, b) of every two samples, compiled (the extra ``fast``).

A taxon that many samples share is laid out whole, so that 16 or 32 counts are
compared at once; a rare one is visited only where it was read. Where the two
cost the same is measured in ``bench/lab_gut.py``.
"""

# numba infers these types itself.
# mypy: ignore-errors
from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from twofold.lab.gut.table import Taxa

COMMON_FROM = 96
"""A taxon in so many samples or more is laid out whole."""
TILE = 32


def in_common(taxa):
    """Return Σ min(a, b) of every two samples as whole numbers, shape (n, n)."""
    n = len(taxa.samples)
    seen = np.bincount(taxa.columns, minlength=len(taxa.names))
    is_common = seen >= COMMON_FROM
    common = np.zeros((n, n), dtype=np.int64)
    whole = _laid_out(taxa, is_common)
    rare = _by_taxon(taxa, ~is_common, seen)
    work = range(0, n, TILE)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(lambda start: _tiles(whole, start, common), work))
    _add_rare(*rare, common)
    _mirror(common)
    return common


def _laid_out(taxa: Taxa, chosen):
    """Return the chosen taxa as a dense table in the smallest whole numbers that hold them."""
    small = taxa.counts.max() <= np.iinfo(np.uint16).max and taxa.depths.max() < 2**32
    width = -(-int(chosen.sum()) // 64) * 64
    whole = np.zeros((len(taxa.samples), width), dtype=np.uint16 if small else np.int64)
    place = np.cumsum(chosen) - 1
    cells = chosen[taxa.columns]
    whole[taxa.rows[cells], place[taxa.columns[cells]]] = taxa.counts[cells]
    return whole


def _by_taxon(taxa: Taxa, chosen, seen):
    """Return the chosen taxa's cells, taxon by taxon: starts, samples, counts."""
    cells = np.flatnonzero(chosen[taxa.columns])
    cells = cells[np.argsort(taxa.columns[cells], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(seen[chosen])])
    return starts, taxa.rows[cells], taxa.counts[cells]


def _tiles(whole, start, common):
    (_tile_row if whole.dtype == np.uint16 else _tile_row_wide)(whole, start, common)


@njit(cache=True, nogil=True, error_model="numpy")
def _tile_row(whole, start, common):
    """Fill the rows of one tile; sums of one sample's reads fit into 32 bits."""
    n, width = whole.shape
    for left in range(start, n, TILE):
        for i in range(start, min(start + TILE, n)):
            for j in range(max(left, i), min(left + TILE, n)):
                total = np.uint32(0)
                for k in range(width):
                    a, b = whole[i, k], whole[j, k]
                    total = np.uint32(total + np.uint32(a if a < b else b))
                common[i, j] = total


@njit(cache=True, nogil=True, error_model="numpy")
def _tile_row_wide(whole, start, common):
    n, width = whole.shape
    for i in range(start, min(start + TILE, n)):
        for j in range(i, n):
            total = np.int64(0)
            for k in range(width):
                total += min(whole[i, k], whole[j, k])
            common[i, j] = total


@njit(cache=True, nogil=True, error_model="numpy")
def _add_rare(starts, samples, counts, common):
    for taxon in range(starts.size - 1):
        for a in range(starts[taxon], starts[taxon + 1]):
            for b in range(a, starts[taxon + 1]):
                common[samples[a], samples[b]] += min(counts[a], counts[b])


@njit(cache=True, nogil=True, error_model="numpy")
def _mirror(common):
    for i in range(common.shape[0]):
        for j in range(i):
            common[i, j] = common[j, i]
