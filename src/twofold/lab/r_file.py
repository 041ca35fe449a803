"""Data frames out of R's ``.RData`` and ``.rds`` files, without R.

Written from the serialisation format in the manual "R Internals" (1.8): XDR,
versions 2 and 3. Numbers, whole numbers, truth values, texts, factors and
data frames of them are read; anything else in the file is refused by name.
Nothing of the file is ever run.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from pathlib import Path
from typing import Any

from twofold.errors import LabError

MOST_BYTES = 200_000_000
MOST_DEEP = 200
MOST_ROWS = 5_000_000
MISSING_WHOLE = -(2**31)
NULL, NIL, GLOBAL, UNBOUND, MISSING_ARG, BASE = 0, 254, 253, 252, 251, 241
SYMBOL, PAIRLIST, CHARACTER, LOGICAL, WHOLE, REAL, TEXT, LIST = 1, 2, 9, 10, 13, 14, 16, 19
REFERENCE, ALTREP, POINTER = 255, 238, 22

# A damaged byte can break any assumption about what follows it.
DAMAGED = (
    struct.error, IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError,
    RecursionError,
)  # fmt: skip


def frames(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return every data frame of the file as columns of text, as a CSV would give them.

    Parameters
    ----------
    path : Path
        ``.RData``, ``.rda`` or ``.rds``; gzip, bzip2 or xz.

    Returns
    -------
    dict of str to dict of str to list of str
        Missing is ``""``. An ``.rds`` file's frame is called by the file's stem.

    Raises
    ------
    LabError
        When it is no such file, is cut short, or holds no data frame.
    """
    raw = _opened(path)
    try:
        found = _objects(raw, path.stem)
        tables = {name: one for name, value in found.items() if (one := _frame(value)) is not None}
    except DAMAGED:
        raise LabError("it is no complete R file.", where=path.name) from None
    if not tables:
        raise LabError(
            "it holds no data frame.", where=path.name, remedy="Write it as CSV from R instead."
        )
    return tables


class _Values(list):  # type: ignore[type-arg]
    """A vector of R with its attributes."""

    attributes: dict[str, Any]

    def __init__(self, values: Any, attributes: dict[str, Any] | None = None) -> None:
        super().__init__(values)
        self.attributes = attributes or {}


def _opened(path: Path) -> bytes:
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        for magic, module in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ", lzma)):
            if raw.startswith(magic):
                with module.open(path) as stream:
                    raw = stream.read(MOST_BYTES + 1)
                break
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise LabError(f"it cannot be read ({error}).", where=str(path)) from None
    if len(raw) > MOST_BYTES:
        raise LabError("it is larger than 200 MB.", where=path.name)
    return raw


def _objects(raw: bytes, stem: str) -> dict[str, Any]:
    is_many = raw[:5] in (b"RDX2\n", b"RDX3\n")
    start = 5 if is_many else 0
    if raw[start : start + 2] != b"X\n":
        raise LabError(
            "it is no R file in the usual (XDR) form.", remedy="Write it as CSV from R instead."
        )
    found = _Reader(raw, start + 2).everything()
    return found if is_many and isinstance(found, dict) else {stem: found}


