"""Which rules about medicines together, or about a medicine and the person, apply to one shelf.

``check`` gives everything that was found, and what would have to be known to say
more. A person is told what has a source and is meant for everyone; a clinician is
told all of it, with the id, the mechanism and the source of each rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from twofold.errors import TwofoldError
from twofold.facts.answers import Answers
from twofold.facts.shelf import Shelf, Taking
from twofold.guidance.matching import ANSWER, Match, Open, matches
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.field import fields
from twofold.knowledge.interaction import SEVERITIES, Audience, Locale, Rule, Severity, rules
from twofold.knowledge.load import Row, wording

View = Literal["all", "person", "clinician"]


@dataclass(frozen=True)
class Pair:
    """One medicine or two for which a rule holds, and what is said about just these.

    Parameters
    ----------
    case_id : str
        The rule's id, or the same with a letter, as in the table.
    medicines, prescribers : tuple of str
        Prescribers only where the list says who prescribes it.
    severity : {"minor", "moderate", "serious", "contraindicated"}
    is_hard : bool
        A recorded intake is beyond what the label allows.
    is_of_an_intake : bool
        Told at every intake, whatever was acknowledged.
    audience : {"everyone", "clinician"}
    circumstances : str
        A fingerprint of its medicines, amounts, classes and answers.
    """

    case_id: str
    medicines: tuple[str, ...]
    prescribers: tuple[str, ...]
    severity: Severity
    say: str
    urgent: str
    action: str
    mechanism: str
    note: str
    sources: tuple[Source, ...]
    confidence: Confidence
    is_hard: bool
    is_of_an_intake: bool
    audience: Audience
    circumstances: str

    @property
    def is_for_the_person(self) -> bool:
        """Whether a person may be told: it has a source and is meant for everyone."""
        return self.audience == "everyone" and bool(self.sources)

    @property
    def rank(self) -> tuple[int, bool]:
        """How strongly it speaks."""
        return SEVERITIES.index(self.severity), self.is_hard


@dataclass(frozen=True)
class Interaction:
    """One rule that applies, told by its strongest pair; ``pairs`` holds them all.

    Parameters
    ----------
    id : str
        The id of the rule in its table ("PK-04").
    medicines : tuple of str
        All medicines it is about.
    audience : {"everyone", "clinician"}
        ``"clinician"`` when nothing of it is for the person.
    across_prescribers : bool
        Whether the medicines of one pair come from different prescribers.
    circumstances : str
        A fingerprint of medicines, amounts, classes and answers: another one
        means that something changed.
    """

    id: str
    title: str
    severity: Severity
    medicines: tuple[str, ...]
    say: str
    urgent: str
    action: str
    mechanism: str
    note: str
    sources: tuple[Source, ...]
    confidence: Confidence
    is_hard: bool
    is_of_an_intake: bool
    audience: Audience
    across_prescribers: bool
    circumstances: str
    pairs: tuple[Pair, ...]

    @property
    def in_short(self) -> str:
        """A line for a page that must stay short: who, how severe, what to do, when to get help."""
        lead = self.pairs[0]
        same = [one for one in self.pairs if one.severity == lead.severity]
        names = _and(tuple(dict.fromkeys(name for one in same for name in one.medicines)))
        words = _words()
        told = words["short"].format(names=names, severity=lead.severity)
        why = lead.say if len(lead.medicines) == 1 else ""
        signs = words["urgent"].format(signs=lead.urgent) if lead.urgent else ""
        return " ".join(part for part in (told, why, lead.action, signs) if part)


@dataclass(frozen=True)
class Ask:
    """Something that would have to be known for a rule to speak or to stay silent.

    Parameters
    ----------
    about : str
        A field of the case, or ``"dose_mg of citalopram"`` and the like.
    label : str
        The same inside a sentence.
    rules : tuple of str
        The rules that wait for it.
    audience : {"everyone", "clinician"}
        ``"clinician"`` when all of these rules are for clinicians only.
    """

    about: str
    label: str
    question: str
    rules: tuple[str, ...]
    audience: Audience


@dataclass(frozen=True)
class Checked:
    """What the rules say about one shelf.

    Parameters
    ----------
    view : {"all", "person", "clinician"}
        Whom it was cut for; ``lines()`` of ``"all"`` are the person's.
    ids : tuple of str
        The ids of what was found, in the order of the tables.
    found : tuple of Interaction
    ask : tuple of Ask
    more_for_team : bool
        In the person's view: something was found that has no source yet, so
        the person is only asked to show the list.
    not_named : tuple of str
        Medicines that no rule names: silence about these tells nothing.
    covers : str
        What this check is, and is not.
    """

    view: View
    locale: Locale
    ids: tuple[str, ...]
    found: tuple[Interaction, ...]
    ask: tuple[Ask, ...]
    more_for_team: bool
    not_named: tuple[str, ...]
    covers: str

    def for_person(self) -> Checked:
        """Return what a person may be told: with a source, and meant for everyone."""
        if self.view == "person":
            return self
        found = tuple(told for one in self.found if (told := _for_person(one)) is not None)
        return replace(
            self,
            view="person",
            ids=tuple(one.id for one in found),
            found=found,
            ask=_asked_of_person(self.ask),
            more_for_team=any(_is_withheld(one) for one in self.found),
        )

    def for_clinician(self) -> Checked:
        """Return everything, told with ids, mechanisms and sources."""
        return replace(self, view="clinician")

    def about(self, *names: str) -> Checked:
        """Return what is found about these medicines, each rule told by its pairs with them alone.

        Parameters
        ----------
        names : tuple of str
            As the check names them (``Taking.label``).
        """
        found = tuple(told for one in self.found if (told := _about(one, names)) is not None)
        return replace(
            self,
            ids=tuple(one.id for one in found),
            found=found,
            not_named=tuple(one for one in self.not_named if one in names),
        )

    @property
    def most_severe_first(self) -> tuple[Interaction, ...]:
        """What was found, as it is read: equally severe ones in the order of the tables."""
        return tuple(sorted(self.found, key=lambda one: -SEVERITIES.index(one.severity)))

    @property
    def for_team_words(self) -> str:
        """What a person is told when something has no source yet; empty when nothing has."""
        return str(_words()["more_for_team"]) if self.more_for_team else ""

    @property
    def not_named_words(self) -> str:
        """What is told of medicines that no rule names; empty when there is none."""
        return _words()["not_named"].format(names=_and(self.not_named)) if self.not_named else ""

    def lines(self) -> tuple[str, ...]:
        """Return it as plain sentences; the person's, unless it was cut for a clinician."""
        if self.view == "all":
            return self.for_person().lines()
        tell = _clinician_lines if self.view == "clinician" else _person_lines
        told = [line for one in self.most_severe_first for line in tell(one)]
        if self.more_for_team:
            told.append(_words()["more_for_team"])
        told = told or [_words()["nothing"]]
        told += [self.not_named_words] if self.not_named else []
        return (*told, *_open_lines(self.ask), self.covers)


