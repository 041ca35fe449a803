"""The numbers that the method "meta" gives back, each with its name, in the order told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.bias import Asymmetry, Filled, begg
from twofold.lab.meta.effects import Effects
from twofold.lab.meta.heterogeneity import Spread, spread
from twofold.lab.meta.pooled import Coefficients, Pooled, one_left_out, pool
from twofold.lab.meta.readings import other_readings
from twofold.lab.meta.regression import indicators, regress, subgroups
from twofold.lab.meta.table import Trials
from twofold.lab.meta.units import Flag
from twofold.lab.result import Estimate

WHOLE = "random effects"


@dataclass(frozen=True)
class Study:
    """Everything that was worked out about one table.

    Parameters
    ----------
    found : Effects
    pooled : Pooled
    left : Spread
    expected : array (2,)
        Prediction interval.
    flags : tuple of Flag
    asymmetry : Asymmetry or None
    filled : Filled or None
    scale : str
    asked : mapping of str to object
        The options.
    """

    found: Effects
    pooled: Pooled
    left: Spread
    expected: np.ndarray
    flags: tuple[Flag, ...]
    asymmetry: Asymmetry | None
    filled: Filled | None
    scale: str
    asked: Mapping[str, Any]

    @property
    def is_arm(self) -> bool:
        """Whether rows are arms, not comparisons."""
        return self.found.trials.kind.startswith("arm")


def estimates_of(study: Study) -> tuple[Estimate, ...]:
    """Return every estimate: the whole, the funnel, without one trial, parts, other readings."""
    return (
        *_main(study),
        *_funnel_estimates(study),
        *_leave_one_out(study),
        *_subgroups(study),
        *_moderators(study),
        *_readings(study),
    )


def _main(study: Study) -> list[Estimate]:
    p, left, k = study.pooled, study.left, study.pooled.of
    fixed = pool(study.found.y, study.found.v, "FE", test="z")
    note = f"tau² by {p.method}, {p.test}"
    low, high = (float(end) for end in study.expected)
    made = [
        Estimate(WHOLE, p.estimate, p.se, p.low, p.high, p.p, k, study.scale, note),
        Estimate(
            "fixed effect", fixed.estimate, fixed.se, fixed.low, fixed.high, fixed.p, k,
            study.scale, "as if all trials had one true effect",
        ),
        Estimate(
            "a new trial", p.estimate, None, low, high, None, k, study.scale,
            f"95 % prediction interval, {study.asked['prediction']}",
        ),
        Estimate(
            "tau²", left.tau2, left.tau2_se, left.tau2_low, left.tau2_high, left.q_p, k, "",
            "interval by Q-profile; p is Cochran's Q's",
        ),
        Estimate("I²", left.i2, None, left.i2_low, left.i2_high, None, k, "%"),
    ]  # fmt: skip
    return made


def _funnel_estimates(study: Study) -> list[Estimate]:
    a, f, k = study.asymmetry, study.filled, study.pooled.of
    if a is None or f is None:
        return []
    tau, p = begg(study.found.y, study.found.v)
    whole = f.pooled
    return [
        Estimate("Egger's slope", a.slope, a.se, None, None, a.p, k, "", a.caution),
        Estimate(
            "limit of Egger's line", a.limit, None, a.limit_low, a.limit_high, None, k,
            study.scale, "what an endless trial would show if the line held",
        ),
        Estimate("Begg's tau", tau, None, None, None, p, k, "", a.caution),
        Estimate(
            "trim and fill", whole.estimate, whole.se, whole.low, whole.high, whole.p, whole.of,
            study.scale, f"{f.missing} filled in on the {f.side}; a what-if, no correction",
        ),
    ]  # fmt: skip


def _leave_one_out(study: Study) -> list[Estimate]:
    """Return the lowest and the highest of all pooled effects without one trial."""
    if len(study.found.y) < 3:
        return []
    found = one_left_out(
        study.found.y, study.found.v, study.asked["tau2"], test=study.asked["test"]
    )
    made = []
    for name, i in (
        ("lowest with one left out", int(found.values[:, 0].argmin())),
        ("highest with one left out", int(found.values[:, 0].argmax())),
    ):
        note = f"without {study.found.trials.label[i]}"
        made.append(_coefficient(name, found, (i, 0), study.pooled.of - 1, study.scale, note))
    return made


def _coefficient(
    name: str, found: Coefficients, at: int | tuple[int, int], of: int, scale: str, note: str
) -> Estimate:
    return Estimate(
        name, float(found.values[at]), float(found.se[at]), float(found.low[at]),
        float(found.high[at]), float(found.p[at]), of, scale, note,
    )  # fmt: skip


def _subgroups(study: Study) -> list[Estimate]:
    words, name = study.found.trials.words, study.asked["subgroup"]
    if not name:
        return []
    if name not in words:
        raise LabError(
            f"there is no column of words {name!r} for subgroups.",
            remedy=f"There are: {', '.join(words) or 'none'}.",
        )
    parts, q, p = subgroups(
        study.found.y, study.found.v, words[name], study.asked["tau2"], test=study.asked["test"]
    )
    made = [
        Estimate(
            f"subgroup: {one.name}", one.estimate, one.se, one.low, one.high, one.p, one.of,
            study.scale, "one row, no sign of how far others differ" if one.of == 1 else "",
        )
        for one in parts
    ]  # fmt: skip
    if len(parts) > 1:
        made.append(Estimate("difference between subgroups", q, p=p, of=study.pooled.of, note="Q"))
    return made


def _moderators(study: Study) -> list[Estimate]:
    if not study.asked["moderators"]:
        return []
    k = study.pooled.of
    line = regress(
        study.found.y, study.found.v, _columns(study.found.trials, study.asked["moderators"]),
        study.asked["tau2"], test=_plain(study.asked["test"]),
    )  # fmt: skip
    made = [
        _coefficient(f"moderator: {name}", line.coefficients, i, k, study.scale, line.warning)
        for i, name in enumerate(line.names[1:], 1)
    ]
    told = f"{line.r2:.0f} % of tau² goes with them; an association between trials"
    made.append(Estimate("all moderators", line.moderators, p=line.moderators_p, of=k, note=told))
    return made


def _plain(test: str) -> str:
    return "HK" if test == "HK with floor" else test


def _columns(trials: Trials, names: list[str]) -> dict[str, np.ndarray]:
    made: dict[str, np.ndarray] = {}
    for name in names:
        if name in trials.numbers:
            made[name] = trials.numbers[name]
        elif name in trials.words:
            made |= {f"{name} {k}": one for k, one in indicators(trials.words[name]).items()}
        else:
            raise LabError(f"there is no column {name!r} for a moderator.")
    return made


def _readings(study: Study) -> list[Estimate]:
    made = []
    for name, other in other_readings(study.found, study.flags, study.asked["zeros"]).items():
        if len(other.y) < 2:
            continue
        p = pool(other.y, other.v, study.asked["tau2"], test=study.asked["test"])
        left = spread(other.y, other.v, p.tau2, study.asked["tau2"])
        made += [
            Estimate(name, p.estimate, p.se, p.low, p.high, p.p, p.of, study.scale),
            Estimate(f"I², {name}", left.i2, None, left.i2_low, left.i2_high, None, p.of, "%"),
        ]
    return made
