"""Results that are kept: a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
STORE = ROOT / ".cache" / "bench" / "truth.jsonl"
SOURCES = ("src/twofold/inference", "src/twofold/knowledge/claims", "bench/worlds", "bench/truth")

Cell = dict[str, Any]


def source() -> str:
    """Return a hash of everything that decides a result."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".toml") and path.name != "table.py":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def kept(cell: Cell, make: Callable[[Cell], Cell], *, source: str) -> Cell:
    """Return the cell's result, from the store or made now."""
    key = json.dumps({**cell, "source": source}, sort_keys=True)
    if STORE.exists():
        for line in STORE.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["key"] == key:
                return dict(row["result"])
    result = make(cell)
    STORE.parent.mkdir(parents=True, exist_ok=True)
    with STORE.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"key": key, "result": result}) + "\n")
    return result
