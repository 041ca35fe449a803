"""What the README promises is there: its commands, its pictures, its links, its five lines."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "GLOSSARY.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_leads_to_a_file(page: str, root: Path) -> None:
    text = (root / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (root / target).exists()] == []


def test_every_make_target_of_the_readme_exists(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = {
        name for line in re.findall(r"^([a-z ]+):", makefile, re.MULTILINE) for name in line.split()
    }
    assert {"demo", "test"} <= set(blocks(root, r"^make (\w+)")) <= targets


def test_every_twofold_command_of_the_readme_exists(root: Path) -> None:
    verbs = sorted(set(blocks(root, r"^twofold (\w+)")))
    assert verbs
    for verb in verbs:
        asked = subprocess.run(
            [sys.executable, "-m", "twofold.app.cli.main", verb, "--help"],
            capture_output=True,
            text=True,
        )
        assert asked.returncode == 0, asked.stderr


def test_the_lines_of_python_run_as_they_stand(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = re.search(
        r"```python\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert code is not None
    (tmp_path / "examples").symlink_to(root / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(code[1], "README.md", "exec"), {})
    assert (tmp_path / "report.html").stat().st_size > 10_000


def blocks(root: Path, pattern: str) -> list[str]:
    """Find a pattern in the README's shell blocks."""
    text = (root / "README.md").read_text(encoding="utf-8")
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    return re.findall(pattern, shell, re.MULTILINE)
