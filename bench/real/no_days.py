"""Sets that hold no days in order: nothing can be forecast from them, and nothing is tried."""

from __future__ import annotations

from pathlib import Path

from real.people import RealSet

SETS = (
    RealSet(
        "shd_park2016_undated",
        "63 people, 4,578 diary days with symptoms and named causes",
        no_days="the days are not in time order, so that no day has a tomorrow",
    ),
    RealSet(
        "trials_small",
        "a trial of acupuncture (headache score), two trials in depression",
        no_days="scores at a few visits, not days",
    ),
    RealSet(
        "medstudents_phq9_gad7",
        "783 students, questionnaires",
        no_days="each person answered once",
    ),
)


def read(data: Path) -> tuple[RealSet, ...]:
    missing = [one.folder for one in SETS if not (data / one.folder).is_dir()]
    if missing:
        raise FileNotFoundError(f"{', '.join(missing)} not in {data}")
    return SETS
