"""The safety page as a report shows it: there are no buttons, so both answers stand on it."""

from __future__ import annotations

from twofold.knowledge.load import wording
from twofold.report.report import Detail, Help, HelpNumber
from twofold.safety.assess import Safety
from twofold.safety.page import Page, State, page_of

ASKING: State = "S1"
ANSWERS: tuple[tuple[State, str], ...] = (("S2a", "if_not_safe"), ("S2b", "if_safe"))


def help_of(safety: Safety) -> Help | None:
    """Return the safety page, or ``None`` where nothing opens it."""
    page = safety.page
    if page is None:
        return None
    return Help(
        heading=page.heading,
        numbers=tuple(HelpNumber(one.label, one.number, one.how) for one in page.numbers),
        says=(page.text, *(page.then if page.id != ASKING else ())),
        parts=_answers(safety) if page.id == ASKING else (),
        footer=page.footer,
    )


def _answers(safety: Safety) -> tuple[Detail, ...]:
    words = wording("joint")["help"]
    found = [(heading, page_of(state, safety.lines_for_help)) for state, heading in ANSWERS]
    return tuple(Detail(words[heading], _says(page)) for heading, page in found if page is not None)


def _says(page: Page) -> tuple[str, ...]:
    return (page.text, *page.then)
