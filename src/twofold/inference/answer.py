"""All questions, in the order in which a person reads the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.burden import burden, medicine_days
from twofold.inference.cohort_state import CohortState
from twofold.inference.coupling import coupling
from twofold.inference.factors import factors
from twofold.inference.finding import Findings
from twofold.inference.forecast import tomorrow
from twofold.inference.onset import Claims, onset_equation
from twofold.inference.rows import Fitted, estimate
from twofold.inference.severity import severity
from twofold.inference.treatment import treatment
from twofold.inference.treatment_mood import treatment_mood

NO_LIMITS: Mapping[str, Sequence[int]] = {}
Progress = Callable[[str], None]
"""Told the name of each step as it begins."""


def find(
    table: DayTable,
    claims: Claims,
    *,
    limits: Mapping[str, Sequence[int]] = NO_LIMITS,
    state: CohortState | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Findings:
    """Answer every question that the days of one person can be asked.

    Parameters
    ----------
    table : DayTable
        One row a day; ``nan`` = not recorded. A number that its column cannot
        hold counts as not recorded.
    claims : mapping of str to Claim
        What studies say, by id; the source of every prior.
    limits : mapping of str to sequence of int
        For a family of acute medicines, the day counts in 30 that its table names.
    state : CohortState, optional
        What other people's diaries have taught, as a prior.
    seed : int
        For the simulated days of ``burden``, and the draws of ``treatment``.
    progress : callable, optional
        Told the name of each question before it is asked.

    Returns
    -------
    Findings
        Every question has its finding; one that cannot be answered yet holds
        a refusal with the days that are there and the days that are needed.
    """
    tell = progress or _silently
    table = table.plausible()
    tell("onset")
    onset = fit_onset(table, claims, state=state)
    tell("coupling")
    together = coupling(table, claims, onset=onset, state=state)
    tell("factors")
    before = factors(table, claims, onset=onset, state=state)
    tell("treatment")
    helped = treatment(table, seed=seed)
    tell("ahead")
    return Findings(
        coupling=together,
        factors=before,
        treatment=helped,
        tomorrow=tomorrow(table, claims, state=state),
        burden=burden(table, seed=seed),
        severity=severity(table, claims),
        treatment_mood=treatment_mood(table),
        medicine_days=medicine_days(table, limits=limits, seed=seed),
    )


def _silently(step: str) -> None:
    """Tell nobody."""


def fit_onset(
    table: DayTable, claims: Claims, *, state: CohortState | None = None
) -> Fitted | None:
    """Fit how headaches begin; ``None`` when no question may use it."""
    has_refusal = trust.no_contrast(table) or trust.too_close(table)
    if has_refusal or trust.enough_for(trust.FACTOR, table):
        return None
    return estimate(onset_equation(table, claims, state=state))
