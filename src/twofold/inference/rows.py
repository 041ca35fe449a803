"""Rows for the engine: which days enter, what each column holds, how it is scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twofold.inference.engine import SETTLED, Array, Likelihood, Posterior, Prior, fit
from twofold.inference.priors import EffectPrior, mixture

Scaling = Literal["as is", "centre", "per SD"]

FLAG_IF_MISSING_OVER = 0.10
MOST_FLAGS = 4
LEAST_ON_EACH_SIDE = 8


@dataclass(frozen=True)
class Feature:
    """One column of a regression, over all days of the table.

    Parameters
    ----------
    values : ndarray, shape (days,) or (people, days)
        At day t what is known for predicting day t + 1; ``nan`` = not recorded.
    mean, sd : float
        Gaussian prior of a nuisance.
    effect : EffectPrior, optional
        Makes the column a candidate.
    needs_sides : bool
        Silent where fewer than 8 rows lie on either side of ``splits_at``.
    is_flagged : bool
        Whether days on which it was not recorded get a column of their own
        when there are many of them.
    is_same_day : bool
        Known only on day t + 1 itself: no help for a forecast.
    """

    name: str
    values: Array
    mean: float = 0.0
    sd: float = 0.3
    effect: EffectPrior | None = None
    scaling: Scaling = "per SD"
    needs_sides: bool = False
    is_flagged: bool = False
    is_same_day: bool = False


@dataclass(frozen=True)
class Equation:
    """A regression before it is scaled: ``y[i]`` belongs to the row of day ``rows[i]``."""

    features: tuple[Feature, ...]
    rows: NDArray[np.intp]
    y: Array
    likelihood: Likelihood

    def at(self, name: str) -> int:
        """Return the position of a column."""
        return next(i for i, feature in enumerate(self.features) if feature.name == name)


@dataclass(frozen=True)
class Fitted:
    """An equation with its posterior.

    Parameters
    ----------
    centre, scale : ndarray, shape (b, k)
        What was taken off and divided by. Scale is ``inf`` for a silent column.
    y_centre, y_scale : float
        The same for the outcome (0 and 1 for yes/no).
    """

    equation: Equation
    prior: Prior
    posterior: Posterior
    centre: Array
    scale: Array
    y_centre: float
    y_scale: float

    def candidate(self, name: str) -> int:
        """Return a candidate's position among the candidates."""
        return int(np.flatnonzero(self.prior.candidates == self.equation.at(name))[0])

    def matrix(self, days: NDArray[np.intp]) -> Array:
        """Return scaled rows for any days; shape (b, days, k)."""
        return scaled(self.equation.features, days, self.centre, self.scale)

    @property
    def converged(self) -> bool:
        """Whether every member settled."""
        return bool(self.posterior.converged.all())


def intercept(like: Array, *, mean: float, sd: float) -> Feature:
    """Return the constant column, as long as ``like``."""
    return Feature("intercept", np.ones_like(like), mean, sd, scaling="as is")


def missing_flags(features: list[Feature], rows: NDArray[np.intp]) -> list[Feature]:
    """Return a yes/no column for each feature that is missing on more than one row in ten.

    Features that are missing on the same rows share a flag; of different flags
    the first four stand.
    """
    flags: dict[bytes, Feature] = {}
    for feature in features:
        gone = np.isnan(feature.values)
        share = gone[rows].mean() if len(rows) else 0.0
        if FLAG_IF_MISSING_OVER < share < 1:
            flag = Feature(f"no {feature.name}", gone.astype(float), 0.0, 0.3, scaling="centre")
            flags.setdefault(gone[rows].tobytes(), flag)
    return list(flags.values())[:MOST_FLAGS]


def splits_at(known: Array) -> float:
    """Return where a factor's known values part into "with" and "without".

    0 for yes/no things and for things that are mostly zero, else the person's middle.
    """
    zeros = int((known == 0).sum())
    is_yes_no = zeros + int((known == 1).sum()) == len(known)
    if is_yes_no or (known.min() >= 0 and 2 * zeros >= len(known)):
        return 0.0
    return float(np.median(known))


