"""Write ``docs/spec`` from the examples that the tests check, so that a clinician can read them.

``python tools/spec_pages.py`` writes the pages; ``--check`` says which ones are not up to date.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "tests" / "spec" / "tables"
PAGES = ROOT / "docs" / "spec"
HEAD = "<!-- Written by tools/spec_pages.py from {source}; change it there. -->\n\n"


def pages() -> dict[str, str]:
    """Return each page's name and text."""
    tables = {
        path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(TABLES.glob("*.toml"))
    }
    made = {f"{name}.md": page(name, table) for name, table in tables.items()}
    return made | {"index.md": index(tables)}


def page(name: str, table: dict[str, Any]) -> str:
    rows = "\n".join(row(one) for one in table["example"])
    return (
        HEAD.format(source=f"tests/spec/tables/{name}.toml")
        + f"# {table['title']}\n\n"
        + "Each row is a test that runs with every change. No clinician has reviewed them yet.\n\n"
        + "| example | given | Twofold says |\n|---|---|---|\n"
        + rows
        + "\n"
    )


def row(example: dict[str, Any]) -> str:
    return f"| `{example['id']}` | {cell(example['says'])} | {cell(example['expects'])} |"


def cell(words: str) -> str:
    """Return words that cannot break a table, nor be taken for a tag or an emphasis."""
    plain = " ".join(str(words).split())
    for sign in "\\|<>*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def index(tables: dict[str, dict[str, Any]]) -> str:
    count = sum(len(table["example"]) for table in tables.values())
    rows = "\n".join(
        f"| [{table['title']}]({name}.md) | {len(table['example'])} |"
        for name, table in tables.items()
    )
    names = "\n".join(tables)
    return (
        HEAD.format(source="tests/spec/tables")
        + "# What Twofold should answer\n\n"
        + f"{count} worked examples, as tables that a clinician could sign. Each is a test.\n\n"
        + f"| subject | examples |\n|---|---|\n{rows}\n\n"
        + f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )


def stale() -> list[str]:
    """Return the pages that differ from what the tables say."""
    wanted = pages()
    there = {path.name: path.read_text("utf-8") for path in PAGES.glob("*.md")}
    return sorted(name for name in wanted | there if wanted.get(name) != there.get(name))


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        for name in stale():
            print(f"docs/spec/{name} is not what the examples say; run tools/spec_pages.py.")
        return 1 if stale() else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale():
        (PAGES / name).unlink(missing_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
