"""Two-step mediation: how much of an effect runs through a third trait?

The exposure's effect on the mediator times the mediator's effect on the outcome (product
of coefficients; Carter 2021, Eur J Epidemiol 36:465). Delta-method intervals after Sobel
1982, and a parametric bootstrap, which need not be symmetric.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.closed_form import ivw
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.telling import draws_of, instruments, known_options, normal, scale_of
from twofold.lab.result import Estimate, Result

DRAWS, LEAST = 10_000, 3
STEPS = {"first": "exposure on mediator", "second": "mediator on outcome", "total": "in all"}
Number = tuple[float, float]


@dataclass(frozen=True)
class Mediation:
    """The part of an effect that runs through the mediator, and its share.

    Parameters
    ----------
    indirect, indirect_se : float
        Delta method.
    indirect_range : tuple of float
        2.5 % and 97.5 % points of the bootstrap.
    share : float
        Of the total effect.
    share_range : tuple of float or None
        ``None`` when the total effect may be 0: then the share means nothing.
    """

    indirect: float
    indirect_se: float
    indirect_range: tuple[float, float]
    share: float
    share_range: tuple[float, float] | None


def mediation(
    first: Number, second: Number, total: Number, *, draws: int = DRAWS, seed: int = 1
) -> Mediation:
    """Return the indirect effect and its share of the total one.

    Parameters
    ----------
    first, second, total : tuple of (estimate, SE)
        Exposure on mediator, mediator on outcome, exposure on outcome; from separate
        samples, so that they are independent.
    draws, seed : int
        Of the bootstrap.
    """
    rng = np.random.default_rng(seed)
    a, b, c = (rng.normal(value, se, draws) for value, se in (first, second, total))
    product = first[0] * second[0]
    se = float(np.hypot(first[0] * second[1], second[0] * first[1]))
    low, high = (float(one) for one in np.quantile(a * b, (0.025, 0.975)))
    is_clear = abs(total[0]) > 1.959963984540054 * total[1]
    ends = np.quantile(a * b / c, (0.025, 0.975)) if is_clear else None
    share_range = None if ends is None else (float(ends[0]), float(ends[1]))
    return Mediation(product, se, (low, high), product / total[0], share_range)


def mr_mediation(tables: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Result:
    """Return two-step mediation from three tables of instruments.

    Parameters
    ----------
    tables : mapping of str to Instruments
        ``"first"`` (exposure on mediator), ``"second"`` (mediator on outcome) and
        ``"total"`` (exposure on outcome), three SNPs or more each.
    options : mapping
        ``draws`` (10,000) and ``seed`` (1) of the bootstrap.

    Raises
    ------
    LabError
        When a table is missing, the traits do not fit together, or a SNP is an
        instrument of both exposure and mediator.
    """
    given = known_options(options, {"draws", "seed"})
    draws, seed = draws_of(given, DRAWS)
    first, second, total = (instruments(tables, key, "mr-mediation", LEAST) for key in STEPS)
    _fit_together(first, second, total)
    told = [_effect(one, key) for one, key in zip((first, second, total), STEPS, strict=True)]
    three = [(one.value, one.se or 0.0) for one in told]
    found = mediation(three[0], three[1], three[2], draws=draws, seed=seed)
    snps = len(first) + len(second)
    told += _estimates(found, snps, scale_of(total))
    return Result(
        method="mr-mediation",
        question=f"How much of {total.exposure} on {total.outcome} runs through {first.outcome}?",
        estimates=tuple(told), headline=None, verdict=_says(found, first, total),
        warnings=(
            "Mediation rests on every step's assumptions at once, and on separate samples.",
        ),
        used=len({*first.snp, *second.snp, *total.snp}),
        left_out=(*first.left_out, *second.left_out, *total.left_out),
        details={"draws": draws, "seed": seed, "share_is_told": found.share_range is not None},
    )  # fmt: skip


def _fit_together(first: Instruments, second: Instruments, total: Instruments) -> None:
    if (first.exposure, second.outcome) != (total.exposure, total.outcome):
        raise LabError("the first, second and total tables are not of the same traits.")
    if first.outcome != second.exposure:
        raise LabError(f"the mediator is {first.outcome} in one table, {second.exposure} in one.")
    both = sorted(set(first.snp) & set(second.snp))
    if both:
        raise LabError(
            f"{len(both)} SNPs are instruments of both exposure and mediator ({both[0]}).",
            remedy="Leave them out of the second table.",
        )


def _effect(table: Instruments, key: str) -> Estimate:
    four = (table.beta_exposure, table.se_exposure, table.beta_outcome, table.se_outcome)
    found = ivw(pairs(*four))
    name = f"IVW, {STEPS[key]}"
    return normal(name, float(found.b[0]), float(found.se[0]), len(table), scale_of(table))


def _estimates(found: Mediation, snps: int, scale: str) -> Iterator[Estimate]:
    yield normal("Indirect effect", found.indirect, found.indirect_se, snps, scale, "delta method")
    low, high = found.indirect_range
    yield Estimate("Indirect effect, bootstrap", found.indirect, None, low, high, None, snps, scale)
    least, most = found.share_range or (None, None)
    note = "" if found.share_range else "the effect in all may be 0: the share means nothing"
    yield Estimate(
        "Share that runs through", found.share, None, least, most, None, snps, "share", note
    )


def _says(found: Mediation, first: Instruments, total: Instruments) -> str:
    low, high = found.indirect_range
    way = f"the effect of {total.exposure} on {total.outcome} that runs through {first.outcome}"
    if low <= 0 <= high:
        return f"These SNPs show no clear part of {way}."
    if found.share_range is None:
        return f"A part of {way} is seen, but the effect in all is not clear: no share is told."
    return (
        f"About {100 * found.share:.0f} % of the effect of {total.exposure} on {total.outcome} may"
        f" run through {first.outcome}; the interval says how sure that is."
    )
