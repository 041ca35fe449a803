"""Whether two conditions share more genes, or pathways, than chance would give.

The hypergeometric test (Fisher 1935) says how often two random lists of these
lengths would share as many. "Random" needs a background: all genes, or only
genes that anyone linked to any condition; and a list that people filled by
looking where they expected something shares what they expected. So the same
question is asked again with genes drawn as often as they were looked at, and
with genome-wide findings alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.genetics.gene_tables import GeneLinks, GeneSets, Nodes
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

LEVEL = 0.05
GENOME_WIDE = "GWAS Catalog"
FEWEST, MOST = 5, 500
"""Pathways with fewer or more genes say nothing, or everything."""


@dataclass(frozen=True)
class Overlap:
    """What two lists share.

    Parameters
    ----------
    shared : frozenset of str
    sizes : tuple of int
        Of both lists, within the background.
    background : int
    expected : float
        How many two random lists would share.
    p : float
        How often random lists share as many or more.
    """

    shared: frozenset[str]
    sizes: tuple[int, int]
    background: int
    expected: float
    p: float


def overlap(one: Collection[str], other: Collection[str], background: Collection[str]) -> Overlap:
    """Return what two lists share and how often chance gives as much.

    Parameters
    ----------
    one, other : collection of str
        What lies outside the background does not count.
    background : collection of str

    Raises
    ------
    LabError
        When a list or the background is empty.

    Examples
    --------
    >>> overlap("ab", "bc", "abcd").expected
    1.0
    """
    from scipy.stats import hypergeom

    whole = frozenset(background)
    first, second = frozenset(one) & whole, frozenset(other) & whole
    if not first or not second:
        raise LabError("one of the lists holds no gene of the background.")
    shared = first & second
    n = len(whole)
    p = hypergeom.sf(len(shared) - 1, n, len(first), len(second))
    sizes = (len(first), len(second))
    return Overlap(shared, sizes, n, sizes[0] * sizes[1] / n, float(p))


def overlap_as_looked_at(
    one: Collection[str], other: Collection[str], looked_at: Mapping[str, int]
) -> tuple[float, float]:
    """Return the expected overlap, and its p, when genes are drawn as often as they were looked at.

    A gene's chance to enter a list of its length grows with how many conditions
    it is linked to: ``1 − exp(−c · links)``, with ``c`` such that the list has
    its length on average. Both lists are drawn apart, so the overlap is a sum
    of unequal coins, worked out exactly. Because the lists' lengths vary here,
    the p-value is somewhat too large, the more so the longer they are.

    Parameters
    ----------
    one, other : collection of str
    looked_at : mapping of str to int
        How many conditions each gene is linked to.
    """
    weight = np.array(list(looked_at.values()), dtype=float)
    sizes = [len(set(part) & set(looked_at)) for part in (one, other)]
    chance = _entering(weight, sizes[0]) * _entering(weight, sizes[1])
    observed = len(set(one) & set(other))
    return float(chance.sum()), _at_least(chance, observed)


def _entering(weight: Column, size: int) -> Column:
    """Return each gene's chance to be in a list of that size."""
    from scipy.optimize import brentq

    if size >= len(weight):
        return np.ones(len(weight))
    rate = brentq(lambda c: float((1 - np.exp(-c * weight)).sum()) - size, 0, 1e3)
    return np.asarray(1 - np.exp(-rate * weight))


def _at_least(chance: Column, count: int) -> float:
    """Return how often at least so many of unequal coins show heads."""
    fewer = np.zeros(count + 1)
    fewer[0] = 1.0
    for one in chance:
        fewer[1:] += one * (fewer[:-1] - fewer[1:])
        fewer[0] *= 1 - one
    # The last place gathers nothing from above, so what is below it is exact.
    return float(max(1 - fewer[:count].sum(), 0.0))


def shared_pathways(
    one: Collection[str], other: Collection[str], sets: GeneSets
) -> list[dict[str, Any]]:
    """Return every pathway with both lists' p and q-values, the most shared first.

    The background is every gene of any pathway. The larger of the two p-values
    says whether both lists are in it.

    Parameters
    ----------
    one, other : collection of str
    sets : GeneSets
    """
    from scipy.stats import hypergeom

    background = frozenset().union(*sets.genes)
    kept = [row for row, genes in enumerate(sets.genes) if FEWEST <= len(genes) <= MOST]
    sizes = np.array([len(sets.genes[row]) for row in kept])
    columns: dict[str, Any] = {}
    for name, genes in (("one", one), ("other", other)):
        mine = frozenset(genes) & background
        hits = np.array([len(sets.genes[row] & mine) for row in kept])
        p = hypergeom.sf(hits - 1, len(background), sizes, len(mine))
        columns |= {f"{name}_hits": hits, f"{name}_p": p}
    both = np.maximum(columns["one_p"], columns["other_p"])
    q = q_values(both)
    order = np.lexsort((sizes, both))
    return [
        {
            "id": sets.ids[kept[i]], "name": sets.names[kept[i]], "genes": int(sizes[i]),
            "one": int(columns["one_hits"][i]), "other": int(columns["other_hits"][i]),
            "p": float(both[i]), "q": float(q[i]),
        }
        for i in order
    ]  # fmt: skip


