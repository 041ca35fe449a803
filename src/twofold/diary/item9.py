"""The suicide question, as a type: one that was not asked can never be read as "no".

Item 9 of the PHQ-9 is either ``NotAsked`` or ``Answered``. Neither has a truth
value, a number or an order, so ``if item9``, ``int(item9)`` and ``item9 >= 1``
do not run at all. To read an answer, one must first tell the two apart, and a
type checker demands both branches::

    match item9:
        case NotAsked():
            ...  # ask
        case Answered(answer):
            ...  # 0 to 3
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from twofold.errors import RecordError

MOST = 3


BLURRED = "the suicide question has no truth value, number or order: tell NotAsked from Answered."


class _NotANumber:
    """Refuses every reading that would blur "not asked" and "no"."""

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(BLURRED)

    __bool__ = __int__ = __float__ = __index__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse


@dataclass(frozen=True, order=False)
class NotAsked(_NotANumber):
    """The question was not asked, or left open. It must be asked; nothing else follows."""


@dataclass(frozen=True, order=False)
class Answered(_NotANumber):
    """The question was answered.

    Parameters
    ----------
    answer : int
        0 not at all, 1 several days, 2 more than half the days, 3 nearly every day.

    Raises
    ------
    RecordError
        When the answer is not one of these four.
    """

    answer: int

    def __post_init__(self) -> None:
        is_whole = isinstance(self.answer, int) and not isinstance(self.answer, bool)
        if not is_whole or self.answer not in range(MOST + 1):
            raise RecordError(f"item 9 cannot be {self.answer!r}.", remedy="Answer 0, 1, 2 or 3.")


Item9 = NotAsked | Answered


def item9_of(answer: int | None) -> Item9:
    """Return the type of a recorded answer; ``None`` is a question that was not asked."""
    return NotAsked() if answer is None else Answered(answer)


def answer_of(item9: Item9) -> int | None:
    """Return the answer, or ``None`` when the question was not asked: never 0 for it."""
    match item9:
        case NotAsked():
            return None
        case Answered(answer):
            return answer
