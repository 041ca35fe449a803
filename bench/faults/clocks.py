"""Clocks that jump, and days of 23, 25 or no hours: order and ids hold, nothing is lost."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from faults import plan
from faults.campaign import Result, turns
from faults.looking import CHEAP, Seen
from twofold.store import opening
from twofold.store.entry import Change
from twofold.store.store import Store

SEED = 1967
HOUR = dt.timedelta(hours=1)
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "UTC",
)  # fmt: skip
# Clocks go forward, go back, go by half an hour; a day that Samoa left out; a leap day.
TURNS = (
    (2026, 3, 29), (2026, 10, 25), (2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4),
    (2011, 12, 29), (2011, 12, 31), (2028, 2, 29), (2026, 12, 31),
)  # fmt: skip
JUMPS = (
    -HOUR,
    HOUR,
    dt.timedelta(days=365),
    dt.timedelta(days=-365),
    dt.timedelta(seconds=-1),
    dt.timedelta(),
)


def clocks(small: bool, folder: Path) -> list[Result]:
    """Write with a clock that jumps, and ask for everything back, also after reopening."""
    number, seen = (200 if small else 3000), Seen()
    store, _ = opening.create(folder / "home", plan.PASSPHRASES[0], cost=CHEAP)
    person = store.add_person("Ada", zone="Europe/Berlin").id
    written: list[Change] = []
    rng = random.Random(SEED)
    for change, received in moments(number, rng):
        told = store.write(
            person, [change, *rng.choices(written, k=1 if written else 0)], received=received
        )
        written.append(change)
        if [one.outcome for one in told] != ["kept", "known"][: len(told)]:
            seen.wrong += 1
            seen.says.append(f"written {told}")
    for _ in range(2):
        _compare(store, person, written, seen)
        store.close()
        store = opening.open_store(folder / "home", plan.PASSPHRASES[0])
    health = store.check()
    seen.unwell += not health.is_well
    seen.says += () if health.is_well else health.says[:2]
    store.close()
    how = (
        "the clock jumps back an hour or a year, forward a year, changes zone, meets each turn of "
        "daylight saving; every change is also sent again later"
    )
    return [Result("clock jumps", how, len(written), "changes", seen)]


def moments(number: int, rng: random.Random) -> Iterator[tuple[Change, dt.datetime]]:
    """Give changes in the order of writing, at moments that are in no order."""
    now = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
    for count in turns(number):
        if rng.random() < 0.3:
            year, month, day = rng.choice(TURNS)
            now = dt.datetime(year, month, day, tzinfo=dt.UTC) + rng.randrange(-26, 50) * HOUR / 2
        now += rng.choice(JUMPS) + dt.timedelta(microseconds=rng.choice((0, 0, 1, 999_999)))
        now = min(
            max(now, dt.datetime(2000, 1, 2, tzinfo=dt.UTC)), dt.datetime(2089, 1, 1, tzinfo=dt.UTC)
        )
        zone = rng.choice(ZONES)
        at = now.astimezone(ZoneInfo(zone))
        entry = plan.name(f"clock entry {rng.randrange(count // 3 + 1)}")
        body = (
            None
            if rng.random() < 0.05
            else {"day": at.date().isoformat(), "text": f"{count} {zone}"}
        )
        received = now + rng.choice(JUMPS)
        yield Change(plan.name(f"clock {count}"), entry, "note", body, at, zone), received


def _compare(store: Store, person: str, written: list[Change], seen: Seen) -> None:
    seen.acked += len(written)
    by_entry: dict[str, list[Change]] = {}
    for change in written:
        by_entry.setdefault(change.entry, []).append(change)
    for entry, changes in by_entry.items():
        found = store.history(person, entry)
        _one_history([_key(one) for one in changes], [_key(one) for one in found], seen)
    entries = store.entries(person, with_out=True)
    heads = {one.id: (one.head, one.body, one.versions) for one in entries}
    expected = {e: (cs[-1].id, cs[-1].body, len(cs)) for e, cs in by_entry.items()}
    if heads != expected or len(entries) != len(heads):
        seen.wrong += 1
        seen.says.append("the entries are not the ones that were written last")
    days = [(one.day is not None, one.day or dt.date.min, one.at) for one in entries]
    if days != sorted(days):
        seen.wrong += 1
        seen.says.append("the entries are not in the order of their days and moments")


def _key(change: Change) -> tuple[object, ...]:
    # As UTC: Python calls no two zones' times equal in an hour that comes twice (PEP 495).
    at = change.at.astimezone(dt.UTC)
    return change.id, at, change.at.utcoffset(), change.zone, change.body


def _one_history(expected: list[object], found: list[object], seen: Seen) -> None:
    if expected != found:
        seen.lost += len([one for one in expected if one not in found])
        seen.doubled += len(found) - len(set(map(repr, found)))
        seen.wrong += 1
        seen.says.append("a history is not what was written, in its order")
