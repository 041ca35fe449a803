"""A diary whose rules name what it does not hold is refused in one sentence."""

from __future__ import annotations

import pytest

from twofold.diary.diary import Conventions, Diary, HeadacheDayRule, LowMoodDayRule
from twofold.diary.factors import FactorEntry
from twofold.diary.headache import HeadacheRating
from twofold.diary.medication import Course, DoseChange
from twofold.diary.mood import MoodNote
from twofold.errors import RecordError
from twofold.facts.facts import gather
from twofold.units import Quantity, Span, When

RULE = HeadacheDayRule("3 or more", at_least=3)
TEN = Span(0, 10)
RATING = HeadacheRating(When(1), 5, TEN)
NOTE = MoodNote(When(1), "calm", 5, TEN, "high")


def course(unit: str) -> Course:
    return Course("a", 1, changes=(DoseChange(1, Quantity(5, unit)),))


@pytest.mark.parametrize(
    ("diary", "sentence"),
    [
        (Diary("you", 1, 1, headache_ratings=(RATING,)), "from which rating a day counts"),
        (
            Diary(
                "you",
                1,
                1,
                headache_ratings=(RATING, HeadacheRating(When(1), 40, Span(0, 100))),
                conventions=Conventions(headache_day=RULE),
            ),
            "0 to 10 and 0 to 100",
        ),
        (
            Diary(
                "you",
                1,
                1,
                headache_ratings=(RATING,),
                conventions=Conventions(headache_day=HeadacheDayRule("99", at_least=99)),
            ),
            "outside 0 to 10",
        ),
        (
            Diary("you", 1, 1, mood_notes=(NOTE,), conventions=Conventions(mood_item="clam")),
            "no mood item is called 'clam'",
        ),
        (
            Diary(
                "you",
                1,
                1,
                mood_notes=(NOTE,),
                conventions=Conventions(low_mood_day=LowMoodDayRule("x", "down", 3, "low")),
            ),
            "no mood item is called 'down'",
        ),
        (
            Diary("you", 1, 1, factors=(FactorEntry(When(1), "x", 1, claim="nope"),)),
            "no claim is called 'nope'",
        ),
        (
            Diary(
                "you",
                1,
                1,
                factors=(
                    FactorEntry(When(1), "x", 1, claim="alcohol"),
                    FactorEntry(When(1), "x", 1),
                ),
            ),
            "two different factors are called 'x'",
        ),
        (Diary("you", 1, 1, courses=(course("mg"), course("g"))), "in mg and in g"),
    ],
)
def test_what_does_not_fit_is_named_with_a_remedy(diary: Diary, sentence: str) -> None:
    with pytest.raises(RecordError, match=sentence) as caught:
        gather(diary)
    assert caught.value.remedy
