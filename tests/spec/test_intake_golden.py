"""The four shipped diaries, counted again from the raw files with nothing of Twofold's."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest

from twofold.intake.read import read


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _date(text: str, pattern: str) -> dt.date:
    return dt.datetime.strptime(text, pattern).date()


def _onsets(headache: set[dt.date], known: set[dt.date]) -> int:
    before = dt.timedelta(1)
    return sum(1 for day in headache if day - before in known and day - before not in headache)


@pytest.fixture(scope="module")
def kossakowski(root):
    return read(root / "examples" / "kossakowski2017"), _rows(
        root / "examples" / "kossakowski2017" / "ESMdata.csv"
    )


def _highest(rows):
    days = defaultdict(list)
    for row in rows:
        if row["phy_headache"] != "NA":
            days[_date(row["date"], "%d/%m/%y")].append(int(row["phy_headache"]))
    return {day: max(levels) for day, levels in days.items()}


def test_kossakowski_has_154_recorded_days_of_155_and_62_headache_days(kossakowski):
    reading, rows = kossakowski
    diary = reading.diary
    raw = _highest(rows)
    read_days = defaultdict(list)
    for rating in diary.headache_ratings:
        read_days[rating.when.day].append(rating.level)
    assert {day: max(levels) for day, levels in read_days.items()} == raw
    assert (diary.days, len(raw)) == (155, 154)
    assert [sum(level >= line for level in raw.values()) for line in (2, 3, 4)] == [117, 62, 5]
    assert reading.unread == ()


def test_kossakowski_has_32_days_on_which_a_headache_began(kossakowski):
    raw = _highest(kossakowski[1])
    headache = {day for day, level in raw.items() if level >= 3}
    assert _onsets(headache, set(raw)) == 32


def test_kossakowski_low_mood_days_are_those_of_the_raw_file(kossakowski):
    reading, rows = kossakowski
    raw, ours = defaultdict(list), defaultdict(list)
    for row in rows:
        if row["mood_down"] != "NA":
            raw[_date(row["date"], "%d/%m/%y")].append(int(row["mood_down"]))
    for note in reading.diary.mood_notes:
        if note.item == "down":
            ours[note.when.day].append(note.level)
    assert {d: sum(v) / len(v) for d, v in ours.items()} == {
        d: sum(v) / len(v) for d, v in raw.items()
    }
    assert sum(sum(v) / len(v) >= 0.5 for v in raw.values()) == 24


def test_kossakowski_the_dose_fell_in_nine_steps_to_none_on_19_november(kossakowski):
    reading, rows = kossakowski
    (course,) = reading.diary.courses
    raw = []
    for row in rows:
        step = (_date(row["date"], "%d/%m/%y"), float(row["concentrat"]))
        if not raw or raw[-1][1] != step[1]:
            raw.append(step)
    assert [(change.day, change.daily.value) for change in course.changes] == raw
    assert [amount for _, amount in raw] == [150, 105, 73, 51, 37, 25, 18, 12, 9, 0]
    assert raw[-1][0] == dt.date(2012, 11, 19)
    assert (course.end, course.started_earlier) == (dt.date(2012, 11, 18), True)


def test_kossakowski_answers_repeated_over_a_day_are_taken_once(kossakowski):
    reading, rows = kossakowski
    for column, found in (
        ("mor_qualsleep", {s.day: s.quality for s in reading.diary.sleep}),
        ("dep", {a.when.day: a.total for a in reading.diary.scale_answers}),
        (
            "evn_work",
            {f.when.day: f.level for f in reading.diary.factors if f.name == "worked or studied"},
        ),
    ):
        raw = {_date(r["date"], "%d/%m/%y"): float(r[column]) for r in rows if r[column] != "NA"}
        assert found == raw
    assert len(reading.diary.sleep) == len({s.day for s in reading.diary.sleep}) == 97
    assert len(reading.diary.scale_answers) == 19


@pytest.fixture(scope="module")
def oura(root):
    return root / "examples" / "oura_migraine_n1"


def _migraine_days(oura: Path) -> set[dt.date]:
    days = set()
    for row in _rows(oura / "tags.csv"):
        if row["tag"] == "migraine":
            began = dt.datetime.fromisoformat(row["start_time_local"])
            days.add(began.date() - dt.timedelta(began.hour < 8))
    return days


def test_oura_migraines_before_eight_belong_to_the_day_before(oura):
    diary = read(oura).diary
    days = _migraine_days(oura)
    assert {attack.onset.day for attack in diary.attacks} == days
    assert (len(diary.attacks), len(days)) == (122, 116)
    assert all(attack.kind == "migraine" and attack.end is None for attack in diary.attacks)


def test_oura_days_without_a_tag_stay_unknown_unless_the_assumption_is_stated(oura):
    plain, assumed = read(oura).diary, read(oura / "silence-means-none.toml").diary
    assert plain.conventions.silence == "unknown"
    assert plain.free_days == plain.headache_ratings == ()
    assert assumed.conventions.silence == "free_if_other_entries"
    assert (plain.days, len(plain.attested_days)) == (515, 515)


def test_oura_drinks_are_counted_a_day_and_other_days_are_none_by_a_stated_assumption(oura):
    reading = read(oura)
    raw = defaultdict(int)
    for row in _rows(oura / "tags.csv"):
        if row["tag"] == "alc_drink":
            raw[dt.date.fromisoformat(row["start_time_local"][:10])] += 1
    ours = {f.when.day: f.level for f in reading.diary.factors if f.name == "alcohol"}
    assert {day: level for day, level in ours.items() if level} == raw
    assert len(ours) == 515
    assert any(
        "but none for alcohol, is taken as a day without it" in sentence
        for sentence in reading.stated
    )


def test_oura_the_candesartan_course_is_in_tablets(oura):
    (course,) = read(oura).diary.courses
    assert (course.name, course.start, course.end) == (
        "candesartan",
        dt.date(2023, 6, 14),
        dt.date(2023, 8, 20),
    )
    assert [(c.day, c.daily.value, c.daily.unit) for c in course.changes] == [
        (dt.date(2023, 6, 14), 0.5, "tablet")
    ]


@pytest.fixture(scope="module")
def cpass(root):
    folder = root / "examples" / "cpass_pmdd_drsp"
    return read(folder), _rows(folder / "PMDD_data.csv")


def test_cpass_has_thirteen_women_and_their_ratings_are_those_of_the_raw_file(cpass):
    reading, rows = cpass
    assert len(reading.diaries) == 13
    for item, found in (
        ("20.0", lambda d: [r.level for r in d.headache_ratings]),
        ("1.0", lambda d: [n.level for n in d.mood_notes if n.item == "depressed"]),
        ("4.0", lambda d: [n.level for n in d.mood_notes if n.item == "anxious"]),
    ):
        raw = defaultdict(list)
        for row in rows:
            if row["item"] == item and row["drsp_score"]:
                raw[f"person {int(float(row['subject']))}"].append(float(row["drsp_score"]))
        assert {d.person: sorted(found(d)) for d in reading.diaries} == {
            p: sorted(v) for p, v in raw.items()
        }


def test_cpass_headache_days_by_three_lines(cpass):
    levels = [r.level for diary in cpass[0].diaries for r in diary.headache_ratings]
    raw = [float(r["drsp_score"]) for r in cpass[1] if r["item"] == "20.0" and r["drsp_score"]]
    counts = [sum(level >= line for level in levels) for line in (2, 3, 4)]
    assert counts == [sum(level >= line for level in raw) for line in (2, 3, 4)] == [90, 60, 32]
    assert len(levels) == 313


def test_cpass_days_of_a_cycle_keep_their_distance_and_cycles_never_touch(cpass):
    reading, rows = cpass
    for diary in reading.diaries:
        assert not diary.is_dated
        cycles = defaultdict(dict)
        for day in diary.cycle:
            cycles[day.cycle][day.day_from_onset] = day.day
        starts = [days[-7] for _, days in sorted(cycles.items())]
        assert starts == [1 + 28 * n for n in range(len(starts))]
        for days in cycles.values():
            assert [days[n] - days[-7] for n in (-1, 4, 10)] == [6, 10, 16]
        assert diary.days == 28 * (len(cycles) - 1) + 17
    assert sum(len(diary.cycle) for diary in reading.diaries) == len(
        {(r["subject"], r["cycle"], r["day"]) for r in rows}
    )


def test_cpass_a_day_of_blank_ratings_is_not_an_entry(cpass):
    reading, rows = cpass
    filled = {(r["subject"], r["cycle"], r["day"]) for r in rows if r["drsp_score"]}
    assert sum(len(diary.attested_days) for diary in reading.diaries) == len(filled) == 313


@pytest.fixture(scope="module")
def evenings(root):
    folder = root / "examples" / "headache_weather_n1"
    return read(folder).diary, _rows(folder / "headache_days.csv")


def test_headache_weather_has_90_headache_days_and_284_days_said_to_be_free(evenings):
    diary, rows = evenings
    headache = {dt.date(int(r["Year"]), int(r["Month"]), int(r["Day"])): r for r in rows}
    assert {r.when.day: r.level for r in diary.headache_ratings} == {
        day: float(r["Severity"]) for day, r in headache.items() if int(r["Headache"]) >= 1
    }
    assert {f.day for f in diary.free_days} == {
        d for d, r in headache.items() if r["Headache"] == "0"
    }
    assert (len(diary.headache_ratings), len(diary.free_days), diary.days) == (90, 284, 377)


def test_headache_weather_painkillers_were_asked_every_evening_and_taken_on_71(evenings):
    diary, rows = evenings
    taken = [float(row["Medication"]) for row in rows if row["Medication"] != "0"]
    assert [dose.count for dose in diary.doses] == taken
    assert (len(diary.doses), len(diary.asked_acute_days)) == (71, 374)
    assert all(dose.relief is not None and dose.purpose == "acute" for dose in diary.doses)


def test_the_shipped_headache_columns_are_those_of_the_full_file(root, shared_data):
    full = _rows(shared_data / "headache_weather_n1" / "daily_weather_data.csv")
    shipped = _rows(root / "examples" / "headache_weather_n1" / "headache_days.csv")
    assert shipped == [{name: row[name] for name in shipped[0]} for row in full]


def test_weather_is_read_from_the_full_file_and_pressure_compared_at_one_place_only(
    root, shared_data
):
    folder = shared_data / "headache_weather_n1"
    reading = read(folder, root / "examples" / "headache_weather_n1" / "with-weather.toml")
    rows = _rows(folder / "daily_weather_data.csv")
    by_day = {dt.date(int(r["Year"]), int(r["Month"]), int(r["Day"])): r for r in rows}
    falls = {}
    for day, row in by_day.items():
        before = by_day.get(day - dt.timedelta(1))
        if before and before["Location_ID"] == row["Location_ID"]:
            falls[day] = float(before["Pressure (hPa)"]) - float(row["Pressure (hPa)"])
    ours = {
        f.when.day: f.level for f in reading.diary.factors if f.claim == "weather_pressure_fall"
    }
    assert ours == falls
    assert len([f for f in reading.diary.factors if f.claim == "weather_heat"]) == 374
    assert reading.unread == ()


@pytest.mark.parametrize("name", ["kossakowski2017", "oura_migraine_n1", "cpass_pmdd_drsp"])
def test_the_shipped_files_are_the_sources_unchanged(root, shared_data, name):
    for file in (root / "examples" / name).glob("*.csv"):
        assert file.read_bytes() == (shared_data / name / file.name).read_bytes()
