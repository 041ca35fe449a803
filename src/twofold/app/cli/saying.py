"""Writing to the terminal: nothing in it can steer the terminal, whatever a file held."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

from twofold.errors import NeedsExtra

LONGEST = 1600
"""Of how many letters an error may be: all its remedies fit, a file's whole text does not."""


def missing_app(package: str) -> NeedsExtra:
    """Say that this kind of install has no store and no pages, and every way to get them."""
    root = checkout(Path(__file__))
    also = f"or run `make serve` in {root}: it installs what is missing" if root else ""
    return NeedsExtra(package, extra="app", also=also)


def checkout(file: Path) -> Path | None:
    """Return the folder of the project where a file of it stands, ``None`` where it is installed.

    ``make demo`` installs the core alone; ``make serve`` in the same folder installs the rest.
    """
    root = file.parents[4]
    is_one = (root / "Makefile").is_file() and (root / "tools" / "set_up.py").is_file()
    return root if is_one else None


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
