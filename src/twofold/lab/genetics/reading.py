"""From a file of summary statistics to checked pieces, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from twofold.lab.genetics.alleles import codes_in
from twofold.lab.genetics.byte_columns import Block, Whole
from twofold.lab.genetics.quality import (
    NOT_WANTED,
    TWICE,
    Filters,
    Ledger,
    Raw,
    refuse_empty,
    sound_rows,
)
from twofold.lab.genetics.scale_checks import refuse_wrong_scale, warnings_of
from twofold.lab.genetics.snp_keys import Keys, keys_in
from twofold.lab.genetics.summary_statistics import Quality, SummaryStatistics, again, joined
from twofold.lab.tables import Column

CHROMOSOMES = {b"X": 23, b"Y": 24, b"XY": 23, b"M": 25, b"MT": 25}


@dataclass(frozen=True)
class Plan:
    """How one file is read.

    Parameters
    ----------
    columns : mapping of str to str
        Own name: the file's name.
    name, build : str
        Of the trait, and the assembly that the file claims.
    n, cases, controls : float or None
        For a file without a column of N; cases and controls give N as their sum.
    filters : Filters
    """

    columns: Mapping[str, str]
    name: str
    build: str = ""
    n: float | None = None
    cases: float | None = None
    controls: float | None = None
    filters: Filters = field(default_factory=Filters)


def pieces(
    blocks: Iterator[Block], plan: Plan, ledger: Ledger
) -> Iterator[tuple[SummaryStatistics, Whole]]:
    """Give the sound rows of a file, piece by piece, with their numbers in the file.

    The ledger counts the others. A SNP may stand again in a later piece.
    """
    is_first = True
    for block in blocks:
        ledger.rows += block.rows
        chosen = _wanted_rows(block, plan, ledger)
        if not len(chosen):
            continue
        raw = _raw(block, plan, chosen)
        if is_first:
            refuse_wrong_scale(raw, block.where)
            is_first = False
        sound = sound_rows(raw, plan.filters, ledger)
        keys = _keys(block, plan, chosen[sound])
        twice = again(keys)
        ledger.note(TWICE, raw.row[sound[twice]])
        if not twice.all():
            yield (
                _table(block, plan, raw, chosen, sound[~twice], keys[~twice]),
                raw.row[sound[~twice]],
            )


def table_of(blocks: Iterator[Block], plan: Plan, where: str) -> SummaryStatistics:
    """Return all sound rows of a file as one table, a SNP that stands twice only once.

    Raises
    ------
    LabError
        When no row is left, or a column is not what its name says.
    """
    ledger = Ledger()
    parts = list(pieces(blocks, plan, ledger))
    if not parts:
        refuse_empty(ledger, where)
    tables, rows = [one for one, _ in parts], np.concatenate([numbers for _, numbers in parts])
    twice = again(np.concatenate([one.key for one in tables]))
    ledger.note(TWICE, rows[twice])
    table = joined(tables)
    said = warnings_of(table, plan.build) + _told(ledger)
    quality = Quality(ledger.rows, table.rows, ledger.dropped(), said)
    return replace(table, quality=quality)


def _told(ledger: Ledger) -> tuple[str, ...]:
    read = ledger.rows - ledger.counts.get(NOT_WANTED, [0, 0])[0]
    return tuple(
        f"more than half of the rows were left out: {one.sentence()}"
        for one in ledger.dropped()
        if one.reason != NOT_WANTED and one.count > 0.5 * read
    )


def _wanted_rows(block: Block, plan: Plan, ledger: Ledger) -> Whole:
    if plan.filters.wanted is None:
        return np.arange(block.rows)
    is_wanted = plan.filters.wanted.has(_keys(block, plan, None))
    ledger.note(NOT_WANTED, block.numbers_of_rows[~is_wanted])
    return np.flatnonzero(is_wanted)


def _keys(block: Block, plan: Plan, chosen: Whole | None) -> Keys:
    return keys_in(block.raw, *block.span(plan.columns["snp"], chosen))


def _raw(block: Block, plan: Plan, chosen: Whole) -> Raw:
    def read(own: str) -> Column | None:
        name = plan.columns.get(own)
        return None if name is None else block.numbers(name, chosen)

    effect, other = (
        codes_in(block.raw, *block.span(plan.columns[name], chosen))
        for name in ("effect_allele", "other_allele")
    )
    p, logged = read("p"), read("minus_log10_p")
    if p is None and logged is not None:
        p = 10.0**-logged
    return Raw(
        row=block.numbers_of_rows[chosen], chromosome=_chromosomes(block, plan, chosen),
        position=_whole(read("position")), effect_allele=effect, other_allele=other,
        beta=read("beta"), odds_ratio=read("odds_ratio"), se=read("se"), z=read("z"), p=p,
        n=_sizes(read("n"), read("cases"), read("controls"), plan, len(chosen)),
        eaf=read("eaf"), info=read("info"), passes=_passes(block, chosen),
        log_p=None if logged is None else -logged * np.log(10),
    )  # fmt: skip


def _passes(block: Block, chosen: Whole) -> np.ndarray | None:
    if "FORMAT" not in block.header:
        return None
    return np.isin(block.text("FILTER", chosen), [b"PASS", b".", b""])


def _whole(values: Column | None) -> Whole | None:
    return None if values is None else np.nan_to_num(values).astype(np.int64)


def _chromosomes(block: Block, plan: Plan, chosen: Whole) -> Whole | None:
    if "chromosome" not in plan.columns:
        return None
    names = block.text(plan.columns["chromosome"], chosen)
    distinct, at = np.unique(names, return_inverse=True)
    return np.array([_chromosome(name) for name in distinct], np.int64)[at]


def _chromosome(name: bytes) -> int:
    """Return 1–22, X = 23, Y = 24, MT = 25; 0 for anything else."""
    bare = name.upper().removeprefix(b"CHR")
    if bare in CHROMOSOMES:
        return CHROMOSOMES[bare]
    number = bare.removesuffix(b".0")
    return int(number) if number.isdigit() and 1 <= int(number) <= 25 else 0


def _sizes(
    n: Column | None, cases: Column | None, controls: Column | None, plan: Plan, rows: int
) -> Column | None:
    if plan.n is not None:
        return np.full(rows, plan.n)
    if n is not None:
        return n
    if cases is not None and controls is not None:
        return cases + controls
    if plan.cases is not None and plan.controls is not None:
        return np.full(rows, plan.cases + plan.controls)
    return None


def _table(
    block: Block, plan: Plan, raw: Raw, chosen: Whole, sound: Whole, keys: Keys
) -> SummaryStatistics:  # fmt: skip
    missing = np.full(len(sound), np.nan)

    def kept(values: Column | None) -> Column:
        return missing if values is None else values[sound]

    beta = kept(raw.beta if raw.odds_ratio is None else None)
    if raw.beta is None and raw.odds_ratio is not None:
        beta = np.log(raw.odds_ratio[sound])
    se = kept(raw.se)
    z, p = _z_and_p(raw, beta, se, sound)
    return SummaryStatistics(
        name=plan.name, snp=block.text(plan.columns["snp"], chosen[sound]),
        chromosome=_or_zero(raw.chromosome, sound), position=_or_zero(raw.position, sound),
        effect_allele=raw.effect_allele[sound], other_allele=raw.other_allele[sound],
        z=z, beta=beta, se=se, p=p, n=kept(raw.n), eaf=kept(raw.eaf), info=kept(raw.info),
        build=plan.build, cases=plan.cases, controls=plan.controls, key=keys,
    )  # fmt: skip


def _or_zero(values: Whole | None, rows: Whole) -> Whole:
    return np.zeros(len(rows), np.int64) if values is None else values[rows]


def _z_and_p(raw: Raw, beta: Column, se: Column, rows: Whole) -> tuple[Column, Column]:
    """Return z as given, else effect over standard error, else from p; and p, from z if need be."""
    from scipy.special import ndtr, ndtri, ndtri_exp

    p = None if raw.p is None else raw.p[rows]
    if raw.z is not None:
        z = raw.z[rows]
    elif raw.se is not None:
        z = beta / se
    elif raw.log_p is not None:
        z = np.sign(beta) * -ndtri_exp(raw.log_p[rows] - np.log(2))
    else:
        z = np.sign(beta) * -ndtri(np.asarray(p) / 2)
    return z, 2 * ndtr(-np.abs(z)) if p is None else p
