"""One or two traits set beside LD scores: the SNPs they share, the same allele counted in all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.alleles import signs
from twofold.lab.genetics.byte_columns import Whole
from twofold.lab.genetics.ld_scores import LdScores
from twofold.lab.genetics.snp_keys import rows_of
from twofold.lab.genetics.summary_statistics import SummaryStatistics

FEWEST = 200_000
FEW_SHARED = 0.95


@dataclass(frozen=True)
class Paired:
    """SNPs that the LD scores and every trait have, in genome order.

    Parameters
    ----------
    scores : array of int
        Rows of the LD scores.
    traits : tuple of array of int
        Rows of each trait.
    signs : tuple of array of float64
        By what each trait's z is multiplied so that all count one allele.
    left_out, warnings : tuple of str
    """

    scores: Whole
    traits: tuple[Whole, ...]
    signs: tuple[np.ndarray, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]


def paired(ld: LdScores, *traits: SummaryStatistics) -> Paired:
    """Return the SNPs that LD scores and traits share.

    A SNP of a second trait counts as the same only when its alleles are those
    of the first, on either strand.

    Raises
    ------
    LabError
        When no SNP is shared.
    """
    at = [rows_of(ld.key, trait.key) for trait in traits]
    kept = np.flatnonzero(np.min(at, axis=0) >= 0)
    if not len(kept):
        _refuse_strangers(traits, at)
    rows = [one[kept] for one in at]
    turned = [
        _signs(traits[0], rows[0], trait, here) for trait, here in zip(traits, rows, strict=True)
    ]
    same = np.all([one != 0 for one in turned], axis=0)
    if not same.any():
        raise LabError(
            "no SNP has the same alleles in both tables.",
            where=" and ".join(trait.name for trait in traits),
            remedy="Check which columns hold the alleles.",
        )
    left = _left_out(ld, traits, kept, same)
    rows = [one[same] for one in rows]
    said = _warnings(ld, traits, kept[same], rows)
    return Paired(kept[same], tuple(rows), tuple(one[same] for one in turned), left, said)


def shared(
    first: SummaryStatistics, second: SummaryStatistics
) -> tuple[SummaryStatistics, SummaryStatistics, tuple[str, ...]]:
    """Return the SNPs of both tables in the order of the first, effects of the same allele.

    Returns
    -------
    first, second : SummaryStatistics
        Of equal length; the second's z and beta count the first's effect allele.
    left_out : tuple of str

    Raises
    ------
    LabError
        When the tables share no SNP with the same alleles.
    """
    at = rows_of(first.key, second.key)
    kept = np.flatnonzero(at >= 0)
    turned = _signs(first, kept, second, at[kept])
    same = turned != 0
    if not same.any():
        raise LabError(
            "the tables share no SNP with the same alleles.",
            where=f"{first.name} and {second.name}",
            remedy="Are both columns of names rs numbers?",
        )
    one, other = first.taken(kept[same]), second.taken(at[kept[same]])
    turned = turned[same]
    aligned = replace(
        other, z=other.z * turned, beta=other.beta * turned,
        effect_allele=one.effect_allele, other_allele=one.other_allele,
        eaf=np.where(turned > 0, other.eaf, 1 - other.eaf),
    )  # fmt: skip
    told = [f"{trait.name}, {line}" for trait in (first, second) for line in
            trait.quality.sentences()]  # fmt: skip
    told.append(
        f"{first.rows + second.rows - 2 * len(kept):,} SNPs: in one table alone; "
        f"{len(kept) - one.rows:,}: other alleles in the two."
    )
    return one, aligned, tuple(told)


def _refuse_strangers(traits: tuple[SummaryStatistics, ...], at: list[Whole]) -> None:
    strange = next((one for one, here in zip(traits, at, strict=True) if here.max() < 0), None)
    if strange is None:
        raise LabError("the tables share no SNP that has an LD score.")
    raise LabError(
        f"none of {strange.rows:,} SNPs has an LD score.",
        where=strange.name,
        remedy="LD scores go by rs number; is the column of names that of rs numbers?",
    )


def _signs(
    first: SummaryStatistics, rows: Whole, trait: SummaryStatistics, here: Whole
) -> np.ndarray:
    if trait is first:
        return np.ones(len(rows))
    return signs(
        first.effect_allele[rows], first.other_allele[rows],
        trait.effect_allele[here], trait.other_allele[here],
    )  # fmt: skip


def _left_out(
    ld: LdScores, traits: tuple[SummaryStatistics, ...], kept: Whole, same: np.ndarray
) -> tuple[str, ...]:
    told = [
        f"{trait.name}, {sentence}" for trait in traits for sentence in trait.quality.sentences()
    ]
    told += [
        f"{trait.name}, {trait.rows - len(kept):,} SNPs: no LD score, or not in every table."
        for trait in traits
        if trait.rows > len(kept)
    ]
    if not same.all():
        first = ld.snp[kept[np.flatnonzero(~same)[0]]].decode()
        told.append(
            f"{np.count_nonzero(~same):,} SNPs: other alleles in the two tables (first: {first})."
        )
    return tuple(told)


def _warnings(
    ld: LdScores, traits: tuple[SummaryStatistics, ...], kept: Whole, rows: list[Whole]
) -> tuple[str, ...]:
    said = [f"{trait.name}: {one}" for trait in traits for one in trait.quality.warnings]
    if len(kept) < FEWEST:
        said.append(
            f"only {len(kept):,} SNPs: under 200,000 the numbers are not to be relied on. "
            "Was the file cut to its strongest SNPs?"
        )
    for trait, here in zip(traits, rows, strict=True):
        said += _positions(ld, trait, kept, here)
    return tuple(said)


def _positions(ld: LdScores, trait: SummaryStatistics, kept: Whole, rows: Whole) -> list[str]:
    """Tell when some positions are those of the LD scores' assembly and others are not."""
    known = trait.position[rows] > 0
    if not known.any():
        return []
    is_same = trait.position[rows] == ld.position[kept]
    share = float(is_same[known].mean())
    if not 1 - FEW_SHARED < share < FEW_SHARED:
        return []
    odd = int(rows[np.flatnonzero(known & ~is_same)[0]]) + 1
    return [
        f"{trait.name}: {100 * share:.0f} of 100 positions are those of the LD scores, the others"
        f" are not (first: SNP {odd}): two genome builds may be mixed."
    ]
