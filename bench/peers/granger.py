"""Granger's test between mood and headache in a linear vector autoregression.

Source: Granger 1969; idiographic vector autoregression as reviewed by Hoekstra
and colleagues 2022 (statistics sheet A4, C4). Each equation is least squares
on the last two days of both; headache is taken as a number, as is usual.
"""

from __future__ import annotations

import numpy as np

from peers.written import Array, Written, earlier

LAGS = 2
LEAST_SPARE_DAYS = 10


def arrows(written: Written) -> tuple[float, float]:
    """Return p of mood→headache and p of headache→mood; ``nan`` where nothing can be fitted.

    Days enter on which both are known for three days in a row.
    """
    return (
        _p_of_adding(written.mood, to=written.headache),
        _p_of_adding(written.headache, to=written.mood),
    )


def _p_of_adding(cause: Array, *, to: Array) -> float:
    from statsmodels.api import OLS

    own = [earlier(to, lag) for lag in range(1, LAGS + 1)]
    other = [earlier(cause, lag) for lag in range(1, LAGS + 1)]
    x = np.column_stack([np.ones(len(to)), *own, *other])
    known = np.isfinite(x).all(1) & np.isfinite(to)
    x, y = x[known], to[known]
    if len(y) < x.shape[1] + LEAST_SPARE_DAYS or np.linalg.matrix_rank(x) < x.shape[1]:
        return float("nan")
    none_of_the_other = np.eye(x.shape[1])[1 + LAGS :]
    return float(OLS(y, x).fit().f_test(none_of_the_other).pvalue)
