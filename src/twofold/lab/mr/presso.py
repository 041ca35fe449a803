"""MR-PRESSO: is there pleiotropy, which SNPs lie out, and do they distort the estimate?

Verbanck 2018 (Nat Genet 50:693). The global and the distortion test are Monte Carlo;
the null distribution of the outlier test is normal and is used as such, which is what
endlessly many draws would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.lab.mr.closed_form import ivw
from twofold.lab.mr.pairs import Array, Pairs, pairs
from twofold.lab.mr.tails import two_sided
from twofold.lab.mr.telling import draws_of, instruments, known_options, normal, p_words, scale_of
from twofold.lab.mr.verdict import IVW
from twofold.lab.result import Estimate, Result

CORRECTED = "MR-PRESSO, outliers left out"
LEAST, DRAWS, BLOCK = 4, 10_000, 20_000
MOST_OUTLIERS = 0.1


@dataclass(frozen=True, eq=False)
class Presso:
    """What the three tests say.

    Parameters
    ----------
    rss : float
        Residual sum of squares, each SNP about the IVW estimate of the others.
    global_p : float
        ``(1 + draws as large) / (1 + draws)``.
    outlier_p : array, shape (snps,)
        Times the number of SNPs (Bonferroni), at most 1.
    outliers : array of int
        Rows whose ``outlier_p`` is below ``alpha``, counted from 0; none when the global
        test finds nothing.
    distortion : float
        By how much the outliers move the estimate, in % of the estimate without them.
    distortion_p : float
        ``nan`` without outliers, or with too few other SNPs.
    draws : int
    """

    rss: float
    global_p: float
    outlier_p: Array
    outliers: NDArray[np.intp]
    distortion: float
    distortion_p: float
    draws: int


def presso(
    bx: Array, sx: Array, by: Array, sy: Array,
    *, draws: int = DRAWS, seed: int = 1, alpha: float = 0.05,
) -> Presso:  # fmt: skip
    """Return the three tests for one exposure.

    Parameters
    ----------
    bx, sx, by, sy : array, shape (snps,)
        At least four SNPs.
    draws : int
        Of each Monte Carlo distribution; they bound the p-values from below.
    seed : int
    alpha : float
        For the global test and the outliers.
    """
    rng = np.random.default_rng(seed)
    x, spread, y = bx / sy, sx / sy, by / sy
    rss, without = rss_without(x, y)
    larger = sum(
        int(np.count_nonzero(block > rss))
        for block in _expected(x, spread, without * x, draws, rng)
    )
    global_p = (1 + larger) / (1 + draws)
    distance = (y - without * x) / np.sqrt(1.0 + (without * spread) ** 2)
    outlier_p = np.minimum(two_sided(distance) * len(x), 1.0)
    outliers = np.flatnonzero(outlier_p < alpha) if global_p < alpha else np.empty(0, np.intp)
    moved, moved_p = _distortion(x, y, outliers, draws, rng)
    return Presso(rss, global_p, outlier_p, outliers, moved, moved_p, draws)


def rss_without(x: Array, y: Array) -> tuple[float, Array]:
    """Return the residual sum of squares and the slopes without each SNP.

    Parameters
    ----------
    x, y : array, shape (snps,)
        Effects over the outcome's SE.
    """
    xx, xy = x * x, x * y
    slopes: Array = (xy.sum() - xy) / (xx.sum() - xx)
    rest = y - slopes * x
    return float(rest @ rest), slopes


def _expected(
    x: Array, spread: Array, mean: Array, draws: int, rng: np.random.Generator
) -> Iterator[Array]:
    """Give residual sums of squares without pleiotropy, a block of draws at a time."""
    rows = max(1, BLOCK // len(x))
    for start in range(0, draws, rows):
        shape = (min(rows, draws - start), len(x))
        dx, dy = rng.standard_normal(shape), rng.standard_normal(shape)
        dx *= spread
        dx += x
        dy += mean
        xx, xy = dx * dx, dx * dy
        np.subtract(xy.sum(1, keepdims=True), xy, out=xy)
        np.subtract(xx.sum(1, keepdims=True), xx, out=xx)
        xy /= xx
        xy *= dx
        dy -= xy
        yield np.einsum("ds,ds->d", dy, dy)


def _distortion(
    x: Array, y: Array, outliers: NDArray[np.intp], draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Compare how far the outliers move the estimate with how far chance would.

    A draw holds the outliers and as many of the others, taken with replacement, as bring
    it to the size of the table without outliers.
    """
    if not len(outliers):
        return 0.0, float("nan")
    kept = np.delete(np.arange(len(x)), outliers)
    both = x * x + 1j * (x * y)
    whole, clean = _ratio(both.sum()), _ratio(both[kept].sum())
    seen = (whole - clean) / abs(clean)
    more = len(kept) - len(outliers)
    if more < 2:
        return 100 * seen, float("nan")
    fixed, others, larger = both[outliers].sum(), both[kept], 0
    rows = max(1, BLOCK // more)
    for start in range(0, draws, rows):
        picked = rng.integers(0, len(kept), (min(rows, draws - start), more))
        slopes = _ratio(others[picked].sum(1) + fixed)
        larger += int(np.count_nonzero(np.abs((whole - slopes) / slopes) > abs(seen)))
    return 100 * seen, (1 + larger) / (1 + draws)


def _ratio(sums: Any) -> Any:
    return sums.imag / sums.real


def mr_presso(tables: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Result:
    """Return MR-PRESSO of one table of instruments.

    Parameters
    ----------
    tables : mapping of str to Instruments
        ``"data"``, four SNPs or more.
    options : mapping
        ``draws`` (10,000), ``seed`` (1), ``alpha`` (.05).

    Raises
    ------
    LabError
        When the table is not there or too small, or an option is unknown.
    """
    given = known_options(options, {"draws", "seed", "alpha"})
    table = instruments(tables, "data", "mr-presso", LEAST)
    draws, seed = draws_of(given, DRAWS)
    four = (table.beta_exposure, table.se_exposure, table.beta_outcome, table.se_outcome)
    found = presso(*four, draws=draws, seed=seed, alpha=float(given.get("alpha", 0.05)))
    scale, names = scale_of(table), [table.snp[row] for row in found.outliers]
    told = presso_estimates(pairs(*four), found, scale)
    after = _heterogeneity_after(four, found)
    headline = _headline(told, found, after)
    what = f"{table.exposure} on {table.outcome}"
    return Result(
        method="mr-presso",
        question=f"Do single SNPs distort the effect of {what}?",
        estimates=told, headline=headline, verdict=_says(found, names, headline, what),
        warnings=(*table.warnings, *_notes(found)), used=len(table), left_out=table.left_out,
        details={
            "rss": found.rss, "global_p": found.global_p, "draws": draws, "seed": seed,
            "outliers": names, "outlier_p": dict(zip(table.snp, found.outlier_p, strict=True)),
            "distortion_percent": found.distortion, "distortion_p": found.distortion_p,
            "q_p_without_outliers": after,
        },
    )  # fmt: skip


def presso_estimates(data: Pairs, found: Presso, scale: str) -> tuple[Estimate, ...]:
    """Return IVW with every SNP and, where there are outliers, without them."""
    whole = ivw(data)
    snps = data.bx.shape[1]
    told = normal(IVW, float(whole.b[0]), float(whole.se[0]), snps, scale, "multiplicative")
    left = snps - len(found.outliers)
    if left == snps or left < 2:
        return (told,)
    four = (data.bx[0], data.sx[0], data.by[0], data.sy[0])
    clean = ivw(pairs(*(np.delete(one, found.outliers) for one in four)))
    note = f"{snps - left} of {snps} SNPs left out"
    return told, normal(CORRECTED, float(clean.b[0]), float(clean.se[0]), left, scale, note)


def _heterogeneity_after(four: tuple[Array, ...], found: Presso) -> float:
    part = pairs(*(np.delete(one, found.outliers) for one in four))
    return float(ivw(part).q_p[0])


def _headline(told: tuple[Estimate, ...], found: Presso, after: float) -> str | None:
    """An estimate stands when nothing is left that speaks against it.

    With many outliers there is no clean rest: under balanced pleiotropy of every SNP the
    estimate without outliers is falsely sure (docs/lab-mr-robust.md).
    """
    if found.global_p >= 0.05:
        return IVW
    few = len(found.outliers) <= MOST_OUTLIERS * len(found.outlier_p)
    if len(told) == 2 and few and after >= 0.05 and told[0].value * told[1].value > 0:
        return CORRECTED
    return None


def _says(found: Presso, names: list[str], headline: str | None, what: str) -> str:
    test = f"global test p {p_words(found.global_p)}"
    if headline == IVW:
        return f"MR-PRESSO finds no pleiotropy in the effect of {what} ({test})."
    if headline == CORRECTED:
        listed = ", ".join(names[:10])
        return (
            f"MR-PRESSO finds pleiotropy ({test}); without {len(names)} outliers ({listed}) the"
            f" other SNPs agree. They move the estimate by {abs(found.distortion):.2g} %."
        )
    return (
        f"MR-PRESSO finds pleiotropy in the effect of {what} ({test}) that leaving out"
        f" {len(names)} outliers does not settle: no single number stands."
    )


def _notes(found: Presso) -> Iterator[str]:
    yield (
        f"The p-values of the global and the distortion test are Monte Carlo ({found.draws} draws):"
        f" none can be below {1 / (1 + found.draws):.1g}. Those of the outliers are exact."
    )
    if len(found.outliers) and np.isnan(found.distortion_p):
        yield "Too few SNPs are left for the distortion test."
