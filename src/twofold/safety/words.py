"""Words of self-harm in a person's own text: noticed generously, and never judged.

High recall is meant: a sentence that says the opposite is noticed as well, and
the person is told no more than "we noticed words". What is found is never kept
as a level of risk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from twofold.knowledge.load import wording


@dataclass(frozen=True)
class WordGroup:
    """One kind of words: patterns over plain text, with sentences that do and do not hold them."""

    id: str
    pattern: re.Pattern[str]
    noticed: tuple[str, ...]
    not_noticed: tuple[str, ...]


@cache
def word_groups() -> tuple[WordGroup, ...]:
    """Return the kinds of words, in the order of the table."""
    return tuple(
        WordGroup(
            id=row["id"],
            pattern=re.compile(r"\b(?:" + "|".join(row["patterns"]) + r")\b"),
            noticed=tuple(row["noticed"]),
            not_noticed=tuple(row.get("not_noticed", ())),
        )
        for row in wording("self_harm_words")["words"]
    )


def noticed(text: str) -> tuple[str, ...]:
    """Return the ids of the kinds of words that a text holds.

    Capitals, accents, punctuation and the way of writing an apostrophe do not
    matter, nor does a letter that is drawn out.

    >>> noticed("i just want it all to END...")
    ('the_end',)
    """
    drawn_out = as_plain(text)
    spellings = [re.sub(r"(.)\1{2,}", letters, drawn_out) for letters in (r"\1\1", r"\1")]
    return tuple(group.id for group in word_groups() if any(map(group.pattern.search, spellings)))


def still_noticed(written: Iterable[tuple[int, str]], answered_0_on: Iterable[int] = ()) -> bool:
    """Return whether words stand that no later item 9 of 0 has answered.

    Parameters
    ----------
    written : iterable of (int, str)
        The row of a day and a text of that day.
    answered_0_on : iterable of int
        The rows of days on which item 9 was answered with 0. An answer of the
        same day is not certainly later, so it answers nothing.

    Examples
    --------
    >>> still_noticed([(3, "I want to die")], answered_0_on=[3])
    True
    >>> still_noticed([(3, "I want to die")], answered_0_on=[4])
    False
    """
    last = max(answered_0_on, default=None)
    return any(noticed(text) for row, text in written if last is None or row >= last)


def texts_in(value: Any) -> Iterator[str]:
    """Give every text in plain values, at whatever depth; names of fields are none.

    >>> list(texts_in({"note": "left", "signs": ["yawning"], "pain": 3}))
    ['left', 'yawning']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list, tuple)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from texts_in(one)


def as_plain(text: str) -> str:
    """Return a text in small letters, without accents and punctuation, with single spaces.

    >>> as_plain("I  can’t — go ON!!")
    'i cant go on'
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    letters = re.sub(r"['’`´ʼ]", "", letters)
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())
