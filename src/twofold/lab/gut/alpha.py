"""How various the microbes of one sample are: one number a sample.

All formulas are those of Magurran 2004 (Measuring Biological Diversity); Chao1
is the bias-corrected form (Chao 1984; Colwell's EstimateS guide).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twofold.errors import LabError
from twofold.lab.gut.table import Taxa
from twofold.lab.tables import Column


def observed(taxa: Taxa) -> Column:
    """Return how many taxa were read in each sample, shape (n,)."""
    return np.diff(taxa.starts).astype(np.float64)


def shannon(taxa: Taxa) -> Column:
    """Return Shannon's index (natural logarithm) of each sample, shape (n,)."""
    share = _shares(taxa)
    return np.asarray(-np.add.reduceat(share * np.log(share), taxa.starts[:-1]) + 0.0)


def simpson(taxa: Taxa) -> Column:
    """Return the chance that two reads are of different taxa (1 − Σ p²), shape (n,)."""
    return np.asarray(1 - np.add.reduceat(_shares(taxa) ** 2, taxa.starts[:-1]))


def pielou(taxa: Taxa) -> Column:
    """Return the evenness (Shannon over its maximum), shape (n,); of one taxon it is ``nan``."""
    most = np.log(observed(taxa))
    return np.asarray(
        np.divide(shannon(taxa), most, out=np.full(len(most), np.nan), where=most > 0)
    )


def chao1(taxa: Taxa) -> Column:
    """Return the estimated number of taxa, those never read among them, shape (n,)."""
    once = np.add.reduceat((taxa.counts == 1).astype(float), taxa.starts[:-1])
    two = np.add.reduceat((taxa.counts == 2).astype(float), taxa.starts[:-1])
    return np.asarray(observed(taxa) + once * (once - 1) / (2 * (two + 1)))


INDICES: Mapping[str, Callable[[Taxa], Column]] = {
    "observed": observed,
    "shannon": shannon,
    "simpson": simpson,
    "pielou": pielou,
    "chao1": chao1,
}


def index(taxa: Taxa, name: str) -> Column:
    """Return one index of every sample, shape (n,).

    Raises
    ------
    LabError
        When there is no index of that name.
    """
    if name not in INDICES:
        raise LabError(f"there is no index {name!r}.", remedy=f"There are: {', '.join(INDICES)}.")
    return INDICES[name](taxa)


def _shares(taxa: Taxa) -> Column:
    return np.asarray(taxa.counts / np.repeat(taxa.depths, np.diff(taxa.starts)))
