"""The report as plain text for the terminal and the mail: 80 columns, no colour."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from twofold import charts
from twofold.report import sentences
from twofold.report.report import (
    Card,
    Chapter,
    DayCell,
    DoseStrip,
    Entry,
    Help,
    Pictures,
    Report,
    ScorePicture,
)

WIDTH = 80
MOST_ROWS = 26
SHAPES = {
    "headache": "●",
    "none": "○",
    "unknown": "?",
    "low": "◆",
    "not low": "·",
    "dose": "■",
    "sep": " ",
}
ASCII_SHAPES = {
    "headache": "x",
    "none": "-",
    "unknown": "?",
    "low": "v",
    "not low": ".",
    "dose": "#",
    "sep": " ",
}
PLAIN_SIGNS = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...", "·": "|",
     "≥": ">=", "≤": "<=", "×": "x", "→": "->", "µ": "u", "\u00a0": " "}
)  # fmt: skip


def render(report: Report, *, ascii: bool = False, colour: bool = False) -> str:
    """Return ``report`` as plain text of at most 80 columns, the first sentence first.

    Parameters
    ----------
    report : Report
    ascii : bool
        Use letters for the shapes, and write every other sign in ASCII ("?"
        where there is none).
    colour : bool
        Let headings and answers stand out: bold and dim only, no hue.
    """
    lines = [line for block in _blocks(report, _shapes(ascii), colour) for line in (*block, "")]
    words = "\n".join(lines)
    return _as_ascii(words) if ascii else words


def _shapes(ascii: bool) -> dict[str, str]:
    return ASCII_SHAPES if ascii else SHAPES


def _blocks(report: Report, shapes: dict[str, str], colour: bool) -> Iterator[list[str]]:
    """Give the report's parts in the order of the page, each as lines."""
    if report.help is not None:
        yield _help(report.help, colour)
    yield _first(report, colour)
    if report.today:
        yield _titled("First", list(report.today), colour)
    yield [_cut(f"{tile.label}: {tile.value} ({tile.note})") for tile in report.tiles]
    if report.pictures.days:
        yield _heading("Your days, 28 to a row", colour) + _days(report.pictures, shapes)
        yield _medicines(report.pictures)
        if len(report.pictures.days) > MOST_ROWS * 28:
            yield _periods(report)
    if report.cards:
        yield _heading("What your days suggest", colour)
    for card in report.cards:
        yield _card(card, shapes, colour)
    for chapter in report.chapters:
        if chapter.id != "learn":
            yield from _chapter(chapter, colour)
    yield from _lists(report, colour)
    yield from _looking_back(report, colour)
    for chapter in report.chapters:
        if chapter.id == "learn":
            yield from _chapter(chapter, colour)
    yield _counted(report, colour)
    if report.unread:
        yield _unread(report, colour)
    yield _lines([*report.limits, *report.credit, sentences.paper_words(report)])


def _first(report: Report, colour: bool) -> list[str]:
    sample = "  [sample]" if report.is_sample else ""
    sentence = [_bold(line, colour) for line in _wrap(report.first_sentence)]
    span = f"{sentences.whose_words(report)} · {sentences.span_words(report.coverage)}{sample}"
    more = _lines([report.first_counts, report.first_qualification])
    return [*sentence, *_wrap(span), "", *more]


def _help(told: Help, colour: bool) -> list[str]:
    """Give the safety page: the numbers before any word."""
    lines = _heading(told.heading or sentences.HELP, colour)
    lines += _lines([f"{one.label}: {one.number} ({one.how})" for one in told.numbers])
    lines += ["", *_lines(told.says)]
    for part in told.parts:
        lines += ["", *_wrap(part.heading), *_lines(part.lines, indent="- ")]
    return [*lines, "", *_lines(told.footer)]


def _chapter(chapter: Chapter, colour: bool) -> Iterator[list[str]]:
    """Give what the books say on one subject: its heading, then each entry."""
    yield _heading(chapter.title, colour) + (_wrap(chapter.note) if chapter.note else [])
    for entry in chapter.entries:
        yield _entry(entry, colour)


def _entry(entry: Entry, colour: bool) -> list[str]:
    standing = f" ({entry.status})" if entry.status else ""
    lines = [_bold(line, colour) for line in _wrap(entry.title + standing)]
    lines += _lines(entry.says, indent="  ")
    if entry.picture is not None:
        lines += _lines(_over_time(entry.picture), indent="  ")
    for detail in entry.more:
        lines += _lines([f"{detail.heading}:"], indent="  ") + _lines(detail.lines, indent="  - ")
    return lines + _lines([f"Source: {source}" for source in entry.sources], indent="  ")


def _over_time(picture: ScorePicture) -> list[str]:
    told = f"Over time: {charts.score_words(picture.points, high=picture.high)}."
    return [part for part in (told, charts.better_words(picture.better)) if part]


