"""What a file said, the diary says: every record, every field, and nothing twice."""

from __future__ import annotations

import datetime as dt
import json
import types
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from store.entries import NOW, new, note, put

import twofold
from twofold.diary.diary import Diary
from twofold.diary.plain import to_plain
from twofold.errors import NeedsCalendar, RecordError, TwofoldError, UnitError
from twofold.store.adding import add, plan
from twofold.store.diary_of import OWN
from twofold.store.kinds import DIARY_KINDS
from twofold.store.store import Store
from twofold.units import DOSE_UNITS, Quantity, Span

LISTS = {name: kind for kind, (name, _) in DIARY_KINDS.items()}
DATED = ["kossakowski2017", "headache_weather_n1", "oura_migraine_n1"]


def test_every_list_of_records_of_a_diary_has_a_kind_of_entry() -> None:
    hints = get_type_hints(Diary)
    days = {"asked_acute_days", "attested_days"}
    lists = {name for name, hint in hints.items() if get_origin(hint) is tuple}
    assert lists - days == set(LISTS)


@pytest.mark.parametrize("name", DATED)
def test_a_real_diary_added_and_read_back_holds_the_same_records(store: Store, name: str) -> None:
    check_round_trip(store, name)


def test_so_does_postgresql(any_store: Store) -> None:
    check_round_trip(any_store, "headache_weather_n1")


def check_round_trip(any_store: Store, name: str) -> None:
    diary = twofold.read(f"examples/{name}").diary
    person = any_store.add_person("you").id
    done = add(any_store, person, diary, source=name, now=NOW)
    kept = any_store.diary(person, today=diary.last_day)
    for part in LISTS:
        assert counted(getattr(kept, part)) == counted(getattr(diary, part)), part
    assert set(kept.attested_days) == set(diary.attested_days)
    assert set(kept.asked_acute_days) == set(diary.asked_acute_days)
    assert (kept.conventions, kept.origin) == (diary.conventions, diary.origin)
    assert sum(done.counts.values()) == sum(
        len(getattr(diary, part)) for part in LISTS
    ) + done.counts.get("check_in", 0)


def short() -> Diary:
    """The first part of a real diary."""
    diary = twofold.read("examples/oura_migraine_n1").diary
    return replace(diary, factors=diary.factors[:40], sleep=diary.sleep[:20])


def counted(records: Any) -> Counter[str]:
    return Counter(json.dumps(to_plain(one), sort_keys=True) for one in records)


def test_the_same_file_added_twice_adds_nothing_and_a_longer_one_adds_the_rest(
    any_store: Store,
) -> None:
    diary = short()
    person = any_store.add_person("you").id
    shorter = replace(diary, factors=diary.factors[:-5])
    first = add(any_store, person, shorter, source="a", now=NOW)
    again = add(any_store, person, shorter, source="a", now=NOW)
    assert (again.counts, again.batch, again.changes) == ({}, "", ())
    assert again.known == sum(first.counts.values())
    assert add(any_store, person, diary, source="a", now=NOW).counts == {"factor": 5}
    assert counted(any_store.diary(person, today=diary.last_day).factors) == counted(diary.factors)


def test_what_was_taken_out_one_by_one_stays_out_and_a_whole_import_may_come_back(
    store: Store,
) -> None:
    diary = short()
    person = store.add_person("you").id
    first = add(store, person, diary, source="a", now=NOW)
    number = sum(first.counts.values())
    one = store.entries(person, kinds=("attack",))[0]
    store.write(person, [put(None, kind="attack", entry=one.id)], received=NOW)
    assert store.undo_batch(person, first.batch, now=NOW) == number - 1
    assert store.entries(person) == () and store.batches(person)[0].is_out
    back = add(store, person, diary, source="a", now=NOW)
    assert (sum(back.counts.values()), back.left_out) == (number - 1, 1)
    kept = store.diary(person, today=diary.last_day)
    assert len(kept.attacks) == len(diary.attacks) - 1
    assert counted(kept.factors) == counted(diary.factors)


def test_a_dry_run_writes_nothing_and_counts_the_same(store: Store) -> None:
    diary = short()
    person = store.add_person("you").id
    planned = plan(store, person, diary, source="a", now=NOW)
    assert store.entries(person, with_out=True) == ()
    assert add(store, person, diary, source="a", now=NOW).counts == planned.counts


def test_a_diary_without_dates_is_refused_with_its_reason(store: Store) -> None:
    diary = twofold.read("examples/cpass_pmdd_drsp").diaries[0]
    person = store.add_person("you").id
    with pytest.raises(NeedsCalendar, match="no dates"):
        add(store, person, diary, source="cpass", now=NOW)
    assert store.entries(person) == ()


