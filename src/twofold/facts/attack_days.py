"""Which days an attack makes headache days: what was said of it, never what silence may mean.

An attack whose end is known lasts until then. One without an end lasts until the last
day of which something was said: a pain rating above 0, "it is still there", or a dose
for an attack taken while it ran. Between two such days every day counts, unless the
person said of one between them that there was no headache. A day of which only ratings
of 0 are told is not known to be a headache day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from twofold.diary.headache import Attack, FreeDay
from twofold.diary.medication import Dose
from twofold.facts.medication import is_acute
from twofold.units import Day, day_after, days_between

DOSE_WITHIN = 2
"""Days after the last word about a running attack on which a dose for an attack is of it.

Two days on, ``headache.ATTACK_RULE`` begins a new attack; a project rule.
"""

Days = frozenset[Day]
NONE: Days = frozenset()


def known_days(
    attacks: Sequence[Attack], doses: Iterable[Dose], free_days: Iterable[FreeDay]
) -> tuple[Days, ...]:
    """Return the days on which each attack makes a headache known, in the order of the attacks.

    Parameters
    ----------
    attacks : sequence of Attack
        All of them: a dose belongs to the one that began last.
    doses : iterable of Dose
        What was taken; only medicine for an attack says something here.
    free_days : iterable of FreeDay
        The days of which the person said that there was no headache.
    """
    taken = frozenset(dose.when.day for dose in doses if is_acute(dose))
    free = frozenset(one.day for one in free_days)
    first = min((one.onset.day for one in attacks), key=_number, default=0)
    began = sorted({days_between(first, one.onset.day) for one in attacks})
    found = []
    for attack in attacks:
        later = bisect_right(began, days_between(first, attack.onset.day))
        before = day_after(first, began[later]) if later < len(began) else None
        found.append(days_of(attack, doses=taken, free=free, before=before))
    return tuple(found)


def days_of(
    attack: Attack, *, doses: Days = NONE, free: Days = NONE, before: Day | None = None
) -> Days:
    """Return the days on which one attack makes a headache known.

    Parameters
    ----------
    doses, free : frozenset of Day
        Days with medicine for an attack, and days said to be without headache.
    before : date or int, optional
        The day on which the next attack began: from then on doses belong to that one.
    """
    onset = attack.onset.day
    strongest = _strongest(attack)
    still = {n for one in attack.still if (n := days_between(onset, one.day)) >= 0}
    said = {0} | still | {n for n, pain in strongest.items() if n >= 0 and pain > 0}
    if attack.end is not None:
        span = set(range(days_between(onset, attack.end.day) + 1))
    else:
        until = None if before is None else days_between(onset, before)
        was_taken = _holds(onset, doses if attack.is_running else NONE, until)
        is_free = _holds(onset, free)
        span = _joined(_with_doses(said, was_taken, is_free), is_free)
    rated_0 = {n for n, pain in strongest.items() if pain == 0} - still
    calm = {n for n in rated_0 & span if day_after(onset, n) not in doses}
    return frozenset(day_after(onset, n) for n in span - calm)


def last_day_of(attack: Attack, days: Days | None = None) -> Day:
    """Return the last day of which something was said that shows the attack.

    Parameters
    ----------
    days : frozenset of Day, optional
        Its days, where the doses are known (``known_days``). Default: from the attack alone.
    """
    onset = attack.onset.day
    told = days_of(attack) if days is None else days
    return day_after(onset, max((days_between(onset, day) for day in told), default=0))


Holds = Callable[[int], bool]
"""Whether a day, counted from the onset, is among some days."""


def _holds(onset: Day, days: Days, until: int | None = None) -> Holds:
    def holds(n: int) -> bool:
        try:
            return (until is None or n < until) and day_after(onset, n) in days
        except OverflowError:
            return False  # no calendar has such a day

    return holds if days else lambda n: False


def _strongest(attack: Attack) -> dict[int, float]:
    """Return the strongest rating of each day, counted from the onset."""
    found: dict[int, float] = {}
    for rating in attack.pain:
        n = days_between(attack.onset.day, rating.when.day)
        found[n] = max(found.get(n, 0.0), rating.pain)
    return found


def _with_doses(said: set[int], was_taken: Holds, is_free: Holds) -> set[int]:
    """Return the days with those added on which a dose followed close enough."""
    found = set(said)
    for start in sorted(said):
        at: int | None = start
        while at is not None:
            at = _next_dose(at, was_taken, is_free)
            found |= set() if at is None else {at}
    return found


def _next_dose(at: int, was_taken: Holds, is_free: Holds) -> int | None:
    for n in range(at + 1, at + 1 + DOSE_WITHIN):
        if is_free(n):
            return None
        if was_taken(n):
            return n
    return None


def _joined(days: set[int], is_free: Holds) -> set[int]:
    """Return the days with those between them, but for a stretch in which one is free."""
    ordered, found = sorted(days), set(days)
    for first, last in zip(ordered, ordered[1:], strict=False):
        between = range(first + 1, last)
        if not any(is_free(n) for n in between):
            found |= set(between)
    return found


def _number(day: Day) -> int:
    return day if isinstance(day, int) else day.toordinal()
