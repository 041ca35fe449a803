"""Rows into records: one small function for each section of the mapping language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from twofold.diary import headache as head
from twofold.diary import medication as medicines
from twofold.diary.factors import Note
from twofold.diary.mood import MoodNote, ScaleAnswer
from twofold.diary.rhythm import CycleDay, DayRating, Sleep
from twofold.intake import mapping as says
from twofold.intake.cells import CellError, Cells, short, shown
from twofold.intake.draft import Draft, FactorValues
from twofold.intake.moments import has_time, parsed_moment
from twofold.units import Hours, Pain, Quantity, Span, When, day_after

_HOURS_IN = {"hours": 1, "minutes": 60, "seconds": 3600}


@dataclass(slots=True)
class Here:
    """Where the reading stands: a row, its moment, its person's draft; ``key`` is the section."""

    cells: Cells
    when: When
    draft: Draft
    place: str
    key: str = ""

    @property
    def today(self) -> When:
        """The row's day, without its time."""
        return When(self.when.day)

    def is_repeated(
        self, repeats: says.Repeats, column: str, answer: object, name: str = ""
    ) -> bool:
        """Say whether this answer was already taken today; differing answers are refused."""
        if repeats == "each_row":
            return False
        key = f"{self.key}.{name}"
        return not self.draft.is_first_today(
            key, self.when.day, answer, column=column, place=self.place
        )

    def moment(self, repeats: says.Repeats) -> When:
        """The row's moment, or only its day for an answer that stands for the whole day."""
        return self.today if repeats == "once_a_day" else self.when


def take_attack(rule: says.Attack, here: Here) -> None:
    """Take the row as one attack."""
    cells, onset = here.cells, here.when
    if not cells.fits(rule.where):
        return
    pain = cells.number(rule.pain)
    if pain is not None:
        pain = Span(*rule.pain_span).to_ten(_within(pain, rule.pain_span, str(rule.pain)))
    end = _end(rule, onset, cells)
    ratings = () if pain is None else (head.PainRating(onset, Pain(pain)),)
    attack = head.Attack(onset, end, kind=rule.kind, pain=ratings)
    attack = _on_its_day(attack, rule.day_starts)
    here.draft.days.add(attack.onset.day)
    here.draft.entered.add(attack.onset.day)
    here.draft.add("attacks", attack)


def take_headache(rule: says.Headache, here: Here) -> None:
    """Take a rating, a number of headaches, or the person's word that there was none."""
    cells, when = here.cells, here.when
    if not cells.fits(rule.where):
        return
    count = cells.amount(rule.count, rule.words)
    if rule.count is not None and count is None:
        return
    if count == 0:
        here.draft.free.add(when.day)
        return
    level = cells.number(rule.column, rule.words)
    if level is not None and rule.span is not None:
        _within(level, rule.span, str(rule.column))
        rating = head.HeadacheRating(when, level, span_of(rule.span))
        here.draft.add("headache_ratings", rating)
    elif count is not None:
        here.draft.add("attacks", head.Attack(When(when.day), kind=rule.kind))


def take_mood(rule: says.Mood, here: Here) -> None:
    """Take one answer to one mood item."""
    level = here.cells.number(rule.column, rule.words)
    if level is None or not here.cells.fits(rule.where):
        return
    _within(level, rule.span, rule.column)
    if here.is_repeated(rule.repeats, rule.column, level):
        return
    when = here.moment(rule.repeats)
    here.draft.add("mood_notes", MoodNote(when, rule.name, level, span_of(rule.span), rule.better))


def take_energy(rule: says.Rating, here: Here) -> None:
    """Take a rating of energy."""
    _take_rating("energy", rule, here)


def take_stress(rule: says.Rating, here: Here) -> None:
    """Take a rating of stress."""
    _take_rating("stress", rule, here)


