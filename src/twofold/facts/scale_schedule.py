"""When a questionnaire is offered: on a calm schedule, best on a day without headache.

It is an offer and nothing else. A day that passes is not missed, nothing is
counted against the person, and an answer given earlier than offered is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from twofold.knowledge.scale import find_scale

OFFERED = ("phq9", "gad7")
"""Questionnaires that are offered without being asked for."""

EVERY = 14
"""Days between two offers while a treatment runs or changes; without one, 28 will do."""

UNDATED_RECALL = 28
"""For a scale that does not ask about a number of days ("the last 4 weeks")."""

PATIENCE = 7
"""So many days an offer waits for a day without headache; for some people none would come."""

State = Literal["open", "better on another day", "later"]


@dataclass(frozen=True)
class Offer:
    """Whether a questionnaire is offered today.

    Parameters
    ----------
    scale : str
    state : {"open", "better on another day", "later"}
        ``"better on another day"``: it could be answered, but there is a
        headache today, which colours sleep, energy and concentration.
    from_day : date
        The first day of the offer.
    last : date or None
        When it was answered last.
    """

    scale: str
    state: State
    from_day: dt.date
    last: dt.date | None


def offer(
    scale: str,
    answered: Iterable[dt.date],
    *,
    today: dt.date,
    has_headache: bool | None,
    every: int = EVERY,
) -> Offer:
    """Return whether a questionnaire is offered today.

    Parameters
    ----------
    scale : str
        Id, name or alias.
    answered : iterable of date
        When it was answered; later days than today count for nothing.
    has_headache : bool or None
        Whether there is a headache today; ``None``: not known, which holds
        nothing back.
    every : int
        Days from one answer to the next offer. It is never less than the time
        that the questionnaire asks about, so that no day is told twice.

    Raises
    ------
    RecordError
        When no scale has that name.
    """
    table = find_scale(scale)
    last = max((day for day in answered if day <= today), default=None)
    apart = dt.timedelta(max(every, table.recall_days or UNDATED_RECALL, table.days_apart))
    from_day = today if last is None else last + apart
    return Offer(table.id, _state(from_day, today, has_headache, last), from_day, last)


def _state(
    from_day: dt.date, today: dt.date, has_headache: bool | None, last: dt.date | None
) -> State:
    if today < from_day:
        return "later"
    has_waited = last is not None and today - from_day >= dt.timedelta(PATIENCE)
    return "better on another day" if has_headache and not has_waited else "open"
