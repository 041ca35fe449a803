"""What follows from other answers before safety is judged: words noticed, and medicines taken.

A name of a medicine that the tables do not hold leaves open what is taken; it
never stops the safety page, and is never read as "takes none of these".
"""

from __future__ import annotations

from collections.abc import Iterable

from twofold.diary.case import Value
from twofold.errors import TwofoldError
from twofold.facts.answers import Answers
from twofold.facts.following import following
from twofold.facts.shelf import Taking, taking
from twofold.knowledge.emergency import Takes, takes
from twofold.safety.words import noticed

TAKEN_NOW = (("current",), ("current_from_neurologist", "current_from_psychiatrist"))
"""Each of these groups of lists, when all of it is answered, names every regular medicine."""

LISTS = ("current", "current_from_neurologist", "current_from_psychiatrist", "as_needed")


def worked_out(answers: Answers) -> Answers:
    """Return the answers and what follows from them.

    A "no" that was given stands, unless a list of medicines or the person's own
    words say otherwise.
    """
    told = following(answers).answers
    found: dict[str, bool | None] = {one.field: _takes(one, told) for one in takes()}
    found["noticed_words"] = _has_noticed_words(told)
    return told.having(**{field: _either(told[field], value) for field, value in found.items()})


def _either(given: Value | None, found: bool | None) -> Value | None:
    return found if given is None or found is True else given


def words_in(answers: Answers, field: str) -> tuple[str, ...]:
    """Return the entries of a list that was answered; nothing for one that was not."""
    value = answers[field]
    return value if isinstance(value, tuple) else ()


def _has_noticed_words(answers: Answers) -> bool | None:
    text = answers["free_text"]
    return bool(noticed(text)) if isinstance(text, str) else None


def _takes(one: Takes, answers: Answers) -> bool | None:
    """Return whether any such medicine is taken now; unknown while a list or a name is open."""
    read = [_read(word) for field in LISTS for word in words_in(answers, field)]
    if any(_is_any(found, one.any_of) for found in read if found is not None):
        return True
    is_complete = any(all(answers[field] is not None for field in group) for group in TAKEN_NOW)
    is_open = any(found is None or found.needs_name for found in read)
    return False if is_complete and not is_open else None


def _is_any(found: Taking, tags: Iterable[str]) -> bool:
    return found.is_active and any(found.is_a(tag) for tag in tags)


def _read(word: str) -> Taking | None:
    try:
        return taking(word)
    except TwofoldError:
        return None
