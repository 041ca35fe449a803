"""What is known about one person: a diary's facts and a case's answers under the same names."""

from __future__ import annotations

from twofold.daytable import DayTable
from twofold.diary.case import Value
from twofold.diary.diary import Diary
from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.facts.classification import Classification
from twofold.facts.counting import WINDOW, Count, count
from twofold.facts.diary_shelf import DiaryShelf
from twofold.facts.facts import Facts
from twofold.facts.mood import answers_from
from twofold.units import days_between

PHQ_9 = "phq9"
"""A total and its parts, which go together."""


def known(facts: Facts, shelf: DiaryShelf, case: Answers | None = None) -> Answers:
    """Return what a diary tells by name, with what a case adds.

    Parameters
    ----------
    facts : Facts
    shelf : DiaryShelf
        What the diary says is being taken.
    case : Answers, optional
        What the person answered beside the diary. It stands where both speak;
        but of two PHQ-9 totals, and of two answers to the suicide question, the
        graver one does, because nobody can tell which came later.
    """
    told = answers_from(facts.mood)
    diary = dict(told.known())
    diary.pop("item9", None)
    diary |= _monthly(facts) | _medicines(shelf) | _overuse(facts)
    if case is None:
        return Answers(diary, told.item9)
    said = {name: value for name, value in case.known().items() if name != "item9"}
    if _is_at_least(diary.get(PHQ_9), said.get(PHQ_9)):
        said = {name: value for name, value in said.items() if not name.startswith(PHQ_9)}
    return Answers({**diary, **said}, _graver(told.item9, case.item9))


def _is_at_least(one: Value | None, other: Value | None) -> bool:
    """Whether one total is known, and not lower than the other where that is known too."""
    if not isinstance(one, (int, float)):
        return False
    return not isinstance(other, (int, float)) or one >= other


def _graver(one: Item9, other: Item9) -> Item9:
    """Return the answer that asks for more: a higher one before a lower, an answer before none."""
    match one, other:
        case Answered(first), Answered(second):
            return one if first >= second else other
        case Answered(), NotAsked():
            return one
        case _:
            return other


def _monthly(facts: Facts) -> dict[str, Value]:
    """Return headache and migraine days of the last 28, and how many weeks are known.

    Monthly days are given only from a full window that is mostly known (project rule).
    """
    table = facts.table
    found: dict[str, Value] = {"diary_weeks": facts.headache.whole.known // 7}
    headache = count(table["headache"][-WINDOW:])
    if _is_whole(headache):
        found["mhd"] = _of_28(headache)
    migraine = count(table["migraine"][-WINDOW:])
    if facts.headache.migraine is not None and _is_whole(migraine):
        found["mmd"] = _of_28(migraine)
    return found


def _overuse(facts: Facts) -> dict[str, Value]:
    """Return which overuse patterns the days with acute medicine fit, where any were told."""
    found = facts.medication.overuse
    if not facts.medication.acute or found.is_pattern is None:
        return {}
    codes: dict[str, Value] = {"overuse_ids": found.fitting} if found.fitting else {}
    return codes | {"moh_pattern": found.is_pattern}


def written(diary: Diary, table: DayTable) -> tuple[tuple[int, str], ...]:
    """Return the person's own words with the rows of their days: notes, and notes on attacks."""
    notes = [(one.day, one.text) for one in diary.notes]
    notes += [(one.onset.day, one.note) for one in diary.attacks if one.note]
    rows = [(days_between(diary.first_day, day), text) for day, text in notes]
    return tuple((row, text) for row, text in rows if row < len(table))


def answered_0_on(facts: Facts) -> tuple[int, ...]:
    """Return the rows of the days on which item 9 was answered with 0."""
    days = [
        reading.day
        for scale in facts.mood.scales
        for reading in scale.readings
        if _is_answered_0(reading.score.item9)
    ]
    return tuple(facts.table.labels.index(day) for day in days)


def _is_answered_0(item9: Item9) -> bool:
    match item9:
        case Answered(answer):
            return answer == 0
        case NotAsked():
            return False


def with_patterns(answers: Answers, patterns: Classification) -> Answers:
    """Return the answers with what the headache patterns settle, where nobody answered it.

    Whether it is chronic (1.3) is settled both ways; an aura (1.2), and one that
    triptans are not for (1.2.2, 1.2.3), only where it is met.
    """
    status = {one.id: one.status for one in patterns.patterns}
    settled: dict[str, Value | None] = {
        "chronic": {"met": True, "not met": False}.get(status["1.3"]),
        "aura": True if status["1.2"] == "met" else None,
        "hemiplegic_or_brainstem": True if "met" in (status["1.2.2"], status["1.2.3"]) else None,
    }
    return answers.having(**{name: it for name, it in settled.items() if answers[name] is None})


def with_overuse_of(answers: Answers, told: Answers) -> Answers:
    """Return answers with the overuse patterns that others tell, where they have none."""
    names = ("overuse_ids", "moh_pattern")
    return answers.having(**{name: told[name] for name in names if answers[name] is None})


def _is_whole(days: Count) -> bool:
    return days.days >= WINDOW and days.is_mostly_known


def _of_28(days: Count) -> float:
    """Return the days in 28, the unknown ones as the known ones were."""
    return round(28 * days.hits / days.known, 1)


def _medicines(shelf: DiaryShelf) -> dict[str, Value]:
    """Return the lists of medicines; a diary that names none leaves them unknown."""
    takings = shelf.shelf.takings
    found: dict[str, Value] = {}
    regular = tuple(one.written for one in takings if one.role == "regular")
    taken = dict.fromkeys(one.label for one in takings if one.role in ("as_needed", "taken"))
    stopped = tuple(
        f"{one.label} stopped {one.stopped_days_ago} days ago"
        for one in takings
        if one.role == "stopped"
    )
    for name, words in (("current", regular), ("as_needed", tuple(taken)), ("stopped", stopped)):
        if words:
            found[name] = words
    return found
