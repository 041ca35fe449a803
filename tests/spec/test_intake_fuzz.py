"""Whatever bytes arrive: a diary, or one of Twofold's own sentences; never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from twofold.errors import TwofoldError
from twofold.intake.read import read

CASES = Path(__file__).resolve().parent.parent / "cases" / "should_fail"
SEEDS = {
    "diary.csv": "daily.toml",
    "times.csv": "times.toml",
    "attacks.csv": "attacks.toml",
    "cycle.csv": "cycle.toml",
    "courses.csv": "courses.toml",
    "native.json": None,
}
SOUND = {
    "diary.csv": b"date,headache,mood,tablets,hours,note\n"
    + b"".join(
        b"2025-06-%02d,%d,6,%d,7.5,a note\n" % (day, day % 4, day % 2) for day in range(1, 20)
    ),
    "times.csv": b"date,time,mood,slept\n02.06.2025,09:00,4,5\n02.06.2025,12:00,4,5\n",
    "attacks.csv": b"start,end,offset,pain,amount,unit\n2025-06-01 10:00,2025-06-01 14:00,120,6,50,mg\n",
    "cycle.csv": b"cycle,day,item,score\n1,-1,20,3\n1,4,20,2\n2,-1,20,3\n",
    "courses.csv": b"start,name,end,headache\n2025-06-01,first,2025-06-30,2\n",
    "native.json": (CASES / "attack_reversed.json").read_bytes(),
}
BITES = (
    b"\x00", b"\xff", b'"', b",", b";", b"\n", b"\r", b"\t", b"-", b"9" * 30, b"NaN", b"1e999", b"{",
    b"[", b"}", b"null", b"\xef\xbb\xbf", b"\xc3\xa9", b"0001", b"9999-12-31", b"=", b"'", b"\\u0000",
    b"\\ud800", b"true", b"1e-400", b"\xe2\x88\x92", b"\xd9\xa3", b"2025-02-30", b"-0",
)  # fmt: skip


def _survives(path: Path, mapping: Path | None) -> None:
    try:
        read(path, mapping)
    except TwofoldError as error:
        assert str(error)


def _mutated(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(data) + 1)
        stop = min(len(data), start + rng.choice((0, 0, 1, 1, 3, 12, 60)))
        piece = rng.choice((rng.choice(BITES), data[rng.randrange(len(data) + 1) :][:20], b""))
        data = data[:start] + piece + data[stop:]
    return data


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_gives_a_diary_or_a_sentence(tmp_path, name):
    rng = random.Random(20250601)
    mapping = CASES / SEEDS[name] if SEEDS[name] else None
    path = tmp_path / name
    for _ in range(220):
        path.write_bytes(_mutated(SOUND[name], rng))
        _survives(path, mapping)


@pytest.mark.parametrize("mapping", ["daily.toml", "attacks.toml", "cycle.toml", "courses.toml"])
def test_a_damaged_mapping_gives_a_diary_or_a_sentence(tmp_path, mapping):
    rng = random.Random(20250602)
    data = mapping.replace(".toml", ".csv").replace("daily", "diary")
    (tmp_path / data).write_bytes(SOUND[data])
    path = tmp_path / mapping
    for _ in range(110):
        path.write_bytes(_mutated((CASES / mapping).read_bytes(), rng))
        _survives(tmp_path / data, path)


@pytest.mark.parametrize("name", ["diary.csv", "native.json"])
def test_random_bytes_give_a_sentence(tmp_path, name):
    rng = random.Random(20250603)
    mapping = CASES / SEEDS[name] if SEEDS[name] else None
    path = tmp_path / name
    for _ in range(120):
        path.write_bytes(rng.randbytes(rng.randint(0, 400)))
        _survives(path, mapping)
