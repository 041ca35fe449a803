"""Four people with migraine, 90 days: the days at risk of an attack, with yesterday's factors.

The file holds one row for each day at risk. Days between rows are those on
which an attack still ran, or nothing was written: the file does not say which.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from real.people import Person, RealSet
from twofold.daytable import Column, DayTable, FactorInfo

FOLDER = "n1coxeval_migraine_cases"
FACTORS = {
    "stress_global_lag1": FactorInfo("factor.stress", "stress", "stress_high"),
    "sleep_hours_lag1": FactorInfo("factor.hours slept", "hours slept", None),
    "caff_count_dif_lag1": FactorInfo("factor.change in caffeine", "change in caffeine", None),
}
Rows = list[dict[str, str]]


def read(data: Path) -> RealSet:
    people = (Person(name, _as_days(rows)) for name, rows in cases(data).items())
    return RealSet(FOLDER, "4 people with migraine, 90 days, days at risk only", tuple(people))


def cases(data: Path) -> dict[str, Rows]:
    """Return the rows of each person, in the order of the file."""
    found: dict[str, Rows] = defaultdict(list)
    with (data / FOLDER / "case_study_data.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found[f"{float(row['id']):g}"].append(row)
    return found


def risk_set(rows: Rows) -> DayTable:
    """Return a table in which every row of the file is one day at risk, as its authors took it.

    The file calls a day at risk also when the day before was one of an attack
    that had ended, or is not in it. Each row becomes a free day that holds the
    factors, the day of the outcome, and a day that nobody knows.
    """
    free = 3 * np.arange(len(rows))
    headache = np.full(3 * len(rows), np.nan)
    headache[free] = 0
    headache[free + 1] = [float(row["mig.ind"]) for row in rows]
    return _table(headache, rows, free)


def _as_days(rows: Rows) -> DayTable:
    """Return the days of the diary; those that the file leaves out are unknown."""
    days = np.array([int(float(row["day"])) for row in rows])
    headache = np.full(days.max() + 1, np.nan)
    headache[days] = [float(row["mig.ind"]) for row in rows]
    return _table(headache, rows, days - 1)


def _table(headache: Column, rows: Rows, factor_days: np.ndarray) -> DayTable:
    """Put yesterday's factors on the day on which they were so."""
    known = np.isfinite(headache).astype(float)
    columns = {"headache": headache, "headache_known": known, "entered": known}
    for name, info in FACTORS.items():
        column = np.full(len(headache), np.nan)
        column[factor_days] = [float(row[name]) for row in rows]
        columns[info.column] = column
    labels = tuple(f"day {i}" for i in range(len(headache)))
    return DayTable(columns, labels, is_dated=False, factors=tuple(FACTORS.values()))
