"""Gather the sentences of the pages, and bring each language's file up to date with them.

``python tools/words.py`` writes ``words/messages.pot`` and keeps what is translated already;
``python tools/words.py --check`` only says what is missing.
"""

from __future__ import annotations

import ast
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src/twofold/app/web"
WORDS = WEB / "words"
PLURALS = {"de": 2}

HEADER = """\
# What the pages of Twofold say. A sentence is its own key.
# German says du, as a quiet friend would; nothing praises, blames or counts what is missed.
# Validated wording (questionnaires, crisis and clinical texts) is not in here: it stays English."""

Found = tuple[str | tuple[str, str], str]
"""A sentence (or one and many), and the file it stands in."""

SENTENCES = {"_": (0, 1), "words": (0,), "FormError": (1,), "TwofoldError": (0,), "told": (2, 3),
             "_not_in": (2,), "_join_again": (1,), "_door": ()}  # fmt: skip
"""Functions of which some arguments, by their place, are shown to a person."""
NAMED = frozenset({"says", "remedy"})
"""Arguments that are shown to a person wherever they are given."""


def main(arguments: list[str]) -> int:
    catalogue = gathered()
    if "--check" in arguments:
        lines = [line for code in PLURALS for line in missing(code, catalogue)]
        print("\n".join(lines) or "Every sentence is there.")
        return bool(lines)
    _write(catalogue, WORDS / "messages.pot")
    for code in PLURALS:
        known = spoken(code)
        known.update(catalogue, no_fuzzy_matching=True)
        known.obsolete.clear()
        _write(known, WORDS / f"{code}.po")
        print(f"{code}: {sum(1 for _ in missing(code, catalogue))} sentences are missing")
    return 0


def gathered() -> Catalog:
    """Return every sentence that the pages can say."""
    catalogue = Catalog(project="Twofold", charset="utf-8", fuzzy=False)
    for sentence, where in sorted(found(), key=lambda one: (one[1], str(one[0]))):
        catalogue.add(sentence, locations=[(where, 0)])
    return catalogue


def found() -> Iterator[Found]:
    """Yield every sentence, from templates and from code."""
    room: Any = Environment(extensions=["jinja2.ext.i18n"])
    for path in sorted((WEB / "templates").glob("*.jinja")):
        for _, name, said in room.extract_translations(path.read_text("utf-8")):
            if name == "_" and isinstance(said, str) and said:
                yield said, f"templates/{path.name}"
            elif name == "_" and isinstance(said, tuple) and said[0]:
                yield said[0], f"templates/{path.name}"
            elif name == "ngettext" and isinstance(said, tuple):
                yield (str(said[0]), str(said[1])), f"templates/{path.name}"
    for path in sorted(WEB.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                for said in _said(call):
                    yield said, path.name


def _said(call: ast.Call) -> Iterator[str | tuple[str, str]]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if isinstance(call.func, ast.Call):  # words_for(request, visit)("…")
        name = "words"
    if name in ("plural", "ngettext"):
        one, many = map(_constant, call.args[:2])
        if one and many:
            yield one, many
        return
    chosen = [call.args[i] for i in SENTENCES.get(name, ()) if i < len(call.args)]
    chosen += [one.value for one in call.keywords if one.arg in NAMED]
    for one in chosen:
        for said in _constants(one):
            if " " in said or name in ("_", "words"):
                yield said


def _constants(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    else:
        said = _constant(value)
        if said:
            yield said


def _constant(value: ast.expr) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def spoken(code: str) -> Catalog:
    """Return a language as it is kept."""
    path = WORDS / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code, project="Twofold", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def missing(code: str, catalogue: Catalog) -> Iterator[str]:
    """Yield each sentence that a language lacks, has unsure, or with other placeholders."""
    known = spoken(code)
    for message in catalogue:
        if not message.id:
            continue
        kept = known.get(message.id)
        if kept is None or not kept.string or (kept.pluralizable and not all(kept.string)):
            yield f"{code}: missing: {message.id}"
        elif kept.fuzzy or list(kept.check()):
            yield f"{code}: unsure, or other placeholders: {message.id}"


def _write(catalogue: Catalog, path: Path) -> None:
    catalogue.header_comment = HEADER
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = "Twofold"
    catalogue.revision_date = catalogue.creation_date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
