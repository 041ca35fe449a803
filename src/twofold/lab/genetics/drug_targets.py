"""Which compounds bind what the genes of both conditions make. Binding is not benefit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from twofold.errors import LabError
from twofold.lab.genetics.gene_tables import Bindings, GeneLinks, Nodes
from twofold.lab.genetics.overlap import q_values
from twofold.lab.result import Estimate, Result

LEVEL = 0.05
MOST_TOLD = 60


def compounds_on(
    shared: Collection[str], one: Collection[str], other: Collection[str], bindings: Bindings
) -> list[dict[str, Any]]:
    """Return each compound that binds a gene of both conditions, those with most of them first.

    Parameters
    ----------
    shared : collection of str
        Genes linked to both conditions.
    one, other : collection of str
        Genes linked to each.
    bindings : Bindings

    Notes
    -----
    ``p`` is hypergeometric, among all genes that any compound binds: how often a
    compound with as many targets would hit as many shared genes by chance.
    """
    import numpy as np
    from scipy.stats import hypergeom

    targets: dict[str, set[str]] = {}
    for compound, gene in zip(bindings.compounds, bindings.genes, strict=True):
        targets.setdefault(compound, set()).add(gene)
    bindable = set(bindings.genes)
    wanted = set(shared) & bindable
    hit = np.array([len(genes & wanted) for genes in targets.values()])
    sizes = np.array([len(genes) for genes in targets.values()])
    p = hypergeom.sf(hit - 1, len(bindable), len(wanted), sizes)
    rows = [
        {
            "compound": compound,
            "targets": len(genes),
            "shared": sorted(genes & wanted),
            "one": len(genes & set(one)),
            "other": len(genes & set(other)),
            "p": float(own_p),
            "q": float(own_q),
        }
        for (compound, genes), own_p, own_q in zip(targets.items(), p, q_values(p), strict=True)
    ]
    hits = [row for row in rows if row["shared"]]
    return sorted(hits, key=lambda row: (-len(row["shared"]), row["p"], row["compound"]))


def drug_targets(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return which compounds bind genes linked to two conditions.

    Parameters
    ----------
    tables : mapping
        ``links`` (GeneLinks), ``bindings`` (Bindings), ``nodes`` (Nodes: names).
    options : mapping
        ``conditions``: two ids.

    Raises
    ------
    LabError
        When nothing binds a shared gene.
    """
    links: GeneLinks = tables["links"]
    bindings: Bindings = tables["bindings"]
    nodes: Nodes = tables["nodes"]
    one, other = (links.genes_of(condition) for condition in options["conditions"])
    shared = one & other
    rows = compounds_on(shared, one, other, bindings)
    if not rows:
        raise LabError("no compound binds a gene that both conditions share.")
    names, symbols = nodes.names.get("Compound", {}), links.symbol_of
    actions = _actions(bindings, shared)
    told = [
        {
            **row,
            "name": names.get(row["compound"], row["compound"]),
            "shared": [symbols[gene] for gene in row["shared"]],
            "actions": sorted(actions.get(row["compound"], set())),
        }
        for row in rows
    ]
    several = [row for row in told if len(row["shared"]) > 1]
    bound = {gene for row in rows for gene in row["shared"]}
    return Result(
        "drug-targets",
        "Which compounds bind what genes linked to both make?",
        (
            Estimate(
                "compounds that bind a shared gene",
                float(len(told)),
                scale="compounds",
                of=len(set(bindings.compounds)),
            ),
            Estimate(
                "compounds that bind two or more shared genes",
                float(len(several)),
                scale="compounds",
                of=len(set(bindings.compounds)),
            ),
            Estimate(
                "shared genes that a compound binds",
                float(len(bound)),
                scale="genes",
                of=len(shared),
            ),
            Estimate(
                "compounds with more shared targets than chance",
                float(sum(row["q"] < LEVEL for row in told)),
                scale="compounds",
                of=len(set(bindings.compounds)),
                note="q < 0.05",
            ),
        ),
        "compounds that bind a shared gene",
        f"{len(told)} compounds bind one of {len(bound)} shared genes' products. Binding says "
        "nothing about whether a compound helps or harms.",
        (
            "Serotonin receptors are among the targets most often measured, so many compounds are "
            "known to bind them; no conclusion about a treatment follows.",
        ),
        len(bindings.genes),
        (),
        details={
            "several": len(several),
            "compounds": told[:MOST_TOLD],
            "shared": sorted(symbols[one] for one in shared),
        },
    )


def _actions(bindings: Bindings, genes: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for compound, gene, actions in zip(
        bindings.compounds, bindings.genes, bindings.actions, strict=True
    ):
        if gene in genes:
            found.setdefault(compound, set()).update(actions)
    return found
