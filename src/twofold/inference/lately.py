"""Is it still so? An answer from all days, asked again of the last 90 days alone.

What comes before a person's headaches may change, and an answer from a whole
year hides it. Only an effect that is told is asked again, without what studies
say of its size: under the studies' doubt, ninety days would nearly always look
like less. Source: statistics sheet D6 ("show last-90-day refit beside all-time").
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from twofold.inference import trust
from twofold.inference.engine import Array
from twofold.inference.priors import SURPRISE_SD
from twofold.inference.rows import LEAST_ON_EACH_SIDE, Fitted, estimate, splits_at

DAYS = 90
LEAST_EARLIER = 90
"""As many days must lie before them; else all days and the last ones are nearly the same."""


def last_days(fitted: Fitted, name: str, *, days: int) -> tuple[float, float, float] | None:
    """Return mean and 95 % interval of one effect from the last 90 days alone.

    Parameters
    ----------
    fitted : Fitted
        The equation over all days.
    name : str
        The candidate that is asked about.
    days : int
        How many days the diary has.

    Returns
    -------
    tuple of float, optional
        In the units of ``fitted``, so that both can be compared. ``None`` where
        the diary is too short, or the last days hold too little.
    """
    seen = fitted.equation.rows >= days - DAYS
    if days < DAYS + LEAST_EARLIER or not _enough(fitted, name, seen):
        return None
    at = fitted.equation.at(name)
    plain = replace(fitted.equation.features[at], effect=None, mean=0.0, sd=SURPRISE_SD)
    features = (*fitted.equation.features[:at], plain, *fitted.equation.features[at + 1 :])
    again = estimate(replace(fitted.equation, features=features), members=seen[None].astype(float))
    if not again.converged or not np.isfinite(again.scale[0, at]):
        return None
    unit = float(fitted.scale[0, at] / again.scale[0, at])
    middle = float(again.posterior.mean[0, at])
    half = float(ndtri(0.975) * np.sqrt(again.posterior.covariance[0, at, at]))
    return unit * middle, unit * (middle - half), unit * (middle + half)


def _enough(fitted: Fitted, name: str, seen: NDArray[np.bool_]) -> bool:
    """Say whether the last days meet what any factor needs (sheet D4)."""
    equation = fitted.equation
    values = equation.features[equation.at(name)].values[equation.rows][seen]
    known = values[np.isfinite(values)]
    if seen.sum() < trust.FACTOR.at_risk_days or not len(known):
        return False
    above = int((known > splits_at(known)).sum())
    return min(above, len(known) - above) >= LEAST_ON_EACH_SIDE and _varies(fitted, seen)


def _varies(fitted: Fitted, seen: NDArray[np.bool_]) -> bool:
    outcome: Array = fitted.equation.y[seen]
    if fitted.equation.likelihood == "gaussian":
        return bool(np.ptp(outcome) > 0)
    return bool(outcome.sum() >= trust.FACTOR.onsets)
