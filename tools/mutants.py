"""Change the clinical rules one small step at a time, and see whether a test notices.

``make mutants`` changes every rule in ``facts``, ``safety`` and ``guidance``, group by group, and
writes ``docs/mutants.md`` after each; it can be stopped and started again, and asked for single
groups (``python tools/mutants.py safety``). ``--small`` changes only the suicide question's type
and the three-valued logic, prints the share, and fails under 90 of 100.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ROOT / ".cache" / "mutants"
Counts = dict[str, Counter[str]]
PAGE = ROOT / "docs" / "mutants.md"
COPIED = (
    "src",
    "tests",
    "examples",
    "bench",
    "tools",
    "pyproject.toml",
    "importlinter.ini",
    "README.md",
)
RULES = "src/twofold"
# Each group of rules is asked of its own tests: those of a whole review see every rule, and would
# take days.
GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "safety": (("safety/*", "diary/item9.py"), ("safety", "item_9")),
    "scales": (
        ("facts/scales.py", "facts/score.py", "facts/scale_change.py", "facts/mood.py"),
        ("scales", "facts_mood"),
    ),
    "interactions": (
        ("guidance/interactions.py", "guidance/matching.py", "guidance/silence.py"),
        ("interactions",),
    ),
    "options": (
        ("guidance/options.py", "guidance/derived.py", "guidance/discussion.py"),
        ("options", "profile", "education"),
    ),
    "profile": (
        ("guidance/questions.py", "guidance/profile.py", "guidance/programme.py"),
        ("options", "profile", "education"),
    ),
    "medicines": (
        ("facts/shelf.py", "facts/acute_months.py", "facts/overuse.py", "facts/recovery.py"),
        ("shelf", "overuse", "medicines"),
    ),
    "patterns": (
        (
            *("facts/classification.py", "facts/criteria.py", "facts/following.py"),
            *("facts/reasons.py", "facts/red_flags.py", "facts/menstrual.py"),
            *("facts/attack_answers.py", "facts/attacks_over_months.py"),
        ),
        ("classification", "red_flags"),
    ),
    "answers": (
        (
            *("facts/answers.py", "facts/known.py", "facts/diary_shelf.py", "facts/private.py"),
            "knowledge/condition.py",
        ),
        (
            "conditions",
            "case_file",
            "known",
            "joint",
            "many_doses",
            "a_dose_meets",
        ),
    ),
    "days": (
        (
            *("facts/days.py", "facts/counting.py", "facts/cycle.py", "facts/headache.py"),
            *("facts/medication.py", "facts/conventions.py", "facts/facts.py"),
        ),
        ("facts", "overuse", "medicines", "days_of_an_attack"),
    ),
}
SMALL = (("diary/item9.py", "knowledge/condition.py"), ("case_file", "conditions"))
LEAST_OF_SMALL = 90.0
# It reads the source, which the changes have rewritten.
NOT_OF_SOURCE = "not no_code_compares"
KILLED = ("killed", "timeout", "caught by type check", "suspicious", "segfault")


def main(arguments: list[str]) -> int:
    if arguments == ["--small"]:
        counts = asked_of("small", *SMALL)
        print("\n".join(table(counts)))
        return 0 if score(total(counts)) >= LEAST_OF_SMALL else 1
    for group in arguments or GROUPS:
        asked_of(group, *GROUPS[group])
        PAGE.write_text(page(all_counted()), "utf-8")
        print(f"{group}: {score(total(counted(TREES / group))):.1f} of 100", flush=True)
    return 0


def asked_of(name: str, changed: tuple[str, ...], tests: tuple[str, ...]) -> Counts:
    """Ask the tests about every change of some rules, and count how it ended."""
    tree = TREES / name
    prepare(tree, changed, tests)
    run(tree)
    return counted(tree)


def all_counted() -> Counts:
    """Return the counts of every group that was asked so far, today or earlier."""
    there = [TREES / name for name in GROUPS if (TREES / name / "mutants").is_dir()]
    found = {module: one for tree in there for module, one in counted(tree).items()}
    return {module: one for module, one in found.items() if asked(one)}


def prepare(tree: Path, changed: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Copy what is there now, and say which files are to be changed and which tests to ask."""
    tree.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, tree / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".venv", "results")
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy2(source, target)
    tests = sorted(
        str(path.relative_to(tree))
        for rule in rules
        for path in (tree / "tests" / "spec").glob(f"test_{rule}*.py")
    )
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"{RULES}/{name}" for name in changed],
        "also_copy": ["examples", "bench", "tools", "importlinter.ini", "README.md"],
        "pytest_add_cli_args": [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "--hypothesis-profile=few",
            "-k",
            NOT_OF_SOURCE,
        ],
        "pytest_add_cli_args_test_selection": sorted(set(tests)),
        "mutate_only_covered_lines": True,
        "use_git_change_detection": False,
    }
    lines = [
        f"{key} = {str(value).lower() if isinstance(value, bool) else value}"
        for key, value in settings.items()
    ]
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")


def run(tree: Path) -> None:
    """Ask the tests about every change; what was asked before is not asked again."""
    command = (sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1))
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit((done.stdout + done.stderr)[-4000:])


def counted(tree: Path) -> Counts:
    """Return how many changes of each module ended in which way."""
    command = (sys.executable, "-m", "mutmut", "results", "--all", "true")
    told = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
    counts: Counts = {}
    for name, ending in re.findall(r"^\s*(\S+): (.+)$", told, flags=re.MULTILINE):
        module = re.split(r"\.xǁ|\.x_", name)[0]
        counts.setdefault(module, Counter())[ending.strip()] += 1
    return dict(sorted(counts.items()))


def total(counts: Counts) -> Counter[str]:
    whole: Counter[str] = Counter()
    for one in counts.values():
        whole.update(one)
    return whole


def asked(endings: Counter[str]) -> int:
    """Return how many changes were asked about; lines that no test reaches count as not noticed."""
    return sum(number for ending, number in endings.items() if ending != "not checked")


def score(endings: Counter[str]) -> float:
    """Return the share of changes, of 100, that a test noticed."""
    noticed = sum(endings[ending] for ending in KILLED)
    return 100 * noticed / asked(endings) if asked(endings) else 0.0


def table(counts: Counts) -> list[str]:
    rows = ["| module | changes | noticed | of 100 |", "|---|---|---|---|"]
    for module, endings in {**counts, "all": total(counts)}.items():
        noticed = sum(endings[ending] for ending in KILLED)
        name = module.removeprefix("twofold.")
        rows.append(f"| {name} | {asked(endings)} | {noticed} | {score(endings):.1f} |")
    return rows


def page(counts: Counts) -> str:
    commit = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"), cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    open_groups = [name for name in GROUPS if not (TREES / name / "mutants").is_dir()]
    rest = f" Not asked yet: {', '.join(open_groups)}." if open_groups else ""
    unasked = total(counts)["not checked"]
    rest += f" In the groups below, {unasked} changes were not asked about yet." if unasked else ""
    return (
        "# Would a test notice?\n\n"
        "Each clinical rule is changed one small step at a time (a sign, a number, a word), and "
        "the tests of the rules are asked whether they notice. `make mutants` writes this page; it "
        "can be stopped and started again.\n\n"
        f"{dt.date.today().isoformat()} · commit {commit} · {machine}.{rest}\n\n"
        + "\n".join(table(counts))
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
