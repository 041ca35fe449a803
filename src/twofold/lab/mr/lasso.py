"""MR-Lasso: each SNP may have an effect of its own, if it pays for it.

Rees 2019 (PLoS ONE 14:e0222362). The penalty falls on the extra effect in units of its
SE; the SNPs that pay nothing give the estimate, by IVW. How hard the penalty is follows
the paper's heterogeneity rule. The whole path is followed exactly, SNP by SNP: with a
penalty ``c`` the slope minimises Huber's loss with that bend, and moves straight between
the penalties at which a SNP leaves or returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twofold.lab.mr.pairs import Array, Mask

CHI2_95 = 3.841458820694124
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Lasso:
    """The estimate of one exposure.

    Parameters
    ----------
    b, se : float
        IVW of the valid SNPs; random effects, never below fixed.
    valid : array of bool, shape (snps,)
    penalty : float
        The least standardised residual that a SNP pays for.
    """

    b: float
    se: float
    valid: Mask
    penalty: float


def lasso(bx: Array, by: Array, sy: Array) -> Lasso:
    """Return the post-lasso estimate.

    Parameters
    ----------
    bx, by, sy : array, shape (snps,)
        At least three SNPs.
    """
    x, y = bx / sy, by / sy
    steps = [(bend, valid) for bend, valid in _path(x, y) if valid.sum() > 1][::-1]
    told = [_post(x[valid], y[valid]) for _, valid in steps]
    chosen = len(steps) - 1
    for place in range(len(steps) - 1):
        now, after = told[place][2], told[place + 1][2]
        allowed = CHI2_95 / steps[place][1].sum()
        if after > 1 and after - now > allowed:
            chosen = place
            break
    b, fixed, sigma = told[chosen]
    bend, valid = steps[chosen]
    return Lasso(b, fixed * max(1.0, sigma), valid, bend)


def _post(x: Array, y: Array) -> tuple[float, float, float]:
    """Return the IVW estimate, its fixed SE and the residual standard error."""
    size = float(x @ x)
    b = float(x @ y) / size
    rest = y - b * x
    return b, size**-0.5, float(np.sqrt(rest @ rest / (len(x) - 1)))


def _path(x: Array, y: Array) -> Iterator[tuple[float, Mask]]:
    """Give every set of valid SNPs with the least penalty that has it, from the hardest on."""
    valid, sign = np.ones(len(x), dtype=bool), np.zeros(len(x))
    bend, just = np.inf, -1
    for _ in range(20 * len(x)):
        size = float(x[valid] @ x[valid])
        if size <= 0:
            return
        drift = float(sign @ x) / size
        start = float(x[valid] @ y[valid]) / size
        rest, turn = y - start * x, drift * x
        after, row = _next(rest, turn, valid, sign, bend, just)
        if row < 0 or after <= TINY:
            yield 0.0, valid.copy()
            return
        yield after, valid.copy()
        bend, just = after, row
        if valid[row]:
            valid[row], sign[row] = False, np.sign(rest[row] - bend * turn[row])
        else:
            valid[row], sign[row] = True, 0.0
        if not valid.any():
            return


def _next(
    rest: Array, turn: Array, valid: Mask, sign: Array, bend: float, just: int
) -> tuple[float, int]:
    """Return the largest smaller penalty at which a SNP leaves or returns, and its row.

    The residual at penalty ``c`` is ``rest - c * turn``; a SNP leaves when that reaches
    plus or minus ``c``, and returns when it comes back to it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = rest / (1.0 + turn), rest / (turn - 1.0)
    options = np.where(
        valid, np.maximum(_below(up, bend), _below(down, bend)),
        _below(np.where(sign > 0, up, down), bend),
    )  # fmt: skip
    if just >= 0:
        options[just] = -np.inf
    row = int(np.argmax(options))
    return (float(options[row]), row) if np.isfinite(options[row]) else (0.0, -1)


def _below(value: Array, bend: float) -> Array:
    """Return penalties that lie ahead; those behind count as never."""
    return np.where((value > 0) & (value <= bend * (1 + TINY)), value, -np.inf)
