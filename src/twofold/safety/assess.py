"""What must be said first of all: the safety page, what must be seen now, and what must be asked.

It works from answers alone: no statistics, no network, no consent and no
payment stand before it. A question that was not asked is asked; it is never
taken for "no".
"""

from __future__ import annotations

from dataclasses import dataclass

from twofold.diary.item9 import Answered, Item9, NotAsked
from twofold.facts.answers import Answers
from twofold.knowledge.condition import any_of
from twofold.knowledge.crisis_line import CrisisLines, Line, line_for_the_young, lines_of
from twofold.knowledge.emergency import Rule, headings, page_steps, scale_rules, triggers
from twofold.knowledge.load import wording
from twofold.safety.page import Page, State, page_of
from twofold.safety.signs import Flag, questions, raised
from twofold.safety.worked_out import worked_out

AN_ADULT = 18


@dataclass(frozen=True)
class Safety:
    """What must be said, in the order in which it is said.

    Parameters
    ----------
    flow : {"S1", "S2a", "S2b", "S2c", "not asked", "none"}
        Which state of the safety page stands first. ``"not asked"``: nothing
        opens it so far, and item 9 was not asked. ``"none"``: item 9 was
        answered with 0 and nothing else opens it.
    item9 : NotAsked or Answered
    triggers : tuple of str
        What opened the page, by id.
    page : Page or None
        The page word for word; no score stands on it.
    flags : tuple of Flag
        What must be seen, the most urgent first.
    lines_for_help : CrisisLines
        Emergency numbers and crisis lines of the country, or of any other.
    young : Line or None
        Shown as well under 18.
    opens_page : bool
        Whether the safety page comes before anything else.
    hides_options : bool
        Whether every option waits: the page is open, or item 9 must be asked.
    must_ask : tuple of str
        Questions without whose answer nothing else is shown (``"item9"``).
    ask_first : tuple of str
        Open questions about a sign of which one part is there.
    ask : tuple of str
        Every open question about a sign.
    clinician_note : str
        Value and date of item 9, only where the person agreed to share it.
    ids : tuple of str
        Page states and flags that apply, in the order of the tables.
    """

    flow: State
    item9: Item9
    triggers: tuple[str, ...]
    page: Page | None
    flags: tuple[Flag, ...]
    lines_for_help: CrisisLines
    young: Line | None
    opens_page: bool
    hides_options: bool
    must_ask: tuple[str, ...]
    ask_first: tuple[str, ...]
    ask: tuple[str, ...]
    clinician_note: str
    ids: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """Return it as plain sentences: the page, what must be seen, and what is still open."""
        if self.flow == "S2a":  # no further questions
            return (*_page_lines(self), *(flag.told for flag in self.flags))
        return (*_page_lines(self), *_flag_lines(self.flags), *_open_lines(self))


def assess(answers: Answers, *, country: str | None = None) -> Safety:
    """Say what must be said today, before anything else.

    Parameters
    ----------
    answers : Answers
    country : str, optional
        Code or name, for the numbers. A word that is not known gets the row
        for any other country: it never hides the way to help.

    Returns
    -------
    Safety
    """
    told = worked_out(answers)
    opened = _holding(triggers(), told)
    help_lines = lines_of(country)
    flow, states = _flow(opened, told)
    found = raised(told, help_lines)
    has_questions = flow != "S2a"
    must_ask = _must_ask(told) if has_questions else ()
    page = page_of(flow, help_lines, young=_young(told), heading=_heading(told), opened=opened)
    return Safety(
        flow=flow,
        item9=told.item9,
        triggers=opened,
        page=page,
        flags=tuple(sorted(found.flags, key=lambda flag: flag.order)),
        lines_for_help=help_lines,
        young=_young(told),
        opens_page=page is not None,
        hides_options=page is not None or bool(must_ask),
        must_ask=must_ask,
        ask_first=found.ask_first if has_questions else (),
        ask=found.ask if has_questions else (),
        clinician_note=_clinician_note(told),
        ids=(*states, *_ids_of_heading(page), *found.ids, *_ids_of(must_ask)),
    )


def _holding(rules: tuple[Rule, ...], told: Answers) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules if rule.when.holds(told) is True)


def _flow(opened: tuple[str, ...], told: Answers) -> tuple[State, tuple[str, ...]]:
    """Return the state of the page, and the ids of the states that led there."""
    if not opened:
        return _closed(told.item9), ()
    match _holding(page_steps(), told):
        case ("S2a", *_):
            return "S2a", ("S0", "S1", "S2a", "S3")
        case ("S2d", *_):
            return "S2b", ("S0", "S1", "S2d", "S3")
        case ("S2b", *_):
            return "S2b", ("S0", "S1", "S2b", "S3")
        case ("S2c", *_):
            return "S2c", ("S0", "S1", "S2c", "S3")
    return "S1", ("S0", "S1", "S3")


def _closed(item9: Item9) -> State:
    match item9:
        case NotAsked():
            return "not asked"
        case Answered():
            return "none"


def _must_ask(told: Answers) -> tuple[str, ...]:
    match told.item9:
        case NotAsked():
            is_used = any_of(rule.when.holds(told) for rule in scale_rules())
            return ("item9",) if is_used is not False else ()
        case Answered():
            return ()


def _ids_of(must_ask: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(rule.id for rule in scale_rules()) if must_ask else ()


def _heading(told: Answers) -> str:
    return str(wording("safety")["page"]["heading_s4"]) if _holding(headings(), told) else ""


def _ids_of_heading(page: Page | None) -> tuple[str, ...]:
    return tuple(rule.id for rule in headings()) if page is not None and page.heading else ()


def _young(told: Answers) -> Line | None:
    age = told["age"]
    is_young = isinstance(age, (int, float)) and age < AN_ADULT
    return line_for_the_young() if is_young else None


def _clinician_note(told: Answers) -> str:
    match told.item9:
        case Answered(answer) if told["shares_safety"] is True:
            on = f" on {told['item9_date']}" if told["item9_date"] else ""
            return str(wording("safety")["page"]["clinician"]).format(answer=answer, on=on)
    return ""


def _page_lines(safety: Safety) -> tuple[str, ...]:
    return (*safety.page.lines(), "") if safety.page is not None else ()


def _flag_lines(flags: tuple[Flag, ...]) -> tuple[str, ...]:
    return tuple(line for flag in flags for line in flag.lines())


def _open_lines(safety: Safety) -> tuple[str, ...]:
    words = wording("safety")["tell"]
    found: list[str] = []
    if not safety.flags and safety.page is None:
        found.append(words["no_sign"])
    match safety.item9:
        case NotAsked():
            found.append(words["not_asked"] if safety.must_ask else words["not_asked_plain"])
    if safety.must_ask:
        found.append(words["options_wait"])
    # While the page is open, "are you safe right now?" is the only question.
    if safety.ask_first and safety.page is None:
        found.append(words["ask_first"].format(questions=questions(safety.ask_first)))
    return tuple(found)
