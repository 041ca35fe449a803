"""Composing the report: the only place that knows every stage, and where each thing stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twofold.daytable import Column, DayTable
from twofold.diary.diary import Diary
from twofold.diary.item9 import NotAsked
from twofold.facts.counting import WINDOW, Count, count
from twofold.facts.facts import Facts, Threshold
from twofold.facts.headache import ATTACK_RULE, strong_days
from twofold.facts.medication import OVERUSE_WINDOW, AcuteDays
from twofold.facts.private import unshared_scales
from twofold.inference.finding import Finding, Findings, Refusal
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import families
from twofold.knowledge.scale import scale_of
from twofold.report import headline
from twofold.report.fate import Days, fate
from twofold.report.help import help_of
from twofold.report.joint import Books, chapters, questions_to_bring
from twofold.report.log import carried_on, log_rows
from twofold.report.report import (
    Audience,
    Card,
    Coverage,
    DayCell,
    DoseMarks,
    DoseStrip,
    PeriodRow,
    Pictures,
    Report,
    Said,
    ThresholdRow,
    Tile,
    Unknown,
    Unread,
)
from twofold.report.telling import card, cards
from twofold.report.words import number, of_100, short
from twofold.safety.assess import Safety
from twofold.safety.today import TodayNotice
from twofold.units import spoken

MOST_FACTOR_CARDS = 3
LIMITS = (
    "This is not a diagnosis, and it is not watched by anyone.",
    "No clinician has reviewed Twofold's tables and sentences yet.",
    "It checks only the medicines, patterns and combinations that its tables list.",
    "Notes are looked through for words of self-harm, in English only.",
)


def compose(
    diary: Diary,
    facts: Facts,
    notices: tuple[TodayNotice, ...],
    findings: Findings | None,
    *,
    unread: tuple[Unread, ...] = (),
    stated: tuple[str, ...] = (),
    said_before: tuple[Said, ...] = (),
    cohort_people: int | None = None,
    safety: Safety,
    books: Books,
    not_listed: tuple[str, ...] = (),
    audience: Audience = "person",
    hides_item9: bool = False,
) -> Report:
    """Put everything in its place: what must be said, what is known, what it suggests.

    Parameters
    ----------
    diary, facts, notices, findings
        The stages, in the order they happened. ``findings`` is ``None`` where the days
        were not asked: then the report holds what is known, and no answers.
    unread : tuple of Unread
        What could not be read from the file.
    stated : tuple of str
        What the mapping assumes, to be printed with the numbers.
    said_before : tuple of Said
        The log of earlier reviews.
    cohort_people : int, optional
        How many other people's diaries moved where the answers start.
    safety : Safety
        What must be said first of all.
    books : Books
        What the books say about this person.
    not_listed : tuple of str
        Medicines that the tables do not hold.
    audience : {"person", "neurologist", "psychiatrist", "therapist"}
    hides_item9 : bool
        Whether nothing about self-harm may be told, because it was not shared.

    Returns
    -------
    Report
    """
    suggested = _suggested(findings, facts) if findings is not None else Suggested()
    return Report(
        person=diary.person,
        coverage=_coverage(facts),
        first_sentence=headline.first_sentence(facts.headache, facts.mood),
        first_counts=headline.first_counts(facts),
        first_qualification=headline.qualification(facts),
        today=(
            *(line for flag in safety.flags for line in flag.lines()),
            *(_to_be_asked(safety, facts) if audience == "person" else ()),
            *(notice.text for notice in notices),
        ),
        tiles=_tiles(facts),
        pictures=pictures(diary, facts),
        periods=_periods(facts),
        cards=suggested.cards,
        unlikely_factors=suggested.unlikely,
        not_known=(*suggested.left_out, *_not_known(diary, facts)),
        ask=tuple(dict.fromkeys((*_ask(facts), *questions_to_bring(books)))),
        how_counted=(
            *_how_counted(diary, facts),
            *suggested.how,
            *_cohort_words(cohort_people),
            *_assumed(diary, stated),
        ),
        thresholds=_threshold_rows(diary, facts),
        unread=unread,
        limits=LIMITS,
        credit=_credit(diary),
        fate=fate(said_before, _days(facts), suggested.said),
        said=carried_on(said_before, suggested.said),
        audience=audience,
        help=help_of(safety) if audience == "person" else None,
        chapters=chapters(
            books,
            unshared_scales(facts.mood.scales) if hides_item9 else facts.mood.scales,
            facts.medication,
            audience,
            hides_item9=hides_item9,
            not_listed=not_listed,
        ),
    )


def _to_be_asked(safety: Safety, facts: Facts) -> tuple[str, ...]:
    """Ask the suicide question where a score was used without it, or could not be read."""
    match safety.item9:
        case NotAsked() if safety.must_ask or facts.mood.not_scored:
            return (str(wording("safety")["tell"]["not_asked"]),)
        case _:
            return ()


# --- findings -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggested:
    """What the days suggest, as it is told."""

    cards: tuple[Card, ...] = ()
    unlikely: tuple[str, ...] = ()
    left_out: tuple[Unknown, ...] = ()
    how: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()


def _suggested(findings: Findings, facts: Facts) -> Suggested:
    factor_cards, unlikely = _factor_cards(findings.factors, "factors", facts)
    severity_cards, never_stronger = _factor_cards(findings.severity, "severities", facts)
    rest = [card(one, facts) for one in _other_findings(findings)]
    coupling = cards(findings.coupling, "coupling", facts)
    return Suggested(
        cards=(*coupling, *factor_cards, *severity_cards, *rest),
        unlikely=(*unlikely, *never_stronger),
        left_out=(*_left_out(findings.factors), *_left_out(findings.severity)),
        how=(_BEFORE, _used_and_missing(findings)),
        said=log_rows(findings, facts),
    )


def _factor_cards(
    findings: tuple[Finding, ...], together: str, facts: Facts
) -> tuple[list[Card], tuple[str, ...]]:
    """Show at most three factors, the surest first; the unlikely ones get a list of their own."""
    answered = [one for one in findings if one.refusal is None]
    refused = [one for one in findings if one.refusal is not None]
    unlikely = [one for one in answered if one.verdict == "unlikely"]
    others = [one for one in answered if one.verdict != "unlikely"]
    ordered = sorted(others, key=_surest_first) + refused
    shown = ordered[:MOST_FACTOR_CARDS]
    if not shown and unlikely:
        shown, unlikely = unlikely[:1], unlikely[1:]
    if not answered:
        return cards(tuple(refused), together, facts)[:MOST_FACTOR_CARDS], ()
    return [card(one, facts) for one in shown], tuple(
        _unlikely_line(one, facts) for one in unlikely
    )


def _surest_first(finding: Finding) -> tuple[bool, float]:
    return finding.verdict != "established", -(finding.p_real or 0.0)


def _left_out(findings: tuple[Finding, ...]) -> tuple[Unknown, ...]:
    """Name the candidates that got no card of their own, so that none vanishes."""
    answered = [one for one in findings if one.refusal is None]
    others = sorted((one for one in answered if one.verdict != "unlikely"), key=_surest_first)
    rest = others[MOST_FACTOR_CARDS:]
    told = {
        "Also possible or clear.": [one for one in rest if one.verdict != "undecided"],
        "We cannot tell yet about these either.": [
            one for one in rest if one.verdict == "undecided"
        ],
    }
    lines = [
        Unknown(topic, ", ".join(f"{one.subject} ({_chances(one)})" for one in some) + ".")
        for topic, some in told.items()
        if some
    ]
    if answered:
        refused = [one.subject for one in findings if one.refusal is not None]
        lines += (
            [Unknown("Not enough days yet for these.", ", ".join(refused) + ".")] if refused else []
        )
    return tuple(lines)


def _chances(finding: Finding) -> str:
    """Return the chance that an answer is real, beside where it started."""
    now = f"{of_100(finding.p_real or 0.0)} of 100"
    return now if finding.prior is None else f"{now}, before your days {of_100(finding.prior)}"


def _unlikely_line(finding: Finding, facts: Facts) -> str:
    """Say an unlikely factor in one line, with both counts and both chances."""
    counts = _uncapped(card(finding, facts).sentence).removesuffix(".")
    return f"{finding.subject}: {counts}. Now {_chances(finding)}."


def _uncapped(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _other_findings(findings: Findings) -> tuple[Finding, ...]:
    """Return the rest; a reason that was told once already is not told again."""
    burden = findings.burden
    courses = {one.subject: one.refusal for one in findings.treatment}
    moods = [one for one in findings.treatment_mood if not _is_told(one, courses[one.subject])]
    medicine = [one for one in findings.medicine_days if not _is_told(one, burden.refusal)]
    return (*findings.treatment, *moods, findings.tomorrow, burden, *medicine)


def _is_told(finding: Finding, before: Refusal | None) -> bool:
    refusal = finding.refusal
    return refusal is not None and before is not None and refusal.reason == before.reason


def _days(facts: Facts) -> Days:
    """Return what is known of each day, for what earlier reviews said about it."""
    table = facts.table
    taken = {
        f"medicine.{one.family}": (f"days with {one.label}", _told(table, f"acute.{one.family}"))
        for one in facts.medication.acute
    }
    return Days(_told(table, "headache"), taken)


def _told(table: DayTable, name: str) -> dict[str, bool | None]:
    cells = zip(table.labels, table[name], strict=True)
    return {label: _yes(one) for label, one in cells}


def _cohort_words(people: int | None) -> tuple[str, ...]:
    if people is None:
        return ()
    return (
        f"“Before” also rests on the diaries of other people ({people} of them): a few numbers, "
        "no names and no days.",
    )


# --- facts ----------------------------------------------------------------------------------------


def _coverage(facts: Facts) -> Coverage:
    labels, whole = facts.table.labels, facts.headache.whole
    return Coverage(
        first=labels[0],
        last=labels[-1],
        days=whole.days,
        known_headache_days=whole.known,
        unknown_headache_days=whole.unknown,
        is_dated=facts.table.is_dated,
    )


def _tiles(facts: Facts) -> tuple[Tile, ...]:
    last = count(facts.table["headache"][-WINDOW:])
    tiles = [_tile("Headache days", last)]
    if facts.headache.migraine is not None:
        migraine = count(facts.table["migraine"][-WINDOW:])
        tiles.append(_tile("Migraine days", migraine))
    if facts.mood.low is not None:
        low = count(facts.table["low_mood"][-WINDOW:])
        tiles.append(_tile("Low-mood days", low))
    for acute in facts.medication.acute:
        tiles.append(_tile(f"Days with {acute.label}", acute.last30))
    whole = facts.headache.whole
    note = f"{number(whole.unknown, 'day')} {'was' if whole.unknown == 1 else 'were'} not recorded"
    return (*tiles, Tile("Days we know", f"{whole.known} of {whole.days}", note))


def _tile(label: str, last: Count) -> Tile:
    """Show a count; with over a fifth of the days unknown, the bounds instead."""
    note = f"in your last {last.days} days"
    if last.unknown:
        note += f"; {last.unknown} unknown"
    value = headline.of_known(last) if last.is_mostly_known else f"{last.hits} to {last.most}"
    return Tile(label, value, note)


def pictures(diary: Diary, facts: Facts) -> Pictures:
    """Return each day as the timeline and the calendar draw it."""
    table = facts.table
    strong = strong_days(diary, table)
    days = zip(table.labels, table["headache"], strong, table["low_mood"], strict=True)
    return Pictures(
        days=tuple(DayCell(label, _yes(h), _yes(s), _yes(m)) for label, h, s, m in days),
        courses=tuple(_strip(name, unit, facts) for name, unit in _units(facts).items()),
        acute=tuple(_marks(name, column) for name, column in table.family("acute")),
        cycle_days=tuple(None if np.isnan(d) else int(d) for d in table["cycle_day"]),
        has_low_mood_rule=facts.mood.low is not None,
    )


def _yes(value: float) -> bool | None:
    return None if np.isnan(value) else bool(value)


def _units(facts: Facts) -> dict[str, str | None]:
    """Return each treatment's unit; one taken up again without its dose keeps the one it had."""
    units: dict[str, str | None] = dict.fromkeys(c.name for c in facts.medication.courses)
    return units | {c.name: c.unit for c in facts.medication.courses if c.unit is not None}


