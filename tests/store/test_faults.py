"""The store against faults, a little of each; ``make faults`` does the same thousands of times.

Each campaign opens the store after the fault and compares it with what was acknowledged.
It ends with 1 when anything was lost, doubled, torn, altered, unwell, or told without a
remedy, and a control that must lose entries ends with 1 when it loses none.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import not_run
from faults import disk, trace
from faults.cluster import programs

TRACED = ("power", "control", "full-disk", "failing-disk")


def rows(root: Path, campaign: str) -> list[dict[str, object]]:
    command = (sys.executable, "bench/faults", "--small", "--json", campaign)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("campaign", "faults"),
    [
        ("kills", 50),
        ("power", 500),
        ("full-disk", 8),
        ("failing-disk", 8),
        ("damage", 50),
        ("postgres", 12),
        ("postgres-server", 2),
        ("crowd", 100),
        ("clocks", 150),
    ],
)
def test_no_acknowledged_entry_is_lost_by(campaign: str, faults: int, root: Path) -> None:
    needs(campaign)
    found = rows(root, campaign)
    assert sum(int(str(row["number"])) for row in found) >= faults
    assert sum(int(str(row["acked"])) for row in found) > 0


def test_a_store_that_syncs_too_seldom_is_caught_losing_entries(root: Path) -> None:
    needs("control")
    (found,) = rows(root, "control")
    assert int(str(found["lost"])) > 0


def needs(campaign: str) -> None:
    if campaign in TRACED and shutil.which("strace") is None:
        not_run("needs the package strace")
    if campaign.startswith("postgres") and programs() is None:
        not_run("needs PostgreSQL (the package postgresql)")


# The disk of the power-loss campaign, by hand: what may be there after a cut?


def images(ops: list[trace.Op]) -> set[str]:
    """Every disk that the four certain fates leave, as words."""
    made = disk.Disk()
    for op in ops:
        made.apply(op)
    return {words(made.image(fate, disk.random.Random(0))) for fate in disk.FATES[:4]}


def words(image: disk.Image) -> str:
    return ", ".join(f"{name}={(content or b'').decode()}" for name, content in image.items())


def create(name: str) -> list[trace.Op]:
    return [trace.Op("create", name, file=1), trace.Op("write", file=1, data=b"new")]


FILE, FOLDER = trace.Op("sync", file=1), trace.Op("sync")


@pytest.mark.parametrize(
    ("ops", "may_be_there"),
    [
        (create("a"), {"", "a=", "a=new"}),
        ([*create("a"), FILE], {"", "a=new"}),
        ([*create("a"), FOLDER], {"a=", "a=new"}),
        ([*create("a"), FILE, FOLDER], {"a=new"}),
        ([*create("a"), FILE, FOLDER, trace.Op("rename", "a", "b")], {"a=new", "b=new"}),
        ([*create("a"), FOLDER, trace.Op("rename", "a", "b"), FOLDER], {"b=", "b=new"}),
        ([*create("a"), FILE, FOLDER, trace.Op("remove", "a")], {"", "a=new"}),
        ([*create("a"), FILE, FOLDER, trace.Op("size", file=1)], {"a=", "a=new"}),
    ],
)
def test_a_power_cut_leaves_only_what_was_synced_for_sure(
    ops: list[trace.Op], may_be_there: set[str]
) -> None:
    assert images(ops) == may_be_there


def test_the_log_of_a_real_program_is_read_whole(tmp_path: Path) -> None:
    needs("power")
    base, log = tmp_path / "base", tmp_path / "log"
    base.mkdir()
    script = (
        "import os, shutil, sys; a, b, c, d = (os.path.join(sys.argv[1], x) for x in 'abcd')\n"
        "open(a, 'wb').write(b'hello'); os.rename(a, b); shutil.copyfile(b, c)\n"
        "f = os.open(c, os.O_RDWR); os.unlink(c); os.pwrite(f, b'J', 0); os.fsync(f)\n"
        "os.mkdir(d); open(d + '/e', 'w').write('x'); os.truncate(d + '/e', 0)"
    )
    command = (*trace.STRACE, "-o", str(log), sys.executable, "-S", "-c", script, str(base))
    if subprocess.run(command, capture_output=True).returncode != 0:
        not_run("strace may not trace here")
    with pytest.raises(trace.Unreadable, match="truncate"):
        trace.read(log, base, tmp_path / "said")
    log.write_text(re.sub(r".* truncate\(.*\n", "", log.read_text()))
    found = [op.what for op in trace.read(log, base, tmp_path / "said")]
    assert found == [
        *("create", "write", "rename", "create", "copy", "remove", "write", "sync"),
        *("folder", "create", "write"),
    ]
