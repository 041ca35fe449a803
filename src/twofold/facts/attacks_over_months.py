"""A diary's attacks and months as answers to the criteria of headache patterns.

A criterion that is said of one attack is asked of every attack; a pattern
counts the attacks that meet all of them. A criterion that must have been so
for months is asked of 30 days at a time, the newest first. An unknown day may
have been either, so a verdict stands only where both ways agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.diary import Diary
from twofold.facts.answers import Answers
from twofold.facts.attack_answers import around_attacks, attack_answers, rows_of
from twofold.facts.counting import Count, count
from twofold.facts.criteria import (
    Judged,
    Results,
    Told,
    both,
    exactly_one_missing,
    judge_attack,
    truth_of,
)
from twofold.facts.following import Followed, following
from twofold.facts.menstrual import with_cycles
from twofold.facts.reasons import reason, words_of
from twofold.knowledge.condition import Condition, Truth, all_of, any_of
from twofold.knowledge.criterion import (
    AllButOne,
    DayKind,
    DayRule,
    HeadachePattern,
    Part,
    day_kinds,
    patterns,
)

MONTH = 30
"""A "month" of the criteria is 30 days (rule G10)."""

MANY = 100_000
"""More attacks than anyone has: a diary knows only the least that there were."""

MIGRAINE_DAY = "1.3 C"
"""The kind of day that criterion 1.3 C counts."""

COUNTED = ("n_attacks", "n_auras")
DAYS = ("mhd", "mmd")


@dataclass(frozen=True)
class Month:
    """Thirty days: how many had a headache, and how many a migraine; the rest is unknown."""

    headache: Count
    migraine: Count

    def possible(self, name: str) -> range:
        """Return the numbers of days that are possible.

        Under 80 % known, only what the recorded days alone already reach can
        be said (rule G10), so every higher number is held possible.
        """
        counted = self.headache if name == "mhd" else self.migraine
        most = counted.most if self.headache.is_mostly_known else counted.days
        return range(counted.hits, most + 1)


class Attacked(Told):
    """One attack; where it is not known whether it was treated, both ways must agree."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(following(answers))
        is_open = answers["treated_early"] is None
        self.ways = _both_ways(self.answers) if is_open else (self.answers,)
        self._truths: dict[int, Truth] = {}

    def truth(self, part: Part) -> Truth:
        """Return whether the attack meets a criterion."""
        if id(part) not in self._truths:
            self._truths[id(part)] = _agreed(truth_of(part, way) for way in self.ways)
        return self._truths[id(part)]

    def meets(self, part: Part) -> Judged:
        """Judge a criterion of the attack, with its reasons."""
        judged = judge_attack(part, self)
        return Judged(self.truth(part), judged.reasons, judged.ask)

    def meets_all(self, parts: Iterable[Part]) -> bool:
        """Return whether the attack certainly meets all of these."""
        return all(self.truth(part) is True for part in parts)


def _both_ways(answers: Answers) -> tuple[Answers, Answers]:
    return answers.having(treated_early=False), answers.having(treated_early=True)


