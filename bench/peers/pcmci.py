"""PCMCI with partial correlation among mood, headache and stress.

Source: Runge and colleagues 2019 (Science Advances), by tigramite's own code
with its own settings (statistics sheet C4).
"""

from __future__ import annotations

import numpy as np

from peers.written import Written

LAGS = 2
UNKNOWN = 999.0  # tigramite wants a number for "missing"
LEAST_DAYS = 40


def arrows(written: Written) -> tuple[float, float]:
    """Return the smaller p over one and two days' lag of mood→headache and headache→mood."""
    from tigramite.data_processing import DataFrame
    from tigramite.independence_tests.parcorr import ParCorr
    from tigramite.pcmci import PCMCI

    columns = [written.mood, written.headache, written.stress]
    days = np.column_stack([one for one in columns if np.isfinite(one).any()])
    if np.isfinite(days).all(1).sum() < LEAST_DAYS or (np.nanstd(days, axis=0) == 0).any():
        return float("nan"), float("nan")
    frame = DataFrame(np.nan_to_num(days, nan=UNKNOWN), missing_flag=UNKNOWN)
    found = PCMCI(frame, ParCorr(), verbosity=0).run_pcmci(tau_min=1, tau_max=LAGS, pc_alpha=0.2)
    p = found["p_matrix"]
    return _over_lags(p[0, 1]), _over_lags(p[1, 0])


def _over_lags(p: np.ndarray) -> float:
    """Return one p for both lags: the smaller, doubled (Bonferroni)."""
    return float(min(1.0, LAGS * p[1 : LAGS + 1].min()))
