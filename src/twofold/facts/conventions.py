"""Whether a diary can be counted as it says: what is named must be there, on one scale."""

from __future__ import annotations

from twofold.diary.diary import Diary
from twofold.errors import RecordError
from twofold.knowledge.load import claims


def check_conventions(diary: Diary) -> None:
    """Refuse a diary whose rules name what it does not hold.

    Raises
    ------
    RecordError
        With the name that does not fit, and what would.
    """
    _check_headache_rule(diary)
    _check_mood_items(diary)
    _check_factors(diary)
    _check_courses(diary)


def _check_headache_rule(diary: Diary) -> None:
    if not diary.headache_ratings:
        return
    rule = diary.conventions.headache_day
    if rule is None or rule.at_least is None:
        raise RecordError(
            "this diary rates headaches but does not say from which rating a day counts.",
            remedy="State headache_day with at_least.",
        )
    spans = {rating.span for rating in diary.headache_ratings}
    if len(spans) > 1:
        told = " and ".join(sorted(f"{span.low:g} to {span.high:g}" for span in spans))
        raise RecordError(
            f"headache is rated on more than one scale ({told}), so one line cannot hold for all.",
            remedy="Bring the ratings to one scale first.",
        )
    span = spans.pop()
    if not span.holds(rule.at_least):
        raise RecordError(
            f"headache_day counts from {rule.at_least:g}, outside {span.low:g} to {span.high:g}.",
            remedy="Choose a line on the scale.",
        )


def _check_mood_items(diary: Diary) -> None:
    held = {note.item for note in diary.mood_notes}
    rule = diary.conventions.low_mood_day
    named = {diary.conventions.mood_item, rule.item if rule else None} - {None}
    absent = sorted(str(item) for item in named - held)
    if held and absent:
        raise RecordError(
            f"no mood item is called {absent[0]!r}.", remedy=f"Name one of: {_listed(held)}."
        )


def _check_factors(diary: Diary) -> None:
    linked: dict[str, str | None] = {}
    for entry in diary.factors:
        if linked.setdefault(entry.name, entry.claim) != entry.claim:
            raise RecordError(
                f"two different factors are called {entry.name!r}.",
                remedy="Give each a name of its own.",
            )
    for claim in {claim for claim in linked.values() if claim is not None} - set(claims()):
        raise RecordError(
            f"no claim is called {claim!r}.", remedy=f"Name one of: {_listed(set(claims()))}."
        )


def _check_courses(diary: Diary) -> None:
    units: dict[str, str] = {}
    for course in diary.courses:
        for step in course.changes:
            if units.setdefault(course.name, step.daily.unit) != step.daily.unit:
                raise RecordError(
                    f"the course of {course.name} has doses in {units[course.name]} and in "
                    f"{step.daily.unit}.",
                    remedy="Write them in one unit.",
                )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
