"""Files into tables: harmonised MR tables, and the SNPs of one trait in the common formats.

Known without naming columns: GWAS-SSF (the GWAS Catalog's standard), the VCF of the
IEU OpenGWAS database, TwoSampleMR's names, and plain names such as ``beta`` and ``se``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.mr.harmonise import harmonise
from twofold.lab.mr.table import Associations, Instruments
from twofold.lab.mr.vcf import is_vcf, read_vcf
from twofold.lab.tables import Column

TRAIT_NAMES: dict[str, tuple[str, ...]] = {
    "snp": ("rsid", "rs_id", "SNP", "snp", "variant_id", "MarkerName", "ID"),
    "beta": ("beta", "b", "BETA", "effect", "Effect"),
    "odds_ratio": ("odds_ratio", "OR", "or"),
    "se": ("standard_error", "se", "SE", "StdErr"),
    "effect_allele": ("effect_allele", "EA", "ea", "A1", "a1", "Allele1"),
    "other_allele": ("other_allele", "non_effect_allele", "NEA", "nea", "A2", "a2", "Allele2"),
    "eaf": ("effect_allele_frequency", "eaf", "EAF", "Freq1", "freq"),
    "p": ("p_value", "pval", "p", "P", "pvalue", "P-value"),
    "minus_log10_p": ("neg_log_10_p_value",),
    "n": ("n", "N", "samplesize", "sample_size", "Neff"),
    "chromosome": ("chromosome", "chr", "CHR", "Chr"),
    "position": ("base_pair_location", "position", "pos", "bp", "BP", "POS"),
}
"""Own name of a column of one trait, and the names that files give it."""

TABLE_NAMES: dict[str, tuple[str, ...]] = {
    "snp": ("SNP", "snp", "rsid"),
    "beta_exposure": ("beta_exposure", "beta.exposure", "bx"),
    "se_exposure": ("se_exposure", "se.exposure", "bxse"),
    "beta_outcome": ("beta_outcome", "beta.outcome", "by"),
    "se_outcome": ("se_outcome", "se.outcome", "byse"),
    "effect_allele": ("effect_allele", "effect_allele.exposure"),
    "other_allele": ("other_allele", "other_allele.exposure"),
    "eaf": ("eaf", "eaf.exposure"),
    "p_exposure": ("p_exposure", "pval.exposure"),
    "p_outcome": ("p_outcome", "pval.outcome"),
    "n_exposure": ("n_exposure", "n.exposure", "samplesize.exposure"),
    "n_outcome": ("n_outcome", "n.outcome", "samplesize.outcome"),
}
_TEXTS = {"snp", "effect_allele", "other_allele", "chromosome"}
_NEEDED = ("snp", "beta_exposure", "se_exposure", "beta_outcome", "se_outcome")
_UNITS = ("exposure", "outcome", "exposure_unit", "outcome_unit")


def mr_table(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Instruments:
    """Read a table in which exposure and outcome stand side by side, for the same allele.

    Parameters
    ----------
    path : Path
    columns : mapping of str to str
        Own name: the file's name; what is not named is looked for (``TABLE_NAMES``).
    options : mapping
        ``exposure``, ``outcome``, ``exposure_unit``, ``outcome_unit`` (names);
        ``outcome_is`` = ``"odds ratio"`` takes logarithms; ``delimiter``; ``leave_out``:
        SNPs that are not used, and are told.

    Raises
    ------
    LabError
        When a needed column is missing or :class:`Instruments` refuses the rows.
    """
    texts = text_columns(path, options.get("delimiter"))
    known = _known(texts, TABLE_NAMES, columns, path)
    if "snp" not in known:
        known["snp"] = [f"row {row + 1}" for row in range(len(next(iter(texts.values()))))]
    missing = [name for name in _NEEDED if name not in known]
    if missing:
        _lacks(missing[0], texts, path)
    known, left = _without(known, options.get("leave_out", ()))
    made: dict[str, Any] = {key: _typed(key, value, path) for key, value in known.items()}
    if options.get("outcome_is") == "odds ratio":
        made["beta_outcome"] = _log(made["beta_outcome"], path)
    made |= {key: str(options[key]) for key in _UNITS if key in options}
    return Instruments(**made, left_out=left, where=path.name)


def associations(
    path: Path, columns: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> Associations:
    """Read the SNPs of one trait: GWAS-SSF, IEU VCF, or any table with a header.

    Parameters
    ----------
    path : Path
        Small files; a whole genome's file streams elsewhere.
    columns : mapping of str to str, optional
        Own name: the file's name; what is not named is looked for (``TRAIT_NAMES``).
    options : mapping, optional
        ``trait``, ``unit``, ``delimiter``, and for a VCF ``sample``.

    Raises
    ------
    LabError
        When a needed column is missing or :class:`Associations` refuses the rows.
    """
    options = options or {}
    told = {key: str(options[key]) for key in ("trait", "unit") if key in options}
    told.setdefault("trait", path.name.split(".")[0])
    if is_vcf(path):
        return read_vcf(path, sample=options.get("sample"), **told)
    texts = text_columns(path, options.get("delimiter"))
    known = _known(texts, TRAIT_NAMES, columns or {}, path)
    made: dict[str, Any] = {key: _typed(key, value, path) for key, value in known.items()}
    ratio, logs = made.pop("odds_ratio", None), made.pop("minus_log10_p", None)
    if "beta" not in made and ratio is not None:
        made["beta"] = _log(ratio, path)
    if "p" not in made and logs is not None:
        made["p"] = 10.0**-logs
    missing = [name for name in ("snp", "beta", "se") if name not in made]
    if missing:
        _lacks(missing[0], texts, path)
    return Associations(**(made | told), where=path.name)


def gwas_instruments(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any]
) -> Instruments:
    """Read an exposure's SNPs and the outcome's file, and bring them to the same alleles.

    Parameters
    ----------
    path : Path
        The exposure's file.
    columns : mapping of str to str
        Of the exposure; ``outcome.`` before a name says that it is the outcome's.
    options : mapping
        ``outcome_file`` (beside the exposure's file, needed), ``action`` (1, 2 or 3),
        ``exposure``, ``outcome``, ``exposure_unit``, ``outcome_unit``.
    """
    if "outcome_file" not in options:
        raise LabError("the outcome's file is not named.", remedy="Give the option outcome_file.")
    second = path.parent / str(options["outcome_file"])
    if not second.exists():
        raise LabError("the outcome's file is not there.", where=str(second))
    theirs = {
        key.removeprefix("outcome."): name
        for key, name in columns.items()
        if key.startswith("outcome.")
    }
    ours = {key: name for key, name in columns.items() if not key.startswith("outcome.")}
    return harmonise(
        associations(path, ours, _of(options, "exposure")),
        associations(second, theirs, _of(options, "outcome")),
        action=options.get("action", 2),
    )


def _of(options: Mapping[str, Any], side: str) -> dict[str, Any]:
    named_so = {"trait": side, "unit": f"{side}_unit"}
    return {key: options[name] for key, name in named_so.items() if name in options}


def _known(
    texts: dict[str, list[str]],
    names: Mapping[str, tuple[str, ...]],
    columns: Mapping[str, str],
    path: Path,
) -> dict[str, list[str]]:
    strange = [own for own in columns if own not in names]
    if strange:
        can = ", ".join(names)
        raise LabError(f"there is no column {strange[0]!r} to name.", remedy=f"There are: {can}.")
    wanted = dict(columns)
    for own, theirs in names.items():
        found = next((one for one in theirs if one in texts), None)
        if own not in wanted and found is not None:
            wanted[own] = found
    return named(texts, wanted, where=path.name)


def _typed(name: str, texts: list[str], path: Path) -> Any:
    if name in _TEXTS:
        return tuple("" if text.upper() in ("NA", "NAN", ".") else text for text in texts)
    return numbers(texts, name=name, where=path.name)


def _log(ratio: Column, path: Path) -> Column:
    odd = np.flatnonzero(~(ratio > 0))
    if len(odd):
        raise LabError(
            f"row {odd[0] + 1}: an odds ratio is above 0, this is {ratio[odd[0]]:g}.",
            where=path.name,
            remedy="Are these log odds already?",
        )
    return np.log(ratio)


def _without(known: dict[str, list[str]], names: Any) -> tuple[dict[str, list[str]], Any]:
    out = {str(name) for name in names}
    rows = [row for row, name in enumerate(known["snp"]) if name not in out]
    left = tuple(f"{name}: the recipe leaves it out." for name in known["snp"] if name in out)
    return {key: [value[row] for row in rows] for key, value in known.items()}, left


def _lacks(name: str, texts: dict[str, list[str]], path: Path) -> None:
    has = ", ".join(list(texts)[:30])
    raise LabError(
        f"no column was found for {name}.",
        where=path.name,
        remedy=f"Say which column holds it. The file has: {has}.",
    )
