"""Gradient-boosted trees over many people's days, tested on days that come later.

Source: the random forests, trees and boosting of Stubberud 2023, Øie and
Stubberud 2026 and others (statistics sheet A1, C6), with scikit-learn's
HistGradientBoostingClassifier. Random splits let a person's own days leak from
training into test; here the days before a date train, the days after it test.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from peers.usual import base_rate
from peers.written import Array, Written, earlier, later


def fit(people: Sequence[Written]):  # type: ignore[no-untyped-def]
    """Train on every known pair of days of these people; settings fixed before any test."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = np.concatenate([features(one) for one in people])
    y = np.concatenate([later(one.headache) for one in people])
    known = np.isfinite(x[:, 0]) & np.isfinite(y)
    trees = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=150, min_samples_leaf=40, l2_regularization=1.0, random_state=0
    )
    return trees.fit(x[known], y[known])


def forecast(trees, written: Written) -> Array:  # type: ignore[no-untyped-def]
    """Return, at each day, tomorrow's chance; ``nan`` where today is unknown. Shape (days,)."""
    chance = trees.predict_proba(features(written))[:, 1]
    return np.where(np.isfinite(written.headache), chance, np.nan)


def features(written: Written) -> Array:
    """Return what is known at each day: headaches so far, mood, stress, factors; (days, f)."""
    headache = written.headache
    recent = [headache, *(earlier(headache, days) for days in (1, 2, 3))]
    running = [base_rate(headache), share_of_last(headache, 7), share_of_last(headache, 28)]
    mood = [written.mood, earlier(written.mood), written.stress, earlier(written.stress)]
    return np.column_stack([*recent, *running, *mood, written.factors])


def share_of_last(headache: Array, window: int) -> Array:
    """Return the share of headache days among the known ones of the last ``window``, today's too."""
    known = np.isfinite(headache)
    hits, days = (np.cumsum(one) for one in (np.where(known, headache, 0.0), known.astype(float)))
    gone = np.arange(len(headache)) - window
    before = [np.where(gone >= 0, one[np.maximum(gone, 0)], 0) for one in (hits, days)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((hits - before[0]) / (days - before[1]))
