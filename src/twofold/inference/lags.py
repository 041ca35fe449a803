"""How long before? One effect at several lags, all in one equation.

What truly comes before a headache should show at its own lag. What was left out
because a headache was already felt shows as protection a day or two earlier
(alcohol two days before: odds ratio 0.75, while one day before it was 1.01;
Vives-Mestres 2022, statistics sheet A2 and D6). Nothing is claimed from it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from twofold.inference.priors import SURPRISE_SD
from twofold.inference.rows import Fitted, before, estimate

MORE_DAYS = 2
"""How many days more than its own lag an effect is looked for."""


Profile = tuple[tuple[int, tuple[float, float, float]], ...]


def by_lag(fitted: Fitted, name: str, *, lag: int, instead_of: tuple[str, ...] = ()) -> Profile:
    """Return mean and 95 % interval of one effect at its own lag and up to two days more.

    Parameters
    ----------
    fitted : Fitted
        The equation over all days.
    name : str
        The candidate; its column holds what was ``lag`` days before the outcome.
    instead_of : tuple of str
        Columns of the equation that hold one of the other lags already.

    Returns
    -------
    tuple of (int, tuple of float)
        For each lag, in the units of ``fitted``. Empty where it did not settle.
    """
    at = fitted.equation.at(name)
    own = replace(fitted.equation.features[at], effect=None, mean=0.0, sd=SURPRISE_SD)
    earlier = [
        replace(own, name=f"{name}, {more} earlier", values=before(own.values, more))
        for more in range(1, MORE_DAYS + 1)
    ]
    gone = (name, *instead_of)
    rest = [one for one in fitted.equation.features if one.name not in gone]
    features = (own, *earlier, *rest)
    again = estimate(replace(fitted.equation, features=features))
    if not again.converged or not np.isfinite(again.scale[0, : 1 + MORE_DAYS]).all():
        return ()
    told = []
    for i in range(1 + MORE_DAYS):
        unit = float(fitted.scale[0, at] / again.scale[0, i])
        middle = float(again.posterior.mean[0, i])
        half = float(ndtri(0.975) * np.sqrt(again.posterior.covariance[0, i, i]))
        told.append((lag + i, (unit * middle, unit * (middle - half), unit * (middle + half))))
    return tuple(told)
