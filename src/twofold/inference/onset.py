"""The onset and the persistence equation: does a headache begin tomorrow, does it stay?

An onset row is a day *known* to be free of headache whose next day is known
too. A day nobody wrote about is neither at risk nor calm: it makes no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable, DayTables, FactorInfo
from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array
from twofold.inference.priors import MOOD_TO_HEADACHE, of_claim, of_nuisance, over_lags
from twofold.inference.rows import (
    LEAST_ON_EACH_SIDE,
    Equation,
    Feature,
    before,
    intercept,
    mean_before,
    missing_flags,
    splits_at,
)
from twofold.knowledge.claim import Claim

Claims = Mapping[str, Claim]
Days = DayTable | DayTables

MOOD_LAGS = (1, 2)
SEASON_NEEDS_DAYS = 300
SEASON = ("season, sine", "season, cosine")
MIDDLE_SHARE = 0.25
MOST_IN_FORECAST = 60
TREND = "trend"
LEAST_MOOD_ROWS = 30
# Never candidates: the outcome, what coupling.py asks, and what is taken for a headache.
NEVER_CANDIDATES = ("headache", "onset", "migraine", "severity", "mood", "low_mood", "entered")
NEVER_FAMILIES = ("acute", "mood_item", "course", "dose", "scale")


@dataclass(frozen=True)
class Candidate:
    """A factor as the onset equation sees it.

    Parameters
    ----------
    values : ndarray, shape (days,) or (people, days)
        At day t, the factor's value ``lag`` days before day t + 1.
    """

    info: FactorInfo
    claim: Claim | None
    lag: int
    values: Array

    @property
    def name(self) -> str:
        """Its name among the features."""
        return self.info.column

    def exposed(self, rows: NDArray[np.intp]) -> Array:
        """Return 1 above the person's own middle (yes/no and rare things: any at all)."""
        at_risk = self.values[rows]
        known = np.isfinite(at_risk)
        return np.where(known, at_risk > splits_at(at_risk[known]), np.nan)

    def is_yes_no(self, rows: NDArray[np.intp]) -> bool:
        """Say whether it was only ever written down as yes or no."""
        at_risk = self.values[rows]
        return bool(np.isin(at_risk[np.isfinite(at_risk)], (0.0, 1.0)).all())


def at_risk(table: Days) -> NDArray[np.bool_]:
    """Return the days at risk: free of headache, and the next day known."""
    headache = table["headache"]
    return np.asarray((headache == 0) & np.isfinite(before(headache, -1)))


def in_headache(table: Days) -> NDArray[np.bool_]:
    """Return the headache days whose next day is known."""
    headache = table["headache"]
    return np.asarray((headache == 1) & np.isfinite(before(headache, -1)))


def onset_rows(table: DayTable) -> NDArray[np.intp]:
    """Return the positions of the days at risk."""
    return np.flatnonzero(at_risk(table))


def onset_equation(
    table: DayTable,
    claims: Claims,
    *,
    state: CohortState | None = None,
    is_forecast: bool = False,
) -> Equation:
    """Return the onset equation: nuisances, mood at two lags, and every usable factor.

    A forecast leaves out what is known only on the next day itself, and what
    only the whole diary could tell: the season, and which factors have days
    enough on both sides.
    """
    rows = onset_rows(table)
    features = onset_features(table, claims, at_risk(table), state=state, is_forecast=is_forecast)
    if is_forecast:
        features = for_forecast(features, at_risk(table))
    else:
        features = [one for one in features if not one.needs_sides or _has_sides(one, rows)]
        features = [replace(one, needs_sides=False) for one in features]
    return _equation(features, table, rows)


def for_forecast(features: list[Feature], mask: NDArray[np.bool_]) -> list[Feature]:
    """Return the columns that an evening can know; of very many factors, those best recorded."""
    known = [one for one in features if not one.is_same_day and one.name not in SEASON]
    factors = [one for one in known if one.needs_sides]
    counts = [int((np.isfinite(one.values) & mask).sum()) for one in factors]
    least = sorted(counts, reverse=True)[:MOST_IN_FORECAST][-1] if counts else 0
    kept = [one.name for one, count in zip(factors, counts, strict=True) if count >= least]
    kept = kept[:MOST_IN_FORECAST]
    known = [one for one in known if not one.needs_sides or one.name in kept]
    return [replace(one, needs_sides=False) for one in known]


def persistence_equation(table: DayTable, *, state: CohortState | None = None) -> Equation:
    """Return the persistence equation: on a headache day, is there one tomorrow as well?"""
    rows = np.flatnonzero(in_headache(table))
    return _equation(persistence_features(table, in_headache(table), state=state), table, rows)


def onset_features(
    table: Days,
    claims: Claims,
    mask: NDArray[np.bool_],
    *,
    state: CohortState | None = None,
    is_forecast: bool = False,
) -> list[Feature]:
    """Return the columns of the onset equation, for one person or for many alike.

    Parameters
    ----------
    mask : ndarray of bool, shape (days,) or (people, days)
        The days at risk.
    is_forecast : bool
        Mood then enters however few its days: whether thirty are written is
        known only when the diary ends.
    """
    least = 1 if is_forecast else LEAST_MOOD_ROWS
    nuisances = [_taught("onset", one, state) for one in _onset_nuisances(table, mask)]
    factors = [_feature(one, state) for one in candidates(table, claims)]
    return nuisances + _mood_features(table, claims, mask, state, least) + factors


