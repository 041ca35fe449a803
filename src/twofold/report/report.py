"""The report: one finished value with many renderings; plain values, never a finding object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["clear", "possible", "cannot tell", "unlikely", "not yet", "counted"]


@dataclass(frozen=True)
class Coverage:
    """The stretch of days, and how many of them are known."""

    first: str
    last: str
    days: int
    known_headache_days: int
    unknown_headache_days: int
    is_dated: bool


@dataclass(frozen=True)
class Tile:
    """One fact at a glance: label, value with its denominator, and a note."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class DayCell:
    """One day as the pictures need it. ``None`` = not recorded."""

    label: str
    headache: bool | None
    is_strong: bool | None
    low_mood: bool | None


@dataclass(frozen=True)
class DoseStrip:
    """A course over the days: daily amount, ``None`` where not recorded or not running."""

    name: str
    unit: str
    amounts: tuple[float | None, ...]


@dataclass(frozen=True)
class DoseMarks:
    """Days on which acute medicine of one family was taken; ``None`` = not recorded."""

    name: str
    taken: tuple[bool | None, ...]


@dataclass(frozen=True)
class Pictures:
    """What the timeline and the calendar draw."""

    days: tuple[DayCell, ...]
    courses: tuple[DoseStrip, ...]
    acute: tuple[DoseMarks, ...]
    cycle_days: tuple[int | None, ...]
    has_low_mood_rule: bool


@dataclass(frozen=True)
class PeriodRow:
    """One row of the table twin: 28 days."""

    label: str
    headache: str
    low_mood: str
    dose: str
    unknown: int


@dataclass(frozen=True)
class Group:
    """Counts of one side of a comparison: ``hits`` of ``days``."""

    label: str
    hits: int
    days: int


@dataclass(frozen=True)
class Number:
    """A number with its 95 % interval."""

    label: str
    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class NotYet:
    """How far the diary is: ``have`` of ``need`` ``unit``."""

    have: int
    need: int
    unit: str


@dataclass(frozen=True)
class Chance:
    """One named chance, of 100."""

    label: str
    of_100: float


@dataclass(frozen=True)
class Outlook:
    """How likely each count of days to come is.

    ``shares[k]`` is the chance, of 100, of exactly k such days; the window has
    ``len(shares) - 1`` days. ``lines`` are counts that the books name.
    """

    shares: tuple[float, ...]
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class AboutOthers:
    """What a study of other people found; it is never part of the person's own number."""

    sentence: str
    source: str
    confidence: str


Topic = Literal["coupling", "factor", "severity", "treatment", "tomorrow", "burden", "medicine"]


@dataclass(frozen=True)
class Card:
    """One finding as it is told.

    ``verdict`` is the machine's word, ``answer`` the person's. ``prior`` and
    ``posterior`` are chances of 100 (``None``: the question has none).
    ``usual`` is in the unit of ``number``. ``outcome`` says what ``groups``
    count, so that pictures choose disc or diamond. ``open_days`` says what the
    unknown days leave open.
    """

    key: str
    topic: Topic
    question: str
    verdict: Verdict
    answer: str
    sentence: str
    groups: tuple[Group, ...] = ()
    outcome: Literal["headache", "low mood"] = "headache"
    number: Number | None = None
    usual: float | None = None
    prior: float | None = None
    posterior: float | None = None
    chances: tuple[Chance, ...] = ()
    outlook: Outlook | None = None
    open_days: str = ""
    not_yet: NotYet | None = None
    days_used: int = 0
    days_missing: int = 0
    days_aside: int = 0
    caution: str = ""
    would_change: str = ""
    sources: tuple[str, ...] = ()
    about_others: tuple[AboutOthers, ...] = ()


@dataclass(frozen=True)
class ThresholdRow:
    """What another line for "headache day" would give."""

    rule: str
    headache_days: int
    known_days: int
    onsets: int
    is_used: bool
    first_sentence: str


@dataclass(frozen=True)
class Unknown:
    """One thing the diary cannot tell."""

    topic: str
    sentence: str


@dataclass(frozen=True)
class Unread:
    """A line or field that could not be read, and why."""

    place: str
    reason: str


Audience = Literal["person", "neurologist", "psychiatrist", "therapist"]
"""For whom a report is written."""

ChapterId = Literal[
    "pattern", "scales", "medicines", "interactions", "options", "care_team", "questions", "learn"
]


@dataclass(frozen=True)
class ScorePoint:
    """One filled-in questionnaire: its day, days since the first one, and the total.

    ``total`` is ``None`` where it was not scored; ``is_estimated``: open
    questions were filled in.
    """

    label: str
    at: int
    total: float | None
    is_estimated: bool = False


@dataclass(frozen=True)
class ScoreBand:
    """A named range of totals, from ``low`` up to where the next one begins."""

    low: float
    name: str