def check(on: Shelf, answers: Answers, *, locale: Locale = "US") -> Checked:
    """Hold every interaction rule against one shelf and one person.

    Parameters
    ----------
    on : Shelf
        All medicines, of all prescribers together.
    answers : Answers
        What is known of the person. What is unknown is asked, never taken for no.
    locale : {"US", "EU", "UK"}
        Whose labels count where they differ.

    Returns
    -------
    Checked
        The same for any order of the medicines.

    Raises
    ------
    TwofoldError
        When the locale is not one of the three.
    """
    if locale not in get_args(Locale):
        raise TwofoldError(
            f"there are no labels for {locale!r}.",
            where="locale",
            remedy=f"Choose one of {', '.join(get_args(Locale))}.",
        )
    told = matches(on, answers, locale)
    found = _found([one for one in told if one.verdict.holds], answers)
    return Checked(
        view="all",
        locale=locale,
        ids=tuple(one.id for one in found),
        found=found,
        ask=_asks(told),
        more_for_team=False,
        not_named=_not_named(on),
        covers=_words()["covers"],
    )


def _not_named(on: Shelf) -> tuple[str, ...]:
    tags = {tag for rule in rules() for one in rule.clauses for tag in (*one.a, *one.b, *one.third)}
    silent = {one.label for one in on.takings if not any(one.is_a(tag) for tag in tags)}
    return tuple(sorted(silent))


# --- what was found -------------------------------------------------------------------------------


def _found(holding: list[Match], answers: Answers) -> tuple[Interaction, ...]:
    by_rule: dict[str, list[Match]] = {}
    for one in holding:
        by_rule.setdefault(one.rule.id, []).append(one)
    return tuple(_interaction(group, answers) for group in by_rule.values())


