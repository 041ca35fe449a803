"""What is committed speaks of the project, and of no machine it was made on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

# Assembled, so that this file does not hold what it looks for.
MACHINE_PATHS = [
    re.compile(rf"(?<![\w.]){folder}/\w") for folder in ("/" + "work", "/" + "tmp", "/" + "root")
]
REGISTRIES = [
    re.compile(name.replace("|", ""))
    for name in ("py|pi\\.org", "python|hosted", "registry\\.n|pmjs", "deb\\.de|bian\\.org")
]
PICTURES = {".png", ".jpg", ".woff2", ".ico", ".pdf", ".xlsx", ".zip", ".gz"}


def committed(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
    )
    return [root / name for name in listed.stdout.split("\0") if name]


def texts(root: Path) -> list[tuple[Path, str]]:
    paths = [path for path in committed(root) if path.suffix not in PICTURES and path.is_file()]
    return [(path, path.read_text(encoding="utf-8", errors="replace")) for path in paths]


@pytest.mark.parametrize("trace", MACHINE_PATHS + REGISTRIES, ids=lambda trace: trace.pattern)
def test_no_committed_file_names_a_machine_or_a_registry(
    trace: re.Pattern[str], root: Path
) -> None:
    assert [str(path.relative_to(root)) for path, text in texts(root) if trace.search(text)] == []


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-app.lock", "requirements-dev.lock"]
)
def test_a_lock_file_holds_hashes_and_no_address(name: str, root: Path) -> None:
    lock = (root / name).read_text(encoding="utf-8")
    assert "://" not in lock
    packages = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:]
    assert packages and all("--hash=sha256:" in package for package in packages)


def test_the_lock_files_agree_on_every_version(root: Path) -> None:
    names = ("requirements.lock", "requirements-app.lock", "requirements-dev.lock")
    core, app, dev = (pins(root / name) for name in names)
    assert core.items() <= app.items() <= dev.items()


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_requirements_are_the_ones_that_the_project_declares(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = ("requirements.in", "requirements-app.in", "requirements-dev.in")
    core, app, dev = (asked(root / name) for name in names)
    extras = project["optional-dependencies"]
    assert set(project["dependencies"]) <= core
    assert set(extras["app"]) <= app
    assert {*extras["test"], *extras["docs"]} <= dev


def asked(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_the_changelog_tells_of_this_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        rf"^## {re.escape(project['version'])} — \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE
    )
