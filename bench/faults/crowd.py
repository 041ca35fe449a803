"""Many at once: eight programs that write to one diary, or make it, or erase from it."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from faults import living, plan
from faults.campaign import Result, progress, turns
from faults.child import Child
from faults.looking import Seen, look, opened
from faults.telling import Teller, Told, heard
from twofold.errors import TwofoldError
from twofold.store import opening
from twofold.store.entry import Change

WRITERS = 8


def crowd(small: bool, folder: Path) -> list[Result]:
    """Have eight programs do the same at the same time."""
    return [
        _writers(10 if small else 150, folder / "writers"),
        _one_entry(3 if small else 30, folder / "entry"),
        _makers(2 if small else 20, folder / "makers"),
        _erasers(1 if small else 12, folder / "erasers"),
    ]


def _begin(base: Path) -> None:
    base.mkdir(parents=True)
    child = Child(living.begins, base, base / "said", words=base / "words").go()
    assert child.wait() == 0, child.last_words


def _all(children: list[Child], seen: Seen) -> None:
    for child in children:
        child.go()
    for child in children:
        if child.wait(600) != 0:
            seen.unclear += 1
            seen.says.append("a program died: " + child.last_words[-160:])


def _joined(base: Path, files: list[Path]) -> Told:
    """Return what all of them told; the makers of the store first."""
    told = heard(base / "said")
    for file in files:
        for line in file.read_bytes().split(b"\n")[:-1]:
            told.hear(line)
    return told


def _writers(each: int, base: Path) -> Result:
    _begin(base)
    seen = Seen()
    files = [base / f"said-{one}" for one in range(WRITERS)]
    _all(
        [
            Child(writes, base, file, one, each, words=base / f"words-{one}")
            for one, file in enumerate(files)
        ],
        seen,
    )
    told = _joined(base, files)
    seen.add(look(base / "home", told))
    _count_errors(told, seen)
    if len(told.acked) != each * WRITERS:
        seen.says.append(f"only {len(told.acked)} of {each * WRITERS} writes were kept")
        seen.unclear += 1
    more = f"{WRITERS} programs; they open, write {each} times and close."
    how = f"{WRITERS} programs write to one diary at the same time, two people in turn"
    return Result("concurrent writers", how, each * WRITERS, "writes", seen, more=[more])


def writes(base: Path, said: Path, which: int, each: int) -> None:
    """Be one of many writers; now and then open anew, change the ring or look."""
    teller, told = Teller(said), heard(base / "said")
    store = opened(base / "home", told)
    for number in range(each):
        living.try_to_write(store, teller, told.author(number), number, 5000 + which)
        if number % 50 == 49:
            living.add_person(store, teller, f"guest {which}")
            store.close()
            store = opened(base / "home", told)
    store.close()


def _count_errors(told: Told, seen: Seen) -> None:
    seen.unclear += len(told.errors)
    seen.says += told.errors[:3]


def _one_entry(rounds: int, base: Path) -> Result:
    """All change the same entry, each having seen the same version: one wins, all are kept."""
    _begin(base)
    seen, told = Seen(), heard(base / "said")
    person = told.people[0]
    done = 0
    for turn in turns(rounds):
        done += 1
        entry = plan.name(f"shared {turn}")
        store = opened(base / "home", told)
        first = _change(turn, -1, entry, None)
        store.write(person, [first], received=living.RECEIVED)
        store.close()
        _all(
            [
                Child(edits, base, turn, one, entry, first.id, person, words=base / f"words-{one}")
                for one in range(WRITERS)
            ],
            seen,
        )
        store = opened(base / "home", told)
        seen.add(_fair(store, person, entry, turn))
        store.close()
        progress(f"one entry: {turn + 1} of {rounds}", every=10)
    how = f"{WRITERS} programs change the same entry, each from the same version: one is kept, the others are kept apart"
    return Result("concurrent changes of one entry", how, done * WRITERS, "changes", seen)


def edits(base: Path, turn: int, which: int, entry: str, seen_head: str, person: str) -> None:
    store = opened(base / "home", heard(base / "said"))
    store.write(person, [_change(turn, which, entry, seen_head)], received=living.RECEIVED)
    store.close()


def _change(turn: int, which: int, entry: str, base: str | None) -> Change:
    at = plan.START + dt.timedelta(minutes=turn)
    body = {"day": at.date().isoformat(), "text": f"version {which}"}
    return Change(plan.name(f"shared {turn} {which}"), entry, "note", body, at, base=base)


def _fair(store: opening.Store, person: str, entry: str, turn: int) -> Seen:
    found = Seen(acked=WRITERS + 1)
    with store.engine.connect() as connection:
        asked = sa.text("SELECT id, outcome FROM change WHERE entry = :entry")
        rows = connection.execute(asked, {"entry": entry}).all()
    outcomes = Counter(row.outcome for row in rows)
    found.lost = WRITERS + 1 - len({row.id for row in rows})
    found.doubled = len(rows) - len({row.id for row in rows})
    apart = [one for one in store.conflicts(person) if one.entry.id == entry]
    if outcomes != {"kept": 2, "conflict": WRITERS - 1} or len(apart) != WRITERS - 1:
        found.wrong += 1
        found.says.append(f"round {turn}: {dict(outcomes)}, {len(apart)} conflicts shown")
    return found


def _makers(rounds: int, base: Path) -> Result:
    """All make the diary in the same empty folder: one succeeds, the others are told."""
    seen = Seen()
    done = 0
    for turn in turns(rounds):
        done += 1
        place = base / str(turn)
        place.mkdir(parents=True)
        files = [place / f"said-{one}" for one in range(WRITERS)]
        _all(
            [
                Child(makes, place, file, words=place / f"words-{one}")
                for one, file in enumerate(files)
            ],
            seen,
        )
        made = [file for file in files if heard(file).is_made]
        if len(made) != 1:
            seen.wrong += 1
            seen.says.append(f"{len(made)} programs made the same diary")
        for file in made[:1]:
            told = heard(file)
            told.errors = [one for other in files for one in heard(other).errors]
            seen.add(look(place / "home", told))
            _count_errors(told, seen)
    how = f"{WRITERS} programs make a diary in the same empty folder: one does, the others are told"
    return Result("concurrent creation", how, done * WRITERS, "creations", seen)


def makes(base: Path, said: Path) -> None:
    teller = Teller(said)
    try:
        store = living.create(base / "home", teller)
    except Exception as error:
        teller.failed(
            "other", "create", f"{type(error).__name__}: {error}", isinstance(error, TwofoldError)
        )
        return
    person = living.add_person(store, teller, "Ada")
    for number in range(3):
        living.write(store, teller, person, number)
    store.close()


def _erasers(rounds: int, base: Path) -> Result:
    """One erases a person while the others write to them: none of it may stay."""
    _begin(base)
    seen, rng = Seen(), random.Random(3)
    done = 0
    for turn in turns(rounds):
        done += 1
        told = heard(base / "said")
        store = opened(base / "home", told)
        person = living.add_person(store, Teller(base / "said"), f"guest {turn}")
        store.close()
        files = [base / f"said-{turn}-{one}" for one in range(4)]
        children = [
            Child(
                writes_to_one,
                base,
                file,
                person,
                7000 + turn * 4 + one,
                words=base / f"words-{one}",
            )
            for one, file in enumerate(files)
        ]
        eraser = Child(
            erases_soon, base, base / "said", person, rng.random() * 0.1, words=base / "words"
        )
        _all([*children, eraser], seen)
        told = _joined(base, files)
        _count_errors(told, seen)
        seen.add(_gone(base, told, person))
        progress(f"erased while written to: {turn + 1} of {rounds}", every=10)
    how = "one program erases a person while four others write to that person"
    return Result("erasing under writers", how, done, "erasures", seen)


def writes_to_one(base: Path, said: Path, person: str, seed: int) -> None:
    teller, told = Teller(said), heard(base / "said")
    store = opened(base / "home", told)
    for number in itertools.count():
        if number > 400 or not living.try_to_write(store, teller, person, number, seed):
            break
    store.close()


def erases_soon(base: Path, said: Path, person: str, after: float) -> None:
    import time

    store = opened(base / "home", heard(said))
    time.sleep(after)
    living.erase(store, Teller(said), person)
    store.close()


def _gone(base: Path, told: Told, person: str) -> Seen:
    found = look(base / "home", told)
    store = opened(base / "home", told)
    with store.engine.connect() as connection:
        left = [
            connection.scalar(
                sa.text(f"SELECT count(*) FROM {table} WHERE person = :p"), {"p": person}
            )
            for table in ("change", "entry", "settled")
        ]
    store.close()
    if any(left):
        found.wrong += 1
        found.says.append(f"rows of an erased person are still there: {left}")
    return found
