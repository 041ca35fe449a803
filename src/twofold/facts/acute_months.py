"""Months of acute medicine: days by family with bounds, from answers, a list by day, or a diary.

A day counts once for each family, however much was taken on it. A day of which
nothing is known may have been one: it raises the most, never the least.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.facts.counting import count
from twofold.facts.shelf import Taking, shelf, taking
from twofold.knowledge.load import rows
from twofold.knowledge.medicine import counted_in, families

LONGEST_MONTH = 31
HEADACHE, TOTAL, UNKNOWN = "headache", "total", "unknown"
ASPIRIN = "aspirin"
UNNAMED = "unnamed_painkiller"
_PART = re.compile(r"^(?P<word>.*\S)\s*[:= ]\s*(?P<days>\d+(?:\.\d+)?)\s*(?:days?)?$")
_DAY_LINE = re.compile(r"^(?:day )?(?P<day>\d{4}-\d\d-\d\d|\d+)\s*[: ]\s*(?P<words>.+)$", re.I)


@cache
def rule(name: str) -> int:
    """Return one of the numbers that hold for every family (``families.toml``)."""
    return next(int(row["value"]) for row in rows("medicines", "rule") if row["id"] == name)


@dataclass(frozen=True)
class Bounds:
    """At least and at most so many days.

    ``is_mostly_known`` is false when under 80 % of the days are known: then
    only days that are known can decide, and only that a level is reached.
    """

    least: float
    most: float
    is_mostly_known: bool = True

    def reaches(self, level: float) -> bool | None:
        """Whether the days reach a level; ``None`` while unknown days could decide it."""
        if self.least >= level:
            return True
        return False if self.most < level and self.is_mostly_known else None


@dataclass(frozen=True)
class Month:
    """One month: days by family, days with any of them, and headache days.

    ``headache`` is ``None`` when nobody told it. A family that is absent was
    not told; it is not zero.
    """

    by_family: Mapping[str, Bounds] = field(default_factory=dict)
    total: Bounds = Bounds(0, LONGEST_MONTH)
    headache: Bounds | None = None


@dataclass(frozen=True)
class Months:
    """Months that follow each other, the newest first.

    Parameters
    ----------
    each : tuple of Month
    lasting : float or None
        For how many months it has been as in the newest one, where the person
        described a usual month; ``None`` where that was not told.
    is_usual : bool
        Whether ``each`` is one usual month instead of months one by one.
    is_complete : bool
        Whether a family that was not told was not taken: a list, or a told total.
    not_counted : tuple of str
        What was named and belongs to no family.
    """

    each: tuple[Month, ...]
    lasting: float | None = None
    is_usual: bool = False
    is_complete: bool = True
    not_counted: tuple[str, ...] = ()


def months_of(answers: Answers) -> Months:
    """Return the months of a case: by day, by month, or as a usual month.

    Raises
    ------
    RecordError
        When a name is not known, a line cannot be read, or numbers contradict.
    """
    if answers["intakes"]:
        return _by_day(answers)
    if answers["acute_by_month"] or answers["mhd_by_month"]:
        return _by_month(answers)
    told, left = _told(answers)
    month = _month(told, answers)
    headache = _told_days(_number(answers, "mhd"), answers)
    return Months(
        (replace(month, headache=headache),),
        lasting=_number(answers, "months"),
        is_usual=True,
        is_complete=TOTAL in told or bool(answers["acute_days"]),
        not_counted=left,
    )


def months_of_table(table: DayTable) -> Months:
    """Return a diary's last 30 days and the months before them, as far as they are whole.

    Parameters
    ----------
    table : DayTable
        ``acute.*`` and ``headache`` are read; an unknown day stays unknown.
    """
    taken = families_of_table(table)
    size = rule("window_days")
    stops = range(len(table), size - 1, -size) if len(table) >= size else (len(table),)
    found = [_window(table, taken, max(0, stop - size), stop) for stop in stops]
    return Months(tuple(found))


def any_acute_of(taken: Mapping[str, Column], days: int) -> Column:
    """Return the days with any family that counts together (8.2.6): yes, no, or unknown."""
    together = [column for name, column in taken.items() if _is_in_total(name)]
    return _any_of(together) if together else np.full(days, np.nan)


def families_of_table(table: DayTable) -> dict[str, Column]:
    """Return the columns by family; a medicine that the tables do not list has no name here."""
    grouped: dict[str, list[Column]] = {}
    for name, column in table.family("acute"):
        grouped.setdefault(name if name in families() else UNNAMED, []).append(column)
    return {name: _any_of(columns) for name, columns in grouped.items()}


def _any_of(columns: list[Column]) -> Column:
    stack = np.stack(columns)
    known = ~np.isnan(stack).any(axis=0)
    return np.where((stack == 1).any(axis=0), 1.0, np.where(known, 0.0, np.nan))


def _is_in_total(name: str) -> bool:
    return families()[name].counts_in_total


def _window(table: DayTable, taken: Mapping[str, Column], start: int, stop: int) -> Month:
    headache = _counted(table["headache"][start:stop])
    if not taken:
        return Month(headache=headache)
    return Month(
        {name: _counted(column[start:stop]) for name, column in taken.items()},
        _counted(any_acute_of(taken, len(table))[start:stop]),
        headache,
    )


def _counted(column: Column) -> Bounds:
    days = count(column)
    missing = max(0, rule("window_days") - days.days)
    known = 100 * days.known >= rule("known_percent") * (days.days + missing)
    return Bounds(days.hits, days.most + missing, known)


# --- A case: one usual month, or months one by one ---


def _by_month(answers: Answers) -> Months:
    lines, headaches = _words(answers, "acute_by_month"), _words(answers, "mhd_by_month")
    if lines and headaches and len(lines) != len(headaches):
        raise RecordError(
            f"{len(lines)} months of medicine and {len(headaches)} of headache days do not match.",
            where="mhd_by_month",
            remedy="List the same months in both.",
        )
    left: tuple[str, ...] = ()
    found = []
    for i in range(max(len(lines), len(headaches))):
        told, rest = _told_in(lines[i], "acute_by_month") if lines else _told(answers)
        left += rest
        if headaches:
            told[HEADACHE] = [_days(headaches[i], "mhd_by_month")]
        found.append(_with_headache(_month(told, answers), told, answers))
    return Months(
        tuple(reversed(found)),
        is_complete=bool(lines) or TOTAL in _told(answers)[0],
        not_counted=tuple(dict.fromkeys(left)),
    )


def _with_headache(month: Month, told: Mapping[str, list[float]], answers: Answers) -> Month:
    days = told[HEADACHE][0] if told.get(HEADACHE) else _number(answers, "mhd")
    return replace(month, headache=_told_days(days, answers))


def _told(answers: Answers) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    """Return the days by family of a usual month, and what belongs to no family."""
    told, left = _told_in(", ".join(_words(answers, "acute_days")), "acute_days")
    for name in families():
        days = _number(answers, f"days_{name}")
        if days is not None:
            told.setdefault(name, []).append(days)
    total = _number(answers, "acute_days_total")
    if total is not None:
        told[TOTAL] = [total]
    if _number(answers, "days_gepant") is not None:
        left += ("gepant",)
    return told, left


def _told_in(line: str, where: str) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    """Read "headache 16, sumatriptan 11, total 12, unknown 2"."""
    told: dict[str, list[float]] = {}
    left: list[str] = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;]", line))):
        word, days = _word_and_days(part, where)
        names = _families_of_word(word, where)
        left += [word] if not names else []
        for name in names:
            told.setdefault(name, []).append(days)
    return told, tuple(left)


def _word_and_days(part: str, where: str) -> tuple[str, float]:
    read = _PART.match(part)
    if read is None:
        raise RecordError(
            f"'{part[:60]}' does not say on how many days.",
            where=where,
            remedy="Write the name and the days, as in: sumatriptan 4.",
        )
    return read["word"], _days(read["days"], where)


def _days(word: str, where: str) -> float:
    try:
        days = float(word)
    except ValueError:
        days = -1.0
    if not 0 <= days <= LONGEST_MONTH:
        raise RecordError(
            f"a month cannot have '{word[:60]}' such days.",
            where=where,
            remedy=f"Give a number from 0 to {LONGEST_MONTH}.",
        )
    return days


def _families_of_word(word: str, where: str) -> tuple[str, ...]:
    plain = word.casefold().replace(" ", "_")
    if plain in (HEADACHE, TOTAL, UNKNOWN) or plain in families():
        return (plain,)
    return _known_taking(word, where).families


def _known_taking(word: str, where: str) -> Taking:
    """Return the taking of a known name, or raise the error with its suggestions."""
    found = taking(word)
    return found if found is not None else shelf([word], where=where).takings[0]


def _month(told: Mapping[str, list[float]], answers: Answers) -> Month:
    apart = answers["on_different_days"] is True
    unknown = sum(told.get(UNKNOWN, [])) or (_number(answers, "unknown_days") or 0.0)
    kept = {
        name: days
        for name, days in told.items()
        if name in families() and not (name == ASPIRIN and answers["aspirin_to_thin_blood"])
    }
    by_family = {
        name: _sum(_days_within(name, kept), unknown, is_apart=apart)
        for name in families()
        if _days_within(name, kept)
    }
    return Month(by_family, _total(told, kept, unknown, is_apart=apart))


def _days_within(name: str, kept: Mapping[str, list[float]]) -> list[float]:
    """Return what was told of a family and of the narrower ones inside it."""
    return [day for narrow, days in kept.items() if name in counted_in(narrow) for day in days]


def _sum(days: Iterable[float], unknown: float, *, is_apart: bool) -> Bounds:
    """Return the days with any of several: on the same days, or on days of their own."""
    each = list(days)
    least = sum(each) if is_apart else max(each, default=0.0)
    if least > LONGEST_MONTH:
        raise RecordError(
            f"{least:g} different days do not fit into one month.",
            where="on_different_days",
            remedy="Correct the days, or leave this answer out.",
        )
    most = min(LONGEST_MONTH, sum(each) + unknown)
    return Bounds(least, max(least, most), _is_mostly_known(unknown))


def _total(
    told: Mapping[str, list[float]],
    kept: Mapping[str, list[float]],
    unknown: float,
    *,
    is_apart: bool,
) -> Bounds:
    each = [day for name, days in kept.items() if _is_in_total(name) for day in days]
    least = _sum(each, 0.0, is_apart=is_apart)
    if not told.get(TOTAL):
        return _sum(each, unknown, is_apart=is_apart) if each else Bounds(0, LONGEST_MONTH)
    total = told[TOTAL][0]
    if total < least.least:
        raise RecordError(
            f"{total:g} days in all are fewer than the {least.least:g} days of one of them.",
            where="acute_days_total",
            remedy="Correct one of the two.",
        )
    return Bounds(total, min(LONGEST_MONTH, total + unknown), _is_mostly_known(unknown))


def _is_mostly_known(unknown: float) -> bool:
    window = rule("window_days")
    return 100 * (window - unknown) >= rule("known_percent") * window


# --- A case: medicines by day ---


def _by_day(answers: Answers) -> Months:
    by_day: dict[int, set[str]] = {}
    left: list[str] = []
    lines = [_day_line(line) for line in _words(answers, "intakes")]
    _refuse_mixed_days([day for day, _ in lines])
    for day, words in lines:
        taken = by_day.setdefault(_day_number(day), set())
        for word in words:
            names = _counted_families(word, answers)
            left += [] if names else [word]
            taken.update(wide for one in names for wide in counted_in(one))
    months = tuple(_list_months(by_day, answers, is_dated="-" in lines[0][0]))
    return Months(months, not_counted=tuple(dict.fromkeys(left)))


def _counted_families(word: str, answers: Answers) -> tuple[str, ...]:
    names = _known_taking(word, "intakes").families
    thins = answers["aspirin_to_thin_blood"] is True
    return tuple(one for one in names if not (thins and one == ASPIRIN))


def _day_line(line: str) -> tuple[str, list[str]]:
    read = _DAY_LINE.match(line.strip())
    if read is None:
        raise RecordError(
            f"'{line[:60]}' does not begin with a day.",
            where="intakes",
            remedy="Write the day and the medicine, as in: 3: sumatriptan.",
        )
    return read["day"], [one.strip() for one in read["words"].split(",") if one.strip()]


def _refuse_mixed_days(days: list[str]) -> None:
    if len({"-" in day for day in days}) > 1:
        raise RecordError(
            "some days are dates and some are numbers.",
            where="intakes",
            remedy="Write all of them as dates, or all as numbers from 1.",
        )


def _day_number(word: str) -> int:
    try:
        return dt.date.fromisoformat(word).toordinal() if "-" in word else int(word)
    except ValueError:
        raise RecordError(
            f"'{word[:60]}' is not a date.", where="intakes", remedy="Write it as 2025-06-30."
        ) from None


def _list_months(
    by_day: Mapping[int, set[str]], answers: Answers, *, is_dated: bool
) -> Iterator[Month]:
    """Give months of 30 days back from the last day that the list covers."""
    size, headaches = rule("window_days"), _words(answers, "mhd_by_month")[::-1]
    first = min(by_day) if is_dated else min(1, *by_day)
    covered = _covered(max(by_day) - first + 1, answers)
    names = set().union(*by_day.values())
    unknown = max(0, size - covered) + (_number(answers, "unknown_days") or 0.0)
    for i in range(max(1, covered // size)):
        stop = first + covered - i * size
        within = [taken for day, taken in by_day.items() if stop - size <= day < stop]
        days = _number(answers, "mhd")
        if headaches:
            days = _days(headaches[i], "mhd_by_month") if i < len(headaches) else None
        yield replace(_day_month(within, names, unknown), headache=_told_days(days, answers))


def _covered(spread: int, answers: Answers) -> int:
    """Return how many days the list covers: as told, or up to its last day."""
    told = _number(answers, "days_covered")
    if told is not None and told < spread:
        raise RecordError(
            f"the list covers {told:g} days, but its last day is day {spread}.",
            where="days_covered",
            remedy="Correct one of the two.",
        )
    return spread if told is None else int(told)


def _day_month(within: list[set[str]], names: set[str], unknown: float) -> Month:
    return Month(
        {name: _seen(sum(name in taken for taken in within), unknown) for name in sorted(names)},
        _seen(sum(any(map(_is_in_total, taken)) for taken in within), unknown),
    )


def _seen(days: int, unknown: float) -> Bounds:
    return Bounds(days, min(LONGEST_MONTH, days + unknown), _is_mostly_known(unknown))


def _told_days(days: float | None, answers: Answers) -> Bounds | None:
    if days is None:
        return None
    unknown = _number(answers, "unknown_days") or 0.0
    return Bounds(days, min(LONGEST_MONTH, days + unknown), _is_mostly_known(unknown))


def _number(answers: Answers, name: str) -> float | None:
    value = answers[name]
    return float(value) if isinstance(value, int | float) else None


def _words(answers: Answers, name: str) -> tuple[str, ...]:
    value = answers[name]
    return value if isinstance(value, tuple) else ()
