"""How likely is a headache tomorrow?

The chance is shown only to a person for whom it has already worked: every week
the equations are fitted anew to the days before, and their forecasts for the
days after are scored against the person's own running rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array
from twofold.inference.finding import Estimate, Finding, Refusal
from twofold.inference.onset import TREND, Claims, onset_equation, persistence_equation
from twofold.inference.rows import Equation, Fitted, before, estimate

FIRST_DAY = 30
FIRST_DAY_TAUGHT = 14
REFIT_EVERY = 7
MOST_REFITS = 52
DRIVER_FROM = 0.5
SETTLED_FOR_SCORES = 0.02  # a chance need not be finer than its score


@dataclass(frozen=True)
class Scores:
    """Forecasts for days that had not been seen.

    Parameters
    ----------
    chance, usual, outcome : ndarray, shape (scored days,)
        What was forecast, the person's running rate, and what came.
    """

    chance: Array
    usual: Array
    outcome: Array

    @property
    def gains(self) -> Array:
        """How much less squared error than the running rate, day by day."""
        return (self.usual - self.outcome) ** 2 - (self.chance - self.outcome) ** 2

    @property
    def skill(self) -> float:
        """Brier skill against the running rate: 1 perfect, 0 none."""
        plain = ((self.usual - self.outcome) ** 2).mean()
        return float(self.gains.mean() / plain) if plain > 0 else 0.0

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the mean gain is more than one standard error above zero."""
        noise = self.gains.std(ddof=1) / np.sqrt(len(self.gains))
        return bool(self.gains.mean() > noise)


def tomorrow(table: DayTable, claims: Claims, *, state: CohortState | None = None) -> Finding:
    """Return the chance of a headache on the day after the table's last.

    Parameters
    ----------
    state : CohortState, optional
        What a cohort has taught; 14 recorded days are then enough to begin.

    Returns
    -------
    Finding
        ``effect`` is a chance (0–1) with its 95 % band; ``usual`` the person's
        rate over all known days; ``drivers`` the factors behind it that are
        more likely real than not.
    """
    finding = _begin(table)
    refusal = (
        trust.no_contrast(table)
        or trust.enough_recorded(trust.TOMORROW if state is None else trust.TOMORROW_TAUGHT, table)
        or _last_day_unknown(table)
    )
    if refusal:
        return replace(finding, refusal=refusal)
    scores = forward_chained(table, claims, state=state)
    if scores is None:
        return replace(finding, refusal=Refusal("not_converged"))
    if len(scores.outcome) < trust.TOMORROW.scored_days:
        return replace(finding, refusal=_too_short_to_check(len(scores.outcome), table))
    finding = replace(finding, skill=scores.skill)
    if not scores.is_beyond_noise:
        return replace(finding, refusal=Refusal("no_skill"))
    return _look_ahead(finding, table, claims, state)


def forward_chained(
    table: DayTable, claims: Claims, *, state: CohortState | None = None
) -> Scores | None:
    """Forecast every day from the thirtieth on, by fits that saw only the days before.

    With a cohort's state, from the fourteenth on. ``None`` when a fit did not settle.
    """
    first = FIRST_DAY if state is None else FIRST_DAY_TAUGHT
    cuts = _cuts(table, first)
    chances = np.full(len(table), np.nan)
    for equation in _both(table, claims, state):
        if not len(equation.rows):
            continue
        made = _forecasts(equation, cuts)
        if made is None:
            return None
        chances[equation.rows] = made
    outcome = before(table["headache"], -1)
    usual = running_rate(table)
    scored = np.isfinite(chances) & np.isfinite(outcome) & (np.arange(len(table)) >= first)
    return Scores(chances[scored], usual[scored], outcome[scored])


def running_rate(table: DayTable) -> Array:
    """Return, at each day, the share of headache days among the known ones so far."""
    headache = table["headache"]
    known = np.isfinite(headache)
    hits = np.cumsum(np.where(known, headache, 0))
    return np.asarray((hits + 0.5) / (np.cumsum(known) + 1))


def _begin(table: DayTable) -> Finding:
    headache = table["headache"]
    known = np.isfinite(headache)
    return Finding(
        question="tomorrow",
        key="tomorrow",
        verdict="not_yet",
        lag_days=(1,),
        days_used=int(known.sum()),
        days_missing=int((~known).sum()),
        usual=float(headache[known].mean()) if known.any() else None,
    )


