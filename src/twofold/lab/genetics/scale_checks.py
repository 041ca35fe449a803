"""Is a column what its name says? Whole columns that contradict each other, refused or told.

An odds ratio where beta is claimed, log odds where an odds ratio is claimed, a
standard error on the other scale, p and SE swapped: each shows when the effect
over its standard error is set beside the p-value of the same row.
"""

from __future__ import annotations

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.builds import BUILDS, beyond
from twofold.lab.genetics.quality import Raw
from twofold.lab.genetics.summary_statistics import SummaryStatistics
from twofold.lab.tables import Column

FEWEST_ROWS = 50
LOOKED_AT = 200_000
TOLERANCE = 0.1


def refuse_wrong_scale(raw: Raw, where: str) -> None:
    """Refuse rows of which a column is not what its name says.

    Parameters
    ----------
    raw : Raw
        Rows as they stand in the file; under 50 rows nothing can be said.

    Raises
    ------
    LabError
        When the odds ratios are log odds, the betas are odds ratios, the
        standard errors belong to the other scale, or p and SE are swapped.
    """
    if len(raw.row) < FEWEST_ROWS:
        return
    first = int(raw.row[0])
    if raw.odds_ratio is not None and raw.z is None:
        _refuse_log_odds(raw.odds_ratio, raw.row, where)
    if raw.beta is not None and raw.z is None and (raw.beta > 0).all():
        middle = float(np.nanmedian(raw.beta))
        if 0.5 < middle < 2:
            raise LabError(
                f"row {first} and on: no beta is below 0 and their median is {middle:.2f}.",
                where=where,
                remedy="These are odds ratios: name the column odds_ratio instead of beta.",
            )
    if raw.se is not None and raw.p is not None:
        _refuse_swapped(raw, where)


def _refuse_log_odds(odds_ratio: Column, rows: np.ndarray, where: str) -> None:
    below = np.flatnonzero(odds_ratio < 0)
    if len(below) > 0.05 * len(odds_ratio):
        raise LabError(
            f"row {rows[below[0]]}: the odds ratio is {odds_ratio[below[0]]:g}, below 0, "
            f"as in {len(below):,} of {len(odds_ratio):,} rows.",
            where=where,
            remedy="These are log odds: name the column beta instead of odds_ratio.",
        )


def _refuse_swapped(raw: Raw, where: str) -> None:
    effect = _log_effect(raw)
    if effect is None or raw.se is None or raw.p is None:
        return
    if agreement(effect / _positive(raw.se), raw.p) is not None:
        return
    guesses = {
        "SE and p are swapped: name them the other way round.": (effect / _positive(raw.p), raw.se),
        "the standard error is that of the odds ratio: give it of the log odds "
        "(divide it by the odds ratio).": (effect * np.exp(effect) / _positive(raw.se), raw.p),
        "the effect is an odds ratio: name the column odds_ratio.": (
            np.log(_positive(effect)) / _positive(raw.se),
            raw.p,
        ),
        "p is −log10 p: name the column minus_log10_p.": (
            effect / _positive(raw.se),
            10.0 ** -np.clip(raw.p, 0, 300),
        ),
    }
    for remedy, (z, p) in guesses.items():
        if agreement(z, p) is not None:
            raise LabError(
                f"row {raw.row[0]} and on: p does not belong to the effect and its standard error.",
                where=where,
                remedy=f"It fits when {remedy}",
            )


def _log_effect(raw: Raw) -> Column | None:
    if raw.beta is not None:
        return raw.beta
    return None if raw.odds_ratio is None else np.asarray(np.log(_positive(raw.odds_ratio)))


def _positive(values: Column) -> Column:
    return np.where(values > 0, values, np.nan)


def agreement(z: Column, p: Column) -> float | None:
    """Return how many times as large z is as p says; ``None`` when they disagree.

    The median over the rows with p from 1e-20 to 0.5. Genomic control moves
    it a little; under 70 of 100 rows within a tenth of it is disagreement.
    """
    from scipy.special import ndtri

    used = (p > 1e-20) & (p < 0.5) & np.isfinite(z)
    if np.count_nonzero(used) < 0.1 * len(p) or np.count_nonzero(used) < 20:
        return None
    ratio = np.abs(z[used]) / -ndtri(p[used] / 2)
    middle = float(np.median(ratio))
    near = np.mean(np.abs(ratio / middle - 1) < TOLERANCE) if middle > 0 else 0
    return middle if near > 0.7 and 0.5 < middle < 2 else None


def warnings_of(table: SummaryStatistics, build: str = "") -> tuple[str, ...]:
    """Return what a careful reader must know of the whole table.

    Parameters
    ----------
    table : SummaryStatistics
    build : str
        The assembly that the file claims.
    """
    said = (_of_p(table), _of_frequency(table), _of_build(table, build), _of_size(table))
    return tuple(one for one in said if one)


def _of_p(table: SummaryStatistics) -> str:
    some = slice(None, LOOKED_AT)
    if not np.isfinite(table.p[some]).any() or not np.isfinite(table.beta[some]).any():
        return ""
    z, p = (table.beta / table.se)[some], table.p[some]
    if np.count_nonzero(p < 0.5) < 20:
        return ""
    found = agreement(z, p)
    if found is None:
        return (
            "p does not belong to the effect and its standard error in most rows; "
            "check which columns are named."
        )
    if abs(found - 1) > 0.02:
        return (
            f"effect over standard error is {found:.2f} times as large as p says: "
            "p may be corrected by genomic control, or the standard errors rounded."
        )
    return ""


def _of_frequency(table: SummaryStatistics) -> str:
    known = table.eaf[np.isfinite(table.eaf)]
    if len(known) < 1000 or known.max() > 0.5:
        return ""
    return (
        "no frequency is above 0.5: the column holds the minor allele's frequency, "
        "not the effect allele's."
    )


def _of_build(table: SummaryStatistics, claimed: str) -> str:
    if not table.position.any():
        return ""
    over = {name: beyond(table.chromosome, table.position, name) for name in BUILDS}
    rows = {name: int(np.flatnonzero(one)[0]) + 1 for name, one in over.items() if one.any()}
    if len(rows) == 2:
        (one, first), (two, second) = rows.items()
        return (
            f"positions of two genome builds are mixed: SNP {first} lies beyond {one}, SNP {second}"
            f" beyond {two}. Lift all to one build, or match by rs number alone."
        )
    if claimed in rows:
        return (
            f"SNP {rows[claimed]} lies beyond the end of its chromosome in {claimed}, which the "
            "file claims: is it the other build?"
        )
    return ""


def _of_size(table: SummaryStatistics) -> str:
    middle = float(np.nanmedian(table.n)) if np.isfinite(table.n).any() else np.inf
    if middle >= 1000:
        return ""
    return f"the median sample size is {middle:g}: is it the column of N?"