def estimate(
    equation: Equation, *, members: Array | None = None, settled: float = SETTLED
) -> Fitted:
    """Scale the columns without a look at the outcome, and fit.

    Parameters
    ----------
    members : ndarray, shape (b, rows), optional
        0/1: which rows each member may see. Scaling, too, sees only those.
    settled : float
        See ``engine.fit``.
    """
    seen = np.ones((1, len(equation.rows))) if members is None else members
    centre, scale = _scaling(equation, seen)
    x = scaled(equation.features, equation.rows, centre, scale)
    y_centre, y_scale = _outcome_scale(equation)
    y = np.broadcast_to((equation.y - y_centre) / y_scale, seen.shape)
    prior = prior_of(equation.features)
    posterior = fit(x, y, prior=prior, likelihood=equation.likelihood, weight=seen, settled=settled)
    return Fitted(equation, prior, posterior, centre, scale, y_centre, y_scale)


def scaled(
    features: tuple[Feature, ...], days: NDArray[np.intp], centre: Array, scale: Array
) -> Array:
    """Return (b, days, k); what was not recorded stands at the centre."""
    raw = np.column_stack([feature.values[days] for feature in features])
    raw = np.where(np.isfinite(raw), raw, np.nan)
    return np.nan_to_num((raw[None] - centre[:, None]) / scale[:, None])


def _scaling(equation: Equation, seen: Array) -> tuple[Array, Array]:
    raw = np.column_stack([feature.values[equation.rows] for feature in equation.features])
    known = np.isfinite(raw)
    filled = np.where(known, raw, 0)
    count = np.maximum(seen @ known, 1)
    centre = seen @ filled / count
    spread = np.sqrt(np.maximum(seen @ filled**2 / count - centre**2, 0))
    kinds = np.array([feature.scaling for feature in equation.features])
    centre = np.where(kinds == "as is", 0, centre)
    scale = np.where(kinds == "per SD", spread, 1)
    silent = (scale <= 1e-9) | ~_two_sided(equation, seen)
    return centre, np.where(silent, np.inf, scale)


def _two_sided(equation: Equation, seen: Array) -> NDArray[np.bool_]:
    """Say, per member and column, whether both sides of a candidate have enough rows."""
    enough = np.ones((len(seen), len(equation.features)), dtype=bool)
    for i, feature in enumerate(equation.features):
        if feature.needs_sides:
            values = feature.values[equation.rows]
            known = np.isfinite(values)
            above = values > splits_at(values[known])
            fewest = np.minimum(seen @ (known & above), seen @ (known & ~above))
            enough[:, i] = fewest >= LEAST_ON_EACH_SIDE
    return enough


def _outcome_scale(equation: Equation) -> tuple[float, float]:
    if equation.likelihood == "logistic":
        return 0.0, 1.0
    return float(equation.y.mean()), float(equation.y.std()) or 1.0


def prior_of(features: tuple[Feature, ...]) -> Prior:
    """Return the prior of a set of columns."""
    held = np.array([feature.effect is not None for feature in features])
    mean = np.where(held, 0, [feature.mean for feature in features])
    precision = np.diag(np.where(held, 0, [feature.sd**-2 for feature in features]))
    effects = [feature.effect for feature in features if feature.effect is not None]
    return Prior(mean, precision, np.flatnonzero(held), *mixture(effects))


def before(column: Array, days: int) -> Array:
    """Return the column as it stood ``days`` earlier (negative: later); ``nan`` beyond the ends.

    Days run along the last axis.

    >>> before(np.array([1.0, 2.0, 3.0]), 1)
    array([nan,  1.,  2.])
    """
    if days == 0:
        return column
    kind = column.dtype if column.dtype.kind == "f" else np.float64
    moved = np.full(column.shape, np.nan, dtype=kind)
    if 0 < days < column.shape[-1]:
        moved[..., days:] = column[..., :-days]
    elif 0 < -days < column.shape[-1]:
        moved[..., :days] = column[..., -days:]
    return moved


def mean_before(column: Array, *, first: int, last: int, least: int = 1) -> Array:
    """Return the mean of what is known from ``first`` to ``last`` days before; else ``nan``.

    Days run along the last axis.
    """
    known = np.isfinite(column)
    total = _sum_before(np.where(known, column, 0), first, last)
    count = _sum_before(known.astype(column.dtype), first, last)
    return np.where(count >= least, total / np.maximum(count, 1), np.nan)


def _sum_before(column: Array, first: int, last: int) -> Array:
    """Return the sum from ``first`` to ``last`` days before; the days before the diary are 0."""
    so_far = np.zeros((*column.shape[:-1], column.shape[-1] + first + 1))
    np.cumsum(column, axis=-1, out=so_far[..., first + 1 :])
    days = column.shape[-1]
    # so_far[first + i] is the sum of all days before day i.
    return np.asarray(so_far[..., first - last + 1 :][..., :days] - so_far[..., :days])