def gene_overlap(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return what two conditions share, against several ideas of chance.

    Parameters
    ----------
    tables : mapping
        ``links`` (GeneLinks), ``nodes`` (Nodes: the genes there are), and
        ``pathways`` (GeneSets) where they are wanted.
    options : mapping
        ``conditions``: two ids; ``sets``: a name to the symbols of genes that
        are looked up one by one.

    Raises
    ------
    LabError
    """
    links: GeneLinks = tables["links"]
    ids = list(options["conditions"])
    names = [links.name_of(one) for one in ids]
    one, other = (links.genes_of(one) for one in ids)
    nodes: Nodes = tables["nodes"]
    every = nodes.ids("Gene")
    looked_at = links.links()
    found = overlap(one, other, every)
    studied = overlap(one, other, looked_at)
    expected, p = overlap_as_looked_at(one, other, looked_at)
    k = float(len(found.shared))
    estimates = [
        _shared("shared genes", k, found.p, found.background, found.expected),
        _shared("shared genes, among genes linked to any condition", k, studied.p,
                studied.background, studied.expected),
        _shared("shared genes, drawn as often as looked at", k, p, len(looked_at), expected),
        *_genome_wide(links, ids, every),
        *_looked_up(links, dict(options.get("sets", {})), one, other),
    ]  # fmt: skip
    pathways = _pathways(tables.get("pathways"), one, other)
    symbols = links.symbol_of
    return Result(
        "gene-overlap",
        f"Do {names[0]} and {names[1]} share genes?",
        (*estimates, *pathways[0]),
        estimates[0].name if max(studied.p, p) < LEVEL else None,
        _verdict(names, found, estimates),
        (
            "Candidate genes were chosen because people expected them: the same few genes of "
            "serotonin and growth factors were looked at for both.",
            *_licence_note(links),
        ),
        len(one | other),
        (),
        details={
            "shared": sorted(symbols[gene] for gene in found.shared),
            "only_one": sorted(symbols[gene] for gene in one - other),
            "only_other": sorted(symbols[gene] for gene in other - one),
            "sizes": list(found.sizes),
            "expected": f"{found.expected:.4f}",
            "names": ", ".join(sorted(symbols[gene] for gene in found.shared)),
            "pathways": pathways[1],
            **{one.name: int(one.value) for one in (*estimates, *pathways[0])},
        },
    )


def _shared(name: str, k: float, p: float, of: int, expected: float) -> Estimate:
    return Estimate(name, k, p=p, of=of, scale="genes", note=f"expected {expected:.4g}")


def _genome_wide(
    links: GeneLinks, ids: Sequence[str], background: Collection[str]
) -> tuple[Estimate, ...]:
    lists = [links.genes_of(one, source=GENOME_WIDE) for one in ids]
    if not all(lists):
        return ()
    found = overlap(lists[0], lists[1], background)
    k = float(len(found.shared))
    note = f"{found.sizes[0]} and {found.sizes[1]} genes; expected {found.expected:.4g}"
    name = "shared genes, genome-wide findings only"
    return (Estimate(name, k, p=found.p, of=found.background, scale="genes", note=note),)


def _looked_up(
    links: GeneLinks,
    sets: Mapping[str, Sequence[str]],
    one: Collection[str],
    other: Collection[str],
) -> list[Estimate]:
    """Return, for each named set of symbols, how many are linked to both conditions."""
    symbol_of = links.symbol_of
    first, second = ({symbol_of[gene] for gene in part} for part in (one, other))
    estimates = []
    for name, symbols in sets.items():
        wanted = set(symbols)
        told = [
            f"first only: {_list(wanted & first - second)}",
            f"second only: {_list(wanted & second - first)}",
            f"neither: {_list(wanted - first - second)}",
        ]
        shared = float(len(wanted & first & second))
        estimates.append(
            Estimate(f"{name}, shared", shared, of=len(wanted), scale="genes", note="; ".join(told))
        )
    return estimates


def _list(symbols: Collection[str]) -> str:
    return ", ".join(sorted(symbols)) or "none"


def _pathways(
    sets: GeneSets | None, one: Collection[str], other: Collection[str]
) -> tuple[tuple[Estimate, ...], list[dict[str, Any]]]:
    """Return how many pathways hold both, with all genes and without the shared ones."""
    if sets is None:
        return (), []
    rows = shared_pathways(one, other, sets)
    shared = set(one) & set(other)
    apart = shared_pathways(set(one) - shared, set(other) - shared, sets)
    clear = [row for row in rows if row["q"] < LEVEL]
    without = [row for row in apart if row["q"] < LEVEL]
    return (
        Estimate("pathways of both", float(len(clear)), of=len(rows), scale="pathways",
                 note="q < 0.05 in both"),
        Estimate("pathways of both, without the shared genes", float(len(without)), of=len(apart),
                 scale="pathways", note="q < 0.05 in both"),
    ), rows[:40]  # fmt: skip


def _verdict(names: Sequence[str], found: Overlap, estimates: Sequence[Estimate]) -> str:
    k = len(found.shared)
    times = k / found.expected
    head = (
        f"{names[0]} and {names[1]} share {k} genes in this table, {times:.0f} times what two "
        "random lists would."
    )
    wide = [one for one in estimates if "genome-wide" in one.name]
    if wide and wide[0].value == 0:
        return (
            f"{head} Genome-wide findings alone share none: the overlap comes from genes that "
            "people chose to look at."
        )
    return head


def _licence_note(links: GeneLinks) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    for one in links.licences:
        counted[one or "several or not said"] = counted.get(one or "several or not said", 0) + 1
    told = ", ".join(f"{name}: {count}" for name, count in sorted(counted.items()))
    return (f"Licences of the rows: {told}.",)


def q_values(p: Column) -> Column:
    """Return Benjamini and Hochberg's q-values (1995)."""
    order = np.argsort(p)
    raw = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1)
    return q
