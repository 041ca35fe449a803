"""One attack of a diary as answers to the criteria; what was not written stays unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from twofold.daytable import DayTable
from twofold.diary.case import Value
from twofold.diary.diary import Diary
from twofold.diary.headache import Attack, Aura
from twofold.facts.answers import Answers
from twofold.facts.attack_days import Days, days_of, known_days
from twofold.facts.headache import hours_between
from twofold.knowledge.criterion import pain_lines
from twofold.knowledge.medicine import named
from twofold.units import days_between

SIDES: Mapping[str, str] = {"left": "unilateral", "right": "unilateral", "both": "bilateral"}
"""A side that shifts is neither: the diary does not say whether within one attack."""

ONE_HOUR = 1.0
RELIEVING = ("triptan", "ergot")
SPECIFIC = ("triptan", "ergot", "gepant", "ditan")
"""Classes of medicines that are taken for migraine and nothing else."""


TakenOn = Mapping[int, Sequence[str]]
"""By row of the day table, what was taken and is no preventive."""


@dataclass(frozen=True)
class Around:
    """What a diary says around its attacks: the doses by row, and the days of each attack."""

    taken_on: TakenOn
    days: Mapping[Attack, Days]


def attack_answers(
    attack: Attack,
    diary: Diary,
    table: DayTable,
    person: Answers,
    around: Around | None = None,
) -> Answers:
    """Return what one attack answers; questions about the person keep their answers.

    Parameters
    ----------
    attack : Attack
        One attack of the diary.
    diary, table : Diary, DayTable
        The diary and its days: whether acute medicine was taken stands there.
    person : Answers
        What is known about the person: the age, and that there was never an aura.
    around : Around, optional
        What the diary says around them (``around_attacks``), where many are asked about.
    """
    told = around_attacks(diary) if around is None else around
    return Answers.of(
        {"age": person["age"]}
        | _length(attack)
        | _pain(attack)
        | _signs(attack)
        | _aura(attack.aura, person)
        | _treatment(attack, diary, table, told)
    )


def around_attacks(diary: Diary) -> Around:
    """Return what a diary says around its attacks, worked out once for all of them."""
    each = known_days(diary.attacks, diary.doses, diary.free_days)
    return Around(_doses_by_row(diary), dict(zip(diary.attacks, each, strict=True)))


def _doses_by_row(diary: Diary) -> TakenOn:
    found: dict[int, list[str]] = defaultdict(list)
    for dose in diary.doses:
        if dose.purpose != "preventive":
            found[days_between(diary.first_day, dose.when.day)].append(dose.name)
    return found


def rows_of(attack: Attack, diary: Diary, days: int, around: Around) -> list[int]:
    """Return the rows of the day table on which an attack was there, its first day included.

    The first day counts also where only an aura, and no pain, was told of it.
    """
    known = around.days.get(attack)
    told = {attack.onset.day, *(days_of(attack) if known is None else known)}
    rows = sorted(days_between(diary.first_day, day) for day in told)
    return [row for row in rows if 0 <= row < days]


def _length(attack: Attack) -> dict[str, Value | None]:
    if attack.end is None:
        return {}
    return {"duration_h": hours_between(attack.onset, attack.end)}


def _pain(attack: Attack) -> dict[str, Value | None]:
    strongest = max((rating.pain for rating in attack.pain), default=None)
    return {
        "headache": True if attack.kind is not None else None,
        "side": SIDES.get(attack.side or ""),
        "quality": attack.quality,
        "intensity": None if strongest is None else _strength(strongest),
        "believed_migraine": None if attack.kind is None else attack.kind == "migraine",
    }


def _strength(pain: float) -> str | None:
    return next((line.word for line in pain_lines() if pain >= line.least), None)


def _signs(attack: Attack) -> dict[str, Value | None]:
    told = attack.symptoms
    return {
        "nausea": told.nausea,
        "vomiting": told.vomiting,
        "photophobia": told.photophobia,
        "phonophobia": told.phonophobia,
        "aggravated": told.worse_with_activity,
    }


def _aura(aura: Aura | None, person: Answers) -> dict[str, Value | None]:
    if aura is None:
        return {"aura": False if person["aura"] is False else None}
    signs = astuple(aura)[:6]
    minutes = None if aura.duration is None else 60 * aura.duration
    follows = aura.headache_follows_within
    return {
        "aura_visual": aura.visual,
        "aura_sensory": aura.sensory,
        "aura_speech": aura.speech,
        "aura_motor": aura.motor,
        "aura_brainstem": aura.brainstem,
        "aura_retinal": aura.retinal,
        "aura_spreads": aura.spreads_gradually,
        "aura_one_sided": aura.one_sided,
        "aura_positive": aura.positive,
        "aura_total_min": minutes,
        "aura_n_symptoms": sum(map(bool, signs)) if None not in signs else None,
        "aura_headache": None if follows is None else follows <= ONE_HOUR,
    }


def _treatment(
    attack: Attack, diary: Diary, table: DayTable, around: Around
) -> dict[str, Value | None]:
    """Return whether acute medicine was taken on the attack's days, and whether it could help.

    A diary rates relief on no stated scale: that a triptan or ergot relieved an
    attack is never read from it, only that none was taken.
    """
    rows = rows_of(attack, diary, len(table), around)
    taken = _acute_on(rows, table)
    names = [name for row in rows for name in around.taken_on.get(row, ())]
    return {
        "treated_early": taken,
        "acute_taken": taken,
        "specific_taken": _is_any_of(names, SPECIFIC, taken),
        "triptan_relieved": False if _is_any_of(names, RELIEVING, taken) is False else None,
    }


def _acute_on(rows: list[int], table: DayTable) -> bool | None:
    """Whether acute medicine was taken on these days; unknown where one of them was not asked."""
    columns = [column[rows] for _, column in table.family("acute")]
    if any((column == 1).any() for column in columns):
        return True
    is_known = bool(columns) and not any(np.isnan(column).any() for column in columns)
    return False if is_known else None


def _is_any_of(names: list[str], classes: tuple[str, ...], taken: bool | None) -> bool | None:
    """Whether a name belongs to one of the classes; a name that is not known leaves it open."""
    found = [named(name) for name in names]
    if any(not set(one.classes).isdisjoint(classes) for one in found if one is not None):
        return True
    is_open = taken is None or any(one is None or one.needs_name for one in found)
    return None if is_open else False
