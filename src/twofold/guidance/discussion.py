"""A discussion: what could be talked about, as plain values, and the words a clinician reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twofold.guidance.derived import Question
from twofold.knowledge.claim import Source
from twofold.knowledge.load import wording


@dataclass(frozen=True)
class OpenGate:
    """A gate whose condition holds.

    Parameters
    ----------
    hides : tuple of str
        The kinds of option that wait.
    """

    id: str
    says: str
    says_to_person: str
    hides: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class PreventionRaised:
    """Whether prevention is worth discussing, by headache days and disability.

    Parameters
    ----------
    level : str
        ``"offer"``, ``"consider"``, or ``""`` when neither is reached.
    is_due : bool or None
        ``None`` when the answers do not decide it.
    need_to_know : tuple of Question
        What would decide the level.
    """

    id: str
    level: str
    is_due: bool | None
    says: str
    note: str
    need_to_know: tuple[Question, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Caution:
    """A caution, by the id of its interaction rule."""

    id: str
    severity: str
    says: str


@dataclass(frozen=True)
class OptionToDiscuss:
    """One option, for a clinician's eyes.

    Parameters
    ----------
    grounds : tuple of str
        Ids of the grounds that brought it.
    medicines : tuple of str
        Those it still names.
    why_for, why_against : tuple of str
        Lines whose own condition holds.
    need_to_know : tuple of Question
        What could still speak against it.
    positions : tuple of str
        What guidelines say where they disagree; none is chosen.
    """

    id: str
    title: str
    tags: tuple[str, ...]
    grounds: tuple[str, ...]
    medicines: tuple[str, ...]
    why_for: tuple[str, ...]
    why_against: tuple[str, ...]
    grade: str
    grade_note: str
    evidence: str
    confidence: str
    cautions: tuple[Caution, ...]
    positions: tuple[str, ...]
    questions: tuple[str, ...]
    question_to_bring: str
    need_to_know: tuple[Question, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Undecided:
    """An option or suggestion that unknown answers keep open."""

    id: str
    need_to_know: tuple[Question, ...]


@dataclass(frozen=True)
class Excluded:
    """An option that the tables bring, and that something speaks against."""

    id: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class CareSuggestion:
    """Someone of the care team who could be asked."""

    id: str
    who: str
    says: str
    question_to_bring: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Trial:
    """A row of the experimental panel: information only, never an option."""

    id: str
    title: str
    grade: str
    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Discussion:
    """Everything that could be discussed on these answers, for the clinician.

    Parameters
    ----------
    ids : tuple of str
        Gates, prevention, options in the order told, care team, cautions.
    safety_says : tuple of str
        The safety page's own words while it comes first; empty otherwise.
    gates : tuple of OpenGate
    banner : str
        Said above everything; ``""`` when nothing is.
    ask_first : tuple of Question
        What must be known before any option, because a gate hangs on it.
    need_to_know : tuple of Undecided
        Options that unknown answers keep open.
    excluded : tuple of Excluded
    care_team : tuple of CareSuggestion
    care_undecided : tuple of Undecided
    overdose : tuple of Caution
        For the clinician only.
    experimental : tuple of Trial
    """

    ids: tuple[str, ...]
    safety_says: tuple[str, ...]
    gates: tuple[OpenGate, ...]
    banner: str
    ask_first: tuple[Question, ...]
    prevention: PreventionRaised
    options: tuple[OptionToDiscuss, ...]
    need_to_know: tuple[Undecided, ...]
    excluded: tuple[Excluded, ...]
    care_team: tuple[CareSuggestion, ...]
    care_undecided: tuple[Undecided, ...]
    overdose: tuple[Caution, ...]
    experimental: tuple[Trial, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the discussion in plain sentences, for the clinician."""
        return tuple(_lines(self))


# --- told for a clinician ------------------------------------------------------------------------


def _lines(told: Discussion) -> Iterator[str]:
    words = wording("options")["clinician"]
    yield words["opens"]
    yield from (words["gate"].format(id=gate.id, says=gate.says) for gate in told.gates)
    if told.options:
        yield from _prevention(told.prevention)
    if told.ask_first:
        yield words["ask_first"].format(labels=labels(told.ask_first))
    for option in told.options:
        yield ""
        yield from _card(option)
    if not told.options:
        yield words["none"]
    yield ""
    for left in told.excluded:
        yield words["excluded"].format(id=left.id, because="; ".join(left.because))
    for unsure in told.need_to_know:
        yield words["undecided"].format(id=unsure.id, labels=labels(unsure.need_to_know))
    yield from (
        words["care"].format(id=one.id, who=one.who, says=one.says) for one in told.care_team
    )
    for unsure in told.care_undecided:
        yield words["care_open"].format(id=unsure.id, labels=labels(unsure.need_to_know))
    for one in told.overdose:
        yield words["overdose"].format(id=one.id, severity=one.severity, says=one.says)
    for trial in told.experimental:
        yield words["experimental"].format(grade=trial.grade, title=trial.title, says=trial.says)


def _prevention(told: PreventionRaised) -> Iterator[str]:
    words = wording("options")["clinician"]
    if told.is_due:
        yield f"{told.id}: {told.says}"
    elif told.is_due is None:
        yield words["prevention_open"].format(id=told.id, labels=labels(told.need_to_know))


def _card(told: OptionToDiscuss) -> Iterator[str]:
    """Give one option in the order of the template: for, against, how sure, ask."""
    words, grades = wording("options")["card"], wording("options")["grade"]
    yield f"{told.id}. {words['opens'].format(title=told.title)}"
    if told.why_for:
        yield words["for"].format(reasons=" ".join(told.why_for))
    if told.why_against:
        yield words["against"].format(reasons=" ".join(told.why_against))
    grade = grades[told.grade[:1]].format(grade=told.grade, note=told.grade_note)
    yield words["sure"].format(grade=grade, evidence=told.evidence)
    if told.positions:
        yield words["positions"].format(positions=" ".join(told.positions))
    for one in told.cautions:
        yield words["caution"].format(id=one.id, severity=one.severity, says=one.says)
    yield from (words["ask"].format(question=question) for question in told.questions)
    if told.need_to_know:
        yield words["first"].format(labels=labels(told.need_to_know))
    if told.sources:
        yield words["sources"].format(sources=titles(told.sources))


def labels(questions: Iterable[Question]) -> str:
    """Return what must be known as words inside a sentence."""
    return ", ".join(one.label for one in questions)


def titles(sources: Iterable[Source]) -> str:
    """Return sources by their titles, each once."""
    return "; ".join(dict.fromkeys(one.title for one in sources))
