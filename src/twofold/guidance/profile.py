"""The profile: this person's headache pattern and mood, and mechanisms worth asking about.

A short questionnaire leads to it. It assigns nothing: a theme is possible, unlikely,
or cannot be told, each with the answers that say so; and it names what could be
tracked in the diary, so that the person's own days can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from twofold.facts.answers import Answers
from twofold.facts.classification import Classification
from twofold.facts.scales import total_only
from twofold.facts.score import Score
from twofold.guidance.derived import Question, named
from twofold.knowledge import profile as tables
from twofold.knowledge.claim import Source
from twofold.knowledge.condition import any_of
from twofold.knowledge.load import claims, wording
from twofold.safety.assess import Safety, assess

VERDICTS = {True: "possible", False: "unlikely", None: "cannot tell"}
"""From answers alone nothing is ever "clear": only the person's own days can say so."""

SIGNS = ("ambiguous", "sign")
"""Classes of factors that can be the beginning of a headache."""


@dataclass(frozen=True)
class HeadacheTold:
    """The pattern that the answers fit.

    Parameters
    ----------
    fits : tuple of str
        Ids of the patterns.
    names : tuple of str
    is_held_back : bool
        Whether a warning sign keeps any pattern from being named.
    need_to_know : tuple of Question
        What would decide a pattern.
    """

    fits: tuple[str, ...]
    names: tuple[str, ...]
    is_held_back: bool
    need_to_know: tuple[Question, ...]


@dataclass(frozen=True)
class MoodTold:
    """The total of one questionnaire, and the range in which it lies."""

    scale: str
    name: str
    total: float
    band: str


