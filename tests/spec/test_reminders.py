"""Reminders as a calendar file: RFC 5545 to the byte, and nothing about health on a locked screen."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.app.web.calendar_file import NEUTRAL, RULES, Note, calendar_file, escaped, folded
from twofold.app.web.forms import Form, FormError
from twofold.app.web.reminders import comes_on, note_in

MADE = dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
EVENING = Note("106f5793-a7ca-4269-b09d-57bd57655086", dt.date(2026, 11, 22), dt.time(20, 30))

AS_A_FILE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//notes//notes//EN
CALSCALE:GREGORIAN
BEGIN:VEVENT
UID:106f5793-a7ca-4269-b09d-57bd57655086
DTSTAMP:20261122T143000Z
DTSTART:20261122T203000
DURATION:PT5M
RRULE:FREQ=DAILY
SUMMARY:A small note for yourself
CLASS:PRIVATE
TRANSP:TRANSPARENT
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:PT0S
DESCRIPTION:A small note for yourself
END:VALARM
END:VEVENT
END:VCALENDAR
"""

Property = tuple[str, str]
Component = tuple[str, list[Property], list["Component"]]


def test_one_reminder_is_this_file_to_the_byte() -> None:
    assert calendar_file([EVENING], made=MADE) == AS_A_FILE.replace("\n", "\r\n")


def test_without_words_of_ones_own_the_file_says_nothing_about_health_or_the_app() -> None:
    text = calendar_file([EVENING], made=MADE).casefold()
    for word in ("twofold", "migraine", "headache", "mood", "medicine", "dose", "diary", "health"):
        assert word not in text


# A reader of its own, strict as RFC 5545 3.1 and 3.3.11 are; it shares nothing with the writer.


