"""Overuse of acute medicine: days beside the levels of ICHD-3 8.2, and a warning before a level.

The levels are expert opinion, so every sentence says "at or above the level where
overuse headache becomes more likely". A code fits only when its level and 15
headache days are reached for more than three months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from twofold.daytable import DayTable
from twofold.facts.acute_months import (
    ASPIRIN,
    Bounds,
    Month,
    Months,
    families_of_table,
    months_of,
    months_of_table,
    rule,
)
from twofold.facts.answers import Answers
from twofold.facts.counting import count
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import Truth, all_of, any_of, opposite
from twofold.knowledge.load import rows, wording
from twofold.knowledge.medicine import Family, counted_in, families

Tier = Literal["below", "notice", "level", "pattern", "cannot tell"]
Status = Literal["fits", "so far", "not told", "cannot tell", "not met"]


@dataclass(frozen=True)
class FamilyDays:
    """Days with one family in the newest month, and how near they are to its level.

    ``tier``: ``"notice"`` from 80 % of the level, ``"level"`` at it, ``"pattern"``
    when its code fits; ``"cannot tell"`` while unknown days could decide.
    """

    family: str
    label: str
    code: str
    least: float
    most: float
    level_days: tuple[int, ...]
    tier: Tier
    is_watch: bool


@dataclass(frozen=True)
class OverusePattern:
    """One entry of ICHD-3 8.2 and whether the days fit it.

    ``status``: ``"fits"``; ``"so far"`` when three months or fewer were told;
    ``"not told"`` when the level is reached and headache days or months were not
    told; ``"cannot tell"`` while unknown days could decide; ``"not met"``.
    """

    code: str
    label: str
    status: Status
    reason: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Overuse:
    """Days with acute medicine beside the levels of the books.

    Parameters
    ----------
    families : tuple of FamilyDays
        The families that were told, in the order of ICHD-3 8.2.
    total_least, total_most : float
        Days in the newest month with any of them.
    patterns : tuple of OverusePattern
    ids : tuple of str
        Codes that fit, and codes whose level is reached where nobody told for
        how long or on how many days there was headache (``"not told"``).
    so_far : tuple of str
        Codes that would fit if it went on: three months or fewer were told.
    is_pattern : bool or None
        Whether any code fits; ``None`` when that cannot be told yet.
    ask : tuple of str
        Fields that would decide.
    notes : tuple of str
        Sentences about what was counted, and what was not.
    """

    families: tuple[FamilyDays, ...]
    total_least: float
    total_most: float
    patterns: tuple[OverusePattern, ...]
    ids: tuple[str, ...]
    so_far: tuple[str, ...]
    is_pattern: bool | None
    ask: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def fitting(self) -> tuple[str, ...]:
        """The codes that fit, headache days and months included."""
        return tuple(one.code for one in self.patterns if one.status == "fits")

    def lines(self) -> tuple[str, ...]:
        """Return the result as plain sentences."""
        said = [_family_line(one) for one in self.families]
        said += [f"{one.code}: {one.reason}" for one in self.patterns if one.status != "not met"]
        return (*said, *self.notes) or (_words("nothing_told"),)


@dataclass(frozen=True)
class BeforeDose:
    """What to say before a dose: the day it would make, and whether that reaches a level."""

    family: str
    day_least: int
    day_most: int
    tier: Literal["notice", "level"]
    text: str


@dataclass(frozen=True)
class _Person:
    """What of 8.2 is not about days: a headache disorder before, and "it was so before"."""

    had_headache_before: Truth
    was_so_before: Truth


def overuse(answers: Answers) -> Overuse:
    """Return the overuse patterns of a case.

    Parameters
    ----------
    answers : Answers
        Days by family in a usual month (``days_triptan`` …) or by medicine
        (``acute_days``), month by month (``acute_by_month``), or by day (``intakes``).

    Raises
    ------
    RecordError
        When a medicine's name is not known, or days contradict each other.
    """
    months = months_of(answers)
    person = _Person(_had_headache_before(answers), _truth(answers["so_before"]))
    return _overuse(months, person, tuple(_case_notes(answers, months)))


def with_overuse(answers: Answers) -> Answers:
    """Return the answers with what follows about overuse, where nobody answered it.

    ``overuse_ids`` holds the codes that fit; ``moh_pattern`` stays unknown while
    that cannot be told.
    """
    found = overuse(answers)
    told = {"overuse_ids": found.fitting or None, "moh_pattern": found.is_pattern}
    return answers.having(**{name: value for name, value in told.items() if answers[name] is None})


def overuse_of_days(table: DayTable) -> Overuse:
    """Return the overuse patterns of a diary: its last 30 days and the whole months before."""
    return _overuse(months_of_table(table), _Person(None, None), ())


def before_dose(
    family: str, days: int, unknown_days: int = 0, *, is_counted_today: bool = False
) -> BeforeDose | None:
    """Return what to say before a dose would make today a day that crosses a family's limit.

    Parameters
    ----------
    family : str
        Of the medicine about to be taken.
    days : int
        Days with this family in the last 29 days and today, as far as known.
    unknown_days : int
        Days among them of which nothing is known.
    is_counted_today : bool
        Whether today is already one of ``days``: a second dose adds no day.

    Returns
    -------
    BeforeDose or None
        ``None`` while the days stay under 80 % of the level, or add none.
    """
    if is_counted_today:
        return None
    known, least = families()[family], days + 1
    most = min(rule("window_days"), least + unknown_days)
    level = min(known.level_days)
    if most < _notice_from(level):
        return None
    tier: Literal["notice", "level"] = "level" if most >= level else "notice"
    is_sure = least >= (max(known.level_days) if tier == "level" else _notice_from(level))
    text = _words(f"before_{tier}" if is_sure else f"before_{tier}_perhaps").format(
        day=_span(least, most), label=known.label, level=_levels(known.level_days)
    )
    return BeforeDose(family, least, most, tier, text)


def before_dose_today(table: DayTable, family: str) -> BeforeDose | None:
    """Return what to say before a dose, from a diary whose last row is today."""
    family = counted_in(family)[-1]
    taken = families_of_table(table).get(family)
    if taken is None:
        return before_dose(family, 0, rule("window_days") - 1)
    so_far = count(taken[-rule("window_days") : -1])
    missing = rule("window_days") - 1 - so_far.days
    return before_dose(
        family,
        so_far.hits,
        so_far.unknown + missing,
        is_counted_today=bool(taken[-1] == 1),
    )


# --- The rules of 8.2 ---


def _overuse(months: Months, person: _Person, notes: tuple[str, ...]) -> Overuse:
    newest = months.each[0]
    if newest == Month(headache=newest.headache):
        return Overuse(
            (), newest.total.least, newest.total.most, (), (), (), None, ("acute_days",), notes
        )
    judged = [_judged(code, months, person) for code in _codes(months)]
    patterns = tuple(one for one in judged if one is not None)
    fitting = {one.code for one in patterns if one.status == "fits"}
    return Overuse(
        families=tuple(_family_days(name, newest, fitting) for name in _told_families(newest)),
        total_least=newest.total.least,
        total_most=newest.total.most,
        patterns=patterns,
        ids=tuple(one.code for one in patterns if one.status in ("fits", "not told")),
        so_far=tuple(one.code for one in patterns if one.status == "so far"),
        is_pattern=_is_pattern(months, person, patterns),
        ask=tuple(_ask(months, person, patterns)),
        notes=notes + tuple(_notes(person, patterns)),
    )


@dataclass(frozen=True)
class _Code:
    """One entry of 8.2 and how a month is held against it."""

    code: str
    label: str
    family: Family | None
    level: int
    kinds: int
    sources: tuple[Source, ...]

    def is_reached(self, month: Month) -> Truth:
        if self.family is not None:
            return _family_level(self.family, month)
        return _several_level(self, month)


@cache
def _several() -> tuple[_Code, ...]:
    return tuple(
        _Code(row["id"], row["label"], None, row["level_days"], row["kinds"], row["sources"])
        for row in rows("medicines", "several")
    )


def _codes(months: Months) -> Iterator[_Code]:
    """Give the entries in question, in the order of ICHD-3."""
    told = {name for month in months.each for name in month.by_family}
    single = [
        _Code(one.code, one.label, one, max(one.level_days), 1, one.sources)
        for name, one in families().items()
        if name in told and one.is_named and not _is_through_narrower(name, months.each[0])
    ]
    yield from sorted([*single, *_several()], key=lambda one: one.code)


def _is_through_narrower(name: str, month: Month) -> bool:
    """Whether a family reaches its level only by the days of a narrower one (aspirin)."""
    wide = month.by_family.get(name)
    inside = [one for one in month.by_family if one != name and name in counted_in(one)]
    return wide is not None and any(
        _family_level(families()[one], month) and month.by_family[one].least == wide.least
        for one in inside
    )


def _family_level(family: Family, month: Month) -> Truth:
    days = month.by_family.get(family.id)
    return None if days is None else _reaches(days, family.level_days)


def _reaches(days: Bounds, levels: tuple[int, ...]) -> Truth:
    """Whether days reach a level; where the name leaves two open, both must agree."""
    answers = {days.reaches(level) for level in levels}
    return answers.pop() if len(answers) == 1 else None


def _several_level(code: _Code, month: Month) -> Truth:
    """Hold several kinds together: enough days in all, two kinds, and none at its own level."""
    enough = month.total.reaches(code.level)
    kinds = [one for one in _roots(month) if one.counts_in_total]
    if not kinds or _has_more_days(kinds, month):
        return all_of([enough, None])
    named = [one for one in kinds if one.is_named]
    alone = [opposite(_family_level(one, month)) for one in named]
    is_for_named = code.code == _several()[0].code
    is_fitting_kind = is_for_named == (len(named) == len(kinds))
    are_kinds = _are_kinds(code, kinds, month) if is_for_named else _are_perhaps(kinds, month)
    return all_of([is_fitting_kind, are_kinds, enough, *alone])


def _has_more_days(kinds: list[Family], month: Month) -> bool:
    """Whether there are more days in all than the told kinds make: some kind was not told."""
    return month.total.least > sum(month.by_family[one.id].most for one in kinds)


def _are_perhaps(kinds: list[Family], month: Month) -> Truth:
    """Whether several kinds were taken, where one was not named.

    An unnamed one beside a named one is the case that 8.2.7 is for. Alone, it
    may be one kind or several: open, unless it reaches every level there is.
    """
    taken = [one for one in kinds if month.by_family[one.id].least > 0]
    unnamed = [one for one in taken if not one.is_named]
    if any(_family_level(one, month) for one in unnamed):
        return True
    return True if unnamed and len(taken) > len(unnamed) else None


def _roots(month: Month) -> list[Family]:
    """Return the told families that stand in no wider one, so that aspirin is no second kind."""
    return [families()[name] for name in month.by_family if not families()[name].within]


def _are_kinds(code: _Code, kinds: list[Family], month: Month) -> Truth:
    """Whether two kinds were taken; one that may have been, on unknown days, stays open."""
    days = [month.by_family[one.id] for one in kinds]
    if sum(one.least > 0 for one in days) >= code.kinds:
        return True
    return None if sum(one.most > 0 for one in days) >= code.kinds else False


def _judged(code: _Code, months: Months, person: _Person) -> OverusePattern | None:
    levels = [code.is_reached(month) for month in months.each]
    if levels[0] is False and code.family is None:
        return None
    status = _status(levels, months, person)
    reason = _words(f"status_{status.replace(' ', '_')}").format(
        label=code.label, level=code.level, months=_months_told(months)
    )
    return OverusePattern(code.code, code.label, status, reason, code.sources)


def _status(levels: list[Truth], months: Months, person: _Person) -> Status:
    if person.had_headache_before is False:
        return "not met"
    line = rule("headache_days")
    heads = [one.headache.reaches(line) if one.headache else None for one in months.each]
    both = [all_of(pair) for pair in zip(levels, heads, strict=True)]
    if months.is_usual:
        return _status_of_usual(levels[0], both[0], months, person)
    return _status_of_months(levels, both, months, person)


def _status_of_usual(level: Truth, both: Truth, months: Months, person: _Person) -> Status:
    """Judge one usual month, which the person says has lasted so many months."""
    if both is False:
        return "not met"
    if level is None:
        return "cannot tell"
    if months.lasting is not None and not _lasts(months.lasting, person):
        return "so far"
    if months.each[0].headache is None or months.lasting is None:
        return "not told"
    return "fits" if both else "cannot tell"


def _status_of_months(
    levels: list[Truth], both: list[Truth], months: Months, person: _Person
) -> Status:
    """Judge months one by one: the running one and the three before it."""
    needed = rule("months") + 1
    recent = both[:needed]
    if False in recent:
        return "not met"
    if levels[0] is None:
        return "cannot tell"
    if len(recent) < needed and not _lasts(len(recent), person):
        return "so far"
    if any(one.headache is None for one in months.each[:needed]):
        return "not told"
    return "fits" if None not in recent else "cannot tell"


def _lasts(months: float, person: _Person) -> bool:
    """Whether it lasts more than three months, or three and was so before."""
    line = rule("months")
    return months > line or (months >= line and person.was_so_before is True)


def _is_pattern(months: Months, person: _Person, patterns: tuple[OverusePattern, ...]) -> Truth:
    """Whether any code fits; a kind that nobody told about could still make one fit."""
    any_fits = any_of(_fits(one.status) for one in patterns)
    is_open = not months.is_complete and not _is_ruled_out(months, person)
    return None if any_fits is False and is_open else any_fits


def _is_ruled_out(months: Months, person: _Person) -> bool:
    """Whether no code can fit whatever was taken: too few headache days, or none before."""
    recent = [month.headache for month in months.each[: rule("months") + 1]]
    few = any(days is not None and days.reaches(rule("headache_days")) is False for days in recent)
    return few or person.had_headache_before is False


def _fits(status: Status) -> Truth:
    return {"fits": True, "not met": False}.get(status)


# --- Telling ---


def _told_families(month: Month) -> list[str]:
    order = sorted(families().values(), key=lambda one: one.code)
    return [one.id for one in order if one.id in month.by_family]


def _family_days(name: str, month: Month, fitting: set[str]) -> FamilyDays:
    family, days = families()[name], month.by_family[name]
    return FamilyDays(
        family=name,
        label=family.label,
        code=family.code,
        least=days.least,
        most=days.most,
        level_days=family.level_days,
        tier="pattern" if _code_within(name, month) & fitting else _tier(days, family.level_days),
        is_watch=family.is_watch,
    )


def _code_within(name: str, month: Month) -> set[str]:
    """Return the codes of a family and of the narrower ones inside it."""
    return {families()[one].code for one in month.by_family if name in counted_in(one)}


def _tier(days: Bounds, levels: tuple[int, ...]) -> Tier:
    level = _reaches(days, levels)
    if level or (level is None and days.reaches(min(levels))):
        return "level" if level else "cannot tell"
    if days.reaches(_notice_from(min(levels))):
        return "notice"
    return "below" if days.reaches(_notice_from(min(levels))) is False else "cannot tell"


def _notice_from(level: int) -> float:
    return level * rule("notice_percent") / 100


def _had_headache_before(answers: Answers) -> Truth:
    said = _truth(answers["headache_before_overuse"])
    return True if said is None and answers["has_migraine"] is True else said


def _truth(value: object) -> Truth:
    return value if isinstance(value, bool) else None


def _ask(months: Months, person: _Person, patterns: tuple[OverusePattern, ...]) -> Iterator[str]:
    open_ones = [one for one in patterns if one.status not in ("fits", "not met")]
    if open_ones and months.each[0].headache is None:
        yield "mhd"
    if open_ones and months.is_usual and months.lasting is None:
        yield "months"
    if any(one.status == "so far" for one in open_ones):
        yield "so_before"
    newest = months.each[0]
    if any(one.status == "cannot tell" for one in open_ones):
        yield "acute_days" if months.is_complete or _has_unnamed(newest) else "acute_days_total"
    elif not open_ones and _is_pattern(months, person, patterns) is None:
        yield "acute_days_total"


def _has_unnamed(month: Month) -> bool:
    return any(not one.is_named for one in _roots(month))


def _notes(person: _Person, patterns: tuple[OverusePattern, ...]) -> Iterator[str]:
    if person.had_headache_before is None and any(_fits(one.status) for one in patterns):
        yield _words("before_not_told")
    if person.had_headache_before is False:
        yield _words("no_headache_before")


def _case_notes(answers: Answers, months: Months) -> Iterator[str]:
    if months.not_counted:
        yield _words("not_counted").format(names=", ".join(months.not_counted))
    if answers["for_other_pain"] is True:
        yield _words("other_pain")
    if answers["aspirin_to_thin_blood"] is True:
        yield _words("thin_blood")
    elif ASPIRIN in months.each[0].by_family and answers["aspirin_to_thin_blood"] is None:
        yield _words("thin_blood_not_told")


def _family_line(one: FamilyDays) -> str:
    return _words(f"tier_{one.tier.replace(' ', '_')}").format(
        label=one.label, days=_span(one.least, one.most), level=_levels(one.level_days)
    )


def _months_told(months: Months) -> str:
    told = months.lasting if months.is_usual else float(len(months.each))
    if told is None:
        return ""
    return "1 month" if told == 1 else f"{told:g} months"


def _span(least: float, most: float) -> str:
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"


def _levels(levels: tuple[int, ...]) -> str:
    return " or ".join(f"{level}" for level in levels)


def _words(name: str) -> str:
    return str(wording("medicines")["overuse"][name])
