"""Before a dose: what is known warns, what nobody wrote about is counted and named."""

from __future__ import annotations

import datetime as dt

import pytest

from twofold.diary.diary import Diary
from twofold.diary.medication import Dose
from twofold.pipeline import before_dose
from twofold.units import When

TODAY = dt.date(2026, 11, 22)


def kept(triptan_days: int, known_days: int) -> Diary:
    """So many of the last days with a triptan, among so many of which medicine is known."""
    days = [TODAY - dt.timedelta(back) for back in range(1, known_days + 1)]
    doses = tuple(Dose(When(day), "sumatriptan", "acute") for day in days[:triptan_days])
    first = TODAY - dt.timedelta(max(known_days, 1))
    return Diary("you", first, TODAY, doses=doses, asked_acute_days=tuple(days))


@pytest.mark.parametrize(
    ("triptan_days", "known_days", "is_warned"),
    [
        (0, 0, False),
        (1, 1, False),
        (6, 10, False),
        (7, 7, True),
        (9, 9, True),
        (9, 29, True),
        (7, 29, True),
        (6, 29, False),
        (5, 25, True),
    ],
    ids=[
        "a new diary",
        "its second day",
        "day 7, and 20 unknown days",
        "8 days of triptan, nothing else known",
        "10 days of triptan, nothing else known",
        "day 10, all known",
        "day 8, all known",
        "day 7, all known",
        "day 6, and 4 unknown days could make it 10",
    ],
)
def test_known_days_warn_and_unknown_days_alone_only_where_most_are_known(
    triptan_days: int, known_days: int, is_warned: bool
) -> None:
    (family,) = before_dose(kept(triptan_days, known_days), "sumatriptan", today=TODAY)
    assert (family.warning is not None) is is_warned
    assert (family.days.hits, family.days.days) == (triptan_days, 30)
    assert family.days.known == known_days
