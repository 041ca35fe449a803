"""R's own files are read without R: what is a table comes out as text, anything else is refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.errors import LabError
from twofold.lab.r_file import frames

NIL = struct.pack(">i", 254)
MISSING = -(2**31)


def text(word: str | None) -> bytes:
    if word is None:
        return struct.pack(">ii", 9, -1)
    raw = word.encode()
    return struct.pack(">ii", 9 | 8 << 12, len(raw)) + raw


def pairs(**items: bytes) -> bytes:
    tagged = 2 | 1024
    made = b"".join(
        struct.pack(">ii", tagged, 1) + text(tag) + value for tag, value in items.items()
    )
    return made + NIL


def vector(kind: int, values: bytes, count: int, attributes: bytes = b"") -> bytes:
    flags = kind | (512 if attributes else 0)
    return struct.pack(">ii", flags, count) + values + attributes


def whole(*values: int, attributes: bytes = b"") -> bytes:
    return vector(13, struct.pack(f">{len(values)}i", *values), len(values), attributes)


def real(*values: float) -> bytes:
    return vector(14, struct.pack(f">{len(values)}d", *values), len(values))


def words(*values: str | None) -> bytes:
    return vector(16, b"".join(text(one) for one in values), len(values))


def frame(**columns: bytes) -> bytes:
    attributes = pairs(names=words(*columns), **{"class": words("data.frame")})
    return vector(19, b"".join(columns.values()), len(columns), attributes)


FRAME = frame(
    trial=words("Ailani", None, "Zoë"),
    people=whole(221, MISSING, 12),
    change=real(-3.4, float("nan"), 1.25),
    arm=whole(2, 1, MISSING, attributes=pairs(levels=words("Placebo", "Drug"), **{"class": words("factor")})),
)  # fmt: skip


def rdata(version: int = 2) -> bytes:
    head = struct.pack(">iii", version, 0x040202, 0x020300)
    head += struct.pack(">i", 5) + b"UTF-8" if version == 3 else b""
    return f"RDX{version}\nX\n".encode() + head + pairs(dat=FRAME)


COLUMNS = {
    "trial": ["Ailani", "", "Zoë"],
    "people": ["221", "", "12"],
    "change": ["-3.4", "", "1.25"],
    "arm": ["Drug", "Placebo", ""],
}


@pytest.mark.parametrize("version", [2, 3], ids=["version 2", "version 3"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress],
                         ids=["plain", "gzip", "bzip2", "xz"])  # fmt: skip
def test_a_data_frame_comes_out_as_columns_of_text(
    tmp_path: Path, pack: type, version: int
) -> None:
    path = tmp_path / "trials.RData"
    path.write_bytes(pack(rdata(version)))
    assert frames(path) == {"dat": COLUMNS}


def test_a_single_object_is_called_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "trials.rds"
    path.write_bytes(b"X\n" + rdata()[7:19] + FRAME)
    assert frames(path) == {"trials": COLUMNS}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "no R file"),
        (b"a,b\n1,2\n", "no R file"),
        (b"RDX2\nA\n2\n", "no R file"),
        (b"RDX2\nX\n" + struct.pack(">iii", 9, 0, 0), "version 9"),
        (b"RDX2\nX\n" + struct.pack(">iii", 2, 0, 0) + pairs(x=real(1.0)), "no data frame"),
        (b"RDX2\nX\n" + struct.pack(">iii", 2, 0, 0) + pairs(x=struct.pack(">i", 3)), "R type 3"),
        (b"\x1f\x8bgarbage", "cannot be read"),
    ],
    ids=[
        "empty",
        "a CSV",
        "ASCII form",
        "another version",
        "no table",
        "a function",
        "broken gzip",
    ],
)
def test_what_is_no_table_of_r_is_refused_with_a_reason(
    tmp_path: Path, raw: bytes, says: str
) -> None:
    path = tmp_path / "x.RData"
    path.write_bytes(raw)
    with pytest.raises(LabError, match=says):
        frames(path)


def test_a_file_that_is_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.RData"
    whole_file = rdata()
    for end in range(0, len(whole_file) - 4, 7):  # the last four bytes end the list
        path.write_bytes(whole_file[:end])
        with pytest.raises(LabError):
            frames(path)


@settings(max_examples=40)
@given(st.integers(7, 600), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_gives_a_table_or_a_refusal_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, place: int, bytes_: bytes
) -> None:
    path = tmp_path_factory.mktemp("r") / "x.RData"
    raw = bytearray(rdata())
    at = min(place, len(raw) - 1)
    raw[at : at + len(bytes_)] = bytes_
    path.write_bytes(bytes(raw))
    with suppress(LabError):
        frames(path)


@pytest.mark.parametrize(
    ("file", "shapes"),  # as R 4.2.2 tells them; a list inside its own forms must not end a file early
    [
        ("forestplot_1_to_many_data", {"chd_out_dat": (133, 16), "dat2": (137, 36), "exp_dat": (137, 15), "res": (6, 10)}),
        ("vig_harmonise", {"ao": (50041, 25), "bmi_exp_dat": (79, 15), "chd_out_dat": (79, 16)}),
        ("test_commondata", {"dat": (79, 44), "dat2": (332, 43), "exp_dat": (79, 15), "out_dat": (79, 16)}),
    ],
)  # fmt: skip
def test_every_data_frame_of_a_file_is_found_as_large_as_r_has_it(
    shared_data: Path, file: str, shapes: dict[str, tuple[int, int]]
) -> None:
    found = frames(shared_data / "genetics" / "twosamplemr-vignette" / f"{file}.RData")
    assert {
        name: (len(next(iter(one.values()))), len(one)) for name, one in found.items()
    } == shapes
