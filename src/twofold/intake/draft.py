"""A diary while it is being read: one draft for each person, finished into a frozen diary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twofold.diary.diary import Conventions, Diary, Origin
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import FreeDay
from twofold.diary.medication import Course, DoseChange
from twofold.intake.cells import CellError
from twofold.intake.mapping import DoseSteps, Factor
from twofold.units import Day, Quantity, When, day_after


@dataclass
class FactorValues:
    """One factor's values: (moment, level, place where it holds) in the order of the file."""

    rule: Factor
    table_days: set[Day]
    values: list[tuple[When, float, str | None]] = field(default_factory=list)


@dataclass
class Draft:
    """What has been read of one person so far.

    ``days`` are all days of the stretch, ``entered`` those with an entry, ``once``
    the answers that are taken once a day, with the line they came from.
    """

    person: str
    days: set[Day] = field(default_factory=set)
    entered: set[Day] = field(default_factory=set)
    asked: set[Day] = field(default_factory=set)
    free: set[Day] = field(default_factory=set)
    records: dict[str, list[Any]] = field(default_factory=dict)
    once: dict[tuple[str, Day], tuple[object, str]] = field(default_factory=dict)
    steps: dict[str, tuple[DoseSteps, dict[Day, float]]] = field(default_factory=dict)
    factors: dict[str, FactorValues] = field(default_factory=dict)
    table_days: dict[str, set[Day]] = field(default_factory=dict)

    def add(self, name: str, record: object) -> None:
        """Append a record to one of the diary's lists."""
        self.records.setdefault(name, []).append(record)

    def is_first_today(
        self, key: str, day: Day, answer: object, *, column: str, place: str
    ) -> bool:
        """Say whether an answer that is repeated over a day stands here for the first time.

        Raises
        ------
        CellError
            When the day already has a different answer; the first one stays.
        """
        if (key, day) not in self.once:
            self.once[key, day] = (answer, place)
            return True
        before, where = self.once[key, day]
        if before != answer:
            reason = f"differs from the same day's answer in {where}; that one stays."
            raise CellError(column, reason)
        return False

    def finish(self, conventions: Conventions, origin: Origin) -> Diary:
        """Return the diary of the days that were read (at least one)."""
        factors = [entry for values in self.factors.values() for entry in self._factor(values)]
        courses = [one for rule, steps in self.steps.values() for one in _courses(rule, steps)]
        return Diary(
            self.person,
            min(self.days),
            max(self.days),
            free_days=tuple(FreeDay(day) for day in _sorted(self.free)),
            asked_acute_days=tuple(_sorted(self.asked)),
            courses=tuple(self.records.pop("courses", []) + courses),
            factors=tuple(sorted(factors, key=_moment_order)),
            attested_days=tuple(_sorted(self.entered)),
            conventions=conventions,
            origin=origin,
            **{name: tuple(records) for name, records in self.records.items()},
        )

    def _factor(self, found: FactorValues) -> list[FactorEntry]:
        rule = found.rule
        if rule.daily == "each":
            entries = [_entry(rule, when, level) for when, level, _ in found.values]
        else:
            entries = _by_day(rule, found.values)
        days = {entry.when.day for entry in entries}
        return entries + [_entry(rule, When(day), 0.0) for day in self._zero_days(found) - days]

    def _zero_days(self, found: FactorValues) -> set[Day]:
        if found.rule.absent == "zero_if_any_entry":
            return self.entered
        return found.table_days if found.rule.absent == "zero_if_table_entry" else set()


_COMBINED: dict[str, Callable[[list[float]], float]] = {
    "mean": lambda levels: sum(levels) / len(levels),
    "max": max,
    "min": min,
    "sum": sum,
    "count": len,
    "last": lambda levels: levels[-1],
}


def _by_day(rule: Factor, values: list[tuple[When, float, str | None]]) -> list[FactorEntry]:
    levels: dict[Day, list[float]] = {}
    places: dict[Day, str | None] = {}
    for when, level, place in values:
        levels.setdefault(when.day, []).append(level)
        places[when.day] = place
    today = {day: _COMBINED[rule.daily](found) for day, found in levels.items()}
    if rule.change is None:
        return [_entry(rule, When(day), level) for day, level in today.items()]
    sign = 1 if rule.change == "rise" else -1
    entries = []
    for day, level in today.items():
        before = day_after(day, -1)
        if before in today and (rule.same is None or places[before] == places[day]):
            entries.append(_entry(rule, When(day), sign * (level - today[before])))
    return entries


def _entry(rule: Factor, when: When, level: float) -> FactorEntry:
    return FactorEntry(when, rule.name, float(level), rule.unit, rule.claim)


def _courses(rule: DoseSteps, steps: dict[Day, float]) -> list[Course]:
    """Return the courses in a column of daily doses; a 0 ends one on the day before."""
    courses: list[Course] = []
    changes: list[DoseChange] = []
    for day in _sorted(set(steps)):
        amount = steps[day]
        if amount == (changes[-1].daily.value if changes else 0):
            continue
        changes.append(DoseChange(day, Quantity(amount, rule.unit)))
        if amount == 0:
            courses.append(_course(rule, changes, day_after(day, -1), first=not courses))
            changes = []
    if changes:
        courses.append(_course(rule, changes, None, first=not courses))
    return courses


def _course(rule: DoseSteps, changes: list[DoseChange], end: Day | None, *, first: bool) -> Course:
    earlier = rule.started_earlier if first else None
    return Course(rule.name, changes[0].day, end, rule.purpose, tuple(changes), earlier)


def _sorted(days: set[Day]) -> list[Day]:
    return sorted(days)


def _moment_order(entry: FactorEntry) -> tuple[str, int, str]:
    day = entry.when.day
    number = day if isinstance(day, int) else day.toordinal()
    return entry.name, number, str(entry.when.time or "")
