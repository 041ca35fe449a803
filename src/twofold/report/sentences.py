"""Sentences that every rendering of a report shares, so that no two of them differ."""

from __future__ import annotations

from twofold import charts
from twofold.report.report import Card, Coverage, Report

USUAL = {
    "coupling": "Your usual",
    "factor": "Your usual",
    "treatment": "Before",
    "tomorrow": "Your usual day",
    "burden": "Your last 28 days",
}
ODDS = "odds ratio"
MOST_UNREAD = 20
"""How many unread lines are listed; the rest are counted."""


def span_words(coverage: Coverage) -> str:
    """Return from when to when the days are.

    >>> span_words(Coverage("2012-08-13", "2013-01-14", 155, 154, 1, True))
    '13 Aug 2012 to 14 Jan 2013'
    """
    first, last = (
        charts.date_words(label, with_year=True) for label in (coverage.first, coverage.last)
    )
    return first if first == last else f"{first} to {last}"


def known_words(coverage: Coverage) -> str:
    """Return how many days are known.

    >>> known_words(Coverage("2012-08-13", "2013-01-14", 155, 154, 1, True))
    'Headache is known on 154 of 155 days; 1 day is not recorded.'
    """
    unknown = coverage.unknown_headache_days
    days = f"{unknown} day is" if unknown == 1 else f"{unknown} days are"
    rest = f"; {days} not recorded" if unknown else ""
    return f"Headache is known on {coverage.known_headache_days} of {coverage.days} days{rest}."


def used_words(card: Card) -> str:
    """Return how many days an answer rests on, how many it misses, and how many do not fit."""
    noun = "day" if card.days_used == 1 else "days"
    said = f"{card.days_used} {noun} used, {card.days_missing} not recorded."
    if not card.days_aside:
        return said
    aside = "1 known day does" if card.days_aside == 1 else f"{card.days_aside} known days do"
    return f"{said} {aside} not fit the question."


def number_words(card: Card) -> str:
    """Return a card's number with its interval, and the usual beside it; "" without a number."""
    number = card.number
    if number is None:
        return ""
    words = charts.interval_words(number.value, number.low, number.high, unit_words(number.unit))
    usual = charts.number_words(card.usual) if card.usual is not None else ""
    compared = f" {USUAL[card.topic]}: {usual} {number.unit}." if usual else ""
    return f"{number.label}: {words}.{compared}"


def unit_words(unit: str) -> str:
    """Return a unit as people read it; the label of a ratio says already what it is.

    >>> unit_words("odds ratio"), unit_words("days")
    ('', 'days')
    """
    return "" if unit == ODDS else unit


def chance_words(card: Card) -> str:
    """Return the chance that an answer is real, with where studies start; "" when it has none."""
    if card.posterior is None:
        return ""
    now = f"The chance that this is real is {charts.chance_words(card.posterior)} of 100."
    if card.prior is None:
        return now
    return f"{now} Before your days it was {charts.chance_words(card.prior)}."


def missing_words(card: Card) -> str:
    """Return how far the diary is; "" when nothing is wanting, or the sentence says it."""
    if card.not_yet is None or "more to go" in card.sentence:
        return ""
    return charts.not_yet_words(card.not_yet.have, card.not_yet.need, card.not_yet.unit)


def unread_words(report: Report) -> str:
    """Return how much could not be read, and how much of it is listed."""
    count = len(report.unread)
    places = "1 place was" if count == 1 else f"{count} places were"
    listed = f" The first {MOST_UNREAD} are listed." if count > MOST_UNREAD else ""
    return f"{places} not read; everything else was.{listed}"


def paper_words(report: Report) -> str:
    """Return the line that stands on every printed page."""
    sample = "Sample, invented days. " if report.is_sample else ""
    return f"{sample}{span_words(report.coverage)}. {known_words(report.coverage)} Not a diagnosis."
