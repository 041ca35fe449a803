"""The page that ``make faults`` keeps: what was done to the store, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from faults.campaign import ROOT, Result

PAGE = ROOT / "docs" / "faults.md"
HEAD = """\
# Faults

Made by `make faults`. The store is opened after each fault as a person would open it, and
compared with what its writers told the world before the fault came: *lost* are changes
that `Store.write` had promised to keep, and that were not there; *torn* are writes that
were there in part; *other* are doubled or altered entries, a store that `twofold check`
calls unwell, and errors that no person could mend. Nothing of it may happen. The argon2id
of these stores is set to its cheapest; everything else is the product as it is.
"""
COLUMNS = ("campaign", "number", "acked changes looked for", "lost", "torn", "other", "seconds")


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
    cells = (
        result.name,
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
