"""Which taxa differ in absolute abundance, when only shares are read: ANCOM-BC.

Lin & Peddada 2020, Nature Communications 11:3514. Reads show shares: when one
taxon blooms, all others seem to shrink. The log counts are regressed on the
columns; each sample's unknown sampling fraction drops out as the mean
residual, and what is left in common to all taxa, the bias, is estimated by a
mixture of three normal distributions (no change, fewer, more) with an EM, then
taken away. Taxa that one group lacks altogether are told as such, not tested
(Kaul et al. 2017, Front Microbiol 8:2114).

The mixture can take another part for "no change", the more so the longer the EM
runs, because a part that varies more fits many taxa as well. ``Bias.is_plain``
tells when that happened; a second way of counting is always held beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.gut.linear import Fit, Matrix, least_squares
from twofold.lab.tables import Column

MOST_ROUNDS = 100
NEAR_ENOUGH = 1e-5
SEARCH_STEPS = 60


@dataclass(frozen=True)
class Bias:
    """What is common to all taxa in one column, and is no change of its own.

    Parameters
    ----------
    by_em, by_weights : float
        Estimated by the EM, and by weighted least squares after it.
    variance : float
        Of ``by_weights``.
    shares : tuple of float
        Of taxa without change, with fewer, with more reads, as the mixture has them.
    is_settled : bool
        Whether the EM came to rest.
    """

    by_em: float
    by_weights: float
    variance: float
    shares: tuple[float, float, float]
    is_settled: bool

    @property
    def is_plain(self) -> bool:
        """Whether most taxa belong to the part without change, as the method supposes."""
        return self.shares[0] >= 0.5


@dataclass(frozen=True)
class Differences:
    """Log fold changes of every taxon for every column but the ones.

    Parameters
    ----------
    change, se, w, p : array, shape (k, p)
        Natural logarithm of the fold change without the bias, its standard
        error, their ratio, and the two-sided p-value.
    biases : tuple of Bias, length k
    fractions : array, shape (n,)
        The log sampling fraction of each sample, up to a constant.
    """

    change: Matrix
    se: Matrix
    w: Matrix
    p: Matrix
    biases: tuple[Bias, ...]
    fractions: Column


def ancom_bc(
    counts: NDArray[np.int64],
    design: Matrix,
    *,
    pseudo: float = 1.0,
    is_conservative: bool = False,
    rounds: int = MOST_ROUNDS,
    near: float = NEAR_ENOUGH,
) -> Differences:
    """Return ANCOM-BC's estimates.

    Parameters
    ----------
    counts : array, shape (n, p)
        Reads of p taxa in n samples.
    design : array, shape (n, 1 + k)
        The first column is ones.
    pseudo : float
        Added to every count before the logarithm.
    is_conservative : bool
        ``True``: the bias' own uncertainty widens each standard error by its
        largest possible size (for few samples, or many taxa that differ).
    rounds, near : int, float
        The EM ends after so many rounds, or once its numbers move by less.

    Raises
    ------
    LabError
        When there are fewer than 5 taxa, or the columns hang together.
    """
    from scipy.stats import norm

    if counts.shape[1] < 5:
        raise LabError(
            f"{counts.shape[1]} taxa are too few to tell a bias from a change.",
            remedy="Lower the prevalence that is asked for, or use a finer rank.",
        )
    logs = np.log(counts + pseudo)
    fit = least_squares(logs, design)
    fractions = fit.residuals.mean(axis=1)
    variance = _sandwich(design, fit, fractions)
    biases = tuple(
        bias_of(beta, own, rounds, near)
        for beta, own in zip(fit.beta[1:], variance[1:], strict=True)
    )
    em = np.array([one.by_em for one in biases])[:, None]
    spare = np.array([one.variance for one in biases])[:, None]
    change = fit.beta[1:] - em
    # Cauchy–Schwarz: the covariance with the bias is not known, so its largest size is taken.
    se = np.sqrt(variance[1:]) + np.sqrt(spare) * is_conservative
    w = change / se
    return Differences(change, se, w, 2 * norm.sf(np.abs(w)), biases, fractions)


def bias_of(
    beta: Column, variance: Column, rounds: int = MOST_ROUNDS, near: float = NEAR_ENOUGH
) -> Bias:
    """Return what is common to all coefficients of one column.

    Parameters
    ----------
    beta, variance : array, shape (p,)
        Each taxon's coefficient and its variance.
    rounds, near : int, float
        As in ``ancom_bc``.
    """
    share, bias, shift, extra = _begin(beta)
    settled = False
    for _ in range(rounds):
        mine = _responsibility(beta, variance, share, bias, shift, extra)
        new = _maximise(beta, variance, mine, bias, shift, extra)
        moved = np.concatenate([new[0] - share, [new[1] - bias], new[2] - shift, new[3] - extra])
        share, bias, shift, extra = new
        if np.sqrt((moved**2).sum()) < near:
            settled = True
            break
    by_weights, spare = _by_weights(beta, variance, share, shift, extra)
    return Bias(
        float(bias), by_weights, spare, (float(share[0]), float(share[1]), float(share[2])), settled
    )


def absent_in(
    counts: NDArray[np.int64], groups: Sequence[str], *, is_careful: bool = False
) -> dict[str, NDArray[np.bool_]]:
    """Return, by group, which taxa it lacks though another group has them, shape (p,) each.

    Parameters
    ----------
    counts : array, shape (n, p)
    groups : sequence of str, length n
    is_careful : bool
        ``True``: a taxon also counts as lacking when the lower end of the 95 %
        interval of its share of samples is not above zero.
    """
    labels = np.asarray(groups)
    lacks = {}
    for level in np.unique(labels):
        seen = (counts[labels == level] > 0).mean(axis=0)
        size = (labels == level).sum()
        low = seen - 1.96 * np.sqrt(seen * (1 - seen) / size) if is_careful else seen
        lacks[str(level)] = low <= 0
    everywhere = np.all(list(lacks.values()), axis=0)
    return {level: mask & ~everywhere for level, mask in lacks.items()}


def _sandwich(design: Matrix, fit: Fit, fractions: Column) -> Matrix:
    """Return each coefficient's variance from squared residuals, shape (1 + k, p)."""
    lever = np.linalg.inv(design.T @ design) @ design.T
    left = fit.residuals - fractions[:, None]
    return np.asarray((lever**2) @ left**2)


