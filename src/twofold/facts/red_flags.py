"""Warning signs that change how soon a headache must be seen; what was not asked is asked."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.facts.answers import Answers
from twofold.facts.following import following
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Condition
from twofold.knowledge.criterion import Tier
from twofold.knowledge.red_flag import TierRule, WarningSign, warning_signs

HOLDS_BACK: tuple[Tier, ...] = ("emergency", "same_day")
"""The tiers beside which no headache pattern is named, where the sign is new or there now."""


@dataclass(frozen=True)
class RedFlag:
    """A warning sign that is there.

    Parameters
    ----------
    id, name : str
        As in the table (``"#4"``).
    tier : {"emergency", "same_day", "prompt", "note"}
        How soon it must be seen, by what is known.
    could_be : str or None
        A more urgent tier that the unanswered questions in ``ask`` leave open.
    holds_back : bool
        Whether no headache pattern is named beside it (rule G6).
    """

    id: str
    name: str
    tier: Tier
    could_be: Tier | None
    holds_back: bool
    ask: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class RedFlags:
    """The warning signs that are there, and the questions about others that are still open."""

    raised: tuple[RedFlag, ...]
    ask: tuple[str, ...]

    @property
    def hold_back(self) -> bool:
        """Whether one of them stands before every headache pattern."""
        return any(flag.holds_back for flag in self.raised)


def red_flags(answers: Answers) -> RedFlags:
    """Return the warning signs that the answers raise.

    A sign is excused only by a certain answer; a sign that was not asked
    about is neither there nor absent, and its questions are listed.
    """
    told = following(answers).answers
    raised = [flag for sign in warning_signs() if (flag := _raised(sign, told)) is not None]
    return RedFlags(tuple(raised), _open(told))


def _raised(sign: WarningSign, told: Answers) -> RedFlag | None:
    if sign.when.holds(told) is not True or _is_certain(sign.unless, told):
        return None
    standing = [rule for rule in sign.tiers if _stands(rule, told)]
    if not standing:
        return None
    tier = standing[0].tier
    above = sign.tiers[: sign.tiers.index(standing[0])]
    possible = [rule for rule in above if rule.when and rule.when.holds(told) is None]
    return RedFlag(
        id=sign.id,
        name=sign.name,
        tier=tier,
        could_be=possible[0].tier if possible else None,
        holds_back=tier in HOLDS_BACK and not _is_certain(sign.is_history, told),
        ask=_names(tuple(rule.when for rule in possible if rule.when), told),
        sources=sign.sources,
    )


def _stands(rule: TierRule, told: Answers) -> bool:
    return (rule.when is None or rule.when.holds(told) is True) and not _is_certain(
        rule.unless, told
    )


def _is_certain(line: Condition | None, told: Answers) -> bool:
    """Whether a condition certainly holds: the unknown never excuses."""
    return line is not None and line.holds(told) is True


def _open(told: Answers) -> tuple[str, ...]:
    return _names(tuple(sign.when for sign in warning_signs()), told)


def _names(lines: tuple[Condition, ...], told: Answers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for line in lines for name in line.open(told)))
