"""The front door: few names, each explained, and nothing heavy behind it until it is needed."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

import twofold

RUN_ONLY = re.compile(r"__main__$|\.migrations\.")  # the second are run by alembic alone
NAMES = {
    # the line: a file, a diary, a report
    "read", "Reading", "review", "Diary", "Report", "Said", "TwofoldError",
    # answers beside a diary
    "read_case", "Case", "Answers",
    # what other people's diaries have taught
    "learn_cohort",
    "read_cohort",
    "write_cohort",
    # what a person writes
    "Attack", "HeadacheRating", "FreeDay", "MoodNote", "ScaleAnswer", "Sleep", "CycleDay",
    "Dose", "Course", "FactorEntry", "Conventions",
    # quantities
    "When", "Quantity", "Span",
    "__version__",
}  # fmt: skip

HEAVY = ("numpy", "scipy", "pydantic", "jinja2")


def test_the_front_door_has_these_names_and_no_other() -> None:
    assert set(twofold.__all__) == NAMES
    assert set(dir(twofold)) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__"}))
def test_every_name_at_the_front_door_is_explained(name: str) -> None:
    doc = inspect.getdoc(getattr(twofold, name))
    assert doc and doc.splitlines()[0].endswith((".", ":"))


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'diagnose'"):
        _ = twofold.diagnose  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "statement",
    [
        "import twofold",
        "from twofold.app.cli.main import main; main(['--version'])",
        "from twofold.app.cli.main import main; main(['--help'])",
    ],
)
def test_opening_the_door_loads_nothing_heavy(statement: str) -> None:
    run = f"try:\n {statement}\nexcept SystemExit:\n pass"
    asked = f"import sys\n{run}\nprint('LOADED', *[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]


def test_every_public_function_says_what_it_gives() -> None:
    silent = [place for place, thing in public_things() if not inspect.getdoc(thing)]
    assert silent == []


def public_things() -> Iterator[tuple[str, object]]:
    """Give every public function and class of the package, with its place."""
    found = pkgutil.walk_packages(twofold.__path__, "twofold.")
    for name in (one.name for one in found if not RUN_ONLY.search(one.name)):
        module = import_module(name)
        for name, thing in list(vars(module).items()):
            is_ours = getattr(thing, "__module__", None) == module.__name__
            if (
                is_ours
                and not name.startswith("_")
                and (inspect.isfunction(thing) or inspect.isclass(thing))
            ):
                yield f"{module.__name__}.{name}", thing
