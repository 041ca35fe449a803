"""From a diary to a report, in the order it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from twofold.daytable import DayTables
from twofold.diary.case import Case
from twofold.diary.diary import Diary
from twofold.diary.medication import Dose
from twofold.diary.reading import Reading
from twofold.errors import ReadError, WriteError
from twofold.facts.acute_months import families_of_table, rule
from twofold.facts.answers import Answers, of_case
from twofold.facts.classification import classify_diary
from twofold.facts.counting import Count, count
from twofold.facts.diary_shelf import (
    DiaryShelf,
    at_a_dose,
    diary_shelf,
    later_doses,
    not_lately,
)
from twofold.facts.facts import Facts, gather
from twofold.facts.known import answered_0_on, known, with_overuse_of, with_patterns, written
from twofold.facts.medication import OVERUSE_WINDOW as MONTH
from twofold.facts.medication import MedicationFacts, families_of
from twofold.facts.medicine_list import Listed, with_list
from twofold.facts.overuse import BeforeDose, before_dose_today
from twofold.facts.private import is_shared, unshared
from twofold.facts.shelf import Shelf, questions, suggestions, together
from twofold.guidance.interactions import Checked, check
from twofold.guidance.options import discuss
from twofold.inference import cohort_state
from twofold.inference.answer import find
from twofold.inference.cohort_state import CohortState
from twofold.inference.finding import Findings
from twofold.knowledge.interaction import Locale
from twofold.knowledge.load import claims
from twofold.knowledge.medicine import families
from twofold.report.compose import compose
from twofold.report.compose import pictures as drawn
from twofold.report.joint import Books
from twofold.report.report import Audience, Pictures, Report, Said, Unread
from twofold.safety.assess import Safety, assess
from twofold.safety.today import what_must_be_said
from twofold.safety.words import still_noticed
from twofold.units import Day

NOTHING = Count(0, 0, MONTH)
"""A month of which nothing is known."""


def review(
    diary: Diary | Reading,
    *,
    today: Day | None = None,
    said_before: Iterable[Said] = (),
    unread: Iterable[Unread] = (),
    cohort: CohortState | None = None,
    case: Case | None = None,
    audience: Audience = "person",
    country: str | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    listed: Iterable[Listed] = (),
) -> Report:
    """Review one diary: what happened, what must be said, what the days suggest.

    Parameters
    ----------
    diary : Diary or Reading
        What the person wrote. A reading also brings what could not be read,
        which the report shows.
    today : date or int, optional
        The day of the review. Default: the diary's last day, so that the same
        diary always gives the same report.
    said_before : iterable of Said, optional
        The log of claims shown at earlier reviews; ``Report.said`` carries it
        on, and ``Report.fate`` says what became of them.
    unread : iterable of Unread, optional
        Lines that could not be read, beside those that a reading brings.
    cohort : CohortState, optional
        What other people's diaries have taught (``read_cohort``); it moves
        where the answers start, never what the days say.
    case : Case, optional
        What the person answered beside the diary (``read_case``).
    audience : {"person", "neurologist", "psychiatrist", "therapist"}
        For whom the report is written. A clinician reads options to discuss, and
        nothing about self-harm unless the person agreed to share it.
    country : str, optional
        Whose emergency number and crisis lines to show.
    seed : int
        Seed of the simulated days behind the 28-day outlook.
    progress : callable, optional
        Told the name of each of ``STEPS`` as it begins.
    listed : iterable of Listed
        The person's own list of medicines: what is on it is held against the rules
        also when the diary tells of no dose lately.

    Returns
    -------
    Report

    Raises
    ------
    NeedsCalendar
        When ``today`` does not fit the diary's kind of days.
    ReadError
        When a reading holds several people and none was chosen.
    """
    tell = progress or _silently
    tell("facts")
    base = _known(diary, today=today, case=case, audience=audience, country=country, listed=listed)
    limits = {family.id: family.level_days for family in families().values()}
    findings = find(
        base.facts.table, claims(), limits=limits, state=cohort, seed=seed, progress=tell
    )
    tell("report")
    people = cohort.people if cohort is not None else None
    return _report(base, findings, unread=unread, said_before=said_before, cohort_people=people)


STEPS = ("facts", "onset", "coupling", "factors", "treatment", "ahead", "report")
"""What a review does, in the order in which it does it."""


def facts_only(
    diary: Diary | Reading,
    *,
    today: Day | None = None,
    case: Case | None = None,
    audience: Audience = "person",
    country: str | None = None,
    listed: Iterable[Listed] = (),
) -> Report:
    """Return the report without what the days suggest: there at once, safety first.

    The parameters are those of ``review``.
    """
    base = _known(diary, today=today, case=case, audience=audience, country=country, listed=listed)
    return _report(base, None)


def pictures_of(diary: Diary, *, today: Day | None = None) -> Pictures:
    """Return each day of a diary as the timeline and the calendar draw it."""
    return drawn(diary, gather(diary, today=today))


@dataclass(frozen=True)
class _Known:
    """All that a report tells before the days are asked for more."""

    diary: Diary
    not_read: tuple[Unread, ...]
    stated: tuple[str, ...]
    facts: Facts
    safety: Safety
    books: Books
    not_listed: tuple[str, ...]
    audience: Audience
    hides_item9: bool


def _known(
    diary: Diary | Reading,
    *,
    today: Day | None,
    case: Case | None,
    audience: Audience,
    country: str | None,
    listed: Iterable[Listed],
) -> _Known:
    person, not_read, stated = _opened(diary)
    facts = gather(person, today=today)
    shelf = with_list(diary_shelf(person, facts.table), listed)
    said = of_case(case) if case is not None else Answers.of()
    answers = known(facts, shelf, said)
    if still_noticed(written(person, facts.table), answered_0_on(facts)):
        answers = answers.having(noticed_words=True)
    is_hidden = audience != "person" and not is_shared(answers)
    answers, said = (unshared(answers), unshared(said)) if is_hidden else (answers, said)
    patterns = classify_diary(person, facts.table, with_overuse_of(said, answers))
    answers = with_patterns(answers, patterns)
    checked = check(together(shelf.shelf, Shelf.of_answers(said)), answers)
    safety = assess(answers, country=country)
    return _Known(
        diary=person,
        not_read=not_read,
        stated=stated,
        facts=facts,
        safety=safety,
        books=Books(patterns, checked, discuss(answers, safety, checked)),
        not_listed=shelf.not_listed,
        audience=audience,
        hides_item9=is_hidden,
    )


def _report(
    base: _Known,
    findings: Findings | None,
    *,
    unread: Iterable[Unread] = (),
    said_before: Iterable[Said] = (),
    cohort_people: int | None = None,
) -> Report:
    return compose(
        base.diary,
        base.facts,
        what_must_be_said(base.facts),
        findings,
        unread=(*base.not_read, *unread),
        stated=base.stated,
        said_before=tuple(said_before),
        cohort_people=cohort_people,
        safety=base.safety,
        books=base.books,
        not_listed=base.not_listed,
        audience=base.audience,
        hides_item9=base.hides_item9,
    )


def _silently(step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Medicines:
    """What follows from everything that a person takes.

    Parameters
    ----------
    facts : MedicationFacts
        Days with acute medicine by family, and the courses.
    checked : Checked
        What the rules say about all of it together.
    not_listed : tuple of str
        Names that the tables do not hold; nothing was checked for these.
    """

    facts: MedicationFacts
    checked: Checked
    not_listed: tuple[str, ...]


def look_at_medicines(
    diary: Diary,
    listed: Iterable[Listed] = (),
    *,
    today: Day | None = None,
    case: Case | None = None,
    locale: Locale = "US",
) -> Medicines:
    """Hold the diary, the person's list of medicines and their case against the rules.

    Parameters
    ----------
    diary : Diary
    listed : iterable of Listed
        What the person keeps in the list, whether or not it was taken lately.
    today : date or int, optional
        The day of the look. Default: the diary's last day.
    case : Case, optional
        What the person answered beside the diary.
    locale : {"US", "EU", "UK"}
        Whose labels count where they differ.

    Raises
    ------
    NeedsCalendar
        When ``today`` does not fit the diary's kind of days.
    """
    facts = gather(diary, today=today)
    shelf = with_list(diary_shelf(diary, facts.table), listed)
    said = of_case(case) if case is not None else Answers.of()
    whole = together(shelf.shelf, Shelf.of_answers(said))
    checked = check(whole, known(facts, shelf, said), locale=locale)
    return Medicines(facts.medication, checked, shelf.not_listed)


@dataclass(frozen=True)
class Intake:
    """What one dose meets.

    Parameters
    ----------
    checked : Checked
        What the rules say about the medicines of the dose, and about nothing else.
    taken : tuple of str
        Their names in the tables; empty: no word of it is known.
    not_known : tuple of str
        The words for which nothing could be checked.
    near : tuple of str
        Known names that are spelled like these; to ask, never to take in their place.
    asks : tuple of str
        Questions about a word that names no single medicine ("painkiller").
    """

    checked: Checked
    taken: tuple[str, ...]
    not_known: tuple[str, ...]
    near: tuple[str, ...]
    asks: tuple[str, ...]


def look_at_intake(
    diary: Diary,
    dose: Dose,
    listed: Iterable[Listed] = (),
    *,
    case: Case | None = None,
    locale: Locale = "US",
) -> Intake:
    """Hold one dose against what was taken around it, at its own time.

    Parameters
    ----------
    diary : Diary
        What came later than the dose may stand in it, and the dose itself.
    dose : Dose
        On any day, and with any name that a person may write.
    listed : iterable of Listed
        What the person kept in the list at that time.
    case : Case, optional
        What the person answered beside the diary.
    locale : {"US", "EU", "UK"}
        Whose labels count where they differ.

    Raises
    ------
    NeedsCalendar
        When the dose's day does not fit the diary's kind of days.
    """
    lines = tuple(listed)
    met = at_a_dose(diary, dose)
    taken = tuple(dict.fromkeys(one.label for one in met.taken))
    checked = _checked_at(diary, dose, lines, case, locale).about(*taken)
    if taken:
        for later in later_doses(diary, dose):
            then = _checked_at(diary, later, lines, case, locale)
            others = tuple(one.label for one in at_a_dose(diary, later).taken)
            checked = _with_more(checked, then.about(*taken).about(*others))
    return Intake(
        checked=checked,
        taken=taken,
        not_known=met.unknown,
        near=tuple(near for word in met.unknown for near in suggestions(word)),
        asks=tuple(dict.fromkeys(questions(Shelf(met.taken)))),
    )


def _checked_at(
    diary: Diary, dose: Dose, listed: tuple[Listed, ...], case: Case | None, locale: Locale
) -> Checked:
    facts, met = gather(diary, today=dose.when.day), at_a_dose(diary, dose)
    shelf = with_list(DiaryShelf(met.shelf, ()), listed)
    said = of_case(case) if case is not None else Answers.of()
    whole = not_lately(together(shelf.shelf, Shelf.of_answers(said)), met.hour)
    return check(whole, known(facts, shelf, said), locale=locale)


def _with_more(checked: Checked, more: Checked) -> Checked:
    new = tuple(one for one in more.found if one.id not in checked.ids)
    ids = (*checked.ids, *(one.id for one in new))
    return replace(checked, ids=ids, found=(*checked.found, *new))


@dataclass(frozen=True)
class FamilyBefore:
    """Days with one family of acute medicine in the last 30, before one more dose.

    ``warning`` is ``None`` while the days stay well under the family's level, or
    today is one of them already.
    """

    family: str
    label: str
    days: Count
    warning: BeforeDose | None


def before_dose(diary: Diary, name: str, *, today: Day | None = None) -> tuple[FamilyBefore, ...]:
    """Return what to know before a dose of a medicine today; nothing where no family counts it.

    Parameters
    ----------
    diary : Diary
    name : str
        As the person writes it. A name that the tables do not hold has no family.
    today : date or int, optional
        Default: the diary's last day.
    """
    table = gather(diary, today=today).table
    taken = families_of_table(table)
    found = []
    for family in (one for one in families_of(name) if one in families()):
        column = taken.get(family)
        days = NOTHING if column is None else replace(count(column[-MONTH:]), days=MONTH)
        warning = _told_before(before_dose_today(table, family), days)
        found.append(FamilyBefore(family, families()[family].label, days, warning))
    return tuple(found)


def _told_before(warning: BeforeDose | None, days: Count) -> BeforeDose | None:
    """Return a warning, unless only days that nobody wrote about would make it one.

    Under 80 % known days there is no label, only the bounds (decision 12): the count and the
    unknown days stand beside the dose anyway. Days that are known always warn.
    """
    if warning is None or days.is_mostly_known:
        return warning
    near = rule("notice_percent") / 100 * min(families()[warning.family].level_days)
    return warning if warning.day_least >= near else None


def learn_cohort(diaries: Iterable[Diary | Reading]) -> CohortState:
    """Learn from many diaries what ``review(…, cohort=…)`` may start from.

    Parameters
    ----------
    diaries : iterable of Diary or Reading
        One for each person. Nothing of a single person is kept: only shares,
        sizes and usual levels.

    Returns
    -------
    CohortState
        ``write_cohort`` keeps it in a file of at most two kilobytes.

    Raises
    ------
    NeedsExtra
        When numba is not installed (the extra ``fast``).
    ReadError
        When there is no diary with a day in it.
    """
    from twofold.inference.learning import learn

    tables = [gather(_opened(one)[0]).table for one in diaries]
    if not any(len(one) for one in tables):
        raise ReadError("there is no diary with a day in it.", remedy="Name at least one.")
    return learn(DayTables.of(tables), claims())


def write_cohort(state: CohortState, path: str | Path) -> None:
    """Write a cohort's state, whole or not at all.

    Raises
    ------
    WriteError
        When it could not be written.
    """
    try:
        cohort_state.save(state, path)
    except OSError as error:
        raise WriteError(
            f"the cohort state could not be written ({error.strerror}).",
            where=str(path),
            remedy="Name another place.",
        ) from error


def read_cohort(path: str | Path) -> CohortState:
    """Return what a cohort has taught, from its file.

    Raises
    ------
    ReadError
        When the file is not a cohort state, or one of too few days: its shares
        are then those of the studies, without the caution that one person's have.
    """
    state = cohort_state.load(path)
    if state.days < cohort_state.LEAST_DAYS:
        raise ReadError(
            f"this cohort state was learnt from {state.days} known days; it takes "
            f"{cohort_state.LEAST_DAYS} to correct what studies say.",
            where=str(path),
            remedy="Leave it out: one person's answers work without it.",
        )
    return state


def _opened(diary: Diary | Reading) -> tuple[Diary, tuple[Unread, ...], tuple[str, ...]]:
    if isinstance(diary, Diary):
        return diary, (), ()
    not_read = tuple(Unread(line.place, line.reason) for line in diary.unread)
    return diary.diary, not_read, diary.stated
