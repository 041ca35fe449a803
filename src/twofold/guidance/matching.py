"""Which clauses of the interaction rules hold for one shelf and one person, with three outcomes.

A clause holds, does not hold, or cannot be told yet: then it says what is open
(an answer, an amount, a time), so that it can be asked. Nothing here knows a
medicine, class or condition by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

from twofold.facts.answers import Answers
from twofold.facts.shelf import Shelf, Taking, hours_between, shelf
from twofold.knowledge.condition import Truth, all_of
from twofold.knowledge.interaction import ANY, Clause, Locale, Rule, rules
from twofold.knowledge.medicine import medicines

ANSWER = "answer"
"""The kind of an open thing that is a field of the case; all others are about one medicine."""

NAME = "name"
"""The kind of an open thing that is which medicine a word means."""

DAY_H = 24
WEEK_H = 7 * DAY_H


@dataclass(frozen=True, order=True)
class Open:
    """Something that is not known: a field of the case, or something about one medicine.

    ``of`` is the id of the field or of the medicine, ``label`` its name in a sentence.
    """

    kind: str
    of: str
    label: str = ""

    @property
    def about(self) -> str:
        """Its name in a list: ``"asthma"``, ``"dose_mg of citalopram"``."""
        return self.of if self.kind == ANSWER else f"{self.kind} of {self.of}"


@dataclass(frozen=True)
class Verdict:
    """Whether something holds, and what is open while that cannot be told."""

    holds: Truth
    open: tuple[Open, ...] = ()


@dataclass(frozen=True)
class Match:
    """One clause that holds for these medicines, or that cannot be told yet."""

    rule: Rule
    clause: Clause
    takings: tuple[Taking, ...]
    verdict: Verdict


YES, NO = Verdict(True), Verdict(False)


def matches(on: Shelf, answers: Answers, locale: Locale) -> tuple[Match, ...]:
    """Return every clause that holds or cannot be told yet, in the order of the rules.

    Parameters
    ----------
    on : Shelf
        The medicines of one person.
    answers : Answers
        What is known of the person; unknown is never taken for no.
    locale : {"US", "EU", "UK"}
        Whose labels count.
    """
    return tuple(
        Match(rule, clause, takings, verdict)
        for rule in rules()
        for clause in rule.clauses
        if locale in clause.locales
        for takings, verdict in _of_clause(clause, on, answers)
        if verdict.holds is not False
    )


def joined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return Kleene's "and"; open is what keeps it open.

    While nobody knows which medicine a word means, nothing else is asked about it.
    """
    told = list(verdicts)
    holds = all_of(one.holds for one in told)
    if holds is not None:
        return Verdict(holds)
    unknown = dict.fromkeys(one for part in told for one in part.open)
    names = tuple(one for one in unknown if one.kind == NAME)
    return Verdict(None, names or tuple(unknown))


def _about(kind: str, one: Taking) -> Open:
    return Open(kind, one.id, one.written if one.needs_name else one.label)


Found = tuple[tuple[Taking, ...], Verdict]


def _of_clause(clause: Clause, on: Shelf, answers: Answers) -> Iterator[Found]:
    if clause.at_least:
        yield _counted(clause, on)
        return
    for takings, who in _who(clause, on, answers):
        if clause.a_from or clause.b_from:
            tests = [who, _when(clause, answers)]
        else:
            tests = [
                who,
                _recorded(clause, takings),
                _time(clause, takings),
                _amounts(clause, takings, on),
                _third(clause, takings, on),
                _when(clause, answers),
            ]
        yield takings, joined(tests)


# --- who ------------------------------------------------------------------------------------------


def _who(clause: Clause, on: Shelf, answers: Answers) -> Iterator[Found]:
    """Give the medicines that the clause is about: one, or a pair."""
    first = list(_a_side(clause, on, answers))
    if not clause.b:
        yield from (((a,), verdict) for a, verdict in first)
        return
    second = list(_b_side(clause, on, answers))
    is_same_side = clause.a == clause.b
    pairs = combinations(first, 2) if is_same_side else product(first, second)
    for (a, fits_a), (b, fits_b) in pairs:
        if b is None:
            yield (a,), joined([fits_a, fits_b])
        elif a is not None and _are_two(a, b):
            named = _both_named(a, b) if is_same_side else YES
            yield (a, b), joined([fits_a, fits_b, named])


def _a_side(clause: Clause, on: Shelf, answers: Answers) -> Iterator[tuple[Taking, Verdict]]:
    if not clause.a_from:
        yield from _on_shelf(clause.a, on, with_tried=bool(clause.after_a_d))
        return
    named = [one for name in clause.a_from for one in _named(name, answers)]
    yield from ((one, YES) for one in named if _is_any(one, clause.a))
    unknown = _unknown_lists(clause.a_from, answers)
    if unknown.holds is None:
        for one, fits in _on_shelf(clause.a, on, with_tried=False):
            if not any(_are_one(one, other) for other in named):
                yield one, joined([fits, unknown])


