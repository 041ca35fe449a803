"""Change the clinical rules one small step at a time, and see whether a test notices.

``make mutants`` changes every rule in ``facts``, ``safety`` and ``guidance`` and writes
``docs/mutants.md``; it can be stopped and started again. ``--small`` changes only the
suicide question's type and the three-valued logic, prints the share, and fails under 90 of 100.
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
TREE = ROOT / ".cache" / "mutants"
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
WHOLE = (
    "src/twofold/facts/*",
    "src/twofold/safety/*",
    "src/twofold/guidance/*",
    "src/twofold/diary/item9.py",
    "src/twofold/knowledge/condition.py",
)
SMALL = ("src/twofold/diary/item9.py", "src/twofold/knowledge/condition.py")
LEAST_OF_SMALL = 90.0
# Tests of the rules themselves. Those that run a whole review see every rule and would take days.
RULES = (
    *("attack", "case_file", "classification", "conditions", "facts", "interactions", "item_9"),
    *("education", "known", "medicines", "menstrual", "mood", "options", "overuse", "profile"),
    *("recovery", "red_flags"),
    *("safety", "scales", "shelf"),
)
# It reads the source, which the changes have rewritten.
NOT_OF_SOURCE = "not no_code_compares"
SMALL_RULES = ("case_file", "conditions", "item_9")
KILLED = ("killed", "timeout", "caught by type check", "suspicious", "segfault")


def main(arguments: list[str]) -> int:
    is_small = arguments == ["--small"]
    tree = TREE / ("small" if is_small else "whole")
    prepare(tree, SMALL if is_small else WHOLE, SMALL_RULES if is_small else RULES)
    if run(tree) != 0:
        return 1
    counts = counted(tree)
    print("\n".join(table(counts)))
    if is_small:
        return 0 if score(total(counts)) >= LEAST_OF_SMALL else 1
    PAGE.write_text(page(counts), "utf-8")
    return 0


def prepare(tree: Path, mutated: tuple[str, ...], rules: tuple[str, ...]) -> None:
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
        "only_mutate": list(mutated),
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


def run(tree: Path) -> int:
    """Ask the tests about every change; what was asked before is not asked again."""
    command = (sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1))
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr)[-4000:])
    return done.returncode


def counted(tree: Path) -> dict[str, Counter[str]]:
    """Return how many changes of each module ended in which way."""
    command = (sys.executable, "-m", "mutmut", "results", "--all", "true")
    told = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
    counts: dict[str, Counter[str]] = {}
    for name, ending in re.findall(r"^\s*(\S+): (.+)$", told, flags=re.MULTILINE):
        module = re.split(r"\.xǁ|\.x_", name)[0]
        counts.setdefault(module, Counter())[ending.strip()] += 1
    return dict(sorted(counts.items()))


def total(counts: dict[str, Counter[str]]) -> Counter[str]:
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


def table(counts: dict[str, Counter[str]]) -> list[str]:
    rows = ["| module | changes | noticed | of 100 |", "|---|---|---|---|"]
    for module, endings in {**counts, "all": total(counts)}.items():
        noticed = sum(endings[ending] for ending in KILLED)
        name = module.removeprefix("twofold.")
        rows.append(f"| {name} | {asked(endings)} | {noticed} | {score(endings):.1f} |")
    return rows


def page(counts: dict[str, Counter[str]]) -> str:
    commit = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"), cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    not_asked = total(counts)["not checked"]
    rest = f" {not_asked} changes were not asked about yet." if not_asked else ""
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