@dataclass(frozen=True)
class ThemeTold:
    """A mechanism that is worth asking about, how surely, and why.

    Parameters
    ----------
    verdict : {"possible", "cannot tell", "unlikely"}
        For this person.
    why : tuple of str
        The signs that hold.
    known, asked : int
        Signs that were answered, and all there are.
    evidence : str
        How strong the studies are, for people in general.
    need_to_know : tuple of Question
    """

    id: str
    label: str
    verdict: str
    why: tuple[str, ...]
    known: int
    asked: int
    evidence: str
    question_to_bring: str
    need_to_know: tuple[Question, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Tracked:
    """A candidate factor that could be tracked.

    Parameters
    ----------
    id : str
        Of the claim.
    because : str
        The id of the theme.
    may_be_a_sign : bool
        Whether it can be the beginning of a headache; it is never to be avoided.
    """

    id: str
    label: str
    because: str
    may_be_a_sign: bool


@dataclass(frozen=True)
class Profile:
    """What a short questionnaire says about one person.

    Parameters
    ----------
    ids : tuple of str
        Patterns that fit, and themes that are possible.
    safety_says : tuple of str
        Said first. While the safety page is open, nothing else is told.
    asked, answered : int
    headache : HeadacheTold or None
        ``None`` while the safety page is open.
    mood : tuple of MoodTold
    item9_is_open : bool
        Whether the suicide question was not asked; open never means no.
    themes : tuple of ThemeTold
    track : tuple of Tracked
        Those of possible themes first.
    unknown : tuple of Question
        Questions of the questionnaire that are open.
    """

    ids: tuple[str, ...]
    safety_says: tuple[str, ...]
    asked: int
    answered: int
    headache: HeadacheTold | None
    mood: tuple[MoodTold, ...]
    item9_is_open: bool
    themes: tuple[ThemeTold, ...]
    track: tuple[Tracked, ...]
    unknown: tuple[Question, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the profile in plain sentences."""
        return tuple(_lines(self))


def questionnaire(answers: Answers) -> tuple[Question, ...]:
    """Return the questions to ask of this person, in order: 25 at most."""
    return named(_asked(answers))


def profile(
    answers: Answers,
    classification: Classification,
    scores: Mapping[str, Score] | None = None,
) -> Profile:
    """Return the profile that the answers give.

    Parameters
    ----------
    answers : Answers
    classification : Classification
        Of the same answers.
    scores : mapping of str to Score, optional
        Scored questionnaires by scale; a total among the answers is taken
        where none is given.

    Returns
    -------
    Profile
        Only the safety page's words while that page is open.
    """
    safety = assess(answers)
    asked = _asked(answers)
    unknown = named(name for name in asked if answers[name] is None)
    if safety.opens_page:
        return _safety_first(safety, asked=len(asked), unknown=unknown)
    told = tuple(_theme(theme, answers) for theme in tables.themes())
    possible = tuple(one.id for one in told if one.verdict == VERDICTS[True])
    return Profile(
        ids=(*classification.fits, *possible),
        safety_says=tuple(line for flag in safety.flags for line in flag.lines()),
        asked=len(asked),
        answered=len(asked) - len(unknown),
        headache=_headache(classification),
        mood=tuple(_mood(answers, scores or {})),
        item9_is_open=answers["item9"] is None,
        themes=told,
        track=_track(told),
        unknown=unknown,
    )


def _safety_first(safety: Safety, *, asked: int, unknown: tuple[Question, ...]) -> Profile:
    return Profile(
        ids=(),
        safety_says=safety.lines(),
        asked=asked,
        answered=asked - len(unknown),
        headache=None,
        mood=(),
        item9_is_open=any(one.field == "item9" for one in unknown),
        themes=(),
        track=(),
        unknown=unknown,
    )


def _asked(answers: Answers) -> tuple[str, ...]:
    """Return the fields of the questions that concern this person."""
    return tuple(
        one.field.id
        for one in tables.questionnaire()
        if one.unless is None or one.unless.holds(answers) is not True
    )


def _headache(told: Classification) -> HeadacheTold:
    return HeadacheTold(
        fits=told.fits,
        names=tuple(told.pattern(one).name for one in told.fits),
        is_held_back=told.suppressed,
        need_to_know=named(told.ask),
    )


def _mood(answers: Answers, scores: Mapping[str, Score]) -> Iterator[MoodTold]:
    for scale in tables.mood_scales():
        total = answers[scale]
        score = scores.get(scale)
        if score is None and isinstance(total, (int, float)):
            score = total_only(scale, total)
        if score is not None and score.total is not None:
            band = score.band if score.band_sources else None
            yield MoodTold(scale, score.name, score.total, band or "")


def _theme(theme: tables.Theme, answers: Answers) -> ThemeTold:
    truths = [(clue, clue.when.holds(answers)) for clue in theme.clues]
    open_names = [
        name for clue, holds in truths if holds is None for name in clue.when.open(answers)
    ]
    return ThemeTold(
        id=theme.id,
        label=theme.label,
        verdict=VERDICTS[any_of(holds for _, holds in truths)],
        why=tuple(clue.says for clue, holds in truths if holds),
        known=sum(holds is not None for _, holds in truths),
        asked=len(truths),
        evidence=theme.evidence,
        question_to_bring=theme.question_to_bring,
        need_to_know=named(open_names),
        sources=theme.sources,
    )


def _track(told: tuple[ThemeTold, ...]) -> tuple[Tracked, ...]:
    """Return what to track: all of a possible theme, the first of one that cannot be told."""
    rows = {theme.id: theme.track for theme in tables.themes()}
    possible = [one.id for one in told if one.verdict == VERDICTS[True]]
    open_ones = [one.id for one in told if one.verdict == VERDICTS[None]]
    return (
        *(_tracked(name, theme) for theme in possible for name in rows[theme]),
        *(_tracked(name, theme) for theme in open_ones for name in rows[theme][:1]),
    )


def _tracked(name: str, because: str) -> Tracked:
    claim = claims()[name]
    return Tracked(name, claim.label, because, claim.claim_class in SIGNS)


# --- told -----------------------------------------------------------------------------------------


def _lines(told: Profile) -> Iterator[str]:
    words = wording("profile")["profile"]
    yield from told.safety_says
    if told.headache is None:
        return
    yield words["opens"].format(answered=told.answered, asked=told.asked)
    yield _headache_line(told.headache)
    yield from _mood_lines(told)
    for theme in told.themes:
        yield from _theme_lines(theme)
    if told.track:
        yield words["track"].format(labels=_listed(one.label for one in told.track))
    signs = [one.label for one in told.track if one.may_be_a_sign]
    if signs:
        yield words["signs"].format(labels=_listed(signs))
    if told.unknown:
        yield words["unknown"].format(labels=_listed(one.label for one in told.unknown))


def _headache_line(told: HeadacheTold) -> str:
    words = wording("profile")["profile"]
    if told.is_held_back:
        return str(words["headache_waits"])
    if told.names:
        return str(words["headache"]).format(names=_listed(told.names))
    return str(words["headache_open"])


def _mood_lines(told: Profile) -> Iterator[str]:
    words = wording("profile")["profile"]
    for one in told.mood:
        range_ = words["range"].format(band=one.band) if one.band else ""
        yield words["mood"].format(name=one.name, total=f"{one.total:g}", range=range_)
    if not told.mood:
        yield words["mood_open"]
    if told.item9_is_open:
        yield words["item9"]


def _theme_lines(told: ThemeTold) -> Iterator[str]:
    words = wording("profile")["profile"]
    parts = []
    if told.why:
        parts.append(
            words["clues"].format(yes=len(told.why), known=told.known, why=_listed(told.why))
        )
    elif told.known:
        parts.append(words["no_clue"].format(known=told.known))
    if told.known < told.asked:
        parts.append(words["open_clues"].format(count=told.asked - told.known))
    parts.append(words["evidence"].format(evidence=told.evidence))
    yield words["theme"].format(label=told.label, verdict=told.verdict, reasons=" ".join(parts))
    if told.verdict == VERDICTS[True]:
        yield words["questions"].format(question=told.question_to_bring)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