class _Reader:
    """Walks through the bytes of one file."""

    def __init__(self, raw: bytes, at: int) -> None:
        self.raw, self.at, self.symbols, self.deep = raw, at, list[Any](), 0

    def everything(self) -> Any:
        version, _, _ = self.take(">iii")
        if version == 3:
            self.take(f">{self.length()}s")  # the name of the encoding
        elif version != 2:
            raise LabError(f"it is an R file of version {version}; 2 and 3 can be read.")
        return self.item()

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self.raw, self.at)
        self.at += struct.calcsize(form)
        return found

    def whole(self) -> int:
        return int(self.take(">i")[0])

    def length(self) -> int:
        count = self.whole()
        if not 0 <= count <= len(self.raw):
            raise struct.error("a length beyond the file")
        return count

    def item(self) -> Any:
        return self.item_of(self.whole())

    def item_of(self, flags: int) -> Any:
        kind, has_attributes, has_tag = flags & 255, bool(flags & 512), bool(flags & 1024)
        if kind in (NULL, NIL, GLOBAL, UNBOUND, MISSING_ARG, BASE):
            return None
        if kind == REFERENCE:
            return self.symbols[(flags >> 8 or self.whole()) - 1]
        if kind == SYMBOL:
            self.symbols.append(self.item())
            return self.symbols[-1]
        if kind == PAIRLIST:
            return self.pairs(has_attributes, has_tag)
        if kind == CHARACTER:
            return self.text(flags)
        if kind == ALTREP:
            return self.compact()
        if kind == POINTER:
            return self.pointer(has_attributes)
        values = self.vector(kind)
        if has_attributes:
            attributes = self.item()
            values.attributes = attributes if isinstance(attributes, dict) else {}
        return values

    def pairs(self, has_attributes: bool, has_tag: bool) -> dict[str, Any]:
        """Return a pairlist; its tail is the next item, so it is walked, not recursed."""
        found: dict[str, Any] = {}
        while True:
            if has_attributes:
                self.item()
            tag = self.item() if has_tag else None
            found[tag or str(len(found))] = self.item()
            flags = self.whole()
            if flags & 255 != PAIRLIST:
                self.item_of(flags)  # a tail that is no list, as R's own forms have it
                return found
            has_attributes, has_tag = bool(flags & 512), bool(flags & 1024)

    def text(self, flags: int) -> str | None:
        count = self.whole()
        if count == -1:
            return None
        raw = self.raw[self.at : self.at + count]
        self.at += count
        return raw.decode("latin-1" if flags >> 12 & 4 else "utf-8")

    def vector(self, kind: int) -> _Values:
        if kind not in (LOGICAL, WHOLE, REAL, TEXT, LIST):
            raise LabError(
                f"it holds something that is no table (R type {kind}).",
                remedy="Write the table as CSV from R instead.",
            )
        count = self.length()
        if kind == REAL:
            return _Values(self.take(f">{count}d"))
        if kind in (LOGICAL, WHOLE):
            raw = self.take(f">{count}i")
            return _Values([None if one == MISSING_WHOLE else one for one in raw])
        self.deep += 1
        if self.deep > MOST_DEEP:
            raise LabError("it is nested too deeply.")
        values = _Values([self.item() for _ in range(count)])
        self.deep -= 1
        return values

    def pointer(self, has_attributes: bool) -> None:
        """Pass over an address, which is worth nothing outside the R that wrote it."""
        self.symbols.append(None)
        for _ in range(3 if has_attributes else 2):
            self.item()

    def compact(self) -> _Values:
        """Return one of R's compact sequences (start, count, step)."""
        info, state, attributes = self.item(), self.item(), self.item()
        name = next(iter(info.values())) if isinstance(info, dict) else ""
        if name in ("compact_intseq", "compact_realseq"):
            count, start, step = state
            if not 0 <= count <= MOST_ROWS:
                raise struct.error("a length beyond the file")
            return _Values([start + i * step for i in range(int(count))])
        if name == "deferred_string" and isinstance(state, dict):
            return _Values([None if one is None else _cell(one) for one in state["0"]])
        if name.startswith("wrap_") and isinstance(state, _Values) and state:
            return _Values(state[0], attributes if isinstance(attributes, dict) else {})
        raise LabError(f"it holds R's own form {name!r}.", remedy="Write it as CSV from R.")


def _frame(value: Any) -> dict[str, list[str]] | None:
    if not isinstance(value, _Values) or "data.frame" not in (value.attributes.get("class") or []):
        return None
    names = value.attributes.get("names") or []
    return {str(name): _texts(part) for name, part in zip(names, value, strict=True)}


def _texts(part: Any) -> list[str]:
    levels = part.attributes.get("levels")
    if levels:
        return ["" if one is None else _cell(levels[_place(one)]) for one in part]
    return [_cell(one) for one in part]


def _place(code: int) -> int:
    if code < 1:
        raise IndexError("a level before the first")
    return code - 1


def _cell(one: Any) -> str:
    if one is None or one != one:
        return ""
    is_whole = isinstance(one, float) and one.is_integer() and abs(one) < 1e15
    return str(int(one)) if is_whole else str(one)
