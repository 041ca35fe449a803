"""What tends to come before my headaches?

All factors stand in one equation, so that two that travel together share the
doubt instead of both being accused.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.cohort_state import UNLINKED, CohortState
from twofold.inference.engine import Array, intervals
from twofold.inference.finding import Estimate, Finding, Pair, Refusal
from twofold.inference.lags import by_lag
from twofold.inference.lately import last_days
from twofold.inference.onset import Candidate, Claims, candidates, onset_rows, sides
from twofold.inference.priors import of_claim
from twofold.inference.rows import Fitted, before

UNLINKED_CLASS = "ambiguous"


def factors(
    table: DayTable, claims: Claims, *, onset: Fitted | None, state: CohortState | None = None
) -> tuple[Finding, ...]:
    """Answer for every factor of the table, in its order.

    Parameters
    ----------
    onset : Fitted, optional
        The onset equation's fit; ``None`` when it could not be fitted.
    state : CohortState, optional
        What a cohort has taught, where the fit used one.

    Returns
    -------
    tuple of Finding
        ``p_real``: chance of an effect in either direction. The effect is an
        odds ratio: yes against no, or for one SD of a rating or measurement.
        A factor without a claim counts as ambiguous: it may be an early sign.
    """
    asked = candidates(table, claims)
    whole = _refuse_all(table)
    ranges = None if onset is None else intervals(onset.posterior)[0]
    answers = [_answer(one, table, onset, ranges, whole, state) for one in asked]
    told = with_verdicts(answers, state)
    return tuple(
        _asked_again(answer, one, onset, days=len(table))
        for answer, one in zip(told, asked, strict=True)
    )


def pair(candidate: Candidate, table: DayTable) -> Pair:
    """Count where a headache began, over days at risk with the factor and without."""
    rows = onset_rows(table)
    began = before(table["headache"], -1)[rows] == 1
    side = candidate.exposed(rows)
    return Pair(
        int(began[side == 1].sum()), int((side == 1).sum()),
        int(began[side == 0].sum()), int((side == 0).sum()),
    )  # fmt: skip


def _refuse_all(table: DayTable) -> Refusal | None:
    return (
        trust.no_contrast(table) or trust.too_close(table) or trust.enough_for(trust.FACTOR, table)
    )


def _answer(
    candidate: Candidate,
    table: DayTable,
    onset: Fitted | None,
    ranges: Array | None,
    whole: Refusal | None,
    state: CohortState | None,
) -> Finding:
    finding = _begin(candidate, table, state)
    refusal = whole or trust.enough_sides(*sides(candidate, onset_rows(table)), table)
    refusal = refusal or _recorded_unevenly(candidate, table)
    if refusal is None and (onset is None or not onset.converged):
        refusal = Refusal("not_converged")
    if refusal is not None or onset is None or ranges is None:
        return replace(finding, refusal=refusal)
    at = onset.candidate(candidate.name)
    return replace(
        finding,
        verdict="undecided",
        p_real=float(onset.posterior.p_real[0, at]),
        effect=_odds_ratio(onset, at, ranges[at], _swing(onset, at, candidate)),
    )


def _asked_again(
    answer: Finding, candidate: Candidate, onset: Fitted | None, *, days: int
) -> Finding:
    """Ask about what is told once more: of the last 90 days alone, and day by day before."""
    if onset is None or answer.verdict not in trust.TOLD:
        return answer
    swing = _swing(onset, onset.candidate(candidate.name), candidate)
    again = last_days(onset, candidate.name, days=days)
    lags = by_lag(onset, candidate.name, lag=candidate.lag) if candidate.lag else ()
    return replace(
        answer,
        lately=None if again is None else _told(again, swing),
        by_lag=tuple((lag, _told(one, swing)) for lag, one in lags),
    )


def _told(ends: tuple[float, float, float], swing: float) -> Estimate:
    value, low, high = (float(np.exp(swing * one)) for one in ends)
    return Estimate(value, low, high, "odds ratio")


def _recorded_unevenly(candidate: Candidate, table: DayTable) -> Refusal | None:
    """Refuse a factor that was written down, or not, depending on the headache that followed.

    Such entries were made looking back, and then the headache chooses the days.
    """
    rows = onset_rows(table)
    began = before(table["headache"], -1)[rows] == 1
    written = np.isfinite(candidate.values[rows])
    if min(written.sum(), (~written).sum()) < trust.UNEVEN_FROM_DAYS:
        return None
    shares = began[written].mean(), began[~written].mean()
    whole = began.mean()
    spread = whole * (1 - whole) * (1 / written.sum() + 1 / (~written).sum())
    if abs(shares[0] - shares[1]) <= trust.UNEVEN_FROM_Z * np.sqrt(spread):
        return None
    return Refusal("recorded_unevenly", int(written.sum()), None, "days with an entry")


def _begin(candidate: Candidate, table: DayTable, state: CohortState | None) -> Finding:
    claim, rows = candidate.claim, onset_rows(table)
    known = np.isfinite(candidate.values[rows])
    used = int(known.sum())
    return Finding(
        question="factor",
        key=candidate.name,
        verdict="not_yet",
        subject=candidate.info.label,
        claim_class=claim.claim_class if claim else UNLINKED_CLASS,
        prior=of_claim(claim, state).pi,
        pair=pair(candidate, table),
        lag_days=(candidate.lag,),
        days_used=used,
        days_missing=len(table) - used,
        onsets=int((known & (before(table["headache"], -1)[rows] == 1)).sum()),
        source_ids=(claim.id,) if claim else (),
    )


def _swing(onset: Fitted, at: int, candidate: Candidate) -> float:
    """Return how many of the column's units are told: yes against no, or one SD."""
    if candidate.is_yes_no(onset.equation.rows):
        return float(1 / onset.scale[0, onset.prior.candidates[at]])
    return 1.0


def _odds_ratio(onset: Fitted, at: int, ends: Array, swing: float) -> Estimate:
    middle = float(onset.posterior.mean[0, onset.prior.candidates[at]])
    return _told((middle, float(ends[0]), float(ends[1])), swing)


def with_verdicts(answers: list[Finding], state: CohortState | None) -> list[Finding]:
    """Give each answer its word; the wider line holds where a cohort taught every prior."""
    share = trust.FALSE_SHARE if _is_taught(answers, state) else trust.FALSE_SHARE_ALONE
    return trust.with_verdicts(answers, false_share=share, onsets=lambda one: one.onsets)


def _is_taught(answers: list[Finding], state: CohortState | None) -> bool:
    """Say whether a cohort taught every prior here; else the line of a person alone holds."""
    shown = [one for one in answers if one.p_real is not None]
    names = {name for one in shown for name in one.source_ids or (UNLINKED,)}
    return state is not None and names <= set(state.effects)
