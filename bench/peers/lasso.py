"""The lasso for one person: all factors in one logistic regression, the penalty by cross-validation.

Source: Tibshirani 1996; as a careful analyst would do it for one diary with
scikit-learn (statistics sheet C1). What is not zero counts as found.
"""

from __future__ import annotations

import warnings

import numpy as np

from peers.written import Array, Written, at_risk, later

PENALTIES = np.logspace(-2, 1, 8)  # nothing chosen … nearly no penalty
LEAST_STARTS = 5  # one for each of the five folds


def accuse(written: Written) -> Array:
    """Return each factor's slope per SD at the chosen penalty; shape (q,), 0 = not chosen.

    Days at risk only; what was not recorded stands at the person's mean.
    ``nan`` throughout where there are fewer than five starts.
    """
    from sklearn.linear_model import LogisticRegressionCV

    rows = at_risk(written.headache)
    began = later(written.headache)[rows]
    if min(began.sum(), (1 - began).sum()) < LEAST_STARTS:
        return np.full(written.factors.shape[1], np.nan)
    chosen = LogisticRegressionCV(
        Cs=PENALTIES,
        cv=5,
        l1_ratios=(1.0,),
        solver="liblinear",
        scoring="neg_log_loss",
        use_legacy_attributes=False,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of renamed arguments
        chosen.fit(standardised(written.before_tomorrow[rows]), began)
    return np.asarray(chosen.coef_, dtype=float).reshape(-1)


def standardised(x: Array) -> Array:
    """Return (x − mean) / SD over the known rows; unknown and constant columns are 0."""
    known = np.isfinite(x)
    count = np.maximum(known.sum(0), 1)
    middle = np.where(known, x, 0).sum(0) / count
    centred = np.where(known, x - middle, 0)
    spread = np.sqrt((centred**2).sum(0) / count)
    return centred / np.where(spread > 0, spread, 1)
