"""What each verb does: the library's own functions, and words around them."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import twofold
from twofold.app.cli import log
from twofold.app.cli.saying import say, without_controls
from twofold.errors import ReadError, TwofoldError

if TYPE_CHECKING:
    from twofold.diary.diary import Diary
    from twofold.diary.reading import Reading
    from twofold.report.report import Report


def read_verb(chosen: argparse.Namespace) -> int:
    """Say what was understood, with counts, and what was not."""
    reading = _chosen(_read(chosen.path, chosen.mapping), chosen.person)
    if chosen.out:
        _export(reading, chosen.out)
    say(json.dumps(_reading_json(reading), indent=2) if chosen.json else _reading_words(reading))
    return 0


def review_verb(chosen: argparse.Namespace) -> int:
    """Review every diary of every path."""
    today = _today(chosen.today)
    _check_outs(chosen, inputs=[*chosen.paths, *_beside(chosen)])
    readings = [_chosen(_read(path, chosen.mapping), chosen.person) for path in chosen.paths]
    return _told(_reviewed(readings, today, chosen), chosen)


def demo_verb(chosen: argparse.Namespace) -> int:
    """Review the real diary that comes with Twofold."""
    if not chosen.out and not chosen.json:
        chosen.out = ["twofold-demo.html"]
    _check_outs(chosen, inputs=_beside(chosen))
    reading = twofold.read(str(example("kossakowski2017")))
    print("These are not your days: a real diary that was shared for research.", file=sys.stderr)
    return _told(_reviewed([reading], None, chosen), chosen)


def schema_verb(chosen: argparse.Namespace) -> int:
    """Print the JSON Schema of a diary, a case or a report."""
    from twofold.intake import case_schema
    from twofold.intake import schema as diary_schema
    from twofold.report import as_json

    rooms = {"diary": diary_schema, "case": case_schema, "report": as_json}
    say(json.dumps(rooms[chosen.noun].schema(), indent=2))
    return 0


def example(name: str) -> Path:
    """Return the folder of an example, from the installed package or the source tree."""
    packaged = Path(str(resources.files("twofold"))) / "examples" / name
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "examples" / name


def _chosen(reading: Reading, person: str | None) -> Reading:
    if person is None:
        return reading
    return replace(reading, diaries=(reading.person(person),))


def _today(word: str | None) -> dt.date | None:
    if word is None:
        return None
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise TwofoldError(
            f"{word!r} is not a day.", where="--today", remedy="Write it as 2025-06-30."
        ) from None


def _beside(chosen: argparse.Namespace) -> list[str]:
    """Return the files that are read beside the diaries: none of them may be replaced."""
    named = (getattr(chosen, name, None) for name in ("cohort", "case", "mapping"))
    return [path for path in named if path]


def _reviewed(
    readings: list[Reading], today: dt.date | None, chosen: argparse.Namespace
) -> list[Report]:
    """Review one diary after the other."""
    log_file = chosen.log
    before = log.load(log_file) if log_file else {}
    cohort = twofold.read_cohort(chosen.cohort) if chosen.cohort else None
    case = twofold.read_case(chosen.case) if getattr(chosen, "case", None) is not None else None
    ones = [replace(reading, diaries=(one,)) for reading in readings for one in reading.diaries]
    if log_file and len({one.diary.person for one in ones}) < len(ones):
        raise TwofoldError(
            "two of these diaries have the same label, and a log keeps one person's claims.",
            where=log_file,
            remedy="Review them one by one, each with a log of its own.",
        )
    reports = []
    for done, one in enumerate(ones):
        _progress(done, len(ones), one.diary)
        person = one.diary.person
        earlier = before.get(person, ())
        reports.append(
            twofold.review(
                one,
                today=today,
                said_before=earlier,
                cohort=cohort,
                case=case,
                audience=chosen.audience,
                country=chosen.country,
            )
        )
    _progress(len(ones), len(ones), None)
    return reports


def _check_outs(chosen: argparse.Namespace, *, inputs: list[str]) -> None:
    """Refuse, before any work, a name that cannot be written or that would destroy an input."""
    taken = {_place(path) for path in [*inputs, chosen.log or ""] if path}
    for path in chosen.out:
        if Path(path).suffix.lower() not in (".html", ".json", ".txt"):
            raise TwofoldError(
                "a report is written as .html, .json or .txt.",
                where=path,
                remedy="Choose such a name.",
            )
        if _place(path) in taken:
            raise TwofoldError(
                "this file is read here, and a report would replace it.",
                where=path,
                remedy="Choose another name for the report.",
            )


def _place(path: str) -> Path:
    """Return where a path leads; one that leads nowhere is refused when it is opened."""
    try:
        return Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        return Path(path)


def _told(reports: list[Report], chosen: argparse.Namespace) -> int:
    for path in chosen.out:
        _save(reports, path)
    if chosen.log:
        log.save(chosen.log, log.load(chosen.log) | {one.person: one.said for one in reports})
    if chosen.json:
        texts = [report.to_json() for report in reports]
        say(texts[0] if len(texts) == 1 else "[" + ",\n".join(texts) + "]")
        return 0
    for report in reports:
        say(_as_text(report))
    for path in chosen.out:
        print(f"Written: {', '.join(_names(reports, path))}", file=sys.stderr)
    return 0


def _save(reports: list[Report], path: str) -> None:
    for report, name in zip(reports, _names(reports, path), strict=True):
        report.save(name)


def _names(reports: list[Report], path: str) -> list[str]:
    """Name one file a report: ``report.html`` alone, else ``report-2.html`` by person."""
    if len(reports) == 1:
        return [path]
    whole = Path(path)
    names = [str(whole.with_stem(f"{whole.stem}-{_plain(one.person)}")) for one in reports]
    if len(set(names)) < len(names):
        names = [str(whole.with_stem(f"{whole.stem}-{i + 1}")) for i in range(len(reports))]
    return names


def _plain(person: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in person) or "person"


def _as_text(report: Report) -> str:
    from twofold.report import text

    return text.render(report, ascii=not _can_draw())


def _can_draw() -> bool:
    """Whether the terminal's encoding holds the shapes of the week strip."""
    try:
        "●○◆“”–…".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _progress(done: int, whole: int, diary: Diary | None) -> None:
    """Show how far the reviews are."""
    _note("" if diary is None else f"Looking at diary {done + 1} of {whole}: {diary.person}")