def test_beside_own_entries_an_import_keeps_the_rules_of_its_items_and_assumes_nothing(
    store: Store,
) -> None:
    diary = short()
    assumed = replace(diary.conventions, silence="free_if_other_entries")
    person = store.add_person("you").id
    add(store, person, replace(diary, conventions=assumed), source="a", now=NOW)
    assert store.diary(person, today=diary.last_day).conventions == assumed
    store.write(person, [put(note("my own"))], received=NOW)
    mixed = store.diary(person, today=NOW.date()).conventions
    assert (mixed.silence, mixed.headache_means_migraine) == ("unknown", False)
    assert mixed.headache_day == diary.conventions.headache_day
    mood = {"when": {"day": "2026-11-20"}, "item": "mood", "level": 4,
            "span": {"low": 0, "high": 10}, "better": "high"}  # fmt: skip
    store.write(person, [put(mood, kind="mood_note")], received=NOW)
    own = store.diary(person, today=NOW.date()).conventions
    assert (own.mood_item, own.low_mood_day) == ("mood", OWN.low_mood_day)


def test_a_course_that_began_before_the_diary_begins_with_it_and_says_so(store: Store) -> None:
    person = store.add_person("you").id
    course = {
        "name": "amitriptyline", "start": "2020-01-01",
        "changes": [{"day": "2020-01-01", "daily": {"value": 10, "unit": "mg"}},
                    {"day": "2020-03-01", "daily": {"value": 25, "unit": "mg"}},
                    {"day": "2026-11-21", "daily": {"value": 50, "unit": "mg"}}],
    }  # fmt: skip
    store.write(person, [put(course, kind="course"), put(note("x"))], received=NOW)
    diary = store.diary(person, today=NOW.date())
    (kept,) = diary.courses
    assert (diary.first_day, kept.start, kept.started_earlier) == (dt.date(2026, 11, 20),) * 2 + (
        True,
    )
    assert [(str(c.day), c.daily.value) for c in kept.changes] == [
        ("2026-11-20", 25),
        ("2026-11-21", 50),
    ]


def test_days_that_were_asked_about_are_attested_and_silent_days_are_not(store: Store) -> None:
    person = store.add_person("you").id
    asked = {"day": "2026-11-18", "asked": ["headache", "medicine"], "how": "full", "near": None}
    only = {"day": "2026-11-19", "asked": ["headache"], "how": "low", "near": "no"}
    store.write(person, [put(asked, kind="check_in"), put(only, kind="check_in")], received=NOW)
    diary = store.diary(person, today=dt.date(2026, 11, 22))
    assert diary.attested_days == (dt.date(2026, 11, 18), dt.date(2026, 11, 19))
    assert diary.asked_acute_days == (dt.date(2026, 11, 18),)
    assert (diary.first_day, diary.last_day) == (dt.date(2026, 11, 18), dt.date(2026, 11, 22))


def test_an_entry_that_this_program_cannot_read_is_counted_and_never_guessed(store: Store) -> None:
    from twofold.store import diary_of

    person = store.add_person("you").id
    store.write(person, [put(note("one")), put(note("two"))], received=NOW)
    one, two = store.entries(person)
    odd = replace(one, body={"day": "2026-11-20", "colour": "a field of a later program"})
    diary = diary_of.diary([odd, two], today=NOW.date())
    assert [n.text for n in diary.notes] == ["two"]
    assert "1 entries could not be read (2026-11-20)" in diary.origin.cannot_tell[-1]


SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    Span: st.just(Span(0.0, 10.0)),
    Quantity: st.builds(Quantity, st.floats(0, 1e6), st.sampled_from(DOSE_UNITS)),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    bool: st.booleans(),
    int: st.integers(1, 3),
    float: st.floats(0, 10) | st.integers(0, 10).map(float),
    dt.date: st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
    dt.time: st.times(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type that a dated diary may hold."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if hint in SPECIAL:
        return SPECIAL[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if dt.date in parts and int in parts:  # a day: here always a date
            parts = tuple(part for part in parts if part is not int)
        return st.one_of(*(st.none() if part is type(None) else values(part) for part in parts))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(SPECIAL[str], values(parts[1]), max_size=3)
    assert is_dataclass(hint), hint
    return records(hint)


@st.composite
def records(draw: Any, kind: Any) -> Any:
    hints = get_type_hints(kind)
    chosen = {part.name: draw(values(hints[part.name])) for part in fields(kind)}
    try:
        return kind(**chosen)
    except (RecordError, UnitError, TwofoldError):
        assume(False)


@pytest.mark.parametrize("kind", DIARY_KINDS)
@settings(
    suppress_health_check=[
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
    max_examples=15,
)
@given(data=st.data())
def test_every_field_of_every_record_survives(any_store: Store, kind: str, data: Any) -> None:
    name, record_kind = DIARY_KINDS[kind]
    record = data.draw(records(record_kind))
    person = any_store.add_person("you").id
    change = put(to_plain(record), kind=kind, entry=new())
    any_store.write(person, [change], received=NOW)
    diary = any_store.diary(person, today=dt.date(1900, 1, 1))
    assert getattr(diary, name) == (record,)
