"""The command line: ``twofold read``, ``review``, ``classify``, ``safety`` and the other verbs.

The verbs are the library's own. Exit codes: 0 done; 2 something in the input
can be mended; 3 a table of Twofold's own is broken; 4 a file could not be
written; 5 the kept diary is damaged; 130 stopped by the person. A person's
mistake never shows a traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from twofold import __version__
from twofold.app.cli.lab_verbs import add_lab
from twofold.app.cli.serve_verb import add_serve
from twofold.errors import TwofoldError

EPILOG = """\
examples:
  twofold demo                                    a report on a real diary
  twofold read diary.csv --mapping mapping.toml   what was understood, and what was not
  twofold review diary.csv --mapping mapping.toml --out report.html
  twofold review examples/cpass_pmdd_drsp --person "person 2"
  twofold classify examples/case.json             which headache patterns the answers fit
  twofold score phq9 1,1,0,2,,0,1,0,0             an empty place was left open
  twofold interactions "sertraline, sumatriptan"

Nothing leaves this machine. This is not a diagnosis.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name. Default: those of the process.

    Returns
    -------
    int
        The exit code.
    """
    # One diary's matrices are small: a second thread costs more to start than it saves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 — it lives as long as the process
    chosen = parser().parse_args(arguments)
    try:
        return _run(chosen)
    except TwofoldError as error:
        from twofold.app.cli.saying import shortened, without_controls

        print(without_controls(f"twofold: {shortened(error.sentence())}"), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("twofold: stopped. Nothing was changed.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"twofold: the output could not be written ({error.strerror}).", file=sys.stderr)
        return 4


def _run(chosen: argparse.Namespace) -> int:
    from twofold.app.cli import case_verbs, lab_verbs, serve_verb, store_verbs, verbs

    rooms = (verbs, serve_verb, store_verbs, lab_verbs, case_verbs)
    room = next(one for one in rooms if hasattr(one, f"{chosen.verb}_verb"))
    try:
        code: int = getattr(room, f"{chosen.verb}_verb")(chosen)
    except TwofoldError:
        case_verbs.say_what_cannot_wait(chosen)
        raise
    sys.stdout.flush()
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="twofold",
        description="One honest page about headache and mood, from one person's own days.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"twofold {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_read(verbs)
    _add_review(verbs)
    _add_schema(verbs)
    _add_demo(verbs)
    _add_case_verbs(verbs)
    _add_books(verbs)
    add_serve(verbs)
    add_lab(verbs)
    _add_store_verbs(verbs)
    return top


Verbs = argparse._SubParsersAction  # what add_subparsers returns; it has no public name


def _add_read(verbs: Verbs[argparse.ArgumentParser]) -> None:
    read = verbs.add_parser("read", help="say what a diary file holds, and what could not be read")
    read.add_argument(
        "path", metavar="PATH", help="a diary file, or a folder with mapping.toml inside"
    )
    _add_mapping(read)
    read.add_argument("--out", metavar="FILE.json", help="write the diary in Twofold's own JSON")
    read.add_argument(
        "--person", metavar="ID", help="only this person, when the file holds several"
    )
    _add_json(read)


def _add_review(verbs: Verbs[argparse.ArgumentParser]) -> None:
    review = verbs.add_parser("review", help="review one or more diaries")
    review.add_argument(
        "paths", metavar="PATH", nargs="+", help="diary files, or folders with mapping.toml"
    )
    _add_mapping(review)
    _add_report_options(review)
    review.add_argument(
        "--person", metavar="ID", help="only this person, when the file holds several"
    )
    review.add_argument("--today", metavar="DATE", help="review as of this day (2025-06-30)")
    review.add_argument("--case", metavar="CASE.json", help="answers beside the diary")


def _add_report_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help="write the report; .html, .json or .txt",
    )
    verb.add_argument(
        "--log",
        metavar="FILE",
        help="keep a dated list of the claims shown, and say what became of the earlier ones",
    )
    verb.add_argument(
        "--cohort", metavar="FILE", help="start from what other people's diaries have taught"
    )
    verb.add_argument(
        "--audience",
        choices=("person", "neurologist", "psychiatrist", "therapist"),
        default="person",
        help="for whom the report is written",
    )
    _add_country(verb)
    _add_json(verb)


def _add_schema(verbs: Verbs[argparse.ArgumentParser]) -> None:
    schema = verbs.add_parser("schema", help="print the JSON Schema of a diary, a case or a report")
    schema.add_argument("noun", choices=("diary", "case", "report"))
    _add_json(schema)


def _add_demo(verbs: Verbs[argparse.ArgumentParser]) -> None:
    demo = verbs.add_parser("demo", help="review a real diary that comes with Twofold")
    _add_report_options(demo)


def _add_case_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs that take one case: a JSON object of answers."""
    told = {
        "safety": "what must be said today, before anything else",
        "classify": "which headache patterns the answers fit, and what is still open",
        "overuse": "days with acute medicine, beside the levels of the books",
        "options": "options for a clinician, questions to bring for a person",
        "profile": "a profile of headache and mood from a short questionnaire",
    }
    for name, help_words in told.items():
        verb = verbs.add_parser(name, help=help_words)
        verb.add_argument("case", metavar="CASE.json", help="answers; `twofold schema case`")
        _add_json(verb)
        if name in ("safety", "options"):
            _add_country(verb)
        if name == "options":
            verb.add_argument("--audience", choices=("person", "clinician"), default="person")


