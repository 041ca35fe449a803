"""Which questionnaires are offered to this person today, and which were answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from twofold.app.web.attack_reach import LOOK_BACK, reaches
from twofold.app.web.day_sheet import sheet_of
from twofold.app.web.gate import Visit
from twofold.diary.building import UnfitError, build
from twofold.diary.mood import ScaleAnswer
from twofold.errors import TwofoldError
from twofold.facts.mood import score_answer
from twofold.facts.scale_schedule import EVERY, OFFERED, Offer, offer
from twofold.facts.score import Score
from twofold.store.entry import Entry

RHYTHMS = (EVERY, 28)


@dataclass(frozen=True)
class Given:
    """A questionnaire that was answered, with its entry.

    Parameters
    ----------
    in_attack : bool
        Whether a headache covers the day.
    """

    entry: Entry
    day: dt.date
    score: Score
    in_attack: bool

    @property
    def is_whole(self) -> bool:
        """Whether there is a number; an answer that was begun has none."""
        return self.score.total is not None


def given_answers(visit: Visit) -> tuple[Given, ...]:
    """Return the questionnaires that were answered, the latest first."""
    answers = visit.store.entries(visit.person.id, kinds=("scale_answer",))
    first = next((one.day for one in answers if one.day is not None), visit.today)
    attacks = reaches(visit, first - LOOK_BACK)
    found = []
    for entry in reversed(answers):
        score = score_of(entry)
        if score is not None and entry.day is not None:
            in_attack = any(entry.day in one.days for one in attacks)
            found.append(Given(entry, entry.day, score, in_attack))
    return tuple(found)


def score_of(entry: Entry) -> Score | None:
    """Return the score of an answer, or ``None`` when it cannot be read."""
    try:
        answer = build(ScaleAnswer, entry.body)
        return score_answer(answer, day=str(entry.day or ""))
    except (UnfitError, TwofoldError):
        return None


def offers_of(visit: Visit) -> tuple[Offer, ...]:
    """Return the offers of today; none where the person wants none."""
    every = visit.setting("scale_rhythm", EVERY)
    if every not in RHYTHMS:
        return ()
    sheet = sheet_of(visit, visit.today)
    has_headache = True if sheet.attacks else (False if sheet.of_kind("free_day") else None)
    given = given_answers(visit)
    return tuple(
        offer(
            scale,
            [one.day for one in given if one.score.scale == scale and one.is_whole],
            today=visit.today,
            has_headache=has_headache,
            every=every,
        )
        for scale in OFFERED
    )
