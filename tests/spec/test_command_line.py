"""The command line: the library's verbs, plain errors, and nothing written by halves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import twofold
from twofold.app.cli.main import main, parser

ROOT = Path(__file__).resolve().parents[2]
KOSSAKOWSKI = str(ROOT / "examples" / "kossakowski2017")
CPASS = str(ROOT / "examples" / "cpass_pmdd_drsp")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twofold", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def test_read_says_what_was_understood_and_what_was_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", KOSSAKOWSKI]) == 0
    said = capsys.readouterr().out
    assert "155 days" in said and "an entry on 154" in said
    assert "3 or more" in said and "Not read: 0" in said


def test_json_goes_to_standard_output_in_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["read", CPASS], ["review", KOSSAKOWSKI], ["demo"]):
        assert main([*arguments, "--json"]) == 0
        json.loads(capsys.readouterr().out)
    for noun in ("diary", "report"):
        assert main(["schema", noun, "--json"]) == 0
        schema = json.loads(capsys.readouterr().out)
        jsonschema.Draft202012Validator.check_schema(schema)


def test_one_report_and_several_reports_both_fit_the_printed_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["schema", "report"])
    schema = json.loads(capsys.readouterr().out)
    for path in (KOSSAKOWSKI, CPASS):
        main(["review", path, "--json"])
        jsonschema.validate(json.loads(capsys.readouterr().out), schema)


def test_the_ending_of_the_name_chooses_the_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [tmp_path / f"report{ending}" for ending in (".html", ".json", ".txt")]
    outs = [word for name in names for word in ("--out", str(name))]
    assert main(["review", KOSSAKOWSKI, *outs]) == 0
    assert names[0].read_text().lower().startswith("<!doctype html>")
    assert json.loads(names[1].read_text())["format"] == "twofold-report-1"
    assert names[2].read_text().strip() in capsys.readouterr().out


def test_an_unknown_ending_is_refused_with_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", KOSSAKOWSKI, "--out", "report.docx"]) == 2
    assert ".html, .json or .txt" in capsys.readouterr().err


def test_several_people_get_one_file_each(tmp_path: Path) -> None:
    assert main(["review", CPASS, "--out", str(tmp_path / "r.html")]) == 0
    assert len(list(tmp_path.glob("r-*.html"))) == 13


def test_a_person_can_be_named_and_a_stranger_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    people = json.loads(run("read", CPASS, "--json").stdout)["diaries"]
    assert main(["review", CPASS, "--person", people[2]["person"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["person"] == people[2]["person"]
    assert main(["review", CPASS, "--person", "nobody"]) == 2
    assert "nobody here is called" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["read", "no-such-file.csv"], "no-such-file.csv"),
        (["review", KOSSAKOWSKI, "--today", "31.06.2025"], "is not a day"),
        (["review", KOSSAKOWSKI, "--today", "2011-01-01"], "before the diary's first day"),
        (["review", CPASS, "--today", "2025-01-01"], "no dates"),
        (["read", CPASS, "--out", "diary.json"], "13 people"),
        (["read", KOSSAKOWSKI, "--out", "diary.csv"], "written as .json"),
    ],
)
def test_a_persons_mistake_gets_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str
) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_report_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    done = run("review", KOSSAKOWSKI, "--out", str(tmp_path / "missing" / "r.html"))
    assert done.returncode == 4
    assert "Nothing was changed" in done.stderr and not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_report_whole(tmp_path: Path) -> None:
    old = tmp_path / "r.txt"
    old.write_text("the old report")
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))\n"
        "from twofold.app.cli.main import main\n"
        f"sys.exit(main(['review', {KOSSAKOWSKI!r}, '--out', {str(old)!r}]))\n"
    )
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 4, done.stderr
    assert old.read_text() == "the old report"
    assert [file.name for file in tmp_path.iterdir()] == ["r.txt"]


def test_an_exported_diary_reads_back_to_the_same_report(tmp_path: Path) -> None:
    out = tmp_path / "diary.json"
    assert main(["read", KOSSAKOWSKI, "--out", str(out)]) == 0
    assert twofold.read(str(out)).diary == twofold.read(KOSSAKOWSKI).diary


def test_the_log_keeps_what_was_said_and_never_twice_for_one_day(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    for today in ("2012-12-01", "2012-12-01", "2013-01-14"):
        assert main(["review", KOSSAKOWSKI, "--today", today, "--log", str(log)]) == 0
    rows = next(iter(json.loads(log.read_text())["people"].values()))
    pairs = [(row["shown_on"], row["key"]) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert {row["shown_on"] for row in rows} == {"2012-12-01", "2013-01-14"}


WEEKLY = ("2012-11-01", "2012-12-01", "2012-12-29", "2013-01-14")


@pytest.fixture(scope="module")
def kept_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of four reviews of one real diary, and the last report beside it."""
    log = tmp_path_factory.mktemp("log") / "log.json"
    for today in WEEKLY:
        outs = ["--out", str(log.with_name("report.json")), "--out", str(log.with_name("r.txt"))]
        assert main(["review", KOSSAKOWSKI, "--today", today, "--log", str(log), *outs]) == 0
    return log


