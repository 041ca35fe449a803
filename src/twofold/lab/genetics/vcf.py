"""GWAS-VCF: the cells of FORMAT and of one sample as columns of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.builds import build_named
from twofold.lab.genetics.byte_columns import Block, Whole, blocks, opened, require

VCF_COLUMNS = {
    "snp": "ID", "chromosome": "CHROM", "position": "POS", "effect_allele": "ALT",
    "other_allele": "REF", "beta": "ES", "se": "SE", "minus_log10_p": "LP", "n": "SS",
    "eaf": "AF", "info": "SI",
}  # fmt: skip
FIELDS = ("ES", "SE", "LP", "SS", "AF", "SI", "NC", "EZ")
COLON = ord(":")
MOST_HEADER = 1 << 22


def vcf_header(path: Path) -> tuple[tuple[str, ...], str]:
    """Return the names of the samples and the build that the header tells.

    Raises
    ------
    LabError
        When it has no header line, or no sample.
    """
    said = ""
    with opened(path) as stream:
        for line in stream.read(MOST_HEADER).split(b"\n"):
            text = line.decode("utf-8", "replace").rstrip("\r")
            if text.startswith("##") and not said:
                said = build_named(text) if text[2:8] in {"contig", "refere"} else ""
            if text.startswith("#CHROM"):
                names = tuple(text.split("\t")[9:])
                if names:
                    return names, said
                break
    raise LabError(
        "it has no line #CHROM with a sample.",
        where=path.name,
        remedy="A GWAS-VCF file has FORMAT and one column for each study.",
    )


def sample_of(names: tuple[str, ...], wanted: Any, where: str) -> str:
    """Return which of the samples is meant: the one that is named, or the only one.

    Raises
    ------
    LabError
        When none or another one is named; the remedy lists those there are.
    """
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted not in names:
        held = "1 sample" if len(names) == 1 else f"{len(names)} samples"
        raise LabError(
            f"the file holds {held}" + ("." if wanted is None else f", and none is {wanted!r}."),
            where=where,
            remedy=f"Name one as the option sample: {', '.join(names[:10])}.",
        )
    return str(wanted)


def vcf_blocks(path: Path, sample: str) -> Iterator[Block]:
    """Give the rows of a GWAS-VCF file with ES, SE, LP, SS, AF, SI, NC, EZ as columns.

    A field that a row's FORMAT does not name is an empty cell.

    Raises
    ------
    LabError
        When a row has fewer values than its FORMAT names.
    """
    for block in blocks(path, delimiter="\t"):
        require(block.header, ("FILTER", "FORMAT", sample), where=path.name)
        yield _with_fields(block, sample)


def _with_fields(block: Block, sample: str) -> Block:
    """Return the block with the cells of one sample as further columns."""
    begins, ends = (np.zeros((block.rows, len(FIELDS)), np.int64) for _ in range(2))
    formats = block.text("FORMAT")
    for form in np.unique(formats):
        rows = np.flatnonzero(formats == form)
        starts, stops = _cells(block, sample, rows, form.decode("ascii", "replace"))
        for at, name in enumerate(FIELDS):
            names = form.decode("ascii", "replace").split(":")
            if name in names:
                begins[rows, at] = starts[:, names.index(name)]
                ends[rows, at] = stops[:, names.index(name)]
    return replace(
        block, header=(*block.header, *FIELDS), starts=np.hstack((block.starts, begins)),
        ends=np.hstack((block.ends, ends)),
    )  # fmt: skip


def _cells(block: Block, sample: str, rows: Whole, form: str) -> tuple[Whole, Whole]:
    """Return where each value of the sample starts and ends, in the rows of one FORMAT."""
    count = form.count(":") + 1
    begin, length = block.span(sample, rows)
    colons = np.flatnonzero(block.raw == COLON)
    first, last = np.searchsorted(colons, begin), np.searchsorted(colons, begin + length)
    short = np.flatnonzero(last - first != count - 1)
    if len(short):
        row, has = block.numbers_of_rows[rows[short[0]]], (last - first)[short[0]] + 1
        raise LabError(
            f"row {row} has {has} values, its FORMAT {form} {count}.",
            where=block.where,
            remedy="Write a missing value as a dot.",
        )
    cuts = colons[first[:, None] + np.arange(count - 1)]
    starts = np.hstack((begin[:, None], cuts + 1))
    return starts, np.hstack((cuts, (begin + length)[:, None]))
