"""Signs that must be seen now, today or soon, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.facts.answers import Answers
from twofold.facts.red_flags import RedFlag, red_flags
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Condition
from twofold.knowledge.crisis_line import CrisisLines
from twofold.knowledge.criterion import Tier
from twofold.knowledge.emergency import Emergency, Step, emergencies, quiet
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording
from twofold.safety.page import emergency_number
from twofold.safety.worked_out import words_in

URGENCY: tuple[Tier, ...] = ("emergency", "same_day", "prompt", "note")
"""The most urgent first."""


@dataclass(frozen=True)
class Flag:
    """A sign that must be seen.

    Parameters
    ----------
    id, name : str
    tier : {"emergency", "same_day", "prompt", "note"}
        How soon; ``"note"`` for a sign that a doctor has checked.
    says, do : str
        What it is, and what to do, in plain words.
    could_be : str or None
        A more urgent tier that the questions in ``ask`` leave open.
    ask : tuple of str
    sources : tuple of Source
    """

    id: str
    name: str
    tier: Tier
    says: str
    do: str
    could_be: Tier | None
    ask: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def order(self) -> int:
        """Its place among flags: the most urgent first."""
        return URGENCY.index(self.tier)

    @property
    def told(self) -> str:
        """How soon, what it is, and what to do."""
        return f"{wording('safety')['tell']['tiers'][self.tier]}: {self.says} {self.do}"

    def lines(self) -> tuple[str, ...]:
        """Return the flag as plain sentences, with the questions that could make it more urgent."""
        if not self.ask:
            return (self.told,)
        could_be = wording("safety")["tell"]["could_be"]
        return (self.told, could_be.format(questions=questions(self.ask)))


def questions(names: tuple[str, ...]) -> str:
    """Return the questions of some fields as one line."""
    return " ".join(fields()[name].question for name in names)


@dataclass(frozen=True)
class Raised:
    """The signs that are there, and the questions that are open.

    ``ask_first`` decides about a sign of which one part is there: a rash whose
    medicine is not known, eye pain with the same.
    """

    flags: tuple[Flag, ...]
    ask_first: tuple[str, ...]
    ask: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The signs by id, in the order of the table."""
        return tuple(flag.id for flag in self.flags)


def raised(told: Answers, country: CrisisLines) -> Raised:
    """Return the signs that are there, in the order of the table, and what must be asked."""
    signs = red_flags(told)
    by_id = {flag.id: flag for flag in signs.raised}
    flags = [_flag(one, by_id, told, country) for one in emergencies()]
    first = [name for one in emergencies() for name in _half_told(one, told)]
    rest = [name for one in emergencies() if one.when for name in one.when.open(told)]
    return Raised(
        flags=tuple(flag for flag in flags if flag is not None),
        ask_first=tuple(dict.fromkeys(first)),
        ask=tuple(dict.fromkeys((*first, *signs.ask, *rest))),
    )


def _flag(
    one: Emergency, signs: dict[str, RedFlag], told: Answers, country: CrisisLines
) -> Flag | None:
    if one.red_flag:
        return _of_sign(one, signs[one.red_flag], told, country) if one.red_flag in signs else None
    if one.when is None or one.when.holds(told) is not True or _is_certain(one.unless, told):
        return None
    step = next(step for step in one.steps if step.when is None or step.when.holds(told) is True)
    above = [more for more in one.steps[: one.steps.index(step)] if _is_open(more, told)]
    ask = dict.fromkeys(name for more in above if more.when for name in more.when.open(told))
    could_be = above[0].tier if above else None
    return _told(one, step, could_be, tuple(ask), told, country)


def _of_sign(one: Emergency, sign: RedFlag, told: Answers, country: CrisisLines) -> Flag:
    step = next(step for step in one.steps if step.tier == sign.tier)
    return _told(one, step, sign.could_be, sign.ask, told, country)


def _told(
    one: Emergency,
    step: Step,
    could_be: Tier | None,
    ask: tuple[str, ...],
    told: Answers,
    country: CrisisLines,
) -> Flag:
    return Flag(
        id=one.id,
        name=one.name,
        tier="note" if _is_quiet(one, step, told) else step.tier,
        says=step.says,
        do=step.do.format(emergency=emergency_number(country)),
        could_be=could_be,
        ask=ask,
        sources=one.sources,
    )


def _is_quiet(one: Emergency, step: Step, told: Answers) -> bool:
    """Whether a doctor has checked it lately: never an emergency, never near a pregnancy."""
    rule, days = quiet(), told["days_since_check"]
    checked = {word.casefold().lstrip("#") for word in words_in(told, "checked_by_doctor")}
    return (
        step.tier != "emergency"
        and not checked.isdisjoint({one.id.casefold().lstrip("#"), one.name.casefold()})
        and isinstance(days, (int, float))
        and days <= rule.days
        and rule.when.holds(told) is True
    )


def _half_told(one: Emergency, told: Answers) -> tuple[str, ...]:
    """Return what is open about a sign of which some part is there and none is excluded."""
    if one.when is None or one.when.holds(told) is not None:
        return ()
    is_begun = any(part.holds is True for part in one.when.parts(told))
    return one.when.open(told) if is_begun else ()


def _is_certain(line: Condition | None, told: Answers) -> bool:
    return line is not None and line.holds(told) is True


def _is_open(step: Step, told: Answers) -> bool:
    return step.when is not None and step.when.holds(told) is None
