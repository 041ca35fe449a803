"""Sentences that every rendering of a report shares, so that no two of them differ."""

from __future__ import annotations

from collections.abc import Sequence

from twofold import charts
from twofold.report.report import (
    Card,
    ClaimFate,
    Coverage,
    ForecastFate,
    OutlookFate,
    Report,
)

USUAL = {
    "coupling": "Your usual",
    "factor": "Your usual",
    "treatment": "Before",
    "tomorrow": "Your usual day",
    "burden": "Your last 28 days",
    "medicine": "Your last 30 days",
}
OTHERS = "In other people"
ABOUT_GROUPS = "That is about groups, not about you."
LOOKING_BACK = "What we said before, and what came"
JUDGED_ANEW = (
    "Every answer is judged anew at each review. Here is every forecast and every claim of the "
    "earlier ones, each claim at its surest."
)
ODDS = "odds ratio"
MOST_UNREAD = 20
"""How many unread lines are listed; the rest are counted."""


WHOSE = {
    "person": "Your report",
    "neurologist": "Report for the neurologist",
    "psychiatrist": "Report for the psychiatrist",
    "therapist": "Report for the therapist",
}


HELP = "First of all"
"""The heading of the safety page where it has none of its own."""


def whose_words(report: Report) -> str:
    """Return for whom the report is written."""
    return WHOSE[report.audience]


def ask_words(report: Report) -> str:
    """Return whose questions stand at the end."""
    return "You could ask" if report.audience == "person" else "The person may ask"


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


def chances_words(card: Card) -> list[str]:
    """Return each named chance in words."""
    return [f"{one.label}: {charts.chance_words(one.of_100)} of 100" for one in card.chances]


def others_sources(card: Card) -> list[str]:
    """Return where the figures about other people come from, each source once."""
    told = (f"{one.source}. Confidence: {one.confidence}." for one in card.about_others)
    return list(dict.fromkeys(told))


# --- looking back ---------------------------------------------------------------------------------


def forecast_words(fate: ForecastFate) -> str:
    """Return what became of the forecasts of about one chance.

    >>> forecast_words(ForecastFate(20, 40, 30.4, 14, 5, 1, 0))
    'Of 14 days for which we said about 30 of 100, 5 had a headache. 1 more is unknown.'
    """
    said = f"we said about {charts.chance_words(fate.said)} of 100"
    if fate.known:
        days = "1 day" if fate.known == 1 else f"{fate.known} days"
        told = f"Of {days} for which {said}, {fate.headaches} had a headache."
    else:
        told = f"Days for which {said}: none is known so far."
    return f"{told}{_open(fate.unknown, fate.ahead)}"


def outlooks_words(fates: Sequence[OutlookFate]) -> str:
    """Return how often a count of days lay where it was said; "" when none was said.

    >>> inside = OutlookFate("headache days", "day 1", "day 2", "day 29", 6, 14, 9, 1, 0, "inside")
    >>> outlooks_words([inside])
    'Of 1 count of days that we gave ahead, 1 came to lie inside, 0 outside.'
    """
    if not fates:
        return ""
    inside = sum(one.place == "inside" for one in fates)
    still = sum(one.place == "open" for one in fates)
    counts = "1 count" if len(fates) == 1 else f"{len(fates)} counts"
    told = (
        f"Of {counts} of days that we gave ahead, {inside} came to lie inside, "
        f"{len(fates) - inside - still} outside"
    )
    return f"{told}, and {still} {'is' if still == 1 else 'are'} open." if still else f"{told}."


def outlook_fate_words(fate: OutlookFate) -> str:
    """Return what became of a count of days that was forecast.

    >>> above = OutlookFate("headache days", "day 1", "day 2", "day 29", 6, 9, 11, 1, 0, "above")
    >>> outlook_fate_words(above)
    'day 2 to day 29: we said 6 to 9 headache days. 11 came, more than we said. 1 more is unknown.'
    """
    so_far = " so far" if fate.ahead else ""
    beside = {"below": ", fewer than we said", "above": ", more than we said"}.get(fate.place, "")
    return (
        f"{_day(fate.first)} to {_day(fate.last)}: we said {fate.low} to {fate.high} {fate.what}. "
        f"{fate.hits} came{so_far}{beside}.{_open(fate.unknown, fate.ahead)}"
    )


def claim_words(fate: ClaimFate) -> str:
    """Return what was said, and what is said now."""
    then = f"{_day(fate.first_said)}: {fate.then}{_of_100(fate.then_chance)}"
    now = f"now: {fate.now}{_of_100(fate.now_chance)}" if fate.now else "now: no answer"
    return f"{fate.question} {then}; {now}. {fate.fate.capitalize()}."


def _of_100(chance: float | None) -> str:
    return "" if chance is None else f" ({charts.chance_words(chance)} of 100)"


def _open(unknown: int, ahead: int) -> str:
    told = f" {unknown} more {'is' if unknown == 1 else 'are'} unknown." if unknown else ""
    if ahead:
        told += f" {ahead} more {'has' if ahead == 1 else 'have'} not come yet."
    return told


def _day(label: str) -> str:
    return charts.date_words(label, with_year=True)


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
