"""Two questions about microbes, variety and whole communities: tables in, one result out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.discovery import false_discovery
from twofold.lab.gut.alpha import INDICES, index
from twofold.lab.gut.beta import distances
from twofold.lab.gut.linear import least_squares, with_ones
from twofold.lab.gut.matching import Matched, category, matched
from twofold.lab.gut.ordination import principal_coordinates
from twofold.lab.gut.permanova import Square, permanova, permdisp
from twofold.lab.gut.pictures import points_picture
from twofold.lab.gut.rarefy import rarefy
from twofold.lab.gut.table import Taxa
from twofold.lab.gut.tree import Tree, faith, unifrac
from twofold.lab.result import Estimate, Result
from twofold.lab.tables import Column

IN_SD = "standard deviations of the reference group"
OF_DISTANCES = "share of the distances"
LEVEL = 0.05
VERY_LITTLE = 0.01
VARY_TOO = " The groups also vary by different amounts, which alone can give this."
OBSERVED = "People were compared as they are: this cannot show what comes first, or why."


def alpha(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return whether samples of one group hold more, or more evenly spread, taxa.

    Parameters
    ----------
    tables : mapping
        ``samples``, and ``taxa`` or ``given`` (numbers measured before);
        ``tree`` for the index ``"faith"`` of ``taxa``.
    options : mapping
        What ``matching.matched`` wants; ``indices``: names of ``alpha.INDICES``
        or of columns of ``given``; ``depth``: reads to rarefy to; ``seed``.

    Raises
    ------
    LabError
    """
    found = matched(tables, options)
    found, taxa, shallow = _at_depth(found, options)
    outcomes = _outcomes(found, taxa, tables.get("tree"), options)
    is_reference = np.array([one == found.reference for one in found.groups])
    spread = np.array([column[is_reference].std(ddof=1) for column in outcomes.values()])
    for name, one in zip(outcomes, spread, strict=True):
        if one == 0:
            raise LabError(f"{name} is the same in every sample of the reference group.")
    design = with_ones([*found.terms.values(), *found.covariates.values()], len(found.groups))
    fit = least_squares(np.column_stack(list(outcomes.values())) / spread, design)
    estimates = tuple(
        coefficient(f"{name}, {term}", fit, at, place, len(found.groups), IN_SD)
        for place, name in enumerate(outcomes)
        for at, term in enumerate(found.terms, 1)
    )
    means = {
        name: {
            group: float(column[np.array(found.groups) == group].mean()) for group in found.sizes
        }
        for name, column in outcomes.items()
    }
    return Result(
        "gut-alpha",
        f"Are the microbes more or less various with {' and '.join(found.terms)}?",
        estimates,
        estimates[0].name,
        _alpha_verdict(estimates),
        (*found.warnings, OBSERVED),
        len(found.groups),
        (*found.left_out, *shallow),
        details={"groups": found.sizes, "means": means, "covariates": list(found.covariates)},
    )


