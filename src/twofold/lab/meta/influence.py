"""Which trials carry the result? What changes when each one is left out.

Viechtbauer & Cheung (2010, Res Synth Methods 1:112): studentised deleted
residuals, DFFITS, Cook's distance, covariance ratio, DFBETAS and hat values,
with tau² estimated anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.meta.heterogeneity import cochran_q, tau2
from twofold.lab.meta.pooled import coefficients, without_each
from twofold.lab.meta.weighting import Array, Design, fit, leverage


@dataclass(frozen=True)
class Influence:
    """What leaving out each trial does, every array (k,) but ``dfbetas`` (k, p).

    Parameters
    ----------
    residual : array
        Of the trial from what the others predict, in standard errors.
    dffits, cook, covariance_ratio, hat : array
    dfbetas : array (k, p)
    tau2, q : array
        Without the trial.
    weight : array
        Share of the trial, in percent.
    """

    residual: Array
    dffits: Array
    cook: Array
    covariance_ratio: Array
    hat: Array
    dfbetas: Array
    tau2: Array
    q: Array
    weight: Array


def influence(y: Array, v: Array, method: str = "REML", X: Design = None) -> Influence:
    """Return what leaving out each trial does; ``y`` and ``v`` are (k,), ``X`` is (k, p)."""
    k = len(y)
    rows = without_each(k)
    others = None if X is None else X[rows]
    full = coefficients(y, v, method, X)
    left = coefficients(y[rows], v[rows], method, others)
    design = np.ones((k, 1)) if X is None else X
    w = 1 / (v + full.tau2)
    hat = leverage(w, X)
    predicted = (design * left.values).sum(-1)
    change = (design @ full.values) - predicted
    moved = full.values - left.values
    own = v + left.tau2
    spread = own + np.einsum("ki,kij,kj->k", design, left.covariance, design)
    return Influence(
        residual=(y - predicted) / np.sqrt(spread),
        dffits=change / np.sqrt(hat * own),
        cook=np.einsum("ki,ij,kj->k", moved, np.linalg.inv(full.covariance), moved),
        covariance_ratio=np.linalg.det(left.covariance) / np.linalg.det(full.covariance),
        hat=hat,
        dfbetas=moved / _se_with(y, v, left.tau2, X),
        tau2=left.tau2,
        q=cochran_q(y[rows], v[rows], others),
        weight=100 * w / w.sum(),
    )


def standardised_residuals(y: Array, v: Array, method: str = "REML") -> Array:
    """Return the deleted residuals alone, (k,)."""
    rows = without_each(len(y))
    t2 = tau2(y[rows], v[rows], method)
    found = fit(y[rows], 1 / (v[rows] + t2[:, None]))
    return np.asarray((y - found.coefficients[:, 0]) / np.sqrt(v + t2 + found.bread[:, 0, 0]))


def _se_with(y: Array, v: Array, t2: Array, X: Design) -> Array:
    """Return standard errors of all k trials with the tau² of the others, (k, p)."""
    each = np.broadcast_to(y, (len(t2), len(y)))
    found = fit(each, 1 / (v + t2[:, None]), X)
    return np.asarray(np.sqrt(np.diagonal(found.bread, axis1=-2, axis2=-1)))
