"""Do my mood and my headaches move together, and which comes first?

Three questions, answered apart. *Mood to headache*: on days free of headache,
does low mood make a headache tomorrow, or the day after, more likely?
*Headache to mood*: on free days, is mood lower when there was a headache the
day before? *Same day*: do they share days, which says nothing of direction?
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array, intervals, joint_weights
from twofold.inference.finding import Estimate, Finding, Pair, Question, Refusal
from twofold.inference.lags import by_lag
from twofold.inference.lately import last_days
from twofold.inference.onset import (
    LEAST_MOOD_ROWS,
    MOOD_LAGS,
    Claims,
    Days,
    mood_name,
    onset_rows,
)
from twofold.inference.priors import HEADACHE_TO_MOOD, MOOD_TO_HEADACHE, of_claim, over_lags
from twofold.inference.rows import (
    Equation,
    Feature,
    Fitted,
    before,
    estimate,
    intercept,
    mean_before,
    missing_flags,
)

BEST_LAG_FROM = 0.8
DRIFT_FROM = 2.5  # |z| of a straight line; strict, for neighbouring days repeat each other
HEADACHE = "headache"


def coupling(
    table: DayTable, claims: Claims, *, onset: Fitted | None, state: CohortState | None = None
) -> tuple[Finding, ...]:
    """Answer the three questions about mood and headache.

    Parameters
    ----------
    onset : Fitted, optional
        The onset equation's fit; ``None`` when headaches are too close together.
    state : CohortState, optional
        What a cohort has taught.
    """
    return (
        mood_to_headache(table, claims, onset=onset, state=state),
        headache_to_mood(table, claims, state=state),
        same_day(table, claims),
    )


def mood_to_headache(
    table: DayTable, claims: Claims, *, onset: Fitted | None, state: CohortState | None = None
) -> Finding:
    """Say whether low mood comes before headaches, one or two days later.

    Low mood can be a headache's first sign, so this is never more than
    "suspect". ``p_real`` is the chance of an effect at one lag or the other
    that makes headaches *more* likely; the effect is the odds ratio for mood
    lower by its own SD, at the likelier lag.
    """
    finding = _begin("mood_to_headache", table, claims, MOOD_TO_HEADACHE, state)
    finding = replace(
        finding, lag_days=MOOD_LAGS, pair=pair_mood_to_headache(table), onsets=_onsets(table)
    )
    refusal = (
        trust.no_mood_contrast(table)
        or trust.no_contrast(table)
        or trust.too_close(table)
        or trust.enough_for(trust.MOOD_TO_HEADACHE, table)
    )
    if refusal or onset is None or not _has(onset, mood_name(1)):
        return replace(finding, refusal=refusal or _not_asked(table))
    if not onset.converged:
        return replace(finding, refusal=Refusal("not_converged"))
    return _weigh_lags(finding, onset, days=len(table))


def _not_asked(table: DayTable) -> Refusal:
    """Say why the onset equation could not hold mood, though days enough have both."""
    few = trust.enough_for(trust.FACTOR, table)
    written = trust.at_risk(table) * np.isfinite(table["mood"])
    if few is None and written.sum() < LEAST_MOOD_ROWS:
        unit = "headache-free days with mood"
        few = trust.lacking("too_few_days", written, need=LEAST_MOOD_ROWS, unit=unit, table=table)
    return few or Refusal("nothing_recorded", have=0)


def headache_to_mood(
    table: DayTable, claims: Claims, *, state: CohortState | None = None
) -> Finding:
    """Say whether mood is lower on the free day after a headache, in mood points."""
    finding = _begin("headache_to_mood", table, claims, HEADACHE_TO_MOOD, state)
    finding = replace(finding, lag_days=(1,), pair=pair_headache_to_mood(table))
    refusal = (
        trust.no_mood_contrast(table)
        or trust.no_contrast(table)
        or trust.enough_for(trust.HEADACHE_TO_MOOD, table)
        or _enough_next_days(table)
    )
    if refusal or HEADACHE_TO_MOOD not in claims:
        return replace(finding, refusal=refusal or Refusal("not_built"))
    fitted = estimate(next_mood_equation(table, claims, state=state))
    finding = replace(finding, onsets=int(trust.ended(table).sum()))
    return _weigh_mood(finding, fitted, table)


def _enough_next_days(table: DayTable) -> Refusal | None:
    """Refuse where mood was hardly written on the free days after headaches, or after others."""
    headache = table["headache"][next_mood_rows(table)]
    return trust.enough_sides(int((headache == 1).sum()), int((headache == 0).sum()), table)


def same_day(table: DayTable, claims: Claims) -> Finding:
    """Say whether mood is lower on headache days: "moves together", without direction.

    The day before and the week before are held fixed, so that a slow drift of
    both is not taken for a bond between days.
    """
    finding = _begin("same_day", table, claims, HEADACHE_TO_MOOD)
    finding = replace(finding, lag_days=(0,), pair=pair_same_day(table))
    refusal = (
        trust.no_mood_contrast(table)
        or trust.no_contrast(table)
        or trust.enough_for(trust.SAME_DAY, table)
        or trust.enough_of_both(table)
    )
    if refusal or HEADACHE_TO_MOOD not in claims:
        return replace(finding, refusal=refusal or Refusal("not_built"))
    return _weigh_mood(finding, estimate(same_day_equation(table, claims)), table)


def pair_mood_to_headache(table: DayTable) -> Pair:
    """Count, over free first days: headache after low mood, and after other days."""
    headache = table["headache"]
    return _count(table["low_mood"], before(headache, -1), among=headache == 0)


def pair_headache_to_mood(table: DayTable) -> Pair:
    """Count, over free second days: low mood after a headache, and after other days."""
    headache = table["headache"]
    next_low = before(table["low_mood"], -1)
    return _count(headache, next_low, among=before(headache, -1) == 0)


def pair_same_day(table: DayTable) -> Pair:
    """Count low mood on headache days, and on the others."""
    return _count(table["headache"], table["low_mood"], among=np.ones(len(table), dtype=bool))


def next_mood_equation(
    table: DayTable, claims: Claims, *, state: CohortState | None = None
) -> Equation:
    """Return the equation for tomorrow's mood, over free tomorrows.

    Mood today, yesterday, in the week before and on the calm days of the week
    after stand beside the headache; without them slow drift is taken for its
    effect. Mood today enters without
    the headache's own dent in it: otherwise the dent's passing would count as
    better mood after headaches, and hide what carries over.
    """
    mood = table["mood"] - same_day_dent(table, claims)
    features = next_mood_features(table, claims, mood, state=state)
    return _equation(features, next_mood_rows(table), before(table["mood"], -1))


def same_day_equation(table: DayTable, claims: Claims) -> Equation:
    """Return the equation for today's mood, given today's headache and the days before."""
    return _equation(same_day_features(table, claims), same_day_rows(table), table["mood"])


def next_mood_rows(table: Days) -> NDArray[np.bool_]:
    """Return the days whose headache is known, before a free day with mood written down."""
    headache = table["headache"]
    tomorrow = np.isfinite(before(table["mood"], -1)) & (before(headache, -1) == 0)
    return np.asarray(tomorrow & np.isfinite(headache))


def same_day_rows(table: Days) -> NDArray[np.bool_]:
    """Return the days with both mood and headache."""
    return np.asarray(np.isfinite(table["mood"]) & np.isfinite(table["headache"]))


def next_mood_features(
    table: Days, claims: Claims, mood: Array, *, state: CohortState | None = None
) -> list[Feature]:
    """Return the columns for tomorrow's mood; ``mood`` is today's, without the dent."""
    written = table["mood"]
    week = mean_before(written, first=7, last=1)
    return [
        *_mood_nuisances(written),
        Feature("mood today", mood, 0.3, 0.3, is_flagged=True),
        Feature("mood yesterday", before(written, 1), 0.1, 0.25, is_flagged=True),
        Feature("mood, week before", week, 0.2, 0.3, is_flagged=True),
        Feature("mood, week after", _calm_week_after(table), 0.2, 0.3, is_flagged=True),
        Feature("stress", table["stress"], -0.1, 0.3, is_flagged=True),
        _headache_feature(table, claims, state),
    ]


def same_day_features(table: Days, claims: Claims) -> list[Feature]:
    """Return the columns for today's mood."""
    written = table["mood"]
    week = mean_before(written, first=7, last=1)
    return [
        *_mood_nuisances(written),
        Feature("mood yesterday", before(written, 1), 0.3, 0.3, is_flagged=True),
        Feature("mood, week before", week, 0.2, 0.3, is_flagged=True),
        _headache_feature(table, claims, None),
    ]


