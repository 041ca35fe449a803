"""Several exposures at once: reading the table, and everything that can be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.columns import named, numbers, text_columns
from twofold.lab.mr.multivariable import (
    Joint,
    Multivariable,
    conditional_f,
    egger_joint,
    ivw_joint,
    q_a,
)
from twofold.lab.mr.pairs import Array
from twofold.lab.mr.telling import known_options, normal, p_words, student
from twofold.lab.mr.verdict import ALPHA, WEAK_F
from twofold.lab.result import Estimate, Result

BETA, SE = "beta_exposure.", "se_exposure."
OUTCOME = ("snp", "beta_outcome", "se_outcome")
ALLELES = ("effect_allele", "other_allele")
SECOND = "outcome."
_OPTIONS = ("outcome", "outcome_unit", "exposure_unit")


def mvmr_table(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Multivariable:
    """Read SNPs with their effects on several exposures and an outcome.

    Parameters
    ----------
    path : Path
    columns : mapping of str to str
        ``snp``, ``beta_outcome``, ``se_outcome``, and for each exposure
        ``beta_exposure.NAME`` and ``se_exposure.NAME``. Where the outcome stands in a
        second file: ``effect_allele``, ``other_allele``, and the same names of the second
        file as ``outcome.snp``, ``outcome.effect_allele`` and so on.
    options : mapping
        ``outcome``, ``outcome_unit``, ``exposure_unit`` (names); ``outcome_file``: beside
        the first.

    Raises
    ------
    LabError
        When a column is missing, alleles do not fit, or the table is refused.
    """
    given = known_options(options, {*_OPTIONS, "outcome_file"})
    exposures = [key.removeprefix(BETA) for key in columns if key.startswith(BETA)]
    has_second = "outcome_file" in given
    wanted = _wanted(columns, exposures, has_second)
    texts = named(text_columns(path), wanted, where=path.name)
    left: tuple[str, ...] = ()
    if has_second:
        second = path.parent / str(given["outcome_file"])
        texts, left = _joined(texts, second, columns)
    value = {key: numbers(cells, name=key, where=path.name)
             for key, cells in texts.items() if key not in ("snp", *ALLELES)}  # fmt: skip
    return Multivariable(
        tuple(texts["snp"]), tuple(exposures),
        np.column_stack([value[BETA + one] for one in exposures]),
        np.column_stack([value[SE + one] for one in exposures]),
        value["beta_outcome"], value["se_outcome"],
        where=path.name, left_out=left,
        **{key: str(given[key]) for key in _OPTIONS if key in given},
    )  # fmt: skip


def _wanted(columns: Mapping[str, str], exposures: list[str], has_second: bool) -> dict[str, str]:
    """Return the names of the first file, every needed one there."""
    needed = [key for one in exposures for key in (BETA + one, SE + one)]
    needed += ["snp", *ALLELES] if has_second else OUTCOME
    missing = [key for key in needed if key not in columns]
    if missing or not exposures:
        what = missing[0] if missing else f"{BETA}NAME"
        raise LabError(f"the column for {what} is not named.", remedy="Name it under columns.")
    return {key: columns[key] for key in needed}


def _joined(
    first: dict[str, list[str]], path: Path, columns: Mapping[str, str]
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Put the outcome of the second file beside the exposures, for the same alleles."""
    if not path.exists():
        raise LabError("the outcome's file is not there.", where=str(path))
    keys = (*OUTCOME, *ALLELES)
    missing = [key for key in keys if SECOND + key not in columns]
    if missing:
        raise LabError(f"the column for {SECOND}{missing[0]} is not named.")
    theirs = named(
        text_columns(path), {key: columns[SECOND + key] for key in keys}, where=path.name
    )
    place = {name: row for row, name in enumerate(theirs["snp"])}
    kept, signs, left = [], [], []
    for row, name in enumerate(first["snp"]):
        sign = _sign(first, row, theirs, place[name]) if name in place else None
        if sign is None:
            left.append(f"{name}: it is not in {path.name}, or has other alleles there.")
        else:
            kept.append(row)
            signs.append(sign)
    made = {key: [cells[row] for row in kept] for key, cells in first.items()}
    rows = [place[name] for name in made["snp"]]
    made["se_outcome"] = [theirs["se_outcome"][row] for row in rows]
    beta = [theirs["beta_outcome"][row] for row in rows]
    made["beta_outcome"] = [_turned(text, sign) for text, sign in zip(beta, signs, strict=True)]
    return made, tuple(left)


def _sign(
    ours: dict[str, list[str]], row: int, theirs: dict[str, list[str]], other: int
) -> int | None:
    a, b = (ours[key][row].upper() for key in ALLELES)
    c, d = (theirs[key][other].upper() for key in ALLELES)
    return 1 if (a, b) == (c, d) else -1 if (a, b) == (d, c) else None


