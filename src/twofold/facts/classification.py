"""Which headache patterns the answers fit, with the reason for every criterion; never a diagnosis.

The criteria are tables (``knowledge/criteria``). This module knows no disorder
by name: it judges parts, lets one pattern stand before another, and lets a
warning sign stand before all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from twofold.daytable import DayTable
from twofold.diary.diary import Diary
from twofold.facts.answers import Answers
from twofold.facts.attacks_over_months import Month, kept
from twofold.facts.criteria import (
    CriterionResult,
    Results,
    Status,
    Told,
    judge_part,
    pattern_status,
)
from twofold.facts.following import following
from twofold.facts.menstrual import with_named_days
from twofold.facts.red_flags import RedFlag, RedFlags, red_flags
from twofold.knowledge.claim import Source
from twofold.knowledge.criterion import (
    HeadachePattern,
    Note,
    PatternFlag,
    Precedence,
    day_kinds,
    pattern_notes,
    patterns,
    precedences,
)
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording

_PROJECT_RULE = (Source("Twofold project rule", "", "months and unknown days"),)

MOST_QUESTIONS = 5
"""So many open questions are told at once; all of them stand in ``ask``."""


@dataclass(frozen=True)
class Pattern:
    """One headache pattern, judged.

    Parameters
    ----------
    id, name : str
        As in the classification (``"1.1"``).
    status : {"met", "not met", "unknown"}
    criteria : tuple of CriterionResult
        Every criterion with its verdict and its reason.
    ask : tuple of str
        The fields that would decide it; empty unless the status is unknown.
    discuss : bool
        Whether a clinician should hear of it wherever it is met.
    """

    id: str
    name: str
    status: Status
    criteria: tuple[CriterionResult, ...]
    ask: tuple[str, ...]
    discuss: bool
    confidence: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class SetAside:
    """A pattern that is met and not named, because of a general rule."""

    id: str
    name: str
    rule: str
    says: str


@dataclass(frozen=True)
class PatternNote:
    """A sentence beside the patterns."""

    id: str
    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class MonthTold:
    """Thirty days of a diary: at least and at most so many headache and migraine days."""

    days: int
    known: int
    headache: int
    headache_at_most: int
    migraine: int
    migraine_at_most: int


@dataclass(frozen=True)
class DaysTold:
    """Days of one kind in the last 30: at least, and at most if the unknown ones were such days."""

    id: str
    says: str
    least: int
    most: int


@dataclass(frozen=True)
class Classification:
    """What the answers fit.

    Parameters
    ----------
    patterns : tuple of Pattern
        All patterns in the order of the classification, whatever their status.
    fits : tuple of str
        The ids of those that are named, after the general rules; empty where
        ``suppressed`` holds, but for patterns of a secondary headache.
    set_aside : tuple of SetAside
        Those that are met and not named, and why.
    flags : tuple of RedFlag
        What stands before every pattern, most urgent first.
    suppressed : bool
        Whether a warning sign holds back the name of a pattern (rule G6).
    ask : tuple of str
        The fields that would decide a pattern some of whose criteria are met.
    ids : tuple of str
        ``fits`` and the ids of the flags.
    months : tuple of MonthTold
        The months of the diary, the newest first; empty without a diary.
    days : tuple of DaysTold
        Headache and migraine days of its last 30, by definition; studies differ in theirs.
    """

    patterns: tuple[Pattern, ...]
    fits: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    flags: tuple[RedFlag, ...]
    notes: tuple[PatternNote, ...]
    suppressed: bool
    ask: tuple[str, ...]
    ids: tuple[str, ...]
    months: tuple[MonthTold, ...] = ()
    days: tuple[DaysTold, ...] = ()

    def pattern(self, pattern_id: str) -> Pattern:
        """Return one pattern.

        Raises
        ------
        KeyError
            When the classification has no such entry.
        """
        return {one.id: one for one in self.patterns}[pattern_id]

    def lines(self) -> tuple[str, ...]:
        """Return what is told: flags first, then patterns, then what is still open."""
        notes = (one.says for one in self.notes)
        return (*_flag_lines(self), *_month_lines(self), *_pattern_lines(self), *notes)


def classify(answers: Answers) -> Classification:
    """Return the headache patterns that the answers fit.

    Parameters
    ----------
    answers : Answers
        One typical attack, how often attacks come, and warning signs. What is
        unknown stays unknown and is listed under ``ask``.

    Returns
    -------
    Classification

    Raises
    ------
    RecordError
        When a day among the named days cannot be read.
    """
    return classify_told(Told(following(with_named_days(answers))))


def classify_diary(diary: Diary, table: DayTable, answers: Answers | None = None) -> Classification:
    """Return the headache patterns that a diary's attacks and months fit.

    Parameters
    ----------
    diary : Diary
        Its attacks are judged one by one.
    table : DayTable
        The days of the diary up to today; months are 30 days, from today back.
    answers : Answers, optional
        What the person told beside it (the age, how it was before the diary).

    Returns
    -------
    Classification
        With the months counted. Under 80 % known days in the last 30, only
        what the recorded days alone reach is said (rule G10).
    """
    told = kept(diary, table, answers or Answers.of())
    found = classify_told(told)
    months = tuple(_month(one) for one in told.months)
    days = tuple(
        DaysTold(name, day_kinds()[name].says, one.hits, one.most) for name, one in told.counted
    )
    notes = (*_too_unknown(told.months), *found.notes)
    return replace(found, months=months, days=days, notes=notes)


def _month(month: Month) -> MonthTold:
    return MonthTold(
        days=month.headache.days,
        known=month.headache.known,
        headache=month.headache.hits,
        headache_at_most=month.headache.most,
        migraine=month.migraine.hits,
        migraine_at_most=month.migraine.most,
    )


def _too_unknown(months: tuple[Month, ...]) -> tuple[PatternNote, ...]:
    """Say that too few days are known, where they are (rule G10)."""
    if months[0].headache.is_mostly_known:
        return ()
    last = months[0].headache
    says = _words(
        "insufficient",
        known=str(last.known),
        days=str(last.days),
        low=str(last.hits),
        high=str(last.most),
    )
    return (PatternNote("G10", says, _PROJECT_RULE),)


def classify_told(told: Told) -> Classification:
    """Return the patterns of a person whose criteria ``told`` answers; see `classify`."""
    judged = _judge_all(told)
    signs = red_flags(told.answers)
    flags = _flags(signs, judged, told.answers)
    aside = _set_aside(judged, told.answers)
    fits = _fits(judged, aside, suppressed=signs.hold_back)
    return Classification(
        patterns=judged,
        fits=fits,
        set_aside=() if signs.hold_back else aside,
        flags=flags,
        notes=_notes(judged, fits, told.answers, suppressed=signs.hold_back),
        suppressed=signs.hold_back,
        ask=_worth_asking(judged),
        ids=(*fits, *(flag.id for flag in flags)),
    )


def _judge_all(told: Told) -> tuple[Pattern, ...]:
    results: dict[str, tuple[CriterionResult, ...]] = {}
    for pattern in patterns().values():
        results[pattern.id] = _judge(pattern, told, results)
    return tuple(_pattern(one, results[one.id]) for one in patterns().values())


def _judge(pattern: HeadachePattern, told: Told, results: Results) -> tuple[CriterionResult, ...]:
    return tuple(judge_part(part, pattern, told, results) for part in pattern.parts)


def _pattern(pattern: HeadachePattern, criteria: tuple[CriterionResult, ...]) -> Pattern:
    status = pattern_status(criteria)
    ask = (name for part in criteria for name in part.ask) if status == "unknown" else ()
    return Pattern(
        id=pattern.id,
        name=pattern.name,
        status=status,
        criteria=criteria,
        ask=tuple(dict.fromkeys(ask)),
        discuss=pattern.discuss,
        confidence=pattern.confidence,
        sources=pattern.sources,
    )


# --- which pattern stands before which ------------------------------------------------------------


def _set_aside(judged: tuple[Pattern, ...], answers: Answers) -> tuple[SetAside, ...]:
    met = [one for one in judged if one.status == "met"]
    found: dict[str, SetAside] = {}
    for rule in precedences():
        for one in _behind(rule, met, answers):
            found.setdefault(one.id, SetAside(one.id, one.name, rule.id, rule.says))
    return tuple(found[one.id] for one in met if one.id in found)


def _behind(rule: Precedence, met: list[Pattern], answers: Answers) -> list[Pattern]:
    """Return the met patterns that the rule sets aside."""
    before = [one for one in met if _is_named(one.id, rule.if_met)]
    if not before or (rule.unless is not None and rule.unless.holds(answers) is True):
        return []
    if rule.keeps_first_group:
        first = patterns()[before[0].id].group
        return [one for one in before if patterns()[one.id].group != first]
    return [one for one in met if _is_named(one.id, rule.sets_aside)]


def _is_named(pattern_id: str, names: tuple[str, ...]) -> bool:
    """Whether a pattern is named by its id, by its group ("2.") or by its weight."""
    weight = patterns()[pattern_id].weight
    return any(
        name in (pattern_id, weight) or (name.endswith(".") and pattern_id.startswith(name))
        for name in names
    )


def _fits(
    judged: tuple[Pattern, ...], aside: tuple[SetAside, ...], *, suppressed: bool
) -> tuple[str, ...]:
    behind = {one.id for one in aside}
    return tuple(
        one.id
        for one in judged
        if one.status == "met"
        and one.id not in behind
        and not (suppressed and patterns()[one.id].kind == "primary")
    )


# --- what stands before and beside ----------------------------------------------------------------

_ORDER = {tier: place for place, tier in enumerate(("emergency", "same_day", "prompt", "note"))}


def _flags(signs: RedFlags, judged: tuple[Pattern, ...], answers: Answers) -> tuple[RedFlag, ...]:
    own = [_own_flag(one, answers) for one in judged]
    found = (*signs.raised, *(flag for flag in own if flag is not None))
    return tuple(sorted(found, key=lambda flag: _ORDER[flag.tier]))


def _own_flag(judged: Pattern, answers: Answers) -> RedFlag | None:
    flag = patterns()[judged.id].flag
    if flag is None or not _is_raised(flag, judged, answers):
        return None
    return RedFlag(
        id=judged.id,
        name=flag.says.removesuffix("."),
        tier=flag.tier,
        could_be=None,
        holds_back=False,
        ask=(),
        sources=judged.sources,
    )


def _is_raised(flag: PatternFlag, judged: Pattern, answers: Answers) -> bool:
    if flag.unless is not None and flag.unless.holds(answers) is True:
        return False
    if flag.when is not None:
        return flag.when.holds(answers) is True
    return judged.status == "met"


def _notes(
    judged: tuple[Pattern, ...], fits: tuple[str, ...], answers: Answers, *, suppressed: bool
) -> tuple[PatternNote, ...]:
    discussed = [one for one in judged if one.id in fits and one.discuss]
    told = "; ".join(_words("discuss", name=one.name, id=one.id) for one in discussed)
    status = {one.id: one.status for one in judged}
    named = {one: status[one] for one in fits} if suppressed else status
    return tuple(
        PatternNote(note.id, note.says.format(patterns=told), note.sources)
        for note in pattern_notes()
        if _is_said(note, named, answers, bool(discussed))
    )


def _is_said(note: Note, status: dict[str, Status], answers: Answers, any_discussed: bool) -> bool:
    if note.where_discussed:
        return any_discussed
    if note.when is not None and note.when.holds(answers) is not True:
        return False
    asked: tuple[tuple[Status, tuple[str, ...]], ...] = (
        ("met", note.met),
        ("not met", note.not_met),
        ("unknown", note.unknown),
    )
    named = [(word, one) for word, ids in asked for one in ids]
    return not named or any(status.get(one) == word for word, one in named)


def _worth_asking(judged: tuple[Pattern, ...]) -> tuple[str, ...]:
    """Return what would decide the competing patterns of which a criterion is already met."""
    begun = [
        one
        for one in judged
        if patterns()[one.id].weight in ("definite", "probable")
        and any(part.verdict == "met" for part in one.criteria)
    ]
    met = [one for one in judged if one.status == "met"]
    begun.sort(key=lambda one: not _could_set_aside(one, met))
    return tuple(dict.fromkeys(name for one in begun for name in one.ask))


def _could_set_aside(begun: Pattern, met: list[Pattern]) -> bool:
    """Whether a pattern by its own name would take the place of one that is met."""
    return any(
        begun.id in rule.if_met and any(_is_named(one.id, rule.sets_aside) for one in met)
        for rule in precedences()
    )


# --- as sentences ---------------------------------------------------------------------------------


def _words(key: str, **parts: str) -> str:
    return str(wording("patterns")["told"][key]).format(**parts)


def _flag_lines(told: Classification) -> Iterable[str]:
    tiers = wording("patterns")
    for flag in told.flags:
        yield _words(
            "flag",
            tier=tiers["tier"][flag.tier],
            name=flag.name,
            does=tiers["tier_does"][flag.tier],
        )
        if flag.could_be:
            yield _words("could_be", questions=_questions(flag.ask))


def _month_lines(told: Classification) -> Iterable[str]:
    if told.months:
        last = told.months[0]
        numbers = {"count": last.headache, "known": last.known, "days": last.days}
        yield _words("month", **{name: str(number) for name, number in numbers.items()})


def _pattern_lines(told: Classification) -> Iterable[str]:
    if told.suppressed:
        yield _words("suppressed")
    elif not told.fits:
        yield _words("none")
    for one in told.fits:
        yield _words("fits", name=told.pattern(one).name, id=one)
    for other in told.set_aside:
        yield _words("set_aside", name=other.name, id=other.id, says=other.says)
    if told.ask and not told.suppressed:
        yield _words("ask", questions=_questions(told.ask))


def _questions(names: tuple[str, ...]) -> str:
    return " ".join(fields()[name].question for name in names[:MOST_QUESTIONS])
