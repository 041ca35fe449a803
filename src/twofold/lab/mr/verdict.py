"""What the numbers say together: one of them may stand alone only when the others agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twofold.lab.result import Estimate

IVW = "IVW, random effects"
WALD = "Wald ratio"
EGGER = "MR-Egger"
MEDIAN = "Weighted median"
MODE = "Weighted mode"
SENSITIVITY = (EGGER, MEDIAN, MODE)
ALPHA = 0.05
WEAK_F = 10.0
FEW = 3


@dataclass(frozen=True)
class Checks:
    """What is known of the instruments beside the estimates; ``None`` = not known.

    Parameters
    ----------
    snps : int
    intercept_p : float or None
        Of MR-Egger's intercept.
    q_p : float or None
        Of the heterogeneity about the IVW estimate.
    mean_f : float or None
    is_forward : bool or None
        Whether the SNPs explain more of the exposure than of the outcome.
    alone : tuple of str
        SNPs without which the IVW estimate has the other sign.
    """

    snps: int
    intercept_p: float | None = None
    q_p: float | None = None
    mean_f: float | None = None
    is_forward: bool | None = None
    alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What may be said.

    Parameters
    ----------
    headline : str or None
        The one estimate that may stand alone; ``None`` when none may.
    says : str
    reasons : tuple of str
        Why no estimate stands alone, one sentence each.
    """

    headline: str | None
    says: str
    reasons: tuple[str, ...]


def judge(estimates: Sequence[Estimate], checks: Checks, *, exposure: str, outcome: str) -> Verdict:
    """Say what follows from all estimates together.

    Parameters
    ----------
    estimates : sequence of Estimate
        At least the IVW estimate (or the Wald ratio of one SNP), under the names of this file;
        published numbers will do.
    checks : Checks
    exposure, outcome : str

    Returns
    -------
    Verdict
        ``headline`` is ``None`` when MR-Egger, weighted median or weighted mode has the
        other sign, the intercept or the heterogeneity has p < .05, the mean F is below 10,
        there are fewer than three SNPs, the SNPs explain more of the outcome, or one SNP
        alone decides the sign.
    """
    by_name = {one.name: one for one in estimates}
    main = by_name.get(IVW) or by_name[WALD]
    reasons = (*_disagreements(main, by_name), *_failures(checks))
    if reasons:
        return Verdict(None, _refusal(reasons, exposure, outcome), reasons)
    return Verdict(main.name, _statement(main, by_name, exposure, outcome), ())


def _disagreements(main: Estimate, by_name: Mapping[str, Estimate]) -> Iterator[str]:
    against = [
        by_name[name] for name in SENSITIVITY
        if name in by_name and by_name[name].value * main.value < 0
    ]  # fmt: skip
    for one in against:
        yield (
            f"{one.name} has the other sign ({one.value:.3g}) than {main.name} ({main.value:.3g})"
        )


def _failures(checks: Checks) -> Iterator[str]:
    if checks.snps == 1:
        yield "there is one SNP, so nothing can be checked against another"
    elif checks.snps < FEW:
        yield f"there are only {checks.snps} SNPs, too few to check one against the others"
    if checks.mean_f is not None and checks.mean_f < WEAK_F:
        yield f"the instruments are weak (mean F {checks.mean_f:.1f}, below 10)"
    if checks.intercept_p is not None and checks.intercept_p < ALPHA:
        yield (
            "MR-Egger's intercept differs from 0"
            f" (p {_p(checks.intercept_p)}): the SNPs also act in other ways, in one direction"
        )
    if checks.q_p is not None and checks.q_p < ALPHA:
        yield (
            f"the SNPs disagree more than by chance (heterogeneity p {_p(checks.q_p)}): some of"
            " them act in other ways, too"
        )
    if checks.is_forward is False:
        yield "the SNPs explain more of the outcome than of the exposure: the direction is open"
    for name in checks.alone[:3]:
        yield f"without {name} alone the sign turns"


def _refusal(reasons: Sequence[str], exposure: str, outcome: str) -> str:
    listed = "; ".join(reasons)
    return (
        f"No single number stands for the effect of {exposure} on {outcome}: {listed}. Read the"
        " estimates side by side."
    )


def _statement(main: Estimate, by_name: Mapping[str, Estimate], exposure: str, outcome: str) -> str:
    others = [name for name in SENSITIVITY if name in by_name]
    same = f" {_listed(others)} {'has' if len(others) == 1 else 'have'} the same sign."
    same = same if others else ""
    if main.p is None or main.p >= ALPHA:
        return (
            f"These SNPs show no clear effect of {exposure} on {outcome}; an effect within the"
            f" interval is not excluded.{same}"
        )
    way = "more" if main.value > 0 else "less"
    return (
        f"Genetically higher {exposure} goes with {way} {outcome}, and the checks made here do not"
        f" speak against it.{same} That rests on assumptions that no data can prove."
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _p(value: float) -> str:
    return f"{value:.2g}" if value >= 0.001 else f"{value:.1e}"