def _turned(text: str, sign: int) -> str:
    return text if sign > 0 else text[1:] if text.startswith("-") else f"-{text}"


def mvmr(tables: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Result:
    """Return the effects of several exposures together.

    Parameters
    ----------
    tables : mapping of str to Multivariable
        ``"data"``.
    options : mapping
        ``rho`` (phenotypic correlations, one row an exposure; 0 when not given), ``orient``
        (the exposure by whose name MR-Egger turns the alleles; the first).

    Raises
    ------
    LabError
        When the table is not there, or an option is not known.
    """
    given = known_options(options, {"rho", "orient"})
    table = tables.get("data")
    if not isinstance(table, Multivariable):
        raise LabError("the method mvmr needs a table of several exposures, called data.")
    rho = given.get("rho")
    whole, strong, test = ivw_joint(table), conditional_f(table, rho), q_a(table, rho)
    orient = given.get("orient", table.exposures[0])
    if orient not in table.exposures:
        raise LabError(f"there is no exposure {orient!r}.")
    has_egger = len(table) > len(table.exposures) + 1
    line = egger_joint(table, orient=table.exposures.index(orient)) if has_egger else None
    reasons = tuple(_reasons(table, strong, test[2], whole, line))
    return Result(
        method="mvmr",
        question=f"What does each of {', '.join(table.exposures)} do to {table.outcome}?",
        estimates=tuple(_estimates(table, whole, line, str(orient))), headline=None,
        verdict=_verdict(table, whole, reasons), warnings=tuple(_notes(rho)),
        used=len(table), left_out=table.left_out,
        details={
            "conditional_f": dict(zip(table.exposures, strong, strict=True)),
            "q_a": test[0], "q_a_df": test[1], "q_a_p": test[2],
            "q": whole.q, "q_df": whole.df, "q_p": whole.q_p, "residual_se": whole.sigma,
            "does_not_stand_because": list(reasons),
        },
    )  # fmt: skip


def _estimates(
    table: Multivariable, whole: Joint, line: Joint | None, orient: str
) -> Iterator[Estimate]:
    scale = f"{table.outcome_unit or 'unit of the outcome'} per {table.exposure_unit or 'unit'}"
    for kind in ("random effects", "fixed effect"):
        se = whole.se if kind == "random effects" else whole.se_fixed
        for place, name in enumerate(table.exposures):
            told = f"Multivariable IVW, {kind}: {name}"
            yield normal(told, float(whole.b[place]), float(se[place]), len(table), scale)
    if line is None or line.intercept is None or line.intercept_se is None:
        return
    for place, name in enumerate(table.exposures):
        b, se_b, p = (float(one[place]) for one in (line.b, line.se, line.p))
        told = f"Multivariable MR-Egger: {name}"
        yield student(told, b, se_b, line.df, p, len(table), f"{scale}; alleles by {orient}")
    zero, p = line.intercept, line.intercept_p or 0.0
    name = "Multivariable MR-Egger intercept"
    yield student(name, zero, line.intercept_se, line.df, p, len(table), table.outcome_unit)


def _reasons(
    table: Multivariable, strong: Array, q_p: float, whole: Joint, line: Joint | None
) -> Iterator[str]:
    for name, f in zip(table.exposures, strong, strict=True):
        if f < WEAK_F:
            yield f"the SNPs hardly tell {name} from the others (conditional F {f:.1f}, below 10)"
    if q_p < ALPHA:
        yield f"the SNPs disagree more than by chance (Q_A p {p_words(q_p)})"
    if line is None:
        return
    if line.intercept_p is not None and line.intercept_p < ALPHA:
        yield f"MR-Egger's intercept differs from 0 (p {p_words(line.intercept_p)})"
    for name, b, other, p in zip(table.exposures, whole.b, line.b, whole.p, strict=True):
        if p < ALPHA and b * other < 0:
            yield f"MR-Egger has the other sign for {name}"


def _verdict(table: Multivariable, whole: Joint, reasons: tuple[str, ...]) -> str:
    if reasons:
        listed = "; ".join(reasons)
        return f"These numbers do not stand by themselves: {listed}. Read them side by side."
    clear = [name for name, p in zip(table.exposures, whole.p, strict=True) if p < ALPHA]
    if not clear:
        return f"These SNPs show no clear effect of any of the exposures on {table.outcome}."
    return (
        f"Held against each other, {' and '.join(clear)} still go with {table.outcome}, and the"
        " checks made here do not speak against it. That rests on assumptions that no data can"
        " prove."
    )


def _notes(rho: Any) -> Iterator[str]:
    yield "No estimate stands alone here: each holds only beside the other exposures."
    if rho is None:
        yield (
            "The correlation of the exposures is not given: conditional F and Q_A take separate"
            " samples for granted."
        )
