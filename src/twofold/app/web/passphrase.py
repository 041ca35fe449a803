"""Whether a passphrase is one that others try first. Nothing is asked of its letters.

The common passphrases of fifteen letters and more are not random: a short word or pattern
written twice, a walk over the keyboard, two or three of the usual words, a famous line.
These are found by rule here, in every spelling with digits for letters, which covers far
more than a list of the three thousand most common ones would (ASVS 5.0, 6.2.4).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LEAST = 15
MOST = 1_000

_ROWS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm",
    "wxcvbn", "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "01011970", "147258369", "789456123",
)  # fmt: skip
_DIGITS_FOR_LETTERS = str.maketrans("013457@$!", "oieastasi")
_OWN = ("twofold", "migraine", "headache", "depression", "diary", "attack", "passphrase")
_FEW = 5


def weakness(passphrase: str, *, names: Iterable[str] = ()) -> str:
    """Return why a passphrase would be guessed, as a sentence; empty when it would not.

    Parameters
    ----------
    names : iterable of str
        Words that others would try for this very person.

    Examples
    --------
    >>> weakness("violet ladder ostrich cement")
    ''
    >>> weakness("PasswordPassword1")
    'This is made of words that everyone tries. Add words that do not belong together.'
    """
    if len(passphrase) < LEAST:
        return "Please use at least 15 characters; four words do."
    if len(passphrase) > MOST:
        return "Please use at most 1,000 characters."
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", passphrase).casefold()))
    if len(set(plain or passphrase)) < _FEW or _is_repeated(plain):
        return "This repeats itself. Please use words that do not belong together."
    if _walked(plain) >= 0.8:
        return "This walks along the keyboard or the alphabet. Please use words."
    if any(_is_common(spelt, names) for spelt in _spellings(plain)):
        return "This is made of words that everyone tries. Add words that do not belong together."
    return ""


def _spellings(plain: str) -> tuple[str, ...]:
    return plain, plain.translate(_DIGITS_FOR_LETTERS), plain.translate({ord("1"): "l"})


def _is_repeated(plain: str) -> bool:
    """Say whether a text is a shorter one again and again, perhaps with a few more at its end."""
    for size in range(1, len(plain) // 2 + 1):
        times = -(-len(plain) // size)
        if (plain[:size] * times)[: len(plain)] == plain:
            return True
    return False


def _walked(plain: str) -> float:
    """Return which share of a text are steps from one key or letter to its neighbour."""
    steps = sum(plain[i : i + 2] in _neighbours() for i in range(len(plain) - 1))
    return steps / max(len(plain) - 1, 1)


@cache
def _neighbours() -> frozenset[str]:
    pairs = {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
    return frozenset(pairs | {pair[::-1] for pair in pairs} | {one * 2 for one in "0123456789"})


def _is_common(plain: str, names: Iterable[str]) -> bool:
    if plain in _lines():
        return True
    own = {"".join(filter(str.isalnum, name.casefold())) for name in names}
    words = sorted(_words() | set(_OWN) | {name for name in own if len(name) > 2}, key=len)
    left, used = plain, 0
    for word in reversed(words):
        if word in left:
            left, used = left.replace(word, " "), used + 1
    strange = sum(one.isalpha() for one in left)
    return 0 < used <= 3 and strange <= 2


@cache
def _words() -> frozenset[str]:
    return frozenset(one for one in _list() if " " not in one)


@cache
def _lines() -> frozenset[str]:
    return frozenset(one.replace(" ", "") for one in _list() if " " in one)


def _list() -> list[str]:
    path = Path(__file__).with_name("words") / "common.txt"
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] not in "#"]
