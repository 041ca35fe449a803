"""What became of what earlier reviews said: forecasts against the days that came, claims against
what is said now. Everything in the log is counted; an unknown day is shown apart, never as calm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from twofold.report.report import (
    ClaimFate,
    Direction,
    Fate,
    ForecastFate,
    OutlookFate,
    Said,
    Verdict,
)

BIN_ENDS = (0, 20, 40, 60, 80, 100)
FOR: dict[Verdict, int] = {"possible": 1, "clear": 2}
AGAINST: Verdict = "unlikely"
TOMORROW = "tomorrow"
BURDEN = "burden"


Column = Mapping[str, bool | None]


@dataclass(frozen=True)
class Days:
    """What is known of each day now.

    Parameters
    ----------
    headache : mapping of str to bool or None
        By label, in order; ``None`` = not recorded.
    taken : mapping of str to (str, mapping)
        For the key of each count of medicine days: what the days are called,
        and whether the medicine was taken, as ``headache``.
    """

    headache: Column
    taken: Mapping[str, tuple[str, Column]] = field(default_factory=dict)

    @property
    def last(self) -> str:
        """The last day's label."""
        return list(self.headache)[-1]

    def counted(self, key: str) -> tuple[str, Column] | None:
        """Return what the days of a count ahead are called, and which they were."""
        return ("headache days", self.headache) if key == BURDEN else self.taken.get(key)

    def tell(self, label: str, column: Column) -> bool | str | None:
        """Return what came on a day; ``"ahead"`` where it has not come yet."""
        if label in column:
            return column[label]
        return "ahead" if _is_later(label, self.last) else None


def fate(said: Iterable[Said], days: Days, now: Sequence[Said]) -> Fate:
    """Return what became of everything that was said before.

    Parameters
    ----------
    said : iterable of Said
        The log of earlier reviews.
    days : Days
        What the diary tells today.
    now : sequence of Said
        What is said today; rows of this day or a later one in ``said`` are
        left out, for they are not earlier.

    Returns
    -------
    Fate
        Forecasts for one day by their chance, in five ranges; counts of days
        ahead one by one; claims once each, by the surest word that was used.
    """
    today = days.last
    earlier = [one for one in said if _is_later(today, one.shown_on)]
    return Fate(
        forecasts=tuple(_forecasts(earlier, days)),
        outlooks=tuple(_outlooks(earlier, days)),
        claims=tuple(_claims(earlier, now)),
    )


# --- forecasts against the days that came ---------------------------------------------------------


def _forecasts(said: Sequence[Said], days: Days) -> Iterator[ForecastFate]:
    rows = [one for one in said if one.key == TOMORROW and one.about and one.chance is not None]
    for place, (low, high) in enumerate(zip(BIN_ENDS, BIN_ENDS[1:], strict=False)):
        here = [one for one in rows if _bin(one.chance or 0.0) == place]
        if here:
            yield _forecast(low, high, here, days)


