"""Samples as points that lie as far apart as the samples are unlike (PCoA; Gower 1966)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.gut.permanova import Square, centred, check_distances
from twofold.lab.tables import Column


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
    from scipy.linalg import eigh

    check_distances(distances)
    gower = centred(distances)
    n = len(gower)
    axes = min(axes, n - 1)
    values, vectors = eigh(gower, subset_by_index=(n - axes, n - 1))
    values, vectors = values[::-1], vectors[:, ::-1]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(axes)])
    points = vectors * signs * np.sqrt(np.maximum(values, 0))
    return Ordination(points, values, values / np.trace(gower))
