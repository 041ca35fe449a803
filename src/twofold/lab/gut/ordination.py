"""Samples as points that lie as far apart as the samples are unlike (PCoA; Gower 1966)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.gut.permanova import Square, centred, check_distances
from twofold.lab.tables import Column

SMALL = 200
"""Up to so many samples every axis is worked out; beyond, only those that are asked for."""


@dataclass(frozen=True)
class Ordination:
    """Principal coordinates.

    Parameters
    ----------
    points : array, shape (n, axes)
    eigenvalues : array, shape (axes,)
        Falling.
    shares : array, shape (axes,)
        Of the trace of Gower's matrix, which also holds what is not Euclidean.
    """

    points: Square
    eigenvalues: Column
    shares: Column


def principal_coordinates(distances: Square, axes: int = 2) -> Ordination:
    """Return the first principal coordinates of the distances.

    Each axis' sign is chosen so that its largest point is positive. Axes whose
    eigenvalue is not above zero are points at zero.

    Raises
    ------
    LabError
        When the matrix is no distance matrix.
    """
    check_distances(distances)
    gower = centred(distances)
    n = len(gower)
    axes = min(axes, n - 1)
    values, vectors = _largest(gower, axes)
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(axes)])
    points = vectors * signs * np.sqrt(np.maximum(values, 0))
    return Ordination(points, values, values / np.trace(gower))


def _largest(gower: Square, axes: int) -> tuple[Column, Square]:
    """Return the largest eigenvalues, falling, and their vectors."""
    if len(gower) <= SMALL or axes > len(gower) // 4:
        values, vectors = np.linalg.eigh(gower)
    else:
        from scipy.sparse.linalg import eigsh

        start = np.random.default_rng(0).normal(size=len(gower))
        values, vectors = eigsh(gower, k=axes, which="LA", v0=start)
    order = np.argsort(values)[::-1][:axes]
    return values[order], vectors[:, order]
