"""The onset and the persistence equation: does a headache begin tomorrow, does it stay?

An onset row is a day *known* to be free of headache whose next day is known
too. A day nobody wrote about is neither at risk nor calm: it makes no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable, FactorInfo
from twofold.inference.engine import Array
from twofold.inference.priors import MOOD_TO_HEADACHE, of_claim, over_lags
from twofold.inference.rows import (
    LEAST_ON_EACH_SIDE,
    Equation,
    Feature,
    before,
    intercept,
    mean_before,
    missing_flags,
)
from twofold.knowledge.claim import Claim

Claims = Mapping[str, Claim]

MOOD_LAGS = (1, 2)
SEASON_NEEDS_DAYS = 300
LEAST_MOOD_ROWS = 30
# Never candidates: the outcome, what coupling.py asks, and what is taken for a headache.
NEVER_CANDIDATES = ("headache", "onset", "migraine", "severity", "mood", "low_mood", "entered")
NEVER_FAMILIES = ("acute", "mood_item", "course", "dose", "scale")


@dataclass(frozen=True)
class Candidate:
    """A factor as the onset equation sees it.

    Parameters
    ----------
    values : ndarray, shape (days,)
        At day t, the factor's value ``lag`` days before day t + 1.
    exposed : ndarray, shape (days,)
        1 above the person's own middle (yes/no and rare things: any at all).
    """

    info: FactorInfo
    claim: Claim | None
    lag: int
    values: Array
    exposed: Array
    is_yes_no: bool

    @property
    def name(self) -> str:
        """Its name among the features."""
        return self.info.column


def onset_rows(table: DayTable) -> NDArray[np.intp]:
    """Return the days at risk: free of headache, and the next day known."""
    headache = table["headache"]
    return np.flatnonzero((headache == 0) & np.isfinite(before(headache, -1)))


def onset_equation(table: DayTable, claims: Claims) -> Equation:
    """Return the onset equation: nuisances, mood at two lags, and every usable factor."""
    rows = onset_rows(table)
    asked = _mood_features(table, claims, rows)
    asked += [_feature(one) for one in candidates(table, claims) if is_two_sided(one, rows)]
    settled = _onset_nuisances(table, rows) + missing_flags(asked, rows)
    y = before(table["headache"], -1)[rows]
    return Equation(tuple(settled + asked), rows, y, "logistic")


def persistence_equation(table: DayTable) -> Equation:
    """Return the persistence equation: on a headache day, is there one tomorrow as well?"""
    headache, days = table["headache"], len(table)
    rows = np.flatnonzero((headache == 1) & np.isfinite(before(headache, -1)))
    second = _yes(before(headache, 1) == 1)
    third = _yes((before(headache, 1) == 1) & (before(headache, 2) == 1))
    features = [
        intercept(days, mean=-0.4, sd=1.2),
        Feature("second day", second, 0.0, 0.5, scaling="centre"),
        Feature("third day", third, -0.2, 0.4, scaling="centre"),
        Feature("trend", np.arange(days, dtype=float), 0.0, 0.25),
        Feature("recent share", recent_share(table), 0.1, 0.3),
    ]
    if np.isfinite(table["stress"][rows]).any():
        features.append(Feature("stress", table["stress"], 0.1, 0.25))
    features += missing_flags(features, rows)
    return Equation(tuple(features), rows, before(headache, -1)[rows], "logistic")


def recent_share(table: DayTable) -> Array:
    """Return the share of headache days among the known ones of the 28 before each day."""
    return mean_before(table["headache"], first=28, last=1, least=7)


def candidates(table: DayTable, claims: Claims) -> list[Candidate]:
    """Return every factor of the table that may be studied at all, in the table's order."""
    rows = onset_rows(table)
    named = (one for one in table.factors if _may_be_studied(one.column))
    return [_candidate(table, one, claims.get(one.claim or ""), rows) for one in named]


def is_two_sided(candidate: Candidate, rows: NDArray[np.intp]) -> bool:
    """Say whether enough days at risk lie on both sides of the factor."""
    return min(sides(candidate, rows)) >= LEAST_ON_EACH_SIDE


