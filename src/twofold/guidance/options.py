"""Options to discuss: gates first, then what the tables bring, with what speaks for and against.

Nothing here is advice. An option stands where one of its grounds holds; it is
held back where something speaks against it; and what is not known is asked,
never assumed. Only a clinician sees options (``for_clinician``); a person sees
education and questions to bring (``for_person``).
"""

from __future__ import annotations

from collections.abc import Iterable

from twofold.facts.answers import Answers
from twofold.guidance.derived import Question, named, questions, worked_out
from twofold.guidance.discussion import (
    CareSuggestion,
    Caution,
    Discussion,
    Excluded,
    OpenGate,
    OptionToDiscuss,
    PreventionRaised,
    Trial,
    Undecided,
)
from twofold.guidance.interactions import Checked
from twofold.guidance.questions import ForPerson, page_of
from twofold.knowledge import option as tables
from twofold.knowledge.condition import Condition
from twofold.knowledge.load import wording
from twofold.safety.assess import Safety

Truth = bool | None


def discuss(answers: Answers, safety: Safety, checked: Checked) -> Discussion:
    """Return what could be discussed.

    Parameters
    ----------
    answers : Answers
    safety : Safety
        What must be said today, of the same answers.
    checked : Checked
        The interactions of the same answers' medicines.

    Returns
    -------
    Discussion
        Never ranked, never with an amount. What is not known is listed under
        ``ask_first`` and ``need_to_know``.
    """
    told = worked_out(answers, safety, checked)
    gates = tuple(_opened(gate) for gate in tables.gates() if gate.when.holds(told))
    hidden = {tag for gate in gates for tag in gate.hides}
    open_rows = [row for row in tables.options() if hidden.isdisjoint(row.tags)]
    grounded = [(row, _grounds(row, told)) for row in open_rows]
    standing = [(row, ids) for row, ids in grounded if ids]
    against = {row.id: _against(row, told) for row, _ in standing}
    options = _in_order(
        [_told(row, ids, told) for row, ids in standing if not against[row.id]], told
    )
    prevention = _prevention(told)
    care_rows = [row for row in tables.care_team() if row.stays or "care" not in hidden]
    care = tuple(_care(row) for row in care_rows if row.when.holds(told))
    return Discussion(
        ids=_ids(gates, prevention, options, care, hidden),
        safety_says=_safety_says(safety, told),
        gates=gates,
        banner=_banner(gates),
        ask_first=_before_any(told, hidden, [row for row, _ in grounded]),
        prevention=prevention,
        options=options,
        need_to_know=tuple(_undecided(row, told) for row, ids in grounded if ids is None),
        excluded=tuple(Excluded(row.id, against[row.id]) for row, _ in standing if against[row.id]),
        care_team=care,
        care_undecided=_care_undecided(care_rows, told),
        overdose=_for_clinicians_only(checked),
        experimental=() if "experimental" in hidden else tuple(map(_trial, tables.experimental())),
    )


def for_clinician(discussion: Discussion) -> Discussion:
    """Return what a clinician may see: everything."""
    return discussion


def for_person(discussion: Discussion) -> ForPerson:
    """Return what the person may see: education and questions to bring; no medicine is named."""
    return page_of(
        ids=tuple(gate.id for gate in discussion.gates)
        + tuple(one.id for one in discussion.options if "non_drug" in one.tags and one.sources)
        + tuple(one.id for one in discussion.care_team),
        first=(
            *discussion.safety_says,
            *(gate.says_to_person for gate in discussion.gates if gate.says_to_person),
        ),
        bring=tuple(one.question_to_bring for one in discussion.options if one.sources),
        care=tuple(one.question_to_bring for one in discussion.care_team),
        asks=discussion.ask_first,
        has_education=all("education" not in gate.hides for gate in discussion.gates),
    )


# --- gates ----------------------------------------------------------------------------------------


