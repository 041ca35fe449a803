"""One exposure on one outcome: every estimate, every check, four pictures and a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.mr import pictures, verdict
from twofold.lab.mr.direction import backwards
from twofold.lab.mr.estimates import Work, estimates, worked_out
from twofold.lab.mr.harmonise import Action, harmonise
from twofold.lab.mr.radial import radial_ivw
from twofold.lab.mr.reading import associations
from twofold.lab.mr.strength import strength
from twofold.lab.mr.table import Instruments
from twofold.lab.result import Estimate, Result

CHOICES = {
    "median_weights": ("first-order", "delta"),
    "density": ("exact", "R before 4.4", "R from 4.4"),
    "orientation": ("exposure increasing", "as given"),
}
KNOWN_OPTIONS = {*CHOICES, "draws", "seed", "psi", "pictures"}


def mr(tables: Mapping[str, Instruments], options: Mapping[str, Any] | None = None) -> Result:
    """Return everything that can be said of one exposure and one outcome.

    Parameters
    ----------
    tables : mapping of str to Instruments
        ``"data"``: the harmonised table.
    options : mapping
        ``draws`` (bootstraps, 1,000), ``seed`` (1), ``median_weights`` (``"first-order"`` or
        ``"delta"``), ``density`` (of the mode: ``"exact"``, ``"R before 4.4"``,
        ``"R from 4.4"``), ``orientation`` (of MR-Egger), ``psi`` (overlap of the samples),
        ``pictures`` (false: none).

    Returns
    -------
    Result

    Raises
    ------
    LabError
        When the table is not there or an option is unknown.
    """
    options = _checked(options or {})
    if not isinstance(tables.get("data"), Instruments):
        raise LabError("the method mr needs one table of instruments, called data.")
    work = worked_out(tables["data"], options.get("orientation", "exposure increasing"))
    found = tuple(estimates(work, options))
    checks = _checks(work)
    table = work.table
    said = verdict.judge(found, checks, exposure=table.exposure, outcome=table.outcome)
    drawn = _pictures(work, found) if options.get("pictures", True) else {}
    return Result(
        method="mr",
        question=f"Does {table.exposure} change {table.outcome}?",
        estimates=found,
        headline=said.headline,
        verdict=said.says,
        warnings=(*table.warnings, *_notes(work)),
        used=len(table),
        left_out=table.left_out,
        pictures=drawn,
        details=_details(work, checks, said.reasons, options),
    )


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    strange = sorted(set(options) - KNOWN_OPTIONS)
    if strange:
        known = ", ".join(sorted(KNOWN_OPTIONS))
        raise LabError(f"there is no option {strange[0]!r}.", remedy=f"There are: {known}.")
    for name, can in CHOICES.items():
        if options.get(name, can[0]) not in can:
            what = f"{name} cannot be {options[name]!r}."
            raise LabError(what, remedy=f"Choose one of: {', '.join(can)}.")
    if not abs(float(options.get("psi", 0.0))) < 1:
        raise LabError("psi is a correlation, between −1 and 1.")
    return dict(options)


def from_files(
    exposure: Path,
    outcome: Path,
    *,
    action: Action = 2,
    exposure_columns: Mapping[str, str] | None = None,
    outcome_columns: Mapping[str, str] | None = None,
    exposure_options: Mapping[str, Any] | None = None,
    outcome_options: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Result:
    """Return :func:`mr` of two files, brought to the same alleles.

    Parameters
    ----------
    exposure : Path
        The instruments: GWAS-SSF, IEU VCF, or any table with a header.
    outcome : Path
        The same SNPs (and any others) with their effect on the outcome.
    action : {1, 2, 3}
        Of palindromes; see ``harmonise.py``.
    exposure_columns, outcome_columns : mapping of str to str, optional
        Own name: the file's name, where it is not found by itself.
    exposure_options, outcome_options : mapping, optional
        ``trait``, ``unit``, ``delimiter``, ``sample``.
    options : mapping, optional
        Of :func:`mr`.

    Raises
    ------
    LabError
        When a file cannot be read, the two do not fit, or nothing is left.
    """
    for path in (exposure, outcome):
        if not path.exists():
            raise LabError("the file is not there.", where=str(path), remedy="Check its name.")
    ours = associations(exposure, exposure_columns, exposure_options)
    theirs = associations(outcome, outcome_columns, outcome_options)
    return mr({"data": harmonise(ours, theirs, action=action)}, options)


def both_ways(forward: Instruments, backward: Instruments) -> dict[str, Result]:
    """Return the study in both directions: the outcome's own SNPs are needed for the second.

    Raises
    ------
    LabError
        When the two tables are not the same traits the other way round, or share SNPs
        (a SNP cannot be an instrument for both).
    """
    if (forward.exposure, forward.outcome) != (backward.outcome, backward.exposure):
        raise LabError(
            f"{backward.exposure} on {backward.outcome} is not the other direction of"
            f" {forward.exposure} on {forward.outcome}."
        )
    shared = sorted(set(forward.snp) & set(backward.snp))
    if shared:
        raise LabError(
            f"{len(shared)} SNPs are instruments in both directions ({', '.join(shared[:5])}).",
            remedy="Keep each where it explains more (Steiger filtering), or leave it out.",
        )
    return {"forward": mr({"data": forward}), "backward": mr({"data": backward})}


def _checks(work: Work) -> verdict.Checks:
    snps = len(work.table)
    way = work.steiger
    b = work.ivw.b[0]
    turned = np.flatnonzero((work.left.b[0] * b < 0) & (snps > 2))
    return verdict.Checks(
        snps=snps,
        intercept_p=float(work.egger.intercept_p[0]) if snps >= verdict.FEW else None,
        q_p=float(work.ivw.q_p[0]) if snps > 1 else None,
        mean_f=float(strength(work.data).mean_f[0]),
        is_forward=None if way is None or np.isnan(way.p[0]) else bool(way.is_forward[0]),
        alone=tuple(work.table.snp[row] for row in turned),
    )


def _notes(work: Work) -> list[str]:
    table, found = work.table, []
    if len(table) >= verdict.FEW:
        far = radial_ivw(work.data, alpha=0.05 / len(table))
        names = [table.snp[row] for row in np.flatnonzero(far.outliers)]
        if names:
            listed = ", ".join(names[:10])
            found.append(
                f"{len(names)} SNPs lie far from the others (radial, Bonferroni): {listed}."
            )
        flat = float(strength(work.data).i2_gx[0])
        if flat < 0.9:
            found.append(f"I²_GX is {flat:.3f}, below 0.9: MR-Egger's slope is flattened.")
    if work.steiger is not None and table.n_exposure is not None and table.n_outcome is not None:
        wrong = [table.snp[row] for row in backwards(table)]
        if wrong:
            found.append(
                f"{len(wrong)} SNPs explain more of {table.outcome}: {', '.join(wrong[:10])}."
            )
    return found


def _details(
    work: Work, checks: verdict.Checks, reasons: tuple[str, ...], options: Mapping[str, Any]
) -> dict[str, Any]:
    table, strong = work.table, strength(work.data)
    line = radial_ivw(work.data) if len(table) >= verdict.FEW else None
    way = work.steiger
    single = [
        {"snp": name, "ratio": work.ratios.b[0, row], "se": work.ratios.se[0, row],
         "ivw_without": work.left.b[0, row], "se_without": work.left.se[0, row],
         "f": (table.beta_exposure[row] / table.se_exposure[row]) ** 2,
         "radial_q": None if line is None else line.shares[row]}
        for row, name in enumerate(table.snp)
    ]  # fmt: skip
    return {
        "exposure": table.exposure, "outcome": table.outcome, "file": table.where,
        "no_headline_because": list(reasons),
        "heterogeneity": {
            "ivw_q": work.ivw.q[0], "ivw_q_df": work.ivw.df[0], "ivw_q_p": checks.q_p,
            "egger_q": work.egger.slope.q[0], "egger_q_p": work.egger.slope.q_p[0],
            "residual_se": work.ivw.sigma[0],
        },
        "strength": {
            "mean_f": strong.mean_f[0], "least_f": strong.least_f[0],
            "i2_gx": strong.i2_gx[0], "i2_gx_weighted": strong.i2_gx_weighted[0],
        },
        "direction": None if way is None else {
            "r2_exposure": way.r2_exposure[0], "r2_outcome": way.r2_outcome[0],
            "is_forward": checks.is_forward, "p": way.p[0],
        },
        "single_snps": single, "harmonised": list(table.done), "options": dict(options),
    }  # fmt: skip


def _pictures(work: Work, estimates: tuple[Estimate, ...]) -> dict[str, str]:
    if len(work.table) < verdict.FEW:
        return {}
    by_name = {one.name: one for one in estimates}
    names = (verdict.IVW, verdict.EGGER, verdict.MEDIAN, verdict.MODE)
    sums = [by_name[name] for name in names if name in by_name]
    at_zero = {verdict.EGGER: by_name["MR-Egger intercept"].value}
    lines = [(one.name, at_zero.get(one.name, 0.0), one.value) for one in sums]
    ratio, se = work.ratios.b[0], work.ratios.se[0]
    return {
        "scatter": pictures.scatter(work.table, lines),
        "forest": pictures.forest(work.table, ratio, se, sums),
        "funnel": pictures.funnel(work.table, ratio, se, sums),
        "leave-one-out": pictures.left_out(work.table, work.left.b[0], work.left.se[0], sums[0]),
    }
