"""How long a diary may be before one of its days must be wrong."""

from __future__ import annotations

from twofold.diary.diary import Diary
from twofold.diary.reading import Reading as Reading
from twofold.diary.reading import Unread as Unread
from twofold.errors import ReadError
from twofold.units import days_between

LONGEST_DIARY_DAYS = 120 * 366
"""A diary longer than a life has a wrong date in it."""


def check_length(diary: Diary, source: str) -> None:
    """Refuse a diary that is longer than a life: one of its days is wrong.

    Raises
    ------
    ReadError
        When more than 120 years lie between the first and the last day.
    """
    if days_between(diary.first_day, diary.last_day) > LONGEST_DIARY_DAYS:
        raise ReadError(
            f"the diary would run from {diary.first_day} to {diary.last_day}, more than 120 years.",
            where=source,
            remedy="One of these two days is wrong; correct it and read again.",
        )
