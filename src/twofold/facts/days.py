"""The day table of one diary: one row a day, the only thing statistics ever see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import pi

import numpy as np

from twofold.daytable import Column, DayTable, FactorInfo
from twofold.diary.diary import Diary
from twofold.diary.mood import ScaleAnswer
from twofold.diary.rhythm import DayRating
from twofold.errors import NeedsCalendar, RecordError
from twofold.facts import cycle, medication
from twofold.facts.attack_days import known_days
from twofold.facts.mood import score_answer
from twofold.knowledge.scale import scale_of
from twofold.units import Day, day_after, days_between


def day_table(diary: Diary, *, today: Day | None = None) -> DayTable:
    """Build the day table.

    Parameters
    ----------
    diary : Diary
        What the person wrote.
    today : date or int, optional
        The last row. Entries after it are left out; days up to it without an
        entry are unknown. Default: the diary's own last day.

    Returns
    -------
    DayTable
        ``nan`` wherever nothing was recorded.

    Raises
    ------
    NeedsCalendar
        When ``today`` is a date and the diary has none, or the other way round.
    """
    last = _last_row(diary, today)
    grid = _Grid(diary.first_day, days_between(diary.first_day, last) + 1)
    columns = _headache_columns(diary, grid, None)
    columns |= _mood_columns(diary, grid)
    columns |= _rhythm_columns(diary, grid)
    columns |= cycle.columns(diary, grid.size, grid.row)
    columns |= medication.columns(diary, grid.size, grid.row)
    columns |= _calendar_columns(diary, grid)
    columns["entered"] = grid.marks(diary.attested_days) + 0.0
    factor_columns, factors = _factor_columns(diary, grid, columns)
    return DayTable(columns | factor_columns, grid.labels(), diary.is_dated, factors)


LONGEST_DAYS = 120 * 366
"""A table longer than a life has a wrong day in it."""


def redrawn(table: DayTable, diary: Diary, at_least: float) -> DayTable:
    """Return the table as another line of the headache-day rule would make it.

    Parameters
    ----------
    at_least : float
        The rating, on the diary's own scale, from which a day would count.
    """
    grid = _Grid(diary.first_day, len(table))
    return replace(table, columns=table.columns | _headache_columns(diary, grid, at_least))


def _last_row(diary: Diary, today: Day | None) -> Day:
    if today is None:
        return diary.last_day
    if isinstance(today, int) is diary.is_dated:
        raise NeedsCalendar(
            "this diary has no dates, so today cannot be one."
            if not diary.is_dated
            else "this diary has dates, so today must be one.",
            remedy="Leave --today out." if not diary.is_dated else "Write it as 2025-06-30.",
        )
    if days_between(diary.first_day, today) < 0:
        raise NeedsCalendar(
            f"today ({today}) lies before the diary's first day ({diary.first_day}).",
            remedy="Choose a later day.",
        )
    if days_between(diary.first_day, today) > LONGEST_DAYS:
        raise RecordError(
            f"today ({today}) lies more than 120 years after the diary's first day.",
            remedy="Correct one of the two.",
        )
    return today


class _Grid:
    """Rows of the table: from a day to its row, and from records to columns."""

    def __init__(self, first: Day, size: int) -> None:
        self.first, self.size = first, size

    def row(self, day: Day) -> int | None:
        """Return the row of a day, or ``None`` when it lies outside the table."""
        row = days_between(self.first, day)
        return row if 0 <= row < self.size else None

    def empty(self) -> Column:
        return np.full(self.size, np.nan)

    def marks(self, days: Iterable[Day]) -> np.ndarray:
        marked = np.zeros(self.size, dtype=bool)
        for day in days:
            row = self.row(day)
            if row is not None:
                marked[row] = True
        return marked

    def daily(
        self, entries: Iterable[tuple[Day, float]], gather: Callable[[list[float]], float]
    ) -> Column:
        """Gather the day's entries into one number a day; no entry stays ``nan``."""
        by_row: dict[int, list[float]] = defaultdict(list)
        for day, level in entries:
            row = self.row(day)
            if row is not None:
                by_row[row].append(level)
        column = self.empty()
        for row, levels in by_row.items():
            column[row] = gather(levels)
        return column

    def labels(self) -> tuple[str, ...]:
        days = (day_after(self.first, i) for i in range(self.size))
        return tuple(
            d.isoformat() if isinstance(d, dt.date) else f"day {i + 1}" for i, d in enumerate(days)
        )


