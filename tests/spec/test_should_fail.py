"""Bad input: every case is a small file and the sentence it must give; see cases/should_fail."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from twofold.errors import ReadError, TwofoldError
from twofold.intake.read import read

FOLDER = Path(__file__).resolve().parent.parent / "cases" / "should_fail"
CASES = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))["case"]


def _read(case: dict[str, str]):
    mapping = FOLDER / case["mapping"] if "mapping" in case else None
    return read(FOLDER / case["path"], mapping)


def test_there_are_at_least_forty_five_cases_and_each_says_something_else():
    assert len(CASES) >= 45
    assert len({case["what"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [c for c in CASES if "refused" in c], ids=lambda c: c["what"])
def test_refused(case):
    with pytest.raises(TwofoldError) as caught:
        _read(case)
    assert type(caught.value).__name__ == case["refused"]
    assert case["says"] in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("case", [c for c in CASES if "listed" in c], ids=lambda c: c["what"])
def test_listed_and_the_rest_is_read(case):
    reading = _read(case)
    said = {(one.place, one.reason) for one in reading.unread}
    assert any(place == case["listed"] and case["says"] in reason for place, reason in said), said
    assert len(reading.diaries) == 1


@pytest.mark.parametrize("case", [c for c in CASES if "refused" in c], ids=lambda c: c["what"])
def test_a_refusal_is_one_short_paragraph_without_a_traceback(case):
    with pytest.raises(TwofoldError) as caught:
        _read(case)
    assert "\n" not in str(caught.value).rstrip()
    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value)) < 700


def _daily(tmp_path: Path, text: str | bytes, name: str = "diary.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


HEADER = "date,headache,mood,tablets,hours,note\n"
GOOD = "2025-06-01,3,6,0,7.5,\n"


def test_a_million_columns_are_refused(tmp_path):
    path = _daily(tmp_path, ",".join(["c"] * 1_000_000) + "\n1\n")
    with pytest.raises(ReadError, match="the first line has 1000000 columns; more than 10000"):
        read(path, FOLDER / "daily.toml")


def test_a_cell_of_two_hundred_thousand_letters_is_refused_with_its_line(tmp_path):
    path = _daily(tmp_path, HEADER + GOOD + "2025-06-02,3,6,0,7," + "x" * 200_000 + "\n")
    with pytest.raises(ReadError, match="a cell of line 3 holds more than 131072 letters"):
        read(path, FOLDER / "daily.toml")


def test_json_nested_a_hundred_thousand_deep_is_refused(tmp_path):
    path = _daily(tmp_path, "[" * 100_000 + "]" * 100_000, "deep.json")
    with pytest.raises(ReadError, match="nested too deep"):
        read(path)


def test_a_number_of_ten_thousand_digits_is_refused(tmp_path):
    text = '{"format": "twofold-diary-1", "first_day": ' + "9" * 10_000 + "}"
    with pytest.raises(ReadError, match="thousands of digits"):
        read(_daily(tmp_path, text, "long.json"))


def test_an_undated_diary_of_a_million_days_is_refused(tmp_path):
    text = '{"format": "twofold-diary-1", "person": "you", "first_day": 0, "last_day": 1000000}'
    with pytest.raises(ReadError, match="more than 120 years"):
        read(_daily(tmp_path, text, "long.json"))


def test_a_file_of_more_than_two_hundred_megabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_001)  # a hole: nothing is written
    with pytest.raises(ReadError, match="larger than 200 MB"):
        read(path, FOLDER / "daily.toml")


def test_a_device_is_not_a_diary():
    with pytest.raises(ReadError, match="not an ordinary file"):
        read(os.devnull, FOLDER / "daily.toml")


def test_a_pipe_is_not_a_diary_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ReadError, match="not an ordinary file"):
        read(tmp_path / "pipe.json")


def test_a_path_with_a_nul_or_far_too_long_is_refused():
    for path in ("a\x00b.csv", "x" * 5000 + ".csv"):
        with pytest.raises(ReadError, match="there is no such file"):
            read(path)


def test_a_note_that_looks_like_a_formula_stays_as_it_was_written(tmp_path):
    path = _daily(tmp_path, HEADER + '2025-06-01,3,6,0,7.5,"=HYPERLINK(""x"")"\n')
    reading = read(path, FOLDER / "daily.toml")
    assert reading.diary.notes[0].text == '=HYPERLINK("x")'
    assert reading.unread == ()


def test_out_of_scale_in_one_cell_leaves_the_other_cells_of_the_line(tmp_path):
    path = _daily(tmp_path, HEADER + GOOD + "2025-06-02,11,6,2,7,\n")
    diary = read(path, FOLDER / "daily.toml").diary
    assert len(diary.headache_ratings) == 1
    assert len(diary.mood_notes) == 2
    assert len(diary.doses) == 1


def test_of_two_contradicting_lines_neither_is_read(tmp_path):
    path = _daily(tmp_path, HEADER + GOOD + "2025-06-02,3,6,0,7,\n2025-06-02,8,6,0,7,\n")
    reading = read(path, FOLDER / "daily.toml")
    assert [note.when.day.day for note in reading.diary.mood_notes] == [1]
    assert len(reading.unread) == 2
