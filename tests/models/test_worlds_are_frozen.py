"""The simulated worlds are a yardstick: they were written before the engine was tuned, and stay."""

from __future__ import annotations

import ast
from pathlib import Path

from worlds import WORLDS, frozen

CHANGED = (
    "This simulated world is not the one on which the engine was measured. A change of a world is a "
    "change of the yardstick: write a decision record in docs/decisions, then run "
    "`python -m worlds.frozen` in bench and measure again."
)
MAY_KNOW = {"twofold.daytable", "twofold.knowledge.claim"}


def _kept() -> dict[str, tuple[str, str]]:
    rows = (line.split() for line in frozen.FROZEN.read_text().splitlines())
    return {name: (seed, digest) for name, seed, digest in rows}


def test_every_world_is_the_one_that_was_frozen() -> None:
    kept = _kept()
    for name, digest in frozen.fingerprints().items():
        assert kept[name] == (str(frozen.SEED), digest), f"{name}: {CHANGED}"


def test_every_world_is_frozen_and_nothing_else() -> None:
    assert set(_kept()) == {*WORLDS, frozen.SOURCES}


def test_the_source_of_the_worlds_is_the_one_that_was_frozen() -> None:
    assert _kept()[frozen.SOURCES][1] == frozen.sources(), CHANGED


def test_the_worlds_know_the_day_table_and_claims_and_no_engine() -> None:
    for path in frozen.PLACE.glob("*.py"):
        known = {name for name in _imported(path) if name.startswith("twofold")}
        assert known <= MAY_KNOW, f"{path.name} imports {sorted(known - MAY_KNOW)}"


def _imported(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text()))
    names: set[str] = set()
    for node in tree:
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
    return names
