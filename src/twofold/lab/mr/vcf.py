"""The instruments of one trait from the VCF of the IEU OpenGWAS database (Lyon 2021).

FORMAT names ES (effect of ALT), SE, LP (−log10 p), AF and SS. The rows are read as whole
files are (``genetics.vcf``); only so many as a table of instruments has.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.byte_columns import Block
from twofold.lab.genetics.vcf import sample_of, vcf_blocks, vcf_header
from twofold.lab.mr.table import Associations
from twofold.lab.tables import Column

MOST_ROWS = 200_000
_TEXTS, _NUMBERS = ("ID", "CHROM", "REF", "ALT"), ("POS", "ES", "SE", "LP", "AF", "SS")
_NEEDED = ("ES", "SE")


def is_vcf(path: Path) -> bool:
    """Return whether the name says that it is a VCF."""
    return path.name.lower().endswith((".vcf", ".vcf.gz", ".vcf.bgz"))


def read_vcf(
    path: Path, *, sample: str | None = None, trait: str = "trait", unit: str = ""
) -> Associations:
    """Return one trait's SNPs.

    Parameters
    ----------
    path : Path
    sample : str, optional
        The one there is, where it is not named.
    trait, unit : str

    Raises
    ------
    LabError
        When it is no such VCF, has more than 200,000 rows, or a row cannot be read.
    """
    names, _ = vcf_header(path)
    blocks = list(_few(vcf_blocks(path, sample_of(names, sample, path.name)), path))
    if not blocks:
        raise LabError("the VCF has no row.", where=path.name)
    text = {name: _texts(blocks, name) for name in _TEXTS}
    number = {name: np.concatenate([one.numbers(name) for one in blocks]) for name in _NUMBERS}
    _needed(number, path)
    known = {name: one for name, one in number.items() if np.isfinite(one).any()}
    return Associations(
        snp=tuple(map(_name, *(text[name] for name in _TEXTS), number["POS"].tolist())),
        beta=number["ES"], se=number["SE"], eaf=known.get("AF"), n=known.get("SS"),
        p=10.0 ** -known["LP"] if "LP" in known else None,
        effect_allele=text["ALT"], other_allele=text["REF"],
        chromosome=text["CHROM"], position=number["POS"],
        trait=trait, unit=unit, where=path.name,
    )  # fmt: skip


def _few(blocks: Iterator[Block], path: Path) -> Iterator[Block]:
    count = 0
    for block in blocks:
        count += block.rows
        if count > MOST_ROWS:
            raise LabError(
                f"it has more than {MOST_ROWS:,} rows.",
                where=path.name,
                remedy="Pick the instruments first; whole files are streamed elsewhere.",
            )
        yield block


def _texts(blocks: list[Block], name: str) -> tuple[str, ...]:
    return tuple(one.decode("utf-8", "replace") for block in blocks for one in block.text(name))


def _needed(number: dict[str, Column], path: Path) -> None:
    for name in _NEEDED:
        lacks = np.flatnonzero(np.isnan(number[name]))
        if len(lacks):
            raise LabError(
                f"row {lacks[0] + 1} has no {name}.",
                where=path.name,
                remedy="Take the row out; an effect needs its standard error.",
            )


def _name(snp: str, chromosome: str, reference: str, other: str, position: float) -> str:
    return snp if snp != "." else f"{chromosome}:{position:.0f}_{reference}_{other}"
