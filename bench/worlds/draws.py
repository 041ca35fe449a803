"""Random numbers: one stream for each purpose, so that a new one leaves the others alone."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float32]
WORLDS_OWN = "share of "


class Streams:
    """Gives the generator of a purpose; the same seed and purpose give the same numbers.

    Parts of one world's people share what belongs to the world.
    """

    def __init__(self, seed: int, part: int = 0) -> None:
        self.seed, self.part = seed, part

    def __call__(self, purpose: str) -> np.random.Generator:
        key: tuple[int, ...] = (zlib.crc32(purpose.encode()),)
        if self.part and not purpose.startswith(WORLDS_OWN):
            key = (*key, self.part)
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def normal(self, purpose: str, *shape: int) -> Reals:
        """Return standard normal numbers."""
        return self(purpose).standard_normal(shape, dtype=np.float32)

    def uniform(self, purpose: str, *shape: int) -> Reals:
        """Return numbers between 0 and 1."""
        return self(purpose).random(shape, dtype=np.float32)

    def chosen(self, purpose: str, share: float, people: int) -> NDArray[np.bool_]:
        """Choose a share of people."""
        return self(purpose).random(people) < share


def repeated(fresh: Reals, daily: float) -> Reals:
    """Turn independent days (first axis) into days that remember the day before; variance 1."""
    step = np.float32(np.sqrt(1 - daily**2))
    out = np.empty_like(fresh)
    out[0] = fresh[0]
    for day in range(1, len(fresh)):
        np.multiply(out[day - 1], np.float32(daily), out=out[day])
        out[day] += step * fresh[day]
    return out