def test_a_later_review_says_what_became_of_what_was_said(kept_log: Path) -> None:
    fate = json.loads(kept_log.with_name("report.json").read_text())["fate"]
    assert [one["shown_on"] for one in fate["outlooks"]] == list(WEEKLY[:3])
    whole = fate["outlooks"][0]
    assert (whole["first"], whole["last"]) == ("2012-11-02", "2012-11-29")
    assert (whole["hits"], whole["unknown"], whole["place"]) == (11, 0, "inside")
    assert fate["outlooks"][2]["ahead"] == 12 and fate["outlooks"][1]["unknown"] == 1
    assert {one["fate"] for one in fate["claims"]} <= {"still unlikely", "withdrawn"}
    words = " ".join(kept_log.with_name("r.txt").read_text().split())
    assert "2 Nov 2012 to 29 Nov 2012: we said" in words and "11 came." in words


def test_every_answer_is_logged_also_where_no_card_shows_it(kept_log: Path) -> None:
    told = json.loads(kept_log.read_text())
    (rows,) = told["people"].values()
    last = {row["key"]: row for row in rows if row["shown_on"] == WEEKLY[-1]}
    report = json.loads(kept_log.with_name("report.json").read_text())
    shown = {card["key"] for card in report["cards"] if card["verdict"] != "not yet"}
    assert told["format"] == "twofold-log-2" and shown <= set(last)
    assert len(last) == len(shown) + len(report["unlikely_factors"])
    assert last["burden"]["about"] == "2013-01-15" and last["burden"]["until"] == "2013-02-11"
    assert 0 <= last["burden"]["low"] < last["burden"]["high"] <= 28


def test_a_log_of_the_first_format_is_read_and_written_as_the_second(
    kept_log: Path, tmp_path: Path
) -> None:
    later = ("direction", "about", "until", "low", "high")
    told = json.loads(kept_log.read_text())
    people = {
        person: [{key: one for key, one in row.items() if key not in later} for row in rows]
        for person, rows in told["people"].items()
    }
    log = tmp_path / "log.json"
    log.write_text(json.dumps({"format": "twofold-log-1", "people": people}))
    assert main(["review", KOSSAKOWSKI, "--log", str(log)]) == 0
    again = json.loads(log.read_text())
    assert again["format"] == "twofold-log-2"
    assert [len(rows) for rows in again["people"].values()] == [
        len(rows) for rows in told["people"].values()
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"chance": 130.0},
        {"chance": "31"},
        {"verdict": "proven"},
        {"direction": "up"},
        {"shown_on": "yesterday"},
        {"about": "2013-01-15", "until": "2012-01-15"},
        {"about": "2013-01-15", "until": "9999-01-15"},
        {"about": "2013-01-15", "until": "day 9"},
        {"about": "2013-01-15"},
        {"low": "few"},
        {"key": 7},
        {"mood": "low"},
    ],
    ids=str,
)
def test_a_log_with_a_row_that_cannot_be_is_refused_and_left_as_it_is(
    kept_log: Path, tmp_path: Path, wrong: dict[str, object]
) -> None:
    told = json.loads(kept_log.read_text())
    next(iter(told["people"].values()))[0].update(wrong)
    log = tmp_path / "log.json"
    log.write_text(json.dumps(told))
    was = log.read_text()
    assert main(["review", KOSSAKOWSKI, "--log", str(log)]) == 2
    assert log.read_text() == was