@dataclass(frozen=True)
class ScorePicture:
    """The totals of one questionnaire over time, the earliest first.

    Parameters
    ----------
    name : str
    points : tuple of ScorePoint
    low, high : float
        The ends of the total; ``high`` is ``None`` where it is not known.
    better : {"", "low", "high"}
        Which end is the better one.
    bands : tuple of ScoreBand
        Only those that this reader may be told.
    """

    name: str
    points: tuple[ScorePoint, ...]
    low: float
    high: float | None
    better: Literal["", "low", "high"] = ""
    bands: tuple[ScoreBand, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One thing that the books say about this person's own record.

    Parameters
    ----------
    title : str
        What it is about (``"Migraine without aura (1.1)"``).
    status : str
        A short word for how it stands (``"fits the pattern"``); may be empty.
    says : tuple of str
        Sentences, each shown.
    more : tuple of Detail
        What stands behind it, folded away on the page.
    sources : tuple of str
        Citations.
    picture : ScorePicture, optional
        The same questionnaire over time.
    """

    title: str
    status: str = ""
    says: tuple[str, ...] = ()
    more: tuple[Detail, ...] = ()
    sources: tuple[str, ...] = ()
    picture: ScorePicture | None = None


@dataclass(frozen=True)
class Detail:
    """A list with a heading: reasons for, reasons against, criteria."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One subject of what the books say, as this audience reads it."""

    id: ChapterId
    title: str
    note: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class HelpNumber:
    """A number to call, and what it takes (call, text)."""

    label: str
    number: str
    how: str


@dataclass(frozen=True)
class Help:
    """The safety page, before everything else: numbers from the first moment, no score.

    ``parts`` are headings with their sentences, for who is not safe and who is.
    """

    heading: str
    numbers: tuple[HelpNumber, ...]
    says: tuple[str, ...]
    parts: tuple[Detail, ...]
    footer: tuple[str, ...]


Direction = Literal["", "more", "fewer"]


@dataclass(frozen=True)
class Said:
    """A claim as it was shown on one day, for the log that follows its fate.

    Parameters
    ----------
    shown_on : str
        ISO date, or a day in words ("day 12"), of the review.
    key, question : str
        Which question it answered.
    verdict : str
        The word that was said.
    chance : float or None
        Of 100: that the claim is real; for a forecast, of the headache.
    last_day : str
        The diary's last day then.
    direction : {"", "more", "fewer"}
        Which way a claim went; "" where the question has one direction only.
    about, until : str
        First and last day that a forecast was about; "" for other claims.
    low, high : float or None
        Between which counts the days to come were said to lie.
    """

    shown_on: str
    key: str
    question: str
    verdict: Verdict
    chance: float | None
    last_day: str
    direction: Direction = ""
    about: str = ""
    until: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ForecastFate:
    """Forecasts of about the same chance, and what came.

    ``low`` to ``high`` of 100 is the range of chances, ``said`` their mean.
    ``headaches`` of ``known`` days; ``unknown`` days tell nothing, ``ahead``
    ones have not come yet.
    """

    low: int
    high: int
    said: float
    known: int
    headaches: int
    unknown: int
    ahead: int


@dataclass(frozen=True)
class OutlookFate:
    """A count of days that was forecast, and what came.

    ``what`` days they are, such as "headache days": ``hits`` from ``first`` to
    ``last``; ``unknown`` days tell nothing, ``ahead`` ones have not come yet.
    ``place`` says whether the count lies between ``low`` and ``high``, below or
    above, whatever the days that are not known turn out to be; else it is open.
    """

    what: str
    shown_on: str
    first: str
    last: str
    low: int
    high: int
    hits: int
    unknown: int
    ahead: int
    place: Literal["inside", "below", "above", "open"]


@dataclass(frozen=True)
class ClaimFate:
    """A claim that was said, and what is said now.

    ``now`` is ``None`` where the question is not answered any more.
    """

    key: str
    question: str
    first_said: str
    then: Verdict
    then_chance: float | None
    now: Verdict | None
    now_chance: float | None
    fate: Literal["still clear", "still possible", "still unlikely", "clearer", "weaker",
                  "withdrawn"]  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """What became of everything that earlier reviews said."""

    forecasts: tuple[ForecastFate, ...] = ()
    outlooks: tuple[OutlookFate, ...] = ()
    claims: tuple[ClaimFate, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look back on."""
        return not (self.forecasts or self.outlooks or self.claims)


@dataclass(frozen=True)
class Report:
    """The finished report about one person.

    The same value is rendered as HTML, as text and as JSON; ``save`` chooses
    by the ending of the file name. ``is_sample`` marks invented days; every
    rendering says so. ``help`` comes before everything else
    where it is there; ``chapters`` are what the books say, for ``audience``.
    """

    person: str
    coverage: Coverage
    first_sentence: str
    first_counts: str
    first_qualification: str
    today: tuple[str, ...]
    tiles: tuple[Tile, ...]
    pictures: Pictures
    periods: tuple[PeriodRow, ...]
    cards: tuple[Card, ...]
    unlikely_factors: tuple[str, ...]
    not_known: tuple[Unknown, ...]
    ask: tuple[str, ...]
    how_counted: tuple[str, ...]
    thresholds: tuple[ThresholdRow, ...]
    unread: tuple[Unread, ...]
    limits: tuple[str, ...]
    credit: tuple[str, ...]
    fate: Fate = Fate()
    said: tuple[Said, ...] = ()
    audience: Audience = "person"
    help: Help | None = None
    chapters: tuple[Chapter, ...] = ()
    is_sample: bool = False
    format: Literal["twofold-report-1"] = "twofold-report-1"

    def to_html(self, path: str | None = None) -> str:
        """Return the report as one self-contained HTML page; write it when ``path`` is given."""
        from twofold.report import html, writing

        return writing.written(html.render(self), path)

    def to_text(self, path: str | None = None) -> str:
        """Return the report as plain text, 80 columns; write it when ``path`` is given."""
        from twofold.report import text, writing

        return writing.written(text.render(self), path)

    def to_json(self, path: str | None = None) -> str:
        """Return the report as JSON (``twofold schema report``); write it to ``path`` if given."""
        from twofold.report import as_json, writing

        return writing.written(as_json.render(self), path)

    def save(self, path: str) -> str:
        """Write the report to ``path``; the ending says how: .html, .json or .txt.

        Raises
        ------
        WriteError
            When the ending is another one, or the file cannot be written.
        """
        from twofold.report import writing

        return writing.save(self, path)