class Kept(Told):
    """What a diary tells: its attacks one by one, and its months, the newest first."""

    def __init__(
        self,
        followed: Followed,
        attacks: tuple[Attacked, ...],
        months: tuple[Month, ...],
        counted: tuple[tuple[str, Count], ...],
    ) -> None:
        super().__init__(followed)
        self.attacks, self.months, self.counted = attacks, months, counted

    def per_attack(self, part: Part, pattern: HeadachePattern) -> Judged:
        """Judge a criterion on the attacks that meet all of the pattern's; else on the nearest."""
        if not self.attacks or not part.per_attack:
            return judge_attack(part, self)
        parts = attack_parts(pattern)
        meeting = self._meeting(parts)
        if meeting:
            told = reason("meeting", count=len(meeting), all=len(self.attacks))
            return Judged(True, (told,))
        judged = self._nearest(parts).meets(part)
        told = reason("nearest", all=len(self.attacks), reason="; ".join(judged.reasons))
        return Judged(judged.truth, (told,), judged.ask)

    def judge(self, line: Condition, pattern: HeadachePattern) -> Judged:
        """Judge a condition, counting the diary's attacks and days where it asks for them."""
        least = len(self._meeting(attack_parts(pattern)))
        return self._judge_counted(line, least, self.months[0])

    def counted_attacks(self, part: Part) -> Judged:
        """Judge whether so many attacks of the diary meet one of the named patterns."""
        sets = [attack_parts(patterns()[name]) for name in part.attacks_of]
        found = sum(any(one.meets_all(parts) for parts in sets) for one in self.attacks)
        told = reason("attacks", least=found)
        return Judged(True if found >= part.least else None, (told,))

    def by_month(self, line: Condition, months: int) -> Judged:
        """Judge whether a condition held in more than so many months in a row, up to today."""
        asked = [name for name in DAYS if name in line.names]
        if not asked or any(self.answers[name] is not None for name in asked):
            return super().by_month(line, months)
        each = [self._judge_counted(line, 0, month) for month in self.months[: months + 1]]
        told = tuple(dict.fromkeys(reason for one in each for reason in one.reasons))
        run = _leading([one.truth for one in each])
        truth = self._so_long_truth([one.truth for one in each], run, months)
        ask = ("so_before",) if truth is None and run == months else ()
        so_long = reason("so_long", run=run, all=len(each), days=MONTH)
        return Judged(truth, (*told, so_long), ask)

    def _so_long_truth(self, truths: list[Truth], run: int, months: int) -> Truth:
        if False in truths:
            return False
        lasting = Told(Followed(self.answers.having(months=run)))
        return lasting.so_long(months).truth

    def all_but_one(self, which: AllButOne, results: Results) -> Judged:
        """Judge whether there are attacks of which exactly one criterion is missing."""
        if not self.attacks:
            return super().all_but_one(which, results)
        pattern = patterns()[which.pattern]
        own = [part for part in pattern.parts if part.per_attack]
        missing = [_missing_one(attack, own, which.parts) for attack in self.attacks]
        counts = missing.count(True)
        told = reason("missing_one", count=counts, all=len(self.attacks))
        others = [part for part in pattern.parts if not part.per_attack]
        rest = [self._counted_part(part, counts) for part in others]
        if counts and all_of(rest) is True:
            return Judged(True, (told,))
        whole = super().all_but_one(which, results)
        possible = any(one is not False for one in missing) and all_of(rest) is not False
        truth = any_of([whole.truth, None if possible else False])
        return Judged(truth, (told, *whole.reasons), whole.ask)

    def _counted_part(self, part: Part, least: int) -> Truth:
        """Return whether a part that is not said of one attack holds for so many attacks."""
        if part.when is None:
            return None
        if part.over_months is None:
            judged = self._judge_counted(part.when, least, self.months[0])
        else:
            judged = self.by_month(part.when, part.over_months)
        if part.and_when is not None:
            judged = both(judged, self._judge_counted(part.and_when, least, self.months[0]))
        return judged.truth

    def _meeting(self, parts: list[Part]) -> list[Attacked]:
        if not parts:
            return []
        return [one for one in self.attacks if one.meets_all(parts)]

    def _nearest(self, parts: list[Part]) -> Attacked:
        """Return the attack with the fewest criteria that fail, then the fewest that are open."""

        def distance(attack: Attacked) -> tuple[int, int]:
            truths = [attack.truth(part) for part in parts]
            return truths.count(False), truths.count(None)

        return min(self.attacks, key=distance)

    def _judge_counted(self, line: Condition, least: int, month: Month) -> Judged:
        """Judge a condition for every number of attacks and days that is possible."""
        ranges = dict(self._ranges(line, least, month))
        if not ranges:
            return self.on_answers(line)
        worlds = [
            self.answers.having(**dict(zip(ranges, numbers, strict=True)))
            for numbers in product(*ranges.values())
        ]
        truth = _agreed(line.holds(one) for one in worlds)
        counted = tuple(_spoken(name, least, month) for name in ranges)
        told = words_of(line, self.answers, self.readings, without=ranges)
        ask = tuple(n for n in line.open(self.answers) if n not in ranges) if truth is None else ()
        return Judged(truth, (*counted, *told), ask)

    def _ranges(self, line: Condition, least: int, month: Month) -> Iterator[tuple[str, list[int]]]:
        for name in sorted(line.names):
            if self.answers[name] is not None:
                continue
            if name in COUNTED and self.attacks:
                yield name, [*range(least, least + 20), MANY]
            if name in DAYS:
                yield name, list(month.possible(name))


def _spoken(name: str, least: int, month: Month) -> str:
    if name in COUNTED:
        return reason("attacks", least=least)
    counted = month.headache if name == "mhd" else month.migraine
    key = "headache_days" if name == "mhd" else "migraine_days"
    days = {"days": counted.days, "known": counted.known}
    return reason(key, count=_spoken_range(counted), **days)


