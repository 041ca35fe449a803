"""Twofold: one honest page about migraine and depression, from one person's own days.

>>> import twofold as tf
>>> report = tf.review(tf.read("examples/kossakowski2017"))
>>> report.coverage.known_headache_days
154
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "read": "twofold.intake.read",
    "Reading": "twofold.diary.reading",
    "review": "twofold.pipeline",
    "read_case": "twofold.intake.case_file",
    "Case": "twofold.diary.case",
    "Answers": "twofold.facts.answers",
    "learn_cohort": "twofold.pipeline",
    "read_cohort": "twofold.pipeline",
    "write_cohort": "twofold.pipeline",
    "Diary": "twofold.diary.diary",
    "Report": "twofold.report.report",
    "Attack": "twofold.diary.headache",
    "HeadacheRating": "twofold.diary.headache",
    "FreeDay": "twofold.diary.headache",
    "MoodNote": "twofold.diary.mood",
    "ScaleAnswer": "twofold.diary.mood",
    "Sleep": "twofold.diary.rhythm",
    "CycleDay": "twofold.diary.rhythm",
    "Dose": "twofold.diary.medication",
    "Course": "twofold.diary.medication",
    "FactorEntry": "twofold.diary.factors",
    "Conventions": "twofold.diary.diary",
    "When": "twofold.units",
    "Quantity": "twofold.units",
    "Span": "twofold.units",
    "Said": "twofold.report.report",
    "TwofoldError": "twofold.errors",
}

__all__ = [*_WHERE, "__version__"]

if TYPE_CHECKING:
    from twofold.diary.case import Case as Case
    from twofold.diary.diary import Conventions as Conventions
    from twofold.diary.diary import Diary as Diary
    from twofold.diary.factors import FactorEntry as FactorEntry
    from twofold.diary.headache import Attack as Attack
    from twofold.diary.headache import FreeDay as FreeDay
    from twofold.diary.headache import HeadacheRating as HeadacheRating
    from twofold.diary.medication import Course as Course
    from twofold.diary.medication import Dose as Dose
    from twofold.diary.mood import MoodNote as MoodNote
    from twofold.diary.mood import ScaleAnswer as ScaleAnswer
    from twofold.diary.reading import Reading as Reading
    from twofold.diary.rhythm import CycleDay as CycleDay
    from twofold.diary.rhythm import Sleep as Sleep
    from twofold.errors import TwofoldError as TwofoldError
    from twofold.facts.answers import Answers as Answers
    from twofold.intake.case_file import read_case as read_case
    from twofold.intake.read import read as read
    from twofold.pipeline import learn_cohort as learn_cohort
    from twofold.pipeline import read_cohort as read_cohort
    from twofold.pipeline import review as review
    from twofold.pipeline import write_cohort as write_cohort
    from twofold.report.report import Report as Report
    from twofold.report.report import Said as Said
    from twofold.units import Quantity as Quantity
    from twofold.units import Span as Span
    from twofold.units import When as When


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'twofold' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