def test_a_cohort_moves_where_answers_start_and_the_report_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cohort.json"
    state = {
        "format": "twofold-cohort-1", "people": 200, "days": 18000,
        "effects": {"mood_to_headache": [0.6, 0.3, 0.3]}, "nuisances": {}, "surprise": 0.25,
    }  # fmt: skip
    path.write_text(json.dumps(state))
    alone = json.loads(twofold.review(twofold.read(KOSSAKOWSKI)).to_json())
    assert main(["review", KOSSAKOWSKI, "--cohort", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    priors = [one["cards"][0]["prior"] for one in (alone, told)]
    assert priors[1] > 2 * priors[0]
    assert any("200 of them" in line for line in told["how_counted"])
    assert not any("of them" in line for line in alone["how_counted"])


@pytest.mark.parametrize("words", ["", "{}", '{"format": "twofold-cohort-1"}', "[" * 3000])
def test_a_file_that_is_no_cohort_is_refused(tmp_path: Path, words: str) -> None:
    path = tmp_path / "cohort.json"
    path.write_text(words)
    assert main(["review", KOSSAKOWSKI, "--cohort", str(path)]) == 2


def test_a_report_never_replaces_a_cohort(tmp_path: Path) -> None:
    path = tmp_path / "cohort.json"
    path.write_text("{}")
    assert main(["review", KOSSAKOWSKI, "--cohort", str(path), "--out", str(path)]) == 2
    assert path.read_text() == "{}"


@pytest.mark.parametrize("words", ["", "{}", "[1]", '{"format": "other"}', "not json", "\x00\x01"])
def test_a_file_that_is_not_a_log_is_refused_and_left_as_it_is(tmp_path: Path, words: str) -> None:
    log = tmp_path / "log.json"
    log.write_text(words)
    assert main(["review", KOSSAKOWSKI, "--log", str(log)]) == 2
    assert log.read_text() == words


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from twofold.app.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy', 'scipy', 'pydantic', 'jinja2') if m in sys.modules])"
    )
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("verb", ["classify", "overuse", "options", "safety", "profile"])
def test_whatever_is_asked_of_a_case_the_safety_page_stands_first(
    verb: str, tmp_path: Path
) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"item9": 1, "mhd": 9, "triptan": 4}')
    done = run(verb, str(case))
    assert done.returncode == 0
    assert "Emergency" in done.stdout.splitlines()[0]
    assert "Are you safe right now?" in done.stdout
    checked = run("interactions", "sertraline, sumatriptan", "--case", str(case))
    assert "Emergency" in checked.stdout.splitlines()[0]


def test_every_verb_of_the_parser_has_its_function() -> None:
    from twofold.app.cli import case_verbs, lab_verbs, serve_verb, store_verbs, verbs

    every = (verbs, case_verbs, serve_verb, store_verbs, lab_verbs)
    actions = [action for action in parser()._actions if action.dest == "verb"]
    for verb in actions[0].choices or ():
        rooms = [room for room in every if hasattr(room, f"{verb}_verb")]
        assert len(rooms) == 1, f"{verb} has its function in {len(rooms)} rooms"


def test_without_a_terminal_there_is_no_colour_and_no_progress_line() -> None:
    done = run("review", CPASS)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr and "\r" not in done.stderr


def test_a_terminal_without_the_shapes_gets_plain_letters() -> None:
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": "", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "twofold", "review", KOSSAKOWSKI],
        capture_output=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.isascii()


