"""From a table of trials to the wires of a network: every pair of arms of every trial."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.effects import ZEROS
from twofold.lab.meta.network import Wires
from twofold.lab.meta.table import Trials

Row = tuple[int, int, int, float, float]
MOST_ARMS = 20
ARM_MEASURES = {"arm events": ("OR", "RR"), "arm means": ("MD",), "arm estimates": ("GEN", "SMD")}


def wires(
    trials: Trials,
    measure: str = "",
    *,
    zeros: str = "half where zero",
    is_joined: bool = False,
) -> tuple[Wires, tuple[str, ...]]:
    """Return the wires of a network, and what was left out.

    Parameters
    ----------
    trials : Trials
        One arm a row with ``treatment`` (arms of one trial share its label), or one
        contrast a row with ``treatment1`` and ``treatment2``.
    measure : str
        ``OR`` or ``RR`` of events, ``MD`` of means, ``GEN`` of estimates.
    zeros : str
        As in ``effects``: ½ to each arm of a trial with an empty cell, to all, or
        nothing.
    is_joined : bool
        Join arms of one trial that have the same treatment; they are refused else.

    Raises
    ------
    LabError
        When the treatments are not named, or a trial has one treatment twice.
    """
    if "treatment" in trials.words and trials.kind in ARM_MEASURES:
        whole = joined_arms(trials) if is_joined else trials
        return _of_arms(whole, measure or ARM_MEASURES[trials.kind][0], zeros)
    if "treatment1" in trials.words and trials.kind == "estimates":
        return _of_contrasts(trials), trials.left_out
    raise LabError(
        "a network wants one arm a row with the column 'treatment', or estimates with "
        "'treatment1' and 'treatment2'.",
        remedy="Name the columns so.",
    )


def joined_arms(trials: Trials) -> Trials:
    """Return the table with the arms of one trial that have one treatment joined.

    Events and people add up; means, and estimates, are weighted by people (estimates
    without them by their exactness); spreads hold what lies between the arms as well
    (Cochrane Handbook 6.5.2.10).
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for i, key in enumerate(zip(trials.label, trials.words["treatment"], strict=True)):
        groups.setdefault(key, []).append(i)
    first = [rows[0] for rows in groups.values()]
    numbers = {name: one[first].copy() for name, one in trials.numbers.items()}
    for place, rows in enumerate(groups.values()):
        if len(rows) > 1:
            for name, value in _joined({n: v[rows] for n, v in trials.numbers.items()}).items():
                numbers[name][place] = value
    return replace(
        trials,
        label=tuple(trials.label[i] for i in first),
        numbers=numbers,
        words={name: tuple(one[i] for i in first) for name, one in trials.words.items()},
        rows=tuple(trials.rows[i] for i in first),
    )


def _joined(t: dict[str, np.ndarray]) -> dict[str, float]:
    made: dict[str, float] = {
        name: float(t[name].sum()) for name in ("events", "total") if name in t
    }
    weights = t["total"] if "total" in t else t["se"] ** -2
    share = weights / weights.sum()
    if "mean" in t:
        made["mean"] = float(share @ t["mean"])
        within = ((t["total"] - 1) * t["sd"] ** 2).sum()
        between = (t["total"] * (t["mean"] - made["mean"]) ** 2).sum()
        made["sd"] = float(np.sqrt((within + between) / (t["total"].sum() - 1)))
    if "estimate" in t:
        made["estimate"] = float(share @ t["estimate"])
        made["se"] = float(np.sqrt(share**2 @ t["se"] ** 2))
    return made


