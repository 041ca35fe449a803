"""What an answer says about questions that were left open, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twofold.diary.case import Value
from twofold.facts.answers import Answers
from twofold.knowledge.criterion import Follows, follows


@dataclass(frozen=True)
class Followed:
    """Answers with what follows from them.

    ``readings`` says, for every field that was read rather than answered, on
    what the reading rests; a later answer may correct it.
    """

    answers: Answers
    readings: Mapping[str, str] = field(default_factory=dict)


def following(answers: Answers) -> Followed:
    """Return the answers and what follows from them by the rows of the tables.

    An answer that was given is never changed, unless the row says that it
    holds even then (rule G9: sleep counts).
    """
    told, readings = answers, dict[str, str]()
    for row in follows():
        value = _value(row, told)
        if value is None or (told[row.field] is not None and not row.overrides):
            continue
        told = told.having(**{row.field: value})
        if row.is_reading or row.overrides:
            readings[row.field] = row.says
    return Followed(told, readings)


def _value(row: Follows, answers: Answers) -> Value | None:
    if row.when is not None and row.when.holds(answers) is not True:
        return None
    if row.as_condition is not None:
        return row.as_condition.holds(answers)
    return answers[row.copies] if row.copies is not None else row.value