def _b_side(clause: Clause, on: Shelf, answers: Answers) -> Iterator[tuple[Taking | None, Verdict]]:
    if not clause.b_from:
        yield from _on_shelf(clause.b, on, with_tried=bool(clause.after_b_d))
        return
    named = [one for name in clause.b_from for one in _named(name, answers)]
    yield from ((one, YES) for one in named if _is_any(one, clause.b))
    unknown = _unknown_lists(clause.b_from, answers)
    if unknown.holds is None:
        yield None, unknown


def _on_shelf(
    tags: tuple[str, ...], on: Shelf, *, with_tried: bool
) -> Iterator[tuple[Taking, Verdict]]:
    """Give what fits; what did not help was stopped at some time, so wash-outs look at it too."""
    tried = on.did_not_help if with_tried else ()
    for one in (*on.takings, *tried):
        fits = _fits(one, tags)
        if fits.holds is not False:
            yield one, fits


def _fits(one: Taking, tags: tuple[str, ...]) -> Verdict:
    if _is_any(one, tags):
        return YES
    if one.needs_name and any(_could_be(one, tag) for tag in tags):
        return Verdict(None, (_about(NAME, one),))
    return NO


def _is_any(one: Taking, tags: Iterable[str]) -> bool:
    return any(one.is_a(tag) for tag in tags)


def _could_be(one: Taking, tag: str) -> bool:
    """Whether a word for a kind of medicine may mean one with that tag."""
    return tag in _tags_within(one.classes)


@cache
def _tags_within(kind: tuple[str, ...]) -> frozenset[str]:
    """Return the ids and classes of every medicine that is of a kind."""
    within = [one for one in medicines().values() if set(kind) <= set(one.classes)]
    return frozenset(tag for one in within for tag in (one.id, *one.classes))


def _are_one(a: Taking, b: Taking) -> bool:
    return not set(a.ingredients).isdisjoint(b.ingredients) or a.id == b.id


def _are_two(a: Taking, b: Taking) -> bool:
    return a is not b and not _are_one(a, b)


def _both_named(a: Taking, b: Taking) -> Verdict:
    """Return whether two of one kind are known to be two different ones."""
    unnamed = [one for one in (a, b) if one.needs_name]
    return Verdict(None, tuple(_about(NAME, one) for one in unnamed)) if unnamed else YES


def _named(name: str, answers: Answers) -> tuple[Taking, ...]:
    told = answers[name]
    return shelf(told, where=name).takings if isinstance(told, tuple) else ()


def _unknown_lists(names: tuple[str, ...], answers: Answers) -> Verdict:
    unknown = tuple(Open(ANSWER, name) for name in names if answers[name] is None)
    return Verdict(None, unknown) if unknown else NO


# --- times ----------------------------------------------------------------------------------------


def _time(clause: Clause, takings: tuple[Taking, ...]) -> Verdict:
    """Return whether the medicines meet in time: both taken now, or one within its wash-out."""
    past = [one for one in takings if not _is_current(one)]
    if not past:
        return _near(clause, takings)
    if len(past) == len(takings):
        return NO
    one = past[0]
    limit = _wash_out_h(clause, one, is_a=one is takings[0])
    if limit is None:
        return NO
    hours = _hours_without(one)
    if hours is None:
        return Verdict(None, (_about("stopped_days_ago", one),))
    return Verdict(hours < limit)


def _is_current(one: Taking) -> bool:
    """Whether it counts as taken now: not stopped, and not last taken more than 7 days ago."""
    hours = _hours_without(one)
    return one.is_active and (hours is None or hours <= WEEK_H)


def _hours_without(one: Taking) -> float | None:
    """Return for how long it was not taken; ``None`` when that is not known."""
    if one.stopped_days_ago is not None:
        return DAY_H * one.stopped_days_ago
    return -one.hour if one.clock == "ago" and one.hour is not None else None


def _current(on: Shelf) -> tuple[Taking, ...]:
    return tuple(one for one in on.takings if _is_current(one))


def _wash_out_h(clause: Clause, one: Taking, *, is_a: bool) -> float | None:
    """Return for how long after it was stopped a medicine still counts; ``None``: not at all."""
    days = dict(clause.after_a_d if is_a else clause.after_b_d)
    own = [days[tag] for tag in days if tag != ANY and one.is_a(tag)]
    if own:
        return DAY_H * max(own)
    return DAY_H * days[ANY] if ANY in days else clause.within_h


