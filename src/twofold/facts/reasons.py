"""Why a criterion is met, is not, or is open: the answers it rests on, as words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from twofold.diary.case import Value
from twofold.facts.answers import Answers
from twofold.knowledge.condition import Condition, Truth
from twofold.knowledge.field import Field, fields
from twofold.knowledge.load import wording


def reason(key: str, **parts: object) -> str:
    """Return a reason in the words of ``wording/patterns.toml``."""
    return str(wording("patterns")["reason"][key]).format(**parts)


def spoken_truth(truth: Truth) -> str:
    """Return a truth as a word.

    >>> spoken_truth(None)
    'not known'
    """
    key = {True: "yes", False: "no", None: "unknown"}[truth]
    return str(wording("patterns")["value"][key])


def words_of(
    line: Condition,
    answers: Answers,
    readings: Mapping[str, str],
    *,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the answers that a condition names, as words, in the order they are written.

    Parameters
    ----------
    line : Condition
    answers : Answers
    readings : mapping of str to str
        For fields that were read rather than answered: on what the reading rests.
    without : collection of str
        Fields to leave out.
    """
    ordered = sorted(line.names - set(without), key=line.text.index)
    open_names = line.open(answers)
    shown = [name for name in ordered if answers[name] is not None or name in open_names]
    return tuple(_words(name, answers, readings) for name in shown)


def _words(name: str, answers: Answers, readings: Mapping[str, str]) -> str:
    value, field = answers[name], fields()[name]
    told = spoken_truth(None) if value is None else spoken_value(value, field)
    if name in readings:
        return reason("read", label=field.label, value=told, says=readings[name])
    return reason("answer", label=field.label, value=told)


def spoken_value(value: Value, field: Field) -> str:
    """Return an answer as words.

    >>> spoken_value(True, fields()["nausea"])
    'yes'
    >>> spoken_value(6, fields()["duration_h"]), spoken_value(1, fields()["duration_h"])
    ('6 hours', '1 hour')
    >>> spoken_value(("orbital", "whole_head"), fields()["pain_place"])
    'orbital, whole head'
    """
    if isinstance(value, bool):
        return spoken_truth(value)
    if isinstance(value, (int, float)):
        return f"{value:g} {_unit(value, field.unit)}".strip()
    if isinstance(value, tuple):
        return ", ".join(value).replace("_", " ") or "none"
    return value.replace("_", " ")


def _unit(value: float, unit: str) -> str:
    first, space, rest = unit.partition(" ")
    return (first.removesuffix("s") if value == 1 else first) + space + rest
