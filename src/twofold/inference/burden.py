"""Where am I heading? Headache days in the next 28, by simulating the days to come.

A small equation of its own: how headaches start, how they stay, and how both
drift together from week to week. The drift is an Ornstein–Uhlenbeck walk (SD
0.4 on the log-odds, correlation 0.97 from day to day; statistics sheet D1).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.engine import Array, Posterior, Prior, draw, fit
from twofold.inference.finding import Estimate, Finding, Refusal
from twofold.inference.rows import before

AHEAD = 28
DRAWS = 1000
DRIFT_SD = 0.4
DRIFT_DAILY = 0.97
BIN_DAYS = 7
LONGEST_LOOK_BACK = 2 * 365
# Intercept and day after at the start of a headache; intercept and second day while it stays.
STATE_MEANS = np.array([-1.4, -0.3, -0.1, -0.4, 0.0])
STATE_SDS = np.array([1.5, 0.6, 0.4, 1.2, 0.5])
NO_PRIOR = np.zeros((0, 3))


def burden(table: DayTable, *, seed: int = 0) -> Finding:
    """Return how many of the next 28 days will have headache.

    Returns
    -------
    Finding
        ``effect``: mean and 95 % interval in days; ``chances``: ``at_least_8``
        and ``at_least_15`` of the 28. When refused for gaps, ``effect`` holds
        the range of the last 28 days that the unknown ones leave open.
    """
    finding = _begin(table)
    refusal = trust.no_contrast(table) or trust.enough_recorded(trust.BURDEN, table)
    if refusal:
        gaps = refusal.reason == "too_many_missing"
        return replace(finding, refusal=refusal, effect=_range_of_last(table) if gaps else None)
    posterior = estimate_drift(table)
    if not posterior.converged.all():
        return replace(finding, refusal=Refusal("not_converged"))
    counts = simulate(table, posterior, seed=seed)
    low, high = np.quantile(counts, [0.025, 0.975])
    return replace(
        finding,
        verdict="suspect",
        effect=Estimate(float(counts.mean()), float(low), float(high), "days"),
        chances={f"at_least_{n}": float((counts >= n).mean()) for n in (8, 15)},
    )


def estimate_drift(table: DayTable) -> Posterior:
    """Fit starts, stays and the weekly drift to the last two years."""
    recent = table.last(LONGEST_LOOK_BACK)
    x, y = _rows(recent)
    return fit(x[None], y[None], prior=_prior(x.shape[1]), likelihood="logistic")


def simulate(table: DayTable, posterior: Posterior, *, seed: int) -> Array:
    """Return headache days in the 28 after the table, one number for each draw."""
    rng = np.random.default_rng(seed)
    states, drift = np.split(draw(posterior, 0, count=DRAWS, rng=rng), [len(STATE_MEANS)], axis=1)
    last = int(np.flatnonzero(np.isfinite(table["headache"]))[-1])
    history = np.nan_to_num(table["headache"][max(0, last - 2) : last + 1])
    history = np.concatenate([np.zeros(3 - len(history)), history])
    past = [np.full(DRAWS, one) for one in history]
    level, counts = drift[:, -1], np.zeros(DRAWS)
    for day in range(last + 1, len(table) + AHEAD):
        noise = np.sqrt(1 - DRIFT_DAILY**2) * DRIFT_SD * rng.standard_normal(DRAWS)
        level = DRIFT_DAILY * level + noise
        now = _step(states, level, past, rng)
        counts += now if day >= len(table) else 0
        past = [*past[1:], now]
    return counts


def _step(states: Array, level: Array, past: list[Array], rng: np.random.Generator) -> Array:
    two_ago, yesterday, today = past
    starts = states[:, 0] + states[:, 1] * yesterday + states[:, 2] * (1 - yesterday) * two_ago
    stays = states[:, 3] + states[:, 4] * yesterday
    odds = np.where(today == 1, stays, starts) + level
    return np.asarray(rng.random(len(odds)) < expit(odds), dtype=np.float64)


def _rows(table: DayTable) -> tuple[Array, Array]:
    """Return one row for every pair of known neighbouring days."""
    headache = table["headache"]
    rows = np.flatnonzero(np.isfinite(headache) & np.isfinite(before(headache, -1)))
    today = headache[rows]
    yesterday = np.nan_to_num(before(headache, 1))[rows]
    two_ago = np.nan_to_num(before(headache, 2))[rows]
    free = 1 - today
    states = np.column_stack(
        [free, free * yesterday, free * (1 - yesterday) * two_ago, today, today * yesterday]
    )
    # Bins are counted back from the end, so that the last one is whole.
    bins = _bins(len(table)) - 1 - (len(table) - 1 - rows) // BIN_DAYS
    drift = (bins[:, None] == np.arange(_bins(len(table)))).astype(float)
    return np.column_stack([states, drift]), before(headache, -1)[rows]


def _bins(days: int) -> int:
    return -(-days // BIN_DAYS)


def _prior(columns: int) -> Prior:
    """Return independent beliefs about the states and one dense block for the drift."""
    states = len(STATE_MEANS)
    at = np.arange(columns - states)
    block = DRIFT_SD**2 * DRIFT_DAILY ** (BIN_DAYS * np.abs(at[:, None] - at))
    precision = np.zeros((columns, columns))
    precision[:states, :states] = np.diag(STATE_SDS**-2)
    precision[states:, states:] = np.linalg.inv(block)
    mean = np.concatenate([STATE_MEANS, np.zeros(len(at))])
    none = np.zeros(0, dtype=np.intp)
    return Prior(mean, precision, none, NO_PRIOR, NO_PRIOR, NO_PRIOR)


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
        usual=float(28 * headache[known].mean()) if known.any() else None,
    )


def _range_of_last(table: DayTable) -> Estimate | None:
    """Return the range that the unknown ones of the last 28 days leave open."""
    lately = table["headache"][-AHEAD:]
    known = np.isfinite(lately)
    if len(lately) < AHEAD or not known.any():
        return None
    low = float(np.nansum(lately))
    high = low + float((~known).sum())
    return Estimate(AHEAD * low / float(known.sum()), low, high, "days in the last 28")
