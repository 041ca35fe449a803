"""Answers: what is known about one person by name, for every rule that asks.

A case file, a questionnaire and a diary all end here, so that one rule serves
all three. What is not known is ``None``; it is never taken for "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twofold.diary.case import Case, Value
from twofold.diary.item9 import Item9, NotAsked, answer_of, item9_of
from twofold.knowledge.field import fields

ITEM_9 = "item9"


class Answers(Mapping[str, Value | None]):
    """What is known by field id; unknown fields are ``None``, unheard-of names raise.

    ``answers["item9"]`` is ``None`` when the suicide question was not asked, so
    that every three-valued rule stays open; ``answers.item9`` is its type.
    """

    def __init__(self, known: Mapping[str, Value | None], item9: Item9) -> None:
        unheard = [name for name in known if name not in fields() or name == ITEM_9]
        if unheard:
            raise KeyError(unheard[0])
        self._known = {name: value for name, value in known.items() if value is not None}
        self._item9 = item9

    @classmethod
    def of(
        cls, known: Mapping[str, Value | None] | None = None, item9: Item9 | None = None
    ) -> Answers:
        """Return answers from a mapping; without ``item9`` the question counts as not asked."""
        return cls(known or {}, NotAsked() if item9 is None else item9)

    @property
    def item9(self) -> Item9:
        """The suicide question: ``NotAsked`` or ``Answered``."""
        return self._item9

    def having(self, **changed: Value | None) -> Answers:
        """Return a copy with some answers changed; ``None`` makes one unknown."""
        item9 = item9_of(_whole(changed.pop(ITEM_9))) if ITEM_9 in changed else self._item9
        return Answers(self._known | changed, item9)

    def __getitem__(self, name: str) -> Value | None:
        if name == ITEM_9:
            return answer_of(self._item9)
        if name not in fields():
            raise KeyError(name)
        return self._known.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(fields())

    def __len__(self) -> int:
        return len(fields())

    def known(self) -> dict[str, Value]:
        """Return only what is known, in the order of the fields."""
        return {name: value for name in self if (value := self[name]) is not None}

    def __repr__(self) -> str:
        return f"Answers({self.known()!r})"


def of_case(case: Case) -> Answers:
    """Return the answers of a case."""
    return Answers(case.answers, case.item9)


def _whole(answer: object) -> int | None:
    return answer if isinstance(answer, int) or answer is None else int(str(answer))
