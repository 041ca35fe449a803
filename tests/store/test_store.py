"""What the store promises: kept once, kept together, nothing overwritten, nothing mixed up."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.entries import NOW, PASSPHRASE, TODAY, new, note, put

from twofold.errors import RecordError, StoreError
from twofold.store import schema
from twofold.store.entry import LONGEST_BODY, Change
from twofold.store.opening import open_store
from twofold.store.store import Store


def test_what_was_written_is_there_after_closing_and_opening(store: Store) -> None:
    person = store.add_person("Ada", zone="Europe/Berlin", language="de")
    change = put(note("quiet day"))
    store.write(person.id, [change], received=NOW)
    store.close()
    with open_store(store.folder, PASSPHRASE, database="") as again:
        assert again.people() == (person,)
        (entry,) = again.entries(person.id)
        assert (entry.id, entry.body, entry.day) == (
            change.entry,
            change.body,
            dt.date(2026, 11, 20),
        )


def test_the_same_change_sent_twice_is_kept_once(any_store: Store) -> None:
    person = any_store.add_person("Ada").id
    change = put(note("once"))
    assert [w.outcome for w in any_store.write(person, [change], received=NOW)] == ["kept"]
    again = any_store.write(person, [change, change], received=NOW)
    assert [w.outcome for w in again] == ["known", "known"]
    assert any_store.entry(person, change.entry).versions == 1


def test_changes_are_kept_all_or_none(any_store: Store) -> None:
    person = any_store.add_person("Ada").id
    good, bad = put(note("good")), put({"day": "2026-02-30", "text": "no such day"})
    with pytest.raises(RecordError, match="not a day of the calendar"):
        any_store.write(person, [good, bad], received=NOW)
    assert any_store.entries(person) == ()


def test_an_edit_and_taking_out_leave_every_earlier_version_in_the_history(
    any_store: Store,
) -> None:
    person = any_store.add_person("Ada").id
    first = put(note("first"))
    second = put(note("second"), entry=first.entry, base=first.id)
    out = put(None, entry=first.entry, base=second.id)
    for change in (first, second, out):
        any_store.write(person, [change], received=NOW)
    assert any_store.history(person, first.entry) == (first, second, out)
    assert any_store.entries(person) == ()
    (gone,) = any_store.entries(person, with_out=True)
    assert gone.is_out and gone.day == dt.date(2026, 11, 20) and gone.versions == 3


@pytest.mark.parametrize(
    ("keep", "shown"), [("mine", ["here"]), ("other", ["there"]), ("both", ["here", "there"])]
)
def test_a_change_that_met_another_waits_for_the_person(
    any_store: Store, keep: str, shown: list[str]
) -> None:
    person = any_store.add_person("Ada").id
    first = put(note("first"))
    here = put(note("here"), entry=first.entry, base=first.id)
    there = put(note("there"), entry=first.entry, base=first.id)
    any_store.write(person, [first, here], received=NOW)
    assert any_store.write(person, [there], received=NOW)[0].outcome == "conflict"
    assert [entry.body["text"] for entry in any_store.entries(person)] == ["here"]
    (conflict,) = any_store.conflicts(person)
    assert conflict.entry.head == here.id and conflict.other == there
    any_store.settle(person, there.id, keep, now=NOW)
    any_store.settle(person, there.id, "mine", now=NOW)  # decided once
    assert any_store.conflicts(person) == ()
    assert sorted(entry.body["text"] for entry in any_store.entries(person)) == shown


def test_an_edit_of_what_was_taken_out_meanwhile_is_a_conflict_and_not_lost(store: Store) -> None:
    person = store.add_person("Ada").id
    first = put(note("first"))
    edit = put(note("edited on the phone"), entry=first.entry, base=first.id)
    store.write(person, [first, put(None, entry=first.entry, base=first.id)], received=NOW)
    assert store.write(person, [edit], received=NOW)[0].outcome == "conflict"
    store.settle(person, edit.id, "other", now=NOW)
    assert store.entry(person, first.entry).body == edit.body


def test_two_edits_in_a_row_on_one_phone_are_one_question(store: Store) -> None:
    person = store.add_person("Ada").id
    first = put(note("first"))
    here = put(note("here"), entry=first.entry, base=first.id)
    phone = put(note("phone 1"), entry=first.entry, base=first.id)
    later = put(note("phone 2"), entry=first.entry, base=phone.id)
    store.write(person, [first, here, phone, later], received=NOW)
    assert [one.other for one in store.conflicts(person)] == [later]
    store.settle(person, later.id, "other", now=NOW)
    assert store.conflicts(person) == () and store.entry(person, first.entry).body == later.body


def test_kept_changes_cannot_be_altered_or_deleted(any_store: Store) -> None:
    person = any_store.add_person("Ada").id
    any_store.write(person, [put(note("kept"))], received=NOW)
    for statement in (
        sa.update(schema.change).values(kind="dose"),
        sa.delete(schema.change),
        sa.delete(schema.change).where(schema.change.c.person == person),
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="never"),
            any_store.engine.begin() as connection,
        ):
            connection.execute(sa.delete(schema.entry))
            connection.execute(statement)
    assert len(any_store.entries(person)) == 1


def test_a_person_sees_nothing_of_another(any_store: Store) -> None:
    ada, bob = any_store.add_person("Ada").id, any_store.add_person("Bob").id
    change = put(note("of Ada"))
    any_store.write(ada, [change], received=NOW)
    assert any_store.entries(bob) == () and any_store.entry(bob, change.entry) is None
    assert any_store.history(bob, change.entry) == ()
    taken = replace(change, body=note("of Bob"))  # the same ids, in another diary
    assert any_store.write(bob, [taken], received=NOW)[0].outcome == "kept"
    assert any_store.entry(ada, change.entry).body["text"] == "of Ada"


HOSTILE = ["", "x", "' OR 1=1 --", "%", "_" * 36, "../../etc/passwd", "\x00", "٣" * 36,
           "A0B1C2D3-0000-4000-8000-000000000000", "🙂" * 36, "a" * 10_000]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_that_is_no_uuid_is_refused_and_finds_nothing(any_store: Store, name: str) -> None:
    person = any_store.add_person("Ada").id
    any_store.write(person, [put(note("kept"))], received=NOW)
    for part in ("id", "entry", "base", "batch"):
        if name or part in ("id", "entry"):
            with pytest.raises(RecordError):
                any_store.write(person, [replace(put(note("x")), **{part: name})], received=NOW)
    assert any_store.entry(person, name.replace("\x00", "")) is None
    assert any_store.person(name.replace("\x00", "")) is None
    with pytest.raises(StoreError):
        any_store.write(name.replace("\x00", ""), [put(note("x"))], received=NOW)
    assert len(any_store.entries(person)) == 1


WORDS = [
    "🙂🤕💊",
    "שלום עולם — مرحبا",
    "‮txt.exe‬",
    "a\x00b",
    "%_\\'\";--",
    "é",
    "e\u0301",
    "\ufeff",
    " ",
]


@pytest.mark.parametrize("words", WORDS)
def test_words_come_back_letter_by_letter(any_store: Store, words: str) -> None:
    person = any_store.add_person("Ada").id
    change = put(note(words))
    any_store.write(person, [change], received=NOW)
    assert any_store.entry(person, change.entry).body["text"] == words


def test_half_a_letter_and_numbers_that_are_none_are_refused_with_a_sentence(store: Store) -> None:
    person = store.add_person("Ada").id
    for body in ({"value": "\ud800"}, {"value": float("nan")}, {"value": {1, 2}}):
        with pytest.raises(RecordError, match="cannot be kept"):
            store.write(person, [put({"name": "x", **body}, kind="setting")], received=NOW)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecordError, match="cannot be kept"):
        store.write(person, [put({"value": deep}, kind="setting")], received=NOW)


def test_a_note_of_ten_megabytes_is_refused_and_the_longest_is_kept(any_store: Store) -> None:
    person = any_store.add_person("Ada").id
    with pytest.raises(RecordError, match="too long"):
        any_store.write(person, [put(note("x" * 10_000_000))], received=NOW)
    around = len(json.dumps(note(""), separators=(",", ":")))
    longest = put(note("🙂" * (LONGEST_BODY - around)))
    any_store.write(person, [longest], received=NOW)
    assert any_store.entry(person, longest.entry).body == longest.body


@pytest.mark.parametrize("day", ["1890-01-01", "2290-01-01", "0001-01-01", "yesterday", 17, None])
def test_days_that_no_diary_has_are_refused(store: Store, day: object) -> None:
    person = store.add_person("Ada").id
    with pytest.raises(RecordError):
        store.write(person, [put({"day": day, "text": "x"})], received=NOW)


def test_a_clock_that_goes_back_changes_no_order_of_versions(any_store: Store) -> None:
    person = any_store.add_person("Ada").id
    first = put(note("written first"), at=NOW)
    second = put(
        note("written second"), entry=first.entry, base=first.id, at=NOW - dt.timedelta(400)
    )
    any_store.write(person, [first], received=NOW)
    any_store.write(person, [second], received=NOW - dt.timedelta(400))
    assert any_store.entry(person, first.entry).body["text"] == "written second"
    assert any_store.history(person, first.entry) == (first, second)


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=0),
        dt.datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        dt.datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        dt.datetime(2026, 1, 1, 0, 30, tzinfo=ZoneInfo("Pacific/Kiritimati")),
        dt.datetime(2026, 1, 1, 23, 30, tzinfo=ZoneInfo("Pacific/Pago_Pago")),
    ],
)
def test_an_hour_that_comes_twice_and_a_day_abroad_keep_their_moment_and_their_day(
    any_store: Store, moment: dt.datetime
) -> None:
    person = any_store.add_person("Ada").id
    day = moment.date().isoformat()
    change = put(note("here", day), at=moment)
    any_store.write(person, [change], received=NOW)
    entry = any_store.entry(person, change.entry)
    assert entry.at.utcoffset() == moment.utcoffset() and entry.day == moment.date()
    assert entry.at.astimezone(dt.UTC) == moment.astimezone(dt.UTC)


def test_entries_come_by_day_and_then_by_moment_and_within_the_days_asked_for(
    any_store: Store,
) -> None:
    person = any_store.add_person("Ada").id
    late = NOW + dt.timedelta(hours=3)
    b, a, d, c = (
        put(note("b", "2026-11-02"), at=late), put(note("a", "2026-11-01"), at=late),
        put(note("d", "2026-11-03")), put(note("c", "2026-11-02"), at=late + dt.timedelta(1)),
    )  # fmt: skip
    any_store.write(
        person, [b, a, d, c, put({"name": "x", "value": 1}, kind="setting")], received=NOW
    )
    words = [e.body["text"] for e in any_store.entries(person, kinds=("note",))]
    assert words == ["a", "b", "c", "d"]
    within = any_store.entries(person, first=dt.date(2026, 11, 2), last=dt.date(2026, 11, 2))
    assert [e.body["text"] for e in within] == ["b", "c"]
    assert len(any_store.entries(person, first=dt.date(2026, 11, 2))) == 3


def test_an_import_is_taken_out_again_but_for_what_the_person_changed_since(
    any_store: Store,
) -> None:
    person = any_store.add_person("Ada").id
    batch = new()
    about = put({"source": "old.csv"}, kind="import", batch=batch)
    brought = [put(note(word), batch=batch) for word in "abc"]
    any_store.write(person, [about, *brought], received=NOW)
    edited = put(note("mine now"), entry=brought[0].entry, base=brought[0].id)
    any_store.write(person, [edited], received=NOW)
    (one,) = any_store.batches(person)
    assert (one.source, one.entries, one.is_out) == ("old.csv", 3, False)
    assert any_store.undo_batch(person, batch, now=NOW) == 2
    assert any_store.undo_batch(person, batch, now=NOW) == 0
    assert [e.body["text"] for e in any_store.entries(person, kinds=("note",))] == ["mine now"]


def test_an_entry_keeps_its_kind_and_an_id_its_entry(store: Store) -> None:
    person = store.add_person("Ada").id
    change = put(note("a"))
    store.write(person, [change], received=NOW)
    with pytest.raises(RecordError, match="keeps its kind"):
        store.write(
            person, [put({"day": "2026-11-20"}, kind="free_day", entry=change.entry)], received=NOW
        )
    with pytest.raises(RecordError, match="another entry"):
        store.write(person, [replace(change, entry=new())], received=NOW)


def test_a_body_moved_to_another_place_on_the_disk_does_not_open(fresh_store: Store) -> None:
    person = fresh_store.add_person("Ada").id
    one, other = put(note("one")), put(note("other"))
    fresh_store.write(person, [one, other], received=NOW)
    change = schema.change
    with fresh_store.engine.begin() as connection:
        drop = "TRIGGER change_stays" + (
            "" if fresh_store.engine.dialect.name == "sqlite" else " ON change"
        )
        connection.exec_driver_sql(f"DROP {drop}")
        body = connection.scalar(sa.select(change.c.body).where(change.c.id == other.id))
        connection.execute(sa.update(change).where(change.c.id == one.id).values(body=body))
    with pytest.raises(StoreError, match="altered"):
        fresh_store.entry(person, one.entry)
    health = fresh_store.check()
    assert not health.is_well and one.entry in health.says[0]
    assert fresh_store.entry(person, other.entry).body == other.body


def test_an_entry_table_that_differs_from_the_changes_is_found_and_put_right(
    fresh_store: Store,
) -> None:
    person = fresh_store.add_person("Ada").id
    changes = [put(note(word)) for word in "abc"]
    fresh_store.write(person, changes, received=NOW)
    whole = fresh_store.entries(person)
    with fresh_store.engine.begin() as connection:
        connection.execute(sa.delete(schema.entry).where(schema.entry.c.id == changes[0].entry))
        connection.execute(
            sa.update(schema.entry).where(schema.entry.c.id == changes[1].entry).values(is_out=1)
        )
    health = fresh_store.check()
    assert not health.is_well and "--mend" in health.says[0]
    assert fresh_store.mend() == 2
    assert fresh_store.check().is_well and fresh_store.entries(person) == whole


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(value=plain)
def test_any_plain_value_comes_back_as_it_was(store: Store, value: object) -> None:
    people = store.people()
    person = people[0].id if people else store.add_person("Ada").id
    change = put({"name": "x", "value": value}, kind="setting")
    store.write(person, [change], received=NOW)
    assert store.entry(person, change.entry).body["value"] == value


def test_an_empty_diary_is_a_diary_of_today(store: Store) -> None:
    diary = store.diary(store.add_person("Ada").id, today=TODAY)
    assert (diary.first_day, diary.last_day, diary.attested_days) == (TODAY, TODAY, ())


@pytest.mark.parametrize("label", ["", "   ", "x" * 121, "two\nlines", "\x00"])
def test_a_name_of_no_letters_or_too_many_is_refused(store: Store, label: str) -> None:
    with pytest.raises(RecordError):
        store.add_person(label)


def test_a_change_at_an_impossible_time_is_refused(store: Store) -> None:
    person = store.add_person("Ada").id
    early = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(RecordError, match="1900"):
        store.write(person, [put(note("x"), at=early)], received=NOW)
    with pytest.raises(RecordError, match="zone"):
        Change(new(), new(), "note", note("x"), dt.datetime(2026, 1, 1))
