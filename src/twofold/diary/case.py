"""A clinical case: what one person answered once, without a diary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twofold.diary.item9 import Item9, NotAsked

Value = bool | int | float | str | tuple[str, ...]
"""An answer: yes or no, a number, a chosen word, or a list of words. ``None`` is not known."""


@dataclass(frozen=True)
class Case:
    """What was answered, field by field; a field that is absent or ``None`` is not known.

    Parameters
    ----------
    answers : mapping of str to Value or None
        By field id. The answer to item 9 is not here: it has a type of its own.
    item9 : NotAsked or Answered
        The suicide question.
    not_read : tuple of str
        Keys of the file that no question is known for; nothing was made of them.
    """

    answers: Mapping[str, Value | None] = field(default_factory=dict)
    item9: Item9 = field(default_factory=NotAsked)
    not_read: tuple[str, ...] = ()
