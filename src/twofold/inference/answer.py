"""All questions, in the order in which a person reads the answers."""

from __future__ import annotations

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.burden import burden
from twofold.inference.coupling import coupling
from twofold.inference.factors import factors
from twofold.inference.finding import Findings
from twofold.inference.forecast import tomorrow
from twofold.inference.onset import Claims, onset_equation
from twofold.inference.rows import Fitted, estimate
from twofold.inference.treatment import treatment


def find(table: DayTable, claims: Claims, *, seed: int = 0) -> Findings:
    """Answer every question that the days of one person can be asked.

    Parameters
    ----------
    table : DayTable
        One row a day; ``nan`` = not recorded.
    claims : mapping of str to Claim
        What studies say, by id; the source of every prior.
    seed : int
        For the simulated days of ``burden``.

    Returns
    -------
    Findings
        Every question has its finding; one that cannot be answered yet holds
        a refusal with the days that are there and the days that are needed.
    """
    onset = fit_onset(table, claims)
    return Findings(
        coupling=coupling(table, claims, onset=onset),
        factors=factors(table, claims, onset=onset),
        treatment=treatment(table),
        tomorrow=tomorrow(table, claims),
        burden=burden(table, seed=seed),
    )


def fit_onset(table: DayTable, claims: Claims) -> Fitted | None:
    """Fit how headaches begin; ``None`` when no question may use it."""
    has_refusal = trust.no_contrast(table) or trust.too_close(table)
    if has_refusal or trust.enough_for(trust.FACTOR, table):
        return None
    return estimate(onset_equation(table, claims))
