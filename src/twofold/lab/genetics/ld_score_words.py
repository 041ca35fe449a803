"""What LD score regression lets one say, and when it must not name a number."""

from __future__ import annotations

import numpy as np

from twofold.lab.genetics.ld_score_regression import Correlation, Regression
from twofold.lab.result import Estimate

LEAST_Z = 4.0
"""A heritability under four standard errors is too unclear to divide by (LDSC's own advice)."""
MOST_RG = 1.2
"""A correlation beyond it is no estimate of one: chance in a small heritability made it."""
LEAST_MEAN_CHI2 = 1.02
HIGH_RATIO = 0.2


def is_clear(fit: Regression) -> bool:
    """Return whether a heritability is clear enough to build on: four standard errors."""
    return fit.total > LEAST_Z * fit.total_se


def heritability_said(fit: Regression, estimates: tuple[Estimate, ...], name: str) -> str:
    """Return what a heritability says, in one or two sentences."""
    if not is_clear(fit):
        return (
            f"The heritability of {name} is not clear: {fit.total / fit.total_se:.1f} standard "
            "errors above 0, and four are asked for before anything is built on it."
        )
    told = next((one for one in estimates if "liability" in one.name), estimates[0])
    low, high = told.low or 0.0, told.high or 0.0
    scale = "of liability" if "liability" in told.name else "on the observed scale"
    return (
        f"Common SNPs together carry about {100 * told.value:.0f} of 100 parts of the variance "
        f"{scale} of {name} (95 % interval {100 * low:.0f} to {100 * high:.0f}). "
        "It says nothing about any one gene or person."
    )


def warnings_of(fit: Regression, name: str) -> tuple[str, ...]:
    """Return what a careful reader must know of one trait's regression."""
    said = []
    if fit.mean < LEAST_MEAN_CHI2:
        said.append(
            f"{name}: the mean χ² is {fit.mean:.3f}; under 1.02 there is hardly any signal."
        )
    elif fit.ratio is not None and fit.ratio[0] > HIGH_RATIO:
        said.append(
            f"{name}: {100 * fit.ratio[0]:.0f} of 100 parts of the lift of χ² are not polygenic; "
            "population structure may be left in the study."
        )
    if fit.intercept < 0.9:
        said.append(
            f"{name}: the intercept is {fit.intercept:.2f}, below 1: genomic control was "
            "probably applied, which makes the heritability too small."
        )
    if fit.total > 1:
        said.append(f"{name}: a heritability above 1 cannot be; is N too small, or z too large?")
    return tuple(said)


def refusal(found: Correlation, first: str, second: str) -> str:
    """Return why no correlation may be named, or nothing."""
    for name, fit in ((first, found.first), (second, found.second)):
        if not is_clear(fit):
            return (
                f"The genetic correlation cannot be said: the heritability of {name} is "
                f"{fit.total / fit.total_se:.1f} standard errors above 0, and four are needed. "
                "A larger study would be."
            )
    if abs(found.value) > MOST_RG or not np.isfinite(found.se):
        return (
            f"The genetic correlation cannot be said: the estimate {found.value:.2f} lies outside "
            "−1 to 1, which chance makes of too little data."
        )
    return ""


def beyond_one(found: Correlation) -> tuple[str, ...]:
    """Return the remark on an estimate a little beyond −1 or 1."""
    if not 1 < abs(found.value) <= MOST_RG:
        return ()
    return (f"The estimate {found.value:.2f} lies outside −1 to 1; read it as close to the end.",)


def correlation_said(one: Estimate, first: str, second: str) -> str:
    """Return what a genetic correlation says, in one or two sentences."""
    low, high = one.low or 0.0, one.high or 0.0
    told = f"(r_g {one.value:.2f}, 95 % interval {low:.2f} to {high:.2f})"
    if low <= 0 <= high:
        return f"Whether {first} and {second} share genetic influences cannot be told {told}."
    how = "the same direction" if one.value > 0 else "opposite directions"
    return (
        f"Over the genome, influences on {first} and {second} tend in {how} {told}. "
        "It does not say that one causes the other."
    )
