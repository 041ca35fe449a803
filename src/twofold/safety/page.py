"""The safety page as a value: numbers from the first moment, calm words, no score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twofold.knowledge.crisis_line import CrisisLines, Line
from twofold.knowledge.load import wording

State = Literal["S1", "S2a", "S2b", "S2c", "not asked", "none"]


@dataclass(frozen=True)
class Button:
    """One of the answers on the page, and the state it leads to."""

    id: str
    text: str
    leads_to: str


@dataclass(frozen=True)
class Number:
    """A number to call; ``how`` says what it takes."""

    label: str
    number: str
    how: str


@dataclass(frozen=True)
class Page:
    """The safety page in one of its states.

    Parameters
    ----------
    id : str
        The state (``"S1"``).
    heading : str
        "Please contact someone today.", or empty.
    numbers : tuple of Number
        Emergency first, then the crisis lines; they stand above the buttons.
    text : str
        The words, as they stand.
    buttons : tuple of Button
    then : tuple of str
        What else the state shows.
    footer : tuple of str
        Always: that nobody is watching.
    asks_again : bool
        Whether the question is asked once more (by mistake: S2c).
    """

    id: State
    heading: str
    numbers: tuple[Number, ...]
    text: str
    buttons: tuple[Button, ...]
    then: tuple[str, ...]
    footer: tuple[str, ...]
    asks_again: bool

    def lines(self) -> tuple[str, ...]:
        """Return the page as plain sentences, the numbers above the words."""
        heading = (self.heading,) if self.heading else ()
        numbers = tuple(f"{one.label}: {one.number} ({one.how})" for one in self.numbers)
        buttons = tuple(f"[{button.text}]" for button in self.buttons)
        return (*heading, *numbers, self.text, *buttons, *self.then, *self.footer)


def page_of(
    state: State,
    country: CrisisLines,
    *,
    young: Line | None = None,
    heading: str = "",
    opened: tuple[str, ...] = (),
    has_chosen: bool = False,
) -> Page | None:
    """Return the page in a state, or ``None`` where none is open.

    Parameters
    ----------
    state : str
        ``"S1"`` and ``"S2a"`` to ``"S2c"`` are pages.
    country : CrisisLines
        Whose numbers stand on it.
    young : Line, optional
        Shown as well under 18.
    heading : str
        The heading of rule S4, or empty.
    opened : tuple of str
        What opened it: words in a free text are said to have been noticed.
    has_chosen : bool
        Whether the person has chosen somebody to turn to: only then a message is offered.
    """
    words = wording("safety")["page"]
    told = words.get(state)
    if told is None:
        return None
    noticed = (words["noticed"],) if "words" in opened and state == "S1" else ()
    return Page(
        id=state,
        heading=heading,
        numbers=numbers(country, young),
        text=told["text"],
        buttons=tuple(Button(**button) for button in told.get("button", ())),
        then=(*told.get("then", ()), *(told.get("if_chosen", ()) if has_chosen else ())),
        footer=(*noticed, *((words["young"],) if young else ()), words["not_watched"]),
        asks_again=bool(told.get("asks_again", False)),
    )


def numbers(country: CrisisLines, young: Line | None = None) -> tuple[Number, ...]:
    """Return what stands on the page from the first moment: emergency, then someone to listen."""
    words = wording("safety")["page"]
    found = [Number(words["emergency"], emergency_number(country), words["call"])]
    listeners = (*country.lines, *((young,) if young else ()))
    found += [Number(_label(line), line.number, line.how) for line in listeners]
    return tuple(found)


def emergency_number(country: CrisisLines) -> str:
    """Return the emergency number of a country in words, also where none is known."""
    words = wording("safety")["page"]
    if not country.emergency:
        return f"{words['emergency_unknown']} ({words['emergency_regions']})"
    return " or ".join(country.emergency)


def _label(line: Line) -> str:
    return f"{wording('safety')['page']['someone']} – {line.name}"
