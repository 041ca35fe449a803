"""What other people's diaries add: each half of a set forecast with a cohort state of the other half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from real import measures
from real.measures import Array
from real.people import Person
from twofold.daytable import DayTables
from twofold.inference.cohort_state import CohortState
from twofold.inference.forecast import Scores, forward_chained
from twofold.inference.learning import learn
from twofold.inference.onset import Claims


@dataclass(frozen=True)
class Row:
    """One way to forecast a whole set: how many days and people, and how good.

    ``auc`` is the mean over the ``people_in_auc`` who have five days of each
    kind; the interval of the skill draws people again.
    """

    people: int
    days: int
    auc: float
    people_in_auc: int
    brier: float
    usual: float
    skill: float
    span: measures.Span


def rows(people: tuple[Person, ...], claims: Claims) -> dict[str, Row]:
    """Forecast everyone alone, and with a state learnt from every second other person.

    The state's forecasts begin on day 14, a person's own on day 30; both are
    scored from day 30 on, and the state's from day 14 on as well.
    """
    states = [learn(together(people[1 - half :: 2]), claims) for half in (0, 1)]
    alone = [_scores(one, claims, None) for one in people]
    helped = [_scores(one, claims, states[i % 2]) for i, one in enumerate(people)]
    late = [_last(many, len(few.outcome)) for many, few in zip(helped, alone, strict=True)]
    return {
        "alone, from day 30": _row(alone),
        "with the other half, from day 30": _row(late),
        "with the other half, from day 14": _row(helped),
    }


def together(people: tuple[Person, ...]) -> DayTables:
    """Put people of one set into one value."""
    return DayTables.of([one.table for one in people])


def _scores(one: Person, claims: Claims, state: CohortState | None) -> Scores:
    made = forward_chained(one.table, claims, state=state)
    if made is None:
        raise ValueError(f"the forecasts of person {one.name} did not settle")
    return made


def _last(made: Scores, days: int) -> Scores:
    at = slice(len(made.outcome) - days, None)
    return Scores(made.chance[at], made.usual[at], made.outcome[at])


def _row(made: list[Scores]) -> Row:
    made = [one for one in made if len(one.outcome)]
    aucs = [measures.auc(one.chance, one.outcome) for one in made]
    known = [one for one in aucs if np.isfinite(one)]
    loss = np.concatenate([(one.chance - one.outcome) ** 2 for one in made])
    plain = np.concatenate([(one.usual - one.outcome) ** 2 for one in made])
    block = np.repeat(np.arange(len(made), dtype=float), [len(one.outcome) for one in made])
    return Row(
        len(made),
        len(loss),
        float(np.mean(known)),
        len(known),
        float(loss.mean()),
        float(plain.mean()),
        measures.skill(loss, plain),
        measures.skill_span(loss, plain, block),
    )


def _padded(column: Array, days: int) -> Array:
    return np.concatenate([column, np.full(days - len(column), np.nan)])
