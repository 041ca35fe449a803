"""The tables of Mendelian randomisation: one trait's SNPs, and exposure beside outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from twofold.lab.tables import Column, Problem, column, refuse, rows_where, twice

SPARE = "Leave it out, or mend it in the file."
OTHER_COLUMN = "Is a column swapped or missing?"
MANY_SNPS = 1_000
T = TypeVar("T", bound="Associations | Instruments")


@dataclass(frozen=True, eq=False)
class Associations:
    """What the SNPs do to one trait.

    Parameters
    ----------
    snp : sequence of str
        One name a row, none twice.
    beta, se : array, shape (snps,)
        Effect of one effect allele, and its standard error.
    effect_allele, other_allele : sequence of str, optional
        As the file writes them; empty where not known.
    eaf, p, n : array, shape (snps,), optional
        Frequency of the effect allele, p-value, sample size; ``nan`` = not known.
    chromosome, position : sequence of str and array, optional
        Where the SNP lies, in the file's own build.
    trait, unit, where : str
        Name of the trait, its unit, and the file.

    Raises
    ------
    LabError
        When an SE is zero, negative or not known, an SNP stands twice, a frequency or
        p-value is out of its range, or nothing is left.
    """

    snp: tuple[str, ...]
    beta: Column
    se: Column
    effect_allele: tuple[str, ...] = ()
    other_allele: tuple[str, ...] = ()
    eaf: Column | None = None
    p: Column | None = None
    n: Column | None = None
    chromosome: tuple[str, ...] = ()
    position: Column | None = None
    trait: str = "trait"
    unit: str = ""
    where: str = ""

    def __post_init__(self) -> None:
        """Check every row."""
        _settle(self)
        problems = [*_names(self.snp), *_effects(self.beta, self.se, "beta", "SE")]
        refuse([*problems, *_ranges(self)], where=self.where)

    def __len__(self) -> int:
        return len(self.snp)

    def rows(self, kept: Sequence[int] | NDArray[np.intp]) -> Associations:
        """Return the table with these rows alone, in this order."""
        return _rows(self, kept)


@dataclass(frozen=True, eq=False)
class Instruments:
    """SNPs with their effect on an exposure and, for the same allele, on an outcome.

    Parameters
    ----------
    snp : sequence of str
    beta_exposure, se_exposure, beta_outcome, se_outcome : array, shape (snps,)
        Effects of the same allele and their standard errors.
    effect_allele, other_allele : sequence of str, optional
    eaf : array, shape (snps,), optional
        Frequency of the effect allele in the exposure's sample.
    p_exposure, p_outcome, n_exposure, n_outcome : array, shape (snps,), optional
        ``nan`` = not known.
    exposure, outcome, exposure_unit, outcome_unit : str
        Names, and the units of the betas.
    left_out, done : tuple of str
        What harmonising left out and why, and what it turned.
    warnings : tuple of str
        What looks odd; the table adds what it notices itself.
    where : str
        The file.

    Raises
    ------
    LabError
        As for :class:`Associations`, and when an effect on the exposure is exactly 0.
    """

    snp: tuple[str, ...]
    beta_exposure: Column
    se_exposure: Column
    beta_outcome: Column
    se_outcome: Column
    effect_allele: tuple[str, ...] = ()
    other_allele: tuple[str, ...] = ()
    eaf: Column | None = None
    p_exposure: Column | None = None
    p_outcome: Column | None = None
    n_exposure: Column | None = None
    n_outcome: Column | None = None
    exposure: str = "exposure"
    outcome: str = "outcome"
    exposure_unit: str = ""
    outcome_unit: str = ""
    left_out: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    where: str = ""

    def __post_init__(self) -> None:
        """Check every row, and note what looks odd."""
        _settle(self)
        bx, by = self.beta_exposure, self.beta_outcome
        problems = [
            *_names(self.snp),
            *_effects(bx, self.se_exposure, "the effect on the exposure", "SE of the exposure"),
            *_effects(by, self.se_outcome, "the effect on the outcome", "SE of the outcome"),
            *rows_where(bx == 0, "the effect on the exposure is 0: it is no instrument.", SPARE),
        ]
        refuse([*problems, *_ranges(self)], where=self.where)
        noticed = [one for one in oddities(self) if one not in self.warnings]
        object.__setattr__(self, "warnings", (*self.warnings, *noticed))

    def __len__(self) -> int:
        return len(self.snp)

    def rows(self, kept: Sequence[int] | NDArray[np.intp]) -> Instruments:
        """Return the table with these rows alone, in this order."""
        return _rows(replace(self, warnings=()), kept)

    def turned(self) -> Instruments:
        """Return every SNP for the allele that raises the exposure."""
        sign = np.where(self.beta_exposure < 0, -1.0, 1.0)
        flip = sign < 0
        effect, other = self.effect_allele, self.other_allele
        if effect and other:
            pairs = list(zip(effect, other, flip, strict=True))
            effect = tuple(b if turn else a for a, b, turn in pairs)
            other = tuple(a if turn else b for a, b, turn in pairs)
        eaf = self.eaf if self.eaf is None else np.where(flip, 1 - self.eaf, self.eaf)
        return replace(
            self, beta_exposure=self.beta_exposure * sign, beta_outcome=self.beta_outcome * sign,
            eaf=eaf, effect_allele=effect, other_allele=other,
        )  # fmt: skip


def oddities(table: Instruments) -> Iterator[str]:
    """Give what looks odd about a table that can still be worked out.

    Swapped columns, odds ratios that stand where log odds belong, SEs that do not fit
    the p-values, one SNP alone, and more SNPs than independent ones can be.
    """
    bx, sx = table.beta_exposure, table.se_exposure
    by, sy = table.beta_outcome, table.se_outcome
    if len(table) == 1:
        yield "There is one SNP: nothing can be checked against another. Find more instruments."
    if len(table) > MANY_SNPS:
        yield f"There are {len(table)} SNPs: were they clumped? Linked SNPs count the same twice."
    yield from _swapped(bx, sx, "exposure")
    yield from _swapped(by, sy, "outcome")
    for beta, name in ((bx, "exposure"), (by, "outcome")):
        if looks_like_odds_ratios(beta):
            yield (
                f"Every effect on the {name} is positive and lies around 1: these look like odds"
                " ratios. Give their logarithms."
            )
    yield from _misfits(table.p_exposure, bx, sx, "exposure")
    yield from _misfits(table.p_outcome, by, sy, "outcome")


def looks_like_odds_ratios(beta: Column) -> bool:
    """Return whether all values are positive, lie around 1, and on both sides of it or near it."""
    if len(beta) < 3 or not np.all((beta > 0.2) & (beta < 5)):
        return False
    return bool(0.7 < np.exp(np.mean(np.log(beta))) < 1.4)


def _swapped(beta: Column, se: Column, name: str) -> Iterator[str]:
    """An SE is always positive and much alike from SNP to SNP; an effect has both signs."""
    if len(beta) < 4:
        return
    strength = np.abs(beta) / se
    if name == "exposure" and np.median(strength) < 1:
        yield (
            "Most effects on the exposure are smaller than their SE: either these SNPs are no"
            f" instruments, or effect and SE are swapped. {OTHER_COLUMN}"
        )
    elif name == "outcome" and np.all(beta > 0) and np.all(strength < 1):
        yield (
            "Every effect on the outcome is positive and smaller than its SE: effect and SE may be"
            f" swapped. {OTHER_COLUMN}"
        )


def _misfits(p: Column | None, beta: Column, se: Column, name: str) -> Iterator[str]:
    """Say where a p-value and beta/SE are of different worlds."""
    if p is None:
        return
    from scipy.special import log_ndtr

    with np.errstate(divide="ignore"):
        told = np.log10(p)
    ours = (log_ndtr(-np.abs(beta / se)) + math.log(2)) / math.log(10)
    near = np.abs(told - ours) <= 1 + 0.35 * np.maximum(np.abs(told), np.abs(ours))
    odd = np.flatnonzero(~near & np.isfinite(told))
    if len(odd):
        rows = ", ".join(str(row + 1) for row in odd[:5])
        yield (
            f"In {len(odd)} of {len(p)} rows (row {rows}) the p-value of the {name} does not fit"
            f" effect and SE. {OTHER_COLUMN}"
        )


def _settle(table: Any) -> None:
    """Write every column as read-only numbers or names of one length."""
    rows = len(table.snp)
    for one in fields(table):
        value = getattr(table, one.name)
        if one.name in _TEXTS:
            object.__setattr__(table, one.name, tuple(str(text).strip() for text in value))
        elif one.name in _NUMBERS and value is not None:
            object.__setattr__(table, one.name, column(value, name=one.name, rows=rows))
    short = [name for name in _TEXTS if len(getattr(table, name, ())) not in (0, rows)]
    refuse([Problem(None, f"{name} has another length than the table.", "") for name in short])
    for name in ("effect_allele", "other_allele"):
        upper = tuple(text.upper() for text in getattr(table, name))
        object.__setattr__(table, name, upper)


_TEXTS = ("snp", "effect_allele", "other_allele", "chromosome")
_NUMBERS = (
    "beta", "se", "eaf", "p", "n", "position", "beta_exposure", "se_exposure", "beta_outcome",
    "se_outcome", "p_exposure", "p_outcome", "n_exposure", "n_outcome",
)  # fmt: skip


def _names(snp: Sequence[str]) -> list[Problem]:
    if not snp:
        return [Problem(None, "no SNP is left.", "Is it the right file, and the right SNPs?")]
    nameless = rows_where(np.array([not name for name in snp]), "the SNP has no name.", SPARE)
    again = [Problem(row + 1, f"{snp[row]} stands twice.", "Keep one.") for row in twice(snp)]
    return [*nameless, *again]


def _effects(beta: Column, se: Column, effect: str, error: str) -> list[Problem]:
    with np.errstate(invalid="ignore"):
        return [
            *rows_where(~np.isfinite(beta), f"{effect} is not known.", SPARE),
            *rows_where(~np.isfinite(se), f"the {error} is not known.", SPARE),
            *rows_where(se == 0, f"the {error} is 0: nothing is known that exactly.", SPARE),
            *rows_where(se < 0, f"the {error} is below 0.", OTHER_COLUMN),
        ]


def _ranges(table: Any) -> list[Problem]:
    found: list[Problem] = []
    with np.errstate(invalid="ignore"):
        if table.eaf is not None:
            odd = (table.eaf < 0) | (table.eaf > 1)
            found += rows_where(odd, "the allele frequency is not between 0 and 1.", OTHER_COLUMN)
        for name in ("p", "p_exposure", "p_outcome"):
            value = getattr(table, name, None)
            if value is not None:
                odd = (value < 0) | (value > 1)
                found += rows_where(odd, "the p-value is not between 0 and 1.", OTHER_COLUMN)
        for name in ("n", "n_exposure", "n_outcome"):
            value = getattr(table, name, None)
            if value is not None:
                found += rows_where(value < 3, "the sample has fewer than 3 people.", OTHER_COLUMN)
    return found


def _rows(table: T, kept: Sequence[int] | NDArray[np.intp]) -> T:
    index = np.asarray(kept, dtype=np.intp)
    changed: dict[str, Any] = {}
    for name in (*_TEXTS, *_NUMBERS):
        value = getattr(table, name, None)
        if isinstance(value, np.ndarray):
            changed[name] = value[index]
        elif value:
            changed[name] = tuple(value[row] for row in index)
    return replace(table, **changed)
