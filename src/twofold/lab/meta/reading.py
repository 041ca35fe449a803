"""Trial tables out of files: which column is what, which rows count, what was left out and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.columns import MISSING, named, numbers, text_columns
from twofold.lab.meta.table import KINDS, Trials, joined
from twofold.lab.r_file import frames
from twofold.lab.tables import Column

TEXTS = ("label", "treatment", "treatment1", "treatment2", "group")
OPTIONS = ("kind", "where", "shape", "frame", "percent", "log", "label_and")
USUAL = {
    "study": "label", "trial": "label", "author": "label", "slab": "label", "ai": "events1",
    "n1i": "total1", "ci": "events2", "n2i": "total2", "m1i": "mean1", "sd1i": "sd1",
    "m2i": "mean2", "sd2i": "sd2", "yi": "estimate", "sei": "se", "treat1": "treatment1",
    "treat2": "treatment2",
}  # fmt: skip
"""Names that such tables often have, metafor's among them, and our own ones."""
R_FILES = (".rdata", ".rda", ".rds")
Texts = dict[str, list[str]]


def read_trials(
    path: Path, columns: Mapping[str, str], options: Mapping[str, Any] | None = None
) -> Trials:
    """Return the trials of a file: the reader ``trial-table``.

    Parameters
    ----------
    path : Path
        CSV, TSV, spaces, ``.gz``, or R's ``.RData`` and ``.rds``.
    columns : mapping of str to str
        Own name: the file's name. Own names are those of ``table.KINDS``,
        ``label``, ``treatment``, ``treatment1``, ``treatment2``, ``group``, and any
        name for a moderator. Empty: the file's names are taken as own ones, and those
        of ``USUAL`` as what they usually mean.
    options : mapping, optional
        ``kind`` (guessed from the columns otherwise); ``where`` (the file's column:
        the value, or list of values, that a row must have); ``shape = "wide"`` (one
        trial a row with ``treatment1``, ``events1``, ``total1``, ``treatment2`` … up
        to nine arms) or ``"versus"`` (one cell ``versus`` such as ``70/176 vs 44/177``
        holds the counts of both arms); ``frame`` (which data frame of an R file);
        ``percent`` (events are percentages of the total); ``log`` (the estimates are
        ratios, take logarithms of them); ``label_and`` (a second column of the file for
        the name).

    Raises
    ------
    LabError
        When a column is missing, a cell is no number, or a row cannot be true.
    """
    asked = dict(options or {})
    for name in asked:
        if name not in OPTIONS:
            raise LabError(
                f"a trial table has no option {name!r}.", remedy=f"It has: {', '.join(OPTIONS)}."
            )
    raw = _raw(path, asked.get("frame"))
    kept, left = _rows(raw, asked.get("where", {}), path.name)
    wanted = dict(columns) or _guessed(list(raw))
    found = named(raw, wanted, where=path.name)
    if asked.get("label_and"):
        second = named(raw, {"label": asked["label_and"]}, where=path.name)["label"]
        found["label"] = [" ".join(both) for both in zip(found["label"], second, strict=True)]
    if asked.get("shape") == "versus":
        found |= _counts(found, kept, path.name)
    if asked.get("shape") == "wide":
        return _wide(found, kept, left, asked, path.name)
    return _table(found, kept, left, asked, path.name)


def kind_of(names: Sequence[str]) -> str:
    """Return the kind of table that these columns make.

    Raises
    ------
    LabError
        When they make none; the remedy lists what each kind wants.
    """
    for kind, wanted in KINDS.items():
        if set(wanted) <= set(names):
            return kind
    wants = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in KINDS.items())
    raise LabError("the columns make no trial table.", remedy=f"Wanted are one of: {wants}.")


def _guessed(names: Sequence[str]) -> dict[str, str]:
    """Return own names for a file's: as they are, or as tables of trials usually mean them."""
    made = {name: name for name in names}
    for theirs in names:
        own = USUAL.get(theirs.lower())
        if own is not None and own not in made:
            made[own] = made.pop(theirs)
    return made


def _raw(path: Path, frame: str | None) -> Texts:
    if path.suffix.lower() not in R_FILES:
        return text_columns(path)
    found = frames(path)
    if frame is None and len(found) == 1:
        return next(iter(found.values()))
    if frame not in found:
        raise LabError(
            f"it holds no data frame {frame!r}.",
            where=path.name,
            remedy=f"Name one with the option frame: {', '.join(found)}.",
        )
    return found[frame]


