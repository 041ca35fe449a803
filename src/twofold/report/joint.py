"""The joint view: what the books say about one person, in chapters, for one audience."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twofold.facts.classification import Classification, Pattern
from twofold.facts.medication import MedicationFacts
from twofold.facts.mood import ScaleFacts
from twofold.guidance.discussion import Discussion, OptionToDiscuss, labels
from twofold.guidance.interactions import Checked, Interaction, Pair
from twofold.guidance.options import for_person
from twofold.knowledge.claim import Source
from twofold.knowledge.education import Passage
from twofold.knowledge.field import fields
from twofold.knowledge.load import wording
from twofold.knowledge.scale import Band, find_scale
from twofold.report.fate import day_number
from twofold.report.report import (
    Audience,
    Chapter,
    ChapterId,
    Detail,
    Entry,
    ScoreBand,
    ScorePicture,
    ScorePoint,
)
from twofold.units import spoken

MOST_QUESTIONS = 5
FEWEST_TO_DRAW = 2
"""From so many filled-in questionnaires on, there is a picture over time."""
ASK_ITEM_9 = "G-0"
"""The gate that asks the suicide question before any option."""


@dataclass(frozen=True)
class Books:
    """What the books say about one person, before it is told to anyone.

    Parameters
    ----------
    patterns : Classification
    checked : Checked
    discussion : Discussion
    """

    patterns: Classification
    checked: Checked
    discussion: Discussion


def chapters(
    books: Books,
    scales: tuple[ScaleFacts, ...],
    medication: MedicationFacts,
    audience: Audience,
    *,
    hides_item9: bool = False,
    not_listed: tuple[str, ...] = (),
) -> tuple[Chapter, ...]:
    """Return what the books say, in the order in which it is read; empty chapters are left out.

    Parameters
    ----------
    books : Books
    scales : tuple of ScaleFacts
        As this audience may see them.
    medication : MedicationFacts
    hides_item9 : bool
        Whether the suicide question is left out because it was not shared.
    not_listed : tuple of str
        Medicines that the tables do not hold.
    audience : {"person", "neurologist", "psychiatrist", "therapist"}
        A person reads questions to bring; clinicians read options, a
        therapist only those without medicine.
    """
    is_person = audience == "person"
    made = [
        _chapter("pattern", _pattern_entries(books.patterns, is_person), is_person),
        _chapter("scales", _scale_entries(scales, is_person, hides_item9), is_person),
        _chapter("medicines", _medicine_entries(medication, not_listed), is_person),
        _chapter("interactions", _interaction_entries(books, is_person), is_person),
        *(_for_person(books) if is_person else _for_clinician(books, audience, hides_item9)),
    ]
    return tuple(one for one in made if one.entries)


def _chapter(name: ChapterId, entries: Iterable[Entry], is_person: bool) -> Chapter:
    words = wording("joint")[name]
    title = words["title"] if is_person else words.get("title_clinician", words["title"])
    return Chapter(name, title, words.get("note", ""), tuple(entries))


def _entry(title: str, lines: Iterable[str]) -> Iterator[Entry]:
    """Give one entry, or none when there is nothing to say."""
    says = tuple(line for line in lines if line)
    if says:
        yield Entry(title, says=says)


# --- headache pattern -----------------------------------------------------------------------------


def _pattern_entries(told: Classification, is_person: bool) -> Iterator[Entry]:
    words = wording("joint")["pattern"]
    for name in told.fits:
        yield _pattern_entry(told.pattern(name), words["fits"])
    if told.suppressed:
        yield Entry(words["held_back"])
    notes = (note.says for note in told.notes)
    yield from _entry(words["open_title"], (*notes, *_questions(told.ask)))
    aside = tuple(f"{one.name} ({one.id}): {one.says}" for one in told.set_aside)
    if aside and not is_person:
        yield Entry(words["set_aside"], says=aside)


def _pattern_entry(one: Pattern, status: str) -> Entry:
    points = tuple(f"{part.id}. {_capital(part.says)}: {part.reason}." for part in one.criteria)
    return Entry(
        title=f"{_capital(one.name)} ({one.id})",
        status=status,
        more=(Detail(wording("joint")["pattern"]["criteria"], points),) if points else (),
        sources=_cited(one.sources),
    )


def _questions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fields()[name].question for name in names[:MOST_QUESTIONS])


# --- questionnaires -------------------------------------------------------------------------------


def _scale_entries(
    scales: tuple[ScaleFacts, ...], is_person: bool, hides_item9: bool
) -> Iterator[Entry]:
    words = wording("joint")["scales"]
    for one in scales:
        latest = one.latest
        told = latest.score.lines(
            audience="person" if is_person else "clinician", is_safety_shown=True
        )
        yield Entry(
            title=one.name,
            status=words["latest"].format(day=spoken(latest.day)),
            says=(*told, *_context(one), *_changes(one)),
            sources=_cited(latest.score.sources),
            picture=_score_picture(one, is_person, hides_item9),
        )
    if hides_item9 and scales:
        yield Entry(words["not_shared"])


def _score_picture(one: ScaleFacts, is_person: bool, hides_item9: bool) -> ScorePicture | None:
    """Return the totals over time, from two questionnaires on.

    A person is told the ends and ranges of the total only where they have a
    source.
    """
    table = find_scale(one.scale)
    points = _score_points(one, is_private=hides_item9 and table.is_depression_scale)
    if len(points) < FEWEST_TO_DRAW or all(point.total is None for point in points):
        return None
    has_ends = bool(table.sources) or not is_person
    return ScorePicture(
        name=one.name,
        points=points,
        low=table.low if has_ends and table.low is not None else 0,
        high=table.high if has_ends else None,
        better=table.better if has_ends else "",
        bands=tuple(_band(band) for band in table.bands if band.sources or not is_person),
    )


def _score_points(one: ScaleFacts, *, is_private: bool) -> tuple[ScorePoint, ...]:
    """Return the readings as points.

    Where the suicide question is not shared, one without a total is left out:
    that it has none could tell that this question was left open.
    """
    shown = [
        reading for reading in one.readings if reading.score.total is not None or not is_private
    ]
    first = day_number(shown[0].day) if shown else 0
    return tuple(
        ScorePoint(
            label=reading.day,
            at=day_number(reading.day) - first,
            total=reading.score.total,
            is_estimated=reading.score.is_estimated,
        )
        for reading in shown
    )


def _band(band: Band) -> ScoreBand:
    label = "" if band.label == band.name else f" ({band.label})"
    return ScoreBand(band.low, f"{band.name}{label}")


def _context(one: ScaleFacts) -> Iterator[str]:
    words, context = wording("joint")["scales"], one.latest.context
    if context is None:
        return
    days = context.headache
    if days.known:
        yield words["context"].format(days=days.days, hits=days.hits, known=days.known)
    if context.on_headache_day:
        yield words["on_headache_day"]


def _changes(one: ScaleFacts) -> Iterator[str]:
    found = (one.since_last, one.since_first)
    told = (line for change in found if change is not None for line in change.lines())
    yield from dict.fromkeys(told)


# --- medicines ------------------------------------------------------------------------------------


def _medicine_entries(told: MedicationFacts, not_listed: tuple[str, ...]) -> Iterator[Entry]:
    words = wording("joint")["medicines"]
    if told.acute:
        yield from _entry(words["month"], told.overuse.lines())
    lines = (line for one in told.recoveries for line in one.lines())
    yield from _entry(words["recovery"], lines)
    if not_listed:
        names = ", ".join(not_listed)
        yield Entry(words["not_listed_title"], says=(words["not_listed"].format(names=names),))


def _interaction_entries(books: Books, is_person: bool) -> Iterator[Entry]:
    checked = books.checked.for_person() if is_person else books.checked.for_clinician()
    words = wording("joint")["interactions"]
    yield from (_interaction(one, is_person) for one in checked.most_severe_first)
    if checked.more_for_team:
        yield Entry(words["more_title"], says=(checked.for_team_words,))
    if checked.found or checked.ask or checked.not_named:
        asked = tuple(one.question for one in checked.ask[:MOST_QUESTIONS])
        says = (*asked, checked.not_named_words, checked.covers)
        yield Entry(words["open_title"], says=tuple(one for one in says if one))


def _interaction(one: Interaction, is_person: bool) -> Entry:
    said = dict.fromkeys(part for pair in one.pairs for part in _pair_says(pair) if part)
    unsourced = () if one.sources else (wording("interactions")["source_not_found"],)
    names = _capital(", ".join(one.medicines))
    return Entry(
        title=names if is_person else f"{names} ({one.id})",
        status="" if is_person else one.severity,
        says=(*said, *unsourced),
        sources=_cited(one.sources),
    )


def _pair_says(pair: Pair) -> tuple[str, ...]:
    words = wording("joint")["interactions"]
    return (pair.say, pair.action, words["urgent"].format(signs=pair.urgent) if pair.urgent else "")


# --- for clinicians -------------------------------------------------------------------------------


def _for_clinician(books: Books, audience: Audience, hides_item9: bool) -> Iterator[Chapter]:
    told = books.discussion
    entries = (*_gate_entries(told, hides_item9), *_option_entries(told, audience))
    yield _chapter("options", entries, is_person=False)
    care = (Entry(_capital(one.who), says=(one.says,)) for one in told.care_team)
    yield _chapter("care_team", care, is_person=False)


def _gate_entries(told: Discussion, hides_item9: bool) -> Iterator[Entry]:
    """Say what comes before any option; what was not shared is not called "not asked"."""
    words = wording("joint")["options"]
    gates = [gate.says for gate in told.gates if not (hides_item9 and gate.id == ASK_ITEM_9)]
    hidden = [wording("joint")["scales"]["not_shared"]] if len(gates) < len(told.gates) else []
    yield from _entry(words["gates"], (*hidden, *gates))
    yield from _entry(words["ask_first"], (one.question for one in told.ask_first))


def _option_entries(told: Discussion, audience: Audience) -> Iterator[Entry]:
    words = wording("joint")["options"]
    shown = [one for one in told.options if audience != "therapist" or not one.medicines]
    if shown and told.prevention.is_due:
        yield from _entry(told.prevention.id, (told.prevention.says, told.prevention.note))
    yield from map(_option, shown)
    if audience == "therapist":
        return
    unsure = [
        words["undecided"].format(id=one.id, labels=labels(one.need_to_know))
        for one in told.need_to_know
    ]
    yield from _entry(words["undecided_title"], unsure)
    against = (
        words["excluded"].format(id=one.id, because="; ".join(one.because).rstrip("."))
        for one in told.excluded
    )
    yield from _entry(words["excluded_title"], against)
    yield from _entry(words["overdose_title"], (one.says for one in told.overdose))
    trials = (f"{one.title}: {one.says}" for one in told.experimental)
    yield from _entry(words["experimental_title"], trials)


def _option(one: OptionToDiscuss) -> Entry:
    words = wording("joint")["options"]
    parts = {
        words["why_for"]: one.why_for,
        words["why_against"]: one.why_against,
        words["sure"]: tuple(part for part in (one.grade_note, one.evidence) if part),
        words["cautions"]: tuple(f"{part.id}: {part.says}" for part in one.cautions),
        words["positions"]: one.positions,
        words["ask"]: one.questions,
        words["first"]: tuple(part.question for part in one.need_to_know),
    }
    return Entry(
        title=f"{_capital(one.title)} ({one.id})",
        status=words["grade"].format(grade=one.grade),
        more=tuple(Detail(heading, lines) for heading, lines in parts.items() if lines),
        sources=_cited(one.sources),
    )


# --- for the person -------------------------------------------------------------------------------


def questions_to_bring(books: Books) -> tuple[str, ...]:
    """Return what the person could ask at the next visit; no medicine is named."""
    return for_person(books.discussion).questions_to_bring


def _for_person(books: Books) -> Iterator[Chapter]:
    told, words = for_person(books.discussion), wording("joint")["questions"]
    asked = [
        *_entry(words["care"], told.care_team),
        *_entry(words["helps"], told.helps_to_know),
    ]
    yield _chapter("questions", asked, is_person=True)
    yield _chapter("learn", map(_passage, told.education), is_person=True)


def _passage(one: Passage) -> Entry:
    sources = dict.fromkeys(source for told in one.sentences for source in told.sources)
    said, words = tuple(told.text for told in one.sentences), wording("joint")["learn"]
    here = (Detail(words["here"], one.worked_out),) if one.worked_out else ()
    return Entry(
        title=one.title,
        more=(Detail(words["read"], said), *here),
        sources=_cited(sources),
    )


# --- words ----------------------------------------------------------------------------------------


def _cited(sources: Iterable[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_citation, sources)))


def _citation(one: Source) -> str:
    section = f", {one.section}" if one.section else ""
    link = f" ({one.link})" if one.link.startswith("https://") else ""
    return f"{one.title}{section}{link}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
