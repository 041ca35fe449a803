"""Whether one criterion is met, is not, or cannot be told yet; and the reason, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from twofold.facts.answers import Answers
from twofold.facts.following import Followed
from twofold.facts.reasons import reason, spoken_truth, words_of
from twofold.knowledge.condition import Condition, Truth, all_of, any_of, at_least
from twofold.knowledge.criterion import AllButOne, HeadachePattern, Part, lasting

Status = Literal["met", "not met", "unknown"]


def status_of(truth: Truth) -> Status:
    """Return the word for a truth."""
    return "unknown" if truth is None else "met" if truth else "not met"


@dataclass(frozen=True)
class Judged:
    """A truth, what it rests on, and the questions that could still decide it."""

    truth: Truth
    reasons: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriterionResult:
    """One criterion of a pattern, as judged.

    ``reason`` names the answers it rests on. ``ask`` holds the fields that
    would decide it; empty unless the verdict is unknown.
    """

    id: str
    says: str
    verdict: Status
    reason: str
    ask: tuple[str, ...]


Results = Mapping[str, tuple[CriterionResult, ...]]
"""The judged parts of the patterns that stand before this one, by the pattern's id."""


class Told:
    """What is known of one person, as criteria ask it: of one typical attack and of the months.

    A diary answers the same questions attack by attack and month by month
    (``facts.attacks_over_months``).
    """

    def __init__(self, followed: Followed) -> None:
        self.answers: Answers = followed.answers
        self.readings = followed.readings

    def judge(self, line: Condition, pattern: HeadachePattern) -> Judged:
        """Judge a condition on the answers; a diary counts the attacks of the pattern."""
        del pattern
        return self.on_answers(line)

    def on_answers(self, line: Condition) -> Judged:
        """Judge a condition on the answers alone."""
        truth = line.holds(self.answers)
        return Judged(
            truth,
            words_of(line, self.answers, self.readings),
            line.open(self.answers) if truth is None else (),
        )

    def per_attack(self, part: Part, pattern: HeadachePattern) -> Judged:
        """Judge a criterion that is said of one attack: here, of the typical one."""
        del pattern
        return judge_attack(part, self)

    def counted_attacks(self, part: Part) -> Judged:
        """Judge whether so many attacks meet one of the named patterns: here, as was told."""
        del part
        return Judged(None)

    def by_month(self, line: Condition, months: int) -> Judged:
        """Judge whether a condition has held for more than so many months."""
        return both(self.on_answers(line), self.so_long(months))

    def so_long(self, months: int) -> Judged:
        """Judge whether it has been so for more than so many months; open until that is told."""
        met, not_met = lasting().conditions(months)
        judged = self.on_answers(met)
        if judged.truth is False and not_met.holds(self.answers) is not True:
            return Judged(None, judged.reasons, not_met.open(self.answers))
        return judged

    def all_but_one(self, which: AllButOne, results: Results) -> Judged:
        """Judge whether exactly one of the named parts is not met, and all others are."""
        listed = [one for one in results[which.pattern] if one.id in which.parts]
        others = [one for one in results[which.pattern] if one.id not in which.parts]
        rest = all_of(_truth(one) for one in others)
        truth = all_of([exactly_one_missing([_truth(one) for one in listed]), rest])
        reasons = tuple(
            reason("part", pattern=which.pattern, part=one.id, verdict=one.verdict)
            for one in (*listed, *others)
        )
        return Judged(truth, reasons, _asked((*listed, *others)) if truth is None else ())


def judge_part(
    part: Part, pattern: HeadachePattern, told: Told, results: Results
) -> CriterionResult:
    """Judge one criterion.

    Parameters
    ----------
    part, pattern : Part, HeadachePattern
        The criterion, and the pattern it belongs to.
    told : Told
        What is known.
    results : mapping
        The judged criteria of the patterns that stand before this one.

    Returns
    -------
    CriterionResult
        Unknown wherever an answer that is missing could decide it.
    """
    judged = _main(part, pattern, told, results)
    if part.attacks_of and judged.truth is None:
        judged = either(judged, told.counted_attacks(part))
    if part.or_when is not None:
        judged = either(judged, told.judge(part.or_when, pattern))
    if part.and_when is not None:
        judged = both(told.judge(part.and_when, pattern), judged)
    ask = tuple(dict.fromkeys(judged.ask)) if judged.truth is None else ()
    return CriterionResult(
        part.id, part.says, status_of(judged.truth), "; ".join(judged.reasons), ask
    )