def same_day_dent(table: DayTable, claims: Claims) -> Array:
    """Return by how many points mood differs on headache days; 0 on the others."""
    fitted = estimate(same_day_equation(table, claims))
    swing = _mood_points(fitted, fitted.candidate(HEADACHE)).value
    return swing * np.nan_to_num(table["headache"])


def trends_apart(table: DayTable) -> bool:
    """Say whether mood and headache both drift over the diary: that alone can make a gap."""
    mood = "low_mood" if np.isfinite(table["low_mood"]).any() else "mood"
    return all(abs(_drift(table[name])) > DRIFT_FROM for name in ("headache", mood))


def _begin(
    question: Question,
    table: DayTable,
    claims: Claims,
    claim: str,
    state: CohortState | None = None,
) -> Finding:
    usable = int(trust.paired(table).sum())
    row = claims.get(claim)
    return Finding(
        question=question,
        key=question,
        verdict="not_yet",
        claim_class="ambiguous" if question == "mood_to_headache" else None,
        prior=of_claim(row, state).pi if row else None,
        days_used=usable,
        days_missing=len(table) - usable,
        trends_apart=trends_apart(table),
        source_ids=(row.id,) if row else (),
    )


def _weigh_lags(finding: Finding, onset: Fitted, *, days: int) -> Finding:
    at = tuple(onset.candidate(mood_name(lag)) for lag in MOOD_LAGS)
    weights, means, covariances = joint_weights(onset.posterior, onset.prior, (at[0], at[1]))
    p_real = _chance_harmful(weights, means, covariances)
    other_way = 1 - float(weights[0, 0]) - p_real
    by_lag = [float(weights[1:].sum()), float(weights[:, 1:].sum())]
    likelier = int(np.argmax(by_lag))
    prior = finding.prior or 0.0
    before_days = 1 - float(np.prod([onset.prior.weights[one, 0] for one in at]))
    known = _known_rows(onset, mood_name(1))
    answer = replace(
        finding,
        verdict=trust.coupling_verdict(
            p_real,
            prior,
            can_be_clear=False,
            leans_other_way=trust.speaks_for(other_way, before_days - prior),
        ),
        p_real=p_real,
        effect=_odds_ratio(onset, at[likelier]),
        best_lag=MOOD_LAGS[likelier] if by_lag[likelier] > BEST_LAG_FROM else None,
        days_used=known,
        days_missing=finding.days_used + finding.days_missing - known,
    )
    again = _again(answer, onset, mood_name(MOOD_LAGS[likelier]), days=days)
    return replace(
        answer,
        lately=None if again is None else _estimate(np.exp(again), "odds ratio"),
        by_lag=_mood_by_lag(onset) if answer.verdict in trust.TOLD else (),
    )