def _strip(name: str, unit: str | None, facts: Facts) -> DoseStrip:
    dose = facts.table[f"dose.{name}"]
    if np.isnan(dose).all():
        dose = facts.table[f"course.{name}"]
    amounts = tuple(None if np.isnan(d) else float(d) for d in dose)
    return DoseStrip(name, f"{unit} a day" if unit else "running", amounts)


def _marks(name: str, column: Column) -> DoseMarks:
    family = families().get(name)
    return DoseMarks(family.label if family else name, tuple(_yes(one) for one in column))


def _periods(facts: Facts) -> tuple[PeriodRow, ...]:
    starts = range(0, len(facts.table), WINDOW)
    return tuple(_period(start, facts) for start in starts)


def _period(start: int, facts: Facts) -> PeriodRow:
    labels = facts.table.labels[start : start + WINDOW]
    headache = facts.headache.blocks[start // WINDOW]
    low = facts.mood.blocks[start // WINDOW] if facts.mood.blocks else None
    return PeriodRow(
        label=f"{short(labels[0])} to {short(labels[-1])}",
        headache=headline.of_known(headache),
        low_mood=headline.of_known(low) if low is not None else "no rule",
        dose=_period_dose(start, facts),
        unknown=headache.unknown,
    )


def _period_dose(start: int, facts: Facts) -> str:
    said = []
    for name, unit in _units(facts).items():
        dose = facts.table[f"dose.{name}"][start : start + WINDOW]
        dose = dose[~np.isnan(dose)]
        if unit is None or not dose.size:
            continue
        ends = f"{dose[0]:g}" if dose[0] == dose[-1] else f"{dose[0]:g} to {dose[-1]:g}"
        said.append(f"{name} {ends} {unit}")
    return ", ".join(said) or "not recorded"


# --- what is not known, and how it was counted ----------------------------------------------------


def _not_known(diary: Diary, facts: Facts) -> tuple[Unknown, ...]:
    said = [Unknown("", sentence) for sentence in diary.origin.cannot_tell]
    if facts.headache.migraine is None:
        said.append(Unknown("Was it migraine?", "The diary asked about headache only."))
    if not facts.medication.acute:
        said.append(Unknown("Painkillers.", "None were recorded, so we cannot count them."))
    said += [_unnamed_level(acute) for acute in facts.medication.acute if len(acute.level_days) > 1]
    said += [_unlisted(one.name) for one in facts.medication.courses if not one.is_known]
    said += [Unknown("A questionnaire.", f"Not scored: {why}") for why in facts.mood.not_scored]
    unheard = sorted({one.scale for one in diary.scale_answers if scale_of(one.scale) is None})
    if unheard:
        told = f"Our tables do not hold {', '.join(unheard)}, so it was not scored."
        said.append(Unknown("Other questionnaires.", told))
    if facts.mood.recorded.known == 0:
        said.append(Unknown("Mood.", "Not recorded."))
    if facts.cycle is None:
        said.append(Unknown("Cycle.", "Not recorded."))
    elif facts.cycle.unrecorded:
        days = ", ".join(str(day) for day in facts.cycle.unrecorded)
        said.append(Unknown("The start of the period.", f"Cycle days {days} were never recorded."))
    return (*said, *_unknown_days(facts))


def _unlisted(name: str) -> Unknown:
    return Unknown(
        f"{name}.",
        "Our tables do not hold this medicine yet. Nothing that depends on its kind was checked.",
    )


def _unnamed_level(acute: AcuteDays) -> Unknown:
    levels = " or ".join(str(days) for days in acute.level_days)
    return Unknown(
        f"Which {acute.label}?",
        "The diary does not name it, so we cannot say from how many days overuse headache becomes "
        f"more likely: the level is {levels} of {OVERUSE_WINDOW} days, depending on the medicine.",
    )


def _unknown_days(facts: Facts) -> tuple[Unknown, ...]:
    rows = np.flatnonzero(np.isnan(facts.table["headache"]))
    if rows.size == 0:
        return ()
    if rows.size > 3:
        return (
            Unknown(
                f"{rows.size} days.",
                "Nothing tells whether there was a headache. We left them open.",
            ),
        )
    return tuple(
        Unknown(f"{spoken(facts.table.labels[row])}.", "Nothing was written. We left it open.")
        for row in rows
    )


def _ask(facts: Facts) -> tuple[str, ...]:
    questions = []
    if facts.headache.change.kind in ("fewest", "most"):
        headache = "fewer" if facts.headache.change.kind == "fewest" else "more"
        mood = facts.mood.change.kind if facts.mood.change else ""
        low = {"most": " and more low days", "fewest": " and fewer low days"}.get(mood, "")
        questions.append(f"“I have {headache} headache days{low}. What do you make of it?”")
    if facts.headache.migraine is None:
        questions.append("“Which of my headaches could be migraine?”")
    if facts.medication.acute:
        questions.append("“How many days a month with this medicine are all right for me?”")
    questions.append("“What would be worth writing down until we meet again?”")
    return tuple(questions)


def _how_counted(diary: Diary, facts: Facts) -> tuple[str, ...]:
    rules = diary.conventions
    said = []
    if rules.headache_day is not None:
        said.append(f"Headache day: {rules.headache_day.words}")
    if rules.low_mood_day is not None:
        said.append(f"Low-mood day: {rules.low_mood_day.words}")
    attacks = facts.headache.attacks
    spread = (
        f"{attacks.at_least}"
        if attacks.at_least == attacks.at_most
        else f"{attacks.at_least} to {attacks.at_most}"
    )
    return (
        *said,
        f"Attacks: {spread}. {ATTACK_RULE}",
        f"Headaches that began after a headache-free day: {facts.headache.onsets}.",
        "A month here is 28 days. Every count says how many days we know. "
        "An unknown day is never a calm day.",
    )


def _assumed(diary: Diary, stated: tuple[str, ...]) -> tuple[str, ...]:
    """Print every assumption once: as the mapping states it, or from the diary's own rules."""
    if stated:
        return tuple(line for line in stated if line not in diary.origin.cannot_tell)
    told = []
    if diary.conventions.silence == "free_if_other_entries":
        told.append("Assumed: a day with other entries but no headache entry had no headache.")
    if diary.conventions.headache_means_migraine:
        told.append("Assumed: every headache in this diary is a migraine.")
    return tuple(told)


_BEFORE = (
    "“Before” is where published studies let us start, made cautious on purpose. "
    "“Likely between” holds 95 of 100 times if the model is right."
)


def _used_and_missing(findings: Findings) -> str:
    return (
        "What comes before is looked at on headache-free days only, with the day after known. "
        "Drift, weekends and the last weeks are taken into account, and so is how many things we "
        "looked at: "
        f"{number(len(findings.factors), 'candidate')}."
    )


def _threshold_rows(diary: Diary, facts: Facts) -> tuple[ThresholdRow, ...]:
    return tuple(_threshold_row(line, diary, facts) for line in facts.thresholds)


def _threshold_row(line: Threshold, diary: Diary, facts: Facts) -> ThresholdRow:
    top = diary.headache_ratings[0].span.high
    return ThresholdRow(
        rule=f"{line.at_least:g} or more of {top:g}",
        headache_days=line.headache.whole.hits,
        known_days=line.headache.whole.known,
        onsets=line.headache.onsets,
        is_used=line.is_used,
        first_sentence=headline.first_sentence(line.headache, facts.mood),
    )


def _credit(diary: Diary) -> tuple[str, ...]:
    origin = diary.origin
    return tuple(part for part in (origin.title, origin.credit, origin.licence) if part)
