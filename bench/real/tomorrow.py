"""Tomorrow's headache: what Twofold would have said of every day, beside simpler rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from real.measures import Array, running_chain
from real.people import Person
from twofold.inference.finding import Finding
from twofold.inference.forecast import Scores, forward_chained
from twofold.inference.onset import Claims
from twofold.inference.rows import before

LEAST_AFTER_HALF = 30


@dataclass(frozen=True)
class Forecasts:
    """All forecasts of one person, each made from the days before it.

    Parameters
    ----------
    chance, usual, chain, outcome : ndarray, shape (scored days,)
        Twofold's chance, the running share of headache days, the running
        Markov chain, and what came.
    week : ndarray of int, shape (scored days,)
        The week of the diary.
    finding : Finding
        What Twofold would answer on the diary's last day.
    """

    person: str
    chance: Array
    usual: Array
    chain: Array
    outcome: Array
    week: NDArray[np.intp]
    finding: Finding

    @property
    def all_said(self) -> tuple[Array, Array, Array]:
        """Return the three forecasts: Twofold, running share, Markov chain."""
        return self.chance, self.usual, self.chain

    @property
    def is_shown(self) -> bool:
        """Whether the person would see a chance for tomorrow."""
        return self.finding.refusal is None

    @property
    def answer(self) -> str:
        """Return "shown", or the reason for which it is hidden."""
        refusal = self.finding.refusal
        return "shown" if refusal is None else refusal.reason.replace("_", " ")


@dataclass(frozen=True)
class HalfTime:
    """Whether the first half of the forecasts would have been trusted, and how the second fared."""

    is_trusted: bool
    loss: Array
    plain: Array
    week: NDArray[np.intp]


def forecasts(person: Person, claims: Claims, finding: Finding) -> Forecasts | None:
    """Forecast every day of one person that Twofold can forecast; ``None`` if it did not settle.

    ``finding`` is Twofold's own answer about tomorrow on the diary's last day.
    """
    table = person.table
    scores = forward_chained(table, claims)
    if scores is None:
        return None
    days = scored_days(table["headache"], scores)
    chain = running_chain(table["headache"])[days]
    return Forecasts(
        person.name, scores.chance, scores.usual, chain, scores.outcome, days // 7, finding
    )


def scored_days(headache: Array, scores: Scores) -> NDArray[np.intp]:
    """Return the days from whose evening the scores look ahead.

    Raises
    ------
    ValueError
        When the scores are not those of the last known days in a row.
    """
    ahead = before(headache, -1)
    days = np.flatnonzero(np.isfinite(headache) & np.isfinite(ahead))
    days = days[len(days) - len(scores.outcome) :]
    if not np.array_equal(ahead[days], scores.outcome):
        raise ValueError("a day was left out of the forecasts; they cannot be told to their days")
    return days


def at_half_time(one: Forecasts) -> HalfTime | None:
    """Decide on the first half of the forecasts, and keep the loss of the second."""
    half = len(one.outcome) // 2
    if len(one.outcome) - half < LEAST_AFTER_HALF:
        return None
    seen = Scores(one.chance[:half], one.usual[:half], one.outcome[:half])
    after = one.outcome[half:]
    return HalfTime(
        seen.is_beyond_noise,
        (one.chance[half:] - after) ** 2,
        (one.usual[half:] - after) ** 2,
        one.week[half:],
    )