def read(text: str) -> Component:
    """Read a calendar file, or fail at the first thing that the standard does not allow."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", "")
    lines = text.split("\r\n")[:-1]
    assert all(0 < len(line.encode()) <= 75 for line in lines)
    whole: list[str] = []
    for line in lines:
        if line[0] in " \t":
            whole[-1] += line[1:]
        else:
            whole.append(line)
    root: Component = ("", [], [])
    open_ones = [root]
    for line in whole:
        name, colon, value = line.partition(":")
        assert colon and re.fullmatch(r"[A-Z-]+", name), line
        if name == "BEGIN":
            child: Component = (value, [], [])
            open_ones[-1][2].append(child)
            open_ones.append(child)
        elif name == "END":
            assert open_ones.pop()[0] == value
        else:
            open_ones[-1][1].append((name, value))
    assert open_ones == [root] and len(root[2]) == 1
    return root[2][0]


def unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*", value), value
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
NOTES = st.builds(
    Note,
    st.uuids().map(str),
    st.dates(dt.date(1990, 1, 1), dt.date(2089, 12, 31)),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.sampled_from(sorted(RULES)),
    WORDS,
)


@settings(max_examples=120)
@given(st.lists(NOTES, max_size=8, unique_by=lambda one: one.id))
def test_whatever_the_words_a_strict_reader_reads_back_what_was_meant(notes: list[Note]) -> None:
    calendar = read(calendar_file(notes, made=MADE))
    assert calendar[0] == "VCALENDAR" and len(calendar[2]) == len(notes)
    for event, note in zip(calendar[2], notes, strict=True):
        told = dict(event[1])
        assert event[0] == "VEVENT" and len(told) == len(event[1])
        assert told["UID"] == note.id
        assert told["DTSTART"][8:] == f"T{note.at:%H%M}00"
        assert told["RRULE"] == RULES[note.every]
        kept = note.words.replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(x for x in kept if x == "\n" or unicodedata.category(x) != "Cc")
        assert unescaped(told["SUMMARY"]) == (kept if note.words else NEUTRAL)
        assert [part[0] for part in event[2]] == ["VALARM"]
        assert dict(event[2][0][1])["DESCRIPTION"] == told["SUMMARY"]


def test_words_cannot_begin_a_line_of_their_own() -> None:
    note = Note(EVENING.id, EVENING.first, EVENING.at, "day", "tea\r\nBEGIN:VEVENT\nSUMMARY:x")
    assert len(read(calendar_file([note], made=MADE))[2]) == 1


@pytest.mark.parametrize(
    ("written", "in_the_file"),
    [
        ("tea", "tea"),
        ("tea, then; rest", "tea\\, then\\; rest"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines", "two\\nlines"),
        ("\x07bell", "bell"),
    ],
)
def test_marks_with_a_meaning_are_escaped(written: str, in_the_file: str) -> None:
    assert escaped(written) == in_the_file


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_folding_keeps_every_letter_and_no_line_is_longer_than_75_bytes(line: str) -> None:
    parts = folded(line)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(part.startswith(" ") for part in parts[1:])
    assert all(len(part.encode()) <= 75 for part in parts)


@pytest.mark.parametrize(
    ("every", "comes", "does_not"),
    [
        ("day", ["2026-11-01", "2026-11-02", "2027-02-28"], ["2026-10-31"]),
        ("week", ["2026-11-01", "2026-11-08"], ["2026-11-02", "2026-10-25"]),
        ("4 weeks", ["2026-11-01", "2026-11-29"], ["2026-11-08", "2026-11-15"]),
        ("month", ["2026-11-01", "2026-12-01", "2027-11-01"], ["2026-11-02", "2026-10-01"]),
        ("3 months", ["2026-11-01", "2027-02-01"], ["2026-12-01", "2027-01-01"]),
    ],
)
def test_a_note_comes_on_its_days(every: str, comes: list[str], does_not: list[str]) -> None:
    note = Note("a", dt.date(2026, 11, 1), dt.time(9), every)
    assert all(comes_on(note, dt.date.fromisoformat(day)) for day in comes)
    assert not any(comes_on(note, dt.date.fromisoformat(day)) for day in does_not)


@given(NOTES, st.integers(0, 1500))
def test_the_open_page_and_the_calendar_file_mean_the_same_days(note: Note, ahead: int) -> None:
    """The days of the file's rule, worked out here from its own words."""
    event = read(calendar_file([note], made=MADE))[2][0]
    told = dict(event[1])
    first = dt.datetime.strptime(told["DTSTART"], "%Y%m%dT%H%M%S").date()
    rule = dict(part.split("=") for part in told["RRULE"].split(";"))
    step, day = int(rule.get("INTERVAL", "1")), note.first + dt.timedelta(ahead)
    if rule["FREQ"] == "MONTHLY":
        months = 12 * (day.year - first.year) + day.month - first.month
        meant = day.day == first.day and months % step == 0 and day >= first
    else:
        gap = step * (7 if rule["FREQ"] == "WEEKLY" else 1)
        meant = (day - first).days % gap == 0
    assert comes_on(note, day) is meant


def test_a_monthly_note_of_the_31st_comes_in_february_too() -> None:
    note = Note("a", dt.date(2026, 1, 31), dt.time(9), "month")
    assert "DTSTART:20260128T" in calendar_file([note], made=MADE)


def told(**answers: str) -> Note:
    return note_in(Form({name: [value] for name, value in answers.items()}), dt.date(2026, 11, 22))


def test_a_reminder_needs_a_time_and_a_rhythm_and_nothing_else() -> None:
    note = told(at="20:30", every="day")
    assert (note.at, note.every, note.words) == (dt.time(20, 30), "day", "")
    assert note.first == dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"every": "day"}, "at"),
        ({"at": "25:00", "every": "day"}, "at"),
        ({"at": "20:30"}, "every"),
        ({"at": "20:30", "every": "hourly"}, "every"),
        ({"at": "20:30", "every": "day", "first": "1890-01-01"}, "first"),
        ({"at": "20:30", "every": "day", "first": "2090-01-01"}, "first"),
        ({"at": "20:30", "every": "day", "words": "x" * 81}, "words"),
        ({"at": "20:30", "every": "day", "id": "not an id"}, "id"),
    ],
)
def test_a_reminder_that_cannot_be_kept_is_met_at_its_field(
    answers: dict[str, str], field: str
) -> None:
    with pytest.raises(FormError) as met:
        told(**answers)
    assert met.value.field == field
