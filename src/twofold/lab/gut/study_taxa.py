"""Which taxa differ: two ways of counting side by side, and sets of taxa held against the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.discovery import false_discovery
from twofold.lab.gut.differential import Differences, absent_in, ancom_bc
from twofold.lab.gut.linear import Matrix, least_squares, with_ones
from twofold.lab.gut.log_ratios import log_ratio_fit, set_against_rest
from twofold.lab.gut.matching import Matched, matched
from twofold.lab.gut.pictures import taxa_picture
from twofold.lab.gut.study import LEVEL, OBSERVED, coefficient, ranked, wanted
from twofold.lab.gut.table import Taxa
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

IN_LOG = "natural logarithm of the ratio"


def differential(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return which taxa differ, by ANCOM-BC and by centred log-ratios, and sets of taxa.

    Parameters
    ----------
    tables : mapping
        ``samples`` and ``taxa``.
    options : mapping
        What ``matching.matched`` wants; ``rank`` (``"genus"``);
        ``prevalence``: the least share of samples (0.1); ``sets``: a name to
        the taxa whose reads are added up and held against all other reads.

    Raises
    ------
    LabError
    """
    found = matched(tables, options)
    taxa = ranked(wanted(found.taxa), {"rank": "genus", **options})
    counts, names = _prevalent(taxa, float(options.get("prevalence", 0.1)))
    absent = absent_in(counts, found.groups)
    lacking = np.any(list(absent.values()), axis=0)
    tested = counts[:, ~lacking]
    own = [name for name, is_lacking in zip(names, lacking, strict=True) if not is_lacking]
    design = with_ones([*found.terms.values(), *found.covariates.values()], len(counts))
    bias_corrected = ancom_bc(tested, design)
    ratios = log_ratio_fit(tested, design)
    table = _both(own, bias_corrected, ratios.beta[1], ratios.p()[1])
    sets = _sets(taxa, dict(options.get("sets", {})), found, design)
    agreed = [row for row in table if max(row["q"], row["q_ratio"]) < LEVEL]
    first = next(iter(found.terms))
    count = Estimate(
        f"taxa that differ, {first}", float(len(agreed)), of=len(own), scale="taxa",
        note="q < 0.05 by ANCOM-BC and by centred log-ratios",
    )  # fmt: skip
    return Result(
        "gut-differential",
        f"Which microbes differ with {first}?",
        (*sets, count, *(_taxon(row, len(counts)) for row in table)),
        sets[0].name if sets else count.name,
        _taxa_verdict(agreed, len(own), first),
        (*found.warnings, *_bias_notes(bias_corrected), OBSERVED),
        len(counts),
        found.left_out,
        {"taxa": taxa_picture(table[:20], first)},
        {
            "groups": found.sizes,
            "differing": len(agreed),
            "by_ancom_bc": sum(row["q"] < LEVEL for row in table),
            "by_log_ratios": sum(row["q_ratio"] < LEVEL for row in table),
            "absent": {
                level: [names[i] for i in np.flatnonzero(mask)] for level, mask in absent.items()
            },
            "bias": bias_corrected.biases[0].by_em,
            "taxa": table,
        },
    )


def _prevalent(taxa: Taxa, least: float) -> tuple[Any, list[str]]:
    kept = np.flatnonzero(taxa.prevalence() >= least)
    if not len(kept):
        raise LabError(f"no taxon is in {least:.0%} of the samples.", remedy="Ask for less.")
    return taxa.dense()[:, kept], [taxa.names[i] for i in kept]


def _both(
    names: list[str], found: Differences, ratio: Column, p_ratio: Column
) -> list[dict[str, Any]]:
    """Return one row a taxon, the smallest p first."""
    q, q_ratio = false_discovery(found.p[0]), false_discovery(p_ratio)
    rows = [
        {
            "name": name, "change": float(found.change[0, i]), "se": float(found.se[0, i]),
            "p": float(found.p[0, i]), "q": float(q[i]),
            "ratio": float(ratio[i]), "p_ratio": float(p_ratio[i]), "q_ratio": float(q_ratio[i]),
        }
        for i, name in enumerate(names)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["p"], row["name"]))


def _taxon(row: Mapping[str, Any], n: int) -> Estimate:
    reach = 1.959963984540054 * row["se"]
    return Estimate(
        row["name"], row["change"], row["se"], row["change"] - reach, row["change"] + reach,
        row["p"], n, IN_LOG, f"q {row['q']:.3g}; by log-ratios q {row['q_ratio']:.3g}",
    )  # fmt: skip


def _sets(
    taxa: Taxa, sets: Mapping[str, list[str]], found: Matched, design: Matrix
) -> tuple[Estimate, ...]:
    """Return each set against all other reads, with the covariates and, beside it, without them."""
    estimates = []
    first = next(iter(found.terms))
    bare = with_ones(found.terms, len(design))
    for name, members in sets.items():
        inside = np.isin(taxa.names, members)
        if not inside.any():
            raise LabError(f"no taxon of {name} was read.", remedy="Check how they are spelt.")
        ratio = set_against_rest(taxa.dense(), inside)[:, None]
        fits = {f"{name}, {first}": design}
        if found.covariates:
            fits[f"{name}, {first}, without covariates"] = bare
        estimates += [
            coefficient(told, least_squares(ratio, one), 1, 0, len(design), IN_LOG)
            for told, one in fits.items()
        ]
    return tuple(estimates)


def _taxa_verdict(agreed: list[dict[str, Any]], tested: int, term: str) -> str:
    if not agreed:
        return f"Of {tested} taxa none differs clearly with {term} by both ways of counting."
    names = ", ".join(row["name"] for row in agreed[:8])
    return f"Of {tested} taxa {len(agreed)} differ with {term} by both ways of counting: {names}."


def _bias_notes(found: Differences) -> tuple[str, ...]:
    bias = found.biases[0]
    if bias.is_plain:
        return ()
    share = 100 * bias.shares[0]
    return (
        f"ANCOM-BC took only {share:.0f} of 100 taxa as unchanged; its bias may be off, so only "
        "what centred log-ratios find as well counts.",
    )
