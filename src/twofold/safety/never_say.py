"""What is never said, as patterns over plain text, and the few sentences that are excepted.

The table says what; this module only looks. A text may be a sentence of a
table, a line of a report, or a whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from twofold.knowledge.load import wording
from twofold.knowledge.medicine import names

SHORTEST = 5
"""A name of a medicine shorter than this is an everyday word as well."""


@dataclass(frozen=True)
class NeverRule:
    """One thing that is never said, with sentences that show what is meant."""

    id: str
    says: str
    patterns: tuple[re.Pattern[str], ...]
    must_match: tuple[str, ...]
    must_not_match: tuple[str, ...]


@dataclass(frozen=True)
class Excepted:
    """A sentence that may stand although a rule finds it: for whom, and why.

    ``example`` is the whole sentence where ``text`` is only what stays the same in it.
    """

    rule: str
    text: str
    why: str
    example: str


@dataclass(frozen=True)
class Found:
    """Words that a rule found, and the sentence in which they stand."""

    rule: str
    words: str
    sentence: str


@cache
def never_rules() -> tuple[NeverRule, ...]:
    """Return what is never said, in the order of the table."""
    table = wording("never_say")
    return tuple(
        NeverRule(
            id=row["id"],
            says=row["says"],
            patterns=tuple(re.compile(_filled(one, table)) for one in row["patterns"]),
            must_match=tuple(row["must_match"]),
            must_not_match=tuple(row["must_not_match"]),
        )
        for row in table["never"]
    )


@cache
def exceptions() -> tuple[Excepted, ...]:
    """Return the sentences that may stand, in the order of the table."""
    return tuple(
        Excepted(row["rule"], row["text"], row["why"], row.get("example", row["text"]))
        for row in wording("never_say").get("except", ())
    )


def found_in(text: str, *, without: Iterable[str] = ()) -> tuple[Found, ...]:
    """Return everything in a text that is never said, sentence by sentence.

    Parameters
    ----------
    text : str
    without : iterable of str
        Ids of rules that are not asked.

    Examples
    --------
    >>> [one.rule for one in found_in("Your diary is here. You have chronic migraine.")]
    ['1']
    """
    left_out = set(without)
    rules = [rule for rule in never_rules() if rule.id not in left_out]
    return tuple(one for sentence in sentences(text) for one in _in_sentence(sentence, rules))


def broken(text: str, *, without: Iterable[str] = ()) -> tuple[Found, ...]:
    """Return the same without the sentences that are excepted."""
    return tuple(one for one in found_in(text, without=without) if not is_excepted(one))


def is_excepted(found: Found) -> bool:
    """Return whether a sentence is on the list of exceptions for its rule."""
    return any(one.rule == found.rule and one.text in found.sentence for one in exceptions())


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences and lines of a text.

    >>> sentences("One. Two? Three: four")
    ('One.', 'Two?', 'Three: four')
    """
    parts = re.split(r"(?<=[.!?])\s+|\n+", text.strip())
    return tuple(part.strip() for part in parts if part.strip())


def plain(text: str) -> str:
    """Return a text in small letters with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").replace("‘", "'").split())


def _in_sentence(sentence: str, rules: Iterable[NeverRule]) -> Iterable[Found]:
    lower = plain(sentence)
    for rule in rules:
        hit = next((hit for one in rule.patterns if (hit := one.search(lower))), None)
        if hit is not None:
            yield Found(rule.id, hit[0], sentence)


def _filled(pattern: str, table: dict[str, list[str]]) -> str:
    condition = "(?:" + "|".join(table["conditions"]) + ")"
    medicine = "(?:" + "|".join([*table["medicine_words"], *_medicine_names()]) + ")"
    return pattern.replace("{condition}", condition).replace("{medicine}", medicine)


@cache
def _medicine_names() -> tuple[str, ...]:
    return tuple(re.escape(name.casefold()) for name in names() if len(name) >= SHORTEST)