def _days(pictures: Pictures, shapes: dict[str, str]) -> list[str]:
    """Draw the days as two lines a row: headache above, low mood below."""
    start = max(0, -(-(len(pictures.days) - MOST_ROWS * 28) // 28) * 28)
    has_moods = any(day.low_mood is not None for day in pictures.days)
    lines = [f"(The first {start} days are in the table only.)"] if start else []
    for first in range(start, len(pictures.days), 28):
        lines += _row(pictures.days[first : first + 28], shapes, has_moods)
    return [*lines, "", *_legend(shapes, has_moods)]


def _row(row: Sequence[DayCell], shapes: dict[str, str], has_moods: bool) -> list[str]:
    aches, moods = [day.headache for day in row], [day.low_mood for day in row]
    label = _fit(charts.date_words(row[0].label, with_year=True), 13)
    signs = _weeks([_shape(ache, shapes, "headache", "none") for ache in aches], shapes)
    lines = [f"{label} {signs}  headache {_tally(aches)}{_unknown(aches)}"]
    if has_moods:
        signs = _weeks([_shape(mood, shapes, "low", "not low") for mood in moods], shapes)
        lines.append(f"{'':13} {signs}  low mood {_tally(moods)}{_unknown(moods)}")
    return lines


def _shape(answer: bool | None, shapes: dict[str, str], yes: str, no: str) -> str:
    return shapes["unknown" if answer is None else yes if answer else no]


def _weeks(shapes_of_days: Sequence[str], shapes: dict[str, str]) -> str:
    weeks = ["".join(shapes_of_days[start : start + 7]) for start in range(0, 28, 7)]
    return f"{shapes['sep'].join(weeks):<31}"


def _tally(answers: Sequence[bool | None]) -> str:
    known = [answer for answer in answers if answer is not None]
    return f"{sum(known)} of {len(known)}"


def _taken(days: Sequence[bool | None]) -> str:
    """Tell on how many days it was taken; where only takings are known, there may be more."""
    if False in days:
        return f"taken on {_tally(days)} days we know"
    return f"taken on at least {sum(day is True for day in days)} days; the others are unknown"


def _unknown(answers: Sequence[bool | None]) -> str:
    unknown = sum(answer is None for answer in answers)
    return f", {unknown} unknown" if unknown else ""


def _legend(shapes: dict[str, str], has_moods: bool) -> list[str]:
    words = [f"{shapes['headache']} headache", f"{shapes['none']} no headache"]
    if has_moods:
        words += [f"{shapes['low']} low mood", f"{shapes['not low']} not a low day"]
    return ["   ".join([*words, f"{shapes['unknown']} not recorded"])]


def _medicines(pictures: Pictures) -> list[str]:
    """Tell each course by its amounts, and the days with an acute medicine."""
    lines = []
    for course in pictures.courses:
        lines.append(f"{course.name}: {_steps(course)}")
    lines += [f"{row.name}: {_taken(row.taken)}" for row in pictures.acute]
    if all(day is None for day in pictures.cycle_days):
        lines.append("Cycle: not recorded")
    return _lines(lines or ["Medicines: not recorded"])


MOST_STEPS = 4


def _steps(course: DoseStrip) -> str:
    """Tell the amounts in the order they came; a long taper by its first and last."""
    known = [amount for amount in course.amounts if amount is not None]
    if not known:
        return "not recorded"
    steps = [f"{amount:g}" for amount, _ in groupby(known)]
    told = ", then ".join(steps) if len(steps) <= MOST_STEPS else f"{steps[0]} to {steps[-1]}"
    return f"{told} {course.unit}"


def _periods(report: Report) -> list[str]:
    """Write the table of 28-day rows, each as one or two lines of words."""
    return _lines(
        [
            f"{row.label}: headache {row.headache}, low mood {row.low_mood}, "
            f"medicines {row.dose}, not recorded {row.unknown}"
            for row in report.periods
        ],
        indent="  ",
    )


def _card(card: Card, shapes: dict[str, str], colour: bool) -> list[str]:
    groups = [f"{group.label}: {group.hits} of {group.days} days" for group in card.groups]
    change = f"What would change this: {card.would_change}" if card.would_change else ""
    used = sentences.used_words(card) if card.days_used or card.days_missing else ""
    sources = [f"Source: {source}" for source in card.sources]
    first = [card.sentence, *groups, sentences.number_words(card)]
    then = [
        *sentences.chances_words(card), sentences.chance_words(card),
        sentences.missing_words(card), used, card.open_days, card.caution, change, *sources,
    ]  # fmt: skip
    question = [_dim(line, colour) for line in _wrap(card.question)]
    answer = [_bold(line, colour) for line in _wrap(card.answer, indent="  ")]
    told = _lines(first, indent="  ") + _outlook(card, shapes) + _lines(then, indent="  ")
    return [*question, *answer, *told, *_others(card)]


def _outlook(card: Card, shapes: dict[str, str]) -> list[str]:
    """Draw an outlook as rows of five counts, one mark for each 2 of 100."""
    if card.outlook is None:
        return []
    rows = charts.outlook_rows(card.outlook.shares)
    mark = shapes["dose" if card.topic == "medicine" else "headache"]
    return [
        f"    {name:>13}  {share:>3} of 100  {mark * round(share / 2)}".rstrip()
        for name, share in rows
    ]


def _others(card: Card) -> list[str]:
    """Write what studies of other people found, apart from the person's own number."""
    if not card.about_others:
        return []
    told = [
        *(about.sentence for about in card.about_others),
        sentences.ABOUT_GROUPS,
        *(f"Source: {source}" for source in sentences.others_sources(card)),
    ]
    return ["", f"  {sentences.OTHERS}", *_lines(told, indent="  | ")]


def _looking_back(report: Report, colour: bool) -> Iterator[list[str]]:
    fate = report.fate
    told = [
        *map(sentences.forecast_words, fate.forecasts),
        *map(sentences.claim_words, fate.claims),
        *([sentences.outlooks_words(fate.outlooks)] if fate.outlooks else []),
        *map(sentences.outlook_fate_words, fate.outlooks),
    ]
    if told:
        head = _titled(sentences.LOOKING_BACK, [sentences.JUDGED_ANEW], colour)
        yield head + _lines(told, indent="- ")


def _lists(report: Report, colour: bool) -> Iterator[list[str]]:
    unknown = [f"{one.topic} {one.sentence}" for one in report.not_known]
    for title, items in (
        ("Unlikely, in your days", list(report.unlikely_factors)),
        ("What we do not know", unknown),
        (sentences.ask_words(report), list(report.ask)),
    ):
        if items:
            yield _titled(title, items, colour, is_list=True)


def _counted(report: Report, colour: bool) -> list[str]:
    rows = [
        f"{row.rule}{' (in use)' if row.is_used else ''}: {row.headache_days} of {row.known_days} "
        f"headache days, {row.onsets} onsets. {row.first_sentence}"
        for row in report.thresholds
    ]
    lines = _titled("How we counted", list(report.how_counted), colour)
    if rows:
        lines += ["", *_wrap("Another line for “headache day” gives other counts:")]
        lines += [line for row in rows for line in _wrap(row, indent="- ")]
    return lines


def _unread(report: Report, colour: bool) -> list[str]:
    shown = [f"{line.place}: {line.reason}" for line in report.unread[: sentences.MOST_UNREAD]]
    lines = _titled("What could not be read", [sentences.unread_words(report)], colour)
    return lines + [line for words in shown for line in _wrap(words, indent="- ")]


def _titled(title: str, items: list[str], colour: bool, *, is_list: bool = False) -> list[str]:
    indent = "- " if is_list else ""
    return _heading(title, colour) + _lines(items, indent=indent)


def _heading(title: str, colour: bool) -> list[str]:
    return [_bold(title, colour), "-" * len(title)]


def _lines(sentences: Sequence[str], *, indent: str = "") -> list[str]:
    return [line for words in sentences if words for line in _wrap(words, indent=indent)]


# ------------------------------------------------------------------ columns


def _wrap(words: str, *, indent: str = "") -> list[str]:
    """Break words into lines of at most 80 columns; wide signs count as two."""
    lines, room = [""], WIDTH - len(indent)
    for word in _clean(words).split():
        for piece in _pieces(word, room):
            longer = f"{lines[-1]} {piece}".strip()
            if _columns(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [(indent if not i else " " * len(indent)) + line for i, line in enumerate(lines)]


def _pieces(word: str, room: int) -> Iterator[str]:
    """Cut a word that is longer than a line."""
    piece = ""
    for sign in word:
        if _columns(piece + sign) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece


def _cut(words: str) -> str:
    return _fit(words, WIDTH).rstrip()


def _fit(words: str, columns: int) -> str:
    """Fill or cut words to exactly so many columns."""
    kept = _clean(words)
    while _columns(kept) > columns:
        kept = kept[:-1]
    return kept + " " * (columns - _columns(kept))


def _columns(words: str) -> int:
    return sum(_column(sign) for sign in words)


@cache
def _column(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _clean(words: str) -> str:
    """Turn line breaks into spaces and drop what could steer a terminal or turn the reading."""
    spaced = (" " if sign.isspace() else sign for sign in words)
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs", "Cf"))


def _as_ascii(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.translate(PLAIN_SIGNS))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return bare.encode("ascii", "replace").decode()


def _bold(words: str, colour: bool) -> str:
    return f"\x1b[1m{words}\x1b[0m" if colour else words


def _dim(words: str, colour: bool) -> str:
    return f"\x1b[2m{words}\x1b[0m" if colour else words