def _near(clause: Clause, takings: tuple[Taking, ...]) -> Verdict:
    """Return whether two intakes are near enough; unless the times are known, they may be."""
    if clause.within_h is None or len(takings) < 2:
        return YES
    gap = hours_between(*takings)
    if gap is not None:
        return Verdict(gap < clause.within_h)
    if len(clause.recorded) < 2:
        return YES
    return Verdict(None, tuple(_about("hour", one) for one in takings if one.hour is None))


def _recorded(clause: Clause, takings: tuple[Taking, ...]) -> Verdict:
    sides = dict(zip("ab", takings, strict=False))
    return Verdict(all(sides[side].role == "taken" for side in clause.recorded))


# --- amounts --------------------------------------------------------------------------------------


def _amounts(clause: Clause, takings: tuple[Taking, ...], on: Shelf) -> Verdict:
    a, b = takings[0], takings[-1]
    return joined(
        [
            _over(a, a.daily_mg, clause.a_over_mg),
            _over(b, b.daily_mg, clause.b_over_mg),
            _over(a, a.dose_mg, clause.a_single_over_mg),
            _total(a, clause.a_total_24_h_over_mg, on),
        ]
    )


def _over(one: Taking, amount: float | None, limit: float | None) -> Verdict:
    if limit is None:
        return YES
    if amount is None:
        return Verdict(None, (_about("dose_mg", one),))
    return Verdict(amount > limit)


def _total(last: Taking, limit: float | None, on: Shelf) -> Verdict:
    """Return whether the intakes in the 24 hours up to this one come to more than the limit."""
    if limit is None:
        return YES
    day = [one for one in _current(on) if _is_in_24_h_before(one, last)]
    known = sum(one.dose_mg for one in day if one.dose_mg is not None)
    if known > limit:
        return YES
    unknown = any(one.dose_mg is None for one in day)
    return Verdict(None, (_about("dose_mg", last),)) if unknown else NO


def _is_in_24_h_before(one: Taking, last: Taking) -> bool:
    """Whether it is an intake of the same medicine; without times, it may be of the same day."""
    if one.role != "taken" or not _are_one(one, last):
        return False
    if one.hour is None or last.hour is None or one.clock != last.clock:
        return True
    gap = last.hour - one.hour
    return 0 <= (gap % WEEK_H if last.clock == "week" else gap) < DAY_H


# --- a third medicine, and the person -------------------------------------------------------------


def _third(clause: Clause, takings: tuple[Taking, ...], on: Shelf) -> Verdict:
    if not clause.third:
        return YES
    others = [one for one in _current(on) if not any(_are_one(one, taken) for taken in takings)]
    return Verdict(any(_is_any(one, clause.third) for one in others))


def _when(clause: Clause, answers: Answers) -> Verdict:
    if clause.when is None:
        return YES
    open_names = (Open(ANSWER, name) for name in clause.when.open(answers))
    return Verdict(clause.when.holds(answers), tuple(open_names))


# --- a rule that counts ---------------------------------------------------------------------------


def _counted(clause: Clause, on: Shelf) -> Found:
    """Return the medicines that count, and whether there are enough different ones."""
    fitting = [one for one in _current(on) if _is_any(one, clause.a)]
    told = [(one, _counts(one, clause, on)) for one in fitting]
    sure = [one for one, verdict in told if verdict.holds]
    possible = [one for one, verdict in told if verdict.holds is not False]
    takings = tuple(sure)
    if _n_different(sure, clause.a) >= clause.at_least:
        return takings, YES
    if _n_different(possible, clause.a) < clause.at_least:
        return takings, NO
    return takings, Verdict(None, tuple(one for _, verdict in told for one in verdict.open))


def _counts(one: Taking, clause: Clause, on: Shelf) -> Verdict:
    if one.needs_name:
        return Verdict(None, (_about(NAME, one),))
    if not _is_any(one, clause.in_last_24_h) or one.role == "regular":
        return YES
    if one.role != "taken":
        return Verdict(None, (_about("taken_in_last_24_h", one),))
    return Verdict(_hours_ago(one, on) < DAY_H)


def _hours_ago(one: Taking, on: Shelf) -> float:
    """Return how long ago it was; the latest recorded hour is now, unless hours count from now."""
    if one.hour is None:
        return 0
    if one.clock == "ago":
        return -one.hour
    same_clock = (other.hour for other in _current(on) if other.clock == one.clock)
    return max(hour for hour in same_clock if hour is not None) - one.hour


def _n_different(takings: list[Taking], tags: tuple[str, ...]) -> int:
    return len({agent for one in takings for agent in _agents(one, tags)})


def _agents(one: Taking, tags: tuple[str, ...]) -> set[str]:
    """Return the ingredients that carry the tags; a word without ingredients stands for itself."""
    known = medicines()
    carrying = {
        name
        for name in one.ingredients
        if any(tag == name or tag in known[name].classes for tag in tags)
    }
    return carrying or {one.id}