def _main(part: Part, pattern: HeadachePattern, told: Told, results: Results) -> Judged:
    if part.needs_examination:
        return Judged(None, (reason("examination"),))
    if part.all_but_one is not None:
        return told.all_but_one(part.all_but_one, results)
    if part.fits_any:
        return _fits_any(part.fits_any, results)
    if part.over_months is not None and part.when is not None:
        return told.by_month(part.when, part.over_months)
    if part.when is not None and not part.per_attack:
        return told.judge(part.when, pattern)
    return told.per_attack(part, pattern)


def judge_attack(part: Part, told: Told) -> Judged:
    """Judge a condition, or so many of several features, on one set of answers."""
    if part.when is not None:
        judged = told.on_answers(part.when)
        is_open = judged.truth is not True and _cannot_tell(part, told.answers)
        return Judged(None, (part.open_because,)) if is_open else judged
    each = [(one, told.on_answers(one.when)) for one in part.of]
    truth = at_least(part.least, [judged.truth for _, judged in each])
    features = ", ".join(
        reason("answer", label=one.says, value=spoken_truth(judged.truth)) for one, judged in each
    )
    ask = tuple(name for _, judged in each for name in judged.ask)
    return Judged(
        truth,
        (reason("needed", least=part.least, features=features),),
        ask if truth is None else (),
    )


def truth_of(part: Part, answers: Answers) -> Truth:
    """Return what `judge_attack` finds, without its reasons: for many attacks."""
    if part.when is not None:
        truth = part.when.holds(answers)
        return None if truth is not True and _cannot_tell(part, answers) else truth
    return at_least(part.least, [one.when.holds(answers) for one in part.of])


def _cannot_tell(part: Part, answers: Answers) -> bool:
    return part.open_when is not None and part.open_when.holds(answers) is True


def both(one: Judged, other: Judged) -> Judged:
    """Join two judgements by "and"."""
    return _joined(all_of([one.truth, other.truth]), one, other)


def either(one: Judged, other: Judged) -> Judged:
    """Join two judgements by "or"."""
    return _joined(any_of([one.truth, other.truth]), one, other)


def _joined(truth: Truth, one: Judged, other: Judged) -> Judged:
    ask = (*one.ask, *other.ask) if truth is None else ()
    return Judged(truth, tuple(dict.fromkeys((*one.reasons, *other.reasons))), ask)


def pattern_status(parts: Iterable[CriterionResult]) -> Status:
    """Return whether all parts of a pattern are met."""
    return status_of(all_of(_truth(one) for one in parts))


def _fits_any(names: tuple[str, ...], results: Results) -> Judged:
    each = {name: pattern_status(results[name]) for name in names}
    truth = any_of(_BACK[one] for one in each.values())
    shown = {name: one for name, one in each.items() if one == status_of(truth)}
    reasons = tuple(reason("pattern", pattern=name, verdict=one) for name, one in shown.items())
    unknown = [part for name, one in each.items() if one == "unknown" for part in results[name]]
    return Judged(truth, reasons, _asked(unknown) if truth is None else ())


def _asked(parts: Iterable[CriterionResult]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.ask)


_BACK: dict[str, Truth] = {"met": True, "not met": False, "unknown": None}


def _truth(result: CriterionResult) -> Truth:
    return _BACK[result.verdict]


def exactly_one_missing(truths: list[Truth]) -> Truth:
    """Whether exactly one is false and the others true, whatever the unknown ones are."""
    missing, unknown = truths.count(False), truths.count(None)
    if missing > 1 or (missing == 0 and unknown == 0):
        return False
    return None if unknown else True
