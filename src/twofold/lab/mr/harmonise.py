"""Bring two files to the same allele: swapped, on the other strand, or not to be told apart.

The three ways of treating palindromes (A/T and C/G, which read the same on both
strands) carry the numbers under which the field knows them (Hemani 2018, eLife
7:e34408): 1 both files are on the forward strand; 2 the allele frequency decides,
and a frequency near one half leaves the SNP out; 3 every palindrome is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr.table import Associations, Instruments
from twofold.lab.tables import Column

Action = Literal[1, 2, 3]
NEAR_HALF = 0.08
"""A frequency within this of one half does not tell which allele is the rarer one."""
FAR_APART = 0.2
MOST_MOVED = 0.2

_OTHER_STRAND = str.maketrans("ACGT", "TGCA")
_LETTERS = set("ACGT")


@dataclass(frozen=True)
class Step:
    """What was done with one SNP.

    Parameters
    ----------
    snp : str
    is_kept : bool
    sign : int
        1 or −1: by what the outcome's effect was multiplied.
    done : str
        What was done and why; empty when both files agreed.
    is_palindrome : bool
    """

    snp: str
    is_kept: bool
    sign: int
    done: str
    is_palindrome: bool = False


def harmonise(
    exposure: Associations,
    outcome: Associations,
    *,
    action: Action = 2,
    near_half: float = NEAR_HALF,
) -> Instruments:
    """Return the SNPs of both files, each effect told for the exposure's effect allele.

    Parameters
    ----------
    exposure, outcome : Associations
        The exposure's SNPs decide; those that the outcome lacks are listed.
    action : {1, 2, 3}
        How palindromes are treated; see the top of this file.
    near_half : float
        How near to one half a frequency must be to tell nothing (action 2).

    Returns
    -------
    Instruments
        ``left_out`` and ``done`` hold one sentence for each SNP that was not simply kept.

    Raises
    ------
    LabError
        When alleles are missing from a file, the two files use different builds, no
        SNP is in both, or every SNP is a palindrome that has to be left out.
    """
    if action not in (1, 2, 3):
        raise LabError(f"there is no action {action!r}.", remedy="Choose 1, 2 or 3.")
    _need_alleles(exposure, outcome)
    place = {name: row for row, name in enumerate(outcome.snp)}
    shared = [row for row, name in enumerate(exposure.snp) if name in place]
    if not shared:
        raise LabError(
            f"none of the {len(exposure)} SNPs of the exposure is in the outcome's file.",
            where=outcome.where,
            remedy="Do both files name SNPs the same way (rs numbers)?",
        )
    ours, theirs = exposure.rows(shared), outcome.rows([place[exposure.snp[i]] for i in shared])
    _same_build(ours, theirs)
    steps = [_step(ours, theirs, row, action, near_half) for row in range(len(ours))]
    kept = [row for row, step in enumerate(steps) if step.is_kept]
    if not kept:
        _nothing_left(steps, exposure.where)
    absent = [name for name in exposure.snp if name not in place]
    return _joined(ours, theirs, steps, kept, absent)


def _need_alleles(exposure: Associations, outcome: Associations) -> None:
    for table in (exposure, outcome):
        if not table.effect_allele:
            raise LabError(
                "the effect allele of each SNP is needed to bring two files together.",
                where=table.where,
                remedy="Name its column, or give a file that is harmonised already.",
            )


def _same_build(ours: Associations, theirs: Associations) -> None:
    """Refuse two files whose positions differ: rs numbers agree, the builds do not."""
    if ours.position is None or theirs.position is None:
        return
    known = np.isfinite(ours.position) & np.isfinite(theirs.position)
    moved = known & (ours.position != theirs.position)
    if known.sum() and moved.sum() / known.sum() > MOST_MOVED:
        row = int(np.flatnonzero(moved)[0])
        raise LabError(
            f"{int(moved.sum())} of {int(known.sum())} SNPs lie elsewhere in the outcome's file"
            f" ({ours.snp[row]}: {ours.position[row]:.0f} and {theirs.position[row]:.0f}):"
            " the two files use different builds.",
            where=theirs.where,
            remedy="Bring both to one build, or leave the positions out to match by name alone.",
        )


def _nothing_left(steps: list[Step], where: str) -> None:
    if all(step.is_palindrome for step in steps):
        raise LabError(
            f"all {len(steps)} SNPs are palindromes (A/T or C/G) and none can be told apart.",
            where=where,
            remedy="Give allele frequencies, or action 1 if both are on the forward strand.",
        )
    raise LabError(f"no SNP is left. {steps[0].snp}: {steps[0].done}", where=where)


def _step(
    ours: Associations, theirs: Associations, row: int, action: Action, near_half: float
) -> Step:
    name = ours.snp[row]
    a1, a2 = ours.effect_allele[row], _allele(ours.other_allele, row)
    b1, b2 = theirs.effect_allele[row], _allele(theirs.other_allele, row)
    if not a1 or not b1:
        return Step(name, False, 1, "the effect allele is not known")
    is_palindrome = (bool(a2) and a2 == _other_strand(a1)) or (not a2 and b2 == _other_strand(b1))
    sign, turned = _match((a1, a2), (b1, b2), may_flip=action != 1 and not is_palindrome)
    if sign == 0:
        return Step(name, False, 1, f"the alleles {a1}/{a2} and {b1}/{b2} do not match")
    if not is_palindrome or action == 1:
        return Step(name, True, sign, turned, is_palindrome)
    if action == 3:
        return Step(name, False, 1, f"it is a palindrome ({a1}/{a2})", True)
    return _by_frequency(name, (a1, a2), sign, turned, _frequencies(ours, theirs, row), near_half)


def _allele(alleles: tuple[str, ...], row: int) -> str:
    return alleles[row] if alleles else ""


def _other_strand(allele: str) -> str:
    """Return the allele on the other strand; only single letters can be turned safely."""
    return allele.translate(_OTHER_STRAND) if len(allele) == 1 and allele in _LETTERS else ""


def _match(ours: tuple[str, str], theirs: tuple[str, str], *, may_flip: bool) -> tuple[int, str]:
    """Return the sign (0 = no match) and what had to be done."""
    sign = _same(ours, theirs)
    if sign:
        return sign, "" if sign == 1 else "its alleles stood the other way round; turned"
    flipped = (_other_strand(theirs[0]), _other_strand(theirs[1]))
    sign = _same(ours, flipped) if may_flip and flipped[0] else 0
    words = "it was on the other strand"
    return sign, words if sign == 1 else f"{words} and its alleles the other way round; turned"


def _same(ours: tuple[str, str], theirs: tuple[str, str]) -> int:
    """Return 1 for the same effect allele, −1 for the other one, 0 for neither."""
    (a1, a2), (b1, b2) = ours, theirs
    if a1 == b1 and (not a2 or not b2 or a2 == b2):
        return 1
    if (a2 and b2 and a1 == b2 and a2 == b1) or (a2 and not b2 and a2 == b1):
        return -1
    return -1 if not a2 and b2 and a1 == b2 else 0


def _frequencies(ours: Associations, theirs: Associations, row: int) -> tuple[float, float]:
    first = np.nan if ours.eaf is None else float(ours.eaf[row])
    second = np.nan if theirs.eaf is None else float(theirs.eaf[row])
    return first, second


def _by_frequency(
    name: str,
    alleles: tuple[str, str],
    sign: int,
    turned: str,
    eaf: tuple[float, float],
    near_half: float,
) -> Step:
    first, second = eaf[0], eaf[1] if sign == 1 else 1 - eaf[1]
    pair = "/".join(alleles)
    if not np.isfinite(first) or not np.isfinite(second):
        return Step(name, False, 1, f"it is a palindrome ({pair}) of unknown frequency", True)
    if min(abs(first - 0.5), abs(second - 0.5)) < near_half:
        words = f"it is a palindrome ({pair}) with a frequency near one half"
        return Step(name, False, 1, f"{words} ({first:.2f} and {second:.2f})", True)
    if (first < 0.5) == (second < 0.5):
        return Step(name, True, sign, turned, True)
    words = f"it is a palindrome ({pair}) on the other strand, by its frequency"
    return Step(name, True, -sign, f"{words} ({first:.2f} and {second:.2f})", True)


def _joined(
    ours: Associations, theirs: Associations, steps: list[Step], kept: list[int], absent: list[str]
) -> Instruments:
    here, there = ours.rows(kept), theirs.rows(kept)
    sign = np.array([steps[row].sign for row in kept], dtype=float)
    left = [f"{step.snp}: {step.done}." for step in steps if not step.is_kept]
    missing = [f"{name}: it is not in the outcome's file." for name in absent]
    return Instruments(
        snp=here.snp,
        beta_exposure=here.beta, se_exposure=here.se,
        beta_outcome=there.beta * sign, se_outcome=there.se,
        effect_allele=here.effect_allele, other_allele=here.other_allele, eaf=here.eaf,
        p_exposure=here.p, p_outcome=there.p, n_exposure=here.n, n_outcome=there.n,
        exposure=ours.trait, outcome=theirs.trait,
        exposure_unit=ours.unit, outcome_unit=theirs.unit,
        left_out=(*left, *missing),
        done=tuple(f"{step.snp}: {step.done}." for step in (steps[i] for i in kept) if step.done),
        warnings=tuple(_far_frequencies(here.eaf, there.eaf, sign, here.snp)),
        where=" and ".join(one for one in (ours.where, theirs.where) if one),
    )  # fmt: skip


def _far_frequencies(
    first: Column | None, second: Column | None, sign: Column, names: tuple[str, ...]
) -> list[str]:
    """Say when frequencies differ too much for one population, or for the same allele."""
    if first is None or second is None:
        return []
    second = np.where(sign < 0, 1 - second, second)
    with np.errstate(invalid="ignore"):
        far = np.flatnonzero(np.abs(first - second) > FAR_APART)
    if not len(far):
        return []
    some = ", ".join(names[row] for row in far[:5])
    return [
        f"The effect allele's frequency differs by more than {FAR_APART} in {len(far)} SNPs"
        f" ({some}): other people, or another allele."
    ]


def palindromes(table: Associations) -> int:
    """Return how many SNPs read the same on both strands."""
    pairs = zip(table.effect_allele, table.other_allele, strict=False)
    return Counter(bool(a) and b == _other_strand(a) for a, b in pairs)[True]
