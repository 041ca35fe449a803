"""The floors hold, and every contract that says so is able to say no."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# One forbidden step for each contract: which file, in which room, would import what.
STEPS_TOO_FAR = {
    "floors": {"facts/extra.py": "twofold.inference"},
    "circles": {"diary/extra.py": "twofold.facts", "facts/extra.py": "twofold.diary"},
    "statistics": {"inference/extra.py": "twofold.diary.diary"},
    "renderers": {"report/html.py": "twofold.facts"},
    "readers": {"intake/extra.py": "twofold.facts"},
    "store": {"store/extra.py": "twofold.facts"},
    "guidance": {"guidance/extra.py": "twofold.diary.diary"},
    "lab": {"lab/extra.py": "twofold.diary.diary"},
    "cohort": {"cohort/extra.py": "twofold.people"},
    "safety": {"safety/extra.py": "twofold.inference"},
    "doors": {"app/extra.py": "twofold.daytable"},
    "plain": {"knowledge/extra.py": "numpy"},
    "templates": {"facts/extra.py": "jinja2"},
    "special": {"facts/extra.py": "scipy.special"},
    "validation": {"facts/extra.py": "pydantic"},
    "drivers": {"app/extra.py": "sqlalchemy"},
    "framework": {"store/extra.py": "fastapi"},
}


MODULES = {"argon2-cffi": "argon2"}
# fastapi reads forms with the first, zoneinfo places with the second, sqlalchemy a clinic with the third
USED_BY_OTHERS = {"python-multipart", "tzdata", "psycopg"}


def lint(config: Path, source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", str(config)]
    return subprocess.run(
        [*command, "--no-cache", *options],
        env=os.environ | {"PYTHONPATH": str(source), "COLUMNS": "200"},
        cwd=source,
        capture_output=True,
        text=True,
    )


def test_every_room_stands_only_on_the_floors_below_it(root: Path) -> None:
    done = lint(root / "importlinter.ini", root / "src")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", STEPS_TOO_FAR)
def test_a_step_too_far_is_seen(contract: str, root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "src" / "twofold", tmp_path / "twofold")
    for place, target in STEPS_TOO_FAR[contract].items():
        with (tmp_path / "twofold" / place).open("a") as file:
            file.write(f"\nimport {target}\n")
    done = lint(root / "importlinter.ini", tmp_path, "--contract", contract)
    strayed = place.removesuffix(".py").replace("/", ".")
    assert done.returncode == 1 and "1 broken" in done.stdout, done.stdout + done.stderr
    assert f".{strayed}" in done.stdout or contract == "circles"


def test_a_file_that_belongs_to_no_floor_is_seen(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "src" / "twofold", tmp_path / "twofold")
    (tmp_path / "twofold" / "drawer.py").write_text('"""Things without a place."""\n')
    done = lint(root / "importlinter.ini", tmp_path, "--contract", "floors")
    assert done.returncode == 1 and "twofold.drawer" in done.stdout, done.stdout + done.stderr


def test_every_contract_is_shown_to_be_able_to_fail(root: Path) -> None:
    config = configparser.ConfigParser()
    config.read(root / "importlinter.ini", encoding="utf-8")
    ids = {name.rpartition(":")[2] for name in config.sections() if ":contract:" in name}
    assert ids == set(STEPS_TOO_FAR)


def test_only_load_opens_the_tables_of_the_books(root: Path) -> None:
    source = root / "src" / "twofold"
    openers = {str(path.relative_to(source)) for path in importers_of("tomllib", source)}
    mappings = {name for name in openers if name.startswith("intake/mapping")}
    assert openers - mappings == {"knowledge/load.py", "lab/recipe.py"}  # a recipe is no table


def test_every_declared_dependency_is_used_and_no_other(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["fast"], *extras["app"]]
    named = {re.split(r"[\[>]", line)[0] for line in needed}
    declared = {MODULES.get(name, name) for name in named} - USED_BY_OTHERS
    modules = {
        name.partition(".")[0] for path in (root / "src").rglob("*.py") for name in imported(path)
    }
    own = {"twofold", "markupsafe", "starlette"}  # parts of jinja2 (escaping) and of fastapi
    assert modules - set(sys.stdlib_module_names) - own == declared


def importers_of(module: str, source: Path) -> list[Path]:
    return [path for path in source.rglob("*.py") if module in imported(path)]


def imported(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = set()
    for node in tree:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_the_inner_init_files_bring_nothing_in(root: Path) -> None:
    front_door = root / "src" / "twofold" / "__init__.py"
    inner = [path for path in front_door.parent.rglob("__init__.py") if path != front_door]
    assert [path for path in inner if imported(path)] == []
