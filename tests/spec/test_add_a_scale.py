"""The how-to page for a new scale does what it says: a file is added, and no Python is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_a_stranger_adds_a_scale_by_adding_one_file(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "how-to" / "add-a-scale.md").read_text(encoding="utf-8")
    (table,), (program,), (printed,) = (blocks(page, kind) for kind in ("toml", "python", "text"))
    house = tmp_path / "twofold"
    unwanted = shutil.ignore_patterns("__pycache__", "fonts")
    shutil.copytree(root / "src" / "twofold", house, ignore=unwanted)
    (house / "knowledge" / "scales" / "tired.toml").write_text(table, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (printed, "")