def take_night(rule: says.Night, here: Here) -> None:
    """Take the night that ended today, once a day."""
    cells = here.cells
    length = cells.number(rule.duration)
    if length is not None:
        length /= _HOURS_IN[str(rule.duration_unit)]
        _within(length, (0, 24), str(rule.duration), "hours asleep")
    quality, efficiency = _quality(rule, cells), cells.number(rule.efficiency)
    if efficiency is not None:
        _within(efficiency, (0, 100), str(rule.efficiency))
    answer = (length, quality, efficiency)
    column = str(rule.quality or rule.duration or rule.efficiency)
    if answer == (None, None, None) or here.is_repeated("once_a_day", column, answer):
        return
    span = Span(*rule.span) if rule.span is not None and quality is not None else None
    hours = None if length is None else Hours(length)
    here.draft.add("sleep", Sleep(here.when.day, hours, quality, span, efficiency))


def take_dose(rule: says.Dose, here: Here) -> None:
    """Take a dose; where the diary asked, a 0 says that none was taken."""
    cells = here.cells
    if not cells.fits(rule.where):
        return
    count, amount = cells.amount(rule.count, rule.words), _amount(rule, cells)
    name = rule.name or cells.text(rule.name_column)
    if rule.asked and count is not None:
        here.draft.asked.add(here.when.day)
    is_silent = count is None and amount is None and (rule.count or rule.amount)
    if count == 0 or name is None or is_silent or (amount is not None and amount.value == 0):
        return
    relief = cells.number(rule.relief)
    dose = medicines.Dose(here.when, name, rule.purpose, amount, count, relief)
    here.draft.add("doses", dose)


def take_course(rule: says.Course, here: Here) -> None:
    """Take the row as one course of treatment that starts today."""
    cells, start = here.cells, here.when.day
    name = rule.name or cells.text(rule.name_column)
    if name is None or not cells.fits(rule.where):
        return
    text = cells.text(rule.end.column) if rule.end else None
    end = None
    if rule.end is not None and text is not None:
        end = parsed_moment(text, rule.end.column, rule.end.format).date()
    amount = _amount(rule, cells)
    changes = () if amount is None else (medicines.DoseChange(start, amount),)
    here.draft.add("courses", medicines.Course(name, start, end, rule.purpose, changes))


def take_dose_steps(rule: says.DoseSteps, here: Here) -> None:
    """Note the day's daily dose; the course is put together at the end."""
    amount = here.cells.amount(rule.column)
    if amount is None or here.is_repeated("once_a_day", rule.column, amount):
        return
    here.draft.steps.setdefault(here.key, (rule, {}))[1][here.when.day] = amount


def take_scale(rule: says.Scale, here: Here) -> None:
    """Take a questionnaire: its total, or its items."""
    cells = here.cells
    items = {item: _whole(cells, column) for item, column in rule.items.items()}
    total = cells.number(rule.total)
    column = rule.total or next(iter(rule.items.values()))
    nothing = total is None and all(answer is None for answer in items.values())
    if nothing or here.is_repeated(rule.repeats, column, (total, tuple(items.values()))):
        return
    here.draft.add(
        "scale_answers", ScaleAnswer(here.moment(rule.repeats), rule.scale, items, total)
    )


def take_cycle(rule: says.Cycle, here: Here) -> None:
    """Take the day's place in the cycle, once a day."""
    cells = here.cells
    bleeding = cells.number(rule.bleeding, rule.words)
    place = (
        None if bleeding is None else bleeding > 0,
        None if rule.day_from_onset is None else _whole(cells, rule.day_from_onset),
        None if rule.cycle is None else _whole(cells, rule.cycle),
    )
    column = str(rule.day_from_onset or rule.bleeding or rule.cycle)
    if place == (None, None, None) or here.is_repeated("once_a_day", column, place):
        return
    here.draft.add("cycle", CycleDay(here.when.day, *place))


def take_factor(rule: says.Factor, here: Here) -> None:
    """Note a value of a factor; days are put together at the end."""
    table_key = here.key.split(" ")[0]
    days = here.draft.table_days.setdefault(table_key, set())
    found = here.draft.factors.setdefault(here.key, FactorValues(rule, days))
    if not here.cells.fits(rule.where):
        return
    level = 1.0 if rule.column is None else here.cells.number(rule.column, rule.words)
    column = str(rule.column or rule.name)
    if level is None or here.is_repeated(rule.repeats, column, level):
        return
    place = here.cells.text(rule.same)
    found.values.append((here.moment(rule.repeats), level, place))


