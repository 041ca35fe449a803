"""The printed recovery key: six groups of five letters and digits, each with its own check.

The letters are Crockford's (no I, L, O, U), so that what looks alike reads alike. The
last letter of a group checks the four before it and the group's place: one wrong letter,
two letters exchanged or two groups exchanged are noticed, and the group is named.
"""

from __future__ import annotations

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, DATA = 6, 4
_LOOKS_ALIKE = str.maketrans("OIL", "011", " -–—\t\r\n·")


def fresh() -> str:
    """Return a new random recovery key, as it is printed."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(DATA)) for _ in range(GROUPS)]
    return "-".join(group + _check(group, place) for place, group in enumerate(groups))


def looks_like_one(words: str) -> bool:
    """Say whether this was probably meant as a recovery key and not as a passphrase."""
    return abs(len(_plain(words)) - GROUPS * (DATA + 1)) <= 1 and "-" in words


def is_one(words: str) -> bool:
    """Say whether every group passes its check."""
    plain = _plain(words)
    return len(plain) == GROUPS * (DATA + 1) and not mistakes(words)


def mistakes(words: str) -> tuple[int, ...]:
    """Return which groups hold a typing mistake, counted from 1."""
    plain = _plain(words)
    groups = [plain[i * (DATA + 1) : (i + 1) * (DATA + 1)] for i in range(GROUPS)]
    return tuple(place + 1 for place, group in enumerate(groups) if not _passes(group, place))


def as_bytes(words: str) -> bytes:
    """Return what the key stands for, however it was typed."""
    return _plain(words).encode("ascii", "replace")


def _plain(words: str) -> str:
    return words.upper().translate(_LOOKS_ALIKE)


def _passes(group: str, place: int) -> bool:
    if len(group) != DATA + 1 or any(letter not in LETTERS for letter in group):
        return False
    return _check(group[:DATA], place) == group[DATA]


def _check(group: str, place: int) -> str:
    """Weigh each letter with another power of 2 in the field of 32 elements."""
    total = place + 1
    for letter in group:
        total = _doubled(total) ^ LETTERS.index(letter)
    return LETTERS[_doubled(total)]


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
