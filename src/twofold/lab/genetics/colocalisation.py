"""Whether two traits share one causal variant in a region: approximate Bayes factors.

Giambartolomei et al. 2014 (PLoS Genet 10:e1004383) with Wakefield's factors
(2009, Genet Epidemiol 33:79). Five hypotheses: no variant matters (H0), one for
the first trait alone (H1), one for the second alone (H2), two different ones
(H3), one and the same for both (H4). At most one causal variant a trait is
supposed; which is why H3 and H4 are only as good as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column, Problem, column, refuse, rows_where, twice

P1, P2, P12 = 1e-4, 1e-4, 1e-5
"""Prior chances of a variant to matter for the first, the second and both traits, as published."""
SD_CASES, SD_QUANTITY = 0.2, 0.15
"""Prior standard deviations of a log odds ratio, and of an effect in standard deviations."""
HYPOTHESES = (
    "H0: no causal variant",
    "H1: for the first trait alone",
    "H2: for the second trait alone",
    "H3: two different variants",
    "H4: one shared variant",
)
LIKELY = 0.8
SWEEP = (1e-6, 5e-6, 1e-5, 5e-5, 1e-4)


@dataclass(frozen=True)
class Region:
    """Two traits' estimates at the same variants of one region.

    Parameters
    ----------
    variants : tuple of str
    beta1, se1, beta2, se2 : array, shape (n,)
        Effects and standard errors, for the same allele.

    Raises
    ------
    LabError
        When a number is missing, a standard error is not above zero, a variant
        stands twice, or there is only one.
    """

    variants: tuple[str, ...]
    beta1: Column
    se1: Column
    beta2: Column
    se2: Column

    def __post_init__(self) -> None:
        rows = len(self.variants)
        for name in ("beta1", "se1", "beta2", "se2"):
            made = column(getattr(self, name), name=name, rows=rows)
            object.__setattr__(self, name, made)
        refuse(_problems(self), where="region")


def read_region(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Region:
    """Return a region from a table.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``variant``, ``beta1``, ``se1``, ``beta2``, ``se2``.
    options : mapping
        Not used.

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path), columns, where=path.name)
    read = {
        name: numbers(texts[name], name=name, where=path.name)
        for name in ("beta1", "se1", "beta2", "se2")
    }
    return Region(tuple(texts["variant"]), **read)


def log_bayes_factors(beta: Column, se: Column, prior_sd: float) -> Column:
    """Return the log approximate Bayes factor of "it matters" against "it does not", (…, n).

    Parameters
    ----------
    beta, se : array, shape (…, n)
    prior_sd : float
        How large effects are expected to be.
    """
    shrink = prior_sd**2 / (prior_sd**2 + se**2)
    return np.asarray(0.5 * (np.log1p(-shrink) + shrink * (beta / se) ** 2))


def posteriors(
    first: Column, second: Column, *, p1: float = P1, p2: float = P2, p12: float = P12
) -> Column:
    """Return the posterior chances of the five hypotheses, shape (…, 5).

    Parameters
    ----------
    first, second : array, shape (…, n)
        Log Bayes factors of each variant for each trait.
    p1, p2, p12 : float
        Prior chances of a variant.
    """
    from scipy.special import logsumexp

    one, two = logsumexp(first, axis=-1), logsumexp(second, axis=-1)
    same = logsumexp(first + second, axis=-1)
    # Two different variants: all pairs, less those of a variant with itself.
    share = np.exp(np.minimum(same - one - two, 0))
    with np.errstate(divide="ignore"):
        apart = one + two + np.log1p(-share)
    logs = np.stack(
        [
            np.zeros_like(one),
            np.log(p1) + one,
            np.log(p2) + two,
            np.log(p1) + np.log(p2) + apart,
            np.log(p12) + same,
        ],
        axis=-1,
    )
    return np.asarray(np.exp(logs - logsumexp(logs, axis=-1, keepdims=True)))


def coloc(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return whether two traits share one causal variant.

    Parameters
    ----------
    tables : mapping
        ``region`` (Region).
    options : mapping
        ``kinds``: two of ``"cases"`` and ``"quantity"``; ``p1``, ``p2``, ``p12``.

    Raises
    ------
    LabError
    """
    region: Region = tables["region"]
    kinds = list(options.get("kinds", ("cases", "cases")))
    spread = [SD_QUANTITY if kind == "quantity" else SD_CASES for kind in kinds]
    first = log_bayes_factors(region.beta1, region.se1, spread[0])
    second = log_bayes_factors(region.beta2, region.se2, spread[1])
    priors = {name: float(options.get(name, usual)) for name, usual in
              (("p1", P1), ("p2", P2), ("p12", P12))}  # fmt: skip
    chances = posteriors(first, second, **priors)
    sweep = {
        f"{p12:g}": float(posteriors(first, second, **{**priors, "p12": p12})[4]) for p12 in SWEEP
    }
    shared = np.exp(first + second - (first + second).max())
    best = region.variants[int(shared.argmax())]
    n = len(region.variants)
    estimates = tuple(
        Estimate(name, float(chance), of=n, scale="posterior chance")
        for name, chance in zip(HYPOTHESES, chances, strict=True)
    )
    return Result(
        "coloc",
        "Do both traits share one causal variant here?",
        estimates,
        HYPOTHESES[4] if _stands(chances, sweep) else None,
        _verdict(chances, best, sweep),
        ("At most one causal variant for each trait is supposed.",),
        n,
        (),
        details={
            "H4 by prior": sweep,
            "best variant": best,
            "its share of H4": float(shared.max() / shared.sum()),
        },
    )


def _problems(region: Region) -> Iterator[Problem]:
    if len(region.variants) < 2:
        yield Problem(None, "one variant is no region.", "Give every variant of the region.")
    for row in twice(region.variants):
        yield Problem(row + 1, f"{region.variants[row]!r} stands twice.", "Keep one.")
    for name in ("beta1", "se1", "beta2", "se2"):
        missing = ~np.isfinite(getattr(region, name))
        yield from rows_where(missing, f"{name} is missing.", "Leave the variant out.")
    for name in ("se1", "se2"):
        low = getattr(region, name) <= 0
        yield from rows_where(low, f"{name} is not above zero.", "Check which column it is.")


def _stands(chances: Column, sweep: Mapping[str, float]) -> bool:
    """Say whether the shared variant is likely under the prior and under half of it."""
    return bool(chances[4] >= LIKELY and sweep["5e-06"] >= 0.5)


def _verdict(chances: Column, best: str, sweep: Mapping[str, float]) -> str:
    if chances[4] >= LIKELY:
        words = f"One shared variant is likely (the best is {best})."
        return words if _stands(chances, sweep) else f"{words} It hangs on the prior."
    if chances[3] >= LIKELY:
        return "Two different variants are likely: the traits only lie side by side here."
    if chances[3] + chances[4] < 0.5:
        return "One of the traits shows too little here to say anything about sharing."
    return "Both traits show something here, but whether it is the same cannot be said."
