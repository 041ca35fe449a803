"""May this answer be shown? Enough days, enough headaches, settled; else a refusal with numbers.

The thresholds are the minimum-data table of the statistics sheet (D4). They
protect the reader; the false-discovery rate does not depend on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twofold.daytable import DayTable
from twofold.inference.engine import Array
from twofold.inference.finding import Finding, Reason, Refusal, Verdict
from twofold.inference.rows import LEAST_ON_EACH_SIDE, before

FALSE_SHARE = 0.10  # of what is called established
FALSE_SHARE_POOLED = 0.08  # over all people of a clinic, where the nominal tenth is just met
FALSE_SHARE_ALONE = 0.05  # without a cohort nothing corrects a table that is wrong (decision 24)
SUSPECT_FROM = 0.5
COUPLING_FROM = 0.8
COUPLING_ESTABLISHED_FROM = 0.9
TREATMENT_ESTABLISHED_FROM = 0.9
UNLIKELY_BELOW = 0.2
# "Unlikely" also needs days that speak against it, not only a prior that did.
DAYS_SPEAK_AGAINST = 2 / 3
TOO_CLOSE_FROM = 0.60
# Entries that depend on the headache to come were made looking back.
UNEVEN_FROM_DAYS = 8
UNEVEN_FROM_Z = 3.5
TOLD = ("established", "suspect")
CLASSES_THAT_CAN_BE_CLEAR = ("exogenous", "behaviour")


@dataclass(frozen=True)
class Needs:
    """One row of the minimum-data table."""

    at_risk_days: int = 0
    onsets: int = 0
    paired_days: int = 0
    ended: int = 0
    recorded_days: int = 0
    scored_days: int = 0
    missing_share: float = 1.0


FACTOR = Needs(at_risk_days=30, onsets=5)
ESTABLISHED = Needs(onsets=15)
MOOD_TO_HEADACHE = Needs(paired_days=60, onsets=10)
HEADACHE_TO_MOOD = Needs(paired_days=60, ended=10)
SAME_DAY = Needs(paired_days=60)
TOMORROW = Needs(recorded_days=30, scored_days=30, missing_share=0.40)
TOMORROW_TAUGHT = Needs(recorded_days=14, scored_days=30, missing_share=0.40)
BURDEN = Needs(recorded_days=28, missing_share=0.40)
TREATMENT = Needs(onsets=5)  # with hardly a headache, the prior alone would speak
TREATMENT_DAYS_EACH_SIDE = 28
TREATMENT_CHANGES_APART = 14
SEVERITY_PAIRS = 30


def no_contrast(table: DayTable) -> Refusal | None:
    """Refuse everything when nothing is known, or no day is known to be free of headache."""
    headache = table["headache"]
    if not np.isfinite(headache).any():
        return Refusal("nothing_recorded", have=0)
    if not (headache == 0).any():
        close = too_close(table)
        return close or Refusal("no_free_days", have=0, unit="headache-free days")
    return None


def no_mood_contrast(table: DayTable) -> Refusal | None:
    """Refuse coupling when mood was never written, or always the same."""
    mood = table["mood"][np.isfinite(table["mood"])]
    if not len(mood):
        return Refusal("nothing_recorded", have=0)
    if np.ptp(mood) == 0:
        return Refusal("no_variation", have=1, need=2, unit="different moods")
    return None


def enough_of_both(table: DayTable) -> Refusal | None:
    """Refuse to compare days when headache, or its absence, has fewer than 8 of them."""
    headache = table["headache"][paired(table) == 1]
    return enough_sides(int((headache == 1).sum()), int((headache == 0).sum()), table)


def too_close(table: DayTable) -> Refusal | None:
    """Refuse to study starts when three days in five, or more, are headache days."""
    headache = table["headache"]
    known = headache[np.isfinite(headache)]
    is_mostly_known = len(known) >= 0.8 * _span(table)
    if len(known) and is_mostly_known and known.mean() >= TOO_CLOSE_FROM:
        return Refusal("too_close", have=int(known.sum()), need=None, unit="headache days")
    return None


def rated(table: DayTable, column: str) -> Array:
    """Return a column of 0–10 ratings; what lies outside its scale is unknown."""
    values = table[column]
    return np.where((values >= 0) & (values <= 10), values, np.nan)


def paired(table: DayTable) -> Array:
    """Return 1 where both mood and headache are known."""
    both = np.isfinite(table["mood"]) & np.isfinite(table["headache"])
    return both.astype(np.float64)


def at_risk(table: DayTable) -> Array:
    """Return 1 on days free of headache whose next day is known."""
    headache = table["headache"]
    return np.asarray((headache == 0) & np.isfinite(before(headache, -1)), dtype=np.float64)


def onsets(table: DayTable) -> Array:
    """Return 1 on days at risk after which a headache began."""
    return np.asarray(at_risk(table) * (before(table["headache"], -1) == 1))


def ended(table: DayTable) -> Array:
    """Return 1 on headache days after which a free day is known."""
    headache = table["headache"]
    return np.asarray((headache == 1) & (before(headache, -1) == 0), dtype=np.float64)


def enough_for(needs: Needs, table: DayTable) -> Refusal | None:
    """Return the first need of a question that the table does not meet, or ``None``."""
    checks: tuple[tuple[Reason, int, Array, str], ...] = (
        ("too_few_days", needs.paired_days, paired(table), "days"),
        ("too_few_days", needs.at_risk_days, at_risk(table), "headache-free days"),
        ("too_few_onsets", needs.onsets, onsets(table), "headaches"),
        ("too_few_ended", needs.ended, ended(table), "headaches that ended"),
    )
    for reason, need, marks, unit in checks:
        if marks.sum() < need:
            return lacking(reason, marks, need=need, unit=unit, table=table)
    return None


def enough_recorded(needs: Needs, table: DayTable, *, column: str = "headache") -> Refusal | None:
    """Return what is missing for a look ahead: recorded days, and few gaps lately."""
    known = np.isfinite(table[column])
    if known.sum() < needs.recorded_days:
        return lacking(
            "too_few_days", known.astype(float), need=needs.recorded_days, unit="days", table=table
        )
    lately = known[-28:]
    if 1 - lately.mean() > needs.missing_share:
        need = math.ceil(28 * (1 - needs.missing_share))
        return Refusal("too_many_missing", int(lately.sum()), need, "of the last 28 days")
    return None


def enough_sides(exposed: int, unexposed: int, table: DayTable) -> Refusal | None:
    """Refuse a factor that was present, or absent, on too few days at risk."""
    fewest = min(exposed, unexposed)
    if fewest >= LEAST_ON_EACH_SIDE:
        return None
    if exposed + unexposed == 0:
        return Refusal("nothing_recorded", have=0)
    unit = "days with it" if exposed <= unexposed else "days without it"
    return Refusal(
        "too_few_exposed" if fewest else "no_variation",
        fewest,
        LEAST_ON_EACH_SIDE,
        unit,
        _weeks(LEAST_ON_EACH_SIDE - fewest, fewest / max(_span(table), 1)),
    )


def lacking(reason: Reason, marks: Array, *, need: int, unit: str, table: DayTable) -> Refusal:
    """Say how many are there, how many are needed, and how long that takes at this pace."""
    have = int(marks.sum())
    return Refusal(reason, have, need, unit, _weeks(need - have, have / max(_span(table), 1)))


def established(p_real: Sequence[float], *, false_share: float = FALSE_SHARE) -> set[int]:
    """Return which of several chances are clear together: at most one in ten of them false.

    The largest set, from the surest down, whose mean chance of being false is
    at most ``false_share``.

    >>> sorted(established([0.97, 0.4, 0.85, 0.2]))
    [0, 2]
    """
    order = sorted(range(len(p_real)), key=lambda i: -p_real[i])
    false, best = 0.0, 0
    for count, i in enumerate(order, start=1):
        false += 1 - p_real[i]
        best = count if false / count <= false_share else best
    return set(order[:best])


def factor_verdict(
    p_real: float, prior: float, *, can_be_clear: bool, is_in_set: bool, onsets: int
) -> Verdict:
    """Return the word for one factor."""
    if can_be_clear and is_in_set and onsets >= ESTABLISHED.onsets:
        return "established"
    if p_real >= SUSPECT_FROM:
        return "suspect"
    return _unlikely_or_undecided(p_real, prior)


def with_verdicts(
    answers: Sequence[Finding], *, false_share: float, onsets: Callable[[Finding], int]
) -> list[Finding]:
    """Give each factor's answer its word; what can be clear is decided for all together.

    Parameters
    ----------
    answers : sequence of Finding
        Those without a chance stay as they are.
    false_share : float
        Of what is called clear, the share that may be false.
    onsets : callable
        How many outcomes stand behind one answer.
    """
    shown = [i for i, one in enumerate(answers) if one.p_real is not None]
    can = [i for i in shown if answers[i].claim_class in CLASSES_THAT_CAN_BE_CLEAR]
    chances = [answers[i].p_real or 0.0 for i in can]
    clear = {can[i] for i in established(chances, false_share=false_share)}
    told = list(answers)
    for i in shown:
        word = factor_verdict(
            told[i].p_real or 0.0,
            told[i].prior or 0.0,
            can_be_clear=i in can,
            is_in_set=i in clear,
            onsets=onsets(told[i]),
        )
        told[i] = replace(told[i], verdict=word)
    return told


def coupling_verdict(
    p_real: float, prior: float, *, can_be_clear: bool, leans_other_way: bool
) -> Verdict:
    """Return the word for one direction between mood and headache.

    Days that lean the other way (better mood after headaches, say) are no proof
    of "much the same": such an answer stays undecided.
    """
    if can_be_clear and p_real >= COUPLING_ESTABLISHED_FROM:
        return "established"
    if p_real > COUPLING_FROM:
        return "suspect"
    return "undecided" if leans_other_way else _unlikely_or_undecided(p_real, prior)


def treatment_verdict(p_fewer: float, prior: float, *, is_beyond_zero: bool) -> Verdict:
    """Return the word for one course of treatment.

    Parameters
    ----------
    is_beyond_zero : bool
        Whether the whole 95 % interval of the change lies below zero.
    """
    if p_fewer >= TREATMENT_ESTABLISHED_FROM and is_beyond_zero:
        return "established"
    if p_fewer >= SUSPECT_FROM and speaks_for(p_fewer, prior):
        return "suspect"
    return _unlikely_or_undecided(p_fewer, prior)


def speaks_for(chance: float, prior: float) -> bool:
    """Say whether the days made something clearly more likely: the mirror of "against"."""
    return _odds(chance) >= _odds(prior) / DAYS_SPEAK_AGAINST


def _unlikely_or_undecided(p_real: float, prior: float) -> Verdict:
    against = _odds(p_real) / _odds(prior) <= DAYS_SPEAK_AGAINST
    return "unlikely" if p_real < UNLIKELY_BELOW and against else "undecided"


def _odds(chance: float) -> float:
    return chance / max(1 - chance, 1e-12)


def _span(table: DayTable) -> int:
    """Return the days from the first to the last known one; later silence says nothing."""
    known = np.flatnonzero(np.isfinite(table["headache"]))
    return int(known[-1] - known[0] + 1) if len(known) else 0


def _weeks(more: int, per_day: float) -> int | None:
    return math.ceil(more / per_day / 7) if per_day > 0 else None
