"""Which column of a file holds what: as its reader is told, or by its usual name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twofold.errors import LabError
from twofold.lab.genetics.byte_columns import require

ALIASES: dict[str, tuple[str, ...]] = {
    "snp": ("rsid", "rs_id", "SNP", "snp", "MarkerName", "markername", "SNPID", "RSID", "ID",
            "variant_id"),
    "chromosome": ("chromosome", "CHR", "chr", "CHROM", "Chromosome", "hm_chrom"),
    "position": ("base_pair_location", "BP", "POS", "pos", "position", "bp", "hm_pos"),
    "effect_allele": ("effect_allele", "A1", "EA", "ALLELE1", "Allele1", "a1"),
    "other_allele": ("other_allele", "A2", "NEA", "ALLELE2", "Allele2", "a2", "ALLELE0"),
    "beta": ("beta", "BETA", "b", "Beta", "LogOR", "log_odds", "Effect"),
    "odds_ratio": ("odds_ratio", "OR", "or"),
    "se": ("standard_error", "SE", "se", "StdErr", "SEBETA"),
    "p": ("p_value", "P", "p", "PVAL", "pval", "P-value", "Pvalue", "P_BOLT_LMM"),
    "minus_log10_p": ("neg_log_10_p_value", "LOG10P", "MLOGP", "LP"),
    "z": ("Z", "z", "zscore", "Zscore", "z_score"),
    "n": ("n", "N", "NEFF", "Neff", "sample_size", "n_total"),
    "cases": ("Nca", "NCAS", "n_cases", "N_CAS"),
    "controls": ("Nco", "NCON", "n_controls", "N_CON"),
    "eaf": ("effect_allele_frequency", "EAF", "eaf", "FRQ", "FREQ", "A1FREQ", "Freq1", "FCON"),
    "info": ("info", "INFO", "Info", "imputation_quality", "IMPINFO"),
}  # fmt: skip
"""Usual names of columns, first match wins; used only where no mapping is given."""

DANER = re.compile(r"FRQ_U_(\d+)"), re.compile(r"FRQ_A_(\d+)")


def columns_of(header: tuple[str, ...], given: Mapping[str, str], where: str) -> dict[str, str]:
    """Return which column holds what: as given, or by its usual name.

    Raises
    ------
    LabError
        When a given column is not there, or a needed one is not found.
    """
    unknown = [name for name in given if name not in ALIASES]
    if unknown:
        known = ", ".join(ALIASES)
        raise LabError(
            f"{unknown[0]!r} is no column of summary statistics.",
            where=where,
            remedy=f"There are: {known}.",
        )
    require(header, list(given.values()), where=where)
    found = dict(given)
    if not given:
        found = {
            own: next(name for name in names if name in header)
            for own, names in ALIASES.items()
            if any(name in header for name in names)
        }
        controls = next((name for name in header if DANER[0].fullmatch(name)), None)
        if controls and "eaf" not in found:
            found["eaf"] = controls
    _refuse_incomplete(found, header, where)
    return found


def _refuse_incomplete(found: Mapping[str, str], header: tuple[str, ...], where: str) -> None:
    for name in ("snp", "effect_allele", "other_allele"):
        if name not in found:
            raise LabError(
                f"no column of {name} was found.",
                where=where,
                remedy=f"Name it in the mapping. It has: {', '.join(header[:30])}.",
            )
    has_effect = "beta" in found or "odds_ratio" in found
    has_error = {"se", "p", "minus_log10_p"} & set(found)
    if "z" not in found and not (has_effect and has_error):
        raise LabError(
            "neither z nor an effect with its standard error or p was found.",
            where=where,
            remedy=f"Name beta or odds_ratio, and se. It has: {', '.join(header[:30])}.",
        )
