"""Whether the programme may be offered without a therapist: three-valued, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.facts.answers import Answers
from twofold.guidance.derived import Question, questions
from twofold.knowledge.condition import any_of, opposite
from twofold.knowledge.programme import alone_gates, programme


@dataclass(frozen=True)
class Offer:
    """Whether someone may do the programme on their own.

    Parameters
    ----------
    alone : bool or None
        False: a therapist first. ``None``: something must be asked first.
    because, says_to_person : tuple of str
        The reasons, for the clinician and for the person.
    need_to_know : tuple of Question
    honesty : str
        The label that stands beside the programme, whatever the answer.
    """

    alone: bool | None
    because: tuple[str, ...]
    says_to_person: tuple[str, ...]
    need_to_know: tuple[Question, ...]
    honesty: str


def offer(answers: Answers) -> Offer:
    """Return whether the programme may be offered without a therapist.

    Parameters
    ----------
    answers : Answers
        An item 9 that was not asked keeps the answer open.
    """
    truths = [(gate, gate.when.holds(answers)) for gate in alone_gates()]
    closed = [gate for gate, holds in truths if holds]
    unsure = [questions(gate.when, answers) for gate, holds in truths if holds is None]
    return Offer(
        alone=opposite(any_of(holds for _, holds in truths)),
        because=tuple(gate.says for gate in closed),
        says_to_person=tuple(dict.fromkeys(gate.says_to_person for gate in closed)),
        need_to_know=tuple(dict.fromkeys(one for asked in unsure for one in asked)),
        honesty=programme().honesty,
    )
