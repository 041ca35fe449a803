"""Which trait do the SNPs act on first? Steiger's test and filtering.

Hemani 2017 (PLoS Genet 13:e1007081); a binary trait may be taken on the scale of its
liability (Falconer's threshold model).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array, Mask, Pairs
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.tails import two_sided


@dataclass(frozen=True, eq=False)
class Steiger:
    """Which of the two traits the SNPs explain better, each shape (exposures,).

    Parameters
    ----------
    r2_exposure, r2_outcome : array
        Variance explained by the SNPs together.
    is_forward : array of bool
        Whether they explain more of the exposure.
    p : array
        Of the difference.
    """

    r2_exposure: Array
    r2_outcome: Array
    is_forward: Mask
    p: Array


def explained(z: Array, n: Array) -> Array:
    """Return the variance that one SNP explains, from its z statistic and the sample size."""
    square = z * z
    found: Array = square / (square + (n - 2.0))
    return found


def steiger(data: Pairs, n_exposure: ArrayLike, n_outcome: ArrayLike) -> Steiger:
    """Test whether the SNPs act on the exposure first.

    Parameters
    ----------
    data : Pairs
    n_exposure, n_outcome : array, shape (exposures, snps) or broadcastable to it
        Sample sizes; where one varies over SNPs, the mean enters the test.

    Notes
    -----
    A binary outcome is taken as continuous on the observed scale, as in the published
    analyses that are reproduced in the tests; see :func:`explained_liability` for the other one.
    """
    return steiger_of(*_explained_by_all(data, n_exposure, n_outcome))


def _explained_by_all(
    data: Pairs, n_exposure: ArrayLike, n_outcome: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    found = []
    for beta, se, people in ((data.bx, data.sx, n_exposure), (data.by, data.sy, n_outcome)):
        n = np.asarray(people, dtype=np.float64)
        if data.there is None:
            r2 = explained(beta / se, n).sum(1)
            mean = np.full(len(beta), float(n)) if n.ndim == 0 else _rows(n, beta).mean(1)
        else:
            each = explained(beta / np.where(data.there, se, 1.0), n)
            r2 = np.where(data.there, each, 0.0).sum(1)
            mean = np.where(data.there, _rows(n, beta), 0.0).sum(1) / data.count
        found.append((r2, mean))
    (r2_x, n_x), (r2_y, n_y) = found
    return r2_x, r2_y, n_x, n_y


def _rows(n: Array, like: Array) -> Array:
    return np.broadcast_to(n, like.shape)


def steiger_of(
    r2_exposure: Array, r2_outcome: Array, n_exposure: Array, n_outcome: Array
) -> Steiger:
    """Compare two correlations from independent samples (Steiger 1980, by Fisher's z)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.arctanh(np.sqrt(np.minimum(r2_exposure, 1.0)))
        apart = apart - np.arctanh(np.sqrt(np.minimum(r2_outcome, 1.0)))
        z = apart / np.sqrt(1.0 / (n_exposure - 3.0) + 1.0 / (n_outcome - 3.0))
    return Steiger(r2_exposure, r2_outcome, r2_exposure > r2_outcome, two_sided(z))


def explained_liability(log_odds: Array, eaf: Array, prevalence: float) -> Array:
    """Return the variance of the liability to a binary trait that each SNP explains.

    Parameters
    ----------
    log_odds, eaf : array, shape (snps,)
        Effect and population frequency of the effect allele.
    prevalence : float
        Share of the population that has the trait, between 0 and 1.

    Notes
    -----
    Under the threshold model one unit of liability moves the log odds by ``φ(t) / K(1−K)``
    at the threshold ``t`` of the prevalence ``K``. Log odds are the same in a case-control
    sample and in the population, so the share of cases does not enter. Exact for small effects.

    Examples
    --------
    >>> round(float(explained_liability(np.array([0.1]), np.array([0.5]), 0.1)[0]), 6)
    0.001315
    """
    if not 0 < prevalence < 1:
        raise LabError(f"a prevalence lies between 0 and 1, this is {prevalence:g}.")
    from scipy.special import ndtri

    threshold = float(ndtri(1.0 - prevalence))
    height = np.exp(-0.5 * threshold**2) / np.sqrt(2.0 * np.pi)
    effect = log_odds * prevalence * (1.0 - prevalence) / height
    found: Array = 2.0 * eaf * (1.0 - eaf) * effect**2
    return found


def backwards(table: Instruments) -> list[int]:
    """Return the rows (from 0) of SNPs that explain more of the outcome than of the exposure.

    Raises
    ------
    LabError
        When sample sizes are not known.
    """
    if table.n_exposure is None or table.n_outcome is None:
        raise LabError(
            "the sample sizes of exposure and outcome are needed.",
            where=table.where,
            remedy="Name their columns (n_exposure, n_outcome).",
        )
    first = explained(table.beta_exposure / table.se_exposure, table.n_exposure)
    second = explained(table.beta_outcome / table.se_outcome, table.n_outcome)
    return [int(row) for row in np.flatnonzero(second > first)]


def steiger_filtered(table: Instruments) -> Instruments:
    """Return the table without the SNPs that explain more of the outcome; each is told.

    Raises
    ------
    LabError
        When sample sizes are not known, or no SNP is left.
    """
    out = set(backwards(table))
    if len(out) == len(table):
        raise LabError("every SNP explains more of the outcome: is the direction right?")
    kept = table.rows([row for row in range(len(table)) if row not in out])
    told = tuple(f"{table.snp[row]}: it explains more of the outcome." for row in sorted(out))
    return replace(kept, left_out=(*kept.left_out, *told))
