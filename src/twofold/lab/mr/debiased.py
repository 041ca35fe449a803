"""Debiased IVW: the IVW estimate without the pull towards 0 that weak instruments cause.

Ye, Shao and Kang 2021 (Ann Stat 49:2079).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.lab.mr.pairs import Array, Pairs, dot
from twofold.lab.mr.tails import two_sided

LEAST_CONDITION = 20.0


@dataclass(frozen=True, eq=False)
class Debiased:
    """One estimate for each exposure, each array of shape (exposures,).

    Parameters
    ----------
    b, se : array
        ``nan`` where the SNPs are no stronger than noise.
    tau2 : array
        Variance of balanced pleiotropy.
    condition : array
        Above 20 the normal interval may be used.
    """

    b: Array
    se: Array
    tau2: Array
    condition: Array

    @property
    def p(self) -> Array:
        """Two-sided normal p-values."""
        return two_sided(self.b / self.se)


def debiased(data: Pairs, *, overdispersed: bool = True) -> Debiased:
    """Return debiased IVW estimates.

    Parameters
    ----------
    data : Pairs
        SNPs that were chosen in a third sample, or all independent SNPs: choosing by the
        p-value in the exposure's own sample brings another bias.
    overdispersed : bool
        Allow for balanced pleiotropy of every SNP.
    """
    noise = data.w * data.sx**2
    strength = data.wx * data.bx
    with np.errstate(divide="ignore", invalid="ignore"):
        size = (strength - noise).sum(1)
        size = np.where(size > 0, size, np.nan)
        b = dot(data.wx, data.by) / size
        slope = b[:, None]
        tau2 = _tau2(data, slope) if overdispersed else np.zeros(len(b))
        spread = strength * (1 + tau2[:, None] * data.w) + slope**2 * noise * (strength + noise)
        se = np.sqrt(spread.sum(1)) / size
        f = np.where(data.sx > 0, data.bx / np.where(data.sx > 0, data.sx, 1.0), 0.0) ** 2
        condition = (f.sum(1) / data.count - 1) * np.sqrt(data.count)
    return Debiased(b, se, tau2, condition)


def _tau2(data: Pairs, slope: Array) -> Array:
    """Return the variance that is left when the known noise is taken away; never below 0."""
    rest = (data.by - slope * data.bx) ** 2 - data.sy**2 - slope**2 * data.sx**2
    found: Array = np.maximum(dot(data.w, rest) / data.w.sum(1), 0.0)
    return found
