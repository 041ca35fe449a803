"""What a meta-analysis says in plain sentences, no more than its numbers carry."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from twofold.lab.meta.bias import Asymmetry, Filled
from twofold.lab.meta.heterogeneity import Spread
from twofold.lab.meta.pooled import Pooled
from twofold.lab.meta.units import Flag
from twofold.lab.meta.weighting import Array

ARM_ONLY = (
    "These are changes within an arm: they hold the placebo effect, the way back to the usual and "
    "the calendar. They are no comparison with placebo, and tell of no treatment's effect."
)
MUCH = 75.0
SOME = 40.0


def number(value: float, is_log: bool) -> str:
    """Return a number as people read it: the ratio where it is a logarithm."""
    shown = exp(min(value, 50.0)) if is_log else value
    return f"{shown:.2f}" if abs(shown) < 100 else f"{shown:.0f}"


def span(low: float, high: float, is_log: bool) -> str:
    """Return an interval in words."""
    return f"{number(low, is_log)} to {number(high, is_log)}"


def verdict(
    found: Pooled,
    left: Spread,
    expected: Array,
    *,
    is_log: bool,
    scale: str,
    flags: Sequence[Flag],
    is_arm: bool,
    asymmetry: Asymmetry | None,
) -> str:
    """Return what follows, in a few sentences."""
    if any(one.weighs for one in flags):
        return suspicious(flags, found.of)
    told = (
        f"Over {found.of} {'arms' if is_arm else 'trials'} the {_noun(scale)} is "
        f"{number(found.estimate, is_log)} ({span(found.low, found.high, is_log)})."
    )
    if is_arm:
        return f"{told} {ARM_ONLY}"
    parts = [told, _sure(found), _spread_words(found, left, expected, is_log)]
    if asymmetry and not asymmetry.caution and asymmetry.p < 0.1:
        parts.append(
            "Small trials differ from large ones, as they would if calm small trials were missing: "
            "the true effect may be smaller."
        )
    return " ".join(part for part in parts if part)


def suspicious(flags: Sequence[Flag], of: int) -> str:
    """Return why no number stands alone."""
    rows = len({one.row for one in flags if one.weighs and one.row is not None})
    column = sum(one.weighs and one.row is None for one in flags)
    what = " and ".join(dict.fromkeys(one.kind for one in flags if one.weighs))
    parts = [f"{rows} of {of} rows"] if rows else []
    parts += ["a whole column"] if column else []
    return (
        f"No number stands alone here: {' and '.join(parts)} may hold another "
        f"unit than the column says ({what}). Only what every reading of them shows can be said."
    )


def one_trial(label: str, value: str) -> str:
    """Return what can be said of a single trial."""
    return (
        f"One trial ({label}) is no meta-analysis: it found {value}, and nothing tells how far the "
        "next would differ."
    )


def bias_words(
    asymmetry: Asymmetry | None, filled: Filled | None, is_log: bool, *, is_counted: bool
) -> list[str]:
    """Return what the funnel says, as warnings."""
    if asymmetry is None or filled is None:
        return ["too few trials, or all equally exact, to look at the funnel"]
    if asymmetry.caution:
        return [asymmetry.caution]
    told = (
        f"Egger's test: p {asymmetry.p:.2g}; trim and fill would add {filled.missing} on the "
        f"{filled.side} and give {number(filled.pooled.estimate, is_log)}. Small trials may "
        "differ for other reasons than missing ones."
    )
    if is_counted:
        told += (
            " For ratios of counts the test finds asymmetry too often: effect and standard error "
            "are made of the same counts."
        )
    return [told]


def few_words(found: Pooled) -> list[str]:
    """Return what is doubtful with few trials."""
    if 1 < found.of < 5:
        return [
            f"{found.of} trials tell little about how far trials differ; the interval takes that "
            "into account only in part."
        ]
    return []


def _sure(found: Pooled) -> str:
    if found.low > 0 or found.high < 0:
        return ""
    return "That is compatible with no effect."


def _spread_words(found: Pooled, left: Spread, expected: Array, is_log: bool) -> str:
    much = "a lot" if left.i2 >= MUCH else "somewhat" if left.i2 >= SOME else "little"
    told = f"Trials differ {much} (I² {left.i2:.0f} %)"
    if not expected[0] <= expected[1]:
        return f"{told}."
    crosses = expected[0] <= 0 <= expected[1] and not found.low <= 0 <= found.high
    where = f"{told}; a new one could show {span(expected[0], expected[1], is_log)}"
    return where + (", no effect among it." if crosses else ".")


def _noun(scale: str) -> str:
    return scale.removeprefix("log ").split(" (")[0] if scale else "effect"