def _mood_by_lag(onset: Fitted) -> tuple[tuple[int, Estimate], ...]:
    """Return the odds ratio for low mood on each of the three days before."""
    first, *others = MOOD_LAGS
    instead = tuple(mood_name(lag) for lag in others)
    lags = by_lag(onset, mood_name(first), lag=first, instead_of=instead)
    return tuple((lag, _estimate(np.exp(one), "odds ratio")) for lag, one in lags)


def _again(
    answer: Finding, fitted: Fitted, name: str, *, days: int
) -> tuple[float, float, float] | None:
    """Ask the last 90 days alone about what is told."""
    return last_days(fitted, name, days=days) if answer.verdict in trust.TOLD else None


def _estimate(ends: Array, unit: str) -> Estimate:
    value, low, high = (float(one) for one in ends)
    return Estimate(value, low, high, unit)


def _chance_harmful(weights: Array, means: Array, covariances: Array) -> float:
    """Return the chance that some lag is real and the real lags together raise the odds."""
    from scipy.special import ndtr

    total = 0.0
    for i in range(len(weights)):
        for j in range(len(weights)):
            real = np.array([i > 0, j > 0], dtype=float)
            if real.any():
                spread = math.sqrt(real @ covariances[i, j] @ real)
                total += float(weights[i, j] * ndtr(real @ means[i, j] / spread))
    return total