def take_note(rule: says.NoteColumn, here: Here) -> None:
    """Take a free note, as it is."""
    text = here.cells.text(rule.column)
    if text is not None:
        here.draft.add("notes", Note(here.when.day, text))


@cache
def span_of(ends: says.Ends) -> Span:
    """Return the two ends of a rating as a span; the same ends give the same span."""
    return Span(*ends)


TAKERS: dict[str, Callable[[Any, Here], None]] = {
    "attack": take_attack,
    "headache": take_headache,
    "mood": take_mood,
    "energy": take_energy,
    "stress": take_stress,
    "sleep": take_night,
    "dose": take_dose,
    "course": take_course,
    "dose_steps": take_dose_steps,
    "scale": take_scale,
    "cycle": take_cycle,
    "factor": take_factor,
    "note": take_note,
}
"""Section of the mapping language → how a row is taken by it."""


def _end(rule: says.Attack, onset: When, cells: Cells) -> When | None:
    if rule.hours is not None:
        return _end_after(cells.amount(rule.hours), onset, rule.hours)
    text = cells.text(rule.end.column) if rule.end else None
    if rule.end is None or text is None:
        return None
    found = parsed_moment(text, rule.end.column, rule.end.format)
    day = found.date() if found.year != 1900 else onset.day
    time = found.time() if has_time(rule.end.format) else None
    return When(day, time, onset.offset_minutes)


def _end_after(hours: float | None, onset: When, column: str) -> When | None:
    if hours is None:
        return None
    if onset.time is None:
        raise CellError(column, "a length in hours needs the time at which the attack began.")
    if hours > 24 * 60:
        raise CellError(column, f"an attack of {shown(hours)} hours is longer than two months.")
    start = dt.datetime.combine(dt.date(2000, 1, 1), onset.time)
    end = start + dt.timedelta(hours=hours)
    return When(
        day_after(onset.day, (end.date() - start.date()).days), end.time(), onset.offset_minutes
    )


def _on_its_day(attack: head.Attack, day_starts: dt.time | None) -> head.Attack:
    """Move an attack before ``day_starts`` to the day before.

    The wall-clock time would be wrong on that day, so it stays in the note.
    """
    onset = attack.onset
    if day_starts is None or onset.time is None or onset.time >= day_starts:
        return attack
    said = f"began {onset.day} {onset.time:%H:%M}; counted on the day before"
    moved = When(day_after(onset.day, -1), None, onset.offset_minutes)
    return replace(attack, onset=moved, note=said)


def _take_rating(name: str, rule: says.Rating, here: Here) -> None:
    level = here.cells.number(rule.column, rule.words)
    if level is None:
        return
    _within(level, rule.span, rule.column)
    if not here.is_repeated(rule.repeats, rule.column, level):
        here.draft.add(name, DayRating(here.when.day, level, span_of(rule.span)))


def _quality(rule: says.Night, cells: Cells) -> float | None:
    quality = cells.number(rule.quality)
    if quality is None or rule.span is None:
        return None
    _within(quality, rule.span, str(rule.quality))
    return quality if rule.better == "high" else sum(rule.span) - quality


def _amount(rule: says.Dose | says.Course, cells: Cells) -> Quantity | None:
    amount = cells.amount(rule.amount)
    if amount is None:
        return None
    unit = rule.unit or cells.text(rule.unit_column)
    if unit is None:
        raise CellError(str(rule.unit_column), "this number has no unit. Was it mg or g?")
    return Quantity(amount, unit)


def _whole(cells: Cells, column: str) -> int | None:
    value = cells.number(column)
    if value is not None and (value != int(value) or abs(value) > 10**9):
        raise CellError(column, f"{short(str(cells.text(column)))} is not a whole number.")
    return None if value is None else int(value)


def _within(level: float, ends: says.Ends, column: str, what: str = "") -> float:
    if not ends[0] <= level <= ends[1]:
        words = f" {what}" if what else ""
        raise CellError(
            column, f"{shown(level)}{words} lies outside {shown(ends[0])} to {shown(ends[1])}."
        )
    return level
