"""Files of summary statistics as they come: GWAS-SSF, GWAS-VCF, and any table with a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.builds import build_named
from twofold.lab.genetics.byte_columns import Block, blocks, opened
from twofold.lab.genetics.column_names import DANER, columns_of
from twofold.lab.genetics.quality import Filters, Ledger
from twofold.lab.genetics.reading import Plan, pieces, table_of
from twofold.lab.genetics.snp_keys import Wanted
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.genetics.vcf import VCF_COLUMNS, sample_of, vcf_blocks, vcf_header
from twofold.lab.sources import data_folder

OPTIONS = ("name", "build", "n", "cases", "controls", "info_least", "maf_least",
           "keeps_ambiguous", "only", "sample")  # fmt: skip


def read_tsv(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any]
) -> SummaryStatistics:
    """Return the sound rows of any table of summary statistics.

    Parameters
    ----------
    path : Path
        Tab, comma or space between cells, ``.gz`` or not.
    columns : mapping of str to str
        Own name (``column_names.ALIASES``): the file's name; usual names are
        found where no mapping is given. PGC's ``FRQ_U_…`` tells frequency,
        cases and controls.
    options : mapping
        ``n`` (or ``cases`` and ``controls``) for a file without N; ``build``;
        ``info_least`` 0.9, ``maf_least`` 0.01, ``keeps_ambiguous`` False;
        ``only``: an LD-score folder, or a file of one SNP a line, whose SNPs
        alone are kept, so that ten million rows need little memory; ``name``.

    Raises
    ------
    LabError
        With the row and the remedy, when columns are not what their names say,
        or no row is left.
    """
    return _read(path, columns, options, blocks(path))


def read_ssf(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any]
) -> SummaryStatistics:
    """Return a GWAS-SSF file (Hayhurst et al. 2022); the yaml beside it tells build and samples.

    Parameters and errors as for ``read_tsv``; what ``options`` say wins over the yaml.
    """
    return _read(path, columns, {**metadata(path), **options}, blocks(path))


def read_vcf(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any]
) -> SummaryStatistics:
    """Return a GWAS-VCF file (Lyon et al. 2021): ES, SE, LP, AF, SS of its one sample.

    ``sample`` names the sample where the file holds several. Other parameters
    and errors as for ``read_tsv``; the effect allele is ALT.
    """
    names, build = vcf_header(path)
    sample = sample_of(names, options.get("sample"), path.name)
    told = {"build": build, "name": sample} | dict(options)
    return _read(path, dict(columns) or VCF_COLUMNS, told, vcf_blocks(path, sample))


def stream(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any], ledger: Ledger | None = None
) -> Iterator[SummaryStatistics]:
    """Give the sound rows of a table of any length, piece by piece, at a fixed amount of memory.

    A SNP that stands twice in one piece is left out; across pieces it is not noticed.
    """
    parts, plan = _planned(path, columns, options, blocks(path))
    for table, _ in pieces(parts, plan, Ledger() if ledger is None else ledger):
        yield table


def _read(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any], parts: Iterator[Block]
) -> SummaryStatistics:
    parts, plan = _planned(path, columns, options, parts)
    return table_of(parts, plan, path.name)


def _planned(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any], parts: Iterator[Block]
) -> tuple[Iterator[Block], Plan]:
    unknown = [name for name in options if name not in OPTIONS]
    if unknown:
        raise LabError(
            f"{unknown[0]!r} is no option of a reader of summary statistics.",
            where=path.name,
            remedy=f"There are: {', '.join(OPTIONS)}.",
        )
    first = next(parts, None)
    if first is None:
        raise LabError("the file has no rows.", where=path.name)
    found = columns_of(first.header, columns, path.name)
    plan = Plan(
        columns=found, name=str(options.get("name") or path.name),
        build=build_named(str(options.get("build", ""))), filters=_filters(options, path),
        **{name: _number(options, name, path.name) for name in ("n", "cases", "controls")},
    )  # fmt: skip
    return _chained(first, parts), _with_daner(plan, first.header)


def _chained(first: Block, others: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from others


def _with_daner(plan: Plan, header: tuple[str, ...]) -> Plan:
    """Return the plan with the cases and controls that PGC writes into the names of columns."""
    controls, cases = (
        next((float(found[1]) for name in header if (found := pattern.fullmatch(name))), None)
        for pattern in DANER
    )
    return replace(plan, cases=plan.cases or cases, controls=plan.controls or controls)


def _filters(options: Mapping[str, Any], path: Path) -> Filters:
    usual = Filters()
    return Filters(
        float(options.get("info_least", usual.info_least)),
        float(options.get("maf_least", usual.maf_least)),
        bool(options.get("keeps_ambiguous", False)),
        wanted_in(str(options["only"]), path) if options.get("only") else None,
    )


def wanted_in(place: str, beside: Path) -> Wanted:
    """Return the SNPs of an LD-score folder, or of a file with one SNP a line or a column SNP.

    Parameters
    ----------
    place : str
        A path, as it is, under a folder that holds ``beside``, or under the data folder.
    beside : Path
        The file of summary statistics.

    Raises
    ------
    LabError
        When there is no such file or folder.
    """
    from twofold.lab.genetics.ld_scores import read_ld_scores
    from twofold.lab.genetics.snp_keys import keys_of

    tried = [Path(place), *(folder / place for folder in (*beside.parents, data_folder()))]
    path = next((one for one in tried if one.exists()), None)
    if path is None:
        raise LabError(
            f"there is no {place!r}, of which the SNPs alone were asked for.",
            where=beside.name,
            remedy="Name a folder of LD scores, or leave it out.",
        )
    if path.is_dir():
        return Wanted.of(read_ld_scores(path).key)
    parts = list(blocks(path))
    column = "SNP" if parts and "SNP" in parts[0].header else parts[0].header[0]
    names = [part.text(column) for part in parts]
    return Wanted.of(
        np.concatenate([keys_of(one) for one in [np.array([column.encode()]), *names]])
    )


def _number(options: Mapping[str, Any], name: str, where: str) -> float | None:
    if options.get(name) is None:
        return None
    try:
        value = float(options[name])
    except (TypeError, ValueError):
        value = np.nan
    if not value > 0 or not np.isfinite(value):
        raise LabError(f"the option {name} is {options[name]!r}.", where=where,
                       remedy="Give a number of people above 0.")  # fmt: skip
    return value


YAML_LINE = re.compile(r"^\s*(?:-\s+)?([A-Za-z_]+)\s*:\s*(.*?)\s*$")


def metadata(path: Path) -> dict[str, Any]:
    """Return what the yaml beside a GWAS-SSF file tells: build, sizes and trait.

    Only plain ``key: value`` lines are read; with several samples their sizes are summed.
    """
    stem = path.name.removesuffix(".gz").removesuffix(".tsv")
    names = (f"{path.name}-meta.yaml", f"{stem}.tsv-meta.yaml", f"{path.name}.yaml", f"{stem}.yaml")
    beside = next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
    if beside is None:
        return {}
    with opened(beside) as stream:
        text = stream.read(1 << 20).decode("utf-8", "replace")
    pairs = [found.groups() for line in text.splitlines() if (found := YAML_LINE.match(line))]
    sums = {key: _sum(pairs, key) for key in ("sample_size", "case_count", "control_count")}
    first = {key: value.strip("'\"") for key, value in reversed(pairs) if value}
    told = {
        "build": first.get("genome_assembly"), "name": first.get("trait_description"),
        "n": sums["sample_size"], "cases": sums["case_count"], "controls": sums["control_count"],
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}


def _sum(pairs: list[tuple[str, ...]], key: str) -> float | None:
    numbers = [value.strip("'\"") for name, value in pairs if name == key]
    return sum(float(one) for one in numbers if one.isdigit()) or None
