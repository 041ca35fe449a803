"""The method "meta": trials in, one result out, that says when no number may stand alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta import telling
from twofold.lab.meta.asking import asked_for, one_table
from twofold.lab.meta.bias import FEW, egger, trim_and_fill
from twofold.lab.meta.effects import SCALES, Effects, effects
from twofold.lab.meta.estimates import WHOLE, Study, estimates_of
from twofold.lab.meta.heterogeneity import spread
from twofold.lab.meta.influence import influence
from twofold.lab.meta.pictures import Row, forest, funnel
from twofold.lab.meta.pooled import pool, prediction
from twofold.lab.meta.reading import read_trials
from twofold.lab.meta.units import Flag, flagged_rows, flags
from twofold.lab.result import Estimate, Result

OPTIONS = {
    "measure": "", "tau2": "REML", "test": "HK with floor", "zeros": "half where zero",
    "prediction": "t, k-2", "question": "", "scale": "", "subgroup": "", "moderators": [],
    "flagged": "keep",
}  # fmt: skip
"""Every option and what holds without it. ``flagged``: ``keep`` or ``leave out``."""

USUAL = {
    "events": "RR", "means": "MD", "estimates": "GEN", "ratios": "HR", "arm means": "MEAN",
    "arm events": "LOGIT", "arm estimates": "GEN",
}  # fmt: skip


def meta(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Return the meta-analysis of one table of trials: the method ``meta``.

    Parameters
    ----------
    tables : mapping with one Trials
    options : mapping
        As in ``OPTIONS``.

    Returns
    -------
    Result
        Its headline is ``None`` with one trial, with arms instead of comparisons,
        or while a flag about units weighs.

    Raises
    ------
    LabError
        When the table or an option breaks its rules.
    """
    asked = asked_for(options, OPTIONS)
    trials = one_table(tables)
    found = effects(trials, asked["measure"] or USUAL[trials.kind], zeros=asked["zeros"])
    suspicions = flags(found)
    if asked["flagged"] == "leave out":
        kept = found.trials.take(~flagged_rows(found.trials, suspicions), "flagged, see the notes")
        found = effects(kept, found.measure, zeros=asked["zeros"])
        suspicions = flags(found)
    elif asked["flagged"] != "keep":
        raise LabError("flagged rows can be: keep, leave out.", where="the option flagged")
    if len(found.y) == 1:
        return _alone(found, suspicions, asked)
    return _result(worked_out(found, suspicions, asked))