def _begin(beta: Column) -> tuple[Column, float, Column, Column]:
    """Return the EM's start: from the outer eighths and the inner half of the coefficients."""
    low, q1, q3, high = np.quantile(beta, [0.125, 0.25, 0.75, 0.875])
    inner = beta[(beta >= q1) & (beta <= q3)]
    below, above = beta[beta < low], beta[beta > high]
    bias = float(inner.mean()) if len(inner) else float(beta.mean())
    shift = np.array(
        [
            (below.mean() if len(below) else beta.min()) - bias,
            (above.mean() if len(above) else beta.max()) - bias,
        ]
    )
    extra = np.array([side.var(ddof=1) if len(side) > 1 else 1.0 for side in (below, above)])
    extra = np.where(extra > 0, extra, 1.0)
    return np.array([0.75, 0.125, 0.125]), bias, shift, extra


def _parts(variance: Column, bias: float, shift: Column, extra: Column) -> tuple[Column, Matrix]:
    """Return the means, shape (3,), and variances, shape (3, p), of the three parts."""
    return (
        np.array([bias, bias + shift[0], bias + shift[1]]),
        np.stack([variance, variance + extra[0], variance + extra[1]]),
    )


def _responsibility(
    beta: Column, variance: Column, share: Column, bias: float, shift: Column, extra: Column
) -> Matrix:
    """Return each part's share in each taxon, shape (3, p)."""
    means, spreads = _parts(variance, bias, shift, extra)
    with np.errstate(divide="ignore"):
        logs = np.log(share)[:, None] - 0.5 * (
            np.log(spreads) + (beta[None, :] - means[:, None]) ** 2 / spreads
        )
    chance = np.exp(logs - logs.max(axis=0))
    return np.asarray(chance / chance.sum(axis=0))


def _maximise(
    beta: Column, variance: Column, mine: Matrix, bias: float, shift: Column, extra: Column
) -> tuple[Column, float, Column, Column]:
    _, spreads = _parts(variance, bias, shift, extra)
    weights = mine / spreads
    offsets = np.array([0.0, *shift])[:, None]
    new_bias = float((weights * (beta - offsets)).sum() / weights.sum())
    moved = (weights[1:] * (beta - new_bias)).sum(axis=1) / np.maximum(
        weights[1:].sum(axis=1), 1e-300
    )
    new_shift = np.array([min(moved[0], 0.0), max(moved[1], 0.0)])
    new_extra = np.array(
        [
            _spread_of(beta - new_bias - new_shift[side], variance, mine[side + 1], extra[side])
            for side in (0, 1)
        ]
    )
    return mine.mean(axis=1), new_bias, new_shift, new_extra


def _spread_of(distance: Column, variance: Column, weight: Column, start: float = 1.0) -> float:
    """Return κ ≥ 0 that makes Σ w log N(distance; 0, variance + κ) largest.

    Newton's steps on the score, halved where they leave the bracket, so that the
    start does not matter.
    """
    squares = distance**2
    low, high = 0.0, float(max(squares.max(), 1e-12))
    if float((weight * (squares / variance - 1) / variance).sum()) <= 0:
        return 0.0
    kappa = min(max(start, 1e-12), high)
    for _ in range(SEARCH_STEPS):
        part = 1 / (variance + kappa)
        share = squares * part
        score = float((weight * (share - 1) * part).sum())
        low, high = (kappa, high) if score > 0 else (low, kappa)
        slope = float((weight * (1 - 2 * share) * part * part).sum())
        step = kappa - score / slope if slope < 0 else high + 1
        new = step if low < step < high else (low + high) / 2
        if abs(new - kappa) <= 1e-13 * (1 + kappa):
            break
        kappa = new
    return kappa


def _by_weights(
    beta: Column, variance: Column, share: Column, shift: Column, extra: Column
) -> tuple[float, float]:
    """Return the bias by weighted least squares and its variance (their equation for δ̂_WLS)."""
    low, high = np.quantile(beta, [share[1], 1 - share[2]])
    below, above = beta < low, beta >= high
    below &= ~above
    spread = variance + extra[0] * below + extra[1] * above
    moved = beta - shift[0] * below - shift[1] * above
    return float((moved / spread).sum() / (1 / spread).sum()), float(1 / (1 / spread).sum())