def persistence_features(
    table: Days, mask: NDArray[np.bool_], *, state: CohortState | None = None
) -> list[Feature]:
    """Return the columns of the persistence equation, for one person or for many alike."""
    headache = table["headache"]
    second = _yes(before(headache, 1) == 1)
    third = _yes((before(headache, 1) == 1) & (before(headache, 2) == 1))
    features = [
        intercept(headache, mean=-0.4, sd=1.2),
        Feature("second day", second, 0.0, 0.5, scaling="as is"),
        Feature("third day", third, -0.2, 0.4, scaling="as is"),
        Feature(TREND, _days_passed(headache), 0.0, 0.25),
        Feature("recent share", recent_share(table), 0.5, 1.0, scaling="as is", is_flagged=True),
        Feature("stress", table["stress"], 0.1, 0.25, is_flagged=True),
    ]
    return [_taught("persistence", one, state) for one in features]


def recent_share(table: Days) -> Array:
    """Return the share of headache days in the 28 before each day, above or below one in four.

    It is not centred on the person's own mean: that mean holds the days to come,
    and would turn a bad month into a promise of a better one.
    """
    return mean_before(table["headache"], first=28, last=1, least=7) - MIDDLE_SHARE


def candidates(table: Days, claims: Claims) -> list[Candidate]:
    """Return every factor of the table that may be studied at all, in the table's order."""
    named = (one for one in table.factors if _may_be_studied(one.column))
    return [_candidate(table, one, claims.get(one.claim or "")) for one in named]


def sides(candidate: Candidate, rows: NDArray[np.intp]) -> tuple[int, int]:
    """Return how many days at risk were exposed, and how many were not."""
    seen = candidate.exposed(rows)
    return int((seen == 1).sum()), int((seen == 0).sum())


def mood_name(lag: int) -> str:
    """Return the feature's name of low mood at a lag."""
    return f"low mood, lag {lag}"


def _equation(features: list[Feature], table: DayTable, rows: NDArray[np.intp]) -> Equation:
    flags = missing_flags([one for one in features if one.is_flagged], rows)
    y = before(table["headache"], -1)[rows]
    return Equation((*features, *flags), rows, y, "logistic")


def _may_be_studied(column: str) -> bool:
    return column not in NEVER_CANDIDATES and column.split(".", 1)[0] not in NEVER_FAMILIES


def _candidate(table: Days, info: FactorInfo, claim: Claim | None) -> Candidate:
    lag = 1 if claim is None else claim.lag
    return Candidate(info, claim, lag, before(table[info.column], lag - 1))


def _feature(candidate: Candidate, state: CohortState | None) -> Feature:
    return Feature(
        candidate.name,
        candidate.values,
        effect=of_claim(candidate.claim, state),
        needs_sides=True,
        is_flagged=True,
        is_same_day=candidate.lag == 0,
    )


def _has_sides(feature: Feature, rows: NDArray[np.intp]) -> bool:
    values = feature.values[rows]
    known = np.isfinite(values)
    above = values[known] > splits_at(values[known])
    return int(min(above.sum(), (~above).sum())) >= LEAST_ON_EACH_SIDE


def _mood_features(
    table: Days, claims: Claims, mask: NDArray[np.bool_], state: CohortState | None, least: int
) -> list[Feature]:
    mood = table["mood"]
    enough = (np.isfinite(mood) & mask).sum(-1, keepdims=True) >= least
    if MOOD_TO_HEADACHE not in claims or not enough.any():
        return []
    low = np.where(enough, -mood, np.nan)
    claim = claims[MOOD_TO_HEADACHE]
    effect = over_lags(claim, lags=len(MOOD_LAGS), sign=1, state=state)
    return [
        Feature(mood_name(lag), before(low, lag - 1), effect=effect, is_flagged=True)
        for lag in MOOD_LAGS
    ]


def _taught(equation: str, feature: Feature, state: CohortState | None) -> Feature:
    name = f"{equation}.{feature.name}"
    mean, sd = of_nuisance(name, state, mean=feature.mean, sd=feature.sd)
    return replace(feature, mean=mean, sd=sd)


def _onset_nuisances(table: Days, mask: NDArray[np.bool_]) -> list[Feature]:
    headache = table["headache"]
    ended_yesterday = _yes(before(headache, 1) == 1)
    ended_before = _yes((before(headache, 1) == 0) & (before(headache, 2) == 1))
    unknown = _yes(np.isnan(before(headache, 1)))
    features = [
        intercept(headache, mean=-1.4, sd=1.5),
        Feature("day after a headache", ended_yesterday, -0.3, 0.6, scaling="as is"),
        Feature("second day after", ended_before, -0.1, 0.4, scaling="as is"),
        Feature(TREND, _days_passed(headache), 0.0, 0.3),
        Feature("recent share", recent_share(table), 0.5, 1.0, scaling="as is"),
        Feature("yesterday unknown", unknown, 0.0, 0.3, scaling="as is"),
    ]
    return features + _calendar(table, mask)


def _calendar(table: Days, mask: NDArray[np.bool_]) -> list[Feature]:
    """Weekday and season need dates; the season needs most of a year as well."""
    if not table.is_dated or not mask.any():
        return []
    features = [Feature("weekend", before(table["weekend"], -1), 0.0, 0.3, scaling="centre")]
    days = np.flatnonzero(mask.any(0) if mask.ndim > 1 else mask)
    if days[-1] - days[0] > SEASON_NEEDS_DAYS:
        angle = before(table["season"], -1)
        waves = (np.sin(angle), np.cos(angle))
        features += [
            Feature(name, wave, 0.0, 0.25) for name, wave in zip(SEASON, waves, strict=True)
        ]
    return features


def _days_passed(column: Array) -> Array:
    return np.broadcast_to(np.arange(column.shape[-1], dtype=column.dtype), column.shape)


def _yes(claim: NDArray[np.bool_]) -> Array:
    return claim.astype(float)
