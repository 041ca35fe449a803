"""One real person (Kossakowski 2017): the table is built here by hand, from the raw reports."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from twofold.daytable import DayTable
from twofold.inference.answer import find
from twofold.inference.finding import Findings, Pair
from twofold.knowledge.load import claims

HIGHER_IS_BETTER = ("relaxed", "satisfi", "enthus", "cheerf", "strong")
HIGHER_IS_WORSE = ("irritat", "suspic", "doubt")  # 1 to 7
AROUND_ZERO = ("down", "lonely", "anxious", "guilty")  # -3 to 3


@pytest.fixture(scope="module")
def found(root: Path) -> Findings:
    return find(table(root / "examples" / "kossakowski2017" / "ESMdata.csv"), claims())


def table(path: Path) -> DayTable:
    """Headache day: highest report 3 of 7 or more. Low mood: mean of "down" at 0.5 or more."""
    with path.open(encoding="utf-8", newline="") as file:
        reports = list(csv.DictReader(file))
    dates = [dt.datetime.strptime(row["date"], "%d/%m/%y").date() for row in reports]
    first, days = min(dates), (max(dates) - min(dates)).days + 1
    at = np.array([(date - first).days for date in dates])

    def each_day(item: str, how: str) -> np.ndarray:
        values = np.array(
            [np.nan if row[item] in ("NA", "") else float(row[item]) for row in reports]
        )
        out = np.full(days, np.nan)
        for day in range(days):
            held = values[(at == day) & np.isfinite(values)]
            if len(held):
                out[day] = held.max() if how == "max" else held.mean()
        return out

    worst = each_day("phy_headache", "max")
    headache = np.where(np.isnan(worst), np.nan, (worst >= 3).astype(float))
    down = each_day("mood_down", "mean")
    moods = [(each_day(f"mood_{one}", "mean") - 1) / 0.6 for one in HIGHER_IS_BETTER]
    moods += [10 - (each_day(f"mood_{one}", "mean") - 1) / 0.6 for one in HIGHER_IS_WORSE]
    moods += [10 - (each_day(f"mood_{one}", "mean") + 3) / 0.6 for one in AROUND_ZERO]
    dated = [first + dt.timedelta(day) for day in range(days)]
    columns = {
        "headache": headache,
        "entered": np.isfinite(headache).astype(float),
        "mood": np.mean(moods, axis=0),
        "low_mood": np.where(np.isnan(down), np.nan, (down >= 0.5).astype(float)),
        "weekend": np.array([float(day.weekday() >= 5) for day in dated]),
        "season": np.array([2 * np.pi * day.timetuple().tm_yday / 365.25 for day in dated]),
    }
    return DayTable(columns, tuple(day.isoformat() for day in dated), True)


def test_the_counts_are_the_ones_that_can_be_counted_by_hand(found: Findings) -> None:
    after_low, after_headache, _ = found.coupling
    assert after_low.pair == Pair(5, 19, 27, 71)
    assert after_headache.pair == Pair(4, 32, 15, 58)
    assert after_low.onsets == 32


def test_low_mood_before_headache_is_not_claimed(found: Findings) -> None:
    harm = found.coupling[0]
    assert harm.verdict in ("undecided", "unlikely")
    assert harm.p_real is not None and harm.p_real < 0.14


def test_headache_before_low_mood_is_undecided_for_the_days_lean_the_other_way(
    found: Findings,
) -> None:
    assert found.coupling[1].verdict == "undecided"


def test_that_both_drift_is_said(found: Findings) -> None:
    assert found.coupling[0].trends_apart
