"""The method "meta-network": many treatments at once, told against one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta import telling
from twofold.lab.meta.asking import asked_for, one_table
from twofold.lab.meta.network import P_SCORE_WARNING, Network, analyse
from twofold.lab.meta.pictures import Row, forest
from twofold.lab.meta.readings import AS_VARIANCE, errors_from_variances
from twofold.lab.meta.table import Trials
from twofold.lab.meta.units import (
    MOST_CHANGE,
    VARIANCE_AS_SE,
    Flag,
    flagged_rows,
    flags_of_table,
    outsized,
)
from twofold.lab.meta.wiring import wires
from twofold.lab.result import Estimate, Result

OPTIONS = {
    "measure": "", "reference": "", "asks": "", "question": "", "scale": "",
    "zeros": "half where zero", "join": False, "fixed": False, "larger": "better",
    "flagged": "keep", "se_is": "standard error",
}  # fmt: skip
"""Every option and what holds without it. ``reference``: whom all are told against (else the one
that most trials have); ``asks``: the treatment whose comparison with it is the headline, named
before the numbers are seen; ``join``: join arms of a trial with one treatment; ``larger``:
``better`` or ``worse``; ``flagged``: ``keep`` or ``leave out`` (the whole trial);
``se_is = "variance"``: the column of standard errors holds their squares."""

READ_AS_VARIANCES = (
    "the column of standard errors was read as variances, which makes the intervals wider, because "
    "the recipe says so."
)
Z95 = 1.959963984540054
SCALES = {"OR": "log odds ratio", "RR": "log risk ratio", "MD": "mean difference"}


def network(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the network meta-analysis of one table: the method ``meta-network``.

    Parameters
    ----------
    tables : mapping with one Trials
        As ``wiring.wires`` wants it.
    options : mapping
        As in ``OPTIONS``.

    Returns
    -------
    Result
        One estimate for each treatment against the reference, and P-scores. The
        headline is the comparison that ``asks`` names, ``None`` while a flag weighs.

    Raises
    ------
    LabError
        When fewer than three treatments connect, the network falls apart, or the
        table or an option breaks its rules.
    """
    asked = asked_for(options, OPTIONS)
    trials = _in_units(one_table(tables), asked)
    suspicions = _flags(trials, asked)
    if asked["flagged"] == "leave out":
        trials = _without(trials, suspicions)
        suspicions = _flags(trials, asked)
    elif asked["flagged"] != "keep":
        raise LabError("flagged rows can be: keep, leave out.", where="the option flagged")
    found, studies, left_out = _analysed(trials, asked)
    reference = _reference(found, asked)
    scale = asked["scale"] or SCALES.get(asked["measure"], _scale(trials))
    estimates = _against(found, reference, scale)
    for name, other in _other_readings(trials, suspicions, asked).items():
        estimates += _against(other, reference, scale, ending=f", {name}")
    headline = _headline(found, reference, asked, suspicions)
    is_log = _is_log(trials, asked)
    return Result(
        method="meta-network",
        question=asked["question"] or f"What do the treatments do, compared with {reference}?",
        estimates=(*estimates, *_about_the_whole(found)),
        headline=headline,
        verdict=_verdict(found, reference, headline, suspicions, is_log, len(trials)),
        warnings=(
            *(one.sentence() for one in suspicions if one.weighs),
            *_warnings(found),
            *([READ_AS_VARIANCES] if asked["se_is"] == "variance" else []),
            *(one.sentence() for one in suspicions if not one.weighs),
        ),
        used=studies,
        left_out=left_out,
        pictures=_pictures(found, reference, scale, is_log, asked),
        details=_details(found, studies),
    )


def _in_units(trials: Trials, asked: Mapping[str, Any]) -> Trials:
    if asked["se_is"] not in ("standard error", "variance"):
        raise LabError("the option se_is can be: standard error, variance.")
    return errors_from_variances(trials) if asked["se_is"] == "variance" else trials


def _analysed(trials: Trials, asked: Mapping[str, Any]) -> tuple[Network, int, tuple[str, ...]]:
    made, left_out = wires(
        trials, asked["measure"], zeros=asked["zeros"], is_joined=bool(asked["join"])
    )
    found = analyse(made, is_random=not asked["fixed"])
    if asked["larger"] not in ("better", "worse"):
        raise LabError("the option larger can be: better, worse.")
    if asked["larger"] == "worse":
        found = replace(found, p_scores=1 - found.p_scores)
    return found, len(made.studies), left_out


def _flags(trials: Trials, asked: Mapping[str, Any]) -> tuple[Flag, ...]:
    found = list(flags_of_table(trials))
    if asked["measure"] == "SMD" and trials.kind == "arm estimates":
        found += outsized(trials, trials.numbers["estimate"], MOST_CHANGE)
    return tuple(found)


def _without(trials: Trials, suspicions: tuple[Flag, ...]) -> Trials:
    """Return the table without every trial that has a flagged row."""
    flagged = flagged_rows(trials, suspicions)
    gone = {trials.label[i] for i in np.flatnonzero(flagged)}
    keep = np.array([label not in gone for label in trials.label])
    return trials.take(keep, "a row of this trial is flagged, see the notes")


def _other_readings(
    trials: Trials, suspicions: tuple[Flag, ...], asked: Mapping[str, Any]
) -> dict[str, Network]:
    if not any(one.kind == VARIANCE_AS_SE for one in suspicions):
        return {}
    return {AS_VARIANCE: _analysed(errors_from_variances(trials), asked)[0]}


