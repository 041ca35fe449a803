"""SNP names as whole numbers, so that a million of them can be compared at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from twofold.lab.genetics.byte_columns import Bytes, Mask, Names, Whole, plain_numbers

Keys = NDArray[np.uint64]

HASHED = np.uint64(1 << 63)
FNV_OFFSET, FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
MOST_BITS = 1 << 31
"""Numbers up to here are looked up in a table of bits."""


def keys_of(names: Names) -> Keys:
    """Return one number for each name.

    ``rs123`` is 123. Any other name is its FNV-1a hash (63 bits) above all rs
    numbers: two of ten million such names fall together about once in
    200,000 files.

    >>> keys_of(np.array([b"rs123", b"1:55:A:G"])).tolist()[0]
    123
    """
    width = max(names.dtype.itemsize, 1)
    raw = np.ascontiguousarray(names).view(np.uint8)
    starts = np.arange(len(names), dtype=np.int64) * width
    return keys_in(raw, starts, np.char.str_len(names).astype(np.int64))


def keys_in(raw: Bytes, starts: Whole, lengths: Whole) -> Keys:
    """Return the keys of names that stand in bytes, without making the names."""
    if not len(starts):
        return np.empty(0, np.uint64)
    first, second = (raw.take(starts + place, mode="clip") for place in (0, 1))
    numbers, is_plain = plain_numbers(raw, starts + 2, np.maximum(lengths - 2, 0))
    is_rs = ((first | 32) == ord("r")) & ((second | 32) == ord("s")) & (lengths > 2) & is_plain
    is_rs &= (numbers >= 0) & (numbers == np.floor(numbers))
    found = np.where(is_rs, numbers, 0).astype(np.uint64)
    other = np.flatnonzero(~is_rs)
    if len(other):
        found[other] = _hashes(raw, starts[other], lengths[other])
    return found


def _hashes(raw: Bytes, starts: Whole, lengths: Whole) -> Keys:
    found = np.full(len(starts), FNV_OFFSET)
    for place in range(int(lengths.max(initial=0))):
        byte = raw.take(starts + place, mode="clip").astype(np.uint64)
        with np.errstate(over="ignore"):
            np.copyto(found, (found ^ byte) * FNV_PRIME, where=lengths > place)
    return cast(Keys, found | HASHED)


@dataclass(frozen=True)
class Wanted:
    """A set of SNPs that is asked for millions of names.

    Parameters
    ----------
    bits : array of uint8
        One bit for each rs number.
    others : array of uint64
        Other keys, sorted.
    """

    bits: Bytes
    others: Keys

    @classmethod
    def of(cls, keys: Keys) -> Wanted:
        """Return the set of these keys."""
        small = keys < MOST_BITS
        highest = int(keys[small].max(initial=np.uint64(0)))
        bits = np.zeros(highest // 8 + 1, np.uint8)
        numbers = keys[small].astype(np.int64)
        np.bitwise_or.at(bits, numbers >> 3, (1 << (numbers & 7)).astype(np.uint8))
        return cls(bits, np.unique(keys[~small]))

    def has(self, keys: Keys) -> Mask:
        """Return which of these keys are in the set."""
        small = keys < np.uint64(len(self.bits) * 8)
        numbers = np.where(small, keys, 0).astype(np.int64)
        found = (self.bits[numbers >> 3] >> (numbers & 7).astype(np.uint8)) & 1 > 0
        found &= small
        if len(self.others):
            place = np.minimum(np.searchsorted(self.others, keys), len(self.others) - 1)
            found |= self.others[place] == keys
        return cast(Mask, found)


def rows_of(wanted: Keys, among: Keys) -> Whole:
    """Return where each wanted key stands among other keys, −1 where it is not there.

    Equal lists, the common case of two files from one pipeline, cost one comparison.

    >>> rows_of(np.array([5, 9], np.uint64), np.array([9, 4], np.uint64)).tolist()
    [-1, 0]
    """
    if len(wanted) == len(among) and np.array_equal(wanted, among):
        return np.arange(len(wanted))
    if not len(among):
        return np.full(len(wanted), -1)
    order = np.argsort(among, kind="stable")
    lined_up = among[order]
    asked = np.argsort(wanted, kind="stable")
    place = np.empty(len(wanted), np.int64)
    place[asked] = np.minimum(np.searchsorted(lined_up, wanted[asked]), len(among) - 1)
    return cast(Whole, np.where(lined_up[place] == wanted, order[place], -1))
