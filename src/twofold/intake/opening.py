"""Opening a file: the guards that every reader passes through first."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from twofold.errors import MappingError, ReadError

LARGEST_BYTES = 200_000_000

_NOT_TEXT = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS = "Save it as text (CSV or TSV, UTF-8) and read that file."


def text_of(path: Path, encoding: str = "utf-8-sig", *, largest: int = LARGEST_BYTES) -> str:
    """Return the text of a file, or refuse it with one sentence.

    Parameters
    ----------
    path : Path
        An ordinary file.
    encoding : str
        How its letters are stored. Never guessed: bytes that do not fit are refused.
    largest : int
        Of how many bytes it may be; 200 MB unless said.

    Raises
    ------
    ReadError
        When the file is absent, not ordinary, too large, empty, or not such text.
    """
    raw = _bytes_of(path, largest)
    _refuse_binary(raw, path.name, encoding)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong_letters(error, raw, path.name, encoding) from None
    except UnicodeError:
        raise ReadError(
            f"the file is not stored as {encoding}.", where=path.name, remedy=_SAVE_AS
        ) from None
    if "\x00" in text:
        raise ReadError("it holds NUL bytes; it is not text.", where=path.name, remedy=_SAVE_AS)
    return text


_NOT_FOR_FILES = ("punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "undefined")


def check_encoding(encoding: str) -> None:
    """Refuse an encoding that does not name a way to store letters.

    Raises
    ------
    MappingError
        When no such text encoding is known.
    """
    try:
        "".encode(encoding)
        if codecs.lookup(encoding).name in _NOT_FOR_FILES:
            raise LookupError
    except (LookupError, UnicodeError, ValueError):
        raise MappingError(
            f"no encoding is called {encoding!r}.",
            remedy='Common ones: "utf-8", "cp1252", "utf-16".',
        ) from None


def _bytes_of(path: Path, largest: int) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ReadError("this is not an ordinary file.", where=str(path), remedy="Name a file.")
        if about.st_size > largest:
            raise ReadError(
                f"the file is larger than {largest // 1_000_000} MB.",
                where=path.name,
                remedy="Export a shorter stretch, or leave out what is not read.",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(
            "there is no such file.", where=str(path), remedy="Check the spelling of the path."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path cannot be used"
        raise ReadError(f"the file could not be opened: {reason}.", where=str(path)) from None


def _refuse_binary(raw: bytes, name: str, encoding: str) -> None:
    if not raw.strip():
        raise ReadError("the file is empty.", where=name, remedy="Export the diary again.")
    for start, kind in _NOT_TEXT:
        if raw.startswith(start):
            raise ReadError(f"this is {kind}, not a table of text.", where=name, remedy=_SAVE_AS)
    if raw.startswith(_BYTE_ORDER_MARKS) and "16" not in encoding and "32" not in encoding:
        raise ReadError(
            "the file is stored as UTF-16.",
            where=name,
            remedy='Save it as UTF-8, or for a table say encoding = "utf-16" in the mapping.',
        )


def _wrong_letters(error: UnicodeDecodeError, raw: bytes, name: str, encoding: str) -> ReadError:
    line = raw.count(b"\n", 0, error.start) + 1
    return ReadError(
        f"line {line} holds letters that are not stored as {encoding.removesuffix('-sig')}.",
        where=name,
        remedy='Save it as UTF-8, or for a table say encoding = "cp1252" in the mapping.',
    )
