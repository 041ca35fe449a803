"""What tends to come before my stronger headache days?

Only asked where headache is there on three days in five or more: then starts
are too close together to study, and the question is how strong tomorrow's
headache will be. A Gaussian equation, over pairs of neighbouring headache days
whose strength is known: tomorrow's strength from today's, the week's, and the
person's factors. Studies speak of how headaches start, not of how strong they
are, so every factor has the small prior of one that no study is linked to.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.engine import Array, intervals
from twofold.inference.factors import UNLINKED_CLASS
from twofold.inference.finding import Estimate, Finding, Pair, Refusal
from twofold.inference.onset import Candidate, Claims, candidates, sides
from twofold.inference.priors import of_claim
from twofold.inference.rows import (
    LEAST_ON_EACH_SIDE,
    Equation,
    Feature,
    Fitted,
    before,
    estimate,
    intercept,
    mean_before,
    missing_flags,
)


def severity(table: DayTable, claims: Claims) -> tuple[Finding, ...]:
    """Answer for every factor of the table, in its order; empty where headaches are not so close.

    Returns
    -------
    tuple of Finding
        ``p_real``: chance of an effect on strength, in either direction.
        ``effect``: points of 0–10, yes against no, or for one SD of a rating or
        measurement. ``pair``: days stronger than the person's own middle, after
        days with the factor and without.
    """
    if trust.too_close(table) is None:
        return ()
    rows = severity_rows(table)
    asked = candidates(table, claims)
    whole = _refuse_all(table, rows)
    fitted = None if whole else estimate(severity_equation(table, claims))
    answers = [_answer(one, table, rows, fitted, whole) for one in asked]
    return tuple(with_verdicts(answers))


def with_verdicts(answers: list[Finding]) -> list[Finding]:
    """Give each answer its word; no cohort has a say."""
    share = trust.FALSE_SHARE_ALONE
    return trust.with_verdicts(answers, false_share=share, onsets=lambda one: one.days_used)


def severity_rows(table: DayTable) -> NDArray[np.intp]:
    """Return headache days followed by one, the strength of both known."""
    strength = np.where(table["headache"] == 1, _strength(table), np.nan)
    return np.flatnonzero(np.isfinite(strength) & np.isfinite(before(strength, -1)))


def severity_equation(table: DayTable, claims: Claims) -> Equation:
    """Return tomorrow's strength in terms of today's, the week's, and every usable factor."""
    rows, strength = severity_rows(table), _strength(table)
    settled = [
        intercept(strength, mean=0.0, sd=0.5),
        Feature("strength today", strength, 0.3, 0.3),
        Feature("strength of the week", mean_before(strength, first=7, last=1), 0.2, 0.3),
        Feature("trend", np.arange(len(table), dtype=float), 0.0, 0.3),
    ]
    if table.is_dated:
        weekend = before(table["weekend"], -1)
        settled.append(Feature("weekend", weekend, 0.0, 0.3, scaling="centre"))
    asked = [
        Feature(one.name, one.values, effect=of_claim(None), needs_sides=True)
        for one in candidates(table, claims)
        if min(sides(one, rows)) >= LEAST_ON_EACH_SIDE
    ]
    features = (*settled, *asked, *missing_flags(asked, rows))
    return Equation(features, rows, before(strength, -1)[rows], "gaussian")


def _strength(table: DayTable) -> Array:
    return trust.rated(table, "severity")


def _refuse_all(table: DayTable, rows: NDArray[np.intp]) -> Refusal | None:
    need, unit = trust.SEVERITY_PAIRS, "headache days with their strength"
    if len(rows) < need:
        marks = np.zeros(len(table))
        marks[rows] = 1
        return trust.lacking("too_few_days", marks, need=need, unit=unit, table=table)
    if np.ptp(before(_strength(table), -1)[rows]) == 0:
        return Refusal("no_variation", 1, 2, "different strengths")
    return None


def _answer(
    candidate: Candidate,
    table: DayTable,
    rows: NDArray[np.intp],
    fitted: Fitted | None,
    whole: Refusal | None,
) -> Finding:
    finding = _begin(candidate, table, rows)
    refusal = whole or trust.enough_sides(*sides(candidate, rows), table)
    if refusal is None and (fitted is None or not fitted.converged):
        refusal = Refusal("not_converged")
    if refusal is not None or fitted is None:
        return replace(finding, refusal=refusal)
    return replace(
        finding,
        verdict="undecided",
        p_real=float(fitted.posterior.p_real[0, fitted.candidate(candidate.name)]),
        effect=_points(fitted, candidate, rows),
    )


def _begin(candidate: Candidate, table: DayTable, rows: NDArray[np.intp]) -> Finding:
    claim = candidate.claim
    used = int(np.isfinite(candidate.values[rows]).sum())
    return Finding(
        question="severity",
        key=f"severity.{candidate.name}",
        verdict="not_yet",
        subject=candidate.info.label,
        claim_class=claim.claim_class if claim else UNLINKED_CLASS,
        prior=of_claim(None).pi,
        pair=_pair(candidate, table, rows),
        lag_days=(candidate.lag,),
        days_used=used,
        days_missing=len(table) - used,
    )


def _pair(candidate: Candidate, table: DayTable, rows: NDArray[np.intp]) -> Pair | None:
    if not len(rows):
        return None
    strength = before(_strength(table), -1)[rows]
    strong, side = strength > np.median(strength), candidate.exposed(rows)
    return Pair(
        int(strong[side == 1].sum()), int((side == 1).sum()),
        int(strong[side == 0].sum()), int((side == 0).sum()),
    )  # fmt: skip


def _points(fitted: Fitted, candidate: Candidate, rows: NDArray[np.intp]) -> Estimate:
    at = fitted.candidate(candidate.name)
    column = fitted.prior.candidates[at]
    swing = 1 / fitted.scale[0, column] if candidate.is_yes_no(rows) else 1.0
    ends = intervals(fitted.posterior)[0, at]
    middle = fitted.posterior.mean[0, column]
    value, low, high = (float(swing * fitted.y_scale * one) for one in (middle, *ends))
    return Estimate(value, low, high, "points of 0–10")
