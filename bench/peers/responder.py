"""Did the treatment work? The responder rule of trials and clinics, used on one person.

Source: at least 30 % (chronic) or 50 % (episodic) fewer headache days, 28 days
against 28 days (statistics sheet C5; peers.md 1.3: "percent change" is what
clinics ask for). Also the plain test of the same two counts.
"""

from __future__ import annotations

import numpy as np

from peers.written import Array

WINDOW = 28


def counts(headache: Array, start: int) -> tuple[int, int, int, int]:
    """Return headache days and known days in the 28 before the start and in the diary's last 28."""
    before, after = (
        headache[max(0, start - WINDOW) : start],
        headache[max(start, len(headache) - WINDOW) :],
    )
    return (
        int(np.nansum(before)), int(np.isfinite(before).sum()),
        int(np.nansum(after)), int(np.isfinite(after).sum()),
    )  # fmt: skip


def change(headache: Array, start: int) -> float:
    """Return the relative change in the share of headache days; −0.3 is 30 % fewer.

    ``nan`` where there was no headache before, or nothing was written.
    """
    hits_before, days_before, hits_after, days_after = counts(headache, start)
    if not (hits_before and days_after):
        return float("nan")
    return (hits_after / days_after) / (hits_before / days_before) - 1


def p_fewer(headache: Array, start: int) -> float:
    """Return the two-sided p of Fisher's exact test; 1 where headaches did not become fewer."""
    from scipy.stats import fisher_exact

    hits_before, days_before, hits_after, days_after = counts(headache, start)
    if not (days_before and days_after):
        return float("nan")
    if hits_after / days_after >= hits_before / days_before:
        return 1.0
    table = [[hits_before, days_before - hits_before], [hits_after, days_after - hits_after]]
    return float(fisher_exact(table)[1])
