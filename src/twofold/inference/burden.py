"""Where am I heading? Headache days, and days with acute medicine, by living the days to come.

The state equation tells how headaches start, stay and drift from week to week;
from its draws the coming days are lived many times, with every course of
treatment going on as it is now. What is said is the whole
distribution. Days that nobody wrote about are neither headache days nor free:
what they would change is said beside it, as plain bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.courses import changes_of, courses, level, ramped
from twofold.inference.days_ahead import draw_rows, fit_rows, simulate, state_rows
from twofold.inference.engine import Array
from twofold.inference.finding import Estimate, Finding, Refusal
from twofold.inference.priors import of_treatment

AHEAD = 28
MEDICINE_WINDOW = 30
"""ICHD-3 counts days with acute medicine a month; a month is 30 days there, not 28."""
DRAWS = 1000
LONGEST_LOOK_BACK = 2 * 365
HABIT_LOOK_BACK = 180
LINES = (8, 15)
# Odds of a headache on an unknown day over those on a known one: as likely, and as the two
# strengths of missing not at random in the statistics sheet (C3: e^0, e^0.8, e^2).
ODDS_OF_UNKNOWN = (1.0, 2.2, 7.4)
# Weak knowledge of a habit, as if two days had been seen (Beta): on a headache day it may be
# anything; on a free day acute medicine is rare.
HABIT_WITH = (1.0, 1.0)
HABIT_FREE = (0.1, 1.9)


@dataclass(frozen=True)
class Outlook:
    """Headache days to come, for many people.

    Parameters
    ----------
    counts : ndarray of int, shape (people, draws)
        Headache days in the window, one number for each time it was lived.
    window : int
        Days of the window.
    converged : ndarray of bool, shape (people,)
    """

    counts: NDArray[np.intp]
    window: int
    converged: NDArray[np.bool_]

    @property
    def ends(self) -> Array:
        """The 95 % interval; shape (people, 2)."""
        return np.asarray(np.quantile(self.counts, [0.025, 0.975], axis=1).T)

    @property
    def distribution(self) -> Array:
        """Chance of 0, 1, … ``window`` headache days; shape (people, window + 1)."""
        return _shares(self.counts, self.window)


def burden(table: DayTable, *, seed: int = 0) -> Finding:
    """Return how many of the next 28 days will have headache.

    Returns
    -------
    Finding
        ``effect``: mean and 95 % interval in days; ``distribution``: the chance
        of 0, 1, … 28 of them; ``chances``: ``at_least_8`` and ``at_least_15``;
        ``bounds``: the usual rate per 28 days under ``ODDS_OF_UNKNOWN``. When
        refused for gaps, ``effect`` holds the range of the last 28 days that
        the unknown ones leave open.
    """
    finding = _begin(table)
    refusal = _refuse_headache(table)
    if refusal:
        return _refused(finding, refusal, table["headache"], AHEAD)
    found = outlook(table["headache"][None], levels=_levels(table), window=AHEAD, seed=seed)
    if not found.converged[0]:
        return replace(finding, refusal=Refusal("not_converged"))
    return _counted(finding, found.counts[0], AHEAD, LINES)


def medicine_days(
    table: DayTable, *, limits: Mapping[str, Sequence[int]], seed: int = 0
) -> tuple[Finding, ...]:
    """Return on how many of the next 30 days each family of acute medicine will be taken.

    Headache days are lived as for ``burden``; on each, and on each free day,
    medicine is taken as often as the person's own habit has it.

    Parameters
    ----------
    limits : mapping of str to sequence of int
        For a family, the day counts in 30 from which overuse headache becomes
        more likely. A family without a limit gets no chances.

    Returns
    -------
    tuple of Finding
        One for each family with recorded use, as ``burden``. A day on which
        medicine was not asked about is unknown.
    """
    names = [name for name, column in table.family("acute") if (column == 1).any()]
    answers = [_begin_family(table, name) for name in names]
    if all(one.refusal for one in answers):
        return tuple(answers)
    headache, levels = table["headache"][None], _levels(table)
    found = outlook(headache, levels=levels, window=MEDICINE_WINDOW, seed=seed)
    return tuple(
        one if one.refusal else _answer_family(one, table, found, limits, seed) for one in answers
    )


def outlook(
    headache: Array,
    *,
    levels: Array | None = None,
    window: int = AHEAD,
    seed: int = 0,
    draws: int = DRAWS,
) -> Outlook:
    """Live the days to come of many people.

    Parameters
    ----------
    headache : ndarray, shape (people, days)
        1, 0, or nan where nothing is known; at least one known day each.
    levels : ndarray, shape (people, days, courses), optional
        Of every course of treatment, the dose (or 1 while it runs). It stays
        as it is on the last day; what has begun goes on to its full effect.
    """
    recent = headache[:, -LONGEST_LOOK_BACK:]
    reach = _reach(headache, levels, window)[:, -recent.shape[1] - window :]
    rows = state_rows(recent, reach[:, :-window], effect=of_treatment())
    posterior = fit_rows(rows)
    rng = np.random.default_rng(seed)
    drawn = draw_rows(posterior, rows, count=draws, rng=rng)
    lived = simulate(recent, drawn, ahead=window, rng=rng, courses=reach)
    return Outlook(lived.sum(-1), window, posterior.converged)


def _reach(headache: Array, levels: Array | None, window: int) -> Array:
    """Return how much of each course can be there, to the end of the days to come."""
    people, days = headache.shape
    if levels is None:
        return np.zeros((people, days + window, 0))
    ahead = np.repeat(levels[:, -1:], window, axis=1)
    lived = np.concatenate([levels, ahead], axis=1)
    return np.swapaxes(ramped(np.swapaxes(lived, 1, 2)), 1, 2)


def _levels(table: DayTable) -> Array:
    """Return the levels of the courses that changed lately; shape (1, days, courses).

    What ran all the time is part of the person's usual rate.
    """
    told = (level(table, name) for name in courses(table) if len(changes_of(table, name)))
    lately = max(len(table) - LONGEST_LOOK_BACK, 0)
    moved = [one for one in told if np.ptp(one[lately:]) > 0]
    return np.stack(moved, axis=-1)[None] if moved else np.zeros((1, len(table), 0))


def bounds(headache: Array) -> tuple[Estimate, ...]:
    """Return the usual rate per 28 days, for each of ``ODDS_OF_UNKNOWN``.

    Parameters
    ----------
    headache : ndarray, shape (days,)

    Returns
    -------
    tuple of Estimate
        ``low`` and ``high``: all unknown days free, and all of them headache
        days. Empty where nothing is known.
    """
    known = np.isfinite(headache)
    if not known.any():
        return ()
    hits, unknown, days = float(np.nansum(headache)), float((~known).sum()), len(headache)
    usual = hits / float(known.sum())
    rates = (odds * usual / (1 - usual + odds * usual) for odds in ODDS_OF_UNKNOWN)
    low, high = AHEAD * hits / days, AHEAD * (hits + unknown) / days
    return tuple(
        Estimate(AHEAD * (hits + unknown * rate) / days, low, high, f"days per {AHEAD}")
        for rate in rates
    )


def _begin(table: DayTable) -> Finding:
    headache = table["headache"]
    known = np.isfinite(headache)
    return Finding(
        question="burden",
        key="burden",
        verdict="not_yet",
        days_used=int(known.sum()),
        days_missing=int((~known).sum()),
        onsets=int(trust.onsets(table).sum()),
        usual=float(AHEAD * headache[known].mean()) if known.any() else None,
        bounds=bounds(headache),
    )


def _begin_family(table: DayTable, family: str) -> Finding:
    taken = table[f"acute.{family}"]
    known = np.isfinite(taken)
    finding = Finding(
        question="medicine_days",
        key=f"medicine.{family}",
        verdict="not_yet",
        subject=family,
        days_used=int(known.sum()),
        days_missing=int((~known).sum()),
        usual=float(MEDICINE_WINDOW * taken[known].mean()),
    )
    refusal = _refuse_family(table, family)
    return _refused(finding, refusal, taken, MEDICINE_WINDOW) if refusal else finding


def _answer_family(
    finding: Finding,
    table: DayTable,
    found: Outlook,
    limits: Mapping[str, Sequence[int]],
    seed: int,
) -> Finding:
    if not found.converged[0]:
        return replace(finding, refusal=Refusal("not_converged"))
    counts = _taken(found, table, table[f"acute.{finding.subject}"], seed=seed)
    return _counted(finding, counts, MEDICINE_WINDOW, limits.get(finding.subject, ()))


def _refuse_family(table: DayTable, family: str) -> Refusal | None:
    """Refuse where headaches, or the days with medicine, are known too rarely."""
    return (
        _refuse_headache(table)
        or trust.enough_recorded(trust.BURDEN, table, column=f"acute.{family}")
        or _only_taken(table[f"acute.{family}"])
    )


def _refuse_headache(table: DayTable) -> Refusal | None:
    """Refuse where headaches are known too rarely; a headache every day can still be counted."""
    refusal = trust.no_contrast(table)
    if refusal is not None and refusal.reason != "too_close":
        return refusal
    return trust.enough_recorded(trust.BURDEN, table)


def _only_taken(taken: Array) -> Refusal | None:
    """Refuse a diary that tells only when medicine was taken: its other days say nothing."""
    lately = np.isfinite(taken[-MEDICINE_WINDOW:])
    if (taken == 0).any() or np.isfinite(taken).all():
        return None
    have = int(lately.sum())
    return Refusal("too_many_missing", have, MEDICINE_WINDOW, f"of the last {MEDICINE_WINDOW} days")


def _refused(finding: Finding, refusal: Refusal, column: Array, window: int) -> Finding:
    gaps = refusal.reason == "too_many_missing"
    return replace(
        finding, refusal=refusal, effect=_range_of_last(column, window) if gaps else None
    )


def _counted(
    finding: Finding, counts: NDArray[np.intp], window: int, lines: Sequence[int]
) -> Finding:
    low, high = np.quantile(counts, [0.025, 0.975])
    return replace(
        finding,
        verdict="suspect",
        effect=Estimate(float(counts.mean()), float(low), float(high), "days"),
        chances={f"at_least_{line}": float((counts >= line).mean()) for line in lines} or None,
        distribution=tuple(float(one) for one in _shares(counts[None], window)[0]),
    )


def _taken(found: Outlook, table: DayTable, taken: Array, *, seed: int) -> NDArray[np.intp]:
    """Return days with medicine, one number for each time the window was lived."""
    rng = np.random.default_rng(seed)
    with_it, free = found.counts[0], found.window - found.counts[0]
    often = _habit(table["headache"] == 1, taken, HABIT_WITH, len(with_it), rng)
    seldom = _habit(table["headache"] == 0, taken, HABIT_FREE, len(free), rng)
    return np.asarray(rng.binomial(with_it, often) + rng.binomial(free, seldom), dtype=np.intp)


def _habit(
    days: NDArray[np.bool_],
    taken: Array,
    weak: tuple[float, float],
    count: int,
    rng: np.random.Generator,
) -> Array:
    """Draw how often medicine is taken on such days: a Beta posterior over the last half year."""
    seen = taken[-HABIT_LOOK_BACK:][days[-HABIT_LOOK_BACK:]]
    hits, misses = float((seen == 1).sum()), float((seen == 0).sum())
    return np.asarray(rng.beta(weak[0] + hits, weak[1] + misses, count))


def _shares(counts: NDArray[np.intp], window: int) -> Array:
    return np.asarray((counts[..., None] == np.arange(window + 1)).mean(1))


def _range_of_last(column: Array, window: int) -> Estimate | None:
    """Return the range that the unknown ones of the last days leave open."""
    lately = column[-window:]
    known = np.isfinite(lately)
    if len(lately) < window or not known.any():
        return None
    low = float(np.nansum(lately))
    high = low + float((~known).sum())
    usual = window * low / float(known.sum())
    return Estimate(usual, low, high, f"days in the last {window}")
