"""The fingerprints of the worlds: what must not change once the engine is tuned on them.

``python -m worlds.frozen`` (inside ``bench``) writes ``frozen.txt`` anew. That is
a change of the yardstick: it needs a record in ``docs/decisions``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from worlds.lives import Lives, simulate
from worlds.world import WORLDS

PLACE = Path(__file__).parent
FROZEN = PLACE / "frozen.txt"
PEOPLE, DAYS, SEED = 50, 90, 20261122
SOURCES = "sources"


def fingerprints() -> dict[str, str]:
    """Return the SHA-256 of each world's lives, by name."""
    made = {
        name: simulate(world, people=PEOPLE, days=DAYS, seed=SEED) for name, world in WORLDS.items()
    }
    return {name: _fingerprint(lives) for name, lives in made.items()}


def _fingerprint(lives: Lives) -> str:
    truth = lives.truth
    total = hashlib.sha256(truth.headache.tobytes())
    total.update(np.nan_to_num(lives.columns["headache"], nan=9).astype(np.uint8).tobytes())
    for numbers in (truth.chance, truth.effect):
        fixed = np.round(np.nan_to_num(numbers.astype(float), nan=9.0) * 10_000)
        total.update(fixed.astype("<i8").tobytes())
    return total.hexdigest()


def sources() -> str:
    """Return the SHA-256 over the package's source files, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(PLACE.glob("*.py")):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def lines() -> list[str]:
    """Return what ``frozen.txt`` should say now: name, seed, SHA-256."""
    worlds = [f"{name} {SEED} {digest}" for name, digest in fingerprints().items()]
    return [*worlds, f"{SOURCES} - {sources()}"]


if __name__ == "__main__":
    FROZEN.write_text("\n".join(lines()) + "\n", encoding="utf-8")
