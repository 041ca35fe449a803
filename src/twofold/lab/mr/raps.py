"""MR-RAPS: the robust adjusted profile score.

Zhao 2020 (Ann Stat 48:1742). The residual of a SNP, ``by - b bx``, is divided by the SD
that noise in both effects gives it (and the variance ``tau2`` of balanced pleiotropy);
a loss of these standardised residuals is made small. The squared loss is the profile
likelihood; Huber's and Tukey's let a few far SNPs count less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from twofold.lab.mr.pairs import Array

Loss = Literal["squared", "huber", "tukey"]
BEND = {"huber": 1.345, "tukey": 4.685}
ROUNDS, SLOPES = 200, 61


@dataclass(frozen=True, eq=False)
class Raps:
    """The estimate of one exposure.

    Parameters
    ----------
    b, se : float
    tau2 : float
        Variance of balanced pleiotropy; 0 when it is not asked for, or none is seen.
    is_settled : bool
        Whether slope and variance came to rest.
    """

    b: float
    se: float
    tau2: float
    is_settled: bool


def raps(
    bx: Array, sx: Array, by: Array, sy: Array,
    *, loss: Loss = "squared", overdispersed: bool = False,
) -> Raps:  # fmt: skip
    """Return the estimate; weak instruments do no harm.

    Parameters
    ----------
    bx, sx, by, sy : array, shape (snps,)
        At least three SNPs, chosen in another sample than the exposure's.
    loss : {"squared", "huber", "tukey"}
        With 95 % efficiency where every SNP is valid (bends 1.345 and 4.685).
    overdispersed : bool
        Allow for balanced pleiotropy of every SNP.
    """
    tau2, b, settled = 0.0, _slope(bx, sx, by, sy, 0.0, loss), not overdispersed
    for _ in range(ROUNDS if overdispersed else 0):
        before = tau2, b
        tau2 = _variance(b, bx, sx, by, sy, loss)
        b = _slope(bx, sx, by, sy, tau2, loss, near=b)
        still = abs(b - before[1]) <= 1e-10 * (1 + abs(b))
        if still and abs(tau2 - before[0]) <= 1e-9 * (tau2 + 1e-12):
            settled = True
            break
    se = _error(b, tau2, bx, sx, sy, by, loss, overdispersed)
    return Raps(b, se, tau2, settled)


def _slope(
    bx: Array, sx: Array, by: Array, sy: Array, tau2: float, loss: Loss, near: float | None = None
) -> float:
    """Return the slope of least loss: by a grid that covers all of them, then refined."""
    from scipy.optimize import minimize_scalar

    rho = _rho(loss)

    def total(slopes: Array) -> Array:
        t = _standard(slopes[:, None], tau2, bx, sx, by, sy)
        found: Array = rho(t).sum(1)
        return found

    scale = float(np.median(np.sqrt(sy**2 + tau2) / sx))
    angles = np.linspace(-np.pi / 2, np.pi / 2, SLOPES + 2)[1:-1]
    middle, w = np.median(by / bx), bx / sy**2
    tried = np.append(np.tan(angles) * scale, [middle, (w @ by) / (w @ bx)])
    best = float(tried[np.argmin(total(tried))]) if near is None else near
    width = 4.0 / float(np.sqrt(np.sum(bx**2 / (sy**2 + tau2)))) + 1e-9
    for _ in range(60):
        ends = (best - width, best + width)
        found = minimize_scalar(
            lambda one: float(total(np.array([one]))[0]), bounds=ends, method="bounded",
            options={"xatol": 1e-9 * (1 + abs(best))},
        )  # fmt: skip
        best = float(found.x)
        if min(best - ends[0], ends[1] - best) > 1e-3 * width:
            break
        width *= 2
    return _polished(best, tau2, bx, sx, by, sy, loss)


def _polished(
    b: float, tau2: float, bx: Array, sx: Array, by: Array, sy: Array, loss: Loss
) -> float:
    """Take secant steps on the score, which is sharper than the loss at its bottom."""
    step = 1e-6 * (1 + abs(b))
    other, score = b + step, _score(b, tau2, bx, sx, by, sy, loss)
    for _ in range(30):
        moved = _score(other, tau2, bx, sx, by, sy, loss)
        if moved == score:
            break
        after = other - moved * (other - b) / (moved - score)
        if not abs(after - other) < 100 * step:
            break
        b, score, other = other, moved, after
        if abs(other - b) <= 1e-15 * (1 + abs(b)):
            break
    return float(other)


def _standard(b: Array | float, tau2: float, bx: Array, sx: Array, by: Array, sy: Array) -> Array:
    found: Array = (by - b * bx) / np.sqrt(sy**2 + tau2 + (b * sx) ** 2)
    return found


def _pull(b: float, tau2: float, bx: Array, sx: Array, by: Array, sy: Array) -> Array:
    """Return by how much each standardised residual falls as the slope grows."""
    own = sy**2 + tau2
    found: Array = (bx * own + by * b * sx**2) / (own + (b * sx) ** 2) ** 1.5
    return found


def _score(b: float, tau2: float, bx: Array, sx: Array, by: Array, sy: Array, loss: Loss) -> float:
    t = _standard(b, tau2, bx, sx, by, sy)
    return float(_pull(b, tau2, bx, sx, by, sy) @ _psi(loss)(t))


def _variance(b: float, bx: Array, sx: Array, by: Array, sy: Array, loss: Loss) -> float:
    """Return the variance of pleiotropy at which the residuals are as large as they should be."""
    from scipy.optimize import brentq

    psi, delta = _psi(loss), _moments(loss)[0]

    def excess(tau2: float) -> float:
        total = sy**2 + tau2 + (b * sx) ** 2
        t = (by - b * bx) / np.sqrt(total)
        return float(np.sum(sx**2 / total * (t * psi(t) - delta)))

    if excess(0.0) <= 0:
        return 0.0
    high = float(np.median(sy**2))
    for _ in range(80):
        if excess(high) < 0:
            return float(brentq(excess, 0.0, high, xtol=1e-18, rtol=1e-13))
        high *= 2
    return high


def _error(
    b: float, tau2: float, bx: Array, sx: Array, sy: Array, by: Array, loss: Loss, over: bool
) -> float:
    """Return the sandwich SE; a residual and its pull are independent of each other."""
    delta, square, spread, bent = _moments(loss)
    own, total = sy**2 + tau2, sy**2 + tau2 + (b * sx) ** 2
    pull = _pull(b, tau2, bx, sx, by, sy)
    noise = float(np.sum(sx**2 * own / total**2))
    told = float(pull @ pull) - noise
    if not told > 0:
        return float("nan")
    slope, size = delta * told, square * float(pull @ pull)
    if not over:
        return float(np.sqrt(size)) / slope
    across = delta * b * float(np.sum(sx**2 / total**2))
    down = (delta + bent) / 2 * float(np.sum(sx**2 / total**2))
    own_size = spread * float(np.sum(sx**4 / total**2))
    return float(np.sqrt(size + (across / down) ** 2 * own_size) / slope)


def _psi(loss: Loss) -> Callable[[Array], Array]:
    if loss == "squared":
        return lambda t: t
    k = BEND[loss]
    if loss == "huber":
        return lambda t: np.clip(t, -k, k)
    return lambda t: np.where(np.abs(t) < k, t * (1 - (t / k) ** 2) ** 2, 0.0)


def _rho(loss: Loss) -> Callable[[Array], Array]:
    if loss == "squared":
        return lambda t: 0.5 * t * t
    k = BEND[loss]
    if loss == "huber":
        return lambda t: np.where(np.abs(t) < k, 0.5 * t * t, k * (np.abs(t) - 0.5 * k))
    return lambda t: k * k / 6 * (1 - np.maximum(1 - (t / k) ** 2, 0.0) ** 3)


@lru_cache(maxsize=8)
def _moments(loss: Loss) -> tuple[float, float, float, float]:
    """Return E[z psi], E[psi²], Var[z psi] and E[z² psi'] for a standard normal z."""
    z = np.linspace(-10.0, 10.0, 400_001)
    weight = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    psi = _psi(loss)(z)
    bent = np.gradient(psi, z)
    first = float(weight @ (z * psi))
    spread = float(weight @ (z * psi) ** 2) - first**2
    return first, float(weight @ psi**2), spread, float(weight @ (z * z * bent))
