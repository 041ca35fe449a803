"""The words of the pages in the person's language."""

from __future__ import annotations

from typing import Any

LANGUAGES = {"en": "English"}


class Words:
    """Speaks one language: call it with a sentence."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, sentence: str, **values: Any) -> str:
        """Return a sentence in this language, its ``%(name)s`` filled in."""
        return sentence % values if values else sentence

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """Return the form of a sentence that fits the number ``n``."""
        return (one if n == 1 else many) % {"n": n, **values}


def words_of(language: str) -> Words:
    """Return the words of a language, or English where it is not spoken."""
    return Words(language if language in LANGUAGES else "en")
