"""What one tap makes of an attack: pure, the same on a page and for an entry that a phone kept.

Strength is kept as a number from 0 to 10. The three words stand for the middle of
their thirds of that scale: mild 2 (1–3), medium 5 (4–6), strong 8 (7–10). Whoever
wants the number itself can tap it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from twofold.diary.building import UnfitError, build
from twofold.diary.headache import Attack, PainRating
from twofold.facts.attack_days import last_day_of
from twofold.store.entry import Entry
from twofold.units import Day, Pain, When, days_between

STRENGTH: dict[str, float] = {"mild": 2.0, "medium": 5.0, "strong": 8.0}
MOST_RATINGS = 500
MOST_STILL = 500
NEAR_DAYS = 1
"""An end may come so many days after the last word without another question."""

LONG = dt.timedelta(hours=72)
"""From here on the books ask for a look at it the same day (ICHD-3 1.4.1)."""


@dataclass(frozen=True)
class Kept:
    """An attack with the entry that holds it."""

    entry: Entry
    attack: Attack

    @property
    def id(self) -> str:
        """The id of its entry."""
        return self.entry.id


def kept_of(entries: Sequence[Entry]) -> tuple[Kept, ...]:
    """Return the attacks among entries, the newest first; what cannot be read is left out."""
    found = [Kept(one, attack) for one in entries if (attack := attack_of(one))]
    return tuple(sorted(found, key=lambda one: _order(one.attack.onset), reverse=True))


def attack_of(entry: Entry | None) -> Attack | None:
    """Return the attack in an entry, ``None`` when it holds none."""
    if entry is None or entry.body is None:
        return None
    try:
        found: Attack = build(Attack, entry.body)
    except UnfitError:
        return None
    return found


def when_of(moment: dt.datetime) -> When:
    """Return a moment as the person lived it: local day and time, and the offset."""
    offset = moment.utcoffset()
    assert offset is not None, "a moment needs its zone"
    plain = moment.replace(microsecond=0, tzinfo=None)
    return When(plain.date(), plain.time(), round(offset.total_seconds() / 60))


def moment_of(when: When) -> dt.datetime | None:
    """Return the instant, where the time and its offset are known."""
    if when.time is None or when.offset_minutes is None or not isinstance(when.day, dt.date):
        return None
    zone = dt.timezone(dt.timedelta(minutes=when.offset_minutes))
    return dt.datetime.combine(when.day, when.time, zone)


def begun(moment: dt.datetime) -> Attack:
    """Return an attack that begins now; nothing else is known of it yet."""
    return Attack(when_of(moment), is_running=True)


def rated(attack: Attack, rating: PainRating) -> Attack:
    """Return the attack with one more rating, in order of time."""
    every = sorted((*attack.pain, rating), key=lambda one: _order(one.when))
    return replace(attack, pain=tuple(every[-MOST_RATINGS:]))


def rating(pain: float, moment: dt.datetime) -> PainRating:
    """Return how strong the pain is at a moment."""
    return PainRating(when_of(moment), Pain(pain))


def ended(attack: Attack, end: When) -> Attack:
    """Return the attack as over.

    Raises
    ------
    RecordError
        When it would end before it began.
    """
    return replace(attack, end=end, is_running=False)


def closed(attack: Attack, last: Day) -> Attack:
    """Return the attack as over since a moment that nobody knows.

    Parameters
    ----------
    last : date or int
        The last day of which something was said that shows it: a dose that says so is kept as
        a word about that day, so that no later dose is ever counted into a closed attack.
    """
    if days_between(last_day_of(attack), last) > 0:
        attack = still_there(attack, When(last))
    return replace(attack, end=None, is_running=False)


def over_at(attack: Attack, end: When, last: Day) -> Attack:
    """Return the attack as over: at this moment if it is near the last word, else at none known.

    One tap never makes days into headache days of which nobody said anything.

    Parameters
    ----------
    last : date or int
        The last day of which something was said that shows it.

    Raises
    ------
    RecordError
        When it would end before it began.
    """
    if days_between(last, end.day) > NEAR_DAYS:
        return closed(attack, last)
    return ended(attack, end)


def still_there(attack: Attack, moment: When) -> Attack:
    """Return the attack with one more word that it was still there."""
    every = sorted({*attack.still, moment}, key=_order)
    return replace(attack, still=tuple(every[-MOST_STILL:]))


def reopened(attack: Attack, moment: When) -> Attack:
    """Return the attack as still going on; that it lasted until its end stays said."""
    until = attack if attack.end is None else still_there(attack, attack.end)
    return still_there(replace(until, end=None, is_running=True), moment)


def last_strength(attack: Attack) -> str | None:
    """Return the word that fits the last rating; ``None`` when there is none, or no pain."""
    level = float(attack.pain[-1].pain) if attack.pain else 0.0
    if level == 0:
        return None
    return "mild" if level < 4 else "medium" if level < 7 else "strong"


def is_long(attack: Attack, now: dt.datetime) -> bool:
    """Return whether it has been running for more than 72 hours, as far as is known."""
    began = moment_of(attack.onset)
    return bool(attack.is_running) and began is not None and now - began > LONG


def _order(when: When) -> tuple[str, str]:
    """Return what moments sort by: the instant where it is known, else the local words."""
    moment = moment_of(when)
    if moment is not None:
        told = moment.astimezone(dt.UTC)
        return told.date().isoformat(), told.time().isoformat()
    return str(when.day), when.time.isoformat() if when.time else ""