def _rows(raw: Texts, where: Mapping[str, Any], file: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the rows that count, from 0, and how many do not."""
    length = len(next(iter(raw.values()), []))
    named(raw, {name: name for name in where}, where=file)
    wanted = {
        name: {str(one) for one in (value if isinstance(value, list) else [value])}
        for name, value in where.items()
    }
    kept = [row for row in range(length) if all(raw[n][row] in v for n, v in wanted.items())]
    gone = length - len(kept)
    rule = ", ".join(f"{name} is {' or '.join(sorted(v))}" for name, v in wanted.items())
    return kept, ((f"{gone} rows where it is not so that {rule}",) if gone else ())


def _table(
    found: Texts, kept: list[int], left: tuple[str, ...], asked: Mapping[str, Any], file: str
) -> Trials:
    kind = asked.get("kind") or kind_of(list(found))
    if kind not in KINDS:
        raise LabError(f"there is no kind {kind!r}.", remedy=f"There are: {', '.join(KINDS)}.")
    needed = KINDS[kind]
    texts = {name: [values[row] for row in kept] for name, values in found.items()}
    figures = {
        name: numbers(values, name=name, where=file)
        for name, values in texts.items()
        if name in needed or (name not in TEXTS and _are_numbers(values))
    }
    for name in needed:
        if name not in figures:
            raise LabError(f"the kind {kind!r} wants the column {name!r}.", where=file)
    whole = np.all([np.isfinite(figures[name]) for name in needed], axis=0)
    label = texts.get("label") or [f"row {row + 1}" for row in kept]
    words = {name: tuple(v) for name, v in texts.items() if name not in (*figures, "label")}
    lost = tuple(
        f"row {kept[i] + 1} ({label[i]}): {_first_missing(figures, needed, i)} is missing"
        for i in np.flatnonzero(~whole).tolist()
    )
    index = np.flatnonzero(whole).tolist()
    chosen = {name: values[index] for name, values in figures.items()}
    return Trials(
        tuple(label[i] or f"row {kept[i] + 1}" for i in index),
        kind,
        _converted(chosen, asked, kind),
        {name: tuple(values[i] for i in index) for name, values in words.items()},
        tuple(kept[i] + 1 for i in index),
        left + lost,
    )


def _converted(
    figures: dict[str, Column], asked: Mapping[str, Any], kind: str
) -> dict[str, Column]:
    """Return counts from percentages, and logarithms from ratios, where that was asked for."""
    made = dict(figures)
    if asked.get("percent"):
        for name in [name for name in KINDS[kind] if name.startswith("events")]:
            total = made[name.replace("events", "total")]
            made[name] = np.round(made[name] * total / 100)
    if asked.get("log"):
        if np.any(made["estimate"] <= 0):
            raise LabError("a ratio is not above 0, so it has no logarithm.")
        made["estimate"] = np.log(made["estimate"])
    return made


def _counts(found: Texts, kept: list[int], file: str) -> Texts:
    """Return the four counts out of cells such as ``70/176 vs 44/177``."""
    names = KINDS["events"]
    cells = found.pop("versus", None)
    if cells is None:
        raise LabError("no column is named as 'versus'.", where=file)
    made: Texts = {name: [""] * len(cells) for name in names}
    for row in kept:
        four = re.fullmatch(r"(\d+)/(\d+) vs (\d+)/(\d+)", cells[row].strip())
        if four is None:
            raise LabError(
                f"row {row + 1}: {cells[row][:40]!r} is not written like '70/176 vs 44/177'.",
                where=file,
            )
        for name, count in zip(names, four.groups(), strict=True):
            made[name][row] = count
    return made


def _first_missing(figures: Mapping[str, Column], needed: Sequence[str], row: int) -> str:
    return next(name for name in needed if not np.isfinite(figures[name][row]))


def _are_numbers(values: Sequence[str]) -> bool:
    known = [one for one in values if one.lower() not in MISSING]
    return bool(known) and all(re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?", one) for one in known)


def _wide(
    found: Texts, kept: list[int], left: tuple[str, ...], asked: Mapping[str, Any], file: str
) -> Trials:
    """Return one arm a row from one trial a row; arms that are not there are no loss."""
    arms = sorted({name[-1] for name in found if re.fullmatch(r"treatment[1-9]", name)})
    if len(arms) < 2:
        raise LabError(
            "a wide table names treatment1, treatment2 …", where=file, remedy="Name the columns."
        )
    parts = []
    rest = {k: v for k, v in found.items() if not re.search(r"[1-9]$", k)}
    for arm in arms:
        own = {n[:-1]: v for n, v in found.items() if re.fullmatch(rf"[a-z]+{arm}", n)}
        there = [row for row in kept if own["treatment"][row].lower() not in MISSING]
        if there:
            parts.append(_table({**rest, **own}, there, (), asked, file))
    made = joined(parts)
    order = np.argsort(made.rows, kind="stable").tolist()
    turned = made.take(order)
    return Trials(
        turned.label, turned.kind, turned.numbers, turned.words, turned.rows, left + made.left_out
    )