def _opened(gate: tables.Gate) -> OpenGate:
    return OpenGate(gate.id, gate.says, gate.says_to_person, gate.hides, gate.sources)


def _safety_says(safety: Safety, told: Answers) -> tuple[str, ...]:
    """Return the safety page's own words while it comes first."""
    comes_first = (told["safety_first"], told["urgent_red_flag"], told["item9_must_be_asked"])
    return safety.lines() if any(one is True for one in comes_first) else ()


def _banner(gates: tuple[OpenGate, ...]) -> str:
    """Return what stands above everything: the words of gates that hide nothing."""
    return " ".join(gate.says for gate in gates if not gate.hides)


def _before_any(
    told: Answers, hidden: set[str], rows: Iterable[tables.Option]
) -> tuple[Question, ...]:
    """Return what gates hang on that could still hide one of these options."""
    tags = {tag for row in rows for tag in row.tags}
    unsure = [
        gate
        for gate in tables.gates()
        if gate.when.holds(told) is None and not tags.isdisjoint(gate.hides)
    ]
    return _merged(questions(gate.when, told) for gate in unsure)


# --- options --------------------------------------------------------------------------------------


def _grounds(row: tables.Option, told: Answers) -> tuple[str, ...] | None:
    """Return the grounds that hold; empty when none can, ``None`` when that is not known."""
    truths = [(ground.id, _holds(ground.when, told)) for ground in row.grounds]
    holding = tuple(name for name, truth in truths if truth)
    return holding if holding or all(truth is False for _, truth in truths) else None


def _against(row: tables.Option, told: Answers) -> tuple[str, ...]:
    """Return what holds an option back; empty when nothing does."""
    reasons = tuple(one.says for one in row.unless if _holds(one.when, told))
    if row.medicines and not _kept(row, told):
        reasons += (wording("options")["excluded"]["did_not_help"],)
    return reasons


def _kept(row: tables.Option, told: Answers) -> tuple[tables.Named, ...]:
    """Return the medicines that an option still names."""
    tried = {*_listed(told["failed"]), *_listed(told["failed_classes"])}
    return tuple(
        one
        for one in row.medicines
        if tried.isdisjoint(one.kinds)
        and not (one.unless is not None and one.unless.holds(told) is True)
    )


def _told(row: tables.Option, grounds: tuple[str, ...], told: Answers) -> OptionToDiscuss:
    kept = _kept(row, told)
    now = {*_listed(told["current"]), *_listed(told["current_classes"])}
    taken = wording("options")["card"]["taken"]
    names = tuple(
        one.name if now.isdisjoint(one.kinds) else taken.format(name=one.name) for one in kept
    )
    holding = [one for one in row.reasons_for if _holds(one.when, told)]
    given = _given(one.given for one in holding)
    return OptionToDiscuss(
        id=row.id,
        title=row.title.format(medicines=_or(names)),
        tags=row.tags,
        grounds=grounds,
        medicines=tuple(one.name for one in kept),
        why_for=tuple(one.says for one in holding),
        why_against=tuple(one.says for one in row.reasons_against if _holds(one.when, told)),
        grade=row.grade,
        grade_note=row.grade_note,
        evidence=row.evidence,
        confidence=row.confidence,
        cautions=_cautions(row, kept, told),
        positions=tuple(one.says for one in row.positions),
        questions=tuple(one.format(given=given) for one in row.questions),
        question_to_bring=row.question_to_bring,
        need_to_know=_still_open(row, grounds, kept, told),
        sources=row.sources,
    )


def _cautions(
    row: tables.Option, kept: tuple[tables.Named, ...], told: Answers
) -> tuple[Caution, ...]:
    names = {one.name for one in kept}
    return tuple(
        Caution(one.id, one.severity, one.says)
        for one in row.cautions
        if _holds(one.when, told) and (not one.medicine or one.medicine in names)
    )


