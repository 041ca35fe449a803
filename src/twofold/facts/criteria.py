"""Whether one criterion is met, is not, or cannot be told yet; and the reason, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from twofold.diary.case import Value
from twofold.facts.answers import Answers
from twofold.facts.following import Followed
from twofold.knowledge.condition import Condition, Truth, all_of, any_of, at_least
from twofold.knowledge.criterion import AllButOne, HeadachePattern, Part, lasting
from twofold.knowledge.field import Field, fields

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

    def judge(self, line: Condition) -> Judged:
        """Judge a condition on the answers."""
        truth = line.holds(self.answers)
        return Judged(truth, _said(line, self), line.open(self.answers) if truth is None else ())

    def per_attack(self, part: Part, pattern: HeadachePattern) -> Judged:
        """Judge a criterion that is said of one attack: here, of the typical one."""
        del pattern
        return judge_attack(part, self)

    def by_month(self, line: Condition, months: int) -> Judged:
        """Judge whether a condition has held for more than so many months."""
        met, not_met = lasting().conditions(months)
        so_long = self.judge(met)
        if so_long.truth is False and not_met.holds(self.answers) is not True:
            so_long = Judged(None, so_long.reasons, not_met.open(self.answers))
        return both(self.judge(line), so_long)

    def all_but_one(self, which: AllButOne, results: Results) -> Judged:
        """Judge whether exactly one of the named parts is not met, and all others are."""
        listed = [one for one in results[which.pattern] if one.id in which.parts]
        others = [one for one in results[which.pattern] if one.id not in which.parts]
        rest = all_of(_truth(one) for one in others)
        truth = all_of([_exactly_one_missing([_truth(one) for one in listed]), rest])
        reasons = tuple(f"{which.pattern} {one.id} {one.verdict}" for one in (*listed, *others))
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
    if part.or_when is not None:
        judged = either(judged, told.judge(part.or_when))
    if part.and_when is not None:
        judged = both(told.judge(part.and_when), judged)
    ask = tuple(dict.fromkeys(judged.ask)) if judged.truth is None else ()
    return CriterionResult(
        part.id, part.says, status_of(judged.truth), "; ".join(judged.reasons), ask
    )


def _main(part: Part, pattern: HeadachePattern, told: Told, results: Results) -> Judged:
    if part.needs_examination:
        return Judged(None, ("this needs an examination by a clinician",))
    if part.all_but_one is not None:
        return told.all_but_one(part.all_but_one, results)
    if part.fits_any:
        return _fits_any(part.fits_any, results)
    if part.over_months is not None and part.when is not None:
        return told.by_month(part.when, part.over_months)
    return told.per_attack(part, pattern) if part.per_attack else judge_attack(part, told)


def judge_attack(part: Part, told: Told) -> Judged:
    """Judge a condition, or so many of several features, on one set of answers."""
    if part.open_when is not None and part.open_when.holds(told.answers):
        return Judged(None, (part.open_because,))
    if part.when is not None:
        return told.judge(part.when)
    each = [(one, told.judge(one.when)) for one in part.of]
    truth = at_least(part.least, [judged.truth for _, judged in each])
    told_of = ", ".join(f"{one.says}: {_YES_NO[judged.truth]}" for one, judged in each)
    ask = tuple(name for _, judged in each for name in judged.ask)
    return Judged(truth, (f"{part.least} needed: {told_of}",), ask if truth is None else ())


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
    shown = {name: one for name, one in each.items() if truth is None or one == status_of(truth)}
    reasons = tuple(
        f"{name} {one}" for name, one in shown.items() if truth is not None or one == "unknown"
    )
    unknown = [part for name, one in each.items() if one == "unknown" for part in results[name]]
    return Judged(truth, reasons, _asked(unknown) if truth is None else ())


def _asked(parts: Iterable[CriterionResult]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.ask)


_BACK: dict[str, Truth] = {"met": True, "not met": False, "unknown": None}
_YES_NO: dict[Truth, str] = {True: "yes", False: "no", None: "not known"}


def _truth(result: CriterionResult) -> Truth:
    return _BACK[result.verdict]


def _exactly_one_missing(truths: list[Truth]) -> Truth:
    """Whether exactly one is false and the others true, whatever the unknown ones are."""
    missing, unknown = truths.count(False), truths.count(None)
    if missing > 1 or (missing == 0 and unknown == 0):
        return False
    return None if unknown else True


# --- reasons in words -----------------------------------------------------------------------------


def _said(line: Condition, told: Told) -> tuple[str, ...]:
    """Return the answers that a condition names, as words, in the order they are written."""
    ordered = sorted(line.names, key=line.text.index)
    open_names = line.open(told.answers)
    return tuple(
        _words(name, told)
        for name in ordered
        if told.answers[name] is not None or name in open_names
    )


def _words(name: str, told: Told) -> str:
    value, field = told.answers[name], fields()[name]
    if value is None:
        return f"{field.label}: not known"
    read = f" (read from: {told.readings[name]})" if name in told.readings else ""
    return f"{field.label}: {spoken_value(value, field)}{read}"


def spoken_value(value: Value, field: Field) -> str:
    """Return an answer as words.

    >>> spoken_value(True, fields()["nausea"])
    'yes'
    >>> spoken_value(6, fields()["duration_h"])
    '6 hours'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g} {field.unit}".strip()
    if isinstance(value, tuple):
        return ", ".join(value).replace("_", " ") or "none"
    return value.replace("_", " ")
