"""What the writers write: the same from the same numbers, so that a checker knows it by heart."""

from __future__ import annotations

import datetime as dt
import functools
import random
import uuid
from collections.abc import Iterable
from typing import Any

from twofold.store.entry import Change

SEED = 20260401
START = dt.datetime(2025, 1, 6, 7, 0, tzinfo=dt.UTC)
PASSPHRASES = ("a lamp in the third window", "nine grey herons at low tide", "the last tram sings")
WORDS = (
    "light",
    "neck",
    "rain",
    "slept",
    "tea",
    "😶‍🌫️",
    "שלום",
    "naïve",
    "ﬁ",
    "0000-00-00",
    "'; --",
)


@functools.lru_cache(maxsize=50_000)
def group(number: int, person: str, *, seed: int = SEED) -> tuple[Change, ...]:
    """Return the changes of one write: one to four, now and then a long one, now and then undone."""
    rng = random.Random(f"{seed}/{number}")
    slots = rng.sample(range(number + 4), rng.choice((1, 1, 2, 4)))
    bodies: list[tuple[int, dict[str, Any] | None]] = [(slot, _body(slot, rng)) for slot in slots]
    if rng.random() < 0.15:
        bodies.append((slots[0], None))
    return tuple(
        _change(number, place, slot, body, person, seed)
        for place, (slot, body) in enumerate(bodies)
    )


def _change(
    number: int, place: int, slot: int, body: dict[str, Any] | None, person: str, seed: int
) -> Change:
    return Change(
        id=name(f"change {seed}/{number}/{place}/{person}"),
        entry=name(f"entry {person}/{slot}"),
        kind="note" if slot % 2 else "food",
        body=body,
        at=START + dt.timedelta(minutes=number),
        zone="Europe/Berlin",
        device="bench",
    )


def _body(slot: int, rng: random.Random) -> dict[str, Any]:
    day = (START + dt.timedelta(days=slot % 400)).date().isoformat()
    length = rng.choice((3, 8, 20, 900 if rng.random() < 0.2 else 40))
    text = " ".join(rng.choices(WORDS, k=length))
    return {"day": day, "text": text} if slot % 2 else {"day": day, "line": text, "gut": None}


def name(text: str) -> str:
    """Return the id that always goes with these words."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def entries(changes: Iterable[Change]) -> dict[str, dict[str, Any] | None]:
    """Return what these changes add up to, in their order."""
    found: dict[str, dict[str, Any] | None] = {}
    for change in changes:
        found[change.entry] = None if change.body is None else dict(change.body)
    return found
