"""Writing to the terminal: nothing in it can steer the terminal, whatever a file held."""

from __future__ import annotations

import sys
import unicodedata

LONGEST = 1600
"""Of how many letters an error may be: all its remedies fit, a file's whole text does not."""


def say(words: str) -> None:
    """Print words; letters that the terminal cannot show become "?"."""
    encoding = sys.stdout.encoding or "ascii"
    print(without_controls(words).encode(encoding, errors="replace").decode(encoding))


def shortened(sentence: str) -> str:
    """Return a sentence that a terminal can hold, also where it quotes something endless."""
    if len(sentence) <= LONGEST:
        return sentence
    return f"{sentence[: LONGEST // 2]} … {sentence[-LONGEST // 2 :]}"


def without_controls(words: str) -> str:
    """Return words that cannot steer a terminal: no control characters but line ends."""
    return "".join(one for one in words if one in "\n\t" or unicodedata.category(one)[0] != "C")
