"""What one trial found, as one number with its variance.

Formulas of Borenstein et al. (2009, Introduction to Meta-Analysis), Hedges
(1981, exact small-sample factor), Sweeting, Sutton & Lambert (2004, what to add
to a zero).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.table import Trials
from twofold.lab.tables import Column

ZEROS = ("half where zero", "half where zero, silent kept", "half to all", "treatment arm", "none")
"""What is added to a table with an empty cell: ½ to each cell of that trial; the same, and trials
with all or nobody in both arms stay in (as metafor does); ½ to every trial; the reciprocal of the
other arm's size, summing to 1; nothing (such a trial is left out)."""

LOGS = ("RR", "OR", "HR")
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Effects:
    """Effects of trials, ready to be pooled.

    Parameters
    ----------
    trials : Trials
        Those that have an effect, in the same order.
    y, v : array (k,)
        Effect and its sampling variance; logarithms for ratios.
    measure : str
        A key of ``MEASURES``.
    """

    trials: Trials
    y: Column
    v: Column
    measure: str

    @property
    def is_log(self) -> bool:
        """Whether ``y`` is the logarithm of a ratio."""
        return self.measure in LOGS

    @property
    def n(self) -> Column | None:
        """How many people each trial had, where it is known."""
        return sizes(self.trials)


def effects(trials: Trials, measure: str, *, zeros: str = "half where zero") -> Effects:
    """Return the effect of every trial.

    Parameters
    ----------
    trials : Trials
    measure : str
        ``MD``, ``SMD`` (Hedges' g), ``RR``, ``OR``, ``RD``, ``HR``, ``GEN`` (as it
        stands), or of one arm ``MEAN`` and ``LOGIT``.
    zeros : str
        One of ``ZEROS``, for RR and OR. A trial without any event, or with
        nothing but events, says nothing about a ratio and is left out.

    Raises
    ------
    LabError
        When the measure does not go with the kind of table.
    """
    if measure not in MEASURES:
        raise LabError(
            f"there is no measure {measure!r}.", remedy=f"There are: {', '.join(MEASURES)}."
        )
    if trials.kind not in MEASURES[measure]:
        kinds = ", ".join(repr(kind) for kind in MEASURES[measure])
        raise LabError(
            f"{measure} cannot be worked out from a table of {trials.kind!r}.",
            remedy=f"It wants one of: {kinds}.",
        )
    if measure in ("RR", "OR") and trials.kind == "events":
        trials = _telling(trials, zeros)
        y, v = MEASURES[measure][trials.kind](_corrected(trials.numbers, zeros))
    else:
        y, v = MEASURES[measure][trials.kind](trials.numbers)
    return Effects(trials, y, v, measure)


def sizes(trials: Trials) -> Column | None:
    """Return how many people each row had, where the table says so."""
    names = [name for name in trials.numbers if name.startswith("total")]
    return np.sum([trials.numbers[name] for name in names], axis=0) if names else None


Numbers = Mapping[str, Column]
Pair = tuple[Column, Column]


def hedges_factor(df: Column) -> Column:
    """Return Hedges' exact small-sample factor ``Γ(m/2) / (√(m/2) Γ((m-1)/2))``."""
    from scipy.special import gammaln

    return np.asarray(np.exp(gammaln(df / 2) - 0.5 * np.log(df / 2) - gammaln((df - 1) / 2)))


def _mean_difference(t: Numbers) -> Pair:
    variance = t["sd1"] ** 2 / t["total1"] + t["sd2"] ** 2 / t["total2"]
    return t["mean1"] - t["mean2"], variance


def _standardised(t: Numbers) -> Pair:
    """Return Hedges' g; variance ``1/n1 + 1/n2 + g²/(2N)``."""
    n1, n2 = t["total1"], t["total2"]
    df = n1 + n2 - 2
    pooled = np.sqrt(((n1 - 1) * t["sd1"] ** 2 + (n2 - 1) * t["sd2"] ** 2) / df)
    g = hedges_factor(df) * (t["mean1"] - t["mean2"]) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def _risk_ratio(t: Numbers) -> Pair:
    a, n1, c, n2 = (t[name] for name in ("events1", "total1", "events2", "total2"))
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def _odds_ratio(t: Numbers) -> Pair:
    a, c = t["events1"], t["events2"]
    b, d = t["total1"] - a, t["total2"] - c
    return np.log(a) + np.log(d) - np.log(b) - np.log(c), 1 / a + 1 / b + 1 / c + 1 / d


