"""The VCF in which the IEU OpenGWAS database keeps summary statistics, for small files.

One sample a trait; FORMAT names ES (effect of ALT), SE, LP (−log10 p), AF and SS
(Lyon 2021, Genome Biology 22:32).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.table import Associations

MOST_ROWS = 200_000
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
        The first one where it is not named.
    trait, unit : str

    Raises
    ------
    LabError
        When it is no such VCF, has more than 200,000 rows, or a row cannot be read.
    """
    rows = list(_rows(path, sample))
    if not rows:
        raise LabError("the VCF has no row.", where=path.name)
    values = {key: _column(rows, key) for key in ("ES", "SE", "LP", "AF", "SS")}
    known = {key: value for key, value in values.items() if np.isfinite(value).any()}
    return Associations(
        snp=tuple(row["ID"] if row["ID"] != "." else _place(row) for row in rows),
        beta=values["ES"], se=values["SE"], eaf=known.get("AF"), n=known.get("SS"),
        p=10.0 ** -known["LP"] if "LP" in known else None,
        effect_allele=tuple(row["ALT"] for row in rows),
        other_allele=tuple(row["REF"] for row in rows),
        chromosome=tuple(row["CHROM"] for row in rows), position=_column(rows, "POS"),
        trait=trait, unit=unit, where=path.name,
    )  # fmt: skip


def _rows(path: Path, sample: str | None) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix in (".gz", ".bgz") else open
    header: list[str] = []
    count = 0
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("#CHROM"):
                    header = line[1:].rstrip("\n").split("\t")
                if line.startswith("#") or not line.strip():
                    continue
                count += 1
                _bounded(count, path)
                yield _row(header, line.rstrip("\n").split("\t"), sample, count, path)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LabError(f"it cannot be read ({error}).", where=path.name) from None


def _bounded(count: int, path: Path) -> None:
    if count > MOST_ROWS:
        raise LabError(
            f"it has more than {MOST_ROWS:,} rows.",
            where=path.name,
            remedy="Pick the instruments first; whole files are streamed elsewhere.",
        )


def _row(
    header: list[str], cells: list[str], sample: str | None, count: int, path: Path
) -> dict[str, str]:
    name = sample or (header[9] if len(header) > 9 else "")
    if name not in header or len(cells) != len(header) or "FORMAT" not in header:
        raise LabError(
            f"row {count} does not fit the header, or there is no sample {name!r}.",
            where=path.name,
            remedy="It should have the columns CHROM to FORMAT and one sample.",
        )
    row = dict(zip(header, cells, strict=True))
    told = dict(zip(row["FORMAT"].split(":"), row[name].split(":"), strict=False))
    lacks = [key for key in _NEEDED if key not in told]
    if lacks:
        raise LabError(f"row {count} has no {lacks[0]}.", where=path.name)
    return row | told


def _column(rows: list[dict[str, str]], key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = np.full(len(rows), np.nan)
    for place, row in enumerate(rows):
        text = row.get(key, ".")
        try:
            found[place] = np.nan if text in (".", "", "NA") else float(text)
        except ValueError:
            raise LabError(
                f"row {place + 1}: {key} is {text[:40]!r}, which is no number."
            ) from None
    return found


def _place(row: dict[str, str]) -> str:
    return f"{row['CHROM']}:{row['POS']}_{row['REF']}_{row['ALT']}"
