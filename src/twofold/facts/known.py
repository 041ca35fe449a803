"""What is known about one person: a diary's facts and a case's answers under the same names."""

from __future__ import annotations

from twofold.diary.case import Value
from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.facts.classification import Classification
from twofold.facts.counting import WINDOW, Count, count
from twofold.facts.diary_shelf import DiaryShelf
from twofold.facts.facts import Facts
from twofold.facts.mood import answers_from

CHRONIC = "1.3"


def known(facts: Facts, shelf: DiaryShelf, case: Answers | None = None) -> Answers:
    """Return what a diary tells by name, with what a case adds.

    Parameters
    ----------
    facts : Facts
    shelf : DiaryShelf
        What the diary says is being taken.
    case : Answers, optional
        What the person answered beside the diary. It stands where both speak;
        but a suicide question that one of them answered with 1 or more stands
        whatever the other says, because nobody can tell which came later.
    """
    told = answers_from(facts.mood)
    diary = dict(told.known())
    diary.pop("item9", None)
    diary |= _monthly(facts) | _medicines(shelf) | _overuse(facts)
    if case is None:
        return Answers(diary, told.item9)
    said = {name: value for name, value in case.known().items() if name != "item9"}
    return Answers({**diary, **said}, _graver(told.item9, case.item9))


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


def with_patterns(answers: Answers, patterns: Classification) -> Answers:
    """Return the answers with what the headache patterns settle: whether it is chronic (1.3)."""
    settled = {"met": True, "not met": False}.get(patterns.pattern(CHRONIC).status)
    return answers if answers["chronic"] is not None else answers.having(chronic=settled)


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
