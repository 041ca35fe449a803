"""Is each number what its column says? Traps of units, each with the rule and its reason.

Nothing here changes a number. A flag names the row of the file, what it looks
like, why, and what to try; a result with a flag that weighs has no headline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twofold.lab.meta.effects import Effects, sizes
from twofold.lab.meta.influence import standardised_residuals
from twofold.lab.meta.table import KINDS, Trials
from twofold.lab.tables import Column, twice

SMALL = 0.25
"""Of two time points with equal spread s and correlation r the change has s√(2(1-r)): a quarter of
s would need r = 0.97, which no diary or questionnaire over weeks has."""
NEAR = 2.5
"""How far √n·value may be from the usual spread, as a factor, to be read as a standard error."""
MOST_STANDARDISED, MOST_CHANGE = 4.0, 6.0
WHY_TOO_LARGE = {
    MOST_STANDARDISED: "beyond 4 two arms would hardly overlap (under 5 of 100)",
    MOST_CHANGE: "the whole range of a questionnaire is rarely more than 6 of them",
}
"""Limits of a standardised difference between arms, and of a standardised change within one."""
FEW = 5
MANY_DIGITS = 6
"""Two trials may well agree in fewer digits than these by chance."""
STEEP = -0.75
"""The standard error of a mean falls with the -½th power of the sample size, a variance with the
-1st: a slope beyond the middle is nearer to a variance."""
FAR = 2.5
MOST_TURNED = 200
"""Turning each trial costs the cube of their number."""


@dataclass(frozen=True)
class Flag:
    """One suspicion.

    Parameters
    ----------
    row : int or None
        Of the file, from 1; ``None`` for a column as a whole.
    label : str
    kind : str
        Such as ``"standard error typed as standard deviation"``.
    reason, remedy : str
    weighs : bool
        Whether it takes the headline away.
    """

    row: int | None
    label: str
    kind: str
    reason: str
    remedy: str
    weighs: bool = True

    def sentence(self) -> str:
        """Return it as one line."""
        place = f"row {self.row} ({self.label})" if self.row else "the whole column"
        return f"{place}: {self.kind}? {self.reason} {self.remedy}"


SE_AS_SD = "standard error typed as standard deviation"
SD_AS_SE = "standard deviation typed as standard error"
VARIANCE_AS_SE = "variance typed as standard error"
RATIO_AS_LOG = "ratio typed as its logarithm"
TWICE = "the same trial twice"
SHARED = "rows that share people"
SWAPPED = "arms swapped"
TOO_LARGE = "raw difference typed as a standardised one"
TOO_SMALL = "a spread that is too small to be a standard deviation"
SYMMETRIC = "an interval of a difference typed as one of a ratio"


def flags(found: Effects) -> tuple[Flag, ...]:
    """Return every suspicion about a table and its effects, in the order of the rows."""
    every = [*flags_of_table(found.trials), *_ratios(found), *_swapped(found), *_outsized(found)]
    return tuple(sorted(every, key=lambda one: (one.row is not None, one.row or 0)))


def flags_of_table(trials: Trials) -> tuple[Flag, ...]:
    """Return what is suspicious without any effect: spreads, standard errors, rows twice."""
    return (*_spreads(trials), *_standard_errors(trials), *_same(trials), *_names(trials))


def flagged_rows(trials: Trials, found: tuple[Flag, ...]) -> NDArray[np.bool_]:
    """Return which rows of the table carry a flag that weighs, (k,) of bool."""
    rows = {one.row for one in found if one.weighs and one.row is not None}
    return np.array([row in rows for row in trials.rows])


def small_spreads(trials: Trials) -> dict[str, tuple[NDArray[np.bool_], Column]]:
    """Return for each column of standard deviations: which are implausibly small, and the usual.

    The usual spread of a row is its own baseline's where the table has
    ``baseline_sd`` and that is plausible itself; else the median of the larger half
    of the column.
    """
    names = [name for name in KINDS[trials.kind] if name.startswith("sd")]
    made = {}
    for name in names:
        values = trials.numbers[name]
        usual = _usual(trials, values)
        made[name] = (values < SMALL * usual, usual)
    return made


def _usual(trials: Trials, values: Column) -> Column:
    own = trials.numbers.get("baseline_sd")
    if own is None:
        return np.full(len(values), _larger_half(values))
    known = own[np.isfinite(own)]
    middle = _larger_half(known) if len(known) else _larger_half(values)
    return np.where(np.isfinite(own) & (own >= SMALL * middle), own, middle)


def _larger_half(values: Column) -> float:
    return float(np.median(values[values >= np.median(values)]))


def _spreads(trials: Trials) -> Iterator[Flag]:
    if len(trials) < 2:
        return
    for name, (small, usual) in small_spreads(trials).items():
        n = trials.numbers[name.replace("sd", "total")]
        values = trials.numbers[name]
        for i in np.flatnonzero(small):
            grown = values[i] * np.sqrt(n[i])
            is_se = 1 / NEAR <= grown / usual[i] <= NEAR
            reading = (
                f"As a standard error it means a standard deviation of {grown:.2g}, which fits."
                if is_se
                else f"As a standard error it would mean {grown:.2g}, which fits little better."
            )
            yield Flag(
                trials.rows[i], trials.label[i], SE_AS_SD if is_se else TOO_SMALL,
                f"{name} is {values[i]:g} with {n[i]:g} people, where about {usual[i]:.2g} is "
                f"usual. {reading}",
                "Look it up in the paper; leave the row out until then.",
            )  # fmt: skip


def _standard_errors(trials: Trials) -> Iterator[Flag]:
    """Compare standard errors with sample sizes, where the table has both."""
    n = sizes(trials)
    if "se" not in trials.numbers or n is None or len(trials) < FEW:
        return
    se = trials.numbers["se"]
    if np.ptp(np.log(n)) > np.log(2) and (slope := _slope(np.log(n), np.log(se))) < STEEP:
        usual = float(np.exp(np.mean(np.log(se * n))))
        yield Flag(
            None, "", VARIANCE_AS_SE,
            f"It falls with the power {slope:.2f} of the sample size, as a variance does (-1), not "
            f"as a standard error does (-0.5); value × n is about {usual:.2g} throughout.",
            "Look it up in the paper; with the root of each, the intervals are wider.",
        )  # fmt: skip
        return
    unit = se * np.sqrt(n)
    usual = float(np.median(unit))
    for i in np.flatnonzero((unit > usual * np.sqrt(n) / NEAR) & (unit > 4 * usual)):
        yield Flag(
            trials.rows[i], trials.label[i], SD_AS_SE,
            f"se is {se[i]:g} with {n[i]:g} people; trials of that size have about "
            f"{usual / np.sqrt(n[i]):.2g} here.",
            "Divide it by the root of the sample size if the paper says so.",
        )  # fmt: skip


def _slope(x: Column, y: Column) -> float:
    """Return the median slope of all pairs (Theil and Sen), which one odd trial does not turn."""
    i, j = np.triu_indices(len(x), 1)
    apart = np.abs(x[i] - x[j]) > 0.1
    if not apart.any():
        return -0.5
    return float(np.median((y[i] - y[j])[apart] / (x[i] - x[j])[apart]))


def _ratios(found: Effects) -> Iterator[Flag]:
    trials, t = found.trials, found.trials.numbers
    if trials.kind == "ratios":
        logs = np.abs(np.log(t["high"] / t["ratio"]) - np.log(t["ratio"] / t["low"]))
        plain = np.abs((t["high"] - t["ratio"]) - (t["ratio"] - t["low"])) / t["ratio"]
        wide = np.log(t["high"] / t["low"])
        for i in np.flatnonzero((wide > 0.5) & (plain < 0.02) & (logs > 0.1 * wide)):
            yield Flag(
                trials.rows[i], trials.label[i], SYMMETRIC,
                "The interval is symmetric around the ratio; a ratio's is symmetric on the log "
                "scale.", "Check whether these are differences, or another method's interval.",
            )  # fmt: skip
    if trials.kind == "estimates" and found.is_log and len(trials) >= FEW:
        y = found.y
        if np.all(y > 0.05) and 0.5 <= np.median(y) <= 2 and np.any(y < 1) and np.any(y > 1):
            yield Flag(
                None, "", RATIO_AS_LOG,
                f"No estimate is below 0 and half are below {np.median(y):.2g}, as ratios "
                "around 1 would be.", "Read them with the option log = true if they are ratios.",
            )  # fmt: skip


def _same(trials: Trials) -> Iterator[Flag]:
    """Tell rows whose numbers all stood before."""
    if trials.kind.startswith("arm"):
        return
    seen: dict[tuple[float, ...], int] = {}
    for i, label in enumerate(trials.label):
        key = tuple(float(trials.numbers[name][i]) for name in KINDS[trials.kind])
        if key in seen:
            yield Flag(
                trials.rows[i], label, TWICE,
                f"Every number is that of row {trials.rows[seen[key]]} "
                f"({trials.label[seen[key]]}).", "Take one of the two out.",
                weighs=_digits(key) >= MANY_DIGITS,
            )  # fmt: skip
        seen.setdefault(key, i)


def _digits(numbers: tuple[float, ...]) -> int:
    """Return how many digits the numbers have together, as they are written."""
    return sum(len(f"{one:.12g}".replace(".", "").lstrip("-0")) for one in numbers)


def _names(trials: Trials) -> Iterator[Flag]:
    """Tell that names stand more than once where each row should be a trial of its own."""
    again = [trials.label[i] for i in twice(trials.label)]
    if trials.kind.startswith("arm") or "treatment1" in trials.words or not again:
        return
    told = ", ".join(dict.fromkeys(again[:3])) + (" …" if len(set(again)) > 3 else "")
    yield Flag(
        None, "", SHARED,
        f"{len(again)} rows have a name that stood before ({told}): do they share people, such "
        "as one control arm?", "Join the arms, or take one out; shared people count twice.",
        weighs=False,
    )  # fmt: skip


def _swapped(found: Effects) -> Iterator[Flag]:
    """Tell a trial far from the others that would sit among them if its sign were turned."""
    if found.trials.kind.startswith("arm") or not FEW <= len(found.y) <= MOST_TURNED:
        return
    away = standardised_residuals(found.y, found.v, "DL")
    turned = np.abs(standardised_residuals_turned(found.y, found.v))
    for i in np.flatnonzero((np.abs(away) > FAR) & (turned < 1)):
        yield Flag(
            found.trials.rows[i], found.trials.label[i], SWAPPED,
            f"It is {abs(away[i]):.1f} standard errors from what the others predict, and "
            f"{turned[i]:.1f} with its arms the other way round.",
            "Look up which arm is which.", weighs=False,
        )  # fmt: skip


def standardised_residuals_turned(y: Column, v: Column) -> Column:
    """Return what each trial's residual would be if its own sign were turned, (k,)."""
    k = len(y)
    turned = np.where(np.eye(k, dtype=bool), -y, y)
    return np.array([standardised_residuals(turned[i], v, "DL")[i] for i in range(k)])


def _outsized(found: Effects) -> Iterator[Flag]:
    if found.measure == "SMD":
        yield from outsized(found.trials, found.y, MOST_STANDARDISED)


def outsized(trials: Trials, y: Column, most: float) -> Iterator[Flag]:
    """Tell standardised effects that are too large to be standardised."""
    for i in np.flatnonzero(np.abs(y) > most):
        yield Flag(
            trials.rows[i], trials.label[i], TOO_LARGE,
            f"{y[i]:.3g} standard deviations: {WHY_TOO_LARGE[most]}.",
            "Is it in points of the scale? Or is a standard error in the place of the spread?",
        )  # fmt: skip