def _bin(chance: float) -> int:
    return min(int(chance // 20), len(BIN_ENDS) - 2)


def _forecast(low: int, high: int, rows: Sequence[Said], days: Days) -> ForecastFate:
    came = [days.tell(one.about, days.headache) for one in rows]
    counted = [one.chance or 0.0 for one, day in zip(rows, came, strict=True) if _is_known(day)]
    told = counted or [one.chance or 0.0 for one in rows]
    return ForecastFate(
        low=low,
        high=high,
        said=round(sum(told) / len(told), 1),
        known=len(counted),
        headaches=sum(day is True for day in came),
        unknown=sum(day is None for day in came),
        ahead=sum(day == "ahead" for day in came),
    )


def _is_known(day: bool | str | None) -> bool:
    return day is True or day is False


def _outlooks(said: Sequence[Said], days: Days) -> Iterator[OutlookFate]:
    for one in said:
        counted = days.counted(one.key)
        if counted and one.about and one.low is not None and one.high is not None:
            what, column = counted
            came = [days.tell(label, column) for label in _between(one.about, one.until)]
            yield _outlook(one, what, came, round(one.low), round(one.high))


def _outlook(
    said: Said, what: str, came: Sequence[bool | str | None], low: int, high: int
) -> OutlookFate:
    hits, unknown = sum(day is True for day in came), sum(day is None for day in came)
    ahead = sum(day == "ahead" for day in came)
    return OutlookFate(
        what=what,
        shown_on=said.shown_on,
        first=said.about,
        last=said.until,
        low=low,
        high=high,
        hits=hits,
        unknown=unknown,
        ahead=ahead,
        place=_place(hits, hits + unknown + ahead, low, high),
    )


def _place(least: int, most: int, low: int, high: int) -> Literal[
    "inside", "below", "above", "open"
]:  # fmt: skip
    if most < low:
        return "below"
    if least > high:
        return "above"
    return "inside" if low <= least and most <= high else "open"


# --- claims against what is said now --------------------------------------------------------------


def _claims(said: Sequence[Said], now: Sequence[Said]) -> Iterator[ClaimFate]:
    today = {one.key: one for one in now}
    for rows in _by_claim(said).values():
        then = max(rows, key=lambda one: FOR.get(one.verdict, 0))
        yield _claim(then, today.get(then.key))


def _by_claim(said: Sequence[Said]) -> dict[tuple[str, bool, Direction], list[Said]]:
    """Gather the rows of one claim: what was said for it, and what was said against it."""
    rows: dict[tuple[str, bool, Direction], list[Said]] = {}
    for one in said:
        if one.verdict in FOR or one.verdict == AGAINST:
            rows.setdefault((one.key, one.verdict in FOR, one.direction), []).append(one)
    return rows


def _claim(then: Said, now: Said | None) -> ClaimFate:
    return ClaimFate(
        key=then.key,
        question=then.question,
        first_said=then.shown_on,
        then=then.verdict,
        then_chance=then.chance,
        now=now.verdict if now else None,
        now_chance=now.chance if now and _is_of_the_same(then, now) else None,
        fate=_word(then, now),  # type: ignore[arg-type]
    )


def _is_of_the_same(then: Said, now: Said) -> bool:
    """Whether both chances are of one thing: a course's chance of "more" is not that of help."""
    is_course = then.key.startswith(("course.", "mood.course."))
    return not is_course or (then.direction == "more") == (now.direction == "more")


def _word(then: Said, now: Said | None) -> str:
    if now is None or _turned(then, now):
        return "withdrawn"
    if then.verdict == now.verdict:
        return f"still {now.verdict}"
    if then.verdict not in FOR or now.verdict not in FOR:
        return "withdrawn"
    return "clearer" if FOR[now.verdict] > FOR[then.verdict] else "weaker"


def _turned(then: Said, now: Said) -> bool:
    """Whether the claim now goes the other way; a log of the first kind did not say which."""
    return {then.direction, now.direction} == {"more", "fewer"} and then.verdict in FOR


# --- days by their labels -------------------------------------------------------------------------


def day_after(label: str, days: int = 1) -> str:
    """Return the label of a later day.

    >>> day_after("2012-12-31"), day_after("day 12", 28)
    ('2013-01-01', 'day 40')
    """
    if label.startswith("day "):
        return f"day {int(label[4:]) + days}"
    return (dt.date.fromisoformat(label) + dt.timedelta(days)).isoformat()


def day_number(label: str) -> int:
    """Return a label's place among labels of its kind.

    Raises
    ------
    ValueError
        When it is neither an ISO date nor a day in words.

    >>> day_number("day 12"), day_number("0001-01-02")
    (12, 2)
    """
    if label.startswith("day "):
        return int(label[4:])
    return dt.date.fromisoformat(label).toordinal()


def _is_later(label: str, other: str) -> bool:
    """Whether a day comes after another; a date and a day in words cannot be compared."""
    if label.startswith("day ") != other.startswith("day "):
        return False
    return day_number(label) > day_number(other)


def _between(first: str, last: str) -> Iterator[str]:
    return (day_after(first, days) for days in range(day_number(last) - day_number(first) + 1))