def _of_arms(trials: Trials, measure: str, zeros: str) -> tuple[Wires, tuple[str, ...]]:
    if measure not in ARM_MEASURES[trials.kind]:
        raise LabError(
            f"{measure} cannot be worked out from a table of {trials.kind!r}.",
            remedy=f"There are: {', '.join(ARM_MEASURES[trials.kind])}.",
        )
    if zeros not in ZEROS or zeros == "treatment arm":
        raise LabError(f"a network has no rule for zeros {zeros!r}.", remedy=f"One of: {ZEROS}.")
    names = tuple(sorted(set(trials.words["treatment"])))
    found: list[Row] = []
    studies: list[str] = []
    left = list(trials.left_out)
    for label in dict.fromkeys(trials.label):
        rows = [i for i, one in enumerate(trials.label) if one == label]
        nodes = [names.index(trials.words["treatment"][i]) for i in rows]
        if len(set(nodes)) < len(nodes):
            raise LabError(
                f"the trial {label} has the treatment {names[_again(nodes)]} twice.",
                where=f"row {trials.rows[rows[0]]}",
                remedy="Join the two arms into one: the option join = true does.",
            )
        why, values, variances = _arms(trials, rows, measure, zeros)
        if why:
            left.append(f"{label}: {why}")
            continue
        for i, j in combinations(range(len(rows)), 2):
            found.append((len(studies), nodes[i], nodes[j], values[i] - values[j],
                          variances[i] + variances[j]))  # fmt: skip
        studies.append(label)
    return _made(found, names, tuple(studies)), tuple(left)


def _arms(
    trials: Trials, rows: list[int], measure: str, zeros: str
) -> tuple[str, np.ndarray, np.ndarray]:
    """Return why a trial says nothing, or each arm's value and variance."""
    nothing = np.empty(0)
    if len(rows) < 2:
        return "only one arm", nothing, nothing
    if len(rows) > MOST_ARMS:
        raise LabError(
            f"the trial {trials.label[rows[0]]} has {len(rows)} arms; {MOST_ARMS} is the most.",
            remedy="Is the column of names the right one?",
        )
    t = {name: one[rows] for name, one in trials.numbers.items()}
    if trials.kind == "arm means":
        return "", t["mean"], t["sd"] ** 2 / t["total"]
    if trials.kind == "arm estimates":
        return "", t["estimate"], t["se"] ** 2
    a, n = t["events"], t["total"]
    if np.all(a == 0) or np.all(a == n):
        return "the same in all arms, all or nobody: no ratio follows", nothing, nothing
    empty = bool(np.any((a == 0) | (a == n)))
    if empty and zeros == "none":
        return "a cell is empty, and nothing is added to it", nothing, nothing
    half = 0.5 if empty or zeros == "half to all" else 0.0
    a, n = a + half, n + 2 * half
    if measure == "RR":
        return "", np.log(a / n), 1 / a - 1 / n
    return "", np.log(a / (n - a)), 1 / a + 1 / (n - a)


def _of_contrasts(trials: Trials) -> Wires:
    names = tuple(sorted({*trials.words["treatment1"], *trials.words["treatment2"]}))
    studies = tuple(dict.fromkeys(trials.label))
    place = {name: i for i, name in enumerate(studies)}
    found: list[Row] = []
    for i, label in enumerate(trials.label):
        a, b = trials.words["treatment1"][i], trials.words["treatment2"][i]
        if a == b:
            raise LabError(
                f"both arms are {a}.", where=f"row {trials.rows[i]}", remedy="Take it out."
            )
        t = trials.numbers
        found.append(
            (place[label], names.index(a), names.index(b), t["estimate"][i], t["se"][i] ** 2)
        )
    return _made(found, names, studies)


def _made(found: list[Row], names: tuple[str, ...], studies: tuple[str, ...]) -> Wires:
    if not found:
        raise LabError("no trial compares two treatments.")
    study, first, second, y, v = zip(*found, strict=True)
    used = sorted({*first, *second})
    place = {node: i for i, node in enumerate(used)}
    return Wires(
        np.array(study), np.array([place[one] for one in first]),
        np.array([place[one] for one in second]), np.array(y, dtype=float),
        np.array(v, dtype=float), tuple(names[i] for i in used), studies,
    )  # fmt: skip


def _again(nodes: list[int]) -> int:
    return next(one for i, one in enumerate(nodes) if one in nodes[:i])
