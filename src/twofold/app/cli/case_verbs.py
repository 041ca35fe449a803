"""The verbs that ask the books about a case: each reads, calls one function, and tells it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol

from twofold.app.cli.saying import say, without_controls
from twofold.diary.case import Case
from twofold.diary.item9 import Answered, NotAsked
from twofold.errors import TwofoldError
from twofold.facts.answers import Answers, of_case
from twofold.intake.case_file import read_case

NOT_REVIEWED = "not clinically reviewed yet"
MOST_NAMES, MOST_LETTERS = 10, 60  # of keys that nobody asked for, on the terminal
SPEAK_FIRST = ("safety", "options", "profile")
"""Verbs whose own answer begins with what must be said first."""

BOUNDS = "This is not a diagnosis. No clinician has reviewed these tables yet."


class Told(Protocol):
    """What every answer can do: say itself in plain sentences."""

    def lines(self) -> tuple[str, ...]:
        """Return the answer as sentences."""


def classify_verb(chosen: argparse.Namespace) -> int:
    """Say which headache patterns the answers fit, and what is still open."""
    from twofold.facts.classification import classify
    from twofold.facts.overuse import with_overuse

    case, answers = _case(chosen.case)
    return _tell(classify(with_overuse(answers)), chosen, case)


def overuse_verb(chosen: argparse.Namespace) -> int:
    """Say on how many days acute medicine was taken, beside the levels of the books."""
    from twofold.facts.overuse import overuse

    case, answers = _case(chosen.case)
    return _tell(overuse(answers), chosen, case)


def score_verb(chosen: argparse.Namespace) -> int:
    """Score a questionnaire; an empty place is an item that was left open."""
    from twofold.facts.scales import known_answers, score_written
    from twofold.safety.assess import assess

    found = score_written(chosen.scale, chosen.items)
    if chosen.json:
        return _tell(found, chosen, None)
    if found.safety:
        safety = assess(Answers(known_answers(found), found.item9), country=chosen.country)
        say("\n".join([*safety.lines(), ""]))
    say("\n".join([*found.lines(is_safety_shown=True), "", BOUNDS]))
    return 0


def interactions_verb(chosen: argparse.Namespace) -> int:
    """Check medicines against each other and against the case."""
    from twofold.facts.shelf import shelf
    from twofold.guidance.interactions import check

    case, answers = _case(chosen.case) if chosen.case is not None else (None, Answers.of())
    words = [word.strip() for word in chosen.medicines.split(",") if word.strip()]
    if not words:
        raise TwofoldError(
            "no medicine was named.",
            where="interactions",
            remedy='Name them with commas between: "sertraline, sumatriptan".',
        )
    checked = check(shelf(words), answers, locale=chosen.locale)
    view = checked.for_clinician() if chosen.audience == "clinician" else checked
    return _tell(view, chosen, case)


def safety_verb(chosen: argparse.Namespace) -> int:
    """Say what must be said today, first of all."""
    from twofold.safety.assess import assess

    case, answers = _case(chosen.case)
    return _tell(assess(answers, country=chosen.country), chosen, case)


def options_verb(chosen: argparse.Namespace) -> int:
    """Tell a clinician options to discuss, and a person questions to bring."""
    from twofold.facts.overuse import with_overuse
    from twofold.facts.shelf import Shelf
    from twofold.guidance.interactions import check
    from twofold.guidance.options import discuss, for_clinician, for_person
    from twofold.safety.assess import assess

    case, answers = _case(chosen.case)
    answers = with_overuse(answers)
    safety = assess(answers, country=chosen.country)
    discussion = discuss(answers, safety, check(Shelf.of_answers(answers), answers))
    view = for_clinician if chosen.audience == "clinician" else for_person
    return _tell(view(discussion), chosen, case)


def profile_verb(chosen: argparse.Namespace) -> int:
    """Draw the profile of this person's headache and mood from a short questionnaire."""
    from twofold.facts.classification import classify
    from twofold.guidance.profile import profile

    case, answers = _case(chosen.case)
    return _tell(profile(answers, classify(answers)), chosen, case)


def biology_verb(chosen: argparse.Namespace) -> int:
    """Tell what the two conditions share, or write the map as one page."""
    from twofold.report import biology
    from twofold.report.writing import write_whole

    if chosen.out:
        if Path(chosen.out).suffix.lower() != ".html":
            raise TwofoldError(
                "the map is written as .html.", where=chosen.out, remedy="Choose such a name."
            )
        write_whole(Path(chosen.out), biology.page())
        print(f"Written: {chosen.out}", file=sys.stderr)
        return 0
    if chosen.json:
        say(json.dumps(_plain(biology.told(chosen.node)), ensure_ascii=False, indent=2))
    else:
        say("\n".join(biology.lines(chosen.node)))
    return 0


def knowledge_verb(chosen: argparse.Namespace) -> int:
    """List rows that have no source, are past their review, or that nobody has reviewed."""
    from twofold.knowledge.check import check

    return _tell(check(dt.date.today()), chosen, None)


def say_what_cannot_wait(chosen: argparse.Namespace) -> None:
    """Show the safety page of a case also where another of its answers stops the verb."""
    from twofold.safety.assess import assess

    path, audience = getattr(chosen, "case", None), getattr(chosen, "audience", "person")
    if path is None or audience != "person":
        return
    try:
        country = getattr(chosen, "country", None)
        safety = assess(of_case(read_case(path)), country=country)
    except TwofoldError:
        return  # the case itself cannot be read; the error says so
    if safety.page is not None:
        print(without_controls("\n".join(safety.lines())), file=sys.stderr)


def _case(path: str) -> tuple[Case, Answers]:
    case = read_case(path)
    if case.not_read:
        names = ", ".join(repr(name[:MOST_LETTERS]) for name in case.not_read[:MOST_NAMES])
        more = len(case.not_read) - MOST_NAMES
        names += f" and {more} more" if more > 0 else ""
        print(
            f"twofold: nothing was made of {names}: no question has that name. "
            "`twofold schema case` lists them all.",
            file=sys.stderr,
        )
    return case, of_case(case)


def _tell(told: Told, chosen: argparse.Namespace, case: Case | None) -> int:
    if chosen.json:
        whole = _plain(told)
        if case is not None and chosen.verb not in SPEAK_FIRST:
            whole["safety_first"] = list(_safety_first(case))
        whole["not_read"] = list(case.not_read) if case is not None else []
        whole["reviewed"] = NOT_REVIEWED
        say(json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        first = () if case is None or chosen.verb in SPEAK_FIRST else _safety_first(case)
        say("\n".join([*first, *([""] if first else []), *told.lines(), "", BOUNDS]))
    return 0


def _safety_first(case: Case) -> tuple[str, ...]:
    """Return the safety page where an answer of the case opens it; it stands before all else."""
    from twofold.safety.assess import assess

    page = assess(of_case(case)).page
    return page.lines() if page is not None else ()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; a suicide question that was not asked says so in words."""
    match value:
        case NotAsked():
            return "not asked"
        case Answered(answer):
            return answer
    if is_dataclass(value) and not isinstance(value, type):
        told = {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
        return (
            told
            if "ids" in told or not hasattr(value, "ids")
            else {"ids": _plain(value.ids)} | told
        )
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(one) for one in value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value
