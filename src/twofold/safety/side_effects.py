"""Which signs to ask about beside a side effect, and what must be seen when one is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twofold.facts.answers import Answers
from twofold.facts.shelf import taking
from twofold.knowledge.emergency import Emergency, emergencies, takes
from twofold.knowledge.field import Field, fields
from twofold.knowledge.load import wording
from twofold.safety.assess import Safety, assess


def signs_of(medicine: str) -> tuple[Field, ...]:
    """Return the signs to ask about with a medicine, each with its question.

    First those of this very medicine, then those of any. What has a page of its
    own (thoughts of self-harm) is not among them: the safety page asks it.

    Parameters
    ----------
    medicine : str
        As the person writes it; a name that is not known has the general ones.
    """
    found = dict.fromkeys(name for one in _asked(medicine) for name in _names(one))
    return tuple(fields()[name] for name in found if _is_sign(fields()[name]))


def about_side_effect(
    medicine: str, words: str, signs: Iterable[str], *, country: str | None = None
) -> Safety:
    """Return what must be said when a side effect was written down.

    Parameters
    ----------
    words : str
        The person's own; words of self-harm open the safety page.
    signs : iterable of str
        Ids of the signs that the person says are there; all others stay unknown.
    """
    there = {name: True for name in signs if name in fields() and _is_sign(fields()[name])}
    return assess(
        Answers.of({**there, "current": (medicine,), "free_text": words}), country=country
    )


def _asked(medicine: str) -> Iterator[Emergency]:
    """Give the rows to ask about: of this medicine first."""
    read = taking(medicine)
    taken = {one.field for one in takes() if read and any(map(read.is_a, one.any_of))}
    yield from (one for one in emergencies() if one.when and taken & one.when.names)
    general = wording("side_effects")["any_medicine"]
    yield from (one for one in emergencies() if one.id in general)


def _names(one: Emergency) -> Iterator[str]:
    conditions = [one.when, *(step.when for step in one.steps)]
    for condition in conditions:
        yield from sorted(condition.names) if condition is not None else ()


def _is_sign(field: Field) -> bool:
    asked_elsewhere = field.id.startswith("takes_") or field.topic
    return field.kind == "yes_no" and not asked_elsewhere
