"""How a score changed: what each line of its table says, and no opinion beyond it.

A line holds, does not hold, or cannot be told: where two methods give two
numbers, a change between them stays open. Lines between groups are never
applied to one person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from twofold.errors import RecordError
from twofold.facts.score import Score, cited, short
from twofold.knowledge.claim import Source
from twofold.knowledge.load import wording
from twofold.knowledge.scale import GENERAL, Audience, Line, Scale, find_scale

Direction = Literal["better", "worse", "same"]


@dataclass(frozen=True)
class LineScore:
    """What one line says about this change; ``holds`` is ``None`` when it cannot be told."""

    id: str
    kind: str
    holds: bool | None
    says: str
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class ScaleChange:
    """How one total compares with an earlier one.

    Parameters
    ----------
    scale, name : str
        The scale's id and name.
    before, after : int, float or None
        The two totals.
    points : int, float or None
        ``after`` minus ``before``.
    percent : float or None
        The gain as a share of ``before``, negative when it became worse;
        ``None`` without a start to take a share of.
    direction : {"better", "worse", "same"} or None
    is_estimated : bool
        Whether one of the totals is estimated.
    results : tuple of LineScore
        One for each line that applies.
    why_not : str
        Why the two are not compared; empty when they are.
    """

    scale: str
    name: str
    before: float | None
    after: float | None
    points: float | None
    percent: float | None
    direction: Direction | None
    is_estimated: bool
    results: tuple[LineScore, ...]
    why_not: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the lines that hold, in the order of the table."""
        return tuple(one.id for one in self.results if one.holds is True)

    def reaches(self, kind: str) -> bool | None:
        """Say whether a line of one kind holds (``"response"``); ``None``: it cannot be told."""
        found = [one.holds for one in self.results if one.kind == kind]
        if True in found:
            return True
        return None if None in found or not found else False

    def lines(self, *, audience: Audience = "person") -> tuple[str, ...]:
        """Return the change in sentences; a person is told no line without a source."""
        if self.why_not:
            return (self.why_not,)
        words = wording("scales")
        estimated = [words["estimated_change"]] if self.is_estimated else []
        told = [one for one in self.results if _is_told(self, one, audience)]
        return (_first(self), *estimated, *(_sentence(one, audience) for one in told))


def change(
    before: Score,
    after: Score,
    *,
    days_apart: int | None = None,
    among: Collection[str] = (GENERAL,),
) -> ScaleChange:
    """Compare a score with an earlier one of the same scale.

    Parameters
    ----------
    before, after : Score
        The earlier and the later one.
    days_apart : int, optional
        Days between them, when known. Scores closer together than their scale
        allows are not compared.
    among : collection of str
        The people whose lines apply (``"chronic migraine"`` only where it is
        known).

    Raises
    ------
    RecordError
        When the two are scores of different scales.

    Examples
    --------
    >>> from twofold.facts.scales import total_only
    >>> change(total_only("phq9", 16), total_only("phq9", 11)).ids
    ('phq9.meaningful', 'phq9.noticed')
    """
    if before.scale != after.scale:
        raise RecordError(
            f"a {before.name} and a {after.name} cannot be compared.",
            remedy="Compare two scores of one scale.",
        )
    table = find_scale(after.scale)
    why_not = _why_not(table, before, after, days_apart)
    if why_not or before.total is None or after.total is None:
        return _compared(before, after, why_not=why_not)
    gain = before.total - after.total if table.better == "low" else after.total - before.total
    return _compared(before, after, gain=gain, results=_results(table, before.total, gain, among))


def _compared(
    before: Score,
    after: Score,
    *,
    gain: float | None = None,
    results: tuple[LineScore, ...] = (),
    why_not: str = "",
) -> ScaleChange:
    start, end = before.total, after.total
    return ScaleChange(
        scale=after.scale,
        name=after.name,
        before=start,
        after=end,
        points=None if start is None or end is None else end - start,
        percent=100 * gain / start if gain is not None and start else None,
        direction=None if gain is None else _direction(gain),
        is_estimated=before.is_estimated or after.is_estimated,
        results=results,
        why_not=why_not,
    )


def _why_not(table: Scale, before: Score, after: Score, days_apart: int | None) -> str:
    words = wording("scales")["why"]
    if before.total is None or after.total is None:
        return str(words["no_total_to_compare"])
    if days_apart is not None and abs(days_apart) < table.days_apart:
        return str(words["too_close"].format(days=table.days_apart))
    return ""


def _direction(gain: float) -> Direction:
    if gain == 0:
        return "same"
    return "better" if gain > 0 else "worse"


def _results(
    table: Scale, before: float, gain: float, among: Collection[str]
) -> tuple[LineScore, ...]:
    return tuple(
        LineScore(
            id=line.id,
            kind=line.kind,
            holds=_holds(line, before, gain),
            says=line.says,
            sources=line.sources,
            confidence=line.confidence,
        )
        for line in table.lines
        if line.audience == "person" and line.among in among and _starts_within(line, before)
    )


def _starts_within(line: Line, before: float) -> bool:
    return line.from_total is None or line.from_total[0] <= before <= line.from_total[1]


def _holds(line: Line, before: float, gain: float) -> bool | None:
    """Return what a line says: meaningful holds both ways, the others only for the better."""
    size = abs(gain) if line.kind == "meaningful" else gain
    if line.points is not None:
        return _is_reached(size, line.points)
    if line.percent is not None:
        return before > 0 and 100 * size >= line.percent * before
    return line.below is not None and before - gain < line.below <= before


def _is_reached(size: float, points: tuple[float, float]) -> bool | None:
    surely, perhaps = size >= points[1], size >= points[0]
    return True if surely else None if perhaps else False


def _first(told: ScaleChange) -> str:
    words = wording("scales")
    if not told.points:
        return str(words["change_none"].format(name=told.name, before=short(told.before)))
    return str(
        words["change"].format(
            name=told.name,
            before=short(told.before),
            after=short(told.after),
            points=short(abs(told.points)),
            unit=words["point" if abs(told.points) == 1 else "points"],
            word=words["higher" if told.points > 0 else "lower"],
        )
    )


def _is_told(told: ScaleChange, one: LineScore, audience: Audience) -> bool:
    """Say whether a line is worth a sentence: one for the better is not, where it became worse."""
    fits = told.direction == "better" or one.kind == "meaningful"
    return fits and (audience == "clinician" or bool(one.sources))


def _sentence(one: LineScore, audience: Audience) -> str:
    words = wording("scales")
    outcome = {True: "yes", False: "no", None: "open"}[one.holds]
    sentence = words[f"{one.kind}_{outcome}"].format(says=one.says)
    if audience == "person":
        return str(sentence)
    return f"{sentence} {words['source'].format(says=cited(one.sources))}"