def sides(candidate: Candidate, rows: NDArray[np.intp]) -> tuple[int, int]:
    """Return how many days at risk were exposed, and how many were not."""
    seen = candidate.exposed[rows]
    return int((seen == 1).sum()), int((seen == 0).sum())


def _may_be_studied(column: str) -> bool:
    return column not in NEVER_CANDIDATES and column.split(".", 1)[0] not in NEVER_FAMILIES


def _candidate(
    table: DayTable, info: FactorInfo, claim: Claim | None, rows: NDArray[np.intp]
) -> Candidate:
    lag = 1 if claim is None else claim.lag
    values = before(table[info.column], lag - 1)
    at_risk = values[rows]
    known = at_risk[np.isfinite(at_risk)]
    is_yes_no = bool(np.isin(known, (0.0, 1.0)).all())
    exposed = np.where(np.isfinite(values), values > _threshold(known), np.nan)
    return Candidate(info, claim, lag, values, exposed, is_yes_no)


def _threshold(known: Array) -> float:
    """Return 0 for yes/no things and things that are mostly zero, else the person's middle."""
    if not len(known) or (known.min() >= 0 and (known == 0).mean() >= 0.5):
        return 0.0
    if np.isin(known, (0.0, 1.0)).all():
        return 0.0
    return float(np.median(known))


def _feature(candidate: Candidate) -> Feature:
    effect = of_claim(candidate.claim)
    return Feature(
        candidate.name,
        candidate.values,
        effect=effect,
        exposed=candidate.exposed,
        is_same_day=candidate.lag == 0,
    )


def _mood_features(table: DayTable, claims: Claims, rows: NDArray[np.intp]) -> list[Feature]:
    low = -table["mood"]
    if MOOD_TO_HEADACHE not in claims or np.isfinite(low[rows]).sum() < LEAST_MOOD_ROWS:
        return []
    effect = over_lags(claims[MOOD_TO_HEADACHE], lags=len(MOOD_LAGS), sign=1)
    return [Feature(mood_name(lag), before(low, lag - 1), effect=effect) for lag in MOOD_LAGS]


def mood_name(lag: int) -> str:
    """Return the feature's name of low mood at a lag."""
    return f"low mood, lag {lag}"


def _onset_nuisances(table: DayTable, rows: NDArray[np.intp]) -> list[Feature]:
    headache, days = table["headache"], len(table)
    ended_yesterday = _yes(before(headache, 1) == 1)
    ended_before = _yes((before(headache, 1) == 0) & (before(headache, 2) == 1))
    features = [
        intercept(days, mean=-1.4, sd=1.5),
        Feature("day after a headache", ended_yesterday, -0.3, 0.6, scaling="centre"),
        Feature("second day after", ended_before, -0.1, 0.4, scaling="centre"),
        Feature("trend", np.arange(days, dtype=float), 0.0, 0.3),
        Feature("recent share", recent_share(table), 0.1, 0.3),
    ]
    unknown = _yes(np.isnan(before(headache, 1)))
    if 0 < unknown[rows].sum() < len(rows):
        features.append(Feature("yesterday unknown", unknown, 0.0, 0.3, scaling="centre"))
    return features + _calendar(table, rows)


def _calendar(table: DayTable, rows: NDArray[np.intp]) -> list[Feature]:
    """Weekday and season need dates; the season needs most of a year as well."""
    if not table.is_dated or not len(rows):
        return []
    features = [Feature("weekend", before(table["weekend"], -1), 0.0, 0.3, scaling="centre")]
    if rows[-1] - rows[0] > SEASON_NEEDS_DAYS:
        angle = before(table["season"], -1)
        features.append(Feature("season, sine", np.sin(angle), 0.0, 0.25))
        features.append(Feature("season, cosine", np.cos(angle), 0.0, 0.25))
    return [one for one in features if np.isfinite(one.values[rows]).any()]


def _yes(claim: NDArray[np.bool_]) -> Array:
    return claim.astype(float)
