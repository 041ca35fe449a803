"""An invented diary to look at: nobody's days, the same at every start, gone at the end."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twofold.diary.headache import Attack, FreeDay, PainRating
from twofold.diary.medication import Dose
from twofold.diary.mood import MoodNote
from twofold.diary.plain import to_plain
from twofold.diary.rhythm import DayRating, Sleep
from twofold.store.entry import Change
from twofold.units import Hours, Pain, Quantity, Span, When

if TYPE_CHECKING:
    from twofold.app.web.house import House

DAYS = 120
LABEL = "Sample (invented)"
TEN = Span(0, 10)


def fill(house: House) -> None:
    """Make a store with an invented diary in it; its passphrase is random and kept nowhere."""
    house.begin(secrets.token_urlsafe(32))
    assert house.store is not None
    person = house.store.add_person(LABEL)
    now = house.clock()
    house.store.write(person.id, list(changes(now)), received=now)


def changes(now: dt.datetime) -> Iterator[Change]:
    """Yield what an invented person wrote in the days before ``now``; some days are left open."""
    dice = random.Random(20)
    for ago in range(DAYS, 0, -1):
        day = now.date() - dt.timedelta(days=ago)
        if dice.random() < 0.15:  # nobody writes every day
            continue
        at = dt.datetime.combine(day, dt.time(21, 10), dt.UTC)
        for kind, record in _day(day, dice):
            yield Change(str(uuid.uuid4()), str(uuid.uuid4()), kind, to_plain(record), at, "UTC")


def _day(day: dt.date, dice: random.Random) -> Iterator[tuple[str, Any]]:
    night = round(min(max(dice.gauss(7.1, 1.0), 3), 11) * 4) / 4
    mood = min(max(round(dice.gauss(5.5, 1.8)), 0), 10)
    yield "sleep", Sleep(day, Hours(night))
    yield "mood_note", MoodNote(When(day, dt.time(21, 0), 0), "mood", mood, TEN, "high")
    yield "energy", DayRating(day, min(max(mood + dice.randint(-2, 2), 0), 10), TEN)
    yield "stress", DayRating(day, min(max(10 - mood + dice.randint(-3, 2), 0), 10), TEN)
    if dice.random() < (0.35 if night < 6 else 0.2):
        yield from _attack(day, dice)
    else:
        yield "free_day", FreeDay(day)


def _attack(day: dt.date, dice: random.Random) -> Iterator[tuple[str, Any]]:
    begun, lasted = dice.randint(6, 13), dice.randint(3, 9)
    onset, end = When(day, dt.time(begun, 0), 0), When(day, dt.time(begun + lasted, 30), 0)
    pain = PainRating(onset, Pain(dice.randint(4, 9)))
    yield "attack", Attack(onset, end, is_running=False, pain=(pain,))
    if dice.random() < 0.6:
        taken = When(day, dt.time(begun, 45), 0)
        yield "dose", Dose(taken, "sumatriptan", "acute", Quantity(50, "mg"), 1)
