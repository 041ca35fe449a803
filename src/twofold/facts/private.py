"""What a clinician's page leaves out until the person agrees to share it: self-harm.

The page then looks the same whatever was answered. One thing can still be read
from it: a PHQ-9 with its suicide question left open has no total, so a total says
that the question was answered, and not how.
"""

from __future__ import annotations

from dataclasses import replace

from twofold.diary.item9 import NotAsked
from twofold.facts.answers import ITEM_9, Answers
from twofold.facts.mood import ScaleFacts, ScaleReading
from twofold.knowledge.field import fields
from twofold.knowledge.scale import find_scale

TOPIC = "self_harm"


def is_shared(answers: Answers) -> bool:
    """Whether the person agreed to share this topic; not asked is not agreed."""
    return answers["shares_safety"] is True


def unshared(answers: Answers) -> Answers:
    """Return the answers without anything about self-harm: there it counts as not asked."""
    hidden = [one.id for one in fields().values() if one.topic == TOPIC and one.id != ITEM_9]
    return Answers(
        {name: value for name, value in answers.known().items() if name not in (*hidden, ITEM_9)},
        NotAsked(),
    )


def unshared_scales(scales: tuple[ScaleFacts, ...]) -> tuple[ScaleFacts, ...]:
    """Return the questionnaires without the suicide question, nor a part that it belongs to.

    A questionnaire about nothing else is left out whole.
    """
    shown = (one for one in scales if find_scale(one.scale).has_total)
    return tuple(
        replace(one, readings=tuple(map(_without, one.readings)))
        if find_scale(one.scale).is_depression_scale
        else one
        for one in shown
    )


def _without(reading: ScaleReading) -> ScaleReading:
    score = replace(
        reading.score,
        item9=NotAsked(),
        safety=False,
        asks=(),
        parts=(),
        notes=(),
        known=(),
        missing=(),
        why_no_total="",
    )
    return replace(reading, score=score)