def _spoken_range(counted: Count) -> str:
    if counted.hits == counted.most:
        return str(counted.hits)
    return reason("between", low=counted.hits, high=counted.most)


def _agreed(truths: Iterable[Truth]) -> Truth:
    """Return the truth on which all agree, else unknown."""
    told = set(truths)
    return told.pop() if len(told) == 1 else None


def _leading(truths: list[Truth]) -> int:
    """Return how many truths hold, from the first, without one in between that does not."""
    return next((at for at, one in enumerate(truths) if one is not True), len(truths))


def attack_parts(pattern: HeadachePattern) -> list[Part]:
    """Return what one attack must meet: the pattern's own, and those of the one it belongs to."""
    own = [part for part in pattern.parts if part.per_attack]
    parents = [part.fits_any[0] for part in pattern.parts if len(part.fits_any) == 1]
    return [*own, *(one for parent in parents for one in attack_parts(patterns()[parent]))]


def _missing_one(attack: Attacked, own: list[Part], listed: tuple[str, ...]) -> Truth:
    """Whether exactly one listed criterion of an attack is missing, and no other."""
    truths = {part.id: attack.truth(part) for part in own}
    rest = all_of(truth for name, truth in truths.items() if name not in listed)
    return all_of([exactly_one_missing([truths[name] for name in truths if name in listed]), rest])


# --- from the diary -------------------------------------------------------------------------------


def kept(diary: Diary, table: DayTable, answers: Answers) -> Kept:
    """Return what a diary tells to the criteria.

    Parameters
    ----------
    diary : Diary
        Its attacks are read; its ratings are in the table.
    table : DayTable
        The days up to today.
    answers : Answers
        What the person told beside it; it stands before what the diary says.
    """
    around = around_attacks(diary)
    inside = [one for one in diary.attacks if rows_of(one, diary, len(table), around)]
    attacks = _alike_once([attack_answers(one, diary, table, answers, around) for one in inside])
    each = tuple(
        (told, rows_of(one, diary, len(table), around))
        for one, told in zip(inside, attacks, strict=True)
    )
    days = {name: days_of_kind(kind, table, each) for name, kind in day_kinds().items()}
    person = with_cycles(answers, table)
    months = months_of(table["headache"], days[MIGRAINE_DAY])
    counted = tuple((name, count(column[-MONTH:])) for name, column in days.items())
    return Kept(following(person), attacks, months, counted)


def months_of(headache: Column, migraine: Column) -> tuple[Month, ...]:
    """Return the last 30 days and the whole months before them; days before a diary are unknown."""
    if headache.size < MONTH:
        missing = np.full(MONTH - headache.size, np.nan)
        headache, migraine = np.append(missing, headache), np.append(missing, migraine)
    stops = range(headache.size, MONTH - 1, -MONTH)
    return tuple(
        Month(count(headache[stop - MONTH : stop]), count(migraine[stop - MONTH : stop]))
        for stop in stops
    )


def _alike_once(each: list[Answers]) -> tuple[Attacked, ...]:
    """Return the attacks; those with the same answers are judged once."""
    made: dict[frozenset[tuple[str, object]], Attacked] = {}
    keys = [frozenset(one.known().items()) for one in each]
    for key, one in zip(keys, each, strict=True):
        if key not in made:
            made[key] = Attacked(one)
    return tuple(made[key] for key in keys)


def days_of_kind(
    kind: DayKind, table: DayTable, attacks: tuple[tuple[Attacked, list[int]], ...]
) -> Column:
    """Return the days of one kind: yes, no, or unknown where an attack cannot be told.

    Parameters
    ----------
    kind : DayKind
        What is counted (``day_kinds()``).
    attacks : tuple of (Attacked, list of int)
        The attacks inside the table: what each answers, and the rows on which it was there.
    """
    truths: dict[int, list[Truth]] = {}
    for told, rows in attacks:
        is_one = any_of(_makes_the_day(rule, told) for rule in kind.rules)
        for row in rows:
            truths.setdefault(row, []).append(is_one)
    column = np.where(table["headache"] == 0, 0.0, np.nan)
    for row, told_of in truths.items():
        found = any_of(told_of)
        column[row] = np.nan if found is None else float(found)
    return column


def _makes_the_day(rule: DayRule, attack: Attacked) -> Truth:
    holds = True if rule.when is None else rule.when.holds(attack.answers)
    parts = patterns()[rule.pattern].parts if rule.parts else ()
    return all_of([holds, *(attack.truth(one) for one in parts if one.id in rule.parts)])
