"""Which interactions interrupt, and which stay quietly on the list: the rule against alert fatigue.

Minor ones never interrupt. A moderate one that was acknowledged is silent for 180
days, unless a dose, a class or a condition changed. Those above moderate are never
silenced: they stay listed in a line on every view of the medicine and at every intake,
and interrupt again at each new prescription, restart or change. What is about a recorded
intake is told at every intake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from twofold.guidance.interactions import Checked, Interaction
from twofold.knowledge.interaction import SEVERITIES

Occasion = Literal["view", "new_prescription", "restart", "change", "intake"]

SILENT_DAYS = 180
"""For how long an acknowledged moderate interaction is silent."""

AT_ONCE = 3
"""How many interruptions are shown at once; those above moderate are never cut."""

_ANEW: tuple[Occasion, ...] = ("new_prescription", "restart", "change")
_MODERATE = SEVERITIES.index("moderate")


@dataclass(frozen=True)
class Acknowledged:
    """The person or a clinician said "seen" to one interaction.

    Parameters
    ----------
    id : str
        The rule.
    on : date
    circumstances : str
        The interaction's own, as they were.
    """

    id: str
    on: dt.date
    circumstances: str


@dataclass(frozen=True)
class Interruptions:
    """What interrupts now, what waits on the list, and the list itself.

    Parameters
    ----------
    shown : tuple of Interaction
        The most severe first.
    waiting : tuple of Interaction
        Would interrupt too, but there are already enough; never above moderate.
    standing : tuple of Interaction
        Above moderate and seen before: one short line on every view and at every intake,
        the most severe first. Never cut.
    listed : tuple of Interaction
        Everything found: the medicine's page shows all of it at any time.
    """

    shown: tuple[Interaction, ...]
    waiting: tuple[Interaction, ...]
    standing: tuple[Interaction, ...]
    listed: tuple[Interaction, ...]


def interruptions(
    checked: Checked,
    acknowledged: Iterable[Acknowledged] = (),
    *,
    today: dt.date,
    occasion: Occasion = "view",
) -> Interruptions:
    """Return what interrupts on this occasion.

    Parameters
    ----------
    checked : Checked
        Cut for the reader: ``checked.for_person()`` or ``checked.for_clinician()``.
    acknowledged : iterable of Acknowledged
        What was seen before, in any order.
    today : date
    occasion : {"view", "new_prescription", "restart", "change", "intake"}
        What just happened.
    """
    seen = tuple(acknowledged)
    speaking = [one for one in checked.found if _interrupts(one, seen, today, occasion)]
    ordered = sorted(speaking, key=_severity, reverse=True)
    n_severe = sum(_severity(one) > _MODERATE for one in ordered)
    cut = max(AT_ONCE, n_severe)
    return Interruptions(
        shown=tuple(ordered[:cut]),
        waiting=tuple(ordered[cut:]),
        standing=tuple(
            one
            for one in checked.most_severe_first
            if _severity(one) > _MODERATE and one not in speaking
        ),
        listed=checked.found,
    )


def acknowledged(one: Interaction, on: dt.date) -> tuple[Acknowledged, ...]:
    """Return that one interaction was seen: each of its pairs by itself.

    So what else is taken meanwhile does not end the silence of a pair that stays as it is.
    """
    told = dict.fromkeys(pair.circumstances for pair in one.pairs)
    return tuple(Acknowledged(one.id, on, circumstances) for circumstances in told)


def _interrupts(
    one: Interaction, seen: tuple[Acknowledged, ...], today: dt.date, occasion: Occasion
) -> bool:
    if _severity(one) < _MODERATE:
        return False
    if one.is_of_an_intake and occasion == "intake":
        return True
    own = [ack for ack in seen if ack.id == one.id]
    if _severity(one) > _MODERATE:
        return occasion in _ANEW or not _was_seen(one, own)
    return not _was_seen(one, [ack for ack in own if dt.timedelta() <= today - ack.on < SILENT])


def _was_seen(one: Interaction, seen: list[Acknowledged]) -> bool:
    """Whether it was seen as it is: whole, or every pair of it by itself."""
    as_it_was = {ack.circumstances for ack in seen}
    pairs = {pair.circumstances for pair in one.pairs}
    return one.circumstances in as_it_was or pairs <= as_it_was


SILENT = dt.timedelta(days=SILENT_DAYS)


def _severity(one: Interaction) -> int:
    return SEVERITIES.index(one.severity)
