"""Tables of taxa from files: BIOM 1.0 (JSON) and plain tables, bounded before they are believed."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.gut.table import MOST_SAMPLES, MOST_TAXA, Taxa, from_cells

MOST_BYTES = 300_000_000
HDF5 = b"\x89HDF\r\n\x1a\n"
SPARSE = re.compile(rb'"matrix_type"\s*:\s*"sparse"')
CONVERT = "Convert it: biom convert -i FILE -o FILE.json --table-type 'OTU table' --to-json"
LINEAGE = {"taxonomy", "taxon", "consensus lineage", "consensuslineage"}


def read_biom(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Taxa:
    """Return the counts of a BIOM 1.0 file (JSON, ``.gz`` too).

    Raises
    ------
    LabError
        When it is BIOM 2 (HDF5), no JSON, larger than its bounds, or its parts
        do not fit together.
    """
    raw, cells = _without_cells(_bytes(path))
    biom = _json(raw, path.name)
    shape, rows, people = biom.get("shape"), biom.get("rows"), biom.get("columns")
    if not isinstance(rows, list) or not isinstance(people, list):
        raise LabError("it holds no rows and columns of a BIOM table.", where=path.name)
    if shape != [len(rows), len(people)]:
        raise LabError(
            f"it says {shape}, but holds {len(rows)} × {len(people)}.", where=path.name,
            remedy="The file is cut short or was changed: fetch it again.",
        )  # fmt: skip
    taxon, sample, value = _cells(biom, path.name) if cells is None else cells
    lineages = [_lineage(row) for row in rows]
    return from_cells(
        _ids(people, path.name), _ids(rows, path.name), sample, taxon, value,
        lineages if any(lineages) else (),
    )  # fmt: skip


def read_taxa(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Taxa:
    """Return the counts of a plain table (CSV or TSV).

    Parameters
    ----------
    path : Path
    columns : mapping
        Not used.
    options : mapping
        ``rows``: ``"taxa"`` (as QIIME writes it) or ``"samples"``. It has to be said.

    Raises
    ------
    LabError
        When ``rows`` is not said, a cell is no number, or a row has another
        length than the header.
    """
    along = options.get("rows")
    if along not in ("taxa", "samples"):
        raise LabError(
            "the table does not say what its rows are.", where=path.name,
            remedy='Set rows = "taxa" or rows = "samples".',
        )  # fmt: skip
    header, ids, lineages, values = _table(path)
    row, col = np.nonzero(values)
    if along == "samples":
        return from_cells(ids, header, row, col, values[row, col])
    return from_cells(header, ids, col, row, values[row, col], lineages)


def _bytes(path: Path) -> bytes:
    """Return the file's bytes, unpacked, and never more than the bound."""
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            stream.seek(0)
            if head == HDF5:
                raise LabError(
                    "it is BIOM 2 (HDF5), which is not read here.", where=path.name, remedy=CONVERT
                )
            packed = head[:2] == b"\x1f\x8b"
            opened: Any = gzip.GzipFile(fileobj=stream) if packed else stream
            raw = opened.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise LabError(f"it cannot be read ({error}).", where=str(path)) from None
    if len(raw) > MOST_BYTES:
        raise LabError("it is larger than 300 MB.", where=path.name, remedy="Split it by sample.")
    return bytes(raw)


def _without_cells(raw: bytes) -> tuple[bytes, tuple[Any, Any, Any] | None]:
    """Return the file with its sparse cells taken out, and the cells as arrays.

    A list of triples is all but the whole file, and reading it as JSON takes
    many times its size. It is cut out only where it is exactly that: nothing
    but numbers between ``[[,,],[,,]]``. Everything else goes the plain way.
    """
    start = raw.find(b"[[", raw.find(b'"data"') + 6)
    stop = raw.find(b"]]", start) + 2
    if raw.count(b'"data"') != 1 or not SPARSE.search(raw) or start < 0 or stop < 2:
        return raw, None
    part = raw[start:stop]
    number = part.count(b"[") - 1
    frame = part.translate(None, b"0123456789.-+eE \n\r\t")
    if raw[raw.find(b'"data"') + 6 : start].strip() != b":" or frame != (
        b"[" + b",".join([b"[,,]"] * number) + b"]"
    ):
        return raw, None
    try:
        values = np.array(part.translate(None, b"[] \n\r\t").split(b","), dtype=np.float64)
    except ValueError:
        return raw, None
    taxon, sample, value = values.reshape(-1, 3).T
    if (taxon % 1 != 0).any() or (sample % 1 != 0).any():
        return raw, None
    places = taxon.astype(np.int64), sample.astype(np.int64)
    return raw[:start] + b"[]" + raw[stop:], (*places, value)