def _read(path: str, mapping: str | None) -> Reading:
    _note(f"Reading {path}")
    reading = twofold.read(path, mapping)
    _note("")
    return reading


def _note(line: str) -> None:
    """Say what is being done; only on a terminal, on one line, and gone at the end."""
    if sys.stderr.isatty():
        print(
            f"\r{without_controls(line)[:78]:<78}",
            end="" if line else "\r",
            file=sys.stderr,
            flush=True,
        )


def _export(reading: Reading, path: str) -> None:
    from twofold.intake import native
    from twofold.report.writing import write_whole

    if Path(path).suffix.lower() != ".json":
        raise ReadError("a diary is written as .json.", where=path, remedy="Choose such a name.")
    write_whole(Path(path), native.dump(reading.diary))


COUNTED = {
    "attacks": "attacks", "headache_ratings": "headache ratings", "free_days": "free days attested",
    "mood_notes": "mood notes", "scale_answers": "questionnaire answers", "sleep": "nights",
    "energy": "energy ratings", "stress": "stress ratings", "cycle": "cycle days", "doses": "doses",
    "courses": "courses of treatment", "factors": "factor entries", "notes": "notes",
}  # fmt: skip


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "source": reading.source,
        "diaries": [_diary_json(diary) for diary in reading.diaries],
        "stated": list(reading.stated),
        "unread": [{"place": line.place, "reason": line.reason} for line in reading.unread],
    }


def _diary_json(diary: Diary) -> dict[str, Any]:
    return {
        "person": diary.person,
        "first_day": str(diary.first_day),
        "last_day": str(diary.last_day),
        "days": diary.days,
        "days_with_an_entry": len(set(diary.attested_days)),
        "counts": {name: len(getattr(diary, name)) for name in COUNTED},
        "headache_day": diary.conventions.headache_day.words
        if diary.conventions.headache_day
        else None,
        "silence": diary.conventions.silence,
    }


def _reading_words(reading: Reading) -> str:
    lines = [line for diary in reading.diaries for line in _diary_words(diary)]
    lines += [f"Stated: {line}" for line in reading.stated]
    lines.append(f"Not read: {len(reading.unread)}")
    lines += [f"  {line.place}: {line.reason}" for line in reading.unread[:20]]
    if len(reading.unread) > 20:
        lines.append(f"  and {len(reading.unread) - 20} more (--json lists all)")
    return "\n".join(lines)


def _diary_words(diary: Diary) -> list[str]:
    entered = len(set(diary.attested_days))
    counts = [
        f"{len(getattr(diary, name))} {words}"
        for name, words in COUNTED.items()
        if getattr(diary, name)
    ]
    rule = diary.conventions.headache_day
    lines = [
        f"Read for {diary.person}: {diary.days} days, {_day_words(diary)}; "
        f"an entry on {entered} of them.",
        f"  {', '.join(counts)}",
        "  Days without an entry stay unknown.",
    ]
    return lines + ([f"  Headache day: {rule.words}"] if rule else []) + [""]


def _day_words(diary: Diary) -> str:
    if diary.is_dated:
        return f"{diary.first_day} to {diary.last_day}"
    return "without dates"
