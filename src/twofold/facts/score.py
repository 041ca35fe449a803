"""The score: what a filled-in questionnaire says, what it leaves open, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass

from twofold.diary.case import Value
from twofold.diary.item9 import Item9
from twofold.knowledge.claim import Source
from twofold.knowledge.load import wording
from twofold.knowledge.scale import GENERAL, Audience, find_scale


@dataclass(frozen=True)
class PartScore:
    """The sum over some of the items; ``total`` is ``None`` when one of them is open."""

    id: str
    name: str
    label: str
    total: float | None
    high: float


@dataclass(frozen=True)
class CutScore:
    """A screening line, the people it was measured in, and whether the total reaches it."""

    id: str
    among: str
    is_reached: bool
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class NoteScore:
    """A sentence that belongs to this score."""

    id: str
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Score:
    """What one filled-in questionnaire says.

    Parameters
    ----------
    scale, name : str
        The scale's id and name.
    total : int, float or None
        ``None``: there is no total, and ``why_no_total`` says why.
    least, most : float or None
        The ends of the total whatever the open items would be.
    high : float or None
        The highest total there is.
    band, band_label, band_id : str or None
        The named range of the total.
    band_sources : tuple of Source
        Where the range comes from; without a source it is not told to a person.
    is_estimated : bool
        Whether open items were filled in with the mean of the others.
    is_imported : bool
        Whether only a number was typed in; ``day`` and ``scored_by`` say when and by whom.
    answered : int
        How many scored items were answered.
    missing : tuple of str
        The scored items left open, in the scale's order.
    parts : tuple of PartScore
    item9 : NotAsked or Answered
        The suicide question of the PHQ-9: not asked unless it was answered here.
    safety : bool
        Whether the safety page comes first. ``False`` says nothing about
        questions that are open: those stand in ``asks``.
    asks : tuple of str
        What must still be asked: ``"item9"``, and open items that could lead to
        the safety page.
    cuts : tuple of CutScore
        Screening lines, for clinicians.
    offers : tuple of str
        Scales that are worth answering next.
    known : tuple of (str, Value)
        What it lets other rules know, by field id; item 9 has a type of its own
        and is not here.
    notes : tuple of NoteScore
    cautions, warnings : tuple of str
        What the scale cannot do, and what looks wrong in the answers.
    sources : tuple of Source
    reviewed : str
    """

    scale: str
    name: str
    total: float | None
    least: float | None
    most: float | None
    high: float | None
    band: str | None
    band_label: str | None
    band_id: str | None
    band_sources: tuple[Source, ...]
    is_estimated: bool
    is_imported: bool
    day: str
    scored_by: str
    answered: int
    missing: tuple[str, ...]
    why_no_total: str
    parts: tuple[PartScore, ...]
    item9: Item9
    safety: bool
    asks: tuple[str, ...]
    cuts: tuple[CutScore, ...]
    offers: tuple[str, ...]
    known: tuple[tuple[str, Value], ...]
    notes: tuple[NoteScore, ...]
    cautions: tuple[str, ...]
    warnings: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of what holds: the range, the lines for everybody that are reached, the notes."""
        band = () if self.band_id is None else (self.band_id,)
        reached = (cut.id for cut in self.cuts if cut.is_reached and cut.among == GENERAL)
        return (*band, *reached, *(note.id for note in self.notes))

    def part(self, name: str) -> PartScore:
        """Return one part by its name (``"affective"``)."""
        return next(part for part in self.parts if part.name == name)

    def lines(
        self, *, audience: Audience = "person", is_safety_shown: bool = False
    ) -> tuple[str, ...]:
        """Return the score in sentences.

        Parameters
        ----------
        audience : {"person", "clinician"}
            A person is told nothing that has no source, and no screening lines.
        is_safety_shown : bool
            A person's result waits until the safety page has been shown.
        """
        if self.safety and audience == "person" and not is_safety_shown:
            return (wording("scales")["safety_first"],)
        return _told(self, audience)


def _told(score: Score, audience: Audience) -> tuple[str, ...]:
    lines = [*_open_question(score), *_number(score, audience), *_band(score, audience)]
    lines += _parts(score)
    lines += [note.text for note in score.notes]
    lines += [*_offers(score), *score.cautions, *score.warnings]
    return tuple(lines) + (_for_clinicians(score) if audience == "clinician" else ())


def _open_question(score: Score) -> list[str]:
    return [wording("scales")["ask_item9"]] if "item9" in score.asks else []


def _number(score: Score, audience: Audience) -> list[str]:
    words = wording("scales")
    if score.total is None:
        return [f"{words['no_total'].format(name=score.name)} {score.why_no_total}"]
    return [words[_shape(score, audience)].format(**_figures(score)), *_imported(score)]


def _shape(score: Score, audience: Audience) -> str:
    if score.is_estimated:
        return "estimated"
    is_told = score.high is not None and (score.sources or audience == "clinician")
    return "total_of" if is_told else "total"


def _figures(score: Score) -> dict[str, object]:
    return {
        "name": score.name,
        "total": short(score.total),
        "high": short(score.high),
        "missing": len(score.missing),
        "items": score.answered + len(score.missing),
    }


def _imported(score: Score) -> list[str]:
    if not score.is_imported:
        return []
    by = f" by {score.scored_by}" if score.scored_by else ""
    on = f" for {score.day}" if score.day else ""
    return [wording("scales")["imported"].format(by=by, on=on)]


def _band(score: Score, audience: Audience) -> list[str]:
    if score.band is None or not (score.band_sources or audience == "clinician"):
        return []
    label = "" if score.band_label == score.band else f" ({score.band_label})"
    words = wording("scales")
    return [words["band"].format(band=f"{score.band}{label}"), words["not_a_diagnosis"]]


def _parts(score: Score) -> list[str]:
    words = wording("scales")
    if score.is_imported:
        return []
    return [
        words["part_open" if part.total is None else "part"].format(
            label=part.label[:1].upper() + part.label[1:],
            total=short(part.total),
            high=short(part.high),
        )
        for part in score.parts
    ]


def _offers(score: Score) -> list[str]:
    words = wording("scales")
    return [words["offer"].format(name=find_scale(one).name) for one in score.offers]


def _for_clinicians(score: Score) -> tuple[str, ...]:
    words = wording("scales")
    lines = [
        f"{words['cut_reached' if cut.is_reached else 'cut_not_reached'].format(says=cut.says)} "
        + words["source"].format(says=cited(cut.sources))
        for cut in score.cuts
    ]
    return (*lines, words["nobody_reviewed"].format(reviewed=score.reviewed))


def cited(sources: tuple[Source, ...]) -> str:
    """Return citations on one line."""
    return "; ".join(source.title for source in sources) or "no source found"


def short(number: float | None) -> str:
    """Return a number without idle decimals.

    >>> short(71.42857), short(11.0)
    ('71.4', '11')
    """
    return "" if number is None else f"{round(number, 1):g}"
