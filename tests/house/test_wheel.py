"""The wheel holds the whole package, and runs where nothing else of this folder is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(sys.executable).parent


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=root)
    return next(folder.glob("twofold-*.whl"))


def run(*command: str, cwd: Path) -> str:
    """Run a command that knows nothing of this repository, and give what it printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_and_the_examples(
    root: Path, wheel: Path
) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {
        *files_under(root / "src"),
        *(f"twofold/{name}" for name in files_under(root, "examples")),
    } <= held


def files_under(folder: Path, part: str = "") -> list[str]:
    found = (path for path in (folder / part).rglob("*") if path.is_file())
    return [
        path.relative_to(folder).as_posix() for path in found if path.parent.name != "__pycache__"
    ]


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"twofold", next(top for top in tops if top.endswith(".dist-info"))}


def test_the_wheel_runs_in_an_empty_environment(root: Path, wheel: Path, tmp_path: Path) -> None:
    there = empty_environment(root, wheel, tmp_path)
    assert "0.1.0" in run(str(there / "twofold"), "--version", cwd=tmp_path)
    where = run(
        str(there / "python"), "-c", "import twofold; print(twofold.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(tmp_path)
    said = run(str(there / "twofold"), "demo", "--out", "report.html", cwd=tmp_path)
    assert said.strip() and (tmp_path / "report.html").stat().st_size > 10_000


def empty_environment(root: Path, wheel: Path, folder: Path) -> Path:
    """Make an environment with the locked core and the wheel, and give its folder of commands."""
    run(sys.executable, "-m", "venv", "--without-pip", "env", cwd=folder)
    there = folder / "env" / "bin"
    install = (str(HERE / "uv"), "pip", "install", "--quiet", "--python", str(there / "python"))
    run(*install, "--require-hashes", "-r", str(root / "requirements.lock"), cwd=folder)
    run(*install, "--no-deps", "--offline", str(wheel), cwd=folder)
    return there