def _mean(levels: list[float]) -> float:
    return sum(levels) / len(levels)


def _headache_columns(diary: Diary, grid: _Grid, at_least: float | None) -> dict[str, Column]:
    headache = _attested_free(diary, grid)
    severity = grid.empty()
    _add_ratings(diary, grid, headache, severity, at_least)
    migraine = _add_attacks(diary, grid, headache, severity)
    migraine[headache == 0] = 0.0
    if diary.conventions.headache_means_migraine:
        migraine = headache.copy()
    return {
        "headache": headache,
        "headache_known": (~np.isnan(headache)).astype(float),
        "onset": onsets(headache),
        "migraine": migraine,
        "severity": severity,
    }


def _attested_free(diary: Diary, grid: _Grid) -> Column:
    headache = grid.empty()
    headache[grid.marks(free.day for free in diary.free_days)] = 0.0
    if diary.conventions.silence == "free_if_other_entries":
        rated = {rating.when.day for attack in diary.attacks for rating in attack.pain}
        silent = grid.marks(
            day
            for day in diary.attested_days
            if day not in rated and not _is_in_the_open(day, diary)
        )
        headache[silent] = 0.0
    return headache


def _is_in_the_open(day: Day, diary: Diary) -> bool:
    """Whether an attack was last written about as still running, so that silence says nothing."""
    return any(
        attack.is_running and days_between(attack.onset.day, day) > 0 for attack in diary.attacks
    )


def _add_ratings(
    diary: Diary, grid: _Grid, headache: Column, severity: Column, at_least: float | None
) -> None:
    if not diary.headache_ratings:
        return
    rule = diary.conventions.headache_day
    line = at_least if at_least is not None else (rule.at_least if rule else None)
    strongest = grid.daily(((r.when.day, r.level) for r in diary.headache_ratings), max)
    tens = grid.daily(((r.when.day, r.span.to_ten(r.level)) for r in diary.headache_ratings), max)
    rated = ~np.isnan(strongest)
    severity[rated] = tens[rated]
    if line is not None:
        headache[rated] = (strongest[rated] >= line).astype(float)


def _add_attacks(diary: Diary, grid: _Grid, headache: Column, severity: Column) -> Column:
    migraine = grid.empty()
    each = known_days(diary.attacks, diary.doses, diary.free_days)
    for attack, days in zip(diary.attacks, each, strict=True):
        known = grid.marks(days)
        headache[known] = 1.0
        if attack.kind == "migraine":
            migraine[known] = 1.0
        for rating in attack.pain:
            row = grid.row(rating.when.day)
            if row is not None:
                severity[row] = np.fmax(severity[row], rating.pain)
    return migraine


def onsets(headache: Column) -> Column:
    """Mark days on which a headache began: headache today, none yesterday.

    Parameters
    ----------
    headache : ndarray, shape (days,)
        1.0, 0.0 or nan.

    Returns
    -------
    ndarray, shape (days,)
        nan on a headache day whose yesterday is unknown, and on unknown days.
    """
    yesterday = np.concatenate([[np.nan], headache[:-1]])
    began = np.where(headache == 1, 1.0 - yesterday, headache)
    return np.asarray(began, dtype=float)


def _mood_columns(diary: Diary, grid: _Grid) -> dict[str, Column]:
    items: dict[str, list[tuple[Day, float]]] = defaultdict(list)
    for note in diary.mood_notes:
        ten = note.span.to_ten(note.level)
        items[note.item].append((note.when.day, ten if note.better == "high" else 10 - ten))
    columns = {f"mood_item.{item}": grid.daily(notes, _mean) for item, notes in items.items()}
    main = diary.conventions.mood_item
    if main is not None and main in items:
        columns["mood"] = columns[f"mood_item.{main}"]
    elif items:
        columns["mood"] = grid.daily((one for notes in items.values() for one in notes), _mean)
    return columns | _low_mood_column(diary, grid) | _scale_columns(diary, grid)


def _low_mood_column(diary: Diary, grid: _Grid) -> dict[str, Column]:
    rule = diary.conventions.low_mood_day
    if rule is None:
        return {}
    raw = grid.daily(
        ((n.when.day, n.level) for n in diary.mood_notes if n.item == rule.item), _mean
    )
    low = raw >= rule.line if rule.low_side == "high" else raw <= rule.line
    return {"low_mood": np.where(np.isnan(raw), np.nan, low.astype(float))}