def _add_books(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs that ask the books themselves."""
    score = verbs.add_parser("score", help="score a questionnaire")
    score.add_argument("scale", metavar="SCALE", help="its short name: phq9, gad7 …")
    score.add_argument(
        "items", metavar="0,1,,3", help="answers; an empty place was left open; or a total"
    )
    _add_country(score)
    _add_json(score)
    interactions = verbs.add_parser("interactions", help="check medicines against each other")
    interactions.add_argument("medicines", metavar='"DRUG, DRUG"', help="names, commas between")
    interactions.add_argument("--case", metavar="CASE.json", help="answers of the person")
    interactions.add_argument("--audience", choices=("person", "clinician"), default="person")
    interactions.add_argument(
        "--locale", choices=("US", "EU", "UK"), default="US", help="whose labels count"
    )
    _add_json(interactions)
    biology = verbs.add_parser("biology", help="what the two conditions share, with sources")
    biology.add_argument("--node", metavar="N", help="only this one, and what it is linked to")
    biology.add_argument("--out", metavar="FILE.html", help="write the map as one page")
    _add_json(biology)
    knowledge = verbs.add_parser("knowledge", help="check Twofold's own tables")
    knowledge.add_argument("what", choices=("check",))
    _add_json(knowledge)


def _add_store_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs of the diary that is kept."""
    add = verbs.add_parser("add", help="put a diary file into the diary that is kept")
    add.add_argument("path", metavar="PATH", nargs="?", help="as for `twofold read`")
    _add_mapping(add)
    add.add_argument("--person", metavar="ID", help="only this person, when the file holds several")
    add.add_argument("--to", metavar="NAME", help="whose diary, when several are kept here")
    add.add_argument("--dry-run", action="store_true", help="say what would be added")
    add.add_argument("--undo", metavar="ID", help="take an import out again")
    export = verbs.add_parser("export", help="write the kept diary in Twofold's own JSON")
    export.add_argument("file", metavar="FILE.json")
    backup = verbs.add_parser("backup", help="write a backup of the kept diary, encrypted")
    restore = verbs.add_parser("restore", help="put a backup back; what is there is moved aside")
    for verb in (backup, restore):
        verb.add_argument("file", metavar="FILE")
        verb.add_argument("--keys", metavar="FILE", help="the keys, apart from the backup")
    check = verbs.add_parser("check", help="look through the kept diary, and say what to do")
    check.add_argument("--mend", action="store_true", help="put right what can be put right")
    erase = verbs.add_parser("erase", help="erase a person for good")
    for verb in (export, erase):
        verb.add_argument(
            "--person", metavar="NAME", help="whose diary, when several are kept here"
        )
    for verb in (add, export, backup, restore, check, erase):
        verb.add_argument("--folder", metavar="PATH", help="where the diary lies")
        _add_json(verb)


def _add_country(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--country", metavar="NAME", help="whose crisis lines to show")


def _add_mapping(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--mapping", metavar="FILE.toml", help="what the columns of a CSV or TSV mean"
    )


def _add_json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print JSON to standard output")


if __name__ == "__main__":
    sys.exit(main())
