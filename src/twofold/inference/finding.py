"""A finding: the answer to one question, with its interval, its days, and whether to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["established", "suspect", "undecided", "unlikely", "not_yet"]
Question = Literal[
    "mood_to_headache",
    "headache_to_mood",
    "same_day",
    "factor",
    "severity",
    "treatment",
    "treatment_mood",
    "tomorrow",
    "burden",
    "medicine_days",
]
Reason = Literal[
    "too_few_days",
    "too_few_onsets",
    "too_few_exposed",
    "too_few_ended",
    "too_many_missing",
    "too_close",
    "no_variation",
    "nothing_recorded",
    "no_free_days",
    "no_skill",
    "recent_unknown",
    "too_many_changes",
    "too_soon",
    "not_converged",
    "not_dated",
    "not_built",
    "recorded_unevenly",
]


@dataclass(frozen=True)
class Pair:
    """Plain counts on both sides: days with, and days without.

    ``hits_with`` of ``days_with`` days were followed by the outcome, and
    ``hits_without`` of ``days_without`` other days.
    """

    hits_with: int
    days_with: int
    hits_without: int
    days_without: int


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval and its unit."""

    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Refusal:
    """Why there is no answer yet: a value, not an error.

    ``have`` of ``need`` ``unit`` are there; ``weeks`` more at this diary's own
    pace (``None``: waiting does not help, or the pace is unknown).
    """

    reason: Reason
    have: int | None = None
    need: int | None = None
    unit: str = "days"
    weeks: int | None = None


@dataclass(frozen=True)
class Finding:
    """The answer to one question about one person.

    Parameters
    ----------
    question : str
        Which question (see ``Question``).
    subject : str
        The factor's or course's label; empty for the other questions.
    key : str
        Stable id, for the log of claims shown.
    verdict : str
        ``not_yet`` when there is a refusal.
    claim_class : str, optional
        exogenous, behaviour, ambiguous or sign; the words depend on it.
    p_real : float, optional
        Posterior probability, 0–1, that there is an effect (for coupling:
        in the direction that the question asks about).
    prior : float, optional
        The same probability before this person's days.
    effect : Estimate, optional
        Odds ratio per usual swing, difference in mood points, chance, or days.
    lately : Estimate, optional
        The same effect from the last 90 days alone, without what studies say of
        it; only where an effect is told and the diary is long enough.
    pair : Pair, optional
        The counts behind it.
    lag_days : tuple of int
        Days from earlier to later that the answer covers.
    best_lag : int, optional
        The one lag, when the days can tell (P > .8).
    by_lag : tuple of (int, Estimate)
        Days from earlier to later, and the effect at each, all in one equation
        and without what studies say; only where an effect is told.
    days_used, days_missing, onsets : int
        Rows that entered, diary days that could not, and onsets among them.
    usual : float, optional
        The person's usual rate, for forecasts.
    chances : dict of str to float
        Named probabilities (``"at_least_8"``).
    distribution : tuple of float
        Chance of 0, 1, 2 … days ahead, for the questions that count them.
    bounds : tuple of Estimate
        The usual rate if unknown days were as likely to be headache days as
        known ones, and if they were likelier; each with the lowest and highest
        rate that they leave open.
    drivers : tuple of str
        Factors behind a forecast; empty unless P > .5.
    skill : float, optional
        Out-of-sample Brier skill against the person's own base rate.
    trends_apart : bool
        Whether both sides drift over the diary, so that this alone can make a gap.
    source_ids : tuple of str
        Rows of ``knowledge/claims`` behind the prior.
    """

    question: Question
    key: str
    verdict: Verdict
    subject: str = ""
    claim_class: str | None = None
    p_real: float | None = None
    prior: float | None = None
    effect: Estimate | None = None
    lately: Estimate | None = None
    pair: Pair | None = None
    lag_days: tuple[int, ...] = ()
    best_lag: int | None = None
    by_lag: tuple[tuple[int, Estimate], ...] = ()
    days_used: int = 0
    days_missing: int = 0
    onsets: int = 0
    usual: float | None = None
    chances: dict[str, float] | None = None
    distribution: tuple[float, ...] = ()
    bounds: tuple[Estimate, ...] = ()
    drivers: tuple[str, ...] = ()
    skill: float | None = None
    trends_apart: bool = False
    source_ids: tuple[str, ...] = ()
    refusal: Refusal | None = None

    @property
    def has_changed_lately(self) -> bool:
        """Whether the effect from all days lies outside the interval of the last 90 alone."""
        if self.effect is None or self.lately is None:
            return False
        return not self.lately.low <= self.effect.value <= self.lately.high

    @property
    def may_be_avoided(self) -> bool:
        """Whether something a person does was rarer at some lag, clearly: perhaps it was left out.

        People leave things out when they feel a headache coming; that looks
        like protection.
        """
        is_done = self.claim_class == "behaviour"
        return is_done and any(one.high < 1 for _, one in self.by_lag[1:])


@dataclass(frozen=True)
class Findings:
    """Everything the days suggest about one person, in the order of the report."""

    coupling: tuple[Finding, ...]
    factors: tuple[Finding, ...]
    treatment: tuple[Finding, ...]
    tomorrow: Finding
    burden: Finding
    severity: tuple[Finding, ...] = ()
    treatment_mood: tuple[Finding, ...] = ()
    medicine_days: tuple[Finding, ...] = ()

    def all(self) -> tuple[Finding, ...]:
        """Return every finding in one row."""
        about_courses = (*self.treatment, *self.treatment_mood)
        ahead = (self.tomorrow, self.burden, *self.medicine_days)
        return (*self.coupling, *self.factors, *self.severity, *about_courses, *ahead)