def _risk_difference(t: Numbers) -> Pair:
    p1, p2 = t["events1"] / t["total1"], t["events2"] / t["total2"]
    variance = p1 * (1 - p1) / t["total1"] + p2 * (1 - p2) / t["total2"]
    still = variance <= 0
    if still.any():  # no event, or nothing but events, in both arms: half an event in each cell
        half = _corrected({name: one[still] for name, one in t.items()}, "half to all")
        variance[still] = _risk_difference(half)[1]
    return p1 - p2, variance


def _from_interval(t: Numbers) -> Pair:
    return np.log(t["ratio"]), ((np.log(t["high"]) - np.log(t["low"])) / (2 * Z95)) ** 2


def _as_it_stands(t: Numbers) -> Pair:
    return t["estimate"], t["se"] ** 2


def _arm_mean(t: Numbers) -> Pair:
    return t["mean"], t["sd"] ** 2 / t["total"]


def _arm_logit(t: Numbers) -> Pair:
    empty = np.where((t["events"] == 0) | (t["events"] == t["total"]), 0.5, 0.0)
    a, b = t["events"] + empty, t["total"] - t["events"] + empty
    return np.log(a / b), 1 / a + 1 / b


def _telling(trials: Trials, zeros: str) -> Trials:
    """Leave out what says nothing about a ratio, saying so."""
    if zeros not in ZEROS:
        raise LabError(
            f"there is no rule for zeros {zeros!r}.", remedy=f"There are: {', '.join(ZEROS)}."
        )
    t = trials.numbers
    none = (t["events1"] == 0) & (t["events2"] == 0)
    every = (t["events1"] == t["total1"]) & (t["events2"] == t["total2"])
    if zeros == "half where zero, silent kept":
        return trials
    kept = trials.take(~none & ~every, "the same in both arms, all or nobody: no ratio follows")
    if zeros != "none":
        return kept
    return kept.take(~_has_zero(kept.numbers), "a cell is empty, and nothing is added to it")


def _has_zero(t: Numbers) -> np.ndarray:
    cells = (t["events1"], t["events2"], t["total1"] - t["events1"], t["total2"] - t["events2"])
    return np.asarray(np.any([cell == 0 for cell in cells], axis=0))


def _corrected(t: Numbers, zeros: str) -> Numbers:
    """Return the cells with what is added to them."""
    where = np.ones(len(t["events1"])) if zeros == "half to all" else _has_zero(t) * 1.0
    first = second = 0.5 * where
    if zeros == "treatment arm":  # 1/(size of the other arm), scaled so that both add up to 1
        first = where * t["total1"] / (t["total1"] + t["total2"])
        second = where - first
    return {
        "events1": t["events1"] + first,
        "total1": t["total1"] + 2 * first,
        "events2": t["events2"] + second,
        "total2": t["total2"] + 2 * second,
    }


MEASURES: dict[str, dict[str, Callable[[Numbers], Pair]]] = {
    "MD": {"means": _mean_difference, "estimates": _as_it_stands},
    "SMD": {"means": _standardised, "estimates": _as_it_stands},
    "RR": {"events": _risk_ratio, "estimates": _as_it_stands, "ratios": _from_interval},
    "OR": {"events": _odds_ratio, "estimates": _as_it_stands, "ratios": _from_interval},
    "RD": {"events": _risk_difference, "estimates": _as_it_stands},
    "HR": {"estimates": _as_it_stands, "ratios": _from_interval},
    "GEN": {"estimates": _as_it_stands, "arm estimates": _as_it_stands},
    "MEAN": {"arm means": _arm_mean},
    "LOGIT": {"arm events": _arm_logit},
}
"""Measures by name, and the function for each kind of table that they can be worked out from."""

SCALES = {
    "MD": "mean difference",
    "SMD": "standard deviations (Hedges' g)",
    "RR": "log risk ratio",
    "OR": "log odds ratio",
    "RD": "difference of risks",
    "HR": "log hazard ratio",
    "GEN": "as given",
    "MEAN": "mean within an arm",
    "LOGIT": "log odds within an arm",
}