def test_a_report_never_replaces_what_is_read(tmp_path: Path) -> None:
    diary = tmp_path / "diary.json"
    main(["read", KOSSAKOWSKI, "--out", str(diary)])
    was = diary.read_text()
    done = run("review", str(diary), "--out", str(diary))
    assert done.returncode == 2 and "would replace it" in done.stderr
    assert diary.read_text() == was
    log = tmp_path / "log.json"
    assert run("review", KOSSAKOWSKI, "--log", str(log), "--out", str(log)).returncode == 2
    assert not log.exists()


def test_a_log_never_takes_the_claims_of_two_people_with_one_label(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    done = run("review", KOSSAKOWSKI, KOSSAKOWSKI, "--log", str(log))
    assert done.returncode == 2 and "same label" in done.stderr and not log.exists()


def test_a_claim_that_was_not_shown_is_not_logged(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    done = run("review", KOSSAKOWSKI, "--log", str(log), "--out", str(tmp_path / "no" / "r.txt"))
    assert done.returncode == 4 and not log.exists()


def test_no_control_character_of_a_file_reaches_the_terminal(tmp_path: Path) -> None:
    from dataclasses import replace

    from twofold.intake import native

    steering = replace(twofold.read(KOSSAKOWSKI).diary, person="\x1b[31mred\x07")
    path = tmp_path / "diary.json"
    path.write_text(native.dump(steering), encoding="utf-8")
    for arguments in (["read", str(path)], ["review", str(path)], ["read", "\x1b[2Jgone.csv"]):
        done = run(*arguments)
        assert "\x1b" not in done.stdout + done.stderr and "\x07" not in done.stdout


def test_the_examples_of_the_help_run() -> None:
    import shlex

    from twofold.app.cli.main import EPILOG

    lines = [line.split("  ", 2)[1] for line in EPILOG.splitlines() if line.startswith("  twofold")]
    for line in lines:
        words = shlex.split(line)[1:]
        if "diary.csv" not in words:
            assert run(*words, "--json").returncode == 0, line


def test_a_cohort_of_too_few_days_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cohort.json"
    state = {
        "format": "twofold-cohort-1", "people": 3, "days": 270,
        "effects": {"mood_to_headache": [0.6, 0.3, 0.3]}, "nuisances": {}, "surprise": 0.25,
    }  # fmt: skip
    path.write_text(json.dumps(state))
    assert main(["review", KOSSAKOWSKI, "--cohort", str(path)]) == 2
    assert "270 known days" in capsys.readouterr().err


def test_an_error_about_something_endless_can_still_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["score", "x" * 9000, "1"], ["biology", "--node", "x" * 9000]):
        assert main(arguments) == 2
        assert len(capsys.readouterr().err) < 2000


@pytest.mark.parametrize("path", ["", "no-such-folder/\0", "."])
def test_a_path_that_leads_nowhere_is_refused_by_every_verb(path: str) -> None:
    for verb in ("read", "review", "classify", "overuse", "safety", "options", "profile"):
        assert main([verb, path]) == 2
    assert main(["interactions", "sertraline", "--case", path]) == 2
    assert main(["review", KOSSAKOWSKI, "--case", path]) == 2


def test_a_report_never_replaces_the_case_or_the_mapping(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"age": 34}')
    for option in ("--case", "--mapping"):
        assert main(["review", KOSSAKOWSKI, option, str(case), "--out", str(case)]) == 2
    assert case.read_text() == '{"age": 34}'


def test_a_name_that_is_not_known_never_hides_the_safety_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"item9": 3, "current": ["nonsense"], "acute_days": ["nonsense"]}')
    for arguments in (
        ["options", str(case)],
        ["review", KOSSAKOWSKI, "--case", str(case)],
        ["overuse", str(case)],
        ["classify", str(case)],
    ):
        assert main(arguments) == 2
        told = capsys.readouterr().err
        assert "Are you safe right now?" in told and "nonsense" in told
    assert main(["options", str(case), "--audience", "clinician"]) == 2
    assert "Are you safe" not in capsys.readouterr().err
