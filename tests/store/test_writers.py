"""Many programs write at once: every acknowledged entry is there once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from store.entries import PASSPHRASE, QUICK

from twofold.store.opening import create, open_store

WRITERS, EACH = 8, 5
WRITER = """
import datetime as dt, sys, uuid
from pathlib import Path
from twofold.store.entry import Change
from twofold.store.opening import open_store

folder, passphrase, address, person, shared, number = sys.argv[1:]
now = dt.datetime.now(dt.UTC)
with open_store(Path(folder), passphrase, database=address) as store:
    for turn in range(int(number)):
        change = Change(str(uuid.uuid4()), str(uuid.uuid4()), "note", {"day": "2026-11-20", "text": "x"}, now)
        same = Change(str(uuid.uuid4()), shared, "note", {"day": "2026-11-20", "text": change.id}, now)
        for written in store.write(person, [change, same], received=now):
            print(written.change, written.outcome, flush=True)
"""


@pytest.mark.parametrize("where", ["an encrypted file", "PostgreSQL"])
def test_eight_writers_lose_nothing_and_double_nothing(
    folder: Path, fresh_database: Callable[[], str], where: str
) -> None:
    address = fresh_database() if where == "PostgreSQL" else ""
    store, _ = create(folder, PASSPHRASE, database=address, cost=QUICK)
    with store:
        person = store.add_person("Ada").id
    shared = "00000000-0000-4000-8000-000000000001"
    arguments = [str(folder), PASSPHRASE, address, person, shared, str(EACH)]
    told = [line for one in [started(arguments) for _ in range(WRITERS)] for line in finished(one)]
    assert len(told) == len(set(told)) == WRITERS * EACH * 2
    assert all(line.endswith(" kept") for line in told)
    with open_store(folder, PASSPHRASE, database=address) as store:
        assert store.check().is_well
        assert len(store.entries(person)) == WRITERS * EACH + 1
        assert store.entry(person, shared).versions == WRITERS * EACH
        assert {one.id for one in store.history(person, shared)} < {
            line.split()[0] for line in told
        }


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