def _too_short_to_check(have: int, table: DayTable) -> Refusal:
    need = trust.TOMORROW.scored_days
    pace = float(np.isfinite(table["headache"])[-28:].mean())
    weeks = int(np.ceil((need - have) / pace / 7)) if pace else None
    return Refusal("too_few_days", have, need, "days to check it on", weeks)


def _last_day_unknown(table: DayTable) -> Refusal | None:
    lately = np.isfinite(table["headache"])[-10:]
    if lately[-1]:
        return None
    return Refusal("recent_unknown", int((~lately).sum()), len(lately), "of the last days unknown")


def _cuts(table: DayTable, first: int) -> NDArray[np.intp]:
    """Return the days on which the equations are fitted anew: weekly, and at most 52 times."""
    step = max(REFIT_EVERY, -(-(len(table) - first) // MOST_REFITS))
    return np.arange(first, max(len(table), first + 1), step)


def _both(table: DayTable, claims: Claims, state: CohortState | None) -> tuple[Equation, Equation]:
    starts = onset_equation(table, claims, state=state, is_forecast=True)
    return starts, persistence_equation(table, state=state)


def _forecasts(equation: Equation, cuts: NDArray[np.intp]) -> Array | None:
    """Return the chance for each row of the equation; ``nan`` before the first cut."""
    members = (equation.rows[None, :] < cuts[:, None]).astype(float)
    fitted = estimate(equation, members=members, settled=SETTLED_FOR_SCORES)
    if not fitted.converged:
        return None
    chances = np.full(len(equation.rows), np.nan)
    member_of = np.searchsorted(cuts, equation.rows, side="right") - 1
    middle, spread = _linear(fitted, equation.rows, cuts)
    seen = np.flatnonzero(member_of >= 0)
    at = member_of[seen]
    chances[seen] = expit(middle[at, seen] / np.sqrt(1 + np.pi * spread[at, seen] / 8))
    return chances


def _linear(fitted: Fitted, days: NDArray[np.intp], cuts: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return mean and variance of the log-odds for any days; shape (b, days).

    The trend stands still after each member's last day: it is learnt, not promised.
    """
    x = fitted.matrix(days)
    trend = fitted.equation.at(TREND)
    last = np.minimum(days[None, :], cuts[:, None] - 1)
    x[..., trend] = (last - fitted.centre[:, [trend]]) / fitted.scale[:, [trend]]
    middle = (x @ fitted.posterior.mean[..., None])[..., 0]
    return middle, ((x @ fitted.posterior.covariance) * x).sum(-1)


def _look_ahead(
    finding: Finding, table: DayTable, claims: Claims, state: CohortState | None
) -> Finding:
    today = len(table) - 1
    starts, stays = _both(table, claims, state)
    fitted = estimate(starts if table["headache"][today] == 0 else stays)
    if not fitted.converged:
        return replace(finding, refusal=Refusal("not_converged"))
    middle, spread = (
        one[0, 0] for one in _linear(fitted, *(np.array([one]) for one in (today, today + 1)))
    )
    ends = expit(middle + 1.96 * np.sqrt(spread) * np.array([-1, 1]))
    value = float(expit(middle / np.sqrt(1 + np.pi * spread / 8)))
    return replace(
        finding,
        verdict="suspect",
        effect=Estimate(value, float(ends[0]), float(ends[1]), "chance"),
        drivers=_drivers(fitted, table, today),
        onsets=int(trust.onsets(table).sum()),
    )


def _drivers(fitted: Fitted, table: DayTable, today: int) -> tuple[str, ...]:
    """Return up to three factors that are likely real and push the chance up by being there.

    A thing that goes with fewer headaches pushes by its absence; its bare name
    would say the opposite, so it is not named.
    """
    labels = {one.column: one.label for one in table.factors}
    x = fitted.matrix(np.array([today]))[0, 0]
    pushes = []
    for i, column in enumerate(fitted.prior.candidates):
        push = float(x[column] * fitted.posterior.mean[0, column])
        if fitted.posterior.p_real[0, i] > DRIVER_FROM and push > 0 and x[column] > 0:
            name = fitted.equation.features[column].name
            pushes.append((push, labels.get(name, "low mood")))
    return tuple(dict.fromkeys(label for _, label in sorted(pushes, reverse=True)[:3]))
