"""Writing a finished report to disk: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.errors import WriteError

if TYPE_CHECKING:
    from twofold.report.report import Report


def save(report: Report, path: str) -> str:
    """Write ``report`` in the format that the ending of ``path`` names, and return the text."""
    formats = {".html": report.to_html, ".json": report.to_json, ".txt": report.to_text}
    ending = Path(path).suffix.lower()
    if ending not in formats:
        raise WriteError(
            f"a report cannot be written as {ending or 'a file without an ending'}.",
            where=path,
            remedy="Use a name that ends in .html, .json or .txt.",
        )
    return formats[ending](path)


def written(words: str, path: str | None) -> str:
    """Write ``words`` to ``path``, if there is one, and return them."""
    if path is not None:
        write_whole(Path(path), words)
    return words


def write_whole(path: Path, words: str) -> None:
    """Write a file so that a full disk leaves what was there before.

    Raises
    ------
    WriteError
        When the folder is missing, or the disk is full or read-only.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".twofold-", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise WriteError(
            f"the file could not be written ({error.strerror or error}). Nothing was changed.",
            where=str(path),
            remedy="Check that the folder exists and has room, then try again.",
        ) from None