def _still_open(
    row: tables.Option, grounds: tuple[str, ...], kept: tuple[tables.Named, ...], told: Answers
) -> tuple[Question, ...]:
    """Return what could still speak against an option that stands."""
    asked = [named(one.asks) for one in row.grounds if one.id in grounds]
    conditions = [one.when for one in row.unless] + [one.unless for one in kept]
    return _merged([*asked, *(questions(one, told) for one in conditions if one is not None)])


def _undecided(row: tables.Option, told: Answers) -> Undecided:
    open_grounds = [one.when for one in row.grounds if one.when is not None]
    return Undecided(row.id, _merged(questions(one, told) for one in open_grounds))


def _in_order(options: list[OptionToDiscuss], told: Answers) -> tuple[OptionToDiscuss, ...]:
    """Return options in the order of the tables, but for what is named first by wish or reason."""
    leading = {tag for one in tables.firsts() if one.when.holds(told) for tag in one.tags}
    ordered = sorted(options, key=lambda one: leading.isdisjoint(one.tags))
    for row in tables.options():
        ids = [one.id for one in ordered]
        if {row.id, row.named_before} <= set(ids) and _holds(row.named_before_when, told):
            one = ordered.pop(ids.index(row.id))
            ordered.insert([other.id for other in ordered].index(row.named_before), one)
    return tuple(ordered)


# --- prevention, care team, panel -----------------------------------------------------------------


def _prevention(told: Answers) -> PreventionRaised:
    rule = tables.prevention()
    truths = [level.when.holds(told) for level in rule.levels]
    reached = next((one for one, holds in zip(rule.levels, truths, strict=True) if holds), None)
    unsure = [one for one, holds in zip(rule.levels, truths, strict=True) if holds is None]
    is_due: Truth = True if reached else (None if unsure else False)
    return PreventionRaised(
        id=rule.id,
        level=reached.id if reached else "",
        is_due=is_due,
        says=f"{rule.says} {_reached(reached)}" if reached else rule.says,
        note=rule.note,
        need_to_know=_merged(questions(one.when, told) for one in unsure),
        sources=rule.sources,
    )


def _reached(level: tables.Level) -> str:
    return str(wording("options")["clinician"]["reached"]).format(level=level.says)


def _care(row: tables.Care) -> CareSuggestion:
    return CareSuggestion(row.id, row.who, row.says, row.question_to_bring, row.sources)


def _care_undecided(rows: Iterable[tables.Care], told: Answers) -> tuple[Undecided, ...]:
    return tuple(
        Undecided(row.id, questions(row.when, told))
        for row in rows
        if row.when.holds(told) is None and not row.asks_nothing
    )


def _for_clinicians_only(checked: Checked) -> tuple[Caution, ...]:
    return tuple(
        Caution(one.id, one.severity, one.say)
        for one in checked.found
        if one.audience == "clinician"
    )


def _trial(row: tables.Experimental) -> Trial:
    return Trial(row.id, row.title, row.grade, row.says, row.sources)


# --- small parts ----------------------------------------------------------------------------------


def _ids(
    gates: tuple[OpenGate, ...],
    prevention: PreventionRaised,
    options: tuple[OptionToDiscuss, ...],
    care: tuple[CareSuggestion, ...],
    hidden: set[str],
) -> tuple[str, ...]:
    raised = [prevention.id] if prevention.is_due and "drug" not in hidden else []
    cautions = [caution.id for one in options for caution in one.cautions]
    found = [
        *(gate.id for gate in gates),
        *raised,
        *(one.id for one in options),
        *(one.id for one in care),
        *cautions,
    ]
    return tuple(dict.fromkeys(found))


def _holds(when: Condition | None, told: Answers) -> Truth:
    return True if when is None else when.holds(told)


def _listed(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _merged(found: Iterable[tuple[Question, ...]]) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(one for questions in found for one in questions))


def _given(reasons: Iterable[str]) -> str:
    told = [one for one in dict.fromkeys(reasons) if one]
    return wording("options")["card"]["given"].format(reasons=_and(told)) if told else ""


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _or(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
