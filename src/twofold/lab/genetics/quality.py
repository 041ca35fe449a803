"""What is wrong with rows of summary statistics, row by row: left out, counted, and told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.genetics.alleles import NO_BASE, Codes, is_strand_ambiguous
from twofold.lab.genetics.builds import beyond_all
from twofold.lab.genetics.byte_columns import Mask, Whole
from twofold.lab.genetics.snp_keys import Wanted
from twofold.lab.genetics.summary_statistics import Dropped
from twofold.lab.tables import Column

NOT_WANTED = "not among the SNPs that were asked for"
TWICE = "the SNP stood before"
NO_EFFECT = "the effect, its standard error or z is missing"
NO_SE = "the standard error is 0 or below"
NO_ODDS = "the odds ratio is 0 or below"
NO_P = "p is missing or not between 0 and 1"
ZERO_P = "p is 0, and no effect with its standard error is given"
NO_N = "the sample size is missing or 0"
LOW_INFO = "INFO is below the least that was asked for"
ODD_INFO = "INFO is above 2 or below 0"
ODD_FREQUENCY = "the frequency is not between 0 and 1"
RARE = "the minor allele is rarer than asked for"
NO_LETTER = "an allele is no single base A, C, G or T"
SAME_ALLELES = "both alleles are the same"
AMBIGUOUS = "A/T or C/G: the strand cannot be told"
NO_CHROMOSOME = "the chromosome is not 1 to 22, X, Y or MT"
BEYOND = "the position lies beyond the end of its chromosome"
NO_PASS = "its FILTER is not PASS"
REMEDIES = {
    NOT_WANTED: "",
    TWICE: "The first row was kept.",
    NO_EFFECT: "Check which columns are named.",
    NO_SE: "A standard error is above 0; was it rounded to 0?",
    NO_ODDS: "If the column holds log odds, name it beta.",
    NO_P: "Name −log10 p as minus_log10_p.",
    ZERO_P: "z cannot be known from it.",
    NO_N: "Give it as the option n.",
    LOW_INFO: "",
    ODD_INFO: "Which column holds the imputation quality?",
    ODD_FREQUENCY: "Is it in percent?",
    RARE: "",
    NO_LETTER: "Insertions and deletions are not used.",
    SAME_ALLELES: "Which columns hold the alleles?",
    AMBIGUOUS: "",
    NO_CHROMOSOME: "Are chromosome and position swapped?",
    BEYOND: "Are positions and N swapped?",
    NO_PASS: "",
}
"""Every reason for which a row is left out, and what to try."""
MOST_INFO = 2.0


@dataclass(frozen=True)
class Filters:
    """What is kept of a file; the defaults are those customary for LD score regression.

    Parameters
    ----------
    info_least, maf_least : float
        Imputation quality and minor-allele frequency, where the file gives them.
    keeps_ambiguous : bool
        Whether A/T and C/G pairs stay.
    wanted : Wanted, optional
        Only these SNPs.
    """

    info_least: float = 0.9
    maf_least: float = 0.01
    keeps_ambiguous: bool = False
    wanted: Wanted | None = None


@dataclass
class Ledger:
    """The counts of one file while it is read."""

    rows: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)

    def note(self, reason: str, rows: Whole) -> None:
        """Count rows that are left out for a reason."""
        if len(rows):
            entry = self.counts.setdefault(reason, [0, int(rows[0])])
            entry[0] += len(rows)

    def dropped(self) -> tuple[Dropped, ...]:
        """Return what was left out, most first."""
        ordered = sorted(self.counts.items(), key=lambda one: -one[1][0])
        return tuple(Dropped(reason, REMEDIES[reason], *entry) for reason, entry in ordered)


@dataclass(frozen=True)
class Raw:
    """Rows as they stand in the file, before any is left out; ``None`` = no such column."""

    row: Whole
    chromosome: Whole | None
    position: Whole | None
    effect_allele: Codes
    other_allele: Codes
    beta: Column | None
    odds_ratio: Column | None
    se: Column | None
    z: Column | None
    p: Column | None
    n: Column | None
    eaf: Column | None
    info: Column | None
    passes: Mask | None
    log_p: Column | None


def sound_rows(raw: Raw, filters: Filters, ledger: Ledger) -> NDArray[np.int64]:
    """Return which rows stay; the others are counted under the first reason that holds."""
    stays = np.ones(len(raw.row), bool)
    for reason, wrong in _reasons(raw, filters):
        ledger.note(reason, raw.row[stays & wrong])
        stays &= ~wrong
    return np.flatnonzero(stays)


def _reasons(raw: Raw, filters: Filters) -> list[tuple[str, Mask]]:
    has_effect = raw.z is not None or (
        raw.se is not None and (raw.beta is not None or raw.odds_ratio is not None)
    )
    found: list[tuple[str, Mask]] = []
    main = [one for one in (raw.beta, raw.odds_ratio, raw.se, raw.z) if one is not None]
    found.append((NO_EFFECT, ~np.asarray(np.isfinite(main).all(axis=0))))
    if raw.se is not None:
        found.append((NO_SE, raw.se <= 0))
    if raw.odds_ratio is not None:
        found.append((NO_ODDS, raw.odds_ratio <= 0))
    if raw.p is not None:
        found.append((NO_P, ~((raw.p >= 0) & (raw.p <= 1))))
        if not has_effect and raw.log_p is None:
            found.append((ZERO_P, raw.p == 0))
    if raw.n is not None:
        found.append((NO_N, ~(raw.n > 0)))
    return found + _imputation(raw, filters) + _variant(raw, filters)


def _imputation(raw: Raw, filters: Filters) -> list[tuple[str, Mask]]:
    found: list[tuple[str, Mask]] = []
    if raw.info is not None:
        found.append((ODD_INFO, (raw.info > MOST_INFO) | (raw.info < 0)))
        found.append((LOW_INFO, raw.info < filters.info_least))
    if raw.eaf is not None:
        found.append((ODD_FREQUENCY, (raw.eaf < 0) | (raw.eaf > 1)))
        found.append((RARE, np.minimum(raw.eaf, 1 - raw.eaf) < filters.maf_least))
    return found


def _variant(raw: Raw, filters: Filters) -> list[tuple[str, Mask]]:
    effect, other = raw.effect_allele, raw.other_allele
    found = [
        (NO_LETTER, (effect == NO_BASE) | (other == NO_BASE)),
        (SAME_ALLELES, effect == other),
    ]
    if not filters.keeps_ambiguous:
        found.append((AMBIGUOUS, is_strand_ambiguous(effect, other)))
    if raw.chromosome is not None:
        found.append((NO_CHROMOSOME, raw.chromosome <= 0))
        if raw.position is not None:
            found.append((BEYOND, beyond_all(raw.chromosome, raw.position)))
    if raw.passes is not None:
        found.append((NO_PASS, ~raw.passes))
    return found


def refuse_empty(ledger: Ledger, where: str) -> None:
    """Refuse a file of which no row is left, with the reasons.

    Raises
    ------
    LabError
    """
    if not ledger.rows:
        raise LabError("the file has no rows.", where=where)
    told = " ".join(one.sentence() for one in ledger.dropped()[:3])
    raise LabError(f"none of {ledger.rows:,} rows can be used.", where=where, remedy=told)
