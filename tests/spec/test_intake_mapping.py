"""The mapping language: what each key makes of a table."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from twofold.errors import MappingError
from twofold.intake import mapping as language
from twofold.intake.read import read
from twofold.intake.records import TAKERS

HEAD = 'format = "twofold-mapping-1"\n'
DAILY = 'file = "d.csv"\nshape = "day"\nday = { column = "date", format = "%Y-%m-%d" }\n'
JUNE = [dt.date(2025, 6, day) for day in range(0 + 1, 31)]


def _read(
    tmp_path: Path, table: str, *rows: str, top: str = "", shape: str = DAILY, file: str = "d.csv"
):
    (tmp_path / file).write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(
        HEAD + top + "[[table]]\n" + shape + table, encoding="utf-8"
    )
    return read(tmp_path)


def test_nothing_is_guessed_of_a_day_without_a_row(tmp_path):
    reading = _read(
        tmp_path, 'headache = [{ count = "h" }]', "date,h", "2025-06-01,0", "2025-06-04,1"
    )
    diary = reading.diary
    assert diary.days == 4
    assert [free.day for free in diary.free_days] == JUNE[:1]
    assert [attack.onset.day for attack in diary.attacks] == [JUNE[3]]
    assert diary.attested_days == (JUNE[0], JUNE[3])
    assert diary.conventions.silence == "unknown"


def test_a_blank_cell_is_not_recorded_and_never_zero(tmp_path):
    reading = _read(
        tmp_path, 'headache = [{ count = "h" }]', "date,h", "2025-06-01,", "2025-06-02,1"
    )
    assert reading.diary.free_days == ()
    assert reading.diary.attested_days == (JUNE[1],)
    assert reading.diary.days == 2


def test_a_code_for_not_asked_is_not_recorded(tmp_path):
    table = 'missing = ["", "-99"]\nmood = [{ column = "m", name = "m", span = [0, 10], better = "high" }]'
    reading = _read(tmp_path, table, "date,m", "2025-06-01,-99", "2025-06-02,5")
    assert len(reading.diary.mood_notes) == 1
    assert reading.unread == ()


def test_a_code_for_not_asked_may_hold_for_one_column_alone(tmp_path):
    table = 'missing_in = { q = ["0"] }\nscale = [{ scale = "s", total = "q" }]\nheadache = [{ count = "h" }]'
    diary = _read(tmp_path, table, "date,q,h", "2025-06-01,0,0", "2025-06-02,4,0").diary
    assert [answer.total for answer in diary.scale_answers] == [4]
    assert len(diary.free_days) == 2


def test_a_code_for_a_column_that_is_not_read_is_refused(tmp_path):
    with pytest.raises(
        MappingError, match="`missing_in` names 'x', a column that no section reads"
    ):
        _read(
            tmp_path,
            'missing_in = { x = ["0"] }\nnote = [{ column = "n" }]',
            "date,n",
            "2025-06-01,a",
        )


def test_words_become_numbers_only_as_the_mapping_says(tmp_path):
    table = (
        'headache = [{ column = "h", span = [0, 3], words = { none = 0, mild = 1, strong = 3 } }]'
    )
    reading = _read(
        tmp_path, table, "date,h", "2025-06-01,none", "2025-06-02,strong", "2025-06-03,awful"
    )
    assert [rating.level for rating in reading.diary.headache_ratings] == [0, 3]
    assert reading.unread[0].place == "d.csv line 4, column h"


def test_a_decimal_comma_is_read_where_the_mapping_says_so(tmp_path):
    shape = DAILY + 'delimiter = ";"\ndecimal = ","\n'
    table = 'sleep = [{ duration = "s", duration_unit = "hours" }]'
    reading = _read(tmp_path, table, "date;s", "2025-06-01;7,5", shape=shape)
    assert reading.diary.sleep[0].duration == 7.5


def test_a_tsv_in_an_older_encoding_is_read_where_the_mapping_says_so(tmp_path):
    shape = DAILY.replace("d.csv", "d.tsv") + 'delimiter = "\\t"\nencoding = "cp1252"\n'
    (tmp_path / "mapping.toml").write_text(
        HEAD + "[[table]]\n" + shape + 'note = [{ column = "note" }]'
    )
    (tmp_path / "d.tsv").write_bytes("date\tnote\n2025-06-01\tMüde\n".encode("cp1252"))
    assert read(tmp_path).diary.notes[0].text == "Müde"


def test_minutes_asleep_become_hours(tmp_path):
    table = 'sleep = [{ duration = "s", duration_unit = "minutes" }]'
    assert _read(tmp_path, table, "date,s", "2025-06-01,450").diary.sleep[0].duration == 7.5


def test_a_sleep_rating_where_low_is_better_is_turned_round(tmp_path):
    table = 'sleep = [{ quality = "s", span = [1, 6], better = "low" }]'
    (night,) = _read(tmp_path, table, "date,s", "2025-06-01,2").diary.sleep
    assert (night.quality, night.quality_span.low, night.quality_span.high) == (5, 1, 6)


def test_dates_that_exist_in_one_order_only_are_read_and_the_order_is_told(tmp_path):
    shape = DAILY.replace(', format = "%Y-%m-%d"', "")
    table = 'note = [{ column = "n" }]'
    reading = _read(tmp_path, table, "date,n", "03/06/2025,a", "25/06/2025,b", shape=shape)
    assert [note.day for note in reading.diary.notes] == [JUNE[2], JUNE[24]]
    assert reading.stated == ("Dates in d.csv were read day first: only so does every date exist.",)


def test_iso_dates_need_no_format(tmp_path):
    shape = DAILY.replace(', format = "%Y-%m-%d"', "")
    reading = _read(tmp_path, 'note = [{ column = "n" }]', "date,n", "2025-06-03,a", shape=shape)
    assert reading.diary.first_day == JUNE[2]


def test_a_month_first_format_is_followed(tmp_path):
    shape = DAILY.replace("%Y-%m-%d", "%m/%d/%Y")
    reading = _read(tmp_path, 'note = [{ column = "n" }]', "date,n", "06/03/2025,a", shape=shape)
    assert reading.diary.first_day == JUNE[2]


MOMENT = 'file = "d.csv"\nshape = "moment"\nday = { column = "at", format = "%Y-%m-%d %H:%M" }\n'


def test_an_attack_before_the_day_starts_counts_on_the_day_before_and_keeps_its_hour_in_the_note(
    tmp_path,
):
    rows = (
        "at,tag",
        "2025-06-02 03:10,migraine",
        "2025-06-03 08:00,migraine",
        "2025-06-04 12:00,coffee",
    )
    table = 'attack = [{ kind = "migraine", day_starts = "08:00", where = { column = "tag", values = ["migraine"] } }]'
    attacks = _read(tmp_path, table, *rows, shape=MOMENT).diary.attacks
    assert [attack.onset.day for attack in attacks] == [JUNE[0], JUNE[2]]
    assert attacks[0].onset.time is None  # 03:10 would be wrong on that day
    assert attacks[0].note == "began 2025-06-02 03:10; counted on the day before"
    assert attacks[1].onset.time == dt.time(8)


def test_a_length_in_hours_gives_the_end_across_midnight(tmp_path):
    table = 'attack = [{ hours = "h", pain = "p", pain_span = [0, 3] }]'
    (attack,) = _read(
        tmp_path, table, "at,h,p", "2025-06-01 22:00,5.5,3", shape=MOMENT
    ).diary.attacks
    assert (attack.end.day, attack.end.time) == (JUNE[1], dt.time(3, 30))
    assert attack.pain[0].pain == 10


def test_an_offset_in_hours_becomes_minutes_east(tmp_path):
    table = 'offset = { column = "tz", unit = "hours" }\nattack = [{}]'
    (attack,) = _read(tmp_path, table, "at,tz", "2025-06-01 22:00,-4.5", shape=MOMENT).diary.attacks
    assert attack.onset.offset_minutes == -270


def test_no_tablets_say_none_taken_only_where_the_diary_asked(tmp_path):
    rows = ("date,t", "2025-06-01,0", "2025-06-02,2", "2025-06-03,")
    dose = 'dose = [{ name = "painkiller", purpose = "acute", count = "t"%s }]'
    asked = _read(tmp_path, dose % ", asked = true", *rows).diary
    silent = _read(tmp_path, dose % "", *rows).diary
    assert asked.asked_acute_days == (JUNE[0], JUNE[1])
    assert silent.asked_acute_days == ()
    assert [dose.count for dose in asked.doses] == [dose.count for dose in silent.doses] == [2]


def test_a_dose_takes_its_unit_from_a_column(tmp_path):
    table = 'dose = [{ name_column = "name", amount = "a", unit_column = "u" }]'
    (dose,) = _read(tmp_path, table, "date,name,a,u", "2025-06-01,x,400,mg").diary.doses
    assert (dose.name, dose.amount.value, dose.amount.unit) == ("x", 400, "mg")


def test_a_column_of_daily_doses_becomes_a_course_that_ends_before_its_first_zero(tmp_path):
    table = 'dose_steps = [{ column = "mg", name = "x", unit = "mg" }]'
    rows = [
        f"2025-06-0{day},{mg}" for day, mg in ((1, 0), (2, 20), (3, 20), (4, 10), (6, 0), (7, 5))
    ]
    first, second = _read(tmp_path, table, "date,mg", *rows).diary.courses
    assert (first.start, first.end) == (JUNE[1], JUNE[4])
    assert [change.daily.value for change in first.changes] == [20, 10, 0]
    assert (second.start, second.end, second.started_earlier) == (JUNE[6], None, None)


def test_a_tag_that_is_absent_is_unknown_unless_the_mapping_says_zero(tmp_path):
    rows = ("date,tag", "2025-06-01,wine", "2025-06-02,walk")
    factor = 'factor = [{ name = "wine", where = { column = "tag", values = ["wine"] }%s }]'
    silent = _read(tmp_path, factor % "", *rows)
    stated = _read(tmp_path, factor % ', absent = "zero_if_table_entry"', *rows)
    assert [f.level for f in silent.diary.factors] == [1]
    assert [(f.when.day, f.level) for f in stated.diary.factors] == [(JUNE[0], 1), (JUNE[1], 0)]
    assert silent.stated == ()
    (sentence,) = stated.stated
    assert sentence.startswith("A day that has an entry in this table, but none for wine, is taken")
    assert sentence in stated.diary.origin.cannot_tell  # so that the report prints it


@pytest.mark.parametrize(("direction", "levels"), [("rise", [-5, 1]), ("fall", [5, -1])])
def test_a_change_needs_both_days_and_the_same_place(tmp_path, direction, levels):
    rows = (
        "date,hpa,place",
        "2025-06-01,1010,a",
        "2025-06-02,1005,a",
        "2025-06-03,1020,b",
        "2025-06-04,1021,b",
        "2025-06-06,1000,b",
    )
    table = f'factor = [{{ name = "p", column = "hpa", daily = "mean", change = "{direction}", same = "place" }}]'
    factors = _read(tmp_path, table, *rows).diary.factors
    assert [(f.when.day.day, f.level) for f in factors] == [(2, levels[0]), (4, levels[1])]


@pytest.mark.parametrize(
    ("daily", "level"), [("mean", 3), ("max", 5), ("min", 1), ("sum", 9), ("count", 3), ("last", 3)]
)
def test_several_values_of_a_day_become_one_as_the_mapping_says(tmp_path, daily, level):
    rows = ("at,v", "2025-06-01 08:00,1", "2025-06-01 12:00,5", "2025-06-01 20:00,3")
    table = f'factor = [{{ name = "v", column = "v", daily = "{daily}" }}]'
    (factor,) = _read(tmp_path, table, *rows, shape=MOMENT).diary.factors
    assert (factor.level, factor.when.time) == (level, None)


def test_a_questionnaire_keeps_an_item_left_open_as_none(tmp_path):
    table = 'scale = [{ scale = "phq9", items = { "1" = "q1", "2" = "q2" } }]'
    (answer,) = _read(tmp_path, table, "date,q1,q2", "2025-06-01,3,").diary.scale_answers
    assert (answer.items, answer.total) == ({"1": 3, "2": None}, None)


def test_bleeding_in_words_becomes_yes_and_no(tmp_path):
    table = 'cycle = [{ bleeding = "b", words = { none = 0, light = 1 } }]'
    rows = ("date,b", "2025-06-01,none", "2025-06-02,light", "2025-06-03,")
    assert [c.bleeding for c in _read(tmp_path, table, *rows).diary.cycle] == [False, True]


def test_energy_and_stress_are_read_on_their_own_scales(tmp_path):
    table = (
        'energy = [{ column = "e", span = [1, 5] }]\nstress = [{ column = "s", span = [0, 100] }]'
    )
    diary = _read(tmp_path, table, "date,e,s", "2025-06-01,4,70").diary
    assert (diary.energy[0].level, diary.stress[0].span.high) == (4, 100)


def test_people_are_told_apart_by_their_column_and_labelled_as_the_mapping_says(tmp_path):
    table = 'person = { column = "id", label = "person {}" }\nnote = [{ column = "n" }]'
    rows = ("date,id,n", "2025-06-01,2.0,a", "2025-06-01,7,b", "2025-06-02,,c")
    reading = _read(tmp_path, table, *rows)
    assert reading.people == ("person 2", "person 7")
    assert reading.unread[0].reason == "whose row this is, is not recorded."


def test_one_day_may_stand_in_two_tables(tmp_path):
    top = '[[table]]\nfile = "b.csv"\nshape = "day"\nday = { column = "date" }\nnote = [{ column = "n" }]\n'
    (tmp_path / "b.csv").write_text("date,n\n2025-06-05,b\n")
    diary = _read(tmp_path, 'note = [{ column = "n" }]', "date,n", "2025-06-01,a", top=top).diary
    assert [note.text for note in diary.notes] == ["b", "a"]
    assert diary.attested_days == (JUNE[0], JUNE[4])


def test_a_table_that_is_not_the_persons_own_entry_attests_no_day(tmp_path):
    shape = DAILY + "entries = false\n"
    diary = _read(
        tmp_path, 'factor = [{ name = "v", column = "v" }]', "date,v", "2025-06-01,3", shape=shape
    ).diary
    assert diary.attested_days == ()
    assert diary.days == 1


def test_the_stated_rules_and_the_credit_travel_with_the_diary(root):
    diary = read(root / "examples" / "kossakowski2017").diary
    assert diary.conventions.headache_day.at_least == 3
    assert diary.conventions.headache_day.alternatives == (2, 4)
    assert diary.conventions.low_mood_day.low_side == "high"
    assert diary.origin.licence == "CC BY 4.0"
    assert any("right now" in sentence for sentence in diary.origin.cannot_tell)


def test_every_example_is_read_whole_and_its_claims_exist(root):
    claims = "".join(p.read_text() for p in (root / "src/twofold/knowledge/claims").glob("*.toml"))
    for folder in sorted(one for one in (root / "examples").iterdir() if one.is_dir()):
        reading = read(folder)
        assert reading.unread == (), folder.name
        assert (folder / "SOURCES.md").is_file()
        for diary in reading.diaries:
            assert all(f'id = "{f.claim}"' in claims for f in diary.factors if f.claim)


def test_no_example_is_named_in_the_readers_python(root):
    code = "".join(p.read_text().lower() for p in (root / "src/twofold/intake").glob("*.py"))
    for word in ("kossakowski", "oura", "cpass", "drsp", "bartulem", "phy_headache", "candesartan"):
        assert word not in code


def test_every_section_of_a_table_has_a_taker():
    sections = {part.name for part in fields(language.Table) if str(part.type).startswith("tuple[")}
    assert sections - {"missing"} == set(TAKERS)


def test_the_how_to_names_every_key_of_the_language(root):
    text = (root / "docs/how-to/read-a-diary.md").read_text(encoding="utf-8")
    kinds = [value for value in vars(language).values() if hasattr(value, "__dataclass_fields__")]
    keys = {
        part.name for kind in kinds if kind.__module__ == language.__name__ for part in fields(kind)
    }
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_the_mapping_shown_in_the_how_to_reads_a_diary(root, tmp_path):
    text = (root / "docs/how-to/read-a-diary.md").read_text(encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    (tmp_path / "diary.csv").write_text("date,headache,mood,tablets\n25.06.2025,4,2,1\n")
    reading = read(tmp_path)
    assert reading.unread == ()
    assert reading.diary.doses[0].count == 1


def test_reading_loads_no_heavy_library(root):
    code = (
        "import sys; from twofold.intake.read import read; read('examples/headache_weather_n1');"
        "print([m for m in ('numpy', 'scipy', 'pydantic', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_mapping_may_be_named_by_itself(root):
    reading = read(root / "examples/oura_migraine_n1/silence-means-none.toml")
    assert reading.diary.conventions.silence == "free_if_other_entries"


def test_the_remedy_for_a_table_points_to_the_mapping_beside_it(root):
    with pytest.raises(MappingError, match="There is one beside it: name the folder"):
        read(root / "examples/kossakowski2017/ESMdata.csv")
