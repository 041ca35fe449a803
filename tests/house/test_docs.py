"""The documentation builds without a warning, and every example in it gives what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("builder", ["doctest", "html"])
def test_the_documentation_builds_and_its_examples_run(
    builder: str, root: Path, tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "sphinx", "-q", "-W", "-b", builder, "docs", str(tmp_path))
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_of_examples_are_what_the_tests_check(root: Path) -> None:
    command = (sys.executable, "tools/spec_pages.py", "--check")
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