def from_file(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    reading: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Result:
    """Return the meta-analysis of a file: what ``twofold lab meta FILE`` does.

    Parameters
    ----------
    path : Path
    columns : mapping of str to str, optional
        Own name: the file's name; the file's names are own ones where not given.
    reading : mapping, optional
        Options of the reader ``trial-table``.
    options : mapping, optional
        Options of the method. A table whose rows name treatments is read as a
        network.

    Raises
    ------
    LabError
        When the file or an option breaks its rules.
    """
    from twofold.lab.meta.network_study import network

    trials = read_trials(path, columns or {}, reading or {})
    many = {"treatment", "treatment1"} & set(trials.words)
    names = {one for name in many | {"treatment2"} for one in trials.words.get(name, ())}
    is_network = bool(many) and len(names) > 2
    return (network if is_network else meta)({"data": trials}, options or {})


def worked_out(found: Effects, suspicions: tuple[Flag, ...], asked: Mapping[str, Any]) -> Study:
    """Return all the numbers of one meta-analysis of at least two trials."""
    y, v = found.y, found.v
    pooled = pool(y, v, asked["tau2"], test=asked["test"])
    asymmetry = filled = None
    if len(y) >= 3 and np.ptp(v) > 1e-9 * v.max():
        asymmetry = egger(y, v, method=asked["tau2"])
        filled = trim_and_fill(y, v, asked["tau2"])
    return Study(
        found, pooled, spread(y, v, pooled.tau2, asked["tau2"]),
        prediction(pooled, asked["prediction"]), suspicions, asymmetry, filled,
        asked["scale"] or SCALES[found.measure], asked,
    )  # fmt: skip


def _result(study: Study) -> Result:
    weighs = any(one.weighs for one in study.flags)
    return Result(
        method="meta",
        question=study.asked["question"] or f"What is the {study.scale} over all trials?",
        estimates=estimates_of(study),
        headline=None if weighs or study.is_arm else WHOLE,
        verdict=telling.verdict(
            study.pooled, study.left, study.expected, is_log=study.found.is_log,
            scale=study.scale, flags=study.flags, is_arm=study.is_arm, asymmetry=study.asymmetry,
        ),
        warnings=tuple(_warnings(study)),
        used=len(study.found.y),
        left_out=study.found.trials.left_out,
        pictures=_pictures(study),
        details=_details(study),
    )  # fmt: skip


def _alone(found: Effects, suspicions: tuple[Flag, ...], asked: Mapping[str, Any]) -> Result:
    """Return the one trial there is, without a headline."""
    one = pool(found.y, found.v, "FE", test="z")
    scale = asked["scale"] or SCALES[found.measure]
    told = telling.number(one.estimate, found.is_log)
    told += f" ({telling.span(one.low, one.high, found.is_log)})"
    return Result(
        "meta", asked["question"] or f"What is the {scale}?",
        (Estimate("the one trial", one.estimate, one.se, one.low, one.high, one.p, 1, scale),),
        None, telling.one_trial(found.trials.label[0], told),
        tuple(flag.sentence() for flag in suspicions), 1, found.trials.left_out,
    )  # fmt: skip


def _warnings(study: Study) -> list[str]:
    told = [one.sentence() for one in study.flags if one.weighs]
    told += telling.few_words(study.pooled)
    if study.is_arm:
        told.append(telling.ARM_ONLY)
    told += telling.bias_words(
        study.asymmetry, study.filled, study.found.is_log,
        is_counted=study.found.is_log and study.found.trials.kind == "events",
    )  # fmt: skip
    told += [one.sentence() for one in study.flags if not one.weighs]
    heavy = influence(study.found.y, study.found.v, study.asked["tau2"]) if len(
        study.found.y) > 2 else None  # fmt: skip
    if heavy is not None and heavy.cook.max() > 0.5:
        label = study.found.trials.label[int(heavy.cook.argmax())]
        told.append(f"{label} moves the whole by {abs(heavy.dffits).max():.1f} of its own spread.")
    return told


def _pictures(study: Study) -> dict[str, str]:
    y, v = study.found.y, study.found.v
    reach = 1.959963984540054 * np.sqrt(v)
    weights = study.pooled.weights
    rows = [
        Row(label, float(y[i]), float(y[i] - reach[i]), float(y[i] + reach[i]), float(weights[i]))
        for i, label in enumerate(study.found.trials.label)
    ]
    p, is_ratio = study.pooled, study.found.is_log
    whole = Row("all together", p.estimate, p.low, p.high)
    low, high = (float(end) for end in study.expected)
    axis = study.scale.removeprefix("log ") if is_ratio else study.scale
    same: dict[str, Any] = {
        "title": study.asked["question"] or "Each trial and the whole", "scale": axis,
        "is_ratio": is_ratio,
    }  # fmt: skip
    made = {
        name: forest(rows, whole=whole, expected=(low, high), is_narrow=narrow, **same)
        for name, narrow in (("forest", False), ("forest, narrow", True))
    }
    if study.filled is not None:
        k = len(y)
        filled = (study.filled.y[k:], study.filled.v[k:]) if k >= FEW else None
        same["title"] = "Are small trials missing?"
        made["funnel"] = funnel(y, v, p.estimate, filled=filled, **same)
    return made


def _details(study: Study) -> dict[str, Any]:
    n, left = study.found.n, study.left
    trials = study.found.trials
    return {
        "measure": study.found.measure,
        "trials": study.pooled.of,
        "people": int(n.sum()) if n is not None else None,
        "flagged": len({one.row for one in study.flags if one.weighs and one.row is not None}),
        "i2": left.i2, "tau2": left.tau2, "q": left.q, "q_df": left.q_df,
        "filled": study.filled.missing if study.filled else None,
        "each": [
            {"label": label, "row": trials.rows[i], "y": float(study.found.y[i]),
             "v": float(study.found.v[i]), "weight": float(study.pooled.weights[i])}
            for i, label in enumerate(trials.label)
        ],
    }  # fmt: skip