def _interaction(group: list[Match], answers: Answers) -> Interaction:
    rule = group[0].rule
    pairs = tuple(_pair(one, answers) for one in _strongest(group))
    return _led_by_strongest(rule.id, rule.title, pairs, _circumstances(rule, group, answers))


def _strongest(group: list[Match]) -> list[Match]:
    """Return the strongest clause for each audience and each set of medicines."""
    best: dict[tuple[str, tuple[Taking, ...]], Match] = {}
    for one in group:
        key = one.clause.told.audience, one.takings
        if key not in best or one.clause.rank > best[key].clause.rank:
            best[key] = one
    return list(best.values())


def _pair(one: Match, answers: Answers) -> Pair:
    clause, told = one.clause, one.clause.told
    kind = "pair" if len(one.takings) > 1 else "condition"
    return Pair(
        case_id=clause.id,
        medicines=tuple(dict.fromkeys(taking.label for taking in one.takings)),
        prescribers=tuple(sorted({taking.prescriber for taking in one.takings} - {""})),
        severity=clause.severity,
        say=told.say,
        urgent=told.urgent,
        action=_words()[kind][clause.severity] if told.action is None else told.action,
        mechanism=told.mechanism,
        note=told.note,
        sources=told.sources,
        confidence=told.confidence,
        is_hard=clause.is_hard,
        is_of_an_intake=clause.is_of_an_intake,
        audience=told.audience,
        circumstances=_circumstances(one.rule, [one], answers),
    )


def _led_by_strongest(
    rule_id: str, title: str, pairs: tuple[Pair, ...], circumstances: str
) -> Interaction:
    ordered = sorted(pairs, key=lambda pair: (pair.rank, pair.audience == "everyone"), reverse=True)
    lead = ordered[0]
    return Interaction(
        id=rule_id,
        title=title,
        severity=lead.severity,
        medicines=tuple(dict.fromkeys(name for pair in ordered for name in pair.medicines)),
        say=lead.say,
        urgent=lead.urgent,
        action=lead.action,
        mechanism=lead.mechanism,
        note=lead.note,
        sources=lead.sources,
        confidence=lead.confidence,
        is_hard=any(pair.is_hard for pair in pairs),
        is_of_an_intake=any(pair.is_of_an_intake for pair in pairs),
        audience="everyone" if any(one.audience == "everyone" for one in pairs) else "clinician",
        across_prescribers=any(len(pair.prescribers) > 1 for pair in pairs),
        circumstances=circumstances,
        pairs=tuple(ordered),
    )


def _circumstances(rule: Rule, group: list[Match], answers: Answers) -> str:
    takings = {
        f"{taking.id} {taking.daily_mg} {' '.join(sorted(taking.classes))}"
        for one in group
        for taking in one.takings
    }
    known = [f"{name} = {answers[name]}" for name in sorted(rule.names)]
    text = "\n".join([*sorted(takings), *known, *sorted({one.clause.id for one in group})])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- what is open ---------------------------------------------------------------------------------


def _asks(told: tuple[Match, ...]) -> tuple[Ask, ...]:
    waiting: dict[Open, list[Match]] = {}
    for one in told:
        if one.verdict.holds is None and not _is_settled(one, told):
            for unknown in one.verdict.open:
                waiting.setdefault(unknown, []).append(one)
    return tuple(_ask(unknown, group) for unknown, group in waiting.items())


def _is_settled(one: Match, told: tuple[Match, ...]) -> bool:
    """Whether the rule already speaks as strongly about these medicines, so that asking is idle."""
    return any(
        other.verdict.holds
        and other.rule.id == one.rule.id
        and set(one.takings) <= set(other.takings)
        and other.clause.told.audience == one.clause.told.audience
        and other.clause.rank >= one.clause.rank
        for other in told
    )


def _ask(unknown: Open, group: list[Match]) -> Ask:
    for_all = any(one.clause.told.audience == "everyone" for one in group)
    label, question = _asked(unknown)
    return Ask(
        about=unknown.about,
        label=label,
        question=question,
        rules=tuple(dict.fromkeys(one.rule.id for one in group)),
        audience="everyone" if for_all else "clinician",
    )


