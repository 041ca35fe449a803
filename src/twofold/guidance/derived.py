"""What the tables of options need beside the answers: groups of medicines, gates of safety."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twofold.facts.answers import Answers
from twofold.facts.overuse import with_overuse
from twofold.facts.shelf import Shelf, Taking, shelf
from twofold.guidance.interactions import Checked
from twofold.knowledge.condition import Condition
from twofold.knowledge.field import fields
from twofold.knowledge.medicine import medicines
from twofold.knowledge.option import derived
from twofold.safety.assess import Safety

WEIGHTY = ("moderate", "serious", "contraindicated")
URGENT = ("emergency", "same_day")
RED_FLAG = (*URGENT, "prompt")

_WORKED_OUT_OF = {
    "current_classes": "current",
    "failed_classes": "failed",
    "failed_preventives": "failed",
    "failed_antidepressants": "failed",
    "interaction_to_discuss": "current",
}
_TAKEN_NOW = ("current", "current_from_neurologist", "current_from_psychiatrist", "as_needed")


@dataclass(frozen=True)
class Question:
    """Something that must be known first: a field and its plain question."""

    field: str
    label: str
    question: str


def worked_out(answers: Answers, safety: Safety, checked: Checked) -> Answers:
    """Return the answers with everything that the tables of options work out of them.

    Medicines are named by their ingredients afterwards, so that a brand and its
    ingredient are one. What cannot be told stays unknown.

    Parameters
    ----------
    answers : Answers
    safety : Safety
        Of the same answers.
    checked : Checked
        Of the same shelf.
    """
    told = with_overuse(answers).having(**_of_medicines(answers), **_of_safety(safety))
    takes = told["current"] is not None
    told = told.having(interaction_to_discuss=_is_weighty(checked) if takes else None)
    for one in derived():
        told = told.having(**{one.id: one.condition.holds(told)})
    return told


def questions(condition: Condition, answers: Answers) -> tuple[Question, ...]:
    """Return what must be asked before a condition can be told, in plain questions."""
    return named(_asked(condition.open(answers), answers))


def named(names: Iterable[str]) -> tuple[Question, ...]:
    """Return the questions of fields, each once, in the order given."""
    return tuple(
        Question(name, fields()[name].label, fields()[name].question)
        for name in dict.fromkeys(names)
    )


def _asked(names: Iterable[str], answers: Answers) -> Iterator[str]:
    """Give what a person can be asked in place of what is worked out."""
    conditions = {one.id: one.condition for one in derived()}
    for name in names:
        if name in conditions:
            yield from _asked(conditions[name].open(answers), answers)
        else:
            yield _WORKED_OUT_OF.get(name, name)


def _of_medicines(answers: Answers) -> dict[str, tuple[str, ...] | int | None]:
    whole = Shelf.of_answers(answers)
    tried = whole.did_not_help if answers["failed"] is not None else None
    is_told = any(answers[name] is not None for name in _TAKEN_NOW)
    now = whole.active if is_told else None
    return {
        "current": _ingredients(now),
        "current_classes": _classes(now),
        "as_needed": _ingredients(now),
        "failed": _ingredients(tried),
        "failed_classes": _classes(tried),
        "failed_preventives": _how_many(tried, "migraine_prevention"),
        "failed_antidepressants": _how_many(tried, "depression"),
        "considering": _considered(answers),
    }


def _considered(answers: Answers) -> tuple[str, ...] | None:
    words = answers["considering"]
    if not isinstance(words, tuple):
        return None
    return _ingredients(shelf(words, where="considering").takings)


def _ingredients(takings: tuple[Taking, ...] | None) -> tuple[str, ...] | None:
    return None if takings is None else tuple(name for one in takings for name in one.ingredients)


def _classes(takings: tuple[Taking, ...] | None) -> tuple[str, ...] | None:
    if takings is None:
        return None
    return tuple(dict.fromkeys(tag for one in takings for tag in one.classes))


def _how_many(takings: tuple[Taking, ...] | None, role: str) -> int | None:
    """Return how many different medicines have a role."""
    if takings is None:
        return None
    return len({one.id for one in takings if _has_role(one, role)})


def _has_role(one: Taking, role: str) -> bool:
    """Whether a medicine has a role; a word for a group has it where a member has."""
    if one.ingredients:
        return any(role in medicines()[name].roles for name in one.ingredients)
    members = (row for row in medicines().values() if set(one.classes) <= set(row.classes))
    return bool(one.classes) and any(role in row.roles for row in members)


def _of_safety(safety: Safety) -> dict[str, bool]:
    tiers = {flag.tier for flag in safety.flags}
    return {
        "safety_first": safety.opens_page,
        "item9_must_be_asked": "item9" in safety.must_ask,
        "red_flag": not tiers.isdisjoint(RED_FLAG),
        "urgent_red_flag": not tiers.isdisjoint(URGENT),
    }


def _is_weighty(checked: Checked) -> bool:
    return any(one.severity in WEIGHTY for one in checked.found)
