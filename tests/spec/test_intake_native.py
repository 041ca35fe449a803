"""The native diary: what is exported and read again is the same diary."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, is_dataclass
from typing import get_args, get_origin, get_type_hints

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from models.diaries import diaries

from twofold.diary.diary import Diary
from twofold.diary.factors import FactorEntry, Note
from twofold.diary.headache import Attack, FreeDay
from twofold.diary.medication import Course, Dose
from twofold.errors import ReadError, RecordError
from twofold.intake.native import dump, loads
from twofold.intake.read import read
from twofold.intake.reading import Reading
from twofold.intake.schema import schema
from twofold.units import When

DAY = dt.date(2025, 6, 1)
EXAMPLES = ("kossakowski2017", "oura_migraine_n1", "cpass_pmdd_drsp", "headache_weather_n1")
CHECK = jsonschema.Draft202012Validator(schema())
QUIET = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # shrinking a whole diary takes minutes
    suppress_health_check=list(HealthCheck),
)


@settings(QUIET, max_examples=30)
@given(diaries())
def test_an_exported_diary_reads_back_as_the_same_diary(diary):
    reading = loads(dump(diary))
    assert reading.unread == ()
    assert reading.diary == diary
    assert dump(reading.diary) == dump(diary)


@settings(QUIET, max_examples=10)
@given(diaries())
def test_every_exported_diary_fits_the_schema(diary):
    CHECK.validate(json.loads(dump(diary)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_real_diary_survives_export_and_import(root, name):
    for diary in read(root / "examples" / name).diaries[:3]:
        assert loads(dump(diary)).diary == diary


def test_a_real_diary_fits_the_schema(root):
    diary = read(root / "examples" / "headache_weather_n1").diary
    CHECK.validate(json.loads(dump(diary)))


def test_not_asked_and_asked_without_an_answer_stay_two_things():
    attacks = (Attack(When(DAY), premonitory=None), Attack(When(DAY), premonitory=()))
    course = Course("a course", DAY, purpose=None)
    diary = Diary("you", DAY, DAY, attacks=attacks, courses=(course,))
    again = loads(dump(diary)).diary
    assert [attack.premonitory for attack in again.attacks] == [None, ()]
    assert again.courses[0].purpose is None


def test_text_that_looks_like_a_formula_is_kept_as_written():
    notes = tuple(Note(DAY, text) for text in ("=1+1", "+4", "-x", "@home", "\ta", "</script>"))
    diary = Diary("=you", DAY, DAY, notes=notes)
    assert loads(dump(diary)).diary == diary


def test_one_record_that_contradicts_itself_leaves_the_others():
    data = json.loads(dump(Diary("you", DAY, DAY, free_days=(FreeDay(DAY),))))
    data["attacks"] = [
        {"onset": {"day": "2025-06-01"}, "disability": 7},
        {"onset": {"day": "2025-06-01"}},
    ]
    reading = loads(json.dumps(data))
    assert [one.place for one in reading.unread] == ["$.attacks[0]"]
    assert reading.unread[0].reason == "disability is 0 to 3, not 7."
    assert len(reading.diary.attacks) == len(reading.diary.free_days) == 1
    assert reading.rows_seen == 3


def test_a_course_may_begin_before_the_diary_and_end_after_it():
    course = Course("a course", dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    diary = Diary("you", DAY, DAY, courses=(course,), free_days=(FreeDay(DAY),))
    assert loads(dump(diary)).diary == diary


def test_a_number_that_is_not_finite_is_not_exported():
    diary = Diary("you", DAY, DAY, doses=(Dose(When(DAY), "x", relief=float("nan")),))
    with pytest.raises(RecordError, match="not finite"):
        dump(diary)


def test_a_byte_order_mark_before_a_diary_is_tolerated(tmp_path):
    path = tmp_path / "diary.json"
    path.write_bytes(b"\xef\xbb\xbf" + dump(Diary("you", DAY, DAY)).encode())
    assert read(path).diary.person == "you"


def test_the_schema_is_a_json_schema_with_a_title_and_no_host_name():
    drawn = schema()
    jsonschema.Draft202012Validator.check_schema(drawn)
    assert drawn["title"] == "Twofold diary"
    assert drawn["$id"].startswith("urn:")
    assert drawn["required"] == ["format", "person", "first_day", "last_day"]


def test_the_schema_knows_every_record_and_describes_it():
    parts = schema()["$defs"]
    assert set(parts) == _kinds_below(Diary) - {"Diary"}
    assert all(part["description"] for part in parts.values())


def test_the_schema_refuses_what_the_reader_refuses():
    good = json.loads(dump(Diary("you", DAY, DAY)))
    for broken in (
        {"colour": "red"},
        {"format": "another"},
        {"attacks": {}},
        {"first_day": "1 June"},
    ):
        assert not CHECK.is_valid({**good, **broken})


def test_the_only_diary_of_several_is_asked_for_by_name():
    diaries = tuple(Diary(name, DAY, DAY) for name in ("ann", "bo"))
    reading = Reading(diaries, source="two.csv")
    with pytest.raises(
        ReadError,
        match=r"two.csv: this source holds the diaries of 2 people. Name one with --person: ann, bo",
    ):
        reading.diary  # noqa: B018
    assert reading.person("bo") is diaries[1]
    with pytest.raises(ReadError, match=r"nobody here is called 'cy'. Name one of: ann, bo."):
        reading.person("cy")


def test_a_reading_counts_what_is_there_and_nothing_else():
    reading = Reading((Diary("you", DAY, DAY, factors=(FactorEntry(When(DAY), "x", 1),)),))
    assert reading.counts == {"people": 1, "days": 1, "factor entries": 1}


def _kinds_below(kind) -> set[str]:
    found = {kind.__name__}
    for part in fields(kind):
        hint = get_type_hints(kind)[part.name]
        for inner in get_args(hint) if get_origin(hint) else (hint,):
            if is_dataclass(inner):
                found |= _kinds_below(inner)
    return found
