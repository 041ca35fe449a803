"""Alleles of two tables side by side: the same, turned, on the other strand, or none of it."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from twofold.lab.genetics.byte_columns import Bytes, Mask, Names
from twofold.lab.tables import Column

Codes = NDArray[np.int8]

LETTERS = b"ACGT"
NO_BASE = np.int8(4)
_CODE = np.full(256, NO_BASE, np.int8)
for _at, _letter in enumerate(LETTERS):
    _CODE[_letter] = _CODE[_letter + 32] = _at


def codes_in(raw: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Codes:
    """Return A, C, G, T as 0, 1, 2, 3 and everything else (an insertion, a dot) as 4."""
    letters = _CODE[raw.take(starts, mode="clip")]
    return np.where(lengths == 1, letters, NO_BASE).astype(np.int8)


def codes_of(names: Names) -> Codes:
    """Return alleles as codes.

    >>> codes_of(np.array([b"A", b"t", b"AT", b"."])).tolist()
    [0, 3, 4, 4]
    """
    raw = np.ascontiguousarray(names).view(np.uint8)
    starts = np.arange(len(names), dtype=np.int64) * names.dtype.itemsize
    return codes_in(raw, starts, np.char.str_len(names).astype(np.int64))


def letters_of(codes: Codes) -> Names:
    """Return codes as letters; what was no single base is ``?``."""
    return cast(Names, np.frombuffer(LETTERS + b"?", "S1")[codes])


def is_strand_ambiguous(effect: Codes, other: Codes) -> Mask:
    """Return which pairs read the same on both strands: A/T and C/G."""
    return cast(Mask, effect == 3 - other)


def signs(effect: Codes, other: Codes, effect_of: Codes, other_of: Codes) -> Column:
    """Return +1 where two pairs count the same allele, −1 where they count the other, else 0.

    A pair and its complement on the other strand are the same pair. Pairs that
    are ambiguous about the strand (A/T, C/G) give 0.

    >>> a, c, g, t = (np.array([code], np.int8) for code in range(4))
    >>> signs(a, g, g, a), signs(a, g, t, c), signs(a, g, a, c), signs(a, t, a, t)
    (array([-1.]), array([1.]), array([0.]), array([0.]))
    """
    is_same = (effect == effect_of) & (other == other_of)
    is_turned = (effect == other_of) & (other == effect_of)
    flipped, flipped_other = 3 - effect_of, 3 - other_of
    is_same |= (effect == flipped) & (other == flipped_other)
    is_turned |= (effect == flipped_other) & (other == flipped)
    known = (effect < NO_BASE) & (other < NO_BASE) & ~is_strand_ambiguous(effect, other)
    known &= effect != other
    return cast(Column, (is_same.astype(float) - is_turned) * known)