def _scale_columns(diary: Diary, grid: _Grid) -> dict[str, Column]:
    totals: dict[str, list[tuple[Day, float]]] = defaultdict(list)
    for answer in diary.scale_answers:
        total = _scale_total(answer)
        if total is not None:
            totals[answer.scale].append((answer.when.day, total))
    return {f"scale.{scale}": grid.daily(rows, _mean) for scale, rows in totals.items()}


def _scale_total(answer: ScaleAnswer) -> float | None:
    """Return a questionnaire's total: as typed, or scored from its items where the tables can."""
    if answer.total is not None or scale_of(answer.scale) is None:
        return answer.total
    try:
        return score_answer(answer).total
    except RecordError:
        return None  # told among what was not scored


def _rhythm_columns(diary: Diary, grid: _Grid) -> dict[str, Column]:
    sleep = diary.sleep
    quality = (
        (s.day, s.quality_span.to_ten(s.quality))
        for s in sleep
        if s.quality is not None and s.quality_span is not None
    )
    columns = {
        "energy": grid.daily(_tens(diary.energy), _mean),
        "stress": grid.daily(_tens(diary.stress), _mean),
        "sleep_hours": grid.daily(
            ((s.day, s.duration) for s in sleep if s.duration is not None), sum
        ),
        "sleep_quality": grid.daily(quality, _mean),
        "sleep_efficiency": grid.daily(
            ((s.day, s.efficiency) for s in sleep if s.efficiency is not None), _mean
        ),
    }
    return {name: column for name, column in columns.items() if not np.isnan(column).all()}


def _tens(ratings: Iterable[DayRating]) -> Iterable[tuple[Day, float]]:
    return ((rating.day, rating.span.to_ten(rating.level)) for rating in ratings)


def _calendar_columns(diary: Diary, grid: _Grid) -> dict[str, Column]:
    if not isinstance(diary.first_day, dt.date):
        return {}
    days = [diary.first_day + dt.timedelta(i) for i in range(grid.size)]
    return {
        "weekend": np.array([float(day.weekday() >= 5) for day in days]),
        "season": np.array([2 * pi * day.timetuple().tm_yday / 365.25 for day in days]),
    }


def _factor_columns(
    diary: Diary, grid: _Grid, columns: dict[str, Column]
) -> tuple[dict[str, Column], tuple[FactorInfo, ...]]:
    """Turn every factor the same way round as its claim: more = what the claim names."""
    named: dict[str, list[tuple[Day, float]]] = defaultdict(list)
    claims: dict[str, str | None] = {}
    acute = {dose.name.casefold() for dose in diary.doses if dose.purpose != "preventive"}
    for entry in diary.factors:
        if entry.name.casefold() in acute or medication.is_acute_name(entry.name):
            continue  # acute medicine marks a headache; it is never a candidate
        named[entry.name].append((entry.when.day, entry.level))
        claims[entry.name] = entry.claim
    made = {name: grid.daily(rows, _mean) for name, rows in named.items()}
    infos = [FactorInfo(f"factor.{name}", name, claims[name]) for name in named]
    for name, claim, column in _built_in_factors(columns):
        if name not in made:
            made[name] = column
            infos.append(FactorInfo(f"factor.{name}", name, claim))
    return {f"factor.{name}": column for name, column in made.items()}, tuple(infos)


def _built_in_factors(columns: dict[str, Column]) -> Iterable[tuple[str, str, Column]]:
    """Give the factors that other columns already hold, as (label, claim, column)."""
    if "sleep_quality" in columns:
        yield "poor sleep", "sleep_quality_poor", 10 - columns["sleep_quality"]
    if "sleep_hours" in columns:
        yield "a short night", "sleep_short", -columns["sleep_hours"]
    if "sleep_efficiency" in columns:
        yield "low sleep efficiency", "sleep_efficiency_low", 100 - columns["sleep_efficiency"]
    if "stress" in columns:
        yield "high stress", "stress_high", columns["stress"]
        fall = np.concatenate([[np.nan], columns["stress"][:-1]]) - columns["stress"]
        yield "stress fell since yesterday", "stress_let_down", np.maximum(fall, 0.0)
    if "perimenstrual" in columns and np.nansum(columns["perimenstrual"]) > 0:
        yield "around the start of the period", "perimenstrual", columns["perimenstrual"]