def _asked(unknown: Open) -> tuple[str, str]:
    words = _words()
    if unknown.kind == ANSWER:
        field = fields()[unknown.of]
        apart = words[field.topic]["for_clinician"].format(label=field.label) if field.topic else ""
        return field.label, apart or field.question
    return (
        words["label"][unknown.kind].format(medicine=unknown.label),
        words["question"][unknown.kind].format(medicine=unknown.label),
    )


# --- telling --------------------------------------------------------------------------------------


def _for_person(one: Interaction) -> Interaction | None:
    pairs = tuple(pair for pair in one.pairs if pair.is_for_the_person)
    return _led_by_strongest(one.id, one.title, pairs, one.circumstances) if pairs else None


def _about(one: Interaction, names: tuple[str, ...]) -> Interaction | None:
    pairs = tuple(pair for pair in one.pairs if set(pair.medicines).intersection(names))
    return _led_by_strongest(one.id, one.title, pairs, one.circumstances) if pairs else None


def _asked_of_person(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """Return what may be asked in passing; what has a page of its own is named once, as that."""
    for_all = {
        rule.id
        for rule in rules()
        if any(clause.told.audience == "everyone" for clause in rule.clauses)
    }
    told: dict[str, Ask] = {}
    for one in asks:
        if one.audience == "everyone":
            kept = _neutral(replace(one, rules=tuple(id for id in one.rules if id in for_all)))
            first = told.setdefault(kept.about, kept)
            both = dict.fromkeys((*first.rules, *kept.rules))
            told[kept.about] = replace(first, rules=tuple(both))
    return tuple(told.values())


def _neutral(one: Ask) -> Ask:
    topic = fields()[one.about].topic if one.about in fields() else ""
    if not topic:
        return one
    words = _words()[topic]
    return replace(one, about=topic, label=words["label"], question=words["question"])


def _is_withheld(one: Interaction) -> bool:
    """Whether it says something for everyone, above information, that has no source yet."""
    return any(
        pair.audience == "everyone" and not pair.sources and pair.severity != "minor"
        for pair in one.pairs
    )


def _person_lines(one: Interaction) -> Iterable[str]:
    words = _words()
    for medicines, pair in _each_saying(one.pairs):
        signs = words["urgent"].format(signs=pair.urgent) if pair.urgent else ""
        told = [part for part in (pair.say, pair.action, signs) if part]
        yield f"{_and(medicines)}: {' '.join(told)}"
    if one.across_prescribers:
        yield words["two_prescribers"].format(prescribers=_and(_prescribers(one)))
    yield words["source"].format(sources="; ".join(_titles(one.sources)))


def _clinician_lines(one: Interaction) -> Iterable[str]:
    words = _words()
    marks = [words["severity"][one.severity]]
    marks += [words["clinician_only"]] if one.audience == "clinician" else []
    marks += [words["hard"]] if one.is_hard else []
    yield f"{one.id} {one.severity} ({'; '.join(marks)}): {' + '.join(one.medicines)}"
    for _, pair in _each_saying(one.pairs):
        yield "  " + " ".join(part for part in (pair.say, pair.mechanism, pair.note) if part)
    if one.across_prescribers:
        yield "  " + words["two_prescribers"].format(prescribers=_and(_prescribers(one)))
    titles = _titles(one.sources)
    cited = words["source"].format(sources="; ".join(titles))
    yield f"  {cited if titles else words['source_not_found']} Confidence: {one.confidence}."


def _each_saying(pairs: tuple[Pair, ...]) -> Iterable[tuple[tuple[str, ...], Pair]]:
    """Give each thing that is said once, with all medicines that it is said of."""
    said: dict[str, list[Pair]] = {}
    for pair in pairs:
        said.setdefault(pair.say, []).append(pair)
    for group in said.values():
        yield tuple(dict.fromkeys(name for pair in group for name in pair.medicines)), group[0]


def _open_lines(asks: tuple[Ask, ...]) -> Iterable[str]:
    if asks:
        yield _words()["would_need"].format(labels="; ".join(one.label for one in asks))


def _prescribers(one: Interaction) -> tuple[str, ...]:
    return tuple(sorted({name for pair in one.pairs for name in pair.prescribers}))


def _titles(sources: tuple[Source, ...]) -> tuple[str, ...]:
    return tuple(source.title for source in sources)


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _words() -> Row:
    return wording("interactions")
