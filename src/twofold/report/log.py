"""What a review adds to the log: every claim that it shows, with its day, so that its fate can be
shown later. Claims are judged anew at every review, and each time is a row of its own.
"""

from __future__ import annotations

from twofold.facts.facts import Facts
from twofold.inference.finding import Finding, Findings
from twofold.report.fate import day_after
from twofold.report.report import Said
from twofold.report.telling import card, direction


def log_rows(findings: Findings, facts: Facts) -> tuple[Said, ...]:
    """Return one row for every question that was answered, also where no card shows it."""
    answered = (one for one in findings.all() if one.refusal is None)
    return tuple(_row(one, facts) for one in answered)


def carried_on(before: tuple[Said, ...], new: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return the whole log: a claim shown twice on one day is kept once, as it was shown first."""
    known = {(said.shown_on, said.key) for said in before}
    return (*before, *(one for one in new if (one.shown_on, one.key) not in known))


def _row(finding: Finding, facts: Facts) -> Said:
    told, today = card(finding, facts), facts.table.labels[-1]
    is_forecast = finding.question == "tomorrow" and told.number is not None
    ahead = _days_ahead(finding)
    counts = told.number if finding.distribution else None
    return Said(
        shown_on=today,
        key=told.key,
        question=told.question,
        verdict=told.verdict,
        chance=told.number.value if is_forecast and told.number else told.posterior,
        last_day=today,
        direction=direction(finding),
        about=day_after(today) if ahead else "",
        until=day_after(today, ahead) if ahead else "",
        low=counts.low if counts else None,
        high=counts.high if counts else None,
    )


def _days_ahead(finding: Finding) -> int:
    """Return how many days a forecast is about; 0 for an answer about days that were."""
    if finding.question == "tomorrow":
        return 1
    return max(len(finding.distribution) - 1, 0)
