"""ARCHITECTURE.md shows the tree as it is: every room, every file, and nothing more."""

from __future__ import annotations

import re
from pathlib import Path

CACHE = "__pycache__"
WHOLE = {"templates", "static", "words", "migrations"}  # folders that stand as one


def test_the_page_lists_every_file_of_the_house_and_nothing_else(root: Path) -> None:
    assert listed(root / "ARCHITECTURE.md") == standing(root / "src" / "twofold")


def listed(page: Path) -> set[str]:
    """Give what the tree in the page names, as paths under ``src/twofold``."""
    text = page.read_text(encoding="utf-8")
    tree = re.search(r"^```text\n(src/twofold/\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert tree is not None, "ARCHITECTURE.md has no tree of src/twofold/"
    room, found = "", set()
    for line in tree[1].splitlines()[1:]:
        indent = len(line) - len(line.lstrip())
        name = line.split()[0] if line.strip() else ""
        if indent == 2:
            room = name if name.endswith("/") else ""
        found |= {room + part for part in names_in(line)} if indent > 2 else {name} - {""}
    return found


def names_in(line: str) -> list[str]:
    """Give the leading run of file names of a line; what follows two spaces is its caption."""
    return re.split(r"\s{2,}", line.strip())[0].split(" ")


def standing(source: Path) -> set[str]:
    """Give the folders, the modules and the templates; of a room's ``__init__`` its folder speaks."""
    every = [path for path in source.rglob("*") if path.is_file() and path.parent.name != CACHE]
    files = [path for path in every if not WHOLE & set(path.relative_to(source).parts[:-1])]
    shown = {path for path in files if path.suffix in (".py", ".css", ".jinja")}
    modules = {path for path in shown if path.name != "__init__.py" or path.parent == source}
    folders = {path.parent for path in files} - {source}
    folders |= {path.parent for path in every if path.parent.name in WHOLE}
    names = {path.relative_to(source).as_posix() for path in modules}
    return names | {f"{folder.relative_to(source).as_posix()}/" for folder in folders}


def test_the_page_fits_a_page(root: Path) -> None:
    assert len((root / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 215


def test_every_floor_of_the_contracts_is_on_the_page(root: Path) -> None:
    config = (root / "importlinter.ini").read_text(encoding="utf-8")
    floors = re.search(r"^layers =\n((?:    .*\n)+)", config, re.MULTILINE)
    assert floors is not None
    page = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for floor in floors[1].splitlines():
        assert floor.strip() in page