def beta(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return whether whole communities differ: PERMANOVA, PERMDISP and a picture.

    Parameters
    ----------
    tables : mapping
        ``samples`` and ``taxa``; ``tree`` for UniFrac.
    options : mapping
        What ``matching.matched`` wants; ``distance``: a name of
        ``beta.DISTANCES``, ``"unifrac"`` or ``"weighted unifrac"``; ``depth``, ``seed``,
        ``permutations``; ``rank`` where reads are to be gathered first; ``within``:
        samples are exchanged only within each group of this category (strata).

    Raises
    ------
    LabError
    """
    found = matched(tables, options)
    found, taxa, shallow = _at_depth(found, options)
    kind, draws = options.get("distance", "bray-curtis"), int(options.get("permutations", 999))
    seed = int(options.get("seed", 1))
    apart = _apart(wanted(taxa), kind, tables.get("tree"), options)
    within = options.get("within")
    strata = category(found.samples, within) if within is not None else None
    rows = permanova(
        apart, {**found.covariates, **found.terms},
        permutations=draws, seed=seed, tested=list(found.terms), strata=strata,
    )  # fmt: skip
    own = [row for row in rows if row.name in found.terms]
    spread = permdisp(apart, found.groups, permutations=draws, seed=seed)
    points = principal_coordinates(apart)
    n = len(found.groups)
    told = f"{draws} permutations" + (f" within each {within}" if within is not None else "")
    estimates = (
        *(
            Estimate(f"R², {row.name}", row.share, p=row.p, of=n, scale=OF_DISTANCES,
                     note=f"pseudo-F {row.f:.3f}, {told}")
            for row in own
        ),
        Estimate("PERMDISP F", spread.f, p=spread.p, of=n, scale="ratio of variances", note=told),
    )  # fmt: skip
    return Result(
        "gut-beta",
        f"Do whole communities of microbes differ with {' and '.join(found.terms)}?",
        estimates,
        None if _varies(estimates[-1]) else estimates[0].name,
        _beta_verdict(estimates),
        (*found.warnings, OBSERVED),
        n,
        (*found.left_out, *shallow),
        {"points": points_picture(points, found.groups, kind)},
        {
            "groups": found.sizes,
            "distance": kind,
            "percent": f"{100 * own[0].share:.2f}",
            "spread": dict(spread.spread),
            "terms": [vars(row) for row in rows],
            "axes": points.shares.tolist(),
        },
    )


def _apart(taxa: Taxa, kind: str, tree: Tree | None, options: Mapping[str, Any]) -> Square:
    if tree is not None and kind in ("unifrac", "weighted unifrac"):
        return unifrac(taxa, tree, is_weighted=kind.startswith("weighted"))
    return distances(ranked(taxa, options), kind)


def _at_depth(
    found: Matched, options: Mapping[str, Any]
) -> tuple[Matched, Taxa | None, tuple[str, ...]]:
    """Return the samples at one depth where one is asked for."""
    depth = options.get("depth")
    if depth is None or found.taxa is None:
        return found, found.taxa, ()
    even, shallow = rarefy(found.taxa, int(depth), seed=int(options.get("seed", 1)))
    if not shallow:
        return found, even, ()
    kept = np.flatnonzero(~np.isin(found.samples.ids, shallow))
    smaller = Matched(
        found.samples.pick(kept), even, found.given.pick(kept) if found.given else None,
        tuple(found.groups[i] for i in kept),
        {name: one[kept] for name, one in found.terms.items()},
        {name: one[kept] for name, one in found.covariates.items()},
        found.left_out, found.warnings,
    )  # fmt: skip
    return smaller, even, (f"{len(shallow)} samples: fewer than {depth} reads",)


def _outcomes(
    found: Matched, taxa: Taxa | None, tree: Tree | None, options: Mapping[str, Any]
) -> dict[str, Column]:
    names = options.get("indices") or (list(INDICES) if taxa is not None else [])
    given = found.given.numbers if found.given is not None else {}
    made = {}
    for name in names:
        if name not in given and taxa is None:
            raise LabError(
                f"{name} is not measured here.", remedy=f"There are: {', '.join(given)}."
            )
        if name == "faith" and tree is not None:
            made[name] = faith(wanted(taxa), tree)
        else:
            made[name] = given[name] if name in given else index(wanted(taxa), name)
        if not np.isfinite(made[name]).all():
            raise LabError(f"{name} is not known for every sample.", remedy="Leave those out.")
    if not made:
        raise LabError("no index is named.", remedy='Set indices = ["shannon"].')
    return made


def _alpha_verdict(estimates: tuple[Estimate, ...]) -> str:
    q = false_discovery(np.array([one.p for one in estimates], dtype=float))
    clear = [one.name for one, value in zip(estimates, q, strict=True) if value < LEVEL]
    if not clear:
        return "No difference in variety is clear here, after counting how many were looked at."
    return f"A difference is clear for: {'; '.join(clear)}. How large it is stands beside each."


def _beta_verdict(estimates: tuple[Estimate, ...]) -> str:
    *terms, spread = estimates
    clear = [one for one in terms if one.p is not None and one.p < LEVEL]
    if not clear:
        return "Whole communities do not differ clearly here."
    words = "; ".join(f"{one.name} {100 * one.value:.2f} % of the distances" for one in clear)
    size = "by very little" if max(one.value for one in clear) < VERY_LITTLE else "somewhat"
    return f"Whole communities differ {size}: {words}.{VARY_TOO if _varies(spread) else ''}"


def _varies(spread: Estimate) -> bool:
    return spread.p is not None and spread.p < LEVEL


def wanted(taxa: Taxa | None) -> Taxa:
    """Return the table of taxa.

    Raises
    ------
    LabError
        When it is missing.
    """
    if taxa is None:
        raise LabError("the table of taxa is missing.", remedy="Name it in the recipe as taxa.")
    return taxa


def ranked(taxa: Taxa, options: Mapping[str, Any]) -> Taxa:
    """Return the reads gathered at the rank that the options ask for, if any."""
    rank = options.get("rank")
    return taxa.at_rank(rank) if rank and taxa.lineages else taxa


def coefficient(name: str, fit: Any, at: int, place: int, n: int, scale: str) -> Estimate:
    """Return one coefficient of one outcome as an estimate."""
    value, half = fit.beta[at, place], fit.half_width()[at, place]
    return Estimate(
        name, float(value), float(fit.se[at, place]), float(value - half), float(value + half),
        float(fit.p()[at, place]), n, scale,
    )  # fmt: skip