def _weigh_mood(finding: Finding, fitted: Fitted, table: DayTable) -> Finding:
    if not fitted.converged:
        return replace(finding, refusal=Refusal("not_converged"))
    at = fitted.candidate(HEADACHE)
    better = float(fitted.posterior.p_positive[0, at])
    p_real = float(fitted.posterior.p_real[0, at]) - better
    prior = finding.prior or 0.0
    before_days = 1 - float(fitted.prior.weights[at, 0])
    used = len(fitted.equation.rows)
    answer = replace(
        finding,
        verdict=trust.coupling_verdict(
            p_real,
            prior,
            can_be_clear=True,
            leans_other_way=trust.speaks_for(better, before_days - prior),
        ),
        p_real=p_real,
        effect=_mood_points(fitted, at),
        days_used=used,
        days_missing=len(table) - used,
    )
    again = _again(answer, fitted, HEADACHE, days=len(table))
    if again is None:
        return answer
    return replace(answer, lately=_estimate(_swing(fitted, at) * np.array(again), "mood points"))


def _swing(fitted: Fitted, at: int) -> float:
    """Return how many mood points one unit of the headache column is."""
    return float(fitted.y_scale / fitted.scale[0, fitted.prior.candidates[at]])


def _odds_ratio(onset: Fitted, at: int) -> Estimate:
    """Return the odds ratio for mood lower by its own SD."""
    middle = onset.posterior.mean[0, onset.prior.candidates[at]]
    ends = intervals(onset.posterior)[0, at]
    return _estimate(np.exp([middle, *ends]), "odds ratio")


def _mood_points(fitted: Fitted, at: int) -> Estimate:
    """Return headache against no headache, in points of 0–10."""
    column = fitted.prior.candidates[at]
    middle = fitted.posterior.mean[0, column]
    ends = intervals(fitted.posterior)[0, at]
    return _estimate(_swing(fitted, at) * np.array([middle, *ends]), "mood points")


def _calm_week_after(table: Days) -> Array:
    """Return the mean mood two to eight days later, on days that no headache has touched."""
    headache = table["headache"]
    is_touched = (headache == 1) | (before(headache, 1) == 1)
    calm = np.where(is_touched, np.nan, table["mood"])[..., ::-1]
    return before(mean_before(calm, first=7, last=1)[..., ::-1], -1)


def _mood_nuisances(like: Array) -> list[Feature]:
    trend = np.broadcast_to(np.arange(like.shape[-1], dtype=float), like.shape)
    return [intercept(like, mean=0.0, sd=1.0), Feature("trend", trend, 0.0, 0.3)]


def _headache_feature(table: Days, claims: Claims, state: CohortState | None) -> Feature:
    effect = over_lags(claims[HEADACHE_TO_MOOD], lags=1, sign=-1, state=state)
    return Feature(HEADACHE, table["headache"], effect=effect)


def _equation(features: list[Feature], asked: NDArray[np.bool_], outcome: Array) -> Equation:
    rows = np.flatnonzero(asked)
    flags = missing_flags([one for one in features if one.is_flagged], rows)
    return Equation((*features, *flags), rows, outcome[rows], "gaussian")


def _count(exposed: Array, outcome: Array, *, among: NDArray[np.bool_]) -> Pair:
    known = among & np.isfinite(exposed) & np.isfinite(outcome)
    with_it, without = known & (exposed == 1), known & (exposed == 0)
    hits = outcome == 1
    return Pair(
        int((hits & with_it).sum()), int(with_it.sum()),
        int((hits & without).sum()), int(without.sum()),
    )  # fmt: skip


def _drift(column: Array) -> float:
    """Return the z of a straight line through what is known."""
    at = np.flatnonzero(np.isfinite(column))
    values = column[at]
    if len(at) < 10 or values.std() == 0:
        return 0.0
    r = float(np.corrcoef(at, values)[0, 1])
    return r * math.sqrt((len(at) - 2) / max(1 - r * r, 1e-9))


def _has(fitted: Fitted, name: str) -> bool:
    return any(feature.name == name for feature in fitted.equation.features)


def _known_rows(fitted: Fitted, name: str) -> int:
    equation = fitted.equation
    return int(np.isfinite(equation.features[equation.at(name)].values[equation.rows]).sum())


def _onsets(table: DayTable) -> int:
    return int((before(table["headache"], -1)[onset_rows(table)] == 1).sum())
