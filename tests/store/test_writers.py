"""Many programs write at once: every acknowledged entry is there once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from store.entries import PASSPHRASE, QUICK

from twofold.store.opening import create, open_store

WRITERS, EACH = 8, 5
WRITER = """
import datetime as dt, sys, uuid
from pathlib import Path
from twofold.store.entry import Change
from twofold.store.opening import open_store

passphrase, shared, number, *places = sys.argv[1:]
now = dt.datetime.now(dt.UTC)
for folder, address, person in zip(places[::3], places[1::3], places[2::3]):
    with open_store(Path(folder), passphrase, database=address) as store:
        for turn in range(int(number)):
            body = {"day": "2026-11-20", "text": str(turn)}
            own = Change(str(uuid.uuid4()), str(uuid.uuid4()), "note", body, now)
            same = Change(str(uuid.uuid4()), shared, "note", body, now)
            for written in store.write(person, [own, same], received=now):
                print(person, written.change, written.outcome, flush=True)
"""


def test_eight_programs_lose_nothing_and_double_nothing_on_either_database(
    tmp_path: Path, fresh_database: Callable[[], str]
) -> None:
    places = [begun(tmp_path / "file", ""), begun(tmp_path / "server", fresh_database())]
    shared = "00000000-0000-4000-8000-000000000001"
    arguments = [PASSPHRASE, shared, str(EACH), *(part for place in places for part in place)]
    writers = [started(arguments) for _ in range(WRITERS)]
    told = [line.split() for one in writers for line in finished(one)]
    assert {outcome for _, _, outcome in told} == {"kept"}
    for folder, address, person in places:
        kept = {change for whose, change, _ in told if whose == person}
        assert len(kept) == WRITERS * EACH * 2
        with open_store(Path(folder), PASSPHRASE, database=address) as store:
            assert store.check().is_well
            assert len(store.entries(person)) == WRITERS * EACH + 1
            assert store.entry(person, shared).versions == WRITERS * EACH
            written = {
                one.id for entry in store.entries(person) for one in store.history(person, entry.id)
            }
            assert written == kept


def begun(folder: Path, address: str) -> tuple[str, str, str]:
    with create(folder, PASSPHRASE, database=address, cost=QUICK)[0] as store:
        return str(folder), address, store.add_person("Ada").id


def started(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.splitlines()
