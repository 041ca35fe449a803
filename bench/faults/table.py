"""The page that ``make faults`` keeps: what was done to the store, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from faults.campaign import ROOT, Result

PAGE = ROOT / "docs" / "faults.md"
HEAD = """\
# Faults

Made by `make faults` (a small part of it runs in `make test`). After each fault the diary is
opened as a person would open it, and compared with what its writers told the world before
the fault came. *Looked for*: changes that `Store.write` had promised to keep, added up over
all looks. *Lost*: those that were not there. *Torn*: writes that were there in part. *Other*:
doubled or altered entries, a diary that `twofold check` calls unwell, an erased person who is
back, and errors that no person could mend. All of it must be 0, but in the control, which
shows that the campaign sees a loss, and in the one known limit, which is told below.

The argon2id of these diaries is set to its cheapest, as they are opened tens of thousands of
times; everything else is the product as it is. What is not asked here: a disk that says
"synced" and lies, and more than one fault at a time.
"""
COLUMNS = ("campaign", "number", "looked for", "lost", "torn", "other", "seconds")


def page(kept: Mapping[str, list[Result]]) -> str:
    """Return the whole page."""
    results = [row for rows in kept.values() for row in rows]
    missing = [name for name, rows in kept.items() if not rows]
    parts = [HEAD, as_rows(results), "", "## How", ""]
    parts += [f"- **{row.name}.** {_sentence(row.how)} {' '.join(row.more)}" for row in results]
    parts += ["", "## When and where", ""]
    parts += [
        f"- {row.name}: {row.date}, commit {row.commit}, {row.machine}." for row in results
    ]  # fmt: skip
    if missing:
        parts += ["", f"Not run yet: {', '.join(missing)}."]
    return "\n".join(parts) + "\n"


def as_rows(results: Iterable[Result]) -> str:
    """Return the table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join(lines + [_row(result) for result in results])


def _row(result: Result) -> str:
    seen = result.seen
    other = seen.doubled + seen.wrong + seen.unwell + seen.unclear
    mark = " (control)" if result.is_control else " (known limit)" if result.is_limit else ""
    mark += ", stopped early" if result.is_short else ""
    cells = (
        result.name + mark,
        f"{result.number:,} {result.of}",
        f"{seen.acked:,}",
        f"{seen.lost:,}",
        f"{seen.torn:,}",
        f"{other:,}",
        f"{result.seconds:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + ("" if words.endswith(".") else ".")