def _json(raw: bytes, where: str) -> dict[str, Any]:
    try:
        biom = json.loads(raw)
    except (ValueError, RecursionError):
        raise LabError("it is no BIOM table in JSON.", where=where, remedy=CONVERT) from None
    if not isinstance(biom, dict) or "data" not in biom:
        raise LabError("it is no BIOM table in JSON.", where=where, remedy=CONVERT)
    return biom


def _cells(biom: Mapping[str, Any], where: str) -> tuple[Any, Any, Any]:
    """Return taxon, sample and value of every cell, sparse or dense."""
    try:
        data = np.array(biom["data"], dtype=np.float64)
    except (TypeError, ValueError):
        raise LabError("its cells are not all numbers.", where=where) from None
    if not data.size:
        data = data.reshape(0, 3)
    if biom.get("matrix_type") == "dense" and list(data.shape) == biom["shape"]:
        taxon, sample = np.nonzero(data)
        return taxon, sample, data[taxon, sample]
    if data.ndim != 2 or data.shape[1] != 3 or (data[:, :2] % 1 != 0).any():
        raise LabError("its cells are no triples of row, column and count.", where=where)
    return data[:, 0].astype(np.int64), data[:, 1].astype(np.int64), data[:, 2]


def _ids(entries: Sequence[Any], where: str) -> list[str]:
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in entries):
        raise LabError("a row or a column has no id.", where=where)
    return [one["id"] for one in entries]


def _lineage(row: Any) -> tuple[str, ...]:
    about = row.get("metadata") if isinstance(row, dict) else None
    found = about.get("taxonomy") if isinstance(about, dict) else None
    parts = found.split(";") if isinstance(found, str) else found
    return tuple(str(part).strip() for part in parts) if isinstance(parts, list) else ()


def _table(path: Path) -> tuple[list[str], list[str], list[tuple[str, ...]], Any]:
    """Return header, row ids, lineages (where the last column holds them) and the numbers."""
    try:
        lines = _bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise LabError("it is no text in UTF-8.", where=path.name) from None
    kept = [line for line in lines if line.strip() and not line.startswith("# ")]
    if len(kept) < 2:
        raise LabError("it holds no rows.", where=path.name)
    delimiter = "\t" if "\t" in kept[0] else ";" if ";" in kept[0].split(",")[0] else ","
    header, *rows = csv.reader(kept, delimiter=delimiter)
    if len(rows) > max(MOST_SAMPLES, MOST_TAXA) or len(header) > max(MOST_SAMPLES, MOST_TAXA):
        raise LabError("it has more rows or columns than can be read.", where=path.name)
    has_lineage = header[-1].strip().lower() in LINEAGE
    width = len(header) - has_lineage
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise LabError(
                f"row {number} has {len(row)} values, the header {len(header)}.", where=path.name
            )
    lineages = [tuple(part.strip() for part in row[-1].split(";")) for row in rows if has_lineage]
    values = np.array([_numbers(row[1:width], at + 1, path.name) for at, row in enumerate(rows)])
    return [name.strip() for name in header[1:width]], [row[0] for row in rows], lineages, values


def _numbers(cells: Sequence[str], row: int, where: str) -> list[float]:
    try:
        return [float(cell) if cell.strip() else 0.0 for cell in cells]
    except ValueError as error:
        raise LabError(
            f"row {row} holds something that is no number ({str(error)[:80]}).", where=where
        ) from None