def _reference(found: Network, asked: Mapping[str, Any]) -> str:
    name = asked["reference"] or found.treatments[int(found.direct.sum(1).argmax())]
    for one in filter(None, (name, asked["asks"])):
        if one not in found.treatments:
            raise LabError(
                f"no trial has the treatment {one!r}.",
                remedy=f"There are: {', '.join(found.treatments)}.",
            )
    return str(name)


def _against(found: Network, reference: str, scale: str, ending: str = "") -> list[Estimate]:
    """Return every treatment against the reference, the largest first."""
    from scipy.special import ndtr

    j = found.treatments.index(reference)
    made = []
    for i in sorted(range(len(found.treatments)), key=lambda i: -found.effects[i, j]):
        if i == j:
            continue
        value, se = float(found.effects[i, j]), float(found.se[i, j])
        direct = int(found.direct[i, j])
        note = f"{direct} {'trial compares' if direct == 1 else 'trials compare'} them directly"
        made.append(Estimate(
            f"{found.treatments[i]} vs {reference}{ending}", value, se, value - Z95 * se,
            value + Z95 * se, float(2 * ndtr(-abs(value / se))), direct, scale, note,
        ))  # fmt: skip
    return made


def _about_the_whole(found: Network) -> list[Estimate]:
    made = [
        Estimate("tau²", found.tau2, None, None, None, found.q_p, None, "", "p is that of Q"),
        Estimate("I²", found.i2, None, None, None, None, None, "%"),
        Estimate(
            "heterogeneity within designs", found.within, None, None, None,
            _known(found.within_p), found.within_df, "", "Q; of = degrees of freedom",
        ),
        Estimate(
            "inconsistency between designs", found.between, None, None, None,
            _known(found.between_p), found.between_df, "", "Q; of = degrees of freedom",
        ),
    ]  # fmt: skip
    order = np.argsort(-found.p_scores)
    return made + [
        Estimate(f"P-score: {found.treatments[i]}", float(found.p_scores[i])) for i in order
    ]


def _known(p: float) -> float | None:
    return None if np.isnan(p) else p


def _headline(
    found: Network, reference: str, asked: Mapping[str, Any], suspicions: tuple[Flag, ...]
) -> str | None:
    if not asked["asks"] or any(one.weighs for one in suspicions):
        return None
    return f"{asked['asks']} vs {reference}" if asked["asks"] != reference else None


def _verdict(
    found: Network, reference: str, headline: str | None, suspicions: tuple[Flag, ...],
    is_log: bool, rows: int,
) -> str:  # fmt: skip
    if any(one.weighs for one in suspicions):
        return telling.suspicious(suspicions, rows)
    t = len(found.treatments)
    told = f"{t} treatments hang together. A network answers many questions."
    if headline is None:
        return f"{told} None of them stands alone unless it was asked before."
    i, j = found.treatments.index(headline.split(" vs ")[0]), found.treatments.index(reference)
    value, se = found.effects[i, j], found.se[i, j]
    low, high = value - Z95 * se, value + Z95 * se
    calm = " That is compatible with no difference." if low <= 0 <= high else ""
    direct = int(found.direct[i, j])
    return (
        f"{headline}: {telling.number(value, is_log)} ({telling.span(low, high, is_log)}), "
        f"{direct} trials directly and the others by way of {t - 2} more treatments.{calm}"
    )


def _warnings(found: Network) -> list[str]:
    told = [P_SCORE_WARNING]
    if found.between_df > 0 and found.between_p < 0.1:
        told.append(
            f"direct and indirect comparisons disagree more than chance does (p "
            f"{found.between_p:.2g}): the network holds together loosely."
        )
    if found.between_df <= 0:
        told.append("no comparison is made both directly and indirectly, so nothing checks it.")
    told.append(
        "indirect comparisons assume that the trials differ in nothing else that matters; "
        "patients, doses and years do differ."
    )
    return told


def _scale(trials: Trials) -> str:
    return {"arm events": "log odds ratio", "arm means": "mean difference"}.get(
        trials.kind, "as given"
    )


def _is_log(trials: Trials, asked: Mapping[str, Any]) -> bool:
    measure = asked["measure"] or ("OR" if trials.kind == "arm events" else "")
    return measure in ("OR", "RR", "HR")


def _pictures(
    found: Network, reference: str, scale: str, is_log: bool, asked: Mapping[str, Any]
) -> dict[str, str]:
    rows = [
        Row(one.name.removesuffix(f" vs {reference}"), one.value, one.low or 0.0, one.high or 0.0)
        for one in _against(found, reference, scale)
    ]
    axis = f"{scale.removeprefix('log ') if is_log else scale}, against {reference}"
    title = asked["question"] or f"Every treatment against {reference}"
    return {
        name: forest(rows, title=title, scale=axis, is_ratio=is_log, is_narrow=narrow, key="net")
        for name, narrow in (("forest", False), ("forest, narrow", True))
    }


def _details(found: Network, studies: int) -> dict[str, Any]:
    return {
        "trials": studies,
        "treatments": list(found.treatments),
        "tau2": found.tau2,
        "i2": found.i2,
        "q": found.q,
        "q_df": found.q_df,
        "league": {
            one: {
                other: [float(found.effects[i, j]), float(found.se[i, j])]
                for j, other in enumerate(found.treatments)
                if i != j
            }
            for i, one in enumerate(found.treatments)
        },
    }
