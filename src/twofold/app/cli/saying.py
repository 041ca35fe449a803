"""Writing to the terminal: nothing in it can steer the terminal, whatever a file held."""

from __future__ import annotations

import sys
import unicodedata


def say(words: str) -> None:
    """Print words; letters that the terminal cannot show become "?"."""
    encoding = sys.stdout.encoding or "ascii"
    print(without_controls(words).encode(encoding, errors="replace").decode(encoding))


def without_controls(words: str) -> str:
    """Return words that cannot steer a terminal: no control characters but line ends."""
    return "".join(one for one in words if one in "\n\t" or unicodedata.category(one)[0] != "C")
