"""Whatever a case file holds: a case that every rule can read, or one plain sentence."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from twofold.errors import TwofoldError
from twofold.facts.answers import of_case
from twofold.facts.classification import classify
from twofold.facts.overuse import with_overuse
from twofold.facts.shelf import Shelf
from twofold.intake.case_file import read_case
from twofold.knowledge.field import by_name, fields
from twofold.safety.assess import assess

SOUND = (Path(__file__).resolve().parents[2] / "examples" / "case.json").read_bytes()
BITES = (
    b"\x00", b"\xff", b'"', b",", b":", b"\n", b"\r\n", b"\t", b"-", b"9" * 30, b"9" * 5000, b"NaN",
    b"1e999", b"-Infinity", b"{", b"[", b"]", b"}", b"null", b"\xef\xbb\xbf", b"\\u0000", b"\\ud800",
    b"\\u001b[2J", b"true", b"1e-400", b"-0", b'"item9": 3,', b'"item9": "0",', b'"age": 3,',
    b'"current": ["sertraline"],', b'"current": "\\u202e",', b'{"day": 3}', b"\xd9\xa3", b"\xe2\x80\x8f",
)  # fmt: skip
ODD = (
    None, True, False, -1, 0, 1, 3, 40, 0.5, 1e15, 1e308, 10**400, float("nan"), float("inf"), "", "yes",
    "not asked", "sertraline", "sumatriptan 2025-02-30 10:00", "sertraline " + "9" * 400 + " mg",
    "\x1b[2J", "<b>triptan 4</b>", "triptan " + "9" * 400, "x" * 5000, [], ["sumatriptan 4", "nsaid -1"],
    [None], [[1]], {}, {"triptan": 4}, {"triptan": float("nan")}, {"3": ["a"]}, {"": ""},
    [{"day": 3, "medicines": ["sumatriptan"]}], ["2025-13-01: sumatriptan"], ["0000-00-00: ibuprofen"],
)  # fmt: skip


def _is_told_plainly(path: Path) -> bool:
    """Whether the case was refused with a sentence; a case that is read must also be judged."""
    try:
        answers = of_case(read_case(path))
        Shelf.of_answers(answers)
        classify(with_overuse(answers))
        assess(answers)
    except TwofoldError as error:
        sentence = error.sentence()
        assert sentence.strip() and len(sentence) < 3000
        return True
    return False


def _mutated(rng: random.Random) -> bytes:
    data = SOUND
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(data) + 1)
        stop = min(len(data), start + rng.choice((0, 0, 1, 1, 3, 12, 60)))
        piece = rng.choice((rng.choice(BITES), data[rng.randrange(len(data) + 1) :][:20], b""))
        data = data[:start] + piece + data[stop:]
    return data


def test_a_damaged_case_file_is_a_case_or_a_sentence(tmp_path: Path) -> None:
    rng = random.Random(20251122)
    path = tmp_path / "case.json"
    refused = 0
    for _ in range(1000):
        path.write_bytes(_mutated(rng))
        refused += _is_told_plainly(path)
    assert 0 < refused < 1000


def test_odd_answers_under_known_names_are_a_case_or_a_sentence(tmp_path: Path) -> None:
    rng = random.Random(20251123)
    path, named = tmp_path / "case.json", sorted(by_name())
    refused = 0
    for _ in range(1000):
        told = {rng.choice(named): rng.choice(ODD) for _ in range(rng.randint(1, 3))}
        path.write_text(json.dumps(told), encoding="utf-8")
        refused += _is_told_plainly(path)
    assert 0 < refused < 1000


@pytest.mark.parametrize("field_id", sorted(fields()))
def test_every_field_refuses_what_no_answer_can_be(tmp_path: Path, field_id: str) -> None:
    path = tmp_path / "case.json"
    for wrong in ([[1]], [None], {"a": None}, [{"day": {}}]):
        path.write_text(json.dumps({field_id: wrong}), encoding="utf-8")
        assert _is_told_plainly(path), f"{field_id} took {wrong}"
